/** What the lens lab says, and its code. */
import { factor, full, short } from "../parts/numbers.ts";
import { python, spoken, TORCH } from "../parts/words.ts";
import { isSigned, type lookAt, type Name } from "./solution.ts";

type Looked = ReturnType<typeof lookAt>;
type At = [number, number];

export const HELP = "arrow keys move the window, with Shift ten pixels at a time";

const ALIKE = 0.15; // a smaller sum is hardly seen

/** What the sum means, in one sentence. */
export function meaning(name: Name, sum: number) {
  if (name === "blur") return "The mean of the nine pixels.";
  if (name === "sharpen") return "The middle pixel, pushed away from its neighbours.";
  if (Math.abs(sum) < ALIKE) return "Left and right are alike: the products cancel.";
  return sum > 0
    ? "Brighter on the right: the sum is positive."
    : "Brighter on the left: the sum is negative.";
}

/** What the colours of the output mean. */
export const legend = (name: Name) => (isSigned(name) ? "blue −, orange +" : "0 black, 1 white");

/** The kernels to choose from, as Python names them. */
export const NAMES = ["vertical edges", "blur", "sharpen"] as const;

/** To two decimals, as the lab shows everything. */
export const hundredths = (v: number) => Math.round(100 * v) / 100 || 0;

/** The same as text: whole numbers as they are, others with both decimals. */
export const written = (v: number) =>
  Number.isInteger(v) ? full(v) : v.toFixed(2).replace("-", "−");

/** The whole sum, for the ear. */
export function heard(name: Name, kernel: number[][], { values, sum }: Looked, [i, j]: At) {
  const terms = values.flatMap((row, a) =>
    row.map((v, b) => `${short(hundredths(v))}×${factor(hundredths(kernel[a][b]))}`),
  );
  const said = `row ${i}, column ${j}: ${terms.join(" + ")} = ${full(hundredths(sum))}. `;
  return spoken(said + meaning(name, sum));
}

export const asPython = (photo: string, size: number, kernel: number[][]) => `${TORCH}
from book_utils import data

x = data.photo(${JSON.stringify(photo)}, size=${size}).mean(0)  # grey: (height, width) in [0, 1]
x = (255 * x).round() / 255
k = torch.tensor(${python.grid(kernel)}, dtype=torch.float32)
y = F.conv2d(x[None, None], k[None, None])[0, 0]
`;
