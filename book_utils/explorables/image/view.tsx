/** The image lab: a kernel slides over a photograph, the book's or the reader's own. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { grey, longestKernel, type Planes, toPixels } from "../arithmetic/filter.ts";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { shapeOf } from "../parts/layer.ts";
import { full, short } from "../parts/numbers.ts";
import { useDecoded } from "../parts/photograph.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { ImageLab as Settings } from "../settings.ts";
import { FileButton, Intake } from "./intake.tsx";
import { type KernelMemory, type Preset, presetOf, sumOf, useKernelMemory } from "./kernels.ts";
import { type Opened, openPicture, shortName } from "./pictures.ts";
import { fits, type Solution, solve } from "./solution.ts";
import { Stage } from "./stage.tsx";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;
type Photo = { name: string; jpeg: string };
type Data = { photos: Photo[]; presets: Preset[] };

const LABEL = "Image lab";

function ImageLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ photos, presets }] = useTraits<Data>(host.model, ["photos", "presets"]);
  const pictures = usePictures(lab, photos);
  const solution = useSolution(pictures.shown, lab.state);
  const memory = useKernelMemory(lab.state.kernel, presets);
  const { open } = pictures;
  return (
    <Intake onOpen={open}>
      {solution ? (
        <Work {...{ lab, solution, presets, memory, pictures }} />
      ) : (
        <Frame lab={lab} label={LABEL} controls={{}}>
          {null}
        </Frame>
      )}
    </Intake>
  );
}

/** The pictures there are: those of the page, and the reader's last one, which stays at hand. */
function usePictures(lab: Lab, photos: Photo[]) {
  const [kept, keep] = useState<Opened | null>(null);
  const [usesOwn, useOwn] = useState(false);
  const photo = photos.find(({ name }) => name === lab.state.photo) ?? photos[0];
  const decoded = useDecoded(photo.jpeg);
  const own = usesOwn ? kept : null;
  const choices = useRef(0); // a picture that is read slowly gives way to a later choice
  const choose = (isOwn: boolean) => {
    choices.current += 1;
    useOwn(isOwn);
  };
  useEffect(() => choose(false), [lab.state.photo]); // by a link, too

  const open = async (file: File | undefined) => {
    if (!file) {
      lab.complain("There was no picture in it. Give a file such as a JPEG or PNG.");
      return;
    }
    lab.say(`Reading “${shortName(file.name)}”…`);
    choices.current += 1;
    const mine = choices.current;
    try {
      const opened = await openPicture(file);
      if (choices.current !== mine) return;
      keep(opened);
      useOwn(true);
      lab.say(words.describePicture(opened));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (choices.current === mine) lab.complain(`${error.message} The picture stays.`);
    }
  };
  const options = photos.map(({ name }) => ({ value: name, label: name }));
  const ownOption = kept && { value: "", label: `your own: ${shortName(kept.name)}` };
  return {
    shown: own ?? decoded,
    own,
    open,
    choice: {
      value: own ? "" : lab.state.photo,
      options: ownOption ? [...options, ownOption] : options,
      onChange: (photo: string) => {
        choose(photo === "");
        if (photo) lab.change({ photo });
      },
    },
  };
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

type WorkProps = {
  lab: Lab;
  solution: Solution;
  presets: Preset[];
  memory: KernelMemory;
  pictures: ReturnType<typeof usePictures>;
};

/** The lab, once there is a picture. */
function Work({ lab, solution, presets, memory, pictures }: WorkProps) {
  const { show, picked } = lab.state;
  const { output, kernel, sum } = solution;
  const [pointed, point] = useState<At | null>(null);
  const [channel, setChannel] = useState(0);
  const c = Math.min(channel, output.channels - 1);
  const inside = ([i, j]: At): At => [
    Math.min(i, output.height - 1),
    Math.min(j, output.width - 1),
  ];
  const shown = useMemo(() => toPixels(output, show), [output, show]);
  const preset = useMemo(() => presetOf(kernel, presets), [kernel]);
  const at = inside(pointed ?? picked);
  const said = words.describe(solution, show, c, at);
  const pick = (to: At) => {
    point(null);
    lab.change({ picked: to });
  };
  return (
    <Frame
      lab={lab}
      label={LABEL}
      aside={words.describeKernel(sum, preset)}
      said={
        <div class="cnl-said">
          <p class="cnl-sum">
            {said.line} = <b>{said.result}</b>
            {said.shade}
          </p>
          <div class="cnl-hidden" aria-live="polite">
            {words.describe(solution, show, c, inside(picked)).heard}
          </div>
        </div>
      }
      controls={controlsOf({ lab, solution, presets, memory, pictures }, [c, setChannel])}
      begin={
        <>
          <FileButton label="Open a picture" onOpen={pictures.open} />
          <FileButton label="Camera" camera onOpen={pictures.open} />
          <button type="button" onClick={() => lab.change(lab.initial)}>
            Reset
          </button>
        </>
      }
      rest={
        <div class="cnl-in-full">
          <p>{said.full}</p>
          <p class="cnl-formula">{words.describeOutput(solution, show, shown.clipped)}</p>
          <p class="cnl-formula">
            Your own picture: open it, drop it here, or paste it while this lab has the focus. It
            never leaves your machine.
          </p>
        </div>
      }
      python={() => words.asPython(lab.state, solution, pictures.own)}
      workbench="image"
    >
      <Stage
        {...{ solution, shown, show, at }}
        channel={c}
        picked={inside(picked)}
        onPick={pick}
        onPoint={point}
        rows={lab.state.kernel}
        onRefuse={lab.complain}
        onEdit={(place, v) => lab.change({ kernel: memory.withTyped(place, v) })}
      />
    </Frame>
  );
}

type Channel = [number, (channel: number) => void];

/** The control of each setting, by its name. */
function controlsOf({ lab, solution, presets, memory, pictures }: WorkProps, at: Channel) {
  const { control, range, options } = lab;
  const { x, kernel, sum, output } = solution;
  const { mode } = solution.options;
  const possible = options("mode").filter(({ value }) => fits(x, kernel, value));
  const sides = control("kernel");
  const size = range("kernel");
  const bias = control("bias");
  const normalise = control("normalise");
  const [channel, setChannel] = at;
  return {
    kernel: (
      <>
        <KernelChoice lab={lab} presets={presets} />
        <Slider
          label="Kernel size"
          unit="pixels a side"
          value={Math.max(...shapeOf(sides.value))}
          initial={Math.max(...shapeOf(sides.initial))}
          min={size.min}
          max={Math.min(size.max, longestKernel(Math.min(x.height, x.width), mode))}
          onChange={(k) => sides.onChange(memory.resized(k, k))}
        />
      </>
    ),
    photo: <Choice {...control("photo")} {...pictures.choice} label="Picture" />,
    show: (
      <Choice
        {...control("show")}
        label="Shown as"
        options={options("show").map(({ value }) => ({ value, label: words.SHOWN[value] }))}
      />
    ),
    mode: <Choice {...control("mode")} label="Padding" value={mode} options={possible} />,
    stride: <Slider {...control("stride")} {...range("stride")} label="Stride" unit="pixels" />,
    bias: (
      <Slider
        label="Bias"
        value={Math.round(100 * bias.value)}
        initial={Math.round(100 * bias.initial)}
        min={100 * range("bias").min}
        max={100 * range("bias").max}
        format={(v) => full(v / 100)}
        onChange={(v) => bias.onChange(v / 100)}
      />
    ),
    normalise: (
      <Switch
        {...normalise}
        label={`divide by the sum, ${short(sum)}`}
        value={normalise.value && sum !== 0}
        disabled={sum === 0}
      />
    ),
    colour: (
      <>
        <Switch {...control("colour")} label="colour" />
        {output.channels > 1 && (
          <Choice
            label="Channel"
            value={words.CHANNELS[channel]}
            onChange={(name) => setChannel(words.CHANNELS.indexOf(name))}
            options={words.CHANNELS.map((name) => ({ value: name, label: name }))}
          />
        )}
      </>
    ),
  };
}

type KernelChoiceProps = { lab: Lab; presets: Preset[] };

function KernelChoice({ lab, presets }: KernelChoiceProps) {
  const { value } = lab.control("kernel");
  const name = useMemo(() => presetOf(value, presets)?.name ?? "", [value]);
  const named = presets.map((preset) => ({ value: preset.name, label: preset.name }));
  const choose = (chosen: string) => {
    const kernel = presets.find((preset) => preset.name === chosen)?.kernel;
    if (!kernel) return;
    const show = sumOf(kernel) === 0 ? "shift" : "clip";
    lab.change({ kernel, normalise: false, bias: 0, show });
  };
  return (
    <Choice
      label="Kernel"
      value={name}
      options={name ? named : [{ value: "", label: "your own" }, ...named]}
      onChange={choose}
    />
  );
}

export default platform.view(ImageLab);
