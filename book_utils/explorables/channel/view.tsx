/** The channel lab: input channels ⋆ kernel slices = partial maps, added up (see lab.py). */
import { limits } from "../arithmetic/limits.ts";
import { PairSlider, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import {
  activationScale,
  cellsOf,
  Figure,
  GridFigure,
  type Scale,
  weightScale,
} from "../parts/figure.tsx";
import { Legend, marked, range } from "../parts/grid.tsx";
import { frameOf, lights, meetings, valueAt } from "../parts/layer.ts";
import { thousands } from "../parts/numbers.ts";
import { type Picking, usePick } from "../parts/picking.tsx";
import { Radios } from "../parts/radios.tsx";
import { Account } from "../parts/said.tsx";
import { endsOf } from "../parts/sizes.ts";
import { Weights } from "../parts/weights.tsx";
import { sizeFormula } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import type { ChannelLab as Settings } from "../settings.ts";
import { type Changes, useChanges } from "./memory.ts";
import { axisOf, channelOf, type Solution, sizesOf, solve } from "./solution.ts";
import { asPython, describe, EXAMPLES } from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

function ChannelLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, change } = lab;
  const changes = useChanges(state);
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const channels = range(state.kernel.length);
  return (
    <platform.Lab label="Channel lab">
      <div class="cnl-bar">
        <Examples lab={lab} examples={EXAMPLES} />
        {channels.length > 1 && (
          <Radios {...lab.control("channel")} label="Kernel of output channel" options={channels} />
        )}
      </div>
      <Maps lab={solution} pick={pick} typed={changes.typed} change={change} />
      <Account
        lab={lab}
        pick={pick}
        say={(cell) => describe(solution, cell)}
        formula={sizeFormula(solution)}
        counts={<Counts lab={solution} />}
        python={() => asPython(state)}
      />
      <Sliders lab={lab} resized={changes.resized} />
    </platform.Lab>
  );
}

type MapsProps = {
  lab: Solution;
  pick: Picking;
  typed: Changes["typed"];
  change: (changes: Partial<Settings>) => void;
};

/** A row for each input channel, and the sum below the partial maps as on paper. */
function Maps({ lab, pick, typed, change }: MapsProps) {
  const { input, slices, partials, outputs, channel, bias, boxes } = lab;
  const { shown } = pick;
  const [lit, dark] = [lights(lab, meetings(lab, shown)), lights(lab, [])];
  const isMet = (c: number) => shown?.grid === "output" || (shown && channelOf(shown) === c);
  const litIn = (c: number) => (isMet(c) ? lit : dark);
  const frame = shown && /output|partial/.test(shown.grid) ? frameOf(lab, shown.at) : null;
  const ofInput = activationScale(input.flat(2));
  const ofPartial = activationScale(partials.flat(2));
  const ofOutput = activationScale(outputs.flat(2));
  const ofKernel = weightScale([...slices.flat(2), bias]);

  const inputCell = (c: number) => (i: number, j: number) => {
    const value = valueAt(input[c], [i, j]);
    const padding = input[c][i]?.[j] === undefined;
    return {
      value,
      shade: padding ? 0 : ofInput.of(value),
      locked: padding,
      kind: marked({ padding, lit: litIn(c).input.has(`${i},${j}`) }),
      says: padding ? "padding" : "",
    };
  };
  /** An output channel; picking a cell of another one shows its kernel. */
  const output = (o: number, sign?: string) => {
    const isLit = o === channel || shown?.grid.startsWith("input");
    const onPick = (at: At) => change({ channel: o, picked: ["output", ...at] });
    return (
      <GridFigure
        key={o}
        sign={sign}
        name={`Output ${o}`}
        label={`Output channel ${o}`}
        box={boxes.output}
        cell={cellsOf(outputs[o], ofOutput, (isLit ? lit : dark).output)}
        pick={o === channel ? pick.of("output") : { picked: null, onPick }}
      />
    );
  };
  const others = range(outputs.length).filter((o) => o !== channel);
  return (
    <>
      <Scales {...{ ofInput, ofPartial, ofOutput, ofKernel }} />
      <div class="cnl-maps-box">
        <div class="cnl-sum-of-maps">
          {range(input.length).map((c) => (
            <div key={c} class="cnl-channel">
              <GridFigure
                name={`Input ${c}`}
                label={`Input channel ${c}`}
                box={boxes[`input ${c}`]}
                cell={inputCell(c)}
                frame={isMet(c) ? frame : null}
                pick={pick.of(`input ${c}`)}
                onEdit={(at, value) => change(typed.input(c, at, value))}
              />
              <GridFigure
                sign="⋆"
                name={`Kernel ${channel}, slice ${c}`}
                scale="weights"
                box={boxes[`kernel ${c}`]}
                cell={cellsOf(slices[c], ofKernel, litIn(c).kernel)}
                pick={pick.of(`kernel ${c}`)}
                onEdit={(at, value) => change(typed.kernel(c, at, value))}
              />
              <GridFigure
                sign="="
                name={`Partial ${c}`}
                label={`Partial map ${c}`}
                box={boxes[`partial ${c}`]}
                cell={cellsOf(partials[c], ofPartial, litIn(c).output)}
                pick={pick.of(`partial ${c}`)}
              />
            </div>
          ))}
          <hr />
          <div class="cnl-channel">
            <span class="cnl-words">
              Add {input.length === 1 ? "the bias" : "the partial maps and the bias"}:
            </span>
            <Figure sign="+" name="Bias" shape={[1, 1]}>
              <Weights
                label={`Bias of output channel ${channel}`}
                rows={[[bias]]}
                scale={ofKernel}
                onEdit={(_, value) => change(typed.bias(value))}
                onRefuse={pick.of("output").onRefuse}
              />
            </Figure>
            {output(channel, "=")}
          </div>
        </div>
      </div>
      {others.length > 0 && (
        <div class="cnl-row cnl-others">
          <span class="cnl-words">The other output channels, each with a kernel of its own:</span>
          {others.map((o) => output(o))}
        </div>
      )}
    </>
  );
}

type ScalesProps = Record<"ofInput" | "ofPartial" | "ofOutput" | "ofKernel", Scale>;

/** What the colours of all these grids mean. */
function Scales({ ofInput, ofPartial, ofOutput, ofKernel }: ScalesProps) {
  return (
    <p class="cnl-caption cnl-scales" aria-hidden="true">
      <span>
        input <Legend scale="activations" {...ofInput} />
      </span>
      <span>
        partial <Legend scale="activations" {...ofPartial} />
      </span>
      <span>
        output <Legend scale="activations" {...ofOutput} />
      </span>
      <span>
        kernel and bias <Legend scale="weights" {...ofKernel} />
      </span>
    </p>
  );
}

/** Numbers of parameters and products, and the weights of a dense layer in their place. */
function Counts({ lab: { rows, columns, input, outputs } }: { lab: Solution }) {
  const [c_i, c_o] = [input.length, outputs.length];
  const [area, pixels] = [rows.size * columns.size, rows.n * columns.n];
  const weights = c_o * c_i * rows.k * columns.k;
  const shapes = `${c_i}·${rows.n}·${columns.n} · ${c_o}·${rows.size}·${columns.size}`;
  return (
    <>
      <br />
      Parameters: c<sub>o</sub>·c<sub>i</sub>·k<sub>h</sub>·k<sub>w</sub> + c<sub>o</sub> = {c_o}·
      {c_i}·{rows.k}·{columns.k} + {c_o} = {thousands(weights + c_o)}. Multiply-adds: {rows.size}·
      {columns.size} places · {thousands(weights)} weights = {thousands(area * weights)}. A dense
      layer between the same shapes: {shapes} = {thousands(c_i * pixels * c_o * area)} weights.
    </>
  );
}

type SlidersProps = { lab: Lab; resized: Changes["resized"] };
type Sizes = ReturnType<typeof sizesOf>;

function Sliders({ lab, resized }: SlidersProps) {
  const { state, schema, change, control } = lab;
  const [now, initial] = [sizesOf(state), sizesOf(lab.initial)];
  const size = <K extends keyof Sizes>(name: K, setting: "input" | "kernel") => ({
    value: now[name],
    initial: initial[name],
    onChange: (value: Sizes[K]) => change(resized({ [name]: value })),
    hidden: control(setting).hidden,
  });
  // As many channels as large as a slider goes take longer than a frame to redraw: one less of
  // one or of the other.
  const [most, longest] = [lab.axes("input").c_i, lab.range("input").max];
  const channels = Math.max(...now.n) < longest ? most : most - 1;
  const ends = endsOf(schema, "kernel", (d, caps) =>
    limits(axisOf(state, d), { ...caps, n: now.c_i < most ? longest : longest - 1 }),
  );
  return (
    <div class="cnl-panel">
      <Slider
        {...size("c_i", "input")}
        label="Input channels"
        min={1}
        max={Math.max(now.c_i, channels)}
      />
      <Slider
        {...size("c_o", "kernel")}
        label="Output channels"
        min={1}
        max={lab.axes("kernel").c_o}
      />
      <PairSlider {...size("n", "input")} label="Input size" limits={ends.input} />
      <PairSlider {...size("k", "kernel")} label="Kernel size" limits={ends.kernel} />
      <PairSlider {...control("stride")} label="Stride" limits={ends.stride} />
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
    </div>
  );
}

export default platform.view(ChannelLab);
