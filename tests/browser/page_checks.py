"""What every page of the built book keeps: one list of checks for each screen, one load for all.

A check takes a `Visit` and returns its complaints; its first line says what is promised. The first
ones look at what happened while the page loaded, the last ones go through all its labs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.stages import on_one_screen
from tests.built_book import HTML, ROOT, weight

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WEIGHED = (".html", ".css", ".js", ".woff2")
MOST_BYTES = 300 * 1024  # of a page as it is transferred, before its pictures
MOST_SHIFT = 0.1  # of cumulative layout shift: up to here it is called good (web.dev)
LEAST = 10.9  # pixels of type in a picture
PHONE = 390  # pixels across
SCREENS = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": PHONE, "height": 844, "touch": True},
}
# Axe takes the longest of all: it runs in the light on one screen, in the dark on the other.
THEMES = {"desktop": "light", "phone": "dark"}
# The words of pictures, each with its size as shown in pixels; an index counts as its letter.
WORDS = """() => [...document.querySelectorAll('.book-picture')].flatMap(picture => {
    const size = element => parseFloat(getComputedStyle(element).fontSize);
    if (picture.tagName !== 'svg') return [[picture.textContent, size(picture)]];
    const scale = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
    return [...picture.querySelectorAll('text')].map(text => [text.textContent,
        scale * Math.max(...(text.children.length ? [...text.children] : [text]).map(size))]);
})
"""
# How far what a page shows has moved by itself while it loaded: cumulative layout shift.
SHIFT = """() => {
    const seen = new PerformanceObserver(() => {});
    seen.observe({ type: 'layout-shift', buffered: true });
    return seen.takeRecords().reduce((sum, { value }) => sum + value, 0);
}"""
# What a screen reader lists of labs and questions, mounted or waiting: each role with its name.
LISTED = """() => [...document.querySelectorAll('section.cnl, form.cnl, .cnl-explorable[role]')]
    .map(part => {
        const named = document.getElementById(part.getAttribute('aria-labelledby'));
        return `${part.role ?? part.localName}: ${part.ariaLabel ?? named.textContent.trim()}`;
    })
"""


@dataclass
class Visit:
    """A page on a screen: what it asked `home` for and what it listed when it was just loaded."""

    page: Page
    screen: str
    home: str
    requests: list[str]
    waiting: list[str]


def wear(page: Page, theme: str) -> None:
    """Change a page's theme as the system of a reader does."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour is on its way
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def faults(page: Page) -> list[str]:
    """Return axe's serious and critical findings, each with the elements it names."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    given = {"resultTypes": ["violations"], "preload": False}
    found = page.evaluate("given => axe.run(document, given)", given)
    return [
        f"{rule['impact']}: {rule['id']}: {rule['help']}: "
        + "; ".join(node["html"][:160] for node in rule["nodes"][:5])
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def light(visit: Visit) -> list[str]:
    """A page takes at most 300 KiB on its way, before its pictures."""
    names = {urlsplit(url).path.lstrip("/") for url in visit.requests if url.startswith(visit.home)}
    files = [HTML / name for name in names if Path(name).suffix in WEIGHED]
    sizes = sorted(((weight(file), file.name) for file in files), reverse=True)
    total = sum(size for size, _ in sizes)
    return [f"{total} bytes, most of them {sizes[:6]}"] if total > MOST_BYTES else []


def still(visit: Visit) -> list[str]:
    """What a page shows hardly moves while it loads."""
    shift = visit.page.evaluate(SHIFT)
    return [f"a layout shift of {shift:.2f}"] if shift >= MOST_SHIFT else []


def axe(visit: Visit) -> list[str]:
    """Axe finds nothing serious, in the light on a desktop and in the dark on a phone."""
    theme = THEMES[visit.screen]
    wear(visit.page, theme)
    return [f"{theme}: {fault}" for fault in faults(visit.page)]


def fits_a_phone(visit: Visit) -> list[str]:
    """On a phone nothing scrolls sideways and every word of a picture can be read."""
    page, found = visit.page, []
    page.evaluate("document.fonts.ready")
    for theme in ("dark", "light"):
        wear(page, theme)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{theme}: {width} pixels wide"] if width > PHONE else []
        found += [f"{theme}: “{word}” at {size:.1f} pixels"
                  for word, size in page.evaluate(WORDS) if size < LEAST]  # fmt: skip
        scrolling = page.locator(".katex-display[tabindex]").all_text_contents()
        found += [f"{theme}: {formula} scrolls" for formula in scrolling]
    return found


def names(visit: Visit) -> list[str]:
    """No two labs or questions have the same name, neither waiting nor there."""
    places = visit.page.locator(".cnl-explorable").all()
    for place in places:
        place.scroll_into_view_if_needed()
        place.locator(".cnl").wait_for()
    there = visit.page.evaluate(LISTED)
    found = []
    for listed in (visit.waiting, there):
        twice = [f"twice: {name}" for name in set(listed) if listed.count(name) > 1]
        found += twice or [f"{len(listed)} names for {len(places)}"] * (len(listed) != len(places))
    return found


def stages(visit: Visit) -> list[str]:
    """Each lab is on one screen among the styles of its page, and all of it inside."""
    return on_one_screen(visit.page, visit.screen)


Check = Callable[[Visit], list[str]]
CHECKS: dict[str, tuple[Check, ...]] = {
    "desktop": (light, still, axe, stages, names),
    "phone": (still, fits_a_phone, axe, stages),
}
