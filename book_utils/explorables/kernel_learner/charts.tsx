/** Two pictures of a descent: the error by step, and the way through the plane of two weights. */
import { useMemo } from "preact/hooks";
import { ellipseOfError } from "../arithmetic/descent.ts";
import { points } from "../parts/chart.tsx";
import { Dot, Graph } from "../parts/graph.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { describeCurve, describePlane, type Run } from "./words.ts";

const [LEAST, MOST] = [-8, 4]; // powers of ten, at least, from the lower end to the upper
const EACH = 4; // powers of ten from one tick to the next

type CurveProps = {
  run: Run;
  at: number;
  /** steps that the axis has room for, however early the run ends */
  length: number;
};

/**
 * The error of each step on a logarithmic scale. The axes depend on the first weights alone, so
 * that runs with other rates can be compared; a run that leaves them says where to.
 */
export function LossCurve({ run, at, length }: CurveProps) {
  const high = Math.max(MOST, EACH * Math.ceil(Math.log10(run[0].loss || 1) / EACH));
  const powers = run.map(({ loss }) => Math.log10(Math.max(loss, 1e-300)));
  const x = (step: number) => (100 * step) / length;
  const y = (power: number) => (100 * (high - power)) / (high - LEAST);
  const ticks = range((high - LEAST) / EACH + 1)
    .map((i) => high - EACH * i)
    .map((power) => ({ at: power, says: short(10 ** power) }));
  const now = y(powers[at]);
  const off = run.findIndex((_, i) => powers[i] > high);
  return (
    <figure class="cnl-figure cnl-curve-of-loss">
      <figcaption>Squared error by step</figcaption>
      <Graph
        says={describeCurve(run, at)}
        ticks={ticks}
        y={y}
        ends={["0", `${length}`]}
        lines={
          <>
            <polyline points={points(powers, x, y)} class="guess" />
            <polyline points={points(powers.slice(0, at + 1), x, y)} class="line" />
          </>
        }
      >
        {now < 0 || now > 100 ? (
          <Off at={x(at)} isAbove={now < 0} loss={run[at].loss} />
        ) : (
          <>
            <Dot left={x(at)} top={now} />
            {off > 0 && <Off at={x(off)} isAbove loss={run[run.length - 1].loss} />}
          </>
        )}
      </Graph>
    </figure>
  );
}

type OffProps = { at: number; isAbove: boolean; loss: number };

/** An arrow where the curve leaves the chart, and how far it goes. */
const Off = ({ at, isAbove, loss }: OffProps) => (
  <b class={`cnl-off${isAbove ? "" : " under"}${at > 60 ? " left" : ""}`} style={`left:${at}%`}>
    {isAbove ? "▲" : "▼"} <span>{short(loss)}</span>
  </b>
);

const SIDE = 170;
const REACH = 3; // the plane shows weights from −3 to 3 around the kernel to be found
const CROSS = 5;

export type PlaneProps = { input: number[][]; kernel: number[][]; run: Run };

/** The plane of the two weights: ellipses of equal error, and the way the run takes. */
export function Plane({ input, kernel, run }: PlaneProps) {
  const { radii, angle } = useMemo(() => ellipseOfError(input, kernel), [input, kernel]);
  const [cx, cy] = kernel.flat();
  const far = (v: number) => Math.min(9, Math.max(-9, v)); // far outside, and still a number
  const across = (v: number) => far((v - cx) / (2 * REACH) + 0.5) * SIDE;
  const up = (v: number) => far(0.5 - (v - cy) / (2 * REACH)) * SIDE;
  const way = run.map(({ weights }) => weights.flat()).map(([a, b]) => [across(a), up(b)]);
  const [x, y] = way[way.length - 1];
  const inside = (v: number) => Math.min(SIDE, Math.max(0, v));
  const isOff = x !== inside(x) || y !== inside(y);
  const turn = `rotate(${(-angle * 180) / Math.PI})`;
  const radius = (axis: 0 | 1, level: number) => (radii[axis] * level * SIDE) / (2 * REACH);
  const [middle, centre] = [across(cx), up(cy)];
  return (
    <figure class="cnl-figure cnl-plane">
      <figcaption>{isOff ? "Off the plane of weights" : "Plane of both weights"}</figcaption>
      <svg viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label={describePlane(run)}>
        <rect width={SIDE} height={SIDE} class="grid" />
        {[1, 4, 16, 64, 256].map(Math.sqrt).map((level) => (
          <ellipse
            key={level}
            class="grid"
            rx={radius(0, level)}
            ry={radius(1, level)}
            transform={`translate(${middle} ${centre}) ${turn}`}
          />
        ))}
        <path
          class="goal"
          d={`M${middle - CROSS},${centre}h${2 * CROSS}M${middle},${centre - CROSS}v${2 * CROSS}`}
        />
        <polyline points={way.map(String).join(" ")} class="line" />
        <circle cx={inside(x)} cy={inside(y)} r="5" class={isOff ? "dot off" : "dot"} />
      </svg>
      <figcaption>w[0] across, w[1] up</figcaption>
    </figure>
  );
}
