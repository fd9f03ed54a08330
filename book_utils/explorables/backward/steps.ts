/** A play through the sum of a gradient: product by product, then on to the next cell. */
import { useState } from "preact/hooks";
import { useTurns } from "../parts/controls.tsx";
import type { Picking } from "../parts/picking.tsx";
import type { LabOf } from "../platform/lab.tsx";
import type { BackwardLab as Settings } from "../settings.ts";
import { type Solution, subject, termsOf } from "./solution.ts";

type At = [number, number];

/** The pick of a lab with the steps of its sum; a pick by hand ends the play and shows it all. */
export function useSteps(lab: LabOf<Settings>, solution: Solution, pick: Picking) {
  const [playing, setPlaying] = useState(false);
  const [taken, take] = useState(Infinity); // products so far
  const { picked } = pick;
  const isGradient = picked !== null && subject(solution, picked)?.grid !== "output";
  const count = Math.max(1, termsOf(solution, picked).length);
  const show = (grid: "dw" | "dx", at: At, first = 1) => {
    lab.set({ picked: [grid, ...at] });
    take(first);
  };
  const next = () => {
    if (taken < count) return take(taken + 1);
    const grid = subject(solution, picked)?.grid === "kernel" ? "dw" : "dx";
    const { shape, offset = [0, 0] } = solution.boxes[grid] as { shape: At; offset?: At };
    const [i, j] = (picked?.at ?? offset).map((v, d) => v - offset[d]);
    const to = (i * shape[1] + j + 1) % (shape[0] * shape[1]);
    show(grid, [Math.floor(to / shape[1]) + offset[0], (to % shape[1]) + offset[1]]);
  };
  useTurns(playing, next);
  const play = (on: boolean) => {
    setPlaying(on);
    if (on && !isGradient) show("dw", [0, 0]);
    else if (on && taken >= count) take(1);
  };
  const stop = () => {
    setPlaying(false);
    take(Infinity);
  };
  return {
    ...pick,
    playing,
    play,
    /** How many products of the sum are shown; a cell under the mouse shows all of its own. */
    taken: pick.shown === pick.picked ? taken : Infinity,
    steps: {
      count,
      at: Math.min(taken, count) - 1,
      goTo(to: number) {
        setPlaying(false);
        take(to + 1);
      },
    },
    of: (grid: string) => {
      const { onPick, ...rest } = pick.of(grid);
      const pickAndStop = (at: At) => {
        stop();
        onPick(at);
      };
      return { ...rest, onPick: pickAndStop };
    },
  };
}

export type Steps = ReturnType<typeof useSteps>;
