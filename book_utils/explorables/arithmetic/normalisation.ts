/**
 * Batch, layer, instance and group normalisation as PyTorch computes them.
 *
 * One idea carries the module. A norm is a way to share out the cells of a block (N, C, H, W) among
 * *sets*; the cells of a set have one mean and one variance. `sharing` numbers the sets, and all
 * else runs over those numbers. Batch norm in evaluation takes its means and variances from
 * running averages instead, one for each channel, which are its sets.
 *
 * Tensors are `{ data, shape }` with row-major data. What PyTorch refuses is a RangeError here.
 */
import type { Tensor } from "./tensor.ts";

export type Norm = "batch" | "layer" | "instance" | "group";
/** the set of each cell; how many sets, of how many cells */
type Sets = { of: Int32Array; count: number; size: number };
/** one of each for each set */
type Moments = { mean: number[]; variance: number[] };
/** `variance` is the biased one: the sum over n, not n − 1 */
type Statistics = Moments & { unbiased: number[] };

export const NORMS: readonly Norm[] = ["batch", "layer", "instance", "group"];

function refuse(message: string): never {
  throw new RangeError(message);
}

/** Numbers of groups that share the channels out evenly. */
export const divisors = (channels: number) =>
  Array.from({ length: channels }, (_, i) => i + 1).filter((g) => channels % g === 0);

/** Which cells share a mean and a variance. */
export function sharing([n, c, h, w]: number[], norm: Norm, groups: number = 1): Sets {
  if (norm === "group" && !(Number.isInteger(groups) && groups >= 1 && c % groups === 0)) {
    const allowed = divisors(c).join(", ");
    refuse(`groups is ${groups}, which does not divide ${c} channels: use one of ${allowed}.`);
  }
  const each = norm === "group" ? c / groups : 1; // channels of a group
  const numbers = {
    batch: (_: number, channel: number) => channel,
    layer: (example: number) => example,
    instance: (example: number, channel: number) => example * c + channel,
    group: (example: number, channel: number) => example * groups + Math.floor(channel / each),
  };
  const number = numbers[norm] ?? refuse(`norm is ${norm}: use one of ${NORMS.join(", ")}.`);
  const area = h * w;
  const of = Int32Array.from({ length: n * c * area }, (_, i) =>
    number(Math.floor(i / (c * area)), Math.floor(i / area) % c),
  );
  const count = { batch: c, layer: n, instance: n * c, group: n * groups }[norm];
  return { of, count, size: of.length / count };
}

/**
 * Why PyTorch refuses such a block, or nothing. It guards against sets of one cell, whose mean is
 * the
 * cell itself, so that nothing is left of it; for group norm it counts the examples as well.
 */
export function refusal([n, c, h, w]: number[], norm: Norm, groups: number, training: boolean) {
  const cells = {
    batch: training ? n * h * w : 2,
    layer: 2,
    instance: h * w,
    group: (n * c * h * w) / groups,
  }[norm];
  const what = norm === "instance" ? "spatial element" : "value per channel";
  return cells === 1 ? `Expected more than 1 ${what} when training` : "";
}

/**
 * Mean, biased and unbiased variance of each set (the last is not a number where a set is one
 * cell).
 */
export function statistics(data: ArrayLike<number>, { of, count, size }: Sets): Statistics {
  const [sums, squares] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < of.length; i++) sums[of[i]] += data[i];
  const mean = Array.from(sums, (sum) => sum / size);
  for (let i = 0; i < of.length; i++) squares[of[i]] += (data[i] - mean[of[i]]) ** 2;
  return {
    mean,
    variance: Array.from(squares, (sum) => sum / size),
    unbiased: Array.from(squares, (sum) => sum / (size - 1)),
  };
}

/** γ (x − mean) / √(variance + ε) + β, with γ and β one number, or one for each channel. */
export function normalise(
  { data, shape }: Tensor,
  { of }: Sets,
  { mean, variance }: Moments,
  {
    eps,
    gamma = 1,
    beta = 0,
  }: { eps: number; gamma?: number | number[]; beta?: number | number[] },
) {
  const area = shape[2] * shape[3];
  const deviation = variance.map((v) => Math.sqrt(v + eps));
  const at = (values: number | number[], i: number) =>
    typeof values === "number" ? values : values[Math.floor(i / area) % shape[1]];
  const y = Float64Array.from(
    data,
    (value, i) => (at(gamma, i) * (value - mean[of[i]])) / deviation[of[i]] + at(beta, i),
  );
  return { data: y, shape: [...shape] };
}

/** Where running averages begin, in PyTorch: mean 0, variance 1. */
export const untrained = (channels: number): Moments => ({
  mean: Array(channels).fill(0),
  variance: Array(channels).fill(1),
});

/**
 * Running averages after one batch more: r ← (1 − m) r + m batch, of the mean and the unbiased
 * variance.
 * Momentum null is PyTorch's None: the plain average of all batches, of which this is the nth.
 */
export function updated(
  running: Moments,
  batch: Statistics,
  momentum: number | null,
  nth: number,
): Moments {
  const m = momentum ?? 1 / nth;
  const step = (before: number[], now: number[]) => before.map((r, i) => (1 - m) * r + m * now[i]);
  return { mean: step(running.mean, batch.mean), variance: step(running.variance, batch.unbiased) };
}

/**
 * Running averages before the first batch, after it, after the second, and so on. A batch that
 * PyTorch
 * refuses moves nothing.
 */
export function course(batches: readonly Statistics[], momentum: number | null, channels: number) {
  const runs = [untrained(channels)];
  batches.forEach((batch, i) => {
    const refused = batch.unbiased.some(Number.isNaN);
    runs.push(refused ? runs[i] : updated(runs[i], batch, momentum, i + 1));
  });
  return runs;
}

// Sizes of a drawn block: the number of a cell in its stream does not depend on the block's shape.
const MOST = 8;

/** The ith number in 0…1 of a stream: mulberry32, by Tommy Ettinger. */
function uniform(seed: number, i: number) {
  const state = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/** The numbers of each channel. */
function pools({ data, shape: [, c, h, w] }: Tensor): number[][] {
  const all: number[][] = Array.from({ length: c }, () => []);
  Array.from(data).forEach((value, i) => all[Math.floor(i / (h * w)) % c].push(value));
  return all;
}

/**
 * A batch of a seeded stream: each cell is drawn from the numbers that its channel has in the
 * population.
 * A smaller batch is a part of the larger one with the same number.
 * @param batch its number, from 1
 */
export function drawBatch(population: Tensor, seed: number, batch: number, [n, c, h, w]: number[]) {
  const of = pools(population);
  const data = new Float64Array(n * c * h * w);
  let at = 0;
  for (let example = 0; example < n; example++) {
    for (let channel = 0; channel < c; channel++) {
      const pool = of[channel];
      for (let row = 0; row < h; row++) {
        for (let column = 0; column < w; column++) {
          const i = (((batch * MOST + example) * MOST + channel) * MOST + row) * MOST + column;
          data[at++] = pool[Math.floor(uniform(seed, i) * pool.length)];
        }
      }
    }
  }
  return { data, shape: [n, c, h, w] };
}
