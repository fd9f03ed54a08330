/** What would fit in place of a row that does not: guesses, best first, for account.ts to try. */
import { span, torchSame } from "../arithmetic/axis.ts";
import { product } from "../arithmetic/ledger.ts";
import { type Cure, type Kind, type Pair, type Row, SIGNATURES } from "./rows.ts";

type Of<K extends Kind> = Extract<Row, { kind: K }>;
type Cures<K extends Kind> = (row: Of<K>, x: number[]) => Cure[];

const instead = (says: string, ...rows: Row[]): Cure => ({ says, instead: rows });
/** One number for both axes where they agree. */
const square = ([h, w]: Pair) => (h === w ? String(h) : `${h}×${w}`);
const both = (along: (d: 0 | 1) => number): Pair => [along(0), along(1)];
const LEAVE_OUT = instead("leave it out");
const FLATTEN: Row = { kind: "Flatten" };

/** A row that takes what comes. */
function open<R extends Row>(row: R): R {
  const { expects, ...rest } = row;
  return rest as R;
}

/** The divisor of n next to a number of groups; the smaller of two as near. */
function divisor(n: number, groups: number) {
  for (let away = 0; away < groups; away++) {
    if (n % (groups - away) === 0) return groups - away;
    if (n % (groups + away) === 0) return groups + away;
  }
  return 1;
}
const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));

/** No number of a window below what it may be. */
const clamped = (numbers: Pair, least: number) => both((d) => Math.max(least, numbers[d]));

function convolution(told: Of<"Conv2d">, x: number[]): Cure[] {
  if (x.length !== 3) {
    const { channels: features, bias } = told;
    const dense: Row = { kind: "Linear", features, bias };
    return [instead(`Linear with ${features} features`, dense), LEAVE_OUT];
  }
  const row: Of<"Conv2d"> = {
    ...open(told),
    kernel: clamped(told.kernel, 1),
    stride: clamped(told.stride, 1),
    padding: told.padding === "same" ? "same" : clamped(told.padding, 0),
    dilation: clamped(told.dilation, 1),
    channels: Math.max(1, told.channels),
    groups: Math.max(1, told.groups),
  };
  const cures: Cure[] = [];
  const [c] = x;
  if (c % row.groups || row.channels % row.groups) {
    const groups = divisor(common(c, row.channels), row.groups);
    cures.push(instead(`groups ${groups}`, { ...row, groups }));
    const channels = Math.max(1, Math.round(row.channels / row.groups)) * row.groups;
    cures.push(instead(`${channels} channels out`, { ...row, channels }));
    return cures;
  }
  if (row.padding === "same" && row.stride.some((n) => n > 1)) {
    const padding = both((d) => torchSame(row.kernel[d], row.dilation[d])[0]);
    cures.push(instead(`padding ${square(padding)}`, { ...row, padding }));
    cures.push(instead("stride 1", { ...row, stride: [1, 1] }));
    return cures;
  }
  cures.push(...changes(told, row, x));
  if (row.padding !== "same") {
    const pads = row.padding;
    const padded = both((d) => x[1 + d] + 2 * pads[d]);
    const over = both((d) => span(row.kernel[d], row.dilation[d]) - padded[d]);
    const kernel = both((d) =>
      over[d] > 0 ? Math.floor((padded[d] - 1) / row.dilation[d]) + 1 : row.kernel[d],
    );
    const padding = both((d) => pads[d] + Math.max(0, Math.ceil(over[d] / 2)));
    cures.push(instead(`kernel ${square(kernel)}`, { ...row, kernel }));
    cures.push(instead(`padding ${square(padding)}`, { ...row, padding }));
    cures.push(instead("dilation 1", { ...row, dilation: [1, 1] }));
  }
  return cures;
}

/** A row whose numbers were too small, or that takes what comes: said by what is new. */
function changes(told: Row, row: Row, x: number[]): Cure[] {
  const before = told as Record<string, unknown>;
  const differing = Object.entries(row).filter(([key, now]) => String(before[key]) !== String(now));
  const said = differing.map(([key, now]) =>
    Array.isArray(now) ? `${key} ${square(now as Pair)}` : `${key} ${now}`,
  );
  if (said.length > 0) return [instead(said.join(", "), row)];
  return told.expects === undefined ? [] : [takesWhatComes(row, x)];
}

/** A row whose first argument is what comes, by PyTorch's name for it. */
function takesWhatComes(row: Row, [c]: number[]): Cure {
  const { name } = SIGNATURES[row.kind].find(({ input }) => input) ?? { name: "in" };
  return instead(`${name} ${c}`, row);
}

function pooling(told: Of<"MaxPool2d" | "AvgPool2d">, x: number[]): Cure[] {
  if (x.length !== 3) return [LEAVE_OUT];
  const kernel = clamped(told.kernel, 1);
  const row = {
    ...told,
    kernel,
    stride: both((d) => (told.stride[d] > 0 ? told.stride[d] : kernel[d])),
    padding: both((d) => Math.min(kernel[d] >> 1, Math.max(0, told.padding[d]))),
  };
  if (row.kind === "MaxPool2d") row.dilation = clamped(row.dilation, 1);
  const rates: Pair = row.kind === "MaxPool2d" ? row.dilation : [1, 1];
  const smaller = both((d) =>
    Math.min(kernel[d], Math.floor((x[1 + d] + 2 * row.padding[d] - 1) / rates[d]) + 1),
  );
  const least = { ...row, kernel: smaller };
  const pads = both((d) => Math.min(row.padding[d], smaller[d] >> 1));
  return [
    ...changes(told, row, x),
    instead(`kernel ${square(smaller)}`, least),
    instead(`kernel ${square(smaller)}, padding ${square(pads)}`, { ...least, padding: pads }),
    LEAVE_OUT,
  ];
}

const norm2d = (row: Of<"BatchNorm2d">, x: number[]): Cure[] =>
  x.length === 3
    ? changes(row, open(row), x)
    : [instead("BatchNorm1d", { kind: "BatchNorm1d", affine: row.affine }), LEAVE_OUT];

const norm1d = (row: Of<"BatchNorm1d">, x: number[]): Cure[] =>
  x.length === 1
    ? changes(row, open(row), x)
    : [instead("BatchNorm2d", { kind: "BatchNorm2d", affine: row.affine }), LEAVE_OUT];

function dense(told: Of<"Linear">, x: number[]): Cure[] {
  const row = { ...open(told), features: Math.max(1, told.features) };
  const inputs = row.features === told.features ? `in_features ${product(x)}` : "1 feature";
  return x.length === 1
    ? [instead(inputs, row)]
    : [instead("a Flatten before it", FLATTEN, told), instead("a Flatten before it", FLATTEN, row)];
}

function blockOf(
  told: Of<"Residual" | "Bottleneck" | "BiasedResidual" | "ResidualA" | "BasicBlock">,
  x: number[],
): Cure[] {
  if (x.length !== 3) return [LEAVE_OUT];
  const channels = Math.max(1, told.channels);
  const row = { ...open(told), channels, stride: Math.max(1, told.stride) };
  const cures = changes(told, row, x);
  return row.kind === "BasicBlock"
    ? [
        ...cures,
        instead(`channels ${x[0]}`, { ...row, channels: x[0] }),
        instead("BiasedResidual", { ...row, kind: "BiasedResidual" }),
      ]
    : cures;
}

function inception(told: Of<"Inception">, x: number[]): Cure[] {
  if (x.length !== 3) return [LEAVE_OUT];
  const maps = told.maps.map((n) => Math.max(1, n));
  const large = told.large < 1 ? 3 : told.large + ((told.large + 1) % 2);
  const row = { ...open(told), maps, large };
  const said = String(maps) === String(told.maps) ? `large ${large}` : "at least 1 map in a branch";
  return told.expects === undefined || large !== told.large
    ? [instead(said, row)]
    : [takesWhatComes(row, x)];
}

function denseBlock(told: Of<"DenseBlock">, x: number[]): Cure[] {
  if (x.length !== 3) return [LEAVE_OUT];
  const [layers, growth] = [Math.min(500, Math.max(1, told.layers)), Math.max(1, told.growth)];
  const bottleneck = Math.max(0, told.bottleneck);
  return changes(told, { ...open(told), layers, growth, bottleneck }, x);
}

const least1 = (n: number | null) => (n === null ? null : Math.max(1, n));

const CURES: { [K in Kind]?: Cures<K> } = {
  Conv2d: convolution,
  MaxPool2d: pooling,
  AvgPool2d: pooling,
  AdaptiveAvgPool2d: (row, x) => adaptive(row, x),
  AdaptiveMaxPool2d: (row, x) => adaptive(row, x),
  Linear: dense,
  BatchNorm2d: norm2d,
  BatchNorm1d: norm1d,
  InstanceNorm2d: (row, x) => [...changes(row, open(row), x), LEAVE_OUT],
  GroupNorm: (row, x) => {
    const groups = divisor(x[0], row.groups);
    return [
      ...changes(row, open(row), x),
      instead(`groups ${groups}`, { ...open(row), groups }),
      instead("groups 1", { ...open(row), groups: 1 }),
      LEAVE_OUT,
    ];
  },
  LayerNorm: (row, x) => [instead(`shape ${x.join("×")}`, { ...row, normalised: x })],
  Dropout: (row) => [instead("p 0.5", { ...row, p: 0.5 })],
  Dropout2d: (row) => [instead("p 0.5", { ...row, p: 0.5 })],
  ZeroPad2d: (row, x) => sides(row, x),
  ConstantPad2d: (row, x) => sides(row, x),
  Residual: blockOf,
  Bottleneck: blockOf,
  BiasedResidual: blockOf,
  ResidualA: blockOf,
  BasicBlock: blockOf,
  Inception: inception,
  DenseBlock: denseBlock,
};

function adaptive(row: Of<"AdaptiveAvgPool2d" | "AdaptiveMaxPool2d">, x: number[]): Cure[] {
  if (x.length !== 3) return [LEAVE_OUT];
  return changes(row, { ...row, size: [least1(row.size[0]), least1(row.size[1])] }, x);
}

function sides(row: Of<"ZeroPad2d" | "ConstantPad2d">, x: number[]): Cure[] {
  if (x.length !== 3) return [LEAVE_OUT];
  const [left, right, top, bottom] = row.sides.map((n) => Math.max(0, n));
  return [instead("no side below 0", { ...row, sides: [left, right, top, bottom] })];
}

/** Guesses; some may not fit either. */
export const guesses = (row: Row, x: number[]): Cure[] =>
  (CURES[row.kind] as Cures<Kind> | undefined)?.(row, x) ?? [];
