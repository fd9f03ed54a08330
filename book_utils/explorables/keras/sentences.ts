/** Names, sentences and refusals of the translation: keras.json, which Python reads too. */
import json from "../../keras/keras.json" with { type: "json" };

export type Value = number | string | boolean | null | Value[] | Word;
/** a name, perhaps with dots, or a call of one, where a value is expected */
export class Word {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Rule = {
  takes: string;
  called?: string;
  also?: string;
  none?: boolean;
  of?: string[];
  usual?: Value;
};
type Names = Record<string, string>;
type Texts = Record<string, string[]>;

export const KERAS = json as {
  most: number;
  largest: number;
  homes: string[];
  layers: Texts;
  also: Names;
  everywhere: string[];
  arguments: Record<string, Rule>;
  activations: Names;
  allowed: Names;
  advice: Names;
  torch: Names;
  means: Names;
  refusals: Names;
  notes: Texts;
  verdicts: Texts;
  such: string[][];
};

type Words = Record<string, unknown>;

/** A sentence with its words filled in: "{layer} was given {given}". */
export const filled = (text: string, words: Words = {}) =>
  text
    .replace(/\{(\w+)\}/g, (_, word: string) => String(words[word]))
    .replace(/ +/g, " ")
    .trim();

/** The error of this kind: what was given, what is known, what to do. */
export const refusal = (kind: string, words: Words = {}) =>
  new RangeError(filled(KERAS.refusals[kind], words));

/** What a table has under a name that a reader typed. */
export const under = <T>(table: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
