"""Normalisation as the chapter derives it, written to be read: batch, layer, instance and group.

Each definition stands in the chapter "Batch normalisation and its relatives" word for word.
`torch.nn` has the same layers, faster: these show what they compute. γ and β are called `gamma`
and `beta` in functions, `weight` and `bias` in the layer, as in PyTorch's.
"""

import torch
from torch import Tensor, nn


def normalise(x: Tensor, dims: tuple[int, ...], eps: float = 1e-5) -> Tensor:
    """Subtract the mean over the axes `dims`, then divide by the standard deviation over them.

    Shapes: any -> the same. The variance is the mean square (biased), and `eps` is added to it
    before the root. Source: Ioffe and Szegedy (2015), algorithm 1.
    """
    mean = x.mean(dims, keepdim=True)
    var = x.var(dims, correction=0, keepdim=True)
    return (x - mean) / (var + eps).sqrt()


def axes_but_channels(x: Tensor) -> tuple[int, ...]:
    """Return all axes but the channels: (0, 2, 3) of (n, c, h, w), (0,) of (n, c)."""
    return (0, *range(2, x.ndim))


def per_channel(v: Tensor, x: Tensor) -> Tensor:
    """Lay one number for each channel along axis 1 of x: (c,) -> (1, c, 1, 1) for (n, c, h, w)."""
    return v.reshape(1, -1, *[1] * (x.ndim - 2))


def batch_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise each channel over the batch and all places, then scale and shift it: for training.

    Shapes: (n, c, ...) and twice (c,) -> (n, c, ...). Source: Ioffe and Szegedy (2015).
    """
    x_hat = normalise(x, axes_but_channels(x), eps)
    return per_channel(gamma, x) * x_hat + per_channel(beta, x)


def batch_norm_eval(
    x: Tensor, mean: Tensor, var: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5
) -> Tensor:
    """Normalise each channel by the mean and variance that were kept, then scale and shift it.

    Shapes: (n, c, ...) and four times (c,) -> (n, c, ...). Source: Ioffe and Szegedy (2015).
    """
    x_hat = (x - per_channel(mean, x)) / (per_channel(var, x) + eps).sqrt()
    return per_channel(gamma, x) * x_hat + per_channel(beta, x)


def running_average(kept: Tensor, batch: Tensor, momentum: float = 0.1) -> Tensor:
    """Move what is kept towards the batch's value by the part `momentum`, as PyTorch counts it.

    TensorFlow's momentum is 1 minus this one. Shapes: any -> the same.
    """
    return (1 - momentum) * kept + momentum * batch


class BatchNorm(nn.Module):
    """Batch normalisation with running averages: (n, c, ...) -> (n, c, ...).

    Raises ValueError in training if a channel has one number only: there is nothing to compare it
    with. Source: Ioffe and Szegedy (2015).
    """

    def __init__(self, channels: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise by the batch in training, by the running averages in evaluation."""
        learned = self.weight, self.bias, self.eps
        if not self.training:
            return batch_norm_eval(x, self.running_mean, self.running_var, *learned)
        if x[:, 0].numel() < 2:
            raise ValueError("one number per channel: give a larger batch, or call eval() first")
        self.keep(x.detach())
        return batch_norm(x, *learned)

    def keep(self, x: Tensor) -> None:
        """Take mean and variance of a batch, the variance unbiased, into the running averages."""
        axes, m = axes_but_channels(x), self.momentum
        self.running_mean = running_average(self.running_mean, x.mean(axes), m)
        self.running_var = running_average(self.running_var, x.var(axes), m)


def batch_norm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients for x, γ and β of `batch_norm`, given the gradient dy of its output.

    Shapes: (n, c, ...) twice and (c,) -> (n, c, ...), (c,), (c,).
    """
    axes = axes_but_channels(x)
    x_hat = normalise(x, axes, eps)
    std = (x.var(axes, correction=0, keepdim=True) + eps).sqrt()
    g = per_channel(gamma, x) * dy
    level = g.mean(axes, keepdim=True)
    slope = (g * x_hat).mean(axes, keepdim=True)
    dx = (g - level - slope * x_hat) / std
    return dx, (dy * x_hat).sum(axes), dy.sum(axes)


def group_norm(x: Tensor, groups: int, eps: float = 1e-5) -> Tensor:
    """Normalise each picture by itself, over groups of neighbouring channels.

    Shapes: (n, c, ...) -> (n, c, ...). Raises ValueError if the channels cannot be split evenly.
    Source: Wu and He (2018).
    """
    n, c, *places = x.shape
    if groups < 1 or c % groups:
        raise ValueError(f"{c} channels cannot be split into {groups} groups of one size")
    split = x.reshape(n, groups, c // groups, *places)
    axes = tuple(range(2, split.ndim))
    return normalise(split, axes, eps).reshape(x.shape)
