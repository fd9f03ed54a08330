/** A grid with its caption, and the colours of its numbers. */
import type { ComponentChildren } from "preact";
import { type Cell, Grid, type GridPick, Legend, marked } from "./grid.tsx";
import type { Box } from "./picking.tsx";

type At = [number, number];
export type Scale = { low: number; high: number; of: (v: number) => number };

/** @param props  `sign` stands before the figure, as in input ⋆ kernel = output */
export function Figure({
  sign,
  name,
  shape,
  legend,
  children,
}: {
  sign?: string;
  name: string;
  shape: readonly [number, number];
  legend?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <div class="cnl-term">
      {sign && (
        <span class="cnl-sign" aria-hidden="true">
          {sign}
        </span>
      )}
      <figure class="cnl-figure">
        <figcaption>
          <span>
            {name} {shape[0]}×{shape[1]}
          </span>
          {legend}
        </figcaption>
        {children}
      </figure>
    </div>
  );
}

type GridFigureProps = {
  sign?: string;
  name: string;
  /** of the grid, for those who cannot see it, where that is more than the name */
  label?: string;
  scale?: "activations" | "weights";
  /** what the colours mean, where that is said */
  colours?: Scale;
  box: Box;
  pick: GridPick;
  cell: (i: number, j: number) => Cell;
  frame?: { at: At; shape: At } | null;
  onEdit?: (at: At, value: number) => void;
};

/** A figure of one grid of a lab, whose cells are picked. */
export function GridFigure({ sign, name, label = name, colours, ...props }: GridFigureProps) {
  const { scale = "activations", box, pick, ...grid } = props;
  const { size = box.shape, ...cells } = box;
  const legend = colours && <Legend scale={scale} low={colours.low} high={colours.high} />;
  return (
    <Figure sign={sign} name={name} shape={size} legend={legend}>
      <Grid
        label={`${label}, ${size[0]} by ${size[1]}`}
        scale={scale}
        {...cells}
        {...grid}
        {...pick}
      />
    </Figure>
  );
}

/** The cells of a grid that show its numbers and, where they meet a picked one, light up. */
export const cellsOf = (numbers: number[][], colours: Scale, lit: Set<string>) => {
  return (i: number, j: number) => ({
    value: numbers[i][j],
    shade: colours.of(numbers[i][j]),
    kind: marked({ lit: lit.has(`${i},${j}`) }),
  });
};

/** Where numbers lie between the least (0) and the greatest (1) of them: for activations. */
export function activationScale(values: number[]): Scale {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  return {
    low,
    high,
    of: (v) => (high > low && Number.isFinite(v) ? (v - low) / (high - low) : 0),
  };
}

/** Where numbers lie between −1 and 1, with 0 in the middle: for weights. */
export function weightScale(values: number[]): Scale {
  const high = Math.max(...values.map(Math.abs)) || 1;
  return { low: -high, high, of: (v) => v / high };
}
