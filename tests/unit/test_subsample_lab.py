"""The subsampling lab in Python: Zhang's wave, what aliases, and what the lab refuses."""

import pytest
import torch
import torch.nn.functional as F
from traitlets import TraitError

from book_utils.explorables import SubsampleLab


def test_the_wave_is_half_0_and_half_1_and_moves_to_the_right():
    lab = SubsampleLab(period=4)
    assert lab.wave(0, 8).tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    lab.shift = 1
    assert lab.wave(0, 8).tolist() == [1, 0, 0, 1, 1, 0, 0, 1]
    assert lab.wave(-1, 3).tolist() == [1, 1, 0, 0]
    assert SubsampleLab(period=5).wave(0, 5).tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("method", "unmoved", "moved", "apart"),
    [
        ("stride", [0, 1], [1, 0], 0),
        ("max", [0, 1], [1, 1], 1),
        ("average", [0, 1], [0.5, 0.5], 0.5),
        ("blur", [0.25, 0.75], [0.75, 0.25], 0),
        ("max, blur", [0.5, 1], [0.75, 0.75], 0.25),
    ],
)
def test_a_shift_by_1_on_zhangs_wave(method, unmoved, moved, apart):
    lab = SubsampleLab(method=method)
    assert lab.output.tolist() == unmoved * 6
    lab.shift = 1
    assert lab.output.tolist() == moved * 6
    assert lab.apart == apart


@pytest.mark.parametrize("method", ["max", "average", "blur", "max, blur"])
@pytest.mark.parametrize("period", [2, 3, 4, 6, 8])
def test_periods_that_fit_the_row_are_as_on_a_circle(method, period):
    lab = SubsampleLab(method=method, period=period, shift=1)
    x = lab.wave(0, 24)[None]
    blur = torch.tensor([[[1.0, 2, 1]]]) / 4
    if method == "max, blur":
        x = torch.maximum(x, x.roll(-1, 1))
    circle = {
        "max": lambda: F.max_pool1d(x, 2),
        "average": lambda: F.avg_pool1d(x, 2),
    }.get(method, lambda: F.conv1d(F.pad(x, (1, 1), mode="circular"), blur, stride=2))()
    assert torch.equal(lab.output, circle[0])


def test_stripes_of_period_2_are_flat_and_those_of_period_3_come_every_6_pixels():
    assert SubsampleLab(method="stride", period=2).output.tolist() == [0] * 12
    assert SubsampleLab(method="stride", period=2, shift=1).output.tolist() == [1] * 12
    assert SubsampleLab(method="stride", period=3).output.tolist() == [0, 1, 0] * 4
    assert SubsampleLab(method="average", period=2).output.tolist() == [0.5] * 12


@pytest.mark.parametrize(
    ("setting", "value"),
    [("period", 1), ("period", 9), ("shift", -1), ("stride", 0), ("method", "median")],
)
def test_what_cannot_be_is_refused_by_name_and_the_lab_keeps_what_it_had(setting, value):
    lab = SubsampleLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"SubsampleLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


def test_the_still_has_the_wave_and_both_outputs():
    still = SubsampleLab(shift=1).still()
    assert "differ by up to 1<" in still
    assert still.count('<td colspan="1">') == 24
    assert still.count('<td colspan="2">') == 24
    assert '<td colspan="2">0.75</td>' in SubsampleLab(shift=1, method="max, blur").still()
