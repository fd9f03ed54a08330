/** The kinds of questions: what each holds, and what is said of a response. */

import { judgeOrder, type Lines } from "./order.ts";
import { type Answer, judgePrediction, type Prediction, type Typed } from "./predict.ts";
import type { Slip } from "./slip.tsx";

export type Verdict = { right: boolean; why: string };
type At = [number, number];
/** `otherwise` is the hint for what is no known mistake. */
export type Texts<Wrong> = { right: string; otherwise: string; wrong: (Wrong & { why: string })[] };

/** Options, and the order in which they are shown; a response counts them as they are given. */
export type Choices = { options: (Verdict & { text: string })[]; order: number[] };

/** What a question holds, what the reader is about to answer (a number as typed), the answer. */
type Kinds = {
  choice: {
    content: Choices;
    draft: number;
    response: number;
  };
  number: {
    content: Texts<{ value: number }> & { answer: number; tolerance: number };
    draft: string;
    response: number;
  };
  cell: {
    content: Texts<{ at: At }> & { answers: At[] };
    draft: At;
    response: At;
  };
  /** lines by number, with a divider (see order.ts); of a response those that are used */
  order: { content: Lines; draft: number[]; response: number[] };
  slip: { content: Choices & Slip; draft: number; response: number };
  predict: { content: Prediction; draft: Typed; response: Answer };
};
export type Kind = keyof Kinds;
export type Content<K extends Kind> = Kinds[K]["content"];
export type Draft<K extends Kind> = Kinds[K]["draft"];
export type Response<K extends Kind> = Kinds[K]["response"];

type Judges = { [K in Kind]: (content: Content<K>, response: Response<K>) => Verdict };

/** What is said of a response that may be a known mistake. */
function said<Wrong>(
  { right, otherwise, wrong }: Texts<Wrong>,
  isRight: boolean,
  isKnown: (mistake: Wrong) => boolean,
): Verdict {
  if (isRight) return { right: true, why: right };
  return { right: false, why: wrong.find(isKnown)?.why ?? otherwise };
}

const JUDGES: Judges = {
  choice: ({ options }, response) => options[response],
  number: ({ answer, tolerance, ...texts }, response) =>
    said(texts, Math.abs(response - answer) <= tolerance, (mistake) => mistake.value === response),
  cell: ({ answers, ...texts }, response) =>
    said(
      texts,
      answers.some((at) => String(at) === String(response)),
      (mistake) => String(mistake.at) === String(response),
    ),
  order: judgeOrder,
  predict: judgePrediction,
  slip: ({ options }, response) => options[response],
};

export const judge = <K extends Kind>(kind: K, content: Content<K>, response: Response<K>) =>
  JUDGES[kind](content, response);
