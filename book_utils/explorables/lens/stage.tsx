/** The stage of the lens lab: two pictures, and between them nine products and their sum. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Planes, toPixels } from "../arithmetic/filter.ts";
import { aiming } from "../parts/aiming.ts";
import { Bitmap } from "../parts/bitmap.tsx";
import { type Colouring, Grid } from "../parts/grid.tsx";
import { placeOf } from "../parts/photograph.tsx";
import { isSigned, type lookAt, type Name, type Solution, shadeOf, toBytes } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];

const SIDE = 3; // of the window

export type StageProps = {
  solution: Solution;
  name: Name;
  looked: ReturnType<typeof lookAt>;
  /** the output pixel that is shown, and the one that is picked */
  at: At;
  picked: At;
  onPick: (at: At) => void;
  onPoint: (at: At | null) => void;
  /** what the sum means */
  children: ComponentChildren;
};

export function Stage({ solution, name, looked, at, picked, ...props }: StageProps) {
  const { onPick, onPoint, children } = props;
  const { x, kernel, output } = solution;
  const { values, products, sum } = looked;
  const before = useMemo(() => toPixels(x, "clip").bytes, [x]);
  const after = useMemo(() => toBytes(output.data, name), [output, name]);
  const window = { data: Float32Array.from(values.flat()), channels: 1, height: SIDE, width: SIDE };
  const { onKeyDown, ...aim } = aiming({
    picked,
    onPick,
    onPoint,
    shape: [output.height, output.width],
    at: (down, across) => [down * x.height - 1, across * x.width - 1],
  });
  const most = Math.max(...kernel.flat().map(Math.abs));
  const middle: At = [at[0] + 1, at[1] + 1];
  return (
    <div class="cnl-lens" style={`--ratio:${x.width / x.height}`}>
      <Photo name="Photograph" of={x}>
        <div
          class="cnl-pixels"
          role="application"
          tabIndex={0}
          aria-label={`Photograph: ${words.HELP}`}
          onKeyDown={onKeyDown}
          {...aim}
        >
          <Bitmap aria-hidden="true" width={x.width} height={x.height} bytes={before} />
          <Glass of={x} at={middle} side={SIDE} bytes={toPixels(window, "clip").bytes} />
        </div>
      </Photo>
      <div class="cnl-work">
        <Nine name="Pixels" rows={values} scale="grey" shadeOf={(v) => v} framed />
        <Sign>×</Sign>
        <Nine name="Weights" rows={kernel} scale="weights" shadeOf={(v) => v / most} />
        <Sign>=</Sign>
        <Nine name="Products" rows={products} scale="weights" shadeOf={(v) => v / most} />
      </div>
      <div class="cnl-total">
        <Sign>=</Sign>
        <Nine
          name="Their sum"
          rows={[[sum]]}
          scale={isSigned(name) ? "weights" : "grey"}
          shadeOf={(v) => shadeOf(v, name)}
          framed
        />
        {children}
      </div>
      <Photo name="Result" of={output} note={words.legend(name)}>
        <div class="cnl-pixels cnl-output" {...aim}>
          <Bitmap
            aria-hidden="true"
            width={output.width}
            height={output.height}
            bytes={after}
            style={placeOf(x, [1, 1], [output.height, output.width])}
          />
          <Glass of={x} at={middle} side={1} bytes={toBytes([sum], name)} />
        </div>
      </Photo>
    </div>
  );
}

type PhotoProps = { name: string; of: Planes; note?: string; children: ComponentChildren };

/** A picture under its name and size. */
function Photo({ name, of: { height, width }, note, children }: PhotoProps) {
  return (
    <figure class="cnl-figure cnl-photo">
      <figcaption>
        {name} {height}×{width}
        {note && <span>: {note}</span>}
      </figcaption>
      {children}
    </figure>
  );
}

type GlassProps = { of: Planes; at: At; side: number; bytes: Uint8ClampedArray<ArrayBuffer> };

/** Pixels of a picture, magnified where they are. */
function Glass({ of, at: [i, j], side, bytes }: GlassProps) {
  const { top, left } = placeOf(of, [i + 0.5, j + 0.5], [1, 1]);
  return (
    <b class="cnl-glass" style={{ top, left, "--side": side }}>
      <Bitmap aria-hidden="true" width={side} height={side} bytes={bytes} />
    </b>
  );
}

const Sign = ({ children }: { children: string }) => (
  <span class="cnl-sign" aria-hidden="true">
    {children}
  </span>
);

type NineProps = {
  name: string;
  rows: number[][];
  scale: Colouring;
  shadeOf: (v: number) => number;
  /** it is marked as its place on a picture is */
  framed?: boolean;
};

/** Nine numbers, or the one they make, under their name. */
function Nine({ name, rows, scale, shadeOf, framed = false }: NineProps) {
  const [picked, pick] = useState<At | null>(null);
  const shape: At = [rows.length, rows[0].length];
  const cell = (i: number, j: number) => {
    const value = words.hundredths(rows[i][j]);
    return { value, text: words.written(value), shade: shadeOf(value) };
  };
  return (
    <figure class={`cnl-figure${framed ? " cnl-magnified" : ""}`}>
      <figcaption>{name}</figcaption>
      <Grid
        label={`${name}, ${shape.join(" by ")}`}
        {...{ shape, scale, picked, cell }}
        onPick={pick}
      />
    </figure>
  );
}
