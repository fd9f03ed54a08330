/**
 * A network with batch normalisation, computed for a batch of pictures layer by layer, as PyTorch
 * computes it. In training mode each channel is normalised by the mean and the variance that it has
 * in the batch, so that no picture is answered alone; in evaluation mode by its running averages.
 */
import { apply, type Layer } from "./network.ts";
import type { Tensor } from "./tensor.ts";

type Moments = { mean: ArrayLike<number>; variance: ArrayLike<number> };

/** Channels of a vector (c,) or of maps (1, c, h, w), and how many numbers each has. */
function channelsOf({ data, shape }: Tensor) {
  const channels = shape.length === 1 ? shape[0] : shape[1];
  return { channels, area: data.length / channels };
}

/** The mean and the biased variance of each channel over all pictures and places. */
export function momentsOf(outputs: readonly Tensor[]): Moments {
  const { channels, area } = channelsOf(outputs[0]);
  const count = outputs.length * area;
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  for (const { data } of outputs) {
    for (let i = 0; i < data.length; i++) mean[Math.floor(i / area)] += data[i] / count;
  }
  for (const { data } of outputs) {
    for (let i = 0; i < data.length; i++) {
      const c = Math.floor(i / area);
      variance[c] += (data[i] - mean[c]) ** 2 / count;
    }
  }
  return { mean, variance };
}

/** γ (x − mean) / √(variance + ε) + β, channel by channel. */
function normalised(x: Tensor, { mean, variance }: Moments, layer: Layer): Tensor {
  const { weight, bias, eps } = layer as Required<Layer>;
  const { channels, area } = channelsOf(x);
  const data = new Float64Array(x.data.length);
  for (let c = 0; c < channels; c++) {
    const scale = weight.data[c] / Math.sqrt(variance[c] + eps);
    for (let i = c * area; i < (c + 1) * area; i++)
      data[i] = scale * (x.data[i] - mean[c]) + bias[c];
  }
  return { data, shape: x.shape };
}

function keptMoments({ packed }: Layer): Moments {
  if (!packed?.running_mean || !packed.running_var) {
    throw new RangeError("a batch normalisation has no running averages: pack them with it.");
  }
  return { mean: packed.running_mean, variance: packed.running_var };
}

/**
 * What a network makes of each picture of a batch, worked out in small pieces: it may be left at
 * every `yield`.
 * @param inputs  of the first of these layers, one for each picture
 */
export function* batchForward(
  layers: readonly Layer[],
  inputs: readonly Tensor[],
  training: boolean,
): Generator<undefined, Tensor[]> {
  if (training && inputs.length === 1) {
    throw new RangeError("Expected more than 1 value per channel when training");
  }
  let outputs = [...inputs];
  for (const layer of layers) {
    const isNorm = layer.kind === "batch_norm";
    const moments = isNorm && (training ? momentsOf(outputs) : keptMoments(layer));
    const next: Tensor[] = [];
    for (const x of outputs) {
      yield;
      next.push(moments ? normalised(x, moments, layer) : apply(layer, x));
    }
    outputs = next;
  }
  return outputs;
}
