/** How a learning rate goes through a run: a share of its peak at each step. */

export const PEAK = 0.2; // of the run, when the rate is highest: race/attempt.py has the same

/**
 * One cycle: up from near 0 in the first fifth of the run, then down to near 0, in straight lines
 * (Smith and Topin, 2019). A step counts in its middle, so that none is lost on a rate of 0.
 */
export function oneCycle(step: number, steps: number) {
  const at = (step + 0.5) / steps;
  return at < PEAK ? at / PEAK : (1 - at) / (1 - PEAK);
}
