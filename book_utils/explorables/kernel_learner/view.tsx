/**
 * The kernel learner: watch gradient descent find a kernel, or run away (see lab.py).
 */

import { useMemo, useState } from "preact/hooks";
import { descend, ellipseOfError } from "../arithmetic/descent.ts";
import { Player, Slider } from "../parts/controls.tsx";
import { Figure, weightScale } from "../parts/figure.tsx";
import { Legend, range } from "../parts/grid.tsx";
import { full, short } from "../parts/numbers.ts";
import { Weights } from "../parts/weights.tsx";
import { checkGrid } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";

const KEYS = ["input", "kernel", "start", "rate", "steps"];
const RATES = [
  0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.032, 0.034, 0.036, 0.04, 0.05, 0.1,
];
const MOST = 200;
const AT_ONCE = 60; // a run is as long as this, unless it has been taken further by hand

function accept(s: Record<string, any>) {
  const settings = { start: checkGrid(s.start, "first weights", 9), rate: s.rate, steps: s.steps };
  if (!(typeof s.rate === "number" && s.rate > 0 && s.rate <= 1))
    throw new RangeError("its learning rate is not a number above 0 and at most 1");
  if (!(Number.isInteger(s.steps) && s.steps >= 0 && s.steps <= MOST))
    throw new RangeError(`its number of steps is not one from 0 to ${MOST}`);
  return settings;
}

const asPython = ({ input, kernel, start, rate, steps }: Record<string, any>) =>
  [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = torch.tensor(${JSON.stringify(input)}, dtype=torch.float32)[None, None]`,
    `target = F.conv2d(x, torch.tensor(${JSON.stringify(kernel)}, dtype=torch.float32)[None, None])`,
    `w = torch.tensor(${JSON.stringify(start)}, dtype=torch.float32)[None, None].requires_grad_()`,
    `for step in range(${steps}):`,
    "    loss = ((F.conv2d(x, w) - target) ** 2).sum()",
    "    loss.backward()",
    "    with torch.no_grad():",
    `        w -= ${rate} * w.grad`,
    "    w.grad = None",
    "",
  ].join("\n");

function KernelLearner(host: Host) {
  const lab = useLab(host, KEYS, (s) => sameShape(accept(s), host.model.get("kernel")));
  const { state, initial, change } = lab;
  const [playing, play] = useState(false);
  const { input, kernel, start, rate, steps } = state;
  const length = Math.max(AT_ONCE, steps);
  const run = useMemo(
    () => descend({ input, kernel, start, rate }, length),
    [input, kernel, start, rate, length],
  );
  const now = run[Math.min(steps, run.length - 1)];
  const ranAway = run.length <= length;
  const scale = weightScale([...kernel.flat(), ...now.weights.flat()]);
  const shape = [kernel.length, kernel[0].length] as [number, number];
  const restart = (changes: Record<string, any>) => {
    play(false);
    change({ steps: 0, ...changes });
  };
  const step = (at: number) => {
    if (at === 0 || at >= run.length - 1) play(false);
    lab.set({ steps: Math.min(at, MOST) });
  };

  return (
    <Lab label="Kernel learner">
      <div class="cnl-row">
        <Figure name="Learned kernel" shape={shape} legend={<Legend scale="weights" {...scale} />}>
          <Weights
            label={`Learned kernel, ${shape.join(" by ")}`}
            rows={now.weights}
            scale={scale}
            onRefuse={lab.complain}
            onEdit={(at, value) =>
              restart({
                start: now.weights.map((row, i) =>
                  row.map((v, j) => (i === at[0] && j === at[1] ? value : v)),
                ),
              })
            }
          />
        </Figure>
        <Figure sign="→" name="Kernel to be found" shape={shape}>
          <Weights
            label={`Kernel to be found, ${shape.join(" by ")}`}
            rows={kernel}
            scale={scale}
          />
        </Figure>
      </div>
      <div class="cnl-row cnl-charts">
        <LossCurve run={run} at={Math.min(steps, run.length - 1)} />
        {kernel.flat().length === 2 && (
          <Plane input={input} kernel={kernel} run={run.slice(0, steps + 1)} />
        )}
      </div>
      <p class="cnl-sum" role="status">
        {playing ? "" : verdict(run, steps, ranAway)}
      </p>
      <div class="cnl-bar">
        <Player
          what="step"
          at={Math.min(steps, run.length - 1)}
          count={run.length}
          playing={playing}
          onPlaying={play}
          onStep={step}
          pace={120}
        />
        <button type="button" onClick={() => restart({})}>
          Back to the start
        </button>
        <button
          type="button"
          onClick={() =>
            restart({
              start: start.map((row: number[]) =>
                row.map(() => Math.round(400 * Math.random() - 200) / 100),
              ),
            })
          }
        >
          Other first weights
        </button>
        <Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          label="Learning rate"
          value={nearest(rate)}
          min={0}
          max={RATES.length - 1}
          initial={nearest(initial.rate)}
          format={(i) => (i === nearest(rate) ? String(rate) : String(RATES[i]))}
          onChange={(i) => change({ rate: RATES[i] })}
        />
        <Slider
          label="Steps"
          value={Math.min(steps, run.length - 1)}
          min={0}
          max={run.length - 1}
          initial={0}
          onChange={step}
        />
      </div>
    </Lab>
  );
}

function sameShape(settings: ReturnType<typeof accept>, kernel: number[][]) {
  const fits =
    settings.start.length === kernel.length && settings.start[0].length === kernel[0].length;
  if (!fits) throw new RangeError("its first weights have another shape than the kernel");
  return settings;
}

/** The slider position nearest to a rate. */
const nearest = (rate: number) =>
  RATES.reduce(
    (best, value, i) => (Math.abs(value - rate) < Math.abs(RATES[best] - rate) ? i : best),
    0,
  );

/** What the run has come to, in words. */
function verdict(run: { loss: number }[], steps: number, ranAway: boolean) {
  const at = Math.min(steps, run.length - 1);
  const error = `Step ${at}: squared error ${full(run[at].loss)}.`;
  if (at === 0) return error;
  if (ranAway && at === run.length - 1)
    return `${error} It has run away: every step overshoots by more than the one before. Lower the rate.`;
  if (run[at].loss > run[at - 1].loss) return `${error} It grows: each step overshoots.`;
  return run[at].loss < 1e-6 * run[0].loss ? `${error} The kernel is found.` : error;
}

const CHART = { width: 300, height: 170, left: 44, right: 8, top: 10, bottom: 30 };
const [LEAST, MOST_SHOWN] = [-12, 12]; // powers of ten

/** The error of each step on a logarithmic scale. */
function LossCurve({ run, at }: { run: { loss: number }[]; at: number }) {
  const { width, height, left, right, top, bottom } = CHART;
  const powers = run.map(({ loss }) =>
    Math.min(MOST_SHOWN, Math.max(LEAST, Math.log10(Math.max(loss, 1e-300)))),
  );
  const [low, high] = [Math.floor(Math.min(...powers, 0)), Math.ceil(Math.max(...powers, 1))];
  const x = (step: number) => left + (step / Math.max(run.length - 1, 1)) * (width - left - right);
  const y = (power: number) => top + ((high - power) / (high - low)) * (height - top - bottom);
  const ticks = range(high - low + 1)
    .map((i) => low + i)
    .filter((power) => (power - low) % Math.ceil((high - low) / 5) === 0);
  return (
    <svg
      class="cnl-chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Squared error by step, logarithmic scale: ${full(run[0].loss)} at the start, ${full(run[at].loss)} at step ${at}.`}
    >
      {ticks.map((power) => (
        <g key={power}>
          <line x1={left} x2={width - right} y1={y(power)} y2={y(power)} class="grid" />
          <text x={left - 5} y={y(power)} class="end">
            1e{short(power)}
          </text>
        </g>
      ))}
      <polyline points={powers.map((power, i) => `${x(i)},${y(power)}`).join(" ")} class="faint" />
      <polyline
        points={powers
          .slice(0, at + 1)
          .map((power, i) => `${x(i)},${y(power)}`)
          .join(" ")}
        class="line"
      />
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

/** The plane of the two weights: ellipses of equal error, and the way the run takes. */
function Plane({
  input,
  kernel,
  run,
}: {
  input: number[][];
  kernel: number[][];
  run: { weights: number[][] }[];
}) {
  const { radii, angle } = useMemo(() => ellipseOfError(input, kernel), [input, kernel]);
  const [cx, cy] = kernel.flat();
  const across = (v: number) => Math.min(2, Math.max(-1, (v - cx) / (2 * REACH) + 0.5)) * SIDE;
  const up = (v: number) => Math.min(2, Math.max(-1, 0.5 - (v - cy) / (2 * REACH))) * SIDE;
  const points = run.map(({ weights }) => weights.flat()).map(([a, b]) => `${across(a)},${up(b)}`);
  const levels = [1, 4, 16, 64, 256].map(Math.sqrt);
  const [last, first] = [run[run.length - 1].weights.flat(), run[0].weights.flat()];
  return (
    <svg
      class="cnl-chart cnl-plane"
      viewBox={`0 0 ${SIDE} ${SIDE + 20}`}
      role="img"
      aria-label={`The plane of the two weights, with ellipses of equal error around the kernel to be found. The run goes from ${first.map(full).join(", ")} to ${last.map(full).join(", ")}.`}
    >
      <svg width={SIDE} height={SIDE} viewBox={`0 0 ${SIDE} ${SIDE}`}>
        <rect width={SIDE} height={SIDE} class="frame" />
        {levels.map((level) => (
          <ellipse
            key={level}
            class="grid"
            rx={(radii[0] * level * SIDE) / (2 * REACH)}
            ry={(radii[1] * level * SIDE) / (2 * REACH)}
            transform={`translate(${across(cx)} ${up(cy)}) rotate(${(-angle * 180) / Math.PI})`}
          />
        ))}
        <polyline points={points.join(" ")} class="line" />
        <circle
          cx={points.at(-1)?.split(",")[0]}
          cy={points.at(-1)?.split(",")[1]}
          r="4.5"
          class="dot"
        />
      </svg>
      <text x={SIDE / 2} y={SIDE + 13}>
        w[0] across, w[1] up
      </text>
    </svg>
  );
}

export default view(KernelLearner);
