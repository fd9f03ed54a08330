"""The network of the learning lab learns on a page as PyTorch does."""

import base64
from itertools import islice

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from book_utils.explorables.learning.course import Course
from book_utils.explorables.parts import chance
from book_utils.explorables.parts.bundled_digits import LEVELS, digits
from book_utils.explorables.parts.training_run import network
from tests import SEED
from tests.parity.front_end import evaluate

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)  # stops of the slider
NAMES = ("conv.weight", "conv.bias", "dense.weight", "dense.bias")


def problem(seed, n=40):
    """A network in double precision, images of any grey, and labels."""
    g = torch.Generator().manual_seed(SEED + seed)
    model = network(chance.random_from(SEED + seed)).double()
    with torch.no_grad():
        for name in ("conv.bias", "dense.bias"):
            bias = model.get_parameter(name)
            bias.copy_(torch.randn(bias.shape, generator=g) / 10)
    images = torch.rand(n, 1, 28, 28, generator=g, dtype=torch.float64)
    images *= torch.rand(images.shape, generator=g) < 0.3  # most pixels of a digit are black
    return model, images, torch.randint(10, (n,), generator=g), g


def batches_of(size, steps, n, g):
    return [torch.randperm(n, generator=g)[:size].tolist() for _ in range(steps)]


def flat(values):
    return torch.cat([each.detach().flatten() for each in values])


def by_torch(model, images, labels, rate, batches):
    """The losses, weights and last gradients of plain gradient descent."""
    losses = []
    for batch in batches:
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        slopes = torch.autograd.grad(loss, list(model.parameters()))
        losses.append(loss.item())
        with torch.no_grad():
            for weights, slope in zip(model.parameters(), slopes, strict=True):
                weights -= rate * slope
    return torch.tensor(losses, dtype=torch.float64), flat(model.parameters()), flat(slopes)


def compared(settings, steps):
    """What page and PyTorch make of the same: pairs of (losses, weights, gradients)."""
    problems = []
    for seed, (rate, size) in enumerate(settings):
        model, images, labels, g = problem(seed)
        batches = batches_of(size, steps, len(images), g)
        problems.append((model, images, labels, rate, batches))
    found = evaluate(
        [
            ("descended", flat(m.parameters()).tolist(), x, y.tolist(), {"rate": r, "batches": b})
            for m, x, y, r, b in problems
        ]
    )
    for given, page in zip(problems, found, strict=True):
        ours = [page["losses"]]
        ours += [sum((page[what][name] for name in NAMES), []) for what in ("weights", "gradients")]
        yield [torch.tensor(each, dtype=torch.float64) for each in ours], by_torch(*given)


def close(ours, theirs, rtol):
    for one, other in zip(ours, theirs, strict=True):
        assert_close(one, other, rtol=rtol, atol=rtol * float(other.abs().max()))


@pytest.mark.parametrize("size", [1, 7, 32])
def test_one_step_is_pytorchs_at_every_rate(size):
    for ours, theirs in compared([(rate, size) for rate in RATES], steps=1):
        for one, other in zip(ours, theirs, strict=True):
            assert_close(one, other, rtol=1e-5, atol=1e-12)


def test_twenty_steps_are_pytorchs():
    for ours, theirs in compared([(rate, 8) for rate in RATES if rate <= 0.5], steps=20):
        close(ours, theirs, rtol=1e-3)


def test_chance_is_the_same_in_both():
    for seed in (0, 1, SEED + 5, 2**32 - 1):
        even, normal, order = evaluate(
            [("randoms", seed, 200), ("normalsOf", seed, 200), ("shuffledOf", seed, 200)]
        )
        assert even == list(islice(chance.random_from(seed), 200))
        assert normal == pytest.approx(chance.normals(200, 2, chance.random_from(seed)), rel=1e-12)
        assert order == chance.shuffled(200, chance.random_from(seed))
        assert sorted(order) == list(range(200)) != order


def test_a_seed_gives_the_run_that_it_gives_in_pytorch():
    """The initial weights, the order of the digits, and twenty steps on them."""
    images, *_ = digits()
    levels = images.mul(LEVELS - 1).round().byte().numpy().tobytes()
    text = base64.b64encode(levels).decode("ascii")
    settings = {"steps": 20, "batch": 100, "rate": 0.2}  # over more than one epoch
    course = Course(2)
    first = [flat(run.model.parameters()) for run in course.runs]
    pages = evaluate([("trainingRun", seed, text, LEVELS, settings) for seed in (0, 1)])
    for _ in range(20):
        course.take_step(settings["batch"], settings["rate"])
    for page, weights, run in zip(pages, first, course.runs, strict=True):
        ours = torch.tensor(sum((page["first"][name] for name in NAMES), []))
        assert_close(ours, weights)
        losses = [step["loss"] for step in page["taken"]]
        assert losses == pytest.approx(run.losses, rel=1e-3)
        with torch.no_grad():
            right = (run.model(images).argmax(1) == digits()[1]).double().mean().item()
        assert page["accuracy"] == pytest.approx(right, abs=0.002)  # some are on the edge


def test_a_network_that_is_dead_is_found_to_be():
    images, labels, *_ = digits()
    text = base64.b64encode(images[:50].mul(LEVELS - 1).round().byte().numpy().tobytes())
    settings = {"steps": 12, "batch": 10, "rate": 5}
    (page,) = evaluate([("trainingRun", 0, text.decode("ascii"), LEVELS, settings)])
    assert not page["taken"][0]["isDead"] and page["taken"][-1]["isDead"]
