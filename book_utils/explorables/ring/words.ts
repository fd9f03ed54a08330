/** What the ring lab says, its code, and the examples to begin from. */
import type { Piece } from "../arithmetic/all_reduce.ts";
import { significant } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { RingLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

export const METHODS: Record<Settings["method"], string> = {
  ring: "ring",
  collect: "one collects",
};

/** How many gradients: 1.5. */
export const inGradients = (share: number) => significant(share, 3);

/** Where the exchange is, and how much the busiest device has sent. */
export function describe({ method, steps, taken, isAdding, sent, received }: Solution): Told {
  const isRing = method === "ring";
  const phase = isAdding ? "adding" : "copying";
  const when = taken === steps ? "All have the sum" : `Move ${taken} of ${steps}, ${phase}`;
  const [came, went] = [plural(received[0], "gradient"), inGradients(sent[0])];
  const who = isRing ? "each device has sent" : `device 0 has received ${came} and sent`;
  const line = `${taken ? when : "Before the first move"}: ${who}`;
  const result = isRing ? `${went} ×` : went;
  const note = isRing ? " its gradient" : "";
  return { line, joint: " ", result, note, full: `${line} ${result}${note}.` };
}

/** How much the busiest device sends in all, as a formula. */
export const describeTotal = ({ n, method, inAll }: Solution) =>
  method === "ring"
    ? `each sends 2·(${n} − 1)/${n} = ${inGradients(inAll.sent[0])} × its gradient`
    : `device 0 sends ${n} − 1 = ${plural(inAll.sent[0], "gradient")}`;

/** Every piece that came with the last move. */
export function describeStep({ moved, taken }: Solution) {
  if (!taken) return "Nothing has been sent yet.";
  const told = moved.map(({ from, to, piece, adds, carried, before }) => {
    const came = adds
      ? `${before.value} + ${carried.value} = ${before.value + carried.value}`
      : carried.value;
    return `Piece ${piece} from device ${from} to device ${to}: ${came}.`;
  });
  return told.join(" ");
}

/** Whose gradients are in a piece, for those who cannot see it. */
export function describePiece({ of }: Piece, n: number) {
  if (of.length === n) return "the sum of all";
  return `of ${of.length === 1 ? "device" : "devices"} ${of.join(", ")}`;
}

export const describeTable = ({ n, taken, steps }: Solution) =>
  `Pieces of ${plural(n, "device")} after move ${taken} of ${steps}`;

const ROUND = `device = torch.arange(n)
for step in range(steps):
    piece = (device - step) % n  # that each device sends
    sent, to = pieces[device, piece], (device + 1) % n
    pieces[to, piece] = pieces[to, piece] + sent if step < n - 1 else sent`;

const COLLECTED = `for step in range(steps):
    other = step % (n - 1) + 1
    if step < n - 1:
        pieces[0] += pieces[other]
    else:
        pieces[other] = pieces[0]`;

export function asPython({ n, method, gradients, taken, steps }: Solution) {
  const done = taken === steps ? "\nassert torch.equal(pieces, y.expand(n, n))" : "";
  return `import torch

n, steps = ${n}, ${taken}  # of 2·(n − 1)
gradients = ${python.tensor(gradients)}  # a row for each device
pieces = gradients.clone()
${method === "ring" ? ROUND : COLLECTED}
# On n processes, torch.distributed.all_reduce(gradient) leaves this on each:
y = gradients.sum(0)${done}
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "Round the ring": {
    "4 devices: before": {},
    "each has one full sum": { step: 3 },
    "all have all": { step: 6 },
    "8 devices: all have all": { devices: 8, step: 14 },
  },
  "Device 0 collects": {
    "it has the sum": { step: 3, method: "collect" },
    "all have it": { step: 6, method: "collect" },
    "8 devices: all have it": { devices: 8, step: 14, method: "collect" },
  },
};
