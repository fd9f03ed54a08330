/** What a lab says of the picked cell: written out, and to a screen reader when it changes. */

import type { Pick } from "./picking.tsx";
import { listed, spoken } from "./words.ts";

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
