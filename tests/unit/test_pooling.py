"""Pooling from scratch, the two pooling labs in Python, and what the chapter's questions claim."""

import json

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import PoolingLab, ShiftLab
from book_utils.explorables.shift.lab import METHODS
from book_utils.ops import pool2d

PAIR = st.tuples(st.integers(1, 4), st.integers(1, 4))


@st.composite
def pools(draw):
    """Draw an input and settings that PyTorch accepts."""
    window = draw(PAIR)
    padding = tuple(draw(st.integers(0, k // 2)) for k in window)
    least = [max(1, k - 2 * p) for k, p in zip(window, padding, strict=True)]
    shape = [draw(st.integers(n, 9)) for n in least]
    x = torch.randn(*shape, generator=torch.Generator().manual_seed(draw(st.integers(0, 99))))
    stride = draw(st.none() | PAIR)
    return x, {"window": window, "stride": stride, "padding": padding}


@settings(max_examples=150)
@given(pools(), st.sampled_from(["max", "average"]))
def test_pool2d_and_the_lab_are_pytorchs(case, mode):
    x, s = case
    by_torch = F.max_pool2d if mode == "max" else F.avg_pool2d
    wanted = by_torch(x[None], s["window"], s["stride"], s["padding"])[0]
    assert_close(pool2d(x, s["window"], mode, s["stride"], s["padding"]), wanted)
    assert_close(PoolingLab(x, kind=mode, **s).output, wanted)


@settings(max_examples=100)
@given(pools(), st.booleans(), st.booleans())
def test_the_lab_rounds_up_and_leaves_padding_out_as_pytorch_does(case, ceil, counted):
    x, s = case
    lab = PoolingLab(x, kind="average", ceil_mode=ceil, count_include_pad=counted, **s)
    wanted = F.avg_pool2d(x[None], s["window"], s["stride"], s["padding"], ceil, counted)[0]
    assert_close(lab.output, wanted)


def test_other_axes_are_carried_along():
    x = torch.randn(2, 3, 6, 5)
    assert_close(pool2d(x, (2, 3), stride=1), F.max_pool2d(x, (2, 3), stride=1))


@pytest.mark.parametrize("bad", [{"mode": "mean"}, {"padding": 2}, {"size": 9}, {"stride": 0}])
def test_pool2d_refuses_what_has_no_answer(bad):
    with pytest.raises(ValueError):
        pool2d(torch.ones(4, 4), **{"size": 2} | bad)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"window": 3, "padding": 2}, "at most half of the window, 1"),
        ({"window": 4}, "a span of at most 3"),
        ({"dilation": 3}, "spans 4 cells"),
        ({"kind": "average", "dilation": 2}, "average pooling has no dilation"),
        ({"stride": 0}, "PoolingLab.stride was given 0"),
        ({"kind": "median"}, "PoolingLab"),
        ({"input": torch.ones(1, 3, 3)}, "choose one channel"),
        ({"input": [[float("nan")]]}, "finite numbers"),
    ],
)
def test_the_pooling_lab_says_what_is_wrong(setting, words):
    with pytest.raises(TraitError, match=words):
        PoolingLab(**setting)


def test_the_pooling_lab_keeps_what_it_had():
    lab = PoolingLab(torch.arange(16).reshape(4, 4), window=3)
    with pytest.raises(TraitError, match=r"PoolingLab\.padding"):
        lab.padding = 2
    assert lab.padding == (0, 0) and lab.output.tolist() == [[10]]
    lab.stride = 2
    lab.ceil_mode = True
    assert lab.output.tolist() == [[10, 11], [14, 15]]
    lab.stride = None
    assert lab.output.tolist() == [[10, 11], [14, 15]]


def test_still_pictures_say_the_numbers():
    assert "[[4.0, 5.0], [7.0, 8.0]]" in PoolingLab(stride=1).still()
    far = PoolingLab([[1, 2]], window=(1, 2), padding=(0, 1), dilation=(1, 3))
    assert far.output.tolist() == [[float("-inf")]] and "−∞" in far.still()
    still = ShiftLab(torch.rand(1, 8, 8)).still()
    assert all(method in still for method in METHODS)


def test_the_shift_lab_moves_within_an_empty_margin():
    image = torch.randint(0, 256, (2, 6, 9))
    lab = ShiftLab(image, kernel=[[1]], image=1)
    for shift in range(5):
        features = lab.features("no pooling", shift)
        assert features.shape == (6 + 4, 9 + 8)
        assert torch.equal(features[2:8, 2 + shift : 11 + shift].long(), image[1])
        assert features.sum() == image[1].sum()
    assert lab.output.shape == (5, 5) and (lab.output[:, 0] == 0).all()


def test_realigned_a_layer_of_stride_2_follows_even_shifts_and_no_pooling_all():
    image = F.pad(torch.randint(1, 256, (1, 8, 8)), (2, 2))
    changes = dict(zip(METHODS, ShiftLab(image, realigned=True).output, strict=True))
    assert (changes["no pooling"] == 0).all()
    for method in set(METHODS) - {"no pooling"}:
        assert (changes[method][::2] < 1e-6).all() and (changes[method][1::2] > 0.1).all()


@settings(max_examples=20)
@given(st.integers(0, 999))
def test_features_that_keep_their_length_change_by_the_root_of_2_at_most(seed):
    image = torch.rand(1, 9, 9, generator=torch.Generator().manual_seed(seed))
    assert ShiftLab(image).output[0].max() < 2**0.5 + 1e-6
    apart = ShiftLab(torch.eye(4)[None] * 9, kernel=[[1]], image=0)
    assert_close(apart.output[0, 1:], torch.full((4,), 2**0.5))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"images": torch.ones(1, 3, 9)}, "4×4 to 32×32"),
        ({"images": torch.ones(1, 40, 40)}, "ShiftLab.images"),
        ({"images": torch.ones(9, 9)}, "ShiftLab.images"),
        ({"names": ["one", "two"]}, "2 names for 1 images"),
        ({"image": 1}, "allowed: 0 to 0"),
        ({"shift": 5}, "ShiftLab.shift"),
        ({"method": "median"}, "ShiftLab"),
    ],
)
def test_the_shift_lab_says_what_is_wrong(setting, words):
    with pytest.raises(TraitError, match=words):
        ShiftLab(**{"images": torch.ones(1, 8, 8)} | setting)


def test_state_travels_as_json():
    for lab in (PoolingLab(), ShiftLab(torch.rand(1, 8, 8))):
        assert json.dumps(lab.settings(), allow_nan=False)


# What the chapter's questions claim


def test_question_1_the_corner_of_an_average():
    x = torch.arange(9.0).reshape(1, 3, 3)
    counted = F.avg_pool2d(x, 3, 1, 1)[0, 2, 2]
    left_out = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)[0, 2, 2]
    assert_close(counted, torch.tensor(24 / 9))
    assert left_out == 6


def test_question_2_the_numbers_that_come_out():
    assert F.max_pool2d(torch.ones(64, 112, 112), 3, 2, 1).numel() == 64 * 56 * 56


def test_question_3_a_pixel_that_stays_in_its_window():
    row = torch.eye(12)[:, None]  # a bright pixel in each column
    pooled = F.max_pool1d(row, 2)
    assert torch.equal(pooled[6], pooled[7]) and not torch.equal(pooled[7], pooled[8])


def test_same_on_five_rows():
    x = torch.randn(1, 5, 5)
    same = F.max_pool2d(F.pad(x, (1, 1, 1, 1), value=-torch.inf), 3, 2)
    assert_close(F.max_pool2d(x, 3, 2, padding=1), same)
    assert F.max_pool2d(x, 3, 2).shape == F.max_pool2d(x, 3, 2, ceil_mode=True).shape == (1, 2, 2)


def test_question_4_three_poolings_follow_shifts_by_eight():
    x = F.pad(torch.rand(1, 64), (32, 32))

    def thrice(x):
        for _ in range(3):
            x = F.max_pool1d(x, 2)
        return x

    follows = [
        shift
        for shift in range(1, 9)
        if any(torch.equal(thrice(x.roll(shift, 1)), thrice(x).roll(by, 1)) for by in range(3))
    ]
    assert follows == [8]


def test_question_5_the_cell_that_wins_most():
    grid = torch.tensor([[5.0, 1, 2, 8], [3, 6, 4, 1], [2, 0, 3, 9], [7, 1, 2, 1]])
    grid.requires_grad_()
    F.max_pool2d(grid[None], 2, 1).sum().backward()
    wins = grid.grad
    assert wins[1, 1] == 4 == wins.max() and (wins == 4).sum() == 1
    assert (wins[2, 3], wins[0, 3], wins[3, 0], wins[0, 0]) == (2, 1, 1, 0)
