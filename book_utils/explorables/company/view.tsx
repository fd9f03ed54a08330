/** The company lab: a boot, the others of its batch, and what the network says (see lab.py). */
import { useMemo } from "preact/hooks";
import { Bitmap } from "../parts/bitmap.tsx";
import { Choice, Slider } from "../parts/controls.tsx";
import { SIDE } from "../parts/digit.ts";
import { Examples } from "../parts/examples.tsx";
import { percent } from "../parts/numbers.ts";
import { Radios } from "../parts/radios.tsx";
import { Said } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { CompanyLab as Settings } from "../settings.ts";
import { useNetwork } from "./network.ts";
import { useInSlices } from "./slices.ts";
import { answered, BOOT, invert, type Network, othersOf } from "./solution.ts";
import * as words from "./words.ts";

function CompanyLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const network = useNetwork(host, lab.complain);
  const { company, size, draw } = state;
  const alone = useInSlices(network && (() => answered(network, state, false)), [network]);
  const beside = useInSlices(network && (() => answered(network, state, true)), [
    network,
    company,
    size,
    draw,
  ]);
  const told = words.describe(state, network, beside, alone);
  const companies = lab
    .options("company")
    .map(({ value }) => ({ value, label: words.COMPANIES[value] }));
  const controls = {
    company: <Choice {...control("company")} label="The others" options={companies} />,
    mode: <Radios {...control("mode")} label="Mode" options={["train", "eval"]} />,
    size: <Slider {...control("size")} {...lab.range("size")} label="Batch size" />,
    draw: <Slider {...control("draw")} {...lab.range("draw")} label="Draw" />,
  };
  return (
    <Frame
      lab={lab}
      label="Company lab"
      said={<Said pick={{ picked: null, shown: null, playing: false }} say={() => told} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={
        <div class="cnl-in-full">
          <p>{words.HOW}</p>
        </div>
      }
      python={network ? () => words.asPython(network, state) : undefined}
    >
      <div class={`cnl-company cnl-in-${state.mode}`}>
        {network ? (
          <>
            <Batch network={network} settings={state} />
            {beside && alone && (
              <Bars network={network} beside={beside} alone={alone} mode={state.mode} />
            )}
          </>
        ) : (
          <p class="cnl-loading">{words.LOADING}</p>
        )}
      </div>
    </Frame>
  );
}

const ACROSS = 8;
const DOWN = 4;
const STRIDE = SIDE + 1; // a pixel between two pictures
const SEEN = 0.005; // a probability below it has no mark

/** The boot, and the others in rows of eight on one canvas. */
function Batch({ network, settings }: { network: Network; settings: Settings }) {
  const { company, size, draw } = settings;
  const boot = useMemo(() => mosaic([network.pictures[BOOT]], 1, 1), [network]);
  const others = useMemo(() => {
    const pictures = othersOf(network, settings).map((place) => network.pictures[place]);
    const shown = company === "inverted" ? pictures.map(invert) : pictures;
    return mosaic(shown, ACROSS, DOWN);
  }, [network, company, size, draw]);
  const caption = words.othersInWords(settings);
  return (
    <div class="cnl-batch">
      <figure class="cnl-figure cnl-boot">
        <figcaption>the boot</figcaption>
        <Bitmap {...boot} role="img" aria-label="An ankle boot" />
      </figure>
      <figure class="cnl-figure cnl-others">
        <figcaption>{caption}</figcaption>
        <Bitmap {...others} role="img" aria-label={`Beside the boot: ${caption}`} />
      </figure>
    </div>
  );
}

/** Grey pictures in rows, as a canvas takes them; where there is none it is clear. */
function mosaic(pictures: Float64Array[], across: number, down: number) {
  const [width, height] = [across * STRIDE - 1, down * STRIDE - 1];
  const bytes = new Uint8ClampedArray(4 * width * height);
  pictures.forEach((picture, n) => {
    const corner = Math.floor(n / across) * STRIDE * width + (n % across) * STRIDE;
    picture.forEach((v, i) => {
      const at = 4 * (corner + Math.floor(i / SIDE) * width + (i % SIDE));
      bytes.fill(255 * v, at, at + 3);
      bytes[at + 3] = 255;
    });
  });
  return { bytes, width, height };
}

type BarsProps = {
  network: Network;
  beside: ArrayLike<number>;
  alone: ArrayLike<number>;
  mode: Settings["mode"];
};

/** A bar for each class in the mode that is on, a mark for evaluation mode, figures for both. */
function Bars({ network: { classes }, beside, alone, mode }: BarsProps) {
  const on = mode === "train" ? beside : alone;
  const best = Array.from(on).indexOf(Math.max(...Array.from(on)));
  return (
    <figure
      class="cnl-figure cnl-says"
      role="img"
      aria-label={words.describeBars(classes, on, mode)}
    >
      <figcaption>
        <span>probability</span>
        <span class="cnl-of-train">{words.MODES.train}</span>
        <span class="cnl-of-eval">{words.MODES.eval}</span>
      </figcaption>
      {classes.map((name, k) => (
        <div key={name} class={k === best ? "best" : ""}>
          <b>{name}</b>
          <span class="bar">
            <i style={`width:${100 * on[k]}%`} />
            {alone[k] >= SEEN && <u style={`left:${100 * alone[k]}%`} />}
          </span>
          <em class="cnl-of-train">{percent(beside[k])}</em>
          <em class="cnl-of-eval">{percent(alone[k])}</em>
        </div>
      ))}
    </figure>
  );
}

export default platform.view(CompanyLab);
