/** The weight-matrix lab: the matrix of a layer, dense, local, shared (see lab.py). */
import { useMemo, useRef } from "preact/hooks";
import { Choice, Slider } from "../parts/controls.tsx";
import { activationScale, Figure, inputScale, type Scale } from "../parts/figure.tsx";
import { Grid, type GridPick, marked, range } from "../parts/grid.tsx";
import { thousands } from "../parts/numbers.ts";
import { OutputPlayer, type Picking, usePick } from "../parts/picking.tsx";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Tiles } from "../parts/tiles.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { WeightMatrixLab as Settings } from "../settings.ts";
import { checkLayer, farthestShift, largestSide } from "./binding.ts";
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
type Vector = "input" | "output";

const INPUTS = [
  { value: "1", label: "a row of pixels" },
  { value: "2", label: "an image" },
];
const SIDE_OF_IMAGE = 4; // to begin with

function WeightMatrixLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: checkLayer });
  const { state, schema, change, control, range } = lab;
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const withSide = useFitting(state);
  const begin = (axes: number) => {
    const side = axes === 1 ? Number(schema.side.default) : SIDE_OF_IMAGE;
    const middle = Math.floor(side / 2);
    const picked = ["output", axes === 1 ? 0 : middle, middle] as Settings["picked"];
    change({ axes, ...withSide(side, axes), picked });
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
    shift: (
      <Slider
        {...control("shift")}
        {...range("shift")}
        max={farthestShift(state.axes, state.side)}
        label="Shift"
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
      python={() => asPython(solution)}
    >
      <Stage lab={solution} pick={pick} />
    </Frame>
  );
}

/** The settings for another side: reach and shift are cut to fit, and come back with the side. */
function useFitting({ axes, side, reach, shift }: Settings) {
  const now = { side, reach, shift };
  const kept = useRef({ now, wanted: now });
  if (String(Object.values(kept.current.now)) !== String(Object.values(now)))
    kept.current = { now, wanted: now };
  return (side: number, of = axes) => {
    const { wanted } = kept.current;
    const fitting = {
      side,
      reach: Math.min(wanted.reach, side - 1),
      shift: Math.min(wanted.shift, farthestShift(of, side)),
    };
    kept.current = { now: fitting, wanted };
    return fitting;
  };
}

type StageProps = { lab: Solution; pick: Picking };

/** The matrix, with the input along its top and the output along its right; the counts beside. */
function Stage({ lab, pick }: StageProps) {
  const { layer, places, boxes, inks } = lab;
  const { grid, at } = pick.shown ?? {};
  const lights = useMemo(() => lightsOf(lab, pick.shown), [lab, grid, String(at)]);
  const size = places.length;
  const isRow = layer.axes === 1;
  const scales = { input: inputScale(lab.x), output: activationScale(lab.y) };
  const vector = (name: Vector) => ({ lab, name, scale: scales[name], lit: lights[name] });
  const index = (name: Vector) => (grid === name && at ? indexOf(lab, at) : null);
  return (
    <div class={isRow ? "cnl-bound" : "cnl-bound cnl-imaged"} style={`--n:${size}`}>
      <div class="cnl-joint">
        <span class="cnl-in">{isRow ? "Input x" : "Input x, row after row"}</span>
        <span class="cnl-out">Output y</span>
        <div class="cnl-along">
          {isRow ? (
            <Pixels {...vector("input")} pick={pick.of("input")} />
          ) : (
            <Strip {...vector("input")} shown={index("input")} />
          )}
        </div>
        <Tiles
          shape={boxes.matrix.shape}
          inks={inks}
          glides={layer.stage}
          lit={lights.matrix}
          isAlone={grid === "matrix" && lights.matrix.length > 0}
          block={isRow ? undefined : layer.side}
          label={`Weight matrix, ${size} by ${size}`}
          says={(cell) => readWeight(lab, cell)}
          pick={pick.of("matrix")}
          shown={pick.of("matrix").shown}
        />
        <div class="cnl-down">
          {isRow ? (
            <Pixels {...vector("output")} pick={turnedPick(pick.of("output"))} turned />
          ) : (
            <Strip {...vector("output")} shown={index("output")} turned />
          )}
        </div>
      </div>
      <Counts lab={lab} />
      {!isRow && (
        <div class="cnl-planes" style={`--side:${layer.side}`}>
          <Figure name="Input" shape={boxes.input.shape}>
            <Pixels {...vector("input")} pick={pick.of("input")} />
          </Figure>
          <Figure name="Output" shape={boxes.output.shape}>
            <Pixels {...vector("output")} pick={pick.of("output")} />
          </Figure>
        </div>
      )}
    </div>
  );
}

type VectorProps = { lab: Solution; name: Vector; scale: Scale; lit: Set<number> };
type PixelsProps = VectorProps & { pick: GridPick & { shown: At | null }; turned?: boolean };

/** The input or the output as a grid that can be picked; `turned`, a row stands as a column. */
function Pixels({ lab, name, scale, lit, pick, turned = false }: PixelsProps) {
  const [rows, columns] = lab.boxes[name].shape;
  const shape: At = turned ? [columns, rows] : [rows, columns];
  const values = valuesOf(lab, name);
  return (
    <Grid
      label={`${name === "input" ? "Input" : "Output"}, ${shape.join(" by ")}`}
      shape={shape}
      scale={scale.scale}
      cell={(i, j) => {
        const k = turned ? i + j : indexOf(lab, [i, j]);
        const kind = marked({ lit: lit.has(k) });
        return {
          value: values[k],
          shade: scale.of(values[k]),
          kind,
          says: readPixel(lab, name, k),
        };
      }}
      {...pick}
    />
  );
}

/** The pixels of an image one after another along the edge of the matrix, only to be looked at. */
function Strip(props: VectorProps & { shown: number | null; turned?: boolean }) {
  const { lab, name, scale, lit, shown, turned } = props;
  const values = valuesOf(lab, name);
  return (
    <div
      class={`cnl-grid cnl-${scale.scale}`}
      style={`--longest:2;--across:${turned ? 1 : values.length}`}
      aria-hidden="true"
    >
      {range(values.length).map((k) => {
        const marks = marked({ lit: lit.has(k), picked: k === shown });
        const strength = `s${Math.round(20 * scale.of(values[k]))}`;
        return (
          <div key={k} class={`cnl-cell ${marks} ${strength}`}>
            {values[k]}
          </div>
        );
      })}
    </div>
  );
}

const valuesOf = ({ x, y }: Solution, name: Vector) => (name === "input" ? x : y);

const swapped = ([i, j]: At): At => [j, i];

/** A pick in a row that is shown as a column. */
function turnedPick({ picked, shown, onPick, onPoint }: PixelsProps["pick"]) {
  return {
    picked: picked && swapped(picked),
    shown: shown && swapped(shown),
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
