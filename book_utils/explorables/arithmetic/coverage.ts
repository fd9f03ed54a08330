/** Which inputs an output of a stack of dilated layers reads along an axis, by how many paths. */
import { checkWhole } from "./tensor.ts";

/**
 * For each input of the field, from how many taps, one in each layer, it is reached.
 * @param rates  the dilation of each layer, at stride 1; their order changes nothing
 * @param k  taps of each layer
 */
export function pathCounts(rates: readonly number[], k: number): number[] {
  checkWhole("kernel size", k, 1);
  let counts = [1];
  for (const rate of rates) {
    checkWhole("dilation", rate, 1);
    const wider: number[] = new Array(counts.length + rate * (k - 1)).fill(0);
    counts.forEach((paths, at) => {
      for (let tap = 0; tap < k; tap++) wider[at + tap * rate] += paths;
    });
    counts = wider;
  }
  return counts;
}
