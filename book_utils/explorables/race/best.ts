/** The best race in this browser, and how often the test digits were looked at. */
import { keep, readKept } from "../parts/kept.ts";
import type { Settings } from "./orders.ts";
import { isFinished, type Outcome } from "./outcome.ts";

const KEY = "convnets-live:race";

export type Best = { seconds: number; accuracy: number; settings: Settings };
export type Kept = { best: Best | null; races: number };

const isBest = (found: unknown): found is Best =>
  typeof (found as Best | null)?.seconds === "number" &&
  typeof (found as Best).accuracy === "number" &&
  typeof (found as Best).settings === "object";

/** What is kept; storage can hold anything. */
export function kept(): Kept {
  const { best, races } = readKept(KEY);
  return { best: isBest(best) ? best : null, races: typeof races === "number" ? races : 0 };
}

/** Counts a race, and keeps it if it is the fastest over the line. */
export function keepRace({ seconds, accuracy, settings }: Outcome): Kept {
  const { best, races } = kept();
  const isBetter = isFinished({ accuracy }) && !(best && best.seconds <= seconds);
  const now = { best: isBetter ? { seconds, accuracy, settings } : best, races: races + 1 };
  keep(KEY, now);
  return now;
}
