"""Mixed precision: a network whose convolutions and matrix products are computed in bfloat16."""

import torch
from torch import Tensor, nn

TENSOR_CORES = (8, 0)  # compute capability from which NVIDIA's GPUs have bfloat16


class Half(nn.Module):
    """A network that computes its convolutions and matrix products in bfloat16.

    Weights, gradients of weights, normalisation and the scores stay in float32.
    Raises RuntimeError on a device that has no bfloat16.
    Source: Micikevicius et al. (2018), https://arxiv.org/abs/1710.03740; `torch.autocast`.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores in float32."""
        refuse_without_half(x.device)
        with torch.autocast(x.device.type, torch.bfloat16):
            return self.model(x).float()


def refuse_without_half(device: torch.device) -> None:
    """Raise RuntimeError on a device that has no bfloat16."""
    if device.type == "cuda":
        there = torch.cuda.get_device_capability(device) >= TENSOR_CORES
    else:
        there = torch.amp.is_autocast_available(device.type)
    if not there:
        raise RuntimeError(
            f"{device} does not compute in bfloat16: train the network itself, in float32"
        )
