/** What the settings of the channel lab come to: a partial map for each channel, and the sums. */
import { axis } from "../arithmetic/axis.ts";
import { conv2d } from "../arithmetic/convolution.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { along, layerOf, shapeOf } from "../parts/layer.ts";
import type { Box, Pick } from "../parts/picking.tsx";
import type { ChannelLab as Settings } from "../settings.ts";

export type Maps = number[][][];
export type Solution = ReturnType<typeof solve>;

/** The numbers of channels, and the sizes (height, width) of a channel and of a kernel. */
export const sizesOf = ({ input, kernel }: Settings) => ({
  c_i: input.length,
  c_o: kernel.length,
  n: shapeOf(input[0]),
  k: shapeOf(kernel[0][0]),
});

/** The settings of one axis, as axis() takes them. */
export function axisOf(settings: Settings, d: 0 | 1) {
  const { n, k } = sizesOf(settings);
  return along(d, { n, k, stride: settings.stride, padding: settings.padding });
}

/** @throws {RangeError} where the settings do not go together */
export function solve(settings: Settings) {
  const { input, kernel, bias, stride, padding, channel } = settings;
  if (channel >= kernel.length) {
    throw new RangeError(`its channel is not one of its ${kernel.length} output channels`);
  }
  const x = tensor([input]);
  const y = conv2d(x, tensor(kernel), { bias, stride, padding });
  const slices = kernel[channel];
  // One group for each channel.
  const own = tensor(slices.map((slice) => [slice]));
  const partials = conv2d(x, own, { stride, padding, groups: input.length });
  const layer = layerOf(axis(axisOf(settings, 0)), axis(axisOf(settings, 1)));
  const boxes: Record<string, Box> = { output: layer.boxes.output };
  for (const c of input.keys()) {
    boxes[`input ${c}`] = layer.boxes.input;
    boxes[`kernel ${c}`] = layer.boxes.kernel;
    boxes[`partial ${c}`] = layer.boxes.output;
  }
  return {
    ...layer,
    boxes,
    input,
    slices,
    bias: bias[channel],
    channel,
    outputs: nested<Maps[]>(y)[0],
    partials: nested<Maps[]>(partials)[0],
  };
}

/** The channel of a grid such as "input 1". */
export const channelOf = ({ grid }: Pick) => Number(grid.split(" ")[1]);
