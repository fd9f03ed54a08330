"""How a signal fares on its way through a deep network, and the gradient on its way back."""

import copy
import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils import data
from book_utils.models import small_resnet

WEIGHTS = ("default", "he")  # PyTorch's first weights, and those of He et al. (2015)
IMAGES = 32

Signals = dict[str, list[float]]


def measure(model: nn.Module, x: Tensor, y: Tensor) -> Signals:
    """Send a batch through a model and its loss back; return what each layer with weights sees.

    x: (n, …), y: (n,) labels. "forward": the standard deviation of what each convolution or dense
    layer puts out, in the order in which they are called, before anything else is done to it;
    "gradient": the norm of the gradient of the cross-entropy by the same numbers. The model is
    left as it is; batch normalisation uses the statistics of the batch. The numbers are computed
    in double precision, since gradients below 1e-23 have the norm 0 in single.
    Source: chapter "Residual networks".
    """
    probe, outputs = copy.deepcopy(model).cpu().double().train(), []
    for layer in probe.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(lambda layer, x, y: outputs.append(y))
    with torch.enable_grad():
        loss = F.cross_entropy(probe(x.cpu().double()), y.cpu())
        gradients = torch.autograd.grad(loss, outputs)
    return {
        "forward": [y.std().item() for y in outputs],
        "gradient": [g.norm().item() for g in gradients],
    }


def without_norm(model: nn.Module) -> nn.Module:
    """Take all batch normalisation out of a model, in place, and return it."""
    for name, part in model.named_children():
        if isinstance(part, nn.BatchNorm2d):
            setattr(model, name, nn.Identity())
        else:
            without_norm(part)
    return model


def network(
    depth: int, shortcut: bool, norm: bool, weights: str = "he", seed: int = 0
) -> nn.Module:
    """Return a small residual or plain network, (n, 1, 28, 28) -> (n, 10), with its first weights.

    depth: 6·n + 2 layers with weights, 8 maps wide at first; norm: with batch normalisation or
    without; weights: "default" as PyTorch draws them, or "he". ValueError for other depths or
    weights.
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights = {weights!r}: give one of {', '.join(WEIGHTS)}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = small_resnet(depth, 8, shortcut, stem="half")
        for layer in model.modules():
            if weights == "default" and isinstance(layer, nn.Conv2d):
                layer.reset_parameters()
    return model if norm else without_norm(model)


def batch() -> tuple[Tensor, Tensor]:
    """Return the pictures that are sent through: 32 of Fashion-MNIST, with their labels."""
    images, labels = data.fashion_mnist()[0][:IMAGES]
    return images, labels


def typical(runs: Iterable[Signals]) -> Signals:
    """Return the geometric mean of several runs, layer by layer."""
    runs = list(runs)
    return {
        what: [_geometric(values) for values in zip(*(run[what] for run in runs), strict=True)]
        for what in ("forward", "gradient")
    }


def _geometric(values: Iterable[float]) -> float:
    logs = [math.log(max(value, 1e-300)) for value in values]
    return math.exp(sum(logs) / len(logs))
