/** What the channel lab remembers of its grids: typed values stay, and a new channel follows the one before it. */
import { GridMemory, LARGEST, range } from "./shared.js";

/** @typedef {number[][][][]} Maps  (outputs, inputs, height, width) */

const key = (/** @type {number} */ o, /** @type {number} */ c) => `${o},${c}`;

export class Bank {
  /**
   * @param {Maps} maps
   * @param {"edge" | "zero"} beyond  as for GridMemory
   * @param {number} step  by how much a new channel differs from the one before it
   */
  constructor(maps, beyond, step) {
    this.last = maps;
    this.beyond = beyond;
    this.step = step;
    /** @type {Map<string, GridMemory>} */
    this.grids = new Map(maps.flatMap((row, o) => row.map((map, c) => [key(o, c), new GridMemory(map, beyond)])));
  }

  /** True for the maps this bank made itself. @param {Maps} maps */
  knows(maps) {
    return maps === this.last || JSON.stringify(maps) === JSON.stringify(this.last);
  }

  /** @param {number} o @param {number} c @returns {GridMemory} */
  grid(o, c) {
    const known = this.grids.get(key(o, c));
    if (known) return known;
    const before = c > 0 ? this.grid(o, c - 1) : this.grid(o - 1, c);
    const made = new GridMemory(before.last.map((row) => row.map((v) => Math.min(LARGEST, v + this.step))), this.beyond);
    this.grids.set(key(o, c), made);
    return made;
  }

  /** @param {[number, number]} channels @param {[number, number]} shape @returns {Maps} */
  resized([outputs, inputs], [height, width]) {
    this.last = range(outputs).map((o) => range(inputs).map((c) => this.grid(o, c).resized(height, width)));
    return this.last;
  }

  /** @param {number} o @param {number} c @param {[number, number]} at @param {number} value @returns {Maps} */
  withTyped(o, c, at, value) {
    const typed = this.grid(o, c).withTyped(at, value);
    this.last = this.last.map((row, i) => row.map((map, j) => (i === o && j === c ? typed : map)));
    return this.last;
  }
}
