/**
 * Where everything of the stage is at each level, in pixels, from the size of the stage alone. A
 * map keeps its element from level to level, so that a change of level is one motion.
 */
import { range } from "../parts/grid.tsx";
import type { LeNetLab as Settings } from "../settings.ts";
import { hasMaps, type Stage } from "./stages.ts";
import type { Box } from "./windows.ts";

export type Level = Settings["level"];
export type Rect = { x: number; y: number; w: number; h: number };
/** Cells of a map; the units of a dense layer are one map of several rows. */
export type Cells = { rows: number; columns: number };
/** A map on the stage; what is clipped away is in shares of the map: top, right, bottom, left. */
export type Placed = Rect & { shown: boolean; clip: number[] };
/** The parts of a sum: what comes in, the weights, the products, and what they add up to. */
type Parts = Record<"inputs" | "sums", Rect> &
  Partial<Record<"weights" | "products" | "total", Rect>> & { cell: number };
export type Plan = {
  across: boolean;
  cells: Record<string, Cells>;
  maps: Record<string, Placed[]>;
  labels: { stage: Stage; x: number; y: number }[];
  /** of the unit, at its level */
  parts: Parts | null;
};

const LABEL = 20; // pixels of a line of text
const NAMES = 60; // pixels for the names of layers, where the network flows downwards
const APART = 5; // pixels between the maps of a layer, so that none seems to go on in the next
const SIGN = 36; // pixels between the grids of a product
const UNCLIPPED = [0, 0, 0, 0];

/** As large as they can be in rows within a box, all alike: `n` maps of these cells. */
export function tiled(box: Rect, n: number, { rows, columns }: Cells, gap = APART): Rect[] {
  const sideOf = (across: number) => {
    const down = Math.ceil(n / across);
    const [w, h] = [box.w - gap * (across - 1), box.h - gap * (down - 1)];
    return Math.min(w / across / columns, h / down / rows);
  };
  const across = range(n)
    .map((i) => i + 1)
    .reduce((best, each) => (sideOf(each) > sideOf(best) + 1e-9 ? each : best), 1);
  const [w, h] = [sideOf(across) * columns, sideOf(across) * rows];
  const left = box.x + (box.w - across * (w + gap) + gap) / 2;
  const top = box.y + (box.h - Math.ceil(n / across) * (h + gap) + gap) / 2;
  return range(n).map((i) => ({
    x: left + (i % across) * (w + gap),
    y: top + Math.floor(i / across) * (h + gap),
    w,
    h,
  }));
}

export const mapsOf = (stage: Stage) => (hasMaps(stage) ? stage.shape[0] : 1);
/** The map of a unit. */
export const mapOf = (stage: Stage, at: number[]) => (hasMaps(stage) ? at[0] : 0);

/** How the units of a stage are laid out in a map. */
function cellsOf({ shape }: Stage, level: Level, across: boolean): Cells {
  if (shape.length === 3) return { rows: shape[1], columns: shape[2] };
  const [n] = shape;
  const few = level === "network" ? 2 : n % 12 ? 2 : n / 12;
  const many = Math.ceil(n / few);
  return level === "network" && across
    ? { rows: many, columns: few }
    : { rows: few, columns: many };
}

type Asked = {
  stages: Stage[];
  /** the network flows from left to right, else downwards */
  across: boolean;
  level: Level;
  stage: Stage;
  at: number[];
  /** the map whose products are written out */
  channel: number;
  /** the window of the unit in the stage before */
  box: Box | undefined;
  width: number;
  height: number;
};

export function planOf(asked: Asked): Plan {
  const { stages, level, across } = asked;
  const cells = Object.fromEntries(stages.map((s) => [s.name, cellsOf(s, level, across)]));
  if (level === "network") return networkPlan(asked, across, cells);
  const plan = layerPlan(asked, across, cells);
  return level === "unit" ? unitPlan(asked, plan) : plan;
}

/** The stages that the network shows as maps: the scores have a place of their own. */
export const flowing = (stages: Stage[]) => stages.slice(0, -2);

const placed = (rect: Rect, shown = true): Placed => ({ ...rect, shown, clip: UNCLIPPED });

/** The whole network, layer after layer. */
function networkPlan({ stages, width, height }: Asked, across: boolean, cells: Plan["cells"]) {
  const shown = flowing(stages);
  const start = across ? 0 : NAMES;
  // along: the way the network flows; side: the way in which the maps of a layer follow each other
  const [along, side] = across ? [width, height - LABEL] : [height, width - start];
  const sizes = shown.map((stage) => {
    const n = mapsOf(stage);
    const { rows, columns } = cells[stage.name];
    if (!hasMaps(stage)) return { n, deep: across ? 22 : 13, long: Math.min(side, 7.5 * 60) };
    const most = n === 1 ? along / (across ? 9.5 : 7) : along / (across ? 14.5 : 10);
    const long = Math.min(most, (side - APART * (n - 1)) / n);
    return { n, deep: (long * (across ? columns : rows)) / (across ? rows : columns), long };
  });
  const room = along - sizes.reduce((sum, { deep }) => sum + deep, 0) - (across ? 12 : 6);
  const gap = room / (shown.length - (across ? 0 : 0.5));
  const maps: Plan["maps"] = Object.fromEntries(
    stages.slice(-2).map(({ name }) => [name, [placed({ x: width, y: 0, w: 1, h: 1 }, false)]]),
  );
  const labels: Plan["labels"] = [];
  let at = across ? 6 : 3;
  shown.forEach((stage, i) => {
    const { n, deep, long } = sizes[i];
    const between = n > 1 ? Math.min(10, (side - n * long) / (n - 1)) : 0;
    const first = (side - n * long - between * (n - 1)) / 2;
    maps[stage.name] = range(n).map((map) => {
      const beside = first + map * (long + between);
      return placed(
        across
          ? { x: at, y: LABEL + beside, w: deep, h: long }
          : { x: start + beside, y: at, w: long, h: deep },
      );
    });
    // The name of an activation says least, and waits until its map is pointed at.
    const isTight =
      across && deep + gap < 50 && (stage.kind === "relu" || stage.kind === "sigmoid");
    if (!isTight)
      labels.push(across ? { stage, x: at + deep / 2, y: 0 } : { stage, x: 0, y: at + deep / 2 });
    at += deep + gap;
  });
  return { across, cells, maps, labels, parts: null };
}

/** A layer: one of its maps large, the others beside it, and what feeds it. */
function layerPlan(
  { stages, stage, at, width, height }: Asked,
  across: boolean,
  cells: Plan["cells"],
) {
  const { from } = stage;
  const [n, map] = [mapsOf(stage), mapOf(stage, at)];
  const sources = from ? feeding(stage, map) : [];
  const strip = n === 1 ? 0 : across ? 68 : 28;
  const fed = !from ? 0 : across ? width * 0.32 : Math.min(120, height * 0.27);
  const gap = across ? 40 : LABEL + 6;
  const before: Rect = across
    ? { x: 0, y: LABEL, w: fed, h: height - LABEL }
    : { x: 0, y: LABEL, w: width, h: fed };
  const large: Rect = across
    ? { x: fed + gap, y: LABEL, w: width - fed - strip - 2 * gap, h: height - LABEL - 4 }
    : { x: 0, y: fed + LABEL + gap, w: width, h: height - fed - strip - LABEL - gap - 12 };
  const others: Rect = across
    ? { x: width - strip - 4, y: LABEL, w: strip, h: height - LABEL }
    : { x: 0, y: height - strip - 2, w: width, h: strip };

  const maps: Plan["maps"] = {};
  for (const each of stages) {
    const count = mapsOf(each);
    const far = stages.indexOf(each) < stages.indexOf(stage) ? -0.3 * width : width * 1.05;
    maps[each.name] = range(count).map(() =>
      placed({ x: far, y: height * 0.3, w: width * 0.2, h: width * 0.2 }, false),
    );
  }
  if (n > 1) maps[stage.name] = tiled(others, n, cells[stage.name]).map((r) => placed(r));
  const [big] = tiled(large, 1, cells[stage.name]);
  maps[stage.name][map] = placed(big);
  const labels = [{ stage, x: big.x + big.w / 2, y: big.y - LABEL }];
  if (from) {
    const tiles = tiled(before, sources.length, cells[from.name]);
    sources.forEach((source, i) => {
      maps[from.name][source] = placed(tiles[i]);
    });
    const [first] = tiles;
    const middle = before.x + before.w / 2;
    labels.push({ stage: from, x: middle, y: first.y - LABEL });
  }
  return { across, cells, maps, labels, parts: null };
}

/** Which maps of the stage before a map is made of. */
export function feeding({ kind, from }: Stage, map: number) {
  const all = kind === "conv2d" || kind === "linear" || kind === "softmax";
  return all ? range(mapsOf(from as Stage)) : [map];
}

/** Does the layer of a unit stay in sight beside its sum? Elsewhere the sum needs the room. */
export const isLocated = ({ kind }: Stage) => kind !== "linear" && kind !== "softmax";

/** A unit's sum. The window grows out of the map that feeds it; the map itself stays, small. */
function unitPlan(asked: Asked, plan: Plan): Plan {
  const { stage, at, channel, box } = asked;
  const { from } = stage;
  const parts = partsOf(asked, plan.across);
  const maps = Object.fromEntries(
    Object.entries(plan.maps).map(([name, all]) => [
      name,
      all.map((each) => ({ ...each, shown: false })),
    ]),
  );
  const own = maps[stage.name];
  if (isLocated(stage)) {
    const map = mapOf(stage, at);
    own[map] = placed(tiled(parts.locator, 1, plan.cells[stage.name])[0]);
  }
  if (from && box) {
    const { rows, columns } = plan.cells[from.name];
    const { x, y } = parts.inputs;
    const { cell } = parts;
    const clip = [
      box.top / rows,
      1 - (box.left + box.width) / columns,
      1 - (box.top + box.height) / rows,
      box.left / columns,
    ];
    maps[from.name][channel] = {
      x: x - box.left * cell,
      y: y - box.top * cell,
      w: columns * cell,
      h: rows * cell,
      shown: true,
      clip: clip.map((share) => Math.max(0, share)),
    };
  } else if (from && stage.kind === "linear") {
    maps[from.name] = tiled(parts.inputs, mapsOf(from), plan.cells[from.name]).map((r) =>
      placed(r),
    );
  }
  return { ...plan, maps, labels: [], parts };
}

/** Where the parts of a sum are. */
function partsOf({ stage, box, width, height }: Asked, across: boolean) {
  const { kind } = stage;
  const locator: Rect = { x: 4, y: height - 104, w: 100, h: 100 };
  if (kind === "linear") {
    const sign = across ? SIGN : 16;
    const side = Math.min((width - 2 * sign) / 3, height - LABEL - (across ? 222 : 184));
    const left = (width - 3 * side - 2 * sign) / 2;
    const [inputs, weights, products] = range(3).map((i) => {
      return { x: left + i * (side + sign), y: LABEL, w: side, h: side };
    });
    const y = LABEL + side + 12;
    const sums = { x: 0, y, w: width, h: height - y };
    return { inputs, weights, products, sums, locator, cell: 0 };
  }
  const none = kind === "input" || kind === "softmax" ? 0 : 1;
  const { height: rows, width: columns } = box ?? { height: none, width: none };
  if (kind !== "conv2d") {
    const cell = Math.min(72, (width * 0.4) / (columns || 1));
    const inputs = {
      x: across ? width * 0.2 : 16,
      y: height * 0.22,
      w: cell * columns,
      h: cell * rows,
    };
    const x = columns ? inputs.x + inputs.w + 28 : 0;
    return {
      inputs,
      sums: { x, y: 0, w: width - x, h: height - (columns ? 110 : 0) },
      locator,
      cell,
    };
  }
  if (across) {
    const cell = Math.floor(Math.min(62, (width - 2 * SIGN) / 3 / columns, (height - 190) / rows));
    const [w, h] = [cell * columns, cell * rows];
    const left = (width - 3 * w - 2 * SIGN) / 2;
    const y = LABEL + Math.max(0, (height - 190 - h) / 2);
    const [inputs, weights, products] = range(3).map((i) => ({
      x: left + i * (w + SIGN),
      y,
      w,
      h,
    }));
    const sums = { x: 128, y: y + h + 20, w: width - 128, h: height - y - h - 20 };
    return {
      inputs,
      weights,
      products,
      sums,
      locator: { ...locator, y: y + h + 28 },
      cell,
    };
  }
  const foot = 58; // pixels of the line below: the map, and what all comes to
  const most = Math.min((width - 12) / 2 / columns, (height - 2 * LABEL - foot) / 2 / rows);
  const cell = Math.floor(Math.min(46, most));
  const [w, h] = [cell * columns, cell * rows];
  const below = 2 * LABEL + h;
  const y = height - foot + 4;
  return {
    inputs: { x: 0, y: LABEL, w, h },
    weights: { x: width - w, y: LABEL, w, h },
    products: { x: 0, y: below, w, h },
    sums: { x: w + 10, y: below, w: width - w - 10, h },
    locator: { x: 2, y, w: 52, h: 52 },
    total: { x: 66, y, w: width - 66, h: 52 },
    cell,
  };
}

/** The map of some places, and the cell of it, that are nearest to a point. */
export function cellAt(rects: Rect[], { rows, columns }: Cells, x: number, y: number) {
  const away = rects.map((r) =>
    Math.hypot(Math.max(r.x - x, 0, x - r.x - r.w), Math.max(r.y - y, 0, y - r.y - r.h)),
  );
  const map = away.indexOf(Math.min(...away));
  const { x: left, y: top, w, h } = rects[map];
  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v * n)));
  return {
    map,
    row: clamp((y - top) / h, rows),
    column: clamp((x - left) / w, columns),
    away: away[map],
  };
}
