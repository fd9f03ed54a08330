"""The mixing lab in Python: what it keeps of a photograph, and what it makes of that."""

import base64

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import data
from book_utils.explorables import MixLab

GREY = [[0.299, 0.587, 0.114]] * 3


def test_the_output_is_a_matrix_product_at_every_pixel():
    lab = MixLab(weight=[[1, -1, 0.5], [0, 2, 0], [0.25, 0.25, 0.25]], bias=[0, -0.5, 0.1])
    k, b = torch.tensor(lab.weight), torch.tensor(lab.bias)
    assert_close(lab.output, (k @ lab.image.flatten(1) + b[:, None]).reshape(lab.image.shape))


def test_nothing_changes_by_default_and_a_negative_of_a_negative():
    lab = MixLab()
    assert_close(lab.output, lab.image)
    assert lab.clipped == 0
    lab.weight, lab.bias = [[-1, 0, 0], [0, -1, 0], [0, 0, -1]], [1, 1, 1]
    again = MixLab(lab.output.clamp(0, 1), lab.weight, lab.bias)
    assert_close(again.output, lab.image, atol=1e-6, rtol=0)


def test_grey_has_three_equal_channels():
    y = MixLab(weight=GREY).output
    assert_close(y[0], y[1])
    assert_close(y[0], y[2])


def test_few_colours_are_kept_exactly():
    g = torch.Generator().manual_seed(0)
    colours = torch.randint(0, 256, (256, 3), generator=g)
    photo = colours[torch.randint(0, 256, (40, 70), generator=g)].permute(2, 0, 1) / 255
    assert_close(MixLab(photo).image, photo, atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", data.PHOTOS)
def test_a_photograph_is_kept_small_and_well(name):
    photo = data.photo(name, size=160)[:, :160, :160]
    lab = MixLab(photo)
    size = sum(len(base64.b64decode(lab.photo[key])) for key in ("palette", "indices"))
    assert size <= 26_500
    assert (lab.image - photo).abs().mean() < 3 / 255


def test_pixels_out_of_range_are_counted_once():
    photo = torch.tensor([[[0.0, 0.4, 1.0]]] * 3)
    assert MixLab(photo, [[2, 0, 0], [2, 0, 0], [0, 0, 1]]).clipped == 1
    assert MixLab(photo, bias=[-0.1, -0.1, 0.2]).clipped == 2
    assert MixLab(photo, [[1 / 3] * 3] * 3).clipped == 0  # a sum of thirds is one, but for rounding


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"photo": torch.zeros(160, 160)}, r"array of shape \(160, 160\); allowed: \(3, height"),
        ({"photo": torch.zeros(3, 256, 256)}, "at most 160 pixels"),
        ({"photo": torch.full((3, 4, 4), 2.0)}, r"values in \[0, 1\]"),
        ({"photo": torch.full((3, 4, 4), torch.nan)}, r"values in \[0, 1\]"),
        ({"photo": {"height": 2}}, "allowed"),
        ({"photo": {"height": 2, "width": 1, "palette": "AAAA", "indices": "AQE="}}, "allowed"),
        ({"photo": "astronaut"}, "allowed"),
        ({"weight": torch.ones(2, 3)}, r"weight was given an array of shape \(2, 3\); .* 3 by 3"),
        ({"bias": [0, 0]}, r"bias was given an array of shape \(2,\); .*, 3$"),
        ({"bias": [0, 0, 0, 0]}, ", 3$"),
        ({"weight": [[1, 0, 0], [0, 1, 0], [0, 0, "x"]]}, "not all real numbers"),
    ],
)
def test_bad_settings_are_refused_by_name(settings, message):
    with pytest.raises(TraitError, match=message):
        MixLab(**settings)


def test_the_still_picture_has_words():
    still = MixLab(weight=GREY).still()
    assert still.startswith('<img alt="A photograph, and its colour channels mixed by [[0.299')
    assert len(still) < 20_000
