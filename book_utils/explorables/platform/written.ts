/**
 * Settings as a link in the text writes them: `#first?stride=2,1&mode=reflect`.
 *
 * One rule for each kind of setting, driven by the lab's schema, says what a text means. The book's
 * build reads links by `written.py`, which says the same; what a value may be is checked elsewhere,
 * so a text without a meaning stays text, and no setting but a name takes it.
 */
import type { Rule } from "./schema.ts";

export type Written = { lab: string; settings: Record<string, string> };

const LINK = /^#([^?=&]+)\?(.*)$/s;
const NUMBER = /^-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/;
const COUNTED = /^[0-9]+(x[0-9]+)+$/;
const SEPARATORS = ",;/|"; // between numbers, rows, channels, examples

/** Does a fragment set a lab so? */
export const isWritten = (fragment: string) => LINK.test(fragment);

/**
 * The name of the lab that a link sets, and the text of each setting by its name.
 * @throws {RangeError} that says what is wrong, where the link cannot be read
 */
export function readWritten(fragment: string): Written {
  const [, lab, listed] = LINK.exec(fragment) ?? [];
  if (!lab) throw new RangeError("a link that sets a lab reads #LAB?SETTING=VALUE&SETTING=VALUE");
  const settings = new Map<string, string>();
  for (const part of listed ? listed.split("&") : []) {
    const equals = part.indexOf("=");
    if (equals < 1) throw new RangeError(`“${decoded(part)}” does not read SETTING=VALUE`);
    const name = decoded(part.slice(0, equals));
    if (settings.has(name)) throw new RangeError(`it sets ${name} twice`);
    settings.set(name, decoded(part.slice(equals + 1)));
  }
  return { lab: decoded(lab), settings: Object.fromEntries(settings) };
}

function decoded(text: string) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stranger's percent sign
  }
}

/** What a text means for a setting with this rule of a schema. */
export function meaning(rule: Rule, text: string): unknown {
  if (text === "none" && rule.none) return null;
  switch (rule.type) {
    case "whole":
    case "real":
      return number(text);
    case "switch":
      return text === "true" || (text === "false" ? false : text);
    case "choice":
      return rule.of.find((option) => String(option) === text) ?? text;
    case "pair": {
      const found = list(text);
      return found.length === 1 ? [...found, ...found] : found;
    }
    case "cell":
    case "unit":
    case "position":
      return list(text);
    case "wholes":
      return text === "none" && rule.least === 0 ? [] : list(text);
    case "grid":
      return block(text, [rule.most, rule.most]);
    case "block":
      return block(text, Object.values(rule.axes));
    case "records":
      return json(text);
    case "text":
    case "picture": // its bytes in base64
      return text;
  }
}

const number = (text: string) => (NUMBER.test(text) ? Number(text) : text);
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
const list = (text: string) => text.split(",").map(number);

/** Numbers with a separator for each axis, or the sizes of a block that counts from 0. */
function block(text: string, most: readonly number[]): unknown {
  if (!COUNTED.test(text)) return nested(text, most.length);
  const sizes = text.split("x").map(Number);
  const fits = sizes.length === most.length && sizes.every((n, d) => n >= 1 && n <= most[d]);
  return fits ? counting(sizes) : text;
}

function counting(sizes: readonly number[]): unknown {
  let next = 0;
  const along = (axis: number): unknown =>
    axis === sizes.length ? next++ : Array.from({ length: sizes[axis] }, () => along(axis + 1));
  return along(0);
}

const nested = (text: string, axes: number): unknown =>
  axes === 0
    ? number(text)
    : text.split(SEPARATORS[axes - 1]).map((part) => nested(part, axes - 1));
