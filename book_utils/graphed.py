"""A step of training, recorded once as a CUDA graph and then given to the GPU in one launch.

A small network keeps a GPU waiting: Python asks for the hundred kernels of a step one by one, and
takes longer to ask than the GPU to compute. A CUDA graph holds all of them, with the addresses
they read and write. So each batch is copied to where the first one lay, and weights, momentum and
running averages stay where they are; what Python itself does happens only while recording.
Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from __future__ import annotations

import pickle
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

DEVICES = ("cuda",)  # kinds that have graphs
WARM = 3  # steps that Python takes before the recording, as many as PyTorch advises
WORTH = 100  # steps ahead: for fewer, the recording takes about as long as it saves
OF_THE_RECORDING = (  # warnings that are for this module alone
    "called a synchronizing CUDA operation",
    "Synchronization debug mode",
    "constructed with capturable=True",
)
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")

Results = tuple[Tensor, ...]
Step = Callable[..., Results]


class Graphed:
    """A step, called as it is at first, then recorded, and from then on replayed.

    The first steps are steps like any other, and recording computes nothing: weights, running
    averages, momentum and random numbers are what they would be without it. Tensors of another
    shape than the first, such as a short last batch, always go to the step itself; so do all, once
    `why_not` says why it cannot be recorded.

    step: takes tensors on `device` and returns tensors without gradients; model: what it trains.
    """

    def __init__(
        self, step: Step, device: torch.device, why_not: str = "", model: nn.Module | None = None
    ) -> None:
        self.step, self.device = step, device
        self.why_not = why_not or without_graphs(device)
        self.model = model or nn.Module()
        self.taken = 0
        self.inputs: Results = ()
        self.results: Results = ()
        self.replay: Callable[[], None] | None = None

    def __call__(self, *given: Tensor) -> Results:
        """Take the step."""
        if self.why_not:
            return self.step(*given)
        if not self.taken:
            self.recorder = Recorder(self.device)
            self.inputs = tuple(map(torch.clone, given))
        if any(a.shape != b.shape for a, b in zip(given, self.inputs, strict=True)):
            return self.step(*given)
        if self.replay is None:
            return self._warm_up(*given)
        for place, tensor in zip(self.inputs, given, strict=True):
            place.copy_(tensor)
        self.replay()
        return tuple(map(torch.clone, self.results))  # the next step writes over these

    @property
    def said(self) -> str:
        """Say "recorded", or why it is not."""
        return "recorded" if self.replay else self.why_not or "not yet recorded"

    def _warm_up(self, *given: Tensor) -> Results:
        self.taken += 1
        with self.recorder.aside(), watched(self.model) as seen:
            results = self.step(*given)
        if self.taken == WARM:
            self.why_not = " and ".join(seen)
            if not self.why_not:
                self._record()
        return results

    def _record(self) -> None:
        try:
            self.replay, self.results = self.recorder.record(self.step, self.inputs)
        except Exception as error:  # of whatever kind: the step itself has just worked
            self.why_not = f"recording failed, {type(error).__name__}: {str(error):.200}"
            warnings.warn(f"each step is given to the GPU by Python: {self.why_not}", stacklevel=2)


class Recorder:
    """What `Graphed` needs of a GPU."""

    def __init__(self, device: torch.device) -> None:
        self.device, self.stream = device, torch.cuda.Stream(device)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Work on the stream of the recording, after what was asked for, before what will be."""
        usual = torch.cuda.current_stream(self.device)
        self.stream.wait_stream(usual)
        with torch.cuda.stream(self.stream):
            yield
        usual.wait_stream(self.stream)

    def record(self, step: Step, inputs: Results) -> tuple[Callable[[], None], Results]:
        """Return what replays the step on these very inputs, and where it puts its results."""
        graph = torch.cuda.CUDAGraph()
        # The outer `with` is for a recording that fails: it would leave its stream the current one.
        with torch.cuda.stream(self.stream), torch.cuda.graph(graph, stream=self.stream):
            results = step(*inputs)
        return graph.replay, results


@contextmanager
def watched(model: nn.Module) -> Iterator[list[str]]:
    """Note in the list that this yields what the block does and a graph could not repeat.

    Such a step is seen here, where it has done its work, because a recording that fails can leave
    PyTorch's memory and random numbers in disorder.
    """
    seen: list[str] = []
    draws, layers = _draws(), _attributes(model)
    mode = torch.cuda.get_sync_debug_mode() if torch.cuda.is_available() else None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        if mode is not None:
            torch.cuda.set_sync_debug_mode("warn")
        try:
            yield seen
        finally:
            if mode is not None:
                torch.cuda.set_sync_debug_mode(mode)
    if any("called a synchronizing CUDA operation" in str(each.message) for each in said):
        seen.append("the step waits for the GPU, as .item() and copies from the CPU do")
    for each in said:
        if not any(words in str(each.message) for words in OF_THE_RECORDING):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    if _draws() != draws:
        seen.append("the step draws random numbers on the CPU")
    if _other(layers, _attributes(model)):
        seen.append("a layer sets an attribute anew in each step, instead of in place")


def _draws() -> bytes:
    """Return the state of the generators whose numbers a recording would hold fast."""
    states = (torch.get_rng_state().numpy().tobytes(), random.getstate(), np.random.get_state())
    return pickle.dumps(states)


def _attributes(model: nn.Module) -> list[dict[str, object]]:
    """Return, for each layer, what its names stand for."""
    return [{**vars(layer), **layer._buffers, **layer._parameters} for layer in model.modules()]


def _other(one: list[dict[str, object]], other: list[dict[str, object]]) -> bool:
    """Say whether a name stands for something else; a change in place leaves it what it was."""
    return any(
        a.keys() != b.keys() or any(a[name] is not b[name] for name in a)
        for a, b in zip(one, other, strict=True)
    )


def without_graphs(device: torch.device) -> str:
    """Say that a device has no graphs, or return ""."""
    return "" if device.type in DEVICES else f"{device.type} has no such graphs"


def why_not(model: nn.Module, optimizer: Optimizer, device: torch.device, steps: int) -> str:
    """Say what forbids recording a step of training, or return "".

    steps: how many lie ahead.
    """
    if reason := without_graphs(device):
        return reason
    if steps < WORTH:
        return f"{steps} steps are too few to pay for it"
    if type(optimizer) is not SGD and not all(g.get("capturable") for g in optimizer.param_groups):
        return f"{type(optimizer).__name__} was made without capturable=True"
    if any(getattr(layer, kind) for layer in model.modules() for kind in HOOKS):
        return "a layer has a hook, which a replay would not call"
    if optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks:
        return "the optimizer has a hook, which a replay would not call"
    if torch.is_autocast_enabled(device.type):
        return "autocast is on outside the model, where it keeps old weights"
    return ""
