/** How far each setting of an axis can go while the others stay: the ends of sliders. */
import {
  axis,
  MODES,
  type Mode,
  mostPadding,
  poolAxis,
  span,
  transposedOutputSize,
} from "./axis.ts";
import { refuse } from "./tensor.ts";

type Settings = { n: number; k: number; stride: number; padding: number; dilation: number };
type Range = { min: number; max: number };

/**
 * From the least to the greatest possible value, but no further than the cap or the present value.
 */
const range = (value: number, min: number, max: number, cap: number = max): Range => ({
  min,
  max: Math.max(value, Math.min(max, cap)),
});

/**
 * What each setting of an axis may be while the others stay, and which modes may be chosen.
 * Every value in a range is possible; the present one is always in it, even above its cap.
 * @param settings a possible setting
 * @param caps largest value wanted of each
 */
export function limits(
  settings: Partial<Settings> & { n: number; k: number; mode?: Mode },
  caps: Partial<Settings> = {},
): Record<keyof Settings, Range> & { modes: Mode[] } {
  const { n, k, stride = 1, padding = 0, dilation = 1, mode = "zeros" } = settings;
  axis({ n, k, stride, padding, dilation, mode });
  const padded = n + 2 * padding;
  const missing = span(k, dilation) - n;
  const modeNeeds = { zeros: 1, replicate: 1, reflect: padding + 1, circular: padding }[mode];
  return {
    n: range(n, Math.max(1, missing + n - 2 * padding, modeNeeds), Infinity, caps.n),
    k: range(k, 1, Math.floor((padded - 1) / dilation) + 1, caps.k),
    stride: range(stride, 1, Infinity, caps.stride),
    padding: range(
      padding,
      Math.max(0, Math.ceil(missing / 2)),
      mostPadding(n, mode),
      caps.padding,
    ),
    dilation: range(
      dilation,
      1,
      k === 1 ? Infinity : Math.floor((padded - 1) / (k - 1)),
      caps.dilation,
    ),
    modes: MODES.filter((m) => padding <= mostPadding(n, m)),
  };
}

/**
 * What each setting of a pooling axis may be while the others stay, and whether ceilMode may be on
 * and off. A stride that is not given follows the kernel size.
 * @param settings a possible one
 * @param caps largest value wanted of each
 */
export function poolLimits(
  settings: Partial<Settings> & { n: number; k: number; ceilMode?: boolean },
  caps: Partial<Settings> = {},
): Record<keyof Settings, Range> & { ceilModes: boolean[] } {
  const { n, k, stride = k, padding = 0, dilation = 1, ceilMode = false } = settings;
  poolAxis(settings);
  const beyond = ceilMode ? stride - 1 : 0; // cells by which the first window may stick out
  const room = n + 2 * padding + beyond;
  const missing = span(k, dilation) - n;
  const follows = ceilMode && settings.stride === undefined; // then room grows with k
  const [growth, start] = follows ? [dilation - 1, n + 2 * padding] : [dilation, room];
  return {
    n: range(n, Math.max(1, missing + n - 2 * padding - beyond), Infinity, caps.n),
    k: range(
      k,
      Math.max(1, 2 * padding),
      growth ? Math.floor((start - 1) / growth) + 1 : Infinity,
      caps.k,
    ),
    stride: range(
      stride,
      ceilMode ? Math.max(1, missing - 2 * padding + 1) : 1,
      Infinity,
      caps.stride,
    ),
    padding: range(
      padding,
      Math.max(0, Math.ceil((missing - beyond) / 2)),
      Math.floor(k / 2),
      caps.padding,
    ),
    dilation: range(
      dilation,
      1,
      k === 1 ? Infinity : Math.floor((room - 1) / (k - 1)),
      caps.dilation,
    ),
    ceilModes: [true, ...(missing <= 2 * padding ? [false] : [])],
  };
}

type Transposed = Settings & { outputPadding: number };

/** The size of a transposed axis, of which a page shows no more than so many cells. */
export function transposedSizeWithin(settings: Transposed, most: number) {
  const size = transposedOutputSize(settings.n, settings.k, settings);
  if (size > most) {
    refuse(
      `the output would be ${size} cells long, but at most ${most} can be shown: ` +
        "use a smaller input, kernel, stride or dilation, or more padding.",
    );
  }
  return size;
}

/** The output padding that is left where another stride or dilation allows less. */
export const yielding = (settings: Transposed): Transposed => {
  const { stride, dilation, outputPadding } = settings;
  return { ...settings, outputPadding: Math.min(outputPadding, Math.max(stride, dilation) - 1) };
};

/**
 * What each setting of a transposed axis may be while the others stay, up to its cap or its present
 * value, with at most so many outputs. To a smaller stride or dilation the output padding yields.
 */
export function transposedLimits(
  settings: Transposed,
  caps: Transposed,
  most: number,
): Record<keyof Transposed, Range> {
  transposedSizeWithin(settings, most);
  const fits = (changed: Transposed) => {
    try {
      return transposedSizeWithin(changed, most) > 0;
    } catch {
      return false;
    }
  };
  const rangeOf = (name: keyof Transposed): Range => {
    const values = Array.from({ length: Math.max(caps[name], settings[name]) + 1 }, (_, v) => v);
    const changed = (value: number) => ({ ...settings, [name]: value });
    const keeps = name === "outputPadding" ? changed : (value: number) => yielding(changed(value));
    const possible = values.filter((value) => fits(keeps(value)));
    return { min: Math.min(...possible), max: Math.max(...possible) };
  };
  return {
    n: rangeOf("n"),
    k: rangeOf("k"),
    stride: rangeOf("stride"),
    padding: rangeOf("padding"),
    dilation: rangeOf("dilation"),
    outputPadding: rangeOf("outputPadding"),
  };
}
