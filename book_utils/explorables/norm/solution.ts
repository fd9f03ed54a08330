/** What the settings of the norm lab come to: the batch that is shown, before and after. */
import { useMemo } from "preact/hooks";
import {
  course,
  drawBatch,
  normalise,
  refusal,
  sharing,
  statistics,
} from "../arithmetic/normalisation.ts";
import { tensor } from "../arithmetic/tensor.ts";
import { range } from "../parts/grid.tsx";
import type { NormLab as Settings } from "../settings.ts";

/** of a cell in a block: example, channel, row and column */
export type Place = number[];
export type Solution = ReturnType<typeof useSolution>;

/** @throws {RangeError} where the settings do not go together */
export function demandFit({ input, population, norm, groups }: Settings) {
  const { shape } = tensor(input);
  if (population[0].length !== shape[1]) {
    throw new RangeError("its population has other channels than its input");
  }
  sharing(shape, norm, groups);
}

/**
 * The block that is shown, its statistics and its normalised values. Each is worked out anew only
 * when a setting changes that it depends on: a stream of batches takes its time.
 * @param batches of the stream in training
 */
export function useSolution(settings: Settings, batches: number) {
  const { input, population, norm, groups, momentum, training, seen, seed } = settings;
  const { eps, gamma, beta } = settings;
  const number = training ? seen : settings.batch;
  const first = useMemo(() => tensor(input), [input]);
  const { shape } = first;
  const source = useMemo(() => tensor(population), [population]);
  const truth = useMemo(() => statistics(source.data, sharing(source.shape, "batch")), [source]);
  const blockOf = (batch: number) => (batch === 1 ? first : drawBatch(source, seed, batch, shape));
  const stream = useMemo(() => {
    const sets = sharing(shape, "batch");
    return range(batches).map((i) => statistics(blockOf(i + 1).data, sets));
  }, [first, source, seed]);
  const runs = useMemo(() => course(stream, momentum, shape[1]), [stream, momentum]);
  const x = useMemo(() => blockOf(number), [first, source, seed, number]);
  const sets = useMemo(() => sharing(shape, norm, groups), [...shape, norm, groups]);
  const own = useMemo(() => statistics(x.data, sets), [x, sets]);
  const refused = refusal(shape, norm, groups, training);
  const used = norm === "batch" && !training ? runs[seen] : own;
  const y = useMemo(
    () => (refused ? null : normalise(x, sets, used, { eps, gamma, beta })),
    [x, sets, used, eps, gamma, beta, refused],
  );
  const [, c, h, w] = shape;
  return {
    ...settings,
    number,
    shape,
    x,
    y,
    sets,
    own,
    used,
    refused,
    stream,
    runs,
    /** of all numbers of each channel together */
    truth,
    /** Where a cell stands among the numbers of the block. */
    indexOf: ([example, channel, row, column]: Place) =>
      ((example * c + channel) * h + row) * w + column,
  };
}
