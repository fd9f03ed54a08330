/**
 * The charts of the norm lab: the cells of a set before and after, and how running averages move.
 */

import { range } from "../parts/grid.tsx";
import { full, short } from "../parts/numbers.ts";
import type { Solution } from "./view.tsx";

const WIDTH = 300;
const LINE = { height: 84, left: 12, right: 12, base: 54 };

/** Dots as one path, which paints faster than a circle each. */
const dots = (places: [number, number][]) =>
  places.map(([x, y]) => `M${x.toFixed(1)},${y.toFixed(1)}h0`).join("");

/** Ends of a scale that covers the values, on round numbers. */
function ends(values: number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = 10 ** Math.floor(Math.log10(high - low || 1)) / 2;
  const from = Math.floor(low / step + 1e-9) * step;
  return [from, Math.max(from + step, Math.ceil(high / step - 1e-9) * step)];
}

/** Each value as a dot on a stack over its place: [x, y] of each. */
function stacked(values: number[], across: (v: number) => number, step: number) {
  const heights: Map<number, number> = new Map();
  return values.map((value) => {
    const bin = Math.round(across(value) / 5);
    const level = heights.get(bin) ?? 0;
    heights.set(bin, level + 1);
    return [bin * 5, LINE.base - 5 - level * step] as [number, number];
  });
}

/**
 * The cells of a set over a number line, those of other sets hollow, with the mean and one standard
 * deviation each way.
 */
function NumberLine({
  name,
  values,
  isIn,
  picked,
  scale: [low, high],
}: {
  name: string;
  values: number[];
  isIn: (i: number) => boolean;
  picked: number;
  scale: [number, number];
}) {
  const { height, left, right, base } = LINE;
  const across = (v: number) =>
    left + ((Math.min(high, Math.max(low, v)) - low) / (high - low)) * (WIDTH - left - right);
  // The set below, the others on top.
  const order = range(values.length).sort((a, b) => Number(isIn(b)) - Number(isIn(a)));
  const flat = stacked(
    order.map((i) => values[i]),
    across,
    1,
  );
  const tallest = Math.max(...flat.map(([, y]) => base - 5 - y));
  const step = Math.min(6, (base - 14) / Math.max(tallest, 1));
  const places = flat.map(([x, y]) => [x, base - 5 - (base - 5 - y) * step] as [number, number]);
  const own = values.filter((_, i) => isIn(i));
  const mean = own.reduce((a, b) => a + b, 0) / own.length;
  const sigma = Math.sqrt(own.reduce((a, v) => a + (v - mean) ** 2, 0) / own.length);
  const at = (which: (i: number) => boolean) => dots(places.filter((_, k) => which(order[k])));
  return (
    <figure class="cnl-figure">
      <figcaption>
        {name}: mean {short(settle(mean))}, deviation {short(settle(sigma))}
      </figcaption>
      <svg
        class="cnl-chart"
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`${name}: ${own.length} of ${values.length} cells on a number line from ${full(low)} to ${full(high)}; their mean is ${short(settle(mean))}, their standard deviation ${short(settle(sigma))}.`}
      >
        <path d={at((i) => !isIn(i))} class="others" />
        <path d={at(isIn)} class="dots" />
        <path d={at((i) => i === picked)} class="chosen" />
        <line x1={left} x2={WIDTH - right} y1={base} y2={base} class="frame" />
        <line
          x1={across(mean - sigma)}
          x2={across(mean + sigma)}
          y1={base + 4}
          y2={base + 4}
          class="line"
        />
        <line x1={across(mean)} x2={across(mean)} y1={base - 4} y2={base + 10} class="line" />
        <text x={left} y={height - 10} class="start">
          {short(low)}
        </text>
        {across(0) > left + 24 && across(0) < WIDTH - right - 24 && (
          <text x={across(0)} y={height - 10}>
            0
          </text>
        )}
        <text x={WIDTH - right} y={height - 10} class="end">
          {short(high)}
        </text>
      </svg>
    </figure>
  );
}

/** Rounding errors of a mean are not shown. */
const settle = (value: number) => (Math.abs(value) < 1e-9 ? 0 : value);

/** Before and after. */
export function Distributions({ lab, at }: { lab: Solution; at: number[] }) {
  const picked = lab.indexOf(at);
  const isIn = (i: number) => lab.sets.of[i] === lab.sets.of[picked];
  const [before, after] = [Array.from(lab.x.data), lab.y && Array.from(lab.y.data)];
  const reach = after && Math.ceil(Math.max(3, ...after.map(Math.abs)));
  return (
    <>
      <NumberLine name="Before" values={before} isIn={isIn} picked={picked} scale={ends(before)} />
      {after && reach && (
        <NumberLine
          name="After"
          values={after}
          isIn={isIn}
          picked={picked}
          scale={[-reach, reach]}
        />
      )}
    </>
  );
}

const CHART = { height: 150, left: 48, right: 10, top: 12, bottom: 30 };

/** The batches' own values as dots, the running average as a line, the true value dashed. */
function Course({
  name,
  batches,
  runs,
  truth,
  seen,
}: {
  name: string;
  batches: number[];
  runs: number[];
  truth: number;
  seen: number;
}) {
  const { height, left, right, top, bottom } = CHART;
  const [low, high] = ends([...batches.filter(Number.isFinite), ...runs, truth]);
  const x = (batch: number) => left + (batch / batches.length) * (WIDTH - left - right);
  const y = (v: number) => top + ((high - v) / (high - low)) * (height - top - bottom);
  const line = (values: number[]) =>
    values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
  const places = batches
    .map((v, i) => [x(i + 1), y(v)] as [number, number])
    .filter(([, v]) => Number.isFinite(v));
  return (
    <figure class="cnl-figure">
      <figcaption>
        Running {name} {short(runs[seen])}, true {name} {short(truth)}
      </figcaption>
      <svg
        class="cnl-chart"
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`Running ${name} by batch: ${short(runs[0])} before the first, ${short(runs[seen])} after ${seen}; the true ${name} is ${short(truth)}.`}
      >
        <path d={dots(places.slice(seen))} class="others" />
        <path d={dots(places.slice(0, seen))} class="dots small" />
        <line x1={left} x2={WIDTH - right} y1={y(truth)} y2={y(truth)} class="truth" />
        <polyline points={line(runs)} class="faint" />
        <polyline points={line(runs.slice(0, seen + 1))} class="line" />
        <circle cx={x(seen)} cy={y(runs[seen])} r="4.5" class="dot" />
        {[low, high].map((v) => (
          <text key={v} x={left - 5} y={y(v)} class="end">
            {short(v)}
          </text>
        ))}
        <text x={left} y={height - 14} class="start">
          0
        </text>
        <text x={(left + WIDTH - right) / 2} y={height - 14}>
          batches seen
        </text>
        <text x={WIDTH - right} y={height - 14} class="end">
          {batches.length}
        </text>
      </svg>
    </figure>
  );
}

/** The running mean and variance of one channel. */
export function Courses({
  lab: { stream, runs, population, seen },
  channel,
}: {
  lab: Solution;
  channel: number;
}) {
  const of = (values: number[]) => values[channel];
  return (
    <>
      <Course
        name="mean"
        seen={seen}
        truth={of(population.mean)}
        batches={stream.map((s) => of(s.mean))}
        runs={runs.map((r) => of(r.mean))}
      />
      <Course
        name="variance"
        seen={seen}
        truth={of(population.variance)}
        batches={stream.map((s) => of(s.unbiased))}
        runs={runs.map((r) => of(r.variance))}
      />
    </>
  );
}
