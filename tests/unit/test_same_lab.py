"""The same-padding lab in Python, and TensorFlow's rule by what it promises."""

import warnings

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import SameLab
from book_utils.shapes import same_padding

AXES = {
    "size": st.integers(1, 24),
    "kernel": st.integers(1, 9),
    "stride": st.integers(1, 8),
    "dilation": st.integers(1, 4),
}
LAB = SameLab()


@settings(max_examples=300)
@given(**AXES)
def test_tensorflows_rule_keeps_its_promises(size, kernel, stride, dilation):
    before, after = same_padding(size, kernel, stride, dilation)
    x, k = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel)
    y = F.conv1d(F.pad(x, (before, after)), k, stride=stride, dilation=dilation)
    assert y.shape[-1] == -(-size // stride)
    assert after - before in (0, 1)
    if before + after:  # one cell less would be too few
        shorter = F.pad(x, (before, after - 1))
        span = dilation * (kernel - 1) + 1
        fits = shorter.shape[-1] >= span
        assert not fits or F.conv1d(shorter, k, stride=stride, dilation=dilation).shape < y.shape


@settings(max_examples=200)
@given(size=AXES["size"], kernel=AXES["kernel"], dilation=AXES["dilation"])
def test_at_stride_one_both_frameworks_agree(size, kernel, dilation):
    x = torch.rand(1, 1, size, dtype=torch.double)
    k = torch.rand(1, 1, kernel, dtype=torch.double)
    padded = F.pad(x, same_padding(size, kernel, dilation=dilation))
    with warnings.catch_warnings(action="ignore"):
        same = F.conv1d(x, k, padding="same", dilation=dilation)
    assert_close(F.conv1d(padded, k, dilation=dilation), same)


@pytest.mark.parametrize("bad", [(0, 1), (1, 0), (3, 2, 0), (3, 2, 1, 0), (-1, 3)])
def test_numbers_below_one_are_refused(bad):
    with pytest.raises(ValueError, match="all from 1 up"):
        same_padding(*bad)


@settings(max_examples=150)
@given(padding=st.integers(0, 8), **AXES)
def test_each_way_is_its_padding_and_a_plain_convolution(padding, **axis):
    span = axis["dilation"] * (axis["kernel"] - 1) + 1
    if span > axis["size"] + 2 * padding:
        with pytest.raises(TraitError, match="spans"):
            SameLab(padding=padding, **axis)
        return
    one = SameLab(padding=padding, **axis)
    x = torch.arange(1.0, axis["size"] + 1)[None, None]
    for way, sides in one.sides.items():
        if sides is None:
            assert way == "same" and axis["stride"] > 1 and one.output[way] is None
            continue
        stepped = F.pad(x, sides).unfold(2, span, axis["stride"])[..., :: axis["dilation"]]
        assert_close(one.output[way], stepped.sum(-1)[0, 0])


def test_the_worked_numbers_differ():
    one = SameLab(size=8, kernel=3, stride=2, padding=1)
    assert one.sides == {"same": None, "SAME": (0, 1), "number": (1, 1)}
    assert one.output["SAME"].tolist() == [6, 12, 18, 15]
    assert one.output["number"].tolist() == [3, 9, 15, 21]
    one.size = 7
    assert one.sides["SAME"] == one.sides["number"] == (1, 1)


def test_even_kernels_get_the_odd_cell_behind():
    one = SameLab(size=5, kernel=2, stride=1)
    assert one.sides["same"] == one.sides["SAME"] == (0, 1)
    assert one.output["same"].tolist() == [3, 5, 7, 9, 5]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("size", 0, "1 to 24"),
        ("kernel", 10, "1 to 9"),
        ("stride", 1.5, "1 to 8"),
        ("dilation", True, "1 to 4"),
        ("padding", -1, "0 to 8"),
        ("padding", 0, "spans 9 cells, and the padded input has 7"),
        ("kernel", 9, "at most 9"),
        ("picked", ["kernel", 0, 0], "output, input"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(name, value, message):
    one = SameLab(size=7, kernel=5, dilation=2, padding=1, stride=1)
    before = getattr(one, name)
    with pytest.raises(TraitError, match=message):
        setattr(one, name, value)
    assert getattr(one, name) == before


def test_the_still_picture_shows_all_three_ways():
    html = SameLab(size=8, kernel=3, stride=2, padding=1, name="one").static_html()
    assert html.count("<svg") == 2 and "refused with stride 2" in html
    assert "adds 0 zeros before and 1 after: the output is [6.0, 12.0, 18.0, 15.0]" in html
    assert SameLab(stride=1).still().count("<svg") == 3


def test_it_says_what_it_is():
    assert "size=8" in repr(LAB) and LAB.settings()["picked"] == ["output", 0, 0]
    with pytest.raises(TypeError, match="no setting width"):
        SameLab(width=3)
