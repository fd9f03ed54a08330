/** The correlation lab: input ⋆ kernel = output, every number open to touch (see lab.py). */
import { limits } from "../arithmetic/limits.ts";
import { Choice, PairSlider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import {
  activationScale,
  cellsFor,
  cellsOf,
  GridFigure,
  inputScale,
  weightScale,
} from "../parts/figure.tsx";
import { marked } from "../parts/grid.tsx";
import { cellOf, frameOf, lights, meetings, valueAt } from "../parts/layer.ts";
import { useMemory } from "../parts/memory.ts";
import { short } from "../parts/numbers.ts";
import { leftOverInFull, Sizes, whyUnread } from "../parts/output_size.tsx";
import { OutputPlayer, type Picking, PlayButton, usePick } from "../parts/picking.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { endsOf, resizing } from "../parts/sizes.ts";
import { listed, sizeFormula, sizeFormulaInTotal } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { CorrelationLab as Settings } from "../settings.ts";
import { axisOf, type Solution, solve } from "./solution.ts";
import { asPython, describe, EXAMPLES } from "./words.ts";

type At = [number, number];
type Edited = "input" | "kernel";

function CorrelationLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, schema, change, control } = lab;
  const memories = {
    input: useMemory(state.input, "edge"),
    kernel: useMemory(state.kernel, "zero"),
  };
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const edit = (grid: Edited) => (at: At, value: number) =>
    change({ [grid]: memories[grid].withTyped(at, value) });

  const ends = endsOf(schema, "kernel", (d, caps) => limits(axisOf(state, d), caps));
  const [input, kernel] = (["input", "kernel"] as const).map((grid) =>
    resizing(lab, grid, memories[grid]),
  );
  const modes = lab.options("mode").filter(({ value }) => lab.can({ mode: value }));
  const controls = {
    input: <PairSlider {...input} label="Input size" limits={ends.input} />,
    kernel: <PairSlider {...kernel} label="Kernel size" limits={ends.kernel} />,
    stride: <PairSlider {...control("stride")} label="Stride" limits={ends.stride} />,
    padding: (
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
    ),
    dilation: <PairSlider {...control("dilation")} label="Dilation" limits={ends.dilation} />,
    mode: <Choice {...control("mode")} label="Padding holds" options={modes} />,
    flip: <Switch {...control("flip")} label="flip the kernel (convolution)" />,
  };
  const say = (cell: typeof pick.shown) => describe(solution, cell);
  const formula =
    `Output size: ${sizeFormula(solution)}; with the padding of both sides in total ` +
    `${sizeFormulaInTotal(solution)}. ${leftOverInFull(solution.unread)}`;
  return (
    <Frame
      lab={lab}
      label="Correlation lab"
      aside={<Sizes of={solution} />}
      said={<Said pick={pick} say={say} />}
      play={<PlayButton pick={pick} />}
      controls={controls}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={
        <>
          <OutputPlayer pick={pick} />
          <SaidInFull pick={pick} say={say} formula={formula} />
        </>
      }
      python={() => asPython(state)}
      workbench="correlation"
    >
      <Grids lab={solution} pick={pick} edit={edit} />
    </Frame>
  );
}

type GridsProps = {
  lab: Solution;
  pick: Picking;
  edit: (grid: Edited) => (at: At, value: number) => void;
};

function Grids({ lab, pick, edit }: GridsProps) {
  const { input, kernel, output, rows, columns, mode, flip, boxes } = lab;
  const [ofInput, ofKernel] = [inputScale(input.flat()), weightScale(kernel.flat())];
  const isSigned = [...input.flat(), ...kernel.flat()].some((v) => v < 0);
  const ofOutput = (isSigned ? weightScale : activationScale)(output.flat());
  const links = meetings(lab, pick.shown);
  const lit = lights(lab, links);
  const shown = pick.shown?.grid === "output" ? pick.shown.at : null;
  const weights = new Map(
    shown ? links.map((link) => [String(cellOf(lab, link)), valueAt(kernel, link.tap)]) : [],
  );

  const inputCell = (i: number, j: number) => {
    const value = lab.padded([i, j]);
    const padding = input[i]?.[j] === undefined;
    const [unread, gap] = [lab.unread.has(i, j), lab.unread.gaps.has(i, j)];
    const weight = weights.get(`${i},${j}`);
    return {
      value,
      shade: padding && mode === "zeros" ? 0 : ofInput.of(value),
      kind: marked({ padding, unread, gap, lit: lit.input.has(`${i},${j}`) }),
      note: weight === undefined ? "" : `×${short(weight)}`,
      locked: padding,
      says: listed([padding && "padding", whyUnread(lab.unread, i, j)]),
    };
  };
  const kernelCell = cellsOf(kernel, ofKernel, lit.kernel);
  const pickKernel = pick.of("kernel");
  /** A weight is used at the cell that lies opposite. */
  const turn = ([a, b]: At): At => [rows.k - 1 - a, columns.k - 1 - b];
  const pickTurned = {
    picked: pickKernel.picked && turn(pickKernel.picked),
    shown: pickKernel.shown && turn(pickKernel.shown),
    onPick: (at: At) => pickKernel.onPick(turn(at)),
    onPoint: (at: At | null) => pickKernel.onPoint(at && turn(at)),
  };
  const { shape: window } = boxes.kernel;
  const cells = cellsFor(
    [boxes.input.shape, window, ...(flip ? [window] : [])],
    [boxes.output.shape],
  );
  const isDense = pick.shown?.grid === "output" && Math.max(rows.dilation, columns.dilation) === 1;
  return (
    <div class={isDense ? "cnl-row cnl-dense" : "cnl-row"} style={cells}>
      <GridFigure
        name="Input"
        box={boxes.input}
        colours={ofInput}
        cell={inputCell}
        frame={shown && frameOf(lab, shown)}
        pick={pick.of("input")}
        onEdit={edit("input")}
      />
      <GridFigure
        sign={flip ? "∗" : "⋆"}
        name="Kernel"
        box={boxes.kernel}
        colours={ofKernel}
        cell={kernelCell}
        pick={pickKernel}
        onEdit={edit("kernel")}
      />
      {flip && (
        <GridFigure
          sign="↻"
          name="Kernel as used"
          label="Kernel turned by 180 degrees, as used"
          box={boxes.kernel}
          colours={ofKernel}
          cell={(a, b) => kernelCell(...turn([a, b]))}
          pick={pickTurned}
        />
      )}
      <GridFigure
        sign="="
        name="Output"
        below
        box={boxes.output}
        colours={ofOutput}
        cell={cellsOf(output, ofOutput, lit.output)}
        pick={pick.of("output")}
      />
    </div>
  );
}

export default platform.view(CorrelationLab);
