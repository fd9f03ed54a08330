/**
 * Convolution and pooling as PyTorch computes them, small enough to run on every move of a slider.
 *
 * One idea carries the module. An *axis* lists, for each kernel tap and each output position, the
 * input position they meet at (or -1 in zero padding). Two axes make a layer, and `eachTap` walks
 * its (output, tap, input) triples. Forward, backward and transposed passes differ only in what
 * they add up on that walk; what a view lights up is a selection of the same triples.
 *
 * Tensors are `{ data, shape }` with row-major data; layers take four dimensions (N, C, H, W).
 * Every refusal is a RangeError that says what was given, what is allowed and what to do.
 */
export type Tensor = { data: Float64Array | number[]; shape: number[] };
export type Result = { data: Float64Array; shape: number[] };
type Nested = number | Nested[];
type Mode = "zeros" | "reflect" | "replicate" | "circular";
/** a position: row, column */
type Cell = [number, number];
/** one number for both, or [height, width] */
type Pair = number | [number, number];
/** one number for both ends, or [before, after] */
type Sides = number | [number, number];

/** The padding modes, by PyTorch's names. */
export const MODES: readonly Mode[] = ["zeros", "reflect", "replicate", "circular"];

/* Refusals */

function refuse(message: string): never {
  throw new RangeError(message);
}

function checkWhole(name: string, value: unknown, least: number) {
  if (!Number.isSafeInteger(value) || Number(value) < least) {
    refuse(`${name} is ${value}, which is not allowed: give a whole number from ${least} up.`);
  }
}

function checkShape(name: string, given: readonly number[], wanted: readonly number[]) {
  if (given.length !== wanted.length || given.some((size, d) => size !== wanted[d])) {
    refuse(`${name} has shape (${given}), but it must be (${wanted}): give it that shape.`);
  }
}

function pair(name: string, value: unknown): [number, number] {
  if (!Array.isArray(value)) return pair(name, [value, value]);
  if (value.length !== 2) refuse(`${name} has ${value.length} entries: give one number or two.`);
  return [value[0], value[1]];
}

/* Tensors */

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** A tensor of zeros. */
export function zeros(shape: number[]): Result {
  return { data: new Float64Array(sizeOf(shape)), shape: [...shape] };
}

/** The same numbers in another shape. */
export function reshape(t: Tensor, shape: number[]): Tensor {
  if (sizeOf(shape) !== t.data.length) {
    refuse(
      `shape (${shape}) holds ${sizeOf(shape)} numbers, but there are ${t.data.length}: ` +
        `choose a shape that holds ${t.data.length}.`,
    );
  }
  return { data: t.data, shape: [...shape] };
}

/** Nested arrays, two to four deep, as a tensor. */
export function tensor(values: Nested): Result {
  const shape: number[] = [];
  for (let level = values; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.length < 2 || shape.length > 4 || shape.includes(0)) {
    refuse(`nested arrays of shape (${shape}) were given: nest two to four deep, none empty.`);
  }
  const flat = (values as Nested[]).flat(3) as unknown[];
  if (!isFull(values, shape)) refuse("rows differ in length: give each as many as the first.");
  const odd = flat.find((value) => typeof value !== "number");
  if (odd !== undefined) refuse(`${JSON.stringify(odd)} is not a number: give one in every cell.`);
  return { data: Float64Array.from(flat as number[]), shape };
}

function isFull(values: Nested, [size, ...rest]: number[]): boolean {
  if (size === undefined) return !Array.isArray(values);
  return Array.isArray(values) && values.length === size && values.every((v) => isFull(v, rest));
}

/** A tensor as nested arrays. */
export function nested({ data, shape }: Tensor): any {
  const [size, ...rest] = shape;
  if (size === undefined) return data[0];
  const step = sizeOf(rest);
  return Array.from({ length: size }, (_, i) =>
    nested({ data: data.slice(i * step, (i + 1) * step), shape: rest }),
  );
}

function fourSizes(name: string, { data, shape }: Tensor): [number, number, number, number] {
  if (shape.length !== 4) {
    refuse(`${name} has ${shape.length} dimensions, but 4 are needed: reshape it.`);
  }
  for (const size of shape) checkWhole(`a size of ${name}`, size, 1);
  if (data.length !== sizeOf(shape)) {
    refuse(
      `${name} holds ${data.length} numbers, but shape (${shape}) needs ${sizeOf(shape)}: ` +
        "give as many as the shape holds.",
    );
  }
  return [shape[0], shape[1], shape[2], shape[3]];
}

/** One kind of array for all loops, which makes them faster. */
const floats = ({ data }: Tensor) =>
  data instanceof Float64Array ? data : Float64Array.from(data);

/* Sizes along one axis */

/** Cells from the first to the last tap of a kernel. */
export const span = (k: number, dilation: number = 1) => dilation * (k - 1) + 1;

function checkWindow(k: number, stride: number, sides: [number, number], dilation: number) {
  checkWhole("kernel size", k, 1);
  checkWhole("stride", stride, 1);
  checkWhole("dilation", dilation, 1);
  for (const side of sides) checkWhole("padding", side, 0);
}

/** Output size of a convolution, ⌊(n + before + after − dilation·(k − 1) − 1) / stride⌋ + 1. */
export function outputSize(
  n: number,
  k: number,
  {
    stride = 1,
    padding = 0,
    dilation = 1,
  }: { stride?: number; padding?: Sides; dilation?: number } = {},
) {
  const [before, after] = pair("padding", padding);
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [before, after], dilation);
  const padded = n + before + after;
  if (span(k, dilation) > padded) {
    refuse(
      `kernel size ${k} with dilation ${dilation} spans ${span(k, dilation)} cells, but the ` +
        `padded input has only ${padded}: use a smaller kernel or dilation, or more padding.`,
    );
  }
  return Math.floor((padded - span(k, dilation)) / stride) + 1;
}

/**
 * Output size of a transposed convolution,
 * (n − 1)·stride − before − after + dilation·(k − 1) + outputPadding + 1.
 */
export function transposedOutputSize(
  n: number,
  k: number,
  options: {
    stride?: number;
    padding?: Sides;
    dilation?: number;
    outputPadding?: number;
  } = {},
) {
  const { stride = 1, padding = 0, dilation = 1, outputPadding = 0 } = options;
  const [before, after] = pair("padding", padding);
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [before, after], dilation);
  checkWhole("output padding", outputPadding, 0);
  const most = Math.max(stride, dilation) - 1;
  if (outputPadding > most) {
    refuse(
      `output padding is ${outputPadding}, but it must be smaller than the stride ${stride} ` +
        `or the dilation ${dilation}: use at most ${most}.`,
    );
  }
  const size = (n - 1) * stride - before - after + span(k, dilation) + outputPadding;
  if (size < 1) {
    refuse(
      `padding ${before} and ${after} would leave an output of size ${size}, but at least 1 ` +
        `is needed: use ${1 - size} less padding in all.`,
    );
  }
  return size;
}

/**
 * Output size of pooling; with ceilMode rounded up, except for a window that would start beyond
 * the input and its left padding. Padding is at most half the kernel size, whatever the dilation.
 */
export function poolOutputSize(
  n: number,
  k: number,
  options: { stride?: number; padding?: number; dilation?: number; ceilMode?: boolean } = {},
) {
  const { stride = k, padding = 0, dilation = 1, ceilMode = false } = options;
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [padding, padding], dilation);
  const most = Math.floor(k / 2);
  if (padding > most) {
    refuse(`padding ${padding} is more than half of the kernel size ${k}: use at most ${most}.`);
  }
  const steps = (n + 2 * padding - span(k, dilation)) / stride;
  const size = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  if (size < 1) {
    refuse(
      `kernel size ${k} with dilation ${dilation} spans ${span(k, dilation)} cells, but the ` +
        `padded input has only ${n + 2 * padding}: use a smaller kernel or dilation.`,
    );
  }
  return ceilMode && (size - 1) * stride >= n + padding ? size - 1 : size;
}

/* Padding */

const modulo = (i: number, n: number) => ((i % n) + n) % n;

/** Input position that position i shows, where i < 0 or i ≥ n lies in the padding (-1: a zero). */
export function padIndex(i: number, n: number, mode: Mode = "zeros") {
  if (i >= 0 && i < n) return i;
  if (mode === "replicate") return i < 0 ? 0 : n - 1;
  if (mode === "circular") return modulo(i, n);
  if (mode === "reflect") {
    const period = Math.max(1, 2 * (n - 1));
    return Math.min(modulo(i, period), period - modulo(i, period));
  }
  return -1;
}

function mostPadding(n: number, mode: Mode) {
  return { zeros: Infinity, replicate: Infinity, reflect: n - 1, circular: n }[mode];
}

function checkMode(n: number, mode: Mode, sides: [number, number]) {
  if (!MODES.includes(mode)) refuse(`mode is ${mode}: use one of ${MODES.join(", ")}.`);
  const padding = Math.max(...sides);
  if (padding > mostPadding(n, mode)) {
    refuse(
      `padding ${padding} is too much for mode ${mode} on an input of size ${n}: ` +
        `use at most ${mostPadding(n, mode)}, or mode zeros.`,
    );
  }
}

/** An odd cell goes behind. @returns before and after */
const halves = (total: number): [number, number] => [Math.floor(total / 2), Math.ceil(total / 2)];

/** The cells that PyTorch's padding="same" adds, at stride 1. */
export const torchSame = (k: number, dilation: number = 1) => halves(span(k, dilation) - 1);

/** The cells that TensorFlow's padding="SAME" adds, so that the output has ⌈n / stride⌉. */
export function tensorflowSame(
  n: number,
  k: number,
  { stride = 1, dilation = 1 }: { stride?: number; dilation?: number } = {},
) {
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [0, 0], dilation);
  return halves(Math.max((Math.ceil(n / stride) - 1) * stride + span(k, dilation) - n, 0));
}

/* Axes */

interface AxisOptions {
  /** input size */
  n: number;
  /** kernel size */
  k: number;
  stride?: number;
  padding?: Sides;
  dilation?: number;
  mode?: Mode;
  /** the kernel runs backwards: true convolution */
  flip?: boolean;
}
/** one spatial dimension of a layer, worked out */
export interface Axis {
  /** input size */
  n: number;
  /** kernel size */
  k: number;
  /** output size */
  size: number;
  stride: number;
  /** padding cells in front */
  before: number;
  /** padding cells behind */
  after: number;
  dilation: number;
  flip: boolean;
  /** input position at place·size + output, -1 where a zero stands */
  source: Int32Array;
}

function layOut(options: AxisOptions, size: number): Axis {
  const { n, k, stride = 1, dilation = 1, mode = "zeros", flip = false } = options;
  const [before, after] = pair("padding", options.padding ?? 0);
  checkMode(n, mode, [before, after]);
  const source = new Int32Array(k * size);
  for (let place = 0; place < k; place++) {
    for (let output = 0; output < size; output++) {
      const i = output * stride + place * dilation - before;
      source[place * size + output] = padIndex(i, n, mode);
    }
  }
  return { n, k, size, stride, before, after, dilation, flip, source };
}

/** The axis of a convolution. */
export function axis(options: AxisOptions): Axis {
  return layOut(options, outputSize(options.n, options.k, options));
}

/** The axis of a pooling layer. */
export function poolAxis(options: {
  n: number;
  k: number;
  stride?: number;
  padding?: number;
  dilation?: number;
  ceilMode?: boolean;
}): Axis {
  const { n, k, stride = k } = options;
  return layOut({ ...options, stride }, poolOutputSize(n, k, options));
}

/**
 * The axis of a transposed convolution: that of the convolution it reverses, so its `output` runs
 * over the n input cells of the transposed layer and its `source` over what that layer puts out.
 */
export function transposedAxis(options: {
  n: number;
  k: number;
  stride?: number;
  padding?: Sides;
  dilation?: number;
  outputPadding?: number;
}): Axis {
  const reversed = transposedOutputSize(options.n, options.k, options);
  return layOut({ ...options, n: reversed }, options.n);
}

/** Index of the weight that lies at a place of the window. */
const tapAt = (place: number, a: Axis) => (a.flip ? a.k - 1 - place : place);

type Settings = { n: number; k: number; stride: number; padding: number; dilation: number };
type Range = { min: number; max: number };

/**
 * From the least to the greatest possible value, but no further than the cap or the present value.
 */
const range = (value: number, min: number, max: number, cap: number = max): Range => ({
  min,
  max: Math.max(value, Math.min(max, cap)),
});

/**
 * What each setting of an axis may be while the others stay, and which modes may be chosen.
 * Every value in a range is possible; the present one is always in it, even above its cap.
 * @param settings a possible setting
 * @param caps largest value wanted of each
 */
export function limits(
  settings: Partial<Settings> & { n: number; k: number; mode?: Mode },
  caps: Partial<Settings> = {},
): Record<keyof Settings, Range> & { modes: Mode[] } {
  const { n, k, stride = 1, padding = 0, dilation = 1, mode = "zeros" } = settings;
  axis({ n, k, stride, padding, dilation, mode });
  const padded = n + 2 * padding;
  const missing = span(k, dilation) - n;
  const modeNeeds = { zeros: 1, replicate: 1, reflect: padding + 1, circular: padding }[mode];
  return {
    n: range(n, Math.max(1, missing + n - 2 * padding, modeNeeds), Infinity, caps.n),
    k: range(k, 1, Math.floor((padded - 1) / dilation) + 1, caps.k),
    stride: range(stride, 1, Infinity, caps.stride),
    padding: range(
      padding,
      Math.max(0, Math.ceil(missing / 2)),
      mostPadding(n, mode),
      caps.padding,
    ),
    dilation: range(
      dilation,
      1,
      k === 1 ? Infinity : Math.floor((padded - 1) / (k - 1)),
      caps.dilation,
    ),
    modes: MODES.filter((m) => padding <= mostPadding(n, m)),
  };
}

/**
 * What each setting of a pooling axis may be while the others stay, and whether ceilMode may be on
 * and off. A stride that is not given follows the kernel size.
 * @param settings a possible one
 * @param caps largest value wanted of each
 */
export function poolLimits(
  settings: Partial<Settings> & { n: number; k: number; ceilMode?: boolean },
  caps: Partial<Settings> = {},
): Record<keyof Settings, Range> & { ceilModes: boolean[] } {
  const { n, k, stride = k, padding = 0, dilation = 1, ceilMode = false } = settings;
  poolAxis(settings);
  const beyond = ceilMode ? stride - 1 : 0; // cells by which the first window may stick out
  const room = n + 2 * padding + beyond;
  const missing = span(k, dilation) - n;
  const follows = ceilMode && settings.stride === undefined; // then room grows with k
  const [growth, start] = follows ? [dilation - 1, n + 2 * padding] : [dilation, room];
  return {
    n: range(n, Math.max(1, missing + n - 2 * padding - beyond), Infinity, caps.n),
    k: range(
      k,
      Math.max(1, 2 * padding),
      growth ? Math.floor((start - 1) / growth) + 1 : Infinity,
      caps.k,
    ),
    stride: range(
      stride,
      ceilMode ? Math.max(1, missing - 2 * padding + 1) : 1,
      Infinity,
      caps.stride,
    ),
    padding: range(
      padding,
      Math.max(0, Math.ceil((missing - beyond) / 2)),
      Math.floor(k / 2),
      caps.padding,
    ),
    dilation: range(
      dilation,
      1,
      k === 1 ? Infinity : Math.floor((room - 1) / (k - 1)),
      caps.dilation,
    ),
    ceilModes: [true, ...(missing <= 2 * padding ? [false] : [])],
  };
}

/* What meets what: for the views */

/** one meeting on an axis */
interface Link {
  output: number;
  /** index of the weight */
  tap: number;
  /** position on the padded input, 0 at its first cell */
  padded: number;
  /** input position, -1 where a zero stands */
  source: number;
}
type Link2d = { output: Cell; tap: Cell; padded: Cell; source: Cell | null };

/** All meetings of an axis that match the pick. */
export function links(a: Axis, pick: Partial<Link> = {}) {
  const wanted = Object.keys(pick) as (keyof Link)[];
  const found: Link[] = [];
  for (let output = 0; output < a.size; output++) {
    for (let place = 0; place < a.k; place++) {
      const link = {
        output,
        tap: tapAt(place, a),
        padded: output * a.stride + place * a.dilation,
        source: a.source[place * a.size + output],
      };
      if (wanted.every((name) => link[name] === pick[name])) found.push(link);
    }
  }
  return found;
}

/** The cells that one output position reads. */
export const windowOf = (output: number, a: Axis) => links(a, { output });

/** The outputs that one input position reaches. */
export const reach = (source: number, a: Axis) => links(a, { source });

/** The cells that one weight multiplies. */
export const touchedBy = (tap: number, a: Axis) => links(a, { tap });

/** Padded positions that no window reads. */
export function unread(a: Axis): number[] {
  const read = new Set(links(a).map((link) => link.padded));
  const positions = Array.from({ length: a.before + a.n + a.after }, (_, position) => position);
  return positions.filter((position) => !read.has(position));
}

/** Padded positions behind the last window, which the floor drops. */
export function discarded(a: Axis) {
  const end = (a.size - 1) * a.stride + span(a.k, a.dilation);
  return unread(a).filter((position) => position >= end);
}

/**
 * The meetings of a layer in reading order: pick an output cell, a tap, a padded or an input cell.
 */
export function connections(
  rows: Axis,
  columns: Axis,
  pick: { output?: Cell; tap?: Cell; padded?: Cell; source?: Cell },
): Link2d[] {
  const along = (d: 0 | 1): Partial<Link> =>
    Object.fromEntries(Object.entries(pick).map(([name, cell]) => [name, cell[d]]));
  const across = links(columns, along(1));
  return links(rows, along(0)).flatMap((r) =>
    across.map((c) => ({
      output: [r.output, c.output] as Cell,
      tap: [r.tap, c.tap] as Cell,
      padded: [r.padded, c.padded] as Cell,
      source: r.source < 0 || c.source < 0 ? null : ([r.source, c.source] as Cell),
    })),
  );
}

/** The products x × w whose sum is one output cell, for an input and a kernel of two dimensions. */
export function terms(
  x: Tensor,
  w: Tensor,
  output: Cell,
  rows: Axis,
  columns: Axis,
): (Link2d & { x: number; w: number; product: number })[] {
  checkShape("input", x.shape, [rows.n, columns.n]);
  checkShape("kernel", w.shape, [rows.k, columns.k]);
  return connections(rows, columns, { output }).map((link) => {
    const value = link.source ? x.data[link.source[0] * columns.n + link.source[1]] : 0;
    const weight = w.data[link.tap[0] * columns.k + link.tap[1]];
    return { ...link, x: value, w: weight, product: value * weight };
  });
}

/* The walk that all layers share */

interface Layer {
  batch: number;
  groups: number;
  /** input channels of a group */
  inputs: number;
  /** output channels of a group */
  outputs: number;
  rows: Axis;
  columns: Axis;
}

/** Called with flat indices into the output, the weight and the input. */
type Visit = (output: number, weight: number, input: number) => void;

function eachTap({ batch, groups, inputs, outputs, rows, columns }: Layer, visit: Visit) {
  const outputArea = rows.size * columns.size;
  const kernelArea = rows.k * columns.k;
  const inputArea = rows.n * columns.n;
  for (let image = 0; image < batch * groups; image++) {
    const group = image % groups;
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        const o = (image * outputs + output) * outputArea;
        const t = ((group * outputs + output) * inputs + input) * kernelArea;
        const i = (image * inputs + input) * inputArea;
        eachTapOfPlane(rows, columns, o, t, i, visit);
      }
    }
  }
}

/**
 * One kernel on one plane; the three offsets say where output, kernel and input begin.
 * Each output cell meets its places in reading order, on which the ties of max pooling depend.
 */
function eachTapOfPlane(
  rows: Axis,
  columns: Axis,
  o0: number,
  t0: number,
  i0: number,
  visit: Visit,
) {
  const width = columns.size;
  for (let row = 0; row < rows.size; row++) {
    for (let r = 0; r < rows.k; r++) {
      const i = rows.source[r * rows.size + row];
      if (i < 0) continue;
      for (let c = 0; c < columns.k; c++) {
        const tap = tapAt(r, rows) * columns.k + tapAt(c, columns);
        for (let column = 0; column < width; column++) {
          const j = columns.source[c * width + column];
          if (j >= 0) visit(o0 + row * width + column, t0 + tap, i0 + i * columns.n + j);
        }
      }
    }
  }
}

/* Convolution and its transpose */

interface ConvOptions {
  /** one number for each output channel */
  bias?: ArrayLike<number>;
  stride?: Pair;
  /** four numbers are [top, bottom, left, right] */
  padding?: Pair | [number, number, number, number] | "same" | "valid";
  dilation?: Pair;
  groups?: number;
  mode?: Mode;
  flip?: boolean;
}
interface TransposedOptions {
  bias?: ArrayLike<number>;
  stride?: Pair;
  padding?: Pair;
  outputPadding?: Pair;
  dilation?: Pair;
  groups?: number;
}

/** @param channels the number that the groups share out */
function checkGroups(groups: number, channels: number) {
  checkWhole("groups", groups, 1);
  if (channels % groups !== 0) {
    refuse(
      `groups is ${groups}, which does not divide ${channels} channels: ` +
        `use a divisor of ${channels}.`,
    );
  }
}

/** Padding of the rows and of the columns. For "same" an odd cell goes behind, as in PyTorch. */
function resolvePadding(
  padding: NonNullable<ConvOptions["padding"]>,
  k: Cell,
  stride: Cell,
  dilation: Cell,
): [Sides, Sides] {
  if (padding === "valid") return [0, 0];
  if (padding === "same") {
    if (stride.some((s) => s !== 1)) {
      refuse(
        `padding same with stride ${stride.join("×")} is not allowed: ` +
          "use stride 1, or give the padding as numbers.",
      );
    }
    return [torchSame(k[0], dilation[0]), torchSame(k[1], dilation[1])];
  }
  if (Array.isArray(padding) && padding.length === 4) {
    return [
      [padding[0], padding[1]],
      [padding[2], padding[3]],
    ];
  }
  return pair("padding", padding);
}

function convolution(
  x: Tensor,
  w: Tensor,
  { groups = 1, mode, flip, ...options }: ConvOptions,
): Layer {
  const [batch, channels, ...n] = fourSizes("input", x);
  const [filters, inputs, ...k] = fourSizes("weight", w);
  checkGroups(groups, filters);
  if (channels !== inputs * groups) {
    refuse(
      `the input has ${channels} channels, but a weight of shape (${w.shape}) with ` +
        `groups ${groups} needs ${inputs * groups}: change one of them.`,
    );
  }
  const stride = pair("stride", options.stride ?? 1);
  const dilation = pair("dilation", options.dilation ?? 1);
  const padding = resolvePadding(options.padding ?? 0, k, stride, dilation);
  const along = (d: 0 | 1) =>
    axis({
      n: n[d],
      k: k[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      mode,
      flip,
    });
  return { batch, groups, inputs, outputs: filters / groups, rows: along(0), columns: along(1) };
}

function transposedConvolution(
  x: Tensor,
  w: Tensor,
  { groups = 1, ...options }: TransposedOptions,
): Layer {
  const [batch, channels, ...n] = fourSizes("input", x);
  const [filters, inputs, ...k] = fourSizes("weight", w);
  checkGroups(groups, channels);
  if (channels !== filters) {
    refuse(
      `the input has ${channels} channels, but a weight of shape (${w.shape}) needs ` +
        `${filters}: change one of them.`,
    );
  }
  const stride = pair("stride", options.stride ?? 1);
  const padding = pair("padding", options.padding ?? 0);
  const dilation = pair("dilation", options.dilation ?? 1);
  const outputPadding = pair("output padding", options.outputPadding ?? 0);
  const along = (d: 0 | 1) =>
    transposedAxis({
      n: n[d],
      k: k[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      outputPadding: outputPadding[d],
    });
  return { batch, groups, inputs, outputs: filters / groups, rows: along(0), columns: along(1) };
}

/** @param layer shape of what a convolution puts out */
const outputShape = ({ batch, groups, outputs, rows, columns }: Layer): number[] => [
  batch,
  groups * outputs,
  rows.size,
  columns.size,
];

/** @param layer shape of what a convolution takes in */
const inputShape = ({ batch, groups, inputs, rows, columns }: Layer): number[] => [
  batch,
  groups * inputs,
  rows.n,
  columns.n,
];

function filled(shape: number[], bias?: ArrayLike<number>): Result {
  const y = zeros(shape);
  if (bias === undefined) return y;
  const [, channels, height, width] = shape;
  if (bias.length !== channels) {
    refuse(
      `bias has length ${bias.length}, but the number of output channels is ${channels}: ` +
        "give one number for each.",
    );
  }
  return { ...y, data: y.data.map((_, o) => bias[Math.floor(o / (height * width)) % channels]) };
}

/** Gradient of a bias: the sum of dy over all but the channels. */
function channelSums({ data, shape: [, channels, height, width] }: Tensor) {
  const sums = new Float64Array(channels);
  data.forEach((value, o) => {
    sums[Math.floor(o / (height * width)) % channels] += value;
  });
  return sums;
}

/**
 * Cross-correlation of x (N, C, H, W) with w (O, C/groups, kh, kw), as torch.nn.Conv2d; with flip
 * the kernel is turned by 180° first, which makes it a convolution.
 */
export function conv2d(x: Tensor, w: Tensor, options: ConvOptions = {}): Result {
  const layer = convolution(x, w, options);
  const y = filled(outputShape(layer), options.bias);
  const [ys, ws, xs] = [y.data, floats(w), floats(x)];
  eachTap(layer, (o, t, i) => {
    ys[o] += ws[t] * xs[i];
  });
  return y;
}

/** Gradients with respect to input, weight and bias of `conv2d`, from dy, that of its output. */
export function conv2dBackward(
  x: Tensor,
  w: Tensor,
  dy: Tensor,
  options: ConvOptions = {},
): { dx: Result; dw: Result; db: Float64Array } {
  const layer = convolution(x, w, options);
  checkShape("dy", dy.shape, outputShape(layer));
  const [dx, dw, db] = [zeros(x.shape), zeros(w.shape), channelSums(dy)];
  const [dys, ws, xs, dws, dxs] = [floats(dy), floats(w), floats(x), dw.data, dx.data];
  eachTap(layer, (o, t, i) => {
    dxs[i] += ws[t] * dys[o];
    dws[t] += xs[i] * dys[o];
  });
  return { dx, dw, db };
}

/**
 * Transposed convolution of x (N, C, H, W) with w (C, O/groups, kh, kw), as
 * torch.nn.functional.conv_transpose2d: the walk of the convolution it reverses, read backwards.
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: TransposedOptions = {}): Result {
  const layer = transposedConvolution(x, w, options);
  const y = filled(inputShape(layer), options.bias);
  const [ys, ws, xs] = [y.data, floats(w), floats(x)];
  eachTap(layer, (i, t, o) => {
    ys[o] += ws[t] * xs[i];
  });
  return y;
}

/** Gradients with respect to input, weight and bias of `convTranspose2d`. */
export function convTranspose2dBackward(
  x: Tensor,
  w: Tensor,
  dy: Tensor,
  options: TransposedOptions = {},
): { dx: Result; dw: Result; db: Float64Array } {
  const layer = transposedConvolution(x, w, options);
  checkShape("dy", dy.shape, inputShape(layer));
  const [dx, dw, db] = [zeros(x.shape), zeros(w.shape), channelSums(dy)];
  const [dys, ws, xs, dws, dxs] = [floats(dy), floats(w), floats(x), dw.data, dx.data];
  eachTap(layer, (i, t, o) => {
    dxs[i] += ws[t] * dys[o];
    dws[t] += xs[i] * dys[o];
  });
  return { dx, dw, db };
}

/* Pooling */

interface PoolOptions {
  kernel: Pair;
  /** the kernel size, if not given */
  stride?: Pair;
  padding?: Pair;
  ceilMode?: boolean;
}
type MaxPoolOptions = PoolOptions & { dilation?: Pair };
type AvgPoolOptions = PoolOptions & { countIncludePad?: boolean };

/** @returns each channel by itself */
function pooling(x: Tensor, options: MaxPoolOptions): Layer {
  const [batch, channels, ...n] = fourSizes("input", x);
  const k = pair("kernel", options.kernel);
  const stride = pair("stride", options.stride ?? k);
  const padding = pair("padding", options.padding ?? 0);
  const dilation = pair("dilation", options.dilation ?? 1);
  const along = (d: 0 | 1) =>
    poolAxis({
      n: n[d],
      k: k[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      ceilMode: options.ceilMode,
    });
  return {
    batch: batch * channels,
    groups: 1,
    inputs: 1,
    outputs: 1,
    rows: along(0),
    columns: along(1),
  };
}

const pooledShape = (x: Tensor, { rows, columns }: Layer): number[] => [
  x.shape[0],
  x.shape[1],
  rows.size,
  columns.size,
];

/**
 * The largest number under each window, and where in its plane it stands (row·W + column).
 * The first wins a tie. A window that falls wholly into padding gives -Infinity at -1.
 */
export function maxPool2d(
  x: Tensor,
  options: MaxPoolOptions,
): { y: Result; indices: { data: Int32Array; shape: number[] } } {
  const layer = pooling(x, options);
  const y = zeros(pooledShape(x, layer));
  const [ys, xs] = [y.data.fill(-Infinity), floats(x)];
  const indices = new Int32Array(ys.length).fill(-1);
  const area = layer.rows.n * layer.columns.n;
  eachTap(layer, (o, _, i) => {
    if (indices[o] < 0 || xs[i] > ys[o] || Number.isNaN(xs[i])) {
      ys[o] = xs[i];
      indices[o] = i % area;
    }
  });
  return { y, indices: { data: indices, shape: [...y.shape] } };
}

/**
 * Gradient with respect to the input of `maxPool2d`: each output's goes to the cell it came from.
 */
export function maxPool2dBackward(x: Tensor, dy: Tensor, options: MaxPoolOptions): Result {
  const { indices } = maxPool2d(x, options);
  checkShape("dy", dy.shape, indices.shape);
  const dx = zeros(x.shape);
  const [, , height, width] = x.shape;
  const [, , rows, columns] = dy.shape;
  indices.data.forEach((index, o) => {
    const plane = Math.floor(o / (rows * columns));
    if (index >= 0) dx.data[plane * height * width + index] += dy.data[o];
  });
  return dx;
}

/** Cells of each window that an average counts. */
export function windowCounts(a: Axis, withPadding: boolean) {
  const [from, to] = withPadding ? [0, a.before + a.n + a.after] : [a.before, a.before + a.n];
  return Array.from({ length: a.size }, (_, output) => {
    const start = output * a.stride;
    return Math.min(start + a.k, to) - Math.max(start, from);
  });
}

/** The divisor of each output cell of a plane. */
function divisors({ rows, columns }: Layer, withPadding: boolean) {
  const across = windowCounts(columns, withPadding);
  return windowCounts(rows, withPadding).flatMap((height) => across.map((width) => height * width));
}

/** The mean of the numbers under each window; countIncludePad: false leaves padding out of it. */
export function avgPool2d(x: Tensor, options: AvgPoolOptions): Result {
  const layer = pooling(x, options);
  const y = zeros(pooledShape(x, layer));
  const [ys, xs] = [y.data, floats(x)];
  eachTap(layer, (o, _, i) => {
    ys[o] += xs[i];
  });
  const counts = divisors(layer, options.countIncludePad ?? true);
  return { ...y, data: ys.map((sum, o) => sum / counts[o % counts.length]) };
}

/** Gradient with respect to the input of `avgPool2d`: each output's is shared out evenly. */
export function avgPool2dBackward(x: Tensor, dy: Tensor, options: AvgPoolOptions): Result {
  const layer = pooling(x, options);
  checkShape("dy", dy.shape, pooledShape(x, layer));
  const dx = zeros(x.shape);
  const counts = divisors(layer, options.countIncludePad ?? true);
  const shares = floats(dy).map((share, o) => share / counts[o % counts.length]);
  eachTap(layer, (o, _, i) => {
    dx.data[i] += shares[o];
  });
  return dx;
}
