/**
 * Builds the explorables' bundles into book_utils/explorables/dist (or the folder named as
 * argument).
 *
 *   NAME.js          an ES module with everything in it, for anywidget in a live notebook
 *   shared.static.js what all views share and the static host, as a classic script for the built
 * book
 *   NAME.static.js   one view as a classic script (file:// refuses ES modules)
 *   explorables.css  the style sheet of both
 */

import { mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

const source = join(dirname(fileURLToPath(import.meta.url)), "..", "book_utils", "explorables");
const out = process.argv[2] ?? join(source, "dist");
const views = readdirSync(source)
  .filter((file) => file.endsWith(".tsx"))
  .map((file) => basename(file, ".tsx"));

const GLOBAL = "ConvnetsLive"; // where the built book's scripts find what they share
const common: BuildOptions = {
  bundle: true,
  minify: true,
  charset: "utf8",
  target: "es2022",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
};

/**
 * In the built book, what shared.ts exports whole, itself and the JSX runtime come from the global.
 */
const fromGlobal: Plugin = {
  name: "from-global",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /(^|\/)(shared|arithmetic|numbers)\.ts$|^preact\/jsx-runtime$/ }, () => ({
      path: GLOBAL,
      namespace: "global",
    }));
    onLoad({ filter: /.*/, namespace: "global" }, () => ({
      contents: `module.exports = globalThis.${GLOBAL}`,
    }));
  },
};

mkdirSync(out, { recursive: true });
await build({
  ...common,
  format: "iife",
  globalName: GLOBAL,
  outfile: join(out, "shared.static.js"),
  stdin: {
    contents: 'export * from "./shared.ts"; export { register } from "./host.ts"',
    resolveDir: source,
  },
});
for (const view of views) {
  await build({
    ...common,
    format: "esm",
    entryPoints: [join(source, `${view}.tsx`)],
    outfile: join(out, `${view}.js`),
  });
  await build({
    ...common,
    format: "iife",
    outfile: join(out, `${view}.static.js`),
    plugins: [fromGlobal],
    stdin: {
      contents: `import view from "./${view}.tsx"; globalThis.${GLOBAL}.register("${view}", view)`,
      resolveDir: source,
    },
  });
}
await build({
  ...common,
  entryPoints: [join(source, "explorables.css")],
  outfile: join(out, "explorables.css"),
});
