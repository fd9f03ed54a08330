"""The canyon lab in Python: a canyon of inputs that differ, a bowl of normalised ones."""

import re

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import CanyonLab


def bends(lab):
    """The smallest and the largest curvature of the loss."""
    w = torch.zeros(2, dtype=torch.float64)
    return torch.linalg.eigvalsh(torch.autograd.functional.hessian(lab.loss, w))


def test_both_inputs_have_mean_0_and_the_second_is_larger_by_the_ratio():
    for ratio in (1, 30, 100):
        x = CanyonLab(ratio=ratio).inputs
        assert_close(x.mean(0), torch.zeros(2, dtype=torch.float64))
        assert_close(x[:, 1].std() / x[:, 0].std(), torch.tensor(float(ratio)).double())
        assert x[:, 0].aminmax() == (-1, 1) and x[:, 1].aminmax() == (-ratio, ratio)
        x = CanyonLab(ratio=ratio, normalised=True).inputs
        assert_close(x.std(0, correction=0), torch.ones(2, dtype=torch.float64))


def test_the_wider_the_inputs_differ_the_longer_is_the_canyon():
    lengths = [(bends(CanyonLab(ratio=r))[1] / bends(CanyonLab(ratio=r))[0]) for r in (1, 10, 100)]
    assert lengths[0] < 2 < 90 < lengths[1] < 9000 < lengths[2]
    assert bends(CanyonLab(ratio=100, normalised=True)).tolist() == pytest.approx([1.5, 2.5])


def test_a_canyon_lets_one_weight_move_and_not_the_other():
    lab = CanyonLab()
    first, last = lab.output[0], lab.output[-1]
    assert first.tolist() == [-2, 2.5] and lab.output.shape == (21, 2)
    best = torch.linalg.lstsq(lab.inputs, lab.targets[:, None]).solution[:, 0]
    way = 1 - (last - best).abs() / (first - best).abs()
    assert way[0] < 0.05 and way[1] > 0.95
    lab.normalised = True
    assert lab.loss(lab.output[-1]) < 1e-9


@pytest.mark.parametrize("normalised", [False, True])
def test_above_the_limit_it_diverges_and_below_it_does_not(normalised):
    settings = {"normalised": normalised, "steps": 50}
    below, above = (CanyonLab(rate=rate, **settings) for rate in (0.97, 1.03))
    losses = [[lab.loss(w).item() for w in lab.output] for lab in (below, above)]
    assert losses[0] == sorted(losses[0], reverse=True)
    assert losses[1][-1] > 10 * losses[1][0]
    assert below.learning_rate < 2 / bends(below)[1] < above.learning_rate


def test_a_run_begins_where_it_is_told():
    assert CanyonLab(at=[0, 60], steps=0).output.tolist() == [[3, 3]]
    assert CanyonLab(at=None, steps=0).output.tolist() == [[-2, 2.5]]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("ratio", 0), ("ratio", 101), ("rate", 0), ("rate", 2.1), ("steps", 51), ("at", [61, 0])],
)
def test_what_the_canyon_lab_does_not_take_is_refused_by_name(setting, value):
    lab = CanyonLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"CanyonLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


@pytest.mark.parametrize("settings", [{}, {"normalised": True}, {"rate": 2, "steps": 50}])
def test_the_still_of_the_canyon_draws_the_path_and_says_the_loss(settings):
    lab = CanyonLab(**settings)
    still = lab.still()
    (points,) = re.findall(r'<polyline points="([^"]+)"', still)
    assert len(points.split()) == lab.steps + 1
    assert f"to {lab.loss(lab.output[-1]):.3g}" in still
    assert still.count("<ellipse") == 13 and "nan" not in still and "inf" not in still
