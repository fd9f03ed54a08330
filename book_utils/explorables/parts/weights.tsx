/** A small grid of weights, to type into where there is `onEdit`, outside the picking of a lab. */

import { useState } from "preact/hooks";
import { Figure, type weightScale } from "./figure.tsx";
import { Grid, Legend } from "./grid.tsx";
import { shapeOf } from "./layer.ts";

export type WeightsProps = {
  label: string;
  rows: number[][];
  scale: ReturnType<typeof weightScale>;
  onEdit?: (at: [number, number], value: number) => void;
  onRefuse?: (text: string) => void;
  says?: (row: number, column: number) => string;
};

export function Weights({ label, rows, scale, onEdit, onRefuse, says }: WeightsProps) {
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

export type WeightsFigureProps = Omit<WeightsProps, "label"> & {
  name: string;
  sign?: string;
  /** another figure shows what the colours mean */
  plain?: boolean;
};

/** A kernel with its caption, and the colours of its weights. */
export function WeightsFigure({ name, sign, plain = false, ...weights }: WeightsFigureProps) {
  const { low, high } = weights.scale;
  const shape = shapeOf(weights.rows);
  const legend = !plain && <Legend scale="weights" low={low} high={high} />;
  return (
    <Figure sign={sign} name={name} shape={shape} legend={legend}>
      <Weights label={`${name}, ${shape.join(" by ")}`} {...weights} />
    </Figure>
  );
}
