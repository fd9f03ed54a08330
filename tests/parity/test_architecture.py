"""The rows of the architecture ledger are counted as PyTorch counts the networks they describe."""

import warnings
from math import prod

import pytest
import torch

from book_utils.architecture import CLASSES, SIGNATURES, _arguments, build
from book_utils.explorables.architecture.presets import PRESETS, preset
from book_utils.fields import Fields
from book_utils.shapes import layer_table, parameters
from tests.parity.front_end import evaluate

G = torch.Generator().manual_seed(12)


def draw(*choices):
    return choices[int(torch.randint(len(choices), (1,), generator=G))]


def storage(tensor):
    return tensor.untyped_storage()._cdata


def bytes_kept(layers, x):
    """Send x through layers in training; what each adds to what autograd saves, in bytes.

    Parameters and buffers are left out; what shares memory counts once.
    """
    own = {storage(t) for layer in layers for t in (*layer.parameters(), *layer.buffers())}
    found, alive, added = set(), [], [0]

    def pack(t):
        if storage(t) not in own | found:
            added[-1] += t.untyped_storage().nbytes()
            found.add(storage(t))
            alive.append(t)
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        for layer in layers:
            x = layer.train()(x)
            added.append(0)
    return added[:-1]


def kept(layers, shape, device):
    """Bytes that each further example of a batch adds to what is saved, layer by layer."""
    two, three = (bytes_kept(layers, torch.zeros(n, *shape, device=device)) for n in (2, 3))
    return [b - a for a, b in zip(two, three, strict=True)]


def reaches(layers, shape, device):
    """The field, jump and start behind each layer, (rows, columns), or None."""
    x = torch.zeros(1, *shape, device=device)
    found = []
    fields = Fields(x)
    with fields, torch.no_grad():
        for layer in layers:
            x = layer.eval()(x)
            axes = fields.of(x) if len(shape) == 3 else None
            names = {"field": "size", "jump": "jump", "start": "start"}
            found.append(axes and {k: [getattr(a, v) for a in axes] for k, v in names.items()})
    return found


def expected(model, shape, device="cpu"):
    """What PyTorch says of each layer of a Sequential."""
    layers = list(model)
    saved, seen = kept(layers, shape, device), reaches(layers, shape, device)
    rows = []
    for i, layer in enumerate(layers):
        table = layer_table(layer, shape) if parameters(layer) else None
        with torch.no_grad():
            y = layer.eval()(torch.zeros(1, *shape, device=device))
        rows.append(
            {
                **{"state": "counted", "input": list(shape), "shape": list(y.shape[1:])},
                "parameters": parameters(layer),
                "multiplyAdds": table.multiply_adds if table else 0,
                **{"kept": saved[i], "reach": seen[i]},
            }
        )
        shape = tuple(y.shape[1:])
    return rows


def summed(rows):
    return {key: sum(row[key] for row in rows) for key in ("parameters", "multiplyAdds", "kept")}


@pytest.fixture(scope="module")
def presets():
    """Every preset with its account."""
    all_presets = [preset(name) for name in PRESETS]
    accounts = evaluate([("account", p["input"], p["rows"]) for p in all_presets])
    return {p["name"]: (p, found) for p, found in zip(all_presets, accounts, strict=True)}


@pytest.mark.parametrize("name", PRESETS)
def test_every_row_of_a_preset_is_counted_as_pytorch_counts_it(presets, name):
    told, found = presets[name]
    with torch.device("meta"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = build(told["rows"], told["input"])
        rows = expected(model, tuple(told["input"]), "meta")
    for i, (row, entry) in enumerate(zip(rows, found["entries"], strict=True)):
        assert entry == row, (i, told["rows"][i])
    assert found["sums"] == summed(rows)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_to_what_the_model_itself_comes_to(presets, name):
    told, found = presets[name]
    with torch.device("meta"):
        table = layer_table(PRESETS[name].build(), told["input"])
    assert found["sums"]["parameters"] == table.parameters
    assert found["sums"]["multiplyAdds"] == table.multiply_adds
    assert found["entries"][-1]["shape"] == list(table[len(table) - 1].output_shape)


PUBLISHED = {
    **{"lenet": 61_706, "digit_lenet": 60_074, "norm_lenet": 62_158},
    **{"alexnet": 61_100_840, "alexnet_d2l": 46_764_746, "nin": 1_992_166},
    **{"vgg11": 132_863_336, "vgg13": 133_047_848, "vgg16": 138_357_544, "vgg19": 143_667_240},
    **{"googlenet": 6_624_904, "googlenet_d2l": 5_977_530},
    **{"resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032},
    **{"resnet101": 44_549_160, "resnet152": 60_192_808, "resnet18_d2l": 11_178_378},
    **{"resnet18_cifar": 11_173_962, "resnet20": 269_722},
    **{"densenet121": 7_978_856, "densenet_d2l": 758_226},
    **{"cifar_vgg13": 9_570_506, "cifar_resnet18": 11_176_970},
}


def test_parameters_are_those_published(presets):
    found = {name: presets[name][1]["sums"]["parameters"] for name in PUBLISHED}
    assert found == PUBLISHED
    assert set(PRESETS) - set(PUBLISHED) == {"small_resnet"}  # the book's own


# Random networks


def pair(*choices):
    return [draw(*choices), draw(*choices)]


def one(kind):
    """Draw the fields of a row of this kind; it need not fit."""
    kernel = pair(1, 2, 3, 3, 5)
    window = {"kernel": kernel, "stride": pair(1, 1, 2, 3), "padding": pair(0, 0, 1, 2)}
    narrow = window | {"padding": [draw(0, k // 2) for k in kernel], "ceil": draw(True, False)}
    wide = {"channels": draw(2, 4, 6), "stride": draw(1, 1, 2)}
    values = {
        "Conv2d": window
        | {"channels": draw(2, 4, 6), "groups": draw(1, 1, 2), "bias": draw(True, False)}
        | {"dilation": pair(1, 1, 2)}
        | draw({}, {}, {"padding": "same", "stride": [1, 1]}),
        "MaxPool2d": narrow | {"dilation": pair(1, 1, 2)},
        "AvgPool2d": narrow,
        "Linear": {"features": draw(3, 5), "bias": draw(True, False)},
        "GroupNorm": {"groups": draw(1, 2), "affine": draw(True, False)},
        "LayerNorm": {"affine": draw(True, False), "bias": draw(True, False)},
        "ConstantPad2d": {"value": draw(0.5, "-inf")},
        "Residual": wide | {"shortcut": draw(True, False)},
        **dict.fromkeys(("Bottleneck", "BiasedResidual", "ResidualA", "BasicBlock"), wide),
        "Inception": {
            **{"maps": [draw(1, 2, 3) for _ in range(6)], "large": draw(1, 3, 5)},
            "norm": draw(True, False),
        },
        "DenseBlock": {
            **{"layers": draw(1, 3), "growth": draw(2, 3), "bottleneck": draw(0, 2)},
            "bias": draw(True, False),
        },
    }
    common = {
        **{"size": draw([1, 1], [2, 2], [None, 2], [1, 3]), "inplace": draw(False, False, True)},
        **{"p": draw(0, 0.3, 0.5, 1), "affine": draw(True, False)},
        **{"sides": [draw(0, 1, 2) for _ in range(4)], "normalised": [5]},
    }
    fields = [a["field"] for a in SIGNATURES[kind] if "field" in a]
    return {"kind": kind} | {f: ({**common, **values.get(kind, {})})[f] for f in fields}


FLAT = ("BatchNorm1d", "Linear", "Dropout", "Identity", "Sigmoid", "GroupNorm", "LayerNorm")
# An activation in place before one that needs what it changed: PyTorch fails in the backward pass
# alone, which is no business of the ledger.


def network(length):
    """Draw rows that fit, as PyTorch finds, and the shape that they take."""
    shape = (draw(2, 3, 4), draw(9, 12, 14), draw(8, 11))
    rows, now = [], shape
    kinds = [kind for kind in SIGNATURES if kind not in ("Linear", "BatchNorm1d")]
    while len(rows) < length:
        row = one(draw(*(FLAT if len(now) == 1 else kinds)))
        if row["kind"] == "LayerNorm":
            row["normalised"] = list(now[-draw(*range(1, len(now) + 1)) :])
        y = sent(row, now)
        if isinstance(y, str) or 0 in y or prod(y) > 20_000:
            continue
        rows.append(row)
        now = y
    return rows, shape


def sent(row, shape):
    """The shape behind a row, or the words of PyTorch's error."""
    try:
        layer = CLASSES[row["kind"]](**_arguments(row, shape)).eval()
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(layer(torch.zeros(1, *shape)).shape[1:])
    except Exception as error:
        return str(error)


@pytest.mark.filterwarnings("ignore")
def test_random_networks_are_counted_as_pytorch_counts_them():
    seen = set()
    drawn = [network(1 + i % 9) for i in range(150)]
    accounts = evaluate([("account", shape, rows) for rows, shape in drawn])
    for (rows, shape), found in zip(drawn, accounts, strict=True):
        assert [entry["state"] for entry in found["entries"]] == ["counted"] * len(rows), rows
        wanted = expected(build(rows, shape), shape)
        for i, (row, entry) in enumerate(zip(wanted, found["entries"], strict=True)):
            assert entry == row, rows[: i + 1]
        seen |= {row["kind"] for row in rows}
    assert seen == set(SIGNATURES)
