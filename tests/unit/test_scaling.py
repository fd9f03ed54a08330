"""The reckoning of a step on several devices, against sums by hand and laws that it must keep."""

import pytest

from book_utils import scaling
from book_utils.models import LeNet, alexnet
from book_utils.scaling import Work, speedup, step, work

COUNTS = (1, 2, 4, 8, 16, 32, 64)
ROUND = Work(parameters=1_000_000, multiply_adds=1_000_000_000)


def test_what_a_network_costs_is_counted_on_it():
    assert work("lenet").parameters == sum(p.numel() for p in LeNet().parameters())
    assert work("alexnet").parameters == sum(p.numel() for p in alexnet().parameters())
    assert work("lenet").multiply_adds == 416_520  # as chapter "LeNet" counts
    with pytest.raises(KeyError, match="vgg"):
        work("vgg")


def test_the_parts_of_a_step_are_those_of_a_sum_by_hand():
    # 128 images × 10⁹ multiply-adds × 2 × 3 = 0.768 TFLOP; 3/2 × 4 MB = 48 Mbit
    found = step(ROUND, devices=4, batch=512, link=10, rate=10, cost=2)
    assert (found.cost, found.arithmetic) == pytest.approx((2, 76.8))
    assert (found.exchange, found.hidden) == pytest.approx((4.8, 4.8))
    assert found.milliseconds == pytest.approx(78.8)
    alone = step(ROUND, devices=1, batch=512)
    assert (alone.exchange, alone.milliseconds) == pytest.approx((0, 309.2))
    assert speedup(ROUND, 4, batch=512) == pytest.approx(309.2 / 78.8)


def test_as_much_is_hidden_as_fits_under_the_backward_pass():
    slow = step(ROUND, devices=4, batch=64, link=1)
    assert slow.hidden == pytest.approx(slow.arithmetic * 2 / 3) and slow.exchange > slow.hidden
    apart = step(ROUND, devices=4, batch=64, link=1, overlap=False)
    assert apart.hidden == 0
    assert apart.milliseconds - slow.milliseconds == pytest.approx(slow.hidden)


@pytest.mark.parametrize("devices", COUNTS)
def test_without_an_exchange_it_is_amdahls_law(devices):
    free = Work(parameters=0, multiply_adds=ROUND.multiply_adds)
    serial = 2 / step(free, 1).milliseconds  # the share of a step that does not get shorter
    amdahl = 1 / (serial + (1 - serial) / devices)
    assert speedup(free, devices) == pytest.approx(amdahl)
    assert speedup(free, devices, shared=False) == pytest.approx(devices)


@pytest.mark.parametrize("devices", COUNTS[1:])
@pytest.mark.parametrize("network", scaling.NETWORKS)
def test_nothing_scales_better_than_ideally_and_what_should_help_helps(network, devices):
    counted = work(network)
    usual = speedup(counted, devices)
    assert usual < devices
    assert usual < speedup(counted, devices, batch=1024)
    assert usual <= speedup(counted, devices, link=100)
    assert usual >= speedup(counted, devices, overlap=False)
    assert usual < speedup(counted, devices, shared=False)


@pytest.mark.parametrize(
    ("setting", "value"), [("devices", 0), ("batch", 0), ("link", 0), ("rate", -1), ("cost", -0.1)]
)
def test_what_cannot_be_is_refused_with_its_value(setting, value):
    with pytest.raises(ValueError, match=f"{setting} = {value}"):
        step(ROUND, **{"devices": 2} | {setting: value})
    assert step(ROUND, 2, cost=0).cost == 0


def test_lenet_on_a_slow_link_is_slower_on_eight_devices_than_on_one():
    assert 0.35 < speedup(work("lenet"), 8, link=1) < 0.4
    assert speedup(work("resnet18"), 8, link=100) > 7.5
