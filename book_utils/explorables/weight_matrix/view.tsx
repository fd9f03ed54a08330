/** The weight-matrix lab: dense, local, shared. */
import type { ComponentProps } from "preact";
import { Choice, Slider } from "../parts/controls.tsx";
import { Figure } from "../parts/figure.tsx";
import { Grid, marked } from "../parts/grid.tsx";
import { type Picking, usePick } from "../parts/picking.tsx";
import * as platform from "../platform/lab.tsx";
import type { WeightMatrixLab as Settings } from "../settings.ts";
import { checkLayer, largestSide } from "./binding.ts";
import { indexOf, type Solution, solve, weightsOf } from "./solution.ts";
import { asPython, describe, describeCount, describeStage, reading } from "./words.ts";

type Lab = platform.LabOf<Settings>;

const INPUTS = [
  { value: "1", label: "a row of pixels" },
  { value: "2", label: "a picture" },
];
const SIDE_OF_PICTURE = 4; // to begin with

function WeightMatrixLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: checkLayer });
  const solution = platform.useSolved(lab.state, solve);
  const pick = usePick(lab, solution.boxes);
  return (
    <platform.Lab label="Weight-matrix lab">
      <TopBar lab={lab} />
      <Grids lab={solution} pick={pick} />
      <p class="cnl-sum" role="status">
        {describe(solution, pick.shown)}
      </p>
      <p class="cnl-formula">
        <strong>{describeCount(solution)}</strong>: {describeStage(solution)}
      </p>
      <div class="cnl-bar">
        <platform.Sharing lab={lab} python={() => asPython(lab.state)} />
      </div>
      <platform.Message lab={lab} />
      <Sliders lab={lab} />
    </platform.Lab>
  );
}

/** Another side, and Δ kept within the picture. */
const withSide = ({ reach }: Settings, side: number) => ({
  side,
  reach: Math.min(reach, side - 1),
});

function TopBar({ lab }: { lab: Lab }) {
  const { state, schema, change, control, options } = lab;
  const axes = control("axes");
  const begin = (axes: number) => {
    const side = axes === 1 ? Number(schema.side.default) : SIDE_OF_PICTURE;
    change({ axes, ...withSide(state, side) });
  };
  return (
    <div class="cnl-bar">
      <Choice {...control("stage")} label="Weights" options={options("stage")} />
      <Choice
        label="Input"
        value={String(axes.value)}
        options={INPUTS}
        onChange={(value) => begin(Number(value))}
        hidden={axes.hidden}
      />
    </div>
  );
}

function Grids({ lab, pick }: { lab: Solution; pick: Picking }) {
  const { matrix, count, layer, boxes } = lab;
  const weights = pick.shown ? weightsOf(lab, pick.shown) : [];
  const lit = {
    input: new Set(weights.map(({ input }) => input)),
    output: new Set(weights.map(({ output }) => output)),
    matrix: new Set(weights.map(({ output, input }) => `${output},${input}`)),
  };
  const pixel = (grid: "input" | "output") => (i: number, j: number) => {
    const index = indexOf(lab, [i, j]);
    return { value: index, kind: marked({ lit: lit[grid].has(index) }) };
  };
  const weight = (i: number, j: number) => {
    const parameter = matrix[i][j];
    const shade = layer.stage === "shared" ? parameter / count : 0.45;
    return {
      value: parameter,
      text: "",
      shade: parameter && shade,
      kind: marked({ empty: !parameter, lit: lit.matrix.has(`${i},${j}`) }),
      says: parameter ? reading(lab, [i, j]) : "no weight",
    };
  };
  const shown = (grid: keyof typeof boxes) => ({ ...boxes[grid], ...pick.of(grid) });
  return (
    <>
      <div class="cnl-row">
        <Cells name="Input" cell={pixel("input")} {...shown("input")} />
        <Cells name="Output" cell={pixel("output")} {...shown("output")} />
      </div>
      <div class="cnl-row cnl-small">
        <Cells
          name="Weight matrix"
          legend=": a row for each output, a column for each input,"
          cell={weight}
          {...shown("matrix")}
        />
      </div>
    </>
  );
}

type CellsProps = Omit<ComponentProps<typeof Grid>, "label" | "scale"> & {
  name: string;
  legend?: string;
};

function Cells({ name, legend = "", ...grid }: CellsProps) {
  const [rows, columns] = grid.shape;
  return (
    <Figure name={name + legend} shape={grid.shape}>
      <Grid label={`${name}, ${rows} by ${columns}`} scale="activations" {...grid} />
    </Figure>
  );
}

function Sliders({ lab }: { lab: Lab }) {
  const { state, schema, change, control, range } = lab;
  return (
    <div class="cnl-panel">
      <Slider
        {...control("side")}
        {...range("side")}
        max={largestSide(state.axes, schema)}
        label="Side"
        unit="pixels"
        onChange={(side) => change(withSide(state, side))}
      />
      <Slider
        {...control("reach")}
        {...range("reach")}
        max={state.side - 1}
        label="Δ, how far an output reads"
        unit="pixels"
      />
    </div>
  );
}

export default platform.view(WeightMatrixLab);
