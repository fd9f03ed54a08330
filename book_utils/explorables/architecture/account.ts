/** What flows through rows, and what it costs. The arithmetic of a layer is that of ledger.ts. */
import { handsOn, KINDS, product, type Reach, type Settings, START } from "../arithmetic/ledger.ts";
import { type PaddedShortcut, type Part, partsOf, type Simple } from "./blocks.ts";
import { guesses } from "./cures.ts";
import { type Misfit, misfit } from "./misfit.ts";
import { BLOCKS, type Counts, type Entry, type Pair, type Row } from "./rows.ts";

const FLOAT = 4; // bytes of a number

/** Numbers in memory: two tensors may share them. */
type Storage = { bytes: number };
/** What stands between two layers. `learns`: does a weight before it want a gradient? */
type Flow = { shape: number[]; storage: Storage; reach: Reach; learns: boolean };
type Tally = Pick<Counts, "parameters" | "multiplyAdds" | "kept">;

/** Thrown where a layer, perhaps within a block, does not fit. */
class Stop extends Error {
  readonly reason: NonNullable<Misfit>;
  constructor(reason: NonNullable<Misfit>) {
    super(reason.says);
    this.reason = reason;
  }
}

function demand(reason: Misfit) {
  if (reason) throw new Stop(reason);
}

const SHORTCUT = {
  shape: ({ channels, stride }: PaddedShortcut, [, ...sides]: number[]) => [
    channels,
    ...sides.map((n) => Math.ceil(n / stride)),
  ],
  reach: ({ stride }: PaddedShortcut, before: Reach): Reach =>
    before && { ...before, jump: [before.jump[0] * stride, before.jump[1] * stride] },
};

/** One pass through rows; remembers what is kept already. */
class Pass {
  private readonly kept = new Set<Storage>();

  private keep(storage: Storage, tally: Tally) {
    if (!this.kept.has(storage)) tally.kept += storage.bytes;
    this.kept.add(storage);
  }

  private layer(part: Simple, x: Flow, tally: Tally): Flow {
    if (part.kind === "PaddedShortcut") {
      const shape = SHORTCUT.shape(part, x.shape);
      const storage = { bytes: product(shape) * FLOAT };
      return { ...x, shape, storage, reach: SHORTCUT.reach(part, x.reach) };
    }
    demand(misfit(part, x.shape));
    const [layer, kind] = [part as Settings, KINDS[part.kind]];
    const shape = kind.shape(layer, x.shape);
    const parameters = kind.parameters?.(layer, x.shape) ?? 0;
    tally.parameters += parameters;
    tally.multiplyAdds += product(shape) * (kind.products?.(layer, x.shape) ?? 0);
    const learns = x.learns || parameters > 0;
    const storage = handsOnInTraining(layer) ? x.storage : { bytes: product(shape) * FLOAT };
    if (learns) {
      const { input, output, own = 0 } = kind.keeps?.(layer, x.shape, shape) ?? {};
      if (input) this.keep(x.storage, tally);
      if (output) this.keep(storage, tally);
      tally.kept += own;
    }
    return { shape, storage, reach: kind.reach?.(layer, x.reach) ?? null, learns };
  }

  /** All parts in a row. */
  through(parts: Part[], x: Flow, tally: Tally): Flow {
    return parts.reduce((flow, part) => {
      if (!("branches" in part)) return this.layer(part, flow, tally);
      const flows = part.branches.map((branch) => this.through(branch, flow, tally));
      return joined(part.kind, flows);
    }, x);
  }
}

/** Dropout makes new numbers in training, unless it drops none. */
const handsOnInTraining = ({ p, ...layer }: Settings) =>
  layer.kind.startsWith("Dropout") ? layer.inplace === true || p === 0 : handsOn(layer);

function joined(how: "add" | "concatenate", flows: Flow[]): Flow {
  demand(how === "add" ? unequal(flows) : apart(flows));
  const shapes = flows.map(({ shape }) => shape);
  const shape =
    how === "add"
      ? shapes[0].map((_, d) => Math.max(...shapes.map((each) => each[d]))) // 1 is stretched
      : [shapes.reduce((sum, [c]) => sum + c, 0), ...shapes[0].slice(1)];
  return {
    shape,
    storage: { bytes: product(shape) * FLOAT },
    reach: flows.map(({ reach }) => reach).reduce(union),
    learns: flows.some(({ learns }) => learns),
  };
}

/** The least field that holds both; none where neighbours are not equally far apart. */
function union(a: Reach, b: Reach): Reach {
  if (!a || !b || String(a.jump) !== String(b.jump)) return null;
  const axis = (d: 0 | 1) => {
    const start = Math.min(a.start[d], b.start[d]);
    return [start, Math.max(a.start[d] + a.field[d], b.start[d] + b.field[d]) - start];
  };
  const [[top, h], [left, w]] = [axis(0), axis(1)];
  return { field: [h, w], jump: a.jump, start: [top, left] };
}

/** The words of a sum of two unlike shapes: PyTorch looks from the last axis on. */
function unequal([{ shape: a }, { shape: b }]: Flow[]): Misfit {
  const axis = [2, 1, 0].find((d) => a[d] !== b[d] && a[d] !== 1 && b[d] !== 1);
  if (axis === undefined) return null;
  return {
    says: `The block adds ${a.join("×")} to ${b.join("×")}: shapes must agree.`,
    pytorch:
      `The size of tensor a (${a[axis]}) must match the size of tensor b (${b[axis]}) ` +
      `at non-singleton dimension ${axis + 1}`,
  };
}

function apart(flows: Flow[]): Misfit {
  const [first] = flows;
  const i = flows.findIndex(({ shape }) => String(shape.slice(1)) !== String(first.shape.slice(1)));
  if (i < 0) return null;
  const axis = flows[i].shape[1] === first.shape[1] ? 2 : 1;
  return {
    says:
      `The block puts maps of ${flows[i].shape.slice(1).join("×")} behind maps of ` +
      `${first.shape.slice(1).join("×")}: their sides must agree.`,
    pytorch:
      `Sizes of tensors must match except in dimension 1. Expected size ${first.shape[axis]} ` +
      `but got size ${flows[i].shape[axis]} for tensor number ${i} in the list.`,
  };
}

/** Counts of one row, with what flows on. */
function counted(pass: Pass, row: Row, x: Flow): [Counts, Flow] {
  demand(misfit(row, x.shape));
  const tally: Tally = { parameters: 0, multiplyAdds: 0, kept: 0 };
  const after = pass.through(partsOf(row, x.shape), x, tally);
  const { shape, reach } = after;
  const numbers = [...Object.values(tally), product(shape) * FLOAT, ...(reach?.field ?? [])];
  if (!numbers.every(Number.isSafeInteger)) {
    demand({ says: "Too large: no computer has room for it.", pytorch: null });
  }
  return [{ state: "counted", input: x.shape, shape, ...tally, reach }, after];
}

/** What comes in, where nothing is known of it but its shape. */
const flowOf = (shape: number[]): Flow => ({
  shape,
  storage: { bytes: product(shape) * FLOAT },
  reach: shape.length === 3 ? START : null,
  learns: false,
});

/** Would these rows take an input of shape x? */
function fits(rows: Row[], x: number[]) {
  try {
    const pass = new Pass();
    rows.reduce((flow, row) => counted(pass, row, flow)[1], flowOf(x));
    return true;
  } catch (error) {
    if (error instanceof Stop) return false;
    throw error;
  }
}

/** The first guesses that fit; no two say the same, or one is in the way of the other. */
function curesOf(row: Row, x: number[]) {
  const said = new Set<string>();
  const good = guesses(row, x).filter(({ says, instead }) => {
    if (said.has(says) || String(JSON.stringify(instead)) === JSON.stringify([row])) return false;
    if (!fits(instead, x)) return false;
    said.add(says);
    return true;
  });
  return good.slice(0, MOST_CURES);
}

const MOST_CURES = 3;

/**
 * One entry for each row; behind a row that does not fit all others wait.
 * @param input  shape of one example: channels, height and width, or features alone
 */
export function account(input: number[], rows: readonly Row[]): Entry[] {
  const pass = new Pass();
  let x: Flow | null = flowOf(input);
  return rows.map((row) => {
    if (!x) return { state: "waits" };
    const { shape } = x;
    try {
      const [entry, after] = counted(pass, row, x);
      x = after;
      return entry;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      x = null;
      const refusal = { ...error.reason, fits: curesOf(row, shape) };
      return { state: "refused", input: shape, refusal };
    }
  });
}

/** Sums over all rows that are counted. */
export function sums(entries: readonly Entry[]) {
  const counted = entries.filter((entry) => entry.state === "counted");
  const sum = (key: keyof Tally) => counted.reduce((all, entry) => all + entry[key], 0);
  return { parameters: sum("parameters"), multiplyAdds: sum("multiplyAdds"), kept: sum("kept") };
}

/** The same rows without expectations that came true: from now on they take what comes. */
export function settled(input: number[], rows: readonly Row[]): Row[] {
  const entries = account(input, rows);
  return rows.map((row, i) => {
    const entry = entries[i];
    if (row.expects === undefined || entry.state !== "counted") return row;
    const { expects, ...rest } = row;
    const flat = row.kind !== "Linear" || product(entry.input) === expects;
    return flat ? (rest as Row) : row;
  });
}

/** Pixels of the picture that the unit at (row, column) of the output sees: first and number. */
export const fieldOf = ({ field, jump, start }: NonNullable<Reach>, [i, j]: Pair) => ({
  first: [start[0] + i * jump[0], start[1] + j * jump[1]] as Pair,
  size: field,
});

export const isBlock = (row: Row) => BLOCKS.includes(row.kind);
