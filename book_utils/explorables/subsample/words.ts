/** What the subsampling lab says, its code, and the examples to begin from. */
import { short } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { SubsampleLab as Settings } from "../settings.ts";
import { NEAR, type Solution } from "./solution.ts";

type Method = Settings["method"];

/** A method by name, for a choice. */
export const nameOf = (method: Method, s: number) =>
  ({
    stride: `keep 1 in ${s}`,
    max: `max of ${s}`,
    average: `average of ${s}`,
    blur: `blur, keep 1 in ${s}`,
    "max, blur": `max, blur, keep 1 in ${s}`,
  })[method];

export const describeWave = ({ shift }: Settings) =>
  shift ? `Wave, moved by ${shift}: drag it` : "Wave: drag it to the right";

export const describeOld = ({ shift }: Settings) =>
  shift ? `The output before the shift, moved along by ${shift}` : "The output before any shift";

/** How far the outputs of the moved wave and the unmoved one differ, and what that means. */
export function describe({ settings, apart }: Solution): Told {
  const { shift } = settings;
  if (shift === 0) return { line: "Nothing has moved yet. Shift the wave by 1, then by 2." };
  const line = `Shift ${shift} changes the output by up to`;
  const [result, note] = [short(apart), `, ${meaning(settings, apart)}`];
  return { line, joint: " ", result, note, full: `${line} ${result}${note}.` };
}

function meaning({ shift, stride, period }: Settings, apart: number) {
  if (shift % stride === 0) return `it moves along by ${plural(shift / stride, "step")}`;
  if (shift % period === 0) return "the wave lies on itself again";
  if (apart < NEAR) return "the same stripes, but not moved along with the wave";
  return "after the best realignment";
}

/** What the large figure is, for the panel. */
export const MEASURE =
  "The output is compared with the one before the shift, moved by as many whole steps as fit " +
  "best; the figure is the largest difference that remains.";

/** After how many pixels the stripes repeat, before and after. */
export function describeStripes({ settings: { period, stride }, stripes }: Solution) {
  const outputs = stripes && plural(stripes / stride, "output");
  const after = stripes ? `${outputs} = ${plural(stripes, "pixel")}` : "flat";
  return `period in: ${plural(period, "pixel")}; out: ${after}`;
}

/** A row of numbers for those who cannot see it. */
export const listOf = (name: string, values: number[]) => `${name}: ${values.map(short).join(" ")}`;

const BLUR = "torch.tensor([[[1.0, 2, 1]]]) / 4";

const REDUCE: Record<Method, string> = {
  stride: "x[:, 1:-s:s]",
  max: "F.max_pool1d(x[:, 1:-s], s)",
  average: "F.avg_pool1d(x[:, 1:-s], s)",
  blur: `F.conv1d(x[:, : x.shape[1] - s + 1], ${BLUR}, stride=s)`,
  "max, blur": `F.conv1d(F.max_pool1d(x, s, 1), ${BLUR}, stride=s)`,
};

export function asPython({ period, shift, method, stride }: Settings, cells: number) {
  return `import torch
import torch.nn.functional as F

period, s = ${period}, ${stride}


def outputs(count, shift):
    i = torch.arange(-1, (count + 1) * s) - shift
    x = (i % period >= (period + 1) // 2).float()[None]
    return ${REDUCE[method]}[0]


y = outputs(${cells} // s, ${shift})
now, before = outputs(period, ${shift}), outputs(2 * period, 0)
apart = min((now - before[r : r + period]).abs().max().item() for r in range(period))
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "A wave of period 4": {
    "max of 2, unmoved": {},
    "max of 2, moved by 1: gone": { shift: 1 },
    "max, blur, moved by 1": { method: "max, blur", shift: 1 },
  },
  "A stride of 2 alone": {
    "period 2: flat": { method: "stride", period: 2 },
    "period 3: other stripes": { method: "stride", period: 3 },
    "period 8: still stripes": { method: "stride", period: 8 },
  },
};
