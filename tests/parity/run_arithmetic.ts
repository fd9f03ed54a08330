// Calls the front-end arithmetic: a list of [function, ...arguments] comes in as JSON on stdin,
// a list of { value } or { refused } goes out. Any error but a RangeError ends the run.
import { readFileSync } from "node:fs";
import * as accounts from "../../book_utils/explorables/architecture/account.ts";
import { code, layerCode } from "../../book_utils/explorables/architecture/code.ts";
import { parse } from "../../book_utils/explorables/architecture/parse.ts";
import * as ascent from "../../book_utils/explorables/arithmetic/ascent.ts";
import * as attribution from "../../book_utils/explorables/arithmetic/attribution.ts";
import * as axis from "../../book_utils/explorables/arithmetic/axis.ts";
import * as batchNetwork from "../../book_utils/explorables/arithmetic/batch_network.ts";
import * as convolution from "../../book_utils/explorables/arithmetic/convolution.ts";
import * as coverage from "../../book_utils/explorables/arithmetic/coverage.ts";
import * as denseBlock from "../../book_utils/explorables/arithmetic/dense_block.ts";
import * as descent from "../../book_utils/explorables/arithmetic/descent.ts";
import * as filters from "../../book_utils/explorables/arithmetic/filter.ts";
import { type Complex, fft2 } from "../../book_utils/explorables/arithmetic/fourier.ts";
import * as gradient from "../../book_utils/explorables/arithmetic/gradient.ts";
import { untrained } from "../../book_utils/explorables/arithmetic/initial.ts";
import * as ladder from "../../book_utils/explorables/arithmetic/ladder.ts";
import * as layer from "../../book_utils/explorables/arithmetic/layer.ts";
import * as leastSquares from "../../book_utils/explorables/arithmetic/least_squares.ts";
import * as ledgers from "../../book_utils/explorables/arithmetic/ledger.ts";
import * as limits from "../../book_utils/explorables/arithmetic/limits.ts";
import * as links from "../../book_utils/explorables/arithmetic/links.ts";
import * as mixing from "../../book_utils/explorables/arithmetic/mixing.ts";
import * as network from "../../book_utils/explorables/arithmetic/network.ts";
import * as normalisation from "../../book_utils/explorables/arithmetic/normalisation.ts";
import * as pooling from "../../book_utils/explorables/arithmetic/pooling.ts";
import * as random from "../../book_utils/explorables/arithmetic/random.ts";
import { rankCorrelation } from "../../book_utils/explorables/arithmetic/ranks.ts";
import { bilinear } from "../../book_utils/explorables/arithmetic/resize.ts";
import * as scaling from "../../book_utils/explorables/arithmetic/scaling.ts";
import * as schedule from "../../book_utils/explorables/arithmetic/schedule.ts";
import * as separable from "../../book_utils/explorables/arithmetic/separable.ts";
import * as slopes from "../../book_utils/explorables/arithmetic/slopes.ts";
import * as regression from "../../book_utils/explorables/arithmetic/softmax_regression.ts";
import type { Tensor } from "../../book_utils/explorables/arithmetic/tensor.ts";
import * as tensor from "../../book_utils/explorables/arithmetic/tensor.ts";
import * as training from "../../book_utils/explorables/arithmetic/training.ts";
import * as transposed from "../../book_utils/explorables/arithmetic/transposed.ts";
import * as ascents from "../../book_utils/explorables/ascent/session.ts";
import * as attributionLab from "../../book_utils/explorables/attribution/solution.ts";
import { solve as solveBackward, termsOf } from "../../book_utils/explorables/backward/solution.ts";
import { solve as solveCanyon } from "../../book_utils/explorables/canyon/solution.ts";
import { solve as solveColumns } from "../../book_utils/explorables/column/solution.ts";
import * as companies from "../../book_utils/explorables/company/solution.ts";
import { solve as solveField } from "../../book_utils/explorables/field/solution.ts";
import { FAMILIES, presetOf } from "../../book_utils/explorables/image/kernels.ts";
import { translate } from "../../book_utils/explorables/keras/translate.ts";
import * as ledgerWords from "../../book_utils/explorables/ledger/words.ts";
import { spent as spentInPace } from "../../book_utils/explorables/pace/words.ts";
import * as digit from "../../book_utils/explorables/parts/digit.ts";
import { Drawing } from "../../book_utils/explorables/parts/ink.ts";
import * as numbers from "../../book_utils/explorables/parts/numbers.ts";
import * as pictures from "../../book_utils/explorables/parts/pictures.ts";
import { plural } from "../../book_utils/explorables/parts/words.ts";
import { meaning, readWritten } from "../../book_utils/explorables/platform/written.ts";
import { judge } from "../../book_utils/explorables/question/judge.ts";
import * as race from "../../book_utils/explorables/race/orders.ts";
import * as raceOutcome from "../../book_utils/explorables/race/outcome.ts";
import * as raceResult from "../../book_utils/explorables/race/result.ts";
import * as raceSession from "../../book_utils/explorables/race/session.ts";
import { solve as solveRing } from "../../book_utils/explorables/ring/solution.ts";
import type { AscentLab, CompanyLab } from "../../book_utils/explorables/settings.ts";
import * as shifting from "../../book_utils/explorables/shift/shifting.ts";
import { solve as solveSubsample } from "../../book_utils/explorables/subsample/solution.ts";
import * as teaching from "../../book_utils/explorables/teach/study.ts";
import * as transposedLab from "../../book_utils/explorables/transposed/solution.ts";
import * as binding from "../../book_utils/explorables/weight_matrix/binding.ts";

const modules = [
  attribution,
  axis,
  batchNetwork,
  convolution,
  coverage,
  layer,
  leastSquares,
  limits,
  links,
  pooling,
  tensor,
  transposed,
  binding,
  denseBlock,
  descent,
  digit,
  filters,
  gradient,
  mixing,
  network,
  normalisation,
  numbers,
  pictures,
  scaling,
  separable,
  shifting,
  slopes,
];
/** By name; what they take comes from JSON, and the tests see to its types. */
const functions: Record<string, (...args: any[]) => any> = Object.assign({}, ...modules);
const named = modules.reduce((sum, module) => sum + Object.keys(module).length, 0);
if (named > Object.keys(functions).length)
  throw new Error("two modules export one name: a test would call the wrong one");

// Pictures come as lists, and the image lab's functions want flat arrays.
for (const name of ["filter", "grey", "windowAt"]) {
  const onArrays = functions[name];
  functions[name] = (x, ...rest) => onArrays({ ...x, data: Float32Array.from(x.data) }, ...rest);
}
// JSON has no infinities, so numbers to be written come spelled out.
for (const name of ["significant", "short"]) {
  const ofNumbers = functions[name];
  functions[name] = (text, ...rest) => ofNumbers(Number(text), ...rest);
}
functions.plural = plural;
functions.judge = judge;
functions.translate = translate;
functions.backward = solveBackward;
functions.backwardTerms = (settings, grid, at) => termsOf(solveBackward(settings), { grid, at });
functions.field = solveField;
functions.pace = spentInPace;
functions.subsample = solveSubsample;
functions.ringLab = solveRing;
functions.columnLab = (settings) => {
  const { columns, weights, output, positions, taps, price, columnOf } = solveColumns(settings);
  const all = Array.from({ length: positions }, (_, position) => columnOf(position));
  return { columns, weights, output, shape: [taps, positions], price, all };
};
// The outputs of each rung that is made for the kernel, and how many numbers it multiplies.
functions.ladder = (size, kernel) => {
  const problem = ladder.problemOf(size, kernel);
  const climbed = ladder.NAMES.filter((name) => ladder.climbs(name, kernel));
  return climbed.map((name) => {
    const y = ladder.flat(ladder.RUNGS[name].ready(problem)());
    return [name, [...y], ladder.RUNGS[name].multiplications(size, kernel)];
  });
};
functions.fft2 = (re, im, side, sign) => {
  const image: Complex = { re: Float64Array.from(re), im: Float64Array.from(im) };
  fft2(image, side, sign);
  return [[...image.re], [...image.im]];
};
functions.meaning = meaning;
functions.readWritten = (fragment) => {
  const { lab, settings } = readWritten(fragment);
  return [lab, Object.entries(settings)];
};
functions.presetOf = (kernel, presets) => presetOf(kernel, presets)?.name ?? null;
functions.family = (name, height, width) => FAMILIES[name](height, width);

// What each layer of a network puts out for many pictures, as float32 in base64: JSON would take
// its time.
functions.forwardAll = (layers, pictures) => {
  const unpacked = layers.map(network.unpackLayer);
  const pixels = Float64Array.from(network.bytesOf(pictures), (byte) => byte / 255);
  const inputs = Array.from({ length: pixels.length / 784 }, (_, i) =>
    pixels.subarray(784 * i, 784 * (i + 1)),
  );
  const outputs = inputs.map((data) => network.forward(unpacked, { data, shape: [1, 1, 28, 28] }));
  return layers.map((_: unknown, l: number) => {
    const all = Float32Array.from(outputs.flatMap((each) => Array.from(each[l].data)));
    return Buffer.from(all.buffer).toString("base64");
  });
};

// What each layer of a network puts out, and the gradients of one of its last numbers.
functions.gradientsOf = (layers, pixels, index) => {
  const unpacked = layers.map(network.unpackLayer);
  const outputs = network.forward(unpacked, pixels);
  const dy = gradient.oneHot(outputs[outputs.length - 1].data.length, index);
  return gradient.inputGradients(unpacked, pixels, outputs, dy);
};
// The weights and biases that a seed gives to the layers of a network.
functions.untrained = (layers, seed) =>
  untrained(layers.map(network.unpackLayer), seed).flatMap(({ weight, bias }) =>
    weight ? [weight, bias] : [],
  );

// Where the two pictures of the ascent lab come to: [picture, values, diverged] of both.
functions.ascents = (layers, states, drawn) => {
  const unpacked = layers.map(network.unpackLayer);
  return states.map((state: AscentLab) => {
    const { without, kept } = ascents.begun(state, drawn, unpacked);
    return [without, kept].map((climb) => {
      for (let step = 0; step < state.steps; step++) climb.take();
      return [climb.pictures[climb.steps], climb.found.map(({ value }) => value), climb.diverged];
    });
  });
};
functions.blurred = (x, side) => ascent.blurred(Float64Array.from(x), side);
functions.bilinear = bilinear;
// JSON has no NaN: it comes back as text.
functions.rankCorrelation = rankCorrelation;
functions.gradCam = (layers, ...rest) =>
  attribution.gradCam(layers.map(network.unpackLayer), ...(rest as [Tensor, number]));
// What the attribution lab shows of a picture with trained and with random weights.
functions.attributionLab = (layers, seed, picture, settings) => {
  const trained = layers.map(network.unpackLayer);
  const x = attributionLab.pictureOf(pictures.pixelsOf(picture));
  const { target, size, fill, method } = settings;
  const corner = attributionLab.cornerOf(settings);
  const maps = [trained, untrained(trained, seed)].map((each) => {
    if (method !== "occlusion") return attributionLab.mapOf(method, each, x, target);
    const occlusion = new attributionLab.Occlusion(each, x, { size, fill });
    while (!occlusion.isDone) occlusion.step();
    return occlusion.falls(target, attribution.scoresOf(each, x).data[target]);
  });
  return {
    maps: maps.map(({ data, side }) => ({ data, shape: [side, side] })),
    corner,
    covered: attribution.scoresOf(trained, attribution.covered(x, corner, size, fill)),
    alike: rankCorrelation(maps[0].data, maps[1].data),
    values: maps.map((map) => attributionLab.valueAt(map, settings)),
  };
};

const returned = <T>(pieces: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value as T;
  }
};
functions.batchForward = (...args) =>
  returned(batchNetwork.batchForward(...(args as Parameters<typeof batchNetwork.batchForward>)));
functions.canyon = solveCanyon;
// Which pictures are beside the boot, and its probabilities, in each of some states.
functions.companies = (packed, levels, states) => {
  const network = companies.assembled(
    packed,
    Float64Array.from(levels, (v: number) => v / 15),
  );
  return states.map((state: CompanyLab) => ({
    others: companies.othersOf(network, state).map((place) => packed.indices[place]),
    probabilities: returned(companies.answered(network, state, state.mode === "train")),
  }));
};

// What a pad holds, and the digit it gives, after steps such as ["begin", [x, y]] and ["undo"].
functions.drawn = (steps) => {
  const drawing = new Drawing(null);
  for (const [step, argument] of steps as ["begin" | "undo", any][]) drawing[step](argument);
  return [drawing.ink, drawing.digit()];
};

// The last of some batches through a norm, after the others have moved the running averages.
functions.norm = (batches, { norm, groups, training, momentum, ...affine }) => {
  const [{ shape }, last] = [batches[0], batches.at(-1)];
  const sets = normalisation.sharing(shape, norm, groups);
  const stats = batches.map(({ data }: Tensor) => normalisation.statistics(data, sets));
  const runs = norm === "batch" ? normalisation.course(stats, momentum, shape[1]) : [];
  const used = norm === "batch" && !training ? runs.at(-2) : stats.at(-1);
  return {
    y: normalisation.normalise(last, sets, used, affine),
    runs,
    stats,
    refused: normalisation.refusal(shape, norm, groups, training),
  };
};

// All that the transposed lab shows of its settings, and what each cell of its spread input holds.
functions.transposedLab = (settings) => {
  const lab = transposedLab.solve(settings);
  const { shape, offset = [0, 0] } = lab.boxes.spread ?? { shape: [0, 0] };
  const along = (d: 0 | 1) => Array.from({ length: shape[d] }, (_, i) => i + offset[d]);
  const { output, uncropped, counts, patterns, matrix } = lab;
  const spread = along(0).map((i) => along(1).map((j) => transposedLab.held(lab, [i, j])));
  return { output, uncropped, counts, patterns, spread, matrix: matrix.map((row) => [...row]) };
};
functions.transposedMeetings = (settings, pick) =>
  transposedLab.meetings(transposedLab.solve(settings), pick);

// The layer that learns: examples as rows of features.
functions.lastLayer = (rows, labels) => {
  const examples = rows.map((row: number[]) => Float64Array.from(row));
  const common = regression.overlaps(examples);
  const from = labels.map((_: number, j: number) => j);
  const layer = regression.layerOf(regression.fitted({ common, labels, from }), examples);
  return { weight: layer.weight.map((row) => [...row]), bias: layer.bias };
};

functions.taught = (layers, pairs, settings, drawn) => {
  const trained = layers.map((each: network.Layer) => ({ ...each, ...network.unpackLayer(each) }));
  const features = new teaching.Features({ trained, random: untrained(trained, 0) });
  const all = teaching.unpacked(pairs, settings.signs);
  const work = teaching.studied({ all, settings, drawn, features });
  let step = work.next();
  while (!step.done) step = work.next();
  return teaching.KINDS.map((kind) => {
    const { examples, leftOut, further } = step.value.of[kind];
    const pad = teaching.firstOf(all);
    const second = teaching.judged(step.value, kind, features, pad);
    return { features: examples.map((row) => [...row]), leftOut, further, second };
  });
};

// Steps of gradient descent from given weights on given batches: the weights, losses, gradients.
functions.descended = (weights, images, labels, { rate, batches }) => {
  const pass = new training.Pass();
  const now = training.weightsOf(weights);
  const digits = { images: Float64Array.from(images.data), labels: Uint8Array.from(labels) };
  let gradients = training.noGradients();
  const losses = batches.map((batch: number[]) => {
    gradients = training.noGradients();
    let loss = 0;
    for (const i of batch) {
      const image = training.imageOf(digits, i);
      pass.forward(now, image);
      loss += pass.backward(now, image, labels[i], 1 / batch.length, gradients) / batch.length;
    }
    training.descend(now, gradients, rate);
    return loss;
  });
  return { losses, weights: now, gradients };
};
// A run of a seed on digits as bytes of so many levels: what the lab on a page does.
const digitsOf = (bytes: string, levels: number): training.Digits => {
  const images = Float64Array.from(network.bytesOf(bytes), (level) => level / (levels - 1));
  return { images, labels: Uint8Array.from({ length: images.length / 784 }, (_, i) => i % 10) };
};
functions.trainingRun = (seed, bytes, levels, { steps, batch, rate, ...extras }) => {
  const digits = digitsOf(bytes, levels);
  const run = new training.Run(seed, digits.labels.length);
  const first = structuredClone(run.weights);
  const take = () => returned(run.step(digits, batch, rate, extras));
  const taken = Array.from({ length: steps }, take);
  return { first, taken, accuracy: returned(run.accuracy(digits)) };
};
functions.shareOfCycle = (step, steps) => schedule.oneCycle(step, steps);
// A race as a page runs it, and the rules that it goes by.
functions.raced = (bytes, levels, count, order, settings) => {
  const all = digitsOf(bytes, levels);
  const parts = [
    [0, count],
    [count, all.labels.length],
  ];
  const [train, test] = parts.map(([from, to]) => training.someOf(all, from, to));
  const told: [race.Progress, boolean][] = [];
  const tell = (progress: race.Progress, running: boolean) => told.push([progress, running]);
  const session = raceSession.begin({ train, test, settings, tell, slice: Infinity });
  session.take(order, settings);
  const [progress, running] = told[told.length - 1];
  return { progress, running, outcome: raceOutcome.outcomeOf(progress) };
};
functions.raceRules = () => ({ ...race });
functions.raceSent = (progress, races, where) => {
  const outcome = raceOutcome.outcomeOf(progress);
  if (!outcome) throw new RangeError("no network is done");
  return raceResult.counts(outcome) && raceResult.asSent(outcome, races, where, new Date(0));
};
functions.randoms = (seed, count) => {
  const next = random.randomFrom(seed);
  return Array.from({ length: count }, next);
};
functions.normalsOf = (seed, count) => random.normals(count, 2, random.randomFrom(seed));
functions.shuffledOf = (seed, count) => random.shuffled(count, random.randomFrom(seed));

// All that the ledger shows of a network, with the arithmetic of each row for a batch.
functions.ledger = ledgers.ledger;
functions.ledgerRows = (input, layers, numberBytes, batch) => {
  const rows = ledgers.ledger(input, layers, numberBytes);
  const network = { input, layers, number_bytes: numberBytes };
  return {
    rows,
    totals: ledgers.totals(rows),
    settings: layers.map(ledgerWords.setting),
    python: ledgerWords.asPython(input, layers, rows),
    words: rows.map((_, i) => ledgerWords.explain(ledgerWords.stepOf(network, rows, batch, i))),
  };
};

// What each row of a network costs, or why it does not fit.
functions.account = (input, rows) => {
  const entries = accounts.account(input, rows);
  return { entries, sums: accounts.sums(entries) };
};
functions.settled = accounts.settled;
functions.parse = parse;
functions.code = code;
functions.layerCode = layerCode;

function answer([name, ...args]: [string, ...unknown[]]) {
  try {
    return { value: functions[name](...args) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { refused: error.message };
  }
}

// JSON has no infinities and would write typed arrays as objects.
function plain(_: string, value: unknown) {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

const calls = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calls.map(answer), plain));
