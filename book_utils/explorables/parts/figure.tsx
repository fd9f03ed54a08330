/** A grid with its caption, and the colours of its numbers. */
import type { ComponentChildren } from "preact";
import { type Cell, type Colouring, Grid, type GridPick, Legend, marked } from "./grid.tsx";
import type { Box } from "./picking.tsx";

type At = [number, number];
export type Scale = { scale: Colouring; low: number; high: number; of: (v: number) => number };

type FigureProps = {
  sign?: string;
  name: string;
  shape: readonly [number, number];
  legend?: ComponentChildren;
  /** on a phone it begins a line */
  below?: boolean;
  children: ComponentChildren;
};

/** A figure under its name; `sign` stands before it, as in input ⋆ kernel = output. */
export function Figure({ sign, name, shape, legend, below, children }: FigureProps) {
  return (
    <div class={below ? "cnl-term cnl-below" : "cnl-term"}>
      {sign && (
        <span class="cnl-sign" aria-hidden="true">
          {sign}
        </span>
      )}
      <figure class="cnl-figure">
        <figcaption>
          {name} {shape[0]}×{shape[1]}
        </figcaption>
        {children}
        {legend}
      </figure>
    </div>
  );
}

/**
 * How large the cells of a row of grids may be: the shapes of the grids, in the lines in which a
 * phone shows them; on a desktop all stand in one. The style sheet works out the rest.
 */
export function cellsFor(...lines: At[][]) {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const width = (shapes: At[]) => sum(shapes.map(([, columns]) => columns));
  const height = (shapes: At[]) => Math.max(...shapes.map(([rows]) => rows));
  const all = lines.flat();
  const most = {
    columns: width(all),
    rows: height(all),
    terms: all.length,
    "phone-columns": Math.max(...lines.map(width)),
    "phone-rows": sum(lines.map(height)),
    "phone-terms": Math.max(...lines.map((line) => line.length)),
    "phone-lines": lines.length,
  };
  return Object.entries(most)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

type GridFigureProps = {
  sign?: string;
  name: string;
  /** of the grid, for those who cannot see it, where that is more than the name */
  label?: string;
  /** what the colours mean */
  colours: Scale;
  below?: boolean;
  box: Box;
  pick: GridPick;
  cell: (i: number, j: number) => Cell;
  frame?: { at: At; shape: At } | null;
  onEdit?: (at: At, value: number) => void;
};

/** A figure of one grid of a lab, whose cells are picked. */
export function GridFigure({
  sign,
  name,
  label = name,
  colours,
  below,
  ...props
}: GridFigureProps) {
  const { box, pick, ...grid } = props;
  const { size = box.shape, ...cells } = box;
  const { scale, low, high } = colours;
  const legend = <Legend scale={scale} low={low} high={high} />;
  return (
    <Figure sign={sign} name={name} shape={size} legend={legend} below={below}>
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

const least = (values: number[]) => Math.min(0, ...values.filter(Number.isFinite));
const most = (values: number[]) => Math.max(0, ...values.filter(Number.isFinite));

/** One hue from 0 up: for numbers that cannot be negative. */
export function activationScale(values: number[]): Scale {
  const high = most(values) || 1;
  return { scale: "activations", low: 0, high, of: (v) => (Number.isFinite(v) ? v / high : 0) };
}

/** Two hues on both sides of 0: for numbers that have a sign. */
export function weightScale(values: number[]): Scale {
  const high = Math.max(most(values), -least(values)) || 1;
  const of = (v: number) => (Number.isFinite(v) ? v / high : 0);
  return { scale: "weights", low: -high, high, of };
}

/** The greys of a picture, whose largest number is white; of numbers with a sign, two hues. */
export function inputScale(values: number[]): Scale {
  if (least(values) < 0) return weightScale(values);
  return { ...activationScale(values), scale: "grey" };
}
