/** What the image lab says, and its code. */
import { type Show, shownAs, windowAt } from "../arithmetic/filter.ts";
import { shapeOf } from "../parts/layer.ts";
import { factor, full, short, thousands } from "../parts/numbers.ts";
import { listed, python, spoken, TORCH } from "../parts/words.ts";
import type { ImageLab as Settings } from "../settings.ts";
import type { Preset } from "./kernels.ts";
import { LONGEST_SIDE, type Opened, shortName } from "./pictures.ts";
import { outputAt, type Solution } from "./solution.ts";

type At = [number, number];

export const CHANNELS = ["red", "green", "blue"];
export const SHOWN: Record<Show, string> = { clip: "y", abs: "|y|", shift: "0.5 + y/2" };

/** What an output of 0 looks like. */
export const BLANK: Record<Show, string> = {
  clip: "0 is black",
  abs: "0 is black",
  shift: "0 is grey",
};

const WRITTEN_OUT = 5; // the longest kernel whose products are written out
const LINE_TERMS = 3; // the most that are written in a line
const SPOKEN_TERMS = 9;

export const isShort = (kernel: number[][]) => Math.max(...shapeOf(kernel)) <= WRITTEN_OUT;

/** A pixel value, to three decimals. */
export const tidy = (v: number) => Math.round(1000 * v) / 1000;

/** What the products are divided by and what is added to them, around them. */
function around(products: string, { over, options }: Solution) {
  const scaled = over === 1 ? products : `(${products}) / ${factor(over)}`;
  return options.bias ? `${scaled} + ${factor(options.bias)}` : scaled;
}

/** How an output value is shown: in a few words, and with the way there. */
function shadeOf(y: number, show: Show) {
  const v = shownAs(y, show);
  const clipped = v < 0 ? "clipped to 0" : v > 1 ? "clipped to 1" : "";
  const shown = show === "clip" ? short(v) : `${SHOWN[show]} = ${short(v)}`;
  if (show === "clip" && !clipped) return { brief: "", full: "" };
  return {
    brief: `, shown as ${clipped ? clipped.at(-1) : short(v)}`,
    full: `, shown as ${listed([shown, clipped])}`,
  };
}

/** One output: in a line, written out, and for the ear. */
export function describe(solution: Solution, show: Show, channel: number, at: At) {
  const { x, kernel, options, output } = solution;
  const { values } = windowAt(x, channel, kernel, options, at);
  const weight = (w: number) => (w < 0 ? `(${short(w)})` : short(w));
  const terms = kernel.flatMap((row, a) =>
    row.map((w, b) => `${short(tidy(values[a][b]))}×${weight(w)}`),
  );
  const many = `sum of ${terms.length} products`;
  const sum = around(isShort(kernel) ? terms.join(" + ") : many, solution);
  const few = terms.length > LINE_TERMS ? [terms[0], "…", ...terms.slice(-1)] : terms;
  const y = outputAt(solution, channel, at);
  const shade = shadeOf(y, show);
  const value = `${full(y)}${shade.full}`;
  const which = output.channels > 1 ? `${CHANNELS[channel]} ` : "";
  const name = `${which}y[${at.join(", ")}]`;
  const heard = terms.length <= SPOKEN_TERMS ? `${sum} = ` : "";
  return {
    line: `${name} = ${around(few.join(" + "), solution)}`,
    result: short(y),
    shade: shade.brief,
    full: `${name} = ${sum} = ${value}`,
    heard: spoken(`${which}row ${at[0]}, column ${at[1]}: ${heard}${value}`),
  };
}

/** What a kernel does, and the sum of its weights. */
export const describeKernel = (sum: number, preset?: Preset) =>
  listed([preset?.meaning, `weights sum to ${full(sum)}`], "; ");

/** The size of the output, how it is shown, and what that loses. */
export function describeOutput({ output }: Solution, show: Show, clipped: number) {
  const of = `${thousands(clipped)} of ${thousands(output.data.length)} values`;
  return (
    `Output ${output.height}×${output.width}, shown as ${SHOWN[show]}; ` +
    `${of} ${clipped === 1 ? "is" : "are"} out of range and clipped.`
  );
}

/** What was opened, and what became of it. */
export const describePicture = ({ name, original, width, height }: Opened) =>
  `“${shortName(name)}”: ${original.join("×")} pixels, shown at ${width}×${height}. ` +
  "It stays on your machine.";

const ownPicture = (name: string) => `import numpy as np
from PIL import Image, ImageOps

picture = ImageOps.exif_transpose(Image.open(${JSON.stringify(name)})).convert("RGBA")
picture.thumbnail((${LONGEST_SIDE}, ${LONGEST_SIDE}))
white = Image.new("RGBA", picture.size, "white")  # shows where the picture is transparent
picture = Image.alpha_composite(white, picture).convert("RGB")
x = torch.from_numpy(np.asarray(picture) / 255).float().permute(2, 0, 1)`;

const PHOTO = "(3, h, w) in [0, 1], or a picture of your own";

const bundled = (name: string, size: number) => `from book_utils import data

x = data.photo(${JSON.stringify(name)}, size=${size})  # ${PHOTO}`;

const SHOWN_IN_PYTHON: Record<Show, string> = {
  clip: "y",
  abs: "y.abs()",
  shift: "(0.5 + y / 2)",
};

/** @param own the reader's picture, if that is the one */
export function asPython(s: Settings, { x, padding, options, over }: Solution, own: Opened | null) {
  const { mode, bias } = options;
  const sides = [...padding.columns, ...padding.rows].join(", ");
  const fill = mode === "zeros" ? "constant" : mode;
  const lines = [
    own ? ownPicture(own.name) : bundled(s.photo, Math.min(x.height, x.width)),
    s.colour
      ? "x = x[:, None]  # each channel by itself: (3, 1, h, w)"
      : "x = x.mean(0)[None, None]  # grey: (1, 1, h, w)",
    `k = torch.tensor(${python.grid(s.kernel)}, dtype=torch.float32)`,
    over !== 1 && "k = k / k.sum()",
    mode !== "none" && `x = F.pad(x, (${sides}), "${fill}")`,
    `y = F.conv2d(x, k[None, None], stride=${s.stride})[:, 0]${bias ? ` + ${bias}` : ""}`,
    `shown = ${SHOWN_IN_PYTHON[s.show]}.clamp(0, 1)`,
  ];
  return `${TORCH}${lines.filter(Boolean).join("\n")}\n`;
}
