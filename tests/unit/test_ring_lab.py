"""The ring lab in Python: in the end every device has what torch.distributed.all_reduce gives."""

import threading
from datetime import timedelta

import pytest
import torch
import torch.distributed as dist
from traitlets import TraitError

from book_utils.explorables import RingLab

METHODS = ("ring", "collect")


def all_reduced(gradients):
    """Return what gloo's all-reduce leaves with each member of a group, a thread each."""
    n, store = len(gradients), dist.HashStore()
    results = [None] * n

    def join(rank):
        group = dist.ProcessGroupGloo(store, rank, n, timedelta(seconds=20))
        mine = gradients[rank].clone()
        group.allreduce([mine]).wait()
        results[rank] = mine

    threads = [threading.Thread(target=join, args=(rank,)) for rank in range(n)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return torch.stack(results)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [2, 3, 8])
def test_the_last_step_leaves_what_all_reduce_does(n, method):
    lab = RingLab(n, 2 * (n - 1), method=method)
    assert torch.equal(lab.pieces, all_reduced(lab.gradients))
    assert torch.equal(lab.pieces, lab.output.expand(n, n))


@pytest.mark.parametrize("n", range(2, 9))
def test_after_half_the_steps_each_device_has_one_whole_sum(n):
    lab = RingLab(n, n - 1)
    device = torch.arange(n)
    assert torch.equal(lab.pieces[device, (device + 1) % n], lab.output[(device + 1) % n])


def test_a_ring_sends_hardly_two_gradients_and_a_collector_as_many_as_there_are_others():
    for n in range(2, 9):
        ring, collect = (RingLab(n, 14, method=method) for method in METHODS)
        for counted in (ring.sent, ring.received):
            torch.testing.assert_close(counted, torch.full((n,), 2 * (n - 1) / n))
        assert collect.sent.tolist() == collect.received.tolist() == [n - 1] + [1] * (n - 1)
    middle = RingLab(4, 3, method="collect")
    assert (middle.sent.tolist(), middle.received.tolist()) == ([0, 1, 1, 1], [3, 0, 0, 0])


def test_it_begins_with_digits_of_pi_and_nothing_sent():
    lab = RingLab()
    assert (lab.devices, lab.step, lab.method) == (4, 0, "ring")
    assert lab.gradients.tolist() == [[3, 1, 4, 1], [5, 3, 5, 8], [2, 3, 8, 4], [3, 3, 8, 3]]
    assert torch.equal(lab.pieces, lab.gradients) and lab.sent.sum() == 0
    assert lab.output.tolist() == [13, 10, 25, 16]


def test_a_smaller_ring_keeps_its_last_step():
    lab = RingLab(8, 14)
    lab.devices = 3
    assert (lab.step, lab.taken) == (14, 4)
    assert torch.equal(lab.pieces, lab.output.expand(3, 3))


@pytest.mark.parametrize(
    ("settings", "name"),
    [({"devices": 1}, "devices"), ({"devices": 9}, "devices"), ({"step": 15}, "step"),
     ({"step": -1}, "step"), ({"method": "tree"}, "method")],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(settings, name):
    with pytest.raises(TraitError, match=name):
        RingLab(**settings)


def test_the_still_says_what_all_have_in_the_end_and_what_it_costs():
    still = RingLab(4, 6).still()
    assert "move 6 of 6" in still and "the sum 13, 10, 25, 16" in still
    assert "each device has sent 1.5 times its gradient" in still
    for n, sent in ((2, "1 gradient."), (4, "3 gradients.")):
        still = RingLab(n, method="collect").still()
        assert f"device 0 has sent and received {sent}" in still
