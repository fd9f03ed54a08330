"""Compare what a reader's function returned with what PyTorch gives."""

import numbers
import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor

# Far below the 1/16 by which two sums of products of quarters differ at least.
ROUNDING = {"rtol": 1e-4, "atol": 1e-3, "equal_nan": True}


def as_tensor(value: Any) -> Tensor | None:
    """Return a tensor, array, number or nested list as a float64 tensor; None if it is none."""
    if isinstance(value, Tensor) and value.layout is not torch.strided:
        value = value.to_dense()
    if isinstance(value, str | bytes | dict | None):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            if isinstance(value, list | tuple):
                return torch.stack([as_tensor(v) for v in value]) if value else torch.zeros(0)
            return torch.as_tensor(value).detach().to("cpu", torch.float64)
    except (TypeError, ValueError, RuntimeError):
        return None


def same(value: Any, other: Any) -> bool:
    """Whether two results have one shape and the same numbers, up to rounding."""
    a, b = as_tensor(value), as_tensor(other)
    return (
        a is not None and b is not None and a.shape == b.shape and torch.allclose(a, b, **ROUNDING)
    )


def same_shape(value: Any, other: Any) -> bool:
    """Whether two results have one shape."""
    a, b = as_tensor(value), as_tensor(other)
    return a is not None and b is not None and a.shape == b.shape


def fits(value: Any, truth: Any) -> bool:
    """Whether a result of the right numbers can be used in place of the true one.

    Tensors may have any number type and may be arrays; sizes must be whole by type, since a shape
    of 2.0 rows is refused by PyTorch.
    """
    if isinstance(truth, Tensor):
        return isinstance(value, Tensor | np.ndarray)
    if isinstance(truth, tuple):
        return not isinstance(value, set) and all(
            fits(v, t) for v, t in zip(value, truth, strict=True)
        )
    if isinstance(value, Tensor | np.ndarray):
        return value.ndim == 0 and fits(value.item(), truth)
    if isinstance(truth, bool | float):
        return True
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
