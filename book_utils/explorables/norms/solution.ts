/** What the settings of the norms lab come to: which cells share, before and after. */
import { course, normalise, refusal, sharing, statistics } from "../arithmetic/normalisation.ts";
import { tensor } from "../arithmetic/tensor.ts";
import { indexIn, type Place } from "../parts/block.ts";
import type { NormsLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof solve>;

/** @throws {RangeError} where the settings do not go together */
export function demandFit({ input, population, norm, groups }: Settings) {
  const { shape } = tensor(input);
  if (population[0].length !== shape[1]) {
    throw new RangeError("its population has other channels than its input");
  }
  sharing(shape, norm, groups);
}

/** What batch norm keeps of a population: mean and unbiased variance, as with momentum None. */
function keptOf(population: Settings["population"]) {
  const { data, shape } = tensor(population);
  return course([statistics(data, sharing(shape, "batch"))], null, shape[1])[1];
}

export function solve(settings: Settings) {
  const { input, norm, groups, training, eps, gamma, beta } = settings;
  const x = tensor(input);
  const { shape } = x;
  const sets = sharing(shape, norm, groups);
  const own = statistics(x.data, sets);
  const refused = refusal(shape, norm, groups, training);
  /** Evaluated, batch norm takes what it kept in training. */
  const usesKept = norm === "batch" && !training;
  const used = usesKept ? keptOf(settings.population) : own;
  return {
    ...settings,
    shape,
    x,
    y: refused ? null : normalise(x, sets, used, { eps, gamma, beta }),
    sets,
    own,
    used,
    usesKept,
    refused,
    indexOf: (place: Place) => indexIn(shape, place),
  };
}

/** The cells that share a mean with one, as ranges of examples and channels; all places do. */
export function shareOf(
  {
    norm,
    groups,
    training,
    shape: [n, c],
  }: Pick<Solution, "norm" | "groups" | "training" | "shape">,
  [example, channel]: Place,
) {
  const each = c / groups;
  const first = Math.floor(channel / each) * each;
  const one = (i: number) => [i, i + 1] as const;
  if (norm === "batch" && !training) return null;
  return {
    batch: { examples: [0, n] as const, channels: one(channel) },
    layer: { examples: one(example), channels: [0, c] as const },
    instance: { examples: one(example), channels: one(channel) },
    group: { examples: one(example), channels: [first, first + each] as const },
  }[norm];
}
