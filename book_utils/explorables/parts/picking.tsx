/** One picked cell for all the grids of a lab, and the cell that the mouse is over. */

import { useState } from "preact/hooks";
import type { LabOf } from "../platform/lab.tsx";
import { PlayPause, Stepper, useTurns } from "./controls.tsx";

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

/** The picked cell, or the first of the walked grid where it has gone. */
function pickOf(boxes: Record<string, Box>, trait: Trait, walked: string): Pick | null {
  if (!trait) return null;
  const pick: Pick = { grid: trait[0], at: [trait[1], trait[2]] };
  return exists(boxes, pick) ? pick : { grid: walked, at: [0, 0] };
}

/**
 * @param lab  whose state has the trait `picked`
 * @param boxes  the grids by name, as they are now
 * @param walked  the grid whose cells a player goes through
 */
export function usePick<S extends { picked: Trait }>(
  lab: LabOf<S>,
  boxes: Record<string, Box>,
  walked: "output" | "input" = "output",
) {
  const pickCell = (grid: string, at: At) => ({ picked: [grid, ...at] }) as unknown as Partial<S>;
  const [pointed, point] = useState<Pick | null>(null);
  const [playing, play] = useState(false);
  const picked = pickOf(boxes, lab.state.picked, walked);
  const shown = pointed && exists(boxes, pointed) ? pointed : picked;
  const [rows, columns] = boxes[walked].shape;
  const [i, j] = picked?.grid === walked ? picked.at : [0, 0];
  /** The walked cells in reading order. A step to one does not end the play. */
  const walk = {
    what: walked,
    at: i * columns + j,
    count: rows * columns,
    goTo(to: number) {
      point(null);
      lab.set(pickCell(walked, [Math.floor(to / columns), to % columns]));
    },
  };
  useTurns(playing, () => walk.goTo((walk.at + 1) % walk.count));
  return {
    picked,
    playing,
    play,
    /** What the lab shows: the cell under the mouse, else the picked one. */
    shown,
    walk,
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

/** Starts and stops the play through the walked cells. */
export const PlayButton = ({ pick }: { pick: Picking }) => (
  <PlayPause playing={pick.playing} onPlaying={pick.play} />
);

/** Steps through the walked cells in reading order. */
export function OutputPlayer({ pick }: { pick: Picking }) {
  const { what, at, count, goTo } = pick.walk;
  const step = (to: number) => {
    pick.play(false);
    goTo(to);
  };
  return <Stepper what={what} count={count} at={at} onStep={step} />;
}
