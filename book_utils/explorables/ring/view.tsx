/** The ring lab: devices side by side, each with its gradient in pieces, which they pass on. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { Piece } from "../arithmetic/all_reduce.ts";
import { PlayPause, Slider, useTurns } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { marked, range } from "../parts/grid.tsx";
import { colourOf } from "../parts/hues.ts";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { RING } from "../platform/theme.ts";
import type { RingLab as Settings } from "../settings.ts";
import { type Solution, solve } from "./solution.ts";
import * as words from "./words.ts";

const PACE = 900; // milliseconds from step to step
const MANY = 5; // devices, from which on a phone has narrow columns

function RingLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control, change } = lab;
  const solution = platform.useSolved(state, solve);
  const { taken, steps } = solution;
  const [playing, play] = useState(false);
  useTurns(
    playing,
    () => {
      lab.set({ step: Math.min(taken + 1, steps) });
      if (taken + 1 >= steps) play(false);
    },
    PACE,
  );
  /** Goes on from the step that is shown, or from the beginning once all is done. */
  const onPlaying = (on: boolean) => {
    if (on && taken === steps) lab.set({ step: 0 });
    play(on);
  };
  const stopped = (changes: Partial<Settings>) => {
    play(false);
    change(changes);
  };
  const pick = { picked: true, shown: true, playing };
  const say = () => words.describe(solution);
  const nameOf = (method: Settings["method"]) => words.METHODS[method];
  const methods = lab.options("method").map(({ value }) => value);
  return (
    <Frame
      lab={lab}
      label="Ring lab"
      aside={words.describeTotal(solution)}
      said={<Said pick={pick} say={say} />}
      play={<PlayPause playing={playing} onPlaying={onPlaying} />}
      controls={{
        step: (
          <Slider
            {...control("step")}
            label="Move"
            min={0}
            max={steps}
            value={taken}
            onChange={(step) => stopped({ step })}
          />
        ),
        devices: (
          <Slider
            {...control("devices")}
            {...lab.range("devices")}
            label="Devices"
            onChange={(devices) => stopped({ devices })}
          />
        ),
        method: (
          <Radios
            label="Method"
            value={nameOf(state.method)}
            options={methods.map(nameOf)}
            onChange={(name) => stopped({ method: methods.find((each) => nameOf(each) === name) })}
          />
        ),
      }}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.describeStep(solution)} />}
      python={() => words.asPython(solution)}
    >
      <Stage lab={solution} />
    </Frame>
  );
}

type StageProps = { lab: Solution };

/** The links between the devices, and a table: a column for each device, a row for each piece. */
function Stage({ lab }: StageProps) {
  const { n, pieces, moved, taken } = lab;
  const came = new Set(moved.map(({ to, piece }) => `${to},${piece}`));
  const hues = useMemo(() => range(n).map((device) => colourOf(hueOf(device))), [n]);
  return (
    <div class={`cnl-ring${n > MANY ? " many" : ""}`} style={`--n:${n}`}>
      <Links lab={lab} />
      <div class="cnl-table" role="table" aria-label={words.describeTable(lab)}>
        <div class="cnl-tr" role="row">
          <span class="cnl-label" role="columnheader" style="grid-row:2">
            device
          </span>
          {hues.map((hue, device) => (
            <span
              key={device}
              class="cnl-device"
              role="columnheader"
              style={`${placed(2, device)};--hue:${hue}`}
            >
              <span>device </span>
              {device}
            </span>
          ))}
        </div>
        {range(n).map((piece) => (
          <div key={piece} class="cnl-tr" role="row">
            <span class="cnl-label" role="rowheader" style={`grid-row:${piece + 3}`}>
              piece {piece}
            </span>
            {pieces.map((row, device) => (
              <OnePiece
                key={device}
                piece={row[piece]}
                hues={hues}
                at={placed(piece + 3, device)}
                kind={marked({ came: taken > 0 && came.has(`${device},${piece}`) })}
                role="cell"
              />
            ))}
          </div>
        ))}
        <Counted lab={lab} what="sent" row={n + 3} hues={hues} />
        <Counted lab={lab} what="received" row={n + 4} hues={hues} />
      </div>
      <Flights lab={lab} hues={hues} />
    </div>
  );
}

const APART = 5; // steps on the ring of hues, so that neighbours look unlike
const hueOf = (device: number) => (APART * device) % RING.length;

/** A place of the stage's grid: columns of devices have a gap before and behind each. */
const columnOf = (device: number) => 2 * device + 3;
const placed = (row: number, device: number) => `grid-area:${row}/${columnOf(device)}`;

type PieceProps = {
  piece: Piece;
  /** of all devices */
  hues: string[];
  at: string;
  kind?: string;
  role?: "cell";
};

/** A number, and below it a slot for each device: filled if its gradient is in the number. */
function OnePiece({ piece, hues, at, kind = "", role }: PieceProps) {
  const n = hues.length;
  const isSum = piece.of.length === n;
  const slots = hues.map((hue, device) => {
    const colour = piece.of.includes(device) ? hue : "var(--empty)";
    return `${colour} ${(100 * device) / n}% ${(100 * (device + 1)) / n}%`;
  });
  return (
    <span class={`cnl-piece ${kind}${isSum ? " sum" : ""}`} style={at} role={role}>
      <b>{piece.value}</b>
      {role && <span class="cnl-hidden"> {words.describePiece(piece, n)}</span>}
      <i style={`background-image:linear-gradient(to right,${slots.join()})`} />
    </span>
  );
}

type CountedProps = StageProps & { what: "sent" | "received"; row: number; hues: string[] };

/** How much each device has sent, or received, in gradients; the outline is what it comes to. */
function Counted({ lab, what, row, hues }: CountedProps) {
  const { n, inAll } = lab;
  const width = (share: number) => `${((100 * share) / (n - 1)).toFixed(2)}%`;
  return (
    <div class="cnl-tr" role="row">
      <span class="cnl-label" role="rowheader" style={`grid-row:${row}`}>
        {what}
      </span>
      {lab[what].map((share, device) => (
        <span key={device} class="cnl-counted" role="cell" style={placed(row, device)}>
          {words.inGradients(share)}
          <span> ×</span>
          <i style={`width:${width(inAll[what][device])};--hue:${hues[device]}`}>
            <i style={`width:${((100 * share) / inAll[what][device]).toFixed(2)}%`} />
          </i>
        </span>
      ))}
    </div>
  );
}

/** What joins the devices: a ring, or for each a line to device 0; bold is what has just moved. */
function Links({ lab: { n, method, moved, taken } }: StageProps) {
  const last = n - 1;
  if (method === "ring") {
    const on = taken ? " on" : "";
    return (
      <>
        <Link between={[0, last]} kind={`first${on}`} />
        {range(last).map((device) => (
          <Arrow key={device} row={2} column={columnOf(device) + 1} kind={on} />
        ))}
        {moved.map(({ from, piece }) => (
          <Arrow key={from} row={piece + 3} column={columnOf(from) + 1} kind=" on" />
        ))}
        {moved
          .filter(({ to }) => to === 0)
          .map(({ piece }) => (
            <Arrow key="in" row={piece + 3} column={2} kind=" on" />
          ))}
      </>
    );
  }
  const [now] = moved;
  const other = now && Math.max(now.from, now.to);
  return (
    <>
      {range(last).map((device) => (
        <Link key={device} between={[0, device + 1]} />
      ))}
      {now && <Link between={[0, other]} kind={now.to === 0 ? "first on" : "last on"} />}
    </>
  );
}

type LinkProps = { between: [number, number]; kind?: string };

/** A line over the devices from the middle of one to that of another, and which end is its head. */
const Link = ({ between: [first, last], kind = "" }: LinkProps) => (
  <i
    class={`cnl-link ${kind}`}
    style={`grid-area:1/${columnOf(first)}/2/${columnOf(last) + 1}`}
    aria-hidden="true"
  />
);

type ArrowProps = { row: number; column: number; kind: string };

const Arrow = ({ row, column, kind }: ArrowProps) => (
  <i class={`cnl-arrow${kind}`} style={`grid-area:${row}/${column}`} aria-hidden="true" />
);

/** Copies of the pieces that travel, one step forwards or back; without motion there are none. */
function Flights({ lab, hues }: StageProps & { hues: string[] }) {
  const { n, method, taken } = lab;
  const was = useRef({ n, method, taken });
  const by = useMemo(() => {
    const { current } = was;
    was.current = { n, method, taken };
    const isSame = current.n === n && current.method === method;
    return isSame ? taken - current.taken : 0;
  }, [n, method, taken]);
  if (Math.abs(by) !== 1) return null;
  const isBack = by < 0;
  return (
    <div key={`${taken} ${by}`} class={`cnl-flights${isBack ? " back" : ""}`} aria-hidden="true">
      {(isBack ? lab.next : lab.moved).flatMap(({ from, to, piece, carried, before }) => {
        const at = placed(piece + 3, to);
        const props = { piece: carried, hues };
        const isRound = method === "ring" && to < from; // out at the right, in at the left
        return [
          !isBack && <OnePiece key={`${to},${piece}`} {...props} piece={before} at={at} />,
          <OnePiece
            key={`${from},${to},${piece}`}
            {...props}
            at={`${at};--start:${isRound ? -1 : from - to}`}
            kind={marked({ flies: true, in: isRound })}
          />,
          isRound && (
            <OnePiece key="out" {...props} at={placed(piece + 3, from)} kind="flies out" />
          ),
        ];
      })}
    </div>
  );
}

export default platform.view(RingLab);
