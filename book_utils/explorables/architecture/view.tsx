/** The architecture ledger: a network in rows that can be edited, and what each of them costs. */
import { useMemo } from "preact/hooks";
import { Choice, Slider } from "../parts/controls.tsx";
import { times } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { ArchitectureLedger as Settings } from "../settings.ts";
import { account } from "./account.ts";
import { Editor } from "./editor.tsx";
import * as edits from "./edits.ts";
import { Paste } from "./paste.tsx";
import { Profile } from "./profile.tsx";
import type { Entry, Row } from "./rows.ts";
import { Sight } from "./sight.tsx";
import { Table } from "./table.tsx";
import { Trouble } from "./trouble.tsx";
import * as words from "./words.ts";

type Preset = {
  name: Exclude<Settings["preset"], "own">;
  title: string;
  input: number[];
  rows: Row[];
};
type Data = { presets: Preset[]; photo: string };
type Lab = platform.LabOf<Settings>;

/** What the settings come to: an edited network keeps the preset that it came from. */
function useNetwork(lab: Lab, presets: Preset[]) {
  const { state, change } = lab;
  const preset = presets.find(({ name }) => name === state.preset);
  const rows = (state.rows as Row[] | null) ?? preset?.rows ?? [];
  const input = state.input ?? preset?.input ?? [];
  const entries = useMemo(() => account(input, rows), [input, rows]);
  const picked = edits.within(state.picked, rows.length);
  /** Rows that are those of the preset again are no rows of their own. */
  const use = (now: Row[], at: number) =>
    change({ rows: preset && edits.alike(now, preset.rows) ? null : now, picked: at });
  const hand = {
    pick: (at: number) => change({ picked: at }),
    change: (row: Row) => use(edits.changed(rows, picked, row), picked),
    take: (instead: Row[]) =>
      use(edits.replaced(rows, picked, instead), picked + instead.length - 1),
    copy: () => use(edits.added(rows, picked, rows[picked]), picked + 1),
    remove: () => {
      const left = edits.removed(rows, picked);
      if (left.length) use(left, edits.within(picked, left.length));
    },
    move: (by: number) => {
      const { rows: now, to } = edits.moved(rows, picked, by);
      use(now, to);
    },
  };
  return { preset, rows, input, entries, picked, hand };
}

/** @throws {RangeError} where nothing says which rows there are */
function demandRows({ preset, rows, input }: Settings) {
  if (preset === OWN && !(rows && input)) throw new RangeError(words.NO_ROWS);
}

/** The preset of a network that came from none. */
const OWN = "own";
const YOURS = { value: OWN, label: "your own" } as const;
/** A preset as it is. */
const FRESH = { rows: null, input: null, picked: 0 };

function ArchitectureLedger(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: demandRows });
  const [{ presets, photo }] = useTraits<Data>(host.model, ["presets", "photo"]);
  const network = useNetwork(lab, presets);
  const { preset, rows, input, entries, picked, hand } = network;
  const { state, change } = lab;
  const entry = entries[picked];
  const choose = (preset: Settings["preset"]) => change({ preset, ...FRESH });
  const known = presets.map(({ name, title }) => ({ value: name, label: title }));
  const controls = {
    preset: (
      <Choice
        label="Network"
        value={state.preset}
        options={state.preset === OWN ? [YOURS, ...known] : known}
        onChange={choose}
      />
    ),
    shows: (
      <Choice
        {...lab.control("shows")}
        label="Bars"
        options={words.SHOWN.map((value) => ({ value, label: words.AMOUNTS[value].label }))}
      />
    ),
    input: <InputSize input={input} initial={preset?.input ?? input} onChange={change} />,
  };
  const isEdited = !!preset && (state.rows !== null || state.input !== null);
  return (
    <Frame
      lab={lab}
      label="Architecture ledger"
      aside={`row ${picked + 1} of ${rows.length}, input ${times(input)}`}
      said={<Said entries={entries} preset={isEdited ? preset : undefined} onGo={hand.pick} />}
      play={
        <button type="button" class="cnl-play" disabled={!isEdited} onClick={() => change(FRESH)}>
          Reset
        </button>
      }
      controls={controls}
      rest={
        <>
          <Paste
            input={input}
            onUse={(rows, input) => change({ preset: OWN, rows, input, picked: 0 })}
          />
          <div class="cnl-rows-below">
            <Table {...{ rows, entries, picked, hand }} />
          </div>
        </>
      }
      python={() => words.asPython(input, rows, entries)}
      workbench="architecture"
    >
      <div class="cnl-architecture">
        <Profile {...{ input, rows, entries, picked, hand }} shows={state.shows} />
        <Table {...{ rows, entries, picked, hand }} />
        <div class="cnl-sees">
          {entry.state === "counted" && <Sight {...{ photo, input, entry }} />}
          {entry.state === "refused" && (
            <Trouble at={picked} refusal={entry.refusal} onTake={hand.take} />
          )}
          {entry.state === "waits" && <Waits entries={entries} onGo={hand.pick} />}
        </div>
        <Editor
          row={rows[picked]}
          usual={(lab.initial.rows as Row[] | null)?.[picked] ?? preset?.rows[picked]}
          comes={comesTo(entries, picked, input)}
          at={picked}
          count={rows.length}
          hand={hand}
        />
      </div>
    </Frame>
  );
}

/** Channels or features that reach a row. */
function comesTo(entries: Entry[], at: number, input: number[]) {
  const entry = entries[at];
  return (entry.state === "waits" ? input : entry.input)[0];
}

/** The place of the row that does not fit. */
const misfit = (entries: Entry[]) => entries.findIndex(({ state }) => state === "refused");

type GoProps = { entries: Entry[]; onGo: (at: number) => void };

const Waits = ({ entries, onGo }: GoProps) => (
  <p class="cnl-trouble">
    This row waits: what comes in is known once layer {misfit(entries) + 1} fits.{" "}
    <button type="button" onClick={() => onGo(misfit(entries))}>
      Go to layer {misfit(entries) + 1}
    </button>
  </p>
);

type SaidProps = GoProps & { preset?: Preset };

/** The totals, and below each that of the network that was edited. */
function Said({ entries, preset }: SaidProps) {
  const totals = words.totalsOf(entries);
  const before = useMemo(
    () => preset && words.totalsOf(account(preset.input, preset.rows)),
    [preset],
  );
  const wrong = misfit(entries);
  return (
    <div class="cnl-said">
      <dl class="cnl-totals">
        {words.SHOWN.map((shows) => (
          <div key={shows}>
            <dd>
              <b>{words.inFigures[shows](totals[shows])}</b>
            </dd>
            <dt>
              {words.AMOUNTS[shows].label}
              {wrong >= 0 && <small>up to layer {wrong}</small>}
              {before && wrong < 0 && (
                <small>
                  {preset?.title}: {words.inFigures[shows](before[shows])}
                </small>
              )}
            </dt>
          </div>
        ))}
      </dl>
      <div class="cnl-hidden" aria-live="polite">
        {wrong < 0 ? words.spokenTotal(totals) : `Layer ${wrong + 1} does not fit.`}
      </div>
    </div>
  );
}

type InputProps = {
  input: number[];
  initial: number[];
  onChange: (changes: Pick<Settings, "input">) => void;
};

/** Channels and side of the picture; a picture that is not square becomes one. */
function InputSize({ input, initial, onChange }: InputProps) {
  const [channels, side] = input;
  const set = (now: number[]) => onChange({ input: String(now) === String(initial) ? null : now });
  return (
    <>
      <Slider
        label="Input channels"
        value={channels}
        initial={initial[0]}
        min={1}
        max={Math.max(4, channels)}
        onChange={(n) => set([n, ...input.slice(1)])}
      />
      <Slider
        label="Input side"
        unit="pixels"
        value={side}
        initial={initial[1]}
        min={1}
        max={Math.max(256, side)}
        onChange={(n) => set([channels, n, n])}
      />
    </>
  );
}

export default platform.view(ArchitectureLedger);
