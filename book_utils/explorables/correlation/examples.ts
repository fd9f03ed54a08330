/** Examples for the correlation lab: the book's worked ones, and kernels with a name. */

type Rows = number[][];

const SAME = {
  stride: [1, 1],
  padding: [0, 0],
  dilation: [1, 1],
  mode: "zeros",
  flip: false,
  picked: ["output", 0, 0],
};

const count = (rows: number, columns: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => i * columns + j),
  );

const stripes = Array.from({ length: 6 }, () => [1, 1, 0, 0, 0, 0, 1, 1]);

/**
 * A bright square on a dark ground: small enough to check by hand, with edges, corners and flat
 * parts.
 */
const square = Array.from({ length: 7 }, (_, i) =>
  Array.from({ length: 7 }, (_, j) => (i > 1 && i < 5 && j > 1 && j < 5 ? 9 : 0)),
);

/** @param over every weight is divided by this */
const onSquare = (kernel: Rows, over: number = 1) => ({
  ...SAME,
  input: square,
  kernel: kernel.map((row) => row.map((v) => v / over)),
});

const WORKED = [
  {
    id: "first",
    label: "0…8 with 0…3",
    settings: { ...SAME, input: count(3, 3), kernel: count(2, 2) },
  },
  {
    id: "second",
    label: "0…8 with 1…4",
    settings: {
      ...SAME,
      input: count(3, 3),
      kernel: [
        [1, 2],
        [3, 4],
      ],
    },
  },
  {
    id: "seven",
    label: "a 3×3 window whose sum is 7",
    settings: {
      ...SAME,
      input: [
        [1, -1, 0],
        [-1, -2, 2],
        [1, 2, -2],
      ],
      kernel: [
        [-1, 1, 2],
        [1, -1, 3],
        [0, -1, -2],
      ],
    },
  },
  {
    id: "upright",
    label: "upright edges, 6×8 with 1, −1",
    settings: { ...SAME, input: stripes, kernel: [[1, -1]] },
  },
  {
    id: "level",
    label: "level edges in the same picture",
    settings: { ...SAME, input: stripes, kernel: [[1], [-1]] },
  },
  {
    id: "padded",
    label: "padded by 1",
    settings: { ...SAME, input: count(3, 3), kernel: count(2, 2), padding: [1, 1] },
  },
  {
    id: "strided",
    label: "stride 3 down, 2 across",
    settings: {
      ...SAME,
      input: count(3, 3),
      kernel: count(2, 2),
      padding: [1, 1],
      stride: [3, 2],
    },
  },
];

const KERNELS = [
  {
    id: "identity",
    label: "identity",
    settings: onSquare([
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]),
  },
  {
    id: "box",
    label: "box blur",
    settings: onSquare(
      [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ],
      9,
    ),
  },
  {
    id: "gauss",
    label: "Gaussian blur",
    settings: onSquare(
      [
        [1, 2, 1],
        [2, 4, 2],
        [1, 2, 1],
      ],
      16,
    ),
  },
  {
    id: "sharpen",
    label: "sharpen",
    settings: onSquare([
      [0, -1, 0],
      [-1, 5, -1],
      [0, -1, 0],
    ]),
  },
  {
    id: "sobel-x",
    label: "Sobel, upright edges",
    settings: onSquare([
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ]),
  },
  {
    id: "sobel-y",
    label: "Sobel, level edges",
    settings: onSquare([
      [-1, -2, -1],
      [0, 0, 0],
      [1, 2, 1],
    ]),
  },
  {
    id: "laplace",
    label: "Laplacian",
    settings: onSquare([
      [0, 1, 0],
      [1, -4, 1],
      [0, 1, 0],
    ]),
  },
];

export const PRESETS = [
  ...WORKED.map((preset) => ({ ...preset, group: "Worked examples" })),
  ...KERNELS.map((preset) => ({ ...preset, group: "Kernels on a bright square" })),
];
