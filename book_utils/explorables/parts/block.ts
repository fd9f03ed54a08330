/**
 * A block (N, C, H, W) of numbers: what is remembered of it when sliders change its size, and which
 * of its cells is picked.
 */
import { useRef, useState } from "preact/hooks";
import { drawBatch } from "../arithmetic/normalisation.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import type { LabOf } from "../platform/lab.tsx";
import type { Rule } from "../platform/schema.ts";

type At = [number, number];
export type Block = number[][][][];
/** of a cell in a block: example, channel, row and column */
export type Place = number[];
export type PlacePick = ReturnType<typeof usePlace>;

/** Where a cell stands among the numbers of a block. */
export const indexIn = ([, c, h, w]: number[], [example, channel, row, column]: Place) =>
  ((example * c + channel) * h + row) * w + column;

class BlockMemory {
  given: Block;
  last: Block;
  typed = new Map<string, number>();

  /** @param block  as it was given */
  constructor(block: Block) {
    this.given = block;
    this.last = block;
  }

  /** True for the block this memory made itself, false for one that came from elsewhere. */
  knows(block: Block) {
    return block === this.last || JSON.stringify(block) === JSON.stringify(this.last);
  }

  /** The block at another size; cells that were neither given nor typed are drawn. */
  drawn(shape: number[], population: Block, seed = 0): Block {
    return this.resized(nested<Block>(drawBatch(tensor(population), seed, 1, shape)));
  }

  /** The block at the size of `fresh`, which holds the cells that were neither given nor typed. */
  resized(fresh: Block): Block {
    const known = (at: Place) =>
      this.typed.get(String(at)) ?? this.given[at[0]]?.[at[1]]?.[at[2]]?.[at[3]];
    this.last = fresh.map((example, n) =>
      example.map((map, c) =>
        map.map((row, h) => row.map((value, w) => known([n, c, h, w]) ?? value)),
      ),
    );
    return this.last;
  }

  /** The present block with one value typed in. */
  withTyped(at: Place, value: number): Block {
    this.typed.set(String(at), value);
    return this.resized(this.last);
  }
}

/** The memory of a block, begun anew when the block comes from Python, an example or a link. */
export function useBlockMemory(block: Block) {
  const memory = useRef(new BlockMemory(block));
  if (!memory.current.knows(block)) memory.current = new BlockMemory(block);
  return memory.current;
}

/** Ends of the sliders for a block's size, as far as it can be made anew while they are pulled. */
export function sizesOf(rule: Rule, [n, c, h, w]: number[]) {
  const { axes, slider: cells = Infinity } = rule as Extract<Rule, { type: "block" }>;
  const most = (now: number, allowed: number, room: number) => ({
    min: 1,
    max: Math.max(now, 1, Math.min(allowed, Math.floor(room))),
  });
  const side = Math.sqrt(cells / (n * c));
  return {
    examples: most(n, axes.examples, cells / (c * h * w)),
    sides: [most(h, axes.height, side), most(w, axes.width, side)] as const,
  };
}

/** The picked cell of a block and the one under the mouse. */
export function usePlace<S extends { picked: Place | null }>(
  lab: LabOf<S>,
  shape: number[],
  playing = false,
) {
  const [pointed, point] = useState<Place | null>(null);
  const exists = (at: Place | null) => !!at?.every((v, d) => v < shape[d]);
  const trait = lab.state.picked;
  const picked = trait && (exists(trait) ? trait : [0, 0, 0, 0]);
  const shown = exists(pointed) ? pointed : picked;
  const pick = (at: Place) => {
    point(null);
    lab.change({ picked: at } as Partial<S>);
  };
  return {
    picked,
    shown,
    playing,
    pick,
    point,
    /** What a Grid needs in which the cells of the block stand at places of its own. */
    grid: (placeOf: (at: At) => Place, cellOf: (at: Place) => At | null) => ({
      picked: picked && cellOf(picked),
      shown: shown && cellOf(shown),
      onPick: (at: At) => pick(placeOf(at)),
      onPoint: (at: At | null) => point(at && placeOf(at)),
      onRefuse: lab.complain,
    }),
  };
}
