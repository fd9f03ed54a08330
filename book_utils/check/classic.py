"""Checkers of the classic networks: small kernels, bottlenecks, two blocks, dropout."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from book_utils.shapes import multiply_adds

from .engine import Case, Checker, Misconception, numbers

CHAPTER = "Classic networks: AlexNet, VGG, GoogLeNet"


@st.composite
def stacks(draw: st.DrawFn) -> Case:
    """Draw the channels of a stack of 3×3 layers, and the side of the window that it sees."""
    c_i, c_o = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return {"c_i": c_i, "c_o": c_o, "k": draw(st.sampled_from([5, 3, 7, 9, 11]))}


def stacked(c_i: int, c_o: int, k: int) -> int:
    """Count the weights of the 3×3 layers, c_i → c_o → … → c_o, that see k×k pixels: -> int."""
    channels = [c_i] + [c_o] * ((k - 1) // 2)
    layers = [
        nn.Conv2d(a, b, 3, bias=False, device="meta")
        for a, b in zip(channels, channels[1:], strict=False)
    ]
    return sum(layer.weight.numel() for layer in layers)


stack_weights = Checker(
    name="stack_weights",
    oracle=stacked,
    draw=stacks,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "a single layer with a k×k kernel is counted",
            lambda c_i, c_o, k: c_i * c_o * k**2,
            "That is the layer which the stack replaces. Count the 3×3 layers.",
        ),
        Misconception(
            "every layer is counted from c_i to c_o",
            lambda c_i, c_o, k: 9 * c_i * c_o * (k - 1) // 2,
            "Only the first layer reads c_i channels. The others read what it gives, c_o.",
        ),
        Misconception(
            "every layer is counted from c_o to c_o",
            lambda c_i, c_o, k: 9 * c_o**2 * (k - 1) // 2,
            "The first layer reads c_i channels.",
        ),
        Misconception(
            "a single 3×3 layer is counted",
            lambda c_i, c_o, k: 9 * c_i * c_o,
            "One 3×3 layer sees 3×3 pixels, and each further one two more on each side.",
        ),
        Misconception(
            "there is one layer too many",
            lambda c_i, c_o, k: stacked(c_i, c_o, k + 2),
            "The first layer sees 3 pixels, and each further one adds 2: (k - 1) / 2 layers.",
        ),
        Misconception(
            "each layer is taken to add 3 pixels",
            [
                lambda c_i, c_o, k: stacked(c_i, c_o, 1 + 2 * (k // 3)),
                lambda c_i, c_o, k: stacked(c_i, c_o, 1 + 2 * -(-k // 3)),
            ],
            "Windows of neighbours overlap: a further 3×3 layer adds 2 pixels, not 3.",
        ),
        Misconception(
            "channels go back to c_i between the layers",
            lambda c_i, c_o, k: 9 * c_i**2 * ((k - 1) // 2 - 1) + 9 * c_i * c_o,
            "The first layer already gives c_o channels, and the others keep them.",
        ),
        Misconception(
            "a kernel is taken to have 3 weights",
            lambda c_i, c_o, k: stacked(c_i, c_o, k) // 3,
            "A 3×3 kernel has 9 weights for each channel it reads.",
        ),
        Misconception(
            "the biases are counted",
            lambda c_i, c_o, k: stacked(c_i, c_o, k) + c_o * (k - 1) // 2,
            "The exercise asks for weights alone: biases are left out.",
        ),
    ],
)


@st.composite
def bottlenecks(draw: st.DrawFn) -> Case:
    """Draw the channels of a 1×1 layer and of the k×k layer after it, and the side of a map."""
    sizes = {name: draw(st.integers(1, 6)) for name in ("c_i", "c_m", "c_o")}
    return sizes | {"k": draw(st.sampled_from([3, 5])), "n": draw(st.integers(2, 9))}


def two_costs(c_i: int, c_m: int, c_o: int, k: int, n: int) -> int:
    """Count the multiply-adds of a 1×1 layer and a padded k×k layer on n×n maps: -> int."""
    first = nn.Conv2d(c_i, c_m, 1, device="meta")
    second = nn.Conv2d(c_m, c_o, k, padding=k // 2, device="meta")
    x, y, z = ((c, n, n) for c in (c_i, c_m, c_o))
    return multiply_adds(first, x, y) + multiply_adds(second, y, z)


bottleneck_cost = Checker(
    name="bottleneck_cost",
    oracle=two_costs,
    draw=bottlenecks,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "there is no bottleneck",
            lambda c_i, c_m, c_o, k, n: c_i * c_o * k**2 * n**2,
            "The k×k layer reads the c_m channels that the 1×1 layer gives.",
        ),
        Misconception(
            "the 1×1 layer is not counted",
            lambda c_i, c_m, c_o, k, n: c_m * c_o * k**2 * n**2,
            "The 1×1 layer works, too: c_i·c_m multiplications at each pixel.",
        ),
        Misconception(
            "the k×k layer is not counted",
            lambda c_i, c_m, c_o, k, n: c_i * c_m * n**2,
            "Behind the 1×1 layer comes the k×k one, with c_m·c_o·k² at each pixel.",
        ),
        Misconception(
            "both kernels are counted as k×k",
            lambda c_i, c_m, c_o, k, n: (c_i * c_m + c_m * c_o) * k**2 * n**2,
            "The first kernel is 1×1.",
        ),
        Misconception(
            "both kernels are counted as 1×1",
            lambda c_i, c_m, c_o, k, n: (c_i * c_m + c_m * c_o) * n**2,
            "The second kernel has k² weights for each channel it reads.",
        ),
        Misconception(
            "one side of the kernel is counted",
            lambda c_i, c_m, c_o, k, n: (c_i * c_m + c_m * c_o * k) * n**2,
            "A kernel has k rows and k columns.",
        ),
        Misconception(
            "the weights are counted, for one pixel",
            lambda c_i, c_m, c_o, k, n: c_i * c_m + c_m * c_o * k**2,
            "Each weight is used once at each of the n·n pixels.",
        ),
        Misconception(
            "one row of pixels is counted",
            lambda c_i, c_m, c_o, k, n: (c_i * c_m + c_m * c_o * k**2) * n,
            "There are n·n pixels.",
        ),
        Misconception(
            "the two layers are multiplied",
            lambda c_i, c_m, c_o, k, n: c_i * c_m * c_m * c_o * k**2 * n**2,
            "One layer follows the other: their costs are added.",
        ),
        Misconception(
            "the maps shrink",
            lambda c_i, c_m, c_o, k, n: (
                c_i * c_m * n**2 + c_m * c_o * k**2 * max(n - k + 1, 0) ** 2
            ),
            "The k×k layer is padded: its maps are n×n as well.",
        ),
    ],
)


@st.composite
def pictures(draw: st.DrawFn) -> Case:
    """Draw an image and the kernels of two 3×3 layers.

    Many sides are 6: two layers without padding leave 2 of them, enough for the pooling.
    """
    c_i, c_o = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    h, w = (draw(st.sampled_from([2, 3, 6, 6])) for _ in range(2))
    kernels = {"w1": draw(numbers(c_o, c_i, 3, 3)), "w2": draw(numbers(c_o, c_o, 3, 3))}
    return {"x": draw(numbers(c_i, h, w)), **kernels}


def same_conv(x: Tensor, w: Tensor) -> Tensor:
    """Convolve and keep the size: (c_i, h, w), (c_o, c_i, k, k) -> (c_o, h, w)."""
    return F.conv2d(x[None], w, padding=w.shape[-1] // 2)[0]


def two_layers(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Convolve twice, with a ReLU after each: (c_i, h, w) -> (c_o, h, w)."""
    return same_conv(same_conv(x, w1).relu(), w2).relu()


def pooled(x: Tensor, **settings: int) -> Tensor:
    """Take the maximum of windows of 2×2."""
    return F.max_pool2d(x, 2, **settings)


def block(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    """Convolve, ReLU, convolve, ReLU, pool by 2×2: (c_i, h, w) -> (c_o, h // 2, w // 2)."""
    return pooled(two_layers(x, w1, w2))


AFTER_EACH = "A ReLU follows each of the two convolutions."

vgg_block = Checker(
    name="vgg_block",
    oracle=block,
    draw=pictures,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the convolutions are not padded",
            lambda x, w1, w2: pooled(F.conv2d(F.conv2d(x[None], w1).relu(), w2).relu()[0]),
            "padding=1 keeps the size; only the pooling makes the maps smaller.",
        ),
        Misconception(
            "there is no activation",
            lambda x, w1, w2: pooled(same_conv(same_conv(x, w1), w2)),
            AFTER_EACH,
        ),
        Misconception(
            "the first activation is missing",
            lambda x, w1, w2: pooled(same_conv(same_conv(x, w1), w2).relu()),
            f"{AFTER_EACH} Without the first, the two are worth no more than one 5×5 layer.",
        ),
        Misconception(
            "the last activation is missing",
            lambda x, w1, w2: pooled(same_conv(same_conv(x, w1).relu(), w2)),
            AFTER_EACH,
        ),
        Misconception(
            "the pooling is missing",
            two_layers,
            "Behind the second ReLU the block halves the sides: max pooling, 2×2.",
        ),
        Misconception(
            "there is a pooling after each convolution",
            lambda x, w1, w2: pooled(same_conv(pooled(same_conv(x, w1).relu()), w2).relu()),
            "The block ends with one pooling; between its convolutions the size stays.",
        ),
        Misconception(
            "the pooling comes first",
            lambda x, w1, w2: two_layers(pooled(x), w1, w2),
            "The block ends with its pooling: the convolutions see the larger maps.",
        ),
        Misconception(
            "the pooling averages",
            lambda x, w1, w2: F.avg_pool2d(two_layers(x, w1, w2), 2),
            "VGG takes the maximum of each window.",
        ),
        Misconception(
            "the pooling window moves by 1",
            lambda x, w1, w2: pooled(two_layers(x, w1, w2), stride=1),
            "Windows of 2×2 lie side by side: stride 2.",
        ),
        Misconception(
            "the pooling window is 3×3",
            lambda x, w1, w2: F.max_pool2d(two_layers(x, w1, w2), 3, 2),
            "So AlexNet pools. VGG's windows are 2×2 and do not overlap.",
        ),
        Misconception(
            "the second convolution is missing",
            lambda x, w1, w2: pooled(same_conv(x, w1).relu()),
            "Two convolutions follow one another: w1, ReLU, w2, ReLU.",
        ),
        Misconception(
            "the first convolution is used twice",
            lambda x, w1, w2: block(x, w1, w1),
            "The second convolution has kernels of its own, w2.",
        ),
        Misconception(
            "the convolutions are in the other order",
            lambda x, w1, w2: block(x, w2, w1),
            "w1 belongs to the convolution that reads x.",
        ),
    ],
)


@st.composite
def branches(draw: st.DrawFn) -> Case:
    """Draw an image and the kernels of four branches, each of one map or two."""
    c = draw(st.integers(1, 2))
    sides = {"w1": 1, "w3": 3, "w5": 5, "wp": 1}
    kernels = {name: draw(numbers(draw(st.integers(1, 2)), c, k, k)) for name, k in sides.items()}
    h, w = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return {"x": draw(numbers(c, h, w)), **kernels}


def widest(x: Tensor) -> Tensor:
    """Take the maximum of each 3×3 neighbourhood: (c, h, w) -> (c, h, w)."""
    return F.max_pool2d(x, 3, stride=1, padding=1)


def each(x: Tensor, w1: Tensor, w3: Tensor, w5: Tensor, wp: Tensor) -> list[Tensor]:
    """Compute the four branches: -> four stacks of maps, all (…, h, w)."""
    return [*(same_conv(x, w) for w in (w1, w3, w5)), same_conv(widest(x), wp)]


def side_by_side(x: Tensor, w1: Tensor, w3: Tensor, w5: Tensor, wp: Tensor) -> Tensor:
    """Concatenate 1×1, 3×3, 5×5 and pooled 1×1 maps of x: (c, h, w) -> (sum of maps, h, w)."""
    return torch.cat(each(x, w1, w3, w5, wp))


def rearranged(*order: int) -> Callable:
    """Return the block with its branches in another order."""
    return lambda *given: torch.cat([each(*given)[i] for i in order])


def averaged(**settings: bool) -> Callable:
    """Return the block with average pooling in its fourth branch."""

    def block(x: Tensor, w1: Tensor, w3: Tensor, w5: Tensor, wp: Tensor) -> Tensor:
        means = F.avg_pool2d(x, 3, stride=1, padding=1, **settings)
        return torch.cat([*each(x, w1, w3, w5, wp)[:3], same_conv(means, wp)])

    return block


four_branches = Checker(
    name="four_branches",
    oracle=side_by_side,
    draw=branches,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the branches are added",
            lambda *given: sum(each(*given)),
            "The maps are concatenated: each branch keeps its own. Adding is what ResNet does.",
        ),
        Misconception(
            "the branches are in another order",
            [
                rearranged(0, 2, 1, 3),
                rearranged(3, 0, 1, 2),
                rearranged(3, 2, 1, 0),
                rearranged(2, 1, 0, 3),
                rearranged(1, 2, 0, 3),
                rearranged(0, 3, 1, 2),
            ],
            "First 1×1, then 3×3, then 5×5, then the pooled branch.",
        ),
        Misconception(
            "the branches are put below one another",
            lambda *given: torch.cat(each(*given), dim=1),
            "x is (c, h, w): axis 0 holds the channels, along which the branches are joined.",
        ),
        Misconception(
            "the branches are put beside one another",
            lambda *given: torch.cat(each(*given), dim=2),
            "x is (c, h, w): axis 0 holds the channels, along which the branches are joined.",
        ),
        Misconception(
            "the branches are stacked on a new axis",
            lambda *given: torch.stack(each(*given)),
            "torch.cat joins along an axis that is there, the channels; torch.stack adds one.",
        ),
        Misconception(
            "the pooled branch is missing",
            lambda *given: torch.cat(each(*given)[:3]),
            "The fourth branch takes the maximum of each 3×3 window, then a 1×1 convolution.",
        ),
        Misconception(
            "the pooling is missing",
            lambda x, w1, w3, w5, wp: torch.cat([*each(x, w1, w3, w5, wp)[:3], same_conv(x, wp)]),
            "The fourth branch pools before its 1×1 convolution.",
        ),
        Misconception(
            "the pooled branch has no convolution",
            lambda x, w1, w3, w5, wp: torch.cat([*each(x, w1, w3, w5, wp)[:3], widest(x)]),
            "Behind the pooling, the 1×1 kernels wp choose how many maps come out.",
        ),
        Misconception(
            "the fourth branch pools after its convolution",
            lambda x, w1, w3, w5, wp: torch.cat(
                [*each(x, w1, w3, w5, wp)[:3], widest(same_conv(x, wp))]
            ),
            "First the pooling, then the 1×1 convolution.",
        ),
        Misconception(
            "the pooling averages",
            [averaged(count_include_pad=True), averaged(count_include_pad=False)],
            "The fourth branch takes the maximum of each window.",
        ),
        Misconception(
            "there is a ReLU",
            lambda *given: side_by_side(*given).relu(),
            "The exercise leaves the ReLUs out.",
        ),
        Misconception(
            "the kernels are flipped",
            lambda x, w1, w3, w5, wp: side_by_side(x, w1, w3.flip(2, 3), w5.flip(2, 3), wp),
            "That is a convolution in the strict sense; layers read image and kernel in the "
            "same direction.",
        ),
    ],
)


@st.composite
def dropped(draw: st.DrawFn) -> Case:
    """Draw activations, a random number for each, the fraction to drop, and the mode.

    The numbers are odd sixteenths, so that none is p itself.
    """
    n, d = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    shifts = draw(st.binary(min_size=n * d, max_size=n * d))
    u = torch.tensor([(2 * (5 * i + shift) % 16 + 1) / 16 for i, shift in enumerate(shifts)])
    p = draw(st.sampled_from([0.5, 0.25, 0.75]))
    given = {"x": draw(numbers(n, d)), "u": u.reshape(n, d), "p": p}
    return given | {"training": draw(st.sampled_from([True, True, False]))}


def drop(x: Tensor, u: Tensor, p: float, training: bool) -> Tensor:
    """Set x to 0 where u < p and divide the rest by 1 - p; if not training, leave x: -> as x."""
    return torch.where(u < p, 0, x / (1 - p)) if training else x


def in_training(change: Callable) -> Callable:
    """Return dropout that does this in training mode, and nothing in evaluation mode."""
    return lambda x, u, p, training: change(x, u, p) if training else x


dropout = Checker(
    name="dropout",
    oracle=drop,
    draw=dropped,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "what is left is not scaled up",
            in_training(lambda x, u, p: torch.where(u < p, 0, x)),
            "Divide what is left by 1 - p, so that the mean stays as it was.",
        ),
        Misconception(
            "units are still dropped in evaluation mode",
            lambda x, u, p, training: drop(x, u, p, True),
            "In evaluation mode dropout gives x back as it is.",
        ),
        Misconception(
            "the scaling is left to evaluation mode",
            lambda x, u, p, training: torch.where(u < p, 0, x) if training else x * (1 - p),
            "So dropout was first described. PyTorch scales in training mode, and then has "
            "nothing to do in evaluation mode.",
        ),
        Misconception(
            "evaluation mode scales, too",
            lambda x, u, p, training: drop(x, u, p, True) if training else x / (1 - p),
            "In evaluation mode nothing is dropped, so there is nothing to make up for.",
        ),
        Misconception(
            "the modes are exchanged",
            lambda x, u, p, training: drop(x, u, p, not training),
            "Dropout works in training mode and does nothing in evaluation mode.",
        ),
        Misconception(
            "p is taken for the fraction that is kept",
            [
                in_training(lambda x, u, p: torch.where(u < p, x / p, 0)),
                in_training(lambda x, u, p: torch.where(u < p, x / (1 - p), 0)),
                in_training(lambda x, u, p: torch.where(u < p, x, 0)),
            ],
            "In PyTorch, p is the fraction that is dropped: 0 where u < p.",
        ),
        Misconception(
            "what is left is divided by p",
            in_training(lambda x, u, p: torch.where(u < p, 0, x / p)),
            "A fraction of 1 - p is left. Divide by that.",
        ),
        Misconception(
            "what is left is multiplied by 1 - p",
            in_training(lambda x, u, p: torch.where(u < p, 0, x * (1 - p))),
            "Fewer numbers are left, so they must become larger: divide by 1 - p.",
        ),
        Misconception(
            "all examples share the first one's mask",
            in_training(lambda x, u, p: drop(x, u[:1].expand_as(u), p, True)),
            "Each example drops other units: use all rows of u.",
        ),
        Misconception(
            "an example is dropped as a whole",
            in_training(lambda x, u, p: drop(x, u[:, :1].expand_as(u), p, True)),
            "Each number has a u of its own.",
        ),
        Misconception(
            "the mask itself is returned",
            lambda x, u, p, training: (u >= p).float(),
            "Multiply x by the mask.",
        ),
    ],
)
