/** A chain of blocks of one number each, whose branches multiply by a slope F′. */

/**
 * Block after block computes y = relu(x + F′·x), without a shortcut y = relu(F′·x); the first gets
 * a 1. Both results go from the input of the first block to the output of the last.
 * @returns the numbers on their way, and the derivative of the output with respect to each
 * @throws {RangeError} unless there is a block
 */
export function alongBlocks(slope: number, blocks: number, shortcut: boolean) {
  if (!Number.isInteger(blocks) || blocks < 1) throw new RangeError("there must be a block");
  const factor = shortcut ? 1 + slope : slope;
  const signal = [1];
  for (let block = 0; block < blocks; block++) signal.push(Math.max(0, factor * signal[block]));
  const gradient = [1];
  for (let block = blocks; block > 0; block--) {
    const passed = signal[block] > 0 ? factor * gradient[0] : 0; // only where its ReLU is open
    gradient.unshift(passed);
  }
  return { signal, gradient };
}
