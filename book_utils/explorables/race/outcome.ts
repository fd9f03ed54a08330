/** What the runs of a start come to. */
import { mean } from "../parts/numbers.ts";
import { type Judged, LINE, type Progress, type Settings } from "./orders.ts";

/** Means over the networks, and the standard errors of these means. */
export type Outcome = {
  judged: Judged;
  settings: Settings;
  accuracies: number[];
  times: number[];
  accuracy: number;
  seconds: number;
  accuracyError: number;
};

const last = (values: number[]) => values[values.length - 1];

/** The standard deviation over the root of their number; 0 of a single one. */
export function standardError(values: number[]) {
  const middle = mean(values);
  const squares = values.reduce((sum, v) => sum + (v - middle) ** 2, 0);
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : 0;
}

/** Shares of 500 or 250 are added up, so the last bits may be off. */
export const isFinished = ({ accuracy }: { accuracy: number }) => accuracy >= LINE - 1e-9;

/** Of the networks that are done; null while there is none. */
export function outcomeOf({ judged, settings, lanes }: Progress): Outcome | null {
  const done = lanes.filter(({ isDone }) => isDone);
  if (!done.length) return null;
  const accuracies = done.map((lane) => last(lane.accuracies));
  const times = done.map(({ seconds }) => seconds);
  return {
    judged,
    settings,
    accuracies,
    times,
    accuracy: mean(accuracies),
    seconds: mean(times),
    accuracyError: standardError(accuracies),
  };
}

/** Have all its networks come to their ends? */
export const isOver = ({ settings, lanes }: Progress) =>
  lanes.length === settings.seeds && lanes.every(({ isDone }) => isDone);
