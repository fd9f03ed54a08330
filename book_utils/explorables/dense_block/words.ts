/** What the dense block lab says, its code, and the blocks to begin from. */
import {
  type BlockLayer,
  blockConnections,
  blockLayers,
  blockParameters,
  blockWidth,
  type Join,
} from "../arithmetic/dense_block.ts";
import { thousands } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural, spoken } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { DenseBlockLab as Settings } from "../settings.ts";

export const JOINS: readonly Join[] = ["concatenate", "add"];

/** What comes out of the block, as a sum. */
export function width({ join, channels_in, growth, layers, ...rest }: Settings) {
  const end = blockWidth({ join, channels_in, growth, layers, ...rest });
  return join === "add"
    ? `${end} channels throughout`
    : `${channels_in} + ${layers}·${growth} = ${end} channels`;
}

/** The block, and what it is compared with: the other way to join, or to do with a bottleneck. */
export function pairOf(state: Settings, isOfBottlenecks: boolean) {
  if (!isOfBottlenecks || state.join === "add")
    return JOINS.map((join) => ({ name: join as string, block: { ...state, join } }));
  return [false, true].map((bottleneck) => ({
    name: bottleneck ? "with 1×1" : "without 1×1",
    block: { ...state, bottleneck },
  }));
}

export type Pair = ReturnType<typeof pairOf>;

/** Whether a block of a pair is the one that is shown. */
export const isNow = (state: Settings, { block }: Pair[number]) =>
  block.join === state.join && block.bottleneck === state.bottleneck;

/** Each block of a pair with its connections, parameters, and share of the larger number. */
export function costsOf(state: Settings, pair: Pair) {
  const costs = pair.map((each) => ({
    name: each.name,
    now: isNow(state, each),
    connections: blockConnections(each.block),
    parameters: blockParameters(each.block),
  }));
  const most = Math.max(...costs.map(({ parameters }) => parameters));
  return costs.map((each) => ({ ...each, share: each.parameters / most }));
}

/** The parameters of a layer: its weights, then γ and β of its norms. */
function sumOf({ reads, makes, between }: BlockLayer) {
  const weights = between ? `${reads}·${between} + ${between}·${makes}·9` : `${reads}·${makes}·9`;
  return `${weights} + 2·${reads + between}`;
}

/** What the picked layer costs, reads and makes. */
export function describe(state: Settings, at: number): Told {
  const layer = blockLayers(state)[at - 1];
  const line = `layer ${at}: ${sumOf(layer)}`;
  const result = thousands(layer.parameters);
  const note = `parameters; ${deed(state, layer, at)}`;
  return { line, result, note: ` ${note}`, full: `${line} = ${result} ${note}.` };
}

function deed({ join }: Settings, { reads, makes }: BlockLayer, at: number) {
  if (join === "concatenate") return `reads ${plural(reads, "channel")}, puts ${makes} behind`;
  return `reads ${at === 1 ? "the input" : `one sum of ${at}`}, adds ${plural(makes, "map")}`;
}

/** All there is to say of the block, for the panel. */
export function inFull(state: Settings) {
  const costs = costsOf(state, pairOf(state, false)).map(
    ({ name, connections, parameters }) =>
      `${name}: ${plural(connections, "connection")}, ${thousands(parameters)} parameters`,
  );
  return (
    `${costs.join(". ")}. Both end with ${plural(blockWidth(state), "channel")}. A layer is a ` +
    "batch norm (2 parameters a channel), a ReLU and a 3×3 convolution without bias; with a " +
    "bottleneck, a norm, a ReLU and a 1×1 convolution to 4 times the growth rate come first."
  );
}

/** The figure in words. */
export function describeFigure(state: Settings, at: number) {
  const holds = blockLayers(state).map(({ reads, makes }) =>
    state.join === "add" ? makes : reads + makes,
  );
  return spoken(
    `Channels after each layer: ${holds.join(", ")}. Layer ${at} reads ` +
      (state.join === "add" || at === 1
        ? `what comes out of ${at === 1 ? "the input" : `layer ${at - 1}`}.`
        : `the input and the maps of ${at === 2 ? "layer 1" : `layers 1 to ${at - 1}`}.`),
  );
}

function layerAsPython({ join, bottleneck, growth }: Settings) {
  const first =
    join === "concatenate" && bottleneck
      ? `        nn.BatchNorm2d(c_in), nn.ReLU(), nn.Conv2d(c_in, ${4 * growth}, 1, bias=False),
`
      : "";
  const c = first ? 4 * growth : "c_in";
  return `${first}        nn.BatchNorm2d(${c}), nn.ReLU(),
        nn.Conv2d(${c}, new, 3, padding=1, bias=False),
`;
}

export function asPython(state: Settings) {
  const { join, channels_in: c, growth, layers } = state;
  const isDense = join === "concatenate";
  const end = blockWidth(state);
  const make = isDense ? `layer(${c} + i * ${growth}, ${growth})` : `layer(${end}, ${end})`;
  const step = isDense ? "torch.cat([y, f(y)], dim=1)" : "y + f(y)";
  return `import torch
from torch import nn


def layer(c_in, new):
    return nn.Sequential(
${layerAsPython(state)}    )


torch.manual_seed(0)
block = [${make} for i in range(${layers})]
y = torch.rand(1, ${isDense ? c : end}, 8, 8)
for f in block:
    y = ${step}
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "3 channels, two layers of 10": {},
    "the same, added": { join: "add" },
    "first block of DenseNet-121": {
      channels_in: 64,
      growth: 32,
      layers: 6,
      layer: 6,
      bottleneck: true,
    },
    "first block of the small DenseNet": { channels_in: 64, growth: 32, layers: 4, layer: 4 },
  },
};
