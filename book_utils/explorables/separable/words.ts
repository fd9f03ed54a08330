/** What the separable lab says, its code, and the layers to begin from. */
import { blocksOf, commonDivisors, type Family, seen, weightsOf } from "../arithmetic/separable.ts";
import { thousands, wholePercent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { SeparableLab as Settings } from "../settings.ts";

export const PIXELS = 28 * 28; // of the map whose multiply-adds are counted

export const NAMES: Record<Family, string> = {
  standard: "standard",
  grouped: "grouped",
  separable: "depthwise + pointwise",
  twice: "two grouped layers",
};

export type Row = { block: "first" | "second" | "sees"; output: number };

/** The families that are compared, each with its name, weights, and share of the first one's. */
export function costsOf(state: Settings) {
  const isTwice = state.family === "twice";
  const families: Family[] = isTwice
    ? ["standard", "grouped"]
    : ["standard", "grouped", "separable"];
  const weights = (family: Family) =>
    isTwice
      ? weightsOf({ ...state, family: "twice", groups: family === "standard" ? 1 : state.groups })
      : weightsOf({ ...state, family });
  const all = weights("standard");
  return families.map((family) => ({
    family,
    name: nameOf(family, state),
    now: family === state.family || (isTwice && family === "grouped"),
    weights: weights(family),
    share: weights(family) / all,
  }));
}

function nameOf(family: Family, { groups, family: shown }: Settings) {
  const name = family === "grouped" ? plural(groups, "group") : NAMES[family];
  return shown === "twice" ? `${name}, twice` : name;
}

/** What a layer saves, as a formula. */
export function ratio({ family, channels_out, groups, kernel }: Settings) {
  if (family === "separable") {
    const sum = 1 / channels_out + 1 / kernel ** 2;
    return `1/${channels_out} + 1/${kernel}² = ${sum.toFixed(3)} of standard`;
  }
  return family === "standard" ? "" : `1/${groups} of standard`;
}

/** Channels by their numbers: 0, 1, 2. */
const numbered = (row: boolean[]) => row.flatMap((on, i) => (on ? [i] : [])).join(", ");

/** How many weights there are, and which inputs the picked output sees. */
export function describe(state: Settings, row: Row | null): Told {
  const { family, channels_in: c_i, channels_out: c_o, kernel, groups } = state;
  const area = `${kernel}·${kernel}`;
  const first = groups === 1 ? `${c_o}·${c_i}·${area}` : `${c_o}·${c_i}·${area}/${groups}`;
  const sums: Record<Family, string> = {
    standard: `${c_o}·${c_i}·${area}`,
    grouped: first,
    separable: `${c_i}·${area} + ${c_o}·${c_i}`,
    twice: `${first} + ${first.replace(`·${c_i}·`, `·${c_o}·`)}`,
  };
  const line = `weights: ${sums[family]}`;
  const result = thousands(weightsOf(state));
  const note = row ? sight(state, row) : "";
  const full = `${line.replaceAll("/", " / ")} = ${result}. ${note}.`; // spaced, to be spoken
  return { line, result, note: note && ` ${note}`, full };
}

function sight(state: Settings, { block, output }: Row) {
  const blocks = blocksOf(state);
  const isWhole = block !== "first" || blocks.length === 1;
  const row = (isWhole ? seen(state) : blocks[0].mask)[output];
  const what = isWhole ? "output" : state.family === "twice" ? "channel between" : "depthwise map";
  const count = row.filter(Boolean).length;
  if (count === row.length)
    return `${what} ${output} sees ${count === 1 ? "the only input" : `all ${count} inputs`}`;
  return `${what} ${output} sees ${plural(count, "input")} of ${row.length}: ${numbered(row)}`;
}

/** All there is to say of the costs, for the panel. */
export function inFull(state: Settings) {
  const costs = costsOf(state).map(
    ({ name, weights, share }) =>
      `${name}: ${thousands(weights)} weights, ${thousands(weights * PIXELS)} multiply-adds on a ` +
      `28×28 map, ${wholePercent(share)}`,
  );
  return `${costs.join(". ")}. Biases are left out.`;
}

/** Why the groups do not divide the channels. */
export const misfit = ({ channels_in: c_i, channels_out: c_o, groups }: Settings) =>
  `${groups} groups do not divide ${c_i} channels in and ${c_o} out; these do: ` +
  commonDivisors(c_i, c_o).join(", ");

function conv(c_i: number, c_o: number, k: number, groups = 1) {
  const grouped = groups > 1 ? `, groups=${groups}` : "";
  return `nn.Conv2d(${c_i}, ${c_o}, ${k}, padding="same"${grouped}, bias=False)`;
}

export function asPython(state: Settings) {
  const { family, channels_in: c_i, channels_out: c_o, kernel: k, groups, shuffle } = state;
  const layers: Record<Family, string[]> = {
    standard: [conv(c_i, c_o, k)],
    grouped: [conv(c_i, c_o, k, groups)],
    separable: [conv(c_i, c_i, k, c_i), conv(c_i, c_o, 1)],
    twice: [
      conv(c_i, c_o, k, groups),
      ...(shuffle ? [`nn.ChannelShuffle(${groups})`] : []),
      conv(c_o, c_o, k, groups),
    ],
  };
  const [first, ...rest] = layers[family];
  const inside = layers[family].map((each) => `    ${each},\n`).join("");
  return `from torch import nn

layer = ${rest.length ? `nn.Sequential(\n${inside})` : first}
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "3 channels in, 4 out": {},
    "their depthwise + pointwise form": { family: "separable" },
    "8 in, 8 out, four groups": { family: "grouped", channels_in: 8, channels_out: 8, groups: 4 },
    "two layers of four groups, shuffled": {
      family: "twice",
      channels_in: 8,
      channels_out: 8,
      groups: 4,
      shuffle: true,
    },
  },
};
