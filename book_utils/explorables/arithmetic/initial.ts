/** Networks before they learn. */
import type { Layer } from "./network.ts";
import { normals, randomFrom } from "./random.ts";

/**
 * The same layers with He's normal initial weights (He et al., 2015): variance 2 / fan-in, biases
 * of 0. A seed gives the weights that it gives in Python (parts/shipped.py).
 */
export function untrained(layers: readonly Layer[], seed: number): Layer[] {
  const random = randomFrom(seed);
  return layers.map((layer) => {
    if (!layer.weight) return layer;
    const { data, shape } = layer.weight;
    const fanIn = data.length / shape[0];
    const weight = { data: normals(data.length, Math.sqrt(2 / fanIn), random), shape };
    return { ...layer, weight, bias: new Array<number>(shape[0]).fill(0) };
  });
}
