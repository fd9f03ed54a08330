/**
 * Gradient ascent on a picture, step by step, as book_utils/ascent.py does it: the network stays as
 * it is, and the pixels learn.
 */
import { inputGradients } from "./gradient.ts";
import { forward, type Layer, softmax } from "./network.ts";
import type { Tensor } from "./tensor.ts";

const FAR = 10; // where 1 is white: see ascent.py

export type Shift = readonly [down: number, right: number];
export type Rules = {
  rate: number;
  /** the share of each pixel that a step takes away */
  decay: number;
  /** steps between two blurs; 0 for none */
  blur: number;
  /** one for each step, and then from the first again; none for no jitter */
  shifts: readonly Shift[];
  clip: boolean;
};

/** What is to grow: the mean of a map that a layer puts out, or one number of a vector. */
export type Goal = { layers: readonly Layer[]; layer: string; index: number };

type Found = { value: number; probabilities: number[] };

export class Climb {
  /** the picture at the start and after each step */
  readonly pictures: Float64Array[];
  /** the unit's value for each, and the network's probabilities */
  readonly found: Found[];
  /** a pixel went too far, or is no number any more: no step comes after */
  diverged = false;
  /** at the last step the gradient was 0 */
  isFlat = false;
  private readonly goal: Goal;
  private readonly rules: Rules;
  private readonly side: number;
  private readonly depth: number;

  constructor(goal: Goal, rules: Rules, start: Float64Array) {
    this.goal = goal;
    this.rules = rules;
    this.side = Math.sqrt(start.length);
    this.depth = 1 + goal.layers.findIndex(({ name }) => name === goal.layer);
    this.pictures = [start];
    this.found = [this.look(start)];
  }

  get steps() {
    return this.pictures.length - 1;
  }

  /** Takes one step, unless it has diverged. */
  take() {
    if (this.diverged) return;
    const { rate, decay, blur, shifts, clip } = this.rules;
    const x = this.pictures[this.steps];
    const shift = shifts.length ? shifts[this.steps % shifts.length] : ([0, 0] as const);
    const up = this.direction(x, shift);
    let next: Float64Array = x.map((v, i) => (v + rate * up[i]) * (1 - decay));
    if (blur && (this.steps + 1) % blur === 0) next = blurred(next, this.side);
    if (clip) next = next.map((v) => Math.min(1, Math.max(0, v)));
    this.diverged = !next.every((v) => Math.abs(v) <= FAR);
    this.pictures.push(next);
    this.found.push(this.diverged ? this.found[this.found.length - 1] : this.look(next));
  }

  private as4(data: Float64Array): Tensor {
    return { data, shape: [1, 1, this.side, this.side] };
  }

  /** The unit's value and the probabilities for a picture. */
  private look(picture: Float64Array): Found {
    const { layers, index } = this.goal;
    const outputs = forward(layers, this.as4(picture));
    const { data } = outputs[this.depth - 1];
    const [from, area] = this.place(outputs[this.depth - 1], index);
    let value = 0;
    for (let i = from; i < from + area; i++) value += data[i] / area;
    return { value, probabilities: Array.from(softmax(outputs[outputs.length - 1]).data) };
  }

  /** Where the numbers of a unit begin, and how many there are. */
  private place({ data, shape }: Tensor, index: number) {
    const area = data.length / (shape.length === 1 ? shape[0] : shape[1]);
    return [index * area, area] as const;
  }

  /** The gradient at the shifted picture, shifted back, of length 1 or 0. */
  private direction(picture: Float64Array, [down, right]: Shift) {
    const layers = this.goal.layers.slice(0, this.depth);
    const x = this.as4(rolled(picture, this.side, down, right));
    const outputs = forward(layers, x);
    const last = outputs[outputs.length - 1];
    const [from, area] = this.place(last, this.goal.index);
    const dy = { data: new Float64Array(last.data.length), shape: [...last.shape] };
    dy.data.fill(1 / area, from, from + area);
    const [dx] = inputGradients(layers, x, outputs, dy);
    const gradient = Float64Array.from(dx.data);
    const length = Math.sqrt(gradient.reduce((sum, v) => sum + v * v, 0));
    this.isFlat = length === 0;
    const scaled = gradient.map((v) => (length ? v / length : 0));
    return rolled(scaled, this.side, -down, -right);
  }
}

/** A square picture moved down and right; what leaves it comes in again on the other side. */
export function rolled(x: Float64Array, side: number, down: number, right: number) {
  const y = new Float64Array(x.length);
  const round = (i: number) => (i + side) % side;
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++) y[round(i + down) * side + round(j + right)] = x[i * side + j];
  return y;
}

const BINOMIAL = [0.25, 0.5, 0.25];

/** A square picture under a 3×3 binomial kernel, with zeros around it. */
export function blurred(x: Float64Array, side: number) {
  const y = new Float64Array(x.length);
  const isIn = (i: number) => i >= 0 && i < side;
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++)
      for (const [a, down] of BINOMIAL.entries())
        for (const [b, across] of BINOMIAL.entries()) {
          const [r, c] = [i + a - 1, j + b - 1];
          if (isIn(r) && isIn(c)) y[i * side + j] += down * across * x[r * side + c];
        }
  return y;
}
