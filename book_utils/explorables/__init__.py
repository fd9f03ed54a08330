"""Controls that work in the built page without a kernel, and with PyTorch in a live notebook."""

from .channel.lab import ChannelLab
from .correlation.lab import CorrelationLab
from .image.lab import ImageLab
from .kernel_learner.lab import KernelLearner
from .ledger.lab import LayerLedger
from .lenet.lab import LeNetLab
from .mixing.lab import MixLab
from .norm.lab import NormLab
from .platform.base import Explorable
from .pooling.lab import PoolingLab
from .progress.lab import Progress
from .question.lab import CellQuestion, ChoiceQuestion, NumberQuestion
from .recorded.lab import RecordedSlider
from .residual.lab import ResidualLab
from .same.lab import SameLab
from .shift.lab import ShiftLab
from .weight_matrix.lab import WeightMatrixLab

__all__ = [
    "CellQuestion",
    "ChannelLab",
    "ChoiceQuestion",
    "CorrelationLab",
    "Explorable",
    "ImageLab",
    "KernelLearner",
    "LayerLedger",
    "LeNetLab",
    "MixLab",
    "NormLab",
    "NumberQuestion",
    "PoolingLab",
    "Progress",
    "RecordedSlider",
    "ResidualLab",
    "SameLab",
    "ShiftLab",
    "WeightMatrixLab",
]
