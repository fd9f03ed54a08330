/** The image lab: a kernel slides over a photograph, the book's or the reader's own. */
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { grey, longestKernel, type Planes, toPixels, windowAt } from "../arithmetic/filter.ts";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { activationScale, Figure, weightScale } from "../parts/figure.tsx";
import { Grid, Legend } from "../parts/grid.tsx";
import { shapeOf } from "../parts/layer.ts";
import { full, short } from "../parts/numbers.ts";
import { WeightsFigure } from "../parts/weights.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { ImageLab as Settings } from "../settings.ts";
import { FileButton, Intake } from "./intake.tsx";
import { type KernelMemory, type Preset, presetOf, sumOf, useKernelMemory } from "./kernels.ts";
import { decode, type Opened, openPicture } from "./pictures.ts";
import { fits, type Solution, solve } from "./solution.ts";
import { Stage } from "./stage.tsx";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;
type Photo = { name: string; jpeg: string };
type Data = { photos: Photo[]; presets: Preset[] };

const NOTED = 3; // the longest kernel whose weights stand in the window, too

function ImageLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ photos, presets }] = useTraits<Data>(host.model, ["photos", "presets"]);
  const pictures = usePictures(lab, photos);
  const solution = useSolution(pictures.shown, lab.state);
  const memory = useKernelMemory(lab.state.kernel, presets);
  const { open, own } = pictures;
  return (
    <platform.Lab label="Image lab">
      <Intake onOpen={open}>
        <div class="cnl-bar">
          <Choice {...lab.control("photo")} {...pictures.choice} label="Picture" />
          <FileButton label="Open a picture" onOpen={open} />
          <FileButton label="Camera" camera onOpen={open} />
          <KernelChoice lab={lab} presets={presets} />
        </div>
        {solution && <Work lab={lab} solution={solution} presets={presets} memory={memory} />}
        <div class="cnl-bar">
          {solution && (
            <platform.Sharing lab={lab} python={() => words.asPython(lab.state, solution, own)} />
          )}
        </div>
        <platform.Message lab={lab} />
        {solution && <Sliders lab={lab} solution={solution} memory={memory} />}
        <p class="cnl-formula">
          Your own picture: open it, drop it here, or paste it while this lab has the focus. It
          never leaves your machine.
        </p>
      </Intake>
    </platform.Lab>
  );
}

/** The pictures there are: those of the page, and the reader's last one, which stays at hand. */
function usePictures(lab: Lab, photos: Photo[]) {
  const [kept, keep] = useState<Opened | null>(null);
  const [usesOwn, useOwn] = useState(false);
  const photo = photos.find(({ name }) => name === lab.state.photo) ?? photos[0];
  const decoded = useDecoded(photo.jpeg);
  const own = usesOwn ? kept : null;

  const open = async (file: File | undefined) => {
    if (!file) {
      lab.complain("There was no picture in it. Give a file such as a JPEG or PNG.");
      return;
    }
    lab.say(`Reading “${file.name}”…`);
    try {
      const opened = await openPicture(file);
      keep(opened);
      useOwn(true);
      lab.say(words.describePicture(opened));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      lab.complain(`${error.message} The picture stays.`);
    }
  };
  const options = photos.map(({ name }) => ({ value: name, label: name }));
  const ownOption = kept && { value: "", label: `your own: ${kept.name}` };
  return {
    shown: own ?? decoded,
    own,
    open,
    choice: {
      value: own ? "" : lab.state.photo,
      options: ownOption ? [...options, ownOption] : options,
      onChange: (photo: string) => {
        useOwn(photo === "");
        if (photo) lab.change({ photo });
      },
    },
  };
}

/** The photograph of the page, decoded; null at first. */
function useDecoded(jpeg: string) {
  const [picture, set] = useState<Planes | null>(null);
  useEffect(() => {
    let isWanted = true;
    decode(jpeg).then((planes) => isWanted && set(planes));
    return () => {
      isWanted = false;
    };
  }, [jpeg]);
  return picture;
}

/** The result for the present settings, computed once a frame however fast they change. */
function useSolution(picture: Planes | null, state: Settings) {
  const [solution, set] = useState<Solution | null>(null);
  const { kernel, normalise, stride, mode, colour, bias } = state;
  const x = useMemo(() => picture && (colour ? picture : grey(picture)), [picture, colour]);
  useLayoutEffect(() => {
    if (!x) return;
    const frame = requestAnimationFrame(() => set(solve(x, state)));
    return () => cancelAnimationFrame(frame);
  }, [x, kernel, normalise, stride, mode, bias]);
  return solution;
}

type KernelChoiceProps = { lab: Lab; presets: Preset[] };

function KernelChoice({ lab, presets }: KernelChoiceProps) {
  const { value, hidden } = lab.control("kernel");
  const name = useMemo(() => presetOf(value, presets)?.name ?? "", [value]);
  const named = presets.map((preset) => ({ value: preset.name, label: preset.name }));
  const choose = (chosen: string) => {
    const kernel = presets.find((preset) => preset.name === chosen)?.kernel;
    if (!kernel) return;
    const show = sumOf(kernel) === 0 ? "shift" : "clip";
    lab.change({ kernel, normalise: false, bias: 0, show });
  };
  return (
    <>
      <Choice
        label="Kernel"
        value={name}
        options={name ? named : [{ value: "", label: "your own" }, ...named]}
        onChange={choose}
        hidden={hidden}
      />
      <button type="button" onClick={() => lab.change(lab.initial)}>
        Reset
      </button>
    </>
  );
}

type WorkProps = { lab: Lab; solution: Solution; presets: Preset[]; memory: KernelMemory };

/** The pictures, the kernel, and one output written out. */
function Work({ lab, solution, presets, memory }: WorkProps) {
  const { kernel: rows, show, picked } = lab.state;
  const { output, kernel, sum } = solution;
  const [channel, setChannel] = useState(0);
  const c = Math.min(channel, output.channels - 1);
  const at: At = [Math.min(picked[0], output.height - 1), Math.min(picked[1], output.width - 1)];
  const shown = useMemo(() => toPixels(output, show), [output, show]);
  const preset = useMemo(() => presetOf(kernel, presets), [kernel]);
  const said = words.describe(solution, show, c, at);
  const basis = `max(15rem, ${kernel[0].length} * var(--cnl-cell) + 8px)`;
  return (
    <>
      <div class="cnl-row cnl-image">
        <Stage
          solution={solution}
          shown={shown}
          picked={at}
          onPick={(picked) => lab.change({ picked })}
        />
        <div class="cnl-beside" style={{ flexBasis: basis }}>
          <WeightsFigure
            name="Kernel"
            rows={rows}
            scale={weightScale(rows.flat())}
            onRefuse={lab.complain}
            onEdit={(place, v) => lab.change({ kernel: memory.withTyped(place, v) })}
          />
          <p class="cnl-formula">
            {preset && `${preset.name}: ${preset.meaning}. `}Weights sum to {full(sum)}.
          </p>
          {words.isShort(kernel) && <Window solution={solution} channel={c} at={at} />}
          {output.channels > 1 && (
            <Choice
              label="Channel"
              value={words.CHANNELS[c]}
              onChange={(name) => setChannel(words.CHANNELS.indexOf(name))}
              options={words.CHANNELS.map((name) => ({ value: name, label: name }))}
            />
          )}
        </div>
      </div>
      <div class="cnl-said">
        <p class="cnl-sum">{said.written}</p>
        <p class="cnl-formula">{words.describeOutput(solution, show, shown.clipped)}</p>
        <div class="cnl-hidden" aria-live="polite">
          {said.heard}
        </div>
      </div>
    </>
  );
}

type WindowProps = { solution: Solution; channel: number; at: At };

/** The pixels under the window, each with its weight. */
function Window({ solution: { x, kernel, options }, channel, at }: WindowProps) {
  const [picked, pick] = useState<At | null>(null);
  const { corner, values } = windowAt(x, channel, kernel, options, at);
  const scale = activationScale([0, 1]);
  const shape = shapeOf(kernel);
  const isNoted = Math.max(...shape) <= NOTED;
  const cell = (i: number, j: number) => {
    const outside = i < 0 || j < 0 || i >= x.height || j >= x.width ? "padding" : "";
    const [a, b] = [i - corner[0], j - corner[1]];
    return {
      value: words.tidy(values[a][b]),
      shade: scale.of(values[a][b]),
      kind: outside,
      says: outside,
      note: isNoted ? `×${short(kernel[a][b])}` : "",
    };
  };
  return (
    <Figure name="Window" shape={shape} legend={<Legend scale="activations" low={0} high={1} />}>
      <Grid
        label={`Window, ${shape.join(" by ")}`}
        shape={shape}
        offset={corner}
        scale="activations"
        picked={picked}
        onPick={pick}
        cell={cell}
      />
    </Figure>
  );
}

type SlidersProps = { lab: Lab; solution: Solution; memory: KernelMemory };

function Sliders({ lab, solution, memory }: SlidersProps) {
  const { control, range, options } = lab;
  const { x, kernel, sum } = solution;
  const { mode } = solution.options;
  const possible = options("mode").filter(({ value }) => fits(x, kernel, value));
  const sides = control("kernel");
  const size = range("kernel");
  const bias = control("bias");
  const normalise = control("normalise");
  return (
    <div class="cnl-panel">
      <Slider
        label="Kernel size"
        unit="pixels a side"
        value={Math.max(...shapeOf(sides.value))}
        initial={Math.max(...shapeOf(sides.initial))}
        min={size.min}
        max={Math.min(size.max, longestKernel(Math.min(x.height, x.width), mode))}
        onChange={(k) => sides.onChange(memory.resized(k, k))}
        hidden={sides.hidden}
      />
      <Slider {...control("stride")} {...range("stride")} label="Stride" unit="pixels" />
      <Slider
        label="Bias"
        value={Math.round(100 * bias.value)}
        initial={Math.round(100 * bias.initial)}
        min={100 * range("bias").min}
        max={100 * range("bias").max}
        format={(v) => full(v / 100)}
        onChange={(v) => bias.onChange(v / 100)}
        hidden={bias.hidden}
      />
      <Choice {...control("mode")} label="Padding" value={mode} options={possible} />
      <Choice
        {...control("show")}
        label="Shown as"
        options={options("show").map(({ value }) => ({ value, label: words.SHOWN[value] }))}
      />
      <div class="cnl-bar">
        <Switch {...control("colour")} label="colour" />
        <Switch
          {...normalise}
          label={`divide by the sum, ${short(sum)}`}
          value={normalise.value && sum !== 0}
          disabled={sum === 0}
        />
      </div>
    </div>
  );
}

export default platform.view(ImageLab);
