/**
 * Softmax regression on two classes: a last layer for features that stay as they are.
 *
 * It minimises the mean cross-entropy + λ/2 · (the sum of all squared weights and biases). Then the
 * scores of the two classes are opposite numbers, and the weights of their difference are a sum of
 * the examples: difference = Σ a_j · (x_j, 1). Newton's method finds the few numbers a (one an
 * example, however many features there are) in some eight steps, the same each time.
 */

export const PENALTY = 1e-3; // λ
const STEPS = 50; // at most; eight are usual
const CLOSE = 1e-12; // of the slope, at which it has arrived

/** Numbers of one example, divided by their length; zeros stay zeros. */
export function unit(features: ArrayLike<number>) {
  let squares = 0;
  for (let i = 0; i < features.length; i++) squares += features[i] * features[i];
  const length = Math.sqrt(squares) || 1;
  return Float64Array.from(features, (v) => v / length);
}

/** What two examples have in common, the bias's own 1 included. */
export function overlap(x: Float64Array, y: Float64Array) {
  let sum = 1;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Every example with every other, (n, n). */
export const overlaps = (examples: readonly Float64Array[]) =>
  examples.map((x) => Float64Array.from(examples, (y) => overlap(x, y)));

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** ln(1 + eᶻ), for any z. */
const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

type Fit = {
  /** from `overlaps` */
  common: readonly Float64Array[];
  /** 0 or 1 for each example */
  labels: readonly number[];
  /** those to learn from; the others get 0 */
  from: readonly number[];
  /** what to begin with: the fit to nearly the same examples is near */
  start?: ArrayLike<number>;
};

/**
 * One number for each example: how much of it is in the weights of the second class's score minus
 * those of the first's.
 * @throws {RangeError} where an example of one of the classes is missing
 */
export function fitted({ common, labels, from, start }: Fit) {
  if (new Set(from.map((j) => labels[j])).size < 2)
    throw new RangeError("there are examples of one class alone: give examples of both.");
  const [n, m] = [common.length, from.length];
  const half = PENALTY / 2; // two opposite halves of the difference share it
  const scores = (a: Float64Array) =>
    from.map((i) => from.reduce((sum, j) => sum + common[i][j] * a[j], 0));
  const cost = (a: Float64Array, z: number[]) =>
    from.reduce(
      (sum, j, k) => sum + softplus(labels[j] ? -z[k] : z[k]) / m + (half / 2) * a[j] * z[k],
      0,
    );
  let a = new Float64Array(n);
  if (start) for (const j of from) a[j] = start[j];
  let z = scores(a);
  let now = cost(a, z);
  for (let step = 0; step < STEPS; step++) {
    const part = z.map(sigmoid);
    const slope = from.map((j, k) => (part[k] - labels[j]) / m + half * a[j]);
    if (slope.every((v) => Math.abs(v) < CLOSE)) break;
    const rows = from.map((i, k) =>
      Float64Array.from(
        from,
        (j, l) => ((part[k] * (1 - part[k])) / m) * common[i][j] + (k === l ? half : 0),
      ),
    );
    const move = solved(rows, slope);
    const before = now;
    for (let size = 1; size > 1e-6; size /= 2) {
      const next = Float64Array.from(a);
      from.forEach((j, k) => {
        next[j] -= size * move[k];
      });
      const at = scores(next);
      const costs = cost(next, at);
      if (costs > before) continue; // it would overshoot
      [a, z, now] = [next, at, costs];
      break;
    }
    if (now === before) break;
  }
  return a;
}

/** x where rows · x = right: Gauss's elimination, with the largest number of a column as pivot. */
function solved(rows: Float64Array[], right: number[]) {
  const n = rows.length;
  const x = [...right];
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    [x[k], x[pivot]] = [x[pivot], x[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k + 1; j < n; j++) rows[i][j] -= factor * rows[k][j];
      x[i] -= factor * x[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) x[k] -= rows[k][j] * x[j];
    x[k] /= rows[k][k];
  }
  return x;
}

/** The probability of the second class, from what an example has in common with those learned. */
export const probability = (a: ArrayLike<number>, common: ArrayLike<number>) => {
  let score = 0;
  for (let j = 0; j < a.length; j++) score += a[j] * common[j];
  return sigmoid(score);
};

/** The layer itself: weights (2, features) and biases (2). */
export function layerOf(a: ArrayLike<number>, examples: readonly Float64Array[]) {
  const weight = new Float64Array(examples[0].length);
  let bias = 0;
  examples.forEach((x, j) => {
    for (let i = 0; i < x.length; i++) weight[i] += (a[j] * x[i]) / 2;
    bias += a[j] / 2;
  });
  return { weight: [weight.map((v) => -v), weight], bias: [-bias, bias] };
}
