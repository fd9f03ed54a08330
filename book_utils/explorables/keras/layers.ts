/** Each Keras layer in PyTorch. In Python book_utils/keras/layers.py does the same. */
import { span } from "../arithmetic/axis.ts";
import { thousands } from "../parts/numbers.ts";
import type { Pair } from "./arguments.ts";
import type { Layer, Translation } from "./layer.ts";
import { refusal } from "./sentences.ts";
import { padding, stepping, type Windows, windows } from "./windows.ts";
import * as write from "./writing.ts";

const both = <T>(along: (axis: 0 | 1) => T): [T, T] => [along(0), along(1)];
const product = (numbers: number[]) => numbers.reduce((all, n) => all * n, 1);

function convolution(layer: Layer) {
  const { channels } = layer.maps();
  const [filters, groups] = [Number(layer.given.filters), Number(layer.given.groups)];
  if (channels % groups || filters % groups)
    throw refusal("groups", { layer: layer.name, groups, channels, filters });
  return convolved(layer, channels, filters, groups);
}

function depthwise(layer: Layer) {
  const { channels } = layer.maps();
  return convolved(layer, channels, channels * Number(layer.given.depth_multiplier), channels);
}

/** The lines of a convolution, padding first, and where its windows lie. */
function sliding(layer: Layer, sizes: [number, number], groups: number, bias: unknown) {
  const kernel = layer.given.kernel_size as Pair;
  const { stride, dilation } = stepping(layer);
  const found = windows(layer, kernel, stride, dilation);
  const pad = padding(layer, found);
  const written = write.layer("Conv2d", [...sizes, kernel], {
    stride: write.otherThan(stride, [1, 1]),
    padding: pad.padding,
    dilation: write.otherThan(dilation, [1, 1]),
    groups: write.otherThan(groups, 1),
    bias: write.otherThan(bias, true),
  });
  return { lines: [...pad.layers, written], found };
}

function convolved(layer: Layer, channels: number, filters: number, groups: number) {
  const kernel = layer.given.kernel_size as Pair;
  const bias = layer.given.use_bias;
  const { lines, found } = sliding(layer, [channels, filters], groups, bias);
  const [area, inputs] = [product(kernel), channels / groups];
  const ours = [filters, inputs, ...kernel];
  const pytorch = write.tuple(ours);
  if (layer.name === "DepthwiseConv2D") {
    const multiplier = Number(layer.given.depth_multiplier);
    if (layer.given.padding === "valid" || found.isEven) layer.say("groups", { groups });
    const permute = `permute(2, 3, 0, 1).reshape${pytorch}`;
    layer.note("kernel", {
      ...{ keras: write.tuple([...kernel, channels, multiplier]), pytorch, permute },
    });
    const fans: Pair = [area * channels, area * multiplier];
    layer.initial("depthwise_initializer", fans, area * inputs, bias);
  } else {
    const keras = write.tuple([...kernel, inputs, filters]);
    layer.note("kernel", { keras, pytorch, permute: "permute(3, 2, 0, 1)" });
    const fans: Pair = [area * inputs, area * filters];
    layer.initial("kernel_initializer", fans, area * inputs, bias);
  }
  const layers = [...lines, ...layer.activation()];
  return layer.done(layers, [...found.size, filters], product(ours) + (bias ? filters : 0));
}

function separable(layer: Layer) {
  const { channels } = layer.maps();
  const [filters, multiplier] = [Number(layer.given.filters), Number(layer.given.depth_multiplier)];
  const kernel = layer.given.kernel_size as Pair;
  const bias = layer.given.use_bias;
  const middle = channels * multiplier;
  const { lines, found } = sliding(layer, [channels, middle], channels, false);
  if (layer.given.padding === "valid" || found.isEven) layer.say("parts");
  const second = write.layer("Conv2d", [middle, filters, 1], { bias: write.otherThan(bias, true) });
  const pytorch = write.tuple([middle, 1, ...kernel]);
  const permute = `permute(2, 3, 0, 1).reshape${pytorch}`;
  layer.note("kernel", {
    ...{ keras: write.tuple([...kernel, channels, multiplier]), pytorch, permute },
  });
  layer.note("kernel", {
    keras: write.tuple([1, 1, middle, filters]),
    pytorch: write.tuple([filters, middle, 1, 1]),
    permute: "permute(3, 2, 0, 1)",
  });
  const count = product(kernel) * middle + middle * filters + (bias ? filters : 0);
  const layers = [...lines, second, ...layer.activation()];
  return layer.done(layers, [...found.size, filters], count);
}

function transposed(layer: Layer) {
  const { size: n, channels } = layer.maps();
  const filters = Number(layer.given.filters);
  const kernel = layer.given.kernel_size as Pair;
  const bias = layer.given.use_bias;
  const { stride, dilation } = stepping(layer);
  const reach = both((d) => span(kernel[d], dilation[d]));
  const grown = both((d) => Math.max(stride[d] - reach[d], 0));
  const over = both((d) => Math.max(reach[d] - stride[d], 0));
  const isSame = layer.given.padding === "same";
  const before = both((d) => (isSame ? Math.floor(over[d] / 2) : 0));
  const odd = both((d) => (isSame ? over[d] % 2 : 0));
  const size = both((d) => n[d] * stride[d] + (isSame ? 0 : over[d]));
  const written = write.layer("ConvTranspose2d", [channels, filters, kernel], {
    stride: write.otherThan(stride, [1, 1]),
    padding: write.otherThan(before, [0, 0]),
    output_padding: write.otherThan(grown, [0, 0]),
    bias: write.otherThan(bias, true),
    dilation: write.otherThan(dilation, [1, 1]),
  });
  const isOdd = odd[0] + odd[1] > 0;
  const off = both((d) => 0 - odd[d]);
  const crop = isOdd ? [write.sides("ZeroPad2d", [0, off[0]], [0, off[1]])] : [];
  if (isSame && over[0] + over[1]) {
    const after = both((d) => before[d] + odd[d]);
    const own = before[0] + before[1] ? [`padding=${write.plain(before)}`] : [];
    const how = [...own, ...(isOdd ? [`nn.ZeroPad2d of ${write.plain(off)}`] : [])].join(" and ");
    layer.note("crop", { before: write.plain(before), after: write.plain(after), pytorch: how });
    layer.say(isOdd ? "crop" : "crop even", { padding: write.plain(before) });
  } else {
    if (grown[0] + grown[1]) layer.note("grown", { extra: write.plain(grown) });
    else layer.note("fitting", { word: layer.given.padding });
    layer.say("same layer");
  }
  const ours = [channels, filters, ...kernel];
  const keras = write.tuple([...kernel, filters, channels]);
  layer.note("kernel", { keras, pytorch: write.tuple(ours), permute: "permute(3, 2, 0, 1)" });
  const area = product(kernel);
  layer.initial("kernel_initializer", [area * filters, area * channels], area * filters, bias);
  const layers = [written, ...crop, ...layer.activation()];
  return layer.done(layers, [...size, filters], product(ours) + (bias ? filters : 0));
}

function pooling(layer: Layer) {
  const { channels } = layer.maps();
  const kernel = layer.given.pool_size as Pair;
  const stride = (layer.given.strides ?? kernel) as Pair;
  const found = windows(layer, kernel, stride);
  if (layer.given.strides === null) layer.note("stride");
  const pool = layer.name === "MaxPooling2D" ? maxPooling : averagePooling;
  return layer.done(pool(layer, kernel, stride, found), [...found.size, channels]);
}

function maxPooling(layer: Layer, kernel: Pair, stride: Pair, found: Windows) {
  const { rows, columns, words: sides } = found;
  const named = { stride: write.otherThan(stride, kernel) };
  if (found.isEven) {
    const pad = padding(layer, found);
    return [write.layer("MaxPool2d", [kernel], { ...named, padding: pad.padding })];
  }
  layer.note("odd", { sides, layer: "ConstantPad2d" });
  layer.say("odd max", { sides });
  const pad = write.sides("ConstantPad2d", rows, columns, "-torch.inf");
  return [pad, write.layer("MaxPool2d", [kernel], named)];
}

/**
 * Layers that leave what SAME adds out of the averages. Where it adds one cell more after than
 * before, a stride above 1 reaches it by rounding the size up. At stride 1 as much is added before,
 * and the first window is taken off again.
 */
function averagePooling(layer: Layer, kernel: Pair, stride: Pair, found: Windows) {
  const named = { stride: write.otherThan(stride, kernel) };
  if (!found.added) {
    padding(layer, found);
    return [write.layer("AvgPool2d", [kernel], named)];
  }
  const axes = [found.rows, found.columns];
  const odd = both((d) => axes[d][1] > axes[d][0]);
  const off = both((d) => Number(odd[d] && stride[d] === 1));
  const added = both((d) => axes[d][0] + off[d]);
  const up = odd.some((each, d) => each && stride[d] > 1);
  const pool = write.layer("AvgPool2d", [kernel], {
    ...named,
    padding: write.otherThan(added, [0, 0]),
    ceil_mode: write.otherThan(up, false),
    count_include_pad: added[0] + added[1] ? false : null,
  });
  layer.note("excluded", { sides: found.words });
  layer.say("average", { sides: found.words });
  if (off[0] + off[1] === 0) return [pool];
  return [pool, write.sides("ZeroPad2d", [0 - off[0], 0], [0 - off[1], 0])];
}

function globalPooling(layer: Layer) {
  const { channels } = layer.maps();
  const kind = layer.name === "GlobalMaxPooling2D" ? "AdaptiveMaxPool2d" : "AdaptiveAvgPool2d";
  layer.say("same layer");
  if (layer.given.keepdims) return layer.done([write.layer(kind, [1])], [1, 1, channels]);
  return layer.done([write.layer(kind, [1]), "nn.Flatten()"], [channels]);
}

function normalisation(layer: Layer) {
  const { input, given } = layer;
  const channels = input[input.length - 1];
  const kind = input.length === 3 ? "BatchNorm2d" : "BatchNorm1d";
  const { scale, center } = given;
  if (scale !== center) {
    const [centred, scaled] = [write.plain(center), write.plain(scale)];
    throw refusal("half", { layer: layer.name, center: centred, scale: scaled });
  }
  const momentum = Number((1 - Number(given.momentum)).toPrecision(12));
  const kept = 2 * channels;
  const trained = scale ? kept : 0;
  const told = { keras: write.plain(given.momentum), pytorch: write.plain(momentum) };
  layer.note("statistics", {
    all: thousands(trained + kept),
    trained: thousands(trained),
    kept: thousands(kept),
  });
  layer.note("momentum", told);
  layer.note("epsilon");
  layer.note("mode");
  layer.say("momentum", told);
  const named = { eps: given.epsilon, momentum, affine: scale ? null : false };
  return layer.done([write.layer(kind, [channels], named)], input, trained);
}

function dense(layer: Layer) {
  const { input, given } = layer;
  const [units, bias, inputs] = [Number(given.units), given.use_bias, input[input.length - 1]];
  const isFlat = input.length === 1;
  const named = { bias: write.otherThan(bias, true) };
  const written = isFlat
    ? write.layer("Linear", [inputs, units], named)
    : write.layer("Conv2d", [inputs, units, 1], named);
  const ours = isFlat ? [units, inputs] : [units, inputs, 1, 1];
  layer.say(isFlat ? "same layer" : "everywhere");
  const shapes = { keras: write.tuple([inputs, units]), pytorch: write.tuple(ours) };
  layer.note(isFlat ? "dense" : "pixel", shapes);
  layer.initial("kernel_initializer", [inputs, units], inputs, bias);
  const count = inputs * units + (bias ? units : 0);
  return layer.done([written, ...layer.activation()], [...input.slice(0, -1), units], count);
}

function flatten(layer: Layer) {
  const { input } = layer;
  const isReordered = input[input.length - 1] > 1 && product(input.slice(0, -1)) > 1;
  if (isReordered) layer.note("order");
  layer.say(isReordered ? "order" : "nothing to reorder");
  return layer.done(["nn.Flatten()"], [product(input)]);
}

function dropout(layer: Layer) {
  layer.note("mode");
  layer.say("same layer");
  return layer.done([write.layer("Dropout", [layer.given.rate])], layer.input);
}

function activated(layer: Layer) {
  layer.say("activation");
  const written = layer.activation();
  return layer.done(written.length ? written : ["nn.Identity()"], layer.input);
}

function relu(layer: Layer) {
  layer.say("activation");
  return layer.done([layer.given.max_value ? "nn.ReLU6()" : "nn.ReLU()"], layer.input);
}

function leaky(layer: Layer) {
  layer.note("slope");
  layer.say("slope");
  return layer.done([write.layer("LeakyReLU", [layer.given.negative_slope])], layer.input);
}

function zeros(layer: Layer) {
  const { size, channels } = layer.maps();
  const [top, bottom, left, right] = layer.given.border as number[];
  layer.note("sides");
  layer.say("sides");
  const pad = write.sides("ZeroPad2d", [top, bottom], [left, right]);
  return layer.done([pad], [size[0] + top + bottom, size[1] + left + right, channels]);
}

function upsampling(layer: Layer) {
  const { size, channels } = layer.maps();
  const by = layer.given.size as Pair;
  layer.say("same layer");
  const written = write.layer("Upsample", [], { scale_factor: by });
  return layer.done([written], [size[0] * by[0], size[1] * by[1], channels]);
}

export const LAYERS: Record<string, (layer: Layer) => Translation> = {
  Conv2D: convolution,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  Conv2DTranspose: transposed,
  MaxPooling2D: pooling,
  AveragePooling2D: pooling,
  GlobalMaxPooling2D: globalPooling,
  GlobalAveragePooling2D: globalPooling,
  BatchNormalization: normalisation,
  Dense: dense,
  Flatten: flatten,
  Dropout: dropout,
  Activation: activated,
  ReLU: relu,
  LeakyReLU: leaky,
  ZeroPadding2D: zeros,
  UpSampling2D: upsampling,
};
