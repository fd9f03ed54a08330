/** Examples for the pooling lab: the book's worked ones. */

const START = {
  kind: "max",
  window: [2, 2],
  stride: null,
  padding: [0, 0],
  dilation: [1, 1],
  ceil_mode: false,
  count_include_pad: true,
  picked: ["output", 0, 0],
};

const count = (rows: number, columns: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => i * columns + j),
  );

const [nine, sixteen] = [count(3, 3), count(4, 4)];
const four = [
  [1, -1],
  [-1, -2],
];
const edge = Array.from({ length: 6 }, () => [0, 0, 1, 1, 0, 0, 1, 1]);

/** Max and average over the same windows. */
const both = (id: string, label: string, settings: Record<string, any>) =>
  ["max", "average"].map((kind) => ({
    id: `${id}-${kind}`,
    label: `${label}, ${kind}`,
    settings: { ...START, ...settings, kind },
  }));

const WINDOWS = [
  ...both("first", "0…8, window 2×2, stride 1", { input: nine, stride: [1, 1] }),
  ...both("four", "the window 1, −1, −1, −2", { input: four }),
  {
    id: "sixteen",
    label: "0…15, window 3×3, stride 3",
    settings: { ...START, input: sixteen, window: [3, 3] },
  },
  {
    id: "overlap",
    label: "0…15, window 3×3, stride 2, padding 1",
    settings: {
      ...START,
      input: sixteen,
      window: [3, 3],
      stride: [2, 2],
      padding: [1, 1],
    },
  },
  {
    id: "wide",
    label: "0…15, window 2×3, padding 0 and 1",
    settings: {
      ...START,
      input: sixteen,
      window: [2, 3],
      padding: [0, 1],
    },
  },
];

const EDGES = [
  {
    id: "same",
    label: "0…15, padding behind alone: TensorFlow’s SAME",
    settings: {
      ...START,
      input: sixteen,
      window: [3, 3],
      stride: [2, 2],
      ceil_mode: true,
    },
  },
  {
    id: "floor",
    label: "5×5 loses a row and a column",
    settings: { ...START, input: count(5, 5) },
  },
  {
    id: "ceil",
    label: "5×5 rounded up",
    settings: { ...START, input: count(5, 5), ceil_mode: true, picked: ["output", 2, 2] },
  },
  {
    id: "counted",
    label: "average with padding counted",
    settings: {
      ...START,
      input: nine,
      kind: "average",
      window: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
    },
  },
  {
    id: "uncounted",
    label: "average with padding not counted",
    settings: {
      ...START,
      input: nine,
      kind: "average",
      window: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
      count_include_pad: false,
    },
  },
  {
    id: "ties",
    label: "stripes: who wins a tie?",
    settings: { ...START, input: edge, picked: ["output", 0, 1] },
  },
];

export const PRESETS = [
  ...WINDOWS.map((preset) => ({ ...preset, group: "Windows" })),
  ...EDGES.map((preset) => ({ ...preset, group: "At the edge" })),
];
