/**
 * The network as maps that stay the same elements from level to level: a change of level moves
 * them, and fades out what is not a part of it.
 */
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { range } from "../parts/grid.tsx";
import { markOf } from "./account.tsx";
import {
  cellAt,
  feeding,
  flowing,
  isLocated,
  type Level,
  mapOf,
  mapsOf,
  type Plan,
  type Rect,
} from "./layout.ts";
import type { Network } from "./network.ts";
import { paint, type Shades } from "./paint.ts";
import { flat, hasMaps, type Stage, stageNamed, type Unit } from "./stages.ts";
import { type Box, type Seen, seenBy } from "./windows.ts";
import { titleOf } from "./words.ts";

const NATURAL = 100; // pixels of a map's side before it is moved and scaled
const NEAR = 26; // pixels beside a map that are taken for it

/** What is under a pointer. */
export type Hit = { unit: Unit; role: "map" | "unit" | "source" | "product" };

type FlowProps = {
  network: Network;
  level: Level;
  plan: Plan;
  shades: Record<string, Shades>;
  /** the unit that is picked, or under the pointer */
  shown: Unit;
  label: string;
  width: number;
  height: number;
  box: RefObject<HTMLDivElement | null>;
  onPoint: (hit: Hit | null) => void;
  onDrag: (hit: Hit) => void;
  onPress: (hit: Hit) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** the account of a unit */
  children?: ComponentChildren;
};

export function Flow(props: FlowProps) {
  const { network, level, plan, shades, shown, box, width, height, children } = props;
  const { stages } = network;
  useMaps(box, stages, plan, shades);
  const canvases = useMemo(
    () => stages.flatMap((stage) => range(mapsOf(stage)).map((map) => [stage, map] as const)),
    [stages],
  );
  const maps = useMemo(
    () =>
      canvases.map(([stage, map]) => (
        <canvas
          key={`${stage.name} ${map}`}
          data-map={`${stage.name} ${map}`}
          class={lookOf(stage, map)}
          style={styleOf(plan.maps[stage.name][map])}
          aria-hidden="true"
        />
      )),
    [plan],
  );
  /** Is this the map that a layer is looked at in? */
  function lookOf(stage: Stage, map: number) {
    const [name, ...at] = shown;
    const isLarge = level !== "network" && stage.name === name && map === mapOf(stage, at);
    return isLarge ? "cnl-map-of large" : "cnl-map-of";
  }
  const point = (event: MouseEvent) => {
    const { left, top } = (box.current as HTMLElement).getBoundingClientRect();
    return hitOf(props, event.clientX - left, event.clientY - top);
  };
  const isOwn = (event: Event) => !(event.target as Element).closest(".cnl-account > *");
  const onPointer = (event: PointerEvent) => {
    if (!isOwn(event)) return;
    const hit = point(event);
    if (event.type === "pointermove" && !event.buttons) return props.onPoint(hit);
    if (hit?.role === "unit") props.onDrag(hit);
  };
  const onClick = (event: MouseEvent) => {
    const hit = isOwn(event) && point(event);
    if (hit) props.onPress(hit);
  };
  return (
    <div
      ref={box}
      class={`cnl-flow at-${level}`}
      role="application"
      tabIndex={0}
      aria-label={props.label}
      style={`width:${width}px;height:${height}px`}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onPointerLeave={() => props.onPoint(null)}
      onClick={onClick}
      onKeyDown={props.onKeyDown}
    >
      <Edges {...{ network, level, plan, shown, width, height }} />
      {maps}
      {level !== "unit" && <Names plan={plan} />}
      <Marks {...{ network, level, plan, shown }} />
      {children}
    </div>
  );
}

const styleOf = ({ x, y, w, h, shown, clip }: Plan["maps"][string][number]) =>
  `transform:translate(${x}px,${y}px) scale(${w / NATURAL},${h / NATURAL});` +
  `clip-path:inset(${clip.map((share) => `${100 * share}%`).join(" ")})` +
  (shown ? "" : ";opacity:0;pointer-events:none");

/** Paints the maps anew where their numbers or the order of their cells changed. */
function useMaps(
  box: RefObject<HTMLDivElement | null>,
  stages: Stage[],
  { cells }: Plan,
  shades: Record<string, Shades>,
) {
  const painted = useRef<Record<string, [Shades["data"], number, number]>>({});
  useLayoutEffect(() => {
    const all = [...(box.current?.querySelectorAll<HTMLCanvasElement>("[data-map]") ?? [])];
    let next = 0;
    for (const stage of stages) {
      const own = all.slice(next, next + mapsOf(stage));
      next += own.length;
      const [shade, cell] = [shades[stage.name], cells[stage.name]];
      const before = painted.current[stage.name];
      if (before?.[0] === shade.data && before[1] === shade.high && before[2] === cell.rows)
        continue;
      painted.current[stage.name] = [shade.data, shade.high, cell.rows];
      own.forEach((canvas, map) => {
        paint(canvas, shade, cell, map * cell.rows * cell.columns);
      });
    }
  }, [shades, cells]);
}

/** The unit of a stage at a place in one of its maps. */
function unitOf(stage: Stage, map: number, row: number, column: number, columns: number): Unit {
  if (hasMaps(stage)) return [stage.name, map, row, column];
  return [stage.name, Math.min(stage.shape[0] - 1, row * columns + column)];
}

/** What lies at a point of the stage, or nothing. */
function hitOf({ network, level, plan, shown }: FlowProps, x: number, y: number): Hit | null {
  const { stages } = network;
  const stage = stageNamed(stages, shown[0]);
  const large = mapOf(stage, shown.slice(1) as number[]);
  const found = (of: Stage) => {
    const all = plan.maps[of.name].map((each) => (each.shown ? each : AWAY));
    const cells = plan.cells[of.name];
    const at = cellAt(all, cells, x, y);
    return { ...at, unit: unitOf(of, at.map, at.row, at.column, cells.columns) };
  };
  if (level === "network") {
    const all = flowing(stages).map(found);
    const nearest = all.reduce((best, each) => (each.away < best.away ? each : best));
    return nearest.away < NEAR ? { unit: nearest.unit, role: "map" } : null;
  }
  const own = found(stage);
  const source = stage.from && found(stage.from);
  if (own.away <= (source?.away ?? Infinity) && own.away < NEAR / 2)
    return { unit: own.unit, role: own.map === large ? "unit" : "map" };
  if (!source || source.away > NEAR / 2) return null;
  return { unit: source.unit, role: level === "unit" ? "product" : "source" };
}

const AWAY: Rect = { x: -1e6, y: -1e6, w: 1, h: 1 };

function Names({ plan: { labels, across } }: { plan: Plan }) {
  return (
    <>
      {labels.map(({ stage, x, y }) => (
        <span
          key={stage.name}
          class={across || x > 0 ? "cnl-name" : "cnl-name side"}
          style={`left:${x}px;top:${y}px`}
        >
          {titleOf(stage, true)}
        </span>
      ))}
    </>
  );
}

type EdgesProps = Pick<FlowProps, "network" | "level" | "plan" | "shown" | "width" | "height">;

/** Lines from what feeds a map to the map. */
function Edges({ network: { stages }, level, plan, shown, width, height }: EdgesProps) {
  const [name, ...at] = shown;
  const stage = stageNamed(stages, name);
  const { all, own } = useMemo(() => {
    const layers = flowing(stages).filter(({ from }) => from);
    const into = (to: Stage, map: number) => {
      const from = to.from as Stage;
      const sources = feeding(to, map).map((source) => plan.maps[from.name][source]);
      // Several maps beside each other give one bundle: lines begin where the last of them ends.
      const right = Math.max(...sources.map(({ x, w }) => x + w));
      const bottom = Math.max(...sources.map(({ y, h }) => y + h));
      const own = plan.maps[to.name][map];
      return sources
        .map((r) => (plan.across ? { ...r, w: right - r.x } : { ...r, h: bottom - r.y }))
        .map((r) => lines(plan, r, own))
        .join("");
    };
    const isFlowing = flowing(stages).includes(stage) && stage.from;
    const ofMap = isFlowing && level !== "unit" ? into(stage, mapOf(stage, at)) : "";
    if (level !== "network") return { all: "", own: ofMap };
    const [last] = plan.maps[layers[layers.length - 1].name];
    const toScores = range(SCORES).map((i) =>
      lines(plan, last, placeOfScore(plan, i, width, height)),
    );
    const between = layers.flatMap((to) => range(mapsOf(to)).map((map) => into(to, map)));
    return {
      all: [...between, ...toScores].join(""),
      own: stage.isLast ? toScores[at[0]] : ofMap,
    };
  }, [plan, name, stage.isLast ? at[0] : mapOf(stage, at), level]);
  return (
    <svg class="cnl-edges" width={width} height={height} aria-hidden="true">
      <path d={all} />
      <path class="own" d={own} />
    </svg>
  );
}

const SCORES = 10;

/** Where a score is, as far as a line to it is concerned: at the edge of the flow. */
function placeOfScore({ across }: Plan, i: number, width: number, height: number): Rect {
  const share = (i + 0.5) / SCORES;
  return across
    ? { x: width, y: share * height, w: 0, h: 0 }
    : { x: share * width, y: height, w: 0, h: 0 };
}

/** A curve, or a few between maps that are long: those of dense layers. */
function lines({ across }: Plan, from: Rect, to: Rect) {
  const ends = (r: Rect) => {
    const long = across ? r.h > 2.5 * r.w : r.w > 2.5 * r.h;
    const shares = long ? [0.1, 0.5, 0.9] : [0.5];
    return shares.map((share) => (across ? r.y + share * r.h : r.x + share * r.w));
  };
  const [start, end] = across ? [from.x + from.w, to.x] : [from.y + from.h, to.y];
  const middle = (start + end) / 2;
  const point = (along: number, side: number) =>
    across ? `${n(along)} ${n(side)}` : `${n(side)} ${n(along)}`;
  return ends(from)
    .flatMap((a) =>
      ends(to).map(
        (b) => `M${point(start, a)}C${point(middle, a)} ${point(middle, b)} ${point(end, b)}`,
      ),
    )
    .join("");
}

const n = (v: number) => Math.round(10 * v) / 10;

type MarksProps = Pick<FlowProps, "network" | "level" | "plan" | "shown">;

/** The unit that is shown, its window in what feeds it, and further back what that window saw. */
function Marks({ network: { stages }, level, plan, shown }: MarksProps) {
  const [name, ...at] = shown;
  const stage = stageNamed(stages, name);
  const seen = useMemo(() => seenBy(stage, at), [String(shown)]);
  if (level === "unit" && !isLocated(stage)) return null;
  const maps = plan.maps[name];
  const unit = flowing(stages).includes(stage) || level === "layer" ? flat(stage, at) : -1;
  const back = level === "network" ? stages : level === "layer" ? [stage.from] : [];
  return (
    <div class="cnl-marks" key={level}>
      {level === "network" && unit >= 0 && (
        <i class="cnl-map-mark" style={rectStyle(maps[mapOf(stage, at)])} />
      )}
      {back.map((each) => {
        const part = each && seen[each.name];
        return part && <Windows key={each.name} stage={each} seen={part} plan={plan} />;
      })}
      {unit >= 0 && <i class="cnl-unit" style={markOf(maps, plan.cells[name], unit)} />}
    </div>
  );
}

const rectStyle = ({ x, y, w, h }: Rect) => `left:${x}px;top:${y}px;width:${w}px;height:${h}px`;

/** The windows to outline in a stage. */
function Windows({ stage, seen, plan }: { stage: Stage; seen: Seen; plan: Plan }) {
  const { rows, columns } = plan.cells[stage.name];
  const kind = seen.direct ? "cnl-seen-by" : "cnl-seen-by far";
  const maps = plan.maps[stage.name];
  if (seen.unit !== undefined)
    return <i class={kind} style={markOf(maps, plan.cells[stage.name], seen.unit)} />;
  const box: Box = seen.box ?? { top: 0, left: 0, height: rows, width: columns };
  const [top, left] = [Math.max(0, box.top), Math.max(0, box.left)];
  const height = Math.min(rows, box.top + box.height) - top;
  const width = Math.min(columns, box.left + box.width) - left;
  return (
    <>
      {maps.map(({ x, y, w, h, shown }, map) => {
        if (!shown || (seen.channel ?? map) !== map) return null;
        const [cw, ch] = [w / columns, h / rows];
        const place = { x: x + left * cw, y: y + top * ch, w: width * cw, h: height * ch };
        return <i key={map} class={kind} style={rectStyle(place)} />;
      })}
    </>
  );
}
