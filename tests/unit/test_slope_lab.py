"""The slope lab in Python: a gradient through blocks of one number each."""

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import SlopeLab


def powers(factor, blocks):
    """What so many blocks multiply by, from the first block to the last."""
    return factor ** torch.arange(blocks, 0, -1, dtype=torch.float64)


@pytest.mark.parametrize("slope", [-0.9, -0.2, 0.0, 0.1, 1.0])
def test_with_shortcuts_each_block_multiplies_by_one_more_than_its_slope(slope):
    assert_close(SlopeLab(slope=slope, blocks=7).output, powers(1 + slope, 7))


def test_without_shortcuts_each_block_multiplies_by_its_slope():
    assert_close(SlopeLab(slope=0.5, blocks=7, shortcut=False).output, powers(0.5, 7))


@pytest.mark.parametrize(
    ("slope", "shortcut"), [(-1.0, True), (-1.5, True), (0.0, False), (-0.1, False)]
)
def test_through_a_closed_relu_nothing_comes(slope, shortcut):
    assert SlopeLab(slope=slope, blocks=4, shortcut=shortcut).output.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("slope", 1.01, "-1.5 to 1"), ("blocks", 0, "1 to 30"), ("shortcut", 1, "True or False")],
)
def test_impossible_settings_are_refused_and_the_old_kept(name, value, says):
    lab = SlopeLab()
    before = getattr(lab, name)
    with pytest.raises(TraitError, match=says):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_the_still_is_a_table_of_both_networks():
    still = SlopeLab(slope=1, blocks=5).still()
    assert still.count("<tr>") == 1 + 5 and "<td>32</td><td>1</td>" in still
