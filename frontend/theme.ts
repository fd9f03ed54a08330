/** The colours of theme.json as custom properties of CSS: --cnl-NAME, light and dark. */
import { readFileSync } from "node:fs";

type Mode = "light" | "dark";
type Colour = string | Record<Mode, string>; // a string is fit for both grounds
type Colours = Record<string, Colour>;

const file = new URL("../book_utils/theme.json", import.meta.url);
const theme = JSON.parse(readFileSync(file, "utf8")) as Record<string, Colours>;

const LABS = [".cnl", ".cnl-still"];
// What says that a page is dark: the book and Colab; JupyterLab; VS Code.
const BOOK = 'html[data-theme="dark"]';
const DARK = [BOOK, 'body[data-jp-theme-light="false"]', "body.vscode-dark", 'html[theme="dark"]'];

/** A rule that gives these places the colours of one mode, where those differ from light. */
function rule(places: string[], colours: Colours, mode: Mode) {
  const said = Object.entries(colours).flatMap(([name, colour]) => {
    if (typeof colour !== "string") return `  --cnl-${name}: ${colour[mode]};`;
    return mode === "light" ? `  --cnl-${name}: ${colour};` : [];
  });
  return `${places.join(",\n")} {\n${said.join("\n")}\n}\n`;
}

const ofPages = { ...theme.page, ...theme.book };

/** For every page of the book. */
export const forPages = rule(["html"], ofPages, "light") + rule([BOOK], ofPages, "dark");

/** What tells networks, weights or channels apart, as in the charts of a page: --cnl-series-1. */
const series = Object.fromEntries(
  (theme.charts.series as unknown as string[]).map((hue, i) => [`series-${i + 1}`, hue]),
);

const ofLabs = { ...theme.page, ...theme.cells, ...theme.maps, ...theme.marks, ...series };
const inTheDark = DARK.map((page) => `${page} :is(${LABS})`);

/** For the labs, on whatever page they stand. */
export const forLabs = rule(LABS, ofLabs, "light") + rule(inTheDark, ofLabs, "dark");
