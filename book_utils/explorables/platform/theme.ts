/** Colours that canvases paint with, from theme.json, which CSS and Python read too. */
import { cells, identities, maps } from "../../theme.json";

type RGB = readonly [red: number, green: number, blue: number];

const rgb = (hex: string): RGB => {
  const bytes = Number.parseInt(hex.slice(1), 16);
  return [bytes >> 16, (bytes >> 8) & 255, bytes & 255];
};

/** The hues of pictures and feature maps: seen on a light and on a dark page. */
export const HUES = {
  activation: rgb(maps["map-activation"]),
  plus: rgb(maps["map-plus"]),
  minus: rgb(maps["map-minus"]),
  outOfRange: rgb(maps["out-of-range"]),
};

/** The ends of a picture's greys, the same on a light and on a dark page, and the darkest type. */
export const GREYS = {
  black: rgb(cells.black.light),
  white: rgb(cells.white.light),
  jet: rgb(cells.jet.light),
};

/** Hues that say which one it is (a weight, a network), in a ring of those most alike. */
export const RING = identities.hues.map(rgb);
/** A cell that is none of them, such as a pixel that no picked weight reads. */
export const NO_HUE = rgb(identities["no-hue"]);
/** What is written on any of these. */
export const ON_HUE = identities["on-hue"];
