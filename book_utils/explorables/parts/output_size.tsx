/** How an output came to its size, and what of the padded input no window reads. */
import type { Layer, Unread } from "./layer.ts";
import { listed, plural, shortSizeFormulas } from "./words.ts";

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
