/** What the settings of the canyon lab come to: the inputs, the shape of the loss, the path. */
import {
  curvature,
  descendFrom,
  type Examples,
  lowest,
  meanSquaredError,
  standardise,
  type Two,
} from "../arithmetic/least_squares.ts";
import type { CanyonLab as Settings } from "../settings.ts";

export const REACH = 3; // the map shows weights from −3 to 3, as in lab.py
export const TENTHS = 10;
export const PLACES = 2 * REACH * TENTHS + 1;
const START: [number, number] = [5, 10];

/** first input, second input before it is made larger, target */
export type Rows = number[][];
export type Solution = ReturnType<typeof solve>;

/** The weights at a place of the map. */
export function weightsAt(at: readonly number[] | null): Two {
  const [row, column] = at ?? START;
  return [column / TENTHS - REACH, REACH - row / TENTHS];
}

/** The place of the map where a run begins. */
export const placeOf = (at: readonly number[] | null) => (at ?? START) as [number, number];

function examplesOf(rows: Rows, ratio: number, normalised: boolean): Examples {
  const x = rows.map(([first, second]): Two => [first, ratio * second]);
  return { x: normalised ? standardise(x) : x, y: rows.map((row) => row[2]) };
}

/** The same start and share of the largest rate, with the inputs as they are or standardised. */
export function solve(rows: Rows, settings: Settings, normalised = settings.normalised) {
  const examples = examplesOf(rows, settings.ratio, normalised);
  const { largest, smallest, angle } = curvature(examples.x);
  const limit = 2 / largest;
  const rate = settings.rate * limit;
  const path = descendFrom(weightsAt(settings.at), examples, rate, settings.steps);
  return {
    best: lowest(examples),
    /** second derivatives of the loss, the steeper first, and the direction of the other */
    bends: [largest, smallest],
    angle,
    /** the largest learning rate that does not diverge, and the one that is used */
    limit,
    rate,
    path,
    losses: path.map((w) => meanSquaredError(examples, w)),
  };
}
