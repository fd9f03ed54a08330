/** How alike two maps are: Spearman's rank correlation. */

/** The place of each number in their order, from 1; equal ones have the mean of their places. */
function ranks(values: ArrayLike<number>) {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => values[a] - values[b]);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) found[order[i]] = (from + 1 + to) / 2;
  }
  return found;
}

/**
 * Spearman's rank correlation of two lists of numbers: 1 for the same order, −1 for the opposite
 * one; NaN where all numbers of a list are equal.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>) {
  const [first, second] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  let [both, one, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [first[i] - middle, second[i] - middle];
    both += x * y;
    one += x * x;
    other += y * y;
  }
  return both / Math.sqrt(one * other);
}
