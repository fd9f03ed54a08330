"""The ledger's rows and its arithmetic written out agree with book_utils.shapes."""

import re
from math import floor, prod

import pytest
import torch
from torch import nn

from book_utils.explorables import LayerLedger
from book_utils.models import DigitLeNet, LeNet, NormLeNet
from tests.parity.front_end import Refused, evaluate

G = torch.Generator().manual_seed(0)


def draw(*choices):
    return choices[int(torch.randint(len(choices), (1,), generator=G))]


def window(k_most=4):
    """Draw a kernel and a stride, often not square."""
    return (draw(*range(1, k_most + 1)), draw(*range(1, k_most + 1))), draw(1, 1, 2, (2, 1), (1, 3))


def random_layer(channels):
    """Draw a layer for a picture of this many channels, and how many it makes."""
    kernel, stride = window()
    kind = draw("conv", "conv", "conv", "max", "avg", "point", "norm")
    if kind == "conv":
        groups = draw(*(g for g in (1, 2, 3) if channels % g == 0))
        padding = draw(0, 1, (0, 2), "same")
        stride = 1 if padding == "same" else stride
        out = groups * draw(1, 2, 4)
        extras = {"dilation": draw(1, 1, 2, (1, 2)), "groups": groups, "bias": draw(True, False)}
        return nn.Conv2d(channels, out, kernel, stride, padding, **extras), out
    if kind == "max":
        padding = draw(0, min(kernel) // 2)
        return nn.MaxPool2d(
            kernel, stride, padding, draw(1, 2), ceil_mode=draw(True, False)
        ), channels
    if kind == "avg":
        return nn.AvgPool2d(kernel, draw(None, stride), ceil_mode=draw(True, False)), channels
    if kind == "point":
        activations = (nn.ReLU(), nn.ReLU(inplace=True), nn.Sigmoid(), nn.Dropout(), nn.Identity())
        return draw(*activations), channels
    return draw(
        nn.BatchNorm2d(channels, affine=draw(True, False)),
        nn.GroupNorm(draw(1, channels), channels),
        nn.InstanceNorm2d(channels, affine=draw(True, False)),
    ), channels


def random_network(i):
    """Draw one to six layers on a picture, and dense layers behind every other one."""
    size = (draw(1, 2, 3), draw(17, 24, 31), draw(19, 28))
    layers, channels = [], size[0]
    for _ in range(draw(1, 2, 3, 4, 5, 6)):
        layer, channels = random_layer(channels)
        layers.append(layer)
    try:
        y = nn.Sequential(*layers).eval()(torch.zeros(1, *size))
    except (RuntimeError, ValueError):
        return random_network(i)  # a window did not fit: again
    if i % 2:
        pooled = nn.AdaptiveAvgPool2d(draw(1, (2, None)))
        n = prod(pooled(y).shape[1:])
        layers += [pooled, nn.Flatten(), nn.Linear(n, 7, bias=draw(True, False)), nn.LayerNorm(7)]
        layers += [nn.Tanh(), nn.Linear(7, 3), nn.BatchNorm1d(3)]
    model = nn.Sequential(*layers)
    return model.double() if i % 3 == 0 else model, size


def network(i):
    if i < 3:
        models = (LeNet(), DigitLeNet(), NormLeNet(nn.BatchNorm2d, nn.BatchNorm1d))
        return models[i], (1, 28, 28)
    return random_network(i)


@pytest.fixture(scope="module")
def both():
    """Ledgers of many networks, each with the front end's rows and words."""
    ledgers = [LayerLedger(*network(i)) for i in range(120)]
    calls = [("ledgerRows", lab.input, lab.layers, lab.number_bytes, 2) for lab in ledgers]
    return list(zip(ledgers, evaluate(calls), strict=True))


def test_every_row_agrees_with_the_table(both):
    for lab, page in both:
        table = lab.output
        for row, found, layer in zip(table, page["rows"], page["settings"], strict=True):
            assert tuple(found["shape"]) == row.output_shape
            assert found["parameters"] == row.parameters
            assert found["multiplyAdds"] == row.multiply_adds
            assert found["bytes"] == row.activation_bytes
            reach = found["reach"] and (
                tuple(found["reach"]["field"]),
                tuple(found["reach"]["jump"]),
            )
            assert (reach or (None, None)) == (row.receptive_field, row.jump)
            assert layer == row.setting
        sums = page["totals"]
        assert sums == {
            **{"parameters": table.parameters, "multiplyAdds": table.multiply_adds},
            "bytes": table.activation_bytes,
        }


def value(term):
    """Work out one side of an equation as a reader would."""
    term = term.replace("kB", "·1000").replace("MB", "·1000000").replace(",", "")
    term = re.sub(r"[a-z]+", "", term)
    for sign, python in (("−", "-"), ("·", "*"), ("×", "*"), ("⌊", "floor("), ("⌈", "-floor(-")):
        term = term.replace(sign, python)
    return eval(re.sub("[⌋⌉]", ")", term), {"floor": floor})  # noqa: S307


def equations(text):
    """Each a = b = c of a line, as the values of its sides."""
    for part in re.split(r"[;:]|, j = |r = |, (?=\D)", text):
        if " = " in part:
            yield [value(side) for side in part.split(" ≈ ")[0].split(" = ")]


def test_what_is_written_out_comes_to_what_the_table_says(both):
    counted = dict.fromkeys(
        ("Output", "Parameters", "Multiply-adds", "Memory", "Receptive field"), 0
    )
    for lab, page in both:
        for row, lines in zip(lab.output, page["words"], strict=True):
            said = {line["what"]: list(equations(line["sum"])) for line in lines}
            for what, sums in said.items():
                counted[what] += len(sums)
                for sides in sums:
                    assert max(sides) == pytest.approx(min(sides), abs=1e-6), (row, lines)
            ends = {what: [round(sides[-1]) for sides in sums] for what, sums in said.items()}
            assert ends["Parameters"] == ([row.parameters] if row.parameters else [])
            assert ends["Multiply-adds"][-1:] == ([row.multiply_adds] if row.multiply_adds else [])
            assert ends["Memory"] == ([2 * row.activation_bytes] if row.activation_bytes else [])
            if said["Receptive field"]:
                fields, jumps = ends["Receptive field"][::2], ends["Receptive field"][1::2]
                assert set(fields) == set(row.receptive_field) and set(jumps) == set(row.jump)
            if said["Output"] and row.kind != "Flatten":
                assert set(ends["Output"]) <= set(row.output_shape[1:])
    assert min(counted.values()) > 100, counted


def test_lenet_is_written_out_as_in_the_chapter(both):
    words = {line["what"]: line["sum"] for line in both[0][1]["words"][3]}
    assert words["Parameters"] == "16·6·5·5 + 16 = 2,416"
    assert words["Multiply-adds"] == "16·10·10 outputs × 6·5·5 each = 1,600 × 150 = 240,000"
    assert words["Output"].endswith("height and width ⌊(14 − 5) / 1⌋ + 1 = 10")
    assert words["Receptive field"] == "r = 6 + (5 − 1)·2 = 14, j = 2·1 = 2"
    assert words["Memory"] == "2 examples × 16·10·10·4 bytes = 12,800 bytes = 12.8 kB"


def test_the_code_builds_a_network_that_counts_the_same(both):
    for lab, page in both:
        scope = {}
        exec(page["python"], scope)  # noqa: S102
        table, again = lab.output, scope["table"]
        assert [row.kind for row in again] == [row.kind for row in table]
        for row, other in zip(table, again, strict=True):
            assert other.output_shape == row.output_shape
            assert other.parameters == row.parameters
            assert other.multiply_adds == row.multiply_adds
            assert other.receptive_field == row.receptive_field


def test_weights_used_twice_and_frozen_weights_count_as_in_the_table():
    shared, frozen = nn.Linear(3, 3), nn.Linear(3, 3).requires_grad_(False)
    lab = LayerLedger(nn.Sequential(shared, shared, frozen), (3,))
    page = evaluate([("ledgerRows", lab.input, lab.layers, 4, 1)])[0]
    assert [row["parameters"] for row in page["rows"]] == [12, 0, 0]
    assert "not learned, or counted in an earlier row" in page["words"][1][1]["sum"]


CONV = {"name": "c", "kind": "Conv2d", "channels": 4, "kernel": [3, 3], "bias": True}


@pytest.mark.parametrize(
    ("input_shape", "layer", "complaint"),
    [
        ([1, 2, 9], CONV, r"c \(Conv2d\): kernel size 3 .* use a smaller kernel"),
        ([3, 9, 9], CONV | {"groups": 2}, r"c \(Conv2d\): 2 groups do not divide 3 channels in"),
        ([9], CONV, r"c \(Conv2d\): takes channels, height and width, but gets 9"),
        ([9], {"name": "x", "kind": "Swish"}, "x is a Swish, which is not known: give one of"),
    ],
)
def test_a_layer_that_does_not_fit_says_why(input_shape, layer, complaint):
    answer = evaluate([("ledger", input_shape, [layer])])[0]
    assert isinstance(answer, Refused) and re.search(complaint, answer.message)
