/** How a running average moves: single batches as dots, the average as a line, the truth dashed. */
import { Chart } from "../parts/chart.tsx";
import { range } from "../parts/grid.tsx";
import { brief, describeCourse } from "./words.ts";

type Point = [number, number];

/** Dots as one path, which paints faster than a circle each and stays round on any scale. */
const dots = (places: Point[]) =>
  places.map(([x, y]) => `M${x.toFixed(2)},${y.toFixed(2)}h0`).join("");
const line = (places: Point[]) =>
  `M${places.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}`;

/** Ends of a scale that covers the values, on round numbers. */
function ends(values: number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = 10 ** Math.floor(Math.log10(high - low || 1)) / 2;
  const from = Math.floor(low / step + 1e-9) * step;
  return [from, Math.max(from + step, Math.ceil(high / step - 1e-9) * step)];
}

type CourseProps = {
  name: "mean" | "variance";
  /** of each batch */
  batches: number[];
  /** before the first batch, after it, and so on */
  runs: number[];
  truth: number;
  seen: number;
};

export function Course({ name, batches, runs, truth, seen }: CourseProps) {
  const known = batches.map((v, i) => [i + 1, v]).filter(([, v]) => Number.isFinite(v));
  // A running average lies between where it began and the batches: so the scale stays.
  const least = name === "variance" ? [0] : [];
  const [low, high] = ends([...least, ...known.map(([, v]) => v), runs[0], truth]);
  const at = ([i, v]: number[]): Point => [
    (100 * i) / batches.length,
    (100 * (high - v)) / (high - low),
  ];
  const run = range(runs.length).map((i) => at([i, runs[i]]));
  const level = at([0, truth])[1];
  return (
    <figure class="cnl-figure cnl-course">
      <figcaption>
        Running {name} <b>{brief(runs[seen])}</b>, true {brief(truth)}
      </figcaption>
      <div class="cnl-plot">
        <Chart
          size={[100, 100]}
          says={describeCourse(name, runs, seen, truth)}
          kind="cnl-course-lines"
          preserveAspectRatio="none"
        >
          <path d={line(run)} class="ahead" />
          <path
            d={line([
              [0, level],
              [100, level],
            ])}
            class="truth"
          />
          <path d={dots(known.slice(seen).map(at))} class="later" />
          <path d={dots(known.slice(0, seen).map(at))} class="batches" />
          <path d={line(run.slice(0, seen + 1))} class="run" />
          <path d={dots([run[seen]])} class="now" />
        </Chart>
        <span class="high">{brief(high)}</span>
        <span class="low">{brief(low)}</span>
      </div>
      <p class="cnl-below-plot" aria-hidden="true">
        <span>0</span>
        <span>batches</span>
        <span>{batches.length}</span>
      </p>
    </figure>
  );
}
