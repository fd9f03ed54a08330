/**
 * A network as rows: what each layer or block was told, input first.
 *
 * A row never says what comes in: that follows from the row above, so that every row may be
 * changed, moved or taken out. Only a pasted row may hold what its writer expected (`expects`).
 *
 * What works on rows, none of it needs a page:
 * - account.ts  `account(input, rows)`: shape, parameters, multiply-adds, memory and reach of each
 *   row; a row that does not fit says why, in our words and in PyTorch's, and what would fit;
 * - parse.ts    `parse(text, input)`: rows of `nn.Sequential(...)`, or the line that is refused;
 * - code.ts     `code(input, rows)`: the network in PyTorch.
 * `SIGNATURES` has the arguments of every kind, with the fields that a row of this kind holds; all
 * three read it, and book_utils/architecture.py does, too.
 */
import type { Reach } from "../arithmetic/ledger.ts";
import { SIGNATURES } from "../parts/pytorch.ts";

/** height, width */
export type Pair = [number, number];

type Named<K extends string, Fields = object> = K extends string ? { kind: K } & Fields : never;

/** A layer or a block by the name of its class, with all its fields. */
export type Row = (
  | Named<
      "Conv2d",
      {
        channels: number;
        kernel: Pair;
        stride: Pair;
        padding: Pair | "same";
        dilation: Pair;
        groups: number;
        bias: boolean;
      }
    >
  | Named<"MaxPool2d", { kernel: Pair; stride: Pair; padding: Pair; dilation: Pair; ceil: boolean }>
  | Named<"AvgPool2d", { kernel: Pair; stride: Pair; padding: Pair; ceil: boolean }>
  | Named<"AdaptiveAvgPool2d" | "AdaptiveMaxPool2d", { size: [number | null, number | null] }>
  | Named<"Linear", { features: number; bias: boolean }>
  | Named<"Flatten" | "Sigmoid" | "Tanh" | "GELU" | "Softplus" | "Identity">
  | Named<
      "ReLU" | "SiLU" | "ReLU6" | "LeakyReLU" | "ELU" | "Hardswish" | "Hardsigmoid",
      { inplace: boolean }
    >
  | Named<"Dropout" | "Dropout2d", { p: number; inplace: boolean }>
  | Named<"BatchNorm2d" | "BatchNorm1d" | "InstanceNorm2d", { affine: boolean }>
  | Named<"GroupNorm", { groups: number; affine: boolean }>
  | Named<"LayerNorm", { normalised: number[]; affine: boolean; bias: boolean }>
  /** `sides`: left, right, top, bottom, as PyTorch counts them */
  | Named<"ZeroPad2d", { sides: [number, number, number, number] }>
  | Named<
      "ConstantPad2d",
      { sides: [number, number, number, number]; value: number | "inf" | "-inf" }
    >
  /** models/resnet.py; without its shortcut the block is plain */
  | Named<"Residual", { channels: number; stride: number; shortcut: boolean }>
  /** `channels` are those of the 3×3: four times as many come out */
  | Named<"Bottleneck", { channels: number; stride: number }>
  /** with biases, as d2l has it; with option A; and that of models/cifar.py */
  | Named<"BiasedResidual" | "ResidualA" | "BasicBlock", { channels: number; stride: number }>
  /** models/googlenet.py. `maps`: 1×1; 1×1 → 3×3; 1×1 → large; pooled → 1×1 */
  | Named<"Inception", { maps: number[]; large: number; norm: boolean }>
  /** models/densenet.py. `bottleneck`: 0 for none */
  | Named<"DenseBlock", { layers: number; growth: number; bottleneck: number; bias: boolean }>
) & {
  /** channels or features that a pasted layer was written for, where others come */
  expects?: number;
};
export type Kind = Row["kind"];

export type { Argument, Takes } from "../parts/pytorch.ts";
export { SIGNATURES };
export const KINDS = Object.keys(SIGNATURES) as Kind[];
/** Kinds that are several layers. */
export const BLOCKS: readonly Kind[] = [
  "Residual",
  "Bottleneck",
  "BiasedResidual",
  "ResidualA",
  "BasicBlock",
  "Inception",
  "DenseBlock",
];

/** Rows that a network may have; no number in them is beyond LARGEST on either side of 0. */
export const MOST_ROWS = 500;
export const LARGEST = 100_000;

/** What would fit in place of a row, in a few words such as "kernel 2"; one press takes it. */
export type Cure = { says: string; instead: Row[] };
/**
 * Why a row does not fit: in our words; in those that PyTorch (2.13) raises for one example, null
 * where it would take the row; and what would fit, best first, perhaps nothing.
 */
export type Refusal = { says: string; pytorch: string | null; fits: Cure[] };

/** Counts of one row, for one example. */
export type Counts = {
  state: "counted";
  /** shapes of what comes in and what goes out */
  input: number[];
  shape: number[];
  parameters: number;
  multiplyAdds: number;
  /**
   * Bytes that this row adds to what PyTorch keeps for the backward pass, in training, in float32,
   * on a CPU; parameters are not among them, and what several rows need counts at the first.
   */
  kept: number;
  /** what one number of the output has seen of the picture; null where that is all of it */
  reach: Reach;
};
export type Entry =
  | Counts
  | { state: "refused"; input: number[]; refusal: Refusal }
  | { state: "waits" };

/** What a pasted text comes to. `input`: with the channels that its first layer takes. */
export type Parsed = { rows: Row[]; input: number[] } | { line: number; why: string };
