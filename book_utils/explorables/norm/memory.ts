/** What the norm lab remembers of its block: typed values stay when sliders change its size. */

/** (N, C, H, W) */
type Block = number[][][][];

export class BlockMemory {
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
    this.last = fresh.map((example, n) =>
      example.map((map, c) =>
        map.map((row, h) =>
          row.map(
            (value, w) =>
              this.typed.get(String([n, c, h, w])) ?? this.given[n]?.[c]?.[h]?.[w] ?? value,
          ),
        ),
      ),
    );
    return this.last;
  }

  /** The present block with one value typed in. */
  withTyped(at: number[], value: number): Block {
    this.typed.set(String(at), value);
    return this.resized(this.last);
  }
}
