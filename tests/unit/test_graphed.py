"""The recorded step, with a stand-in that replays by calling it, and on a GPU if there is one."""

import gc
import random
import signal
import warnings
import weakref
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from book_utils import graphed
from book_utils.augment import Moved
from book_utils.data import fashion_mnist
from book_utils.graphed import WARM, Graphed, why_not
from book_utils.half import Half
from book_utils.models import small_resnet
from book_utils.schedules import one_cycle
from book_utils.train import fit
from tests.unit.stand_in import StandIn
from tests.unit.test_train import blobs, nan_at, same_weights

pytestmark = pytest.mark.usefixtures("interruptible")


def network():
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(1, 4, 2, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(36, 2)
    )


def sgd(model, **settings):
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, **settings)


def run(model, epochs=3, make=sgd, **settings):
    """Train on 60 images in batches of 16: three are whole, the last has 12."""
    settings = {"batch_size": 16, "device": "cpu", "plot": False} | settings
    optimizer = make(model)
    return fit(
        model, blobs(), blobs(20, seed=1), epochs, optimizer=optimizer, **settings
    ), optimizer


def same_curves(one, other):
    return all(getattr(one, name) == getattr(other, name) for name in ("train_loss", "test_loss"))


def test_a_recorded_run_is_the_run_itself_bit_for_bit(graphs):
    model, other = network(), network()
    recorded, optimizer = run(model)
    eager, its = run(other, graph=False)
    assert (recorded.graph, eager.graph) == ("recorded", "graph=False")
    assert StandIn.replays == 3 * 3 - WARM, "whole batches, but for those that warm up"
    assert same_curves(recorded, eager) and recorded.train_accuracy == eager.train_accuracy
    assert same_weights(model, other), "and running averages"
    for a, b in zip(optimizer.state.values(), its.state.values(), strict=True):
        assert torch.equal(a["momentum_buffer"], b["momentum_buffer"])
    assert repr(recorded).endswith("cpu · graph") and repr(eager).endswith("cpu")


def test_a_data_set_smaller_than_the_batch(graphs):
    model, other = network(), network()
    assert same_curves(
        run(model, 6, batch_size=64)[0], run(other, 6, batch_size=64, graph=False)[0]
    )
    assert StandIn.replays == 6 - WARM


def test_each_replay_reads_its_own_tensors_and_leaves_its_own_results(graphs):
    seen = []

    def step(x, y):
        seen.append(x)
        return x.sum(), y.sum()

    graph = Graphed(step, torch.device("cpu"))
    results = [graph(torch.full((4,), float(i)), torch.tensor([i])) for i in range(WARM + 3)]
    assert [(float(a), int(b)) for a, b in results] == [(4.0 * i, i) for i in range(WARM + 3)]
    assert len({each.data_ptr() for each in seen[-3:]}) == 1 and graph.said == "recorded"
    assert graph(torch.ones(2), torch.tensor([7])) == (2.0, 7), "another shape goes to the step"
    assert StandIn.replays == 3


def test_a_schedule_sets_the_rate_of_each_replay(graphs):
    """The fused optimizer, which can read its rate on the device, rounds in another way."""
    model, other = network(), network()
    recorded, optimizer = run(model, schedule=one_cycle)
    eager, _ = run(other, schedule=one_cycle, graph=False)
    assert recorded.graph == "recorded"
    assert recorded.train_loss == pytest.approx(eager.train_loss, rel=1e-5)
    assert_close(dict(model.named_parameters()), dict(other.named_parameters()))
    (group,) = optimizer.param_groups
    assert (group["lr"], group["fused"], group["foreach"]) == (0.1, None, None), "as it was given"


def test_groups_keep_their_own_rates(graphs):
    def make(model):
        groups = [{"params": model[0].parameters(), "lr": 0.0}, {"params": model[-1].parameters()}]
        return torch.optim.SGD(groups, lr=0.1)

    model, start = network(), network()
    run(model, make=make, schedule=one_cycle)
    assert torch.equal(model[0].weight, start[0].weight)
    assert not torch.equal(model[-1].weight, start[-1].weight)


def test_adam_is_recorded_where_it_says_that_it_can_be(graphs):
    def adam(model, **settings):
        return torch.optim.Adam(model.parameters(), **settings)

    assert run(network(), make=adam)[0].graph == "Adam was made without capturable=True"


class Unable(StandIn):
    def record(self, step, inputs):
        raise RuntimeError("operation not permitted when stream is capturing")


def test_a_recording_that_fails_costs_a_word_and_nothing_else(graphs, monkeypatch):
    monkeypatch.setattr(graphed, "Recorder", Unable)
    model, other = network(), network()
    with pytest.warns(UserWarning, match="given to the GPU by Python: recording failed, Runtime"):
        history, _ = run(model)
    assert history.graph == (
        "recording failed, RuntimeError: operation not permitted when stream is capturing"
    )
    assert same_curves(history, run(other, graph=False)[0]) and same_weights(model, other)
    assert repr(history).endswith("cpu")


@pytest.mark.parametrize("draw", [random.random, np.random.rand, partial(torch.rand, 1)])
def test_a_step_that_draws_on_the_cpu_is_not_recorded(graphs, draw):
    def loss(scores, labels):
        draw()
        return F.cross_entropy(scores, labels)

    assert run(network(), loss=loss)[0].graph == "the step draws random numbers on the CPU"
    assert StandIn.replays == 0


class Counts(nn.Module):
    """A layer as a reader may write it: what it remembers is new in each step."""

    def __init__(self, remembers):
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.remembers, self.steps, self.seen = remembers, 1000, None

    def forward(self, x):
        if self.remembers == "mean":
            self.mean = 0.9 * self.mean + 0.1 * x.detach().mean()
        if self.remembers == "in place":
            self.mean.lerp_(x.detach().mean(), 0.1)
        if self.remembers == "steps":
            self.steps += 1
        if self.remembers == "seen":
            self.seen = x.detach()
        return x


@pytest.mark.parametrize("remembers", ["mean", "steps", "seen", "in place"])
def test_a_layer_that_is_new_in_each_step_is_not_recorded(graphs, remembers):
    model, other = (nn.Sequential(Counts(remembers), network()) for _ in range(2))
    history, _ = run(model)
    assert (history.graph == "recorded") == (remembers == "in place")
    if remembers != "in place":
        assert history.graph.startswith("a layer sets an attribute anew in each step")
    assert same_curves(history, run(other, graph=False)[0]) and same_weights(model, other)


def test_a_step_that_waits_for_the_gpu_is_not_recorded(graphs):
    """PyTorch warns of it, if told to; other warnings of the step still arrive."""

    def loss(scores, labels):
        warnings.warn("called a synchronizing CUDA operation", stacklevel=1)
        warnings.warn("this loss is of yesterday", stacklevel=1)
        return F.cross_entropy(scores, labels)

    with pytest.warns() as said:
        history, _ = run(network(), 1, loss=loss)
    assert history.graph == "the step waits for the GPU, as .item() and copies from the CPU do"
    assert str(said[0].message) == "this loss is of yesterday"


def hooked(model):
    model[0].register_forward_hook(lambda layer, x, y: None)
    return model


class Own(torch.optim.SGD):
    """An optimizer whose step is the reader's."""


@pytest.mark.parametrize(
    ("model", "make", "steps", "reason"),
    [
        (network(), sgd, 100, ""),
        (network(), sgd, 99, "99 steps are too few to pay for it"),
        (hooked(network()), sgd, 100, "a layer has a hook"),
        (network(), lambda m: Own(m.parameters()), 100, "Own was made without capturable=True"),
        (network(), lambda m: torch.optim.AdamW(m.parameters(), capturable=True), 100, ""),
    ],
)
def test_what_can_be_recorded(model, make, steps, reason):
    cuda = torch.device("cuda")
    assert why_not(model, make(model), cuda, steps).startswith(reason)
    assert bool(why_not(model, make(model), cuda, steps)) == bool(reason)
    assert why_not(model, make(model), torch.device("mps"), steps) == "mps has no such graphs"


def test_hooks_of_an_optimizer_and_autocast_around_fit(monkeypatch):
    model, cuda = network(), torch.device("cuda")
    optimizer = sgd(model)
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda kind: kind == "cuda")
    assert why_not(model, optimizer, cuda, 100).startswith("autocast is on")
    optimizer.register_step_post_hook(lambda *_: None)
    assert why_not(model, optimizer, cuda, 100).startswith("the optimizer has a hook")


def test_a_loss_that_is_no_number_is_seen_in_a_replay(graphs):
    model, other = network(), network()
    run(other, 2)
    with pytest.raises(FloatingPointError, match=r"step 2 of epoch 3: .*rate, here 0\.1"):
        run(model, loss=nan_at(9), schedule=lambda share: 1.0)
    assert_close(dict(model.state_dict()), dict(other.state_dict()))


def test_the_stop_button_is_heard_between_replays(graphs):
    count = iter(range(100))

    def loss(scores, labels):
        if torch.is_grad_enabled() and next(count) == 9:
            signal.raise_signal(signal.SIGINT)
        return F.cross_entropy(scores, labels)

    history, optimizer = run(network(), 50, loss=loss, schedule=one_cycle)
    assert history.interrupted and len(history) == 2 and history.graph == "recorded"
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_a_recorded_run_goes_on_from_its_checkpoint(graphs, tmp_path):
    model, other, path = network(), network(), tmp_path / "run.safetensors"
    whole, _ = run(model, 4)
    run(other, 2, checkpoint=path)
    rest, _ = run(network(), 4, checkpoint=path)
    assert same_curves(rest, whole)
    with pytest.raises(ValueError, match="schedule"):
        run(network(), 4, checkpoint=path, schedule=one_cycle)


def test_a_run_lets_its_graph_go_at_once(graphs, monkeypatch):
    """A circle of references would keep a GPU's memory until Python happens to look for it."""
    made = []

    class Watched(StandIn):
        def __init__(self, device):
            super().__init__(device)
            made.append(weakref.ref(self))

    monkeypatch.setattr(graphed, "Recorder", Watched)
    gc.disable()
    try:
        run(network())
        assert [ref() for ref in made] == [None]
    finally:
        gc.enable()


class FakeCuda:
    """The names of torch.cuda that a recorder uses; `log` tells the order of what happened."""

    def __init__(self, monkeypatch, ends_badly=False):
        self.log, self.now, self.ends_badly = [], "usual", ends_badly
        for name in ("Stream", "CUDAGraph", "current_stream", "stream", "graph"):
            monkeypatch.setattr(torch.cuda, name, getattr(self, name))

    class Named:
        def __init__(self, log, name):
            self.log, self.name = log, name

        def wait_stream(self, other):
            self.log.append(f"{self.name} waits for {other.name}")

    def Stream(self, device):  # noqa: N802
        return self.Named(self.log, "side")

    def CUDAGraph(self):  # noqa: N802
        return type("Graph", (), {"replay": lambda graph: self.log.append("replay")})()

    def current_stream(self, device):
        return self.Named(self.log, self.now)

    @contextmanager
    def stream(self, stream):
        before, self.now = self.now, stream.name
        try:
            yield
        finally:
            self.now = before

    @contextmanager
    def graph(self, graph, stream):
        """As PyTorch's: a recording that ends badly leaves its stream the current one."""
        before, self.now = self.now, stream.name
        self.log.append(f"record on {self.now}")
        yield
        if self.ends_badly:
            raise RuntimeError("operation failed due to a previous error during capture")
        self.now = before


def test_the_recorder_warms_up_and_records_on_a_stream_of_its_own(monkeypatch):
    cuda = FakeCuda(monkeypatch)
    recorder = graphed.Recorder(torch.device("cuda"))
    with recorder.aside():
        cuda.log.append(f"step on {cuda.now}")
    x = torch.ones(2)
    replay, results = recorder.record(lambda given: (given * 2,), (x,))
    replay()
    assert cuda.log == [
        "side waits for usual", "step on side", "usual waits for side", "record on side", "replay",
    ]  # fmt: skip
    assert torch.equal(results[0], 2 * x) and cuda.now == "usual"


def test_a_recording_that_fails_leaves_the_usual_stream(monkeypatch):
    cuda = FakeCuda(monkeypatch, ends_badly=True)
    with pytest.raises(RuntimeError, match="previous error"):
        graphed.Recorder(torch.device("cuda")).record(lambda x: (x,), (torch.ones(1),))
    assert cuda.now == "usual"


gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA GPU here")


def on_gpu(make_model, epochs=3, make=sgd, **settings):
    """Train on 8,000 clothes in batches of 200: 40 steps an epoch, 120 in all."""
    torch.manual_seed(0)
    model = make_model()
    train, test = (each[:n] for each, n in zip(fashion_mnist(), (8_000, 1_000), strict=True))
    settings = {"batch_size": 200, "plot": False, "device": "cuda"} | settings
    return fit(model, train, test, epochs, optimizer=make(model.to("cuda")), **settings), model


@gpu
@pytest.mark.parametrize(
    ("settings", "make"),
    [
        ({}, sgd),
        ({"schedule": one_cycle}, sgd),
        ({"batch_size": 190}, partial(sgd, fused=True)),  # a short last batch
        ({"schedule": one_cycle}, lambda m: torch.optim.Adam(m.parameters(), capturable=True)),
        ({}, lambda m: torch.optim.AdamW(m.parameters(), capturable=True, fused=True)),
    ],
)
def test_on_a_gpu_a_recorded_run_is_the_run_itself_up_to_rounding(settings, make):
    recorded, model = on_gpu(small_resnet, make=make, **settings)
    eager, other = on_gpu(small_resnet, make=make, graph=False, **settings)
    assert recorded.graph == "recorded" and eager.graph == "graph=False"
    assert recorded.train_loss == pytest.approx(eager.train_loss, rel=0.05)
    assert recorded.test_accuracy[-1] == pytest.approx(eager.test_accuracy[-1], abs=0.05)
    assert batches_seen(model) == batches_seen(other) > 0


def batches_seen(model):
    """By the first batch normalisation."""
    return next(int(b) for name, b in model.named_buffers() if name.endswith("batches_tracked"))


@gpu
def test_on_a_gpu_the_first_replays_are_the_eager_steps():
    """Before rounding has had time to grow."""
    recorded, _ = on_gpu(small_resnet, 1, batch_size=64)
    eager, _ = on_gpu(small_resnet, 1, batch_size=64, graph=False)
    assert recorded.graph == "recorded"
    assert recorded.train_loss == pytest.approx(eager.train_loss, rel=1e-2)


@gpu
@pytest.mark.parametrize("layer", [lambda: nn.Dropout(0.3), Moved])
def test_on_a_gpu_random_numbers_are_new_in_each_replay(layer):
    def make():
        return nn.Sequential(layer(), small_resnet())

    recorded, _ = on_gpu(make)
    again, _ = on_gpu(make)
    eager, _ = on_gpu(make, graph=False)
    other, _ = on_gpu(make, seed=1)
    assert recorded.graph == "recorded"
    assert recorded.train_loss == pytest.approx(again.train_loss, rel=0.02)
    assert recorded.train_loss == pytest.approx(eager.train_loss, rel=0.05)
    assert recorded.train_loss != other.train_loss

    numbers = Graphed(lambda x: (torch.rand(3, device="cuda"),), torch.device("cuda"))
    drawn = [numbers(torch.zeros(1, device="cuda"))[0].tolist() for _ in range(WARM + 4)]
    assert numbers.said == "recorded" and len(set(map(tuple, drawn))) == WARM + 4


@gpu
def test_on_a_gpu_half_precision_is_recorded():
    recorded, _ = on_gpu(lambda: Half(small_resnet().to(memory_format=torch.channels_last)))
    assert recorded.graph == "recorded" and recorded.test_accuracy[-1] > 0.7


@gpu
def test_on_a_gpu_a_step_that_waits_goes_on_without_a_graph():
    def loss(scores, labels):
        value = F.cross_entropy(scores, labels)
        return value / max(value.item(), 1e-3) if torch.is_grad_enabled() else value

    history, _ = on_gpu(lambda: nn.Sequential(nn.Dropout(0.1), small_resnet()), loss=loss)
    assert history.graph.startswith("the step waits for the GPU") and len(history) == 3
