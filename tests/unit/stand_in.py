"""A stand-in for a GPU that has CUDA graphs: it replays a step by calling it.

It keeps what matters of a graph: a replay reads the tensors of the recording and writes over the
results of the replay before.
"""

from contextlib import nullcontext

import torch


class StandIn:
    """A recorder without a GPU; `replays` counts those of all recordings of a test."""

    replays = 0

    def __init__(self, device):
        self.device = device

    def aside(self):
        return nullcontext()

    def record(self, step, inputs):
        results: list[torch.Tensor] = []

        def replay():
            StandIn.replays += 1
            found = step(*inputs)
            results.extend(map(torch.empty_like, found[len(results) :]))
            for place, result in zip(results, found, strict=True):
                place.copy_(result)

        return replay, results
