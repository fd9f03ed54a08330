/** What the correlation lab says, its code, and the examples to begin from. */
import { cellOf, meetings, valueAt } from "../parts/layer.ts";
import { counting, full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import {
  cellName,
  plural,
  python,
  sumInALine,
  sumOfProducts,
  TORCH,
  unique,
} from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { CorrelationLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

/** What a pick shows, in words and numbers. */
export function describe(lab: Solution, pick: Pick | null): Told {
  if (!pick) return { line: "" };
  const { grid, at } = pick;
  const links = meetings(lab, pick).map((link) => ({ ...link, read: cellOf(lab, link) }));
  const weight = ({ tap }: { tap: [number, number] }) => valueAt(lab.kernel, tap);
  if (grid === "output") {
    const factors = links.map((link): [number, number] => [lab.padded(link.read), weight(link)]);
    const [name, result] = [cellName("y", at), full(valueAt(lab.output, at))];
    return {
      line: `${name} = ${sumInALine(factors)}`,
      result,
      full: `${name} = ${sumOfProducts(factors)} = ${result}`,
    };
  }
  if (grid === "kernel") {
    const met = unique(links.map((link) => cellName("x", link.read)));
    const line = `${cellName("w", at)} = ${full(valueAt(lab.kernel, at))} multiplies ${plural(
      met.length,
      "input cell",
    )}, one for each output`;
    return { line, full: `${line}: ${met.join(", ")}` };
  }
  const value = `${cellName("x", at)} = ${full(lab.padded(at))}`;
  if (!links.length) return { line: `${value} is read by no window.` };
  const reached = links.map(
    (link) => `${cellName("y", link.output)} by weight ${full(weight(link))}`,
  );
  const outputs = unique(links.map((link) => String(link.output))).length;
  const line = `${value} reaches ${plural(outputs, "output")}`;
  return { line, full: `${line}: ${reached.join(", ")}` };
}

export function asPython(settings: Settings) {
  const { input, kernel, stride, padding, dilation, mode, flip } = settings;
  const [down, across] = padding;
  const turned = "\nk = k.flip(0, 1)  # convolution: the kernel turned by 180 degrees";
  const isZeros = mode === "zeros"; // those conv2d can add by itself
  const sides = `(${across}, ${across}, ${down}, ${down})`;
  const padded = isZeros ? "x[None, None]" : `F.pad(x[None, None], ${sides}, "${mode}")`;
  const given = python.given({ stride, ...(isZeros && { padding }), dilation });
  return `${TORCH}
x = ${python.tensor(input)}
k = ${python.tensor(kernel)}${flip ? turned : ""}
padded = ${padded}
y = F.conv2d(padded, k[None, None], ${given})[0, 0]
`;
}

type Rows = number[][];

const stripes = Array.from({ length: 6 }, () => [1, 1, 0, 0, 0, 0, 1, 1]);

/** A bright square on a dark ground: small, with edges, corners and flat parts. */
const square = counting(7, 7).map((row, i) =>
  row.map((_, j) => (i > 1 && i < 5 && j > 1 && j < 5 ? 9 : 0)),
);

const over = (divisor: number, rows: Rows) => rows.map((row) => row.map((v) => v / divisor));

// biome-ignore format: a grid looks like one
const seven: Partial<Settings> = {
  input: [[1, -1, 0], [-1, -2, 2], [1, 2, -2]],
  kernel: [[-1, 1, 2], [1, -1, 3], [0, -1, -2]],
};

// biome-ignore format: a grid looks like one
const KERNELS: Record<string, Rows> = {
  identity: [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
  "box blur": over(9, [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
  "Gaussian blur": over(16, [[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  "Sobel, vertical edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
  "Sobel, horizontal edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
  Laplacian: [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
};

export const EXAMPLES: ExamplesOf<Settings> = {
  "Worked examples": {
    "0…8 with 0…3": {},
    "0…8 with 1…4": { kernel: counting(2, 2, 1) },
    "a 3×3 window whose sum is 7": seven,
    "vertical edges, 6×8 with 1, −1": { input: stripes, kernel: [[1, -1]] },
    "horizontal edges in the same image": { input: stripes, kernel: [[1], [-1]] },
    "padded by 1": { padding: [1, 1] },
    "stride 3 down, 2 across": { padding: [1, 1], stride: [3, 2] },
  },
  "Kernels on a bright square": Object.fromEntries(
    Object.entries(KERNELS).map(([label, kernel]) => [label, { input: square, kernel }]),
  ),
};
