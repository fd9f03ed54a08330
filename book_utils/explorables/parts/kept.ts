/**
 * What a reader leaves in the browser's storage, by key; where that is refused, it is kept until
 * the page is left.
 */

const REFUSED = Symbol.for("convnets-live:kept");

/** What storage refused: at the document, as each view may carry its own copy of this module. */
const page = document as Document & { [REFUSED]?: Record<string, unknown> };

type Obj = Record<string, unknown>;

/** Is this an object of names and values? Storage can hold anything. */
const isObject = (value: unknown): value is Obj =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function readKept(key: string): Obj {
  const refused = page[REFUSED]?.[key];
  if (isObject(refused)) return refused;
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (isObject(stored)) return stored;
  } catch {
    // no storage, or not ours
  }
  return {};
}

export function keep(key: string, value: Obj) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    if (page[REFUSED]) delete page[REFUSED][key];
  } catch {
    page[REFUSED] = { ...page[REFUSED], [key]: value };
  }
}
