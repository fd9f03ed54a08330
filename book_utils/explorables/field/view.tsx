/** The field lab: three layers as rows of units, and all that one output depends on. */
import { useMemo, useState } from "preact/hooks";
import { aiming } from "../parts/aiming.ts";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { useGlide } from "../parts/glide.ts";
import { range } from "../parts/grid.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { FieldLab as Settings } from "../settings.ts";
import { type Solution, solve, unitsBelow } from "./solution.ts";
import * as words from "./words.ts";

function FieldLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const [pointed, point] = useState<number | null>(null);
  const at = pointed === null ? state.at : [pointed];
  const solution = platform.useSolved({ ...state, at }, solve);
  const picked = platform.useSolved(state, solve);
  const pick = { picked, shown: solution, playing: false };
  const say = (of: Solution | null) => words.describe(of ?? solution);
  const slider = (name: "kernel" | "stride", i: 1 | 2 | 3) => (
    <Slider
      {...control(`${name}${i}`)}
      {...lab.range(`${name}${i}`)}
      label={`${name === "kernel" ? "Kernel" : "Stride"} ${i}`}
    />
  );
  return (
    <Frame
      lab={lab}
      label="Field lab"
      aside={words.compare(solution)}
      said={<Said pick={pick} say={say} />}
      controls={{
        stride1: slider("stride", 1),
        stride2: slider("stride", 2),
        stride3: slider("stride", 3),
        kernel1: slider("kernel", 1),
        kernel2: slider("kernel", 2),
        kernel3: slider("kernel", 3),
        neighbour: <Switch {...control("neighbour")} label="show its neighbour" />,
      }}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.FORMULA} />}
      python={() => words.asPython(picked)}
    >
      <Pyramid
        solution={solution}
        place={picked.place}
        onPick={(input) => {
          point(null);
          lab.change({ at: [input] });
        }}
        onPoint={point}
      />
    </Frame>
  );
}

type PyramidProps = {
  solution: Solution;
  /** the picked output, from which the arrow keys go on */
  place: number;
  onPick: (input: number) => void;
  onPoint: (input: number | null) => void;
};

function Pyramid({ solution, place, onPick, onPoint }: PyramidProps) {
  const { inputs, levels, layers, field, jump, next } = solution;
  /** The input below an output, by which it is remembered when the strides change. */
  const below = (output: number) => Math.floor(output * jump + (field - 1) / 2);
  const aim = aiming({
    shape: [1, levels[3].count],
    picked: [0, place],
    at: (_, across) => [0, solution.nearest(across * inputs - 0.5)],
    onPick: ([, output]) => onPick(below(output)),
    onPoint: (at) => onPoint(at && below(at[1])),
  });
  return (
    <div class="cnl-pyramid" style={`--inputs:${inputs}`}>
      <ul class="cnl-levels" aria-hidden="true">
        {levels.map(({ field }, l) => (
          <li key={l} style={`--top:${top(l) / ALL}`}>
            {l ? `after layer ${l}: field ${field}` : "input"}
            {l > 0 && (
              <small>
                kernel {layers[l - 1].k}, stride {layers[l - 1].stride}
              </small>
            )}
          </li>
        ))}
      </ul>
      <div
        class="cnl-units"
        role="application"
        tabIndex={0}
        aria-label={words.describeDrawing(solution)}
        {...aim}
      >
        <Drawing solution={solution} />
      </div>
      <Measures solution={solution} next={next} />
    </div>
  );
}

const DEEP = 100; // from row to row
const HIGH = 34; // a row
const ALL = 3 * DEEP + HIGH;
/** Where a row begins: the outputs at the top, the inputs at the bottom. */
const top = (level: number) => DEEP * (3 - level);

function Drawing({ solution }: { solution: Solution }) {
  const { inputs, layers, place, next } = solution;
  const still = [...layers.map(({ stride }) => stride), inputs];
  const moving = useGlide(still);
  const paths = useMemo(() => drawing(solution, moving.slice(0, 3)), [solution, String(moving)]);
  return (
    <svg viewBox={`0 0 ${moving[3]} ${ALL}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="idle" d={paths.idle} />
      {next !== null && <path class="lit next" d={paths.lit(next)} />}
      <path class="lit" d={paths.lit(place)} />
      <path class="edges" d={paths.idle} />
      <path class="cone" d={paths.cone(place)} />
      {next !== null && <path class="cone next" d={paths.cone(next)} />}
    </svg>
  );
}

/**
 * The paths of the drawing. Strides may be broken numbers, while they change; then what is lit
 * stays in the middle of where it comes to rest, and all of a row keeps to that.
 */
function drawing({ layers, levels, place, field, jump }: Solution, strides: number[]) {
  const jumps = strides.reduce((all, stride) => [...all, all[all.length - 1] * stride], [1]);
  const fields = layers.reduce((all, { k }, i) => [...all, all[i] + (k - 1) * jumps[i]], [1]);
  const middleOf = (level: number, unit: number) => unit * jumps[level] + fields[level] / 2;
  const offBy = unitsBelow(layers, place).map((units, level) => {
    const halfWay = (units[0] + units[units.length - 1]) / 2;
    return place * jump + field / 2 - middleOf(level, halfWay);
  });
  /** Left and right of a unit: as wide as the jump, above the middle of its field. */
  const sides = (level: number, unit: number) => {
    const middle = middleOf(level, unit) + offBy[level];
    return [middle - jumps[level] / 2, middle + jumps[level] / 2];
  };
  const box = (level: number) => (unit: number) => {
    const [left, right] = sides(level, unit);
    return `M${left.toFixed(2)} ${top(level)}H${right.toFixed(2)}v${HIGH}H${left.toFixed(2)}z`;
  };
  const boxes = (units: number[][]) => units.flatMap((row, l) => row.map(box(l))).join("");
  return {
    idle: boxes(levels.map(({ count }) => range(count))),
    lit: (output: number) => boxes(unitsBelow(layers, output)),
    /** Around the units that are seen in one row, and down to those of the next. */
    cone: (output: number) => {
      const ends = unitsBelow(layers, output).map((units, level) => ({
        top: top(level),
        left: sides(level, units[0])[0],
        right: sides(level, units[units.length - 1])[1],
      }));
      const sections = ends.slice(1).map((above, l) => {
        const below = ends[l];
        const down = `v${HIGH}L${below.right} ${below.top}v${HIGH}H${below.left}v${-HIGH}`;
        return `M${above.left} ${above.top + HIGH}v${-HIGH}H${above.right}${down}z`;
      });
      return sections.join("");
    },
  };
}

/** How wide the field is, and how far the neighbour's lies from it. */
function Measures({ solution, next }: { solution: Solution; next: number | null }) {
  const { place, jump, field } = solution;
  const start = place * jump;
  return (
    <div class="cnl-measures" aria-hidden="true">
      <Measure name="field" from={start} cells={field} />
      {next !== null && <Measure name="jump" from={Math.min(start, next * jump)} cells={jump} />}
    </div>
  );
}

function Measure({ name, from, cells }: { name: string; from: number; cells: number }) {
  return (
    <div class={name} style={`--from:${from};--cells:${cells}`}>
      <i />
      <p>
        {name} {cells}
      </p>
    </div>
  );
}

export default platform.view(FieldLab);
