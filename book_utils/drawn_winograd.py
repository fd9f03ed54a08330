"""A drawing of Winograd's F(2, 3): two outputs of three weights by four multiplications."""

from collections.abc import Callable

import torch
from torch import Tensor

from book_utils import svg
from book_utils.ladder import f23_input, f23_kernel, f23_output
from book_utils.numbers import short
from book_utils.plot import Row

SIDE, STEP = 34, 52  # of a cell; from one line to the next
LEFT, MIDDLE, WIDE, RIGHT = 22, 146, 124, 352  # where inputs, products (so wide) and outputs begin
TOP = 26


def f23(d: Tensor, g: Tensor) -> Row:
    """Draw how four inputs become four products, and these two outputs.

    Shapes: (4,) and (3,). A solid line adds, a dashed one subtracts, as the matrices of
    `book_utils.ladder` say.
    """
    factors, weights = f23_input(d), f23_kernel(g)
    products = factors * weights
    y = f23_output(products)
    into, out = (_matrix(f, 4) for f in (f23_input, f23_output))
    rows = [TOP + STEP * i + SIDE / 2 for i in range(4)]
    ends = [(rows[0] + rows[1]) / 2, (rows[2] + rows[3]) / 2]
    drawn = _lines(into, LEFT + SIDE, rows, MIDDLE, rows)
    drawn += _lines(out, MIDDLE + WIDE, rows, RIGHT, ends)
    for i, (value, at) in enumerate(zip(d.tolist(), rows, strict=True)):
        drawn += svg.text(LEFT - 6, at + 5, f"d{SUBSCRIPTS[i]}", 13, anchor="end", italic=True)
        drawn += _cell(LEFT, at, SIDE) + svg.text(LEFT + SIDE / 2, at + 5, short(value), 15)
    told = []
    for factor, weight, product, at in zip(
        factors.tolist(), weights.tolist(), products.tolist(), rows, strict=True
    ):
        told.append(f"{_bracketed(factor)} · {_bracketed(weight)} = {short(product)}")
        drawn += _cell(MIDDLE, at, WIDE, svg.MARK)
        drawn += svg.text(MIDDLE + WIDE / 2, at + 5, told[-1], 14)
    for i, (value, at) in enumerate(zip(y.tolist(), ends, strict=True)):
        drawn += _cell(RIGHT, at, SIDE) + svg.text(RIGHT + SIDE / 2, at + 5, short(value), 15)
        drawn += svg.text(
            RIGHT + SIDE + 6, at + 5, f"y{SUBSCRIPTS[i]}", 13, anchor="start", italic=True
        )
    heads = (("4 inputs", LEFT + SIDE / 2), ("4 products", MIDDLE + WIDE / 2))
    for words, x in (*heads, ("2 outputs", RIGHT + SIDE / 2)):
        drawn += svg.text(x, 12, words, faint=True)
    height = TOP + 3 * STEP + SIDE
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


def _cell(x: float, middle: float, wide: float, colour: str = "currentColor") -> str:
    look = f'fill="{svg.GROUND}" stroke="{colour}" stroke-width="1.5"'
    return f'<rect x="{x:g}" y="{middle - SIDE / 2:g}" width="{wide:g}" height="{SIDE}" {look}/>'


def _bracketed(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _listed(values: Tensor) -> str:
    return ", ".join(map(short, values.tolist()))
