/** The weight-matrix lab: the matrix of a layer, dense, local, shared (see lab.py). */
import { useMemo, useRef } from "preact/hooks";
import { Choice, Slider } from "../parts/controls.tsx";
import { Figure } from "../parts/figure.tsx";
import type { GridPick } from "../parts/grid.tsx";
import { thousands } from "../parts/numbers.ts";
import { OutputPlayer, type Picking, usePick } from "../parts/picking.tsx";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Tiles } from "../parts/tiles.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { WeightMatrixLab as Settings } from "../settings.ts";
import { checkLayer, largestSide } from "./binding.ts";
import { indexOf, lightsOf, type Solution, STAGES, solve } from "./solution.ts";
import {
  asPython,
  describe,
  describeShortly,
  describeStage,
  MEGAPIXEL,
  onMegapixel,
  readPixel,
  readWeight,
} from "./words.ts";

type At = [number, number];
type Grids = "input" | "output";

const INPUTS = [
  { value: "1", label: "a row of pixels" },
  { value: "2", label: "a picture" },
];
const SIDE_OF_PICTURE = 4; // to begin with

function WeightMatrixLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: checkLayer });
  const { state, schema, change, control, range } = lab;
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const withSide = useReach(state);
  const begin = (axes: number) => {
    const side = axes === 1 ? Number(schema.side.default) : SIDE_OF_PICTURE;
    const middle = Math.floor(side / 2);
    change({ axes, ...withSide(side), picked: ["output", axes === 1 ? 0 : middle, middle] });
  };
  const controls = {
    stage: <Radios {...control("stage")} label="Weights" options={STAGES} />,
    reach: (
      <Slider
        {...control("reach")}
        {...range("reach")}
        max={state.side - 1}
        label="Reach Δ"
        unit="pixels"
      />
    ),
    side: (
      <Slider
        {...control("side")}
        {...range("side")}
        max={largestSide(state.axes, schema)}
        label="Side"
        unit="pixels"
        onChange={(side) => change(withSide(side))}
      />
    ),
    axes: (
      <Choice
        label="Input"
        value={String(state.axes)}
        options={INPUTS}
        onChange={(value) => begin(Number(value))}
      />
    ),
  };
  const say = (cell: typeof pick.shown) => describe(solution, cell);
  return (
    <Frame
      lab={lab}
      label="Weight-matrix lab"
      aside={describeShortly(solution)}
      said={<Said pick={pick} say={say} />}
      controls={controls}
      rest={
        <>
          <OutputPlayer pick={pick} />
          <SaidInFull pick={pick} say={say} formula={describeStage(solution)} />
        </>
      }
      python={() => asPython(state)}
    >
      <Stage lab={solution} pick={pick} />
    </Frame>
  );
}

/** The settings for another side: the reach is cut to fit, and comes back with the side. */
function useReach({ side, reach }: Settings) {
  const kept = useRef({ side, reach, wanted: reach });
  if (kept.current.side !== side || kept.current.reach !== reach)
    kept.current = { side, reach, wanted: reach };
  return (side: number) => {
    const { wanted } = kept.current;
    const reach = Math.min(wanted, side - 1);
    kept.current = { side, reach, wanted };
    return { side, reach };
  };
}

type StageProps = { lab: Solution; pick: Picking };

/** The matrix with the input along its top and the output along its left; the counts beside it. */
function Stage({ lab, pick }: StageProps) {
  const { layer, places, boxes, inks } = lab;
  const { grid, at } = pick.shown ?? {};
  const lights = useMemo(() => lightsOf(lab, pick.shown), [lab, grid, String(at)]);
  const size = places.length;
  const isRow = layer.axes === 1;
  const glides = layer.stage;
  const pixels = (name: Grids, turned = false) => {
    const { shape } = boxes[name];
    const [label, box] = [name === "input" ? "Input" : "Output", `${shape[0]} by ${shape[1]}`];
    const of = pick.of(name);
    return {
      inks: lights[name],
      glides,
      shape: turned ? ([shape[1], shape[0]] as At) : shape,
      label: `${label}, ${box}`,
      says: (cell: At) => readPixel(lab, name, turned ? swapped(cell) : cell),
      pick: turned ? turnedPick(of) : of,
      shown: of.shown && (turned ? swapped(of.shown) : of.shown),
    };
  };
  /** A picture beside the matrix, unrolled along its edge. */
  const unrolled = (name: Grids, shape: At) => {
    const index = grid === name && at ? indexOf(lab, at) : null;
    const shown = index === null ? null : shape.map((n) => (n === 1 ? 0 : index));
    return { inks: lights[name], glides, shape, shown: shown as At | null };
  };
  return (
    <div class={isRow ? "cnl-bound" : "cnl-bound cnl-pictured"} style={`--n:${size}`}>
      <div class="cnl-joint">
        <span class="cnl-in">{isRow ? "Input" : "Input, row after row"}</span>
        <span class="cnl-out">Output</span>
        <Tiles {...(isRow ? pixels("input") : unrolled("input", [1, size]))} />
        <Tiles {...(isRow ? pixels("output", true) : unrolled("output", [size, 1]))} />
        <Tiles
          shape={boxes.matrix.shape}
          inks={inks}
          glides={glides}
          lit={lights.matrix}
          isAlone={grid === "matrix" && lights.matrix.length > 0}
          block={isRow ? undefined : layer.side}
          label={`Weight matrix, ${size} by ${size}`}
          says={(cell) => readWeight(lab, cell)}
          pick={pick.of("matrix")}
          shown={pick.of("matrix").shown}
        />
      </div>
      <Counts lab={lab} />
      {!isRow && (
        <div class="cnl-planes" style={`--side:${layer.side}`}>
          <Figure name="Input" shape={boxes.input.shape}>
            <Tiles {...pixels("input")} />
          </Figure>
          <Figure name="Output" shape={boxes.output.shape}>
            <Tiles {...pixels("output")} />
          </Figure>
        </div>
      )}
    </div>
  );
}

const swapped = ([i, j]: At): At => [j, i];

/** A pick in a row that stands upright. */
function turnedPick({ picked, onPick, onPoint }: GridPick) {
  return {
    picked: picked && swapped(picked),
    onPick: (at: At) => onPick(swapped(at)),
    onPoint: (at: At | null) => onPoint?.(at && swapped(at)),
  };
}

/** How many weights are free, by what is done to them. */
function Counts({ lab: { layer, counts } }: { lab: Solution }) {
  const side = thousands(MEGAPIXEL);
  return (
    <div class="cnl-counts">
      <p>Free weights{layer.axes === 2 && <small>on {`${side}×${side}`} pixels</small>}</p>
      <ol>
        {STAGES.map((stage, i) => (
          <li key={stage} aria-current={stage === layer.stage}>
            <span>{stage}</span> <b>{thousands(counts[i])}</b>{" "}
            {layer.axes === 2 && <small>{onMegapixel({ ...layer, stage })}</small>}
          </li>
        ))}
      </ol>
    </div>
  );
}

export default platform.view(WeightMatrixLab);
