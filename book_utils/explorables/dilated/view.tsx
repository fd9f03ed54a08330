/** The dilated lab: the taps of a stack along one axis, and the map of the inputs it reads. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { aiming } from "../parts/aiming.ts";
import { Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { useGlide } from "../parts/glide.ts";
import { Grid, marked, range } from "../parts/grid.tsx";
import { useId } from "../parts/ids.ts";
import { thousands } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { HUES } from "../platform/theme.ts";
import type { DilatedLab as Settings } from "../settings.ts";
import { type Solution, shadeOf, solve, tree } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];
const RATES = ["rate1", "rate2", "rate3", "rate4"] as const;

function DilatedLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const solution = useMemo(
    () => solve(state),
    [...RATES, "kernel" as const].map((name) => state[name]),
  );
  const [pointed, point] = useState<At | null>(null);
  const last = solution.field - 1;
  const inside = (at: number[] | null) =>
    at && ([Math.min(at[0], last), Math.min(at[1], last)] as At);
  const picked = inside(state.at);
  const shown = inside(pointed) ?? picked;
  const pick = { picked, shown, playing: false };
  const onPick = (at: At) => {
    point(null);
    lab.change({ at });
  };
  const slider = (name: (typeof RATES)[number]) => (
    <Slider
      {...control(name)}
      {...lab.range(name)}
      label={`Rate ${name.at(-1)}`}
      format={(rate) => (rate ? String(rate) : "off")}
    />
  );
  const [rate1, rate2, rate3, rate4] = RATES.map(slider);
  const say = (at: At | null) => words.describe(solution, at);
  const aim = { solution, picked, shown, onPick, onPoint: point };
  return (
    <Frame
      lab={lab}
      label="Dilated lab"
      aside={words.describeField(solution)}
      said={<Said pick={pick} say={say} />}
      controls={{
        rate1,
        rate2,
        rate3,
        rate4,
        kernel: (
          <Slider {...control("kernel")} {...lab.range("kernel")} label="Kernel size" unit="taps" />
        ),
      }}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.describeSize(solution)} />}
      python={() => words.asPython(solution)}
    >
      <div
        class="cnl-dilated"
        style={`--field:${solution.field};--layers:${solution.rates.length}`}
      >
        <OneAxis {...aim} />
        <PathMap {...aim} />
      </div>
    </Frame>
  );
}

const { EXAMPLES } = words;

type AimProps = {
  solution: Solution;
  picked: At | null;
  shown: At | null;
  onPick: (at: At) => void;
  onPoint: (at: At | null) => void;
};

/** The layers as rows of units, joined by taps; the last row are the inputs, with their paths. */
function OneAxis({ solution, picked, shown, onPick, onPoint }: AimProps) {
  const { rates, counts, field, most } = solution;
  const row = (picked ?? [0, 0])[0];
  const column = (at: At | null): At | null => at && [0, at[1]];
  return (
    <figure class="cnl-axis">
      <figcaption>Along one axis</figcaption>
      <Taps solution={solution} picked={shown?.[1] ?? null} />
      <Grid
        label={`Paths along one axis to ${field} inputs`}
        shape={[1, field]}
        scale="activations"
        cell={(_, j) => ({
          value: counts[j],
          shade: shadeOf(counts[j], most),
          kind: marked({ unread: counts[j] === 0 }),
          says: counts[j] ? "" : "never read",
        })}
        picked={column(picked)}
        shown={column(shown)}
        onPick={([, j]) => onPick([row, j])}
        onPoint={(at) => onPoint(at && [row, at[1]])}
      />
      <ul class="cnl-layers" aria-hidden="true">
        <li>output</li>
        {range(rates.length).flatMap((below) => [
          <li key={`taps ${below}`}>layer {rates.length - below}</li>,
          <li key={`units ${below}`}>{below === rates.length - 1 && "input"}</li>,
        ])}
      </ul>
    </figure>
  );
}

const WIDE = 1000; // units of the drawing across, and down from layer to layer
const DEEP = 100;

/** Units are dots and taps lines, as five paths whatever the rates. */
function Taps({ solution: { rates, k }, picked }: { solution: Solution; picked: number | null }) {
  const gliding = useGlide(rates); // the taps are seen to spread
  const lit = String(gliding) === String(rates) ? picked : null;
  const [units, taps, lights] = useMemo(() => drawing(gliding, k, lit), [gliding, k, lit]);
  return (
    <svg
      class="cnl-taps"
      viewBox={`0 0 ${WIDE} ${DEEP * rates.length}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="taps" d={taps} />
      <path class="lit" d={lights} />
      <path class="units" d={units} />
    </svg>
  );
}

function drawing(rates: number[], k: number, picked: number | null) {
  const field = 1 + (k - 1) * rates.reduce((a, b) => a + b, 0);
  const levels = tree(rates, k, picked);
  // Each layer is narrower than the one below it, and in its middle.
  const width = (level: number) =>
    (k - 1) * rates.slice(0, rates.length - level).reduce((a, b) => a + b, 0);
  const x = (at: number, level: number) =>
    ((WIDE * (at + 0.5 + width(level) / 2)) / field).toFixed(1);
  const units = levels.flatMap(({ units }, level) =>
    units.map((at) => `M${x(at, level)} ${DEEP * level}h0`),
  );
  const all = levels.flatMap(({ taps }, level) =>
    taps.map(({ from, to, lit }) => ({
      lit,
      line: `M${x(from, level)} ${DEEP * level}L${x(to, level + 1)} ${DEEP * (level + 1)}`,
    })),
  );
  const lines = (which: boolean) => all.filter(({ lit }) => lit === which).map(({ line }) => line);
  return [units, lines(false), lines(true)].map((parts) => parts.join(""));
}

/** The field in two dimensions: one hue for the number of paths; what is never read is hatched. */
function PathMap({ solution, picked, shown, onPick, onPoint }: AimProps) {
  const { counts, field, read, most } = solution;
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    const bytes = new Uint8ClampedArray(4 * field * field);
    counts.forEach((down, i) => {
      counts.forEach((across, j) => {
        const at = 4 * (i * field + j);
        bytes.set(HUES.activation, at);
        bytes[at + 3] = 255 * shadeOf(down * across, most * most);
      });
    });
    canvas.current?.getContext("2d")?.putImageData(new ImageData(bytes, field, field), 0, 0);
  }, [counts]);
  const place = shown && `left:${(100 * shown[1]) / field}%;top:${(100 * shown[0]) / field}%`;
  return (
    <figure class="cnl-paths">
      <figcaption>
        In two: <b>{thousands(read * read)}</b> of {thousands(field * field)} read
      </figcaption>
      <div
        class="cnl-reads"
        role="application"
        tabIndex={0}
        aria-label={`${words.describeMap(solution)}. Arrow keys pick an input.`}
        {...aiming({ shape: [field, field], picked: picked ?? [0, 0], onPick, onPoint })}
      >
        <canvas ref={canvas} width={field} height={field} />
        <Hatch counts={counts} />
        {place && <i style={`${place};--size:${100 / field}%`} />}
      </div>
      <p class="cnl-key" aria-hidden="true">
        <span class="cnl-never">
          <Hatch counts={[0]} />
        </span>
        never read <span>1</span>
        <i class="cnl-ramp" /> {thousands(most * most)} paths
      </p>
    </figure>
  );
}

const LINES = 70; // of the hatching, across the map

/** Lines over the rows and the columns of which nothing is read. */
function Hatch({ counts }: { counts: number[] }) {
  const id = useId();
  const field = counts.length;
  const step = field === 1 ? 0.3 : field / LINES; // one: the key
  const bands = counts
    .map((paths, at) => (paths ? "" : `M0 ${at}h${field}v1H0zM${at} 0h1v${field}h-1z`))
    .join("");
  return (
    <svg viewBox={`0 0 ${field} ${field}`} preserveAspectRatio="none" aria-hidden="true">
      <pattern
        id={id}
        width={step}
        height={step}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d={`M0 0v${step}`} stroke-width={step / 3} />
      </pattern>
      <path d={bands} fill={`url(#${id})`} />
    </svg>
  );
}

export default platform.view(DilatedLab);
