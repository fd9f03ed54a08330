/** What the transposed lab says, its code, and the examples to begin from. */
import type { Axis } from "../arithmetic/axis.ts";
import { valueAt } from "../parts/layer.ts";
import { counting, full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import {
  cellName,
  listed,
  plural,
  python,
  sumInALine,
  sumOfProducts,
  TORCH,
  unique,
} from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { TransposedLab as Settings } from "../settings.ts";
import { held, isCropped, joinedBy, meetings, type Solution, stampedAt } from "./solution.ts";

type At = [number, number];

export const VIEWS = [
  { value: "scatter", label: "stamps (scatter)" },
  { value: "gather", label: "window (gather)" },
  { value: "matrix", label: "matrix Cᵀ" },
  { value: "overlaps", label: "overlap counts" },
] as const;

const times = (shape: At) => shape.join("×");

/** The output size with the numbers that count filled in. */
function sizeAlong({ n: size, size: n, k, stride, before, dilation }: Axis) {
  const window = dilation > 1 ? `${dilation}·(${k} − 1) + 1` : k;
  const extra = size - ((n - 1) * stride + dilation * (k - 1) + 1 - 2 * before);
  const crop = before ? ` − 2·${before}` : "";
  return `(${n} − 1)·${stride} + ${window}${crop}${extra ? ` + ${extra}` : ""} = ${size}`;
}

/** The same in one line, if it is short. */
export function sizeInShort({ rows, columns }: Solution) {
  const [down, across] = [sizeAlong(rows), sizeAlong(columns)];
  return down === across ? down : "";
}

export const sizeInFull = ({ rows, columns }: Solution) =>
  `Output size: height ${sizeAlong(rows)}, width ${sizeAlong(columns)}.`;

/** The convolution that is turned round: from which sizes it comes to that of the input. */
export function turnedRound({ rows, columns, sizes, settings }: Solution) {
  const least = [rows, columns].map(({ n }, d) => n - settings.output_padding[d]) as At;
  const most = [rows, columns].map(({ stride }, d) => least[d] + stride - 1) as At;
  const from = unique([times(least), times(most)]).join("…");
  return `convolution back: ${from} → ${times(sizes.input)}`;
}

/** Whether overlaps are equal inside, and why. */
export function predicted({ patterns, rows, columns }: Solution) {
  const isUneven = patterns.map((counts) => counts.some((count) => count !== counts[0]));
  const [{ k, stride, dilation }] = [rows, columns].filter((_, d) => isUneven[d] || !isUneven[1]);
  if (!isUneven.includes(true)) return "equal inside, and fewer at the edges";
  const seen = isUneven.includes(false) ? "stripes" : "a checkerboard";
  return k % stride
    ? `${seen}, since ${k} is no multiple of ${stride}`
    : `${seen}, since dilation ${dilation} leaves gaps`;
}

/** The counts as they repeat along both axes. */
export const repeated = ({ patterns }: Solution) =>
  unique(patterns.map((counts) => counts.join(", "))).join(" and ");

/** What a pick shows, in words and numbers. */
export function describe(lab: Solution, pick: Pick | null): Told {
  if (!pick) return { line: "" };
  const { grid, at } = pick;
  if (grid === "spread") return { line: describeZero(lab, at) };
  if (grid === "input") return describeInput(lab, pick);
  if (grid === "kernel") return describeWeight(lab, pick);
  if (grid === "matrix") return describeJoint(lab, at);
  return lab.settings.show === "overlaps" ? describeCount(lab, pick) : describeOutput(lab, pick);
}

function describeZero(lab: Solution, at: At) {
  if (held(lab, at) === "inserted") return "A zero that the stride has inserted between two inputs";
  const { dilation, padding } = lab.settings;
  const around = [lab.rows, lab.columns].map(
    ({ k }, d) => `${dilation[d] > 1 ? `${dilation[d]}·` : ""}(${k} − 1) − ${padding[d]}`,
  );
  return `A zero around the input: ${unique(around).join(" and ")} on each side`;
}

/** The products of input and weight that a pick is about. */
const products = (lab: Solution, pick: Pick) =>
  meetings(lab, pick).map(({ input, tap, output }) => {
    const [x, w] = [valueAt(lab.settings.input, input), valueAt(lab.settings.kernel, tap)];
    return { input, tap, output, factors: [x, w] as [number, number] };
  });

function describeInput(lab: Solution, pick: Pick): Told {
  const x = full(valueAt(lab.settings.input, pick.at));
  const parts = products(lab, pick);
  const lost = parts.filter(({ output }) => isCropped(lab, output)).length;
  const kept = parts.filter(({ output }) => !isCropped(lab, output));
  const line = `${cellName("x", pick.at)} = ${x} stamps ${x} × the kernel`;
  const to = kept.map((p) => `${sumOfProducts([p.factors])} to ${cellName("y", p.output)}`);
  const cropped = lost ? `${plural(lost, "weight")} of ${parts.length} cropped` : "";
  return {
    line: `${line}; where stamps overlap, they add up`,
    note: cropped && ` (${cropped})`,
    full: listed([`${line}: ${to.join(", ") || "all of it is cropped"}`, cropped], "; "),
  };
}

function describeOutput(lab: Solution, pick: Pick): Told {
  const factors = products(lab, pick).map((part) => part.factors);
  const name = cellName("y", pick.at);
  if (!factors.length) return { line: `${name} = 0: no stamp reaches it` };
  const result = full(stampedAt(lab, pick.at));
  return {
    line: `${name} = ${sumInALine(factors)}`,
    result,
    note: isCropped(lab, pick.at) ? ", and is cropped by the padding" : "",
    full: `${name} = ${sumOfProducts(factors)} = ${result}`,
  };
}

function describeCount(lab: Solution, pick: Pick): Told {
  return {
    line: `${cellName("y", pick.at)} is reached by`,
    joint: " ",
    result: plural(valueAt(lab.counts, pick.at), "stamp"),
    note: `; ${predicted(lab)}`,
  };
}

function describeWeight(lab: Solution, pick: Pick): Told {
  const parts = products(lab, pick);
  const w = full(valueAt(lab.settings.kernel, pick.at));
  const line = `${cellName("w", pick.at)} = ${w} is stamped ${plural(parts.length, "time")}`;
  const to = parts.map(({ output }) =>
    isCropped(lab, output) ? "a cropped cell" : cellName("y", output),
  );
  return { line: `${line}, once for each input`, full: `${line}: at ${to.join(", ")}` };
}

/** A cell of the matrix: the weight that joins an input to an output. */
export function describeJoint(lab: Solution, at: At): Told {
  const { input, output } = joinedBy(lab, at);
  const [meeting] = meetings(lab, { grid: "matrix", at });
  const [name, ends] = [cellName("Cᵀ", at), `${cellName("x", input)} to ${cellName("y", output)}`];
  if (!meeting) return { line: `${name} = 0: no weight joins ${ends}` };
  return {
    line: `${name} = ${cellName("w", meeting.tap)}, which joins ${ends}`,
    result: full(valueAt(lab.settings.kernel, meeting.tap)),
  };
}

export function asPython({ input, kernel, stride, padding, output_padding, dilation }: Settings) {
  const given = python.given({ stride, padding, output_padding, dilation });
  return `${TORCH}
x = ${python.tensor(input)}
k = ${python.tensor(kernel)}
y = F.conv_transpose2d(x[None, None], k[None, None], ${given})[0, 0]
`;
}

// biome-ignore format: a grid looks like one
const signed = [[-1, 2, -3], [4, -5, 6], [-7, 8, -9]];
// biome-ignore format: a grid looks like one
const [ofFive, ofFour] = [[[-67, -77], [-117, -127]], [[-56, -61], [-76, -81]]];
const ones = (side: number) => Array.from({ length: side }, () => new Array<number>(side).fill(1));
const back: Partial<Settings> = { input: ofFive, kernel: signed, stride: [2, 2] };
const even: Partial<Settings> = { input: ones(4), stride: [2, 2], picked: ["output", 2, 2] };

export const EXAMPLES: ExamplesOf<Settings> = {
  "Worked examples": {
    "0…3 with 0…3": {},
    "0…3 with 0…3, padding 1": { padding: [1, 1] },
    "0…3 with 0…3, stride 2": { stride: [2, 2] },
    "2×2, kernel 3×3, stride 2": { kernel: counting(3, 3), stride: [2, 2] },
    "back to 5×5, stride 2": back,
    "back to 6×6, with output padding 1": { ...back, output_padding: [1, 1] },
    "back to 4×4, stride 1": { input: ofFour, kernel: signed },
  },
  "Overlaps of ones": {
    "kernel 3, stride 2: a checkerboard": { ...even, show: "overlaps", kernel: ones(3) },
    "kernel 4, stride 2: equal": { ...even, show: "overlaps", kernel: ones(4) },
    "kernel 2, stride 3: gaps": { ...even, show: "overlaps", kernel: ones(2), stride: [3, 3] },
  },
};
