/** A result as it is sent in: see book_utils/speedrun. */
import type { Outcome } from "./outcome.ts";

/** JSON of a race, with where it was run. */
export function asSent(outcome: Outcome, looks: number) {
  const { accuracies, times, settings } = outcome;
  const { userAgent, hardwareConcurrency } = navigator;
  return JSON.stringify({ userAgent, hardwareConcurrency, accuracies, times, settings, looks });
}
