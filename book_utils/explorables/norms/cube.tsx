/**
 * A block as Wu and He (2018) draw it: channels to the right, examples into the depth, rows and
 * columns down. The cells that share a mean with the picked one are filled.
 */
import type { Place } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";

type Span = readonly [from: number, to: number];
/** ranges of channels, of rows and columns, and of examples */
type Box = { c: Span; p: Span; n: Span };
type Point = [c: number, p: number, n: number];

const [WIDTH, HEIGHT] = [92, 76];
const ROOM = { left: 25, right: 6, top: 2, bottom: 15 }; // for the letters
const DEPTH = [0.55, 0.42]; // of a step into the depth, to the right and up

type CubeProps = {
  shape: number[];
  share: { examples: Span; channels: Span } | null;
  picked: Place | null;
};

export function Cube({ shape: [n, c, h, w], share, picked }: CubeProps) {
  const places = h * w;
  const across = (WIDTH - ROOM.left - ROOM.right) / (c + DEPTH[0] * n);
  const down = (HEIGHT - ROOM.top - ROOM.bottom) / (places + DEPTH[1] * n);
  const step = Math.min(across, down, 13);
  const left = ROOM.left + ((across - step) * (c + DEPTH[0] * n)) / 2;
  const top = ROOM.top + ((down - step) * (places + DEPTH[1] * n)) / 2;
  const at = ([i, j, k]: Point) => {
    const x = left + step * (i + DEPTH[0] * k);
    const y = top + step * (j + DEPTH[1] * (n - k));
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const path = (...points: Point[]) => `M${points.map(at).join("L")}`;
  /** The faces of a box that are seen: front, top and right. */
  const faces = ({ c: [c0, c1], p: [p0, p1], n: [n0, n1] }: Box) => ({
    front: `${path([c0, p0, n0], [c1, p0, n0], [c1, p1, n0], [c0, p1, n0])}Z`,
    top: `${path([c0, p0, n0], [c1, p0, n0], [c1, p0, n1], [c0, p0, n1])}Z`,
    right: `${path([c1, p0, n0], [c1, p1, n0], [c1, p1, n1], [c1, p0, n1])}Z`,
  });
  /** The lines between the cells on these faces. */
  const lines = ({ c: [c0, c1], p: [p0, p1], n: [n0, n1] }: Box) =>
    [
      ...range(c1 - c0 + 1).map((i) => path([c0 + i, p1, n0], [c0 + i, p0, n0], [c0 + i, p0, n1])),
      ...range(p1 - p0 + 1).map((j) => path([c0, p0 + j, n0], [c1, p0 + j, n0], [c1, p0 + j, n1])),
      ...range(n1 - n0 + 1).map((k) => path([c0, p0, n0 + k], [c1, p0, n0 + k], [c1, p1, n0 + k])),
    ].join("");
  const all: Box = { c: [0, c], p: [0, places], n: [0, n] };
  const shared: Box | null = share && { c: share.channels, p: [0, places], n: share.examples };
  const one: Box | null = picked && {
    c: [picked[1], picked[1] + 1],
    p: [picked[2] * w + picked[3], picked[2] * w + picked[3] + 1],
    n: [picked[0], picked[0] + 1],
  };
  const solid = (box: Box, kind: string) => (
    <g class={kind}>
      {Object.entries(faces(box)).map(([face, d]) => (
        <path key={face} class={face} d={d} />
      ))}
      <path class="lines" d={lines(box)} />
    </g>
  );
  const [bottom, middle] = [top + step * (places + DEPTH[1] * n), left + (step * c) / 2];
  return (
    <svg class="cnl-cube" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {solid(all, "all")}
      {shared && solid(shared, "share")}
      {one && solid(one, "one")}
      <path class="over" d={lines(all)} />
      <text x={middle} y={bottom + 10}>
        C
      </text>
      <text x={left - 3} y={top + step * (DEPTH[1] * n + places / 2)} class="side">
        H,W
      </text>
      <text
        x={left + step * (c + (DEPTH[0] * n) / 2) + 7}
        y={top + step * (places + (DEPTH[1] * n) / 2) + 6}
      >
        N
      </text>
    </svg>
  );
}
