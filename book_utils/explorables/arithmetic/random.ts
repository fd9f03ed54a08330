/**
 * Random numbers from a seed, the same on every page and in Python (parts/chance.py): a run of
 * training can be repeated.
 */

export type Random = () => number;

/** Numbers from 0 up to 1, evenly: mulberry32, whose state is one whole number of 32 bits. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers of a normal distribution around 0 (Box and Muller, 1958). */
export function normals(count: number, deviation: number, random: Random) {
  return Float64Array.from({ length: count }, () => {
    const length = Math.sqrt(-2 * Math.log(1 - random()));
    return deviation * length * Math.cos(2 * Math.PI * random());
  });
}

/** The numbers from 0 up to `count` in a random order (Fisher and Yates). */
export function shuffled(count: number, random: Random) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
