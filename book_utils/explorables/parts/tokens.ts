/** Python's code as words, numbers, strings and signs: it is read, and never run. */

/** Ends the reading. */
export class Refused extends Error {
  readonly line: number;
  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** `at` and `end` are where it is in the text. */
export type Token = {
  type: "name" | "number" | "string" | "sign" | "end";
  text: string;
  line: number;
  at: number;
  end: number;
};

const SPACE = /[^\S\n]+|#[^\n]*/y;
const NUMBER = /(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?/y;
const PATTERNS: [Token["type"], RegExp][] = [
  ["name", /[A-Za-z_]\w*/y],
  ["number", NUMBER],
  ["string", /"[^"\\\n]*"|'[^'\\\n]*'/y],
  ["sign", /[()[\],.=*-]/y],
];

/** No more of a strange text is repeated than a line holds. */
export const shown = (text: string) => {
  const characters = Array.from(text.replace(/\s+/g, " "));
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : characters.join("");
};

/** @throws {Refused} where something is none of these; `only` says what is read */
export function* tokens(text: string, only: string): Generator<Token> {
  let [at, line] = [0, 1];
  const next = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [""];
    at += found.length;
    return found;
  };
  const token = (): Token => {
    for (const [type, pattern] of PATTERNS) {
      const found = next(pattern);
      if (type === "number" && found && /\w/.test(text[at] ?? "")) {
        throw new Refused(line, `${shown(found + text[at])} is no number.`);
      }
      if (found) return { type, text: found, line, at: at - found.length, end: at };
    }
    const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
    throw new Refused(line, `${sign} is not read here: only ${only} are.`);
  };
  while (at < text.length) {
    if (text[at] === "\n") [at, line] = [at + 1, line + 1];
    else if (!next(SPACE)) yield token();
  }
  yield { type: "end", text: "the end of the text", line, at, end: at };
}
