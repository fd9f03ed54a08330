/** What the pooling lab says, its code, and the examples to begin from. */
import { cellOf, meetings, sameCell } from "../parts/layer.ts";
import { counting, factor, full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import { cellName, inALine, listed, plural, python, sizeFormula, TORCH } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { PoolingLab as Settings } from "../settings.ts";
import { read, type Solution } from "./solution.ts";

export const WHERE = { inside: "inside", padding: "padding", beyond: "beyond the edge" };

/** The picked cell, written out. */
export function describe(lab: Solution, pick: Pick | null): Told {
  if (!pick) return { line: "" };
  return pick.grid === "output" ? describeOutput(lab, pick) : describeInput(lab, pick);
}

function describeOutput(lab: Solution, pick: Pick): Told {
  const found = meetings(lab, pick).map((link) => read(lab, cellOf(lab, link)));
  const [i, j] = pick.at;
  const y = lab.output[i][j];
  const name = cellName("y", pick.at);
  if (lab.kind === "max") {
    const ties = found.filter(({ value, place }) => value === y && place === "inside").length;
    const first = ties > 1 ? `, the first of ${ties} equal values` : "";
    const values = found.map(({ value }) => full(value));
    return {
      line: `${name} = max(${inALine(values, ", ")})`,
      result: full(y),
      note: first,
      full: `${name} = max(${values.join(", ")}) = ${full(y)}${first}`,
    };
  }
  const left = (place: string) =>
    found.filter((cell) => !cell.counted && cell.place === place).length;
  const [padding, beyond] = [left("padding"), left("beyond")];
  const sum = found.filter((cell) => cell.counted).map(({ value }) => factor(value));
  const note = [
    padding && `; ${plural(padding, "cell")} of padding not counted`,
    beyond && `; ${plural(beyond, "cell")} beyond the edge never counted`,
  ];
  return {
    line: `${name} = (${inALine(sum, " + ")}) / ${lab.count(pick.at)}`,
    result: full(y),
    note: listed(note, ""),
    full: `${name} = (${sum.join(" + ")}) / ${lab.count(pick.at)} = ${full(y)}${listed(note, "")}`,
  };
}

function describeInput(lab: Solution, pick: Pick): Told {
  const { value, place, counted } = read(lab, pick.at);
  const name = `${cellName("x", pick.at)} = ${full(value)}`;
  const outputs = meetings(lab, pick).map((link) => link.output);
  const windows = `is in ${plural(outputs.length, "window")}`;
  if (!outputs.length) return { line: `${name} is read by no window.` };
  if (place !== "inside" && lab.kind === "max") {
    return { line: `${name} is ${WHERE[place]}, ${windows} and wins none that holds a number` };
  }
  if (!counted) return { line: `${name} is ${WHERE[place]}, ${windows} and not counted` };
  if (lab.kind === "average") {
    const parts = outputs.map((o) => `${full(value)} / ${lab.count(o)} to ${cellName("y", o)}`);
    return {
      line: `${name} ${windows} and adds ${inALine(parts, ", ")}`,
      full: `${name} ${windows} and adds ${parts.join(", ")}`,
    };
  }
  const won = outputs.filter((o) => sameCell(lab.winner(o), pick.at));
  const lost = outputs.filter((o) => !won.includes(o));
  const wins = won.map((o) => cellName("y", o)).join(", ");
  const losses = lost.map((o) => `${cellName("y", o)} to ${full(lab.output[o[0]][o[1]])}`);
  const said = [`${name} ${windows}`, `wins ${wins || "none"}`];
  const loses = losses.length && `loses ${losses.length}`;
  return {
    line: listed([...said, loses], "; "),
    full: listed([...said, losses.length && `loses ${losses.join(", ")}`], "; "),
  };
}

/** The output size along both axes, with the numbers filled in. */
export function describeSize(settings: Settings, lab: Solution) {
  const formula = sizeFormula(lab, settings.ceil_mode);
  const dropped = "; a window that would start in the padding behind is dropped";
  return formula + (formula.includes("+ 1 − 1") ? dropped : "");
}

export function asPython({ input, kind, window, stride, padding, ceil_mode, ...s }: Settings) {
  const common = { stride, padding, ceil_mode };
  const [pool, given] =
    kind === "max"
      ? ["max_pool2d", python.given({ ...common, dilation: s.dilation })]
      : ["avg_pool2d", python.given({ ...common, count_include_pad: s.count_include_pad })];
  return `${TORCH}
x = ${python.tensor(input)}
y = F.${pool}(x[None, None], ${python.pair(window)}, ${given})[0, 0]
`;
}

const [nine, sixteen, odd] = [counting(3, 3), counting(4, 4), counting(5, 5)];
const bars = Array.from({ length: 6 }, () => [0, 0, 1, 1, 0, 0, 1, 1]);
const first: Partial<Settings> = { input: nine, stride: [1, 1] };
// biome-ignore format: a grid looks like one
const four: Partial<Settings> = { input: [[1, -1], [-1, -2]] };
const overlap: Partial<Settings> = { input: sixteen, window: [3, 3], stride: [2, 2] };
const framed: Partial<Settings> = { ...first, kind: "average", window: [3, 3], padding: [1, 1] };

export const EXAMPLES: ExamplesOf<Settings> = {
  Windows: {
    "0…8, window 2×2, stride 1, max": first,
    "0…8, window 2×2, stride 1, average": { ...first, kind: "average" },
    "the window 1, −1, −1, −2, max": four,
    "the window 1, −1, −1, −2, average": { ...four, kind: "average" },
    "0…15, window 3×3, stride 3": { input: sixteen, window: [3, 3] },
    "0…15, window 3×3, stride 2, padding 1": { ...overlap, padding: [1, 1] },
    "0…15, window 2×3, padding 0 and 1": { input: sixteen, window: [2, 3], padding: [0, 1] },
  },
  "At the edge": {
    "0…15, padding behind alone: TensorFlow’s SAME": { ...overlap, ceil_mode: true },
    "5×5 loses a row and a column": { input: odd },
    "5×5 rounded up": { input: odd, ceil_mode: true, picked: ["output", 2, 2] },
    "average with padding counted": framed,
    "average with padding not counted": { ...framed, count_include_pad: false },
    "stripes: who wins a tie?": { input: bars, picked: ["output", 0, 1] },
  },
};
