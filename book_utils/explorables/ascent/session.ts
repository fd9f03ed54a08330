/**
 * Two ascents from one start, without and with regularisers, computed in slices of the page's own
 * thread as far as they are asked for.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Climb, type Goal, type Shift } from "../arithmetic/ascent.ts";
import { randomFrom } from "../arithmetic/random.ts";
import { SIDE } from "../parts/digit.ts";
import { pixelsOf } from "../parts/pictures.ts";
import type { Shipped } from "../parts/shipped.ts";
import type { AscentLab as Settings } from "../settings.ts";

export const LENGTH = 100; // steps, as in lab.py
const FAINT = 0.02; // as in lab.py
export const [DECAY, BLUR, JITTER] = [0.02, 4, 1]; // as in lab.py
const SLICE = 8; // milliseconds, less than a frame
const SETTLE = 150; // milliseconds for which a hand on a control is let alone
const LAYERS: Record<string, string> = {
  conv1: "features.1",
  conv2: "features.4",
  score: "dense.5",
}; // as in parts/unit.py

/** The same noise as in lab.py. */
export function noise(seed: number) {
  const random = randomFrom(seed);
  return Float64Array.from({ length: SIDE * SIDE }, random);
}

/** The same shifts as in lab.py: by at most a pixel each way, one for every step. */
export function shiftsOf(seed: number): Shift[] {
  const random = randomFrom(seed);
  const draw = () => Math.floor(random() * (2 * JITTER + 1)) - JITTER;
  return Array.from({ length: LENGTH }, (): Shift => [draw(), draw()]);
}

/** The picture from which both begin. */
export function beginning({ start, seed }: Settings, drawn: string) {
  if (start === "drawing") return pixelsOf(drawn);
  const pixels = noise(seed);
  return start === "noise" ? pixels : pixels.map((v) => 0.5 + FAINT * (v - 0.5));
}

export type Pair = { without: Climb; kept: Climb };

/** Both ascents at their start. */
export function begun(state: Settings, drawn: string, layers: Goal["layers"]): Pair {
  const { unit, rate, clip, blur, decay, jitter, seed } = state;
  const goal = { layers, layer: LAYERS[unit[0]], index: unit[1] };
  const none = { rate, clip, blur: 0, decay: 0, shifts: [] };
  const kept = {
    ...none,
    blur: blur ? BLUR : 0,
    decay: decay ? DECAY : 0,
    shifts: jitter ? shiftsOf(seed) : [],
  };
  const start = beginning(state, drawn);
  return { without: new Climb(goal, none, start), kept: new Climb(goal, kept, start) };
}

const isDone = (climb: Climb, steps: number) => climb.diverged || climb.steps >= steps;

/** The ascents of these settings, as far as they are computed by now. */
export function useClimbs(state: Settings, drawn: string, network: Shipped | null) {
  const { steps, ...rules } = state;
  const key = JSON.stringify([rules, state.start === "drawing" && drawn]);
  const pair = useMemo(() => network && begun(state, drawn, network.trained), [network, key]);
  const [, show] = useState(0);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!pair) return;
    let timer = 0;
    const work = () => {
      const due = performance.now() + SLICE;
      const behind = () => [pair.without, pair.kept].filter((each) => !isDone(each, steps));
      while (behind().length && performance.now() < due) for (const each of behind()) each.take();
      show((turn) => turn + 1);
      if (behind().length) timer = window.setTimeout(work);
    };
    const isAhead = isDone(pair.without, steps) && isDone(pair.kept, steps);
    const isNew = pair.kept.steps === 0 && !isFirst.current;
    isFirst.current = false;
    if (!isAhead) timer = window.setTimeout(work, isNew ? SETTLE : 0);
    return () => clearTimeout(timer);
  }, [pair, steps]);
  return pair;
}
