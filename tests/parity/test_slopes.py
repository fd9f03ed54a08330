"""The slope lab passes a gradient through its blocks as PyTorch does, wherever its sliders are."""

import pytest
import torch
from torch.testing import assert_close

from book_utils.explorables import SlopeLab
from tests.parity.front_end import Refused, evaluate

SLOPES = [tenth / 10 for tenth in range(-15, 11)]
BLOCKS = (1, 2, 15, 30)


@pytest.mark.parametrize("shortcut", [True, False])
def test_every_stop_of_the_slider_gives_what_autograd_finds(shortcut):
    settings = [(slope, blocks) for slope in SLOPES for blocks in BLOCKS]
    found = evaluate([["alongBlocks", *each, shortcut] for each in settings])
    for (slope, blocks), answer in zip(settings, found, strict=True):
        lab = SlopeLab(slope=slope, blocks=blocks, shortcut=shortcut)
        wanted = [*lab.output.tolist(), 1]
        got, wanted = (torch.tensor(v, dtype=torch.float64) for v in (answer["gradient"], wanted))
        assert_close(got, wanted, rtol=1e-9, atol=0)


def test_a_gradient_passes_only_where_the_relu_is_open():
    calls = [(-0.9, True), (-1.0, True), (-1.2, True), (0.0, True), (-0.1, False), (0.0, False)]
    found = evaluate([["alongBlocks", slope, 3, shortcut] for slope, shortcut in calls])
    firsts = [answer["gradient"][0] for answer in found]
    assert firsts == [pytest.approx(0.001), 0, 0, 1, 0, 0]


def test_no_blocks_are_refused():
    for blocks in (0, 1.5):
        (answer,) = evaluate([["alongBlocks", 0.1, blocks, True]])
        assert isinstance(answer, Refused)
