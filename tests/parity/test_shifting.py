"""The shift lab computes the same features and changes on the page and in Python."""

import pytest
import torch
from torch.testing import assert_close

from book_utils.explorables import ShiftLab
from book_utils.explorables.shift.lab import METHODS, MOST
from tests.parity.front_end import evaluate

CASES = [(4, 4, 1, 1), (28, 28, 3, 3), (32, 32, 5, 5), (7, 12, 2, 3), (9, 5, 4, 1), (6, 31, 1, 5)]


@pytest.fixture(scope="module", params=CASES, ids=str)
def both(request):
    """A lab in double precision, and what the front end makes of its picture."""
    g = torch.Generator().manual_seed(sum(request.param))
    height, width, k_h, k_w = request.param
    image = torch.randint(0, 256, (height, width), generator=g)
    kernel = torch.randint(-4, 5, (k_h, k_w), generator=g)
    kernel[0, 0] = 3  # never all zero or negative
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.double)
    yield (
        ShiftLab(image[None], kernel=kernel),
        evaluate([["shiftTable", image.tolist(), kernel.tolist(), MOST]])[0],
    )
    torch.set_default_dtype(before)


def test_feature_maps_agree(both):
    lab, table = both
    for place in ("inPlace", "realigned"):
        assert list(table[place]) == list(METHODS)
        for method in METHODS:
            for shift, entry in enumerate(table[place][method]):
                found = torch.tensor(entry["map"], dtype=torch.double)
                assert_close(found, lab.features(method, shift).roll(-entry["back"], 1))


@pytest.mark.parametrize("realigned", [False, True])
def test_changes_agree_and_are_the_quotient_of_both_lengths(both, realigned):
    lab, table = both
    table, lab.realigned = table["realigned" if realigned else "inPlace"], realigned
    changes = [[entry["change"] for entry in table[method]] for method in METHODS]
    assert_close(torch.tensor(changes), lab.output)
    for entry in (entry for method in METHODS for entry in table[method]):
        assert entry["change"] == pytest.approx(entry["distance"] / entry["length"])


def test_realigned_the_change_is_the_least_that_moving_back_leaves(both):
    lab, table = both
    for method in METHODS:
        before = lab.features(method, 0)
        for shift, entry in enumerate(table["realigned"][method]):
            after = lab.features(method, shift)
            left = [(after.roll(-back, 1) - before).norm().item() for back in range(MOST + 1)]
            assert entry["distance"] == pytest.approx(min(left), abs=1e-9)
            assert left[entry["back"]] == pytest.approx(min(left), abs=1e-9)


def test_no_features_no_change():
    blank = torch.zeros(5, 6)
    table = evaluate([["shiftTable", blank.tolist(), [[1, -1]], MOST]])[0]
    for changes in table.values():
        assert all(entry["change"] == 0 for method in METHODS for entry in changes[method])
    assert (ShiftLab(blank[None]).output == 0).all()
