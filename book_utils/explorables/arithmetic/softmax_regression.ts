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
  examples.map((x) => {
    const row = new Float64Array(examples.length);
    examples.forEach((y, j) => {
      row[j] = overlap(x, y);
    });
    return row;
  });

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
  const y = from.map((j) => labels[j]);
  if (new Set(y).size < 2)
    throw new RangeError("there are examples of one class alone: give examples of both.");
  const n = y.length;
  const half = PENALTY / 2; // two opposite halves of the difference share it
  const k = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) k[i * n + j] = common[from[i]][from[j]];
  let a = Float64Array.from(from, (j) => start?.[j] ?? 0);
  let z = times(k, a);
  let cost = costOf(a, z, y, half);
  for (let step = 0; step < STEPS; step++) {
    const { slope, curvature } = slopeOf(a, z, y, k, half);
    if (slope.every((v) => Math.abs(v) < CLOSE)) break;
    const move = solved(curvature, slope);
    let size = 1;
    let next = a.map((v, j) => v - move[j]);
    let at = times(k, next);
    while (costOf(next, at, y, half) > cost && size > 1e-6) {
      size /= 2; // it would overshoot
      next = a.map((v, j) => v - size * move[j]);
      at = times(k, next);
    }
    if (size <= 1e-6) break; // rounding is all that is left
    [a, z, cost] = [next, at, costOf(next, at, y, half)];
  }
  const found = new Float64Array(common.length);
  from.forEach((j, i) => {
    found[j] = a[i];
  });
  return found;
}

/** A square of numbers, row by row, times a vector. */
function times(square: Float64Array, vector: Float64Array) {
  const n = vector.length;
  const found = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) found[i] += square[i * n + j] * vector[j];
  }
  return found;
}

/** Mean cross-entropy and penalty. */
function costOf(a: Float64Array, z: Float64Array, y: number[], half: number) {
  let sum = 0;
  for (let j = 0; j < y.length; j++)
    sum += softplus(y[j] ? -z[j] : z[j]) / y.length + (half / 2) * a[j] * z[j];
  return sum;
}

/** What the cost's slope comes to for each example, and how it changes with each number of a. */
function slopeOf(a: Float64Array, z: Float64Array, y: number[], k: Float64Array, half: number) {
  const n = y.length;
  const slope = new Float64Array(n);
  const curvature = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const part = sigmoid(z[i]);
    slope[i] = (part - y[i]) / n + half * a[i];
    const weight = (part * (1 - part)) / n;
    for (let j = 0; j < n; j++) curvature[i * n + j] = weight * k[i * n + j];
    curvature[i * n + i] += half;
  }
  return { slope, curvature };
}

/** x where square · x = right: Gauss's elimination, with the largest of a column as pivot. */
function solved(square: Float64Array, right: Float64Array) {
  const n = right.length;
  const x = Float64Array.from(right);
  const rows = Array.from({ length: n }, (_, i) => square.subarray(i * n, (i + 1) * n));
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    [x[k], x[pivot]] = [x[pivot], x[k]];
    const top = rows[k];
    for (let i = k + 1; i < n; i++) {
      const row = rows[i];
      const factor = row[k] / top[k];
      for (let j = k + 1; j < n; j++) row[j] -= factor * top[j];
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
