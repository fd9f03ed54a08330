"""The backward pass of the page is autograd's, layer by layer; random weights are Python's."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from book_utils import weights
from book_utils.explorables.parts.description import KINDS, description, leaves
from book_utils.explorables.parts.shipped import (
    NETWORK,
    gallery,
    random_network,
    shipped,
    trained_network,
)
from tests import SEED
from tests.parity.front_end import Refused, evaluate, to_tensor

SIGMOIDS = "lenet"  # the shipped network of sigmoids and average pooling


def by_autograd(model, x, index):
    """The gradient at the input of each layer, of one of the last numbers."""
    inputs = []
    for _, layer in leaves(model):
        x = x.detach().requires_grad_() if not inputs else x
        inputs.append(x)
        x = layer(x)
    return torch.autograd.grad(x.flatten()[index], inputs)


@pytest.mark.parametrize("index", [0, 7])
@pytest.mark.parametrize("number", [0, 5, 23])
def test_gradients_of_the_shipped_network_at_every_layer(number, index):
    x = gallery()[0][number][None, None]
    model = trained_network().double()
    try:
        theirs = by_autograd(model, x.double(), index)
    finally:
        model.float()
    ours = evaluate([["gradientsOf", shipped()["layers"], x, index]])[0]
    assert len(ours) == len(theirs) == 12
    for (name, _), one, other in zip(leaves(model), ours, theirs, strict=True):
        one = to_tensor(one).reshape(other.shape)
        assert_close(one, other, rtol=1e-5, atol=1e-6, msg=f"{name}: {{}}".format)


def test_gradients_through_sigmoids_and_means():
    model = weights.load(SIGMOIDS)
    layers = description(SIGMOIDS, model)
    x = gallery()[0][3][None, None].double()
    theirs = by_autograd(model.double(), x, 4)
    ours = evaluate([["gradientsOf", layers, x, 4]])[0]
    for one, other in zip(ours, theirs, strict=True):
        assert_close(to_tensor(one).reshape(other.shape), other, rtol=1e-4, atol=1e-9)


def drawn_network(g):
    """A small network of any of the kinds, in double precision, and a picture for it."""

    def choose(n):
        return int(torch.randint(n, (), generator=g))

    side, channels, layers = 9 + choose(6), 1 + choose(3), []
    x = torch.randn(1, channels, side, side, generator=g, dtype=torch.float64)
    y = x
    for _ in range(3 + choose(3)):
        kinds = [nn.ReLU(), nn.Sigmoid()]
        if y.ndim == 4 and min(y.shape[2:]) >= 4:
            k, s = 1 + choose(3), 1 + choose(2)
            kinds += [nn.Conv2d(y.shape[1], 1 + choose(4), k, s, padding=choose(k))] * 2
            kinds += [nn.MaxPool2d(2, s, padding=choose(2)), nn.AvgPool2d(2, s, choose(2))]
        if y.ndim == 4:
            kinds.append(nn.Flatten())
        if y.ndim == 2:
            kinds += [nn.Linear(y.shape[1], 2 + choose(9))] * 2
        layers.append(kinds[choose(len(kinds))].double())
        with torch.no_grad():
            y = layers[-1](y)
    return nn.Sequential(*layers), x, choose(y.numel())


def described(model):
    """A network as arithmetic/network.ts has it once it is unpacked."""
    found = []
    for name, layer in leaves(model):
        known = {"name": name, "kind": KINDS[type(layer)]}
        if isinstance(layer, nn.Conv2d | nn.Linear):
            known |= {"weight": layer.weight.detach(), "bias": layer.bias.tolist()}
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            pairs = {"stride": layer.stride, "padding": layer.padding, "kernel": layer.kernel_size}
            known |= {n: v if isinstance(v, tuple) else (v, v) for n, v in pairs.items()}
        found.append(known)
    return found


def test_gradients_of_any_network():
    g = torch.Generator().manual_seed(SEED)
    cases = []
    while len(cases) < 150:
        model, x, index = drawn_network(g)
        with torch.no_grad():
            if model(x).ndim == 2:  # the last numbers are flat, as scores are
                cases.append((model, x, index))
    found = evaluate([["gradientsOf", described(m), x, i] for m, x, i in cases])
    seen = set()
    for (model, x, index), ours in zip(cases, found, strict=True):
        seen |= {type(layer) for layer in model}
        for one, other in zip(ours, by_autograd(model, x, index), strict=True):
            assert_close(to_tensor(one).reshape(other.shape), other, rtol=1e-9, atol=1e-12)
    assert seen == set(KINDS)


def test_a_gradient_of_another_shape_and_an_unknown_layer_are_refused():
    dense = {"name": "a", "kind": "linear", "weight": torch.ones(2, 3), "bias": [0, 0]}
    x, y, dy = torch.ones(3), torch.ones(2), torch.ones(3)
    unknown = {"name": "a", "kind": "dropout"}
    calls = [
        ["inputGradients", [dense], x, [y], dy],
        ["inputGradients", [unknown], x, [x], x],
    ]
    one, other = evaluate(calls)
    assert isinstance(one, Refused) and "dy has shape (3)" in one.message
    assert isinstance(other, Refused) and "no way back through dropout" in other.message


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1])
def test_a_seed_gives_the_page_the_random_weights_of_python(seed):
    model = random_network(seed)
    found = evaluate([["untrained", shipped()["layers"], seed]])[0]
    theirs = [each for _, layer in leaves(model) for each in layer.parameters()]
    assert len(found) == len(theirs) == 10
    for one, other in zip(found, theirs, strict=True):
        one = torch.tensor(one, dtype=torch.float64) if isinstance(one, list) else to_tensor(one)
        assert_close(one.float(), other, rtol=1e-6, atol=1e-12)
    assert not torch.equal(
        random_network(seed).features[0].weight, random_network(7).features[0].weight
    )


def test_random_weights_have_hes_variance():
    for _, layer in leaves(random_network(0)):
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.weight.numel() > 500:
            wanted = 2 / layer.weight[0].numel()
            assert layer.weight.var().item() == pytest.approx(wanted, rel=0.15)


def test_the_trained_network_stays_as_it_was_shipped():
    assert NETWORK == "digit_lenet"
    assert not any(p.requires_grad for p in trained_network().parameters())
