"""Softmax regression on two classes: the same as arithmetic/softmax_regression.ts."""

import torch
from torch import Tensor

PENALTY = 1e-3  # half of it times the sum of all squared weights and biases
STEPS, CLOSE = 50, 1e-12


def fitted(x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weights (2, d) and biases (2,) that minimise cross-entropy plus the penalty.

    x (n, d), labels (n,) of 0 and 1; both in double precision within. The difference of the two
    scores is a sum of the examples, so Newton's method looks for n numbers, not for d.
    ValueError where examples of one class are missing.
    """
    if set(labels.tolist()) != {0, 1}:
        raise ValueError("there are examples of one class alone: give examples of both")
    x = torch.cat([x.double(), torch.ones(len(x), 1, dtype=torch.float64)], 1)
    common, y, half = x @ x.T, labels.double(), PENALTY / 2
    signs = 1 - 2 * y

    def cost(a: Tensor) -> Tensor:
        z = common @ a
        return torch.nn.functional.softplus(signs * z).mean() + half / 2 * (a @ z)

    a = torch.zeros_like(y)
    for _ in range(STEPS):
        p = torch.sigmoid(common @ a)
        slope = (p - y) / len(y) + half * a
        if slope.abs().max() < CLOSE:
            break
        curvature = (p * (1 - p) / len(y))[:, None] * common + half * torch.eye(len(y)).double()
        move, size = torch.linalg.solve(curvature, slope), 1.0
        while cost(a - size * move) > cost(a) and size > 1e-6:  # it would overshoot
            size /= 2
        a = a - size * move
    *weight, bias = (a @ x / 2).tolist()
    return torch.tensor([[-v for v in weight], weight]), torch.tensor([-bias, bias])
