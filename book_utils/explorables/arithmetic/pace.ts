/** What a training loop spends its time on; in Python book_utils/pace.py does the same. */

/** the milliseconds of a batch */
export type Spent = { data: number; price: number; arithmetic: number };

/** Takes apart the times of feeding, of a step with one image, and of a whole step. */
export function spentOf(data: number, one: number, step: number): Spent {
  const price = Math.min(one, step);
  return { data, price, arithmetic: step - price };
}

export const millisecondsOf = ({ data, price, arithmetic }: Spent) => data + price + arithmetic;

/** How many examples a second a loop learns from. */
export const examplesASecond = (spent: Spent, batch: number) =>
  (1000 * batch) / millisecondsOf(spent);
