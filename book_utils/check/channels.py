"""Checkers of cross-correlation over several input and output channels."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Channels"


@st.composite
def channel_stacks(draw: st.DrawFn, outputs: bool = True, bias: bool = False) -> Case:
    """Draw an input of a few channels and kernels for it, with or without an output axis."""
    c_i, c_o = draw(st.integers(1, 3)), draw(st.integers(1, 3)) if outputs else 1
    k_h, k_w = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    n_h, n_w = draw(st.integers(k_h, 4)), draw(st.integers(k_w, 4))
    x, k = draw(numbers(c_i, n_h, n_w)), draw(numbers(c_o, c_i, k_h, k_w))
    return {"x": x, "k": k if outputs else k[0]} | ({"b": draw(numbers(c_o))} if bias else {})


def several_outputs(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate: (c_i, n_h, n_w), (c_o, c_i, k_h, k_w) -> (c_o, h, w)."""
    return F.conv2d(x[None], k)[0]


def one_output(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate and add up the channels: (c, n_h, n_w), (c, k_h, k_w) -> (h, w)."""
    return several_outputs(x, k[None])[0]


def with_bias(x: Tensor, k: Tensor, b: Tensor) -> Tensor:
    """Compute a layer: (c_i, n_h, n_w), (c_o, c_i, k_h, k_w), (c_o,) -> (c_o, h, w)."""
    return F.conv2d(x[None], k, b)[0]


def apart(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate channel by channel without adding up: -> (c, h, w)."""
    return F.conv2d(x[None], k[:, None], groups=len(x))[0]


CONVOLUTION = "You compute a convolution: here picture and kernel are read in the same direction."

corr2d_multi_in = Checker(
    name="corr2d_multi_in",
    oracle=one_output,
    draw=lambda: channel_stacks(outputs=False),
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the channels are averaged",
            lambda x, k: one_output(x, k) / len(x),
            "The maps of the channels are added, not averaged.",
        ),
        Misconception(
            "only the first channel is used",
            lambda x, k: one_output(x[:1], k[:1]),
            "Each channel has its own kernel, and the maps of all of them are added.",
        ),
        Misconception(
            "only the last channel is used",
            lambda x, k: one_output(x[-1:], k[-1:]),
            "The maps of all channels are added; is the sum overwritten in the loop?",
        ),
        Misconception(
            "the channels are not added up",
            apart,
            "There is one map for each channel; add them, and one is left.",
        ),
        Misconception(
            "one kernel serves all channels",
            lambda x, k: one_output(x, k[:1].expand_as(k)),
            "Channel c of the input meets k[c], not always k[0].",
        ),
        Misconception(
            "the largest channel wins",
            lambda x, k: apart(x, k).amax(0),
            "The maps of the channels are added.",
        ),
        Misconception(
            "the kernel is flipped",
            lambda x, k: one_output(x, k.flip(1, 2)),
            CONVOLUTION,
        ),
        Misconception(
            "the order of the channels is reversed",
            lambda x, k: one_output(x, k.flip(0)),
            "Channel c of the input meets k[c].",
        ),
    ],
)

corr2d_multi_in_out = Checker(
    name="corr2d_multi_in_out",
    oracle=several_outputs,
    draw=lambda: channel_stacks(),
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the output channels are added up",
            [
                lambda x, k: several_outputs(x, k).sum(0),
                lambda x, k: several_outputs(x, k).sum(0, keepdim=True),
            ],
            "Each output channel is a map of its own; stack them.",
        ),
        Misconception(
            "only the first output channel is computed",
            [
                lambda x, k: several_outputs(x, k)[0],
                lambda x, k: several_outputs(x, k)[:1],
            ],
            "k[o] gives output channel o, for every o.",
        ),
        Misconception(
            "the channels are averaged",
            lambda x, k: several_outputs(x, k) / len(x),
            "The maps of the input channels are added, not averaged.",
        ),
        Misconception(
            "only the first channel is used",
            lambda x, k: several_outputs(x[:1], k[:, :1]),
            "Every output channel adds up the maps of all input channels.",
        ),
        Misconception(
            "the channels are not added up",
            lambda x, k: torch.stack([apart(x, one) for one in k]),
            "There is a map for each pair of channels; add over the input channels.",
        ),
        Misconception(
            "input and output channels are swapped",
            lambda x, k: several_outputs(x, k.transpose(0, 1)),
            "The kernel's first axis counts output channels, its second input channels.",
        ),
        Misconception(
            "the output channels come last",
            lambda x, k: several_outputs(x, k).permute(1, 2, 0),
            "PyTorch puts channels first: stack the maps along axis 0.",
        ),
        Misconception(
            "the kernel is flipped",
            lambda x, k: several_outputs(x, k.flip(2, 3)),
            CONVOLUTION,
        ),
    ],
)

conv_layer = Checker(
    name="conv_layer",
    oracle=with_bias,
    draw=lambda: channel_stacks(bias=True),
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the bias is missing",
            lambda x, k, b: several_outputs(x, k),
            "Each output channel adds its own number b[o] to all of its pixels.",
        ),
        Misconception(
            "the bias is added once for each input channel",
            lambda x, k, b: with_bias(x, k, b * len(x)),
            "Add the bias after the sum over the input channels, not within it.",
        ),
        Misconception(
            "the bias is subtracted",
            lambda x, k, b: with_bias(x, k, -b),
            "The bias is added.",
        ),
        Misconception(
            "one bias serves all output channels",
            lambda x, k, b: with_bias(x, k, b[:1].expand_as(b)),
            "Output channel o has b[o].",
        ),
        Misconception(
            "the biases are added up",
            lambda x, k, b: with_bias(x, k, b.sum().expand_as(b)),
            "Output channel o has b[o].",
        ),
        Misconception(
            "the biases run along the columns",
            lambda x, k, b: several_outputs(x, k) + b,
            "A tensor of shape (c_o,) is spread over the last axis; b[:, None, None] is needed.",
        ),
    ],
)


@st.composite
def pixels_and_mixers(draw: st.DrawFn) -> Case:
    """Draw an input of a few channels and a 1×1 kernel."""
    c_i, c_o = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    x = draw(numbers(c_i, draw(st.integers(1, 3)), draw(st.integers(1, 3))))
    return {"x": x, "k": draw(numbers(c_o, c_i, 1, 1))}


def mix(x: Tensor, k: Tensor) -> Tensor:
    """Mix channels pixel by pixel: (c_i, h, w), (c_o, c_i, 1, 1) -> (c_o, h, w)."""
    return F.conv2d(x[None], k)[0]


def _scrambled(x: Tensor, k: Tensor) -> Tensor:
    """Reshape to (pixels, channels) where transposing is meant."""
    pixels = x.reshape(-1, len(x)) @ k[:, :, 0, 0].T
    return pixels.T.reshape(len(k), *x.shape[1:])


conv1x1 = Checker(
    name="conv1x1",
    oracle=mix,
    draw=pixels_and_mixers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "pixels and channels are mixed up by a reshape",
            _scrambled,
            "x.reshape(h · w, c) cuts the numbers anew; x.reshape(c, h · w).T swaps the axes.",
        ),
        Misconception(
            "the result is reshaped where it should be transposed",
            lambda x, k: mix(x, k).permute(1, 2, 0).reshape(len(k), *x.shape[1:]),
            "Swap the axes back before you reshape to (c_o, h, w).",
        ),
        Misconception(
            "the channels are averaged",
            lambda x, k: mix(x, k) / len(x),
            "Each output is the weighted sum over the channels of a pixel, not divided.",
        ),
        Misconception(
            "only the first channel is used",
            lambda x, k: mix(x[:1], k[:, :1]),
            "Each output adds up all channels of its pixel.",
        ),
        Misconception(
            "the output channels are added up",
            lambda x, k: mix(x, k).sum(0),
            "Each output channel is a map of its own.",
        ),
        Misconception(
            "input and output channels are swapped",
            lambda x, k: mix(x, k.transpose(0, 1)),
            "The kernel's first axis counts output channels: (c_o, c_i) @ (c_i, h · w).",
        ),
        Misconception(
            "the pixels stay in one row",
            lambda x, k: mix(x, k).flatten(1),
            "The numbers are right: reshape (c_o, h · w) to (c_o, h, w).",
        ),
        Misconception(
            "the output channels come last",
            lambda x, k: mix(x, k).permute(1, 2, 0),
            "PyTorch puts channels first: (c_o, h, w).",
        ),
    ],
)


@st.composite
def layer_sizes(
    draw: st.DrawFn,
    c_in: int | None = None,
    c_out: int | None = None,
    k_h: int | None = None,
    k_w: int | None = None,
    bias: bool | None = None,
) -> Case:
    """Draw the sizes of a convolution layer, with or without a bias."""
    sizes = {"c_in": c_in, "c_out": c_out, "k_h": k_h, "k_w": k_w}
    case = {name: or_fixed(draw, size, st.integers(1, 6)) for name, size in sizes.items()}
    return case | {"bias": or_fixed(draw, bias, st.booleans())}


def count(c_in: int, c_out: int, k_h: int, k_w: int, bias: bool) -> int:
    """Count the numbers that a convolution layer learns: -> int."""
    layer = torch.nn.Conv2d(c_in, c_out, (k_h, k_w), bias=bias, device="meta")
    return sum(p.numel() for p in layer.parameters())


parameters = Checker(
    name="parameters",
    oracle=count,
    draw=layer_sizes,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the bias is missing",
            lambda c_i, c_o, h, w, bias: c_i * c_o * h * w,
            "With a bias, each output channel has one number more.",
        ),
        Misconception(
            "the bias is always counted",
            lambda c_i, c_o, h, w, bias: c_i * c_o * h * w + c_o,
            "Without a bias, only the kernels are learned.",
        ),
        Misconception(
            "there is a single bias",
            lambda c_i, c_o, h, w, bias: c_i * c_o * h * w + bias,
            "Each output channel has a bias of its own.",
        ),
        Misconception(
            "the bias is counted for each input channel",
            lambda c_i, c_o, h, w, bias: c_i * c_o * h * w + bias * c_i,
            "The bias belongs to the output channels: c_out of them.",
        ),
        Misconception(
            "the bias is counted for each slice",
            lambda c_i, c_o, h, w, bias: c_i * c_o * (h * w + bias),
            "An output channel adds its bias once, after the sum over the input channels.",
        ),
        Misconception(
            "the input channels are forgotten",
            lambda c_i, c_o, h, w, bias: c_o * (h * w + bias),
            "Each output channel has one kernel for every input channel.",
        ),
        Misconception(
            "the output channels are forgotten",
            lambda c_i, c_o, h, w, bias: c_i * h * w + bias,
            "There is a stack of kernels for every output channel.",
        ),
        Misconception(
            "the kernel is taken for square",
            lambda c_i, c_o, h, w, bias: c_o * (c_i * h * h + bias),
            "Rows times columns: k_h · k_w.",
        ),
    ],
)
