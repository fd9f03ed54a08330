/**
 * One check for the settings of all labs, when they come from a stranger. Only the built book needs
 * it: in a live notebook nobody opens links.
 */
import { full, LARGEST, thousands } from "../parts/numbers.ts";
import type { Rule, Schema } from "./schema.ts";

type Rules = { [T in Rule["type"]]: Extract<Rule, { type: T }> };

const isWhole = (value: unknown, low: number, high: number) =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
const isCell = (value: unknown) => typeof value === "number" && Math.abs(value) <= LARGEST;
const LONE = /\p{Surrogate}/u; // half a character
const CELLS = `from ${thousands(-LARGEST)} to ${thousands(LARGEST)}`;

/** Is this a block of numbers, as large as allowed (or exactly so), none of its rows shorter? */
function isBlock(value: unknown, most: readonly number[], exact = false): boolean {
  const [size, ...rest] = most;
  if (size === undefined) return isCell(value);
  if (!Array.isArray(value) || value.length < 1 || value.length > size) return false;
  if (exact && value.length < size) return false;
  const shape = (item: unknown) => String(shapeOf(item, rest.length));
  const alike = value.every((item) => shape(item) === shape(value[0]));
  return alike && value.every((item) => isBlock(item, rest, exact));
}

/** Sizes of nested lists along their first entries, and no deeper: a stranger's may have no end. */
const shapeOf = (value: unknown, axes: number): number[] =>
  axes > 0 && Array.isArray(value) ? [value.length, ...shapeOf(value[0], axes - 1)] : [];

const isAt = (value: unknown, sizes: readonly number[]) =>
  Array.isArray(value) &&
  value.length === sizes.length &&
  value.every((v, d) => isWhole(v, 0, sizes[d] - 1));

/** For each kind of setting whether a value is allowed, and what is. */
const KINDS: {
  [T in Rule["type"]]: {
    fits: (value: unknown, rule: Rules[T]) => boolean;
    allowed: (rule: Rules[T]) => string;
  };
} = {
  grid: {
    fits: (value, { most }) => isBlock(value, [most, most]),
    allowed: ({ most }) => `a grid of 1 to ${most} by 1 to ${most} numbers ${CELLS}`,
  },
  block: {
    fits: (value, { axes, exact, cells = Infinity }) =>
      isBlock(value, Object.values(axes), exact) &&
      shapeOf(value, Object.keys(axes).length).reduce((all, size) => all * size, 1) <= cells,
    allowed: ({ axes, exact, cells }) => {
      const sizes = Object.values(axes).join(" by ");
      if (exact) return `${sizes} numbers ${CELLS}`;
      return `an array of numbers ${CELLS} of at most ${sizes}${cells ? `, ${cells} in all` : ""}`;
    },
  },
  whole: {
    fits: (value, { low, high }) => isWhole(value, low, high),
    allowed: ({ low, high }) => `a whole number from ${low} to ${high}`,
  },
  real: {
    fits: (value, { low = -Infinity, above = -Infinity, high, words = [] }) =>
      words.includes(value as string) ||
      (typeof value === "number" && value >= low && value > above && value <= high),
    allowed: ({ low = -Infinity, above, high }) =>
      above === undefined
        ? `a number from ${full(low)} to ${full(high)}`
        : `a number above ${full(above)} and at most ${full(high)}`,
  },
  pair: {
    fits: (value, { low, high, words = [] }) =>
      words.includes(value as string) ||
      (Array.isArray(value) && value.length === 2 && value.every((v) => isWhole(v, low, high))),
    allowed: ({ low, high }) => `a pair of whole numbers from ${low} to ${high}`,
  },
  wholes: {
    fits: (value, { least, most, low, high, gaps }) =>
      Array.isArray(value) &&
      value.length >= least &&
      value.length <= most &&
      value.every((v) => isWhole(v, low, high) || (gaps && v === null)),
    allowed: ({ least, most, low, high }) =>
      `${least === most ? most : `${least} to ${most}`} whole numbers from ${low} to ${high}`,
  },
  choice: {
    fits: (value, { of }) => of.includes(value as string | number),
    allowed: ({ of }) => `one of ${of.join(", ")}`,
  },
  switch: {
    fits: (value) => typeof value === "boolean",
    allowed: () => "true or false",
  },
  text: {
    fits: (value, { most }) =>
      typeof value === "string" && !LONE.test(value) && Array.from(value).length <= most,
    allowed: ({ most }) => `a text of at most ${most} characters`,
  },
  cell: {
    fits: (value, { grids }) =>
      Array.isArray(value) &&
      value.length === 3 &&
      grids.includes(value[0]) &&
      value.slice(1).every(Number.isInteger),
    allowed: ({ grids }) => `a cell of ${grids.join(" or ")}`,
  },
  position: {
    fits: (value, { axes }) => isAt(value, Object.values(axes)),
    allowed: ({ axes }) =>
      `a place within ${Object.entries(axes)
        .map(([axis, size]) => `${size} ${axis}`)
        .join(", ")}`,
  },
  picture: {
    fits: (value, { side }) => {
      try {
        return typeof value === "string" && atob(value).length === side * side;
      } catch {
        return false; // not base64
      }
    },
    allowed: ({ side }) => `a picture of ${side} by ${side} pixels`,
  },
  unit: {
    fits: (value, { layers }) =>
      Array.isArray(value) &&
      typeof value[0] === "string" &&
      Object.hasOwn(layers, value[0]) &&
      isAt(value.slice(1), layers[value[0]]),
    allowed: () => "one of this network",
  },
  records: {
    fits: (value, rule) =>
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= rule.most &&
      value.every((each) => isRecord(each, rule)),
    allowed: ({ most, kinds }) =>
      `a list of 1 to ${most}, each of one of ${Object.keys(kinds).length} kinds, with its fields`,
  },
};

/** Has this all the fields of its kind, no other but those besides, and in each what is allowed? */
function isRecord(value: unknown, { kinds, besides }: Rules["records"]) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const { kind, ...fields } = value as Record<string, unknown>;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) return false;
  const own = kinds[kind];
  const rule = (name: string) => [own, besides].find((rules) => Object.hasOwn(rules, name))?.[name];
  return (
    Object.keys(own).every((name) => Object.hasOwn(fields, name)) &&
    Object.entries(fields).every(([name, each]) => {
      const its = rule(name);
      return its && !complaint(name, each, its);
    })
  );
}

/** What is wrong with a value for a setting, or nothing. */
function complaint<T extends Rule["type"]>(name: string, value: unknown, rule: Rules[T]) {
  if (value === null && rule.none) return "";
  const { fits, allowed } = KINDS[rule.type as T];
  return fits(value, rule) ? "" : `its ${name.replaceAll("_", " ")} is not ${allowed(rule)}`;
}

/**
 * The settings that a stranger gave, if each is allowed; what is no setting is left out.
 * @throws {RangeError} that says which is not, and what is allowed
 */
export function checked<S extends object>(schema: Schema, given: Record<string, unknown>): S {
  const settings = Object.entries(schema).map(([name, rule]) => {
    const value = Object.hasOwn(given, name) ? given[name] : rule.missing;
    const wrong = complaint(name, value, rule);
    if (wrong) throw new RangeError(wrong);
    return [name, value];
  });
  return Object.fromEntries(settings) as S;
}
