/** One axis padded in three ways: where its windows lie, and what they add up to. */
import { type Axis, axis, type Sides, tensorflowSame, torchSame } from "../arithmetic/axis.ts";
import { links } from "../arithmetic/links.ts";
import type { SameLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof solve>;

/**
 * The axis by each way to pad; null where PyTorch refuses the stride.
 * @throws {RangeError} where the kernel does not fit
 */
export function solve({ size: n, kernel: k, stride, dilation, padding }: Settings) {
  const along = (sides: Sides) => axis({ n, k, stride, dilation, padding: sides });
  return {
    same: stride === 1 ? along(torchSame(k, dilation)) : null,
    SAME: along(tensorflowSame(n, k, { stride, dilation })),
    number: along(padding),
  };
}

/** What the input holds: it counts from 1, with zeros around it. */
export const valueAt = (a: Axis, i: number) => (i >= 0 && i < a.n ? i + 1 : 0);

/** The cells that an output looks at. */
export const cellsOf = (a: Axis, output: number) =>
  links(a, { output }).map((link) => link.padded - a.before);

/** The outputs that look at a cell. */
export const outputsOf = (a: Axis, i: number) =>
  links(a, { padded: i + a.before }).map(({ output }) => output);

/** What an output adds up to. */
export const sumOf = (a: Axis, output: number) =>
  cellsOf(a, output).reduce((sum, i) => sum + valueAt(a, i), 0);
