"""The image lab's fast filter agrees with PyTorch and with the arithmetic of the other labs."""

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from book_utils.explorables import ImageLab
from book_utils.ops import KERNELS
from tests.parity.front_end import evaluate
from tests.parity.reach import FILTER

WAYS = ("zeros", "reflect", "replicate", "circular", "none")
SEPARABLE = ("box blur", "Gaussian")  # those of the ten that two passes make cheaper, and Sobel


def planes(x):
    c, h, w = x.shape
    return {"data": x.flatten().tolist(), "channels": c, "height": h, "width": w}


def unpacked(y):
    return torch.tensor(y["data"]).reshape(y["channels"], y["height"], y["width"])


def by_torch(x, k, stride, mode, bias):
    """In float64: of two sums in float32 one could not say which is off."""
    x, k = x[:, None].double(), k.double()
    if mode != "none":
        (top, bottom), (left, right) = (((n - 1) // 2, n // 2) for n in k.shape)
        fill = "constant" if mode == "zeros" else mode
        x = F.pad(x, (left, right, top, bottom), fill)
    return F.conv2d(x, k[None, None], stride=stride)[:, 0] + bias


def draw(g, low, high):
    return int(torch.randint(low, high + 1, (1,), generator=g))


def random_cases(n):
    """Pictures of odd shapes under kernels of all kinds: dense, sparse, a column times a row."""
    g = torch.Generator().manual_seed(0)
    for i in range(n):
        longest = FILTER["k"][-1]  # no picture is smaller, so that each way fits
        h, w = draw(g, longest, longest + 8), draw(g, longest, longest + 8)
        a, b = draw(g, 1, longest), draw(g, 1, longest)
        k = torch.randn(a, b, generator=g)
        if i % 3 == 0:
            k = torch.outer(torch.randn(a, generator=g), torch.randn(b, generator=g))
        if i % 3 == 1:
            k = k * (torch.rand(a, b, generator=g) < 0.4)
        x = torch.rand(1 + 2 * (i % 2), h, w, generator=g)
        bias = round(float(torch.rand(1, generator=g)), 2)
        yield x, k, {"stride": draw(g, 1, FILTER["stride"][-1]), "mode": WAYS[i % 5], "bias": bias}


def test_filter_agrees_with_pytorch_on_random_pictures():
    cases = list(random_cases(300))
    assert {n for _, k, _ in cases for n in k.shape} == set(FILTER["k"])
    assert {options["stride"] for _, _, options in cases} == set(FILTER["stride"])
    calls = [("filter", planes(x), k.tolist(), options) for x, k, options in cases]
    for (x, k, options), y in zip(cases, evaluate(calls), strict=True):
        assert_close(unpacked(y).double(), by_torch(x, k, **options), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mode", WAYS)
def test_the_page_shows_what_python_computes(mode):
    noise = torch.rand(3, 16, 23, generator=torch.Generator().manual_seed(1))
    lab = ImageLab("unsharp", photos={"noise": noise}, mode=mode, stride=2, bias=0.125, colour=True)
    options = {"stride": 2, "mode": mode, "bias": 0.125}
    y = evaluate([("filter", planes(lab.image), lab.kernel, options)])[0]
    assert_close(unpacked(y), lab.output, atol=1e-5, rtol=0)


def test_which_kernels_fall_into_a_column_and_a_row():
    names = list(KERNELS)
    answers = evaluate([("separate", KERNELS[name].weights.tolist()) for name in names])
    for name, factors in zip(names, answers, strict=True):
        assert (factors is not None) == (name in SEPARABLE), name
        if factors:
            product = torch.outer(torch.tensor(factors["column"]), torch.tensor(factors["row"]))
            assert_close(product, KERNELS[name].weights)


def test_grey_is_the_mean_of_the_channels():
    x = torch.rand(3, 4, 5)
    assert_close(unpacked(evaluate([("grey", planes(x))])[0]), x.mean(0, keepdim=True))


def test_the_longest_kernel_is_the_longest_that_pytorch_takes():
    for n in (1, 2, 3, 5):
        limits = evaluate([("longestKernel", n, mode) for mode in WAYS])
        for mode, limit in zip(WAYS, limits, strict=True):
            for k in range(1, 12):
                try:
                    by_torch(torch.rand(1, n, n), torch.rand(k, k), 1, mode, 0)
                    possible = True
                except RuntimeError:
                    possible = False
                assert possible == (k <= float(str(limit).replace("Infinity", "inf"))), (n, mode, k)


def test_the_window_is_what_the_sum_is_made_of():
    calls, wanted = [], []
    for x, k, options in random_cases(30):
        y = by_torch(x, k, **options)[-1]
        at = [len(y) - 1, y.shape[1] // 2]
        calls.append(("windowAt", planes(x), len(x) - 1, k.tolist(), options, at))
        wanted.append((k.double(), options["bias"], y[*at]))
    for (k, bias, sum_), answer in zip(wanted, evaluate(calls), strict=True):
        window = torch.tensor(answer["values"], dtype=torch.float64)
        assert_close((window * k).sum() + bias, sum_)


@pytest.mark.parametrize("show", ["clip", "abs", "shift"])
@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_and_the_count_of_what_is_clipped(show, channels):
    y = 3 * torch.rand(channels, 6, 7, generator=torch.Generator().manual_seed(2)) - 1.5
    answer = evaluate([("toPixels", planes(y), show)])[0]
    exact = {"clip": y, "abs": y.abs(), "shift": 0.5 + y / 2}[show]
    shown = torch.tensor(answer["bytes"]).reshape(6, 7, 4)
    wanted = (255 * exact.clamp(0, 1)).expand(3, -1, -1).permute(1, 2, 0)
    assert (shown[..., :3] - wanted).abs().max() <= 0.51 and (shown[..., 3] == 255).all()
    assert answer["clipped"] == int(((exact < 0) | (exact > 1)).sum()) > 0


@pytest.mark.parametrize("name", ["box blur", "Gaussian", "unsharp"])
def test_families_hold_the_kernels_of_the_book(name):
    k = KERNELS[name].weights
    sizes = [(1, 1), (2, 2), tuple(k.shape), (4, 7), (11, 11)]
    grids = evaluate([("family", name, *size) for size in sizes])
    assert_close(torch.tensor(grids[2]), k)
    for size, grid in zip(sizes, grids, strict=True):
        assert torch.tensor(grid).shape == size
        assert torch.tensor(grid).sum().item() == pytest.approx(1)


PRESETS = [{"name": n, "meaning": "", "kernel": k.weights.tolist()} for n, k in KERNELS.items()]


def test_the_kernels_of_the_book_are_known_by_their_names():
    own = [KERNELS[name].weights.tolist() for name in KERNELS]
    assert evaluate([("presetOf", grid, PRESETS) for grid in own]) == list(KERNELS)
