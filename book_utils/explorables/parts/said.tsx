/**
 * What a lab says of the picked cell: written out, and to a screen reader when the pick changes.
 */
import { plural, spoken } from "./words.ts";

/** @param props  `shown` and `picked` describe the cell under the mouse and the picked one */
export function Said({
  shown,
  picked,
  formula,
  quiet,
  unread: { rows, columns },
}: {
  shown: string;
  picked: string;
  formula: string;
  quiet: boolean;
  unread: { rows: number; columns: number };
}) {
  const dropped = [rows && plural(rows, "row"), columns && plural(columns, "column")]
    .filter(Boolean)
    .join(" and ");
  return (
    <div class="cnl-said">
      <p class="cnl-sum">{shown}</p>
      <p class="cnl-formula">
        Output size: {formula}.
        {dropped &&
          ` ${dropped} of the padded input ${rows + columns === 1 ? "is" : "are"} read by no window (dashed).`}
      </p>
      <div class="cnl-hidden" aria-live={quiet ? "off" : "polite"}>
        {spoken(picked)}
      </div>
    </div>
  );
}
