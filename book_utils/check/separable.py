"""Checkers of grouped and separable convolution: weights, depthwise maps, shuffles, one kernel."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Grouped, depthwise and separable convolution"


@st.composite
def grouped_sizes(draw: st.DrawFn, groups: int | None = None) -> Case:
    """Draw the sizes of a grouped layer, with groups that divide both numbers of channels."""
    groups = or_fixed(draw, groups, st.integers(1, 4))
    c_i, c_o = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    return {"c_i": c_i, "c_o": c_o, "k": draw(st.integers(1, 5)), "groups": groups}


def count(c_i: int, c_o: int, k: int, groups: int) -> int:
    """Count the weights of a grouped layer without biases: -> int."""
    return nn.Conv2d(c_i, c_o, k, groups=groups, bias=False, device="meta").weight.numel()


grouped_weights = Checker(
    name="grouped_weights",
    oracle=count,
    draw=grouped_sizes,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the groups are forgotten",
            lambda c_i, c_o, k, g: c_o * c_i * k**2,
            "Each output reads only the inputs of its own group, c_i / groups of them.",
        ),
        Misconception(
            "both numbers of channels are divided",
            lambda c_i, c_o, k, g: c_o * c_i * k**2 // g**2,
            "That is one group. There are as many of them as groups, each with so many weights.",
        ),
        Misconception(
            "there is one kernel for each group",
            lambda c_i, c_o, k, g: g * k**2,
            "A kernel for each output, with a slice for each input of its group.",
        ),
        Misconception(
            "every group has all the outputs",
            lambda c_i, c_o, k, g: c_o * c_i * k**2 * g,
            "The outputs are divided among the groups as the inputs are.",
        ),
        Misconception(
            "one side is counted, not its square",
            lambda c_i, c_o, k, g: c_o * c_i * k // g,
            "A kernel has k rows and k columns.",
        ),
        Misconception(
            "the biases are counted",
            lambda c_i, c_o, k, g: c_o * c_i * k**2 // g + c_o,
            "The exercise asks for weights alone: biases are left out.",
        ),
    ],
)


@st.composite
def channel_images(draw: st.DrawFn) -> Case:
    """Draw a few channels and a kernel for each."""
    c, k_h, k_w = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    n_h, n_w = draw(st.integers(k_h, 4)), draw(st.integers(k_w, 4))
    return {"x": draw(numbers(c, n_h, n_w)), "k": draw(numbers(c, k_h, k_w))}


def depthwise(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate channel by channel: (c, n_h, n_w), (c, k_h, k_w) -> (c, h, w)."""
    return F.conv2d(x[None], k[:, None], groups=len(x))[0]


corr2d_depthwise = Checker(
    name="corr2d_depthwise",
    oracle=depthwise,
    draw=channel_images,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the channels are added up",
            [
                lambda x, k: depthwise(x, k).sum(0),
                lambda x, k: depthwise(x, k).sum(0, keepdim=True),
            ],
            "Depthwise, nothing is added across channels: there are as many maps as channels.",
        ),
        Misconception(
            "one kernel serves all channels",
            lambda x, k: depthwise(x, k[:1].expand_as(k)),
            "Channel c has a kernel of its own, k[c].",
        ),
        Misconception(
            "every kernel meets every channel",
            lambda x, k: F.conv2d(x[:, None], k[:, None]).flatten(0, 1),
            "Channel c meets k[c] alone: c maps come out, not c².",
        ),
        Misconception(
            "the kernels are taken in reverse",
            lambda x, k: depthwise(x, k.flip(0)),
            "Channel c of the input meets k[c].",
        ),
        Misconception(
            "the kernel is flipped",
            lambda x, k: depthwise(x, k.flip(1, 2)),
            "That is a convolution: here image and kernel are read in the same direction.",
        ),
    ],
)


@st.composite
def dealt(draw: st.DrawFn, groups: int | None = None) -> Case:
    """Draw a number of channels and of groups that divides it."""
    groups = or_fixed(draw, groups, st.integers(1, 12))
    return {"channels": groups * draw(st.integers(1, 12)), "groups": groups}


def order(channels: int, groups: int) -> tuple[int, ...]:
    """Say which channel stands at each place after a shuffle: -> whole numbers."""
    numbered = torch.arange(float(channels)).reshape(1, -1, 1, 1)
    return tuple(int(c) for c in nn.ChannelShuffle(groups)(numbered).flatten())


shuffled_channels = Checker(
    name="shuffled_channels",
    oracle=order,
    draw=dealt,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "nothing is shuffled",
            lambda c, g: list(range(c)),
            "Rows and columns have to be exchanged before the channels are put in a row again.",
        ),
        Misconception(
            "it is shuffled back",
            lambda c, g: order(c, c // g),
            "You say where each channel goes. Say which one stands at each place: first one of "
            "every group.",
        ),
        Misconception(
            "the channels are reversed",
            lambda c, g: list(range(c))[::-1],
            "A shuffle deals: the first channel of each group, then the second of each.",
        ),
        Misconception(
            "the groups change places",
            lambda c, g: [
                i
                for first in range(c - c // g, -1, -(c // g))
                for i in range(first, first + c // g)
            ],
            "Whole groups stay together that way, and never meet. Take one of each in turn.",
        ),
        Misconception(
            "the channels move on by a group",
            lambda c, g: [(i + c // g) % c for i in range(c)],
            "Neighbours stay neighbours that way. Take one channel of each group in turn.",
        ),
    ],
)


@st.composite
def two_steps(draw: st.DrawFn) -> Case:
    """Draw the kernels of a separable layer."""
    c_i, c_o = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    k_h, k_w = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    return {"depthwise": draw(numbers(c_i, k_h, k_w)), "pointwise": draw(numbers(c_o, c_i))}


def merged(depthwise: Tensor, pointwise: Tensor) -> Tensor:
    """Write two steps as one: (c_i, k_h, k_w), (c_o, c_i) -> (c_o, c_i, k_h, k_w)."""
    return torch.einsum("chw,oc->ochw", depthwise, pointwise)


merged_kernel = Checker(
    name="merged_kernel",
    oracle=merged,
    draw=two_steps,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the input channels are added up",
            [
                lambda d, p: merged(d, p).sum(1),
                lambda d, p: merged(d, p).sum(1, keepdim=True),
            ],
            "The layer adds the channels when it runs; its kernel keeps a slice for each.",
        ),
        Misconception(
            "inputs stand before outputs",
            lambda d, p: merged(d, p).transpose(0, 1),
            "A kernel of PyTorch is (c_o, c_i, k_h, k_w): the outputs first.",
        ),
        Misconception(
            "all inputs share the first kernel",
            lambda d, p: merged(d[:1].expand_as(d), p),
            "Channel c has a kernel of its own, depthwise[c].",
        ),
        Misconception(
            "the pointwise weights are left out",
            lambda d, p: d[None].expand(len(p), -1, -1, -1),
            "Each slice is depthwise[c] times the number pointwise[o, c].",
        ),
        Misconception(
            "the pointwise weights are added",
            lambda d, p: d[None] + p[:, :, None, None],
            "One step feeds the other, so their weights are multiplied.",
        ),
        Misconception(
            "all outputs share the first mixture",
            lambda d, p: merged(d, p[:1].expand_as(p)),
            "Output o mixes the channels by pointwise[o].",
        ),
    ],
)
