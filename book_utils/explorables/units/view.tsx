/** The unit lab: a unit's nine best pictures, its kernels, the digits it answers (see lab.py). */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { Bitmap } from "../parts/bitmap.tsx";
import { SIDE } from "../parts/digit.ts";
import { Examples } from "../parts/examples.tsx";
import { range } from "../parts/grid.tsx";
import { useId } from "../parts/ids.ts";
import { short } from "../parts/numbers.ts";
import { Pixels } from "../parts/pixels.tsx";
import { Radios } from "../parts/radios.tsx";
import { Said } from "../parts/said.tsx";
import { LOADING, type Shipped, useShipped } from "../parts/shipped.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { UnitLab as Settings } from "../settings.ts";
import {
  type Best,
  bytesOf,
  type Layer,
  meanOf,
  type Picture,
  patchOf,
  useBrowsed,
} from "./best.ts";
import * as words from "./words.ts";

type Lab = platform.LabOf<Settings>;
const LAYERS = Object.keys(words.LEGENDS) as Layer[];

function UnitLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const network = useShipped(host, lab.complain);
  const { fields, units, labels, pictures } = useBrowsed(host.model, lab.complain);
  const { state, control } = lab;
  const [layer, index] = state.unit as [Layer, number];
  const best = units[state.weights][layer][index];
  const { size } = fields[layer];
  const seen = { best, size, labels: best.pictures.map((picture) => labels[picture]) };
  const said = words.describe(state, seen);
  const patches = useMemo(
    () => pictures && best.pictures.map((k, i) => patchOf(pictures[k], best.at[i], size)),
    [pictures, best],
  );
  const controls = {
    weights: <Radios {...control("weights")} label="Weights" options={["trained", "random"]} />,
  };
  return (
    <Frame
      lab={lab}
      label="Unit lab"
      said={<Said pick={{ picked: null, shown: null, playing: false }} say={() => said} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={
        <div class="cnl-in-full">
          <p>{words.inFull(seen)}</p>
          <p>{words.HOW}</p>
        </div>
      }
      python={() => words.asPython(state)}
    >
      <div class="cnl-units">
        <Strip lab={lab} units={units[state.weights]} fields={fields} pictures={pictures} />
        <Nine title="Its nine best digits">
          {range(9).map((i) => (
            <div key={i} class="cnl-digit">
              {pictures && (
                <Greys
                  picture={pictures[best.pictures[i]]}
                  label={`Number ${i + 1}: a ${seen.labels[i]}, value ${short(best.values[i])}`}
                />
              )}
              <i style={boxOf(best.at[i], size)} />
            </div>
          ))}
        </Nine>
        {size === SIDE ? (
          <Mean patches={patches} />
        ) : (
          <Nine title={`What it sees: ${size}×${size}`}>
            {range(9).map((i) => (
              <div key={i} class="cnl-digit">
                {patches && (
                  <Greys picture={patches[i]} label={`What it sees of number ${i + 1}`} />
                )}
              </div>
            ))}
          </Nine>
        )}
        <div class="cnl-about">
          <Kernels layers={network?.[state.weights]} layer={layer} index={index} />
          <Answers answers={best.answers} />
        </div>
      </div>
    </Frame>
  );
}

/** Of a unit that sees all of each digit. */
function Mean({ patches }: { patches: Picture[] | null }) {
  const mean = useMemo(() => patches && meanOf(patches), [patches]);
  return (
    <figure class="cnl-figure cnl-nine cnl-mean">
      <figcaption>It sees all. Their mean:</figcaption>
      <div>{mean && <Greys picture={mean} label="The mean of its nine best digits" />}</div>
    </figure>
  );
}

const percent = (pixels: number) => `${(100 * pixels) / SIDE}%`;
const boxOf = ([top, left]: [number, number], size: number) =>
  `top:${percent(top)};left:${percent(left)};width:${percent(size)};height:${percent(size)}`;

/** A grey picture on a canvas. */
function Greys({ picture, label }: { picture: Picture; label?: string }) {
  const side = Math.sqrt(picture.length);
  const bytes = useMemo(() => bytesOf(picture), [picture]);
  const canvas = { bytes, width: side, height: side };
  if (!label) return <Bitmap key={side} {...canvas} aria-hidden="true" />;
  return <Bitmap key={side} {...canvas} role="img" aria-label={label} />;
}

type StripProps = {
  lab: Lab;
  units: Record<Layer, Best[]>;
  fields: Record<Layer, { size: number }>;
  pictures: Picture[] | null;
};

/** The units, layer by layer; one is chosen, as by radio buttons. */
function Strip({ lab, units, fields, pictures }: StripProps) {
  const id = useId();
  const [layer, index] = lab.state.unit;
  const thumbs = useMemo(() => pictures && thumbsOf(units, fields, pictures), [units, pictures]);
  return (
    <div class="cnl-strip" role="radiogroup" aria-label="Unit">
      {LAYERS.map((of) => (
        <fieldset key={of} class={`cnl-of-${of}`}>
          <legend>{words.LEGENDS[of]}</legend>
          {units[of].map((_, unit) => (
            <label key={unit}>
              <input
                type="radio"
                name={id}
                aria-label={words.nameOf(of, unit)}
                checked={of === layer && unit === index}
                onChange={() => lab.change({ unit: [of, unit] })}
              />
              {thumbs && <Greys picture={thumbs[of][unit]} />}
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

/** For each unit the mean of what it sees in its nine best pictures. */
function thumbsOf(units: StripProps["units"], fields: StripProps["fields"], pictures: Picture[]) {
  const thumb = (layer: Layer) => (best: Best) =>
    meanOf(best.pictures.map((k, i) => patchOf(pictures[k], best.at[i], fields[layer].size)));
  return Object.fromEntries(
    LAYERS.map((layer) => [layer, units[layer].map(thumb(layer))]),
  ) as Record<Layer, Picture[]>;
}

type NineProps = { title: string; children: ComponentChildren };

const Nine = ({ title, children }: NineProps) => (
  <figure class="cnl-figure cnl-nine">
    <figcaption>{title}</figcaption>
    <div>{children}</div>
  </figure>
);

const MODULES: Partial<Record<Layer, string>> = { conv1: "features.0", conv2: "features.3" };

type KernelsProps = { layers?: Shipped["trained"]; layer: Layer; index: number };

/** The kernels of a map, one for each map below it, with one scale for all. */
function Kernels({ layers, layer, index }: KernelsProps) {
  const weight = layers?.find(({ name }) => name === MODULES[layer])?.weight;
  const kernels = useMemo(() => {
    if (!weight) return [];
    const [, inputs, height, width] = weight.shape;
    const first = index * inputs * height * width;
    return range(inputs).map((input) =>
      range(height).map((row) => {
        const from = first + (input * height + row) * width;
        return Array.from(weight.data).slice(from, from + width);
      }),
    );
  }, [weight, index]);
  const high = Math.max(...kernels.flat(2).map(Math.abs));
  const title = kernels.length > 1 ? `Its ${kernels.length} kernels` : "Its kernel";
  const none = layers ? "No kernel: dense" : LOADING;
  return (
    <figure class={`cnl-figure cnl-its-kernels cnl-${kernels.length}-kernels`}>
      <figcaption>
        {kernels.length ? title : none} {kernels.length > 0 && <small>to ±{short(high)}</small>}
      </figcaption>
      <div>
        {kernels.map((rows, input) => (
          <Pixels
            key={input}
            rows={rows}
            high={high}
            scale="weights"
            label={kernels.length > 1 ? `Kernel for map ${input} of convolution 1` : "Kernel"}
          />
        ))}
      </div>
    </figure>
  );
}

/** Ten bars: how strongly the unit answers each digit, beside the one that it answers most. */
function Answers({ answers }: { answers: number[] }) {
  const top = Math.max(...answers);
  return (
    <figure class="cnl-figure cnl-answers" role="group" aria-label={words.answersInWords(answers)}>
      <figcaption>Mean response by digit</figcaption>
      {answers.map((answer, digit) => (
        <div key={digit} class={answer === top ? "best" : ""}>
          <b>{digit}</b>
          <span>
            <i style={`width:${(100 * Math.max(0, answer)) / top}%`} />
          </span>
          <em>{words.tenths(answer)}</em>
        </div>
      ))}
    </figure>
  );
}

export default platform.view(UnitLab);
