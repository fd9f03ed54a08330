"""Schedules: what `fit` does with them, and the one that the package has."""

import pytest
import torch

from book_utils.schedules import Rates, one_cycle
from tests.unit.test_train import linear, run, same_weights, stop_at


def test_one_cycle_rises_to_1_and_falls_to_0():
    shares = (0, 0.125, 0.25, 0.5, 0.625, 1)
    assert [one_cycle(share) for share in shares] == pytest.approx([0, 0.5, 1, 2 / 3, 0.5, 0])
    assert one_cycle(0.5, warm=0.5) == 1 and one_cycle(0, warm=0) == 1


def test_fit_asks_for_every_step_and_gives_the_rates_back():
    asked, rates, model = [], [], linear()
    groups = [{"params": [model[1].weight], "lr": 0.2}, {"params": [model[1].bias]}]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    optimizer.register_step_pre_hook(
        lambda optimizer, *_: rates.append([group["lr"] for group in optimizer.param_groups])
    )
    run(model, epochs=2, optimizer=optimizer, schedule=lambda s: asked.append(s) or 1 - s)
    assert asked == [k / 8 for k in range(8)], "two epochs of four batches"
    assert rates == [[0.2 * (1 - share), 0.1 * (1 - share)] for share in asked]
    assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.1]


def test_a_constant_schedule_changes_nothing_and_a_rate_of_0_learns_nothing():
    model, other, start = linear(), linear(), linear()
    run(model, schedule=lambda share: 1.0)
    run(other)
    assert same_weights(model, other)
    still = linear()
    run(still, schedule=lambda share: 0)
    assert same_weights(still, start)


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf"), None, "1"])
def test_a_schedule_that_returns_no_factor_is_refused_before_the_first_step(factor):
    model, start = linear(), linear()
    with pytest.raises(ValueError, match=r"schedule\(0\.5\) = .*: give a function of the share"):
        run(model, schedule=lambda share: factor if share == 0.5 else 1.0)
    assert same_weights(model, start)


def test_a_run_goes_on_in_the_middle_of_its_schedule(tmp_path):
    path, whole, parts = tmp_path / "run.safetensors", linear(), linear()
    run(whole, epochs=3, schedule=one_cycle, loss=stop_at(None))
    run(parts, epochs=3, schedule=one_cycle, loss=stop_at(6), checkpoint=path)
    run(parts, epochs=3, schedule=one_cycle, loss=stop_at(None), checkpoint=path)
    assert same_weights(whole, parts)
    with pytest.raises(ValueError, match="schedule: one_cycle over 3 epochs there"):
        run(parts, epochs=4, schedule=one_cycle, loss=stop_at(None), checkpoint=path)


def test_rates_on_a_device_are_tensors_that_stay_where_they_are():
    optimizer = torch.optim.SGD(linear().parameters(), lr=0.4)
    rates = Rates(optimizer, one_cycle, 8)
    rates.put_on(torch.device("cpu"))
    (group,) = optimizer.param_groups
    place = group["lr"].data_ptr()
    rates.set(1)
    assert group["lr"].item() == pytest.approx(0.2) and group["lr"].data_ptr() == place
    assert group["fused"] is True, "the other forms would fetch the rate at each step"
