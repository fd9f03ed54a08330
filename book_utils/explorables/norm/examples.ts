/** Examples for the norm lab. */

/** A block counted out by a rule. @param rule  i counts the cells of a map */
const block = ([n, c, h, w]: number[], rule: (n: number, c: number, i: number) => number) =>
  Array.from({ length: n }, (_, example) =>
    Array.from({ length: c }, (_, channel) =>
      Array.from({ length: h }, (_, row) =>
        Array.from({ length: w }, (_, column) => rule(example, channel, row * w + column)),
      ),
    ),
  );

const START = {
  norm: "batch",
  groups: 1,
  momentum: 0.1,
  eps: 1e-5,
  gamma: 1,
  beta: 0,
  training: true,
  seen: 1,
  batch: 1,
  seed: 0,
  picked: [0, 0, 0, 0],
};

const preset = (
  id: string,
  label: string,
  input: number[][][][],
  settings: Record<string, any> = {},
) => ({ id, label, settings: { ...START, input, population: input, ...settings } });

const RANGES = block(
  [4, 2, 2, 2],
  (n, c, i) =>
    (c ? [100, 400, 700, 1000, 250, 550, 850, 300] : [1, 4, 7, 10, 3, 5, 9, 2])[
      (3 * n + 2 * i + n * i) % 8
    ],
);
const BRIGHT = block([3, 2, 2, 2], (n, c, i) => (1 + 2 * i + c) * [1, 2, 10][n]);
const PHOTOS = block([4, 3, 2, 3], (n, c, i) => (7 * n + 3 * c + 5 * i + n * i * (c + 1)) % 10);
const CONSTANT = block([3, 2, 2, 2], (n, c, i) => (c ? 5 : (3 * n + 2 * i) % 7));
const SINGLE = block([1, 4, 1, 1], (_, c) => [7, 2, 5, 4][c]);

export const PRESETS = [
  preset("ranges", "channels from 1 to 10 and from 100 to 1000", RANGES),
  preset("photos", "three channels, three means", PHOTOS),
  preset("bright", "one example ten times as bright", BRIGHT, {
    norm: "instance",
    picked: [2, 0, 0, 0],
  }),
  preset(
    "grouped",
    "six channels in three groups",
    block([2, 6, 2, 1], (n, c, i) => (5 * n + 3 * c + 4 * i) % 9),
    { norm: "group", groups: 3 },
  ),
  preset("constant", "a constant channel: only ε is left", CONSTANT, { picked: [0, 1, 0, 0] }),
  preset("single", "one example, one pixel: refused", SINGLE),
];
