/** What the reader answered, kept in the browser (see kept.ts). */
import { keep, readKept } from "./kept.ts";

const KEY = "convnets-live:answers";

type Answer = { response: unknown; right: boolean };

/** All answers by question name. */
export const answers = () => readKept(KEY) as Record<string, Answer>;

function keepAll(all: Record<string, Answer>) {
  keep(KEY, all);
  dispatchEvent(new Event(KEY));
}

/** The last answer counts: what was right once and is wrong now has no tick. */
export const keepAnswer = (name: string, answer: Answer) =>
  keepAll({ ...answers(), [name]: answer });

export const clearAnswers = () => keepAll({});

/** Calls back when answers change, here or in another window. */
export function onAnswers(callback: () => void): () => void {
  const fromElsewhere = (event: StorageEvent) => event.key === KEY && callback();
  addEventListener(KEY, callback);
  addEventListener("storage", fromElsewhere);
  return () => {
    removeEventListener(KEY, callback);
    removeEventListener("storage", fromElsewhere);
  };
}
