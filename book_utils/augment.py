"""Augmentation of a whole batch at once, on the device where it lies."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Moved(nn.Module):
    """A layer that shifts and mirrors the images of a batch in training, and else passes them on.

    (n, c, h, w) -> (n, c, h, w), see `shift_and_flip`. As the first layer of a network it is
    recorded with the step. ValueError for a negative number of pixels.
    """

    def __init__(self, pixels: int = 2) -> None:
        super().__init__()
        if pixels < 0:
            raise ValueError(f"pixels = {pixels}: give at least 0")
        self.pixels = pixels

    def forward(self, x: Tensor) -> Tensor:
        """Return the images, varied in training mode."""
        return shift_and_flip(x, self.pixels) if self.training else x


def shift_and_flip(x: Tensor, pixels: int = 2) -> Tensor:
    """Shift each image of a batch by up to `pixels` each way, and mirror one in two.

    (n, c, h, w) -> (n, c, h, w), with zeros where nothing was; the result is channels-last in
    memory. The draws come from the global generator of the device.
    Source: chapter "Training fast".
    """
    n, _, h, w = x.shape
    x = F.pad(x, (pixels,) * 4)
    down, right = torch.randint(2 * pixels + 1, (2, n, 1), device=x.device)
    rows = down + torch.arange(h, device=x.device)  # (n, h)
    columns = right + torch.arange(w, device=x.device)  # (n, w)
    heads = torch.rand(n, 1, device=x.device) < 0.5  # a coin for each image
    columns = torch.where(heads, columns.flip(1), columns)
    each = torch.arange(n, device=x.device)[:, None, None]
    return x[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
