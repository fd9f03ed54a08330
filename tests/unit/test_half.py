"""Mixed precision: what is computed in bfloat16, what stays, and where there is none."""

import pytest
import torch
from torch import nn

from book_utils.half import Half, demand_bfloat16


def test_products_are_in_bfloat16_and_weights_gradients_and_scores_are_not():
    seen = []
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    model[0].register_forward_hook(lambda layer, x, y: seen.append(y.dtype))
    x = torch.rand(5, 1, 4, 4)
    scores = Half(model)(x)
    scores.sum().backward()
    assert seen == [torch.bfloat16] and scores.dtype == torch.float32
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}
    exact = model(x)
    torch.testing.assert_close(scores, exact, atol=0.1, rtol=0.1)
    assert not torch.equal(scores, exact), "bfloat16 has eight bits for the digits"


@pytest.mark.parametrize(("capability", "there"), [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_older_gpus_are_told_so(monkeypatch, capability, there):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Tesla T4")
    cuda = torch.device("cuda")
    if there:
        demand_bfloat16(cuda)
    else:
        with pytest.raises(ValueError, match="Tesla T4 does not compute in bfloat16; GPUs of"):
            demand_bfloat16(cuda)


def test_a_device_without_autocast_is_refused():
    with pytest.raises(ValueError, match="no autocast for meta: compute in float32"):
        Half(nn.Linear(2, 2).to("meta"))(torch.rand(1, 2, device="meta"))
