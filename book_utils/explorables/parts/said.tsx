/** What a lab says of the picked cell: written out, and to a screen reader when it changes. */
import type { ComponentChildren } from "preact";
import { type LabOf, Message, Sharing } from "../platform/lab.tsx";
import { OutputPlayer, type Pick, type Picking } from "./picking.tsx";
import { listed, plural, spoken } from "./words.ts";

type SaidProps = {
  pick: Picking;
  /** an account of a cell, in one line or several */
  say: (pick: Pick | null) => string | string[];
  formula: string;
  unread?: { rows: number; columns: number };
  /** what is counted, after the formula */
  counts?: ComponentChildren;
};

const NONE = { rows: 0, columns: 0 };

/** The cell that is shown, in words and numbers, and how the output came to its size. */
export function Said({ pick, say, formula, unread: { rows, columns } = NONE, counts }: SaidProps) {
  const lines = (at: Pick | null) => [say(at)].flat();
  const dropped = listed(
    [rows && plural(rows, "row"), columns && plural(columns, "column")],
    " and ",
  );
  const are = rows + columns === 1 ? "is" : "are";
  return (
    <div class="cnl-said">
      <div class="cnl-sum">
        {lines(pick.shown).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <p class="cnl-formula">
        Output size: {formula}.
        {dropped && ` ${dropped} of the padded input ${are} read by no window (dashed).`}
        {counts}
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {spoken(lines(pick.picked).join(". "))}
      </div>
    </div>
  );
}

type AccountProps<S extends object> = SaidProps & {
  lab: LabOf<S>;
  python: () => string;
  children?: ComponentChildren;
};

/**
 * What stands below the grids of a lab: what it says, the player, buttons to copy, messages. Its
 * children stand below the words.
 */
export function Account<S extends object>(props: AccountProps<S>) {
  const { lab, python, children, ...said } = props;
  return (
    <>
      <Said {...said} />
      {children}
      <div class="cnl-bar">
        <OutputPlayer pick={said.pick} />
        <Sharing lab={lab} python={python} />
      </div>
      <Message lab={lab} />
    </>
  );
}
