"""Images that are moved and mirrored while a network learns: a layer that works on its device."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Moved(nn.Module):
    """A layer that moves each image by up to `shift` pixels each way and mirrors one in two.

    (n, c, h, w) -> (n, c, h, w), with zeros where nothing was; in evaluation mode images pass as
    they are. The random numbers are drawn on the images' device, from its default generator.
    ValueError for a negative shift.
    """

    def __init__(self, shift: int = 2, mirror: bool = True) -> None:
        super().__init__()
        if shift < 0:
            raise ValueError(f"shift = {shift}: give a number of pixels of at least 0")
        self.shift, self.mirror = shift, mirror

    def forward(self, x: Tensor) -> Tensor:
        """Return the images, varied in training mode."""
        return moved(x, self.shift, self.mirror) if self.training else x


def moved(x: Tensor, shift: int, mirror: bool = True) -> Tensor:
    """Return images (n, c, h, w), each moved by up to `shift` pixels and one in two mirrored."""
    n, c, height, width = x.shape
    down, right = torch.randint(0, 2 * shift + 1, (2, n, 1), device=x.device)
    rows = down + torch.arange(height, device=x.device)  # (n, h): where each row comes from
    columns = right + torch.arange(width, device=x.device)
    if mirror:
        turned = torch.rand(n, 1, device=x.device) < 0.5
        columns = torch.where(turned, columns.flip(1), columns)
    padded = F.pad(x, (shift,) * 4)
    places = rows[:, :, None] * padded.shape[3] + columns[:, None, :]  # (n, h, w)
    places = places.view(n, 1, -1).expand(-1, c, -1)
    return padded.flatten(2).gather(2, places).view(n, c, height, width)
