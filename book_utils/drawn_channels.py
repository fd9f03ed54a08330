"""Drawings of a kernel that is as deep as its input: a block that slides through a stack of maps.

As in `drawings`, lines and words take the colour of the text around them, so one drawing serves a
light and a dark page; each fits a phone. Channels are sheets seen from the side; their
cells are grey, 1 white, and those of outputs have the two hues of signed numbers.
"""

import math

import torch.nn.functional as F
from matplotlib.colors import LinearSegmentedColormap, to_hex
from torch import Tensor

from book_utils import svg, theme
from book_utils.plot import SERIES, SIGNED, Row

GREYS = LinearSegmentedColormap.from_list("grey", [theme.colour("black"), theme.colour("white")])
HUES = [SERIES[i] for i in (2, 3, 1, 0)]  # of output channels, as in the channel lab
LEAN = (0.55, -0.34)  # where a step to the next column leads, in sides of a cell
At = tuple[float, float]


def block(x: Tensor, k: Tensor) -> Row:
    """Draw one stop of a kernel: a window in every channel, the block they make, and its output.

    Shapes: (c_i, n_h, n_w) with values in [0, 1] and (c_i, k_h, k_w).
    """
    (c_i, n_h, n_w), (k_h, k_w) = x.shape, k.shape[1:]
    y = F.conv2d(x, k[None])[0]
    h, w = y.shape
    side, apart = 18, 18 * LEAN[0] * n_w + 20
    top = -LEAN[1] * side * n_w + 24
    bottom = top + side * n_h
    windows, drawn = [], ""
    for c in range(c_i):
        sheet = Sheet(8 + c * apart, top, side)
        drawn += sheet.cells([[to_hex(GREYS(value)) for value in row] for row in x[c].tolist()])
        drawn += svg.text(sheet.at(n_h, n_w / 2)[0], bottom + 18, f"channel {c}")
        windows.append([sheet.at(i, j) for i, j in ((0, 0), (0, k_w), (k_h, k_w), (k_h, 0))])
    out = Sheet(8 + c_i * apart + 34, top + side * (n_h - h) / 2, side)
    drawn += out.cells(_signed(y))
    last = [out.at(i, j) for i, j in ((0, 0), (0, 1), (1, 1), (1, 0))]
    first, deepest = windows[0], windows[-1]
    hull = [first[3], first[0], first[1], deepest[1], deepest[2], deepest[3]]
    drawn += f'<path d="{_path(hull)}Z" fill="{svg.MARK}" fill-opacity="0.14"/>'
    for here, there in zip(windows, [*windows[1:], last], strict=True):
        for start, end in zip(here, there, strict=True):
            drawn += _line([start, end], svg.MARK, 1.3 if there is not last else 0.8)
    for corners in [*windows, last]:
        drawn += _line([*corners, corners[0]], svg.MARK, 2.5)
    drawn += svg.text(8 + (c_i - 0.5) * apart / 2, 12, f"kernel {_shape(k)}", colour=svg.MARK)
    width = out.at(0, w)[0] + 16
    drawn += svg.text(8 + (c_i * apart - 20) / 2, bottom + 36, f"input {_shape(x)}")
    for down, words in ((18, "one map"), (36, _shape(y[None]))):
        drawn += svg.text(out.at(h, w / 2)[0], bottom + down, words)
    alt = (
        f"A stack of {c_i} channels of {n_h}×{n_w}. A window of {k_h}×{k_w} in each; "
        f"together they are one block, which leads to a single cell of a {h}×{w} output."
    )
    return Row(alt, [svg.drawing(drawn, width, bottom + 42, 1.35, margin=2)], "max-width: 34em")


def kernels(x: Tensor, ks: Tensor) -> Row:
    """Draw a layer: every kernel, as deep as the input, and the map that it makes of all of it.

    Shapes: (c_i, n_h, n_w) with values in [0, 1] and (c_o, c_i, k_h, k_w), at most four kernels.
    """
    (c_i, n_h, n_w), (c_o, _, k_h, k_w) = x.shape, ks.shape
    maps = F.conv2d(x, ks)
    h, w = maps.shape[1:]
    high = 66  # of a kernel with its map
    bottom, side, depth = c_o * high + 8, 13, 9
    lean = -LEAN[1] * side * n_w
    drawn, top = "", (bottom - side * n_h - lean) / 2 + lean
    for c in range(c_i):
        grey = [[to_hex(GREYS(value)) for value in row] for row in x[c].tolist()]
        drawn += Sheet(c * 17, top, side).cells(grey)
    right = 17 * (c_i - 1) + LEAN[0] * side * n_w
    left, to = right + 52, right + 52 + side * k_w + depth * c_i + 44
    for o in range(c_o):
        hue, y = HUES[o], o * high + (high - side * k_h) / 2 + 10
        drawn += _cuboid(left, y, (c_i, k_h, k_w), side, depth, hue)
        middle = y + side * k_h / 2 - 3
        start = (right + 10, bottom / 2)
        drawn += _arrow([start, (left - 10, middle)], hue)
        drawn += _arrow([(left + side * k_w + depth * c_i + 8, middle), (to - 8, middle)], hue)
        sheet = Sheet(to, y + 8, side)
        drawn += sheet.cells(_signed(maps[o]))
        corners = [sheet.at(i, j) for i, j in ((0, 0), (0, w), (h, w), (h, 0), (0, 0))]
        drawn += _line(corners, hue, 2)
        drawn += svg.text(sheet.at(0, w)[0] + 10, middle + 4, f"map {o}", anchor="start")
    width = to + LEAN[0] * side * w + 56
    for at, anchor, name, shape in (
        (0, "start", "input", x),
        (left + side, "middle", f"{c_o} kernels", ks),
        (width, "end", f"{c_o} maps", maps),
    ):
        drawn += svg.text(at, bottom + 16, name, anchor=anchor)
        drawn += svg.text(at, bottom + 33, _shape(shape), anchor=anchor)
    alt = (
        f"A stack of {c_i} channels. {c_o} kernels, each a block of {c_i}×{k_h}×{k_w} weights, "
        f"read all of it, and each makes one map of {h}×{w}."
    )
    return Row(alt, [svg.drawing(drawn, width, bottom + 40, 1.35, margin=2)], "max-width: 32em")


# ---- parts ----


class Sheet:
    """A grid seen from the side: its rows lead down, its columns to the back."""

    def __init__(self, left: float, top: float, side: float) -> None:
        self.left, self.top, self.side = left, top, side

    def at(self, i: float, j: float) -> At:
        """Return where the corner of row i and column j is drawn."""
        x = self.left + LEAN[0] * self.side * j
        return x, self.top + self.side * i + LEAN[1] * self.side * j

    def cells(self, colours: list[list[str]]) -> str:
        """Return cells with these colours."""
        return "".join(
            f'<path d="{_path([self.at(i + a, j + b) for a, b in CORNERS])}Z" fill="{colour}" '
            f'stroke="{LINE}" stroke-width="0.6"/>'
            for i, row in enumerate(colours)
            for j, colour in enumerate(row)
        )


CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
LINE = theme.colour("ink")


def _cuboid(
    x: float, y: float, shape: tuple[int, int, int], side: float, depth: float, hue: str
) -> str:
    """Return a block of weights: its first slice in front, the others behind it."""
    c, h, w = shape
    drawn = ""
    for back in reversed(range(c)):
        left, top = x + depth * back, y - 0.6 * depth * back
        box = [(left, top), (left + side * w, top), (left + side * w, top + side * h)]
        corners = [*box, (left, top + side * h)]
        drawn += f'<path d="{_path(corners)}Z" fill="{svg.GROUND}"/>'
        drawn += f'<path d="{_path(corners)}Z" fill="{hue}" fill-opacity="0.22" stroke="{hue}"/>'
    lines = [[(x + side * j, y), (x + side * j, y + side * h)] for j in range(1, w)]
    lines += [[(x, y + side * i), (x + side * w, y + side * i)] for i in range(1, h)]
    return drawn + "".join(_line(line, hue, 0.8) for line in lines)


def _path(corners: list[At]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)


def _line(corners: list[At], colour: str, width: float) -> str:
    return f'<path d="{_path(corners)}" stroke="{colour}" stroke-width="{width}"/>'


def _arrow(ends: list[At], colour: str) -> str:
    (x, y), (to_x, to_y) = ends
    long = math.hypot(to_x - x, to_y - y)
    a, b = 5 * (to_x - x) / long, 5 * (to_y - y) / long
    head = [(to_x - a + b, to_y - b - a), (to_x, to_y), (to_x - a - b, to_y - b + a)]
    return _line(ends, colour, 1.3) + _line(head, colour, 1.3)


def _signed(y: Tensor) -> list[list[str]]:
    """Return the two hues of signed numbers, as strong as they are among their own."""
    most = y.abs().max().item() or 1
    return [[to_hex(SIGNED(0.5 + value / (2 * most))) for value in row] for row in y.tolist()]


def _shape(x: Tensor) -> str:
    return str(tuple(x.shape))
