/** Numbers that glide to new ones, so that what they draw is seen to move. */
import { useEffect, useRef, useState } from "preact/hooks";

const GLIDE = 220; // milliseconds

/** The numbers on their way; at once where motion is reduced, or where there are more or fewer. */
export function useGlide(numbers: number[]) {
  const [shown, show] = useState(numbers);
  const now = useRef(numbers);
  useEffect(() => {
    const start = now.current;
    const move = (to: number[]) => {
      now.current = to;
      show(to);
    };
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isStill || start.length !== numbers.length) {
      move(numbers);
      return;
    }
    let frame = 0;
    const begin = performance.now();
    const step = (time: number) => {
      const t = Math.min(1, Math.max(0, time - begin) / GLIDE);
      const eased = 1 - (1 - t) ** 3;
      move(t === 1 ? numbers : numbers.map((to, i) => start[i] + (to - start[i]) * eased));
      if (t < 1) frame = requestAnimationFrame(step);
    };
    if (String(start) !== String(numbers)) frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [String(numbers)]);
  return shown.length === numbers.length ? shown : numbers;
}
