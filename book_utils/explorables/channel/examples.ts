/** Examples for the channel lab: the book's worked ones. */

const count = (rows: number, columns: number, from: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => from + i * columns + j),
  );
const SAME = { stride: [1, 1], padding: [0, 0], channel: 0, picked: ["output", 0, 0] };
const two = [count(3, 3, 0), count(3, 3, 1)];

/**
 * The first window is from a textbook (see the chapter); the other numbers are made to add up
 * alike.
 */
const signed = {
  input: [
    [
      [1, -1, 0, 1],
      [-1, -2, 2, 3],
      [1, 2, -2, 0],
    ],
    [
      [-2, 4, 4, 1],
      [0, 2, 1, -2],
      [3, -2, 2, 3],
    ],
    [
      [3, 0, 4, 0],
      [4, -1, -1, 4],
      [2, -1, 0, -2],
    ],
  ],
  kernel: [
    [
      [
        [-1, 1, 2],
        [1, -1, 3],
        [0, -1, -2],
      ],
      [
        [2, 0, -1],
        [1, -2, 0],
        [-1, 1, 3],
      ],
      [
        [0, 2, 1],
        [-1, 0, 2],
        [1, 1, -2],
      ],
    ],
  ],
  bias: [0],
};

export const PRESETS = [
  {
    id: "two",
    label: "two channels in, one out",
    settings: {
      ...SAME,
      input: two,
      kernel: [[count(2, 2, 0), count(2, 2, 1)]],
      bias: [0],
    },
  },
  {
    id: "three",
    label: "two in, three out",
    settings: {
      ...SAME,
      input: two,
      kernel: [0, 1, 2].map((o) => [count(2, 2, o), count(2, 2, o + 1)]),
      bias: [0, 0, 0],
    },
  },
  { id: "signed", label: "three in: 7 − 11 − 1", settings: { ...SAME, ...signed } },
  {
    id: "pixel",
    label: "1×1: three numbers into two, pixel by pixel",
    settings: {
      ...SAME,
      input: [count(2, 3, 0), count(2, 3, 6), count(2, 3, 12)],
      kernel: [
        [[[1]], [[1]], [[1]]],
        [[[1]], [[0]], [[-1]]],
      ],
      bias: [0, 0],
    },
  },
];
