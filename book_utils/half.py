"""Mixed precision: a network whose convolutions and matrix products are computed in bfloat16."""

import torch
from torch import Tensor, nn


class Half(nn.Module):
    """A network that computes its convolutions and matrix products in bfloat16.

    Weights, their gradients, normalisation and the scores stay in float32.
    Raises ValueError on a device that has no bfloat16.
    Source: Micikevicius et al. (2018), https://arxiv.org/abs/1710.03740; `torch.autocast`.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores in float32."""
        demand_bfloat16(x.device)
        with torch.autocast(x.device.type, torch.bfloat16):
            return self.model(x).float()


def demand_bfloat16(device: torch.device) -> None:
    """Raise ValueError, with what to do, where a device does not compute in bfloat16."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 0):
        raise ValueError(
            f"{torch.cuda.get_device_name(device)} does not compute in bfloat16; GPUs of compute "
            "capability 8.0 and later do: use torch.float16 and a torch.amp.GradScaler, or float32"
        )
    if not torch.amp.is_autocast_available(device.type):
        raise ValueError(f"PyTorch has no autocast for {device.type}: compute in float32")
