/**
 * All-reduce: each of n devices has a gradient in n pieces, and in the end each has their sum.
 * Round a ring, every device passes one piece to its neighbour in each step (Patarasuk and Yuan
 * 2009); or device 0 collects the gradients, one at a time, and sends the sum back.
 */

export type Method = "ring" | "collect";

/** A piece on a device: its number, and the devices whose gradients are in it, in their order. */
export type Piece = { value: number; of: number[] };

/** A piece on its way; the receiver adds it to its own, or else takes it in its place. */
export type Transfer = { from: number; to: number; piece: number; adds: boolean };

/** How many steps there are: half of them add, half of them copy. */
export const stepsOf = (devices: number) => 2 * (devices - 1);

/** What is sent in a step; steps count from 0. */
export function transfers(method: Method, n: number, step: number): Transfer[] {
  const all = Array.from({ length: n }, (_, i) => i);
  const adds = step < n - 1;
  if (method === "ring")
    return all.map((from) => ({
      from,
      to: (from + 1) % n,
      piece: (from - step + 2 * n) % n,
      adds,
    }));
  const other = (step % (n - 1)) + 1;
  const [from, to] = adds ? [other, 0] : [0, other];
  return all.map((piece) => ({ from, to, piece, adds }));
}

/** What each device holds after so many steps: `gradients` has a row for each, a number a piece. */
export function allReduce(gradients: number[][], method: Method, steps: number) {
  const n = gradients.length;
  const pieces = gradients.map((row, device) =>
    row.map((value): Piece => ({ value, of: [device] })),
  );
  const sent = gradients.map(() => 0); // pieces
  const received = gradients.map(() => 0);
  let moved: (Transfer & { carried: Piece; before: Piece })[] = [];
  for (let step = 0; step < steps; step++) {
    moved = transfers(method, n, step).map((transfer) => ({
      ...transfer,
      carried: pieces[transfer.from][transfer.piece],
      before: pieces[transfer.to][transfer.piece],
    }));
    for (const { from, to, piece, adds, carried, before } of moved) {
      pieces[to][piece] = adds ? sum(before, carried) : carried;
      sent[from]++;
      received[to]++;
    }
  }
  return { pieces, sent, received, moved };
}

const sum = (one: Piece, other: Piece): Piece => ({
  value: one.value + other.value,
  of: [...one.of, ...other.of].sort((a, b) => a - b),
});
