"""The attribution lab in Python: its maps, its square, and what it is told."""

import math

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.attribution import grad_cam, occlusion, rank_correlation, saliency
from book_utils.explorables import AttributionLab
from book_utils.explorables.parts.shipped import gallery, random_network, trained_network

METHODS = ("occlusion", "saliency", "Grad-CAM")


def test_output_is_the_map_of_the_method():
    lab, model, x = AttributionLab(picture=5), trained_network(), gallery()[0][5][None, None]
    other = random_network(0)
    assert lab.asked == 5
    assert_close(lab.output, occlusion(model, x, 5, 7))
    assert_close(lab.random_output, occlusion(other, x, 5, 7))
    lab.method = "saliency"
    assert_close(lab.output, saliency(model, x, 5))
    lab.method, lab.target, lab.seed = "Grad-CAM", "3", 2
    other = random_network(2)
    assert_close(lab.output, grad_cam(model, model.features[4], x, 3))
    assert_close(lab.random_output, grad_cam(other, other.features[4], x, 3))
    assert lab.alike == pytest.approx(rank_correlation(lab.output, lab.random_output))


def test_both_networks_explain_the_class_that_the_trained_one_names():
    lab = AttributionLab(picture=20)
    assert gallery()[1][20] == 9 and lab.asked == 4
    assert int(random_network(0)(lab.input).argmax()) != 4


@pytest.mark.parametrize(
    ("at", "size", "corner"),
    [
        ([14, 14], 7, (11, 11)),
        ([0, 27], 7, (0, 21)),
        ([14, 14], 6, (11, 11)),
        ([27, 3], 1, (27, 3)),
    ],
)
def test_the_square_is_centred_as_far_as_the_edge_allows(at, size, corner):
    lab = AttributionLab(at=at, size=size, fill=0.25)
    assert lab.corner == corner
    i, j = corner
    assert (lab.covered[0, 0, i : i + size, j : j + size] == 0.25).all()
    assert int((lab.covered != lab.input).sum()) <= size * size


def test_the_map_holds_what_the_square_costs():
    lab = AttributionLab(at=[3, 9])
    fall = lab.scores[lab.asked] - trained_network()(lab.covered)[0, lab.asked]
    assert lab.output[lab.corner].item() == pytest.approx(fall.item(), abs=1e-5)


def test_a_drawing_takes_the_place_of_the_picture():
    drawn = torch.zeros(28, 28)
    drawn[6:22, 14] = 1
    lab = AttributionLab(drawn=drawn)
    assert_close(lab.input[0, 0], drawn)
    lab.drawn = None
    assert_close(lab.input[0, 0], gallery()[0][9])


def test_nothing_drawn_orders_no_pixels_by_random_weights():
    """Their biases are 0: an empty picture gives no slope."""
    lab = AttributionLab(drawn=torch.zeros(28, 28), method="saliency")
    assert math.isnan(lab.alike)
    assert "cannot be told" in lab.still()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("method", "gradcam"),
        ("picture", 24),
        ("picture", -1),
        ("target", 3),
        ("target", "10"),
        ("size", 0),
        ("size", 15),
        ("fill", 1.5),
        ("seed", 5),
        ("at", [0, 28]),
        ("drawn", torch.zeros(27, 28)),
        ("drawn", torch.full((28, 28), 2.0)),
    ],
)
def test_what_cannot_be_is_refused_by_name(setting, value):
    lab = AttributionLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"AttributionLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


def test_saliency_hardly_sees_what_was_learned_and_occlusion_does():
    """The sanity check over all pictures and seeds; the page states the means."""

    def mean(method):
        found = [
            AttributionLab(picture=picture, method=method, seed=seed).alike
            for picture in range(0, 24, 3)
            for seed in range(2)
        ]
        known = [v for v in found if not math.isnan(v)]
        return sum(known) / len(known)

    alike = {method: mean(method) for method in METHODS}
    assert alike["saliency"] > 0.45
    assert alike["saliency"] > alike["Grad-CAM"] + 0.1
    assert abs(alike["occlusion"]) < 0.15


def test_the_still_shows_the_picture_and_both_maps():
    still = AttributionLab(method="saliency").still()
    assert still.count("<img") == 3 and "Rank correlation of the two maps: 0.59" in still
