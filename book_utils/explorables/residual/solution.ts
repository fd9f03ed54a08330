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

/** @throws {RangeError} where the settings do not go together */
export function demandCurves({ depth, layer }: Settings, depths: number[]) {
  if (!depths.length) throw new RangeError("no trained network of this kind was recorded");
  if (!depths.includes(depth)) throw new RangeError(`its depth is not one of ${depths.join(", ")}`);
  if (layer > depth) throw new RangeError(`its layer is not a whole number from 1 to ${depth}`);
}
