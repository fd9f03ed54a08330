"""Four devices on a ring, half-way through an all-reduce: each has one piece of the sum."""

from book_utils.explorables import RingLab

from .drawing import HUES, cells, numbers, path, window

ALT = "Four devices on a ring, four numbers each; in each, one number is the sum of all"
N, SIDE = 4, 15
LEFT, RIGHT, TOP, FOOT = 14, 118, 20, 73
CORNERS = ((LEFT, TOP), (RIGHT, TOP), (RIGHT, FOOT), (LEFT, FOOT))
# Arrows to the right above, down, to the left below, and up.
ROUND = (
    "M80 27.5h30m-5-4l5 4-5 4M148 41v24m-4-5l4 5 4-5"
    "M110 80.5h-30m5-4l-5 4 5 4M44 67v-24m-4 5l4-5 4 5"
)


def draw() -> str:
    """Return the marks."""
    ring = RingLab(N, N - 1)
    finished = ring.pieces == ring.output
    marks = path(ROUND)
    for (x, y), hue, row, done in zip(
        CORNERS, (HUES[i] for i in (0, 5, 10, 3)), ring.pieces, finished, strict=True
    ):
        marks += cells(x, y, SIDE, [[(hue, 0.7 if is_sum else 0.25) for is_sum in done]])
        marks += numbers(x, y, SIDE, [row.tolist()], 9)
        marks += window(x + SIDE * done.nonzero().item(), y, SIDE, SIDE)
    return marks
