/** What the kernel learner says, and its code. */
import type { descend } from "../arithmetic/descent.ts";
import { full, LARGEST, short, thousands } from "../parts/numbers.ts";
import { python, TORCH } from "../parts/words.ts";
import type { KernelLearner as Settings } from "../settings.ts";

type Rows = number[][];
export type Run = ReturnType<typeof descend>;

const RUN_AWAY = "every step overshoots by more than the one before";

const MOST = thousands(LARGEST);
/** Why no run begins with what was typed: a weight beside it is larger than any cell may be. */
export const TOO_FAR = `The other weights have run away, beyond ${MOST}. Press Reset, then type.`;

/** What the run has come to after some steps, in a line and in full. */
export function verdict(run: Run, at: number, ranAway: boolean) {
  const { loss } = run[at];
  const [line, more] = [`Step ${at}: squared error`, sayOf(run, at, ranAway)];
  const { brief, full: whole = brief } = more;
  return { line, result: short(loss), brief, full: `${line} ${full(loss)}. ${whole}`.trim() };
}

function sayOf(run: Run, at: number, ranAway: boolean): { brief: string; full?: string } {
  const { loss } = run[at];
  if (at === 0) return { brief: "" };
  if (ranAway && at === run.length - 1) {
    return {
      brief: "It has run away. Lower the rate.",
      full: `It has run away: ${RUN_AWAY}. Lower the rate.`,
    };
  }
  if (loss > run[at - 1].loss) return { brief: "It grows: each step overshoots." };
  return { brief: loss < 1e-6 * run[0].loss ? "The kernel is found." : "" };
}

/** The curve of the error, for those who do not see it. */
export const describeCurve = (run: Run, at: number) =>
  `Squared error by step, logarithmic scale: ${full(run[0].loss)} at the start, ` +
  `${full(run[at].loss)} at step ${at}.`;

/** The plane of two weights, for those who do not see it. */
export function describePlane(run: Run) {
  const listed = ({ weights }: Run[number]) => weights.flat().map(full).join(", ");
  return (
    "The plane of the two weights, with ellipses of equal error around the kernel to be found. " +
    `The run goes from ${listed(run[0])} to ${listed(run[run.length - 1])}.`
  );
}

const tensor = (rows: Rows) =>
  `torch.tensor(${python.grid(rows)}, dtype=torch.float32)[None, None]`;

/** @param steps  as many as were taken: a run that diverges ends early */
export const asPython = (input: Rows, kernel: Rows, steps: number, s: Settings) => `${TORCH}
x = ${tensor(input)}
target = F.conv2d(x, ${tensor(kernel)})
w = ${tensor(s.start)}.requires_grad_()
for step in range(${steps}):
    loss = ((F.conv2d(x, w) - target) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= ${s.rate} * w.grad
    w.grad = None
`;
