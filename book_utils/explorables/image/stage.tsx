/** The photograph and the output in one place, with a wiper between them. */
import { useMemo, useState } from "preact/hooks";
import { type Planes, toPixels } from "../arithmetic/filter.ts";
import { aiming } from "../parts/aiming.ts";
import { Bitmap } from "../parts/bitmap.tsx";
import { Slider } from "../parts/controls.tsx";
import type { Solution } from "./solution.ts";

type At = [number, number];

const START = 50; // where the wiper stands at first
const COARSE = 168; // pixels a side: so few that each is drawn as a square
const WIDEST = 336; // CSS pixels
const LONGEST = 3; // a picture longer than three times its width is drawn shorter
const HELP = "arrow keys pick an output pixel, with Shift ten at a time";
const LABEL = `Photograph, and the output right of the wiper: ${HELP}`;

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

export type StageProps = {
  solution: Solution;
  shown: ReturnType<typeof toPixels>;
  picked: At;
  onPick: (at: At) => void;
};

export function Stage({ solution, shown, picked, onPick }: StageProps) {
  const { x, kernel, options, padding, output } = solution;
  const { stride } = options;
  const [wiper, wipe] = useState(START);
  const [held, hold] = useState(false);
  const before = useMemo(() => toPixels(x, "clip").bytes, [x]);
  const part = held ? 100 : wiper;
  const percent = (v: number, n: number) => `${(100 * v) / n}%`;
  const place = (i: number, j: number, h: number, w: number) => ({
    top: percent(i, x.height),
    left: percent(j, x.width),
    height: percent(h, x.height),
    width: percent(w, x.width),
  });
  // An output stands over the middle of its window; without padding, the outermost pixels have
  // none.
  const middle = (k: number, start: number) => Math.floor((k - 1) / 2) - start;
  const top = middle(kernel.length, padding.rows[0]);
  const left = middle(kernel[0].length, padding.columns[0]);
  const corner = [picked[0] * stride - padding.rows[0], picked[1] * stride - padding.columns[0]];
  const ratio = Math.min(LONGEST, Math.max(1 / LONGEST, x.width / x.height));
  const aim = aiming({
    picked,
    onPick,
    shape: [output.height, output.width],
    at: (down, across) => [(down * x.height - top) / stride, (across * x.width - left) / stride],
  });
  return (
    <figure
      class="cnl-figure cnl-stage"
      style={{ width: `${Math.round(WIDEST * Math.min(1, ratio * 1.2))}px` }}
    >
      <figcaption>
        <span>
          Photograph {x.height}×{x.width}
        </span>
        <span>
          Output {output.height}×{output.width}
        </span>
      </figcaption>
      <div
        class="cnl-pixels"
        role="application"
        tabIndex={0}
        style={{ aspectRatio: String(ratio) }}
        aria-label={LABEL}
        {...aim}
      >
        <Picture of={x} bytes={before} />
        <div class="cnl-after" style={{ clipPath: `inset(0 0 0 ${part}%)` }}>
          <Picture
            of={output}
            bytes={shown.bytes}
            style={place(top, left, output.height * stride, output.width * stride)}
          />
        </div>
        <b class="cnl-edge" style={{ left: `${part}%` }} />
        <b
          class="cnl-window"
          style={place(corner[0], corner[1], kernel.length, kernel[0].length)}
        />
      </div>
      <Slider
        label="Wiper"
        unit="% photograph"
        value={wiper}
        min={0}
        max={100}
        initial={START}
        onChange={wipe}
      />
      <HoldButton held={held} hold={hold} />
    </figure>
  );
}

type HoldProps = { held: boolean; hold: (on: boolean) => void };

function HoldButton({ held, hold }: HoldProps) {
  const release = () => hold(false);
  return (
    <button
      type="button"
      aria-pressed={held}
      onPointerDown={() => hold(true)}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onBlur={release}
      onKeyDown={(event) => {
        if (event.key !== " " && event.key !== "Enter") return;
        event.preventDefault();
        hold(true);
      }}
      onKeyUp={release}
    >
      Hold to see the photograph
    </button>
  );
}
