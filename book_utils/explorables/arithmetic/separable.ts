/** Which weights grouped, depthwise and pointwise convolutions have, and what reaches what. */
import type { SeparableLab } from "../settings.ts";

/** Which outputs (rows) have a weight for which inputs (columns). */
export type Mask = boolean[][];
export type Family = SeparableLab["family"];
export type Layer = Omit<SeparableLab, "picked">;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The numbers of groups that two numbers of channels allow. */
export const commonDivisors = (a: number, b: number) =>
  range(Math.min(a, b))
    .map((i) => i + 1)
    .filter((g) => a % g === 0 && b % g === 0);

/** Blocks on the diagonal: one for each group. */
export const blockMask = (c_o: number, c_i: number, groups: number): Mask =>
  range(c_o).map((o) =>
    range(c_i).map((i) => Math.floor((o * groups) / c_o) === Math.floor((i * groups) / c_i)),
  );

/** Where each channel comes from that channel shuffle deals out: nn.ChannelShuffle's order. */
export const shuffleOrder = (channels: number, groups: number) =>
  range(channels).map((c) => (c % groups) * (channels / groups) + Math.floor(c / groups));

/** Which inputs of the first layer each output of the second one sees. */
export const throughBoth = (second: Mask, first: Mask): Mask =>
  second.map((row) => range(first[0].length).map((i) => row.some((on, h) => on && first[h][i])));

/** The blocks of a layer: which weights there are, and the side of their kernels. */
export function blocksOf({ family, channels_in: c_i, channels_out: c_o, ...layer }: Layer) {
  const { groups, kernel, shuffle } = layer;
  if (family === "standard") return [{ mask: blockMask(c_o, c_i, 1), side: kernel }];
  if (family === "separable")
    return [
      { mask: blockMask(c_i, c_i, c_i), side: kernel },
      { mask: blockMask(c_o, c_i, 1), side: 1 },
    ];
  const first = { mask: blockMask(c_o, c_i, groups), side: kernel };
  if (family === "grouped") return [first];
  const order = range(c_o);
  const dealt = shuffle ? shuffleOrder(c_o, groups) : order;
  // a column for each output of the first layer, wherever it has been dealt to
  const mask = blockMask(c_o, c_o, groups).map((row) => order.map((c) => row[dealt.indexOf(c)]));
  return [first, { mask, side: kernel }];
}

/** How many weights a layer has: each multiplies once for each pixel. */
export const weightsOf = (layer: Layer) =>
  blocksOf(layer).reduce(
    (sum, { mask, side }) => sum + side * side * mask.flat().filter(Boolean).length,
    0,
  );

/** Which inputs each output sees, through all blocks. */
export function seen(layer: Layer): Mask {
  const [first, second] = blocksOf(layer);
  return second ? throughBoth(second.mask, first.mask) : first.mask;
}
