/** The loss by step, with the inputs as they are and normalised. */
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import type { CanyonLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";
import { CURVES, describeCurves } from "./words.ts";

const [LOW, HIGH, EACH] = [-4, 6, 2]; // powers of ten: the ends of the axis, and between two ticks
const MOST = 50; // steps, as in lab.py
const SIDE = 100; // units of the drawing, which the style sheet stretches

const y = (loss: number) => ((HIGH - Math.log10(Math.max(loss, 1e-30))) / (HIGH - LOW)) * SIDE;
const x = (step: number) => ((step / MOST) * SIDE).toFixed(2);
const line = ({ losses }: Solution) =>
  `M${losses.map((loss, step) => `${x(step)} ${y(loss).toFixed(2)}`).join("L")}`;

type CurvesProps = { now: Solution; other: Solution; settings: Settings };

export function Curves({ now, other, settings: { normalised, steps } }: CurvesProps) {
  const ticks = range((HIGH - LOW) / EACH + 1).map((i) => HIGH - EACH * i);
  const loss = now.losses[steps];
  const isOn = y(loss) >= 0 && y(loss) <= SIDE;
  return (
    <figure class="cnl-figure cnl-losses">
      <figcaption>
        <b>Loss by step</b>
        <span>
          <svg viewBox="0 0 26 6" aria-hidden="true">
            <path class="now" d="M1 3H25" />
          </svg>
          {CURVES[`${normalised}`]}
        </span>
        <span>
          <svg viewBox="0 0 26 6" aria-hidden="true">
            <path class="other" d="M1 3H25" />
          </svg>
          {CURVES[`${!normalised}`]}
        </span>
      </figcaption>
      <div class="cnl-losses-plot" role="img" aria-label={describeCurves(now, other, normalised)}>
        {ticks.map((power) => (
          <span
            key={power}
            class={power % 4 ? "tick between" : "tick"}
            style={`top:${y(10 ** power)}%`}
          >
            {short(10 ** power)}
          </span>
        ))}
        <svg viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none" aria-hidden="true">
          {ticks.map((power) => (
            <path key={power} class="grid" d={`M0 ${y(10 ** power)}H${SIDE}`} />
          ))}
          <path class="other" d={line(other)} />
          <path class="now" d={line(now)} />
          {isOn && <path class="end" d={`M${x(steps)} ${y(loss)}h0`} />}
        </svg>
        <span class="step" style="left:0">
          0
        </span>
        <span class="step" style="left:100%">
          {MOST}
        </span>
      </div>
    </figure>
  );
}
