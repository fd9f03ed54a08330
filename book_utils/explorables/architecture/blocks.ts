/**
 * What the blocks of book_utils/models are made of: layers in a row, and branches that read one
 * input and are added or concatenated. Every row is such a list; that of a plain layer is itself.
 */
import { tensorflowSame } from "../arithmetic/axis.ts";
import { BLOCKS, type Pair, type Row } from "./rows.ts";

/** Every stride-th pixel, and channels of zeros for those that are new (option A). */
export type PaddedShortcut = { kind: "PaddedShortcut"; channels: number; stride: number };
export type Branches = { kind: "add" | "concatenate"; branches: Part[][] };
/** A row that is one layer, never a block. */
export type Simple = Row | PaddedShortcut;
export type Part = Simple | Branches;
type Block<K extends Row["kind"]> = Extract<Row, { kind: K }>;

const RELU: Row = { kind: "ReLU", inplace: false };
const NORM: Row = { kind: "BatchNorm2d", affine: true };

type More = { stride?: number; bias?: boolean; padding?: Pair };

/** A k×k convolution that keeps the size at stride 1, k odd, unless it is told its padding. */
function convolution(channels: number, k: number, more: More = {}): Row {
  const { stride = 1, bias = false, padding = [k >> 1, k >> 1] } = more;
  return {
    kind: "Conv2d",
    channels,
    kernel: [k, k],
    stride: [stride, stride],
    padding,
    dilation: [1, 1],
    groups: 1,
    bias,
  };
}

/** What the branches make, added; a ReLU behind it. */
const added = (f: Part[], shortcut: Part[]): Part[] => [
  { kind: "add", branches: [f, shortcut] },
  RELU,
];

function residual(row: Block<"Residual" | "BiasedResidual" | "ResidualA">, c: number): Part[] {
  const { kind, channels, stride } = row;
  const bias = kind === "BiasedResidual";
  const f = [
    convolution(channels, 3, { stride, bias }),
    NORM,
    RELU,
    convolution(channels, 3, { bias }),
    NORM,
  ];
  if (row.kind === "Residual" && !row.shortcut) return [...f, RELU];
  if (c === channels && stride === 1) return added(f, []);
  const projection = convolution(channels, 1, { stride, bias });
  const shortcuts: Record<typeof kind, Part[]> = {
    Residual: [projection, NORM],
    BiasedResidual: [projection],
    ResidualA: [{ kind: "PaddedShortcut", channels, stride }],
  };
  return added(f, shortcuts[kind]);
}

function bottleneck({ channels, stride }: Block<"Bottleneck">, c: number): Part[] {
  const out = 4 * channels;
  const f = [
    ...[convolution(channels, 1), NORM, RELU],
    ...[convolution(channels, 3, { stride }), NORM, RELU],
    ...[convolution(out, 1), NORM],
  ];
  const same = c === out && stride === 1;
  return added(f, same ? [] : [convolution(out, 1, { stride }), NORM]);
}

/** A 3×3 convolution with TensorFlow's padding="SAME" for maps of these sides. */
function sameConvolution(channels: number, stride: number, [h, w]: number[]): Row[] {
  const sides = (n: number) => tensorflowSame(n, 3, { stride: Math.max(1, stride) });
  const padding = convolution(channels, 3, { stride, bias: true, padding: [0, 0] });
  return [{ kind: "ZeroPad2d", sides: [...sides(w), ...sides(h)] }, padding];
}

function basicBlock({ channels, stride }: Block<"BasicBlock">, [, ...sides]: number[]): Part[] {
  const halved = sides.map((n) => Math.ceil(n / Math.max(1, stride)));
  const f = [
    ...[...sameConvolution(channels, stride, sides), NORM, RELU],
    ...[...sameConvolution(channels, 1, halved), NORM],
  ];
  return added(f, stride === 1 ? [] : [convolution(channels, 1, { stride, bias: true })]);
}

function inception({ maps, large, norm }: Block<"Inception">): Part[] {
  const unit = (channels: number, k: number) => [
    convolution(channels, k, { bias: !norm }),
    ...(norm ? [NORM] : []),
    RELU,
  ];
  const [one, before3, three, before5, five, pooled] = maps;
  const pooling: Row = {
    kind: "MaxPool2d",
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1],
    dilation: [1, 1],
    ceil: false,
  };
  const branches = [
    unit(one, 1),
    [...unit(before3, 1), ...unit(three, 3)],
    [...unit(before5, 1), ...unit(five, large)],
    [pooling, ...unit(pooled, 1)],
  ];
  return [{ kind: "concatenate", branches }];
}

/** Each layer's maps behind those that it read. */
function denseBlock({ layers, growth, bottleneck, bias }: Block<"DenseBlock">): Part[] {
  const first = [NORM, RELU, convolution(bottleneck * growth, 1, { bias })];
  const f = [...(bottleneck ? first : []), NORM, RELU, convolution(growth, 3, { bias })];
  return Array.from({ length: layers }, () => ({ kind: "concatenate", branches: [[], f] }));
}

function made(row: Row, x: number[]): Part[] {
  const c = row.expects ?? x[0];
  switch (row.kind) {
    case "Residual":
    case "BiasedResidual":
    case "ResidualA":
      return residual(row, c);
    case "Bottleneck":
      return bottleneck(row, c);
    case "BasicBlock":
      return basicBlock(row, x);
    case "Inception":
      return inception(row);
    case "DenseBlock":
      return denseBlock(row);
    default:
      return [row];
  }
}

/** A block that was written for other channels: those of its layers that read them say so. */
function expecting(parts: Part[], expects: number): Part[] {
  const [first, ...rest] = parts;
  if (!first || first.kind === "PaddedShortcut") return parts;
  if ("branches" in first) {
    const branches = first.branches.map((branch) => expecting(branch, expects));
    return [{ ...first, branches }, ...rest];
  }
  if (first.kind === "ZeroPad2d" || first.kind === "MaxPool2d") {
    return [first, ...expecting(rest, expects)];
  }
  return [{ ...first, expects }, ...rest];
}

/** The layers of a row for an input of shape x. */
export function partsOf(row: Row, x: number[]): Part[] {
  const parts = made(row, x);
  const { expects } = row;
  return expects !== undefined && BLOCKS.includes(row.kind) ? expecting(parts, expects) : parts;
}
