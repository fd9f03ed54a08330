/** The mixing lab: three channels of a photograph, recombined pixel by pixel (see lab.py). */
import { useMemo, useState } from "preact/hooks";
import { conv2d } from "../arithmetic/convolution.ts";
import { outOfRange, type Photo, unpack } from "../arithmetic/mixing.ts";
import { tensor } from "../arithmetic/tensor.ts";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { weightScale } from "../parts/figure.tsx";
import { Legend } from "../parts/grid.tsx";
import { withCell } from "../parts/memory.ts";
import { Weights } from "../parts/weights.tsx";
import { spoken } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import { defaultsOf } from "../platform/schema.ts";
import { useTraits } from "../platform/traits.ts";
import type { MixLab as Settings } from "../settings.ts";
import { type Channels, Picture } from "./pictures.tsx";
import { type Mixture, useStrength } from "./strength.ts";
import { asPython, COLOURS, clipped, describe, EXAMPLES, sums, three } from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

/** The three channels of a pixel. */
function pixelOf({ data, shape: [, , height, width] }: Channels, [i, j]: At) {
  return COLOURS.map((_, c) => data[(c * height + i) * width + j]);
}

function MixLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, initial, change } = lab;
  const { weight, bias } = state;
  const { weight: same, bias: none } = defaultsOf<Settings>(lab.schema);
  const unchanged = { weight: same, bias: none };
  const strength = useStrength({ weight, bias }, unchanged, change);
  const [marking, mark] = useState(false);
  const [{ photo }] = useTraits<{ photo: Photo }>(host.model, ["photo"]);
  const x = useMemo(() => unpack(photo), [photo]);
  const y = useMemo(() => {
    const kernel = weight.map((row) => row.map((v) => [[v]]));
    return conv2d(x, tensor(kernel), { bias });
  }, [x, weight, bias]);
  const lost = useMemo(() => outOfRange(y.data), [y]);
  const shape: At = [photo.height, photo.width];
  const picked: At = [
    Math.min(state.picked[0], photo.height - 1),
    Math.min(state.picked[1], photo.width - 1),
  ];
  const picking = { shape, picked, onPick: (at: At) => change({ picked: at }) };
  // An example is a mixture, and leaves the picked pixel.
  const mixtures = {
    initial: { weight: initial.weight, bias: initial.bias },
    change: (mixture: Partial<Mixture>) => change(mixture),
    begin: (example: Partial<Mixture>) => change({ ...unchanged, ...example }),
  };
  return (
    <platform.Lab label="Mixing lab">
      <div class="cnl-bar">
        <Examples lab={mixtures} examples={EXAMPLES} />
        <Switch label="mark pixels that leave 0…1" value={marking} onChange={mark} />
      </div>
      <div class="cnl-mix">
        <Picture name="Photograph" channels={x} picking={picking} />
        <Matrix lab={lab} />
        <Picture
          name="Mixture"
          prefix="new "
          channels={y}
          picking={picking}
          mask={marking ? lost.mask : null}
        />
      </div>
      <Said state={state} picked={picked} before={pixelOf(x, picked)} after={pixelOf(y, picked)}>
        {describe(shape, lost.count)}
      </Said>
      <div class="cnl-bar">
        <platform.Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <platform.Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          label="Strength"
          unit="%"
          value={strength.percent}
          min={0}
          max={100}
          initial={100}
          onChange={strength.weaken}
          hidden={lab.control("weight").hidden}
        />
      </div>
    </platform.Lab>
  );
}

const KERNEL = "Kernel: rows are new red, green and blue; columns are old red, green and blue";

/** The kernel and the bias, to type into. */
function Matrix({ lab: { state, change, complain } }: { lab: Lab }) {
  const { weight, bias } = state;
  const scale = weightScale([...weight.flat(), ...bias, 1]);
  return (
    <div class="cnl-matrix">
      <p class="cnl-caption">
        1×1 kernel and bias <Legend scale="weights" {...scale} />
      </p>
      <div class="cnl-matrix-row">
        <div>
          <p class="cnl-caption cnl-heads" aria-hidden="true">
            <span>R</span>
            <span>G</span>
            <span>B</span>
          </p>
          <Weights
            label={KERNEL}
            rows={weight}
            scale={scale}
            says={(o, c) => `${COLOURS[c]} in new ${COLOURS[o]}`}
            onEdit={(at, v) => change({ weight: withCell(weight, at, v) })}
            onRefuse={complain}
          />
        </div>
        <div>
          <p class="cnl-caption cnl-heads" aria-hidden="true">
            <span>bias</span>
          </p>
          <Weights
            label="Bias of new red, green and blue"
            rows={bias.map((b) => [b])}
            scale={scale}
            says={(o) => `bias of new ${COLOURS[o]}`}
            onEdit={([o], v) => change({ bias: bias.with(o, v) })}
            onRefuse={complain}
          />
        </div>
        <p class="cnl-caption cnl-tails" aria-hidden="true">
          {COLOURS.map((colour) => (
            <span key={colour}>new {colour}</span>
          ))}
        </p>
      </div>
    </div>
  );
}

const css = (rgb: number[]) => `rgb(${rgb.map((v) => Math.round(255 * clipped(v))).join(" ")})`;

type SaidProps = {
  state: Settings;
  picked: At;
  before: number[];
  after: number[];
  children: string;
};

/** The picked pixel, written out. */
function Said({ state, picked, before, after, children }: SaidProps) {
  const lines = sums(state, before, after);
  const place = picked.join(", ");
  const [old, now] = [before, after].map((rgb) => rgb.map(three).join(", "));
  return (
    <div class="cnl-said">
      <p class="cnl-sum cnl-pixel">
        <span class="cnl-swatch" style={{ background: css(before) }} />→
        <span class="cnl-swatch" style={{ background: css(after) }} /> pixel [{place}], red, green,
        blue: {old} → {now}
      </p>
      {lines.map((line) => (
        <p key={line} class="cnl-sum-line">
          {line}
        </p>
      ))}
      <p class="cnl-formula">{children}</p>
      <div class="cnl-hidden" aria-live="polite">
        {spoken(`pixel ${place}: ${lines.join("; ")}`)}
      </div>
    </div>
  );
}

export default platform.view(MixLab);
