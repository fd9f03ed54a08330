"""The digit network that several labs of a page share."""

import json

import torch

from book_utils import data
from book_utils.explorables.parts.shipped import (
    DigitExplorable,
    gallery,
    random_network,
    shipped,
    trained_network,
)


class One(DigitExplorable):
    """A lab of the network."""

    view = "pooling"  # any that has a bundle

    def still(self):
        return ""


class Other(One):
    """A lab of another kind."""

    view = "lenet"


def kept_for_later(lab):
    return lab.static_html().split('data-later="near">')[1].split("</script>")[0]


def test_labs_of_any_kind_keep_the_same_text_for_later():
    one, other = kept_for_later(One(name="a")), kept_for_later(Other(name="b", task="Another"))
    assert one == other
    assert json.loads(one) == shipped()


def test_it_takes_at_most_150_kib_and_stays_out_of_the_state():
    assert len(kept_for_later(One())) <= 150 * 1024
    assert "_network" not in One().settings()


def test_a_notebook_gets_it_with_the_state():
    assert One().get_state("_network")["_network"] == shipped()


def test_the_gallery_has_each_digit_twice_and_four_that_the_network_gets_wrong():
    images, labels = gallery()
    assert images.shape == (24, 28, 28) and labels[:20] == [*range(10)] * 2
    right = trained_network()(images[:, None]).argmax(1) == torch.tensor(labels)
    assert right.tolist() == [True] * 20 + [False] * 4
    assert len({tuple(x.flatten().tolist()) for x in images}) == 24


def test_random_networks_know_nothing():
    test = data.mnist()[1]
    shares = [
        (random_network(seed)(test.images).argmax(1) == test.labels).float().mean()
        for seed in range(5)
    ]
    assert sum(shares) / 5 < 0.2
