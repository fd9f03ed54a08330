/** One picked cell for all the grids of a lab, and the cell that the mouse is over. */

import { useState } from "preact/hooks";
import type { LabState } from "../platform/lab.tsx";
import { Player } from "./controls.tsx";

type At = [number, number];
export type Pick = { grid: string; at: At };
/** the cells of one grid; the first has the indices `offset` */
export type Box = { shape: At; offset?: At };
export type Picking = ReturnType<typeof usePick>;

function exists(boxes: Record<string, Box>, { grid, at }: Pick) {
  const { shape, offset = [0, 0] } = boxes[grid];
  return at.every((v, d) => v >= offset[d] && v < offset[d] + shape[d]);
}

/** The picked cell, or the first output where it has gone. */
function pickOf(boxes: Record<string, Box>, trait: any): Pick | null {
  if (!trait) return null;
  const pick = { grid: trait[0], at: trait.slice(1) as At };
  return exists(boxes, pick) ? pick : { grid: "output", at: [0, 0] };
}

/**
 * @param lab  whose state has the trait `picked`
 * @param boxes  the grids by name, as they are now; one is the output
 */
export function usePick(lab: LabState, boxes: Record<string, Box>) {
  const [pointed, point] = useState<Pick | null>(null);
  const [playing, play] = useState(false);
  const picked = pickOf(boxes, lab.state.picked);
  return {
    picked,
    playing,
    play,
    /** What the lab shows: the cell under the mouse, else the picked one. */
    shown: pointed && exists(boxes, pointed) ? pointed : picked,
    output: boxes.output.shape,
    /** Picks an output cell without ending the play. */
    step(at: At) {
      point(null);
      lab.set({ picked: ["output", ...at] });
    },
    /** What a Grid needs to be picked and pointed at. */
    of: (grid: string) => ({
      picked: picked?.grid === grid ? picked.at : null,
      onPick: (at: At) => {
        play(false);
        point(null);
        lab.change({ picked: [grid, ...at] });
      },
      onPoint: (at: At | null) => point(at && { grid, at }),
      onRefuse: lab.complain,
    }),
  };
}

/** Plays through the output cells in reading order. */
export function OutputPlayer({ pick }: { pick: Picking }) {
  const [rows, columns] = pick.output;
  const at = pick.picked?.grid === "output" ? pick.picked.at : [0, 0];
  return (
    <Player
      what="output"
      playing={pick.playing}
      onPlaying={pick.play}
      count={rows * columns}
      at={at[0] * columns + at[1]}
      onStep={(i) => pick.step([Math.floor(i / columns), i % columns])}
    />
  );
}
