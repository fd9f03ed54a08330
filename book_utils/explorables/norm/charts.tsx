/**
 * The charts of the norm lab: the cells of a set before and after, and how running averages move.
 */
import { Below, Chart, points } from "../parts/chart.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import type { Place, Solution } from "./solution.ts";
import { describeCourse, describeLine } from "./words.ts";

type Point = [number, number];
type Scale = [low: number, high: number];

const WIDTH = 300;
const LINE = { height: 84, left: 12, right: 288, base: 54 };
const COURSE = { height: 150, left: 48, right: 290, top: 12, bottom: 120 };

/** Dots as one path, which paints faster than a circle each. */
const dots = (places: Point[]) =>
  places.map(([x, y]) => `M${x.toFixed(1)},${y.toFixed(1)}h0`).join("");

/** Ends of a scale that covers the values, on round numbers. */
function ends(values: number[]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = 10 ** Math.floor(Math.log10(high - low || 1)) / 2;
  const from = Math.floor(low / step + 1e-9) * step;
  return [from, Math.max(from + step, Math.ceil(high / step - 1e-9) * step)];
}

/** Each value as a dot on a stack over its place, as high as the chart allows. */
function stacked(values: number[], across: (v: number) => number): Point[] {
  const heights = new Map<number, number>();
  const levels = values.map((value) => {
    const bin = Math.round(across(value) / 5);
    const level = heights.get(bin) ?? 0;
    heights.set(bin, level + 1);
    return [bin * 5, level];
  });
  const tallest = Math.max(...levels.map(([, level]) => level));
  const step = Math.min(6, (LINE.base - 14) / Math.max(tallest, 1));
  return levels.map(([x, level]) => [x, LINE.base - 5 - level * step]);
}

function meanAndDeviation(values: number[]) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sigma = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length);
  return [mean, sigma];
}

/** Rounding errors of a mean are not shown. */
const settle = (value: number) => (Math.abs(value) < 1e-9 ? 0 : value);

type NumberLineProps = {
  name: string;
  values: number[];
  isIn: (i: number) => boolean;
  picked: number;
  scale: Scale;
};

/**
 * The cells of a set over a number line, those of other sets hollow, with the mean and one standard
 * deviation each way.
 */
function NumberLine({ name, values, isIn, picked, scale }: NumberLineProps) {
  const { height, left, right, base } = LINE;
  const [low, high] = scale;
  const across = (v: number) =>
    left + ((Math.min(high, Math.max(low, v)) - low) / (high - low)) * (right - left);
  // The set below, the others on top.
  const order = range(values.length).sort((a, b) => Number(isIn(b)) - Number(isIn(a)));
  const places = stacked(
    order.map((i) => values[i]),
    across,
  );
  const at = (which: (i: number) => boolean) => dots(places.filter((_, k) => which(order[k])));
  const own = values.filter((_, i) => isIn(i));
  const [mean, sigma] = meanAndDeviation(own);
  const shown = { mean: settle(mean), sigma: settle(sigma) };
  const says = describeLine({ name, own: own.length, all: values.length, scale, ...shown });
  const [middle, zero, below] = [across(mean), across(0), base + 4];
  const isClear = zero > left + 24 && zero < right - 24;
  return (
    <figure class="cnl-figure">
      <figcaption>
        {name}: mean {short(shown.mean)}, deviation {short(shown.sigma)}
      </figcaption>
      <Chart size={[WIDTH, height]} says={says}>
        <path d={at((i) => !isIn(i))} class="others" />
        <path d={at(isIn)} class="dots" />
        <path d={at((i) => i === picked)} class="chosen" />
        <line x1={left} x2={right} y1={base} y2={base} class="frame" />
        <line
          x1={across(mean - sigma)}
          x2={across(mean + sigma)}
          y1={below}
          y2={below}
          class="line"
        />
        <line x1={middle} x2={middle} y1={base - 4} y2={base + 10} class="line" />
        <Below y={height - 10} ends={[left, right]} from={short(low)} to={short(high)} />
        {isClear && (
          <text x={zero} y={height - 10}>
            0
          </text>
        )}
      </Chart>
    </figure>
  );
}

type DistributionsProps = { lab: Solution; at: Place };

/** Before and after. */
export function Distributions({ lab, at }: DistributionsProps) {
  const picked = lab.indexOf(at);
  const isIn = (i: number) => lab.sets.of[i] === lab.sets.of[picked];
  const [before, after] = [Array.from(lab.x.data), lab.y && Array.from(lab.y.data)];
  const reach = Math.ceil(Math.max(3, ...(after ?? []).map(Math.abs)));
  const shared = { isIn, picked };
  return (
    <>
      <NumberLine name="Before" values={before} scale={ends(before)} {...shared} />
      {after && <NumberLine name="After" values={after} scale={[-reach, reach]} {...shared} />}
    </>
  );
}

type CourseProps = {
  name: string;
  batches: number[];
  runs: number[];
  truth: number;
  seen: number;
};

/** The batches' own values as dots, the running average as a line, the true value dashed. */
function Course({ name, batches, runs, truth, seen }: CourseProps) {
  const { height, left, right, top, bottom } = COURSE;
  const [low, high] = ends([...batches.filter(Number.isFinite), ...runs, truth]);
  const x = (batch: number) => left + (batch / batches.length) * (right - left);
  const y = (v: number) => top + ((high - v) / (high - low)) * (bottom - top);
  const places = batches
    .map((v, i): Point => [x(i + 1), y(v)])
    .filter(([, v]) => Number.isFinite(v));
  const says = describeCourse(name, runs, seen, truth);
  return (
    <figure class="cnl-figure">
      <figcaption>
        Running {name} {short(runs[seen])}, true {name} {short(truth)}
      </figcaption>
      <Chart size={[WIDTH, height]} says={says}>
        <path d={dots(places.slice(seen))} class="others" />
        <path d={dots(places.slice(0, seen))} class="dots small" />
        <line x1={left} x2={right} y1={y(truth)} y2={y(truth)} class="truth" />
        <polyline points={points(runs, x, y)} class="faint" />
        <polyline points={points(runs.slice(0, seen + 1), x, y)} class="line" />
        <circle cx={x(seen)} cy={y(runs[seen])} r="4.5" class="dot" />
        {[low, high].map((v) => (
          <text key={v} x={left - 5} y={y(v)} class="end">
            {short(v)}
          </text>
        ))}
        <Below y={height - 14} ends={[left, right]} from="0" to={batches.length}>
          batches seen
        </Below>
      </Chart>
    </figure>
  );
}

type CoursesProps = { lab: Solution; channel: number };

/** The running mean and variance of one channel. */
export function Courses({ lab: { stream, runs, truth, seen }, channel }: CoursesProps) {
  const of = (values: number[]) => values[channel];
  return (
    <>
      <Course
        name="mean"
        seen={seen}
        truth={of(truth.mean)}
        batches={stream.map((s) => of(s.mean))}
        runs={runs.map((r) => of(r.mean))}
      />
      <Course
        name="variance"
        seen={seen}
        truth={of(truth.variance)}
        batches={stream.map((s) => of(s.unbiased))}
        runs={runs.map((r) => of(r.variance))}
      />
    </>
  );
}
