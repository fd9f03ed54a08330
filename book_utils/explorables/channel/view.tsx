/** The channel lab: input channels ⋆ kernel slices = partial maps, added up (see lab.py). */
import { useContext } from "preact/hooks";
import { charts } from "../../theme.json";
import { limits } from "../arithmetic/limits.ts";
import { PairSlider, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, cellsOf, inputScale, type Scale, weightScale } from "../parts/figure.tsx";
import { Grid, type GridPick, Legend, marked, range } from "../parts/grid.tsx";
import { cellOf, frameOf, lights, meetings, valueAt } from "../parts/layer.ts";
import { short } from "../parts/numbers.ts";
import { type Box, OutputPlayer, type Picking, PlayButton, usePick } from "../parts/picking.tsx";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { endsOf } from "../parts/sizes.ts";
import { Weights } from "../parts/weights.tsx";
import { Frame, Place } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { ChannelLab as Settings } from "../settings.ts";
import { type Changes, useChanges } from "./memory.ts";
import { axisOf, channelOf, type Solution, sizesOf, solve } from "./solution.ts";
import { asPython, countOf, describe, describeCosts, EXAMPLES } from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

function ChannelLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, change } = lab;
  const changes = useChanges(state);
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes);
  const say = (cell: typeof pick.shown) => describe(solution, cell);
  return (
    <Frame
      lab={lab}
      label="Channel lab"
      aside={`parameters: ${countOf(solution).sum}`}
      said={<Said pick={pick} say={say} />}
      play={<PlayButton pick={pick} />}
      controls={controlsOf(lab, changes.resized)}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={
        <>
          <OutputPlayer pick={pick} />
          <SaidInFull pick={pick} say={say} formula={describeCosts(solution)} />
        </>
      }
      python={() => asPython(state)}
    >
      <Maps lab={solution} pick={pick} typed={changes.typed} change={change} />
    </Frame>
  );
}

type MapsProps = {
  lab: Solution;
  pick: Picking;
  typed: Changes["typed"];
  change: (changes: Partial<Settings>) => void;
};

/** The hues of output channels: none that the colours of numbers have. */
const HUES = [2, 3, 1].map((i) => charts.series[i]);

/** A row for each input channel, and what the partial maps add up to. */
function Maps({ lab, pick, typed, change }: MapsProps) {
  const { input, slices, partials, outputs, channel, bias, boxes } = lab;
  const { shown } = pick;
  const links = meetings(lab, shown);
  const [lit, dark] = [lights(lab, links), lights(lab, [])];
  const isMet = (c: number) => shown?.grid === "output" || (shown && channelOf(shown) === c);
  const litIn = (c: number) => (isMet(c) ? lit : dark);
  const frame = shown && /output|partial/.test(shown.grid) ? frameOf(lab, shown.at) : null;
  const taps = frame ? links.map((link) => [String(cellOf(lab, link)), link.tap] as const) : [];
  const tapAt = new Map(taps);
  const isSigned = [...input.flat(2), ...slices.flat(2), bias].some((v) => v < 0);
  const scales = {
    input: inputScale(input.flat(2)),
    kernel: weightScale([...slices.flat(2), bias]),
    // one for both, so that what is added can be compared with what it comes to
    sums: (isSigned ? weightScale : activationScale)([...partials.flat(2), ...outputs.flat(2)]),
  };

  const inputCell = (c: number) => (i: number, j: number) => {
    const value = valueAt(input[c], [i, j]);
    const padding = input[c][i]?.[j] === undefined;
    const tap = isMet(c) && tapAt.get(`${i},${j}`);
    return {
      value,
      shade: padding ? 0 : scales.input.of(value),
      locked: padding,
      kind: marked({ padding, lit: litIn(c).input.has(`${i},${j}`) }),
      note: tap ? `×${short(valueAt(slices[c], tap))}` : "",
      says: padding ? "padding" : "",
    };
  };
  /** The only kernel and its output need no number. */
  const numbered = (name: string, o: number) => (outputs.length > 1 ? `${name} ${o}` : name);
  /** An output channel; picking a cell of another one shows its kernel. */
  const output = (o: number) => {
    const isFront = o === channel;
    const isLit = isFront || shown?.grid.startsWith("input");
    const onPick = (at: At) => change({ channel: o, picked: ["output", ...at] });
    return (
      <figure key={o} class={isFront ? "cnl-front" : "cnl-behind"} style={`--hue:${HUES[o]}`}>
        <Head name={numbered("Output", o)} size={isFront ? boxes.output.shape : undefined} />
        <Table
          label={`Output channel ${o}`}
          scale={scales.sums}
          box={boxes.output}
          cell={cellsOf(outputs[o], scales.sums, (isLit ? lit : dark).output)}
          pick={isFront ? pick.of("output") : { picked: null, onPick }}
        />
      </figure>
    );
  };
  return (
    <div class={frame ? "cnl-channels cnl-outlined" : "cnl-channels"} style={roomFor(lab)}>
      <Head name="Input" size={[lab.rows.n, lab.columns.n]} at={2} />
      <Head name={numbered("Kernel", channel)} size={boxes["kernel 0"].shape} at={4} />
      <Head name="Partial" size={boxes.output.shape} at={6} />
      <i class="cnl-kernel" style={`--hue:${HUES[channel]};box-shadow:${stack(lab)}`} />
      {range(input.length).map((c) => (
        <div key={c} class="cnl-channel" style={`--row:${c + 2}`}>
          <span class="cnl-of">
            <span>channel {c}</span>
            <span>{c}</span>
          </span>
          <Table
            label={`Input channel ${c}`}
            scale={scales.input}
            box={boxes[`input ${c}`]}
            cell={inputCell(c)}
            frame={isMet(c) ? frame : null}
            pick={pick.of(`input ${c}`)}
            onEdit={(at, value) => change(typed.input(c, at, value))}
          />
          <Sign of="⋆" />
          <Table
            label={`Kernel ${channel}, slice ${c}`}
            scale={scales.kernel}
            box={boxes[`kernel ${c}`]}
            cell={cellsOf(slices[c], scales.kernel, litIn(c).kernel)}
            pick={pick.of(`kernel ${c}`)}
            onEdit={(at, value) => change(typed.kernel(c, at, value))}
          />
          <Sign of="=" />
          <Table
            label={`Partial map ${c}`}
            scale={scales.sums}
            box={boxes[`partial ${c}`]}
            cell={cellsOf(partials[c], scales.sums, litIn(c).output)}
            pick={pick.of(`partial ${c}`)}
          />
        </div>
      ))}
      <Brace />
      <div class="cnl-total">
        <Sign of="+" />
        <figure>
          <Head name="Bias" />
          <Weights
            label={`Bias of output channel ${channel}`}
            rows={[[bias]]}
            scale={scales.kernel}
            onEdit={(_, value) => change(typed.bias(value))}
            onRefuse={pick.of("output").onRefuse}
          />
        </figure>
        <Sign of="=" />
        <div class="cnl-results">{range(outputs.length).map(output)}</div>
      </div>
      <div class="cnl-keys">
        {Object.entries(scales).map(([name, scale]) => (
          <div key={name} class="cnl-key">
            <Legend {...scale} />
          </div>
        ))}
      </div>
    </div>
  );
}

const Sign = ({ of }: { of: string }) => (
  <span class="cnl-sign" aria-hidden="true">
    {of}
  </span>
);

/** What says that the partial maps are taken together. */
const Brace = () => (
  <svg class="cnl-brace" viewBox="0 0 12 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 0Q6 0 6 5V45Q6 50 12 50Q6 50 6 55V95Q6 100 0 100" />
  </svg>
);

type HeadProps = { name: string; size?: At; at?: number };

/** What stands over a column of grids; it makes no column wider. */
const Head = ({ name, size, at }: HeadProps) => (
  <div class="cnl-head" style={at ? `grid-column:${at}` : ""}>
    <span>
      {name} {size && <span>{size.join("×")}</span>}
    </span>
  </div>
);

type TableProps = {
  label: string;
  scale: Scale;
  box: Box;
  pick: GridPick;
  cell: Parameters<typeof Grid>[0]["cell"];
  frame?: { at: At; shape: At } | null;
  onEdit?: (at: At, value: number) => void;
};

function Table({ label, scale, box, pick, ...rest }: TableProps) {
  const { size = box.shape, ...cells } = box;
  return (
    <Grid
      label={`${label}, ${size[0]} by ${size[1]}`}
      scale={scale.scale}
      {...cells}
      {...rest}
      {...pick}
    />
  );
}

/** How many cells stand side by side and one below the other, for the style sheet. */
function roomFor({ boxes, input, outputs }: Solution) {
  const [high, wide] = boxes["input 0"].shape;
  const [rows, columns] = boxes.output.shape;
  const cells = {
    inputs: input.length,
    others: outputs.length - 1,
    rows,
    columns,
    abreast: wide + boxes["kernel 0"].shape[1] + columns,
    high: input.length * high,
  };
  return Object.entries(cells)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

/** The kernels of the other output channels, as cards that lie behind. */
const stack = ({ outputs, channel }: Solution) =>
  range(outputs.length)
    .filter((o) => o !== channel)
    .flatMap((o, i) => [
      `${5 * i + 5}px ${5 * i + 5}px 0 -2px var(--page-surface)`,
      `${5 * i + 5}px ${5 * i + 5}px 0 0 ${HUES[o]}`,
    ])
    .join(",") || "none";

type Sizes = ReturnType<typeof sizesOf>;

/** Every control, by the setting it belongs to. */
function controlsOf(lab: Lab, resized: Changes["resized"]) {
  const { state, schema, change, control } = lab;
  const [now, initial] = [sizesOf(state), sizesOf(lab.initial)];
  const size = <K extends keyof Sizes>(name: K) => ({
    value: now[name],
    initial: initial[name],
    onChange: (value: Sizes[K]) => change(resized({ [name]: value })),
  });
  // As many channels as large as a slider goes take longer than a frame to redraw: one less of
  // one or of the other.
  const [most, longest] = [lab.axes("input").c_i, lab.range("input").max];
  const channels = Math.max(...now.n) < longest ? most : most - 1;
  const ends = endsOf(schema, "kernel", (d, caps) =>
    limits(axisOf(state, d), { ...caps, n: now.c_i < most ? longest : longest - 1 }),
  );
  return {
    input: (
      <>
        <Slider {...size("c_i")} label="Input channels" min={1} max={Math.max(now.c_i, channels)} />
        <NotAtHand>
          <PairSlider {...size("n")} label="Input size" limits={ends.input} />
        </NotAtHand>
      </>
    ),
    kernel: (
      <>
        <Slider {...size("c_o")} label="Output channels" min={1} max={lab.axes("kernel").c_o} />
        <PairSlider {...size("k")} label="Kernel size" limits={ends.kernel} />
      </>
    ),
    channel: state.kernel.length > 1 && (
      <Radios
        {...control("channel")}
        label="Kernel of output channel"
        options={range(state.kernel.length)}
      />
    ),
    stride: <PairSlider {...control("stride")} label="Stride" limits={ends.stride} />,
    padding: (
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
    ),
  };
}

/** A control that stands in the panel, whole, where another of its setting is at hand. */
function NotAtHand({ children }: { children: preact.ComponentChildren }) {
  if (useContext(Place) === "hand") return null;
  return <Place.Provider value="panel">{children}</Place.Provider>;
}

export default platform.view(ChannelLab);
