/** What readers type as an answer: a number, a shape, a grid of numbers, words. */
import { readNumber } from "../parts/numbers.ts";

export type Reading<T> = { value: T } | { error: string };

export const NOTHING_YET = "Give an answer first.";

const WAYS = "Write one such as 9, −0.5, 1/9, 294,912 or 32·14·14.";
const quoted = (text: string) => `“${text.length > 20 ? `${text.slice(0, 20)}…` : text}”`;

/** A number of any size; published networks count their weights in millions. */
export function readAnswer(text: string): Reading<number> {
  const clean = text.trim();
  if (!clean) return { error: NOTHING_YET };
  const value = readNumber(clean);
  if (value === undefined) return { error: `${quoted(clean)} is not a number. ${WAYS}` };
  if (!Number.isFinite(value)) return { error: `${quoted(clean)} comes to no finite number.` };
  return { value: value === 0 ? 0 : value };
}

/** A shape as Python and people write it: `(1, 2, 3)`, `torch.Size([1, 2, 3])`, `1×2×3`, `3`. */
export function readShape(text: string): Reading<number[]> {
  const clean = text.trim();
  if (!clean) return { error: NOTHING_YET };
  const inside = clean.replace(/^torch\.Size/i, "").replace(/[()[\]]/g, " ");
  const sides = inside.split(/[\s,;×x*·]+/i).filter(Boolean);
  if (sides.every((side) => /^\d+$/.test(side))) return { value: sides.map(Number) };
  return { error: `${quoted(clean)} is not a shape. Write one such as (2, 3) or 2×3.` };
}
