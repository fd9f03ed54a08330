"""Style sheets and canvases have the colours that Python has."""

import json
import re
import subprocess

import pytest

from book_utils.theme import GROUPS, THEME, colour
from tests.built_book import ROOT
from tests.parity.front_end import node

EXPLORABLES = ROOT / "book_utils" / "explorables"
PRINT = "import * as m from {}; console.log(JSON.stringify(m))"


def said(script, **how):
    """What a module script prints, read as JSON."""
    done = node("--input-type=module", input=script, encoding="utf-8", **how)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def rules():
    """What frontend/theme.ts writes into style sheets: mode and colours, for pages and labs."""
    written = said(PRINT.format(json.dumps((ROOT / "frontend" / "theme.ts").as_uri())))
    return {
        name: [
            (
                "dark" if "dark" in where else "light",
                dict(re.findall(r"--cnl-(\S+): (#\w+);", body)),
            )
            for where, body in re.findall(r"([^{}]+)\{([^{}]*)\}", written[name])
        ]
        for name in ("forPages", "forLabs")
    }


@pytest.mark.parametrize(
    ("name", "groups"),
    [("forPages", ["page", "book"]), ("forLabs", ["page", "cells", "maps", "marks"])],
)
def test_style_sheets_have_the_colours_of_python(rules, name, groups):
    (light, bright), (dark, dim) = rules[name]
    wanted = [colour_name for group in groups for colour_name in GROUPS[group]]
    hues = THEME["series"] if name == "forLabs" else []
    series = {f"series-{i}": hue for i, hue in enumerate(hues, 1)}
    assert (light, dark) == ("light", "dark")
    assert bright == {name: colour(name, "light") for name in wanted} | series
    assert bright | dim == {name: colour(name, "dark") for name in wanted} | series


@pytest.mark.parametrize(
    ("name", "sheets"),
    [
        ("forPages", [*(ROOT / "assets").glob("*.css")]),
        ("forLabs", [p for p in EXPLORABLES.rglob("*.css") if p.parent.name != "dist"]),
    ],
)
def test_every_variable_that_a_style_sheet_reads_is_written(rules, name, sheets):
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    written = set(rules[name][0][1]) | set(re.findall(r"--cnl-([\w-]+)\b(?=: | \{)", text))
    read = set(re.findall(r"var\(\s*--cnl-([\w-]+)", text))
    assert read and read <= written
    assert not re.search(r"--book-", text)


def test_canvases_have_the_colours_of_python():
    """As bytes: red, green and blue."""
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    source = PRINT.format('"./platform/theme.ts"')
    script = subprocess.run(
        [esbuild, "--bundle", "--format=esm", "--log-level=warning"],
        input=source,
        cwd=EXPLORABLES,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    hues = said(script)["HUES"]
    names = ("map-activation", "map-plus", "map-minus", "out-of-range")
    assert list(hues.values()) == [list(bytes.fromhex(colour(name)[1:])) for name in names]
