/** The backward pass through a network, to its input: what the chain rule makes of each layer. */
import { conv2dBackward } from "./convolution.ts";
import type { Layer } from "./network.ts";
import { avgPool2dBackward, maxPool2dBackward } from "./pooling.ts";
import { checkShape, refuse, type Tensor } from "./tensor.ts";

/**
 * The gradient at the input of every layer: the first is that at the picture, the one of layer l
 * that at the output of layer l − 1.
 * @param x  the picture
 * @param outputs  what `forward` made of it
 * @param dy  the gradient at the last output
 */
export function inputGradients(
  layers: readonly Layer[],
  x: Tensor,
  outputs: readonly Tensor[],
  dy: Tensor,
): Tensor[] {
  checkShape("dy", dy.shape, outputs[outputs.length - 1].shape);
  const gradients: Tensor[] = [];
  let here = dy;
  for (let l = layers.length - 1; l >= 0; l--) {
    here = backward(layers[l], l ? outputs[l - 1] : x, outputs[l], here);
    gradients[l] = here;
  }
  return gradients;
}

/** The gradient at one of the scores, as if it alone were the loss: 1 there and 0 elsewhere. */
export function oneHot(length: number, index: number): Tensor {
  const data = new Float64Array(length);
  data[index] = 1;
  return { data, shape: [length] };
}

/** The gradient at the input of one layer, from that at its output. */
function backward(layer: Layer, x: Tensor, y: Tensor, dy: Tensor): Tensor {
  const { kind, weight, stride, padding, kernel } = layer as Required<Layer>;
  switch (kind) {
    case "conv2d":
      return conv2dBackward(x, weight, dy, { stride, padding }).dx;
    case "linear":
      return denseBackward(weight, dy);
    case "max_pool2d":
      return maxPool2dBackward(x, dy, { kernel, stride, padding });
    case "avg_pool2d":
      return avgPool2dBackward(x, dy, { kernel, stride, padding });
    case "sigmoid":
      return product(dy, (i) => y.data[i] * (1 - y.data[i]));
    case "relu":
      return product(dy, (i) => (x.data[i] > 0 ? 1 : 0));
    case "flatten":
      return { data: dy.data, shape: [...x.shape] };
    default:
      return refuse(`there is no way back through ${kind}: use a layer that network.ts computes.`);
  }
}

/** Each gradient times the slope at its place. */
function product(dy: Tensor, slope: (i: number) => number): Tensor {
  const data = new Float64Array(dy.data);
  for (let i = 0; i < data.length; i++) data[i] *= slope(i);
  return { data, shape: [...dy.shape] };
}

/** Every input gets from each output what it gave to it: the weights, the other way round. */
function denseBackward({ data: w, shape: [outputs, inputs] }: Tensor, dy: Tensor): Tensor {
  const dx = new Float64Array(inputs);
  for (let o = 0; o < outputs; o++) {
    const slope = dy.data[o];
    if (!slope) continue;
    for (let i = 0; i < inputs; i++) dx[i] += w[o * inputs + i] * slope;
  }
  return { data: dx, shape: [inputs] };
}
