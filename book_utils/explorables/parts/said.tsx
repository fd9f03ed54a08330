/** What a lab says of the picked cell: written out, and to a screen reader when it changes. */

import type { Layer, Unread } from "./layer.ts";
import type { Pick } from "./picking.tsx";
import { listed, plural, shortSizeFormulas, spoken } from "./words.ts";

/** An account of a cell: as long as two lines allow, and in full. */
export type Told = {
  line: string;
  /** what it comes to */
  result?: string;
  /** what leads to the result, if not an equals sign */
  joint?: string;
  /** what is special about it */
  note?: string;
  full?: string;
};

/** What is picked: a cell of one of a lab's grids, unless the lab has another way to say it. */
type SaidProps<P> = {
  pick: { picked: P | null; shown: P | null; playing: boolean };
  say: (pick: P | null) => Told;
};

/** The cell that is shown, in words and numbers. */
export function Said<P = Pick>({ pick, say }: SaidProps<P>) {
  const { line, result, joint = " = ", note } = say(pick.shown);
  const heard = say(pick.picked);
  return (
    <div class="cnl-said">
      <p class="cnl-sum">
        <span>{line}</span>
        {result && (
          <>
            {joint}
            <b key={line}>{result}</b>
          </>
        )}
        {note && <small>{note}</small>}
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {spoken(inFull(heard))}
      </div>
    </div>
  );
}

const inFull = ({ line, result, joint = " = ", full }: Told) =>
  full ?? listed([line, result], joint);

/** The same without a word left out, and how the output came to its size: for the panel. */
export function SaidInFull<P = Pick>({
  pick,
  say,
  formula,
}: Omit<SaidProps<P>, "pick"> & { pick: { shown: P | null }; formula: string }) {
  return (
    <div class="cnl-in-full">
      <p>{inFull(say(pick.shown))}</p>
      <p class="cnl-formula">{formula}</p>
    </div>
  );
}

/** What is left of an input that no window reads, in words. */
export const leftOver = ({ rows, columns }: { rows: number; columns: number }) =>
  listed([rows && plural(rows, "row"), columns && plural(columns, "column")], " and ");

/** The same with the reason, in a sentence where something is left. */
export const leftOverInFull = ({ gaps, remainder, ...all }: Unread) =>
  leftOver(all) &&
  `${leftOver(all)} of the padded input read by no window: ` +
    `${listed([inWords("gaps", gaps), inWords("remainder", remainder)], "; ")}.`;

const inWords = (what: string, cells: { rows: number; columns: number }) =>
  leftOver(cells) && `${what}, ${leftOver(cells)}`;

/** Why no window reads a cell, for those who cannot see its marks. */
export const whyUnread = ({ has, gaps }: Unread, i: number, j: number) =>
  has(i, j) && `read by no window, ${gaps.has(i, j) ? "in a gap" : "in the remainder"}`;

/** How an output came to its size, a line for each axis, and what the axis leaves unread. */
export function Sizes({ of, ceilMode }: { of: Layer & { unread: Unread }; ceilMode?: boolean }) {
  const { gaps, remainder } = of.unread;
  const lines = shortSizeFormulas(of, ceilMode).map((formula, axis) => ({
    formula,
    skipped: axis === 0 ? gaps.rows : gaps.columns,
    left: axis === 0 ? remainder.rows : remainder.columns,
  }));
  return (
    <span class="cnl-sizes">
      {lines.map(({ formula, skipped, left }, axis) => (
        <span key={axis}>
          {axis > 0 && <Comma />}
          {formula}
          {skipped > 0 && <Count mark="unread gap" words={`gaps ${skipped}`} />}
          {left > 0 && <Count mark="unread" words={`remainder ${left}`} />}
        </span>
      ))}
    </span>
  );
}

/** A mark of cells with what it means. */
const Count = ({ mark, words }: { mark: string; words: string }) => (
  <>
    <Comma />
    <i class={`cnl-cell ${mark}`} />
    {words}
  </>
);

/** Heard where something else is seen. */
const Comma = () => <span class="cnl-hidden">, </span>;
