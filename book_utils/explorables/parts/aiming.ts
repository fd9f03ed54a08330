/** A pixel of a picture, picked by pointer, touch or arrow keys, with Shift ten at a time. */

type At = [number, number];

const STEPS: Record<string, At> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

type Aim = {
  /** how many rows and columns there are to pick from */
  shape: At;
  picked: At;
  onPick: (at: At) => void;
  /** the row and column at a place of the element, given as parts of its height and width */
  at?: (down: number, across: number) => At;
};

/** What an element needs so that its pixels can be picked. */
export function aiming({ shape, picked, onPick, at }: Aim) {
  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  const pick = ([i, j]: At) => onPick([clamp(i, shape[0]), clamp(j, shape[1])]);
  const onPointer = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const down = (event.clientY - box.top) / box.height;
    const across = (event.clientX - box.left) / box.width;
    pick(at ? at(down, across) : [down * shape[0], across * shape[1]]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    pick([picked[0] + by * step[0], picked[1] + by * step[1]]);
  };
  return { onPointerDown: onPointer, onPointerMove: onPointer, onKeyDown };
}
