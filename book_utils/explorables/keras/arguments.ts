/** The arguments of a Keras layer: matched with its signature, and each checked. */
import { shown } from "../parts/tokens.ts";
import type { Given } from "./parse.ts";
import { filled, KERAS, type Rule, refusal, under, type Value, Word } from "./sentences.ts";

export type Pair = [number, number];
/** what a layer was told, argument by argument */
export type Settled = Record<string, unknown>;

/** Every argument by its name, and the input's shape: the call's own before `shape`. */
export function settled(layer: string, given: Given[], shape: number[]) {
  const listed = KERAS.layers[layer].map((each) => each.replace("!", ""));
  const needed = KERAS.layers[layer].filter((each) => each.endsWith("!"));
  const byPlace = listed.includes("*") ? listed.slice(0, listed.indexOf("*")) : listed;
  const every = [...listed.filter((each) => each !== "*"), ...KERAS.everywhere];
  const called = (argument: string) => KERAS.arguments[argument].called ?? argument;
  const found = new Map<string, unknown>();
  for (const [place, one] of given.entries()) {
    const argument =
      one.key === null
        ? byPlace[place]
        : every.find((each) => [called(each), KERAS.arguments[each].also].includes(one.key ?? ""));
    if (argument === undefined) {
      const known = (one.key === null ? byPlace : every).map(called).join(", ") || "nothing";
      throw one.key === null
        ? refusal("many", { layer, given: shown(one.text), place: place + 1, known })
        : refusal("argument", {
            ...{ layer, given: shown(one.key), known },
            hint: under(KERAS.means, one.key) ?? "",
          });
    }
    if (found.has(argument)) throw refusal("twice", { layer, argument: called(argument) });
    found.set(argument, taken(layer, argument, one, shape));
  }
  for (const each of needed) {
    const argument = each.slice(0, -1);
    if (!found.has(argument)) {
      const allowed = allowedBy(KERAS.arguments[argument]);
      throw refusal("missing", { layer, argument: called(argument), allowed });
    }
  }
  const usual = Object.fromEntries(every.map((each) => [each, KERAS.arguments[each].usual]));
  const all: Settled = { ...usual, ...Object.fromEntries(found) };
  return { given: all, shape: (found.get("input_shape") as number[] | undefined) ?? shape };
}

function allowedBy(rule: Rule) {
  const of = (rule.of ?? []).map((each) => `'${each}'`).join(" or ");
  const activations = Object.keys(KERAS.activations).join(", ");
  return filled(KERAS.allowed[rule.takes], { largest: KERAS.largest, of, activations });
}

/** The value of an argument as a layer expects it. */
function taken(layer: string, argument: string, { value, text }: Given, shape: number[]) {
  const rule = KERAS.arguments[argument];
  const { takes } = rule;
  if (takes === "anything" || (value === null && rule.none)) return null;
  if (takes === "shape" && isOpen(value)) {
    if (value.length !== shape.length) {
      const count = value.length > 1 ? `${value.length} numbers` : "1 number";
      throw refusal("open", { given: shown(text), count });
    }
    return value.map((n, axis) => n ?? shape[axis]);
  }
  const found = TAKES[takes](value, rule);
  if (found !== null) return found;
  const isWord = value instanceof Word && takes !== "activation";
  throw refusal("value", {
    ...{ layer, argument: rule.called ?? argument, given: shown(text), allowed: allowedBy(rule) },
    hint: isWord ? KERAS.refusals.name : (under(KERAS.advice, argument) ?? ""),
  });
}

export const isSize = (value: Value, low = 1): value is number =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= KERAS.largest;
const isOpen = (value: Value): value is (number | null)[] =>
  Array.isArray(value) &&
  [1, 3].includes(value.length) &&
  value.every((each) => each === null || isSize(each));

function pair(value: Value, low = 1): Pair | null {
  const both = Array.isArray(value) ? value : [value, value];
  return both.length === 2 && both.every((each) => isSize(each, low)) ? (both as Pair) : null;
}

const ACTIVATION_HOMES = [
  ...["tf.nn", "tensorflow.nn", "nn", "activations", "keras.activations"],
  ...["tf.keras.activations", "tensorflow.keras.activations"],
];

function activation(value: Value) {
  const home = value instanceof Word ? value.text.split(".") : [];
  const name = value instanceof Word ? home.pop() : value;
  if (value instanceof Word && !ACTIVATION_HOMES.includes(home.join("."))) return null;
  return typeof name === "string" && Object.hasOwn(KERAS.activations, name) ? name : null;
}

/** top, bottom, left, right */
function border(value: Value) {
  const sides = Array.isArray(value) ? value : [value, value];
  if (sides.length !== 2 || Array.isArray(sides[0]) !== Array.isArray(sides[1])) return null;
  const [rows, columns] = sides.map((each) => pair(each, 0));
  return rows && columns ? [...rows, ...columns] : null;
}

const TAKES: Record<string, (value: Value, rule: Rule) => unknown> = {
  whole: (value) => (isSize(value) ? value : null),
  pair: (value) => pair(value),
  "one of": (value, { of }) => {
    const word = typeof value === "string" ? value.toLowerCase() : "";
    return of?.includes(word) ? word : null;
  },
  border,
  activation,
  truth: (value) => (typeof value === "boolean" ? value : null),
  "last axis": (value) => (value === -1 ? value : null),
  number: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : null),
  six: (value) => (value === 6 ? value : null),
  text: (value) => (typeof value === "string" ? value : null),
  shape: () => null, // what is one was taken before
};
