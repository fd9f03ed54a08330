/** The pooling lab: the largest number of each window, or the average, cell by cell. */
import { poolLimits } from "../arithmetic/limits.ts";
import { PairSlider, Switch } from "../parts/controls.tsx";
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
import { frameOf, lights, meetings, sameCell } from "../parts/layer.ts";
import { useMemory } from "../parts/memory.ts";
import { leftOverInFull, Sizes, whyUnread } from "../parts/output_size.tsx";
import { OutputPlayer, type Picking, PlayButton, usePick } from "../parts/picking.tsx";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { endsOf, resizing } from "../parts/sizes.ts";
import { listed } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { PoolingLab as Settings } from "../settings.ts";
import { axisOf, read, type Solution, solve } from "./solution.ts";
import { asPython, describe, describeSize, EXAMPLES, WHERE } from "./words.ts";

type At = [number, number];

function PoolingLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, schema, change, control } = lab;
  const memory = useMemory(state.input, "edge");
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const edit = (at: At, value: number) => change({ input: memory.withTyped(at, value) });

  const ends = endsOf(schema, "window", (d, caps) => poolLimits(axisOf(state, d), caps));
  const keep = (kind: Settings["kind"]) =>
    change(kind === "max" ? { kind } : { kind, dilation: [1, 1] });
  const isMax = state.kind === "max";
  const stride = control("stride");
  /** A stride that followed the window at first does so again where both are the same. */
  const step = (to: At) =>
    change({ stride: stride.initial === null && sameCell(to, state.window) ? null : to });
  const controls = {
    kind: (
      <Radios
        {...control("kind")}
        label="Keep the"
        options={["max", "average"] as const}
        onChange={keep}
      />
    ),
    input: (
      <PairSlider {...resizing(lab, "input", memory)} label="Input size" limits={ends.input} />
    ),
    window: <PairSlider {...control("window")} label="Window size" limits={ends.window} />,
    stride: (
      <PairSlider
        {...stride}
        value={stride.value ?? state.window}
        initial={stride.initial ?? state.window}
        label="Stride"
        onChange={step}
        limits={ends.stride}
      />
    ),
    padding: (
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
    ),
    dilation: isMax && (
      <PairSlider {...control("dilation")} label="Dilation" limits={ends.dilation} />
    ),
    ceil_mode: (
      <Switch
        {...control("ceil_mode")}
        label="round the size up (ceil mode)"
        disabled={!lab.can({ ceil_mode: !state.ceil_mode })}
      />
    ),
    count_include_pad: !isMax && <Switch {...control("count_include_pad")} label="count padding" />,
  };
  const strideFollows = (
    <Switch
      label="stride = window"
      value={stride.value === null}
      disabled={stride.value !== null && !lab.can({ stride: null })}
      onChange={(on) => change({ stride: on ? null : state.window })}
    />
  );
  const say = (cell: typeof pick.shown) => describe(solution, cell);
  const left = leftOverInFull(solution.unread);
  const formula = `Output size: ${describeSize(state, solution)}. ${left}`;
  return (
    <Frame
      lab={lab}
      label="Pooling lab"
      aside={<Sizes of={solution} ceilMode={state.ceil_mode} />}
      said={<Said pick={pick} say={say} />}
      play={<PlayButton pick={pick} />}
      controls={controls}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={
        <>
          {strideFollows}
          <OutputPlayer pick={pick} />
          <SaidInFull pick={pick} say={say} formula={formula} />
        </>
      }
      python={() => asPython(state)}
      workbench="pooling"
    >
      <Grids lab={solution} pick={pick} onEdit={edit} />
    </Frame>
  );
}

type GridsProps = { lab: Solution; pick: Picking; onEdit: (at: At, value: number) => void };

function Grids({ lab, pick, onEdit }: GridsProps) {
  const { input, output, boxes, kind, unread } = lab;
  const ofInput = inputScale(input.flat());
  const isSigned = input.flat().some((v) => v < 0);
  const ofOutput = (isSigned ? weightScale : activationScale)(output.flat());
  const lit = lights(lab, meetings(lab, pick.shown));
  const shown = (grid: string) => (pick.shown?.grid === grid ? pick.shown.at : null);
  const [won, winner] = [shown("output"), shown("input")]; // by a cell; or the cell that wins
  const isMax = kind === "max";
  const plain = cellsOf(output, ofOutput, lit.output);

  const inputCell = (i: number, j: number) => {
    const { value, place, counted } = read(lab, [i, j]);
    const padding = place !== "inside";
    const lost = { unread: unread.has(i, j), gap: unread.gaps.has(i, j) };
    const isLit = lit.input.has(`${i},${j}`);
    const wins = isMax && won !== null && sameCell(lab.winner(won), [i, j]);
    const divided = !isMax && won !== null && isLit && counted;
    const marks = { padding, ...lost, uncounted: !counted, lit: isLit, winner: wins };
    const said = [padding && WHERE[place], !counted && "not counted"];
    return {
      value,
      shade: padding ? 0 : ofInput.of(value),
      locked: padding,
      kind: marked(marks),
      note: wins ? "max" : divided ? `÷${lab.count(won)}` : "",
      says: listed([...said, whyUnread(unread, i, j), wins && "the largest"]),
    };
  };
  const outputCell = (i: number, j: number) => {
    const cell = plain(i, j);
    const wins = isMax && winner !== null && sameCell(lab.winner([i, j]), winner);
    return wins ? { ...cell, kind: `${cell.kind} winner`, note: "max" } : cell;
  };
  const isDense = won !== null && Math.max(lab.rows.dilation, lab.columns.dilation) === 1;
  return (
    <div
      class={isDense ? "cnl-row cnl-dense" : "cnl-row"}
      style={cellsFor([boxes.input.shape], [boxes.output.shape])}
    >
      <GridFigure
        name="Input"
        box={boxes.input}
        colours={ofInput}
        cell={inputCell}
        frame={won && frameOf(lab, won)}
        pick={pick.of("input")}
        onEdit={onEdit}
      />
      <GridFigure
        sign="→"
        name="Output"
        below
        box={boxes.output}
        colours={ofOutput}
        cell={outputCell}
        pick={pick.of("output")}
      />
    </div>
  );
}

export default platform.view(PoolingLab);
