/** The stage of the transposed lab: four views of one setting. */
import { useMemo } from "preact/hooks";
import {
  activationScale,
  cellsFor,
  cellsOf,
  Figure,
  GridFigure,
  inputScale,
  weightScale,
} from "../parts/figure.tsx";
import { marked } from "../parts/grid.tsx";
import { sharedHue } from "../parts/hues.ts";
import { frameOf, valueAt } from "../parts/layer.ts";
import { short } from "../parts/numbers.ts";
import type { Picking } from "../parts/picking.tsx";
import { type Ink, Tiles } from "../parts/tiles.tsx";
import { listed } from "../parts/words.ts";
import {
  fromSpread,
  held,
  indexIn,
  isCropped,
  meetings,
  type Solution,
  stampedAt,
  toSpread,
} from "./solution.ts";
import { describeJoint } from "./words.ts";

type At = [number, number];
type Frame = { at: At; shape: At } | null;
export type Edited = "input" | "kernel";
type StageProps = {
  lab: Solution;
  pick: Picking;
  edit: (grid: Edited) => (at: At, value: number) => void;
};

export function Stage(props: StageProps) {
  const figures = useFigures(props);
  const View = { scatter: Scatter, gather: Gather, matrix: InMatrix, overlaps: Overlaps }[
    props.lab.settings.show
  ];
  return <View lab={props.lab} pick={props.pick} figures={figures} />;
}

type ViewProps = Omit<StageProps, "edit"> & { figures: ReturnType<typeof useFigures> };

/** The grids that several views have, with what the pick lights up and notes on them. */
function useFigures({ lab, pick, edit }: StageProps) {
  const { boxes, settings, output, uncropped } = lab;
  const { input, kernel } = settings;
  const colours = useMemo(() => {
    const isSigned = [...input.flat(), ...kernel.flat()].some((v) => v < 0);
    const ofOutput = isSigned ? weightScale : activationScale;
    return {
      input: inputScale(input.flat()),
      kernel: weightScale(kernel.flat()),
      output: ofOutput([...uncropped.flat(), ...output.flat()]),
    };
  }, [lab]);
  const { shown } = pick;
  const found = meetings(lab, shown);
  const cells = (of: "input" | "tap" | "output") => new Set(found.map((each) => String(each[of])));
  const lit = { input: cells("input"), kernel: cells("tap"), output: cells("output") };
  /** What a picked output takes of each input, or what a picked input brings to each output. */
  const notes = new Map(
    found.map((each) => {
      const [x, w] = [valueAt(input, each.input), valueAt(kernel, each.tap)];
      const brought = short(x * w);
      if (shown?.grid === "output") return [`input ${each.input}`, `×${short(w)}`];
      return [`output ${each.output}`, brought.startsWith("−") ? brought : `+${brought}`];
    }),
  );
  const isNoted = settings.show !== "overlaps" && ["output", "input"].includes(shown?.grid ?? "");
  const noteAt = (cell: string) => (isNoted && notes.get(cell)) || "";

  const inputCell = (i: number, j: number) => ({
    value: input[i][j],
    shade: colours.input.of(input[i][j]),
    kind: marked({ lit: lit.input.has(`${i},${j}`) }),
    note: noteAt(`input ${i},${j}`),
  });
  const kernelCell = cellsOf(kernel, colours.kernel, lit.kernel);
  const outputCell = (i: number, j: number) => {
    const [padding, unread] = [isCropped(lab, [i, j]), lab.unread.has(i, j)];
    const value = stampedAt(lab, [i, j]);
    return {
      value,
      shade: padding ? 0 : colours.output.of(value),
      kind: marked({ padding, unread, lit: lit.output.has(`${i},${j}`) }),
      note: noteAt(`output ${i},${j}`),
      says: listed([padding && "cropped", unread && "no stamp reaches it"]),
    };
  };
  return {
    colours,
    found,
    inputCell,
    kernelCell,
    outputCell,
    input: (sign = "") => (
      <GridFigure
        sign={sign}
        name="Input"
        below={sign === "·"}
        box={boxes.input}
        colours={colours.input}
        cell={inputCell}
        pick={pick.of("input")}
        onEdit={edit("input")}
      />
    ),
    kernel: () => (
      <GridFigure
        sign="⊗"
        name="Kernel"
        box={boxes.kernel}
        colours={colours.kernel}
        cell={kernelCell}
        pick={pick.of("kernel")}
        onEdit={edit("kernel")}
      />
    ),
    output: (below: boolean, frame: Frame = null) => (
      <GridFigure
        sign="="
        name="Output"
        below={below}
        box={boxes.output}
        colours={colours.output}
        cell={outputCell}
        frame={frame}
        pick={pick.of("output")}
      />
    ),
  };
}

const shownAt = (pick: Picking, grid: string) => (pick.shown?.grid === grid ? pick.shown.at : null);

/** A frame around a window says already which cells it meets, if it has no gaps. */
const rowWith = (frame: Frame, { rows, columns }: Solution) =>
  frame && Math.max(rows.dilation, columns.dilation) === 1 ? "cnl-row cnl-dense" : "cnl-row";

/** Each input stamps the kernel, times itself, into the output. */
function Scatter({ lab, pick, figures }: ViewProps) {
  const { boxes } = lab;
  const input = shownAt(pick, "input");
  const stamp = input && frameOf(lab, input);
  const style = cellsFor([boxes.input.shape, boxes.kernel.shape], [boxes.output.shape]);
  return (
    <div class={rowWith(stamp, lab)} style={style}>
      {figures.input()}
      {figures.kernel()}
      {figures.output(true, stamp)}
    </div>
  );
}

/** Zeros are inserted into the input, and the flipped kernel slides over it with stride 1. */
function Gather({ lab, pick, figures }: ViewProps) {
  const { boxes, rows, columns } = lab;
  const turn = ([a, b]: At): At => [rows.k - 1 - a, columns.k - 1 - b];
  const ofKernel = pick.of("kernel");
  const turned = {
    picked: ofKernel.picked && turn(ofKernel.picked),
    shown: ofKernel.shown && turn(ofKernel.shown),
    onPick: (at: At) => ofKernel.onPick(turn(at)),
    onPoint: (at: At | null) => ofKernel.onPoint(at && turn(at)),
  };
  const [ofInput, ofZero] = [pick.of("input"), pick.of("spread")];
  const isInput = (at: At) => held(lab, at) === "input";
  const spread = {
    picked: ofInput.picked ? toSpread(lab, ofInput.picked) : ofZero.picked,
    shown: ofInput.shown ? toSpread(lab, ofInput.shown) : ofZero.shown,
    onPick: (at: At) => (isInput(at) ? ofInput.onPick(fromSpread(lab, at)) : ofZero.onPick(at)),
    onPoint: (at: At | null) =>
      at && isInput(at) ? ofInput.onPoint(fromSpread(lab, at)) : ofZero.onPoint(at),
  };
  const spreadCell = (i: number, j: number) => {
    const what = held(lab, [i, j]);
    if (what === "input") return { ...figures.inputCell(...fromSpread(lab, [i, j])), locked: true };
    const padding = what === "padding";
    return {
      value: 0,
      kind: marked({ padding, inserted: !padding }),
      says: padding ? "padding" : "an inserted zero",
    };
  };
  const output = shownAt(pick, "output");
  const { shape, offset = [0, 0] } = boxes.spread;
  const frame = output && {
    at: [output[0] + offset[0], output[1] + offset[1]] as At,
    shape: shape.map((cells, d) => cells - lab.sizes.output[d] + 1) as At,
  };
  const style = cellsFor([shape, boxes.kernel.shape], [boxes.output.shape]);
  return (
    <div class={rowWith(frame, lab)} style={style}>
      <GridFigure
        name="Input with zeros"
        box={boxes.spread}
        colours={figures.colours.input}
        cell={spreadCell}
        frame={frame}
        pick={spread}
      />
      <GridFigure
        sign="⋆"
        name="Flipped"
        label="Kernel, flipped"
        box={boxes.kernel}
        colours={figures.colours.kernel}
        cell={(a, b) => figures.kernelCell(...turn([a, b]))}
        pick={turned}
      />
      {figures.output(true)}
    </div>
  );
}

const NO_INK: Ink = { hue: null, strength: 0, text: "" };

/** The transpose of the convolution's matrix, times the input as one column. */
function InMatrix({ lab, pick, figures }: ViewProps) {
  const { boxes, sizes, matrix, columns } = lab;
  const { kernel } = lab.settings;
  const [weights, inks] = useMemo(() => {
    const weights = kernel.flat().map((w, tap): Ink => {
      const hue = sharedHue([Math.floor(tap / columns.k), tap % columns.k]);
      return { hue, strength: 1, text: short(w) };
    });
    return [weights, matrix.flatMap((row) => Array.from(row, (tap) => weights[tap] ?? NO_INK))];
  }, [lab]);
  const kept = figures.found.filter(({ output }) => !isCropped(lab, output));
  const lit = kept.map(
    ({ input, output }): At => [indexIn(sizes.output, output), indexIn(sizes.input, input)],
  );
  const [height, width] = boxes.matrix.shape;
  const grids = cellsFor([boxes.input.shape, boxes.output.shape]);
  const tiles =
    `--kernel-columns:${columns.k};--tile-rows:${Math.max(height, lab.rows.k)};` +
    `--tile-columns:${width}`;
  const ofTiles = (grid: "kernel" | "matrix") => ({
    shape: boxes[grid].shape,
    glides: "",
    pick: pick.of(grid),
    shown: pick.of(grid).shown,
  });
  return (
    <div class="cnl-row cnl-of-matrix" style={`${grids};${tiles}`}>
      <Figure name="Kernel" shape={boxes.kernel.shape}>
        <Tiles
          {...ofTiles("kernel")}
          inks={weights}
          lit={kept.map(({ tap }) => tap)}
          label={`Kernel, ${boxes.kernel.shape.join(" by ")}`}
          says={(at) => short(valueAt(kernel, at))}
        />
      </Figure>
      <Figure sign="→" name="Cᵀ" shape={boxes.matrix.shape}>
        <Tiles
          {...ofTiles("matrix")}
          inks={inks}
          lit={lit}
          label={`Matrix Cᵀ, ${height} by ${width}`}
          says={(at) => {
            const { line, result } = describeJoint(lab, at);
            return listed([line, result]);
          }}
        />
      </Figure>
      {figures.input("·")}
      {figures.output(false)}
    </div>
  );
}

/** How many stamps reach each output. */
function Overlaps({ lab, pick, figures }: ViewProps) {
  const { boxes, counts } = lab;
  const ofCounts = activationScale(counts.flat());
  const input = shownAt(pick, "input");
  const stamp = input && frameOf(lab, input);
  return (
    <div class={rowWith(stamp, lab)} style={cellsFor([boxes.input.shape], [boxes.output.shape])}>
      {figures.input()}
      <GridFigure
        sign="→"
        name="Stamps on each output"
        below
        box={boxes.output}
        colours={ofCounts}
        cell={(i, j) => ({
          ...figures.outputCell(i, j),
          value: counts[i][j],
          shade: ofCounts.of(counts[i][j]),
          note: "",
        })}
        frame={stamp}
        pick={pick.of("output")}
      />
    </div>
  );
}
