/** What a training loop spends its time on; in Python book_utils/pace.py does the same. */

/** the milliseconds of a batch */
export type Spent = { data: number; price: number; arithmetic: number };

/**
 * Takes the time of a batch apart, by examples a second: of the loop, of the same loop with its
 * images on the device, unmoved, and of that one with a single image a step.
 */
export function spentOf(batch: number, whole: number, resident: number, alone: number): Spent {
  const all = (1000 * batch) / whole;
  const step = Math.min((1000 * batch) / resident, all);
  const price = Math.min(1000 / alone, step);
  return { data: all - step, price, arithmetic: step - price };
}

export const millisecondsOf = ({ data, price, arithmetic }: Spent) => data + price + arithmetic;
