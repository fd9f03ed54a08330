/** Random numbers that are the same in every run; TEST_SEED=7 in the environment draws others. */

/** Draws for one test: mulberry32, of 32 bits. */
export function drawing(salt = 0) {
  let state = (Number(process.env.TEST_SEED ?? 0) * 7919 + salt) >>> 0;
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    /** a whole number, both ends included */
    whole,
    one: <T>(of: readonly T[]) => of[whole(0, of.length - 1)],
    /** a number of any size between 1e−9 and 1e6, of either sign */
    number: () => (unit() < 0.5 ? -1 : 1) * 10 ** (15 * unit() - 9),
    text: (characters: string, most: number) =>
      Array.from(
        { length: whole(0, most) },
        () => characters[whole(0, characters.length - 1)],
      ).join(""),
    grid: (height: number, width: number) =>
      Array.from({ length: height }, () => Array.from({ length: width }, () => whole(-99, 99))),
  };
}

/** So many times. */
export function times(n: number, what: (i: number) => void) {
  for (let i = 0; i < n; i++) what(i);
}
