/**
 * A pixel of a picture, picked by pointer, touch or arrow keys, with Shift ten at a time; a mouse
 * that is not pressed points at one.
 */
import { ARROWS } from "./steps.ts";

type At = [number, number];

type Aim = {
  /** how many rows and columns there are to pick from */
  shape: At;
  picked: At;
  onPick: (at: At) => void;
  /** the mouse is over a pixel, or over none */
  onPoint?: (at: At | null) => void;
  /** the row and column at a place of the element, given as parts of its height and width */
  at?: (down: number, across: number) => At;
};

/** What an element needs so that its pixels can be picked. */
export function aiming({ shape, picked, onPick, onPoint, at }: Aim) {
  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  const inside = ([i, j]: At): At => [clamp(i, shape[0]), clamp(j, shape[1])];
  const onPointer = (event: PointerEvent) => {
    const isPressed = event.buttons !== 0;
    if (!isPressed && !(onPoint && event.pointerType === "mouse")) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const down = (event.clientY - box.top) / box.height;
    const across = (event.clientX - box.left) / box.width;
    const found = inside(at ? at(down, across) : [down * shape[0], across * shape[1]]);
    if (isPressed) onPick(found);
    else onPoint?.(found);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    onPick(inside([picked[0] + by * step[0], picked[1] + by * step[1]]));
  };
  const onPointerLeave = () => onPoint?.(null);
  return { onPointerDown: onPointer, onPointerMove: onPointer, onPointerLeave, onKeyDown };
}
