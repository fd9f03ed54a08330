"""Controls that work in the built page without a kernel, and with PyTorch in a live notebook."""

from .base import Explorable
from .channel_lab import ChannelLab
from .correlation_lab import CorrelationLab
from .image_lab import ImageLab
from .kernel_learner import KernelLearner
from .layer_ledger import LayerLedger
from .lenet_lab import LeNetLab
from .mix_lab import MixLab
from .norm_lab import NormLab
from .pooling_lab import PoolingLab
from .question import CellQuestion, ChoiceQuestion, NumberQuestion, Progress
from .recorded import RecordedSlider
from .residual_lab import ResidualLab
from .same_lab import SameLab
from .shift_lab import ShiftLab
from .weight_matrix_lab import WeightMatrixLab

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
