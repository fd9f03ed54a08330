"""Normalisation in the browser is PyTorch's; Python and the page draw the same batches."""

from random import Random

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from book_utils.explorables import NormaliseLab, NormsLab, RunningLab

from .front_end import Refused, evaluate, to_tensor

NORMS = ("batch", "layer", "instance", "group")
EPSILONS = (1e-12, 1e-5, 1e-3, 0.5, 10)
MOMENTA = (0, 0.01, 0.1, 0.5, 1, None)


class Case:
    """Four batches, a norm and its settings; some have sizes of one, some PyTorch refuses."""

    def __init__(self, seed):
        rng, g = Random(seed), torch.Generator().manual_seed(seed)
        self.norm, self.channels = rng.choice(NORMS), rng.choice((1, 1, 2, 3, 4, 6, 8))
        n, (h, w) = rng.choice((1, 1, 2, 5)), rng.choice(((1, 1), (1, 1), (1, 3), (2, 2), (3, 2)))
        self.shape = (n, self.channels, h, w)
        self.groups = rng.randint(1, 8)
        self.training = rng.random() < 0.6
        self.eps, self.momentum = rng.choice(EPSILONS), rng.choice(MOMENTA)
        draw = torch.randint(-9, 10, (4, *self.shape), generator=g).double()
        scale = rng.choice((1, 1, 1e-3, 1000)) if self.eps > 1e-12 else 1
        self.batches = draw * scale + rng.choice((0, 0, 100))
        if rng.random() < 0.1:
            self.batches[:, :, 0] = 5  # a constant channel
        self.gamma, self.beta = torch.randn(2, self.channels, generator=g, dtype=torch.double)

    def layer(self):
        """PyTorch's layer, or the ValueError with which it refuses."""
        if self.norm == "batch":
            return nn.BatchNorm2d(self.channels, eps=self.eps, momentum=self.momentum)
        if self.norm == "layer":
            return nn.LayerNorm(list(self.shape[1:]), eps=self.eps)
        if self.norm == "instance":
            return nn.InstanceNorm2d(self.channels, eps=self.eps, affine=True)
        return nn.GroupNorm(self.groups, self.channels, eps=self.eps)

    def torch(self):
        """The output for the last batch, and the layer; in training it has seen the others."""
        layer = self.layer().double().requires_grad_(False)
        each = (self.channels, *[1] * (layer.weight.ndim - 1))
        layer.weight.copy_(self.gamma.reshape(each))
        layer.bias.copy_(self.beta.reshape(each))
        *earlier, last = self.batches
        for batch in earlier:
            if batch.numel() > self.channels or self.norm != "batch":
                layer(batch)
        return layer.train(self.training)(last), layer


def front_end(cases):
    """What the front end makes of the same cases, in one call."""
    calls = []
    for case in cases:
        settings = {"norm": case.norm, "groups": case.groups, "training": case.training}
        affine = {"eps": case.eps, "gamma": case.gamma.tolist(), "beta": case.beta.tolist()}
        calls.append(["norm", list(case.batches), settings | affine | {"momentum": case.momentum}])
    return evaluate(calls)


@pytest.fixture(scope="module")
def cases():
    return [Case(seed) for seed in range(600)]


def split(cases):
    """Cases that PyTorch accepts, with output and layer; and those it refuses, with its words."""
    accepted, refused = [], []
    for case in cases:
        try:
            accepted.append((case, *case.torch()))
        except ValueError as error:
            refused.append((case, str(error)))
    return accepted, refused


def numbers(values):
    """Read numbers; JSON carries NaN and infinities as strings."""
    return torch.tensor([float(v) for v in values], dtype=torch.double)


def test_outputs_and_running_averages_agree(cases):
    accepted, _ = split(cases)
    assert len(accepted) > 350 and {case.norm for case, *_ in accepted} == set(NORMS)
    answers = front_end([case for case, *_ in accepted])
    for (case, wanted, layer), answer in zip(accepted, answers, strict=True):
        assert answer["refused"] == ""
        assert_close(to_tensor(answer["y"]), wanted, rtol=1e-7, atol=1e-6)
        if case.norm == "batch":
            now = answer["runs"][-1 if case.training else -2]  # evaluation moves nothing
            assert_close(numbers(now["mean"]), layer.running_mean)
            assert_close(numbers(now["variance"]), layer.running_var)


def test_what_pytorch_refuses_is_refused(cases):
    _, refused = split(cases)
    assert len(refused) > 60
    answers = front_end([case for case, _ in refused])
    for (case, words), answer in zip(refused, answers, strict=True):
        if isinstance(answer, Refused):
            assert case.norm == "group" and case.channels % case.groups
            assert f"does not divide {case.channels} channels" in answer.message
        else:
            assert answer["refused"] and words.startswith(answer["refused"])


def test_variances_over_n_and_over_one_less(cases):
    some = [case for case in cases if case.norm == "batch"]
    for case, answer in zip(some, front_end(some), strict=True):
        channels = case.batches[0].transpose(0, 1).flatten(1)
        found = {name: numbers(values) for name, values in answer["stats"][0].items()}
        assert_close(found["mean"], channels.mean(1))
        assert_close(found["variance"], channels.var(1, correction=0))
        if channels.shape[1] > 1:
            assert_close(found["unbiased"], channels.var(1))
        else:
            assert found["unbiased"].isnan().all()


@pytest.mark.parametrize("bad", [0, -1, 3, 1.5, None])
def test_groups_that_do_not_share_out_the_channels(bad):
    answer = evaluate([["sharing", [2, 4, 1, 1], "group", bad]])[0]
    assert isinstance(answer, Refused) and "use one of 1, 2, 4" in answer.message
    assert evaluate([["divisors", 6]]) == [[1, 2, 3, 6]]


def test_an_unknown_norm_is_refused():
    assert "use one of batch, layer" in evaluate([["sharing", [1, 1, 1, 1], "weight"]])[0].message


def test_a_batch_that_is_refused_moves_nothing():
    lab = RunningLab([[[[7]], [[2]]]], training=False, seen=5)
    settings = {"norm": "batch", "training": True, "momentum": 0.1, "eps": lab.eps}
    answer = evaluate([["norm", [lab.block] * 3, settings]])[0]
    assert answer["refused"] == "Expected more than 1 value per channel when training"
    for run in answer["runs"]:
        assert run == {"mean": [0, 0], "variance": [1, 1]}
    assert lab.module.running_mean.tolist() == [0, 0] and lab.module.running_var.tolist() == [1, 1]
    assert_close(lab.output, F.batch_norm(lab.block, torch.zeros(2), torch.ones(2)))


@pytest.mark.parametrize("shape", [(3, 4, 2, 2), (1, 1, 1, 1), (8, 8, 1, 2), (2, 7, 3, 3)])
def test_the_stream_is_the_same_on_both_sides(shape):
    g = torch.Generator().manual_seed(sum(shape))
    population = torch.randn((5, shape[1], 2, 3), generator=g, dtype=torch.double).round(decimals=3)
    for seed, batch in ((0, 1), (0, 2), (1, 2), (2**31 - 1, 120)):
        lab = RunningLab(torch.zeros(shape), population=population, seed=seed)
        found = to_tensor(evaluate([["drawBatch", population, seed, batch, shape]])[0])
        wanted = torch.zeros(shape) if batch == 1 else lab.drawn(batch)
        if batch > 1:
            assert_close(found.float(), wanted)
        for c in range(shape[1]):
            assert set(found[:, c].flatten().tolist()) <= set(population[:, c].flatten().tolist())


def test_a_smaller_batch_is_part_of_a_larger_one():
    population = torch.arange(40.0).reshape(5, 2, 2, 2)
    large, small = evaluate(
        [
            ["drawBatch", population, 3, 7, [8, 2, 3, 3]],
            ["drawBatch", population, 3, 7, [2, 2, 1, 2]],
        ]
    )
    assert_close(to_tensor(large)[:2, :, :1, :2], to_tensor(small))


def test_the_stream_is_uniform():
    """Each of the numbers comes as often as the others, and neighbours are unrelated."""
    population = torch.arange(4.0).reshape(1, 1, 2, 2)
    lab = RunningLab(torch.zeros(8, 1, 3, 3), population=population)
    cells = torch.stack([lab.drawn(batch) for batch in range(2, 121)]).flatten()
    counts = torch.bincount(cells.long(), minlength=4)
    assert (counts / len(cells) - 0.25).abs().max() < 0.02
    assert abs(torch.corrcoef(torch.stack([cells[:-1], cells[1:]]))[0, 1]) < 0.03


@pytest.fixture
def doubles():
    """Double precision in PyTorch, as the page has it."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.double)
    yield
    torch.set_default_dtype(before)


def settings_of(lab, *names):
    usual = {"norm": "batch", "training": True, "momentum": None}
    return usual | {name: getattr(lab, name) for name in names}


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("training", [True, False])
def test_the_norms_of_a_block_in_python_and_on_the_page_agree(doubles, norm, training):
    population = torch.arange(48.0).reshape(3, 4, 2, 2) % 7
    lab = NormsLab(population=population, norm=norm, training=training, gamma=1.5, beta=-1)
    names = ("norm", "groups", "training", "eps", "gamma", "beta")
    batches = [population, lab.block]
    answer = evaluate([["norm", batches, settings_of(lab, *names)]])[0]
    assert_close(to_tensor(answer["y"]), lab.output)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("momentum", [0, 0.1, 1, None])
def test_the_running_averages_in_python_and_on_the_page_agree(doubles, training, momentum):
    lab = RunningLab(training=training, seen=9, batch=40, momentum=momentum)
    batches = [lab.drawn(i) for i in range(1, lab.seen + 1)] + ([] if training else [lab.block])
    answer = evaluate([["norm", batches, settings_of(lab, "training", "momentum", "eps")]])[0]
    assert_close(to_tensor(answer["y"]), lab.output)
    now = answer["runs"][lab.seen]
    assert_close(numbers(now["mean"]), lab.module.running_mean)
    assert_close(numbers(now["variance"]), lab.module.running_var)


def test_each_channel_has_its_own_gamma_and_beta(doubles):
    lab = NormaliseLab(gamma=[2, -0.5], beta=[1, 3], eps=0.5)
    x = torch.tensor(lab.input, dtype=torch.double)
    answer = evaluate([["norm", [x], settings_of(lab, "eps", "gamma", "beta")]])[0]
    assert_close(to_tensor(answer["y"]), lab.output)
