"""The table of abilities names tests that there are."""

import re

from tests.built_book import ROOT

ABILITIES = (ROOT / "tests" / "labs" / "ABILITIES.md").read_text(encoding="utf-8")
SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]


def test_every_test_that_states_an_ability_exists():
    stated = set(re.findall(r"`(test_\w+)`", ABILITIES))
    there = {name for source in SOURCES for name in re.findall(r"^def (test_\w+)", source, re.M)}
    assert len(stated) > 100
    assert sorted(stated - there) == []


def test_every_title_that_states_an_ability_exists():
    titles = set(re.findall(r"“([^”]+)”", " ".join(re.findall(r"\|[^|]*\|$", ABILITIES, re.M))))
    there = {
        title
        for path in (ROOT / "tests" / "node").glob("*.test.ts")
        for title in re.findall(r'^test\("([^"]+)"', path.read_text(encoding="utf-8"), re.M)
    }
    assert titles and sorted(titles - there) == []


def test_every_ability_has_its_place():
    rows = [line for line in ABILITIES.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    assert len(rows) > 250
    assert [row for row in cells if len(row) != 3 or not row[1]] == []
    assert [row for row in cells if not row[2] and not row[1].startswith("gone: ")] == []
