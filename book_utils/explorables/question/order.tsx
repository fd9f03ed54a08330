/** Lines that are put in order: by drag, by the buttons of a line, by arrow keys. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { CodeLines } from "./code.tsx";
import { atFirst, DIVIDER, firstWrong, type Lines, moved, used, whereNow } from "./order.ts";

type Props = {
  label: string;
  question: { content: Lines; response: number[] | null };
  draft: number[] | null;
  onDraft: (draft: number[]) => void;
};

const STEPS = { ArrowUp: -1, ArrowDown: 1 } as Record<string, number>;
const GLIDE = 150; // milliseconds in which a line comes to its new place

/** The line that an event happened in. */
const lineOf = (event: Event) => {
  const row = (event.target as HTMLElement).closest<HTMLElement>("[data-line]");
  return row ? Number(row.dataset.line) : null;
};

/** The place in a list for the row that is dragged: below those above the pointer. */
function placeAt(list: HTMLElement, dragged: number, pointer: number) {
  const y = pointer - list.getBoundingClientRect().top;
  const rows = [...list.children] as HTMLElement[];
  const others = rows.filter((row) => row.dataset.line !== String(dragged));
  return others.filter((row) => row.offsetTop + row.offsetHeight / 2 < y).length;
}

/** Lets rows that have another place glide there. */
function useGlide(list: { current: HTMLElement | null }) {
  const tops = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const row of (list.current?.children ?? []) as Iterable<HTMLElement>) {
      const key = row.dataset.line ?? "";
      const by = (tops.current.get(key) ?? row.offsetTop) - row.offsetTop;
      tops.current.set(key, row.offsetTop);
      if (by && !isStill)
        row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], GLIDE);
    }
  });
}

export function OrderField({ label, question: { content, response }, draft, onDraft }: Props) {
  const arranged = draft ?? atFirst(content);
  const placed = used(arranged);
  const [dragged, drag] = useState<number | null>(null);
  const [said, say] = useState("");
  const list = useRef<HTMLOListElement | null>(null);
  const refocus = useRef<HTMLElement | null>(null);
  useGlide(list);
  useLayoutEffect(() => {
    refocus.current?.focus(); // a row that goes to another place loses the focus
    refocus.current = null;
  });

  const put = (line: number, to: number) => {
    const next = moved(arranged, line, to);
    if (String(next) === String(arranged)) return;
    onDraft(next);
    say(whereNow(content, next, line));
  };
  const step = (line: number, by: number, button: HTMLElement) => {
    refocus.current = button;
    put(line, Math.max(0, arranged.indexOf(line) + by));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [by, line] = [STEPS[event.key], lineOf(event)];
    if (!by || line === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(line, by, event.target as HTMLElement);
  };
  const onPointerDown = (event: PointerEvent) => {
    const [target, line] = [event.target as HTMLElement, lineOf(event)];
    const isHold = event.pointerType === "mouse" || target.closest(".cnl-grip");
    if (line === null || event.button || !isHold || target.closest("button")) return;
    event.preventDefault(); // else the mouse would mark words
    list.current?.setPointerCapture(event.pointerId);
    drag(line);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (dragged === null || !list.current) return;
    put(dragged, placeAt(list.current, dragged, event.clientY));
  };
  const drop = () => drag(null);

  const isChecked = response !== null && String(placed) === String(response);
  const wrong = isChecked ? placed[firstWrong(content, response)] : null;
  const looks = (line: number, at: number) =>
    ["cnl-piece", line === dragged && "dragged", line === wrong && "wrong", at < 0 && "out"]
      .filter(Boolean)
      .join(" ");
  return (
    <>
      <p class="cnl-how">
        Drag the lines into order, or move them with their arrows.
        {arranged.includes(DIVIDER) && " Those that do not belong go below “Left out”."}
      </p>
      <ol
        ref={list}
        class="cnl-pieces"
        aria-labelledby={label}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={drop}
        onPointerCancel={drop}
      >
        {arranged.map((line) => {
          if (line === DIVIDER)
            return (
              <li key={line} class="cnl-left-out">
                Left out
              </li>
            );
          const [at, { text }] = [placed.indexOf(line), content.lines[line]];
          const ends = { up: arranged[0] === line, down: arranged.at(-1) === line };
          return (
            <li key={line} data-line={line} class={looks(line, at)}>
              <span class="cnl-grip" aria-hidden="true">
                <i>⠿</i> {at < 0 ? "–" : at + 1}
              </span>
              <CodeLines text={text} />
              {line === wrong && <span class="cnl-hidden">, the first wrong line</span>}
              {(["up", "down"] as const).map((way) => (
                <button
                  key={way}
                  type="button"
                  class="cnl-move"
                  aria-label={`Move ${way}: ${text.trim()}`}
                  aria-disabled={ends[way]}
                  onClick={(event) => step(line, way === "up" ? -1 : 1, event.currentTarget)}
                >
                  {way === "up" ? "↑" : "↓"}
                </button>
              ))}
            </li>
          );
        })}
      </ol>
      <p class="cnl-hidden" aria-live="polite">
        {said}
      </p>
    </>
  );
}
