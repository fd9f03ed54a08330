/** A control that stays under the hand while what stands above it grows or shrinks. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What scrolls an element: in JupyterLab a part of the page, in the book the page. */
function scrollerOf(element: Element) {
  for (let box = element.parentElement; box; box = box.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(box).overflowY) && box.scrollHeight > box.clientHeight)
      return box;
  }
  return document.scrollingElement;
}

/**
 * A reference for the element, and a function to call before a change: once the change is drawn,
 * the page is scrolled by as much as the element moved. Some labs draw a change in two steps, the
 * second in the next frame.
 */
export function useSteady<E extends HTMLElement = HTMLInputElement>(): [
  RefObject<E | null>,
  () => void,
] {
  const element = useRef<E | null>(null);
  const top = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (top.current === null || !element.current) return;
    const moved = element.current.getBoundingClientRect().top - top.current;
    if (moved) scrollerOf(element.current)?.scrollBy({ top: moved, behavior: "instant" });
  });
  const held = useRef(0);
  const hold = () => {
    top.current = element.current?.getBoundingClientRect().top ?? null;
    const turn = ++held.current;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (turn === held.current) top.current = null;
      }),
    );
  };
  return [element, hold];
}
