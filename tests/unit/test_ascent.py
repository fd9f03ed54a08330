"""Gradient ascent on a picture: on networks whose course is known, and what is refused."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.ascent import ascend, blurred, unit_value
from book_utils.explorables import AscentLab
from book_utils.explorables.ascent.lab import noise, shifts
from book_utils.explorables.parts.shipped import gallery, trained_network


def linear(weights):
    """A network of one map: the sum of all pixels times these weights, a convolution of one tap."""
    model = nn.Sequential(nn.Conv2d(1, 1, len(weights), bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor(weights, dtype=torch.float32)[None, None])
    return model


STEEP = linear([[3.0, 0], [0, -4]])  # its gradient has the length 5


def test_a_step_goes_along_the_gradient_and_is_as_long_as_the_rate():
    found = ascend(STEEP, ("0", 0), torch.full((1, 2, 2), 0.5), 1, rate=0.5)
    assert_close(found.picture, torch.tensor([[[0.8, 0.5], [0.5, 0.1]]]))
    assert found.values == pytest.approx([-0.5, 2.0])
    assert not found.diverged


def test_pixels_are_clipped_unless_they_are_not_to_be():
    start = torch.full((1, 2, 2), 0.5)
    assert ascend(STEEP, ("0", 0), start, 3, 1).picture.tolist() == [[[1, 0.5], [0.5, 0]]]
    free = ascend(STEEP, ("0", 0), start, 3, 1, clip=False).picture
    assert_close(free, torch.tensor([[[2.3, 0.5], [0.5, -1.9]]]))
    assert start.eq(0.5).all()  # it is not changed


def test_decay_takes_a_share_of_each_pixel_after_the_step():
    found = ascend(STEEP, ("0", 0), torch.full((1, 2, 2), 0.5), 1, 0.5, decay=0.1)
    assert_close(found.picture, 0.9 * torch.tensor([[[0.8, 0.5], [0.5, 0.1]]]))


def test_blur_comes_after_every_so_many_steps():
    start = torch.zeros(1, 3, 3)
    start[0, 1, 1] = 1
    still = linear([[0.0] * 3] * 3)  # no gradient: blur alone moves it
    assert ascend(still, ("0", 0), start, 1, blur=2).picture.equal(start)
    once = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    assert_close(ascend(still, ("0", 0), start, 3, blur=2).picture[0], once)
    assert_close(blurred(start)[0], once)


def test_a_shifted_picture_gets_the_gradient_of_where_it_was():
    """What falls on the weight 3 after a shift by one row is the pixel above it."""
    model = linear([[0.0, 0], [3, 0]])
    start = torch.full((1, 2, 2), 0.5)
    found = ascend(model, ("0", 0), start, 1, 0.25, shifts=[(1, 0)])
    assert_close(found.picture, torch.tensor([[[0.75, 0.5], [0.5, 0.5]]]))
    twice = ascend(model, ("0", 0), start, 2, 0.25, shifts=[(1, 0), (0, 0)])
    assert_close(twice.picture, torch.tensor([[[0.75, 0.5], [0.75, 0.5]]]))


def test_where_the_gradient_is_0_the_picture_stays():
    model = nn.Sequential(STEEP[0], nn.ReLU())
    start = torch.full((1, 2, 2), 0.5)  # the sum is below 0
    found = ascend(model, ("1", 0), start, 5)
    assert found.picture.equal(start) and found.values == [0] * 6


def test_an_ascent_that_diverges_ends():
    found = ascend(STEEP, ("0", 0), torch.zeros(1, 2, 2), 100, 5, clip=False)
    assert found.diverged and len(found.values) == 3  # pixels of −4, −8, −12
    assert found.picture.min() == -12
    broken = ascend(STEEP, ("0", 0), torch.zeros(1, 2, 2), 2, float("nan"), clip=False)
    assert broken.diverged and broken.picture.isnan().any()


def test_a_map_counts_with_its_mean_and_a_vector_with_its_number():
    model, x = trained_network(), gallery()[0][3][None]
    assert_close(unit_value(model, ("features.4", 2), x), model.features[:5](x[None])[0, 2].mean())
    assert_close(unit_value(model, ("dense.5", 4), x), model(x[None])[0, 4])
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize(
    ("unit", "steps", "words"),
    [
        (("features.9", 0), 1, "there is no layer 'features.9': choose from features, features.0"),
        (("features.4", 16), 1, "unit 16 of features.4: give a number from 0 to 15"),
        (("dense.5", -1), 1, "from 0 to 9"),
        (("dense.5", 0), -1, "give a whole number from 0"),
    ],
)
def test_what_cannot_be_is_refused(unit, steps, words):
    with pytest.raises(ValueError, match=words):
        ascend(trained_network(), unit, torch.zeros(1, 28, 28), steps)


def test_the_lab_climbs_from_the_chosen_start():
    lab = AscentLab(unit=["score", 3], steps=0, start="grey")
    assert (lab.output - 0.5).abs().max() <= 0.01
    lab.start = "drawing"
    assert lab.output.equal(lab.picture.double())
    lab.start = "noise"
    assert lab.output.equal(noise(0)) and not noise(0).equal(noise(1))
    lab.steps = 30
    assert lab.without.values[-1] > lab.regularised.values[-1] > 10 > lab.without.values[0]
    lab.blur = lab.jitter = lab.decay = False
    assert lab.output.equal(lab.without.picture)
    assert lab.still().count("after 30 steps of gradient ascent on unit 3 of score") == 2


def test_the_network_does_not_learn():
    before = [weights.clone() for weights in trained_network().parameters()]
    _ = AscentLab(steps=3).output
    for weights, was in zip(trained_network().parameters(), before, strict=True):
        assert weights.equal(was)


def test_shifts_are_by_a_pixel_at_most_and_all_come():
    assert {abs(way) for shift in shifts(0) for way in shift} == {0, 1}
    assert len(set(shifts(0))) == 9 and shifts(0) != shifts(1)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"unit": ["score", 10]}, "AscentLab.unit"),
        ({"steps": 101}, "a whole number from 0 to 100"),
        ({"rate": 0}, "above 0 and at most 20"),
        ({"start": "cat"}, "one of 'noise', 'grey', 'drawing'"),
        ({"picture": torch.zeros(3, 3)}, r"\(28, 28\)"),
    ],
)
def test_bad_settings_are_refused_by_name(settings, words):
    with pytest.raises(TraitError, match=words):
        AscentLab(**settings)
