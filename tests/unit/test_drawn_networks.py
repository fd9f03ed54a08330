"""Drawings of networks: what they show is what the models have and what autograd finds."""

import re

import pytest
import torch
import torch.nn.functional as F
from bs4 import BeautifulSoup
from torch import nn

from book_utils import drawn_networks
from book_utils.models import Residual, resnet18
from book_utils.models.resnet import Bottleneck, resnet50
from book_utils.numbers import short, thousands

with torch.device("meta"):
    NETWORK, IMAGE = resnet18(), torch.empty(1, 3, 224, 224)
BASIC, BOTTLENECK = Residual(256, 256), Bottleneck(256, 64)
ROUTES = (1.0, [(0.5, -0.4), (2.0, 0.25)])
SIDES = {"n": 3, "c": 4, "places": 4}
ALL = {
    "network": drawn_networks.network(NETWORK, IMAGE),
    "two_blocks": drawn_networks.two_blocks(BASIC, BOTTLENECK, 14),
    "gradient_routes": drawn_networks.gradient_routes(*ROUTES),
    "four_norms": drawn_networks.four_norms(**SIDES),
}


def soup(picture):
    return BeautifulSoup(picture.html(), "html.parser")


def texts(drawing):
    return [text.get_text() for text in drawing.select("text")]


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("name", ALL)
def test_a_drawing_follows_the_page_and_fits_a_phone(name):
    picture = soup(ALL[name])
    assert picture.find(role="img")["aria-label"] == ALL[name].alt
    assert "currentColor" in str(picture) and "var(--cnl-accent" in str(picture)
    for drawing in picture.select("svg"):
        width = float(
            re.search(r"(?:^|[; ])width: ([\d.]+)px", drawing.get("style", "width: 0px"))[1]
        )
        scale = min(width, 358) / float(drawing["viewbox"].split()[2])
        sizes = [scale * float(text["font-size"]) for text in drawing.select("text")]
        assert min(sizes, default=12) >= 11.9


def test_the_network_says_the_shapes_and_counts_of_the_model():
    shown, x = texts(soup(ALL["network"])), IMAGE
    shapes = []
    for layer in NETWORK:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    blocks = [i for i, layer in enumerate(NETWORK) if isinstance(layer, Residual)]
    assert len(blocks) == 8
    for stage in range(4):
        first, second = blocks[2 * stage : 2 * stage + 2]
        c, h, w = shapes[second]
        assert f"stage {stage + 1}: {c} of {h}×{w}" in shown
        both = count(NETWORK[first]) + count(NETWORK[second])
        assert f"{thousands(both)} parameters" in shown
    words = soup(ALL["network"]).get_text(" ")
    assert "1 + 2·8 + 1 = 18 layers" in words and "11,689,512 parameters" in words
    counts = [int(text.split()[0].replace(",", "")) for text in shown if "parameters" in text]
    assert counts[0] == 9_536 and sum(counts) == 11_689_512


def test_the_squares_have_the_sides_of_the_maps():
    filled = soup(ALL["network"]).select("rect[fill]")
    sides = [float(square["width"]) for square in filled]
    assert [side / sides[0] for side in sides] == pytest.approx([1, 28 / 56, 14 / 56, 7 / 56])


def test_shortcuts_that_are_convolutions_are_dashed():
    drawing = soup(ALL["network"]).svg
    ways = drawing.select('path[stroke-width="2.5"]')
    assert len(ways) == 8
    dashed = [way.has_attr("stroke-dasharray") for way in ways]
    blocks = [layer for layer in NETWORK if isinstance(layer, Residual)]
    assert dashed == [not isinstance(block.s, nn.Identity) for block in blocks]
    assert "around 3, 5 and 7 of 8" in ALL["network"].alt


def test_a_deeper_network_is_drawn_too():
    with torch.device("meta"):
        picture = drawn_networks.network(resnet50(), IMAGE)
    words = soup(picture).get_text(" ")
    assert "1 + 3·16 + 1 = 50 layers" in words and "25,557,032 parameters" in words
    # its first stage widens the maps, so it begins with a convolution around the block, too
    assert "around 1, 4, 8 and 14 of 16" in picture.alt


def test_the_blocks_say_the_weights_of_their_convolutions():
    parts = soup(ALL["two_blocks"]).div.find_all("div")
    for part, block in zip(parts, (BASIC, BOTTLENECK), strict=True):
        convolutions = [layer for layer in block.f if isinstance(layer, nn.Conv2d)]
        assert part.b.get_text() == thousands(sum(layer.weight.numel() for layer in convolutions))
        shown = [words for words in texts(part) if "→" in words]
        assert [int(words.split()[1]) for words in shown] == [c.in_channels for c in convolutions]
        assert [int(words.split()[-1]) for words in shown] == [c.out_channels for c in convolutions]
        x = block(torch.zeros(1, 256, 14, 14))
        assert texts(part)[-1] == "×".join(map(str, x.shape[1:]))


def test_a_block_that_halves_the_maps_says_so():
    picture = drawn_networks.two_blocks(Residual(64, 128, stride=2), Bottleneck(64, 64), 56)
    basic, bottleneck = soup(picture).div.find_all("div")
    assert texts(basic)[-1] == "128×28×28" and texts(bottleneck)[-1] == "256×56×56"
    assert all(
        part.select('path[stroke-width="2.5"][stroke-dasharray]') for part in (basic, bottleneck)
    )


def test_the_routes_add_up_to_what_autograd_finds():
    x, weights = ROUTES
    start = y = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    for w, v in weights:
        y = F.relu(y + v * F.relu(w * y))
    slope = torch.autograd.grad(y, start)[0].item()
    shown = texts(soup(ALL["gradient_routes"]))
    products = [words.split(" = ")[1] for words in shown if "·" in words]
    assert len(products) == 2 ** len(weights)
    assert sum(float(p.replace("−", "-")) for p in products) == pytest.approx(slope)
    assert f"sum: {short(slope)}" in shown


def test_each_route_goes_through_its_own_blocks():
    drawing = soup(ALL["gradient_routes"]).svg
    boxes = [(float(box["x"]), float(box["y"])) for box in drawing.select("rect")]
    rows = {y: {x for x, other in boxes if other == y} for _, y in boxes}
    assert sorted(map(len, rows.values())) == [1, 1, 2]  # the fourth route meets no branch
    assert len(set(map(frozenset, rows.values()))) == 3


def test_no_route_leads_through_a_closed_relu():
    with pytest.raises(ValueError, match="block 2 adds up to -1: its last ReLU is closed"):
        drawn_networks.gradient_routes(1.0, [(1.0, 0.0), (1.0, -2.0)])


NORMS = {
    "batch": nn.BatchNorm1d(4, affine=False),
    "layer": nn.GroupNorm(1, 4, affine=False),
    "instance": nn.InstanceNorm1d(4),
    "group": nn.GroupNorm(2, 4, affine=False),
}


@pytest.mark.parametrize("at", range(4))
def test_what_is_marked_is_what_pytorch_normalises_together(at):
    name = list(NORMS)[at]
    x = torch.rand(3, 4, 4, dtype=torch.float64, requires_grad=True)
    y = NORMS[name].double()(x)[0, -1, 0]
    together = torch.autograd.grad(y, x)[0].abs() > 1e-9
    marked = set(drawn_networks.sharing_a_mean(name, (3, 4, 4), 2))
    assert marked == {tuple(cell) for cell in together.nonzero().tolist()}
    part = soup(ALL["four_norms"]).div.find_all("div")[at]
    assert part.b.get_text() == name
    assert f"{int(together.sum())} numbers share a mean" in part.get_text()
    # of the cells on the three faces that are seen
    front, top, right = together[0].sum(), together[:, :, 0].sum(), together[:, -1].sum()
    assert len(part.select("path[fill]")) == front + top + right
