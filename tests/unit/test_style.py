"""Sources of the front end are as wide as Biome lets code be; it leaves long strings alone."""

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
