/** What the norm lab remembers of its block: typed values stay when sliders change its size. */

/** @typedef {number[][][][]} Block  (N, C, H, W) */

export class BlockMemory {
  /** @param {Block} block  as it was given */
  constructor(block) {
    this.given = block;
    this.last = block;
    /** @type {Map<string, number>} */
    this.typed = new Map();
  }

  /** True for the block this memory made itself, false for one that came from elsewhere. @param {Block} block */
  knows(block) {
    return block === this.last || JSON.stringify(block) === JSON.stringify(this.last);
  }

  /** The block at the size of `fresh`, which holds the cells that were neither given nor typed. @param {Block} fresh @returns {Block} */
  resized(fresh) {
    this.last = fresh.map((example, n) => example.map((map, c) => map.map((row, h) => row.map((value, w) =>
      this.typed.get(String([n, c, h, w])) ?? this.given[n]?.[c]?.[h]?.[w] ?? value))));
    return this.last;
  }

  /** The present block with one value typed in. @param {number[]} at @param {number} value @returns {Block} */
  withTyped(at, value) {
    this.typed.set(String(at), value);
    return this.resized(this.last);
  }
}
