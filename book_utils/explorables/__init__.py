"""Controls that work in the built page without a kernel, and with PyTorch in a live notebook."""

from .base import Explorable
from .correlation_lab import CorrelationLab
from .kernel_learner import KernelLearner
from .question import CellQuestion, ChoiceQuestion, NumberQuestion, Progress
from .recorded import RecordedSlider
from .weight_matrix_lab import WeightMatrixLab

__all__ = [
    "CellQuestion",
    "ChoiceQuestion",
    "CorrelationLab",
    "Explorable",
    "KernelLearner",
    "NumberQuestion",
    "Progress",
    "RecordedSlider",
    "WeightMatrixLab",
]
