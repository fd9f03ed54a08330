/**
 * The same-padding lab: one axis padded by PyTorch, by TensorFlow and by a number (see lab.py).
 */

import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Axis } from "../arithmetic/axis.ts";
import { axis, outputSize, span, tensorflowSame, torchSame } from "../arithmetic/axis.ts";
import { limits } from "../arithmetic/limits.ts";
import { links, unread } from "../arithmetic/links.ts";
import { Slider } from "../parts/controls.tsx";
import { activationScale } from "../parts/figure.tsx";
import { Grid } from "../parts/grid.tsx";
import { full } from "../parts/numbers.ts";
import { OutputPlayer, usePick } from "../parts/picking.tsx";
import { plural, spoken } from "../parts/words.ts";
import { checkInteger, checkPicked } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";

/** a way to pad; no axis: refused */
type Lane = { id: string; title: string; says: string; axis: Axis | null };
type Settings = { size: number; kernel: number; stride: number; dilation: number; padding: number };

const KEYS = ["size", "kernel", "stride", "dilation", "padding", "picked"];

/** What the traits in lab.py allow. */
export const ALLOWED = {
  size: [1, 24],
  kernel: [1, 9],
  stride: [1, 8],
  dilation: [1, 4],
  padding: [0, 8],
} as Record<keyof Settings, [number, number]>;
/** As far as the sliders go, unless the page's own settings go further. */
const CAPS = { n: 16, k: 7, stride: 5, padding: 4, dilation: 3 };

/** The three ways to pad. */
function solve({
  size: n,
  kernel: k,
  stride,
  dilation,
  padding,
}: Settings): Record<"same" | "SAME" | "number", Lane> {
  const reach = span(k, dilation);
  const along = (sides: number | [number, number]) =>
    axis({ n, k, stride, dilation, padding: sides });
  const SAME = along(tensorflowSame(n, k, { stride, dilation }));
  const number = along(padding);
  const split = ({ before, after }: Axis) => `${before} before and ${after} after`;
  const same = stride === 1 ? along(torchSame(k, dilation)) : null;
  return {
    same: {
      id: "same",
      title: "PyTorch, padding='same'",
      axis: same,
      says: same
        ? `adds ${reach} − 1 = ${reach - 1} in all: ${split(same)}. Output ${n}, the size of the input.`
        : `refuses stride ${stride}: “padding='same' is not supported for strided convolutions”. It wants stride 1.`,
    },
    SAME: {
      id: "SAME",
      title: "TensorFlow, padding='SAME'",
      axis: SAME,
      says:
        `adds max((⌈${n}/${stride}⌉ − 1)·${stride} + ${reach} − ${n}, 0) = ${SAME.before + SAME.after} in all: ` +
        `${split(SAME)}. Output ⌈${n}/${stride}⌉ = ${SAME.size}.`,
    },
    number: {
      id: "number",
      title: `PyTorch, padding=${padding}`,
      axis: number,
      says:
        `adds ${padding ? `${padding} on each side` : "nothing, as TensorFlow’s 'VALID'"}. ` +
        `Output ⌊(${n} + 2·${padding} − ${reach})/${stride}⌋ + 1 = ${number.size}.`,
    },
  };
}

/** Do all outputs of two axes look at the same cells? */
const agree = (a: Axis, b: Axis) => a.size === b.size && a.before === b.before;

/** Which of the ways give the same outputs, in words. */
function compare(
  { same, SAME, number }: ReturnType<typeof solve>,
  { size, kernel, stride, dilation, padding }: Settings,
) {
  const [theirs, ours] = [SAME.axis, number.axis] as [Axis, Axis];
  const both = same.axis ? "At stride 1 'same' and 'SAME' always agree." : "'same' needs stride 1.";
  if (agree(theirs, ours))
    return `${both} 'SAME' and padding=${padding} agree too: every output looks at the same cells.`;
  const shift = ours.before - theirs.before;
  const how =
    theirs.size !== ours.size
      ? `${plural(theirs.size, "output")} against ${ours.size}`
      : `an output of 'SAME' looks ${plural(Math.abs(shift), "cell")} further ${shift > 0 ? "right" : "left"}`;
  const { before, after } = theirs;
  const wouldDo =
    span(kernel, dilation) <= size + 2 * before &&
    outputSize(size, kernel, { stride, dilation, padding: before }) === theirs.size;
  return (
    `${both} 'SAME' and padding=${padding} differ: ${how}. ` +
    (wouldDo
      ? `padding=${before} would agree.`
      : `No single number agrees; in PyTorch, pad first: F.pad(x, (${before}, ${after})).`)
  );
}

/** What the input holds: it counts from 1, with zeros around it. */
const valueAt = (a: Axis, i: number) => (i >= 0 && i < a.n ? i + 1 : 0);

/** The cells that an output looks at. */
const cellsOf = (a: Axis, output: number) =>
  links(a, { output }).map((link) => link.padded - a.before);

/** What each output adds up to. */
function sumsOf(a: Axis) {
  const sums = new Array(a.size).fill(0);
  // A zero of the padding has the source -1.
  for (const { output, source } of links(a)) sums[output] += source + 1;
  return sums;
}

/** What a pick means on one axis. */
function describe(a: Axis, { grid, at: [, i] }: { grid: string; at: [number, number] }) {
  if (grid === "output") {
    if (i >= a.size) return `has no y[${i}]`;
    return `y[${i}] = ${cellsOf(a, i)
      .map((cell) => valueAt(a, cell))
      .join(" + ")} = ${sumsOf(a)[i]}`;
  }
  if (i < -a.before || i >= a.n + a.after) return `has no cell x[${full(i)}]`;
  const outputs = links(a, { padded: i + a.before }).map(({ output }) => `y[${output}]`);
  return (
    `x[${full(i)}] = ${valueAt(a, i)} ` +
    (outputs.length ? `is added to ${outputs.join(", ")}` : "is read by no window")
  );
}

function asPython(
  { size, kernel, stride, dilation, padding }: Settings,
  { same, SAME }: ReturnType<typeof solve>,
) {
  const settings = `stride=${stride}, dilation=${dilation}`;
  const { before, after } = SAME.axis as Axis;
  return [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = torch.arange(1.0, ${size + 1})[None, None]`,
    `k = torch.ones(1, 1, ${kernel})`,
    same.axis
      ? `same = F.conv1d(x, k, ${settings}, padding="same")`
      : '# padding="same" is not supported for strided convolutions',
    `tensorflow = F.conv1d(F.pad(x, (${before}, ${after})), k, ${settings})`,
    `number = F.conv1d(x, k, ${settings}, padding=${padding})`,
    "",
  ].join("\n");
}

/** Settings from a link, or a RangeError that says what is wrong with them. */
export function accept(s: Record<string, any>) {
  const given = Object.entries(ALLOWED).map(([name, range]) => [
    name,
    checkInteger(s[name], name, range),
  ]);
  const settings = {
    ...(Object.fromEntries(given) as Settings),
    picked: checkPicked(s.picked, ["output", "input"]),
  };
  solve(settings); // throws when they do not go together
  return settings;
}

function SameLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const state = lab.state as Settings;
  const lanes = useMemo(
    () => solve(state),
    KEYS.slice(0, -1).map((key) => lab.state[key]),
  );
  const all = Object.values(lanes);
  const most = (count: (a: Axis) => number) =>
    Math.max(...all.map((lane) => (lane.axis ? count(lane.axis) : 0)));
  const left = most((a) => a.before);
  const pick = usePick(lab, {
    input: { shape: [1, left + state.size + most((a) => a.after)], offset: [0, -left] },
    output: { shape: [1, most((a) => a.size)] },
  });
  const { picked } = pick;
  const heard =
    picked && all.map((lane) => lane.axis && `${lane.title}: ${describe(lane.axis, picked)}.`);

  const scroller = useScrollToPicked(lab.state.picked);
  return (
    <Lab label="Same-padding lab">
      <div class="cnl-lanes" ref={scroller}>
        {all.map((lane) => (
          <LaneView key={lane.id} lane={lane} left={left} pick={pick} />
        ))}
      </div>
      <p class="cnl-compare" aria-live="polite">
        {compare(lanes, state)}
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {heard && spoken(heard.filter(Boolean).join(" "))}
      </div>
      <div class="cnl-bar">
        <OutputPlayer pick={pick} />
        <Sharing lab={lab} python={() => asPython(state, lanes)} />
      </div>
      <Message lab={lab} />
      <Sliders lab={lab} />
    </Lab>
  );
}

/** Keeps the picked output in sight where the lanes are wider than the window. */
function useScrollToPicked(picked: unknown) {
  const scroller = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    const cell = scroller.current?.querySelector(".cnl-outputs .picked");
    if (!scroller.current || !cell) return;
    const [box, at] = [scroller.current.getBoundingClientRect(), cell.getBoundingClientRect()];
    scroller.current.scrollLeft +=
      Math.max(0, at.right - box.right) - Math.max(0, box.left - at.left);
  }, [String(picked)]);
  return scroller;
}

/** @param props  `left`: cells to the left of x[0] in all lanes */
function LaneView({
  lane,
  left,
  pick,
}: {
  lane: Lane;
  left: number;
  pick: ReturnType<typeof usePick>;
}) {
  return (
    <div class="cnl-lane" role="group" aria-label={lane.title}>
      <p class="cnl-lane-text">
        <strong>{lane.title}</strong> {lane.says}
      </p>
      {lane.axis && (
        <Steps title={lane.title} a={lane.axis} indent={left - lane.axis.before} pick={pick} />
      )}
      {lane.axis && (
        <p class="cnl-lane-text cnl-sum">{pick.shown && describe(lane.axis, pick.shown)}</p>
      )}
    </div>
  );
}

/**
 * The axis with its padding, the windows that step along it, and each output below the middle of
 * its window.
 */
function Steps({
  title,
  a,
  indent,
  pick,
}: {
  title: string;
  a: Axis;
  indent: number;
  pick: ReturnType<typeof usePick>;
}) {
  const shade = activationScale([0, a.n]);
  const reach = span(a.k, a.dilation);
  const idle = new Set(unread(a));
  const shown = pick.shown && { ...pick.shown, i: pick.shown.at[1] };
  const chosen = shown?.grid === "output" && shown.i < a.size ? shown.i : null;
  const read = new Set(chosen === null ? [] : cellsOf(a, chosen));
  const reached = new Set(
    shown?.grid === "input"
      ? links(a, { padded: shown.i + a.before }).map(({ output }) => output)
      : [],
  );
  const inputCell = (_: number, i: number) => {
    const inPadding = i < 0 || i >= a.n;
    const isIdle = idle.has(i + a.before);
    return {
      value: valueAt(a, i),
      shade: inPadding ? 0 : shade.of(valueAt(a, i)),
      kind: `${inPadding ? "padding " : ""}${isIdle ? "unread " : ""}${read.has(i) ? "lit" : ""}`,
      says: [inPadding && "padding", isIdle && "read by no window"].filter(Boolean).join(", "),
    };
  };
  const sums = sumsOf(a);
  const outputCell = (_: number, i: number) => ({
    value: sums[i],
    kind: chosen === i || reached.has(i) ? "lit" : "",
  });
  return (
    <>
      <div class="cnl-track" style={`--indent:${indent}`}>
        <Grid
          label={`${title}, input`}
          scale="activations"
          shape={[1, a.before + a.n + a.after]}
          offset={[0, -a.before]}
          cell={inputCell}
          frame={
            chosen === null ? null : { at: [0, chosen * a.stride - a.before], shape: [1, reach] }
          }
          {...pick.of("input")}
        />
        <Windows a={a} lit={chosen === null ? reached : new Set([chosen])} />
      </div>
      <div
        class="cnl-track cnl-outputs"
        style={`--indent:${indent + (reach - 1) / 2};--stride:${a.stride}`}
      >
        <Grid
          label={`${title}, output`}
          scale="activations"
          shape={[1, a.size]}
          cell={outputCell}
          {...pick.of("output")}
        />
      </div>
    </>
  );
}

/** One line for each window, as long as its span, thick where a weight lies. */
function Windows({ a, lit }: { a: Axis; lit: Set<number> }) {
  const reach = span(a.k, a.dilation);
  const levels = Math.min(a.size, Math.ceil(reach / a.stride)); // windows on one level do not touch
  const width = a.before + a.n + a.after;
  return (
    <svg
      class="cnl-windows"
      aria-hidden="true"
      viewBox={`0 0 ${width} ${levels}`}
      preserveAspectRatio="none"
      style={`width:calc(${width} * var(--cnl-cell));height:${8 * levels + 4}px`}
    >
      {Array.from({ length: a.size }, (_, i) => {
        const [x, y] = [i * a.stride, (i % levels) + 0.5];
        const taps = Array.from(
          { length: a.k },
          (__, tap) => `M${x + tap * a.dilation + 0.12} ${y}h.76`,
        );
        return (
          <g key={i} class={lit.has(i) ? "lit" : ""}>
            <path d={`M${x + 0.12} ${y}h${reach - 0.24}`} />
            <path class="taps" d={taps.join("")} />
          </g>
        );
      })}
    </svg>
  );
}

function Sliders({ lab: { state, initial, change } }: { lab: ReturnType<typeof useLab> }) {
  const { size, kernel, stride, padding, dilation } = state;
  const may = limits({ n: size, k: kernel, stride, padding, dilation }, CAPS);
  const slide = (key: keyof Settings, range: { min: number; max: number }) => ({
    value: state[key],
    initial: initial[key],
    ...range,
    onChange: (v: number) => change({ [key]: v }),
  });
  return (
    <div class="cnl-panel">
      <Slider label="Input size n" unit="cells" {...slide("size", may.n)} />
      <Slider label="Kernel size k" unit="weights" {...slide("kernel", may.k)} />
      <Slider label="Stride s" unit="cells" {...slide("stride", may.stride)} />
      <Slider label="Dilation d" unit="cells" {...slide("dilation", may.dilation)} />
      <Slider label="padding=p" unit="cells a side" {...slide("padding", may.padding)} />
    </div>
  );
}

export default view(SameLab);
