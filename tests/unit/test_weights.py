"""Weights in a byte each: the error they may have, what a page gets, what the record says."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import nn
from torch.testing import assert_close

from book_utils import data, records, weights
from book_utils.models import DigitLeNet, LeNet, NormLeNet
from book_utils.train import evaluate

SHAPES = st.sampled_from([(3,), (1, 1), (2, 5), (4, 3, 2, 2), (1, 7, 1, 3)])


@given(SHAPES, st.integers(0, 10**6), st.sampled_from([1e-30, 1e-3, 1.0, 1e4, 1e30]))
def test_a_byte_is_at_most_half_a_scale_off(shape: tuple[int, ...], seed: int, size: float) -> None:
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * size
    q, scale = weights.quantise(weight)
    assert q.dtype == torch.int8 and q.shape == weight.shape and scale.shape == shape[:1]
    assert q.int().abs().max() == 127
    off = (weights.dequantise(q, scale).double() - weight.double()).abs().flatten()
    bound = (scale.double() / 2 * (1 + 1e-4)).view(-1, *[1] * (len(shape) - 1)).expand(shape)
    assert (off <= bound.flatten()).all()


def test_the_largest_weight_of_each_channel_is_kept_and_zero_stays_zero() -> None:
    weight = torch.tensor([[0.5, -1.27, 0.0], [0.0, 0.0, 0.0]])
    q, scale = weights.quantise(weight)
    assert_close(scale, torch.tensor([0.01, 1.0]))
    assert q.tolist() == [[50, -127, 0], [0, 0, 0]]
    assert_close(weights.dequantise(q, scale), weight)


@pytest.mark.parametrize("bad", [torch.tensor(1.0), torch.tensor([[1.0, float("nan")]])])
def test_weights_that_cannot_be_kept_are_refused(bad: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="all of them finite"):
        weights.quantise(bad)


def test_a_network_comes_back_from_a_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = DigitLeNet()
    nn.init.normal_(model.dense[-1].bias)
    weights.save(model, tmp_path / "digit_lenet.safetensors")
    before = torch.get_rng_state()
    again = weights.load("digit_lenet", tmp_path)
    assert torch.equal(torch.get_rng_state(), before), "loading leaves the reader's seed alone"
    assert not again.training
    for (name, old), new in zip(model.named_parameters(), again.parameters(), strict=True):
        if name.endswith("bias"):
            assert torch.equal(old, new)
        else:
            assert 0 < (old - new).abs().max() <= old.abs().max() / 254 * 1.001


def test_what_a_page_gets_are_the_weights_that_load_gives() -> None:
    for name in weights.MODELS:
        layers = weights.packed(name)
        state = weights.load(name).state_dict()
        kinds = {"shape", "scale", "data"}  # of what a page gets, not of PyTorch's state
        held = {
            f"{layer}.{kind}" for layer in layers for kind in {*layers[layer], "weight"} - kinds
        }
        assert held == {key for key in state if not key.endswith("num_batches_tracked")}
        for layer, parts in layers.items():
            q = np.frombuffer(base64.b64decode(parts["data"]), dtype=np.int8)
            scale = np.array(parts["scale"], dtype=np.float32)
            q = q.reshape(parts["shape"]).astype(np.float32)
            weight = q * scale.reshape(-1, *[1] * (q.ndim - 1))
            assert_close(torch.from_numpy(weight), state[f"{layer}.weight"], rtol=0, atol=0)
            for kind in {"bias", *weights.RUNNING} & set(parts):
                assert_close(torch.tensor(parts[kind]), state[f"{layer}.{kind}"], rtol=0, atol=0)
        assert len(json.dumps(layers)) <= 150 * 1024


def test_unknown_weights_are_refused_with_those_there_are() -> None:
    for take in (weights.load, weights.packed, weights.stated):
        with pytest.raises(ValueError, match="choose from digit_lenet, lenet"):
            take("../lenet")
    with pytest.raises(OSError, match="digit_lenet"):
        weights.load("digit_lenet", Path("nowhere"))


def test_the_files_hold_bytes_and_their_scales() -> None:
    stored = load_file(weights.FOLDER / "lenet.safetensors")
    assert stored["features.0.weight"].dtype == torch.int8
    assert stored["features.0.weight.scale"].shape == (6,)
    assert stored["features.0.bias"].dtype == torch.float32


@pytest.mark.parametrize(
    ("name", "network", "sample", "floor"),
    [
        ("digit_lenet", DigitLeNet, data.mnist, 0.97),
        ("lenet", LeNet, data.fashion_mnist, 0.75),
        ("bn_lenet", NormLeNet, data.fashion_mnist, 0.85),
    ],
)
def test_shipped_weights_are_as_good_as_their_record_says(
    name: str, network: type, sample: object, floor: float
) -> None:
    stated = weights.stated(name)
    test = sample()[1]
    model = weights.load(name)
    assert isinstance(model, network)
    accuracy = evaluate(model, test)[1]
    assert len(test) == stated["n_sample"]
    # A processor that adds in another order may turn a picture or two.
    assert abs(accuracy - stated["accuracy_sample"]) <= 2 / len(test)
    assert accuracy >= floor


@pytest.mark.parametrize("name", ["lenet", "bn_lenet"])
def test_the_shipped_networks_of_clothes_are_typical_ones(name: str) -> None:
    record, seed = records.load(weights.RECORDS[name]), weights.stated(name)["seed"]
    last = sorted(run["test_accuracy"][-1] for run in record.select(model=name))
    (chosen,) = record.select(model=name, seed=seed)
    assert chosen["test_accuracy"][-1] == last[(len(last) - 1) // 2]


def test_the_shipped_network_of_the_digits_was_chosen_without_the_test() -> None:
    runs, seed = records.load("digits").runs, weights.stated("digit_lenet")["seed"]
    (chosen,) = (run for run in runs if run["seed"] == seed)
    alive = [run for run in runs if run["dead_maps"] == 0]
    assert chosen in alive
    assert chosen["choosing_accuracy"] == max(run["choosing_accuracy"] for run in alive)
    assert chosen["n_train"] + chosen["n_choosing"] == len(data.mnist()[0])


def test_every_map_of_the_digit_network_is_alive() -> None:
    """Positive, after ReLU, at 1 % of the places and on a fifth of the held-out digits, or more."""
    x, found = data.mnist()[1].images, []
    with torch.no_grad():
        for layer in weights.load("digit_lenet").features:
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                positive = x > 0
                places, digits = positive.double().mean((0, 2, 3)), positive.amax((2, 3))
                assert places.min() >= 0.01 and digits.double().mean(0).min() >= 0.2
                found.append(len(places))
    assert found == [6, 16]
