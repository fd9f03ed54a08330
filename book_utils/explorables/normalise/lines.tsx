/**
 * The numbers of a batch as dots on number lines: as they come, normalised, and with γ and β. Each
 * channel has lines of its own, all to one scale; what one number becomes is a line through three.
 */
import { useRef, useState } from "preact/hooks";
import { charts } from "../../theme.json";
import type { PlacePick } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { ofChannel, type Solution } from "./solution.ts";
import { brief, describeLine, STEPS } from "./words.ts";

export type Axis = { low: number; high: number };
type Point = [x: number, y: number];
type Dot = { at: Point; channel: number; order: number; step: number };

/** Across 100, and down 100 for each step: its title, the lines of its channels, its figures. */
const LINES = { top: 20, bottom: 82 };
const HEIGHT = 300;
const NEAR = 24; // pixels around a dot that are its own

/** Round numbers that cover some others, and room for one that is pulled out. */
function axisAround(values: number[]): Axis {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const reach = 1.2 * Math.max(high - low, 1e-6);
  const power = 10 ** Math.floor(Math.log10(reach));
  const step = reach < 3 * power ? power / 2 : power;
  const down = low < 0 ? Math.floor((low - 0.1 * reach) / step) * step : 0;
  return { low: down, high: down + Math.ceil((reach + (low - down)) / step) * step };
}

/** The scale of a batch as it was given, which stays until a number goes beyond it. */
export function axisOf(given: number[], now: number[]) {
  const axis = axisAround(given);
  const fits = now.every((v) => v >= axis.low && v <= axis.high);
  return fits ? axis : axisAround([...given, ...now]);
}

/** Normalised numbers have one scale, unless they go beyond it. */
function symmetric(values: number[]): Axis {
  let reach = 6;
  while (values.some((v) => Math.abs(v) > reach)) reach *= 2;
  return { low: -reach, high: reach };
}

/** In how many parts figures divide an axis, so that they are short. */
function partsOf({ low, high }: Axis) {
  if (low === -high) return 4;
  const isShort = (v: number) => Math.abs(Number(v.toPrecision(1)) - v) < 1e-9 * v;
  const isRound = (n: number) => isShort((high - low) / n) || isShort((high - low) / n / 2.5);
  return [4, 5, 3, 6, 7, 2].find(isRound) ?? 1;
}

const across = ({ low, high }: Axis, v: number) => (100 * (v - low)) / (high - low);

/** The place of each number: on its line, those that are near one another on top of each other. */
function stacked(values: number[], axis: Axis, base: number, room: number): Point[] {
  const heights = new Map<number, number>();
  const levels = values.map((value) => {
    const bin = Math.round(across(axis, value) / 1.2);
    const level = heights.get(bin) ?? 0;
    heights.set(bin, level + 1);
    return level;
  });
  const step = Math.min(11, room / Math.max(1, ...levels));
  return values.map((value, i) => [across(axis, value), base - step * levels[i]]);
}

/** Dots as one path, which paints faster than a circle each and stays round on any scale. */
const dots = (places: Point[]) =>
  places.map(([x, y]) => `M${x.toFixed(2)},${y.toFixed(1)}h0`).join("");
const through = (places: Point[]) =>
  `M${places.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(1)}`).join("L")}`;

/** All that is drawn, worked out from the numbers. */
function layout(lab: Solution, ofInput: Axis) {
  const { x, plain, y, own, gammas, betas, eps, shape } = lab;
  const channels = shape[1];
  const lane = (LINES.bottom - LINES.top) / channels;
  const after = symmetric([...(plain?.data ?? []), ...(y?.data ?? [])]);
  const spread = (c: number) => Math.sqrt(own.variance[c] / (own.variance[c] + eps));
  const steps = [
    { data: x.data, axis: ofInput, mean: own.mean, deviation: own.variance.map(Math.sqrt) },
    {
      data: plain?.data,
      axis: after,
      mean: own.mean.map(() => 0),
      deviation: own.mean.map((_, c) => spread(c)),
    },
    {
      data: y?.data,
      axis: after,
      mean: betas,
      deviation: gammas.map((gamma, c) => Math.abs(gamma) * spread(c)),
    },
  ];
  return steps.map(({ data, axis, mean, deviation }, step) => ({
    axis,
    parts: partsOf(axis),
    lanes: range(channels).map((c) => {
      const base = 100 * step + LINES.top + lane * (c + 0.86);
      const places = data && stacked(ofChannel(lab, c)(data), axis, base - 5, lane * 0.86 - 12);
      return { base, places, mean: mean[c], deviation: deviation[c] };
    }),
  }));
}

type LinesProps = {
  lab: Solution;
  pick: PlacePick;
  /** of the numbers as they come */
  axis: Axis;
  onDrag: (place: number[], value: number) => void;
};

export function Lines({ lab, pick, axis, onDrag }: LinesProps) {
  const box = useRef<HTMLDivElement | null>(null);
  const [drag, setDrag] = useState<{ place: number[]; axis: Axis } | null>(null);
  const steps = layout(lab, drag?.axis ?? axis); // the scale stays under a hand
  const all: Dot[] = steps.flatMap(({ lanes }, step) =>
    lanes.flatMap(({ places = [] }, channel) =>
      places.map((at, order) => ({ at, channel, order, step })),
    ),
  );
  const place = ({ channel, order }: Dot) => lab.placeOf(channel, order);

  /** The dot under the pointer, and how far across the pointer is. */
  const under = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = (box.current as HTMLElement).getBoundingClientRect();
    const away = ({ at: [x, y] }: Dot) =>
      Math.hypot((x / 100) * width - clientX + left, (y / HEIGHT) * height - clientY + top);
    const nearest = all.reduce((best, dot) => (away(dot) < away(best) ? dot : best), all[0]);
    return { part: (clientX - left) / width, dot: away(nearest) <= NEAR ? nearest : null };
  };
  const onPointerDown = (event: PointerEvent) => {
    const { dot } = under(event);
    if (!dot) return;
    pick.pick(place(dot));
    if (dot.step > 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    setDrag({ place: place(dot), axis });
  };
  const onPointerMove = (event: PointerEvent) => {
    const { part, dot } = under(event);
    if (!drag) {
      if (event.pointerType === "mouse") pick.point(dot && place(dot));
      return;
    }
    const { low, high } = drag.axis;
    const step = (high - low) / 100;
    const value = low + Math.round(Math.min(1, Math.max(0, part)) * 100) * step;
    onDrag(drag.place, Number(value.toPrecision(6)));
  };
  const drop = () => setDrag(null);

  const shown = pick.shown;
  const [channel, order] = shown ? [shown[1], lab.orderOf(shown)] : [0, -1];
  const ways = range(lab.size).map((i) =>
    steps.flatMap(({ lanes }) => {
      const at = lanes[channel].places?.[i];
      return at ? [at] : [];
    }),
  );
  const many = lab.shape[1] > 2;
  return (
    <div
      ref={box}
      class={`cnl-lines${many ? " many" : ""}${drag ? " dragged" : ""}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={drop}
      onPointerCancel={drop}
      onPointerLeave={() => drag || pick.point(null)}
    >
      <svg viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {steps.map(({ axis: { low, high }, lanes }, step) => (
          <g key={step}>
            {low < 0 && (
              <path
                class="zero"
                d={through([
                  [across({ low, high }, 0), 100 * step + LINES.top],
                  [across({ low, high }, 0), 100 * step + LINES.bottom],
                ])}
              />
            )}
            {lanes.map(({ base }, c) => (
              <path
                key={c}
                class="base"
                d={through([
                  [0, base],
                  [100, base],
                ])}
              />
            ))}
          </g>
        ))}
        <path class="ways" d={ways.map(through).join("")} style={hue(channel)} />
        {steps.map(({ axis: its, lanes }, step) =>
          lanes.map(({ base, places, mean, deviation }, c) => (
            <g key={`${step},${c}`} style={hue(c)}>
              {places && (
                <>
                  <path
                    class="spread"
                    d={through([
                      [across(its, mean - deviation), base + 3],
                      [across(its, mean + deviation), base + 3],
                    ])}
                  />
                  <path
                    class="mean"
                    d={through([
                      [across(its, mean), base - 2],
                      [across(its, mean), base + 8],
                    ])}
                  />
                  <path class="dots" d={dots(places)} />
                </>
              )}
            </g>
          )),
        )}
        {order >= 0 && (
          <g style={hue(channel)}>
            <path class="way" d={through(ways[order])} />
            <path class="ring" d={dots(ways[order])} />
            <path class="dots" d={dots(ways[order])} />
          </g>
        )}
      </svg>
      {steps.map(({ axis: { low, high }, parts, lanes }, step) => (
        <div key={step} class="cnl-step" style={`top:${(100 * step) / 3}%`}>
          <p class="title">{STEPS[step].formula}</p>
          {range(parts + 1).map((i) => (
            <span key={i} class="tick" style={`left:${(100 * i) / parts}%`}>
              {short(low + ((high - low) * i) / parts)}
            </span>
          ))}
          {lanes.map(({ base, places, mean, deviation }, c) => (
            <p
              key={c}
              class={`margin${c === channel ? " of-picked" : ""}`}
              style={`top:${base - 100 * step}%`}
              aria-label={places && describeLine(step, c, mean, deviation)}
            >
              {places && (
                <>
                  <span>μ {brief(mean)}</span> <span>σ {brief(deviation)}</span>
                </>
              )}
            </p>
          ))}
        </div>
      ))}
    </div>
  );
}

/** The colour of a channel, which it keeps on all its lines. */
export const hue = (channel: number) => `--hue:${charts.series[channel % charts.series.length]}`;
