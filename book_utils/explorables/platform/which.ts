/** Tells several of a kind on a page apart, by their order. */

/** ", 2 of 4": an element among those that match a selector; nothing where it is the only one. */
export function whichOf(element: Element, selector: string) {
  const all = [...document.querySelectorAll(selector)];
  return all.length > 1 ? `, ${all.indexOf(element) + 1} of ${all.length}` : "";
}
