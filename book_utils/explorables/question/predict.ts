/** What a reader predicts of code: a number, a shape, a grid of numbers, a text. */
import { readNumber } from "../parts/numbers.ts";
import type { Texts, Verdict } from "./judge.ts";
import { NOTHING_YET, type Reading, readAnswer, readShape } from "./reading.ts";

export type Answer = number | number[] | number[][] | string;
/** As typed: a text, or the texts of the cells. */
export type Typed = string | string[][];
export type Prediction = Texts<{ value: Answer }> & {
  code: string;
  form: "number" | "shape" | "grid" | "text";
  answer: Answer;
  /** by which a number may be off */
  tolerance: number;
};

/** The cells of a grid, before anything is typed. */
export const blank = (answer: number[][]) => answer.map((row) => row.map(() => ""));

function readGrid(typed: string[][]): Reading<number[][]> {
  const empty = typed.flat().filter((text) => !text.trim()).length;
  if (empty === typed.flat().length) return { error: NOTHING_YET };
  if (empty)
    return { error: empty === 1 ? "One cell is still empty." : `${empty} cells are still empty.` };
  const values = typed.map((row) => row.map(readNumber));
  for (const [i, row] of values.entries())
    for (const [j, value] of row.entries())
      if (value === undefined || !Number.isFinite(value))
        return { error: `In row ${i}, column ${j}: “${typed[i][j].trim()}” is not a number.` };
  return { value: values as number[][] };
}

export function readPrediction(typed: Typed, { form }: Prediction): Reading<Answer> {
  if (typeof typed !== "string") return readGrid(typed);
  if (form === "number") return readAnswer(typed);
  if (form === "shape") return readShape(typed);
  return typed.trim() ? { value: typed.trim() } : { error: NOTHING_YET };
}

/** A text without its quotes, spaces at most one wide. */
const plain = (text: string) =>
  text
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2")
    .replace(/\s+/g, " ")
    .toLowerCase();

function agree(one: Answer, other: Answer, tolerance: number): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((v, i) => agree(v, other[i], tolerance));
  if (typeof one === "number" && typeof other === "number")
    return Math.abs(one - other) <= tolerance;
  return plain(String(one)) === plain(String(other));
}

export function judgePrediction(content: Prediction, response: Answer): Verdict {
  const { form, answer, tolerance, right, wrong, otherwise } = content;
  if (agree(response, answer, tolerance)) return { right: true, why: right };
  const known = wrong.find(({ value }) => agree(response, value, tolerance));
  if (known) return { right: false, why: known.why };
  if (form !== "grid") return { right: false, why: otherwise };
  const cells = (answer as number[][]).flat();
  const given = (response as number[][]).flat();
  const good = cells.filter((value, i) => agree(given[i], value, tolerance)).length;
  return { right: false, why: `${good} of ${cells.length} cells are right. ${otherwise}` };
}
