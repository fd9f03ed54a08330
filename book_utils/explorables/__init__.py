"""Controls that work in the built page without a kernel, and with PyTorch in a live notebook."""

from .base import Explorable
from .correlation_lab import CorrelationLab

__all__ = ["CorrelationLab", "Explorable"]
