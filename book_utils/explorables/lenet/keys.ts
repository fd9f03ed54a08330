/** The keys of the stage: arrows move, Enter goes in; Escape goes out, wherever the focus is. */

import { ARROWS } from "../parts/steps.ts";
import { type Cells, flowing, type Level, mapOf, mapsOf, type Plan } from "./layout.ts";
import type { Network } from "./network.ts";
import { best, hasMaps, type Stage, type Unit, unitAt, type Values } from "./stages.ts";
import type { Sum } from "./sum.ts";

type Place = {
  network: Network;
  level: Level;
  stage: Stage;
  at: number[];
  plan: Plan;
  sum: Sum;
  index: number;
  values: Values;
};
type Acts = {
  pick: (unit: Unit) => void;
  pickProduct: (index: number) => void;
  enter: () => void;
};
type Way = [number, number];

const FAR = 5; // units that an arrow with Shift goes

const within = (v: number, n: number) => Math.min(n - 1, Math.max(0, v));

export function keyed(place: Place, { pick, pickProduct, enter }: Acts) {
  const { level, sum } = place;
  return (event: KeyboardEvent) => {
    const { key } = event;
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.target !== event.currentTarget) return; // a button of the stage
    const step = ARROWS[key];
    const turn = { PageUp: -1, PageDown: 1 }[key] ?? 0;
    if (key === "Enter" || key === " ") {
      if (level !== "unit") enter();
    } else if (!step && !turn) return;
    else if (level === "network") pick(mapBeside(place, step ?? [turn, 0]));
    else if (level === "layer") pick(unitBeside(place, step, turn, event.shiftKey ? FAR : 1));
    else if (sum.products.length) pickProduct(productBeside(place, step, turn));
    else return;
    event.preventDefault();
  };
}

/** The next map or layer, at its largest unit. */
function mapBeside({ network, stage, at, plan, values }: Place, [down, right]: Way): Unit {
  const [ahead, beside] = plan.across ? [right, down] : [down, right];
  const all = flowing(network.stages);
  const now = all.indexOf(stage);
  const to = all[within((now < 0 ? all.length : now) + ahead, all.length)];
  // From 6 maps to 16 or to one: to that which lies at about the same place.
  const map = ((mapOf(stage, at) + 0.5) * mapsOf(to)) / mapsOf(stage);
  const next = within((to === stage ? mapOf(stage, at) : Math.floor(map)) + beside, mapsOf(to));
  const { data } = values[to.name];
  const area = data.length / mapsOf(to);
  const own = Array.from(data).slice(next * area, (next + 1) * area);
  return unitAt(to, next * area + best(own));
}

function unitBeside(place: Place, step: Way | undefined, turn: number, far: number): Unit {
  const { stage, at, plan } = place;
  const [down, right] = (step ?? [0, 0]).map((v) => far * v);
  if (hasMaps(stage)) {
    const [map, row, column] = at;
    const by = [turn, down, right];
    const next = [map, row, column].map((v, d) => within(v + by[d], stage.shape[d]));
    return [stage.name, ...next];
  }
  const cells = plan.cells[stage.name];
  return [
    stage.name,
    within(beside({ ...cells, maps: 1, across: 1 }, at[0], [down, right]), stage.shape[0]),
  ];
}

/** Maps of cells, so many of them beside each other. */
type Tiled = Cells & { maps: number; across: number };

/** The index of the cell a step away from another, over all maps. */
function beside({ rows, columns, maps, across }: Tiled, index: number, [down, right]: Way) {
  const [map, rest] = [Math.floor(index / (rows * columns)), index % (rows * columns)];
  const row = Math.floor(map / across) * rows + Math.floor(rest / columns);
  const column = (map % across) * columns + (rest % columns);
  const r = within(row + down, Math.ceil(maps / across) * rows);
  const c = within(column + right, Math.min(maps, across) * columns);
  const next = Math.floor(r / rows) * across + Math.floor(c / columns);
  return (next * rows + (r % rows)) * columns + (c % columns);
}

function productBeside({ stage, sum, index, plan }: Place, step: Way | undefined, turn: number) {
  const { products, window } = sum;
  const [rows, columns] = stage.kind === "softmax" ? [products.length, 1] : window;
  if (stage.kind === "linear") {
    const from = stage.from as Stage;
    const rects = plan.maps[from.name];
    const across = rects.filter(({ y }) => y === rects[0].y).length;
    const tiles = { ...plan.cells[from.name], maps: rects.length, across };
    return within(beside(tiles, index, step ?? [5 * turn, 0]), products.length);
  }
  if (step) {
    const area = Math.min(rows * columns, products.length);
    const first = index - (index % area);
    return first + within(beside({ rows, columns, maps: 1, across: 1 }, index % area, step), area);
  }
  const area = rows * columns;
  const to = index + turn * area;
  return to >= 0 && to < products.length ? to : index;
}
