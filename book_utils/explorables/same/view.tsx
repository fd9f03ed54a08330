/** The same-padding lab: one axis padded by PyTorch, by TensorFlow and by a number. */
import { useEffect, useRef } from "preact/hooks";
import { type Axis, span } from "../arithmetic/axis.ts";
import { limits } from "../arithmetic/limits.ts";
import { unread } from "../arithmetic/links.ts";
import { Slider } from "../parts/controls.tsx";
import { activationScale } from "../parts/figure.tsx";
import { Grid, marked, range } from "../parts/grid.tsx";
import { OutputPlayer, type Picking, usePick } from "../parts/picking.tsx";
import { listed, spoken } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import type { SameLab as Settings } from "../settings.ts";
import { cellsOf, outputsOf, solve, sumOf, valueAt } from "./solution.ts";
import { asPython, compare, describe, describeWays, type Way } from "./words.ts";

function SameLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state } = lab;
  const solution = platform.useSolved(state, solve);
  const ways = describeWays(state, solution);
  const most = (count: (a: Axis) => number) =>
    Math.max(...ways.map(({ axis }) => (axis ? count(axis) : 0)));
  const left = most((a) => a.before);
  const pick = usePick(lab, {
    input: { shape: [1, left + state.size + most((a) => a.after)], offset: [0, -left] },
    output: { shape: [1, most((a) => a.size)] },
  });
  const { picked } = pick;
  const heard = ({ axis, title }: Way) => axis && picked && `${title}: ${describe(axis, picked)}.`;
  const scroller = useScrollToPicked(state.picked);
  return (
    <platform.Lab label="Same-padding lab">
      <div class="cnl-lanes" ref={scroller}>
        {ways.map((way, i) => (
          <Lane key={i} way={way} left={left} pick={pick} />
        ))}
      </div>
      <p class="cnl-compare" aria-live="polite">
        {compare(state, solution)}
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {spoken(listed(ways.map(heard), " "))}
      </div>
      <div class="cnl-bar">
        <OutputPlayer pick={pick} />
        <platform.Sharing lab={lab} python={() => asPython(state, solution)} />
      </div>
      <platform.Message lab={lab} />
      <Sliders lab={lab} />
    </platform.Lab>
  );
}

/** Keeps the picked output in sight where the lanes are wider than the window. */
function useScrollToPicked(picked: Settings["picked"]) {
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

type LaneProps = {
  way: Way;
  /** cells to the left of x[0] in all lanes */
  left: number;
  pick: Picking;
};

function Lane({ way: { title, says, axis }, left, pick }: LaneProps) {
  return (
    <div class="cnl-lane" role="group" aria-label={title}>
      <p class="cnl-lane-text">
        <strong>{title}</strong> {says}
      </p>
      {axis && (
        <>
          <Steps title={title} a={axis} indent={left - axis.before} pick={pick} />
          <p class="cnl-lane-text cnl-sum">{pick.shown && describe(axis, pick.shown)}</p>
        </>
      )}
    </div>
  );
}

type StepsProps = { title: string; a: Axis; indent: number; pick: Picking };

/**
 * The axis with its padding, the windows that step along it, and each output below the middle of
 * its window.
 */
function Steps({ title, a, indent, pick: { shown, of } }: StepsProps) {
  const shade = activationScale([0, a.n]);
  const reach = span(a.k, a.dilation);
  const idle = new Set(unread(a));
  const [grid, i] = [shown?.grid, shown?.at[1] ?? 0];
  const chosen = grid === "output" && i < a.size ? i : null;
  const read = new Set(chosen === null ? [] : cellsOf(a, chosen));
  const lit = new Set(grid === "input" ? outputsOf(a, i) : chosen === null ? [] : [chosen]);
  const start = (chosen ?? 0) * a.stride - a.before;
  const inputCell = (_: number, i: number) => {
    const value = valueAt(a, i);
    const padding = i < 0 || i >= a.n;
    const unread = idle.has(i + a.before);
    return {
      value,
      shade: padding ? 0 : shade.of(value),
      kind: marked({ padding, unread, lit: read.has(i) }),
      says: listed([padding && "padding", unread && "read by no window"]),
    };
  };
  const outputCell = (_: number, i: number) => ({
    value: sumOf(a, i),
    kind: marked({ lit: lit.has(i) }),
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
          frame={chosen === null ? null : { at: [0, start], shape: [1, reach] }}
          {...of("input")}
        />
        <Windows a={a} lit={lit} />
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
          {...of("output")}
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
      {range(a.size).map((i) => {
        const [x, y] = [i * a.stride + 0.12, (i % levels) + 0.5];
        const taps = range(a.k).map((tap) => `M${x + tap * a.dilation} ${y}h.76`);
        return (
          <g key={i} class={lit.has(i) ? "lit" : ""}>
            <path d={`M${x} ${y}h${reach - 0.24}`} />
            <path class="taps" d={taps.join("")} />
          </g>
        );
      })}
    </svg>
  );
}

function Sliders({ lab }: { lab: platform.LabOf<Settings> }) {
  const { size: n, kernel: k, stride, padding, dilation } = lab.state;
  const most = (name: keyof Settings) => lab.range(name).max;
  const may = limits(
    { n, k, stride, padding, dilation },
    {
      n: most("size"),
      k: most("kernel"),
      stride: most("stride"),
      padding: most("padding"),
      dilation: most("dilation"),
    },
  );
  const { control } = lab;
  return (
    <div class="cnl-panel">
      <Slider {...control("size")} {...may.n} label="Input size n" unit="cells" />
      <Slider {...control("kernel")} {...may.k} label="Kernel size k" unit="weights" />
      <Slider {...control("stride")} {...may.stride} label="Stride s" unit="cells" />
      <Slider {...control("dilation")} {...may.dilation} label="Dilation d" unit="cells" />
      <Slider {...control("padding")} {...may.padding} label="padding=p" unit="cells a side" />
    </div>
  );
}

export default platform.view(SameLab);
