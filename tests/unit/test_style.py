"""What Biome does not see: long strings, and numbers that a lab would write in its own way."""

from tests.built_book import ROOT

WIDTH = 100
SOURCES = [
    path
    for folder in ("book_utils/explorables", "frontend", "benchmarks", "tests", "assets")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".css", ".js", ".ts", ".tsx")
    and not {"dist", "katex"} & set(path.relative_to(ROOT).parts)
]


def test_no_line_of_the_front_end_is_over_100_columns():
    assert {path.suffix for path in SOURCES} == {".css", ".js", ".ts", ".tsx"}
    lines = [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDTH
    ]
    assert lines == []


def test_thousands_are_written_in_one_place():
    """As `thousands` writes them, in parts/numbers.ts and in book_utils/numbers.py."""
    package = ROOT / "book_utils"
    python = [path for path in package.rglob("*.py") if path.name != "numbers.py"]
    views = [path for path in SOURCES if package in path.parents and path.name != "numbers.ts"]
    for ways, paths in (((":,}", ":,.0f}"), python), (("toLocaleString",), views)):
        own = [path.name for path in paths if any(way in path.read_text("utf-8") for way in ways)]
        assert paths and own == []
