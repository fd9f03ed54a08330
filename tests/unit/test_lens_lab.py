"""The lens lab in Python: what it computes, and what travels to the page."""

import pytest
import torch.nn.functional as F
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import data
from book_utils.explorables import LensLab
from book_utils.explorables.lens.lab import FARTHEST, NAMES, SHORTER
from book_utils.ops import KERNELS, corr2d


@pytest.mark.parametrize("name", NAMES)
def test_the_output_is_the_chapters_loop_over_the_photograph(name):
    lab = LensLab(kernel=name)
    assert_close(lab.weights, KERNELS[NAMES[name]].weights)
    wanted = F.conv2d(lab.photograph[None, None], lab.weights[None, None])[0, 0]
    assert_close(lab.output, wanted)
    corner = lab.photograph[:5, :6]
    assert_close(lab.output[:3, :4], corr2d(corner, lab.weights))


@pytest.mark.parametrize("name", data.PHOTOS)
def test_each_photograph_travels_in_grey_as_it_is(name):
    lab = LensLab(photo=name)
    x = data.photo(name, size=SHORTER).mean(0)
    assert_close(lab.photograph, x, atol=0.5 / 255 + 1e-6, rtol=0)
    assert len(lab.pixels) < 25_000
    assert max(lab.output.shape) <= FARTHEST + 1  # any output of it can be picked


def test_the_window_begins_on_an_edge_whose_two_sides_differ():
    lab = LensLab()
    i, j = lab.picked
    assert lab.output[i, j] > 2
    window = lab.photograph[i : i + 3, j : j + 3]
    assert window[:, 2].min() - window[:, 0].max() > 0.5


def test_impossible_settings_are_refused_and_the_old_kept():
    lab = LensLab()
    for change, told in (
        ({"photo": "moon"}, "allowed: astronaut, camera"),
        ({"kernel": "emboss"}, "allowed: one of 'vertical edges'"),
        ({"picked": (0, FARTHEST + 1)}, "allowed"),
    ):
        before = lab.settings()
        with pytest.raises(TraitError, match=told):
            [setattr(lab, name, value) for name, value in change.items()]
        assert lab.settings() == before


def test_the_still_shows_before_and_after_and_repr_leaves_the_pixels_out():
    lab = LensLab(kernel="blur")
    assert lab.still().count("<img") == 2 and "After the kernel: blur" in lab.still()
    assert repr(lab) == "LensLab(name='lab', kernel='blur', picked=(29, 51))"
