/** The inputs that one output of three layers sees, and where the layers' outputs lie. */
import { ledger } from "../arithmetic/ledger.ts";
import type { FieldLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof solve>;
type Window = { k: number; stride: number };

const SIZES = [24, 48, 84]; // inputs: as many as two neighbours need

/** Kernel and stride of each layer, from the input on. */
export const layersOf = (settings: Settings): Window[] =>
  ([1, 2, 3] as const).map((i) => ({
    k: settings[`kernel${i}`],
    stride: settings[`stride${i}`],
  }));

/** Field and jump behind each layer, and how many outputs it has; the input comes first. */
function levelsOf(layers: Window[], inputs: number) {
  const rows = ledger(
    [1, 1, inputs],
    layers.map(({ k, stride }, i) => ({
      name: `layer ${i + 1}`,
      kind: "Conv2d",
      kernel: [1, k],
      stride: [1, stride],
    })),
  );
  const ofLayers = rows.map(({ shape, reach }) => ({
    count: shape[2],
    field: reach?.field[1] ?? 1,
    jump: reach?.jump[1] ?? 1,
  }));
  return [{ count: inputs, field: 1, jump: 1 }, ...ofLayers];
}

export function solve(settings: Settings) {
  const layers = layersOf(settings);
  const { field, jump } = levelsOf(layers, SIZES[SIZES.length - 1])[3];
  const inputs = SIZES.find((n) => n >= field + jump) ?? SIZES[SIZES.length - 1];
  const levels = levelsOf(layers, inputs);
  const most = levels[3].count - 1;
  /** The output whose field has its middle nearest to an input; of two, the first. */
  const nearest = (at: number) => {
    const place = Math.ceil((at - (field - 1) / 2) / jump - 0.5);
    return Math.min(most, Math.max(0, place));
  };
  const place = nearest(settings.at?.[0] ?? (inputs - 1) / 2);
  const next = place < most ? place + 1 : place - 1;
  return {
    layers,
    inputs,
    levels,
    field,
    jump,
    /** the field of the same kernels where every stride is 1 */
    unstrided: 1 + layers.reduce((sum, { k }) => sum + k - 1, 0),
    nearest,
    place,
    /** the output beside it, where it is shown */
    next: settings.neighbour ? next : null,
    seen: seenBy(layers, place),
  };
}

/** The units of each level that an output depends on, from the inputs up to the output itself. */
export function unitsBelow(layers: readonly Window[], output: number) {
  let units = [output];
  const found = [units];
  for (const { k, stride } of [...layers].reverse()) {
    const read = units.flatMap((unit) =>
      Array.from({ length: k }, (_, tap) => unit * stride + tap),
    );
    units = [...new Set(read)].sort((a, b) => a - b);
    found.push(units);
  }
  return found.reverse();
}

/** The inputs that an output depends on. */
export const seenBy = (layers: readonly Window[], output: number) => unitsBelow(layers, output)[0];
