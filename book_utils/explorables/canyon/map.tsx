/** The map of the loss: contours over the two weights, and the path of gradient descent. */
import { useMemo } from "preact/hooks";
import { aiming } from "../parts/aiming.ts";
import { range } from "../parts/grid.tsx";
import type { CanyonLab as Settings } from "../settings.ts";
import { PLACES, placeOf, REACH, type Solution, TENTHS } from "./solution.ts";
import { AXES, describeInputs, describeMap } from "./words.ts";

const SIDE = 2 * REACH * TENTHS; // units of the drawing, a tenth of a weight each
const FAR = 1e4; // units, beyond which nothing is drawn
const LEVELS = range(13).map((k) => 4 ** (8 - k)); // of the loss, as in still.py

const across = (w: number) => TENTHS * (w + REACH);
const down = (w: number) => TENTHS * (REACH - w);
const point = ([a, b]: readonly number[]) => `${across(a).toFixed(2)} ${down(b).toFixed(2)}`;
const isNear = (w: readonly number[]) => w.every((v) => Math.abs(TENTHS * v) < FAR);

type LossMapProps = {
  settings: Settings;
  solution: Solution;
  onPick: (at: number[]) => void;
};

export function LossMap({ settings, solution, onPick }: LossMapProps) {
  const { path } = solution;
  const far = path.findIndex((w) => !isNear(w));
  const drawn = far < 0 ? path : path.slice(0, far);
  const last = path[path.length - 1];
  const isOff = last.some((v) => Math.abs(v) > REACH);
  const label = `${describeMap(settings, solution)}. Arrow keys move where it begins`;
  return (
    <figure class="cnl-figure cnl-loss">
      <figcaption>{describeInputs(settings)}</figcaption>
      <div
        class="cnl-loss-map"
        role="application"
        tabIndex={0}
        aria-label={label}
        {...aiming({ shape: [PLACES, PLACES], picked: placeOf(settings.at), onPick })}
      >
        <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden="true">
          <rect class="far" width={SIDE} height={SIDE} />
          <Contours solution={solution} />
          <path class="path" d={`M${drawn.map(point).join("L")}`} />
          <path class="dots" d={drawn.map((w) => `M${point(w)}h0`).join("")} />
          <path class="goal" d={`M${point(solution.best)}m-1.6 0h3.2m-1.6 -1.6v3.2`} />
          <path class="begin" d={`M${point(path[0])}h0`} />
          <path class="begin hole" d={`M${point(path[0])}h0`} />
          {!isOff && settings.steps > 0 && <path class="end" d={`M${point(last)}h0`} />}
        </svg>
      </div>
      <Axis of="w₁" />
      <Axis of="w₂" />
    </figure>
  );
}

const Axis = ({ of }: { of: (typeof AXES)[number] }) => (
  <p class={of === AXES[0] ? "cnl-axis-below" : "cnl-axis-beside"} aria-hidden="true">
    <span>{of === AXES[0] ? `−${REACH}` : REACH}</span>
    <b>{of}</b>
    <span>{of === AXES[0] ? REACH : `−${REACH}`}</span>
  </p>
);

/** Ellipses of equal loss, the outermost first: each is 4 times as high as the next within it. */
function Contours({ solution: { bends, best, angle } }: { solution: Solution }) {
  return useMemo(() => {
    const turn = `translate(${point(best)}) rotate(${((-180 * angle) / Math.PI).toFixed(2)})`;
    const radius = (level: number, bend: number) =>
      (TENTHS * Math.sqrt((2 * level) / bend)).toFixed(3);
    return (
      <g class="contours">
        {LEVELS.map((level) => (
          <ellipse
            key={level}
            rx={radius(level, bends[1])}
            ry={radius(level, bends[0])}
            transform={turn}
          />
        ))}
      </g>
    );
  }, [...bends, ...best, angle]);
}
