/** What the slope lab says, and its code. */
import { short } from "../parts/numbers.ts";
import { plural, TORCH } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { SlopeLab as Settings } from "../settings.ts";

/** the gradient from the input of the first block to the output of the last */
export type Ways = { residual: number[]; plain: number[] };

export const KINDS = ["residual", "plain"] as const;
export type Kind = (typeof KINDS)[number];

/** What a block multiplies by, and whether its ReLU lets it through. */
export function factorOf({ slope, shortcut }: Pick<Settings, "slope" | "shortcut">) {
  const factor = shortcut ? 1 + slope : slope;
  return { factor, isOpen: factor > 0 };
}

/** The factor as a sum: 1 − 0.2. */
export const sumOf = ({ slope, shortcut }: Pick<Settings, "slope" | "shortcut">) =>
  shortcut ? `1 ${slope < 0 ? "−" : "+"} ${short(Math.abs(slope))}` : short(slope);

const withIt = (shortcut: boolean) => (shortcut ? "with shortcuts" : "without shortcuts");

/** What all blocks together multiply a gradient by; and what the other network does. */
export function describe(state: Settings, { residual, plain }: Ways) {
  const { blocks, shortcut } = state;
  const { factor, isOpen } = factorOf(state);
  const [own, other] = shortcut ? [residual[0], plain[0]] : [plain[0], residual[0]];
  const line = isOpen
    ? `${plural(blocks, "block")} ${withIt(shortcut)}: ${short(factor)}^${blocks}`
    : `${sumOf(state)} is ${factor < 0 ? "negative" : "0"}, each ReLU closed: gradient`;
  const note = `; ${withIt(!shortcut)} ${short(other)}`;
  const full = `The gradient at the first block: ${line} = ${short(own)}${note}.`;
  return { line, result: short(own), note, full };
}

export function inFull(state: Settings) {
  const product = state.shortcut ? "1 + F′" : "F′";
  return (
    `Each block multiplies a gradient by ${product} where its ReLU is open, which is where ` +
    `${product} > 0, since its input is positive; else by 0.`
  );
}

/** What the chart shows, for those who do not see it. */
export function describeChart({ blocks }: Settings, { residual, plain }: Ways) {
  return (
    `The gradient by block, logarithmic scale: 1 at the output of block ${blocks}; at the input ` +
    `${short(residual[0])} with shortcuts, ${short(plain[0])} without.`
  );
}

/** What a block does to a gradient. */
export function back(state: Settings) {
  const { factor, isOpen } = factorOf(state);
  if (!isOpen) return "gradient × 0: the ReLU is closed";
  return `gradient × ${state.shortcut ? "(1 + F′)" : "F′"} = gradient × ${short(factor)}`;
}

/** What the drawing of a block shows. */
export function describeBlock(state: Settings) {
  const { factor, isOpen } = factorOf(state);
  const shortcut = state.shortcut ? "x is added; then" : "then";
  const relu = isOpen ? "open" : "closed";
  return (
    `A block: x is multiplied by ${short(state.slope)}; ${shortcut} a ReLU, which is ${relu}. ` +
    `Back through it, a gradient is multiplied by ${isOpen ? short(factor) : 0}.`
  );
}

export const asPython = ({ slope, blocks, shortcut }: Settings) => `${TORCH}
inputs = [torch.tensor(1.0, dtype=torch.float64, requires_grad=True)]
for _ in range(${blocks}):
    x = inputs[-1]
    inputs.append(F.relu(${shortcut ? "x + " : ""}${slope} * x))
gradient = torch.stack(torch.autograd.grad(inputs[-1], inputs[:-1]))  # one for each block
`;

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "small slopes": { slope: 0.1 },
    "branches that do nothing": { slope: 0 },
    "small negative slopes": { slope: -0.1 },
    "a gradient that vanishes with shortcuts": { slope: -0.9 },
    "a closed ReLU": { slope: -1.2 },
    "a gradient that explodes": { slope: 1 },
  },
};
