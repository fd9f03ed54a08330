/** The same-padding lab: one axis padded by PyTorch, by TensorFlow and by a number. */
import { type Axis, span } from "../arithmetic/axis.ts";
import { limits } from "../arithmetic/limits.ts";
import { discarded, unread } from "../arithmetic/links.ts";
import { Slider } from "../parts/controls.tsx";
import { activationScale, inputScale, type Scale } from "../parts/figure.tsx";
import { Grid, marked, range } from "../parts/grid.tsx";
import { OutputPlayer, type Picking, PlayButton, usePick } from "../parts/picking.tsx";
import { listed, spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { SameLab as Settings } from "../settings.ts";
import { cellsOf, outputsOf, type Solution, solve, sumOf, valueAt } from "./solution.ts";
import {
  asPython,
  compare,
  compareInFull,
  describe,
  describeInput,
  describeWays,
  REFUSED,
  type Way,
} from "./words.ts";

function SameLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state } = lab;
  const solution = platform.useSolved(state, solve);
  const ways = describeWays(state, solution);
  const axes = ways.flatMap(({ axis }) => axis ?? []);
  const most = (count: (a: Axis) => number) => Math.max(...axes.map(count));
  const left = most((a) => a.before);
  const columns = left + state.size + most((a) => a.after);
  const pick = usePick(lab, {
    input: { shape: [1, columns], offset: [0, -left] },
    output: { shape: [1, most((a) => a.size)] },
  });
  const sums = axes.flatMap((a) => range(a.size).map((i) => sumOf(a, i)));
  const ofOutput = activationScale(sums); // one for all, so that what looks alike is alike
  return (
    <Frame
      lab={lab}
      label="Same-padding lab"
      aside={describeInput(state)}
      said={<Verdict settings={state} solution={solution} ways={ways} pick={pick} />}
      play={<PlayButton pick={pick} />}
      controls={controlsOf(lab)}
      rest={
        <>
          <OutputPlayer pick={pick} />
          <div class="cnl-in-full">
            {ways.map(({ title, says }, i) => (
              <p key={i}>
                <strong>{title}</strong> {says}
              </p>
            ))}
            <p>{compareInFull(state, solution)}</p>
          </div>
        </>
      }
      python={() => asPython(state, solution)}
    >
      <div class="cnl-lanes" style={`--columns:${columns}`}>
        {ways.map((way, i) => (
          <Lane key={i} way={way} left={left} pick={pick} ofOutput={ofOutput} />
        ))}
      </div>
    </Frame>
  );
}

function controlsOf(lab: platform.LabOf<Settings>) {
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
  return {
    size: <Slider {...control("size")} {...may.n} label="Input n" unit="cells" />,
    kernel: <Slider {...control("kernel")} {...may.k} label="Kernel k" unit="weights" />,
    stride: <Slider {...control("stride")} {...may.stride} label="Stride s" unit="cells" />,
    padding: (
      <Slider {...control("padding")} {...may.padding} label="padding=p" unit="cells a side" />
    ),
    dilation: <Slider {...control("dilation")} {...may.dilation} label="Dilation d" unit="cells" />,
  };
}

type VerdictProps = { settings: Settings; solution: Solution; ways: Way[]; pick: Picking };

/** Whether the two that are left at any stride agree; what is picked is read aloud of all three. */
function Verdict({ settings, solution, ways, pick }: VerdictProps) {
  const { who, verdict, why } = compare(settings, solution);
  const { picked } = pick;
  const heard = ({ axis, title }: Way) =>
    axis && picked && `${title}: ${describe(axis, picked).full}.`;
  const all = listed([...ways.map(heard), compareInFull(settings, solution)], " ");
  return (
    <div class="cnl-said cnl-verdict">
      <p>
        {who} <b>{verdict}</b>: {why}
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {spoken(all)}
      </div>
    </div>
  );
}

type LaneProps = {
  way: Way;
  /** cells to the left of x[0] in all lanes */
  left: number;
  pick: Picking;
  ofOutput: Scale;
};

function Lane({ way: { title, short, axis }, left, pick, ofOutput }: LaneProps) {
  const told = axis && pick.shown && describe(axis, pick.shown);
  return (
    <div class="cnl-lane" role="group" aria-label={title}>
      <p class="cnl-lane-text">
        <strong>{title}</strong>{" "}
        <span>
          {short}
          {axis && <i> {axis.size === 1 ? "output" : "outputs"}</i>}
        </span>
      </p>
      <p class="cnl-lane-sum">
        {told && (
          <>
            <span>{told.line}</span> <b>{told.result}</b>
          </>
        )}
      </p>
      {axis ? (
        <Steps title={title} a={axis} left={left} pick={pick} ofOutput={ofOutput} />
      ) : (
        <p class="cnl-refused">{REFUSED}</p>
      )}
    </div>
  );
}

type StepsProps = { title: string; a: Axis; left: number; pick: Picking; ofOutput: Scale };

/**
 * The axis with its padding, the windows that step along it, and each output below the middle of
 * its window.
 */
function Steps({ title, a, left, pick: { shown, of }, ofOutput }: StepsProps) {
  const ofInput = inputScale([a.n]);
  const reach = span(a.k, a.dilation);
  const [indent, padded] = [left - a.before, a.before + a.n + a.after];
  const [idle, last] = [new Set(unread(a)), new Set(discarded(a))];
  const [grid, i] = [shown?.grid, shown?.at[1] ?? 0];
  const chosen = grid === "output" && i < a.size ? i : null;
  const read = new Set(chosen === null ? [] : cellsOf(a, chosen));
  const lit = new Set(grid === "input" ? outputsOf(a, i) : chosen === null ? [] : [chosen]);
  const start = (chosen ?? 0) * a.stride - a.before;
  const inputCell = (_: number, i: number) => {
    const value = valueAt(a, i);
    const padding = i < 0 || i >= a.n;
    const unread = idle.has(i + a.before);
    const gap = unread && !last.has(i + a.before);
    return {
      value,
      shade: padding ? 0 : ofInput.of(value),
      kind: marked({ padding, unread, gap, lit: read.has(i) }),
      says: listed([padding && "padding", unread && "read by no window"]),
    };
  };
  const outputCell = (_: number, i: number) => {
    const value = sumOf(a, i);
    return { value, shade: ofOutput.of(value), kind: marked({ lit: lit.has(i) }) };
  };
  const middle = (reach - 1) / 2;
  return (
    <div
      class={a.dilation === 1 ? "cnl-track cnl-dense" : "cnl-track"}
      style={`--indent:${indent};--padded:${padded};--middle:${middle};--stride:${a.stride}`}
    >
      <Grid
        label={`${title}, input`}
        scale={ofInput.scale}
        shape={[1, padded]}
        offset={[0, -a.before]}
        cell={inputCell}
        frame={chosen === null ? null : { at: [0, start], shape: [1, reach] }}
        {...of("input")}
      />
      <Windows a={a} lit={lit} />
      <div class="cnl-outputs">
        <Grid
          label={`${title}, output`}
          scale={ofOutput.scale}
          shape={[1, a.size]}
          cell={outputCell}
          {...of("output")}
        />
      </div>
    </div>
  );
}

const FEW = 5; // levels on which there is room for taps

/** One line for each window, as long as its span, thick where a weight lies. */
function Windows({ a, lit }: { a: Axis; lit: Set<number> }) {
  const reach = span(a.k, a.dilation);
  const levels = Math.min(a.size, Math.ceil(reach / a.stride)); // windows on one level do not touch
  const width = a.before + a.n + a.after;
  const line = (i: number) => `M${i * a.stride + 0.12} ${(i % levels) + 0.5}h${reach - 0.24}`;
  const taps = (i: number) =>
    range(a.k).map((k) => `M${i * a.stride + k * a.dilation + 0.12} ${(i % levels) + 0.5}h.76`);
  const paths = (windows: number[]) => (
    <>
      <path d={windows.map(line).join("")} />
      <path class="taps" d={windows.flatMap(taps).join("")} />
    </>
  );
  const all = range(a.size);
  return (
    <svg
      class={levels > FEW ? "cnl-windows many" : "cnl-windows"}
      aria-hidden="true"
      viewBox={`0 0 ${width} ${levels}`}
      preserveAspectRatio="none"
    >
      <g>{paths(all.filter((i) => !lit.has(i)))}</g>
      <g class="lit">{paths(all.filter((i) => lit.has(i)))}</g>
    </svg>
  );
}

export default platform.view(SameLab);
