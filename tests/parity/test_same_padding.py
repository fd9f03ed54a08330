"""The front end's "same" padding against PyTorch, and against the rule of the chapter."""

import warnings
from itertools import product

import torch
import torch.nn.functional as F

from book_utils.shapes import same_padding

from .front_end import Refused, evaluate
from .reach import SAME

LAYERS = [
    (n, k, {"stride": s, "dilation": d})
    for n, k, s, d in product(*(SAME[name] for name in ("n", "k", "stride", "dilation")))
]


def test_tensorflows_rule_is_the_chapters():
    answers = evaluate([["tensorflowSame", *layer] for layer in LAYERS])
    wanted = [list(same_padding(n, k, **settings)) for n, k, settings in LAYERS]
    assert answers == wanted
    assert any(before != after for before, after in wanted)


def test_tensorflows_rule_gives_the_input_over_the_stride_rounded_up():
    paddings = evaluate([["tensorflowSame", *layer] for layer in LAYERS])
    calls = [
        ["outputSize", n, k, settings | {"padding": padding}]
        for (n, k, settings), padding in zip(LAYERS, paddings, strict=True)
    ]
    assert evaluate(calls) == [-(-n // settings["stride"]) for n, _, settings in LAYERS]


def test_pytorchs_same_puts_its_zeros_where_pytorch_does():
    kernels = list(product(SAME["k"], SAME["dilation"]))
    x = torch.arange(1.0, 7)[None, None]
    for (k, dilation), sides in zip(
        kernels, evaluate([["torchSame", *kernel] for kernel in kernels]), strict=True
    ):
        w = torch.arange(1.0, k + 1)[None, None]
        with warnings.catch_warnings(action="ignore"):
            same = F.conv1d(x, w, padding="same", dilation=dilation)
        assert torch.equal(F.conv1d(F.pad(x, sides), w, dilation=dilation), same), (k, dilation)


def test_impossible_sizes_are_refused():
    bad = [[0, 3, {}], [3, 0, {}], [3, 3, {"stride": 0}], [3, 3, {"dilation": 0.5}]]
    answers = evaluate([["tensorflowSame", *arguments] for arguments in bad])
    assert all(isinstance(answer, Refused) for answer in answers)
