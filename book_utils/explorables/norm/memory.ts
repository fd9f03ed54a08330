/** What the norm lab remembers of its block: typed values stay when sliders change its size. */
import { useRef } from "preact/hooks";
import type { NormLab as Settings } from "../settings.ts";
import type { Place } from "./solution.ts";

type Block = Settings["input"];

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
