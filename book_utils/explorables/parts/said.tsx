/** What a lab says of the picked cell: written out, and to a screen reader when the pick changes. */
import { type LabOf, Message, Sharing } from "../platform/lab.tsx";
import { OutputPlayer, type Pick, type Picking } from "./picking.tsx";
import { listed, plural, spoken } from "./words.ts";

type SaidProps = {
  pick: Picking;
  /** an account of a cell */
  say: (pick: Pick | null) => string;
  formula: string;
  unread: { rows: number; columns: number };
};

/** The cell that is shown, in words and numbers, and how the output came to its size. */
export function Said({ pick, say, formula, unread: { rows, columns } }: SaidProps) {
  const dropped = listed(
    [rows && plural(rows, "row"), columns && plural(columns, "column")],
    " and ",
  );
  const are = rows + columns === 1 ? "is" : "are";
  return (
    <div class="cnl-said">
      <p class="cnl-sum">{say(pick.shown)}</p>
      <p class="cnl-formula">
        Output size: {formula}.
        {dropped && ` ${dropped} of the padded input ${are} read by no window (dashed).`}
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {spoken(say(pick.picked))}
      </div>
    </div>
  );
}

type AccountProps<S extends object> = SaidProps & { lab: LabOf<S>; python: () => string };

/** What stands below the grids of a lab: what it says, the player, buttons to copy, messages. */
export function Account<S extends object>({ lab, python, ...said }: AccountProps<S>) {
  return (
    <>
      <Said {...said} />
      <div class="cnl-bar">
        <OutputPlayer pick={said.pick} />
        <Sharing lab={lab} python={python} />
      </div>
      <Message lab={lab} />
    </>
  );
}
