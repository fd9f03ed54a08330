"""Drawings of networks: ResNet-18, its blocks, the routes of a gradient, four ways to normalise.

As in `drawings`, lines and words take the colour of the text around them, so one drawing serves a
light and a dark page; each part fits a phone. Shapes and counts are those of the models
themselves. Shortcuts have the colour that they, and residual networks, have in charts and labs.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils import svg
from book_utils.models import Residual
from book_utils.models.resnet import Bottleneck, ResNet
from book_utils.numbers import short, thousands
from book_utils.plot import SERIES, Row

SHORTCUT = SERIES[1]
DASHED = 'stroke-dasharray="5 4"'
At = tuple[float, float]
Cell = tuple[int, int, int]


def network(model: ResNet, image: Tensor) -> Row:
    """Draw a residual network from its input down to its scores, a box for each block.

    `image`: (1, c, h, w), on the device of the model; "meta" will do. On the right, the size and
    the number of the maps, and the parameters; a square has the side of the maps of its stage.
    """
    shapes = [x.shape[1:] for x in itertools.accumulate([*model], _apply, initial=image)]
    blocks = [i for i, layer in enumerate(model) if hasattr(layer, "f")]
    stem = [i for i in range(blocks[0]) if isinstance(model[i], nn.Conv2d | nn.MaxPool2d)]
    middle, wide, high = 112, 150, 28  # of the boxes: their axis and size
    sizes = {shapes[i + 1] for i in blocks}
    unit = 50 / max(shape[-1] for shape in sizes)  # pixels of a square, for a pixel of a map
    drawn, y = svg.text(middle, 12, f"image {_size(shapes[0])}"), 20.0
    for i in stem:
        drawn += _arrow((middle, y), (middle, y + 16))
        drawn += _box((middle - wide / 2, y + 16), (wide, high), _name(model[i]))
        left = middle + wide / 2 + 14
        drawn += svg.text(left, y + 28, _maps(shapes[i + 1]), anchor="start")
        if i == stem[0]:
            count = f"{thousands(sum(map(_count, [*model][: blocks[0]])))} parameters"
            drawn += svg.text(left, y + 46, count, anchor="start", faint=True)
        y += 16 + high
    for n, shape in enumerate(dict.fromkeys(shapes[i + 1] for i in blocks), 1):
        stage, top = [model[i] for i in blocks if shapes[i + 1] == shape], y + 20
        for block in stage:
            drawn += _block_of(block, middle, y, (wide, high))
            y += 20 + high + 8
        side, left = unit * shape[-1], middle + wide / 2 + 14
        drawn += svg.text(left, top + 10, f"stage {n}: {_maps(shape)}", anchor="start")
        count = f"{thousands(sum(map(_count, stage)))} parameters"
        drawn += svg.text(left, top + 28, count, anchor="start", faint=True)
        drawn += _rect((left, top + 38), (side, side), f'fill="{svg.MARK}" fill-opacity="0.18"')
    for words in (
        f"mean of each map: {shapes[-2][0]}",
        f"dense: {thousands(shapes[-1][0])} scores",
    ):
        drawn += _arrow((middle, y), (middle, y + 16))
        drawn += _box((middle - wide / 2, y + 16), (wide, high), words)
        y += 16 + high
    count = f"{thousands(_count(model[-1]))} parameters"
    drawn += svg.text(middle + wide / 2 + 14, y - 9, count, anchor="start", faint=True)
    per = [type(layer) for layer in model[blocks[0]].f].count(nn.Conv2d)
    depth = f"1 + {per}·{len(blocks)} + 1 = {2 + per * len(blocks)}"
    words = (
        f"{depth} layers with weights<br>{thousands(_count(model))} parameters<br>"
        f"{_key()} identity &ensp; {_key(DASHED)} 1×1 convolution"
    )
    told = "; ".join(
        f"{len(list(stage))} blocks with {shape[0]} maps of {_size(shape[1:])}"
        for shape, stage in itertools.groupby(shapes[i + 1] for i in blocks)
    )
    projected = [n for n, i in enumerate(blocks, 1) if not isinstance(model[i].s, nn.Identity)]
    alt = (
        f"From the image of {_size(shapes[0])} through the stem to {told}; then the mean of each "
        f"map and one dense layer to {thousands(shapes[-1][0])} scores. Shortcuts go around every "
        f"block; around {_listed(projected)} of {len(blocks)} they are 1×1 convolutions. "
        f"{depth} layers with weights."
    )
    return Row(
        alt,
        [svg.drawing(drawn, 340, y + 4, 1.1, margin=0), f"<div>{words}</div>"],
        "max-width: 26em",
    )


def two_blocks(basic: Residual, bottleneck: Bottleneck, size: int) -> Row:
    """Draw the two kinds of residual block beside each other, as wide as they have channels.

    size: height and width of the maps that go in. The counts are those of the convolutions.
    """
    parts, told = [], []
    for name, block in (("basic block", basic), ("bottleneck", bottleneck)):
        convolutions = [layer for layer in block.f if isinstance(layer, nn.Conv2d)]
        weights = [layer.weight.numel() for layer in convolutions]
        total = f"{' + '.join(map(thousands, weights))} = <b>{thousands(sum(weights))}</b> weights"
        parts.append(f'<div style="flex: 0 1 270px">{_block_drawn(name, block, size)}{total}</div>')
        steps = ", ".join(map(_name, convolutions))
        told.append(f"{name}: {steps}, {thousands(sum(weights))} weights")
    alt = f"Two residual blocks for maps of {size}×{size}. {'; '.join(told)}."
    return Row(alt, parts, "display: flex; flex-wrap: wrap; gap: 24px 36px; max-width: 46em")


def gradient_routes(x: float, weights: Sequence[tuple[float, float]]) -> Row:
    """Draw all routes of a gradient through residual blocks of one number each, and their sum.

    Block i computes relu(x + F(x)) with F(x) = v·relu(w·x) and `weights[i]` = (w, v). On each
    route a gradient goes through some branches, which multiply it by their slope F′, and past the
    others. Raises ValueError where the ReLU behind a sum is closed: no route leads through it.
    """
    slopes, whole = _slopes(x, weights)
    n, step, high, left = len(slopes), 92, 46, 24  # high: of a route; left: of the first block
    end = left + step * n
    drawn = svg.text(left, 14, "On this path, a gradient", anchor="start", faint=True)
    drawn, told = drawn + svg.text(end + 30, 14, "is multiplied by", anchor="start", faint=True), []
    for row, through in enumerate(itertools.product((True, False), repeat=n)):
        y = 46 + high * row
        drawn += svg.text(8, y + 4, "x", italic=True)
        for i, is_through in enumerate(through):
            start, stop = left + step * i, left + step * (i + 1)
            if is_through:
                words = f"F{_sub(i + 1)}′ = {short(slopes[i])}"
                drawn += _line([(start, y), (start + 4, y)]) + _line([(stop - 4, y), (stop, y)])
                drawn += _box((start + 4, y - 14), (step - 8, 28), words)
            else:
                over = [(start, y), (start + 14, y - 10), (stop - 14, y - 10), (stop, y)]
                drawn += _line(over, f'stroke="{SHORTCUT}" stroke-width="2.5"')
                drawn += svg.text((start + stop) / 2, y + 7, "1")
        drawn += _arrow((left + 2, y), (15, y)) + _arrow((end + 22, y), (end, y))
        factors = [slope if used else 1 for slope, used in zip(slopes, through, strict=True)]
        written = " · ".join(f"({short(v)})" if v < 0 else short(v) for v in factors)
        product = f"{written} = {short(math.prod(factors))}"
        drawn += svg.text(end + 30, y + 4, product, anchor="start")
        told.append(product)
    bottom = 46 + high * (2**n - 1) + 24
    drawn += _line([(end + 30, bottom), (end + 138, bottom)])
    sides = [f"(1 + {short(s)})" if s >= 0 else f"(1 − {short(-s)})" for s in slopes]
    total = f"sum: {short(whole)}"
    drawn += svg.text(end + 30, bottom + 18, total, colour=svg.MARK, anchor="start", bold=True)
    words = f"{' · '.join(sides)} = <b>{short(whole)}</b>"
    alt = (
        f"{2**n} paths lead a gradient back through {n} blocks: through each block's branch or "
        f"along its shortcut. {'; '.join(told)}. Together {' · '.join(sides)} = {short(whole)}."
    )
    return Row(
        alt,
        [svg.drawing(drawn, end + 142, bottom + 26, 1.1, margin=0), f"<div>{words}</div>"],
        "max-width: 34em",
    )


def four_norms(n: int = 3, c: int = 4, places: int = 4, groups: int = 2) -> Row:
    """Draw activations as a block (examples, channels, places) four times: what shares a mean.

    Marked are the cells that are normalised together with those of the first example's last
    channel, by batch, layer, instance and group normalisation. Source: Wu & He (2018), figure 2.
    """
    kinds = {
        "batch": "one channel of all examples",
        "layer": "all channels of one example",
        "instance": "one channel of one example",
        "group": f"a group of {c // groups} channels of one example",
    }
    parts, told = [], []
    for name, words in kinds.items():
        shared = set(sharing_a_mean(name, (n, c, places), groups))
        width, height = 22 * c + 13 * n + 52, 22 * places + 13 * n + 34
        drawing = svg.drawing(_cuboid((n, c, places), shared), width, height, margin=0)
        count = f"{len(shared)} numbers share a mean"
        parts.append(f'<div style="flex: 0 0 158px"><b>{name}</b>{drawing}{words}<br>{count}</div>')
        told.append(f"{name} normalisation: {words}, {count}")
    sides = f"{n} examples (N), {c} channels (C) and {places} positions (H·W)"
    alt = f"A block of {sides}, four times. "
    layout = "display: flex; flex-wrap: wrap; justify-content: center; gap: 20px 16px"
    return Row(f"{alt}{'; '.join(told)}.", parts, layout)


def sharing_a_mean(norm: str, sides: Cell, groups: int) -> Iterator[Cell]:
    """Yield the cells (example, channel, place) normalised with the first example's last channel.

    norm: "batch", "layer", "instance" or "group"; sides: (n, c, places).
    Source: Wu & He (2018), figure 2.
    """
    n, c, places = sides
    for cell in itertools.product(range(n), range(c), range(places)):
        example, channel, _ = cell
        is_near = {
            "batch": channel == c - 1,
            "layer": example == 0,
            "instance": (example, channel) == (0, c - 1),
            "group": example == 0 and channel * groups // c == groups - 1,
        }
        if is_near[norm]:
            yield cell


# ---- of the networks ----


def _apply(x: Tensor, layer: nn.Module) -> Tensor:
    with torch.no_grad():
        return layer(x)


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _size(shape: Iterable[int]) -> str:
    return "×".join(map(str, shape))


def _maps(shape: Sequence[int]) -> str:
    return f"{shape[0]} of {_size(shape[1:])}"


def _name(layer: nn.Module) -> str:
    """Return a layer in a few words: its window, its channels, its stride if it has one."""
    size = layer.kernel_size if isinstance(layer.kernel_size, tuple) else (layer.kernel_size,) * 2
    stride = layer.stride[0] if isinstance(layer.stride, tuple) else layer.stride
    halved = f", stride {stride}" if stride > 1 else ""
    if isinstance(layer, nn.MaxPool2d):
        return f"max {_size(size)}{halved}"
    return f"{_size(size)}, {layer.in_channels} → {layer.out_channels}{halved}"


def _listed(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _slopes(x: float, weights: Sequence[tuple[float, float]]) -> tuple[list[float], float]:
    """Return the slope of each branch where a number goes in, and the slope of the whole."""
    start = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y, slopes = start, []
    for i, (w, v) in enumerate(weights, 1):
        branch = v * F.relu(w * y)
        slopes.append(torch.autograd.grad(branch, y, retain_graph=True)[0].item())
        if (added := y + branch) <= 0:
            raise ValueError(f"block {i} adds up to {added.item():.3g}: its last ReLU is closed")
        y = F.relu(added)
    return slopes, torch.autograd.grad(y, start)[0].item()


# ---- larger parts ----


def _block_of(block: nn.Module, middle: float, y: float, box: tuple[float, float]) -> str:
    """Return a block of a network as one box, with its shortcut around it on the left."""
    wide, high = box
    convolutions = [layer for layer in block.f if isinstance(layer, nn.Conv2d)]
    windows = " · ".join(f"{_size(layer.kernel_size)}" for layer in convolutions)
    halved = ", stride 2" if any(layer.stride[0] == 2 for layer in convolutions) else ""
    out, x = y + 20 + high + 8, middle - wide / 2 - 16
    around = f"M{middle:g} {y + 6:g}H{x + 8:g}q-8 0 -8 8V{out - 10:g}q0 8 8 8H{middle - 1:g}"
    return (
        _arrow((middle, y), (middle, y + 20))
        + _box((middle - wide / 2, y + 20), (wide, high), f"{windows}{halved}")
        + _line([(middle, y + 20 + high), (middle, out)])
        + _way(around, (middle - 1, out - 2), "" if isinstance(block.s, nn.Identity) else DASHED)
    )


def _block_drawn(name: str, block: nn.Module, size: int) -> str:
    """Return a block layer by layer, each convolution as wide as its channels, and its shortcut."""
    middle, y, high = 138, 26.0, 34
    convolutions = [layer for layer in block.f if isinstance(layer, nn.Conv2d)]
    most = max(max(layer.in_channels, layer.out_channels) for layer in convolutions)

    def half(channels: int) -> float:
        """Half the width: less for fewer channels, with room for words."""
        return 52 + 28 * channels / most

    c_in, c_out = convolutions[0].in_channels, convolutions[-1].out_channels
    drawn = svg.text(middle, 12, f"{name}: {c_in}×{size}×{size}", bold=True)
    start, drawn = y, drawn + _line([(middle, 18), (middle, y + 8)])
    y += 8
    for layer in convolutions:
        size = -(-size // layer.stride[0])
        top, bottom = half(layer.in_channels), half(layer.out_channels)
        corners = f"M{middle - top:g} {y:g}h{2 * top:g}L{middle + bottom:g} {y + high:g}"
        drawn += (
            f'<path d="{corners}h{-2 * bottom:g}Z" fill="{svg.MARK}" fill-opacity="0.18" '
            f'stroke="currentColor" stroke-opacity="0.6"/>'
        )
        drawn += svg.text(middle, y + 21, _name(layer))
        y += high
        is_last = layer is convolutions[-1]
        after = "norm" if is_last else "norm, ReLU"
        drawn += _line([(middle, y), (middle, y + 24)])
        drawn += svg.text(middle + 8, y + 16, after, anchor="start", faint=True)
        if not is_last:
            shape = f"{layer.out_channels}×{size}×{size}"
            drawn += svg.text(middle - 8, y + 16, shape, anchor="end", faint=True)
        y += 24
    drawn += (
        f'<circle cx="{middle}" cy="{y + 10}" r="10" stroke="{SHORTCUT}" stroke-width="2"/>'
        + svg.text(middle, y + 15, "+", 16)
    )
    around = f"M{middle} {start - 4}H36q-8 0 -8 8V{y + 2:g}q0 8 8 8H{middle - 11}"
    drawn += _way(around, (middle - 11, y + 10), "" if isinstance(block.s, nn.Identity) else DASHED)
    drawn += _arrow((middle, y + 20), (middle, y + 48))
    drawn += svg.text(middle + 8, y + 38, "ReLU", anchor="start", faint=True)
    drawn += svg.text(middle, y + 64, f"{c_out}×{size}×{size}")
    return svg.drawing(drawn, 240, y + 70, margin=0)


def _cuboid(sides: Cell, marked: set[Cell]) -> str:
    """Return a block of cells, the first example in front: front, top and right face."""
    n, c, places = sides
    side, (right, up) = 22, (13, -13)  # of a cell; of a step to the next example
    x, y = 32, 34 - up * n - 26
    drawn = ""

    def face(corner: At, first: At, second: At, is_marked: bool) -> str:
        (a, b), (p, q), (r, s) = corner, first, second
        look = f'fill="{svg.MARK}" fill-opacity="0.4"' if is_marked else ""
        return (
            f'<path d="M{a:g} {b:g}l{p:g} {q:g}l{r:g} {s:g}l{-p:g} {-q:g}Z" {look} '
            f'stroke="currentColor" stroke-opacity="{0.9 if is_marked else 0.4}"/>'
        )

    for channel, place in itertools.product(range(c), range(places)):
        corner = (x + side * channel, y + side * place)
        drawn += face(corner, (side, 0), (0, side), (0, channel, place) in marked)
    for example in range(n):
        a, b = x + right * example, y + up * example
        for channel in range(c):
            is_marked = (example, channel, 0) in marked
            drawn += face((a + side * channel, b), (side, 0), (right, up), is_marked)
        for place in range(places):
            is_marked = (example, c - 1, place) in marked
            corner = (a + side * c, b + side * place)
            drawn += face(corner, (right, up), (0, side), is_marked)
    bottom = y + side * places
    drawn += svg.text(x + side * c / 2, bottom + 16, "C")
    drawn += svg.text(x + side * c + right * n / 2 + 12, bottom + up * n / 2 + 8, "N")
    return drawn + svg.text(x - 4, y + side * places / 2 + 4, "H·W", 12, anchor="end")


# ---- small parts ----


def _rect(corner: At, size: At, look: str = "") -> str:
    (x, y), (width, height) = corner, size
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" {look} '
        f'stroke="currentColor" stroke-opacity="0.6"/>'
    )


def _box(corner: At, size: At, words: str) -> str:
    x, y = corner[0] + size[0] / 2, corner[1] + size[1] / 2
    return _rect(corner, size) + svg.text(x, y + 5, words)


def _line(through: Sequence[At], look: str = 'stroke="currentColor" stroke-opacity="0.7"') -> str:
    path = "L".join(f"{x:g} {y:g}" for x, y in through)
    return f'<path d="M{path}" {look}/>'


def _way(path: str, end: At, look: str) -> str:
    """Return the path of a shortcut, with an arrow to the right at its end."""
    head = f'<path d="M{end[0]:g} {end[1]:g}m-7 -5l7 5l-7 5" stroke="{SHORTCUT}" stroke-width="2"/>'
    return f'<path d="{path}" stroke="{SHORTCUT}" stroke-width="2.5" {look}/>{head}'


def _key(look: str = "") -> str:
    """Return a short piece of a shortcut, to stand before its name."""
    return (
        '<svg viewBox="0 0 30 6" width="30" height="6" aria-hidden="true">'
        f'<path d="M0 3H30" stroke="{SHORTCUT}" stroke-width="2.5" {look}/></svg>'
    )


def _arrow(start: At, end: At) -> str:
    """Return an arrow straight down or straight to the left."""
    (x, y), (to_x, to_y) = start, end
    head = "m-4 -5l4 5l4 -5" if x == to_x else "m5 -4l-5 4l5 4"
    look = 'stroke="currentColor" stroke-opacity="0.7"'
    return f'<path d="M{x:g} {y:g}L{to_x:g} {to_y:g}{head}" {look}/>'


def _sub(i: int) -> str:
    return str(i).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
