"""The measurement of signals and gradients, layer by layer."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from book_utils import signals
from book_utils.models import resnet18


def test_two_layers_by_hand():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU(), nn.Linear(2, 2, bias=False))
    model[0].weight.data = torch.tensor([[1.0, 0], [0, 1]])
    model[2].weight.data = torch.tensor([[2.0, 0], [0, 1]])
    x, y = torch.tensor([[1.0, -1.0]]), torch.tensor([0])  # scores (2, 0)
    seen = signals.measure(model, x, y)
    assert seen["forward"] == pytest.approx([math.sqrt(2), math.sqrt(2)])
    p = 1 / (1 + math.exp(2))  # of the wrong class: the scores' gradient is (-p, p)
    assert seen["gradient"] == pytest.approx([2 * p, math.sqrt(2) * p])  # ReLU stops the second


def test_projections_count_in_the_order_of_calls_and_the_model_stays():
    torch.manual_seed(0)
    net = resnet18(channels=1, classes=10, stem="small", widths=(2, 2, 4, 4)).eval()
    before = [p.clone() for p in net.state_dict().values()]
    x, y = signals.batch()
    seen = signals.measure(net, x[:4], y[:4])
    assert len(seen["forward"]) == len(seen["gradient"]) == 18 + 3
    assert not net.training and next(net.parameters()).dtype == torch.float32
    assert all(map(torch.equal, before, net.state_dict().values()))


def test_gradients_too_small_for_single_precision_are_seen():
    first = signals.measure(signals.network(56, False, False, "default"), *signals.batch())
    assert 1e-30 < first["gradient"][0] < 1e-20


def test_network_is_what_was_asked_for():
    kinds = {type(m) for m in signals.network(8, True, norm=False).modules()}
    assert nn.BatchNorm2d not in kinds
    he, default = (signals.network(14, False, True, w, seed=3) for w in signals.WEIGHTS[::-1])
    torch.manual_seed(3)
    same = signals.small_resnet(14, 8, False, stem="half")
    x = signals.batch()[0]
    assert torch.equal(he(x), same(x)) and not torch.equal(default(x), same(x))
    deep = [m.weight for m in default.modules() if isinstance(m, nn.Conv2d)][-1]
    assert deep.abs().max() <= 1 / math.sqrt(32 * 9)  # PyTorch draws evenly on ±1/√fan_in
    assert F.cross_entropy(default(x), signals.batch()[1]).isfinite()
    with pytest.raises(ValueError, match="depth = 9"):
        signals.network(9, True, True)
    with pytest.raises(ValueError, match="weights = 'xavier': give one of default, he"):
        signals.network(8, True, True, "xavier")


def test_the_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    a, b, c = (signals.network(8, True, True, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(a[0].weight, b[0].weight) and not torch.equal(a[0].weight, c[0].weight)


def test_typical_is_the_geometric_mean():
    runs = [{"forward": [1.0, 4.0], "gradient": [1e-4]}, {"forward": [4.0, 4.0], "gradient": [1.0]}]
    mean = signals.typical(runs)
    assert mean["forward"] == pytest.approx([2, 4]) and mean["gradient"] == pytest.approx([1e-2])
