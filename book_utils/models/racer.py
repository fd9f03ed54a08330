"""A small network that learns fast: whitened patches first, then convolutions of 3×3."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Layers = Sequence[tuple[int, str]]
GPU_LAYERS = ((64, "pool"), (64, ""), (256, "pool"), (256, ""), (256, "pool"), (256, ""))


class Racer(nn.Module):
    """The network of the speedrun: (n, 1, 28, 28) -> (n, 10) scores before the softmax.

    The first layer sees patches of `patch`×`patch` pixels, `stride` apart; its filters are fixed,
    random until `whiten` is called; only its biases are learned, if it has `shifts`. `layers` lists
    the convolutions of 3×3 that follow: how many maps, and "pool" for a maximum over 2×2, "stride"
    for a stride of 2, "" for neither; after each of them come batch normalisation, whose scale
    stays 1, and `activation`. The scores are made from the maxima of the last maps. Weights and
    statistics are kept in float32; convolutions compute in the type of the images.
    Source: Jordan (2024), https://arxiv.org/abs/2404.00498
    """

    def __init__(
        self,
        patch: int = 2,
        stride: int = 1,
        layers: Layers = GPU_LAYERS,
        activation: Callable[[Tensor], Tensor] = F.gelu,
        shifts: bool = True,
    ) -> None:
        super().__init__()
        maps = 2 * patch * patch
        self.stride, self.activation = stride, activation
        self.register_buffer("filters", torch.zeros(maps, 1, patch, patch))
        self.shift = nn.Parameter(torch.zeros(maps)) if shifts else None
        self.how = [how for _, how in layers]
        self.convolutions, self.norms = nn.ParameterList(), nn.ModuleList()
        for width, _ in layers:
            self.convolutions.append(torch.empty(width, maps, 3, 3))
            # Running averages follow fast: a run has a few hundred steps.
            self.norms.append(nn.BatchNorm2d(width, momentum=0.4))
            self.norms[-1].weight.requires_grad_(False)
            maps = width
        self.head = nn.Parameter(torch.empty(10, maps))
        self.reset()

    @torch.no_grad()
    def reset(self) -> None:
        """Begin anew, in place: a captured step goes on working."""
        nn.init.normal_(self.filters, std=1 / self.filters.shape[-1])
        if self.shift is not None:
            self.shift.zero_()
        for weight in self.convolutions:
            nn.init.kaiming_uniform_(weight, a=5**0.5)
            # The first maps begin as copies of what they get, so that a signal reaches the end.
            copies = weight[: weight.shape[1]]
            copies.zero_()[:, :, 1, 1].fill_diagonal_(1)
        for norm in self.norms:
            norm.reset_parameters()
        nn.init.normal_(self.head)  # large: the scores are a mean over the maps

    @torch.no_grad()
    def whiten(self, images: Tensor) -> None:
        """Take the filters of the first layer from images (n, 1, height, width)."""
        filters = whitening(images, self.filters.shape[-1])
        self.filters.copy_(torch.cat((filters, -filters)))

    def forward(self, x: Tensor) -> Tensor:  # (n, 1, 28, 28) -> (n, 10)
        """Return the scores of the ten classes, in float32."""
        kind = x.dtype
        shift = None if self.shift is None else self.shift.to(kind)
        x = self.activation(F.conv2d(x, self.filters.to(kind), shift, self.stride))
        for weight, how, norm in zip(self.convolutions, self.how, self.norms, strict=True):
            x = F.conv2d(x, weight.to(kind), stride=2 if how == "stride" else 1, padding=1)
            if how == "pool":
                x = F.max_pool2d(x, 2)
            x = self.activation(norm(x))
        return x.amax((2, 3)).float() @ self.head.T / self.head.shape[1]


def whitening(images: Tensor, size: int, eps: float = 5e-4) -> Tensor:
    """Return size² filters (size², 1, size, size) whose outputs on images (n, 1, h, w) are white.

    White: uncorrelated and of mean square 1, but for `eps`, which is added to each variance so
    that directions in which images hardly differ are not blown up.
    """
    patches = images.unfold(2, size, 1).unfold(3, size, 1).reshape(-1, size * size)
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    return (vectors / (values + eps).sqrt()).T.reshape(-1, 1, size, size)
