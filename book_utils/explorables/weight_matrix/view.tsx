/** The weight-matrix lab: dense, local, shared (see lab.py). */

import { useMemo } from "preact/hooks";
import { Choice, Slider } from "../parts/controls.tsx";
import { Figure } from "../parts/figure.tsx";
import { Grid } from "../parts/grid.tsx";
import { usePick } from "../parts/picking.tsx";
import { plural } from "../parts/words.ts";
import { checkOneOf, checkPicked } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { parameterCount, placesOf, weightMatrix } from "./binding.ts";

type At = [number, number];

const KEYS = ["axes", "side", "reach", "stage", "picked"];
const STAGES = ["dense", "local", "shared"] as const;
const LARGEST_SIDE = { 1: 16, 2: 5 } as Record<number, number>;
const MEGAPIXEL = 1000;

const SAYS = {
  dense: "every output reads every input, each with a weight of its own",
  local: "an output reads only the inputs at most Δ away, each with a weight of its own",
  shared: "the same weights for every output, which makes it a convolution layer",
};

function accept(s: Record<string, any>) {
  const axes = checkOneOf(s.axes, "number of axes", [1, 2]);
  const whole = (v: number, low: number, high: number, name: string) => {
    if (!(Number.isInteger(v) && v >= low && v <= high))
      throw new RangeError(`its ${name} is not a whole number from ${low} to ${high}`);
    return v;
  };
  const side = whole(s.side, 1, LARGEST_SIDE[Number(axes)], "side");
  return {
    axes,
    side,
    reach: whole(s.reach, 0, side - 1, "reach"),
    stage: checkOneOf(s.stage, "stage", STAGES),
    picked: checkPicked(s.picked, ["output", "input", "matrix"]),
  };
}

const grouped = (n: number) => n.toLocaleString("en").replaceAll(",", "\u202f");
const subscript = (place: number[]) => place.map((v) => String(v).replace("-", "−")).join(", ");
const named = (place: number[]) =>
  place.length === 1 ? subscript(place) : `(${subscript(place)})`;

function WeightMatrixLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const { state, change } = lab;
  const { axes, side, reach, stage } = state;
  const layer = { axes, side, reach, stage };
  const places = useMemo(() => placesOf(axes, side), [axes, side]);
  const matrix = useMemo(() => weightMatrix(layer), [axes, side, reach, stage]);
  const picture = (axes === 1 ? [1, side] : [side, side]) as At;
  const pick = usePick(lab, {
    output: { shape: picture },
    input: { shape: picture },
    matrix: { shape: [places.length, places.length] },
  });
  const lit = useMemo(
    () => litBy(matrix, side, pick.shown),
    [matrix, side, pick.shown?.grid, String(pick.shown?.at)],
  );
  const count = parameterCount(layer);

  const index = ([i, j]: At) => i * side + j;
  const pixel = (name: "input" | "output") => (i: number, j: number) => ({
    value: index([i, j]),
    kind: lit[name].has(index([i, j])) ? "lit" : "",
  });
  const cell = (row: number, column: number) => {
    const parameter = matrix[row][column];
    return {
      value: parameter,
      text: "",
      shade: parameter && (stage === "shared" ? parameter / count : 0.45),
      kind: `${parameter ? "" : "empty "}${lit.matrix.has(row * places.length + column) ? "lit" : ""}`,
      says: parameter
        ? `output ${named(places[row])} reads input ${named(places[column])}`
        : "no weight",
    };
  };
  return (
    <Lab label="Weight-matrix lab">
      <div class="cnl-bar">
        <Choice
          label="Weights"
          value={stage}
          options={STAGES.map((value) => ({ value, label: value }))}
          onChange={(value) => change({ stage: value })}
        />
        <Choice
          label="Input"
          value={String(axes)}
          options={[
            { value: "1", label: "a row of pixels" },
            { value: "2", label: "a picture" },
          ]}
          onChange={(value) =>
            change(resized({ ...state, axes: Number(value), side: value === "1" ? 8 : 4 }))
          }
        />
      </div>
      <div class="cnl-row">
        <Figure name="Input" shape={picture}>
          <Grid
            label={`Input, ${picture[0]} by ${picture[1]}`}
            scale="activations"
            shape={picture}
            cell={pixel("input")}
            {...pick.of("input")}
          />
        </Figure>
        <Figure name="Output" shape={picture}>
          <Grid
            label={`Output, ${picture[0]} by ${picture[1]}`}
            scale="activations"
            shape={picture}
            cell={pixel("output")}
            {...pick.of("output")}
          />
        </Figure>
      </div>
      <div class="cnl-row cnl-small">
        <Figure
          name="Weight matrix: a row for each output, a column for each input,"
          shape={[places.length, places.length]}
        >
          <Grid
            label={`Weight matrix, ${places.length} by ${places.length}`}
            scale="activations"
            shape={[places.length, places.length]}
            cell={cell}
            {...pick.of("matrix")}
          />
        </Figure>
      </div>
      <p class="cnl-sum" role="status">
        {describe(matrix, places, stage, reach, pick.shown)}
      </p>
      <p class="cnl-formula">
        <strong>
          {grouped(count)} free {count === 1 ? "parameter" : "parameters"}
        </strong>
        : {SAYS[stage as keyof typeof SAYS]}.
        {axes === 2 &&
          ` On a picture of ${grouped(MEGAPIXEL)}×${grouped(MEGAPIXEL)} pixels the same layer would have ${grouped(parameterCount({ ...layer, side: MEGAPIXEL }))}.`}
      </p>
      <div class="cnl-bar">
        <Sharing lab={lab} python={() => asPython(layer)} />
      </div>
      <Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          label="Side"
          unit="pixels"
          value={side}
          min={1}
          max={LARGEST_SIDE[axes]}
          initial={lab.initial.side}
          onChange={(value) => change(resized({ ...state, side: value }))}
        />
        <Slider
          label="Δ, how far an output reads"
          unit="pixels"
          value={reach}
          min={0}
          max={side - 1}
          initial={lab.initial.reach}
          onChange={(value) => change({ reach: value })}
        />
      </div>
    </Lab>
  );
}

/** Keeps Δ within the picture. */
const resized = (state: Record<string, any>) => ({
  axes: state.axes,
  side: state.side,
  reach: Math.min(state.reach, state.side - 1),
});

/**
 * The cells that belong to a pick: an output's row, an input's column, or all places of one
 * parameter.
 */
function litBy(matrix: number[][], side: number, pick: { grid: string; at: At } | null) {
  const lit = { input: new Set(), output: new Set(), matrix: new Set() };
  if (!pick) return lit;
  const n = matrix.length;
  const wanted = pick.grid === "matrix" ? matrix[pick.at[0]][pick.at[1]] : null;
  const place = pick.at[0] * side + pick.at[1];
  matrix.forEach((row, output) =>
    row.forEach((parameter, input) => {
      const chosen =
        wanted === null
          ? place === (pick.grid === "output" ? output : input)
          : parameter === wanted;
      if (!parameter || !chosen) return;
      lit.input.add(input);
      lit.output.add(output);
      lit.matrix.add(output * n + input);
    }),
  );
  return lit;
}

function describe(
  matrix: number[][],
  places: number[][],
  stage: string,
  _reach: number,
  pick: { grid: string; at: At } | null,
) {
  if (!pick) return "";
  if (pick.grid !== "matrix") {
    const at =
      places[0].length === 1 ? pick.at[1] : pick.at[0] * Math.sqrt(places.length) + pick.at[1];
    const met = matrix.flatMap((row, output) =>
      row.filter(
        (parameter, input) => parameter && (pick.grid === "output" ? output : input) === at,
      ),
    );
    return pick.grid === "output"
      ? `Output ${named(places[at])} reads ${plural(met.length, "input")}.`
      : `Input ${named(places[at])} reaches ${plural(met.length, "output")}.`;
  }
  const [row, column] = pick.at;
  const parameter = matrix[row][column];
  if (!parameter)
    return `Output ${named(places[row])} does not read input ${named(places[column])}.`;
  const reads = `output ${named(places[row])} reads input ${named(places[column])}`;
  if (stage !== "shared") return `Parameter ${parameter}: ${reads}. It stands nowhere else.`;
  const offset = places[column].map((v, d) => v - places[row][d]);
  const times = matrix.flat().filter((p) => p === parameter).length;
  return (
    `v[${subscript(offset)}]: ${reads}, ${offset.every((v) => v === 0) ? "its own place" : `${named(offset)} away`}. ` +
    `The same number stands in ${plural(times, "cell")}.`
  );
}

const asPython = ({
  axes,
  side,
  reach,
  stage,
}: {
  axes: number;
  side: number;
  reach: number;
  stage: string;
}) =>
  [
    "from book_utils.explorables import WeightMatrixLab",
    "",
    `lab = WeightMatrixLab(side=${side}, reach=${reach}, axes=${axes}, stage="${stage}")`,
    "lab.output, lab.parameters",
    "",
  ].join("\n");

export default view(WeightMatrixLab);
