/** What the ledger of an architecture says: rows and what they cost, in words. */
import { thousands } from "../parts/numbers.ts";
import { listed, memory, plural, spoken, square, times } from "../parts/words.ts";
import { sums } from "./account.ts";
import { code } from "./code.ts";
import { BLOCKS, type Counts, type Entry, type Kind, type Row } from "./rows.ts";

/** Bytes in a few figures; of many rows there are none. */
export const memoryKept = (bytes: number) => (bytes ? memory(bytes) : "0");

/** What the bars may show, by the name of the setting's value. */
export const AMOUNTS = {
  parameters: {
    label: "parameters",
    of: ({ parameters }: Counts) => parameters,
    text: thousands,
  },
  multiply_adds: {
    label: "multiply-adds",
    of: ({ multiplyAdds }: Counts) => multiplyAdds,
    text: thousands,
  },
  memory: { label: "memory kept", of: ({ kept }: Counts) => kept, text: memoryKept },
} as const;
export type Amount = keyof typeof AMOUNTS;
export const SHOWN = Object.keys(AMOUNTS) as Amount[];

export const NO_ROWS = "without a preset it needs rows and an input of its own";

export type Totals = Record<Amount, number>;

/** Sums over the rows that fit. */
export function totalsOf(entries: readonly Entry[]): Totals {
  const { parameters, multiplyAdds, kept } = sums(entries);
  return { parameters, multiply_adds: multiplyAdds, memory: kept };
}

/** A number that leaves the narrowest place: 15.5 billion. */
function rounded(n: number) {
  const [size, word] = n >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
  return n < 1e8 ? thousands(n) : `${Number((n / size).toPrecision(3))} ${word}`;
}

/** A total in figures that a third of a phone holds. */
export const inFigures: Record<Amount, (n: number) => string> = {
  parameters: thousands,
  multiply_adds: rounded,
  memory: memoryKept,
};

/** The totals for the ear. */
export const spokenTotal = (totals: Totals) =>
  SHOWN.map((shows) => `${AMOUNTS[shows].text(totals[shows])} ${AMOUNTS[shows].label}`).join(", ");

type Fields = Record<string, unknown>;

/** A row in few words, such as `3×3, 64, stride 2`. */
export function setting(row: Row) {
  const { kernel, channels, features, stride, padding, dilation, groups, size, maps, ...rest } =
    row as unknown as Fields & {
      kernel?: [number, number];
      stride?: [number, number] | number;
      padding?: [number, number] | "same";
      dilation?: [number, number];
      size?: [number | null, number | null];
      maps?: number[];
    };
  const both = (v: number | readonly [number, number]) => (typeof v === "number" ? v : square(v));
  const usual = row.kind === "Conv2d" || !kernel ? [1, 1] : kernel;
  const isUsual = String(Array.isArray(stride) ? stride : [stride, stride]) === String(usual);
  return listed([
    kernel && times(kernel),
    (channels ?? features) as number,
    stride !== undefined && !isUsual && `stride ${both(stride)}`,
    padding &&
      String(padding) !== "0,0" &&
      `padding ${padding === "same" ? padding : both(padding)}`,
    dilation && String(dilation) !== "1,1" && `dilation ${both(dilation)}`,
    groups !== undefined && groups !== 1 && `${groups} groups`,
    size && `to ${size.map((n) => n ?? "same").join("×")}`,
    maps && times(maps),
    rest.layers !== undefined && `${plural(Number(rest.layers), "layer")} of ${rest.growth}`,
    rest.p !== undefined && String(rest.p),
  ]);
}

export const named = (row: Row) => listed([row.kind, setting(row)], " ");

/** A row for the ear. */
export function spokenRow(row: Row, entry: Entry, at: number) {
  const name = `${at + 1}: ${named(row)}`;
  if (entry.state === "refused") return `${name}, does not fit: ${entry.refusal.says}`;
  if (entry.state === "waits") return `${name}, waits for the row that does not fit`;
  const { shape, parameters } = entry;
  return spoken(`${name}, gives ${times(shape)}, ${plural(parameters, "parameter")}`);
}

/** The field of a unit in words, and what part of the picture it is. */
export function fieldInWords({ reach }: Counts, part: number) {
  if (!reach) return "all pixels";
  return `${times(reach.field)}, ${partInWords(part)}`;
}

/** A share with two significant digits. */
export const partInWords = (part: number) => `${Number((100 * part).toPrecision(2))}\u00a0%`;

/** The kinds as a reader chooses among them. */
const GROUPS: [string, readonly Kind[]][] = [
  ["convolution and dense", ["Conv2d", "Linear", "Flatten"]],
  ["pooling", ["MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d"]],
  ["blocks", BLOCKS],
  ["norms", ["BatchNorm2d", "BatchNorm1d", "GroupNorm", "InstanceNorm2d", "LayerNorm"]],
];

/** Each kind with the group that it stands in. */
export const kindsIn = (kinds: readonly Kind[]) => {
  const grouped = GROUPS.flatMap(([group, of]) => of.map((value) => ({ value, group })));
  const others = kinds.filter((kind) => grouped.every(({ value }) => value !== kind));
  return [...grouped, ...others.map((value) => ({ value, group: "others" }))].map((each) => ({
    ...each,
    label: each.value as string,
  }));
};

/** The fields of rows as labels of controls; of the six maps each by itself. */
export const LABELS: Record<string, string> = {
  channels: "Channels",
  features: "Features",
  kernel: "Kernel",
  stride: "Stride",
  padding: "Padding",
  dilation: "Dilation",
  groups: "Groups",
  bias: "bias",
  ceil: "round up",
  inplace: "in place",
  affine: "learn γ and β",
  p: "Probability",
  size: "Size",
  normalised: "Over",
  sides: "Zeros on each side",
  value: "Value",
  shortcut: "shortcut",
  large: "Large kernel",
  norm: "batch norm",
  layers: "Layers",
  growth: "Growth",
  bottleneck: "Bottleneck",
};
export const MAPS = ["1×1", "1×1 → 3×3", "3×3", "1×1 → large", "Large", "Pooled"];
export const NOTHING_TO_SET = "This layer has nothing to set.";

/** The network as code; where a row does not fit there is none yet, and comments say why. */
export function asPython(input: number[], rows: readonly Row[], entries: readonly Entry[]) {
  const wrong = entries.findIndex(({ state }) => state === "refused");
  const entry = entries[wrong];
  if (entry?.state !== "refused") return code(input, rows);
  const { says, pytorch } = entry.refusal;
  return [`Layer ${wrong + 1}, ${named(rows[wrong])}, does not fit. ${says}`, pytorch]
    .filter(Boolean)
    .map((line) => `# ${line}\n`)
    .join("");
}
