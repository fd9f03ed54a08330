/**
 * Reads a network as PyTorch writes it, `nn.Sequential(...)`, into rows. The text is taken apart
 * and compared with the signatures of layers.json; nothing of it is ever run. Whatever is not a
 * layer with numbers is refused, with its line.
 */
import { Refused, shown, type Token, tokens } from "../parts/tokens.ts";
import { settled } from "./account.ts";
import {
  type Argument,
  BLOCKS,
  KINDS,
  type Kind,
  LARGEST,
  MOST_ROWS,
  type Parsed,
  type Row,
  SIGNATURES,
} from "./rows.ts";

const MOST_CHARACTERS = 200_000;
const DEEPEST = 50; // Sequential in Sequential

/* Calls and values */

type Value = number | boolean | null | string | Value[];
type Call = { name: string; line: number; given: Given[] };
/** an argument; `key` where it was named */
type Given = { key?: string; value: Value | Call; line: number };

const CONSTANTS: Record<string, Value> = { True: true, False: false, None: null };
const VALUES = [...Object.keys(CONSTANTS), "float"];
const isCall = (value: Value | Call): value is Call =>
  typeof value === "object" && value !== null && !Array.isArray(value);

class Reader {
  private readonly all: Token[];
  private at = 0;
  constructor(text: string) {
    this.all = [...tokens(text, "layers with numbers")];
  }

  private get now() {
    return this.all[this.at];
  }
  private get next() {
    return this.all[Math.min(this.at + 1, this.all.length - 1)];
  }

  private isEnd() {
    return this.now.type === "end";
  }

  private refuse(why: string): never {
    throw new Refused(this.now.line, why);
  }

  private take() {
    const token = this.now;
    if (!this.isEnd()) this.at++;
    return token;
  }

  /** Takes a sign if it stands here. */
  private has(sign: string) {
    const found = this.now.type === "sign" && this.now.text === sign;
    if (found) this.at++;
    return found;
  }

  private need(sign: string) {
    if (!this.has(sign)) this.refuse(`${sign} is missing before ${shown(this.now.text)}.`);
  }

  /** The whole text: a network, perhaps with a name. */
  network(): Call {
    if (this.isEnd()) this.refuse("There is no text: paste nn.Sequential(...).");
    if (this.now.type === "name" && this.next.text === "=") this.at += 2;
    const call = this.call(0);
    if (!this.isEnd()) {
      this.refuse(`${shown(this.now.text)} stands behind the network: paste the network alone.`);
    }
    return call;
  }

  private call(depth: number): Call {
    const { line } = this.now;
    if (this.now.type !== "name") {
      this.refuse(`${shown(this.now.text)} stands where a layer should: nn.NAME(...).`);
    }
    const names = [this.take().text];
    while (this.has(".")) {
      if (this.now.type !== "name") this.refuse("A name is missing behind the dot.");
      names.push(this.take().text);
    }
    const name = names.join(".");
    if (!this.has("(")) {
      throw new Refused(line, `${shown(name)} is no layer: a layer is NAME(...).`);
    }
    if (depth > DEEPEST) throw new Refused(line, `More than ${DEEPEST} levels deep.`);
    const given: Given[] = [];
    while (!this.has(")")) {
      given.push(this.argument(depth));
      if (!this.has(",") && this.now.text !== ")") {
        this.refuse(`, or ) is missing before ${shown(this.now.text)}.`);
      }
    }
    return { name, line, given };
  }

  private argument(depth: number): Given {
    const { line } = this.now;
    const named = this.now.type === "name" && this.next.text === "=";
    const key = named ? this.take().text : undefined;
    if (named) this.need("=");
    const isLayer = this.now.type === "name" && !VALUES.includes(this.now.text);
    return { key, line, value: isLayer ? this.call(depth + 1) : this.value() };
  }

  /** A product of numbers, such as 16 * 5 * 5, or one value. */
  private value(): Value {
    let value = this.single();
    while (this.has("*")) {
      const factor = this.single();
      if (typeof value !== "number" || typeof factor !== "number") {
        this.refuse("Only numbers are multiplied.");
      }
      value *= factor;
    }
    return value;
  }

  private single(): Value {
    if (this.has("(")) return this.list(")");
    if (this.has("[")) return this.list("]");
    const sign = this.has("-") ? -1 : 1;
    const { type, text } = this.now;
    if (type === "number") {
      this.take();
      return sign * Number(text.replaceAll("_", ""));
    }
    if (type === "name" && text === "float" && this.next.text === "(")
      return sign * this.infinity();
    if (sign === 1 && type === "string") return this.take().text.slice(1, -1);
    if (sign === 1 && type === "name" && Object.hasOwn(CONSTANTS, text))
      return CONSTANTS[this.take().text];
    return this.refuse(`${shown(text)} stands where a number should.`);
  }

  /** float("inf") or float("-inf") */
  private infinity() {
    this.at += 2;
    const infinities: Record<string, number> = { inf: Infinity, "-inf": -Infinity };
    const found = this.now.type === "string" && infinities[this.now.text.slice(1, -1)];
    if (!found) this.refuse('float(...) is read only as float("inf") or float("-inf").');
    this.take();
    this.need(")");
    return found;
  }

  /** What stands in brackets: in round ones a single value without a comma is itself. */
  private list(end: ")" | "]"): Value {
    const found: Value[] = [];
    let comma = end === "]";
    while (!this.has(end)) {
      if (this.now.text === "(" || this.now.text === "[")
        this.refuse("A list in a list is not read.");
      found.push(this.value());
      if (this.has(",")) comma = true;
      else if (this.now.text !== end)
        this.refuse(`, or ${end} is missing before ${shown(this.now.text)}.`);
    }
    return comma || found.length !== 1 ? found : found[0];
  }
}

/* Layers */

const LAZY = ["Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d", "InstanceNorm2d"];
const isKind = (name: string): name is Kind => (KINDS as string[]).includes(name);

/** The class that a name stands for, and whether its input is left open. */
function known({ name, line }: Call): { kind: Kind | "Sequential"; lazy: boolean } {
  const parts = name.split(".");
  const last = parts[parts.length - 1];
  const home = parts.slice(0, -1).join(".");
  const lazy = last.startsWith("Lazy") && LAZY.includes(last.slice(4));
  const kind = lazy ? last.slice(4) : last;
  const ofTorch = ["", "nn", "torch.nn"].includes(home);
  const ofBook = ["", "models", "book_utils.models"].includes(home);
  if (kind === "Sequential" && ofTorch) return { kind, lazy };
  if (isKind(kind) && (BLOCKS.includes(kind) ? ofBook : ofTorch)) return { kind, lazy };
  const nearest = KINDS.find((each) => each.toLowerCase() === last.toLowerCase());
  const hint = nearest ? ` Is it ${nearest}?` : "";
  throw new Refused(line, `${shown(name)} is no layer that this ledger knows.${hint}`);
}

/** A value as Python writes it. */
function python(value: Value): string {
  if (Array.isArray(value)) return `(${value.map(python).join(", ")})`;
  const names = Object.entries(CONSTANTS).find(([, constant]) => constant === value);
  if (names) return names[0];
  return typeof value === "string" ? `"${value}"` : String(value);
}

/** A whole number within bounds; anything else is refused. */
function whole(value: Value, say: (why: string) => never): number {
  if (typeof value !== "number" || !Number.isInteger(value)) return say("is no whole number");
  return Math.abs(value) <= LARGEST ? value : say(`is too large: at most ${LARGEST}`);
}

const listOf = (value: Value, count: number): Value[] =>
  Array.isArray(value) ? value : Array.from({ length: count }, () => value);

/** A value as a row holds it. `say` refuses it. */
function taken(argument: Argument, value: Value, say: (why: string) => never): unknown {
  const wholes = (count: number, least = count) => {
    const all = listOf(value, count);
    const fits = all.length <= count && all.length >= least;
    return fits ? all.map((each) => whole(each, say)) : say(`holds ${all.length} numbers`);
  };
  switch (argument.takes) {
    case "whole":
      return whole(value, say);
    case "pair":
      return wholes(2);
    case "padding":
      return value === "same" ? value : value === "valid" ? [0, 0] : wholes(2);
    case "sizes": {
      const all = listOf(value, 2);
      if (all.length !== 2) return say(`holds ${all.length} numbers`);
      return all.map((each) => (each === null ? null : whole(each, say)));
    }
    case "sides":
      return wholes(4);
    case "maps":
      return Array.isArray(value) ? wholes(6) : say("is no tuple of six numbers");
    case "shape":
      return Array.isArray(value) ? wholes(3, 1) : [whole(value, say)];
    case "share": {
      if (typeof value !== "number") return say("is no number");
      if (value >= 0 && value <= 1) return value;
      return say(`is no share: dropout probability has to be between 0 and 1, but got ${value}`);
    }
    case "number": {
      if (typeof value !== "number") return say("is no number");
      if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
      return Math.abs(value) <= LARGEST ? value : say(`is too large: at most ${LARGEST}`);
    }
    default:
      return typeof value === "boolean" ? value : say("is neither True nor False");
  }
}

/** Each argument with the value that was given for it. */
function matched(kind: string, signature: Argument[], { given, line }: Call) {
  const values = new Map<Argument, Given>();
  for (const [i, each] of given.entries()) {
    const argument =
      each.key === undefined ? signature[i] : signature.find(({ name }) => name === each.key);
    if (each.key === undefined && given[i - 1]?.key !== undefined) {
      throw new Refused(each.line, `${kind}: an argument without a name stands behind one with.`);
    }
    if (!argument) {
      const names = signature.map(({ name }) => name).join(", ") || "no argument";
      const what = each.key === undefined ? `argument ${i + 1}` : shown(each.key);
      throw new Refused(each.line, `${kind} has no ${what} here: it takes ${names}.`);
    }
    if (values.has(argument)) {
      throw new Refused(each.line, `${kind}: ${argument.name} is given twice.`);
    }
    values.set(argument, each);
  }
  const missing = signature.find(
    (argument) =>
      !values.has(argument) && (argument.input || (argument.field && !("usual" in argument))),
  );
  if (missing) throw new Refused(line, `${kind} needs ${missing.name}.`);
  return values;
}

function rowOf(kind: Kind, lazy: boolean, call: Call): Row {
  const signature = SIGNATURES[kind].filter(({ input }) => !(lazy && input));
  const values = matched(kind, signature, call);
  const row: Record<string, unknown> = { kind };
  for (const argument of signature) {
    const { name, field, usual, input } = argument;
    const each = values.get(argument);
    const say = (why: string): never => {
      const given = each?.value ?? null;
      const text = isCall(given) ? "a layer" : python(given);
      throw new Refused(each?.line ?? call.line, `${kind}: ${name}=${shown(text)} ${why}.`);
    };
    if (each && isCall(each.value)) say("stands where a number should");
    const value = each?.value as Value | undefined;
    if (input) {
      const expects = whole(value ?? null, say);
      row.expects = expects >= 1 ? expects : say("is none: give at least 1");
    } else if ("only" in argument) {
      if (each && value !== argument.only) {
        say(`is not read: only ${python(argument.only as Value)} is`);
      }
    } else if (field) {
      const isUsual = value === undefined || (value === null && usual === "kernel");
      const copied = usual === "kernel" ? row.kernel : structuredClone(usual);
      row[field] = isUsual ? copied : taken(argument, value, say);
    }
  }
  const { expects, ...rest } = row;
  return (expects === undefined ? rest : { ...rest, expects }) as Row;
}

/** All rows of a call, those within Sequential too. */
function gather(call: Call, rows: Row[]) {
  const { kind, lazy } = known(call);
  if (kind !== "Sequential") {
    if (rows.length === MOST_ROWS) {
      throw new Refused(call.line, `More than ${MOST_ROWS} layers: the ledger holds no more.`);
    }
    rows.push(rowOf(kind, lazy, call));
    return;
  }
  for (const { key, value, line } of call.given) {
    if (key !== undefined || !isCall(value)) {
      throw new Refused(line, "Sequential holds layers alone, one behind the other.");
    }
    gather(value, rows);
  }
}

/** The shape of an example, with as many channels as the first layer was written for. */
function inputFor([first]: Row[], input: number[]) {
  const { expects } = first;
  const reads = first.kind !== "Linear" && expects !== undefined && input.length === 3;
  return reads ? [expects, ...input.slice(1)] : input;
}

/**
 * The rows of a text, or the line that is refused and why. Channels and features that a layer was
 * written for stay with it (`expects`) where others come, so that `account` can say so.
 * @param input  shape of one example, as it is now
 */
export function parse(text: string, input: number[]): Parsed {
  if (text.length > MOST_CHARACTERS) {
    return {
      line: 1,
      why: `The text is too long: at most ${MOST_CHARACTERS} characters are read.`,
    };
  }
  try {
    const call = new Reader(text).network();
    const rows: Row[] = [];
    gather(call, rows);
    if (rows.length === 0) return { line: call.line, why: "There is no layer in it." };
    const shape = inputFor(rows, input);
    return { rows: settled(shape, rows), input: shape };
  } catch (error) {
    if (error instanceof Refused) return { line: error.line, why: error.message };
    throw error;
  }
}
