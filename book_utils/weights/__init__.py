"""Trained weights of the book's LeNets, a byte a weight: small enough for a page.

Each output channel of a layer has a scale, so that a weight is its byte times the scale of its
channel; biases and running averages are kept as they are. An experiment trains a network and
writes its file; the record of the same name says how, and how often exactly these weights are
right (`stated`).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from book_utils import records
from book_utils.models import DigitLeNet, LeNet, NormLeNet

FOLDER = Path(__file__).parent
MODELS: dict[str, Callable[[], nn.Module]] = {
    "digit_lenet": DigitLeNet,
    "lenet": LeNet,
    "bn_lenet": NormLeNet,
}
RECORDS = {"digit_lenet": "digits", "lenet": "lenets", "bn_lenet": "bn_lenet"}
RUNNING = ("running_mean", "running_var")
LARGEST = 127  # of an int8, either way: −128 is not used, so that the range is symmetric


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return int8 weights (c_out, …) and a float32 scale for each output channel (c_out,).

    q·scale is at most half a scale away from the weight. A channel of zeros gets the scale 1.
    ValueError for weights that are not finite, or without an axis of output channels.
    Source: Jacob et al. (2018), section 2.1, with zero point 0 and a scale for each channel.
    """
    if weight.ndim < 1 or not weight.isfinite().all():
        raise ValueError(
            f"weights of shape {tuple(weight.shape)}: give (c_out, …), all of them finite numbers"
        )
    largest = weight.detach().abs().flatten(1).amax(1) if weight.ndim > 1 else weight.abs()
    scale = (largest.float() / LARGEST).clamp_min(torch.finfo(torch.float32).tiny)
    scale = torch.where(largest > 0, scale, 1.0)
    rounded = (weight.detach() / _along(scale, weight)).round()
    return rounded.clamp(-LARGEST, LARGEST).to(torch.int8), scale


def dequantise(q: Tensor, scale: Tensor) -> Tensor:
    """Return the float32 weights of `quantise`'s two results."""
    return q.float() * _along(scale, q)


def load(name: str, folder: Path = FOLDER) -> nn.Module:
    """Return a trained network of `MODELS`, such as "lenet", in evaluation mode on the CPU.

    ValueError for another name; OSError or SafetensorError if its file is missing or broken.
    """
    model = _model(name)
    stored = load_file(folder / f"{name}.safetensors")
    model.load_state_dict(
        {
            key: dequantise(value, stored[f"{key}.scale"]) if value.dtype == torch.int8 else value
            for key, value in stored.items()
            if not key.endswith(".scale")
        }
    )
    return model.eval()


def stated(name: str) -> dict:
    """Return what the record of a network says of exactly these weights.

    "seed" and "rule" by which it was chosen; for the bundled "sample" and, if there is one, the
    "full" held-out set "n_…" and "accuracy_…". ValueError for another name.
    """
    _known(name)
    return records.load(RECORDS[name]).shipped[name]


def packed(name: str, folder: Path = FOLDER) -> dict[str, dict]:
    """Return the weights for a page: layer -> {"shape", "scale", "bias", "data"}.

    "data" is base64 of the int8 bytes, in the order of PyTorch's (c_out, c_in, kh, kw) or
    (out, in); "scale" and "bias" are lists with a number for each output channel. A batch
    normalisation has one weight a channel, its γ, and the lists "running_mean" and "running_var".
    ValueError and errors of files as for `load`.
    """
    _model(name)
    stored = load_file(folder / f"{name}.safetensors")
    return {
        key.removesuffix(".weight"): {
            "shape": list(value.shape),
            "scale": stored[f"{key}.scale"].tolist(),
            "bias": stored[key.replace(".weight", ".bias")].tolist(),
            "data": base64.b64encode(value.numpy().tobytes()).decode("ascii"),
        }
        | {
            name: stored[running].tolist()
            for name in RUNNING
            if (running := key.replace("weight", name)) in stored
        }
        for key, value in stored.items()
        if value.dtype == torch.int8
    }


def save(model: nn.Module, path: Path) -> None:
    """Write a network's weights to a file as `load` reads them: tensors named *.weight as int8."""
    stored = {}
    for key, value in model.state_dict().items():
        value = value.cpu().contiguous()
        if key.endswith(".weight"):
            stored[key], stored[f"{key}.scale"] = quantise(value)
        else:
            stored[key] = value
    save_file(stored, path)


def _known(name: str) -> None:
    if name not in MODELS:
        raise ValueError(f"there are no weights {name!r}: choose from {', '.join(MODELS)}")


def _model(name: str) -> nn.Module:
    _known(name)
    with torch.random.fork_rng(devices=[]):  # its first weights are replaced at once
        return MODELS[name]()


def _along(scale: Tensor, weight: Tensor) -> Tensor:
    """Give (c_out,) the shape that multiplies (c_out, …) channel by channel."""
    return scale.view(-1, *(1,) * (weight.ndim - 1))
