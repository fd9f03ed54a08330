"""Every colour stands in theme.json, once, and can be seen on what it stands on."""

import re
from itertools import product

import pytest
from matplotlib.colors import CSS4_COLORS, to_rgb

from book_utils import plot, theme
from book_utils.check.engine import verdict
from book_utils.theme import THEME, colour
from tests.built_book import ROOT

# Black and white that are data or stand on any colour, each with the reason.
DATA = {
    'fillStyle = "white"': "what transparent parts of a picture stand on",
    "0xff000000 + 0x010101 *": "a grey pixel",
    '"rgba(0, 0, 0, 0)"': "what a browser calls no ground",
    '"white" if dark else "black"': "a number on a cell of any colour",
}
OTHERS = (
    "assets/katex/",
    "book_utils/explorables/dist/",
    "tests/unit/test_theme.py",
    "tests/labs/broken.js",  # alone on its page, so that it breaks for no fault but its own
)
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("assets", "book_utils", "chapters", "frontend", "tests")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".css", ".js", ".md", ".py", ".ts", ".tsx")
    and not path.relative_to(ROOT).as_posix().startswith(OTHERS)
}
A_COLOUR = re.compile(
    r"(?<![&\w])#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})(?![\w-])"  # #0b6e75
    r"|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(\s*[\d.]"  # rgb(11 110 117)
    r"|\b0xff[\da-f]{6}\b"
    r"|(?:\bcolor|\bfill|\bstroke|Style|background|border|outline|shadow)[\w-]*\"?\s*[:=]"
    rf"[^;)\n]*(?<![\w-])(?:{'|'.join(CSS4_COLORS)})(?![\w(-])",  # color: teal
    re.IGNORECASE,
)
A_TRIPLE = re.compile(r"\[\s*(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\s*\]")  # [11, 110, 117]


def colours_in(file, text):
    """What looks like a colour in a source; in TypeScript three bytes do."""
    for data in DATA:
        text = text.replace(data, "")
    found = [match[0] for match in A_COLOUR.finditer(text)]
    if file.endswith((".ts", ".tsx")):
        triples = A_TRIPLE.finditer(text)
        found += [t[0] for t in triples if 128 <= max(map(int, t.groups())) <= 255]
    return found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("a.css", "color: #0b6e75;"),
        ("a.css", "border: 1px solid #8888;"),
        ("a.css", "background: rgb(11 110 117);"),
        ("a.css", "background: linear-gradient(to right, teal, white);"),
        ("a.tsx", '<path fill="teal" />'),
        ("a.ts", "const HUE = [11, 110, 217];"),
        ("a.ts", "const HUE = 0xff756e0b;"),
        ("a.py", "ax.plot(x, color='teal')"),
        ("a.py", 'INK = "#7A7A7B"'),
    ],
)
def test_a_colour_is_found_however_it_is_written(file, line):
    assert colours_in(file, line)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("a.css", "#jb-print-toc { border: 1px solid var(--cnl-hairline); color: inherit }"),
        ("a.css", "color-mix(in oklab, var(--cnl-line) 45%, transparent)"),
        ("a.py", "lab.picked, lab.colour = [0, 0, 1], True  # see issue 8; &#8722;"),
    ],
)
def test_what_is_no_colour_is_not_found(file, line):
    assert not colours_in(file, line)


def test_no_other_file_writes_a_colour():
    assert {"assets/book.css", "frontend/build.ts", "book_utils/plot.py"} < set(SOURCES)
    found = {file: colours_in(file, text) for file, text in SOURCES.items()}
    assert {file: colours for file, colours in found.items() if colours} == {}


def test_every_exception_is_in_use():
    everything = "".join(SOURCES.values())
    assert [data for data in DATA if data not in everything] == []


def test_each_colour_has_one_name_and_is_written_one_way():
    assert len(THEME) == sum(map(len, theme.GROUPS.values()))
    for name, given in THEME.items():
        assert not isinstance(given, dict) or set(given) == {"light", "dark"}, name
        values = given if isinstance(given, list) else [colour(name, m) for m in ("light", "dark")]
        assert all(re.fullmatch("#[0-9a-f]{6}([0-9a-f]{2})?", value) for value in values), name


def test_an_unknown_colour_is_refused():
    with pytest.raises(KeyError, match="mauve"):
        colour("mauve")


def contrast(a, b):
    """The contrast of two colours as WCAG 2.2 reckons it, from 1 to 21."""
    light, dark = sorted((plot.luminance(to_rgb(a)), plot.luminance(to_rgb(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("ground", "raised", "surface", "code")
TEXTS = [
    *product(("text", "muted", "accent"), GROUNDS),
    ("text", "accent-ground"),
    ("text", "warning-ground"),
    ("text", "cell-ground"),
    ("wrong", "ground"),
    ("wrong", "surface"),
    ("on-accent", "accent"),
    *product(["number"], ("cell-ground", "activation", "plus", "minus")),
]
MARKS = [
    *product(("line", "accent"), ("ground", "surface", "cell-ground")),
    ("accent", "accent-ground"),
    ("warning", "warning-ground"),
    *product(("map-activation", "map-plus", "map-minus"), ["cell-ground"]),
    *product(("right", "not-yet", "not-written"), ["ground"]),
    ("mark", "mark-edge"),
    ("pen", "mark-edge"),
    ("pen-edge", "mark"),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "ground", "least"),
    [(*pair, 4.5) for pair in TEXTS] + [(*pair, 3) for pair in MARKS],
)
def test_text_and_marks_show_on_their_ground(name, ground, mode, least):
    assert contrast(colour(name, mode), colour(ground, mode)) >= least


JUPYTERLAB = ("#ffffff", "#111111")


BOOKS = [colour(name, mode) for name in ("ground", "surface") for mode in ("light", "dark")]


@pytest.mark.parametrize("ground", [*BOOKS, *JUPYTERLAB])
@pytest.mark.parametrize("hue", [THEME["ink"], *THEME["series"]])
def test_charts_show_on_light_and_dark(hue, ground):
    assert contrast(hue, ground) >= 3


@pytest.mark.parametrize("hue", [*THEME["hues"], colour("no-hue")])
def test_hues_that_name_show_on_cells_and_can_be_written_on(hue):
    grounds = [colour(*each) for each in product(("cell-ground", "ground"), ("light", "dark"))]
    assert all(contrast(hue, ground) >= 3 for ground in grounds)
    assert contrast(colour("on-hue"), hue) >= 4.5


def test_python_draws_with_these_colours():
    assert plot.STYLE["axes.prop_cycle"].by_key()["color"] == THEME["series"]
    assert plot.STYLE["text.color"] == THEME["ink"]
    assert (plot.SIGNED(0.0)[:3], plot.ONE_HUE(1.0)[:3]) == (
        to_rgb(THEME["signed"][0]),
        to_rgb(THEME["one-hue"][-1]),
    )
    assert set(verdict.COLOURS.values()) == {THEME[n] for n in ("right", "not-yet", "not-written")}
