/** One picked cell for all the grids of a lab, and the cell that the mouse is over. */
import { useState } from "preact/hooks";
import { Player } from "./controls.jsx";

/**
 * @typedef {[number, number]} At
 * @typedef {{ grid: string, at: At }} Pick
 * @typedef {{ shape: At, offset?: At }} Box  the cells of one grid; the first has the indices `offset`
 * @typedef {ReturnType<typeof usePick>} Picking
 */

/** @param {Record<string, Box>} boxes @param {Pick} pick */
function exists(boxes, { grid, at }) {
  const { shape, offset = [0, 0] } = boxes[grid];
  return at.every((v, d) => v >= offset[d] && v < offset[d] + shape[d]);
}

/** The picked cell, or the first output where it has gone. @param {Record<string, Box>} boxes @param {any} trait @returns {Pick | null} */
function pickOf(boxes, trait) {
  if (!trait) return null;
  const pick = { grid: trait[0], at: /** @type {At} */ (trait.slice(1)) };
  return exists(boxes, pick) ? pick : { grid: "output", at: [0, 0] };
}

/**
 * @param {import("./lab.jsx").LabState} lab  whose state has the trait `picked`
 * @param {Record<string, Box>} boxes  the grids by name, as they are now; one is the output
 */
export function usePick(lab, boxes) {
  const [pointed, point] = useState(/** @type {Pick | null} */ (null));
  const [playing, play] = useState(false);
  const picked = pickOf(boxes, lab.state.picked);
  return {
    picked, playing, play,
    /** What the lab shows: the cell under the mouse, else the picked one. */
    shown: pointed && exists(boxes, pointed) ? pointed : picked,
    output: boxes.output.shape,
    /** Picks an output cell without ending the play. @param {At} at */
    step(at) {
      point(null);
      lab.set({ picked: ["output", ...at] });
    },
    /** What a Grid needs to be picked and pointed at. @param {string} grid */
    of: (grid) => ({
      picked: picked?.grid === grid ? picked.at : null,
      onPick: (/** @type {At} */ at) => { play(false); point(null); lab.change({ picked: [grid, ...at] }); },
      onPoint: (/** @type {At | null} */ at) => point(at && { grid, at }),
      onRefuse: lab.complain,
    }),
  };
}

/** Plays through the output cells in reading order. @param {{ pick: Picking }} props */
export function OutputPlayer({ pick }) {
  const [rows, columns] = pick.output;
  const at = pick.picked?.grid === "output" ? pick.picked.at : [0, 0];
  return (
    <Player what="output" playing={pick.playing} onPlaying={pick.play} count={rows * columns}
      at={at[0] * columns + at[1]} onStep={(i) => pick.step([Math.floor(i / columns), i % columns])} />
  );
}
