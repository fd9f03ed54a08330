"""Every lab of the built book, among the styles of its page: on one screen, and all inside."""

import pytest

from tests.book.pages import name_of, notebook_pages
from tests.labs.stage import MOST

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
WIDE = {"desktop": (960, 1080), "phone": (390, 390)}
PAGES = [f"{name_of(page)}.html" for page in notebook_pages()]

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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_each_lab_is_on_one_screen_and_all_of_it_inside(open_page, book_http, path, size):
    width, height = SIZES[size]
    page = open_page(book_http + path, width=width, height=height)
    found = []
    for place in page.locator('.cnl-explorable[style*="--room"]').all():
        kept = place.bounding_box()["height"]
        place.evaluate("place => place.scrollIntoView({ block: 'center' })")
        place.locator(".cnl").wait_for()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
        lab, name = place.evaluate(SEEN), place.get_attribute("id")
        header = page.locator(".bd-header-article").bounding_box()["height"]
        least, most = WIDE[size]
        if not least <= lab["width"] <= most:
            found.append(f"{name} is {lab['width']} pixels wide")
        if abs(lab["room"] - kept) > 2:
            found.append(f"{name} takes {lab['room']} pixels, and {kept} were kept for it")
        if not lab["full"] and lab["height"] + header > height:
            found.append(f"{name} is {lab['height']} pixels high, with a header of {header}")
        if not lab["full"] and lab["controls"] > MOST:
            found.append(f"{name} shows {lab['controls']} controls")
        found += [f"{name}: outside of it {each}" for each in lab["outside"]]
        found += [f"{name}: cut off {each}" for each in lab["cut"]]
    assert found == []
