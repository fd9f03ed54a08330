/** What each padding mode puts around a row. */
import { MODES, type Mode, mostPadding, padIndex } from "../arithmetic/axis.ts";
import { range } from "../parts/grid.tsx";
import type { BorderLab as Settings } from "../settings.ts";

/** A row padded in one mode. */
export type Lane = {
  mode: Mode;
  /** cells a side, at most */
  most: number;
  /** PyTorch refuses so much padding */
  refused: boolean;
};

export const lanesOf = ({ size, padding }: Settings): Lane[] =>
  MODES.map((mode) => {
    const most = mostPadding(size, mode);
    return { mode, most, refused: padding > most };
  });

/** Instead of a cell of the row, where a zero stands. */
export const NONE = -1;

/** The cell of the row that a cell of the padded row shows, or NONE. */
export const sourceOf = (at: number, { size }: Settings, { mode }: Lane) =>
  padIndex(at, size, mode);

/** What a cell of the padded row holds: the row counts from 1. */
export const valueAt = (at: number, settings: Settings, lane: Lane) =>
  sourceOf(at, settings, lane) + 1;

export const isPadding = (at: number, { size }: Settings) => at < 0 || at >= size;

/** The padding cells that copy a cell of the row. */
export const copiesOf = (at: number, settings: Settings, lane: Lane) => {
  const { size, padding } = settings;
  const cells = range(size + 2 * padding).map((i) => i - padding);
  return cells.filter((i) => isPadding(i, settings) && sourceOf(i, settings, lane) === at);
};
