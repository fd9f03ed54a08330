"""Which pixels a network looks at: maps of a picture, by three methods, and how alike two are.

Each explains a score, one of the numbers before the softmax: a probability near 1 hardly moves,
whatever is done to the picture. A model is to be in evaluation mode; its weights and their
gradients are left as they are.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HALF = 0.5  # of a square that covers a part of a picture


def occlusion(
    model: nn.Module, x: Tensor, target: int, size: int, stride: int = 1, fill: float = HALF
) -> Tensor:
    """Return by how much the score of a class falls where a square covers a part of the picture.

    x: (1, c, h, w) -> ((h - size) // stride + 1, (w - size) // stride + 1), a number for each place
    of the square, by its upper left corner; negative where the score rises. `fill` is what the
    covered pixels become. ValueError for a picture, class or square that there is not.
    Source: Zeiler and Fergus (2014), section 4.2; chapter "What a network has learned".
    """
    _check(model, x, target)
    _, _, h, w = x.shape
    if not 1 <= size <= min(h, w) or stride < 1:
        raise ValueError(
            f"a square of {size} with stride {stride} on a picture of {h}×{w}: "
            f"give a size from 1 to {min(h, w)} and a stride of at least 1"
        )
    rows, columns = range(0, h - size + 1, stride), range(0, w - size + 1, stride)
    covered = x.repeat(len(rows) * len(columns), 1, 1, 1)
    places = [(i, j) for i in rows for j in columns]
    for picture, (i, j) in zip(covered, places, strict=True):
        picture[:, i : i + size, j : j + size] = fill
    with torch.no_grad():
        falls = model(x)[0, target] - model(covered)[:, target]
    return falls.reshape(len(rows), len(columns))


def saliency(model: nn.Module, x: Tensor, target: int) -> Tensor:
    """Return how much the score of a class would move with each pixel: |d score / d pixel|.

    x: (1, c, h, w) -> (h, w), the largest of the channels. ValueError for a picture or class that
    there is not.
    Source: Simonyan, Vedaldi and Zisserman (2014), section 3; chapter "What a network has learned".
    """
    _check(model, x, target)
    with torch.enable_grad():
        pixels = x.detach().clone().requires_grad_()
        (slopes,) = torch.autograd.grad(model(pixels)[0, target], pixels)
    return slopes[0].abs().amax(0)


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int) -> Tensor:
    """Return where the maps of a layer speak for a class: ReLU of their weighted sum, scaled up.

    The weight of a map is the mean gradient of the score with respect to it. `layer` is a part of
    `model` that gives maps (1, m, h', w'); x: (1, c, h, w) -> (h, w), by bilinear interpolation.
    ValueError for a picture or class that there is not, or a layer that gives no maps.
    Source: Selvaraju et al. (2017), section 3; chapter "What a network has learned".
    """
    _check(model, x, target)
    kept: list[Tensor] = []
    handle = layer.register_forward_hook(lambda layer, given, maps: kept.append(maps))
    try:
        with torch.enable_grad():  # the picture takes part, so that frozen weights do no harm
            score = model(x.detach().clone().requires_grad_())[0, target]
    finally:
        handle.remove()
    if len(kept) != 1 or kept[0].ndim != 4:
        raise ValueError("this layer gives no maps of the picture: name a convolution of the model")
    (maps,) = kept
    (slopes,) = torch.autograd.grad(score, maps)
    weights = slopes.mean((2, 3), keepdim=True)  # (1, m, 1, 1)
    cam = F.relu((weights * maps.detach()).sum(1, keepdim=True))
    return F.interpolate(cam, size=x.shape[2:], mode="bilinear", align_corners=False)[0, 0]


def rank_correlation(a: Tensor, b: Tensor) -> float:
    """Return Spearman's rank correlation of two maps of one shape.

    1 for the same order, −1 for the opposite one, 0 for orders that have nothing to do with each
    other. Equal numbers share their mean rank; a map whose numbers are all equal gives NaN.
    ValueError for maps of different shapes or with fewer than two numbers.
    Source: Spearman (1904); as a sanity check of maps, Adebayo et al. (2018), section 3.
    """
    if a.shape != b.shape or a.numel() < 2:
        raise ValueError(f"maps of shape {tuple(a.shape)} and {tuple(b.shape)}: give two of one")
    first, second = (ranks - ranks.mean() for ranks in (_ranks(a), _ranks(b)))
    return ((first * second).sum() / (first.norm() * second.norm())).item()


def _ranks(values: Tensor) -> Tensor:
    """The place of each number in their order, from 1; equal ones have the mean of their places."""
    _, which, counts = values.flatten().unique(return_inverse=True, return_counts=True)
    last = counts.cumsum(0).double()
    return (last - (counts - 1) / 2)[which]


def _check(model: nn.Module, x: Tensor, target: int) -> None:
    if x.ndim != 4 or len(x) != 1:
        raise ValueError(f"a picture of shape {tuple(x.shape)}: give one as (1, c, h, w)")
    with torch.no_grad():
        scores = model(x)
    if scores.ndim != 2 or not 0 <= target < scores.shape[1]:
        raise ValueError(
            f"class {target} of scores {tuple(scores.shape)}: give a number from 0 to "
            f"{scores.shape[-1] - 1}, of a model that gives scores (1, classes)"
        )
