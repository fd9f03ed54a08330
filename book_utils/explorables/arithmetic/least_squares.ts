/**
 * The mean squared error of y = w₁x₁ + w₂x₂ over some examples: its curvature, its lowest point,
 * and gradient descent on it.
 */

/** two weights, or two inputs */
export type Two = [number, number];
/** the inputs of each example, and what is to come out */
export type Examples = { x: Two[]; y: number[] };

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Each input less its mean, over its standard deviation (the biased one). */
export function standardise(x: Two[]): Two[] {
  const moments = ([0, 1] as const).map((i) => {
    const values = x.map((row) => row[i]);
    const centre = mean(values);
    return [centre, Math.sqrt(mean(values.map((v) => (v - centre) ** 2)))];
  });
  return x.map((row) => row.map((v, i) => (v - moments[i][0]) / moments[i][1]) as Two);
}

/** The mean squared error. */
export const meanSquaredError = ({ x, y }: Examples, [a, b]: Two) =>
  mean(x.map(([p, q], i) => (a * p + b * q - y[i]) ** 2));

/** Its gradient with respect to the two weights. */
function gradient({ x, y }: Examples, [a, b]: Two): Two {
  const errors = x.map(([p, q], i) => a * p + b * q - y[i]);
  return [0, 1].map((i) => 2 * mean(errors.map((error, n) => error * x[n][i]))) as Two;
}

/** The second derivatives: along the first weight, of both, along the second. */
const curvatures = (x: Two[]) =>
  [
    [0, 0],
    [0, 1],
    [1, 1],
  ].map(([i, j]) => 2 * mean(x.map((row) => row[i] * row[j])));

/**
 * How the error bends: the largest and the smallest second derivative in any direction, and the
 * angle of the direction of the smallest, the floor of the canyon. A step of gradient descent goes
 * too far, and comes to lie higher than before, where the rate is above 2 over the largest.
 */
export function curvature(x: Two[]) {
  const [a, b, c] = curvatures(x);
  const spread = Math.hypot((a - c) / 2, b);
  return {
    largest: (a + c) / 2 + spread,
    smallest: (a + c) / 2 - spread,
    angle: Math.atan2(2 * b, a - c) / 2 + Math.PI / 2,
  };
}

/** The weights of the least error. */
export function lowest({ x, y }: Examples): Two {
  const [a, b, c] = curvatures(x);
  const [p, q] = [0, 1].map((i) => 2 * mean(y.map((v, n) => v * x[n][i])));
  const determinant = a * c - b * b;
  return [(c * p - b * q) / determinant, (a * q - b * p) / determinant];
}

/** The weights before the first step, after it, and so on. */
export function descendFrom(start: Two, examples: Examples, rate: number, steps: number): Two[] {
  const path = [start];
  for (let step = 0; step < steps; step++) {
    const w = path[step];
    const slope = gradient(examples, w);
    path.push([w[0] - rate * slope[0], w[1] - rate * slope[1]]);
  }
  return path;
}
