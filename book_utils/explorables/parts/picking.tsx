/** One picked cell for all the grids of a lab, and the cell that the mouse is over. */

import { useState } from "preact/hooks";
import type { LabOf } from "../platform/lab.tsx";
import { PlayIcon, Steps, usePlay } from "./controls.tsx";

type At = [number, number];
export type Pick = { grid: string; at: At };
/**
 * The cells of one grid; the first has the indices `offset`. Of those that are more than the grid
 * itself, by its padding, `size` are its own.
 */
export type Box = { shape: At; offset?: At; size?: At };
export type Picking = ReturnType<typeof usePick>;

function exists(boxes: Record<string, Box>, { grid, at }: Pick) {
  const { shape, offset = [0, 0] } = boxes[grid] ?? { shape: [0, 0] }; // a grid may be gone too
  return at.every((v, d) => v >= offset[d] && v < offset[d] + shape[d]);
}

type Trait = [string, number, number] | null;

/** The picked cell, or the first output where it has gone. */
function pickOf(boxes: Record<string, Box>, trait: Trait): Pick | null {
  if (!trait) return null;
  const pick: Pick = { grid: trait[0], at: [trait[1], trait[2]] };
  return exists(boxes, pick) ? pick : { grid: "output", at: [0, 0] };
}

/**
 * @param lab  whose state has the trait `picked`
 * @param boxes  the grids by name, as they are now; one is the output
 */
export function usePick<S extends { picked: Trait }>(lab: LabOf<S>, boxes: Record<string, Box>) {
  const pickCell = (grid: string, at: At) => ({ picked: [grid, ...at] }) as unknown as Partial<S>;
  const [pointed, point] = useState<Pick | null>(null);
  const [playing, play] = useState(false);
  const picked = pickOf(boxes, lab.state.picked);
  const shown = pointed && exists(boxes, pointed) ? pointed : picked;
  return {
    picked,
    playing,
    play,
    /** What the lab shows: the cell under the mouse, else the picked one. */
    shown,
    output: boxes.output.shape,
    /** Picks an output cell without ending the play. */
    step(at: At) {
      point(null);
      lab.set(pickCell("output", at));
    },
    /** What a Grid needs to be picked and pointed at. */
    of: (grid: string) => ({
      picked: picked?.grid === grid ? picked.at : null,
      shown: shown?.grid === grid ? shown.at : null,
      onPick: (at: At) => {
        play(false);
        point(null);
        lab.change(pickCell(grid, at));
      },
      onPoint: (at: At | null) => point(at && { grid, at }),
      onRefuse: lab.complain,
    }),
  };
}

/** The output cells in reading order, as something to be played. */
function outputsOf(pick: Picking) {
  const [rows, columns] = pick.output;
  const at = pick.picked?.grid === "output" ? pick.picked.at : [0, 0];
  return {
    what: "output",
    playing: pick.playing,
    onPlaying: pick.play,
    count: rows * columns,
    at: at[0] * columns + at[1],
    onStep: (i: number) => pick.step([Math.floor(i / columns), i % columns]),
  };
}

/** Plays through the output cells, by one button. */
export function PlayButton({ pick }: { pick: Picking }) {
  const outputs = outputsOf(pick);
  usePlay(outputs);
  return (
    <button type="button" class="cnl-play" onClick={() => pick.play(!pick.playing)}>
      <PlayIcon playing={pick.playing} />
      {pick.playing ? "Pause" : "Play"}
    </button>
  );
}

/** Steps through the output cells by hand. */
export const OutputSteps = ({ pick }: { pick: Picking }) => <Steps {...outputsOf(pick)} />;
