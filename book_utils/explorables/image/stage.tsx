/** The stage of the image lab: photograph, the window under the pointer × the kernel, output. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Planes, type Show, toPixels, windowAt } from "../arithmetic/filter.ts";
import { aiming } from "../parts/aiming.ts";
import { Bitmap } from "../parts/bitmap.tsx";
import { Figure, weightScale } from "../parts/figure.tsx";
import { Grid } from "../parts/grid.tsx";
import { shapeOf } from "../parts/layer.ts";
import { short } from "../parts/numbers.ts";
import { Mark, placeOf } from "../parts/photograph.tsx";
import { WeightsFigure } from "../parts/weights.tsx";
import type { Solution } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];

const COARSE = 168; // pixels a side: so few that each is drawn as a square
const LONGEST = 3; // a picture longer than three times its width is drawn shorter
const NOTED = 3; // the longest kernel whose weights stand in the window, too
const HELP = "arrow keys move the window, with Shift ten pixels at a time";

export type StageProps = {
  solution: Solution;
  shown: ReturnType<typeof toPixels>;
  show: Show;
  channel: number;
  /** the output pixel that is written out, and the one that the lab shows while a mouse points */
  picked: At;
  at: At;
  onPick: (at: At) => void;
  onPoint: (at: At | null) => void;
  /** the kernel as it was typed */
  rows: number[][];
  onEdit: (at: At, value: number) => void;
  onRefuse: (text: string) => void;
};

export function Stage({ solution, shown, show, picked, at, onPick, onPoint, ...more }: StageProps) {
  const { x, kernel, options, padding, output } = solution;
  const { stride } = options;
  const before = useMemo(() => toPixels(x, "clip").bytes, [x]);
  // An output stands over the middle of its window; without padding, the outermost pixels have
  // none.
  const middle = (k: number, start: number) => Math.floor((k - 1) / 2) - start;
  const top = middle(kernel.length, padding.rows[0]);
  const left = middle(kernel[0].length, padding.columns[0]);
  const corner = [at[0] * stride - padding.rows[0], at[1] * stride - padding.columns[0]];
  const ratio = Math.min(LONGEST, Math.max(1 / LONGEST, x.width / x.height));
  const { onKeyDown, ...aim } = aiming({
    picked,
    onPick,
    onPoint,
    shape: [output.height, output.width],
    at: (down, across) => [(down * x.height - top) / stride, (across * x.width - left) / stride],
  });
  const [high, wide] = shapeOf(kernel);
  return (
    <div class="cnl-image" style={`--ratio:${ratio};--high:${high};--wide:${wide}`}>
      <Photo name="Photograph" of={x}>
        <div
          class="cnl-pixels"
          role="application"
          tabIndex={0}
          aria-label={`Photograph: ${HELP}`}
          onKeyDown={onKeyDown}
          {...aim}
        >
          <Picture of={x} bytes={before} />
          <Mark of={x} at={corner} shape={[high, wide]} />
        </div>
      </Photo>
      <div class="cnl-work">
        <Window solution={solution} channel={more.channel} at={at} />
        <span class="cnl-sign" aria-hidden="true">
          ×
        </span>
        <WeightsFigure
          name="Kernel"
          rows={more.rows}
          scale={weightScale(more.rows.flat())}
          onRefuse={more.onRefuse}
          onEdit={more.onEdit}
        />
      </div>
      <Photo name="Output" of={output} note={words.BLANK[show]}>
        <div class="cnl-pixels cnl-output" {...aim}>
          <Picture
            of={output}
            bytes={shown.bytes}
            style={placeOf(x, [top, left], [output.height * stride, output.width * stride])}
          />
          <Mark
            of={x}
            at={[at[0] * stride + top, at[1] * stride + left]}
            shape={[stride, stride]}
          />
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
        {note && <span>, {note}</span>}
      </figcaption>
      {children}
    </figure>
  );
}

type PictureProps = {
  of: Planes;
  bytes: Uint8ClampedArray<ArrayBuffer>;
  style?: Record<string, string>;
};

const Picture = ({ of: { width, height }, bytes, style }: PictureProps) => (
  <Bitmap
    class={Math.max(height, width) <= COARSE ? "coarse" : ""}
    aria-hidden="true"
    {...{ width, height, bytes, style }}
  />
);

type WindowProps = { solution: Solution; channel: number; at: At };

/** The pixels under the window, magnified: each with its weight, or as grey alone. */
function Window({ solution: { x, kernel, options }, channel, at }: WindowProps) {
  const [picked, pick] = useState<At | null>(null);
  const { corner, values } = windowAt(x, channel, kernel, options, at);
  const shape = shapeOf(kernel);
  if (!words.isShort(kernel)) {
    const [height, width] = shape;
    const plane = { data: Float32Array.from(values.flat()), channels: 1, height, width };
    const { bytes } = toPixels(plane, "clip");
    return (
      <Figure name="Window" shape={shape}>
        <Bitmap class="cnl-large coarse" aria-hidden="true" {...{ bytes, height, width }} />
      </Figure>
    );
  }
  const isNoted = Math.max(...shape) <= NOTED;
  const cell = (i: number, j: number) => {
    const isOutside = i < 0 || j < 0 || i >= x.height || j >= x.width;
    const [a, b] = [i - corner[0], j - corner[1]];
    return {
      value: words.tidy(values[a][b]),
      text: values[a][b].toFixed(2),
      shade: values[a][b],
      kind: isOutside ? "padding" : "",
      says: isOutside ? "padding" : "",
      note: isNoted ? `×${short(kernel[a][b])}` : "",
    };
  };
  return (
    <Figure name="Window" shape={shape}>
      <Grid
        label={`Window, ${shape.join(" by ")}`}
        shape={shape}
        offset={corner}
        scale="grey"
        picked={picked}
        onPick={pick}
        cell={cell}
      />
    </Figure>
  );
}
