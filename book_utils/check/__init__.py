"""Exercises that check themselves: `check.corr2d(f)` tries f on many cases against PyTorch.

Each checker takes the reader's function and returns a `Verdict`, which shows itself: whether all
cases are right, and if not, the smallest that is wrong and the misconception, if it is a known one.
A parameter that an exercise leaves out is fixed by keyword: `check.max_pool2d(f, padding=0)` calls
f(x, k, stride). One module a chapter; a checker is its oracle, its cases and its misconceptions.
"""

from .batch_norm import batch_norm, batch_norm_eval, group_norm, layer_norm, running_stats
from .channels import conv1x1, conv_layer, corr2d_multi_in, corr2d_multi_in_out, parameters
from .cross_correlation import conv2d, conv2d_full, corr2d, corr2d_matrix
from .dense_to_conv import dense_to_local, toeplitz
from .engine import Checker, Counterexample, Misconception, Verdict
from .lenet import cross_entropy, evaluate, gradient_descent, receptive_field, softmax
from .padding_stride import corr2d_strided, output_size, pad2d, same_padding
from .pooling import avg_pool2d, max_pool2d
from .resnet import bottleneck_parameters, residual_block, resnet_depth, shortcut

__all__ = [
    "Checker",
    "Counterexample",
    "Misconception",
    "Verdict",
    "avg_pool2d",
    "batch_norm",
    "batch_norm_eval",
    "bottleneck_parameters",
    "conv1x1",
    "conv2d",
    "conv2d_full",
    "conv_layer",
    "corr2d",
    "corr2d_matrix",
    "corr2d_multi_in",
    "corr2d_multi_in_out",
    "corr2d_strided",
    "cross_entropy",
    "dense_to_local",
    "evaluate",
    "gradient_descent",
    "group_norm",
    "layer_norm",
    "max_pool2d",
    "output_size",
    "pad2d",
    "parameters",
    "receptive_field",
    "residual_block",
    "resnet_depth",
    "running_stats",
    "same_padding",
    "shortcut",
    "softmax",
    "toeplitz",
]
