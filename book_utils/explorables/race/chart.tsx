/** Accuracy against seconds: the networks of the present start, and every try of this visit. */
import { useRef } from "preact/hooks";
import { points } from "../parts/chart.tsx";
import { Dot, Graph } from "../parts/graph.tsx";
import { percent } from "../parts/numbers.ts";
import type { Best } from "./best.ts";
import { type Lane, LINE, type Progress } from "./orders.ts";
import { isFinished, type Outcome } from "./outcome.ts";
import { describe } from "./words.ts";

const LOW = 0.8; // of the axis; a curve comes in from below
const TICKS = [
  ...[0.8, 0.85, 0.9, 1].map((at) => ({ at, says: percent(at).replace(".0", "") })),
  { at: LINE, says: percent(LINE).replace(".0", ""), kind: "finish" },
];
const SPANS = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 1000]; // seconds

/** How long the networks of this start take, as far as that can be told. */
function expected({ lanes }: Progress) {
  const whole = ({ seconds, share, isDone }: Lane) =>
    isDone || share < 0.5 ? seconds : seconds / share;
  return Math.max(0, ...lanes.map(whole));
}

type CourseProps = { progress: Progress | null; tries: Outcome[]; best: Best | null };

/** The axis of seconds grows, and never shrinks: a faster try is seen to be shorter. */
export function Course({ progress, tries, best }: CourseProps) {
  const span = useRef(SPANS[0]);
  const lanes = progress?.lanes ?? [];
  const past = [...tries, ...(best ? [best] : [])];
  const longest = Math.max(0, ...past.map(({ seconds }) => seconds));
  const needed = Math.max(longest, progress ? expected(progress) : 0);
  span.current = Math.max(span.current, SPANS.find((s) => s >= needed) ?? needed);
  const x = (seconds: number) => (100 * seconds) / span.current;
  const y = (accuracy: number) => (100 * (1 - accuracy)) / (1 - LOW);
  const kept = (accuracy: number) => Math.min(100, y(accuracy)); // dots stay on the graph
  const along = ({ at, accuracies }: Lane) => points(accuracies, (i) => x(at[i]), y);
  const now = lanes[lanes.length - 1];
  const look = now ? now.at.length - 1 : -1;
  return (
    <figure class="cnl-figure cnl-course">
      <figcaption>Accuracy</figcaption>
      <Graph
        says={describe(progress, tries)}
        ticks={TICKS}
        y={y}
        ends={["0", `${span.current} s`]}
        unit="seconds of training"
        lines={lanes.map((lane, seed) => (
          <polyline key={seed} class={lane.isDone ? "past" : "line"} points={along(lane)} />
        ))}
      >
        {tries.map((each, i) => (
          <Dot
            key={i}
            left={x(each.seconds)}
            top={kept(each.accuracy)}
            kind={`try ${each.judged} ${isFinished(each) ? "in" : "out"}`}
          />
        ))}
        {look >= 0 && !now.isDone && (
          <Dot left={x(now.at[look])} top={kept(now.accuracies[look])} />
        )}
        <span class="goal" style={`top:${y(LINE)}%`}>
          finish
        </span>
        {best && (
          <span class="best" style={`left:${x(best.seconds)}%`}>
            best
          </span>
        )}
      </Graph>
    </figure>
  );
}
