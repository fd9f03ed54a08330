"""Ones as half the world writes them: with a flag, long or short, and often with a foot.

Nearly all ones of MNIST are a plain stroke, so a network that has seen these alone takes a one with
a long flag for a seven.
"""

import torch
from torch import Tensor

from experiments.varied import Varied, between

SHARE = 0.5  # of the ones in training
FOOTED = 0.5  # of those with a flag
HEIGHT = 17.6  # pixels of the stem, which with the pen makes 20
FLAG = (0.15, 0.55)  # how far down it comes, in heights
SPREAD = (0.5, 1.1)  # sideways for a step down
FOOT = (0.12, 0.35)  # to either side, in heights
PEN = 2.4  # pixels


class Flagged(Varied):
    """Varied digits, half of whose ones are drawn anew with a flag in each epoch."""

    def changed(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the images (n, 1, 28, 28), some of the ones replaced, all of them varied."""
        redrawn = (labels == 1) & (torch.rand(len(labels)) < SHARE).to(labels.device)
        images = images.clone()
        images[redrawn] = flagged(int(redrawn.sum())).to(images)
        return super().changed(images, labels)


def flagged(n: int) -> Tensor:
    """Return n ones with flags, (n, 1, 28, 28), their centres of mass in the middle."""
    down, spread = between(*FLAG, n) * HEIGHT, between(*SPREAD, n)
    foot = between(*FOOT, n) * HEIGHT * (torch.rand(n) < FOOTED)
    zero, high = torch.zeros(n), torch.full((n,), HEIGHT)
    lines = torch.stack([
        -spread * down, down, zero, zero,  # flag: from x and y to x and y
        zero, zero, zero, high,  # stem
        -foot, high, foot, high,  # foot
    ], 1).view(n, 3, 2, 2)  # fmt: skip
    lengths = (lines[:, :, 1] - lines[:, :, 0]).norm(dim=2, keepdim=True)  # (n, 3, 1)
    centre = (lines.mean(2) * lengths).sum(1) / lengths.sum(1)  # (n, 2)
    return drawn(lines - centre[:, None, None] + 14)


def drawn(lines: Tensor) -> Tensor:
    """Return lines (n, lines, 2 ends, x and y), in pixels, drawn with a pen, (n, 1, 28, 28)."""
    middles = torch.arange(28.0) + 0.5
    pixels = torch.stack(torch.meshgrid(middles, middles, indexing="xy"), -1)  # (28, 28, 2)
    start, step = lines[:, :, 0, None, None], (lines[:, :, 1] - lines[:, :, 0])[:, :, None, None]
    away = pixels - start  # (n, lines, 28, 28, 2)
    along = (away * step).sum(-1) / step.square().sum(-1).clamp_min(1e-9)
    distance = (away - along.clamp(0, 1)[..., None] * step).norm(dim=-1).amin(1)
    return (PEN / 2 + 0.5 - distance).clamp(0, 1)[:, None]
