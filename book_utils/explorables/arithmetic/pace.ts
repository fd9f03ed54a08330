/** What a training loop spends its time on; in Python book_utils/pace.py does the same. */

/** the milliseconds of a batch */
export type Spent = { data: number; cost: number; arithmetic: number };

/** Takes apart the times of feeding, of a step with one image, and of a whole step. */
export function spentOf(data: number, one: number, step: number): Spent {
  const cost = Math.min(one, step);
  return { data, cost, arithmetic: step - cost };
}

export const millisecondsOf = ({ data, cost, arithmetic }: Spent) => data + cost + arithmetic;

/** How many examples a second a loop learns from. */
export const examplesASecond = (spent: Spent, batch: number) =>
  (1000 * batch) / millisecondsOf(spent);
