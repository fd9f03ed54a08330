/** What the canyon lab says, its code, and the examples to begin from. */
import { full, plainly, short } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { CanyonLab as Settings } from "../settings.ts";
import { type Rows, type Solution, weightsAt } from "./solution.ts";

export const AXES = ["w₁", "w₂"] as const;
export const CURVES = { false: "as they are", true: "normalised" } as const;
const FIGURES = 3; // of numbers that are only read
const NOTHING = 1e-6; // a loss below it is as good as none

const rounded = (value: number) => short(Number(value.toPrecision(FIGURES)));

/** How far a weight has come from where it began to where it should be. */
function covered({ path, best }: Solution, weight: 0 | 1) {
  const left = (step: number) => Math.abs((path.at(step)?.[weight] ?? 0) - best[weight]);
  const share = left(0) ? 1 - left(-1) / left(0) : 1;
  return `${Math.round(100 * Math.max(0, share))} %`;
}

function verdict(settings: Settings, solution: Solution) {
  if (!settings.steps) return "The path begins at the ring. The cross has the smallest loss.";
  if (settings.rate > 1) return "It diverges: each step is thrown further across.";
  if (settings.rate === 1) return "At the limit it swings across, as far each time.";
  return `w₁ has come ${covered(solution, 0)} of its way to the cross, w₂ ${covered(solution, 1)}.`;
}

/** The loss after the steps taken, and what has become of the weights. */
export function describe(settings: Settings, solution: Solution): Told {
  const { losses } = solution;
  const line = `Loss after ${plural(settings.steps, "step")}`;
  const loss = losses[settings.steps];
  const result = loss < NOTHING ? `below ${plainly(NOTHING)}` : rounded(loss);
  const note = verdict(settings, solution);
  const before = settings.steps ? `; at the start ${full(losses[0])}` : "";
  return {
    line,
    joint: loss < NOTHING ? " " : " = ",
    result,
    note,
    full: `${line} = ${full(loss)}${before}. ${note}`,
  };
}

/** The learning rate as a part of the largest that does not diverge. */
export const describeRate = ({ rate }: Settings, solution: Solution) =>
  `rate ${short(rate)} × limit ${rounded(solution.limit)} = ${rounded(solution.rate)}`;

/** The ranges of the inputs. */
export const describeInputs = ({ normalised, ratio }: Settings) =>
  normalised
    ? "both inputs: mean 0, standard deviation 1"
    : `x₁ from −1 to 1, x₂ from −${ratio} to ${ratio}`;

/** How unequal the two curvatures are. */
export const describeBends = ({ bends: [most, least], limit }: Solution) =>
  `Curvature of the loss: ${full(most)} across the canyon and ${full(least)} along it, ` +
  `${rounded(most / least)} to 1. The largest learning rate that does not diverge is ` +
  `2 / ${full(most)} = ${full(limit)}.`;

/** The map, for those who do not see it. */
export function describeMap(settings: Settings, { path, best, bends }: Solution) {
  const place = (w: readonly number[]) => `${rounded(w[0])}, ${rounded(w[1])}`;
  return (
    `Contours of the loss over w₁ and w₂, ${rounded(Math.sqrt(bends[0] / bends[1]))} times as ` +
    `long as wide. The path goes from ${place(path[0])} to ${place(path[settings.steps])}; the ` +
    `smallest loss is at ${place(best)}`
  );
}

/** The chart, for those who do not see it. */
export const describeCurves = (now: Solution, other: Solution, normalised: boolean) => {
  const end = ({ losses }: Solution) => full(losses[losses.length - 1]);
  return (
    `Loss by step, logarithmic scale. ${CURVES[`${normalised}`]}: from ${full(now.losses[0])} to ` +
    `${end(now)}. ${CURVES[`${!normalised}`]}: from ${full(other.losses[0])} to ${end(other)}.`
  );
};

export function asPython(rows: Rows, s: Settings) {
  const columns = [0, 1, 2].map((i) => `[${rows.map((row) => row[i]).join(", ")}]`);
  const normalise = s.normalised ? "x = (x - x.mean(0)) / x.std(0, correction=0)\n" : "";
  return `import torch

x1 = torch.tensor(${columns[0]}, dtype=torch.float64)
x2 = ${s.ratio} * torch.tensor(${columns[1]}, dtype=torch.float64)
y = torch.tensor(${columns[2]}, dtype=torch.float64)
x = torch.stack([x1, x2], 1)  # (8, 2)
${normalise}curvatures = torch.linalg.eigvalsh(2 * x.T @ x / len(x))
limit = 2 / curvatures[-1].item()  # a larger learning rate diverges
w = torch.tensor([${weightsAt(s.at).join(", ")}], dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=${s.rate} * limit)
path = [w.detach().clone()]
for step in range(${s.steps}):
    loss = (x @ w - y).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    path.append(w.detach().clone())
path = torch.stack(path)  # (${s.steps + 1}, 2)
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "As they are": {
    "x₂ 30 times as large": {},
    "equal ranges: a bowl": { ratio: 1 },
    "a rate just above the limit": { rate: 1.03 },
    "x₂ 100 times as large": { ratio: 100 },
  },
  Normalised: {
    "x₂ was 30 times as large": { normalised: true },
    "x₂ was 100 times as large": { ratio: 100, normalised: true },
  },
};
