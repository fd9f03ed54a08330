/** What the settings of the dilated lab come to: paths by input, and the taps of each layer. */
import { pathCounts } from "../arithmetic/coverage.ts";
import type { DilatedLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof solve>;

/** The rates of the layers that there are, from the input on. */
export const ratesOf = ({ rate1, rate2, rate3, rate4 }: Settings) =>
  [rate1, rate2, rate3, rate4].filter((rate) => rate > 0);

export function solve(settings: Settings) {
  const rates = ratesOf(settings);
  const k = settings.kernel;
  const counts = pathCounts(rates, k);
  return {
    rates,
    k,
    /** paths by input, along one axis; in two dimensions they multiply */
    counts,
    field: counts.length,
    read: counts.filter((paths) => paths > 0).length,
    most: Math.max(...counts),
  };
}

/**
 * How strongly a number of paths is coloured: one hue from 0, and even a single path is seen beside
 * none.
 */
export const shadeOf = (paths: number, most: number) =>
  paths === 0 ? 0 : 0.25 + (0.75 * paths) / most;

/** A tap that joins a unit to one of the layer below; positions count from the field's first. */
type Tap = { from: number; to: number; lit: boolean };
type Level = { units: number[]; taps: Tap[] };

/**
 * The units that the output reads, layer by layer from the output down to the inputs, with the taps
 * that join each layer to the one below. Rates may be broken numbers, while they change.
 * @param picked  the input whose paths are lit, if any
 */
export function tree(rates: readonly number[], k: number, picked: number | null): Level[] {
  const places = Array.from({ length: k }, (_, tap) => tap);
  const levels: { units: number[]; rate: number }[] = [];
  let units = [0];
  for (const rate of [...rates].reverse()) {
    levels.push({ units, rate });
    const below = units.flatMap((unit) => places.map((tap) => unit + tap * rate));
    units = [...new Set(below.map((at) => Math.round(at * 1e4) / 1e4))];
  }
  let leading = new Set(picked === null ? [] : [picked]);
  const found: Level[] = [{ units, taps: [] }];
  for (const { units: above, rate } of levels.reverse()) {
    const taps = above.flatMap((from) =>
      places.map((tap) => ({ from, to: from + tap * rate, lit: leading.has(from + tap * rate) })),
    );
    leading = new Set(taps.filter(({ lit }) => lit).map(({ from }) => from));
    found.push({ units: above, taps });
  }
  return found.reverse();
}
