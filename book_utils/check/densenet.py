"""Checkers of densely connected networks: channels, weights, a tiny block, a transition."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, numbers

CHAPTER = "DenseNet"


@st.composite
def plans(draw: st.DrawFn) -> Case:
    """Draw the channels of a stem, the layers of each block, and a growth rate."""
    layers = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    return {"stem": draw(st.integers(1, 16)), "layers": tuple(layers),
            "growth": draw(st.integers(1, 12))}  # fmt: skip


def channels_at_the_end(stem: int, layers: tuple[int, ...], growth: int) -> int:
    """Count the channels behind the last dense block: -> int."""
    x = torch.empty(stem, device="meta")
    for block, count in enumerate(layers):
        if block:
            x = x[: len(x) // 2]
        x = torch.cat([x, *(x.new_empty(growth) for _ in range(count))])
    return len(x)


def _channels(stem: int, layers: tuple[int, ...], growth: int) -> list[int]:
    """Count the channels behind each block."""
    return [
        channels_at_the_end(stem, layers[:blocks], growth) for blocks in range(1, len(layers) + 1)
    ]


def _only_new_maps_halved(stem: int, layers: tuple[int, ...], growth: int) -> int:
    return stem + sum(n * growth // 2 for n in layers[:-1]) + layers[-1] * growth


densenet_channels = Checker(
    name="densenet_channels",
    oracle=channels_at_the_end,
    draw=plans,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the channels are never halved",
            lambda stem, layers, g: stem + sum(layers) * g,
            "Between two blocks a transition keeps half of the channels.",
        ),
        Misconception(
            "they are halved behind the last block, too",
            lambda stem, layers, g: channels_at_the_end(stem, layers, g) // 2,
            "A transition leads from one block to the next. There is none behind the last.",
        ),
        Misconception(
            "the stem is left out",
            lambda stem, layers, g: channels_at_the_end(0, layers, g),
            "The first block puts its maps behind those of the stem, which stay.",
        ),
        Misconception(
            "each block adds the growth rate once",
            lambda stem, layers, g: channels_at_the_end(stem, (1,) * len(layers), g),
            "Every layer of a block adds that many maps.",
        ),
        Misconception(
            "a transition halves only the new maps",
            _only_new_maps_halved,
            "A transition halves all that comes in: old maps and new ones.",
        ),
    ],
)


@st.composite
def dense_layers(draw: st.DrawFn) -> Case:
    """Draw the sizes of a dense layer with a bottleneck."""
    return {"c_in": draw(st.integers(1, 40)), "growth": draw(st.integers(1, 12)),
            "bottleneck": draw(st.integers(1, 5))}  # fmt: skip


def layer_weights(c_in: int, growth: int, bottleneck: int) -> int:
    """Count the weights of the two convolutions of a dense layer: -> int."""
    with torch.device("meta"):
        inside = bottleneck * growth
        convolutions = nn.Conv2d(c_in, inside, 1), nn.Conv2d(inside, growth, 3)
    return sum(conv.weight.numel() for conv in convolutions)


dense_layer_weights = Checker(
    name="dense_layer_weights",
    oracle=layer_weights,
    draw=dense_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "there is no bottleneck",
            lambda c, g, b: 9 * c * g,
            "The 3×3 convolution reads the maps of the 1×1 convolution, not all that came in.",
        ),
        Misconception(
            "only the 3×3 convolution is counted",
            lambda c, g, b: 9 * b * g * g,
            "The 1×1 convolution has a weight for each channel in and each of its own maps.",
        ),
        Misconception(
            "only the 1×1 convolution is counted",
            lambda c, g, b: c * b * g,
            "The 3×3 convolution follows it, with nine weights for each pair of channels.",
        ),
        Misconception(
            "the 3×3 convolution reads all channels",
            lambda c, g, b: c * b * g + 9 * c * g,
            "It reads what the 1×1 convolution puts out: bottleneck · growth maps.",
        ),
        Misconception(
            "the 1×1 convolution has nine weights a pair, too",
            lambda c, g, b: 9 * c * b * g + 9 * b * g * g,
            "Its kernels are a single pixel: one weight for each pair of channels.",
        ),
        Misconception(
            "the bottleneck is as wide as the factor says",
            lambda c, g, b: c * b + 9 * b * g,
            "It is bottleneck · growth maps wide.",
        ),
        Misconception(
            "the norms are counted",
            lambda c, g, b: layer_weights(c, g, b) + 2 * c + 2 * b * g,
            "The exercise asks for the weights of the two convolutions alone.",
        ),
    ],
)


@st.composite
def tiny_blocks(draw: st.DrawFn) -> Case:
    """Draw a small batch and a weight for each layer."""
    n, c = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    h, w = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    return {"x": draw(numbers(n, c, h, w)), "weights": draw(numbers(draw(st.integers(1, 3))))}


def tiny_block(x: Tensor, weights: Tensor) -> Tensor:
    """Put one map a layer behind the others: (n, c, h, w), (layers,) -> (n, c + layers, h, w)."""
    for w in weights:
        x = torch.cat([x, w * x.sum(1, keepdim=True)], dim=1)
    return x


def _added(x: Tensor, weights: Tensor) -> Tensor:
    for w in weights:
        x = x + w * x.sum(1, keepdim=True)
    return x


def _from_the_last(x: Tensor, weights: Tensor) -> Tensor:
    maps = [x]
    for w in weights:
        maps.append(w * maps[-1].sum(1, keepdim=True))
    return torch.cat(maps, dim=1)


def _from_the_input(x: Tensor, weights: Tensor) -> Tensor:
    return torch.cat([x, *(w * x.sum(1, keepdim=True) for w in weights)], dim=1)


def _in_front(x: Tensor, weights: Tensor) -> Tensor:
    for w in weights:
        x = torch.cat([w * x.sum(1, keepdim=True), x], dim=1)
    return x


def _along_the_batch(x: Tensor, weights: Tensor) -> Tensor:
    for w in weights:
        x = torch.cat([x, w * x.sum(1, keepdim=True)])
    return x


dense_block = Checker(
    name="dense_block",
    oracle=tiny_block,
    draw=tiny_blocks,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the new map is added to the others",
            _added,
            "That is a residual block. Here the new map becomes a channel of its own.",
        ),
        Misconception(
            "each layer reads the last output alone",
            _from_the_last,
            "A layer reads all maps made so far, the input's among them.",
        ),
        Misconception(
            "each layer reads the input alone",
            _from_the_input,
            "A layer reads the maps of the layers before it, too.",
        ),
        Misconception(
            "the new map comes first",
            _in_front,
            "New maps go behind those that are there, so that a channel keeps its number.",
        ),
        Misconception(
            "the input is left out at the end",
            lambda x, weights: tiny_block(x, weights)[:, x.shape[1] :],
            "The channels of the input stay: the block puts new ones behind them.",
        ),
        Misconception(
            "only the last map is returned",
            [
                lambda x, weights: tiny_block(x, weights)[:, -1:],
                lambda x, weights: tiny_block(x, weights)[:, -1],
            ],
            "All maps come out, with the last one at the end.",
        ),
        Misconception(
            "the maps are put behind one another along the batch",
            _along_the_batch,
            "Axis 0 is the batch. Channels are axis 1: dim=1.",
        ),
    ],
)


@st.composite
def transitions(draw: st.DrawFn) -> Case:
    """Draw a batch with even sides and the weights of a 1×1 convolution."""
    n, c_in, c_out = draw(st.integers(1, 2)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    h, w = 2 * draw(st.integers(1, 2)), 2 * draw(st.integers(1, 2))
    return {"x": draw(numbers(n, c_in, h, w)), "w": draw(numbers(c_out, c_in))}


def mixed(x: Tensor, w: Tensor) -> Tensor:
    """Mix channels pixel by pixel."""
    return F.conv2d(x, w[:, :, None, None])


def mixed_and_pooled(x: Tensor, w: Tensor) -> Tensor:
    """Mix channels, then average 2×2 pixels: (n, c_i, h, w), (c_o, c_i) -> (n, c_o, h/2, w/2)."""
    return F.avg_pool2d(mixed(x, w), 2)


transition = Checker(
    name="transition",
    oracle=mixed_and_pooled,
    draw=transitions,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the maximum is taken",
            [
                lambda x, w: F.max_pool2d(mixed(x, w), 2),
                lambda x, w: mixed(F.max_pool2d(x, 2), w),
            ],
            "A transition takes the mean of each 2×2 window.",
        ),
        Misconception(
            "every second pixel is taken",
            lambda x, w: mixed(x, w)[..., ::2, ::2],
            "All four pixels of a window count: take their mean.",
        ),
        Misconception(
            "the four pixels are added up",
            lambda x, w: 4 * mixed_and_pooled(x, w),
            "Take the mean of the four: divide by 4.",
        ),
        Misconception(
            "nothing is pooled",
            mixed,
            "Height and width are halved as well: the mean of each 2×2 window.",
        ),
        Misconception(
            "the first channels are kept, and none is mixed",
            lambda x, w: F.avg_pool2d(x, 2)[:, : len(w)],
            "Each new channel is a weighted sum of all that came in; w holds the weights.",
        ),
        Misconception(
            "rows and columns of the weights are exchanged",
            lambda x, w: mixed_and_pooled(x, w.T),
            "w[o, i] is the weight from channel i to channel o.",
        ),
        Misconception(
            "the windows overlap",
            lambda x, w: F.avg_pool2d(mixed(x, w), 2, stride=1),
            "The windows move by two pixels, so that each side is halved.",
        ),
    ],
)
