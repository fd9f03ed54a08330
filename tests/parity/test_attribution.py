"""The attribution lab shows what PyTorch makes of the same settings."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from book_utils.attribution import rank_correlation
from book_utils.explorables import AttributionLab
from book_utils.explorables.parts.pictures import pack
from book_utils.explorables.parts.shipped import gallery, shipped, trained_network
from tests import SEED
from tests.parity.front_end import Refused, evaluate, to_tensor


def compare(labs):
    """Each lab's maps, square, scores and likeness, as the page has them and as PyTorch does."""
    found = evaluate(
        [
            (
                "attributionLab",
                shipped()["layers"],
                lab.seed,
                pack(lab.input[0, 0]),
                lab.get_state(["method", "size", "fill", "at"]) | {"target": lab.asked},
            )
            for lab in labs
        ]
    )
    for lab, page in zip(labs, found, strict=True):
        name = repr(lab) + ": {}"
        for ours, theirs in zip(page["maps"], (lab.output, lab.random_output), strict=True):
            assert_close(to_tensor(ours), theirs.double(), rtol=1e-4, atol=1e-4, msg=name.format)
        assert page["corner"] == list(lab.corner)
        scores = trained_network()(lab.covered)[0].double()
        assert_close(to_tensor(page["covered"]), scores, rtol=1e-4, atol=1e-4, msg=name.format)
        alike = float(page["alike"])
        assert alike == pytest.approx(lab.alike, abs=2e-3, nan_ok=True), repr(lab)
        i, j = lab.corner if lab.method == "occlusion" else lab.at
        value = [m[i, j].item() for m in (lab.output, lab.random_output)]
        assert page["values"] == pytest.approx(value, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("method", ["saliency", "Grad-CAM"])
def test_gradients_of_every_picture_and_every_class(method):
    labs = [
        AttributionLab(picture=picture, method=method, target=str(target))
        for picture in range(len(gallery()[1]))
        for target in range(10)
    ]
    compare(labs)


def test_the_square_of_every_size_on_a_third_of_the_pictures():
    compare(
        [
            AttributionLab(
                picture=i, size=1 + n % 14, target=str(n % 10), fill=(n % 5) / 4, seed=n % 5
            )
            for n, i in enumerate(range(0, len(gallery()[1]), 3))
        ]
    )


def test_the_square_at_every_place():
    """Of each parity, at the edges and between: where it stands and what it does to the scores."""
    for size in (1, 6, 7, 14):
        labs = []
        for row in range(0, 28, 3):
            for column in (0, 1, 13, 26, 27):
                labs.append(AttributionLab(picture=21, size=size, at=[row, column]))
        calls = [("covered", lab.input, list(lab.corner), lab.size, lab.fill) for lab in labs]
        for lab, page in zip(labs, evaluate(calls), strict=True):
            assert_close(to_tensor(page), lab.covered.double(), rtol=0, atol=1e-9)


def test_drawings_and_nothing_drawn():
    g = torch.Generator().manual_seed(SEED)
    drawings = [torch.zeros(28, 28), torch.ones(28, 28), torch.rand(28, 28, generator=g)]
    compare(
        [
            AttributionLab(drawn=drawn, method=method, size=9, at=[0, 27])
            for drawn in drawings[1:]
            for method in ("occlusion", "saliency", "Grad-CAM")
        ]
    )
    compare([AttributionLab(drawn=drawings[0], method="occlusion")])


def test_bilinear_is_pytorchs():
    g = torch.Generator().manual_seed(SEED)
    cases = []
    for _ in range(40):
        h, w, *size = torch.randint(1, 30, (4,), generator=g).tolist()
        cases.append((torch.randn(h, w, generator=g, dtype=torch.float64), size))
    for (x, size), y in zip(cases, evaluate([["bilinear", x, s] for x, s in cases]), strict=True):
        theirs = F.interpolate(x[None, None], size, mode="bilinear", align_corners=False)[0, 0]
        assert_close(to_tensor(y), theirs)


def test_rank_correlations_with_and_without_ties():
    g = torch.Generator().manual_seed(SEED)
    cases = [(torch.randn(2, n, generator=g)) for n in (2, 3, 50, 784) for _ in range(5)]
    cases += [torch.randint(0, k, (2, n), generator=g).float() for k in (2, 5) for n in (40, 99)]
    calls = [["rankCorrelation", a.tolist(), b.tolist()] for a, b in cases]
    for (a, b), found in zip(cases, evaluate(calls), strict=True):
        assert found == pytest.approx(rank_correlation(a, b), abs=1e-9)
    flat = evaluate([["rankCorrelation", [1, 1, 1], [1, 2, 3]]])[0]
    assert flat == "NaN" and math.isnan(rank_correlation(torch.ones(3), torch.arange(3.0)))


def test_a_network_without_maps_is_refused():
    dense = {"name": "a", "kind": "linear", "weight": torch.ones(2, 4), "bias": [0, 0]}
    found = evaluate([["gradCam", [dense], torch.ones(4), 0]])[0]
    assert isinstance(found, Refused) and "a convolution with a ReLU" in found.message
