"""What the teach lab learns on a page is what PyTorch learns from the same examples."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from book_utils.explorables import TeachLab
from book_utils.explorables.parts.pictures import pack, unpack
from book_utils.explorables.parts.shipped import shipped
from book_utils.explorables.teach import signs
from book_utils.explorables.teach.lab import KINDS
from book_utils.explorables.teach.regression import PENALTY, fitted
from tests import SEED
from tests.parity.front_end import Refused, evaluate


def minimised(x, labels):
    """The same layer by PyTorch's own optimiser, in double precision."""
    last = nn.Linear(x.shape[1], 2).double()
    optimizer = torch.optim.LBFGS(
        last.parameters(), max_iter=5000, max_eval=20000, tolerance_grad=1e-12,
        tolerance_change=0, history_size=50, line_search_fn="strong_wolfe",
    )  # fmt: skip

    def loss():
        optimizer.zero_grad()
        penalty = sum(weight.square().sum() for weight in last.parameters())
        loss = F.cross_entropy(last(x), labels) + PENALTY / 2 * penalty
        loss.backward()
        return loss

    optimizer.step(loss)
    return last.weight.detach(), last.bias.detach()


def problem(seed):
    """Rows of length 1, some alike, and labels that may have nothing to do with them."""
    g = torch.Generator().manual_seed(SEED + seed)
    n, d = (int(torch.randint(2, high, (1,), generator=g)) for high in (41, 30))
    x = torch.rand(n, d, generator=g, dtype=torch.float64)
    if seed % 3 == 0:
        x = 1 + x / 100  # hardly to be told apart
    labels = torch.randint(2, (n,), generator=g)
    labels[:2] = torch.tensor([0, 1])
    return F.normalize(x, dim=1), labels


def test_the_last_layer_is_where_pytorchs_optimiser_ends():
    problems = [problem(seed) for seed in range(20)]
    found = evaluate([("lastLayer", x.tolist(), y.tolist()) for x, y in problems])
    for (x, labels), page in zip(problems, found, strict=True):
        theirs = minimised(x, labels)
        ours = [torch.tensor(page[name], dtype=torch.float64) for name in ("weight", "bias")]
        for one, other, twin in zip(ours, theirs, fitted(x, labels), strict=True):
            assert_close(one, other, rtol=1e-5, atol=1e-5)
            assert_close(twin.double(), other, rtol=1e-5, atol=1e-5)


def test_examples_of_one_class_alone_are_refused_by_both():
    x, _ = problem(1)
    labels = torch.ones(len(x), dtype=torch.long)
    (page,) = evaluate([("lastLayer", x.tolist(), labels.tolist())])
    assert isinstance(page, Refused) and "examples of both" in page.message
    with pytest.raises(ValueError, match="examples of both"):
        fitted(x, labels)


def some(pair, *of):
    """Pictures of ready signs beyond those that are taught, as if a reader had drawn them."""
    return [[sign, pack(signs.ready(pair)[sign, i])] for sign, i in of]


CASES = [
    {"signs": "letters", "ready": 5, "layer": "dense"},
    {"signs": "letters", "ready": 1, "layer": "conv"},
    {"signs": "arrows", "ready": 2, "layer": "dense"},
    {"signs": "faces", "ready": 10, "layer": "dense"},
    {"signs": "faces", "ready": 3, "layer": "conv"},
    {"signs": "letters", "ready": 2, "drawn": some("letters", (1, 12), (1, 13), (0, 14))},
    {"signs": "own", "drawn": some("arrows", (0, 1), (0, 2), (1, 3), (1, 4), (0, 5))},
    {"signs": "own", "drawn": some("faces", (0, 1), (1, 1))},
    {"signs": "own", "drawn": some("faces", (1, 1), (1, 2))},
    {"signs": "own"},
]


def numbers(values):
    return torch.tensor([float("nan") if v is None else v for v in values])


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case.values()))[:24])
def test_all_that_the_page_knows_is_what_pytorch_finds(case):
    drawn = case.get("drawn", [])
    lab = TeachLab(**case | {"drawn": {case["signs"]: drawn}})
    settings = {"signs": lab.signs, "ready": lab.ready, "layer": lab.layer}
    (page,) = evaluate([("taught", shipped()["layers"], lab.pairs, settings, drawn)])
    for kind, found in zip(KINDS, page, strict=True):
        theirs = lab.features(kind)
        ours = torch.tensor(found["features"]).reshape(theirs.shape)
        assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
        for name in ("left_out", "further"):
            ours = numbers(found["leftOut" if name == "left_out" else name])
            theirs = getattr(lab, name)(kind).reshape(ours.shape)
            assert_close(ours, theirs, rtol=0, atol=2e-4, equal_nan=True)
        if found["second"] is not None:
            theirs = lab.classifier(kind)(lab.input[None, None]).softmax(1)[0, 1]
            assert abs(found["second"] - float(theirs)) < 2e-4
        else:
            assert len(set(lab.examples[1].tolist())) < 2


def test_the_page_unpacks_the_ready_signs_that_python_has():
    for pair, packed in signs.packed().items():
        calls = [("lengthen", text, 784) for each in packed["pictures"] for text in each]
        found = torch.tensor(evaluate(calls)) / 255
        assert_close(found.reshape(2, signs.COUNT, 28, 28).float(), signs.ready(pair))


def test_a_ready_sign_is_scaled_and_centred_as_a_drawn_one_is():
    """Its strokes go through parts/digit.ts too."""
    random = signs.random_from(SEED)
    strokes = [
        [stroke.tolist() for stroke in signs._varied(sign, random)]
        for pair in signs.PAIRS.values()
        for sign in pair.values()
    ]
    found = evaluate([("normaliseStrokes", each, 0) for each in strokes])
    for page, each in zip(found, strokes, strict=True):
        ours = torch.tensor(page)
        theirs = torch.from_numpy(signs._drawn([torch.tensor(s).double().numpy() for s in each]))
        assert_close(ours, theirs.float(), rtol=0, atol=1.01 / 255)
        assert unpack(pack(ours))[0].equal(ours.mul(255).round() / 255)
