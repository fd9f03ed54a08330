"""The LeNet lab in Python: what it computes, what follows from what, what it refuses."""

import json

import numpy as np
import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import data, weights
from book_utils.explorables import LeNetLab

NETWORKS = ("digit_lenet", "lenet")


@pytest.fixture
def lab():
    return LeNetLab()


@pytest.mark.parametrize("network", NETWORKS)
def test_output_and_activations_are_the_models(network):
    lab = LeNetLab(network, image=4)
    with torch.no_grad():
        wanted = weights.load(network)(lab.images[4][None, None])[0]
    assert_close(lab.output, wanted)
    found = lab.activations
    assert_close(found["dense.5"], wanted)
    assert {layer: tuple(y.shape) for layer, y in found.items()} == {
        layer: shape for layer, shape in lab.shapes.items() if layer not in ("input", "softmax")
    }
    with torch.no_grad():
        assert_close(found["features.3"], lab.model.features[:4](lab.input[None, None])[0])


@pytest.mark.parametrize(
    ("network", "sample"), [("digit_lenet", data.mnist), ("lenet", data.fashion_mnist)]
)
def test_the_gallery_has_every_class_and_two_mistakes(network, sample):
    lab, test = LeNetLab(network), sample()[1]
    assert lab.labels[:10] == list(range(10)) and len(lab.images) == 12
    assert tuple(lab.classes) == test.classes
    says = lab.model(lab.images[:, None]).argmax(1).tolist()
    assert [says[i] == lab.labels[i] for i in range(12)] == [True] * 10 + [False] * 2
    for image in lab.images:
        assert (test.images[:, 0] == image).flatten(1).all(1).any()


@pytest.mark.parametrize(("network", "which"), [("digit_lenet", "sample"), ("lenet", "full")])
def test_the_page_states_what_the_record_says_of_these_weights(network, which):
    found = weights.stated(network)
    accuracy, n = found[f"accuracy_{which}"], found[f"n_{which}"]
    about = LeNetLab(network).about
    assert f"{n:,} held-out" in about and f"{100 * accuracy:.1f} %" in about
    assert f"{round(n * accuracy):,} right" in about


def test_an_image_is_chosen_by_number_and_a_drawing_has_none(lab):
    seen = []
    lab.observe(lambda change: seen.append(change["new"]), "image")
    lab.image = 3
    assert torch.equal(lab.input, lab.images[3])
    lab.input = torch.rand(28, 28)
    assert lab.image is None
    lab.input = lab.images[7]
    assert lab.image == 7 and seen == [3, None, 7]
    lab.image = None
    assert torch.equal(lab.input, lab.images[7])


def test_what_the_page_draws_is_the_input(lab):
    """As a front end sends it: bytes in base64."""
    drawing = LeNetLab(input=torch.rand(28, 28)).settings()["input"]
    lab.set_state({"input": drawing, "picked": ["dense.1", 5]})
    assert lab.settings()["input"] == drawing and lab.image is None
    assert lab.input.shape == (28, 28) and lab.picked == ["dense.1", 5]
    before = lab.output
    lab.set_state({"input": LeNetLab(image=2).settings()["input"]})
    assert lab.image == 2 and not torch.equal(lab.output, before)


def test_what_is_set_in_python_goes_to_the_page(lab):
    lab.input = torch.ones(28, 28)
    state = lab.get_state(["input", "kept"])
    assert state["input"] == lab.settings()["input"] and state["kept"] is None
    lab.kept = lab.images[1]
    assert lab.get_state("kept")["kept"] == LeNetLab(image=1).settings()["input"]


@pytest.mark.parametrize(
    "form",
    [
        lambda x: x,
        lambda x: x[None],
        lambda x: x.numpy(),
        lambda x: x.tolist(),
        lambda x: x.double(),
        lambda x: x.requires_grad_(),
        lambda x: x > 0.5,
    ],
)
def test_pictures_come_in_many_forms(lab, form):
    x = torch.randint(256, (28, 28)) / 255  # the lab keeps bytes
    given = form(x.clone())
    lab.input = given
    wanted = torch.as_tensor(given).detach().float().reshape(28, 28)
    assert_close(lab.input, wanted, atol=0.5 / 255, rtol=0)
    assert lab.input.dtype == torch.float32 and not lab.input.requires_grad


def test_images_of_ones_own():
    test = data.mnist()[1]
    lab = LeNetLab(images=test.images[20:25], labels=test.labels[20:25].tolist(), image=4)
    assert_close(lab.input, test.images[24, 0])
    assert lab.labels == test.labels[20:25].tolist()
    assert LeNetLab(images=np.zeros((1, 28, 28))).labels == []


def test_other_images_have_other_labels(lab):
    lab.images = lab.images[5:8]
    assert lab.labels == [] and lab.image is None  # the input is still the first of the old ones
    lab.labels = [5, 6, 7]
    lab.image = 1
    assert torch.equal(lab.input, lab.images[1])


def test_the_first_pick_is_the_strongest_unit_of_the_second_convolution(lab):
    layer, *at = lab.picked
    y = lab.activations["features.3"]
    assert layer == "features.3" and y[tuple(at)] == y.max()


def test_what_is_given_to_be_looked_at_is_shown(lab):
    assert lab.level == "network"
    assert LeNetLab(picked=["dense.1", 5]).level == "unit"
    assert LeNetLab(picked=["dense.1", 5], level="layer").level == "layer"
    assert "level='network'" in repr(lab)
    rule = lab.schema()["level"]  # links from before the levels showed a sum
    assert rule["missing"] == "unit" and rule["default"] == "network"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("image", 12, "0 to 11"),
        ("image", -1, "0 to 11"),
        ("image", 1.5, "0 to 11"),
        ("image", True, "0 to 11"),
        ("input", torch.rand(27, 28), r"shape \(27, 28\).*of shape \(28, 28\)"),
        ("input", torch.rand(2, 28, 28), r"of shape \(28, 28\)"),
        ("input", torch.full((28, 28), 1.5), "values from 1.5 to 1.5.*0 to 1"),
        ("input", torch.full((28, 28), torch.nan), "0 to 1"),
        ("input", [[1, 2], [3]], "0 to 1"),
        ("input", "a cat", "0 to 1"),
        ("input", "AAAA", "0 to 1"),
        ("input", None, "0 to 1"),
        ("kept", torch.rand(5), r"\(28, 28\)"),
        ("images", torch.rand(41, 28, 28), "n from 1 to 40"),
        ("images", torch.rand(0, 28, 28), "n from 1 to 40"),
        ("labels", [1, 2], "each of 12 images"),
        ("labels", [10] * 12, "0 to 9"),
        ("picked", ["features.9", 0], "features.0 "),
        ("picked", ["features.0", 6, 0, 0], r"features.0 \(6, 26, 26\)"),
        ("picked", ["features.0", 0, 0], "features.0"),
        ("picked", ["dense.1", -1], r"dense.1 \(120,\)"),
        ("picked", ["dense.1", 1.0], "dense.1"),
        ("picked", [], "index"),
        ("level", "pixel", "'network', 'layer', 'unit'"),
        ("network", "lenet", "a new LeNetLab"),
        ("controls", ["images"], "names among input, kept, picked, level"),
    ],
)
def test_what_cannot_be_is_refused_and_the_old_kept(lab, name, value, allowed):
    before = lab.settings(), lab.image
    with pytest.raises(TraitError, match=rf"LeNetLab\.{name} was given (.|\n)*{allowed}"):
        setattr(lab, name, value)
    assert (lab.settings(), lab.image) == before


def test_an_unknown_network_is_refused():
    with pytest.raises(TraitError, match="'alexnet'; allowed: 'digit_lenet', 'lenet'"):
        LeNetLab("alexnet")


def test_the_still_picture_says_what_the_network_says(lab):
    lab.image = 11
    still = lab.still()
    parts = lab.output.softmax(0)
    assert f"takes for: {lab.classes[int(parts.argmax())]}." in still
    for part in parts:
        assert f">{part:.3f}</text>" in still
    assert "data:image/png;base64," in still


def test_the_weights_take_at_most_150_kib(lab):
    for network in NETWORKS:
        layers = LeNetLab(network).settings()["layers"]
        assert len(json.dumps(layers)) <= 150 * 1024
    assert len(lab.static_html()) <= 150 * 1024
