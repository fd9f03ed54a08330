/** Brings what a link has set before the reader's eyes, with the motion that they want. */

const MOMENT = 300; // milliseconds of the highlight
const PATIENCE = 1000; // milliseconds, for browsers that do not say when they have scrolled

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const frame = () => new Promise((done) => requestAnimationFrame(done));

/** What was set is on the screen. */
export async function painted() {
  await frame();
  await frame();
}

/** What the page keeps free at the top, for a bar that stays there. */
const covered = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;

/** Scrolls to a lab that is not wholly to be seen, then lights up its frame. */
export async function bringIntoView(place: HTMLElement) {
  await painted();
  const lab = place.querySelector<HTMLElement>(".cnl") ?? place;
  const { top, bottom, height } = lab.getBoundingClientRect();
  const room = innerHeight - covered();
  if (top < covered() || bottom > innerHeight) {
    const scrolled = new Promise((done) => {
      addEventListener("scrollend", done, { once: true });
      setTimeout(done, PATIENCE);
    });
    const behavior = isStill() ? "instant" : "smooth";
    lab.scrollIntoView({ block: height > room ? "start" : "center", behavior });
    if (!isStill()) await scrolled;
  }
  if (isStill()) return;
  const ring = (width: number) => `0 0 0 ${width}px var(--cnl-accent)`;
  lab.animate([{ boxShadow: ring(4) }, { boxShadow: ring(0) }], MOMENT);
}

/** Scrolls until an element is as far below the top of the window as it was. */
export function standAt(element: HTMLElement, top: number) {
  const by = element.getBoundingClientRect().top - top;
  scrollBy({ top: by, behavior: "instant" });
}
