"""Drawings of a kernel at work: grids of numbers as inline SVG, in the colours of the page.

Lines and words take the colour of the text around them and marks the accent of the page, so one
drawing serves a light and a dark page. Each part is narrow enough for a phone, where parts that do
not fit beside one another stand below.
"""

from collections.abc import Collection, Mapping, Sequence

import torch
from torch import Tensor

from book_utils import svg
from book_utils.numbers import short
from book_utils.plot import Row
from book_utils.shapes import output_size

SIDE = 34  # pixels: a cell that holds a number, and a factor below it
SMALL = 22  # a cell that holds nothing
DASHED = ' stroke-dasharray="4 3"'
At = tuple[int, int]


def stops(x: Tensor, k: Tensor) -> Row:
    """Draw every stop of a small kernel on a small input: the window, its products, their sum.

    Shapes: (n_h, n_w) and (k_h, k_w), numbers that are short to write.
    """
    k_h, k_w = k.shape
    parts, said = [], []
    for i in range(x.shape[0] - k_h + 1):
        for j in range(x.shape[1] - k_w + 1):
            window = x[i : i + k_h, j : j + k_w]
            factors = {(i + a, j + b): k[a, b].item() for a in range(k_h) for b in range(k_w)}
            sum_ = _sum(window.flatten().tolist(), k.flatten().tolist())
            result = short((window * k).sum().item())
            drawing = svg.drawing(_grid(x, factors), SIDE * x.shape[1], SIDE * x.shape[0])
            parts.append(_part(drawing, f"{sum_}<br><b>= {result}</b>"))
            said.append(f"{sum_} = {result}")
    alt = "The window at each of its stops, with the weights beside the numbers: "
    return _row(parts, f"{alt}{'; '.join(said)}.")


def convolution_1d(f: Sequence[float], g: Sequence[float]) -> Row:
    """Draw how two lists are convolved: g runs backwards along f, and pairs are multiplied."""
    backwards, width = list(g)[::-1], len(f) + 2 * (len(g) - 1)
    parts, said = [], []
    for i in range(len(f) + len(g) - 1):
        pairs = [a for a in range(len(f)) if 0 <= i - a < len(g)]
        fixed = _grid([list(f)], dict.fromkeys((0, a) for a in pairs), left=len(g) - 1)
        reached = {(0, len(g) - 1 - (i - a)): None for a in pairs}
        moving = _grid([backwards], reached, left=i, top=1.15)
        sum_ = _sum([f[a] for a in pairs], [g[i - a] for a in pairs])
        result = short(sum(f[a] * g[i - a] for a in pairs))
        said.append(f"{sum_} = {result}")
        drawing = svg.drawing(fixed + moving, SIDE * width, SIDE * 2.15, most=0.85)
        parts.append(_part(drawing, f"{sum_} = <b>{result}</b>"))
    alt = "One list lies still, the other runs backwards below it from left to right. At each step "
    return _row(parts, f"{alt}the numbers that face each other are multiplied: {'; '.join(said)}.")


def turn(k: Tensor) -> Row:
    """Draw how two flips turn a kernel by 180°, its first weight marked on its way."""
    h, w = k.shape
    steps = [
        ("kernel", k, (0, 0)),
        ("columns flipped", k.flip(1), (0, w - 1)),
        ("rows, too", k.flip(0, 1), (h - 1, w - 1)),
    ]
    parts = [
        _part(svg.drawing(_grid(grid, {at: None}), SIDE * w, SIDE * h, most=0.85), name)
        for name, grid, at in steps
    ]
    rows = "; ".join(f"{name}: {_spoken(grid)}" for name, grid, _ in steps)
    return _row(parts, f"A kernel is turned by two flips. {rows}.")


def two_layers(k: int) -> Row:
    """Draw what one output of two k × k layers has seen of each layer below it, as a funnel."""
    sides = [3 * k - 1, 2 * k, k + 1]  # of the three grids: a margin of k around the field
    fields = [2 * k - 1, k, 1]
    names = ["input", "layer 1", "layer 2"]
    gap, left, drawn, corners = 2 * SMALL, 0, "", []
    for side, field, name in zip(sides, fields, names, strict=True):
        first = (side - field) // 2
        marked = {(first + a, first + b) for a in range(field) for b in range(field)}
        x, y = left, SMALL * (sides[0] - side) / 2
        drawn += _cells(side, marked, x, y)
        top, bottom = y + SMALL * first, y + SMALL * (first + field)
        corners.append((x + SMALL * first, x + SMALL * (first + field), top, bottom))
        words = f"{name}: {field}×{field}"
        drawn += svg.text(x + SMALL * side / 2, SMALL * sides[0] + 18, words)
        left += SMALL * side + gap
    for (_, right, top, bottom), (next_left, _, next_top, next_bottom) in zip(
        corners, corners[1:], strict=False
    ):
        for y, to in ((top, next_top), (bottom, next_bottom)):
            drawn += f'<path d="M{right:g} {y:g}L{next_left:g} {to:g}" stroke="{svg.MARK}"/>'
    drawing = svg.drawing(drawn, left - gap, SMALL * sides[0] + 26, most=1.5)
    alt = f"One output of layer 2 comes from {k}×{k} outputs of layer 1, and those from "
    field = 2 * k - 1
    return Row(f"{alt}{field}×{field} numbers of the input.", [drawing], "max-width: 34em")


def ruler(n: int, k: int, stride: int = 1, padding: int = 0) -> Row:
    """Draw the stops of a window along one axis: its padded cells as a ruler, a bar for each stop.

    `padding` is per side; its cells are hatched. Those that no stop reads are dashed, as in the
    labs. The last bar, dashed, is the first stop that would stick out. Raises ValueError as
    `output_size` does.
    """
    size, length = output_size(n, k, stride, padding), n + 2 * padding
    starts = [i * stride for i in range(size + 1)]
    unread = set(range(length)) - {at + tap for at in starts[:-1] for tap in range(k)}
    drawn = _cells_of_ruler(n, padding, unread)
    drop, high = SIDE + 12, 26  # to the first bar, and from bar to bar
    bottom = drop + high * (size + 1)
    drawn += f'<path d="M{SIDE * length} -4V{bottom}" stroke="currentColor" stroke-width="2"/>'
    for i, at in enumerate(starts):
        x, y, fits = SIDE * at + 2, drop + high * i, i < size
        words = [f"stop {i}"] if fits else []
        drawn += _box(x, y, SIDE * k - 4, high - 6, *words, mark=fits, dashed=not fits)
        if i:
            drawn += _step(SIDE * (at - stride) + 2, SIDE * at, y + high / 2 - 3, f"+{stride}")
    beyond = starts[-1] + k - length
    drawing = svg.drawing(drawn, SIDE * (length + beyond), bottom, top=18)
    room, both = length - k, f" + 2·{padding}" if padding else ""
    rounded = f", so {size - 1}" if room % stride else ""
    steps = f"({n}{both} − {k}) / {stride} = {short(room / stride)}{rounded}"
    words = f"{steps} {'step' if size == 2 else 'steps'} after stop 0: <b>{size} stops</b>"
    listed = ", ".join(map(str, starts[:-1]))
    alt = (
        f"A ruler of {length} cells, {padding} of them padding on each side. A window of {k} cells "
        f"stops at {listed}; at {starts[-1]} it would reach {beyond} beyond the end. "
        + (f"Read by no stop: {', '.join(map(str, sorted(unread)))}." if unread else "")
    )
    middle = f'<div style="text-align: center">{words}</div>'
    return Row(alt.strip(), [drawing + middle], "max-width: 27em")


def _cells_of_ruler(n: int, padding: int, unread: Collection[int]) -> str:
    """Return the cells of a padded axis with their positions, n and p written above."""
    drawn = (
        f'<rect x="{SIDE * padding}" y="0" width="{SIDE * n}" height="{SIDE}" '
        f'fill="currentColor" fill-opacity="0.08"/>'
    )
    for at in range(n + 2 * padding):
        off = 2 if at in unread else 0  # from its neighbours, whose lines are whole
        drawn += _cell(SIDE * at + off, off, SIDE - 2 * off, False, dashed=at in unread)
        drawn += "" if padding <= at < padding + n else _hatch(SIDE * at, 0, SIDE)
        drawn += svg.text(SIDE * (at + 0.5), SIDE / 2 + 5, str(at), 14)
    drawn += svg.text(SIDE * (padding + n / 2), -6, f"n = {n}")
    for middle in (padding / 2, padding * 1.5 + n) if padding else ():
        drawn += svg.text(SIDE * middle, -6, f"p = {padding}")
    return drawn


def dense_layer(w: Tensor, x: Tensor, b: Tensor, output: int) -> Row:
    """Draw a dense layer, y = Wx + b: every line is a weight, and those of one output have numbers.

    Shapes: (outputs, inputs), (inputs,), (outputs,).
    """
    y = (w @ x + b).tolist()
    columns = {"x": (0.0, x.tolist()), "y": (250.0, y)}
    step, rows = 1.6 * SIDE, max(len(x), len(y))
    middle = {
        name: [step * (rows - len(values)) / 2 + step * i + SIDE / 2 for i in range(len(values))]
        for name, (_, values) in columns.items()
    }
    lines = weights = cells = ""
    start, end = columns["x"][0] + SIDE, columns["y"][0]
    for o, to in enumerate(middle["y"]):
        for i, at in enumerate(middle["x"]):
            look = f'"{svg.MARK}" stroke-width="2"' if o == output else '"currentColor"'
            faint = "" if o == output else 'stroke-opacity="0.35"'
            lines += f'<path d="M{start:g} {at:g}L{end:g} {to:g}" stroke={look} {faint}/>'
            if o == output:
                x_at, y_at = start + 0.22 * (end - start), at + 0.22 * (to - at)
                weights += f'<circle cx="{x_at:g}" cy="{y_at:g}" r="10" fill="{svg.GROUND}"/>'
                weights += svg.text(x_at, y_at + 5, short(w[o, i].item()), 14, svg.MARK)
    for name, (left, values) in columns.items():
        for i, (value, at) in enumerate(zip(values, middle[name], strict=True)):
            cells += _cell(left, at - SIDE / 2, SIDE, name == "y" and i == output)
            cells += svg.text(left + SIDE / 2, at + 5, short(value), 15)
    height = step * (rows - 1) + SIDE
    drawing = svg.drawing(lines + weights + cells, end + SIDE, height, most=1.2)
    sum_ = _sum(w[output].tolist(), x.tolist())
    told = f"{sum_} + {_factor(b[output].item())} = {short(y[output])}"
    alt = (
        f"{len(x)} inputs, each joined to each of {len(y)} outputs by a line. The lines to output "
        f"{output} have weights: {told}, where {short(b[output].item())} is its bias."
    )
    return _row([_part(drawing, f"<b>{told}</b>")], alt)


def four_branches(c_in: int, maps: Sequence[int]) -> Row:
    """Draw the block of GoogLeNet: four branches beside one another, their maps concatenated.

    `maps`: of the 1×1 branch; 1×1 before 3×3, 3×3; 1×1 before 5×5, 5×5; 1×1 behind the pooling.
    """
    one, before_3, three, before_5, five, pooled = maps
    columns = [
        [("1×1", one)],
        [("1×1", before_3), ("3×3", three)],
        [("1×1", before_5), ("5×5", five)],
        [("max 3×3", c_in), ("1×1", pooled)],
    ]
    wide, high, gap = 76, 40, 10  # of a box, and between two columns
    rows = [0, 60, 132, 204]  # tops: the input, two boxes, what comes out
    width = 4 * wide + 3 * gap
    drawn = _box(0, rows[0], width, 26, f"{c_in} maps in")
    out = one + three + five + pooled
    for i, boxes in enumerate(columns):
        x = i * (wide + gap)
        tops = rows[1:3] if len(boxes) == 2 else [(rows[1] + rows[2]) / 2]
        stops = [(rows[0] + 26, tops[0]), *((top + high, rows[2]) for top in tops[:-1])]
        for start, end in [*stops, (tops[-1] + high, rows[3])]:
            drawn += _arrow(x + wide / 2, start, end)
        for (window, channels), top in zip(boxes, tops, strict=True):
            drawn += _box(x, top, wide, high, window, f"{channels} maps")
    total = f"{one} + {three} + {five} + {pooled} = {out} maps out"
    drawn += _box(0, rows[3], width, 26, total, mark=True)
    ways = "; ".join(
        " then ".join(f"{window} to {channels} maps" for window, channels in boxes)
        for boxes in columns
    )
    return Row(
        f"Four branches read the same {c_in} maps: {ways}. Their maps are concatenated: {out}.",
        [svg.drawing(drawn, width, rows[3] + 26, most=1.3)],
        "max-width: 34em",
    )


# ---- parts ----


def _row(parts: Sequence[str], alt: str) -> Row:
    return Row(alt, parts, "display: flex; flex-wrap: wrap; gap: 18px 26px")


def _part(drawing: str, words: str) -> str:
    return f'<div style="flex: 0 0 auto">{drawing}<div>{words}</div></div>'


def _grid(
    values: Tensor | Sequence[Sequence[float]],
    marked: Mapping[At, float | None],
    left: float = 0,
    top: float = 0,
) -> str:
    """Return cells with numbers; those marked have a ground, and a factor where one is given."""
    drawn = ""
    for i, row in enumerate(torch.as_tensor(values).tolist()):
        for j, value in enumerate(row):
            x, y = SIDE * (left + j), SIDE * (top + i)
            drawn += _cell(x, y, SIDE, (i, j) in marked)
            factor = marked.get((i, j))
            up = 0 if factor is None else 6
            drawn += svg.text(x + SIDE / 2, y + SIDE / 2 + 5 - up, short(value), 15)
            if factor is not None:
                drawn += svg.text(x + SIDE / 2, y + SIDE - 4, f"×{short(factor)}", 12, svg.MARK)
    return drawn


def _cells(side: int, marked: Collection[At], x: float, y: float) -> str:
    return "".join(
        _cell(x + SMALL * j, y + SMALL * i, SMALL, (i, j) in marked)
        for i in range(side)
        for j in range(side)
    )


def _cell(x: float, y: float, side: float, is_marked: bool, dashed: bool = False) -> str:
    look = f'fill="{svg.MARK}" fill-opacity="0.18"' if is_marked else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{side}" height="{side}" {look} '
        f'stroke="currentColor" stroke-opacity="0.4"{DASHED if dashed else ""}/>'
    )


def _hatch(x: float, y: float, side: float) -> str:
    """Return lines across a cell."""
    third = side / 3
    lines = [(0, third), (0, 2 * third), (0, side), (third, side), (2 * third, side)]
    path = "".join(f"M{x + a:g} {y + b:g}l{b - a:g} {a - b:g}" for a, b in lines)
    return f'<path d="{path}" stroke="currentColor" stroke-opacity="0.35"/>'


def _box(
    x: float,
    y: float,
    width: float,
    height: float,
    *lines: str,
    mark: bool = False,
    dashed: bool = False,
) -> str:
    """Return a box with one or two lines of words; a marked one has the accent as its ground."""
    look = f'fill="{svg.MARK}" fill-opacity="0.18"' if mark else ""
    drawn = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" {look} '
        f'stroke="currentColor" stroke-opacity="0.6"{DASHED if dashed else ""}/>'
    )
    first = y + height / 2 + 5 - 8 * (len(lines) - 1)
    for i, line in enumerate(lines):
        drawn += svg.text(x + width / 2, first + 16 * i, line)
    return drawn


def _step(start: float, end: float, y: float, words: str) -> str:
    """Return an arrow to the right, with words above it."""
    return (
        f'<path d="M{start:g} {y:g}H{end - 1:g}m-5 -4l5 4l-5 4" stroke="{svg.MARK}"/>'
        f"{svg.text((start + end) / 2, y - 4, words, 12)}"
    )


def _arrow(x: float, start: float, end: float) -> str:
    """Return an arrow straight down."""
    return (
        f'<path d="M{x:g} {start:g}V{end - 1:g}m-4 -5l4 5l4 -5" stroke="currentColor" '
        f'stroke-opacity="0.7"/>'
    )


def _sum(values: Sequence[float], weights: Sequence[float]) -> str:
    return " + ".join(f"{_factor(v)}·{_factor(w)}" for v, w in zip(values, weights, strict=True))


def _factor(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _spoken(grid: Tensor) -> str:
    return ", then ".join(" ".join(map(short, row)) for row in grid.tolist())
