/**
 * A small network and how it learns: one convolution, ReLU, max pooling and a dense layer, trained
 * by stochastic gradient descent on the cross-entropy.
 *
 * Every image is taken by itself, so that a long step can be done in pieces; sums over a batch are
 * the same.
 */
import { normals, type Random, randomFrom, shuffled } from "./random.ts";

export const SIDE = 28; // pixels of an image, across and down
export const MAPS = 4;
export const KERNEL = 5; // weights of a kernel, across and down
export const CLASSES = 10;
const TAPS = KERNEL * KERNEL;
const HALF = (SIDE - KERNEL + 1) / 2; // side of a pooled map
const POOLED = HALF * HALF;
const FEATURES = MAPS * POOLED;
const MARGIN = KERNEL - 1; // around a map, for what an image adds outside it
const FRAME = SIDE + MARGIN;

/** How far the pixel of each tap lies behind the first one, in an image and in a framed map. */
const [IN_IMAGE, IN_FRAME] = [SIDE, FRAME].map((width) =>
  Int32Array.from({ length: TAPS }, (_, tap) => Math.floor(tap / KERNEL) * width + (tap % KERNEL)),
);

/** The parameters by the names that PyTorch gives them: parts/training_run.py has the same. */
export type Weights = {
  /** (4, 1, 5, 5) */
  "conv.weight": Float64Array;
  /** (4,) */
  "conv.bias": Float64Array;
  /** (10, 576) */
  "dense.weight": Float64Array;
  /** (10,) */
  "dense.bias": Float64Array;
};

const SIZES = {
  "conv.weight": MAPS * TAPS,
  "conv.bias": MAPS,
  "dense.weight": CLASSES * FEATURES,
  "dense.bias": CLASSES,
} as const;
const NAMES = Object.keys(SIZES) as (keyof Weights)[];

export const COUNT = Object.values(SIZES).reduce((sum, size) => sum + size, 0);

const made = (of: (size: number) => Float64Array) =>
  Object.fromEntries(NAMES.map((name) => [name, of(SIZES[name])])) as Weights;

/** All parameters, one after the other, by their names. */
export function weightsOf(all: ArrayLike<number>): Weights {
  let at = 0;
  return made((size) => Float64Array.from({ length: size }, () => all[at++]));
}

export const noGradients = () => made((size) => new Float64Array(size));

/** He's initial weights (He et al., 2015): variance 2 / fan-in, biases 0. */
export function initialWeights(random: Random): Weights {
  const weights = noGradients();
  const he = (name: keyof Weights, fanIn: number) => {
    weights[name] = normals(SIZES[name], Math.sqrt(2 / fanIn), random);
  };
  he("conv.weight", TAPS);
  he("dense.weight", FEATURES);
  return weights;
}

/** What a network makes of one image, kept for the way back. */
export class Pass {
  /** the maps one after the other, each with a margin around it */
  private readonly maps = new Float64Array(MAPS * FRAME * FRAME);
  private readonly features = new Float64Array(FEATURES);
  /** where in the image the window of each feature begins; −1 where ReLU has closed it */
  private readonly from = new Int32Array(FEATURES);
  private readonly dFeatures = new Float64Array(FEATURES);
  private logOfSum = 0; // of the powers of e
  readonly scores = new Float64Array(CLASSES);
  readonly probabilities = new Float64Array(CLASSES);

  /** @param image  28×28 numbers from 0 to 1, row by row */
  forward(weights: Weights, image: ArrayLike<number>) {
    this.correlate(weights["conv.weight"], weights["conv.bias"], image);
    this.pool();
    this.score(weights["dense.weight"], weights["dense.bias"]);
    this.softmax();
  }

  /** Every pixel adds to the outputs that see it: four of five are black, and add nothing. */
  private correlate(kernels: Float64Array, biases: Float64Array, image: ArrayLike<number>) {
    const { maps } = this;
    for (let map = 0; map < MAPS; map++)
      maps.fill(biases[map], map * FRAME * FRAME, (map + 1) * FRAME * FRAME);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const value = image[pixel];
      if (!value) continue;
      const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
      for (let map = 0; map < MAPS; map++) {
        const at = (map * FRAME + row + MARGIN) * FRAME + column + MARGIN;
        for (let tap = 0; tap < TAPS; tap++)
          maps[at - IN_FRAME[tap]] += value * kernels[map * TAPS + tap];
      }
    }
  }

  /** ReLU and max pooling in one: the largest number of each 2×2 window, or 0. */
  private pool() {
    const { maps, features, from } = this;
    let f = 0;
    for (let map = 0; map < MAPS; map++) {
      for (let top = 0; top < 2 * HALF; top += 2) {
        const row = (map * FRAME + top + MARGIN) * FRAME + MARGIN;
        for (let left = 0; left < 2 * HALF; left += 2) {
          const first = row + left;
          let best = first;
          if (maps[first + 1] > maps[best]) best = first + 1;
          if (maps[first + FRAME] > maps[best]) best = first + FRAME;
          if (maps[first + FRAME + 1] > maps[best]) best = first + FRAME + 1;
          const isOpen = maps[best] > 0;
          features[f] = isOpen ? maps[best] : 0;
          const [down, across] = [best >= first + FRAME ? 1 : 0, (best - first) % FRAME];
          from[f++] = isOpen ? (top + down) * SIDE + left + across : -1;
        }
      }
    }
  }

  private score(dense: Float64Array, biases: Float64Array) {
    const { features, scores } = this;
    for (let k = 0; k < CLASSES; k++) {
      let sum = biases[k];
      for (let f = 0; f < FEATURES; f++) sum += dense[k * FEATURES + f] * features[f];
      scores[k] = sum;
    }
  }

  private softmax() {
    const { scores, probabilities } = this;
    let [most, sum] = [-Infinity, 0];
    for (let k = 0; k < CLASSES; k++) most = Math.max(most, scores[k]);
    for (let k = 0; k < CLASSES; k++) sum += probabilities[k] = Math.exp(scores[k] - most);
    for (let k = 0; k < CLASSES; k++) probabilities[k] /= sum;
    this.logOfSum = most + Math.log(sum);
  }

  /** The class of the largest score. */
  get best() {
    return this.scores.indexOf(Math.max(...this.scores));
  }

  /** Has ReLU let nothing through? */
  get isShut() {
    return this.from.every((at) => at < 0);
  }

  /**
   * Adds the gradients of the cross-entropy of the last image, times `share`.
   * @returns the cross-entropy: minus the logarithm of the probability of the right class
   */
  backward(weights: Weights, image: ArrayLike<number>, label: number, share: number, to: Weights) {
    const { features, from, scores, probabilities, dFeatures } = this;
    const [dense, dDense] = [weights["dense.weight"], to["dense.weight"]];
    dFeatures.fill(0);
    for (let k = 0; k < CLASSES; k++) {
      const error = share * (probabilities[k] - (k === label ? 1 : 0));
      to["dense.bias"][k] += error;
      for (let f = 0; f < FEATURES; f++) {
        dDense[k * FEATURES + f] += error * features[f];
        dFeatures[f] += error * dense[k * FEATURES + f];
      }
    }
    const [dKernels, dBiases] = [to["conv.weight"], to["conv.bias"]];
    for (let f = 0; f < FEATURES; f++) {
      if (from[f] < 0) continue;
      const map = Math.floor(f / POOLED);
      dBiases[map] += dFeatures[f];
      for (let tap = 0; tap < TAPS; tap++)
        dKernels[map * TAPS + tap] += dFeatures[f] * image[from[f] + IN_IMAGE[tap]];
    }
    return this.logOfSum - scores[label];
  }
}

/** One step downhill: every weight less its gradient times the learning rate. */
export function descend(weights: Weights, gradients: Weights, rate: number) {
  for (const name of NAMES) {
    const [values, slopes] = [weights[name], gradients[name]];
    for (let i = 0; i < values.length; i++) values[i] -= rate * slopes[i];
  }
}

/**
 * Nesterov's momentum, as PyTorch has it: the velocity becomes `momentum` of itself and the
 * gradient, and the step goes along the gradient and `momentum` of the new velocity.
 */
export function withMomentum(gradients: Weights, velocity: Weights, momentum: number): Weights {
  if (!momentum) return gradients;
  const along = noGradients();
  for (const name of NAMES) {
    const [slopes, speeds, steps] = [gradients[name], velocity[name], along[name]];
    for (let i = 0; i < slopes.length; i++) {
      speeds[i] = momentum * speeds[i] + slopes[i];
      steps[i] = slopes[i] + momentum * speeds[i];
    }
  }
  return along;
}

/** Images one after the other, 784 numbers from 0 to 1 each, and what they show. */
export type Digits = { images: Float64Array; labels: Uint8Array };

/** Some of them, from one on. */
export const someOf = ({ images, labels }: Digits, from: number, to: number): Digits => ({
  images: images.subarray(from * SIDE * SIDE, to * SIDE * SIDE),
  labels: labels.subarray(from, to),
});

export const imageOf = ({ images }: Digits, which: number) =>
  images.subarray(which * SIDE * SIDE, (which + 1) * SIDE * SIDE);

/** An image moved down and to the right by whole pixels, with black behind it, in `room`. */
export function shifted(image: Float64Array, down: number, right: number, room: Float64Array) {
  room.fill(0);
  const [from, to] = [Math.max(0, -right), SIDE - Math.max(0, right)]; // columns that stay
  for (let row = Math.max(0, -down); row < SIDE - Math.max(0, down); row++)
    room.set(
      image.subarray(row * SIDE + from, row * SIDE + to),
      (row + down) * SIDE + from + right,
    );
  return room;
}

const PIECE = 8; // images between two pauses for breath

/** What a step has come to. */
export type Step = {
  /** mean over the batch, before the step */
  loss: number;
  /** ReLU has let nothing through for any image: no gradient reaches the kernels any more */
  isDead: boolean;
};

/** One network in training; the same seed gives the same run. */
export class Run {
  readonly weights: Weights;
  gradients = noGradients();
  private readonly random: Random;
  private order: Uint32Array;
  private next = 0;
  private readonly velocity = noGradients();
  private readonly pass = new Pass();
  private readonly room = new Float64Array(SIDE * SIDE); // for an image that is moved

  /** @param count  how many digits there are to learn from */
  constructor(seed: number, count: number) {
    this.random = randomFrom(seed);
    this.weights = initialWeights(this.random);
    this.order = shuffled(count, this.random);
  }

  /** The next of the images; each comes once before any comes again. */
  private draw() {
    if (this.next === this.order.length) {
      this.order = shuffled(this.order.length, this.random);
      this.next = 0;
    }
    return this.order[this.next++];
  }

  /** Up to `most` pixels up or down, and across, at random. */
  private moved(image: Float64Array, most: number) {
    const pixels = () => Math.floor((2 * most + 1) * this.random()) - most;
    return shifted(image, pixels(), pixels(), this.room);
  }

  /**
   * One step of gradient descent on the next batch, in pieces of a few images.
   * @param extras  `momentum`: Nesterov's; `shift`: each image is moved by up to so many pixels
   */
  *step(
    digits: Digits,
    batch: number,
    rate: number,
    { momentum = 0, shift = 0 } = {},
  ): Generator<void, Step> {
    const { weights, pass } = this;
    const gradients = noGradients();
    let [loss, isDead] = [0, true];
    for (let i = 0; i < batch; i++) {
      const which = this.draw();
      const own = imageOf(digits, which);
      const image = shift ? this.moved(own, shift) : own;
      pass.forward(weights, image);
      isDead &&= pass.isShut;
      loss += pass.backward(weights, image, digits.labels[which], 1 / batch, gradients) / batch;
      if (i % PIECE === PIECE - 1) yield;
    }
    descend(weights, withMomentum(gradients, this.velocity, momentum), rate);
    this.gradients = gradients;
    return { loss, isDead };
  }

  /** The share of digits that the network names right, in pieces too. */
  *accuracy(digits: Digits): Generator<void, number> {
    const count = digits.labels.length;
    let right = 0;
    for (let i = 0; i < count; i++) {
      this.pass.forward(this.weights, imageOf(digits, i));
      right += Number(this.pass.best === digits.labels[i]);
      if (i % PIECE === PIECE - 1) yield;
    }
    return right / count;
  }
}
