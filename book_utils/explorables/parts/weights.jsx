/** A small grid of weights, to type into where there is `onEdit`, outside the picking of a lab. */
import { useState } from "preact/hooks";
import { Grid } from "./grid.jsx";

/**
 * @param {{
 *   label: string, rows: number[][], scale: ReturnType<typeof import("./figure.jsx").weightScale>,
 *   onEdit?: (at: [number, number], value: number) => void, onRefuse?: (text: string) => void,
 *   says?: (row: number, column: number) => string,
 * }} props
 */
export function Weights({ label, rows, scale, onEdit, onRefuse, says }) {
  const [picked, pick] = useState(/** @type {[number, number] | null} */ (null));
  return (
    <Grid label={label} shape={[rows.length, rows[0].length]} scale="weights" picked={picked} onPick={pick}
      cell={(i, j) => ({ value: rows[i][j], shade: scale.of(rows[i][j]), says: says?.(i, j) })}
      onEdit={onEdit} onRefuse={onRefuse} />
  );
}
