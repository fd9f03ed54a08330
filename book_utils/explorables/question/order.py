"""A question whose answer is code: its lines are there, out of order."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from textwrap import dedent
from typing import Any, Self

from .base import _Question, code_html, demand_explanations, shuffled

DEALS = 100  # until no order that is right is left to begin with, unless nearly all are


class OrderQuestion(_Question):
    """Lines of code to put in order, perhaps among some that do not belong.

    `lines` is the code in a right order: a text, or a list of pieces where a piece of several lines
    stays together. They are numbered from 0, without blank ones, and keep their indentation.
    `false` maps lines that do not belong to a sentence that says why. `too_early` maps the number
    of a line to what is said where it stands before one that it needs; `otherwise` is the hint for
    all others, `right` says why the code is right.

    Where more orders are right, `free` lists groups of neighbours that may stand in any order among
    themselves, such as `[(1, 2)]`; or else `before` lists all that is needed, as pairs (line, later
    line). `response` holds the numbers of the lines that the reader used; false lines go on from
    the others. Raises ValueError for a question that cannot be answered, or needs no answer.
    """

    def __init__(
        self,
        name: str,
        prompt: str,
        lines: str | Sequence[str],
        right: str,
        otherwise: str,
        false: Mapping[str, str] | None = None,
        too_early: Mapping[int, str] | None = None,
        free: Sequence[Sequence[int]] = (),
        before: Sequence[tuple[int, int]] | None = None,
    ) -> None:
        pieces, wrong, early = _pieces(lines), dict(false or {}), dict(too_early or {})
        _demand_lines(name, pieces, wrong)
        count = len(pieces)
        groups = [set(group) for group in free]
        demand_numbers(
            name, [*early, *(i for some in [*groups, *(before or [])] for i in some)], count
        )
        if groups and before is not None:
            raise ValueError(f"{name}: give `free` or `before`, not both")
        demand_explanations(name, [right, otherwise, *wrong.values(), *early.values()])
        needs = _in_turn(name, count, groups) if before is None else [tuple(p) for p in before]
        _demand_an_order(name, count, needs)
        texts = [(text, early.get(i, "")) for i, text in enumerate(pieces)]
        texts += [(line.rstrip(), why) for line, why in wrong.items()]
        content = {
            "lines": [{"text": text, "why": why} for text, why in texts],
            "count": count,
            "order": _mixed(name, count, len(texts), needs),
            "before": [list(pair) for pair in needs],
            "right": right,
            "otherwise": otherwise,
        }
        super().__init__(name=name, kind="order", prompt=prompt, content=content)

    @classmethod
    def example(cls) -> Self:
        """Return a question with two lines that may swap and a false one."""
        return cls(
            "example-4",
            "Put the lines of `mean` in order.",
            """
            def mean(x):
                total = 0
                count = len(x)
                for i in range(count):
                    total += x[i]
                return total / count
            """,
            right="A sum, and then one division.",
            otherwise="What must be known before?",
            false={"        total = x[i]": "That forgets the sum so far."},
            too_early={3: "The loop adds to `total`, `count` times: both must be there."},
            free=[(1, 2)],
        )

    def _still_body(self) -> str:
        texts = (self.content["lines"][i]["text"] for i in self.content["order"])
        more = "<p>Not all of these lines belong.</p>"
        lines = "".join(f"<li>{code_html(text)}</li>" for text in texts)
        has_false = len(self.content["lines"]) > self.content["count"]
        return f'<ul class="cnl-pieces">{lines}</ul>{more * has_false}'


def _pieces(lines: str | Sequence[str]) -> list[str]:
    """Return the lines of a text, or the pieces given, without blank ones."""
    if isinstance(lines, str):
        lines = dedent(lines).splitlines()
    return [line.rstrip() for line in lines if line.strip()]


def _demand_lines(name: str, pieces: list[str], wrong: Mapping[str, Any]) -> None:
    if len(pieces) < 2:
        raise ValueError(f"{name}: give two lines or more that belong, got {len(pieces)}")
    if both := [line for line in wrong if line.rstrip() in pieces]:
        raise ValueError(f"{name}: {both[0]!r} stands among the right lines and the false ones")
    if not all(line.strip() for line in wrong):
        raise ValueError(f"{name}: a false line is blank")


def demand_numbers(name: str, numbers: Sequence[int], count: int) -> None:
    """Raise ValueError where a number is not that of a line."""
    for number in numbers:
        if number not in range(count):
            raise ValueError(f"{name}: there is no line {number}; the lines are 0 to {count - 1}")


def _in_turn(name: str, count: int, groups: list[set[int]]) -> list[tuple[int, int]]:
    """Return which line must stand before which: each before the next, but in a free group."""
    for group in groups:
        if len(group) < 2 or max(group) - min(group) >= len(group):
            raise ValueError(f"{name}: the free lines {sorted(group)} are not neighbours")
    if sum(map(len, groups)) > len(set().union(*groups)):
        raise ValueError(f"{name}: a line stands in two free groups")
    inside = set().union(*groups)
    steps = sorted([*groups, *({i} for i in range(count) if i not in inside)], key=min)
    return [
        pair for one, next_one in pairwise(steps) for pair in product(sorted(one), sorted(next_one))
    ]


def _demand_an_order(name: str, count: int, needs: list[tuple[int, int]]) -> None:
    """Raise ValueError where each order is right, or the order of the lines as given is not."""
    if not needs:
        raise ValueError(f"{name}: no line has to stand before another: every order is right")
    if turned := [pair for pair in needs if pair[0] >= pair[1]]:
        raise ValueError(
            f"{name}: `before` says {turned[0]}, but the lines as they are given are in a right "
            "order, the lower number first"
        )


def _mixed(name: str, count: int, total: int, needs: list[tuple[int, int]]) -> list[int]:
    """Return the order in which all lines are shown, in which those that belong are not right."""
    for deal in range(DEALS):
        order = shuffled(name, total, deal)
        if any(order.index(one) > order.index(other) for one, other in needs):
            return order
    raise ValueError(f"{name}: nearly every order is right: there is nothing to put in order")
