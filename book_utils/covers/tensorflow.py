"""One axis, one kernel, stride 2: where the windows lie under SAME and under padding=1."""

from book_utils.shapes import same_padding

from .drawing import ACTIVATION, LINE, cells, rect, sign, window

ALT = "A row of 6 cells twice, with 3-cell windows that step by 2: they begin in other cells"
N, K, STRIDE = 6, 3, 2
SIDE, LEFT = 19, 20


def draw() -> str:
    """Return the marks."""
    return row(24, same_padding(N, K, STRIDE)) + sign(96, 54, "≠", 22) + row(84, (1, 1))


def row(middle: int, padding: tuple[int, int]) -> str:
    """Return the cells of an input, what is added to it, and its windows."""
    before, after = padding
    top, left = middle - SIDE / 2, LEFT + SIDE
    inside = cells(left, top, SIDE, [[(ACTIVATION, 0.12 * i) for i in range(1, N + 1)]])
    added = [*range(-before, 0), *range(N, N + after)]
    dashed = "".join(rect(left + i * SIDE, top, SIDE, SIDE, stroke=LINE) for i in added)
    starts = [i * STRIDE - before for i in range((before + N + after - K) // STRIDE + 1)]
    windows = "".join(
        window(left + start * SIDE, top - 4 + 2 * (i % 2), K * SIDE, SIDE + 8 - 4 * (i % 2))
        for i, start in enumerate(starts)
    )
    return f'<g stroke-dasharray="2.5 2.5">{dashed}</g>{inside}{windows}'
