/** The correlation lab: input ⋆ kernel = output, every number open to touch (see lab.py). */
import { useState } from "preact/hooks";
import { limits } from "../arithmetic/limits.ts";
import { Choice, PairSlider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, cellsOf, GridFigure, weightScale } from "../parts/figure.tsx";
import { marked } from "../parts/grid.tsx";
import { cellOf, frameOf, lights, meetings, valueAt } from "../parts/layer.ts";
import { type GridMemory, useMemory } from "../parts/memory.ts";
import { short } from "../parts/numbers.ts";
import { type Picking, usePick } from "../parts/picking.tsx";
import { Account } from "../parts/said.tsx";
import { endsOf, resizing } from "../parts/sizes.ts";
import { listed, sizeFormula, sizeFormulaInTotal } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import type { CorrelationLab as Settings } from "../settings.ts";
import { axisOf, type Solution, solve } from "./solution.ts";
import { asPython, describe, EXAMPLES } from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;
type Edited = "input" | "kernel";

function CorrelationLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, change } = lab;
  const memories = {
    input: useMemory(state.input, "edge"),
    kernel: useMemory(state.kernel, "zero"),
  };
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const [inTotal, countInTotal] = useState(false);
  const formula = inTotal ? sizeFormulaInTotal(solution) : sizeFormula(solution);
  const edit = (grid: Edited) => (at: At, value: number) =>
    change({ [grid]: memories[grid].withTyped(at, value) });
  return (
    <platform.Lab label="Correlation lab">
      <TopBar lab={lab} />
      <Grids lab={solution} pick={pick} edit={edit} />
      <Account
        lab={lab}
        pick={pick}
        say={(cell) => describe(solution, cell)}
        formula={formula}
        unread={solution.unread}
        python={() => asPython(state)}
      >
        {Math.max(...state.padding) > 0 && (
          <Switch label="formula with padding in total" value={inTotal} onChange={countInTotal} />
        )}
      </Account>
      <Sliders lab={lab} memories={memories} />
    </platform.Lab>
  );
}

function TopBar({ lab }: { lab: Lab }) {
  const modes = lab.options("mode").filter(({ value }) => lab.can({ mode: value }));
  return (
    <div class="cnl-bar">
      <Examples lab={lab} examples={EXAMPLES} />
      <Switch {...lab.control("flip")} label="flip the kernel (convolution)" />
      <Choice {...lab.control("mode")} label="Padding holds" options={modes} />
    </div>
  );
}

type GridsProps = {
  lab: Solution;
  pick: Picking;
  edit: (grid: Edited) => (at: At, value: number) => void;
};

function Grids({ lab, pick, edit }: GridsProps) {
  const { input, kernel, output, rows, columns, mode, flip, boxes } = lab;
  const [ofInput, ofOutput] = [input, output].map((grid) => activationScale(grid.flat()));
  const ofKernel = weightScale(kernel.flat());
  const links = meetings(lab, pick.shown);
  const lit = lights(lab, links);
  const shown = pick.shown?.grid === "output" ? pick.shown.at : null;
  const weights = new Map(
    shown ? links.map((link) => [String(cellOf(lab, link)), valueAt(kernel, link.tap)]) : [],
  );

  const inputCell = (i: number, j: number) => {
    const value = lab.padded([i, j]);
    const padding = input[i]?.[j] === undefined;
    const unread = lab.unread.has(i, j);
    const weight = weights.get(`${i},${j}`);
    return {
      value,
      shade: padding && mode === "zeros" ? 0 : ofInput.of(value),
      kind: marked({ padding, unread, lit: lit.input.has(`${i},${j}`) }),
      note: weight === undefined ? "" : `×${short(weight)}`,
      locked: padding,
      says: listed([padding && "padding", unread && "read by no window"]),
    };
  };
  const kernelCell = cellsOf(kernel, ofKernel, lit.kernel);
  const pickKernel = pick.of("kernel");
  /** A weight is used at the cell that lies opposite. */
  const turn = ([a, b]: At): At => [rows.k - 1 - a, columns.k - 1 - b];
  const pickTurned = {
    picked: pickKernel.picked && turn(pickKernel.picked),
    onPick: (at: At) => pickKernel.onPick(turn(at)),
    onPoint: (at: At | null) => pickKernel.onPoint(at && turn(at)),
  };
  return (
    <div class="cnl-row">
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
        scale="weights"
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
          scale="weights"
          box={boxes.kernel}
          cell={(a, b) => kernelCell(...turn([a, b]))}
          pick={pickTurned}
        />
      )}
      <GridFigure
        sign="="
        name="Output"
        box={boxes.output}
        colours={ofOutput}
        cell={cellsOf(output, ofOutput, lit.output)}
        pick={pick.of("output")}
      />
    </div>
  );
}

type SlidersProps = { lab: Lab; memories: Record<Edited, GridMemory> };

function Sliders({ lab, memories }: SlidersProps) {
  const { state, schema, control } = lab;
  const ends = endsOf(schema, "kernel", (d, caps) => limits(axisOf(state, d), caps));
  const input = resizing(lab, "input", memories.input);
  const kernel = resizing(lab, "kernel", memories.kernel);
  return (
    <div class="cnl-panel">
      <PairSlider {...input} label="Input size" limits={ends.input} />
      <PairSlider {...kernel} label="Kernel size" limits={ends.kernel} />
      <PairSlider {...control("stride")} label="Stride" limits={ends.stride} />
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
      <PairSlider {...control("dilation")} label="Dilation" limits={ends.dilation} />
    </div>
  );
}

export default platform.view(CorrelationLab);
