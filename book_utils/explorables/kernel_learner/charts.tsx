/** Two pictures of a descent: the error by step, and the way through the plane of two weights. */
import { useMemo } from "preact/hooks";
import { ellipseOfError } from "../arithmetic/descent.ts";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { describeCurve, describePlane, type Run } from "./words.ts";

const CHART = { width: 300, height: 170, left: 44, right: 8, top: 10, bottom: 30 };
const [LEAST, MOST] = [-12, 12]; // powers of ten

/** The error of each step on a logarithmic scale. */
export function LossCurve({ run, at }: { run: Run; at: number }) {
  const { width, height, left, right, top, bottom } = CHART;
  const powers = run.map(({ loss }) =>
    Math.min(MOST, Math.max(LEAST, Math.log10(Math.max(loss, 1e-300)))),
  );
  const [low, high] = [Math.floor(Math.min(...powers, 0)), Math.ceil(Math.max(...powers, 1))];
  const x = (step: number) => left + (step / Math.max(run.length - 1, 1)) * (width - left - right);
  const y = (power: number) => top + ((high - power) / (high - low)) * (height - top - bottom);
  const ticks = range(high - low + 1)
    .map((i) => low + i)
    .filter((power) => (power - low) % Math.ceil((high - low) / 5) === 0);
  const points = powers.map((power, i) => `${x(i)},${y(power)}`);
  return (
    <svg
      class="cnl-chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={describeCurve(run, at)}
    >
      {ticks.map((power) => (
        <g key={power}>
          <line x1={left} x2={width - right} y1={y(power)} y2={y(power)} class="grid" />
          <text x={left - 5} y={y(power)} class="end">
            1e{short(power)}
          </text>
        </g>
      ))}
      <polyline points={points.join(" ")} class="faint" />
      <polyline points={points.slice(0, at + 1).join(" ")} class="line" />
      <circle cx={x(at)} cy={y(powers[at])} r="4.5" class="dot" />
      <text x={left} y={height - 14} class="start">
        0
      </text>
      <text x={width - right} y={height - 14} class="end">
        {run.length - 1}
      </text>
      <text x={(left + width) / 2} y={height - 14}>
        step
      </text>
    </svg>
  );
}

const SIDE = 170;
const REACH = 3; // the plane shows weights from −3 to 3 around the kernel to be found

export type PlaneProps = { input: number[][]; kernel: number[][]; run: Run };

/** The plane of the two weights: ellipses of equal error, and the way the run takes. */
export function Plane({ input, kernel, run }: PlaneProps) {
  const { radii, angle } = useMemo(() => ellipseOfError(input, kernel), [input, kernel]);
  const [cx, cy] = kernel.flat();
  const across = (v: number) => Math.min(2, Math.max(-1, (v - cx) / (2 * REACH) + 0.5)) * SIDE;
  const up = (v: number) => Math.min(2, Math.max(-1, 0.5 - (v - cy) / (2 * REACH))) * SIDE;
  const points = run.map(({ weights }) => weights.flat()).map(([a, b]) => [across(a), up(b)]);
  const [x, y] = points[points.length - 1];
  const turn = `rotate(${(-angle * 180) / Math.PI})`;
  const radius = (axis: 0 | 1, level: number) => (radii[axis] * level * SIDE) / (2 * REACH);
  return (
    <svg
      class="cnl-chart cnl-plane"
      viewBox={`0 0 ${SIDE} ${SIDE + 20}`}
      role="img"
      aria-label={describePlane(run)}
    >
      <svg width={SIDE} height={SIDE} viewBox={`0 0 ${SIDE} ${SIDE}`}>
        <rect width={SIDE} height={SIDE} class="frame" />
        {[1, 4, 16, 64, 256].map(Math.sqrt).map((level) => (
          <ellipse
            key={level}
            class="grid"
            rx={radius(0, level)}
            ry={radius(1, level)}
            transform={`translate(${across(cx)} ${up(cy)}) ${turn}`}
          />
        ))}
        <polyline points={points.join(" ")} class="line" />
        <circle cx={x} cy={y} r="4.5" class="dot" />
      </svg>
      <text x={SIDE / 2} y={SIDE + 13}>
        w[0] across, w[1] up
      </text>
    </svg>
  );
}
