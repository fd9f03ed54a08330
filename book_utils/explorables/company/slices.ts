/** Long work between the frames of a page. */
import { useEffect, useRef, useState } from "preact/hooks";

type Work<T> = () => Generator<unknown, T>;
const SLICE = 5; // milliseconds

/**
 * What some work returns, null until it is there. The work is done in slices, so that the page goes
 * on; what is asked for meanwhile waits until it is done, and of several only the latest is done.
 * @param work  null where there is nothing to do yet
 * @param on  what the work depends on
 */
export function useInSlices<T>(work: Work<T> | null, on: unknown[]): T | null {
  const [found, setFound] = useState<T | null>(null);
  const next = useRef<Work<T> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | 0>(0);
  const begin = () => {
    const running = next.current?.();
    next.current = null;
    const slice = () => {
      const end = performance.now() + SLICE;
      let step = running?.next();
      while (step && !step.done && performance.now() < end) step = running?.next();
      timer.current = step && !step.done ? setTimeout(slice) : 0;
      if (step?.done) setFound(step.value);
      if (!timer.current && next.current) begin();
    };
    timer.current = setTimeout(slice);
  };
  useEffect(() => {
    next.current = work;
    if (work && !timer.current) begin();
  }, on);
  useEffect(() => () => clearTimeout(timer.current || undefined), []);
  return found;
}
