/** What the settings of the normalise lab come to: each channel before and after. */
import { normalise, refusal, sharing, statistics } from "../arithmetic/normalisation.ts";
import { tensor } from "../arithmetic/tensor.ts";
import { indexIn, type Place } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";
import type { NormaliseLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof solve>;

/** A number for each channel; those that are not given are as a new layer has them. */
const forEach = (channels: number, given: number[], otherwise: number) =>
  range(channels).map((c) => given[c] ?? otherwise);

export function solve({ input, gamma, beta, eps }: Settings) {
  const x = tensor(input);
  const { shape } = x;
  const [n, c, h, w] = shape;
  const [gammas, betas] = [forEach(c, gamma, 1), forEach(c, beta, 0)];
  const sets = sharing(shape, "batch");
  const own = statistics(x.data, sets);
  const refused = refusal(shape, "batch", 1, true);
  const area = h * w;
  return {
    x,
    shape,
    /** how many numbers a channel has */
    size: n * area,
    own,
    gammas,
    betas,
    eps,
    refused,
    /** minus the mean, over the standard deviation; with γ and β */
    plain: refused ? null : normalise(x, sets, own, { eps }),
    y: refused ? null : normalise(x, sets, own, { eps, gamma: gammas, beta: betas }),
    indexOf: (place: Place) => indexIn(shape, place),
    /** The ith number of a channel, by examples, rows and columns. */
    placeOf: (channel: number, i: number): Place => [
      Math.floor(i / area),
      channel,
      Math.floor(i / w) % h,
      i % w,
    ],
    /** Where a cell stands among the numbers of its channel. */
    orderOf: ([example, , row, column]: Place) => example * area + row * w + column,
  };
}

/** The numbers of one channel, in their order. */
export const ofChannel =
  ({ size, indexOf, placeOf }: Solution, channel: number) =>
  (data: ArrayLike<number>) =>
    range(size).map((i) => data[indexOf(placeOf(channel, i))]);
