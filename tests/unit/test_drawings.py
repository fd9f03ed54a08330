"""Drawings of a kernel at work: what they show is what PyTorch and NumPy compute."""

import itertools
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from bs4 import BeautifulSoup
from torch import nn

from book_utils import drawings
from book_utils.models import Inception
from book_utils.numbers import short
from book_utils.ops import corr2d

X = torch.arange(12.0).reshape(3, 4)
K = torch.tensor([[1.0, -2], [0, 3]])
W = torch.tensor([[1.0, -1, 2, 1], [3, 2, -1, 1], [-2, 1, 1, 2]])
ALL = {
    "stops": drawings.stops(X, K),
    "convolution_1d": drawings.convolution_1d([1, 2, 3], [4, 5, 6]),
    "turn": drawings.turn(K),
    "two_layers": drawings.two_layers(2),
    "ruler": drawings.ruler(8, 3, stride=2, padding=1),
    "dense_layer": drawings.dense_layer(W, torch.tensor([2.0, 0, 1, 3]), torch.ones(3), output=1),
    "four_branches": drawings.four_branches(192, (64, 96, 128, 16, 32, 32)),
}


def soup(picture):
    return BeautifulSoup(picture.html(), "html.parser")


def results(picture):
    """Return the numbers that the parts of a drawing come to."""
    return [
        part.b.get_text().removeprefix("= ") for part in soup(picture).select("div > div > div")
    ]


def marked(drawing):
    """Return the corners of the cells that have a ground."""
    return [(float(c["x"]), float(c["y"])) for c in drawing.select("rect[fill]")]


@pytest.mark.parametrize("name", ALL)
def test_a_drawing_follows_the_page_and_fits_a_phone(name):
    picture = soup(ALL[name])
    assert picture.find(role="img")["aria-label"] == ALL[name].alt
    assert "currentColor" in str(picture) and "var(--cnl-accent" in str(picture)
    for drawing in picture.select("svg"):
        width = float(re.search(r"[; ]width: ([\d.]+)px", drawing["style"])[1])
        scale = min(width, 358) / float(drawing["viewbox"].split()[2])
        sizes = [scale * float(text["font-size"]) for text in drawing.select("text")]
        assert min(sizes) >= 10.9


def test_each_stop_comes_to_its_output():
    y = corr2d(X, K).flatten().tolist()
    assert results(ALL["stops"]) == [short(value) for value in y]
    windows = [marked(drawing) for drawing in soup(ALL["stops"]).select("svg")]
    assert len(windows) == len(y) and len(set(map(tuple, windows))) == len(y)
    assert {len(cells) for cells in windows} == {K.numel()}


def test_what_is_said_of_a_stop_is_its_sum():
    first = ALL["stops"].alt.split(": ")[1].split("; ")[0]
    assert first == "0·1 + 1·(−2) + 4·0 + 5·3 = 13"


def test_two_lists_come_to_their_convolution():
    y = np.convolve([1, 2, 3], [4, 5, 6])
    assert results(ALL["convolution_1d"]) == [str(value) for value in y]


def test_numbers_that_are_multiplied_face_each_other():
    for drawing in soup(ALL["convolution_1d"]).select("svg"):
        above = [x for x, y in marked(drawing) if y == 0]
        below = [x for x, y in marked(drawing) if y > 0]
        assert above and sorted(above) == sorted(below)


def test_the_mark_goes_with_the_first_weight():
    grids = soup(ALL["turn"]).select("svg")
    shown = [[text.get_text() for text in grid.select("text")] for grid in grids]
    turned = [K, K.flip(1), K.rot90(2)]
    assert shown == [[short(v) for v in k.flatten().tolist()] for k in turned]
    at = [[(x / 34, y / 34) for x, y in marked(grid)] for grid in grids]
    assert at == [[(0, 0)], [(1, 0)], [(1, 1)]]


@pytest.mark.parametrize("k", [2, 3])
def test_the_funnel_is_as_wide_as_autograd_says(k):
    x = torch.ones(9, 9, requires_grad=True)
    ones = torch.ones(k, k)
    corr2d(corr2d(x, ones), ones)[1, 1].backward()
    field = int((x.grad != 0).sum())
    (drawing,) = soup(drawings.two_layers(k)).select("svg")
    assert len(marked(drawing)) == field + k * k + 1
    assert f"input: {2 * k - 1}×{2 * k - 1}" in drawing.get_text()


@pytest.mark.parametrize(
    ("n", "k", "stride", "padding"),
    [(8, 3, 2, 1), (5, 2, 3, 0), (6, 3, 2, 0), (5, 3, 1, 1), (7, 2, 5, 3)],
)
def test_the_ruler_stops_where_pytorch_does_and_dashes_what_it_never_reads(n, k, stride, padding):
    row = torch.zeros(1, 1, n + 2 * padding, requires_grad=True)
    y = F.conv1d(row, torch.ones(1, 1, k), stride=stride)
    y.sum().backward()
    unread = (row.grad[0, 0] == 0).nonzero().flatten().tolist()
    picture = drawings.ruler(n, k, stride, padding)
    drawing = soup(picture).svg
    words = [text.get_text() for text in drawing.select("text")]
    assert [w for w in words if w.startswith("stop")] == [f"stop {i}" for i in range(y.numel())]
    assert words.count(f"+{stride}") == y.numel()  # one leads to the stop that has no room
    assert f"{y.numel()} stops" in picture.html()
    dashed = [float(each["x"]) // 34 for each in drawing.select("rect[stroke-dasharray][y='2']")]
    assert dashed == unread
    assert [int(at) for at in re.findall(r"\d+", picture.alt.partition("no stop:")[2])] == unread
    hatches = [path["d"] for path in drawing.select("path[stroke-opacity='0.35']")]
    hatched = [float(path[1:].split()[0]) // 34 for path in hatches]
    assert hatched == [*range(padding), *range(n + padding, n + 2 * padding)]
    assert {path.count("M") for path in hatches} <= {5}


def test_the_ruler_refuses_a_window_that_does_not_fit():
    with pytest.raises(ValueError, match="does not fit into 2"):
        drawings.ruler(2, 3)


def test_four_branches_say_the_maps_that_the_block_makes():
    block = Inception(192, (64, 96, 128, 16, 32, 32), large=5)
    made = [m.out_channels for m in block.modules() if isinstance(m, nn.Conv2d)]
    words = [text.get_text() for text in soup(ALL["four_branches"]).select("text")]
    assert words[0] == "192 maps in" and words[-1] == "64 + 128 + 32 + 32 = 256 maps out"
    windows = {"1×1", "3×3", "5×5", "max 3×3"}
    boxes = [
        (window, int(maps.removesuffix(" maps")))
        for window, maps in itertools.pairwise(words[1:-1])
        if window in windows
    ]
    assert [maps for window, maps in boxes if window != "max 3×3"] == made
    assert ("max 3×3", 192) in boxes
    assert block(torch.zeros(1, 192, 4, 4)).shape[1] == 256


def test_a_dense_layer_has_a_line_for_each_weight_and_numbers_for_those_of_one_output():
    picture = soup(ALL["dense_layer"])
    assert len(picture.select("path")) == W.numel()
    assert len(picture.select("path[stroke-width]")) == W.shape[1]
    texts = [text.get_text() for text in picture.select("text")]
    assert texts == ["3", "2", "−1", "1", "2", "0", "1", "3", "8", "9", "4"]
    assert picture.b.get_text() == "3·2 + 2·0 + (−1)·1 + 1·3 + 1 = 9"
