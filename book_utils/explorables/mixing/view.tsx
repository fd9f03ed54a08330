/** The mixing lab: three channels of a photograph, recombined pixel by pixel (see lab.py). */
import { useContext, useMemo, useState } from "preact/hooks";
import { mixed, outOfRange, type Photo, unpack } from "../arithmetic/mixing.ts";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { weightScale } from "../parts/figure.tsx";
import { Grid, marked } from "../parts/grid.tsx";
import { withCell } from "../parts/memory.ts";
import { plural, spoken } from "../parts/words.ts";
import { Frame, Place } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { defaultsOf } from "../platform/schema.ts";
import { useTraits } from "../platform/traits.ts";
import type { MixLab as Settings } from "../settings.ts";
import { Channel, type Channels, type Picking, Picture } from "./pictures.tsx";
import { type Mixture, useStrength } from "./strength.ts";
import { asPython, COLOURS, clipped, describe, EXAMPLES, sumOf, sums, three } from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

/** The three channels of a pixel. */
function pixelOf({ data, shape: [, , height, width] }: Channels, [i, j]: At) {
  return COLOURS.map((_, c) => data[(c * height + i) * width + j]);
}

function MixLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, change } = lab;
  const { weight, bias } = state;
  const [marking, mark] = useState(false);
  const rows = useRows();
  const [{ photo }] = useTraits<{ photo: Photo }>(host.model, ["photo"]);
  const x = useMemo(() => unpack(photo), [photo]);
  const y = useMemo(() => mixed(x, { weight, bias }), [x, weight, bias]);
  const lost = useMemo(() => outOfRange(y.data), [y]);
  const shape: At = [photo.height, photo.width];
  const picked: At = [
    Math.min(state.picked[0], photo.height - 1),
    Math.min(state.picked[1], photo.width - 1),
  ];
  const picking = { shape, picked, onPick: (at: At) => change({ picked: at }) };
  const [before, after] = [pixelOf(x, picked), pixelOf(y, picked)];
  const pixel = { picked, before, after };
  const mask = marking ? lost.mask : null;
  return (
    <Frame
      lab={lab}
      label="Mixing lab"
      aside={lost.count > 0 && `${plural(lost.count, "pixel")} clipped`}
      said={<Said state={state} row={rows.shown} {...pixel} />}
      controls={{ weight: <Mixtures lab={lab} /> }}
      rest={
        <>
          <Switch label="mark pixels that leave 0…1" value={marking} onChange={mark} />
          <InFull state={state} {...pixel}>
            {describe(shape, lost.count)}
          </InFull>
        </>
      }
      python={() => asPython(state)}
    >
      <div class="cnl-mix" style={`--aspect:${photo.width / photo.height}`}>
        <Picture name="Photograph" channels={x} picking={picking} />
        <Product lab={lab} rows={rows} x={x} y={y} picking={picking} pixel={pixel} />
        <Picture name="Mixture" channels={y} picking={picking} mask={mask} />
      </div>
    </Frame>
  );
}

/** The row of the kernel that is spoken of: that under the mouse, else the last one picked. */
function useRows() {
  const [picked, pick] = useState(0);
  const [pointed, point] = useState<number | null>(null);
  const take = (row: number) => {
    point(null);
    pick(row);
  };
  return { shown: pointed ?? picked, pick: take, point };
}

/** Mixtures to begin from, and how far to go towards one. */
function Mixtures({ lab }: { lab: Lab }) {
  const { state, initial, change } = lab;
  const { weight: same, bias: none } = defaultsOf<Settings>(lab.schema);
  const unchanged = { weight: same, bias: none };
  const strength = useStrength({ weight: state.weight, bias: state.bias }, unchanged, change);
  // An example is a mixture, and leaves the picked pixel.
  const mixtures = {
    initial: { weight: initial.weight, bias: initial.bias },
    change: (mixture: Partial<Mixture>) => change(mixture),
    begin: (example: Partial<Mixture>) => change({ ...unchanged, ...example }),
  };
  if (useContext(Place) === "beside") return null;
  return (
    <>
      <div class="cnl-bar cnl-mixtures">
        <Examples lab={mixtures} examples={EXAMPLES} />
      </div>
      <Slider
        label="Strength"
        unit="%"
        value={strength.percent}
        min={0}
        max={100}
        initial={100}
        onChange={strength.weaken}
      />
    </>
  );
}

const KERNEL = "Kernel: rows are new red, green and blue; columns are old red, green and blue";

type ProductProps = {
  lab: Lab;
  rows: ReturnType<typeof useRows>;
  x: Channels;
  y: Channels;
  picking: Picking;
  pixel: Pixel;
};

/**
 * The kernel and the bias, to type into: over each column the old channel that it reads, behind
 * each row the new one that it makes, with the numbers of the picked pixel.
 */
function Product({ lab, rows, x, y, picking, pixel }: ProductProps) {
  const { state, change, complain } = lab;
  const { weight, bias } = state;
  const scale = weightScale([...weight.flat(), ...bias, 1]);
  const [ofKernel, pickKernel] = useState<At | null>(null);
  const [ofBias, pickBias] = useState<At | null>(null);
  const cellOf = (numbers: number[][], says: (o: number, c: number) => string) => {
    return (o: number, c: number) => ({
      value: numbers[o][c],
      shade: scale.of(numbers[o][c]),
      kind: marked({ lit: o === rows.shown }),
      says: says(o, c),
    });
  };
  const common = {
    scale: scale.scale,
    onRefuse: complain,
    onPoint: (at: At | null) => rows.point(at ? at[0] : null),
  };
  return (
    <div class="cnl-product">
      {COLOURS.map((colour, c) => (
        <div key={colour} class="cnl-old" style={`grid-column:${c + 1}`}>
          <Channel
            label={`${colour} channel of photograph`}
            channels={x}
            channel={c}
            picking={picking}
          />
          {colour}
          <b>{three(pixel.before[c])}</b>
        </div>
      ))}
      <p class="cnl-bias">bias</p>
      <Grid
        label={KERNEL}
        shape={[3, 3]}
        cell={cellOf(weight, (o, c) => `${COLOURS[c]} in new ${COLOURS[o]}`)}
        picked={ofKernel}
        onPick={(at) => {
          pickKernel(at);
          rows.pick(at[0]);
        }}
        onEdit={(at, v) => change({ weight: withCell(weight, at, v) })}
        {...common}
      />
      <Grid
        label="Bias of new red, green and blue"
        shape={[3, 1]}
        cell={cellOf(
          bias.map((b) => [b]),
          (o) => `bias of new ${COLOURS[o]}`,
        )}
        picked={ofBias}
        onPick={(at) => {
          pickBias(at);
          rows.pick(at[0]);
        }}
        onEdit={([o], v) => change({ bias: bias.with(o, v) })}
        {...common}
      />
      {COLOURS.map((colour, o) => (
        <div
          key={colour}
          class={o === rows.shown ? "cnl-new cnl-spoken" : "cnl-new"}
          style={`grid-row:${o + 2}`}
          onPointerDown={() => rows.pick(o)}
        >
          <span aria-hidden="true">=</span>
          <Channel
            label={`new ${colour} channel of mixture`}
            channels={y}
            channel={o}
            picking={picking}
          />
          <p>
            new {colour}
            <b>{three(pixel.after[o])}</b>
          </p>
        </div>
      ))}
    </div>
  );
}

const css = (rgb: number[]) => `rgb(${rgb.map((v) => Math.round(255 * clipped(v))).join(" ")})`;

type Pixel = { picked: At; before: number[]; after: number[] };
type PixelProps = Pixel & { state: Settings };

/** One new channel of the picked pixel, written out; all three are spoken. */
function Said({ state, row, picked, before, after }: PixelProps & { row: number }) {
  const { line, result, shown } = sumOf(state, before, after, row);
  return (
    <div class="cnl-said">
      <p class="cnl-sum">
        <i class="cnl-swatch" style={{ background: css(before) }} /> →{" "}
        <i class="cnl-swatch" style={{ background: css(after) }} /> <span>{line}</span>
        {" = "}
        <b>{result}</b>
        {shown}
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {spoken(`pixel ${picked.join(", ")}: ${sums(state, before, after).join("; ")}`)}
      </div>
    </div>
  );
}

/** The picked pixel with all its sums. */
function InFull({ state, picked, before, after, children }: PixelProps & { children: string }) {
  const [old, now] = [before, after].map((rgb) => rgb.map(three).join(", "));
  return (
    <div class="cnl-in-full">
      <p class="cnl-pixel">
        pixel [{picked.join(", ")}], red, green, blue: {old} → {now}
      </p>
      {sums(state, before, after).map((line) => (
        <p key={line} class="cnl-sum-line">
          {line}
        </p>
      ))}
      <p class="cnl-formula">{children}</p>
    </div>
  );
}

export default platform.view(MixLab);
