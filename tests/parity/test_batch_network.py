"""A batch through BN-LeNet on the page is one through PyTorch's, in both modes."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from book_utils.explorables import CompanyLab
from book_utils.explorables.company.album import boot, greys, others, travelling
from tests.parity.front_end import Refused, evaluate, to_tensor


def doubles(values):
    return torch.tensor(values, dtype=torch.float64)


def layer_of(norm):
    """A batch normalisation as the page takes it."""
    return {
        "kind": "batch_norm",
        "eps": norm.eps,
        "weight": norm.weight.detach(),
        "bias": norm.bias.tolist(),
        "packed": {
            "running_mean": norm.running_mean.tolist(),
            "running_var": norm.running_var.tolist(),
        },
    }


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(5,), (120,), (1, 1, 1), (3, 4, 5), (6, 28, 28)])
@pytest.mark.parametrize("n", [2, 3, 32])
def test_a_batch_normalisation(shape, n, training):
    make = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
    norm = make(shape[0], dtype=torch.float64).train(training)
    for values in (norm.weight.data, norm.bias.data, norm.running_mean):
        values.normal_()
    norm.running_var.uniform_(0.1, 3)
    x = 2 * torch.randn(n, *shape, dtype=torch.float64) + 1
    rows = [row if len(shape) == 1 else row[None] for row in x]
    call = ["batchForward", [layer_of(norm)], rows, training]
    moments = ["momentsOf", rows]
    found, statistics = evaluate([call, moments])
    assert_close(torch.stack([to_tensor(y).reshape(shape) for y in found]), norm(x).detach())
    axes = (0,) if len(shape) == 1 else (0, 2, 3)
    assert_close(doubles(statistics["mean"]), x.mean(axes))
    assert_close(doubles(statistics["variance"]), x.var(axes, correction=0))


def test_a_batch_of_one_is_refused_in_training_as_pytorch_refuses_it():
    norm = nn.BatchNorm1d(3, dtype=torch.float64)
    with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
        norm(torch.zeros(1, 3, dtype=torch.float64))
    layers, one = [layer_of(norm)], [torch.zeros(3)]
    no_averages = [layers[0] | {"packed": {}}]
    refused, mute, alone = evaluate(
        [
            ["batchForward", layers, one, True],
            ["batchForward", no_averages, one, False],
            ["batchForward", layers, one, False],
        ]
    )
    assert isinstance(refused, Refused) and "Expected more than 1 value" in refused.message
    assert isinstance(mute, Refused) and "running averages" in mute.message
    assert not isinstance(alone, Refused)


def test_every_company_and_size_gives_the_boot_pytorchs_probabilities():
    """Each company with each size and each draw, in both modes."""
    states = [
        {"company": company, "size": size, "draw": 1 + (size + i) % 20, "mode": mode}
        for i, company in enumerate(CompanyLab.company.of)
        for mode in ("train", "eval")
        for size in (range(2, 33) if mode == "train" else (2, 32))
    ]
    packed = travelling()
    levels = greys(packed["indices"]).mul(15).round().to(torch.int).flatten().tolist()
    (found,) = evaluate([["companies", packed, levels, states]])
    for state, on_page in zip(states, found, strict=True):
        lab = CompanyLab(**state)
        drawn = others(lab.company, lab.draw, lab.size - 1)
        if lab.mode == "train":
            assert on_page["others"] == drawn
        assert boot() not in drawn and len(set(drawn)) == lab.size - 1
        # A batch of two has channels with next to no variance, which √ε then divides.
        near = {"rtol": 1e-3, "atol": 1e-4}
        assert_close(doubles(on_page["probabilities"]).float(), lab.output, **near)
