/** What the scaling lab says, its code, and the settings to begin from. */
import {
  lengthOf,
  type Step,
  sentOf,
  shareOf,
  speedupOn,
  speedupWithoutExchange,
  stepOn,
  type Work,
} from "../arithmetic/scaling.ts";
import { plainly, significant, thousands, wholePercent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { ScalingLab as Settings } from "../settings.ts";

export type Data = { counted: Record<Settings["network"], Work> };

export const NETWORKS: Record<Settings["network"], string> = {
  lenet: "LeNet",
  small_resnet: "small ResNet",
  alexnet: "AlexNet",
  resnet18: "ResNet-18",
  resnet50: "ResNet-50",
};

/** how the book makes each of them, and what it takes */
const MADE: Record<Settings["network"], [name: string, shape: string]> = {
  lenet: ["LeNet", "1, 28, 28"],
  small_resnet: ["small_resnet", "1, 28, 28"],
  alexnet: ["alexnet", "3, 224, 224"],
  resnet18: ["resnet18", "3, 224, 224"],
  resnet50: ["resnet50", "3, 224, 224"],
};

/** A step on one device and on all, and how much is gained, by the number of devices. */
export type Solution = {
  state: Settings;
  work: Work;
  one: Step;
  all: Step;
  speedup: number;
  /** the longest step for any number of devices: the axis stays */
  longest: number;
  /** for each number of devices */
  curve: { devices: number; speedup: number; withoutExchange: number }[];
};

export function solve(state: Settings, { counted }: Data, counts: number[]): Solution {
  const work = counted[state.network];
  const { devices } = state;
  return {
    state,
    work,
    one: stepOn(1, work, state),
    all: stepOn(devices, work, state),
    speedup: speedupOn(devices, work, state),
    longest: Math.max(...counts.map((n) => lengthOf(stepOn(n, work, state)))),
    curve: counts.map((n) => ({
      devices: n,
      speedup: speedupOn(n, work, state),
      withoutExchange: speedupWithoutExchange(n, work, state),
    })),
  };
}

/** A time in the unit that suits it: 5.3 µs, 70 ms, 281 ms, 2.38 s. */
export function milliseconds(value: number) {
  if (value > 0 && value < 0.1) return `${significant(1000 * value, 2)} µs`;
  if (value < 100) return `${significant(value, 2)} ms`;
  return value < 999.5 ? `${significant(value, 3)} ms` : `${significant(value / 1000, 3)} s`;
}

/** Two digits, also where the second is a zero: 4.0, 0.37, 55, 0.0008. */
export const times = (factor: number) =>
  `${factor < 0.1 ? plainly(Number(factor.toPrecision(2))) : factor.toPrecision(2)}\u00a0×`;

export const devicesOf = (n: number) => plural(n, "device");

/** The images of a step on so many devices. */
export const imagesOf = ({ batch, shared }: Settings, devices: number) =>
  plural(shared ? batch : batch * devices, "image");

/** Slower than one device, up to what the figure shows. */
const isSlower = (speedup: number) => Number(speedup.toPrecision(2)) < 1;

/** How much faster it is, and what share of it there could be. */
export function describe({ state, one, all, speedup }: Solution): Told {
  const { network, devices, shared } = state;
  const line = devicesOf(devices);
  const name = NETWORKS[network];
  if (devices === 1) {
    const result = milliseconds(lengthOf(one));
    const full = `${name}, ${line}: ${result} a step: ${partsOf(one)}. Reckoned, not measured.`;
    return { line, joint: ": ", result, note: " a step, nothing to exchange", full };
  }
  const result = `${times(speedup)} as fast`;
  const note = isSlower(speedup)
    ? " slower than one device"
    : ` ${wholePercent(speedup / devices)} of the ideal ${devices}\u00a0×`;
  const took = (step: Step, n: number) =>
    `${milliseconds(lengthOf(step))} for ${imagesOf(state, n)}`;
  const unit = shared ? "" : ", in images a second";
  const full =
    `${name}, ${line}: ${result}${unit},${note}. One device takes ${took(one, 1)}, all together ` +
    `${took(all, devices)}: ${partsOf(all)}. Reckoned, not measured.`;
  return { line, joint: ": ", result, note, full };
}

/** The parts of a step in words. */
export function partsOf({ cost, arithmetic, exchange, hidden }: Step) {
  const ofIt = hidden ? `, of which ${milliseconds(hidden)} is hidden` : "";
  return (
    `cost of any step ${milliseconds(cost)}, arithmetic of the images ` +
    `${milliseconds(arithmetic)}, exchange of the gradient ${milliseconds(exchange)}${ofIt}`
  );
}

/** What the bars show, for those who do not see them. */
export const describeBars = ({ state, one, all }: Solution) =>
  `One device: ${milliseconds(lengthOf(one))}; ${partsOf(one)}. ` +
  `${devicesOf(state.devices)}: ${milliseconds(lengthOf(all))}; ${partsOf(all)}.`;

/** What the chart shows, for those who do not see it. */
export function describeCurve({ state, curve }: Solution) {
  const found = curve.map(({ devices, speedup }) => `${devices}: ${times(speedup)}`);
  return (
    `How many times as fast by the number of devices, both axes logarithmic. ` +
    `${NETWORKS[state.network]}, ${found.join(", ")}.`
  );
}

const OVERLAP = ", hidden as far as it fits under the backward pass, 2/3 of the arithmetic";

/** How it is reckoned, for the panel. */
export function inFull({ state, work, one, all }: Solution) {
  const { devices, link, rate, cost, overlap, shared } = state;
  const images = significant(shareOf(state, devices), 4);
  const arithmetic =
    `Arithmetic: 2 FLOPs × 3 (forwards, and twice backwards) × ` +
    `${thousands(work.multiply_adds)} multiply-adds × ${images} images / ${plainly(rate)} ` +
    `TFLOP/s = ${milliseconds(all.arithmetic)}.`;
  const exchange =
    `Exchange: each device sends ${significant(sentOf(devices), 3)} times its gradient, 4 bytes ` +
    `× ${thousands(work.parameters)}, over ${plainly(link)} Gbit/s: ` +
    `${milliseconds(all.exchange)}${overlap ? OVERLAP : ""}.`;
  const most = significant(lengthOf(one) / cost, 3);
  const amdahl = `However many devices, at most ${most} times as fast: the cost of a step stays.`;
  const law = shared && cost ? ` Without the exchange, Amdahl’s law. ${amdahl}` : "";
  const leftOut =
    "Left out: data, memory, the delay of each message, devices that wait for others.";
  return `${arithmetic} ${exchange}${law} ${leftOut}`;
}

const float = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));

export function asPython(state: Settings) {
  const { network, devices, batch, link, rate, cost, overlap, shared } = state;
  const [name, shape] = MADE[network];
  const hidden = overlap ? "min(exchange, 2 / 3 * arithmetic)  # under the backward pass" : "0.0";
  return `import torch
from book_utils.models import ${name}
from book_utils.shapes import layer_table

with torch.device("meta"):  # nothing is computed, all is counted
    counted = layer_table(${name}(), (${shape}))

link = ${link} * 1e9 / 8  # bytes a second
rate = ${rate} * 1e12  # FLOPs a second
shared = ${python.bool(shared)}


def step(n):  # on n devices, in milliseconds
    images = ${batch} / n if shared else ${batch}
    flops = 2 * 3 * counted.multiply_adds * images  # forwards, and twice backwards
    sent = 2 * (n - 1) / n * 4 * counted.parameters  # bytes, round a ring
    arithmetic, exchange = 1000 * flops / rate, 1000 * sent / link
    hidden = ${hidden}
    return dict(cost=${float(cost)}, arithmetic=arithmetic, exchange=exchange, hidden=hidden)


def length(n):
    cost, arithmetic, exchange, hidden = step(n).values()
    return cost + arithmetic + exchange - hidden


steps = {n: step(n) for n in (1, ${devices})}
speedup = (1 if shared else ${devices}) * length(1) / length(${devices})
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "ResNet-18 on four devices": {},
    "a faster link": { link: 100 },
    "a larger batch": { batch: 1024 },
    "ever more devices": { devices: 64, link: 1000 },
    "as many images for each device": { devices: 64, shared: false },
    "LeNet, slower on eight than on one": { network: "lenet", devices: 8, link: 1 },
    "AlexNet: much to send for little arithmetic": { network: "alexnet" },
  },
};
