/**
 * A grid of many cells that differ in hue: one canvas, so that a slider may change them all in a
 * frame. For those who cannot see it, it is a grid of which the page holds one cell at a time.
 */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ON_HUE } from "../platform/theme.ts";
import type { GridPick } from "./grid.tsx";
import { colourOf, greyOf, hueBetween, onGrey } from "./hues.ts";
import { STEPS } from "./steps.ts";

type At = [number, number];
/**
 * What fills a cell: a hue or none, how strong, and what is written on it where there is room; or a
 * picture's grey, of which 1 is white.
 */
export type Ink = { hue: number | null; strength: number; text: string; shade?: number };

const [FADE, MERGE] = [250, 300]; // milliseconds
const [LEAST, MOST] = [12, 20]; // pixels of type
const TYPE = 0.36; // of a cell's height
const MOST_LINED = 64; // rows; the lines of more would cover their cells
const GAP = 1; // pixels between cells, of those that have them to spare

type TilesProps = {
  shape: At;
  /** row by row */
  inks: Ink[];
  /** when this changes, the inks glide from what they were */
  glides: string;
  /** cells to outline */
  lit?: At[];
  /** the cell to mark */
  shown?: At | null;
  /** those that are not lit step back */
  isAlone?: boolean;
  /** every so many rows and columns a thicker line */
  block?: number;
  /** the same for rows alone */
  band?: number;
  /** how high the type is, as a part of a cell */
  type?: number;
  label?: string;
  /** what a screen reader hears of a cell */
  says?: (at: At) => string;
  /** without it the grid is a picture beside another that can be picked */
  pick?: GridPick;
};

export function Tiles(props: TilesProps) {
  const { shape, inks, glides, lit = [], shown, isAlone, block, band, label, says, pick } = props;
  const [rows, columns] = shape;
  const canvas = useInks(inks, shape, glides, props.type);
  const isLined = rows <= MOST_LINED;
  const outlines = lit.map(outline).join("");
  return (
    <div class="cnl-inks" style={`--rows:${rows};--columns:${columns}`}>
      <canvas ref={canvas} aria-hidden="true" />
      <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
        {isLined && <path d={lines(shape, 1)} />}
        {block && <path class="blocks" d={lines(shape, block)} />}
        {band && <path class="blocks" d={bands(shape, band)} />}
        {isAlone && <path class="veil" d={`M0 0h${columns}v${rows}h${-columns}z${outlines}`} />}
        <path class="lit" d={outlines} />
        {shown && <path class="picked" d={outline(shown)} />}
      </svg>
      {pick && says && label && <Hand {...{ shape, label, says, ...pick }} />}
    </div>
  );
}

const outline = ([i, j]: At) => `M${j} ${i}h1v1h-1z`;

/** The lines between the cells, and around them all. */
function lines([rows, columns]: At, step: number) {
  const every = (most: number) =>
    Array.from({ length: Math.floor(most / step) + 1 }, (_, k) => k * step);
  const down = every(columns).map((j) => `M${j} 0v${rows}`);
  return every(rows)
    .map((i) => `M0 ${i}h${columns}`)
    .concat(down)
    .join("");
}

/** The lines between so many rows and the next. */
const bands = ([rows, columns]: At, step: number) =>
  Array.from(
    { length: Math.ceil(rows / step) - 1 },
    (_, k) => `M0 ${(k + 1) * step}h${columns}`,
  ).join("");

/** A canvas with these inks on it. */
function useInks(inks: Ink[], [rows, columns]: At, glides: string, type = TYPE) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const now = useRef({ inks, columns, rows, width: 0, height: 0, glides, type });
  const draw = () => canvas.current && paint(canvas.current, now.current);

  useLayoutEffect(() => {
    const last = now.current;
    const from = last.inks;
    const isOther = last.columns !== columns || last.rows !== rows;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    now.current = { ...last, columns, rows, inks, glides };
    if (isOther) return; // the observer below draws them
    if (isStill || last.glides === glides) {
      draw();
      return;
    }
    const start = performance.now();
    const glide = (time: number) => {
      const [fade, merge] = [FADE, MERGE].map((all) => eased(Math.min(1, (time - start) / all)));
      now.current.inks = inks.map((ink, k) => inkBetween(from[k], ink, fade, merge));
      draw();
      if (merge < 1) frame = requestAnimationFrame(glide);
    };
    let frame = requestAnimationFrame(glide);
    return () => cancelAnimationFrame(frame);
  }, [inks, rows, columns, glides]);

  useLayoutEffect(() => {
    const watcher = new ResizeObserver(([{ contentRect }]) => {
      Object.assign(now.current, { width: contentRect.width, height: contentRect.height });
      draw();
    });
    if (canvas.current) watcher.observe(canvas.current); // which tells the size at once
    return () => watcher.disconnect();
  }, [rows, columns]);

  useEffect(() => {
    canvas.current?.addEventListener("transitionend", draw); // the page went dark, or light
  }, []);
  return canvas;
}

/** Slow at both ends; a clock that runs a little behind starts at 0. */
const eased = (part: number) => Math.max(0, part) ** 2 * (3 - 2 * Math.max(0, part));

function inkBetween(from: Ink, to: Ink, fade: number, merge: number): Ink {
  const strength = from.strength + fade * (to.strength - from.strength);
  if (!to.strength) return { ...from, strength };
  const isNew = !from.strength || from.hue === null || to.hue === null;
  return { ...to, strength, hue: isNew ? to.hue : hueBetween(from.hue ?? 0, to.hue ?? 0, merge) };
}

type Painting = { inks: Ink[]; columns: number; width: number; height: number; type: number };

function paint(canvas: HTMLCanvasElement, painting: Painting) {
  const { inks, columns, width, height } = painting;
  const context = canvas.getContext("2d");
  if (!context || !width) return;
  const dense = globalThis.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
  if (canvas.width !== across || canvas.height !== down)
    Object.assign(canvas, { width: across, height: down });
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.clearRect(0, 0, width, height);
  const cell = width / columns;
  const gap = cell >= 4 * GAP ? GAP : 0;
  const longest = Math.max(...inks.map(({ text }) => text.length));
  const type = Math.min(MOST, cell * painting.type, (cell - 5) / (longest * 0.585));
  const isWritten = type >= LEAST;
  if (isWritten) context.font = `${type}px system-ui, sans-serif`; // which takes its time
  context.textAlign = "center";
  context.textBaseline = "middle";
  const pen = isWritten && inks.some(({ hue }) => hue === null) && getComputedStyle(canvas).color;
  inks.forEach(({ hue, strength, text, shade }, k) => {
    if (strength <= 0) return;
    const [x, y] = [(k % columns) * cell, Math.floor(k / columns) * cell];
    context.globalAlpha = strength;
    context.fillStyle = shade === undefined ? colourOf(hue) : greyOf(shade);
    context.fillRect(x + gap / 2, y + gap / 2, cell - gap, cell - gap);
    if (!isWritten) return;
    if (hue === null) context.globalAlpha = 1;
    context.fillStyle = shade === undefined ? (hue === null && pen) || ON_HUE : onGrey(shade);
    context.fillText(text, x + cell / 2, y + cell / 2 + 1);
  });
}

type HandProps = Required<Pick<TilesProps, "shape" | "label" | "says">> &
  NonNullable<TilesProps["pick"]>;

/** Picks cells by mouse, finger and keys; the cell that has the focus is the one that is there. */
function Hand({ shape, label, says, picked, onPick, onPoint }: HandProps) {
  const cell = useRef<HTMLDivElement | null>(null);
  const refocus = useRef(false);
  const pointed = useRef("");
  const clamp = (at: At) =>
    at.map((v, axis) => Math.min(shape[axis] - 1, Math.max(0, Math.floor(v)))) as At;
  const here = clamp(picked ?? [0, 0]);
  useLayoutEffect(() => {
    if (refocus.current) cell.current?.focus();
    refocus.current = false;
  });
  const under = (event: MouseEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [down, across] = [event.clientY - box.top, event.clientX - box.left];
    return clamp([(down / box.height) * shape[0], (across / box.width) * shape[1]]);
  };
  const point = (at: At | null) => {
    if (String(at) === pointed.current) return;
    pointed.current = String(at);
    onPoint?.(at);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === " " ? [0, 0] : STEPS[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    refocus.current = true;
    onPick(clamp([here[0] + step[0], here[1] + step[1]]));
  };
  const [i, j] = here;
  const [width, height] = [100 / shape[1], 100 / shape[0]];
  return (
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={shape[0]}
      aria-colcount={shape[1]}
      onClick={(event) => {
        pointed.current = "";
        onPick(under(event));
      }}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => event.pointerType === "mouse" && point(under(event))}
      onPointerLeave={() => point(null)}
    >
      <div role="row" aria-rowindex={i + 1}>
        <div
          key={`${i},${j}`}
          ref={cell}
          role="gridcell"
          tabIndex={0}
          data-at={`${i},${j}`}
          aria-colindex={j + 1}
          aria-selected={picked !== null}
          aria-label={says(here)}
          style={`left:${j * width}%;top:${i * height}%;width:${width}%;height:${height}%`}
        />
      </div>
    </div>
  );
}
