/** What each layer of a block reads, makes and costs, where its maps are concatenated or added. */
import type { DenseBlockLab } from "../settings.ts";

export type Join = DenseBlockLab["join"];
export type BlockSettings = Omit<DenseBlockLab, "layer">;
export type BlockLayer = {
  /** channels that come in */
  reads: number;
  /** channels of its own */
  makes: number;
  /** channels between two convolutions: 0 where there is one alone */
  between: number;
  parameters: number;
};

const BOTTLENECK = 4; // maps of the 1×1 convolution, for each new map

/** Channels at the end of a block of concatenations; a block of sums is as wide throughout. */
export const blockWidth = ({ channels_in, growth, layers }: BlockSettings) =>
  channels_in + layers * growth;

/** Norm, ReLU and convolution without bias: γ and β for each channel, k² weights for each pair. */
const normAndConv = (reads: number, makes: number, k: number) => 2 * reads + k * k * reads * makes;

/** The layers of a block, the first one first. */
export function blockLayers(block: BlockSettings): BlockLayer[] {
  const { join, channels_in, growth, layers } = block;
  const isDense = join === "concatenate";
  const makes = isDense ? growth : blockWidth(block);
  const between = isDense && block.bottleneck ? BOTTLENECK * growth : 0;
  return Array.from({ length: layers }, (_, i) => {
    const reads = isDense ? channels_in + i * growth : makes;
    const parameters = between
      ? normAndConv(reads, between, 1) + normAndConv(between, makes, 3)
      : normAndConv(reads, makes, 3);
    return { reads, makes, between, parameters };
  });
}

/** The parameters of a whole block. */
export const blockParameters = (block: BlockSettings) =>
  blockLayers(block).reduce((sum, { parameters }) => sum + parameters, 0);

/** How many stacks of maps the layers read, all together: the input's and those of each layer. */
export const blockConnections = ({ join, layers }: BlockSettings) =>
  join === "concatenate" ? (layers * (layers + 1)) / 2 : layers;
