/** What a reader's hand does to the picked row, and the keys for it. */
import { within } from "./edits.ts";

export type Hand = {
  pick(at: number): void;
  /** moves the picked row so many places later */
  move(by: number): void;
  /** takes the picked row out, unless it is the last that is left */
  remove(): void;
};

const PICKS: Record<string, number> = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
  Home: -Infinity,
  End: Infinity,
};

/** Arrows pick, with Shift they move the row; Delete removes it. */
export function rowKeys(picked: number, count: number, hand: Hand) {
  return (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = PICKS[event.key];
    const isRemoved = event.key === "Delete" || event.key === "Backspace";
    if (step === undefined && !isRemoved) return;
    event.preventDefault();
    if (isRemoved) hand.remove();
    else if (event.shiftKey) hand.move(step);
    else hand.pick(within(picked + step, count));
  };
}
