"""Every lab of a page of the built book, among its styles: on one screen, and all of it inside."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.labs.stage import MOST

WIDE = {"desktop": (960, 1080), "phone": (390, 390)}  # pixels that a lab may take

# Of a lab: where it is, what it shows outside itself, and its controls before *More settings*.
SEEN = """place => {
  const lab = place.querySelector(".cnl");
  const [box, seen] = [lab.getBoundingClientRect(), (each) => each.checkVisibility()];
  const clips = (each) => each !== lab && /hidden|auto|scroll|clip/.test(
    getComputedStyle(each).overflow + getComputedStyle(each).contain.replace("strict", "clip"));
  const isClipped = (each) => {
    for (let up = each.parentElement; up && up !== lab; up = up.parentElement)
      if (clips(up)) return true;
    return false;
  };
  const outside = [...lab.querySelectorAll("*")].filter((each) => {
    if (!seen(each) || each.closest(".cnl-hidden, defs") || isClipped(each)) return false;
    const { left, right, top, bottom, width, height } = each.getBoundingClientRect();
    if (!width || !height) return false;
    return left < box.left - 2 || right > box.right + 2 ||
      top < box.top - 2 || bottom > box.bottom + 2;
  });
  const scrolls = [...lab.querySelectorAll(".cnl-scroll")].filter(
    (each) => each.scrollWidth > each.clientWidth + 2);
  const controls = [...lab.querySelectorAll("button, input, select, summary, a[href]")].filter(
    (each) => seen(each) && !each.closest("[role=grid], .cnl-stage"));
  return {
    width: box.width, height: box.height, room: place.getBoundingClientRect().height,
    outside: outside.map((each) => each.outerHTML.slice(0, 90)),
    cut: scrolls.map((each) => each.outerHTML.slice(0, 90)), controls: controls.length,
    full: lab.classList.contains("cnl-full"),
  };
}"""


def on_one_screen(page: Page, screen: str) -> list[str]:
    """Return what is wrong with the labs of a page, which are brought into view one by one."""
    found = []
    for place in page.locator('.cnl-explorable[style*="--room"]').all():
        kept = place.bounding_box()["height"]
        place.evaluate("place => place.scrollIntoView({ block: 'center' })")
        place.locator(".cnl").wait_for()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
        lab, name = place.evaluate(SEEN), place.get_attribute("id")
        found += [f"{name}{wrong}" for wrong in _wrong(page, lab, kept, WIDE[screen])]
    return found


def _wrong(page: Page, lab: dict[str, Any], kept: float, wide: tuple[int, int]) -> Iterator[str]:
    """What is wrong with one lab as `SEEN` saw it, for which so many pixels were kept."""
    header = page.locator(".bd-header-article").bounding_box()["height"]
    least, most = wide
    if not least <= lab["width"] <= most:
        yield f" is {lab['width']} pixels wide"
    if abs(lab["room"] - kept) > 2:
        yield f" takes {lab['room']} pixels, and {kept} were kept for it"
    if not lab["full"] and lab["height"] + header > page.viewport_size["height"]:
        yield f" is {lab['height']} pixels high, with a header of {header}"
    if not lab["full"] and lab["controls"] > MOST:
        yield f" shows {lab['controls']} controls"
    yield from (f": outside of it {each}" for each in lab["outside"])
    yield from (f": cut off {each}" for each in lab["cut"])
