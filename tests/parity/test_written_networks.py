"""Networks as text: what is pasted becomes the rows of what Python builds of it, and what is
copied builds a network that counts the same."""

import inspect
import re
import warnings

import pytest
import torch
from torch import nn

from book_utils import models
from book_utils.architecture import CLASSES, SIGNATURES, rows_of
from book_utils.explorables.architecture.presets import PRESETS, preset
from book_utils.models.cifar import BasicBlock
from book_utils.models.resnet import BiasedResidual, ResidualA
from book_utils.shapes import layer_table, parameters
from tests.parity.front_end import Refused, evaluate
from tests.parity.test_architecture import draw, network, one, sent

NAMES = {"nn": nn, "torch": torch, "models": models, **vars(nn), **vars(models)}
NAMES |= {each.__name__: each for each in (BasicBlock, BiasedResidual, ResidualA)}


def parsed(*texts, shape=(3, 32, 32)):
    return evaluate([("parse", text, shape) for text in texts])


@pytest.mark.parametrize("kind", SIGNATURES)
def test_signatures_are_pytorchs(kind):
    ours = [argument["name"] for argument in SIGNATURES[kind]]
    theirs = inspect.signature(CLASSES[kind]).parameters
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    places = ("device", "dtype")
    wanted = [n for n, p in theirs.items() if p.kind not in variadic and n not in places]
    assert ours == wanted
    for argument in SIGNATURES[kind]:
        usual = theirs[argument["name"]].default
        if "usual" not in argument:
            assert usual is inspect.Parameter.empty or "only" in argument or "free" in argument
            assert argument.get("only", usual) == usual or argument["name"] == "end_dim"
        elif argument["usual"] == "kernel":
            assert usual is None
        else:
            pair = argument["takes"] in ("pair", "padding")
            assert argument["usual"] == ([usual, usual] if pair else usual)


WRITTEN = [
    "nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU())",
    "torch.nn.Sequential(torch.nn.Conv2d(3, 6, 5, 2, 1, 1, 3, False))",
    "Sequential(Conv2d(3, 6, (3, 5), stride=(2, 1), padding=(1, 2), dilation=[1, 2]),)",
    "net = nn.Sequential(  # a comment, with ( in it\n\n  nn.Conv2d(3, 6, kernel_size=3),\n\n)\n\n",
    "nn.Sequential(nn.Conv2d(3, 6, 3, padding=\"same\"), nn.Conv2d(6, 6, 3, padding='valid'))",
    "nn.Sequential(nn.Sequential(nn.ReLU(), nn.Sequential(nn.Tanh())), nn.Sigmoid())",
    "nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 1_0), nn.Linear(10, 10, bias=False))",
    "nn.Sequential(nn.MaxPool2d(3, 2, ceil_mode=True), nn.AvgPool2d(2), nn.AvgPool2d((2, 1), 1))",
    "nn.Sequential(nn.MaxPool2d(2, stride=None), nn.AvgPool2d(2, None, 1, False, True, None))",
    "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d((2, None)))",
    "nn.Sequential(nn.Dropout(), nn.Dropout(0.3), nn.Dropout2d(p=.25, inplace=True))",
    "nn.Sequential(nn.BatchNorm2d(3, eps=1e-3, momentum=None), nn.BatchNorm2d(3, 1, 0.1, False))",
    "nn.Sequential(nn.GroupNorm(3, 3), nn.InstanceNorm2d(3, affine=True), nn.LayerNorm(32))",
    "nn.Sequential(nn.LayerNorm((3, 32, 32), elementwise_affine=True, bias=False))",
    "nn.Sequential(nn.ELU(0.5, True), nn.LeakyReLU(negative_slope=-0.1), nn.GELU('tanh'))",
    "nn.Sequential(nn.ZeroPad2d(1), nn.ConstantPad2d((0, 1, 0, 1), -float('inf')))",
    "nn.Sequential(nn.ConstantPad2d(2, value=0.5), nn.ConstantPad2d(1, float('inf')))",
    "nn.Sequential(nn.Flatten(1, -1), nn.Flatten(start_dim=1))",
    "nn.Sequential(Residual(3, 8), models.Residual(8, 8, 2, shortcut=False), Bottleneck(8, 4, 2))",
    "nn.Sequential(BiasedResidual(3, 8), ResidualA(8, 9, stride=2), BasicBlock(9, 9))",
    "nn.Sequential(Inception(3, (1, 2, 3, 4, 5, 6)))",
    "nn.Sequential(Inception(3, [1, 2, 3, 4, 5, 6], 5, norm=False))",
    "nn.Sequential(DenseBlock(2, 3, 10), DenseBlock(3, 23, growth=4, bottleneck=4, bias=True))",
    "nn.Conv2d(3, 4, 1)",
]


@pytest.mark.parametrize(
    ("text", "found"), list(zip(WRITTEN, parsed(*WRITTEN), strict=True)), ids=range(len(WRITTEN))
)
def test_a_text_becomes_the_rows_of_what_python_builds(text, found):
    source = text.removeprefix("net = ").strip()
    model = eval(source, dict(NAMES))  # noqa: S307
    assert found == {"rows": rows_of(model), "input": [3, 32, 32]}


def test_lazy_layers_take_what_comes():
    text = (
        "nn.Sequential(nn.LazyConv2d(6, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(9))"
    )
    rows = parsed(text)[0]["rows"]
    assert [row["kind"] for row in rows] == ["Conv2d", "BatchNorm2d", "Flatten", "Linear"]
    assert not any("expects" in row for row in rows)


def test_the_picture_gets_the_channels_that_the_first_layer_reads():
    found = parsed("nn.Sequential(nn.Conv2d(1, 6, 3))", shape=(3, 28, 28))[0]
    assert found["input"] == [1, 28, 28] and "expects" not in found["rows"][0]


def test_channels_that_contradict_the_row_above_are_kept_and_told():
    text = "nn.Sequential(nn.Conv2d(1, 6, 5), nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 9))"
    found = parsed(text, shape=(1, 28, 28))[0]
    assert [row.get("expects") for row in found["rows"]] == [None, None, 400, 120]
    entry = evaluate([("account", found["input"], found["rows"])])[0]["entries"][2]
    words = "mat1 and mat2 shapes cannot be multiplied (1x3456 and 400x120)"
    assert entry["refusal"]["pytorch"] == words
    with pytest.raises(RuntimeError, match=re.escape(words)):
        eval(text, dict(NAMES))(torch.zeros(1, 1, 28, 28))  # noqa: S307
    (cure, *_) = entry["refusal"]["fits"]
    assert cure["says"] == "in_features 3456"
    rows = [*found["rows"][:2], *cure["instead"], found["rows"][3]]
    settled, accounted = evaluate([("settled", (1, 28, 28), rows), ("account", (1, 28, 28), rows)])
    assert not any("expects" in row for row in settled)
    assert [each["state"] for each in accounted["entries"]] == ["counted"] * 4


def test_a_dense_layer_on_the_last_axis_of_a_picture_is_what_pytorch_takes_it_for():
    found = parsed("nn.Sequential(nn.Linear(32, 7))")[0]
    assert found["rows"] == [{"kind": "Linear", "features": 7, "bias": True, "expects": 32}]
    entry = evaluate([("account", (3, 32, 32), found["rows"])])[0]["entries"][0]
    assert entry["shape"] == [3, 32, 7]


MANY = "nn.Sequential(\n" + "nn.ReLU(),\n" * 10_000 + ")"
REFUSED = [
    ("", 1, "There is no text"),
    ("   \n # only a comment\n", 3, "There is no text"),
    ("hello", 1, "hello is no layer: a layer is NAME"),
    ("import torch", 1, "import is no layer"),
    ("import os; os.system('x')", 1, "; is not read here"),
    ("from torch import nn\nnn.Sequential(nn.ReLU())", 1, "from is no layer"),
    ("nn.Sequential(\n  nn.ReLU(),\n  lambda x: x,\n)", 3, ": is not read here"),
    ("nn.Sequential(\n  nn.ReLU(),\n  lambda,\n)", 3, "lambda is no layer"),
    ("nn.Sequential(\n\n  nn.Conv3d(1, 2, 3))", 3, "nn.Conv3d is no layer that this ledger knows"),
    ("nn.Sequential(nn.conv2d(1, 2, 3))", 1, "Is it Conv2d?"),
    ("nn.Sequential(nn.ReLU(), nn.Softmax(dim=1))", 1, "nn.Softmax is no layer"),
    ("nn.Sequential(os.system('rm'))", 1, "os.system is no layer"),
    ("nn.Sequential(__import__('os'))", 1, "__import__ is no layer"),
    ("nn.Sequential(nn.ReLU.__class__())", 1, "nn.ReLU.__class__ is no layer"),
    ("nn.Sequential(nn.ReLU().inplace)", 1, r", or \) is missing before \."),
    ("nn.Sequential(nn.functional.relu())", 1, "nn.functional.relu is no layer"),
    ("nn.Sequential(nn.Residual(3, 8))", 1, "nn.Residual is no layer"),
    ("nn.Sequential(models.Conv2d(3, 8, 3))", 1, "models.Conv2d is no layer"),
    ("nn.Sequential(nn.Conv2d(f'{3}', 8, 3))", 1, "f is no layer"),
    ("nn.Sequential(nn.Conv2d('3', 8, 3))", 1, 'Conv2d: in_channels="3" is no whole number'),
    ("nn.Sequential(nn.Conv2d(3, 8))", 1, "Conv2d needs kernel_size"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3, kernel=3))", 1, "Conv2d has no kernel here: it takes in_ch"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3, device='cuda'))", 1, "Conv2d has no device here"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3, kernel_size=3))", 1, "kernel_size is given twice"),
    ("nn.Sequential(nn.Conv2d(3, 8, kernel_size=3, 2))", 1, "without a name stands behind one"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1, 1, 1, True, 'zeros', 4))", 1, "no argument 10"),
    ("nn.Sequential(nn.Conv2d(3, 8, (3, 3, 3)))", 1, "kernel_size=.* holds 3 numbers"),
    ("nn.Sequential(nn.Conv2d(3, 8, 2.5))", 1, "kernel_size=2.5 is no whole number"),
    ("nn.Sequential(nn.Conv2d(3, 8, True))", 1, "kernel_size=True is no whole number"),
    ("nn.Sequential(nn.Conv2d(3, 8, 10**6))", 1, "stands where a number should"),
    ("nn.Sequential(nn.Conv2d(3, 1_000_000, 3))", 1, "is too large: at most 100000"),
    ("nn.Sequential(nn.Conv2d(3, 9e999, 3))", 1, "is no whole number"),
    ("nn.Sequential(nn.Conv2d(0, 8, 3))", 1, "in_channels=0 is none"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3, bias=0))", 1, "bias=0 is neither True nor False"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3, padding_mode='reflect'))", 1, 'is not read: only "zeros"'),
    ("nn.Sequential(nn.Conv2d(3, 8, nn.ReLU()))", 1, "kernel_size=a layer stands where a number"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3 + 1))", 1, r"\+ is not read here"),
    ("nn.Sequential(nn.Conv2d(3, 8, 3x))", 1, "3x is no number"),
    ("nn.Sequential(nn.Conv2d(3, 8, ((3, 3))))", 1, "A list in a list is not read"),
    ("nn.Sequential(nn.Conv2d(3, 8, (3, 3) * 2))", 1, "Only numbers are multiplied"),
    ("nn.Sequential(nn.MaxPool2d(2, return_indices=True))", 1, "only False is"),
    ("nn.Sequential(nn.Flatten(0))", 1, "start_dim=0 is not read: only 1 is"),
    ("nn.Sequential(nn.Dropout(1.5))", 1, "has to be between 0 and 1, but got 1.5"),
    ("nn.Sequential(nn.ReLU(1))", 1, "inplace=1 is neither True nor False"),
    ("nn.Sequential(nn.Tanh(3))", 1, "Tanh has no argument 1 here: it takes no argument"),
    ("nn.Sequential(nn.ConstantPad2d(1, float('nan')))", 1, "is read only as float"),
    ("nn.Sequential(Inception(3, (1, 2)))", 1, "holds 2 numbers"),
    ("nn.Sequential(OrderedDict([('a', nn.ReLU())]))", 1, "A list in a list|stands where"),
    ("nn.Sequential(*[nn.ReLU()])", 1, r"\* stands where a number should"),
    ("nn.Sequential(a=nn.ReLU())", 1, "Sequential holds layers alone"),
    ("nn.Sequential(3)", 1, "Sequential holds layers alone"),
    ("nn.Sequential()", 1, "There is no layer in it"),
    ("nn.Sequential(nn.Sequential())", 1, "There is no layer in it"),
    ("nn.Sequential(nn.ReLU()", 1, r", or \) is missing before the end of the text"),
    ("nn.Sequential(nn.ReLU() nn.ReLU())", 1, r", or \) is missing before nn"),
    ("nn.Sequential(nn.ReLU())\n\nnn.Sequential(nn.ReLU())", 3, "nn stands behind the network"),
    ("nn.Sequential(nn.ReLU()).eval()", 1, r"\. stands behind the network"),
    ("nn.Sequential(nn.ReLU())\nprint(1)", 2, "print stands behind the network"),
    ("nn.Sequential(nn..ReLU())", 1, "A name is missing behind the dot"),
    ("nn.Sequential(nn.ReLU(\n'unclosed))", 2, "' is not read here"),
    ("nn.Sequential(nn.ReLU(), \u202enn.Tanh())", 1, "is not read here"),
    ("<script>alert(1)</script>", 1, "< is not read here"),
    ("{'a': 1}", 1, "{ is not read here"),
    ("nn.Sequential(" * 2000 + ")" * 2000, 1, "More than 50 levels deep"),
    ("(" * 5000, 1, "stands where a layer should"),
    (MANY, 502, "More than 500 layers"),
    ("a" * 200_001, 1, "too long"),
    ("nn." + "x" * 1000 + "()", 1, "nn.x{37}… is no layer"),
]


@pytest.mark.parametrize(
    ("text", "line", "why", "found"),
    [(*case, f) for case, f in zip(REFUSED, parsed(*(c[0] for c in REFUSED)), strict=True)],
    ids=[text[:30] for text, *_ in REFUSED],
)
def test_anything_else_is_refused_with_its_line(text, line, why, found):
    assert set(found) == {"line", "why"}, found
    assert found["line"] == line
    assert re.search(why, found["why"]), found["why"]
    assert len(found["why"]) < 250


# What is copied


def built(text):
    """Run copied code up to its test of itself, on a device without memory."""
    scope = {}
    with torch.device("meta"):
        exec(text.split("x = torch.zeros")[0], scope)  # noqa: S102
    return scope["model"]


def assert_counts_the_same(text, entries, shape):
    model = built(text)
    counted = {key: sum(entry[key] for entry in entries) for key in ("parameters", "multiplyAdds")}
    assert parameters(model) == counted["parameters"]
    with torch.device("meta"):  # a model without parameters tells no device
        table = layer_table(model, shape)
    assert table.multiply_adds == counted["multiplyAdds"]
    with torch.no_grad():
        y = model.eval()(torch.zeros(1, *shape, device="meta"))
    assert list(y.shape[1:]) == entries[-1]["shape"]
    assert f"# {counted['parameters']:,}" in text
    layers = text.split("model = ")[1].split("x = torch.zeros")[0]
    comments = re.findall(r"  # ([\d×]+)$", layers, re.MULTILINE)
    assert comments == ["×".join(map(str, entry["shape"])) for entry in entries]
    assert max(map(len, text.splitlines())) <= 100


def test_the_copied_code_of_every_preset_counts_the_same_and_can_be_pasted():
    told = [preset(name) for name in PRESETS]
    texts = evaluate([("code", p["input"], p["rows"]) for p in told])
    accounts = evaluate([("account", p["input"], p["rows"]) for p in told])
    pasted = [text[text.index("model = ") : text.index("x = torch.zeros")] for text in texts]
    read = evaluate([("parse", text, (1, 2, 2)) for text in pasted])
    for p, text, account, again in zip(told, texts, accounts, read, strict=True):
        assert_counts_the_same(text, account["entries"], p["input"])
        assert len(again["rows"]) == len(p["rows"]), p["name"]
    sized = evaluate([("parse", t, p["input"]) for t, p in zip(pasted, told, strict=True)])
    assert sized == [{"rows": p["rows"], "input": p["input"]} for p in told]


def edited(rows, shape):
    """Change, take out, put in or move a row; again where it would not fit."""
    rows = [dict(row) for row in rows]
    i = int(torch.randint(len(rows), ()))
    how = draw("change", "remove", "add", "move")
    if how == "change":
        rows[i] = rows[i] | one(rows[i]["kind"])
    elif how == "remove" and len(rows) > 1:
        del rows[i]
    elif how == "add":
        rows.insert(i, one(draw(*SIGNATURES)))
    else:
        rows.insert(int(torch.randint(len(rows), ())), rows.pop(i))
    now = tuple(shape)
    for row in rows:
        now = sent(row, now)
        if isinstance(now, str) or 0 in now:
            return None
    return rows


def test_the_copied_code_of_fifty_edits_counts_the_same():
    torch.manual_seed(0)
    edits = []
    while len(edits) < 50:
        rows, shape = network(1 + len(edits) % 8)
        for _ in range(10):
            changed = edited(rows, shape)
            if changed and changed != rows:
                edits.append((changed, list(shape)))
                break
    texts = evaluate([("code", shape, rows) for rows, shape in edits])
    accounts = evaluate([("account", shape, rows) for rows, shape in edits])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for (_, shape), text, account in zip(edits, texts, accounts, strict=True):
            assert_counts_the_same(text, account["entries"], shape)
            exec(text, {"print": lambda *_: None})  # noqa: S102


def test_every_block_can_be_copied_and_runs():
    rows = [
        *(
            {"kind": "Residual", "channels": c, "stride": s, "shortcut": True}
            for c, s in ((6, 1), (8, 2))
        ),
        {"kind": "Residual", "channels": 4, "stride": 1, "shortcut": False},
        *(
            {"kind": kind, "channels": c, "stride": s}
            for kind in ("Bottleneck", "BiasedResidual", "ResidualA")
            for c, s in ((6, 1), (6, 2))
        ),
        *({"kind": "BasicBlock", "channels": 6, "stride": s} for s in (1, 2)),
        {"kind": "Inception", "maps": [1, 2, 3, 4, 5, 6], "large": 5, "norm": False},
        {"kind": "DenseBlock", "layers": 2, "growth": 3, "bottleneck": 4, "bias": False},
    ]
    text, account = evaluate([(f, (6, 33, 30), rows) for f in ("code", "account")])
    assert_counts_the_same(text, account["entries"], (6, 33, 30))
    scope = {}
    exec(text, scope)  # noqa: S102
    assert rows_of_names(scope["model"]) == [row["kind"] for row in rows]


def rows_of_names(model):
    return [type(layer).__name__ for layer in model]


def test_a_network_that_does_not_fit_is_not_copied():
    found = evaluate([("code", (3, 4, 4), [{"kind": "Linear", "features": 3, "bias": True}])])[0]
    assert isinstance(found, Refused) and found.message == "Row 1 does not fit."
