"""The teach lab in Python: examples, features, what was learned, and what is refused."""

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import weights
from book_utils.explorables import TeachLab
from book_utils.explorables.parts.pictures import pack
from book_utils.explorables.teach import signs


def own(*of):
    """Ready signs as if a reader had drawn them: (sign, which of the letters)."""
    return {"own": [[sign, signs.ready("letters")[sign, i]] for sign, i in of]}


def test_examples_are_the_ready_ones_then_the_drawn_ones():
    drawn = signs.ready("arrows")[0, 3]
    lab = TeachLab(signs="letters", ready=3, drawn={"letters": [[1, drawn]]})
    images, labels = lab.examples
    assert images.shape == (7, 1, 28, 28) and labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert images[-1, 0].equal(drawn)
    lab.signs = "own"
    assert lab.examples[0].shape == (0, 1, 28, 28) and lab.input.abs().sum() == 0


def test_features_are_those_of_the_digit_network_and_have_length_one():
    lab, network = TeachLab(), weights.load("digit_lenet")
    images, _ = lab.examples
    with torch.no_grad():
        maps = network.features(images)
        assert_close(lab.features(), F.normalize(network.dense[:5](maps), dim=1))
        lab.layer = "conv"
        assert_close(lab.features(), F.normalize(maps.flatten(1), dim=1))
    assert [lab.features(kind).shape[1] for kind in ("trained", "random", "pixels")] == [
        400, 400, 784,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="choose from trained, random, pixels"):
        lab.features("learned")


def test_what_was_learned_names_most_signs_that_it_has_not_seen():
    lab = TeachLab(ready=10)
    assert (lab.further() > 0.5).float().mean() >= 0.9
    assert (lab.left_out() > 0.5).float().mean() >= 0.9
    assert lab.model(lab.examples[0]).argmax(1).equal(lab.examples[1])
    assert_close(lab.output.sum(), torch.tensor(1.0))


def test_a_drawn_sign_is_judged_before_it_is_learned():
    few = [(0, 1), (1, 1), (1, 2), (0, 2)]
    lab = TeachLab(signs="own", drawn=own(*few))
    found = lab.further()
    assert found[:2].isnan().all() and not found[2:].isnan().any()
    before = TeachLab(signs="own", drawn=own(*few[:3]))
    last = signs.ready("letters")[0, 2][None, None]
    assert_close(found[3], before.model(last).softmax(1)[0, 0])


def test_a_ready_sign_that_was_taught_is_no_further_sign_but_as_it_came():
    lab = TeachLab()
    before = lab.further()
    lab.drawn = {"letters": [[1, lab.input]]}  # a K, called an X
    after = lab.further()
    assert len(after) == len(before) == 30
    assert_close(after[-1], 1 - before[5])  # the first that is on the pad


def test_twenty_of_a_sign_leave_no_room_for_ready_ones():
    drawn = [[0, signs.ready("faces")[0, i]] for i in range(20)]
    lab = TeachLab(signs="faces", ready=5, drawn={"faces": drawn})
    assert lab.examples[1].bincount().tolist() == [20, 5]


def test_without_examples_of_both_signs_nothing_is_learned_and_that_is_said():
    for drawn in ({}, own((1, 0), (1, 1))):
        with pytest.raises(ValueError, match="give examples of both"):
            _ = TeachLab(signs="own", drawn=drawn).output


BAD = [
    {"signs": "numbers"},
    {"ready": 0},
    {"ready": 11},
    {"layer": "last"},
    {"input": torch.zeros(28, 27)},
    {"drawn": [[0, torch.zeros(28, 28)]]},
    {"drawn": {"numbers": []}},
    {"drawn": {"own": [[2, torch.zeros(28, 28)]]}},
    {"drawn": {"own": [[0, torch.full((28, 28), 2.0)]]}},
    {"drawn": {"own": [[0, "no picture"]]}},
    {"drawn": {"own": [[1, torch.zeros(28, 28)]] * 21}},
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_what_cannot_be_is_refused_by_name_and_the_old_kept(bad):
    lab = TeachLab()
    ((name, value),) = bad.items()
    before = getattr(lab, name)
    with pytest.raises(TraitError, match=name):
        setattr(lab, name, value)
    after = getattr(lab, name)
    assert after.equal(before) if isinstance(after, torch.Tensor) else after == before


def test_a_drawing_is_kept_as_it_travels():
    picture = signs.ready("letters")[0, 0]
    assert TeachLab(drawn=own((0, 0))).drawn == {"own": [[0, pack(picture)]]}


def test_ready_signs_differ_and_are_pictures_such_as_mnists():
    for pair in signs.PAIRS:
        pictures = signs.ready(pair).flatten(0, 1)
        assert pictures.shape == (2 * signs.COUNT, 28, 28)
        assert len(pictures.flatten(1).unique(dim=0)) == len(pictures)
        assert pictures.min() == 0 and pictures.max() == 1
        for picture in pictures:
            rows, columns = (picture.sum(axis).nonzero() for axis in (1, 0))
            assert max(int(x.max() - x.min()) + 1 for x in (rows, columns)) in (20, 21)


def test_the_still_shows_the_examples_and_says_what_they_are():
    assert "Examples of two signs, K and X, 5 and 5." in TeachLab().still()
    assert "Two signs of your own" in TeachLab(signs="own").still()
