"""The border lab in Python: four padding modes, and what PyTorch refuses."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from traitlets import TraitError

from book_utils.explorables import BorderLab

NUMPYS = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def test_the_row_of_the_chapter():
    rows = {mode: row.long().tolist() for mode, row in BorderLab().output.items()}
    assert rows == {
        "zeros": [0, 0, 0, 1, 2, 3, 4, 0, 0, 0],
        "reflect": [4, 3, 2, 1, 2, 3, 4, 3, 2, 1],
        "replicate": [1, 1, 1, 1, 2, 3, 4, 4, 4, 4],
        "circular": [2, 3, 4, 1, 2, 3, 4, 1, 2, 3],
    }


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("padding", range(9))
def test_each_mode_is_numpys_and_none_where_pytorch_refuses(size, padding):
    row = torch.arange(1.0, size + 1)[None]
    for mode, padded in BorderLab(size, padding).output.items():
        if padded is None:
            with pytest.raises(RuntimeError, match=r"Padding (size|value)"):
                F.pad(row, (padding, padding), mode)
        else:
            assert padded.tolist() == np.pad(row[0], padding, NUMPYS[mode]).tolist()


@pytest.mark.parametrize(
    ("setting", "value"), [("size", 0), ("size", 9), ("padding", -1), ("padding", 9), ("at", 16)]
)
def test_what_is_no_border_is_refused_by_name_and_the_lab_keeps_what_it_had(setting, value):
    lab = BorderLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"BorderLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


def test_the_still_has_a_row_for_each_mode_or_says_that_it_is_refused():
    assert BorderLab().still().count("<svg") == 4
    still = BorderLab(4, 5).still()
    assert still.count("<svg") == 2
    assert "reflect: refused, at most 3 cells a side" in still
    assert "circular: refused, at most 4 cells a side" in still
