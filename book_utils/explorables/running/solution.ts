/** What the settings of the running averages lab come to: a stream of batches, and what is kept. */
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
import { indexIn, type Place } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";
import type { RunningLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof useSolution>;

/** @throws {RangeError} where the settings do not go together */
export function demandFit({ input, population }: Settings) {
  if (population[0].length !== input[0].length) {
    throw new RangeError("its population has other channels than its input");
  }
}

/**
 * The batch that is shown, and the running averages after each batch. Each is worked out anew only
 * when a setting changes that it depends on: a stream of batches takes its time.
 * @param batches of the stream in training
 */
export function useSolution(settings: Settings, batches: number) {
  const { input, population, momentum, training, seen, seed, eps } = settings;
  const number = training ? seen : settings.batch;
  const first = useMemo(() => tensor(input), [input]);
  const { shape } = first;
  const source = useMemo(() => tensor(population), [population]);
  const truth = useMemo(() => statistics(source.data, sharing(source.shape, "batch")), [source]);
  const sets = useMemo(() => sharing(shape, "batch"), [first]);
  const blockOf = (batch: number) => (batch === 1 ? first : drawBatch(source, seed, batch, shape));
  const stream = useMemo(
    () => range(batches).map((i) => statistics(blockOf(i + 1).data, sets)),
    [first, source, seed],
  );
  const runs = useMemo(() => course(stream, momentum, shape[1]), [stream, momentum]);
  const x = useMemo(() => blockOf(number), [first, source, seed, number]);
  const own = useMemo(() => statistics(x.data, sets), [x]);
  const refused = refusal(shape, "batch", 1, training);
  const used = training ? own : runs[seen];
  const y = useMemo(
    () => (refused ? null : normalise(x, sets, used, { eps })),
    [x, used, eps, refused],
  );
  const [n, , h, w] = shape;
  return {
    ...settings,
    /** of the batch that is shown */
    number,
    shape,
    /** how many numbers a channel has in a batch */
    size: n * h * w,
    x,
    y,
    own,
    used,
    refused,
    stream,
    runs,
    /** of all numbers of each channel together */
    truth,
    indexOf: (place: Place) => indexIn(shape, place),
    /** The ith number of a channel, by examples, rows and columns. */
    placeOf: (channel: number, i: number): Place => [
      Math.floor(i / (h * w)),
      channel,
      Math.floor(i / w) % h,
      i % w,
    ],
    /** Where a cell stands among the numbers of its channel. */
    orderOf: ([example, , row, column]: Place) => example * h * w + row * w + column,
  };
}
