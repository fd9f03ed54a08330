/**
 * What the reader answered, kept in the browser's storage; where that is refused, until the page is
 * left.
 */

const KEY = "convnets-live:answers";
const KEPT = Symbol.for(KEY);

type Answer = { response: unknown; right: boolean };

/** What storage refused: at the document, as each view may carry its own copy of this module. */
const page = document as Document & { [KEPT]?: Record<string, Answer> };

/** Is this an object of answers? Storage can hold anything. */
const isRecord = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All answers by question name. */
export function answers(): Record<string, Answer> {
  if (page[KEPT]) return page[KEPT];
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (isRecord(stored)) return stored;
  } catch {
    // no storage, or not ours
  }
  return {};
}

function keep(all: Record<string, Answer>) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
    page[KEPT] = undefined;
  } catch {
    page[KEPT] = all; // the answers last as long as the page
  }
  dispatchEvent(new Event(KEY));
}

/** The last answer counts: what was right once and is wrong now has no tick. */
export const keepAnswer = (name: string, answer: Answer) => keep({ ...answers(), [name]: answer });

export const clearAnswers = () => keep({});

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
