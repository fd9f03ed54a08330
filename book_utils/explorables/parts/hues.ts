/** Which hue a weight has: a place on the ring of hues, along which one can glide to another. */
import { GREYS, NO_HUE, RING } from "../platform/theme.ts";

const HUES = RING.length;
const FAR = 5; // steps to a hue that looks like another one

const hueOf = (chance: number) => (chance >>> 16) % HUES;
const onRing = (hue: number) => ((hue % HUES) + HUES) % HUES;

const TABLE = scattered(32); // larger matrices begin it anew

/** The hue of a weight that is its own: as if by chance, and unlike all that touch it. */
export const ownHue = (output: number, input: number) =>
  TABLE[output % TABLE.length][input % TABLE.length];

function scattered(side: number) {
  const table: number[][] = [];
  let chance = 1;
  for (let i = 0; i < side; i++) {
    table.push([]);
    for (let j = 0; j < side; j++) {
      const above = table[i - 1]?.slice(Math.max(0, j - 1), j + 2) ?? [];
      const touching = [...above, ...table[i].slice(-1)];
      do chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0;
      while (touching.includes(hueOf(chance)));
      table[i].push(hueOf(chance));
    }
  }
  return table;
}

/** The hue of the weight that all outputs share for an offset: nine for a 3×3 window. */
export const sharedHue = (offset: number[]) =>
  onRing(offset.reduce((hue, along) => 3 * hue + FAR * along, 0));

/** The hue at a part of the shorter way from one to another. */
export function hueBetween(from: number, to: number, part: number) {
  const way = onRing(to - from + HUES / 2) - HUES / 2;
  return onRing(from + part * way);
}

const css = (colour: readonly number[]) => `rgb(${colour.map(Math.round).join(" ")})`;
const NONE = css(NO_HUE);
const PLAIN = RING.map(css);

/** A hue as canvases take it, or the colour of what has none. */
export function colourOf(hue: number | null) {
  if (hue === null) return NONE;
  const [first, part] = [Math.floor(hue), hue % 1];
  if (!part) return PLAIN[first];
  const [from, to] = [RING[first], RING[(first + 1) % HUES]];
  return css(from.map((v, i) => v + part * (to[i] - v)));
}

const LIGHT = 0.325; // from here on a grey takes dark figures, as in grid.css

/** A picture's grey as canvases take it: 0 is its black, 1 white. */
export function greyOf(share: number) {
  const { black, white } = GREYS;
  return css(black.map((v, i) => v + share * (white[i] - v)));
}

/** What is written on it. */
export const onGrey = (share: number) => css(share < LIGHT ? GREYS.white : GREYS.jet);
