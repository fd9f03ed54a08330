/** Long work in slices, with pauses in which orders arrive and a page stays alive. */

export const pause = (milliseconds: number) =>
  new Promise((done) => setTimeout(done, milliseconds));

/** Goes through pieces of work, with a pause whenever a slice of so many milliseconds is over. */
export async function inSlices(pieces: Iterable<void>, slice: number) {
  let due = performance.now() + slice;
  for (const _ of pieces) {
    if (performance.now() < due) continue;
    await pause(0);
    due = performance.now() + slice;
  }
}

/** The same pieces; `add` hears how many milliseconds each took, pauses between them left out. */
export function* timed<T>(
  pieces: Generator<void, T>,
  add: (milliseconds: number) => void,
): Generator<void, T> {
  for (;;) {
    const start = performance.now();
    const next = pieces.next();
    add(performance.now() - start);
    if (next.done) return next.value;
    yield;
  }
}
