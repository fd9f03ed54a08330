/** A small grid of weights, to type into where there is `onEdit`, outside the picking of a lab. */

import { useState } from "preact/hooks";
import type { weightScale } from "./figure.tsx";
import { Grid } from "./grid.tsx";

export function Weights({
  label,
  rows,
  scale,
  onEdit,
  onRefuse,
  says,
}: {
  label: string;
  rows: number[][];
  scale: ReturnType<typeof weightScale>;
  onEdit?: (at: [number, number], value: number) => void;
  onRefuse?: (text: string) => void;
  says?: (row: number, column: number) => string;
}) {
  const [picked, pick] = useState<[number, number] | null>(null);
  return (
    <Grid
      label={label}
      shape={[rows.length, rows[0].length]}
      scale="weights"
      picked={picked}
      onPick={pick}
      cell={(i, j) => ({ value: rows[i][j], shade: scale.of(rows[i][j]), says: says?.(i, j) })}
      onEdit={onEdit}
      onRefuse={onRefuse}
    />
  );
}
