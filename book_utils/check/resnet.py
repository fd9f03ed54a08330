"""Checkers of residual networks: the block, the shortcut without parameters, two counts."""

import math

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Residual networks"


@st.composite
def blocks(draw: st.DrawFn) -> Case:
    """Draw an input and the weights of two convolutions, of one pixel and one weight or more.

    Some inputs are 5×5: without padding, a single pixel is left of them, which can still be added.
    """
    c, k = draw(st.integers(1, 2)), draw(st.sampled_from([1, 3]))
    h, w = (draw(st.sampled_from([1, 2, 3, 5])) for _ in range(2))
    weights = {name: draw(numbers(c, c, k, k)) for name in ("w1", "w2")}
    return {"x": draw(numbers(c, h, w)), **weights}


def same_conv(x: Tensor, w: Tensor) -> Tensor:
    """Convolve and keep the size: (c, h, w), (c_out, c, k, k) -> (c_out, h, w)."""
    return F.conv2d(x[None], w, padding=w.shape[-1] // 2)[0]


def branch(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Convolve, cut off below 0, convolve again: what a block adds to x."""
    return same_conv(same_conv(x, w1).relu(), w2)


def block(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Compute relu(x + F(x)), F two convolutions with a ReLU between: (c, h, w) -> (c, h, w)."""
    return (x + branch(x, w1, w2)).relu()


def unpadded(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Compute a block whose convolutions shrink what they get, where the sum is possible."""
    return (x + F.conv2d(F.conv2d(x, w1).relu(), w2)).relu()


def padded_by_one(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Compute a block padded as for 3×3 kernels, whatever they are, where the sum is possible."""
    return (x + F.conv2d(F.conv2d(x, w1, padding=1).relu(), w2, padding=1)).relu()


def from_inside(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Compute a block whose shortcut starts after the first convolution."""
    y = same_conv(x, w1).relu()
    return (y + same_conv(y, w2)).relu()


ADDED = "The two are added: relu(x + F(x))."

residual_block = Checker(
    name="residual_block",
    oracle=block,
    draw=blocks,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the shortcut is forgotten",
            lambda x, w1, w2: branch(x, w1, w2).relu(),
            "This is a plain block: add x to what the second convolution gives.",
        ),
        Misconception(
            "the shortcut is added after the activation",
            lambda x, w1, w2: x + branch(x, w1, w2).relu(),
            "The last ReLU comes after the sum: relu(x + F(x)).",
        ),
        Misconception(
            "the activation after the sum is missing",
            lambda x, w1, w2: x + branch(x, w1, w2),
            "The sum goes through a ReLU before the next block.",
        ),
        Misconception(
            "the branch is cut off before the sum",
            lambda x, w1, w2: (x + branch(x, w1, w2).relu()).relu(),
            "Without negative numbers, the branch could only ever add: no ReLU between the second "
            "convolution and the sum.",
        ),
        Misconception(
            "the activation between the convolutions is missing",
            lambda x, w1, w2: (x + same_conv(same_conv(x, w1), w2)).relu(),
            "Two convolutions with no ReLU between are worth no more than one.",
        ),
        Misconception(
            "the convolutions are in the other order",
            lambda x, w1, w2: block(x, w2, w1),
            "w1 belongs to the convolution that sees x.",
        ),
        Misconception(
            "the first convolution is used twice",
            lambda x, w1, w2: block(x, w1, w1),
            "The second convolution has weights of its own, w2.",
        ),
        Misconception(
            "the shortcut joins before the second convolution",
            lambda x, w1, w2: same_conv((x + same_conv(x, w1)).relu(), w2).relu(),
            "The shortcut goes around both convolutions.",
        ),
        Misconception(
            "there is a shortcut around each convolution",
            lambda x, w1, w2: (lambda y: (y + same_conv(y, w2)).relu())(
                (x + same_conv(x, w1)).relu()
            ),
            "Here one shortcut goes around both convolutions together.",
        ),
        Misconception(
            "the activations come before the convolutions",
            lambda x, w1, w2: x + branch(x.relu(), w1, w2),
            "That is the later form with pre-activation; here ReLU follows the first convolution "
            "and the sum.",
        ),
        Misconception(
            "the branch is subtracted",
            lambda x, w1, w2: (x - branch(x, w1, w2)).relu(),
            ADDED,
        ),
        Misconception(
            "the two are multiplied",
            lambda x, w1, w2: (x * branch(x, w1, w2)).relu(),
            ADDED,
        ),
        Misconception(
            "the convolutions are not padded",
            unpadded,
            "padding=k // 2 keeps the size, so that x can be added pixel by pixel.",
        ),
        Misconception(
            "the padding is always 1",
            padded_by_one,
            "That is right for kernels of 3×3. For others, it is k // 2.",
        ),
        Misconception(
            "the shortcut starts after the first convolution",
            from_inside,
            "Add the x that came in. Is the name x used again for what the convolution gives?",
        ),
        Misconception(
            "the branch is added to itself",
            lambda x, w1, w2: 2 * branch(x, w1, w2).relu(),
            "Add the x that came in. Is the name x used again for what the convolutions give?",
        ),
        Misconception(
            "the branch alone is returned",
            branch,
            "That is F(x). The block gives relu(x + F(x)).",
        ),
        Misconception(
            "the second convolution is missing",
            [
                lambda x, w1, w2: (x + same_conv(x, w1)).relu(),
                lambda x, w1, w2: (x + same_conv(x, w1).relu()).relu(),
            ],
            "The branch has two convolutions: w1, a ReLU, then w2.",
        ),
        Misconception(
            "there is no activation at all",
            lambda x, w1, w2: x + same_conv(same_conv(x, w1), w2),
            "One ReLU comes between the convolutions, and one after the sum.",
        ),
        Misconception(
            "the activation is taken of x alone",
            lambda x, w1, w2: x.relu() + branch(x, w1, w2),
            "First the sum, then the ReLU: relu(x + F(x)).",
        ),
        Misconception(
            "x and the branch are cut off one by one",
            lambda x, w1, w2: x.relu() + branch(x, w1, w2).relu(),
            "First the sum, then the ReLU: negative numbers of the one take from the other.",
        ),
        Misconception(
            "the two are concatenated as channels",
            lambda x, w1, w2: torch.cat([x, branch(x, w1, w2)]).relu(),
            "The two are added: relu(x + F(x)). Concatenating them is another design, DenseNet's.",
        ),
    ],
)


@st.composite
def shortcuts(draw: st.DrawFn, stride: int | None = None) -> Case:
    """Draw a block's input, how many channels shall come out, and its stride."""
    c, h, w = (draw(st.integers(1, most)) for most in (3, 4, 4))
    c_out = c + draw(st.integers(0, 3))
    stride = or_fixed(draw, stride, st.integers(1, 3))
    return {"x": draw(numbers(c, h, w)), "c_out": c_out, "stride": stride}


def pad_channels(x: Tensor, before: int, after: int) -> Tensor:
    """Put channels of zeros around: (c, h, w) -> (before + c + after, h, w)."""
    return F.pad(x, (0, 0, 0, 0, before, after))


def padded(x: Tensor, c_out: int, stride: int) -> Tensor:
    """Take every stride-th pixel, then add channels of zeros: (c, h, w) -> (c_out, h', w')."""
    return pad_channels(x[:, ::stride, ::stride], 0, c_out - len(x))


HOLD_ZEROS = "The new channels hold zeros, so that the branch alone decides about them."
LEAVES_OUT = "Option A leaves pixels out, as a 1×1 convolution with a stride does."

shortcut = Checker(
    name="shortcut",
    oracle=padded,
    draw=shortcuts,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the stride is ignored",
            lambda x, c, s: padded(x, c, 1),
            "The branch keeps every stride-th row and column; the shortcut must meet it.",
        ),
        Misconception(
            "the channels of zeros are missing",
            lambda x, c, s: x[:, ::s, ::s],
            "The branch has c_out channels: zeros fill in those that x does not have.",
        ),
        Misconception(
            "the zeros come before the channels",
            lambda x, c, s: pad_channels(x[:, ::s, ::s], c - len(x), 0),
            "What comes in keeps its place; the new channels follow.",
        ),
        Misconception(
            "there are zeros on both sides",
            lambda x, c, s: pad_channels(
                x[:, ::s, ::s], (c - len(x)) // 2, c - len(x) - (c - len(x)) // 2
            ),
            "What comes in keeps its place; all new channels follow.",
        ),
        Misconception(
            "the channels are repeated",
            lambda x, c, s: x[:, ::s, ::s].repeat(c, 1, 1)[:c],
            HOLD_ZEROS,
        ),
        Misconception(
            "the last channel is repeated",
            lambda x, c, s: torch.cat(
                [x, *[x[-1:]] * (c - len(x))]  # a list of as many as are missing
            )[:, ::s, ::s],
            HOLD_ZEROS,
        ),
        Misconception(
            "the pixels are averaged",
            [
                lambda x, c, s: pad_channels(F.avg_pool2d(x, s, ceil_mode=True), 0, c - len(x)),
                lambda x, c, s: pad_channels(F.avg_pool2d(x, s), 0, c - len(x)),
            ],
            LEAVES_OUT,
        ),
        Misconception(
            "the largest pixel of each window is taken",
            [
                lambda x, c, s: pad_channels(F.max_pool2d(x, s, ceil_mode=True), 0, c - len(x)),
                lambda x, c, s: pad_channels(F.max_pool2d(x, s), 0, c - len(x)),
            ],
            LEAVES_OUT,
        ),
        Misconception(
            "pixels are left out along one axis only",
            [
                lambda x, c, s: pad_channels(x[:, ::s], 0, c - len(x)),
                lambda x, c, s: pad_channels(x[..., ::s], 0, c - len(x)),
            ],
            "The stride holds for rows and for columns.",
        ),
        Misconception(
            "the stride is always 2",
            lambda x, c, s: padded(x, c, 2),
            "The stride is given: 1, 2 or more.",
        ),
        Misconception(
            "the stride is ignored where no channel is new",
            lambda x, c, s: padded(x, c, 1 if c == len(x) else s),
            "A block can halve the size and keep its channels.",
        ),
        Misconception(
            "channels are left out, too",
            lambda x, c, s: padded(x[::s], c, s),
            "The stride holds for rows and columns; the first axis, the channels, stays whole.",
        ),
        Misconception(
            "a corner is cut out",
            lambda x, c, s: padded(x[:, : x.shape[1] // s, : x.shape[2] // s], c, 1),
            "Every stride-th pixel stays, from all over the image: x[:, ::stride, ::stride].",
        ),
        Misconception(
            "there are c_out channels of zeros",
            lambda x, c, s: padded(x, c + len(x), s),
            "Only those that are missing: c_out less the channels of x.",
        ),
        Misconception(
            "the channels are always doubled",
            lambda x, c, s: padded(x, 2 * len(x), s),
            "c_out says how many channels come out.",
        ),
        Misconception(
            "the zeros are new columns",
            lambda x, c, s: F.pad(x[:, ::s, ::s], (0, c - len(x))),
            "F.pad begins with the last axis: (0, 0, 0, 0, 0, new) adds channels at the end.",
        ),
    ],
)


@st.composite
def plans(draw: st.DrawFn, per_block: int | None = None) -> Case:
    """Draw how many blocks each stage has, and how many convolutions a block."""
    depths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    return {"depths": depths, "per_block": or_fixed(draw, per_block, st.integers(2, 3))}


def layers_with_weights(depths: list[int], per_block: int) -> int:
    """Count the layers on the longest path: the stem, all blocks, the dense layer: -> int."""
    return 1 + per_block * sum(depths) + 1


resnet_depth = Checker(
    name="resnet_depth",
    oracle=layers_with_weights,
    draw=plans,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "stem and dense layer are not counted",
            lambda depths, n: n * sum(depths),
            "One convolution comes before the blocks, and one dense layer after them.",
        ),
        Misconception(
            "the stem or the dense layer is not counted",
            lambda depths, n: n * sum(depths) + 1,
            "Both have weights: the convolution before the blocks and the dense layer after them.",
        ),
        Misconception(
            "each block counts as one layer",
            lambda depths, n: sum(depths) + 2,
            "A block has per_block convolutions.",
        ),
        Misconception(
            "each stage counts as one block",
            lambda depths, n: n * len(depths) + 2,
            "depths says how many blocks each stage has.",
        ),
        Misconception(
            "the projections are counted",
            [
                lambda depths, n: n * sum(depths) + 2 + len(depths) - 1,
                lambda depths, n: n * sum(depths) + 2 + len(depths),
            ],
            "The name counts the layers on the longest path, which goes around no block.",
        ),
        Misconception(
            "pooling is counted",
            [
                lambda depths, n: n * sum(depths) + 3,
                lambda depths, n: n * sum(depths) + 4,
            ],
            "Poolings have no weights, so the name does not count them.",
        ),
        Misconception(
            "only the first stage is counted",
            lambda depths, n: n * depths[0] + 2,
            "Add up the blocks of all stages.",
        ),
        Misconception(
            "only the blocks are counted",
            lambda depths, n: sum(depths),
            "A block has per_block convolutions; a stem and a dense layer come on top.",
        ),
        Misconception(
            "every block has two convolutions",
            lambda depths, n: 2 * sum(depths) + 2,
            "A bottleneck has three: per_block says how many.",
        ),
        Misconception(
            "the blocks of the stages are multiplied",
            lambda depths, n: n * math.prod(depths) + 2,
            "The stages come one after another: add up their blocks.",
        ),
        Misconception(
            "batch normalisation is counted",
            [
                lambda depths, n: 2 * n * sum(depths) + 2,
                lambda depths, n: 2 * (n * sum(depths) + 1) + 1,
            ],
            "The name counts convolutions and the dense layer, and no normalisation.",
        ),
    ],
)


@st.composite
def sizes(draw: st.DrawFn) -> Case:
    """Draw the channels that come in and out of a block, and those in its middle."""
    return {"c": draw(st.integers(1, 64)), "m": draw(st.integers(1, 16))}


def bottleneck_weights(c: int, m: int) -> int:
    """Count the weights of 1×1 (c to m), 3×3 (m to m) and 1×1 (m to c), no biases: -> int."""
    layers = torch.nn.Conv2d(c, m, 1), torch.nn.Conv2d(m, m, 3), torch.nn.Conv2d(m, c, 1)
    return sum(layer.weight.numel() for layer in layers)


bottleneck_parameters = Checker(
    name="bottleneck_parameters",
    oracle=bottleneck_weights,
    draw=sizes,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "one of the 1×1 convolutions is missing",
            lambda c, m: c * m + 9 * m * m,
            "There are two: one makes c channels m, the other makes m channels c again.",
        ),
        Misconception(
            "the 3×3 convolution counts as 1×1",
            lambda c, m: 2 * c * m + m * m,
            "A 3×3 kernel has nine weights for each pair of channels.",
        ),
        Misconception(
            "the 3×3 convolution has three weights",
            lambda c, m: 2 * c * m + 3 * m * m,
            "Three rows of three: nine weights for each pair of channels.",
        ),
        Misconception(
            "the 3×3 convolution has one kernel for each channel",
            lambda c, m: 2 * c * m + 9 * m,
            "Each of the m outputs has a kernel for each of the m inputs: 9·m·m.",
        ),
        Misconception(
            "the 3×3 convolution works on all channels",
            lambda c, m: 2 * c * m + 9 * c * c,
            "The first 1×1 leaves m channels: that is the point of it.",
        ),
        Misconception(
            "all convolutions are 3×3",
            lambda c, m: 9 * (2 * c * m + m * m),
            "Only the one in the middle is; a 1×1 kernel has one weight for a pair of channels.",
        ),
        Misconception(
            "biases are counted",
            lambda c, m: 2 * c * m + 9 * m * m + 2 * m + c,
            "Batch normalisation follows each convolution and would undo a bias; there is none.",
        ),
        Misconception(
            "batch normalisation is counted",
            lambda c, m: 2 * c * m + 9 * m * m + 2 * (2 * m + c),
            "Here the weights of the three convolutions alone are asked for.",
        ),
        Misconception(
            "this is a basic block",
            lambda c, m: 2 * 9 * c * c,
            "That is two 3×3 convolutions on all c channels.",
        ),
        Misconception(
            "only the 3×3 convolution is counted",
            lambda c, m: 9 * m * m,
            "Two 1×1 convolutions come with it, one before and one after: c·m weights each.",
        ),
        Misconception(
            "the 3×3 convolution joins c channels with m",
            lambda c, m: c * m + 9 * c * m + m * c,
            "The first 1×1 leaves m channels: the 3×3 takes m and gives m.",
        ),
        Misconception(
            "the block gives four times m channels",
            lambda c, m: c * m + 9 * m * m + m * 4 * m,
            "So it is in ResNet-50. Here c channels come out, whatever m is.",
        ),
        Misconception(
            "m is taken to be a quarter of c",
            lambda c, m: bottleneck_weights(c, c // 4) if c > 3 else 0,
            "So it is in ResNet-50. Here m is given.",
        ),
        Misconception(
            "the convolutions have one kernel for each channel they give",
            lambda c, m: m + 9 * m + c,
            "Each output has a kernel for each input: c·m, m·m and m·c of them.",
        ),
        Misconception(
            "the three counts are multiplied",
            lambda c, m: c * m * 9 * m * m * m * c,
            "The layers come one after another: add up their weights.",
        ),
        Misconception(
            "a projection is counted",
            lambda c, m: 2 * c * m + 9 * m * m + c * c,
            "With c channels in and out the shortcut is the identity, which has no weights.",
        ),
    ],
)
