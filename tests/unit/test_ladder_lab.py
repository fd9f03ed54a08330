"""The ladder lab in Python: what the rungs come to, and how many numbers each multiplies."""

import pytest
import torch
import torch.nn.functional as F
from bs4 import BeautifulSoup
from traitlets import TraitError

from book_utils.explorables import LadderLab
from book_utils.numbers import thousands


def test_the_output_is_the_correlation_of_its_numbers():
    lab = LadderLab(40, 5)
    y = F.conv2d(lab.input[None, None], lab.weights[None, None])[0, 0]
    assert torch.equal(lab.output, y) and lab.output.shape == (36, 36)


def test_its_numbers_are_exact_and_differ():
    lab = LadderLab(128, 21)
    for numbers, steps in ((lab.input, 16), (lab.weights, 8)):
        assert torch.equal((steps * numbers).round(), steps * numbers)
        assert len(numbers.unique()) >= 7


def test_multiplications_by_hand():
    counts = LadderLab(32, 3).multiplications
    assert counts["tap loop"] == 9 * 30 * 30
    assert counts["Winograd F(2, 3)"] == 6 * 30 * 30  # 12 for two outputs
    assert counts["FFT"] == 3 * 4 * 32 * 32 * 5 + 4 * 32 * 32
    assert LadderLab(33, 3).multiplications["Winograd F(2, 3)"] == 31 * (15 * 12 + 9)
    assert LadderLab(32, 5).multiplications["Winograd F(2, 3)"] is None


def test_what_the_fft_multiplies_does_not_depend_on_the_kernel():
    assert len({LadderLab(96, k).multiplications["FFT"] for k in range(1, 22)}) == 1


@pytest.mark.parametrize(
    ("settings", "name"),
    [({"size": 31}, "size"), ({"size": 129}, "size"), ({"kernel": 0}, "kernel"),
     ({"kernel": 22}, "kernel"), ({"kernel": 2.5}, "kernel")],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(settings, name):
    with pytest.raises(TraitError, match=name):
        LadderLab(**settings)


def test_the_still_is_the_table_of_counts_without_a_time():
    lab = LadderLab(64, 5)
    table = BeautifulSoup(lab.still(), "html.parser")
    cells = {row.th.text: row.td.text for row in table.select("tbody tr")}
    assert cells == {
        name: "for kernels of 3" if n is None else thousands(n)
        for name, n in lab.multiplications.items()
    }
    assert "5×5 weights on 64×64 pixels" in table.caption.text and " ms" not in table.text
