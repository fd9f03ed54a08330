/**
 * What the channel lab remembers of its grids: typed values stay, and a new channel follows the one
 * before it.
 */
import { useRef } from "preact/hooks";
import { range } from "../parts/grid.tsx";
import { GridMemory } from "../parts/memory.ts";
import { LARGEST } from "../parts/numbers.ts";
import type { ChannelLab as Settings } from "../settings.ts";
import { sizesOf } from "./solution.ts";

type At = [number, number];
/** (outputs, inputs, height, width) */
type Maps = number[][][][];

const key = (o: number, c: number) => `${o},${c}`;

class Bank {
  last: Maps;
  beyond: "edge" | "zero";
  step: number;
  grids: Map<string, GridMemory>;

  /**
   * @param beyond  as for GridMemory
   * @param step  by how much a new channel differs from the one before it
   */
  constructor(maps: Maps, beyond: "edge" | "zero", step: number) {
    this.last = maps;
    this.beyond = beyond;
    this.step = step;
    this.grids = new Map(
      maps.flatMap((row, o) => row.map((map, c) => [key(o, c), new GridMemory(map, beyond)])),
    );
  }

  grid(o: number, c: number): GridMemory {
    const known = this.grids.get(key(o, c));
    if (known) return known;
    const before = c > 0 ? this.grid(o, c - 1) : this.grid(o - 1, c);
    const made = new GridMemory(
      before.last.map((row) => row.map((v) => Math.min(LARGEST, v + this.step))),
      this.beyond,
    );
    this.grids.set(key(o, c), made);
    return made;
  }

  resized([outputs, inputs]: At, [height, width]: At): Maps {
    this.last = range(outputs).map((o) =>
      range(inputs).map((c) => this.grid(o, c).resized(height, width)),
    );
    return this.last;
  }

  withTyped([o, c]: At, at: At, value: number): Maps {
    const typed = this.grid(o, c).withTyped(at, value);
    this.last = this.last.map((row, i) => row.map((map, j) => (i === o && j === c ? typed : map)));
    return this.last;
  }
}

/** A bank of grids, begun anew when they come from Python, an example or a link. */
function useBank(maps: Maps, beyond: "edge" | "zero", step: number) {
  const bank = useRef<Bank | null>(null);
  if (JSON.stringify(bank.current?.last) !== JSON.stringify(maps)) {
    bank.current = new Bank(maps, beyond, step);
  }
  return bank.current as Bank;
}

export type Changes = ReturnType<typeof useChanges>;

/** Changes of sizes and of cells that keep input, kernel and bias together. */
export function useChanges(state: Settings) {
  const { input, kernel, bias, channel } = state;
  const ofInput = useBank([input], "edge", 1);
  const ofKernel = useBank(kernel, "zero", 1);
  const ofBias = useBank(
    bias.map((b) => [[[b]]]),
    "zero",
    0,
  );
  const numbers = (maps: Maps) => maps.map(([[[b]]]) => b);
  return {
    resized(sizes: Partial<ReturnType<typeof sizesOf>>) {
      const { c_i, c_o, n, k } = { ...sizesOf(state), ...sizes };
      return {
        input: ofInput.resized([1, c_i], n)[0],
        kernel: ofKernel.resized([c_o, c_i], k),
        bias: numbers(ofBias.resized([c_o, 1], [1, 1])),
        channel: Math.min(channel, c_o - 1),
      };
    },
    /** A number typed into a grid of the input channel c, or into the bias. */
    typed: {
      input: (c: number, at: At, v: number) => ({ input: ofInput.withTyped([0, c], at, v)[0] }),
      kernel: (c: number, at: At, v: number) => ({
        kernel: ofKernel.withTyped([channel, c], at, v),
      }),
      bias: (v: number) => ({ bias: numbers(ofBias.withTyped([channel, 0], [0, 0], v)) }),
    },
  };
}
