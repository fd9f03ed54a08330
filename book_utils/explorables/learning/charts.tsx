/** Curves of a run: a line, or for several networks their mean in a band from least to most. */
import { points } from "../parts/chart.tsx";
import { Dot, Graph, type Tick } from "../parts/graph.tsx";
import { mean } from "../parts/numbers.ts";
import { LENGTH } from "./orders.ts";

type CurveProps = {
  title: string;
  says: string;
  ticks: Tick[];
  /** the upper end of the axis; the lower one is 0 */
  top: number;
  /** by network; one value for each of `steps` */
  lists: number[][];
  steps: number[];
  /** the mean of the run before, to compare with */
  before?: { values: number[]; steps: number[] };
};

/** The axes are the same for every run, so that runs can be compared. */
export function Curve({ title, says, ticks, top, lists, steps, before }: CurveProps) {
  const x = (step: number) => (100 * step) / LENGTH;
  const y = (value: number) => 100 - (100 * Math.min(top, value)) / top;
  const along = (values: number[], of: number[]) => points(values, (i) => x(of[i]), y);
  const across = (of: (values: number[]) => number) =>
    steps.map((_, i) => of(lists.map((list) => list[i])));
  const middle = across(mean);
  const now = middle.length - 1;
  const band = lists.length > 1 && [
    along(
      across((values) => Math.max(...values)),
      steps,
    ),
    along(across((values) => Math.min(...values)).reverse(), [...steps].reverse()),
  ];
  return (
    <figure class="cnl-figure cnl-curve">
      <figcaption>{title}</figcaption>
      <Graph
        says={says}
        ticks={ticks}
        y={y}
        ends={["0", String(LENGTH)]}
        lines={
          <>
            {before && <polyline class="before" points={along(before.values, before.steps)} />}
            {band && <polygon class="band" points={band.join(" ")} />}
            <polyline class="line" points={along(middle, steps)} />
          </>
        }
      >
        {now >= 0 && <Dot left={x(steps[now])} top={y(middle[now])} />}
      </Graph>
    </figure>
  );
}
