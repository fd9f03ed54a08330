"""A digit under a grey square, and what each position of the square costs."""

from book_utils import data, weights
from book_utils.attribution import HALF, occlusion

from .drawing import RAISED, cells, photograph, rect, strengths, window

ALT = "A handwritten 3 with a grey square on it, and a map of what the square costs at each place"
SIZE, STEP = 7, 3


def draw() -> str:
    """Return the marks."""
    net, x = weights.load("digit_lenet"), data.mnist()[1].images[3:4]
    costs = occlusion(net, x, 3, SIZE, STEP).clamp(min=0)
    top, left = (STEP * int(place) for place in divmod(int(costs.argmax()), len(costs)))
    seen = x[0, 0].clone()
    seen[top : top + SIZE, left : left + SIZE] = HALF
    scale = 84 / 28
    digit = photograph(8, 12, 84, 84, seen)
    square = window(8 + scale * left, 12 + scale * top, scale * SIZE, scale * SIZE)
    side = 84 / len(costs)
    ground = rect(102, 12, 84, 84, RAISED)
    return digit + square + ground + cells(102, 12, side, strengths(costs))
