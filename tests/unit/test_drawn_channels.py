"""Drawings of a kernel as deep as its input: what they show is what PyTorch computes."""

import re

import pytest
import torch
import torch.nn.functional as F
from bs4 import BeautifulSoup

from book_utils import drawn_channels
from book_utils.svg import MARK

X = torch.rand(3, 5, 4, generator=torch.Generator().manual_seed(0))
KS = torch.randn(4, 3, 3, 2, generator=torch.Generator().manual_seed(1))
ALL = {
    "block": drawn_channels.block(X, KS[0]),
    "kernels": drawn_channels.kernels(X, KS),
}
CELLS = 'path[stroke-width="0.6"]'


def soup(name):
    return BeautifulSoup(ALL[name].html(), "html.parser")


def words(name):
    return [text.get_text() for text in soup(name).select("text")]


def corners(path):
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", path["d"])]


@pytest.mark.parametrize("name", ALL)
def test_a_drawing_follows_the_page_and_fits_a_phone(name):
    picture = soup(name)
    assert picture.find(role="img")["aria-label"] == ALL[name].alt
    assert "currentColor" in str(picture)
    drawing = picture.svg
    width = float(re.search(r"[; ]width: ([\d.]+)px", drawing["style"])[1])
    scale = min(width, 358) / float(drawing["viewbox"].split()[2])
    assert min(scale * float(text["font-size"]) for text in drawing.select("text")) >= 12


def test_every_number_has_a_cell():
    y = F.conv2d(X, KS)
    assert len(soup("block").select(CELLS)) == X.numel() + y[0].numel()
    assert len(soup("kernels").select(CELLS)) == X.numel() + y.numel()


def test_the_shapes_are_those_of_the_tensors():
    assert words("block")[-4:] == ["kernel (3, 3, 2)", "input (3, 5, 4)", "one map", "(1, 3, 3)"]
    assert words("block")[:3] == ["channel 0", "channel 1", "channel 2"]
    assert {"(3, 5, 4)", "(4, 3, 3, 2)", "(4, 3, 3)"} <= set(words("kernels"))
    assert {"map 0", "map 3", "4 kernels", "4 maps"} <= set(words("kernels"))


def test_a_window_lies_in_every_channel_and_its_output_in_the_map():
    block = soup("block")
    windows = [corners(p) for p in block.select(f'path[stroke="{MARK}"][stroke-width="2.5"]')]
    assert len(windows) == len(X) + 1
    cells = [corners(cell) for cell in block.select(CELLS)]
    sheets = [cells[20 * c : 20 * (c + 1)] for c in range(3)]
    for window, sheet in zip(windows[:3], sheets, strict=True):
        # the window has 3 rows and 2 columns of a sheet with 4 columns, from its first corner
        assert window[:4] == [sheet[0][0], sheet[1][1], sheet[4 * 2 + 1][2], sheet[4 * 2][3]]
    assert windows[3][:4] == cells[60]


def test_the_greys_are_the_input_and_the_hues_the_signs():
    fills = [cell["fill"] for cell in soup("kernels").select(CELLS)]
    brightness = torch.tensor([int(fill[1:3], 16) for fill in fills[: X.numel()]])
    order = X.flatten().argsort()
    assert (brightness[order].diff() >= 0).all()
    for fill, value in zip(fills[X.numel() :], F.conv2d(X, KS).flatten(), strict=True):
        is_orange = int(fill[1:3], 16) > int(fill[5:7], 16)  # more red than blue
        assert is_orange == (value > 0) or abs(value) < 0.05


def test_what_is_told_are_the_shapes():
    assert ALL["block"].alt.startswith("A stack of 3 channels of 5×4. A window of 3×2")
    assert ALL["kernels"].alt.endswith("each makes one map of 3×3.")
    assert "4 kernels, each a block of 3×3×2 weights" in ALL["kernels"].alt
