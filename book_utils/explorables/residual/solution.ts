/** The curves that the residual lab can show: recorded ones, and those that a kernel measures. */
import type { ResidualLab as Settings } from "../settings.ts";

/** forward and gradient: a number for each layer */
export type Curves = { forward: number[]; gradient: number[]; runs: number };
type Network = Pick<Settings, "weights" | "norm" | "depth">;
type Named = Record<string, Curves>;
/** by the names of networks, see nameOf */
export type Data = { recorded: Named; measured: Named };

/** The name under which the curves of a network stand. */
export const nameOf = ({ weights, norm, depth }: Network, shortcut: boolean) =>
  `${weights} ${norm ? "norm" : "bare"} ${depth} ${shortcut ? "residual" : "plain"}`;

export const curvesOf = ({ recorded, measured }: Data, name: string): Curves | undefined =>
  recorded[name] ?? measured[name];

/**
 * Those depths that can be shown: whose curves are known, and the others if a kernel can measure
 * them.
 */
export const depthsOf = (depths: number[], network: Network, data: Data, live: boolean) =>
  depths.filter(
    (depth) =>
      curvesOf(data, nameOf({ ...network, depth }, true)) ||
      (live && network.weights !== "trained"),
  );

/** The ends of the charts: powers of ten, and layers. */
export type Axes = { low: number; high: number; ticks: number[]; layers: number };

const TINY = 1e-300; // what underflowed to 0 is drawn here, if anything does
const STEPS = [1, 2, 5, 10, 20, 50, 100];

/**
 * Axes that hold all networks that are known, so that none moves when another is shown: a kernel
 * may measure one that needs more room.
 */
export function axesOf({ recorded, measured }: Data): Axes {
  const every = [...Object.values(recorded), ...Object.values(measured)];
  const powers = every
    .flatMap(({ forward, gradient }) => [...forward, ...gradient])
    .map((v) => Math.log10(Math.max(v, TINY)));
  const least = powers.reduce((a, b) => Math.min(a, b), 0);
  const most = powers.reduce((a, b) => Math.max(a, b), 0);
  const [low, high] = [Math.floor(least), Math.max(Math.ceil(most), Math.floor(least) + 1)];
  const step = STEPS.find((each) => (high - low) / each <= 7) ?? 100;
  const first = Math.ceil(low / step) * step;
  const count = Math.floor((high - first) / step) + 1;
  const ticks = Array.from({ length: count }, (_, i) => first + i * step);
  return { low, high, ticks, layers: Math.max(2, ...every.map(({ forward }) => forward.length)) };
}

/** Where a layer and a power of ten are on a square plot. */
export const placeOn = ({ low, high, layers }: Axes, side: number) =>
  [
    (layer: number) => (side * (layer - 1)) / (layers - 1),
    (power: number) => (side * (high - Math.max(power, low))) / (high - low),
  ] as const;

/** @throws {RangeError} where the settings do not go together */
export function demandCurves({ depth, layer }: Settings, depths: number[]) {
  if (!depths.length) throw new RangeError("no networks of this kind were recorded");
  if (!depths.includes(depth)) throw new RangeError(`its depth is not one of ${depths.join(", ")}`);
  if (layer > depth) throw new RangeError(`its layer is not a whole number from 1 to ${depth}`);
}
