/** What the blocks lab says. */
import { listed, plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { BlocksLab as Settings } from "../settings.ts";

/** mean and standard deviation over the runs */
export type Spread = [mean: number, deviation: number];
/** accuracies: whole, without each block that can be taken out, without so many at random */
export type Taken = { whole: Spread; one: Spread[]; some: Spread[] };
export type Data = {
  recorded: { residual: Taken; plain: Taken };
  /** how many blocks each stage has */
  stages: number[];
  counts: number[];
  about: string;
};

export const KINDS = ["residual", "plain"] as const;
export type Kind = (typeof KINDS)[number];

export const kindOf = ({ shortcut }: Pick<Settings, "shortcut">): Kind =>
  shortcut ? "residual" : "plain";

/** The blocks from the first to the last, and whether each can be taken out. */
export const blocksOf = (stages: number[]) =>
  stages.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => ({ stage, isSpare: stage === 0 || i > 0 })),
  );

/** The numbers of those that can be taken out, counted from 1. */
export const spareOf = (stages: number[]) =>
  blocksOf(stages).flatMap(({ isSpare }, i) => (isSpare ? [i + 1] : []));

export const stays = (block: number) =>
  `Block ${block} changes the shape: without it, the others do not fit together.`;

// Not to be broken between two lines.
const percent = (share: number) => (100 * share).toFixed(1);
export const result = ([mean, deviation]: Spread) =>
  `${percent(mean)}\u00a0±\u00a0${percent(deviation)}\u00a0%`;

/** What is recorded of a network without these blocks; two, where it lies between two counts. */
function accuracyOf({ recorded, stages, counts }: Data, kind: Kind, out: number[]): Spread[] {
  const { whole, one, some } = recorded[kind];
  if (!out.length) return [whole];
  if (out.length === 1) return [one[spareOf(stages).indexOf(out[0])]];
  const exact = counts.indexOf(out.length);
  if (exact >= 0) return [some[exact]];
  const above = counts.findIndex((n) => n > out.length);
  return above < 0 ? [some[some.length - 1]] : [some[above - 1], some[above]];
}

/** Which blocks are out, and the counts that were recorded where these are not. */
function whichOut({ stages, counts }: Data, out: number[]) {
  const all = stages.reduce((sum, n) => sum + n, 0);
  if (!out.length) return `all ${all} blocks`;
  if (out.length === 1) return `without block ${out[0]}`;
  if (counts.includes(out.length)) return `without any ${out.length} blocks`;
  const above = counts.find((n) => n > out.length);
  if (above === undefined) return `recorded up to ${counts[counts.length - 1]} blocks out`;
  const below = counts[counts.indexOf(above) - 1];
  return `between ${below} and ${above} blocks out`;
}

const range = (found: Spread[]) =>
  found.length === 1
    ? result(found[0])
    : `${found.map(([mean]) => percent(mean)).join("–")}\u00a0%`;

/** The accuracy of the network that is shown, and that of the other. */
export function describe({ out, shortcut }: Settings, data: Data) {
  const kind = kindOf({ shortcut });
  const other = kindOf({ shortcut: !shortcut });
  const line = `${kind === "residual" ? "Residual" : "Plain"}, ${whichOut(data, out)}`;
  const value = range(accuracyOf(data, kind, out));
  const note = `${other} ${range(accuracyOf(data, other, out))}`;
  const full = `${line}: accuracy ${value}; ${note}.`;
  return { line, joint: ": ", result: value, note: `; ${note}`, full };
}

/** All there is to say, for the panel. */
export function inFull({ out }: Settings, data: Data) {
  const [residual, plain] = KINDS.map((kind) => range([data.recorded[kind].whole]));
  const blocks = out.length ? `Out: ${plural(out.length, "block")} (${out.join(", ")}). ` : "";
  const drawn = "Several at once: the mean over random draws of as many blocks, not of these. ";
  return `${blocks}${drawn}Whole: residual ${residual}, plain ${plain}. ${data.about}`;
}

/** What the first chart shows, for those who do not see it. */
export function describeOne({ recorded, stages }: Data) {
  const each = spareOf(stages).map((block, i) =>
    listed([`${block}:`, ...KINDS.map((kind) => result(recorded[kind].one[i]))], " "),
  );
  return `Accuracy without one block, residual and plain. ${each.join("; ")}.`;
}

/** What the second chart shows. */
export function describeSome({ recorded, counts }: Data) {
  const each = counts.map((n, i) =>
    listed([`${n}:`, ...KINDS.map((kind) => result(recorded[kind].some[i]))], " "),
  );
  return `Accuracy without several blocks at random, residual and plain. ${each.join("; ")}.`;
}

export const nameOf = (block: number, isSpare: boolean, isOut: boolean) =>
  `block ${block}${isSpare ? (isOut ? ", out" : "") : ", changes the shape, stays"}`;

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "all blocks in": {},
    "the first block out": { out: [1] },
    "three blocks out": { out: [2, 4, 8] },
    "three blocks out of the plain network": { out: [2, 4, 8], shortcut: false },
  },
};
