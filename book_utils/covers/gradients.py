"""The gradient of four weights, as autograd finds it."""

import torch
import torch.nn.functional as F

from .drawing import cells, numbers, path, signed, strengths

ALT = "From the outputs back to the four weights: their gradients are 8, 12, 20 and 24"


def draw() -> str:
    """Return the marks."""
    x = torch.arange(9.0).reshape(1, 1, 3, 3)
    k = torch.arange(4.0).reshape(1, 1, 2, 2).requires_grad_()
    y = F.conv2d(x, k)
    (gradient,) = torch.autograd.grad(y.sum(), k)
    weights = cells(14, 26, 28, signed(gradient[0, 0])) + numbers(14, 26, 28, gradient[0, 0], 12)
    ones = torch.ones(2, 2)
    errors = cells(122, 26, 28, strengths(ones)) + numbers(122, 26, 28, ones, 12)
    return weights + errors + path("M114 54h-36m6-4l-6 4 6 4", width=1.8, dashes="")
