/**
 * What the channel lab remembers of its grids: typed values stay, and a new channel follows the one
 * before it.
 */
import { range } from "../parts/grid.tsx";
import { GridMemory } from "../parts/memory.ts";
import { LARGEST } from "../parts/numbers.ts";

/** (outputs, inputs, height, width) */
type Maps = number[][][][];

const key = (o: number, c: number) => `${o},${c}`;

export class Bank {
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

  /** True for the maps this bank made itself. */
  knows(maps: Maps) {
    return maps === this.last || JSON.stringify(maps) === JSON.stringify(this.last);
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

  resized([outputs, inputs]: [number, number], [height, width]: [number, number]): Maps {
    this.last = range(outputs).map((o) =>
      range(inputs).map((c) => this.grid(o, c).resized(height, width)),
    );
    return this.last;
  }

  withTyped(o: number, c: number, at: [number, number], value: number): Maps {
    const typed = this.grid(o, c).withTyped(at, value);
    this.last = this.last.map((row, i) => row.map((map, j) => (i === o && j === c ? typed : map)));
    return this.last;
  }
}
