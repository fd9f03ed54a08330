"""The best pictures of units: by brute force, in the lab's data, and what is refused."""

import json

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import data
from book_utils.explorables import UnitLab
from book_utils.explorables.parts.shipped import random_network, trained_network
from book_utils.explorables.parts.unit import LAYERS
from book_utils.explorables.units.best import browsed, fields
from book_utils.units import answers, best_pictures
from tests import SEED

NETWORKS = {"trained": trained_network, "random": random_network}
PARTS = {"conv1": slice(0, 2), "conv2": slice(0, 5)}


def largest(weights, layer, images):
    """The largest value of each unit for each picture, as the page's reader would compute it."""
    model = NETWORKS[weights]()
    if layer == "score":
        return model(images)
    return model.features[PARTS[layer]](images).amax((2, 3))


def test_best_pictures_are_found_as_by_hand():
    maps = torch.tensor(
        [
            [[[0.0, 1], [2, 0]], [[5, 0], [0, 0]]],
            [[[3, 0], [0, 0]], [[5, 0], [0, 6]]],
            [[[0, 0], [0, 2]], [[0, 5], [5, 0]]],
        ]
    )  # three pictures, two units, 2×2
    pictures, at, values = best_pictures(maps, 2)
    assert pictures.tolist() == [[1, 0], [1, 0]]  # of equal ones the first
    assert at.tolist() == [[[0, 0], [1, 0]], [[1, 1], [0, 0]]]
    assert values.tolist() == [[3, 2], [6, 5]]


def test_rounding_does_not_choose_among_equal_ones():
    maps = torch.tensor([1.0, 1 + 1e-9, 1 - 1e-9, 0.5], dtype=torch.float64)[:, None]
    assert best_pictures(maps, 4).pictures.tolist() == [[0, 1, 2, 3]]


def test_best_pictures_are_those_of_a_search_through_all():
    g = torch.Generator().manual_seed(SEED)
    maps = torch.rand(40, 5, 6, 7, generator=g, dtype=torch.float64)
    found = best_pictures(maps, 9)
    for unit in range(5):
        strongest = sorted(range(40), key=lambda n, u=unit: -maps[n, u].max())[:9]
        assert found.pictures[unit].tolist() == strongest
        for n, (row, column), value in zip(
            strongest, found.at[unit].tolist(), found.values[unit], strict=True
        ):
            assert maps[n, unit, row, column] == maps[n, unit].max() == value


def test_answers_are_means_over_a_class():
    maps = torch.tensor([[1.0, -4], [3, -2], [10, 0]])
    assert answers(maps, torch.tensor([0, 0, 1]), 2).tolist() == [[2, 10], [-3, 0]]


@pytest.mark.parametrize("shape", [(4,), (4, 2, 3), (0, 2), (4, 2, 3, 0)])
def test_maps_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"give \(n, units, height, width\) or \(n, units\)"):
        best_pictures(torch.zeros(shape), 1)


@pytest.mark.parametrize("count", [0, 5, True, 2.0])
def test_a_count_that_is_not_there_is_refused(count):
    with pytest.raises(ValueError, match="from 1 to 4"):
        best_pictures(torch.zeros(4, 2), count)


@pytest.mark.parametrize("labels", [[0, 1], [0, 1, 2], [0, 0, 0]])
def test_labels_that_do_not_fit_are_refused(labels):
    with pytest.raises(ValueError, match="give one for each, from 0 to 1"):
        answers(torch.zeros(3, 2), torch.tensor(labels), 2)


@pytest.mark.parametrize("weights", NETWORKS)
@pytest.mark.parametrize("layer", LAYERS)
def test_what_travels_is_what_pytorch_finds(weights, layer):
    """For every unit the values of the nine, and how strongly it answers each class."""
    test = data.mnist()[1]
    found = largest(weights, layer, test.images)
    units = browsed()["units"][weights][layer]
    assert len(units) == LAYERS[layer][1]
    for index, unit in enumerate(units):
        best = found[:, index].topk(9).values
        assert_close(torch.tensor(unit["values"]), best, rtol=1e-3, atol=1e-3)
        means = [found[test.labels == digit, index].mean() for digit in range(10)]
        assert_close(torch.tensor(unit["answers"]), torch.stack(means), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("weights", NETWORKS)
@pytest.mark.parametrize("layer", PARTS)
def test_a_unit_reaches_its_value_on_its_patch_alone(weights, layer):
    """The field is right: what the unit sees of a picture, and nothing else, gives the value."""
    test, model, size = data.mnist()[1], NETWORKS[weights](), fields()[layer]["size"]
    for index, unit in enumerate(browsed()["units"][weights][layer]):
        best = largest(weights, layer, test.images)[:, index].topk(9)
        for (top, left), value in zip(unit["at"], unit["values"], strict=True):
            patches = test.images[best.indices, :, top : top + size, left : left + size]
            assert patches.shape[2:] == (size, size)
            alone = model.features[PARTS[layer]](patches)[:, index, 0, 0]
            assert (alone - value).abs().min() <= 1e-3 * max(1, value)


def test_the_fields_are_those_of_the_table():
    assert {layer: field["size"] for layer, field in fields().items()} == {
        "conv1": 3, "conv2": 8, "score": 28,
    }  # fmt: skip


def test_the_scores_of_the_trained_network_like_their_own_digit():
    for digit, unit in enumerate(browsed()["units"]["trained"]["score"]):
        assert {browsed()["labels"][picture] for picture in unit["pictures"]} == {digit}


def test_the_output_is_the_values_of_the_nine():
    lab = UnitLab(unit=("score", 7), weights="random")
    images = data.mnist()[1].images
    assert_close(lab.output.float(), random_network()(images)[:, 7].topk(9).values)
    assert "unit 7 of score" in lab.still()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"unit": ["conv1", 6]}, r"UnitLab.unit was given \['conv1', 6\]; allowed: \[layer"),
        ({"unit": ["conv3", 0]}, "conv2 "),
        ({"unit": "conv1"}, "UnitLab.unit"),
        ({"unit": ["score", True]}, "UnitLab.unit"),
        ({"weights": "tuned"}, "one of 'trained', 'random'"),
    ],
)
def test_what_is_no_unit_is_refused_by_name(settings, words):
    with pytest.raises(TraitError, match=words):
        UnitLab(**settings)


def test_it_travels_in_150_kib():
    assert len(json.dumps(UnitLab().settings())) <= 150 * 1024
