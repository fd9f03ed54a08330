"""The gradients that the backward lab shows against autograd, over all that its settings reach."""

from itertools import product

import pytest
import torch
from torch.testing import assert_close

from book_utils.explorables import BackwardLab
from tests import SEED
from tests.labs.states import Probe

from .front_end import Refused, evaluate

SLIDERS = ("stride", "padding", "dilation")
COUNT = 400  # settings drawn from all that a link may hold


def gradients(lab):
    """Return what PyTorch gives for the lab: δ, dW, dX and db, as the front end names them."""
    given = {"delta": lab.output_gradient, "dw": lab.weight_gradient, "dx": lab.input_gradient}
    return given | {"db": lab.bias_gradient}


def assert_alike(states):
    """Check the front end's answer to settings against a lab that is given them."""
    for state, answer in zip(states, evaluate([["backward", s] for s in states]), strict=True):
        for name, wanted in gradients(BackwardLab.from_state(state)).items():
            found = torch.tensor(answer[name], dtype=torch.float64)
            scale = max(1.0, float(wanted.abs().max()))
            torch.testing.assert_close(found / scale, wanted.double() / scale, rtol=0, atol=1e-6)


def test_every_end_of_every_slider():
    schema = BackwardLab().schema()
    ranges = {name: range(schema[name]["low"], schema[name]["slider"] + 1) for name in SLIDERS}
    states = []
    for n, k, *values in product(range(1, 7), range(1, 4), *ranges.values()):
        settings = dict(zip(SLIDERS, values, strict=True))
        span = settings["dilation"] * (k - 1) + 1
        if span > n + 2 * settings["padding"]:
            continue
        x, w = torch.arange(n * n).reshape(n, n) - 7, torch.arange(k * k).reshape(k, k) - 2
        lab = BackwardLab(x, w, [[2, -1], [0.5, 3]], **settings)
        states.append(Probe(lab).state)
    assert len(states) > 200
    assert_alike(states)


def test_whatever_a_link_may_hold():
    states = Probe(BackwardLab()).drawn(COUNT, SEED)
    assert len({str(state) for state in states}) == COUNT
    assert_alike(states)


def test_settings_that_do_not_go_together_are_refused():
    start = Probe(BackwardLab()).state
    wrong = [{"kernel": [[1] * 4]}, {"dilation": [3, 1]}, {"input": [[1]]}]
    answers = evaluate([["backward", start | change] for change in wrong])
    assert all(isinstance(answer, Refused) for answer in answers)


@pytest.mark.parametrize("state", Probe(BackwardLab(padding=1)).drawn(12, SEED))
def test_the_products_of_each_weight_and_pixel_add_up_to_its_gradient(state):
    lab = BackwardLab.from_state(state)
    for grid, gradient in (("dw", lab.weight_gradient), ("dx", lab.input_gradient)):
        cells = list(product(*map(range, gradient.shape)))
        answers = evaluate([["backwardTerms", state, grid, list(at)] for at in cells])
        sums = [sum(t["delta"] * t["factor"] for t in terms) for terms in answers]
        found = torch.tensor(sums, dtype=torch.float64).reshape(gradient.shape)
        scale = max(1.0, float(gradient.abs().max()))
        assert_close(found / scale, gradient.double() / scale, rtol=0, atol=1e-6)


def test_an_output_reaches_its_window_and_every_weight():
    state = Probe(BackwardLab(torch.zeros(5, 5), torch.ones(3, 3), stride=2)).state
    (terms,) = evaluate([["backwardTerms", state, "output", [2, 0]]])
    assert {tuple(t["output"]) for t in terms} == {(1, 0)}
    assert {tuple(t["read"]) for t in terms} == set(product((2, 3, 4), (0, 1, 2)))
    assert {tuple(t["tap"]) for t in terms} == set(product(range(3), repeat=2))
    assert evaluate([["backwardTerms", state, "output", [1, 0]]]) == [[]]  # a zero put in
