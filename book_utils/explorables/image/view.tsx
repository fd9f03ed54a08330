/**
 * The image lab: a kernel slides over a photograph, the book's or the reader's own (see lab.py).
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { MODES } from "../arithmetic/axis.ts";
import type { Planes } from "../arithmetic/filter.ts";
import {
  filter,
  grey,
  longestKernel,
  paddingOf,
  SHOWS,
  shownAs,
  toPixels,
  windowAt,
} from "../arithmetic/filter.ts";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { activationScale, Figure, weightScale } from "../parts/figure.tsx";
import { Grid, Legend } from "../parts/grid.tsx";
import { shapeOf } from "../parts/layer.ts";
import { factor, full, short } from "../parts/numbers.ts";
import { Weights } from "../parts/weights.tsx";
import { python, spoken } from "../parts/words.ts";
import { checkGrid, checkInteger, checkOneOf, checkPair } from "../platform/check.ts";
import type { Host, LabState } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import type { Preset } from "./kernels.ts";
import { KernelMemory, LARGEST_KERNEL, presetOf, sumOf } from "./kernels.ts";
import type { Opened } from "./pictures.ts";
import { decode, openPicture } from "./pictures.ts";

type At = [number, number];
type Solution = ReturnType<typeof solve>;

const KEYS = ["photo", "kernel", "normalise", "stride", "mode", "colour", "bias", "show", "picked"];
const WAYS = [...MODES, "none"];
const WRITTEN_OUT = 5; // the longest kernel whose products are written out
const NOTED = 3; // the longest kernel whose weights stand in the window, too
const SPOKEN_TERMS = 9;
const SHOWN = { clip: "y", abs: "|y|", shift: "0.5 + y/2" } as Record<string, string>;
const CHANNELS = ["red", "green", "blue"];

/** Settings from a link, or a RangeError that says what is wrong. */
function accept(s: Record<string, any>, photos: string[]) {
  const isBias = typeof s.bias === "number" && Math.abs(s.bias) <= 1;
  if (!isBias) throw new RangeError("its bias is not a number from −1 to 1");
  return {
    photo: checkOneOf(s.photo, "photograph", photos),
    kernel: checkGrid(s.kernel, "kernel", LARGEST_KERNEL),
    normalise: checkOneOf(s.normalise, "normalise", [true, false]),
    stride: checkInteger(s.stride, "stride", [1, 8]),
    mode: checkOneOf(s.mode, "padding", WAYS),
    colour: checkOneOf(s.colour, "colour", [true, false]),
    bias: s.bias,
    show: checkOneOf(s.show, "way to show", SHOWS),
    picked: checkPair(s.picked, "picked pixel", [0, 255]),
  };
}

/** What the settings come to on one picture. */
function solve(x: Planes, { normalise, stride, mode, bias, ...state }: Record<string, any>) {
  const kernel = state.kernel as number[][];
  const sum = sumOf(kernel);
  const over = normalise && sum !== 0 ? sum : 1;
  const used = kernel.map((row) => row.map((v) => v / over));
  const possible = WAYS.filter((way) => kernelFits(x, kernel, way));
  const options = { stride, mode: possible.includes(mode) ? mode : "zeros", bias };
  return {
    x,
    kernel,
    over,
    sum,
    options,
    possible,
    output: filter(x, used, options),
    padding: paddingOf(kernel, options.mode),
  };
}

const kernelFits = ({ height, width }: Planes, kernel: number[][], mode: string) =>
  kernel.length <= longestKernel(height, mode) && kernel[0].length <= longestKernel(width, mode);

/** A pixel value, to three decimals. */
const tidy = (v: number) => Math.round(1000 * v) / 1000;

/** The sum of one output value, written out where it is short. */
function sumAt({ x, kernel, over, options, output }: Solution, channel: number, at: At) {
  const { values } = windowAt(x, channel, kernel, options, at);
  const y = output.data[(channel * output.height + at[0]) * output.width + at[1]];
  const terms = kernel.flatMap((row, a) =>
    row.map((w, b) => `${short(tidy(values[a][b]))}×${w < 0 ? `(${short(w)})` : short(w)}`),
  );
  const isShort = Math.max(...shapeOf(kernel)) <= WRITTEN_OUT;
  const products = isShort ? terms.join(" + ") : `sum of ${terms.length} products`;
  const scaled = over === 1 ? products : `(${products}) / ${factor(over)}`;
  return {
    y,
    terms: terms.length,
    text: options.bias ? `${scaled} + ${factor(options.bias)}` : scaled,
  };
}

/** How an output value is shown. */
function shade(y: number, show: string) {
  const v = shownAs(y, show);
  const clipped = v < 0 ? ", clipped to 0" : v > 1 ? ", clipped to 1" : "";
  return show === "clip" && !clipped
    ? ""
    : `, shown as ${show === "clip" ? "" : `${SHOWN[show]} = `}${short(v)}${clipped}`;
}

function asPython(
  { photo, kernel, colour, stride, show }: Record<string, any>,
  own: Opened | null,
  lab: Solution | null,
) {
  const {
    x,
    padding: { rows, columns },
    options: { mode, bias },
    over,
  } = lab as Solution;
  const file = own && JSON.stringify(own.name);
  return [
    "import torch",
    "import torch.nn.functional as F",
    ...(file
      ? [
          "import numpy as np",
          "from PIL import Image, ImageOps",
          "",
          `picture = ImageOps.exif_transpose(Image.open(${file})).convert("RGB")`,
          "picture.thumbnail((256, 256))",
          "x = torch.from_numpy(np.asarray(picture) / 255).float().permute(2, 0, 1)",
        ]
      : [
          "from book_utils import data",
          "",
          `x = data.photo(${JSON.stringify(photo)}, size=${Math.min(x.height, x.width)})  # (3, h, w) in [0, 1], or a picture of your own`,
        ]),
    colour
      ? "x = x[:, None]  # each channel by itself: (3, 1, h, w)"
      : "x = x.mean(0)[None, None]  # grey: (1, 1, h, w)",
    `k = torch.tensor(${python.grid(kernel)}, dtype=torch.float32)`,
    ...(over === 1 ? [] : ["k = k / k.sum()"]),
    ...(mode === "none"
      ? []
      : [
          `x = F.pad(x, (${[...columns, ...rows].join(", ")}), "${mode === "zeros" ? "constant" : mode}")`,
        ]),
    `y = F.conv2d(x, k[None, None], stride=${stride})[:, 0]${bias ? ` + ${bias}` : ""}`,
    `shown = ${{ clip: "y", abs: "y.abs()", shift: "(0.5 + y / 2)" }[show as "clip"]}.clamp(0, 1)`,
    "",
  ].join("\n");
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
function useSolution(picture: Planes | null, state: Record<string, any>) {
  const [solution, set] = useState<Solution | null>(null);
  const x = useMemo(
    () => picture && (state.colour ? picture : grey(picture)),
    [picture, state.colour],
  );
  useLayoutEffect(() => {
    if (!x) return;
    const frame = requestAnimationFrame(() => set(solve(x, state)));
    return () => cancelAnimationFrame(frame);
  }, [x, ...KEYS.slice(1, -2).map((key) => state[key])]);
  return solution;
}

function ImageLab(host: Host) {
  const photos = host.model.get("photos") as { name: string; jpeg: string }[];
  const presets = host.model.get("presets") as Preset[];
  const lab = useLab(host, KEYS, (s) =>
    accept(
      s,
      photos.map(({ name }) => name),
    ),
  );
  const { state, initial, change } = lab;
  const [own, setOwn] = useState<Opened | null>(null);
  const [kept, keep] = useState<Opened | null>(null); // own pictures stay at hand
  const decoded = useDecoded(
    photos.find(({ name }) => name === state.photo)?.jpeg ?? photos[0].jpeg,
  );
  const solution = useSolution(own ?? decoded, state);
  const memory = useKernelMemory(state.kernel, presets);

  const open = async (file: File | undefined) => {
    if (!file)
      return lab.complain("There was no picture in it. Give a file such as a JPEG or PNG.");
    lab.say(`Reading “${file.name}”…`);
    try {
      const opened = await openPicture(file);
      keep(opened);
      setOwn(opened);
      const [width, height] = opened.original;
      lab.say(
        `“${opened.name}”: ${width}×${height} pixels, shown at ${opened.width}×${opened.height}. It stays on your machine.`,
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      lab.complain(`${error.message} The picture stays.`);
    }
  };
  const choose = (name: string) => {
    const isOwn = name === "";
    setOwn(isOwn ? kept : null);
    if (!isOwn) change({ photo: name });
  };
  const pictures = photos.map(({ name }) => ({ value: name, label: name }));
  if (kept) pictures.push({ value: "", label: `your own: ${kept.name}` });

  return (
    <Lab label="Image lab">
      <Intake onOpen={open}>
        <div class="cnl-bar">
          <Choice
            label="Picture"
            value={own ? "" : state.photo}
            options={pictures}
            onChange={choose}
          />
          <FileButton label="Open a picture" onOpen={open} />
          <FileButton label="Camera" camera onOpen={open} />
          <KernelChoice state={state} initial={initial} presets={presets} change={change} />
        </div>
        {solution && <Work lab={lab} solution={solution} presets={presets} memory={memory} />}
        <div class="cnl-bar">
          <Sharing lab={lab} python={() => asPython(state, own, solution)} />
        </div>
        <Message lab={lab} />
        {solution && <Settings lab={lab} solution={solution} memory={memory} />}
        <p class="cnl-formula">
          Your own picture: open it, drop it here, or paste it while this lab has the focus. It
          never leaves your machine.
        </p>
      </Intake>
    </Lab>
  );
}

/** Takes pictures that are dropped or pasted. */
function Intake({ onOpen, children }: { onOpen: (file: File | undefined) => void; children: any }) {
  const [over, setOver] = useState(false);
  const take = (data: DataTransfer | null) => {
    const files = [...(data?.files ?? [])];
    onOpen(files.find((file) => file.type.startsWith("image/")) ?? files[0]);
  };
  return (
    <div
      class={`cnl-intake${over ? " over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer);
      }}
      onPaste={(event) => {
        const inField = (event.target as HTMLElement).matches("input[type=text]");
        if (inField && !event.clipboardData?.files.length) return; // a number, pasted into a cell
        event.preventDefault();
        take(event.clipboardData);
      }}
    >
      {children}
    </div>
  );
}

function FileButton({
  label,
  camera = false,
  onOpen,
}: {
  label: string;
  camera?: boolean;
  onOpen: (file: File | undefined) => void;
}) {
  return (
    <label class={`cnl-file${camera ? " camera" : ""}`}>
      <input
        type="file"
        accept="image/*"
        class="cnl-hidden"
        {...(camera ? { capture: "environment" } : {})}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = ""; // so that the same file can be opened again
          if (file) onOpen(file);
        }}
      />
      <span>{label}</span>
    </label>
  );
}

function KernelChoice({
  state,
  initial,
  presets,
  change,
}: {
  state: Record<string, any>;
  initial: Record<string, any>;
  presets: Preset[];
  change: (changes: Record<string, any>) => void;
}) {
  const name = useMemo(() => presetOf(state.kernel, presets)?.name ?? "", [state.kernel]);
  const options = presets.map((preset) => ({ value: preset.name, label: preset.name }));
  const choose = (chosen: string) => {
    const kernel = presets.find((preset) => preset.name === chosen)?.kernel;
    if (kernel)
      change({ kernel, normalise: false, bias: 0, show: sumOf(kernel) === 0 ? "shift" : "clip" });
  };
  return (
    <>
      <Choice
        label="Kernel"
        value={name}
        options={name ? options : [{ value: "", label: "your own" }, ...options]}
        onChange={choose}
      />
      <button type="button" onClick={() => change(initial)}>
        Reset
      </button>
    </>
  );
}

/** The pictures, the kernel, and one output written out. */
function Work({
  lab,
  solution,
  presets,
  memory,
}: {
  lab: LabState;
  solution: Solution;
  presets: Preset[];
  memory: KernelMemory;
}) {
  const { state, change } = lab;
  const { output, kernel, sum } = solution;
  const [channel, setChannel] = useState(0);
  const c = Math.min(channel, output.channels - 1);
  const at = [
    Math.min(state.picked[0], output.height - 1),
    Math.min(state.picked[1], output.width - 1),
  ] as At;
  const scale = weightScale(kernel.flat());
  const pixels = useMemo(() => toPixels(output, state.show), [output, state.show]);
  const { y, terms, text } = sumAt(solution, c, at);
  const value = `${full(y)}${shade(y, state.show)}`;
  const which = output.channels > 1 ? `${CHANNELS[c]} ` : "";
  const shape = shapeOf(kernel);
  const total = output.data.length;
  const preset = useMemo(() => presetOf(kernel, presets), [kernel]);

  return (
    <>
      <div class="cnl-row cnl-image">
        <Stage
          solution={solution}
          pixels={pixels}
          picked={at}
          onPick={(picked) => change({ picked })}
        />
        <div
          class="cnl-beside"
          style={{ flexBasis: `max(15rem, ${shape[1]} * var(--cnl-cell) + 8px)` }}
        >
          <Figure name="Kernel" shape={shape} legend={<Legend scale="weights" {...scale} />}>
            <Weights
              label={`Kernel, ${shape.join(" by ")}`}
              rows={state.kernel}
              scale={weightScale(state.kernel.flat())}
              onRefuse={lab.complain}
              onEdit={(place, v) => change({ kernel: memory.withTyped(place, v) })}
            />
          </Figure>
          <p class="cnl-formula">
            {preset && `${preset.name}: ${preset.meaning}. `}Weights sum to {full(sum)}.
          </p>
          {Math.max(...shape) <= WRITTEN_OUT && <Window solution={solution} channel={c} at={at} />}
          {output.channels > 1 && (
            <Choice
              label="Channel"
              value={CHANNELS[c]}
              onChange={(name) => setChannel(CHANNELS.indexOf(name))}
              options={CHANNELS.map((name) => ({ value: name, label: name }))}
            />
          )}
        </div>
      </div>
      <div class="cnl-said">
        <p class="cnl-sum">
          {which}y[{at.join(", ")}] = {text} = {value}
        </p>
        <p class="cnl-formula">
          Output {output.height}×{output.width}, shown as {SHOWN[state.show]};{" "}
          {pixels.clipped.toLocaleString("en")} of {total.toLocaleString("en")} values{" "}
          {pixels.clipped === 1 ? "is" : "are"} out of range and clipped.
        </p>
        <div class="cnl-hidden" aria-live="polite">
          {spoken(
            `${which}row ${at[0]}, column ${at[1]}: ${terms <= SPOKEN_TERMS ? `${text} =` : ""} ${value}`,
          )}
        </div>
      </div>
    </>
  );
}

function useKernelMemory(kernel: number[][], presets: Preset[]) {
  const memory = useRef(new KernelMemory(kernel, presets));
  if (!memory.current.knows(kernel)) memory.current = new KernelMemory(kernel, presets);
  return memory.current;
}

/** The pixels under the window, each with its weight. */
function Window({
  solution: { x, kernel, options },
  channel,
  at,
}: {
  solution: Solution;
  channel: number;
  at: At;
}) {
  const [picked, pick] = useState<At | null>(null);
  const { corner, values } = windowAt(x, channel, kernel, options, at);
  const scale = activationScale([0, 1]);
  const shape = shapeOf(kernel);
  return (
    <Figure name="Window" shape={shape} legend={<Legend scale="activations" low={0} high={1} />}>
      <Grid
        label={`Window, ${shape.join(" by ")}`}
        shape={shape}
        offset={corner}
        scale="activations"
        picked={picked}
        onPick={pick}
        cell={(i, j) => {
          const outside = i < 0 || j < 0 || i >= x.height || j >= x.width;
          const [a, b] = [i - corner[0], j - corner[1]];
          return {
            value: tidy(values[a][b]),
            shade: scale.of(values[a][b]),
            kind: outside ? "padding" : "",
            says: outside ? "padding" : "",
            note:
              kernel.length > NOTED || kernel[0].length > NOTED ? "" : `×${short(kernel[a][b])}`,
          };
        }}
      />
    </Figure>
  );
}

const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
} as Record<string, At>;
const START = 50; // where the wiper stands at first
const COARSE = 168; // pixels a side: so few that each is drawn as a square
const WIDEST = 336; // CSS pixels
const LONGEST = 3; // a picture longer than three times its width is drawn shorter

/** A canvas that shows bytes. */
function Canvas({
  bytes,
  size: { height, width },
  style,
}: {
  bytes: Uint8ClampedArray;
  size: { height: number; width: number };
  style?: Record<string, string>;
}) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    canvas.current
      ?.getContext("2d", { willReadFrequently: true })
      ?.putImageData(new ImageData(bytes as any, width, height), 0, 0);
  }, [bytes]);
  return (
    <canvas
      ref={canvas}
      class={Math.max(height, width) <= COARSE ? "coarse" : ""}
      width={width}
      height={height}
      style={style}
      aria-hidden="true"
    />
  );
}

/**
 * Before and after in one place, with a wiper between them; a press or the arrow keys pick an
 * output.
 */
function Stage({
  solution,
  pixels,
  picked,
  onPick,
}: {
  solution: Solution;
  pixels: ReturnType<typeof toPixels>;
  picked: At;
  onPick: (at: At) => void;
}) {
  const {
    x,
    kernel,
    options: { stride },
    padding: { rows, columns },
    output,
  } = solution;
  const [wiper, wipe] = useState(START);
  const [held, hold] = useState(false);
  const before = useMemo(() => toPixels(x, "clip").bytes, [x]);
  const part = held ? 100 : wiper;
  const percent = (v: number, n: number) => `${(100 * v) / n}%`;
  // An output stands over the middle of its window; without padding, the outermost pixels have
  // none.
  const middle = (k: number, start: number) => Math.floor((k - 1) / 2) - start;
  const [top, left] = [middle(kernel.length, rows[0]), middle(kernel[0].length, columns[0])];
  const place = (i: number, j: number, h: number, w: number) => ({
    top: percent(i, x.height),
    left: percent(j, x.width),
    height: percent(h, x.height),
    width: percent(w, x.width),
  });

  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  const pickAt = (i: number, j: number) =>
    onPick([clamp(i, output.height), clamp(j, output.width)]);
  const onPointer = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    pickAt(
      (((event.clientY - box.top) / box.height) * x.height - top) / stride,
      (((event.clientX - box.left) / box.width) * x.width - left) / stride,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    pickAt(picked[0] + by * step[0], picked[1] + by * step[1]);
  };
  const release = {
    onPointerUp: () => hold(false),
    onPointerLeave: () => hold(false),
    onPointerCancel: () => hold(false),
    onBlur: () => hold(false),
  };
  const ratio = Math.min(LONGEST, Math.max(1 / LONGEST, x.width / x.height));
  const isPress = ({ key }: KeyboardEvent) => key === " " || key === "Enter";
  return (
    <figure
      class="cnl-figure cnl-stage"
      style={{ width: `${Math.round(WIDEST * Math.min(1, ratio * 1.2))}px` }}
    >
      <figcaption>
        <span>
          Photograph {x.height}×{x.width}
        </span>
        <span>
          Output {output.height}×{output.width}
        </span>
      </figcaption>
      <div
        class="cnl-pixels"
        role="application"
        tabIndex={0}
        style={{ aspectRatio: String(ratio) }}
        aria-label="Photograph, and the output right of the wiper: arrow keys pick an output pixel, with Shift ten at a time"
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onKeyDown={onKeyDown}
      >
        <Canvas bytes={before} size={x} />
        <div class="cnl-after" style={{ clipPath: `inset(0 0 0 ${part}%)` }}>
          <Canvas
            bytes={pixels.bytes}
            size={output}
            style={place(top, left, output.height * stride, output.width * stride)}
          />
        </div>
        <b class="cnl-edge" style={{ left: `${part}%` }} />
        <b
          class="cnl-window"
          style={place(
            picked[0] * stride - rows[0],
            picked[1] * stride - columns[0],
            kernel.length,
            kernel[0].length,
          )}
        />
      </div>
      <Slider
        label="Wiper"
        unit="% photograph"
        value={wiper}
        min={0}
        max={100}
        initial={START}
        onChange={wipe}
      />
      <button
        type="button"
        aria-pressed={held}
        onPointerDown={() => hold(true)}
        {...release}
        onKeyDown={(event) => {
          if (isPress(event)) {
            event.preventDefault();
            hold(true);
          }
        }}
        onKeyUp={() => hold(false)}
      >
        Hold to see the photograph
      </button>
    </figure>
  );
}

function Settings({
  lab: { state, initial, change },
  solution,
  memory,
}: {
  lab: LabState;
  solution: Solution;
  memory: KernelMemory;
}) {
  const {
    x,
    options: { mode },
    possible,
    sum,
  } = solution;
  const most = Math.min(LARGEST_KERNEL, longestKernel(Math.min(x.height, x.width), mode));
  return (
    <div class="cnl-panel">
      <Slider
        label="Kernel size"
        unit="pixels a side"
        value={Math.max(...shapeOf(state.kernel))}
        min={1}
        max={most}
        initial={Math.max(...shapeOf(initial.kernel))}
        onChange={(k) => change({ kernel: memory.resized(k, k) })}
      />
      <Slider
        label="Stride"
        unit="pixels"
        value={state.stride}
        min={1}
        max={8}
        initial={initial.stride}
        onChange={(stride) => change({ stride })}
      />
      <Slider
        label="Bias"
        value={Math.round(100 * state.bias)}
        min={-100}
        max={100}
        initial={Math.round(100 * initial.bias)}
        format={(v) => full(v / 100)}
        onChange={(v) => change({ bias: v / 100 })}
      />
      <Choice
        label="Padding"
        value={mode}
        onChange={(way) => change({ mode: way })}
        options={possible.map((way) => ({ value: way, label: way }))}
      />
      <Choice
        label="Shown as"
        value={state.show}
        onChange={(show) => change({ show })}
        options={SHOWS.map((show) => ({ value: show, label: SHOWN[show] }))}
      />
      <div class="cnl-bar">
        <Switch label="colour" checked={state.colour} onChange={(colour) => change({ colour })} />
        <Switch
          label={`divide by the sum, ${short(sum)}`}
          checked={state.normalise && sum !== 0}
          onChange={(normalise) => change({ normalise })}
          disabled={sum === 0}
        />
      </div>
    </div>
  );
}

export default view(ImageLab);
