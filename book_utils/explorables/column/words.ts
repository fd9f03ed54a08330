/** What the column lab says, its code, and the examples to begin from. */
import { short, thousands } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { inALine, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { ColumnLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

/** One output, written out: the row of weights times one column. */
export function describe(lab: Solution, position: number | null): Told {
  if (position === null) return { line: "" };
  const terms = lab.columnOf(position).map((pixel, tap) => {
    const weight = lab.weights[tap];
    const sign = weight < 0 ? "− " : tap ? "+ " : "";
    return `${sign}${Math.abs(weight)}·${pixel}`;
  });
  const result = short(lab.output[position]);
  return {
    line: `Row × column ${position}: ${inALine(terms, " ")}`,
    result,
    full: `Row × column ${position}: ${terms.join(" ")} = ${result}.`,
  };
}

/** What the matrix holds, and how many times the image that is. */
export function describePrice({ taps, positions, pixels, price }: Solution) {
  return {
    times: `${short(price)} ×`,
    sum: `${taps} × ${positions} = ${thousands(taps * positions)} numbers`,
    from: `for ${pixels} pixels`,
  };
}

/** How often a pixel is copied, in full. */
export function describeCopies(lab: Solution) {
  const { columns, pixels, price } = lab;
  const copies = Array.from({ length: pixels }, () => 0);
  for (const pixel of columns) if (pixel > 0) copies[pixel - 1]++;
  const [least, most] = [Math.min(...copies), Math.max(...copies)];
  const times = least === most ? most : `${least} to ${most}`;
  const often = most === 1 ? "at most once" : `${times} times`;
  return `Each pixel is copied ${often}. The matrix takes ${short(price)} × the image's memory.`;
}

export function describeImage({ size, k }: Solution, [row, column]: [number, number]) {
  const image = `Image, ${size} by ${size}, and a window of ${k} by ${k}`;
  return `${image} at position ${row}, ${column}. Arrow keys slide the window.`;
}

/** A cell of the matrix, for those who cannot see it. */
export function readCell(lab: Solution, [tap, position]: [number, number], isFilled: boolean) {
  const pixel = lab.columns[tap * lab.positions + position];
  const what = pixel ? `pixel ${pixel}` : "padding, 0";
  const place = `row ${tap}, column ${position}`;
  return isFilled ? `${place}: ${what}, times ${short(lab.weights[tap])}` : `${place}: not yet`;
}

export const describeWeights = ({ weights }: Solution) =>
  `Kernel as a row: ${weights.map(short).join(", ")}`;

export function asPython({ size, k, stride, padding, weights, side }: Solution) {
  const rows = Array.from({ length: k }, (_, a) => weights.slice(a * k, (a + 1) * k));
  const settings = `stride=${stride}, padding=${padding}`;
  return `import torch
import torch.nn.functional as F

x = torch.arange(1.0, ${size * size + 1}).reshape(1, 1, ${size}, ${size})
w = ${python.tensor(rows)}
columns = F.unfold(x, ${k}, ${settings})[0]
y = (w.flatten() @ columns).reshape(${side}, ${side})
torch.testing.assert_close(y, F.conv2d(x, w[None, None], ${settings})[0, 0])
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "How often a pixel is copied": {
    "3×3 on 5×5": {},
    "padded: nine times": { padding: 1 },
    "stride 3: once": { size: 6, stride: 3 },
    "1×1: the image itself": { kernel: 1 },
    "4×4 on 8×8": { size: 8, kernel: 4 },
  },
};
