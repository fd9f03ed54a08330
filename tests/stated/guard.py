"""`states`, `cited` and the count: what a file of tests/numbers says of its page, checked."""

import re
from pathlib import Path

from tests.stated.numerals import Numeral, numerals
from tests.stated.prose import SOURCE, fragment, prose

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "numbers"
# Of five numerals, so many must be stated.
LEAST = 4 / 5
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
# What a formula of numbers alone may hold besides.
PLAIN = re.compile(
    r"\\(?:text|operatorname)\{[^}]*\}|\\(?:[dt]?frac|times|cdot|[lr](?:floor|ceil)|left|right"
    r"|[bB]igg?[lr]?|q?quad|l?dots|cdots|approx|neq?|leq?|geq?|log|ln|sqrt|max|min|pm)(?![a-zA-Z])"
)


class Cited(float):
    """A number from a source."""


def file_of(page: str) -> Path:
    """Return the file of a page by the page's name: cross-correlation, intro."""
    return FILES / f"{page.replace('-', '_')}.py"


def page_of(name: str) -> Path:
    """Return the page with this name."""
    return ROOT / "intro.md" if name == "intro" else ROOT / "chapters" / f"{name}.md"


class Guard:
    """Checks what is stated of a page, and keeps count; `finish` raises what was found."""

    def __init__(self, markdown: str) -> None:
        self.text = prose(markdown)
        self.numerals = numerals(self.text)
        self.stated: set[Numeral] = set()
        self.problems: list[str] = []

    def states(self, markdown: str, *values: float) -> None:
        """Check a fragment of the page, as it stands in its Markdown, against its numbers.

        The fragment stands once in the prose; there is a value for each numeral in it, in order,
        and each is written as rounded to the digits shown.
        """
        wanted = fragment(markdown)
        if problem := self.problem_with(wanted, values):
            self.problems.append(f"“{wanted}”: {problem}")

    def problem_with(self, wanted: str, values: tuple[float, ...]) -> str | None:
        times = self.text.count(wanted)
        if times != 1:
            return (
                "does not stand in the prose of the page"
                if not times
                else f"stands {times} times on the page: take a longer fragment"
            )
        start = self.text.index(wanted)
        end = start + len(wanted)
        inside = [n for n in self.numerals if start < n.end and n.start < end]
        if cut := [n for n in inside if n.start < start or end < n.end]:
            return f"cuts through {self.written(cut[0])}"
        if len(inside) != len(values):
            read = ", ".join(map(self.written, inside)) or "none"
            return f"has {len(inside)} numerals ({read}) and was given {len(values)} values"
        for number, value in zip(inside, values, strict=True):
            if not number.shows(float(value)):
                return f"says {self.written(number)}, and it is {float(value):.10g}"
            if isinstance(value, Cited) and not SOURCE.search(self.section(start)):
                return f"{self.written(number)} is cited, and its section names no source"
        self.stated.update(inside)
        return None

    def written(self, number: Numeral) -> str:
        return self.text[number.start : number.end]

    def section(self, at: int) -> str:
        """Return what stands between two headings, around a place."""
        before = [head.start() for head in re.finditer(r"^#+ ", self.text, re.MULTILINE)]
        starts = [0, *before, len(self.text)]
        begin = max(start for start in starts if start <= at)
        return self.text[begin : min(start for start in starts if start > at)]

    def sentence(self, number: Numeral) -> str:
        """Return the sentence in which a numeral stands."""
        ends = [end.end() for end in re.finditer(r"[.!?]\s|\n\n", self.text)]
        begin = max([0, *(end for end in ends if end <= number.start)])
        return self.text[begin : min([end for end in ends if end > number.start] or [None])].strip()

    def counted(self) -> list[Numeral]:
        """Return the numerals of which four in five are stated: all but those in formulas of
        symbols, such as the 1 of n − k + 1."""
        formulas = [
            found.span()
            for found in FORMULA.finditer(self.text)
            if re.search(r"[a-zA-Z]", PLAIN.sub("", found[0]))
        ]
        return [n for n in self.numerals if not any(a <= n.start < b for a, b in formulas)]

    def finish(self) -> None:
        """Raise AssertionError if a fragment was wrong or too few numerals are stated."""
        counted = self.counted()
        missing = [number for number in counted if number not in self.stated]
        problems = list(self.problems)
        if len(counted) - len(missing) < LEAST * len(counted):
            problems.append(
                f"{len(counted) - len(missing)} of {len(counted)} numerals are stated, "
                f"four in five are asked for. Not stated:"
            )
            problems += [f"  {self.written(n)} in “{self.sentence(n)}”" for n in missing]
        assert not problems, "\n".join(["What the page states:", *problems])


def check(name: str, names: dict[str, object], markdown: str | None = None) -> None:
    """Check the page with this name by its file, which sees the names of the page's kernel.

    `markdown` stands in for the page's own. Raises AssertionError, with all that is wrong.
    """
    path = file_of(name)
    guard = Guard(markdown or page_of(name).read_text(encoding="utf-8"))
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    exec(code, {**names, "states": guard.states, "cited": Cited})
    guard.finish()
