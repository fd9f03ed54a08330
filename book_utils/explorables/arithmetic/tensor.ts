/**
 * Tensors, `{ data, shape }` with row-major data, and refusals.
 *
 * Every refusal is a RangeError that says what was given, what is allowed and what to do.
 */
export type Tensor = { data: Float64Array | number[]; shape: number[] };
export type Result = { data: Float64Array; shape: number[] };
type Nested = number | Nested[];
/** a position: row, column */
export type Cell = [number, number];
/** one number for both, or [height, width] */
export type Pair = number | [number, number];

export function refuse(message: string): never {
  throw new RangeError(message);
}

export function checkWhole(name: string, value: unknown, least: number) {
  if (!Number.isSafeInteger(value) || Number(value) < least) {
    refuse(`${name} is ${value}, which is not allowed: give a whole number from ${least} up.`);
  }
}

export function checkShape(name: string, given: readonly number[], wanted: readonly number[]) {
  if (given.length !== wanted.length || given.some((size, d) => size !== wanted[d])) {
    refuse(`${name} has shape (${given}), but it must be (${wanted}): give it that shape.`);
  }
}

export function pair(name: string, value: unknown): [number, number] {
  if (!Array.isArray(value)) return pair(name, [value, value]);
  if (value.length !== 2) refuse(`${name} has ${value.length} entries: give one number or two.`);
  return [value[0], value[1]];
}

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

/** A tensor as nested arrays; `Arrays` is their type, by its number of axes. */
export function nested<Arrays = Nested>({ data, shape }: Tensor): Arrays {
  const from = (start: number, [size, ...rest]: number[]): Nested => {
    if (size === undefined) return data[start];
    const step = sizeOf(rest);
    return Array.from({ length: size }, (_, i) => from(start + i * step, rest));
  };
  return from(0, shape) as Arrays;
}

export function fourSizes(name: string, { data, shape }: Tensor): [number, number, number, number] {
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
export const floats = ({ data }: Tensor) =>
  data instanceof Float64Array ? data : Float64Array.from(data);
