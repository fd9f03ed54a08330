/** The pooling lab: the largest number of each window, or the average, cell by cell. */
import { poolLimits } from "../arithmetic/limits.ts";
import { Choice, PairSlider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, cellsOf, GridFigure } from "../parts/figure.tsx";
import { marked } from "../parts/grid.tsx";
import { frameOf, lights, meetings, sameCell } from "../parts/layer.ts";
import { type GridMemory, useMemory } from "../parts/memory.ts";
import { type Picking, usePick } from "../parts/picking.tsx";
import { Account } from "../parts/said.tsx";
import { endsOf, resizing } from "../parts/sizes.ts";
import { listed } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import type { PoolingLab as Settings } from "../settings.ts";
import { axisOf, read, type Solution, solve } from "./solution.ts";
import { asPython, describe, describeSize, EXAMPLES, WHERE } from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

function PoolingLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, change } = lab;
  const memory = useMemory(state.input, "edge");
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const edit = (at: At, value: number) => change({ input: memory.withTyped(at, value) });
  return (
    <platform.Lab label="Pooling lab">
      <TopBar lab={lab} />
      <Grids lab={solution} pick={pick} onEdit={edit} />
      <Account
        lab={lab}
        pick={pick}
        say={(cell) => describe(solution, cell)}
        formula={describeSize(state, solution)}
        unread={solution.unread}
        python={() => asPython(state)}
      />
      <Sliders lab={lab} memory={memory} />
    </platform.Lab>
  );
}

function TopBar({ lab }: { lab: Lab }) {
  const { state, change, control } = lab;
  const keep = (kind: Settings["kind"]) =>
    change(kind === "max" ? { kind } : { kind, dilation: [1, 1] });
  const canRound = lab.can({ ceil_mode: !state.ceil_mode });
  const ceil = "round the size up (ceil mode)";
  return (
    <div class="cnl-bar">
      <Examples lab={lab} examples={EXAMPLES} />
      <Choice {...control("kind")} label="Keep the" options={lab.options("kind")} onChange={keep} />
      <Switch {...control("ceil_mode")} label={ceil} disabled={!canRound} />
      {state.kind === "average" && (
        <Switch {...control("count_include_pad")} label="count padding" />
      )}
    </div>
  );
}

type GridsProps = { lab: Solution; pick: Picking; onEdit: (at: At, value: number) => void };

function Grids({ lab, pick, onEdit }: GridsProps) {
  const { input, output, boxes, kind, unread } = lab;
  const [ofInput, ofOutput] = [input, output].map((grid) => activationScale(grid.flat()));
  const lit = lights(lab, meetings(lab, pick.shown));
  const shown = (grid: string) => (pick.shown?.grid === grid ? pick.shown.at : null);
  const [won, winner] = [shown("output"), shown("input")]; // by a cell; or the cell that wins
  const isMax = kind === "max";
  const plain = cellsOf(output, ofOutput, lit.output);

  const inputCell = (i: number, j: number) => {
    const { value, place, counted } = read(lab, [i, j]);
    const padding = place !== "inside";
    const isUnread = unread.has(i, j);
    const isLit = lit.input.has(`${i},${j}`);
    const wins = isMax && won !== null && sameCell(lab.winner(won), [i, j]);
    const divided = !isMax && won !== null && isLit && counted;
    const marks = { padding, unread: isUnread, uncounted: !counted, lit: isLit, winner: wins };
    const said = [padding && WHERE[place], !counted && "not counted"];
    return {
      value,
      shade: padding ? 0 : ofInput.of(value),
      locked: padding,
      kind: marked(marks),
      note: wins ? "max" : divided ? `÷${lab.count(won)}` : "",
      says: listed([...said, isUnread && "read by no window", wins && "the largest"]),
    };
  };
  const outputCell = (i: number, j: number) => {
    const cell = plain(i, j);
    const wins = isMax && winner !== null && sameCell(lab.winner([i, j]), winner);
    return wins ? { ...cell, kind: `${cell.kind} winner`, note: "max" } : cell;
  };
  return (
    <div class="cnl-row">
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
        box={boxes.output}
        colours={ofOutput}
        cell={outputCell}
        pick={pick.of("output")}
      />
    </div>
  );
}

function Sliders({ lab, memory }: { lab: Lab; memory: GridMemory }) {
  const { state, schema, change, control } = lab;
  const ends = endsOf(schema, "window", (d, caps) => poolLimits(axisOf(state, d), caps));
  const stride = control("stride");
  const follows = stride.value === null;
  const shown = { value: stride.value ?? state.window, initial: stride.initial ?? state.window };
  return (
    <div class="cnl-panel">
      <PairSlider {...resizing(lab, "input", memory)} label="Input size" limits={ends.input} />
      <PairSlider {...control("window")} label="Window size" limits={ends.window} />
      <div hidden={stride.hidden}>
        <PairSlider {...stride} {...shown} label="Stride" limits={ends.stride} />
        <Switch
          label="stride = window"
          value={follows}
          disabled={!follows && !lab.can({ stride: null })}
          onChange={(on) => change({ stride: on ? null : state.window })}
        />
      </div>
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
      {state.kind === "max" && (
        <PairSlider {...control("dilation")} label="Dilation" limits={ends.dilation} />
      )}
    </div>
  );
}

export default platform.view(PoolingLab);
