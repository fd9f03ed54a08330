"""What is seen of a lab: by everybody, on a phone, in print, without scripts, without colours."""

from collections import defaultdict
from itertools import combinations
from typing import Any

from playwright.sync_api import Locator

from tests.built_book import ROOT
from tests.labs.stand import SIZES, Stand

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (only) => {
  const found = await axe.run(document.querySelector(".cnl-explorable"), {
    runOnly: only, resultTypes: ["violations"], preload: false,
  });
  return found.violations.map(({ impact, id, nodes }) => [impact, id, nodes.map((n) => n.html)]);
}"""
GROWTH = 2  # pixels by which a lab may grow under a hand


def axe(stand: Stand) -> list[str]:
    """Axe finds nothing serious, WCAG 2.2's size of targets included, in the light and the dark."""
    stand.page.add_script_tag(url=AXE.as_uri())
    found = _faults(stand, {"type": "tag", "values": TAGS})
    stand.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    found += _faults(stand, {"type": "rule", "values": ["color-contrast"]}, " in the dark")
    stand.page.evaluate("document.documentElement.dataset.theme = 'light'")
    return found


def _faults(stand: Stand, only: dict[str, Any], where: str = "") -> list[str]:
    return [
        f"{impact}: {rule}{where}: {len(nodes)}, such as {nodes[0][:140]}"
        for impact, rule, nodes in stand.page.evaluate(RUN, only)
        if impact in ("serious", "critical")
    ]


def sideways(stand: Stand) -> list[str]:
    """On a phone no setting makes the page scroll sideways, and neither does a narrow phone."""
    wide = SIZES["phone"]["width"]
    moves = [(f"{m['name']} at {m['value']}", m["width"]) for m in stand.walk["moves"]]
    found = [f"{width} pixels with {move}" for move, width in moves if width > wide]
    for width in (wide, 320):
        stand.page.set_viewport_size({**stand.page.viewport_size, "width": width})
        stand.hand("painted")
        if (needed := stand.hand("size")["width"]) > width:
            found.append(f"{needed} pixels on a page of {width}")
    stand.page.set_viewport_size({**stand.page.viewport_size, "width": wide})
    return found


def growth(stand: Stand) -> list[str]:
    """No control makes the lab higher or lower, so that what stands below it stays."""
    start, moves = stand.walk["start"], stand.walk["moves"]
    grown = [(m["height"] - start["height"], f"{m['name']} at {m['value']}") for m in moves]
    return [f"{move}: {by:+.0f} pixels" for by, move in grown if abs(by) > GROWTH]


def printed(stand: Stand) -> list[str]:
    """In print the still picture stands there and the controls do not."""
    stand.page.emulate_media(media="print")
    still, live = stand.page.locator(".cnl-still"), stand.page.locator(".cnl")
    found = [] if still.is_visible() else ["the still is not printed"]
    found += ["the controls are printed"] if live.is_visible() else []
    stand.page.emulate_media(media="null")
    return found + (["the still is shown beside the lab"] if still.is_visible() else [])


def without_scripts(stand: Stand) -> list[str]:
    """Where no scripts run, the still stands there and says in words what it shows."""
    page = stand.without_scripts
    page.goto(stand.address)
    still = page.locator(".cnl-still")
    found = [] if still.is_visible() else ["the still is not shown"]
    if page.locator(".cnl").count():
        found.append("there are controls that do nothing")
    dumb = [each for each in still.locator("img, svg").all() if not _words(each)]
    found += ["a picture has no alternative text"] * bool(dumb)
    if not still.inner_text().strip() and not still.locator("img, svg").count():
        found.append("the still is empty")
    return found


def _words(picture: Locator) -> str:
    return picture.get_attribute("alt") or picture.get_attribute("aria-label") or ""


GROUND = ("ground", "image")
SHAPE = ("edge", "outline", "shadow")


def forced_colours(stand: Stand) -> list[str]:
    """With forced colours, all that a ground or a shadow says is still there, or said by a line.

    A box without words that is filled stays filled, or has an edge; so does a bar, whatever stands
    in it, and what a style draws before or after an element. Two cells of a grid that a
    shadow, an edge or an outline tells apart, or the ground alone where their text is the same, are
    told apart. So are a pressed button and one that is not, a chosen row and the others.
    """
    links = [stand.link(state) for state in stand.probe.variants()] if stand.copies else [None]
    found = {complaint for link in links for complaint in _lost(stand, link)}
    stand.page.emulate_media(forced_colors="none")
    return sorted(found)


def _lost(stand: Stand, link: str | None) -> list[str]:
    """What is lost where colours are forced, with the settings of a link."""
    if link:
        stand.hand("arrive", link)
    plain, forced = (_paints(stand, on) for on in ("none", "active"))
    lost = [
        f"{box['where']} is no longer filled"
        for box, now in zip(plain["boxes"], forced["boxes"], strict=True)
        if _is_filled(box) and not _is_filled(now) and not _has_edge(now)
    ]
    lost += [
        f"{state['where']} no longer looks different"
        for state, now in zip(plain["states"], forced["states"], strict=True)
        if state["on"] != state["off"] and now["on"] == now["off"]
    ]
    return [*lost, *_cells_alike(plain["cells"], forced["cells"])]


def _paints(stand: Stand, forced: str) -> dict[str, list[dict[str, Any]]]:
    stand.page.emulate_media(forced_colors=forced)
    stand.hand("painted")
    return stand.hand("paints")


def _is_filled(box: dict[str, Any]) -> bool:
    clear = box["ground"] in ("rgba(0, 0, 0, 0)", "transparent", box["behind"])
    return not clear or box["image"] != "none"


def _has_edge(box: dict[str, Any]) -> bool:
    return box["outline"] != "none" or set(box["edge"].split(", ")) != {"none"}


def _cells_alike(plain: list[dict], forced: list[dict]) -> set[str]:
    """Kinds of cells of one grid that only colours told apart."""
    looks: dict[str, dict[tuple, tuple]] = defaultdict(
        dict
    )  # grid -> how a cell looks -> and forced
    for cell, now in zip(plain, forced, strict=True):
        before = tuple(cell[key] for key in (*SHAPE, *GROUND))
        looks[cell["grid"]][before, cell["text"]] = cell, now
    found = set()
    for kinds in looks.values():
        for (one, one_now), (two, two_now) in combinations(kinds.values(), 2):
            by_shape = any(one[key] != two[key] for key in SHAPE)
            by_ground = one["text"] == two["text"] and any(one[key] != two[key] for key in GROUND)
            alike = all(one_now[key] == two_now[key] for key in (*SHAPE, *GROUND, "note"))
            if (by_shape or by_ground) and alike:
                found.add(f"{one['where']} and {two['where']} look the same")
    return found
