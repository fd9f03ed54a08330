"""A drawing of Winograd's F(2, 3): two outputs of three weights by four multiplications."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from book_utils import svg
from book_utils.ladder import f23_input, f23_kernel, f23_output
from book_utils.numbers import short
from book_utils.plot import Row

SIDE, HIGH, STEP = 34, 44, 58  # of a number's cell; of a product's; from one line to the next
LEFT, MIDDLE, WIDE, RIGHT = 22, 112, 176, 346  # where inputs, products (so wide) and outputs begin
TOP = 26


def f23(inputs: Sequence[float] = (3, 1, 4, 2), weights: Sequence[float] = (1, -2, 3)) -> Row:
    """Draw how four inputs become four products, and these two outputs of three weights.

    A solid line adds, a dashed one subtracts, as the transforms of `book_utils.ladder` do.
    """
    d, g = torch.tensor([*map(float, inputs)]), torch.tensor([*map(float, weights)])
    factors, mixed = f23_input(d), f23_kernel(g)
    products = factors * mixed
    y = f23_output(products)
    into, out = _matrix(f23_input, 4), _matrix(f23_output, 4)
    symbols = zip(_symbols(into, "d"), _symbols(_matrix(f23_kernel, 3), "g"), strict=True)
    rows = [TOP + STEP * i + HIGH / 2 for i in range(4)]
    ends = [(rows[0] + rows[1]) / 2, (rows[2] + rows[3]) / 2]
    drawn = _lines(into, LEFT + SIDE, rows, MIDDLE, rows)
    drawn += _lines(out, MIDDLE + WIDE, rows, RIGHT, ends)
    for i, (value, at) in enumerate(zip(d.tolist(), rows, strict=True)):
        drawn += svg.text(LEFT - 6, at + 5, f"d{SUBSCRIPTS[i]}", anchor="end", italic=True)
        drawn += _box(LEFT, at, SIDE) + svg.text(LEFT + SIDE / 2, at + 5, short(value), 15)
    told = [
        f"{_bracketed(factor)} · {_bracketed(weight)} = {short(factor * weight)}"
        for factor, weight in zip(factors.tolist(), mixed.tolist(), strict=True)
    ]
    for sum_, names, at in zip(told, symbols, rows, strict=True):
        drawn += _box(MIDDLE, at, WIDE, HIGH, svg.MARK)
        drawn += svg.text(MIDDLE + WIDE / 2, at - 5, " · ".join(names), italic=True)
        drawn += svg.text(MIDDLE + WIDE / 2, at + 14, sum_, 14)
    for i, (value, at) in enumerate(zip(y.tolist(), ends, strict=True)):
        x = RIGHT + SIDE + 6
        drawn += _box(RIGHT, at, SIDE) + svg.text(RIGHT + SIDE / 2, at + 5, short(value), 15)
        drawn += svg.text(x, at + 5, f"y{SUBSCRIPTS[i]}", anchor="start", italic=True)
    heads = (("4 inputs", LEFT + SIDE / 2), ("4 products", MIDDLE + WIDE / 2))
    for words, x in (*heads, ("2 outputs", RIGHT + SIDE / 2)):
        drawn += svg.text(x, 12, words, faint=True)
    height = TOP + 3 * STEP + HIGH
    drawn += svg.text((LEFT + RIGHT + SIDE) / 2, height + 22, KEY, faint=True)
    alt = (
        f"Four inputs {_listed(d)}. They are added and subtracted in pairs to {_listed(factors)}, "
        f"and multiplied: {'; '.join(told)}. The products are added and subtracted to two outputs, "
        f"{_listed(y)}, those of the weights {_listed(g)}."
    )
    return Row(alt, [svg.drawing(drawn, RIGHT + SIDE + 28, height + 28, 1.25)], "max-width: 34em")


SUBSCRIPTS = "₀₁₂₃"
KEY = "solid: added; dashed: subtracted"


def _matrix(transform: Callable[[Tensor], Tensor], n: int) -> list[list[float]]:
    """Return the matrix of a linear function of n numbers: a row for each result."""
    return transform(torch.eye(n)).T.tolist()


def _lines(
    matrix: list[list[float]], start: float, starts: list[float], end: float, ends: list[float]
) -> str:
    """Return a line for each number that is not 0, dashed where it is negative."""
    return "".join(
        f'<path d="M{start:g} {starts[j]:g}L{end:g} {ends[i]:g}" stroke="currentColor" '
        f'stroke-width="1.5"{" " if factor > 0 else DASHED}/>'
        for i, row in enumerate(matrix)
        for j, factor in enumerate(row)
        if factor
    )


DASHED = ' stroke-dasharray="4 4"'


def _box(
    x: float, middle: float, wide: float, high: float = SIDE, colour: str = "currentColor"
) -> str:
    place = f'x="{x:g}" y="{middle - high / 2:g}" width="{wide:g}" height="{high:g}"'
    return f'<rect {place} fill="{svg.GROUND}" stroke="{colour}" stroke-width="1.5"/>'


def _symbols(matrix: list[list[float]], letter: str) -> list[str]:
    """Write each row of a matrix as a sum of letters, such as (d₁ + d₂) or ½(g₀ + g₂ − g₁)."""
    found = []
    for row in matrix:
        terms = [(factor, f"{letter}{SUBSCRIPTS[i]}") for i, factor in enumerate(row) if factor]
        terms.sort(key=lambda term: term[0] < 0)  # d₂ − d₁, not −d₁ + d₂
        words = "".join(f" {'+' if factor > 0 else '−'} {name}" for factor, name in terms)
        sum_ = words.removeprefix(" + ")
        half = "½" if abs(terms[0][0]) == 0.5 else ""
        found.append(f"{half}({sum_})" if len(terms) > 1 else sum_)
    return found


def _bracketed(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _listed(values: Tensor) -> str:
    return ", ".join(map(short, values.tolist()))
