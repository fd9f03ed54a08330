"""A row that does not fit: the ledger's words are PyTorch's, and what it proposes fits."""

import re
import warnings

import pytest
import torch

from book_utils.architecture import CLASSES, SIGNATURES, _arguments, build
from tests.parity.front_end import evaluate
from tests.parity.test_architecture import one

PICTURE, FLAT = (4, 9, 8), (400,)


def row(kind, **fields):
    """A row of this kind that fits a picture of four channels, but for what is said."""
    usual = {
        **{"channels": 8, "kernel": [3, 3], "features": 10, "size": [2, 2], "p": 0.5},
        **{"groups": 2, "normalised": [4, 9, 8], "sides": [1, 1, 1, 1], "value": 0.5},
        **{"maps": [2, 2, 2, 2, 2, 2], "layers": 2, "growth": 3},
    }
    arguments = [a for a in SIGNATURES[kind] if "field" in a]
    told = {a["field"]: a.get("usual", usual.get(a["field"])) for a in arguments}
    told |= {"stride": told["kernel"]} if told.get("stride") == "kernel" else {}
    return {"kind": kind} | told | fields


def words(told, shape):
    """What PyTorch says to a row that gets one example of this shape; nothing if it takes it."""
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            CLASSES[told["kind"]](**_arguments(told, shape)).eval()(torch.zeros(1, *shape))
    except Exception as error:
        return str(error)
    return None


POOLS = ("MaxPool2d", "AvgPool2d")
BLOCKS = ("Residual", "Bottleneck", "BiasedResidual", "ResidualA", "BasicBlock")
# (row, shape, what our own words must hold)
MISFITS = [
    (row("Linear"), (16, 5, 5), "reads numbers in a row, but maps of 16×5×5"),
    (row("Linear", expects=400), (16, 5, 5), "reads numbers in a row"),
    (row("Linear", expects=256), FLAT, "made for 256 features, but 400 come"),
    (row("Linear", features=-1), FLAT, "-1 is no size"),
    (row("Conv2d"), FLAT, "400 numbers in a row come"),
    (row("Conv2d", kernel=[3, 5]), (3, 2, 9), "A window over 3×5 does not fit into 2×9"),
    (row("Conv2d", padding=[1, 1], dilation=[4, 4]), (3, 4, 5), "over 9×9 .* into 6×7"),
    (row("Conv2d", expects=6), PICTURE, "made for 6 channels, but 4 come"),
    (row("Conv2d", expects=6, groups=2), PICTURE, "made for 6 channels, but 4 come"),
    (row("Conv2d", groups=2), (3, 9, 8), "2 groups do not share 3 channels"),
    (row("Conv2d", channels=7, groups=2), PICTURE, "2 groups cannot make 7 channels"),
    (row("Conv2d", groups=0), PICTURE, "at least 1"),
    (row("Conv2d", groups=-2), PICTURE, "at least 1"),
    (row("Conv2d", stride=[0, 0]), PICTURE, "does not move on"),
    (row("Conv2d", stride=[1, -1]), PICTURE, "does not move on"),
    (row("Conv2d", padding=[-1, 0]), PICTURE, "Padding cannot be below 0"),
    (row("Conv2d", dilation=[0, 1]), PICTURE, "Dilation begins at 1"),
    (row("Conv2d", dilation=[0, 0], groups=2), PICTURE, "Dilation begins at 1"),
    (row("Conv2d", dilation=[-1, 1]), PICTURE, "Dilation begins at 1"),
    (row("Conv2d", padding="same", dilation=[-1, -1]), PICTURE, "below 0"),
    (row("Conv2d", kernel=[0, 3]), PICTURE, "no size"),
    (row("Conv2d", kernel=[-1, 3]), PICTURE, "-1 is no size"),
    (row("Conv2d", channels=0), PICTURE, "no channel"),
    (row("Conv2d", channels=-3), PICTURE, "-3 is no size"),
    (row("Conv2d", padding="same", stride=[2, 2]), PICTURE, "cannot stay the same"),
    *((row(kind), FLAT, "numbers in a row come") for kind in POOLS),
    *((row(kind), (16, 1, 1), "over 3×3 does not fit into 1×1") for kind in POOLS),
    *((row(kind, kernel=[2, 3]), (16, 5, 2), "does not fit into 5×2") for kind in POOLS),
    *((row(kind, kernel=[7, 7], stride=[1, 1]), (6, 4, 9), "into 4×9") for kind in POOLS),
    *((row(kind, stride=[2, 2], ceil=True), (16, 1, 2), "does not fit") for kind in POOLS),
    *((row(kind, padding=[2, 2]), PICTURE, "more than half of the window") for kind in POOLS),
    *((row(kind, padding=[1, 3]), PICTURE, "more than half of the window") for kind in POOLS),
    *((row(kind, padding=[-1, 0]), PICTURE, "below 0") for kind in POOLS),
    *((row(kind, stride=[1, 0]), PICTURE, "does not move on") for kind in POOLS),
    *((row(kind, stride=[-1, 1]), PICTURE, "begins at 1") for kind in POOLS),
    *((row(kind, kernel=[0, 0], stride=[1, 1]), PICTURE, "no size") for kind in POOLS),
    (row("MaxPool2d", dilation=[0, 1]), PICTURE, "Dilation begins at 1"),
    (row("MaxPool2d", kernel=[2, 2], padding=[2, 2], dilation=[3, 3]), PICTURE, "than half"),
    (row("MaxPool2d", dilation=[5, 5]), PICTURE, "over 11×11 does not fit into 9×8"),
    *((row(f"Adaptive{kind}Pool2d"), FLAT, "numbers in a row") for kind in ("Avg", "Max")),
    *((row(f"Adaptive{kind}Pool2d", size=[1, 2]), FLAT, "in a row") for kind in ("Avg", "Max")),
    *((row(f"Adaptive{k}Pool2d", size=[None, -2]), PICTURE, "one pixel") for k in ("Avg", "Max")),
    (row("BatchNorm2d"), FLAT, "numbers in a row come"),
    (row("BatchNorm2d", expects=6), PICTURE, "made for 6 channels, but 4 come"),
    (row("BatchNorm1d"), PICTURE, "maps of 4×9×8 come"),
    (row("BatchNorm1d", expects=6), FLAT, "made for 6 channels, but 400 come"),
    (row("InstanceNorm2d"), FLAT, "numbers in a row come"),
    (row("InstanceNorm2d"), (4, 1, 1), "its own mean"),
    (row("InstanceNorm2d", expects=6, affine=True), PICTURE, "made for 6 channels"),
    (row("GroupNorm", groups=3), PICTURE, "3 groups do not share 4 channels"),
    (row("GroupNorm", groups=0), PICTURE, "at least 1 group"),
    (row("GroupNorm", groups=-2), PICTURE, "at least 1 group"),
    (row("GroupNorm", groups=4), (4,), "one number is its own mean"),
    (row("GroupNorm", groups=4), (4, 1, 1), "one number is its own mean"),
    (row("GroupNorm", expects=6), PICTURE, "made for 6 channels, but 4 come"),
    (row("GroupNorm", expects=4), (5, 9, 8), "2 groups do not share 5 channels"),
    (row("LayerNorm"), (4, 8, 8), "made for 4×9×8, but 4×8×8 come"),
    (row("LayerNorm"), FLAT, "made for 4×9×8, but 400 come"),
    (row("LayerNorm", normalised=[-4]), FLAT, "-4 is no size"),
    (row("Dropout", p=1.5), FLAT, "no share"),
    (row("Dropout2d", p=-0.5), PICTURE, "no share"),
    *((row(kind), FLAT, "numbers in a row come") for kind in BLOCKS),
    *((row(kind, stride=0), PICTURE, "does not move on") for kind in BLOCKS[:4]),
    *((row(kind, channels=0), PICTURE, "no channel") for kind in BLOCKS),
    *((row(kind, channels=-1), PICTURE, "no size") for kind in BLOCKS),
    *((row(kind, expects=3), PICTURE, "made for 3 channels, but 4 come") for kind in BLOCKS),
    (row("BasicBlock"), PICTURE, "adds 8×9×8 to 4×9×8"),
    (row("Inception"), FLAT, "numbers in a row come"),
    (row("Inception", expects=3), PICTURE, "made for 3 channels, but 4 come"),
    (row("Inception", large=2), PICTURE, "maps of 10×9 behind maps of 9×8"),
    (row("Inception", large=0), PICTURE, "no size"),
    (row("Inception", maps=[1, 0, 1, 1, 1, 1]), PICTURE, "no channel"),
    (row("DenseBlock"), FLAT, "numbers in a row come"),
    (row("DenseBlock", growth=0), PICTURE, "no channel"),
    (row("DenseBlock", bottleneck=-1), PICTURE, "no size"),
    (row("DenseBlock", expects=3), PICTURE, "made for 3 channels, but 4 come"),
]
# What PyTorch takes, or says nothing of use to, and the ledger does not.
OWN = [
    (row("Linear", features=0), FLAT),
    (row("AdaptiveAvgPool2d", size=[0, 2]), PICTURE),
    (row("AdaptiveAvgPool2d", size=[1, 1]), FLAT),
    (row("ZeroPad2d"), FLAT),
    (row("ZeroPad2d", sides=[-1, 0, 0, 0]), PICTURE),
    (row("BasicBlock", stride=0), PICTURE),
    (row("DenseBlock", layers=0), PICTURE),
    (row("DenseBlock", layers=501), PICTURE),
    (row("Conv2d", kernel=[0, 0], groups=2), PICTURE),
]


def refusals(cases):
    found = evaluate([("account", shape, [told]) for told, shape, *_ in cases])
    for each, case in zip(found, cases, strict=True):
        assert isinstance(each, dict), (each, case)
    return [each["entries"][0] for each in found]


@pytest.mark.parametrize(
    ("told", "shape", "ours", "entry"),
    [(*case, entry) for case, entry in zip(MISFITS, refusals(MISFITS), strict=True)],
    ids=lambda value: value["kind"] if isinstance(value, dict) and "kind" in value else None,
)
def test_the_words_are_pytorchs(told, shape, ours, entry):
    assert entry["state"] == "refused"
    assert entry["refusal"]["pytorch"] == words(told, shape)
    assert re.search(ours, entry["refusal"]["says"])
    assert entry["input"] == list(shape)


def test_where_pytorch_has_no_words_the_ledger_has_its_own():
    for entry, (told, _) in zip(refusals(OWN), OWN, strict=True):
        assert entry["state"] == "refused", told
        assert entry["refusal"]["pytorch"] is None and entry["refusal"]["says"], told


def test_every_kind_that_can_fail_is_tried():
    free = {"Flatten", "ReLU", "Sigmoid", "Tanh", "GELU", "SiLU", "ReLU6", "LeakyReLU", "ELU"}
    free |= {"Softplus", "Hardswish", "Hardsigmoid", "Identity"}
    tried = {told["kind"] for told, *_ in [*MISFITS, *OWN]}
    assert tried | free == {*SIGNATURES} - {"ConstantPad2d"}  # padded as ZeroPad2d is


def spoilt(kind):
    """Draw a row and give one of its fields other numbers: of one fault there is one error."""
    drawn = one(kind)
    whole = [f for f, v in drawn.items() if isinstance(v, int) and not isinstance(v, bool)]
    lists = [f for f, v in drawn.items() if isinstance(v, list)]
    if whole + lists:
        field = (whole + lists)[int(torch.randint(len(whole + lists), ()))]
        value = drawn[field]
        number = int(torch.randint(-2, 9, ()))
        if field in whole:
            drawn[field] = number
        else:
            at = int(torch.randint(len(value), ()))
            drawn[field] = [number if i == at else n for i, n in enumerate(value)]
    return drawn


def test_random_rows_are_refused_when_pytorch_refuses_them_and_in_its_words():
    torch.manual_seed(0)
    kinds = [kind for kind in SIGNATURES for _ in range(40)]
    cases = []
    for i, kind in enumerate(kinds):
        sides = torch.randint(1, 9, (2,)).tolist()
        shape = (7,) if i % 9 == 0 else (int(torch.randint(1, 7, ())), *sides)
        cases.append((one(kind) if i % 9 == 0 else spoilt(kind), shape))
    refused, wrong = 0, []
    for (told, shape), entry in zip(cases, refusals(cases), strict=True):
        ours = entry["refusal"]["pytorch"] if entry["state"] == "refused" else None
        theirs = words(told, shape)
        refused += ours is not None
        if ours != theirs and not (entry["state"] == "refused" and ours is None):
            wrong.append((told, shape, ours, theirs))
    assert wrong == []
    assert refused > 200


def test_what_would_fit_does():
    cases = [(told, shape) for told, shape, *_ in [*MISFITS, *OWN]]
    without = []
    for (told, shape), entry in zip(cases, refusals(cases), strict=True):
        cures = entry["refusal"]["fits"]
        assert len(cures) <= 3
        assert len({cure["says"] for cure in cures}) == len(cures)
        without += [] if cures else [(told, shape)]
        for cure in cures:
            assert cure["instead"] != [told]
            build(cure["instead"], shape).eval()(torch.zeros(1, *shape))
    assert without == []


FIRST_CURES = [
    (row("Linear"), (16, 5, 5), "a Flatten before it"),
    (row("Linear", expects=256), FLAT, "in_features 400"),
    (row("Conv2d"), (3, 2, 2), "kernel 2"),
    (row("Conv2d", channels=7, groups=2), PICTURE, "groups 1"),
    (row("Conv2d", stride=[0, 0]), PICTURE, "stride 1"),
    (row("Conv2d", expects=6), PICTURE, "in_channels 4"),
    (row("Conv2d", padding="same", stride=[2, 2]), PICTURE, "padding 1"),
    (row("MaxPool2d"), (16, 1, 1), "kernel 1"),
    (row("MaxPool2d", padding=[2, 2]), PICTURE, "padding 1"),
    (row("BatchNorm2d"), FLAT, "BatchNorm1d"),
    (row("BatchNorm1d"), PICTURE, "BatchNorm2d"),
    (row("GroupNorm", groups=3), PICTURE, "groups 2"),
    (row("LayerNorm"), (4, 8, 8), "shape 4×8×8"),
    (row("BasicBlock"), PICTURE, "channels 4"),
    (row("Inception", large=2), PICTURE, "large 3"),
    (row("Residual", expects=3), PICTURE, "c_in 4"),
]


def test_the_first_cure_is_the_nearest():
    found = refusals(FIRST_CURES)
    for (told, _, says), entry in zip(FIRST_CURES, found, strict=True):
        assert entry["refusal"]["fits"][0]["says"] == says, told


def test_rows_behind_one_that_does_not_fit_wait():
    rows = [row("Conv2d"), row("Linear"), row("ReLU"), row("Linear")]
    found = evaluate([("account", PICTURE, rows)])[0]
    assert [entry["state"] for entry in found["entries"]] == [
        "counted",
        "refused",
        "waits",
        "waits",
    ]
    assert found["sums"]["parameters"] == 8 * (4 * 9 + 1)


def test_what_no_computer_holds_is_refused():
    rows = [row("ZeroPad2d", sides=[100_000] * 4), row("Conv2d", channels=100_000)]
    entry = evaluate([("account", (3, 200, 200), rows)])[0]["entries"][1]
    assert entry["state"] == "refused" and entry["refusal"]["says"].startswith("Too large")
