"""An input in its border of padding, and the stops of a window with stride 2."""

from book_utils.shapes import output_size

from .drawing import ACTIVATION, LINE, arrow, cells, rect, window

ALT = "A 5×5 input in a border of padding; a 3×3 window that takes steps of 2 makes 3×3 outputs"
N, K, STRIDE, PADDING = 5, 3, 2, 1
SIDE = 13


def draw() -> str:
    """Return the marks."""
    size = output_size(N, K, stride=STRIDE, padding=PADDING)
    whole = N + 2 * PADDING
    border = (
        f'<g stroke-dasharray="2.5 2.5">{rect(9, 9, whole * SIDE, whole * SIDE, stroke=LINE)}</g>'
    )
    inside = cells(9 + SIDE, 9 + SIDE, SIDE, [[(ACTIVATION, 0.3)] * N] * N)
    stops = [9 + STRIDE * SIDE * i for i in range(size)]
    windows = window(stops[0], 9, K * SIDE, K * SIDE) + window(stops[1], 9, K * SIDE, K * SIDE)
    output = cells(133, 33, 15, [[(ACTIVATION, 0.8)] * size] * size)
    return border + inside + windows + arrow(108, 54, 18) + output
