"""The transposed lab's arithmetic against PyTorch, over all that its controls and links allow."""

from itertools import product
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from traitlets import TraitError

from book_utils.explorables import TransposedLab
from book_utils.explorables.transposed.lab import LARGEST_OUTPUT, VIEWS
from book_utils.ops import insert_zeros
from tests import SEED
from tests.parity.cases import REFUSALS
from tests.parity.front_end import Refused, evaluate

# What links may carry; the sliders' ends are in the schema.
RANGES = {
    "n": range(1, 9),
    "k": range(1, 8),
    "stride": range(1, 9),
    "padding": range(7),
    "dilation": range(1, 5),
    "outputPadding": range(8),
}


def test_the_ranges_are_those_of_the_traits():
    traits = TransposedLab.class_traits()
    for name, of in {"stride": "stride", "padding": "padding", "dilation": "dilation"}.items():
        assert (traits[name].low, traits[name].high) == (RANGES[of][0], RANGES[of][-1])
    assert traits["output_padding"].high == RANGES["outputPadding"][-1]
    assert (traits["input"].largest, traits["kernel"].largest) == (8, 7)


def stamps(n, k, stride, padding, dilation, output_padding):
    """Return by PyTorch how many stamps reach each output of an axis, or None if it refuses."""
    x, w = torch.ones(1, 1, n), torch.ones(1, 1, k)
    try:
        y = F.conv_transpose1d(x, w, None, stride, padding, output_padding, 1, dilation)
    except REFUSALS:
        return None
    return y.flatten().tolist()


def test_every_size_and_every_refusal_is_pytorchs():
    axes = [dict(zip(RANGES, values, strict=True)) for values in product(*RANGES.values())]
    axes = axes[SEED % 3 :: 3]  # a third of them in each run
    found = evaluate([["transposedOutputSize", a["n"], a["k"], a] for a in axes])
    refused = 0
    for axis, size in zip(axes, found, strict=True):
        wanted = stamps(*axis.values())
        refused += wanted is None
        if wanted is None:
            assert isinstance(size, Refused), axis
            assert size.message.partition(": ")[2].startswith("use "), size.message
        else:
            assert size == len(wanted), axis
    assert 5000 < refused < len(axes) - 5000


def settings_of(rng):
    """Draw settings of the lab, possible or not."""
    pair = lambda name: [rng.choice(RANGES[name]), rng.choice(RANGES[name])]  # noqa: E731
    grid = lambda h, w: [[rng.randint(-9, 9) for _ in range(w)] for _ in range(h)]  # noqa: E731
    small = rng.random() < 0.7  # else few fit on the page
    step = (lambda name: [rng.randint(1, 2), rng.randint(1, 3)]) if small else pair
    return {
        "show": rng.choice(VIEWS),
        "input": grid(*pair("n")),
        "kernel": grid(*pair("k")),
        "stride": step("stride"),
        "padding": pair("padding") if rng.random() < 0.3 else [rng.randint(0, 2)] * 2,
        "dilation": step("dilation"),
        "output_padding": pair("outputPadding") if rng.random() < 0.2 else [rng.randint(0, 1)] * 2,
    }


def numbers(rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_all_that_the_lab_shows_is_pytorchs():
    rng = Random(SEED)
    drawn = [settings_of(rng) for _ in range(800)]
    accepted = 0
    for s, shown in zip(drawn, evaluate([["transposedLab", s] for s in drawn]), strict=True):
        try:
            lab = TransposedLab(**s)
        except TraitError:
            assert isinstance(shown, Refused), s
            continue
        accepted += 1
        x, k = numbers(s["input"]), numbers(s["kernel"])
        assert torch.equal(numbers(shown["output"]), lab.output.double()), s
        free = {name: s[name] for name in ("stride", "dilation")}
        given = free | {name: s[name] for name in ("padding", "output_padding")}
        plain = F.conv_transpose2d(x[None, None], k[None, None], **free)[0, 0]
        assert torch.equal(numbers(shown["uncropped"]), plain), s
        ones = torch.ones_like(x)[None, None], torch.ones_like(k)[None, None]
        assert torch.equal(
            numbers(shown["counts"]), F.conv_transpose2d(*ones, **given)[0, 0].double()
        )
        if s["show"] == "matrix":
            taps = torch.arange(1.0, k.numel() + 1).reshape(k.shape)
            pixels = torch.eye(x.numel()).reshape(-1, 1, *x.shape)  # one at a time is 1
            columns = F.conv_transpose2d(pixels, taps[None, None], **given).flatten(1)
            assert torch.equal(torch.tensor(shown["matrix"]) + 1, columns.T.long()), s
        if s["show"] == "gather":
            spread = insert_zeros(torch.ones_like(x), tuple(s["stride"]))
            (p_h, p_w), (a_h, a_w) = s["padding"], s["output_padding"]
            span = [d * (m - 1) for d, m in zip(s["dilation"], k.shape, strict=True)]
            sides = span[1] - p_w, span[1] - p_w + a_w, span[0] - p_h, span[0] - p_h + a_h
            held = np.array(shown["spread"]) == "input"
            assert torch.equal(torch.from_numpy(held), F.pad(spread, sides) == 1), s
    assert 150 < accepted < 700


def test_the_pattern_of_overlaps_is_that_of_a_long_row():
    axes = list(product(RANGES["k"], RANGES["stride"], RANGES["dilation"]))
    names = ("k", "stride", "dilation")
    calls = [["overlapPattern", dict(zip(names, axis, strict=True))] for axis in axes]
    for (k, stride, dilation), pattern in zip(axes, evaluate(calls), strict=True):
        reach = dilation * (k - 1)
        n = 2 * reach + 4  # long enough for a middle that no end reaches
        middle = stamps(n, k, stride, 0, dilation, 0)[reach : -reach or None]
        start = -reach % stride
        assert [middle[(start + r) % stride] for r in range(stride)] == pattern


def test_what_meets_is_what_autograd_finds():
    rng = Random(SEED)
    picks = []
    while len(picks) < 60:
        s = settings_of(rng) | {"show": "scatter"}
        try:
            h, w = TransposedLab(**s).output.shape
        except TraitError:
            continue
        picks.append((s, [rng.randrange(h), rng.randrange(w)]))
    calls = [["transposedMeetings", s, {"grid": "output", "at": at}] for s, at in picks]
    for (s, at), found in zip(picks, evaluate(calls), strict=True):
        x = torch.ones(numbers(s["input"]).shape, requires_grad=True)
        k = torch.ones(numbers(s["kernel"]).shape)
        names = ("stride", "padding", "output_padding", "dilation")
        y = F.conv_transpose2d(x[None, None], k[None, None], **{name: s[name] for name in names})
        y[0, 0, at[0], at[1]].backward()
        assert sorted(link["input"] for link in found) == x.grad.nonzero().tolist(), (s, at)


def is_possible(n, k, stride, padding, dilation, outputPadding):  # noqa: N803
    counts = stamps(n, k, stride, padding, dilation, outputPadding)
    return counts is not None and len(counts) <= LARGEST_OUTPUT


def test_limits_are_exactly_what_pytorch_accepts_and_a_page_can_show():
    rng = Random(SEED)
    caps = {"n": 5, "k": 5, "stride": 4, "padding": 3, "dilation": 3, "outputPadding": 3}
    drawn = []
    while len(drawn) < 200:
        axis = {name: rng.choice(values) for name, values in RANGES.items()}
        if is_possible(**axis):
            drawn.append(axis)
    calls = [["transposedLimits", axis, caps, LARGEST_OUTPUT] for axis in drawn]
    for axis, limits in zip(drawn, evaluate(calls), strict=True):
        for name, cap in caps.items():
            possible = []
            for value in range(RANGES[name][0], max(cap, axis[name]) + 1):
                changed = axis | {name: value}
                if name != "outputPadding":  # it yields to a smaller stride or dilation
                    most = max(changed["stride"], changed["dilation"]) - 1
                    changed["outputPadding"] = min(changed["outputPadding"], most)
                possible += [value] if is_possible(**changed) else []
            inside = range(limits[name]["min"], limits[name]["max"] + 1)
            assert list(inside) == possible, (name, axis)


def test_a_page_shows_as_large_an_output_as_python_allows():
    lab = TransposedLab([[0] * 8], [[1]], stride=(1, 2)).settings()
    kernels = [[[1] * 2], [[1] * 3]]  # 16 outputs, and 17
    fits, too_large = evaluate([["transposedLab", lab | {"kernel": k}] for k in kernels])
    assert len(fits["output"][0]) == LARGEST_OUTPUT and isinstance(too_large, Refused)
