/** Lines to put in order: what a reader has arranged, and what is wrong first. */
import type { Verdict } from "./judge.ts";

export type Lines = {
  /** those that belong, in a right order, then the false ones; why one is false, or too early */
  lines: { text: string; why: string }[];
  /** how many belong */
  count: number;
  /** in which all are shown at first */
  order: number[];
  /** pairs of a line and a later one */
  before: [number, number][];
  right: string;
  otherwise: string;
};

/** Stands among the lines: what is below it is left out. */
export const DIVIDER = -1;

const hasFalse = ({ lines, count }: Lines) => lines.length > count;

/** How the lines stand at first: all of them are used. */
export const atFirst = (content: Lines) =>
  hasFalse(content) ? [...content.order, DIVIDER] : content.order;

/** The lines that are used. */
export function used(arranged: number[]) {
  const end = arranged.indexOf(DIVIDER);
  return end < 0 ? arranged : arranged.slice(0, end);
}

/** The lines after one was taken out and put in again at a place. */
export function moved(arranged: number[], line: number, to: number) {
  const rest = arranged.filter((each) => each !== line);
  const place = Math.min(rest.length, Math.max(0, to));
  return [...rest.slice(0, place), line, ...rest.slice(place)];
}

/** What is said of a line that was moved. */
export function whereNow({ lines }: Lines, arranged: number[], line: number) {
  const place = used(arranged).indexOf(line);
  const text = lines[line].text.trim();
  return place < 0 ? `Left out: ${text}` : `Line ${place + 1} of ${used(arranged).length}: ${text}`;
}

/** Lines of one text stand for one another: the first of them for the first that belongs. */
function inTurn({ lines }: Lines, response: number[]) {
  const seen = new Map<string, number>();
  return response.map((line) => {
    const { text } = lines[line];
    const alike = lines.flatMap((each, i) => (each.text === text ? [i] : []));
    const nth = seen.get(text) ?? 0;
    seen.set(text, nth + 1);
    return alike[nth];
  });
}

/** The place of the first line that is false, or stands before one that it needs. */
export function firstWrong(content: Lines, response: number[]) {
  const lines = inTurn(content, response);
  const isWrong = (line: number, at: number) =>
    line >= content.count ||
    content.before.some(([first, then]) => then === line && !lines.slice(0, at).includes(first));
  return lines.findIndex(isWrong);
}

function missing(so: number, count: number) {
  if (!so) return "Nothing is used: bring the lines that belong above “Left out”.";
  const left =
    count - so === 1 ? "one line that belongs is" : `${count - so} lines that belong are`;
  return `What is used stands in a right order, but ${left} left out.`;
}

export function judgeOrder(content: Lines, response: number[]): Verdict {
  const { lines, count, right, otherwise } = content;
  const at = firstWrong(content, response);
  if (at >= 0) {
    const line = inTurn(content, response)[at];
    const why = lines[line].why || otherwise;
    const which = `Line ${at + 1}, \`${lines[line].text.trim()}\`, is the first that is wrong.`;
    return { right: false, why: `${which} ${why}` };
  }
  if (response.length < count) return { right: false, why: missing(response.length, count) };
  return { right: true, why: right };
}
