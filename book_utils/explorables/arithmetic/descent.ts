/** Gradient descent on the squared error of a cross-correlation, and the shape of that error. */
import { conv2d, conv2dBackward } from "./convolution.ts";
import { nested, tensor } from "./tensor.ts";

type Rows = number[][];

const DIVERGED = 1e6; // as in kernel_learner/lab.py

/**
 * A run: the weights and the error before the first step, after it, and so on.
 * It ends early when a weight passes a million in size.
 */
export function descend(
  { input, kernel, start, rate }: { input: Rows; kernel: Rows; start: Rows; rate: number },
  steps: number,
): { weights: Rows; loss: number }[] {
  const x = tensor([[input]]);
  const target = conv2d(x, tensor([[kernel]])).data;
  let w = tensor([[start]]);
  const run = [];
  for (;;) {
    const y = conv2d(x, w);
    const error = y.data.map((value, i) => value - target[i]);
    run.push({
      weights: nested<Rows[][]>(w)[0][0],
      loss: error.reduce((sum, e) => sum + e * e, 0),
    });
    if (run.length > steps || w.data.some((v) => !(Math.abs(v) <= DIVERGED))) return run;
    const { dw } = conv2dBackward(x, w, { data: error.map((e) => 2 * e), shape: y.shape });
    w = { ...w, data: w.data.map((v, i) => v - rate * dw.data[i]) };
  }
}

/**
 * The ellipses on which the error of two weights is the same: semi-axes for an error of 1, and
 * their angle.
 * @param kernel one with two weights
 */
export function ellipseOfError(input: Rows, kernel: Rows) {
  const unit = (which: number) => {
    let at = 0;
    return kernel.map((row) => row.map(() => (at++ === which ? 1 : 0)));
  };
  const [p, q] = [0, 1].map((i) => conv2d(tensor([[input]]), tensor([[unit(i)]])).data);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const [a, b, c] = [dot(p, p), dot(p, q), dot(q, q)];
  const spread = Math.hypot((a - c) / 2, b);
  return {
    radii: [
      1 / Math.sqrt(Math.max((a + c) / 2 - spread, 1e-9)),
      1 / Math.sqrt(Math.max((a + c) / 2 + spread, 1e-9)),
    ],
    // Of the longer axis: across the steeper direction.
    angle: Math.atan2(2 * b, a - c) / 2 + Math.PI / 2,
  };
}
