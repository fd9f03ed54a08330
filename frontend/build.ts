/**
 * Builds the labs' bundles into book_utils/explorables/dist (or the folder named as argument).
 *
 *   NAME.js             an ES module with everything in it, for anywidget in a live notebook
 *   NAME.static.js      one view as a classic script (file:// refuses ES modules)
 *   platform.static.js  what every view uses, and the host that mounts them in the built book
 *   parts.static.js     what seven views or more use
 *   scripts.json        the classic scripts that each view needs, in order
 *   explorables.css     the style sheet of labs in a notebook
 *   labs.css            what a page's labs share of it
 *   NAME.css            what one lab adds, if it does
 *   theme.css           the colours of the book, for pages without labs too
 *
 * A module that is imported as "./NAME.ts?worker" is bundled by itself, and its importer gets the
 * text: a worker is made from it, since a page from file:// may start none from a file.
 *
 * Who uses what is no list of names: esbuild's own metadata says it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { forLabs, forPages } from "./theme.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "book_utils", "explorables");
const out = process.argv[2] ?? join(source, "dist");
const views = readdirSync(source)
  .map((name) => ({ name, file: join(source, name, "view.tsx") }))
  .filter(({ file }) => existsSync(file));

const GLOBAL = "ConvnetsLive"; // where the classic scripts leave what they share, by name
const textOfWorker: Plugin = {
  name: "text-of-worker",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?worker$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace("?worker", "")),
      namespace: "worker",
    }));
    onLoad({ filter: /./, namespace: "worker" }, async ({ path }) => {
      const made = await build({ ...common, format: "iife", entryPoints: [path], write: false });
      return { contents: made.outputFiles[0].text, loader: "text" };
    });
  },
};
const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  charset: "utf8",
  target: "es2022",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  plugins: [textOfWorker],
};

/** The modules of the sources, each with the names of the views that use it. */
async function usersOfModules() {
  const { metafile } = await build({
    ...common,
    format: "esm",
    entryPoints: views.map(({ name, file }) => ({ in: file, out: name })),
    outdir: join(out, "never-written"),
    metafile: true,
    write: false,
  });
  const users = new Map<string, string[]>();
  for (const [bundle, { inputs }] of Object.entries(metafile.outputs)) {
    for (const [module, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput) users.set(module, [...(users.get(module) ?? []), basename(bundle, ".js")]);
    }
  }
  return users;
}

const users = await usersOfModules();
const usedBy = (wanted: (count: number) => boolean) =>
  [...users]
    .filter(([module, names]) => !module.endsWith(".json") && wanted(names.length))
    .map(([module]) => module);
const platform = usedBy((count) => count === views.length);
const parts = usedBy((count) => count < views.length && count >= 7);
const shared = [...platform, ...parts];

/** What each module exports. Two of ours may not export one name: both leave it in one place. */
async function exportsOf(modules: string[]) {
  const { metafile } = await build({
    ...common,
    format: "esm",
    entryPoints: modules,
    outdir: join(out, "never-written"),
    metafile: true,
    write: false,
  });
  const found = Object.values(metafile.outputs).map(
    ({ entryPoint, exports }) => [entryPoint ?? "", exports] as const,
  );
  const ours = found.filter(([module]) => !module.includes("node_modules/"));
  const names = ours.flatMap(([, exported]) => exported);
  const twice = names.filter((name, i) => names.indexOf(name) < i);
  if (twice.length) throw new Error(`Two shared modules export ${twice.join(", ")}: rename one.`);
  return new Map(found);
}

const exported = await exportsOf(shared);

/** Takes what earlier scripts have left, by the names that a file says, instead of bundling it. */
const fromEarlier = (modules: string[]): Plugin => ({
  name: "from-earlier",
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /./ }, async ({ path, kind, pluginData, ...from }) => {
      if (pluginData === "asked" || kind === "entry-point") return;
      const found = await find(path, { ...from, kind, pluginData: "asked" });
      const module = relative(root, found.path).replaceAll("\\", "/");
      if (!modules.includes(module)) return found;
      const asking = { module, importer: from.importer };
      return { path: `${module} for ${from.importer}`, namespace: "earlier", pluginData: asking };
    });
    onLoad({ filter: /./, namespace: "earlier" }, ({ pluginData: { module, importer } }) => {
      const words = new Set(readFileSync(importer, "utf8").match(/\w+/g));
      const written = module.includes("jsx-runtime"); // by esbuild, for the tags of the file
      const names = exported.get(module)?.filter((name) => written || words.has(name));
      return { contents: `export const { ${names} } = globalThis.${GLOBAL};` };
    });
  },
});

const script = (name: string, contents: string, earlier: string[]) =>
  build({
    ...common,
    format: "iife",
    outfile: join(out, `${name}.static.js`),
    plugins: [textOfWorker, fromEarlier(earlier)],
    stdin: { contents, resolveDir: root },
  });

/** A script that leaves its modules to those that follow. */
const leaving = (modules: string[]) => {
  const imports = modules.map(
    (module, i) => `import * as m${i} from ${JSON.stringify(`./${module}`)};`,
  );
  const names = modules.map((_, i) => `m${i}`);
  const left = `Object.assign(globalThis.${GLOBAL} ?? {}, ${names})`;
  return `${imports.join("")}globalThis.${GLOBAL} = ${left};`;
};

mkdirSync(out, { recursive: true });
const host = relative(root, join(source, "platform", "host.ts")).replaceAll("\\", "/");
await script("platform", leaving([...platform, host]), []);
await script("parts", leaving(parts), platform);
for (const { name, file } of views) {
  await build({
    ...common,
    format: "esm",
    entryPoints: [file],
    outfile: join(out, `${name}.js`),
  });
  const view = JSON.stringify(`./${relative(root, file)}`);
  await script(
    name,
    `import view from ${view}; globalThis.${GLOBAL}.register("${name}", view);`,
    shared,
  );
}
const needed = views.map(({ name }) => {
  const usesParts = parts.some((module) => users.get(module)?.includes(name));
  return [name, ["platform", ...(usesParts ? ["parts"] : []), name]];
});
writeFileSync(join(out, "scripts.json"), `${JSON.stringify(Object.fromEntries(needed))}\n`);

/** The style sheets: what every lab uses, then what a part needs, then what is one lab's alone. */
const sheetsIn = (folder: string) =>
  readdirSync(join(source, folder))
    .filter((name) => name.endsWith(".css"))
    .map((name) => `${folder}/${name}`);
const styled = readdirSync(source).filter((name) => existsSync(join(source, name, "style.css")));
// style.css comes first of the platform: what follows goes on from it
const ofAll = [...sheetsIn("platform").reverse(), ...sheetsIn("parts")];
const ofOne = styled.map((name) => `${name}/style.css`).filter((name) => !ofAll.includes(name));
const styles = [...ofAll, ...ofOne];
/** The style of a lab is its own: it names no other lab, whatever its classes are called. */
const ofOneLab: Plugin = {
  name: "of-one-lab",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, ({ path }) => {
      const lab = basename(dirname(path));
      if (!views.some(({ name }) => name === lab)) return;
      const text = readFileSync(path, "utf8");
      const apart = text.match(APART) ?? [];
      const rules = text.replaceAll(APART, "");
      const contents = `${apart.join("")}:where([data-explorable="${lab}"]) {${rules}}`;
      return { contents, loader: "css" };
    });
  },
};
// What stands by itself: other files, and frames of motion.
const APART = /@import[^;]+;|@keyframes[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g;
const importing = (files: string[]) => files.map((file) => `@import "./${file}";\n`).join("");
const sheets: [string, string][] = [
  ["explorables", importing(styles) + forLabs], // of a notebook, whatever labs it has
  ["labs", importing(ofAll) + forLabs], // of a page: what all labs use, and those it has
  ...ofOne.map((file): [string, string] => [dirname(file), importing([file])]),
  ["theme", forPages],
];
for (const [name, contents] of sheets) {
  await build({
    ...common,
    outfile: join(out, `${name}.css`),
    plugins: [ofOneLab],
    supported: { nesting: false },
    stdin: { contents, loader: "css", resolveDir: source },
  });
}
