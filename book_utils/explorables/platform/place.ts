/**
 * Keeps the heading that an address names at its place while what is around it goes on loading:
 * questions and pictures may need more room than was kept for them. It ends with whatever the
 * reader does; a page that is loaded again stays where the reader was.
 */
export function keepPlace() {
  const [opened] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  let isKept = opened?.type === "navigate";
  const leave = () => {
    isKept = false;
  };
  for (const what of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(what, leave, { capture: true, passive: true });
  addEventListener("hashchange", () => {
    isKept = true;
  });
  const goBack = () => isKept && document.querySelector(":target")?.scrollIntoView();
  new ResizeObserver(goBack).observe(document.body);
}
