/** A wave that moves, and what five ways to make it smaller keep of it. */
import { conv2d } from "../arithmetic/convolution.ts";
import { avgPool2d, maxPool2d } from "../arithmetic/pooling.ts";
import { type Tensor, tensor } from "../arithmetic/tensor.ts";
import type { SubsampleLab as Settings } from "../settings.ts";

type Method = Settings["method"];
export type Solution = ReturnType<typeof solve>;

export const CELLS = 24; // of the row that is shown
export const NEAR = 1e-9; // outputs that differ by less are alike

const ONE = tensor([[[[1]]]]);
const BLUR = tensor([[[[1 / 4, 2 / 4, 1 / 4]]]]);

/** Some cells of a row, `last` of them left out at its end. */
const cut = ({ data }: Tensor, first: number, last: number): Tensor => {
  const kept = [...data].slice(first, data.length - last);
  return { data: kept, shape: [1, 1, 1, kept.length] };
};

/** From cells −1 to n + s − 1 of a row to its n / s outputs. */
const REDUCE: Record<Method, (x: Tensor, s: number) => Tensor> = {
  stride: (x, s) => conv2d(cut(x, 1, s), ONE, { stride: [1, s] }),
  max: (x, s) => maxPool2d(cut(x, 1, s), { kernel: [1, s] }).y,
  average: (x, s) => avgPool2d(cut(x, 1, s), { kernel: [1, s] }),
  blur: (x, s) => conv2d(cut(x, 0, s - 1), BLUR, { stride: [1, s] }),
  "max, blur": (x, s) => {
    const { y } = maxPool2d(x, { kernel: [1, s], stride: 1 });
    return conv2d(y, BLUR, { stride: [1, s] });
  },
};

const modulo = (i: number, n: number) => ((i % n) + n) % n;

/** A cell of the wave before it has moved: the first half of a period is 0. */
export const waveAt = (i: number, period: number) =>
  Number(modulo(i, period) >= Math.ceil(period / 2));

/** The first outputs of the wave after a shift. */
export function subsampled(settings: Settings, count: number): number[] {
  const { period, shift, method, stride } = settings;
  const data = Array.from({ length: (count + 1) * stride + 1 }, (_, i) =>
    waveAt(i - 1 - shift, period),
  );
  return [...REDUCE[method]({ data, shape: [1, 1, 1, data.length] }, stride).data];
}

/** The cells that the first output reads, both ends included. */
const WINDOWS: Record<Method, (s: number) => readonly [number, number]> = {
  stride: () => [0, 0],
  max: (s) => [0, s - 1],
  average: (s) => [0, s - 1],
  blur: () => [-1, 1],
  "max, blur": (s) => [-1, s],
};

const farthest = (a: number[], b: number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));

export function solve(settings: Settings) {
  const { period, method, stride } = settings;
  const count = CELLS / stride;
  const output = subsampled(settings, count);
  const [first, last] = WINDOWS[method](stride);
  const isRead = (i: number) => modulo(i - first, stride) <= last - first;
  // After so many outputs as the period has pixels they begin anew.
  const now = subsampled(settings, period);
  const before = subsampled({ ...settings, shift: 0 }, 2 * period);
  const steps = Array.from({ length: period }, (_, step) => step);
  const again = 1 + steps.findIndex((step) => farthest(now, roll(now, step + 1)) < NEAR);
  return {
    settings,
    output,
    /** outputs of the unmoved wave, for one of its periods */
    before: before.slice(0, period),
    window: [first, last] as const,
    isRead,
    /** how far the outputs differ from the unmoved ones, moved to fit best */
    apart: Math.min(...steps.map((step) => farthest(now, before.slice(step)))),
    /** pixels after which the outputs repeat; null where they are all alike */
    stripes: again === 1 ? null : again * stride,
  };
}

const roll = (values: number[], by: number) => [...values.slice(by), ...values.slice(0, by)];
