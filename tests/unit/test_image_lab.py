"""The image lab in Python: what it computes, what it shows, what it refuses."""

import base64
import io

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import data
from book_utils.explorables import ImageLab
from book_utils.ops import KERNELS, corr2d_taps


@pytest.fixture(scope="module")
def small():
    """A picture whose height and width cannot be mixed up."""
    return torch.rand(3, 20, 31, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def lab(small):
    return ImageLab("Sobel x", photos={"noise": small})


@pytest.mark.parametrize("name", KERNELS)
def test_without_padding_it_is_the_chapters_loop(small, name):
    lab = ImageLab(name, photos={"noise": small}, mode="none")
    assert_close(lab.output[0], corr2d_taps(lab.image.mean(0), KERNELS[name].weights))


def test_the_photograph_is_kept_nearly_as_given(lab, small):
    bright = ImageLab()
    assert bright.image.shape == (3, 256, 256)
    assert (bright.image - data.photo("astronaut")).abs().mean() < 0.03
    assert lab.image.shape == small.shape


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("k", [(1, 1), (2, 2), (3, 3), (4, 5), (11, 11)])
def test_padding_splits_as_pytorchs_same(small, k):
    lab = ImageLab(torch.rand(k), photos={"noise": small})
    x = lab.image.mean(0)[None, None]
    same = F.conv2d(x, torch.tensor(lab.kernel)[None, None], padding="same")[0]
    assert_close(lab.output, same)


def test_channels_are_filtered_each_by_itself(lab):
    lab.colour = True
    grey = [
        corr2d_taps(F.pad(x[None], (1, 1, 1, 1))[0], KERNELS["Sobel x"].weights) for x in lab.image
    ]
    assert_close(lab.output, torch.stack(grey))


def test_stride_skips_and_bias_is_added(lab):
    whole = lab.output
    lab.stride, lab.bias = 3, 0.25
    assert_close(lab.output, whole[:, ::3, ::3] + 0.25)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_modes_fill_as_torch_pad(lab, mode):
    lab.mode = mode
    padded = F.pad(lab.image.mean(0)[None, None], (1, 1, 1, 1), mode)
    assert_close(lab.output[0], corr2d_taps(padded[0, 0], lab.weights))


def test_normalise_divides_by_the_sum_where_there_is_one(lab):
    lab.kernel, lab.normalise = [[1, 2], [3, 4]], True
    assert_close(lab.weights, torch.tensor([[0.1, 0.2], [0.3, 0.4]]))
    lab.kernel = [[1, -1]]
    assert lab.weights.tolist() == [[1, -1]]


def test_ways_to_show(lab):
    y = lab.output
    assert lab.show == "shift" and ImageLab("box blur").show == "clip"  # by the sum of the weights
    for show, wanted in {"clip": y, "abs": y.abs(), "shift": 0.5 + y / 2}.items():
        lab.show = show
        assert_close(lab.shown, wanted.clamp(0, 1))


def test_the_presets_travel_as_the_package_has_them(lab):
    assert [preset["name"] for preset in lab.presets] == list(KERNELS)
    for preset in lab.presets:
        assert_close(torch.tensor(preset["kernel"]), KERNELS[preset["name"]].weights)


def test_photographs_are_light(lab):
    for photo in ImageLab(photos=data.PHOTOS).photos:
        assert len(base64.b64decode(photo["jpeg"].split(",")[1])) <= 25_000, photo["name"]


def test_one_photograph_by_name():
    lab = ImageLab(photos="camera")
    assert lab.photo == "camera" and lab.image.shape == (3, 256, 256)


def test_the_still_shows_before_and_after(lab):
    sources = [part.split('"')[0] for part in lab.still().split('src="')[1:]]
    before, after = (
        Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))) for source in sources
    )
    assert before.size == after.size == (31, 20)
    shown = torch.from_numpy(np.asarray(after.convert("L")) / 255)
    assert (shown - lab.shown[0]).abs().mean() < 0.05


def test_the_state_keeps_its_pictures_in_the_page(lab):
    assert '"src":' not in lab.static_html()  # which the book would move into a file


def test_repr_leaves_the_pictures_out(lab):
    assert len(repr(lab)) < 400


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("kernel", "Sobel", "identity, box blur"),
        ("kernel", torch.ones(12, 12), "1 to 11 by 1 to 11"),
        ("kernel", [[float("nan")]], "finite"),
        ("stride", 0, "1 to 8"),
        ("stride", 2.5, "1 to 8"),
        ("bias", 1.5, "from -1 to 1"),
        ("bias", float("nan"), "from -1 to 1"),
        ("mode", "same", "'none'"),
        ("show", "log", "'abs'"),
        ("photo", "moon", "noise"),
        ("photos", [], "one or more"),
        ("photos", {"x": torch.rand(3, 5, 5)}, "12 to 256 pixels"),
        ("photos", {"x": torch.rand(3, 300, 300)}, "12 to 256 pixels"),
        ("photos", {"x": torch.rand(20, 20)}, "height, width"),
        ("photos", {"x": torch.full((3, 20, 20), 2.0)}, r"values in \[0, 1\]"),
        ("photos", {"x": torch.full((3, 20, 20), float("nan"))}, r"values in \[0, 1\]"),
        ("picked", (0, 256), "0 to 255"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(lab, name, value, allowed):
    before = getattr(lab, name)
    with pytest.raises(TraitError, match=rf"(?s){name}.*{allowed}"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_an_unknown_photograph_names_those_that_are_there():
    with pytest.raises((TraitError, ValueError), match="astronaut"):
        ImageLab(photos=["moon"])
