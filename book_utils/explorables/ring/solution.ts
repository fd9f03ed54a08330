/** What the settings of the ring lab come to: the pieces after a step, and what was sent. */
import { allReduce, stepsOf } from "../arithmetic/all_reduce.ts";
import type { RingLab as Settings } from "../settings.ts";

export type Solution = ReturnType<typeof solve>;

/** The gradients, a row for each device: the first 64 digits of π. As in lab.py. */
const DIGITS = "3141592653589793238462643383279502884197169399375105820974944592";
const MOST = 8; // devices

export function solve({ devices: n, step, method }: Settings) {
  const rows = Array.from({ length: n }, (_, i) => DIGITS.slice(MOST * i, MOST * i + n));
  const gradients = rows.map((row) => [...row].map(Number));
  const steps = stepsOf(n);
  const taken = Math.min(step, steps);
  const { sent, received, ...now } = allReduce(gradients, method, taken);
  const end = allReduce(gradients, method, steps);
  const inGradients = (pieces: number[]) => pieces.map((count) => count / n);
  return {
    n,
    method,
    gradients,
    /** how many steps there are, and how many were taken */
    steps,
    taken,
    isAdding: taken < n,
    /** what each device has, and the pieces that came with the last step */
    ...now,
    /** what comes with the next step */
    next: allReduce(gradients, method, Math.min(taken + 1, steps)).moved,
    /** by device, in gradients: so far, and in the end */
    sent: inGradients(sent),
    received: inGradients(received),
    inAll: { sent: inGradients(end.sent), received: inGradients(end.received) },
    sum: end.pieces[0].map(({ value }) => value),
  };
}
