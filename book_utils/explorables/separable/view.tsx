/** The separable lab: which weights a layer keeps, what reaches what, what it costs (lab.py). */
import { useRef, useState } from "preact/hooks";
import { blocksOf, commonDivisors, type Mask, seen } from "../arithmetic/separable.ts";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { Grid, marked, range } from "../parts/grid.tsx";
import { thousands, wholePercent } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { RING } from "../platform/theme.ts";
import type { SeparableLab as Settings } from "../settings.ts";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;
type Name = words.Row["block"];

/** @throws {RangeError} where the groups do not divide the channels */
function demandDivisor(state: Settings) {
  const { channels_in, channels_out, groups } = state;
  if (channels_in % groups || channels_out % groups) throw new RangeError(words.misfit(state));
}

function SeparableLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: demandDivisor });
  const { state, change, control, range: ends } = lab;
  const withChannels = useWantedGroups(state);
  const pick = useRow(lab);
  const say = (row: words.Row | null) => words.describe(state, row);
  const channels = (name: "channels_in" | "channels_out", label: string) => (
    <Slider
      {...control(name)}
      {...ends(name)}
      label={label}
      unit="channels"
      onChange={(n) => change(withChannels({ [name]: n }))}
    />
  );
  const controls = {
    family: (
      <Choice
        {...control("family")}
        label="Layer"
        options={lab.options("family").map(({ value }) => ({ value, label: words.NAMES[value] }))}
      />
    ),
    channels_in: channels("channels_in", "Channels in"),
    channels_out: channels("channels_out", "Channels out"),
    groups: (
      <StopsSlider
        {...control("groups")}
        label="Groups"
        stops={commonDivisors(state.channels_in, state.channels_out)}
      />
    ),
    shuffle: (
      <Switch
        {...control("shuffle")}
        label="shuffle between two layers"
        disabled={state.family !== "twice"}
      />
    ),
    kernel: <Slider {...control("kernel")} {...ends("kernel")} label="Kernel" unit="cells" />,
  };
  return (
    <Frame
      lab={lab}
      label="Separable lab"
      aside={words.ratio(state)}
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(state)} />}
      python={() => words.asPython(state)}
    >
      <div class={`cnl-separable cnl-${state.family}`} style={styleOf(state)}>
        <Blocks lab={lab} pick={pick} />
        <Costs state={state} />
      </div>
    </Frame>
  );
}

/** Changes of channels, with as many of the wanted groups as the new numbers allow. */
function useWantedGroups({ channels_in, channels_out, groups }: Settings) {
  const wanted = useRef({ groups, given: groups });
  if (wanted.current.given !== groups) wanted.current = { groups, given: groups };
  return (sizes: Partial<Settings>) => {
    const { channels_in: c_i, channels_out: c_o } = { channels_in, channels_out, ...sizes };
    const fits = commonDivisors(c_i, c_o).filter((g) => g <= wanted.current.groups);
    wanted.current.given = Math.max(...fits);
    return { ...sizes, groups: wanted.current.given };
  };
}

/** The output that is followed: that under the mouse, else that of the picked weight. */
function useRow(lab: Lab) {
  const { state, change } = lab;
  const [pointed, point] = useState<words.Row | null>(null);
  const shapes = shapesOf(state);
  const there = (name: string): Name => (name in shapes ? (name as Name) : "first");
  const cell = state.picked && { block: there(state.picked[0]), at: state.picked.slice(1) as At };
  const clamped = cell && {
    block: cell.block,
    at: cell.at.map((v, d) => Math.max(0, Math.min(v, shapes[cell.block][d] - 1))) as At,
  };
  const picked = clamped && { block: clamped.block, output: clamped.at[0] };
  const isThere = pointed && pointed.output < (shapes[pointed.block]?.[0] ?? 0);
  return {
    picked,
    shown: isThere ? pointed : picked,
    playing: false,
    of: (block: Name) => ({
      picked: clamped?.block === block ? clamped.at : null,
      onPick: (at: At) => {
        point(null);
        change({ picked: [block, ...at] });
      },
      onPoint: (at: At | null) => point(at && { block, output: at[0] }),
    }),
  };
}

/** The blocks by name, as (outputs, inputs). */
function shapesOf(state: Settings): Record<string, At> {
  const { channels_in: c_i, channels_out: c_o, family } = state;
  if (family === "separable") return { first: [c_i, c_i], second: [c_o, c_i] };
  if (family === "twice") return { first: [c_o, c_i], second: [c_o, c_o], sees: [c_o, c_i] };
  return { first: [c_o, c_i] };
}

const TITLES: Record<Settings["family"], Partial<Record<Name, string>>> = {
  standard: { first: "weights" },
  grouped: { first: "weights" },
  separable: { first: "depthwise", second: "pointwise" },
  twice: { first: "layer 1", second: "layer 2", sees: "what is seen" },
};

type BlocksProps = { lab: Lab; pick: ReturnType<typeof useRow> };

/** The blocks in the order in which the channels go through them, and what comes of it. */
function Blocks({ lab: { state }, pick }: BlocksProps) {
  const [first, second] = blocksOf(state);
  const { shown } = pick;
  const isFirst = shown?.block === "first";
  /** Whether an output is the one that is followed, or one of the first block leads to it. */
  const follows = (o: number) => !!shown && !isFirst && shown.output === o;
  const leads = (o: number) =>
    !!shown && (isFirst ? shown.output === o : !!second?.mask[shown.output][o]);
  const seesInput = (i: number) => first.mask.some((row, o) => row[i] && leads(o));
  const common = { titles: TITLES[state.family], groups: groupsOf(state), pick };
  return (
    <div class="cnl-blocks">
      <Block {...common} {...first} name="first" isRead={seesInput} isLit={leads} />
      {second && <Block {...common} {...second} name="second" isRead={leads} isLit={follows} />}
      {state.family === "twice" && (
        <Block {...common} name="sees" mask={seen(state)} isRead={seesInput} isLit={follows} />
      )}
    </div>
  );
}

/** How many groups the inputs are in: each has a hue. */
function groupsOf({ family, groups, channels_in }: Settings) {
  if (family === "standard") return 1;
  return family === "separable" ? channels_in : groups;
}

type BlockProps = {
  name: Name;
  titles: Partial<Record<Name, string>>;
  mask: Mask;
  /** the side of the kernels, where these are kernels */
  side?: number;
  groups: number;
  isRead: (input: number) => boolean;
  isLit: (output: number) => boolean;
  pick: ReturnType<typeof useRow>;
};

function Block({ name, titles, mask, side, groups, isRead, isLit, pick }: BlockProps) {
  const [rows, columns] = [mask.length, mask[0].length];
  const cell = (o: number, i: number) => {
    const there = mask[o][i];
    const hue = `g${Math.floor((i * groups) / columns)}`; // of the group that it comes from
    return {
      value: there ? (side ?? 1) ** 2 : 0,
      text: "",
      shade: there ? 1 : 0,
      kind: marked({ [hue]: there, there, gone: !there, lit: there && isLit(o) }),
      says: there ? `output ${o} ${side ? "reads" : "sees"} input ${i}` : "nothing",
    };
  };
  return (
    <figure class={`cnl-block-of-${name}`} style={`--taps:${side ?? 1}`}>
      <figcaption>
        {titles[name]} {side && `${side}×${side}`}
      </figcaption>
      <Numbers kind="cnl-from" label="in" on={range(columns).map(isRead)} />
      <Numbers kind="cnl-to" label="out" on={range(rows).map(isLit)} />
      <Grid
        label={`${titles[name]}, ${rows} outputs by ${columns} inputs`}
        shape={[rows, columns]}
        scale="activations"
        cell={cell}
        {...pick.of(name)}
      />
      <Going mask={mask} groups={groups} />
    </figure>
  );
}

/** Those kernels of the block that were there before the last change and are gone. */
function Going({ mask, groups }: { mask: Mask; groups: number }) {
  const now = JSON.stringify(mask);
  const drawn = useRef({ now, mask, groups, gone: [] as At[], hues: groups });
  if (drawn.current.now !== now) {
    const { mask: before, groups: hues } = drawn.current;
    const isSameSize = before.length === mask.length && before[0].length === mask[0].length;
    const all = mask.flatMap((row, o) => row.map((_, i): At => [o, i]));
    const gone = isSameSize ? all.filter(([o, i]) => before[o][i] && !mask[o][i]) : [];
    drawn.current = { now, mask, groups, gone, hues };
  }
  const { gone, hues } = drawn.current;
  const columns = mask[0].length;
  return (
    <svg key={now} class="cnl-going" viewBox={`0 0 ${columns} ${mask.length}`} aria-hidden="true">
      {gone.map(([o, i]) => (
        <rect
          key={`${o},${i}`}
          x={i}
          y={o}
          width={1}
          height={1}
          style={`fill:var(--g${Math.floor((i * hues) / columns)})`}
        />
      ))}
    </svg>
  );
}

type NumbersProps = { kind: string; label: string; on: boolean[] };

/** The numbers of channels along a block; those that take part are marked. */
const Numbers = ({ kind, label, on }: NumbersProps) => (
  <div class={`cnl-numbers ${kind}`} aria-hidden="true">
    <i>{label}</i>
    {on.map((is, i) => (
      <span key={i} class={is ? "on" : ""}>
        {i}
      </span>
    ))}
  </div>
);

const FULL = 1.25; // the share of a standard layer's weights at which the axis ends

/** A bar for each family, as a share of the standard one. */
function Costs({ state }: { state: Settings }) {
  return (
    <table class="cnl-costs">
      <caption>Counted, on a 28×28 map</caption>
      <thead>
        <tr>
          <th scope="col">layer</th>
          <th scope="col">weights</th>
          <th scope="col">multiply-adds</th>
        </tr>
      </thead>
      {words.costsOf(state).map(({ family, name, now, weights, share }) => (
        <tbody key={family} class={now ? "on" : ""} aria-current={now}>
          <tr>
            <th scope="row">{name}</th>
            <td>{thousands(weights)}</td>
            <td>{thousands(weights * words.PIXELS)}</td>
          </tr>
          <tr class="cnl-bar-row">
            <td colSpan={3}>
              <div class="cnl-cost">
                <i style={`width:${(100 * share) / FULL}%`} />
                <span style={`left:${(100 * share) / FULL}%`}>{wholePercent(share)}</span>
              </div>
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  );
}

/** How many cells stand abreast and one below the other, and the hue of each group. */
function styleOf(state: Settings) {
  const shapes = Object.values(shapesOf(state));
  const abreast = shapes.reduce((sum, [, columns]) => sum + columns, 0);
  const high = Math.max(...shapes.map(([rows]) => rows));
  const hues = range(8).map((g) => `--g${g}:rgb(${RING[(5 * g + 6) % RING.length].join(" ")})`);
  return [`--abreast:${abreast}`, `--blocks:${shapes.length}`, `--high:${high}`, ...hues].join(";");
}

export default platform.view(SeparableLab);
