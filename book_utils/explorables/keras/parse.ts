/** The text of a call: taken apart, never run. In Python keras/call.py reads the same. */
import { Refused, shown, type Token, tokens } from "../parts/tokens.ts";
import { filled, KERAS, refusal, under, type Value, Word } from "./sentences.ts";

/** An argument: its name if it has one, its value, and how it was written. */
export type Given = { key: string | null; value: Value; text: string };
type Call = { name: string; given: Given[] };

const BLANK = /[\t\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/g;
const NUMBER = /^(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const CONSTANTS: Record<string, Value> = { True: true, False: false, None: null };
const DEEPEST = 50;
const KEYWORDS =
  "and as assert async await break class continue def del elif else except finally for from " +
  "global if import in is lambda nonlocal not or pass raise return try while with yield";
const RESERVED = new Set([...Object.keys(CONSTANTS), ...KEYWORDS.split(" ")]);

/** The name of the layer, as keras.json has it, and its arguments as written. */
export function parse(typed: string): Call {
  if (Array.from(typed).length > KERAS.most)
    throw unread(typed, `it has more than ${KERAS.most} characters`);
  const text = typed.replace(BLANK, " ").replace(/[‘’]/g, "'").replace(/[“”]/g, '"').trim();
  if (text.includes("\0")) throw unread(text, "it has a null character in it");
  if (!text.replace(/#[^\n]*/g, "").trim()) throw refusal("empty");
  try {
    const { name, given } = new Reader(text).line();
    return { name: known(name), given };
  } catch (error) {
    if (error instanceof Refused) throw unread(text, error.message.replace(/\.$/, ""));
    throw error;
  }
}

const unread = (text: string, why: string) => refusal("syntax", { given: shown(text), why });

class Reader {
  private readonly text: string;
  private readonly all: Token[];
  private at = 0;
  constructor(text: string) {
    this.text = text;
    this.all = [...tokens(text, "names, numbers, strings and brackets")];
  }

  private get now() {
    return this.all[this.at];
  }

  private refuse(why: string): never {
    throw new Refused(this.now.line, why);
  }

  private is(sign: string) {
    return this.now.type === "sign" && this.now.text === sign;
  }

  /** Takes a sign if it is here. */
  private has(sign: string) {
    const found = this.is(sign);
    if (found) this.at++;
    return found;
  }

  /** Outside of brackets a new line is a new statement. */
  private checkLines() {
    let depth = 0;
    let { line } = this.now;
    for (const token of this.all) {
      if (depth === 0 && token.line !== line && token.type !== "end")
        this.refuse("it is more than one line of code");
      if (token.type === "sign" && "([".includes(token.text)) depth++;
      if (token.type === "sign" && ")]".includes(token.text)) depth--;
      line = token.line;
    }
  }

  /** A line of code: a call alone, given a name, applied to a name, or added to a model. */
  line(): Call {
    this.checkLines();
    let name = this.name();
    if (this.has("=")) name = this.name();
    if (!this.is("(")) this.refuse("it is not one call");
    const isAdded = name.endsWith(".add") && this.all[this.at + 1].type === "name";
    let call = isAdded ? this.added() : { name, given: this.given(0) };
    if (this.is("(")) call = this.applied(call);
    this.has(",");
    if (this.now.type !== "end") this.refuse("something follows the call");
    return call;
  }

  /** net.add(layer(...)) */
  private added() {
    this.has("(");
    const name = this.name();
    if (!this.is("(")) this.refuse("it is not one call");
    const call = { name, given: this.given(0) };
    this.has(",");
    if (!this.has(")")) this.refuse(`) is missing before ${shown(this.now.text)}`);
    return call;
  }

  /** layer(...)(x) */
  private applied(call: Call) {
    this.has("(");
    this.name();
    this.has(",");
    if (!this.has(")")) this.refuse(`) is missing before ${shown(this.now.text)}`);
    return call;
  }

  private name() {
    const names = [];
    do {
      if (this.now.type !== "name" || RESERVED.has(this.now.text))
        this.refuse("it is not one call");
      names.push(this.now.text);
      this.at++;
    } while (this.has("."));
    return names.join(".");
  }

  /** The arguments of a call, from one bracket to the other. */
  private given(depth: number): Given[] {
    const found: Given[] = [];
    this.has("(");
    while (!this.has(")")) {
      const isNamed = this.now.type === "name" && this.all[this.at + 1].text === "=";
      const key = isNamed ? this.now.text : null;
      if (isNamed) this.at += 2;
      else if (found.some((each) => each.key !== null))
        this.refuse("an argument without a name follows one with");
      const start = this.now.at;
      const value = this.value(depth);
      const text = this.text.slice(start, this.all[this.at - 1].end);
      found.push({ key, value, text: Array.isArray(value) ? text : unbracketed(text) });
      if (!this.has(",") && !this.is(")"))
        this.refuse(`, or ) is missing before ${shown(this.now.text)}`);
    }
    return found;
  }

  private value(depth: number): Value {
    if (depth > DEEPEST) this.refuse("it is too deep");
    if (this.has("(")) return this.list(")", depth);
    if (this.has("[")) return this.list("]", depth);
    const { type, text, at } = this.now;
    const sign = this.has("-") ? -1 : 1;
    if (this.now.type === "number") return sign * this.number();
    if (sign === -1) this.refuse(`${shown(this.text.slice(at, this.now.end))} is no plain value`);
    if (type === "string") {
      this.at++;
      return text.slice(1, -1);
    }
    if (type !== "name") this.refuse(`${shown(text)} is no plain value`);
    if (Object.hasOwn(CONSTANTS, text)) {
      this.at++;
      return CONSTANTS[text];
    }
    const name = this.name();
    if (!this.is("(")) return new Word(name);
    this.given(depth + 1);
    return new Word(this.text.slice(at, this.all[this.at - 1].end));
  }

  private number() {
    const { text } = this.now;
    if (!NUMBER.test(text)) this.refuse(`${shown(text)} is no plain value`);
    this.at++;
    return Number(text);
  }

  /** What stands in brackets: in round ones a single value without a comma is itself. */
  private list(end: ")" | "]", depth: number): Value {
    const found: Value[] = [];
    let comma = end === "]";
    while (!this.has(end)) {
      found.push(this.value(depth + 1));
      if (this.has(",")) comma = true;
      else if (!this.is(end)) this.refuse(`, or ${end} is missing before ${shown(this.now.text)}`);
    }
    return comma || found.length !== 1 ? found : found[0];
  }
}

/** (3) is 3 */
function unbracketed(text: string): string {
  const [, inner] = /^\(\s*(.*?)\s*\)$/s.exec(text) ?? [];
  return inner === undefined ? text : unbracketed(inner);
}

function known(dotted: string) {
  const home = dotted.split(".");
  const last = home.pop() ?? "";
  const name = under(KERAS.also, last) ?? last;
  if (Object.hasOwn(KERAS.layers, name) && home.every((each) => KERAS.homes.includes(each)))
    return name;
  const flat = name.replaceAll("_", "").toLowerCase();
  const names = [...Object.keys(KERAS.layers), ...Object.keys(KERAS.also)];
  const nearest = under(KERAS.torch, flat) ?? names.find((each) => each.toLowerCase() === flat);
  throw refusal("layer", {
    given: shown(dotted),
    known: Object.keys(KERAS.layers).join(", "),
    hint: nearest ? filled(KERAS.refusals.nearest, { nearest }) : KERAS.refusals.none,
  });
}
