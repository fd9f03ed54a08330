/** The picked cell of a block and the one under the mouse. */
import { useState } from "preact/hooks";
import type { LabOf } from "../platform/lab.tsx";
import type { NormLab as Settings } from "../settings.ts";
import type { Place } from "./solution.ts";

type At = [number, number];
export type Picking = ReturnType<typeof usePicked>;

/** A block stands in a grid as tiles: a row of them for each example, one for each channel. */
export function usePicked(lab: LabOf<Settings>, [n, c, h, w]: number[]) {
  const [pointed, point] = useState<Place | null>(null);
  const exists = (at: Place | null) => !!at?.every((v, d) => v < [n, c, h, w][d]);
  const trait = lab.state.picked;
  const picked = trait && (exists(trait) ? trait : [0, 0, 0, 0]);
  const placeOf = ([i, j]: At): Place => [Math.floor(i / h), Math.floor(j / w), i % h, j % w];
  const cellOf = (at: Place): At => [at[0] * h + at[2], at[1] * w + at[3]];
  return {
    picked,
    shown: exists(pointed) ? pointed : picked,
    placeOf,
    /** What the two grids need. */
    grid: {
      shape: [n * h, c * w] as At,
      picked: picked && cellOf(picked),
      onPick: (at: At) => {
        point(null);
        lab.change({ picked: placeOf(at) });
      },
      onPoint: (at: At | null) => point(at && placeOf(at)),
      onRefuse: lab.complain,
    },
  };
}
