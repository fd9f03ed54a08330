"""The network in the page computes what PyTorch computes, layer by layer."""

import base64
import math

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from book_utils import data, weights
from book_utils.explorables import LeNetLab
from book_utils.explorables.parts.pictures import pack
from tests.parity.front_end import Refused, evaluate, to_tensor


def numbers(*shape, spread=3.0):
    return spread * torch.randn(shape, dtype=torch.float64)


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_bends(name):
    cases = [numbers(*shape) for shape in [(1,), (7,), (120,), (1, 6, 5, 4)] for _ in range(25)]
    cases.append(
        torch.tensor([0.0, -0.0, 1e-9, 40, -40, 800, -800, 1e6, -1e6], dtype=torch.float64)
    )
    for x, y in zip(cases, evaluate([[name, x] for x in cases]), strict=True):
        assert_close(to_tensor(y), getattr(torch, name)(x))


def test_softmax_of_any_scores():
    cases = [numbers(n, spread=s) for n in (1, 2, 10) for s in (0.1, 3, 100) for _ in range(20)]
    cases += [
        torch.tensor(scores, dtype=torch.float64)
        for scores in ([1e6, -1e6, 0], [1e300, 1e300], [-800.0, -801.0], [710.0, 711.0], [0.0] * 10)
    ]
    for x, y in zip(cases, evaluate([["softmax", x] for x in cases]), strict=True):
        y = to_tensor(y)
        assert_close(y, x.softmax(0))
        assert math.isclose(y.sum(), 1, rel_tol=1e-12)


def test_exponentials_are_the_parts_of_the_softmax():
    x = numbers(10)
    found = torch.tensor(evaluate([["exponentials", x.tolist()]])[0], dtype=torch.float64)
    assert_close(found, (x - x.max()).exp())


def test_dense_layers():
    cases = []
    for _ in range(60):
        n, m = torch.randint(1, 30, (2,)).tolist()
        cases.append((numbers(n), numbers(m, n), numbers(m)))
    found = evaluate([["dense", x, w, b.tolist()] for x, w, b in cases])
    for (x, w, b), y in zip(cases, found, strict=True):
        assert_close(to_tensor(y), F.linear(x, w, b))


def test_a_dense_layer_refuses_what_does_not_fit():
    calls = [
        ["dense", numbers(3), numbers(2, 4), [0, 0]],
        ["dense", numbers(4), numbers(2, 4), [0]],
        ["apply", {"name": "x", "kind": "dropout"}, numbers(3)],
    ]
    found = evaluate(calls)
    assert all(isinstance(answer, Refused) for answer in found)
    assert "give as many as it takes" in found[0].message
    assert "dropout" in found[2].message


@pytest.mark.parametrize(
    ("name", "sample"), [("digit_lenet", data.mnist), ("lenet", data.fashion_mnist)]
)
def test_every_layer_of_the_shipped_networks(name, sample):
    """100 held-out pictures: all ten scores and every feature map to 1e-4."""
    layers, model = LeNetLab(name).settings()["layers"], weights.load(name)
    x = sample()[1].images[::10][:100]
    found = evaluate([["forwardAll", layers, pack(x)]])[0]
    y = x
    for layer, output in zip(layers, found, strict=True):
        with torch.no_grad():
            y = model.get_submodule(layer["name"])(y)
        got = torch.frombuffer(bytearray(base64.b64decode(output)), dtype=torch.float32)
        assert_close(
            got.reshape(y.shape), y, rtol=0, atol=1e-4, msg=f"{layer['name']}: {{}}".format
        )
    with torch.no_grad():
        assert_close(y, model(x))  # nothing was left out
    assert y.shape == (100, 10)


def test_pictures_survive_a_link():
    blank, full = torch.zeros(28, 28), torch.ones(28, 28)
    noise = torch.randint(1, 256, (28, 28)) / 255
    # With two lone zeros its text stands for 786 bytes, a multiple of 3: twice it is base64 too.
    noise[0, 0] = noise[0, 2] = 0
    pictures = [blank, full, noise, *data.mnist()[1].images[:20, 0]]
    bytes_of = [list(x.mul(255).round().byte().flatten().tolist()) for x in pictures]
    short = evaluate([["shorten", b] for b in bytes_of])
    again = evaluate([["lengthen", text, 784] for text in short])
    assert again == bytes_of
    assert max(len(text) for text in short[3:]) < 0.45 * len(pack(noise))
    for broken in ("", "!", "AAAA", "AA", "AQ==", short[2] + short[2], short[1][:-8], 3, None):
        assert isinstance(evaluate([["lengthen", broken, 784]])[0], Refused), broken
