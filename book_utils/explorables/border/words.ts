/** What the border lab says, its code, and the examples to begin from. */
import type { Mode } from "../arithmetic/axis.ts";
import type { Told } from "../parts/said.tsx";
import { cellName, listed, plural, TORCH } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { BorderLab as Settings } from "../settings.ts";
import { copiesOf, isPadding, type Lane, lanesOf, sourceOf, valueAt } from "./solution.ts";

export const RULES: Record<Mode, string> = {
  zeros: "puts 0, whatever the row holds",
  reflect: "counts back from the edge cell",
  replicate: "repeats the edge cell",
  circular: "wraps around to the other end",
};

/** What PyTorch says where it refuses. */
const REFUSALS: Partial<Record<Mode, string>> = {
  reflect: "“Padding size should be less than the corresponding input dimension”",
  circular: "“Padding value causes wrapping around more than once.”",
};

export const describeRefusal = ({ mode, most }: Lane) =>
  `PyTorch refuses: ${REFUSALS[mode]} At most ${plural(most, "cell")} a side.`;

const named = (at: number) => cellName("x", [at]);

/** What a cell of one lane is, or where it is copied to. */
export function describeLane(at: number, settings: Settings, lane: Lane): string {
  if (lane.refused) return "";
  const value = valueAt(at, settings, lane);
  if (isPadding(at, settings))
    return lane.mode === "zeros"
      ? `${named(at)} = 0`
      : `${named(at)} copies ${named(sourceOf(at, settings, lane))} = ${value}`;
  const copies = copiesOf(at, settings, lane);
  return copies.length ? `copied to ${copies.map(named).join(", ")}` : "not copied";
}

/** What all four lanes have in a place, or how often they copy a cell of the row. */
export function describe(at: number, settings: Settings): Told {
  const lanes = lanesOf(settings);
  const isOutside = isPadding(at, settings);
  const numbers = lanes.map((lane) => {
    if (lane.refused) return "–";
    return isOutside ? valueAt(at, settings, lane) : copiesOf(at, settings, lane).length;
  });
  const said = lanes.map(
    (lane) => !lane.refused && `${lane.mode}: ${describeLane(at, settings, lane)}`,
  );
  return {
    line: isOutside ? `${named(at)} holds` : `Copies of ${named(at)} = ${at + 1}:`,
    joint: " ",
    result: numbers.join(", "),
    note: ` with ${lanes.map(({ mode }) => mode).join(", ")}`,
    full: listed(said, "; "),
  };
}

/** How long the padded row is. */
export const describeSize = ({ size, padding }: Settings) =>
  `${size} + 2·${padding} = ${size + 2 * padding} cells`;

export function asPython(settings: Settings) {
  const { size, padding } = settings;
  const line = (lane: Lane) => {
    const { mode, most, refused } = lane;
    if (refused) return `${mode} = None  # refused: at most ${plural(most, "cell")} a side`;
    const how = mode === "zeros" ? "" : `, "${mode}"`;
    return `${mode} = F.pad(row, (${padding}, ${padding})${how})`;
  };
  return `${TORCH}
row = torch.arange(1.0, ${size + 1})[None]
${lanesOf(settings).map(line).join("\n")}
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "Cells on each side": {
    "1, as for a 3×3 kernel": { padding: 1, at: -1 },
    "3 of 4: as many as reflect takes": {},
    "4 of 4: reflect refuses": { padding: 4, at: -4 },
    "5 of 4: circular refuses as well": { padding: 5, at: -5 },
    "a row of a single cell": { size: 1, padding: 1, at: -1 },
  },
};
