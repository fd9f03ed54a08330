/** What the ladder lab says, and its code. */
import { climbs, NAMES, type Name, RUNGS } from "../arithmetic/ladder.ts";
import { significant, thousands } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import type { LadderLab as Settings } from "../settings.ts";
import { RIVALS, SERIES, type Timing } from "./measure.ts";

/** As in lab.py. */
export const RUNG_NAMES: Record<Name, string> = {
  nested: "pixel loop, nested arrays",
  typed: "pixel loop, typed array",
  taps: "tap loop",
  im2col: "im2col and product",
  winograd: "Winograd F(2, 3)",
  fft: "FFT",
};

/** How many numbers a rung multiplies, or why it does not. */
export const describeCount = (rung: Name, { size, kernel }: Settings) =>
  climbs(rung, kernel) ? thousands(RUNGS[rung].multiplications(size, kernel)) : "for kernels of 3";

export const milliseconds = (time: number) => `${significant(time, 2)} ms`;

/** What a bar says to those who cannot see it. */
export function describeBar(rung: Name, settings: Settings, timing?: Timing) {
  const time = timing ? milliseconds(timing.milliseconds) : "not measured";
  return `${RUNG_NAMES[rung]}: ${describeCount(rung, settings)} multiplications, ${time}`;
}

export const fastestOf = (timings: Timing[]) =>
  timings.reduce((best, each) => (each.milliseconds < best.milliseconds ? each : best));

/** Which rung multiplies least, before anybody has measured. */
function describeCounts({ size, kernel }: Settings): Told {
  const rungs = NAMES.filter((rung) => climbs(rung, kernel));
  const counts = rungs.map((rung) => RUNGS[rung].multiplications(size, kernel));
  const least = Math.min(...counts);
  const having = rungs.filter((_, i) => counts[i] === least);
  const count = thousands(least);
  return {
    line:
      having.length > 1
        ? `Fewest multiplications: ${count}, in each of ${having.length} rungs. Which is fastest?`
        : `Fewest multiplications: ${RUNG_NAMES[having[0]]}, ${count}. Is it also fastest?`,
  };
}

type Seen = {
  state: Settings;
  /** of all rungs, with the present settings; none before they are measured */
  timings: Timing[];
  isBusy: boolean;
};

const NEAR = 1e-9; // results differ by less: by rounding alone

/** Which rung is the fastest, and whether all of them agree. */
export function describe({ state, timings, isBusy }: Seen): Told {
  if (isBusy) return { line: "Measuring: each rung in turn, several times …" };
  if (!timings.length) return describeCounts(state);
  const [first, best] = [timings[0], fastestOf(timings)];
  const line = `Fastest: ${RUNG_NAMES[best.rung]}, ${milliseconds(best.milliseconds)}. The first`;
  const times = significant(first.milliseconds / best.milliseconds, 2);
  const most = Math.max(...timings.map(({ apart }) => apart));
  const agree = most < NEAR ? "all results are equal" : "the results differ";
  return {
    line,
    joint: " takes ",
    result: `${times} ×`,
    note: ` as long; ${agree}`,
    full: `${line} takes ${times} times as long; ${agree}, to ${significant(most, 1)}.`,
  };
}

/** From which kernel on the FFT is faster than the loops; by count, as long as none is measured. */
export function describeCrossover(
  times: Timing[],
  { size }: Pick<Settings, "size">,
  isBusy: boolean,
) {
  const kernels = SERIES.filter((k) => RIVALS.every((rung) => timeOf(times, rung, k)));
  if (isBusy) return "Measuring …";
  if (kernels.length < SERIES.length) {
    const count = (rung: Name, k: number) => RUNGS[rung].multiplications(size, k);
    const least = SERIES.find((k) => count("fft", k) < count("taps", k));
    return least
      ? `By count, the FFT first wins at ${least}×${least}.`
      : "By count, the FFT never wins.";
  }
  const wins = (k: number) => {
    const [taps, im2col, fft] = RIVALS.map((rung) => timeOf(times, rung, k) ?? Infinity);
    return fft < Math.min(taps, im2col);
  };
  const lost = kernels.filter((k) => !wins(k)).at(-1);
  const last = kernels[kernels.length - 1];
  if (lost === last) return `The FFT does not win up to ${last}×${last}.`;
  const from = lost === undefined ? kernels[0] : kernels[kernels.indexOf(lost) + 1];
  return `The FFT wins from ${from}×${from} on.`;
}

export const timeOf = (times: Timing[], rung: Name, kernel: number) =>
  times.find((each) => each.rung === rung && each.kernel === kernel)?.milliseconds;

/** What the times are of, for the panel. */
export const inFull = ({ size, kernel }: Settings) =>
  `${kernel}×${kernel} weights on ${size}×${size} pixels, one channel, stride 1, no padding: ` +
  `${thousands((size - kernel + 1) ** 2)} outputs. Hatched: multiplications, as if each took a ` +
  "nanosecond. Rungs take turns, seven times; each counts with its fastest: what disturbs a run " +
  "can only add to it. All numbers have 64 bits.";

/** The chart, for those who cannot see it. */
export function describeChart(times: Timing[], { size }: Settings) {
  const ends = RIVALS.flatMap((rung) => {
    const [first, last] = [SERIES[0], SERIES[SERIES.length - 1]].map((k) => timeOf(times, rung, k));
    if (first === undefined || last === undefined) return [];
    return [`${RUNG_NAMES[rung]} from ${milliseconds(first)} to ${milliseconds(last)}`];
  });
  const what = `Time against kernel size on ${size} by ${size} pixels`;
  return `${what}: ${ends.join(", ") || "not measured yet"}`;
}

/** The rungs that the code has, checked against one another. */
export const asPython = ({ size, kernel }: Settings) => `import torch
import torch.nn.functional as F

n, k = ${size}, ${kernel}
i, j = torch.arange(n)[:, None], torch.arange(n)
x = ((i * i + 3 * i * j + 7 * j) % 17 / 16)[None, None]
a, b = torch.arange(k)[:, None], torch.arange(k)
w = (((5 * a + 3 * b) % 7 - 3) / 8)[None, None]
h = n - k + 1
y = F.conv2d(x, w)[0, 0]
taps = sum(w[0, 0, a, b] * x[0, 0, a : a + h, b : b + h] for a in range(k) for b in range(k))
im2col = (w.flatten() @ F.unfold(x, k)[0]).reshape(h, h)
spectrum = torch.fft.rfft2(x[0, 0]) * torch.fft.rfft2(w[0, 0], s=(n, n)).conj()
fft = torch.fft.irfft2(spectrum, s=(n, n))[:h, :h]
for other in (taps, im2col, fft):
    torch.testing.assert_close(other, y, rtol=0, atol=1e-3)
`;
