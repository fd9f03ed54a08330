/** What the reader answered, kept in the browser's storage; where that is refused, until the page is left. */

const KEY = "convnets-live:answers";

/** @typedef {{ response: any, right: boolean }} Answer */

/** @type {Record<string, Answer>} */
let inMemory = {};

/** Is this an object of answers? Storage can hold anything. @param {unknown} value */
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** All answers by question name. @returns {Record<string, Answer>} */
export function answers() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (isRecord(stored)) return { ...inMemory, ...stored };
  } catch {
    // no storage, or not ours: what this page remembers will do
  }
  return inMemory;
}

/** @param {Record<string, Answer>} all */
function keep(all) {
  inMemory = all;
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // the answers last as long as the page
  }
  dispatchEvent(new Event(KEY));
}

/** Once right stays right. @param {string} name @param {Answer} answer */
export function keepAnswer(name, answer) {
  const all = answers();
  keep({ ...all, [name]: { ...answer, right: answer.right || all[name]?.right === true } });
}

export function clearAnswers() {
  inMemory = {};
  keep({});
}

/** Calls back when answers change, here or in another window. @param {() => void} callback @returns {() => void} */
export function onAnswers(callback) {
  const fromElsewhere = (/** @type {StorageEvent} */ event) => event.key === KEY && callback();
  addEventListener(KEY, callback);
  addEventListener("storage", fromElsewhere);
  return () => {
    removeEventListener(KEY, callback);
    removeEventListener("storage", fromElsewhere);
  };
}
