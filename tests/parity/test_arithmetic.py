"""The front-end arithmetic against PyTorch: values, shapes, gradients, sizes and refusals.

TEST_SEED=… in the environment draws other cases (tests/conftest.py).
"""

from collections import Counter
from itertools import product
from pathlib import Path
from random import Random

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from tests import SEED
from tests.parity.cases import MODES, OPERATORS, REFUSALS
from tests.parity.front_end import Refused, evaluate, to_tensor
from tests.parity.reach import BORDER, CONVOLUTION

ROOT = Path(__file__).parents[2]
ACCEPTED = {"conv2d": 1000, "convTranspose2d": 500, "maxPool2d": 350, "avgPool2d": 350}
FAULTY = 12  # of each fault of each operator
FLOAT_TOLERANCE = {"rtol": 1e-9, "atol": 1e-11}  # the claim is 1e-5; both sides are float64

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")


def grid(rows):
    return torch.tensor(rows, dtype=torch.float64)[None, None]


def counting(start, height, width):
    return grid(torch.arange(start, start + height * width).reshape(height, width).tolist())


# Random layers


def draw_possible(rng):
    """Yield (case, PyTorch's output) in the numbers of ACCEPTED, and collect what was refused."""
    accepted, refused = [], []
    for operator in OPERATORS:
        for _ in range(ACCEPTED[operator.name]):
            case, y, before = operator.possible(rng)
            accepted.append((case, y))
            refused += before
    return accepted, refused


def outputs_and_gradients(case, y):
    """Return the calls of the front end for a case and what they must give."""
    calls, wanted = [case.forward_call()], [[y]]
    # PyTorch's backward writes outside its memory where a dilated window holds padding alone.
    if case.operator.has_backward and y.isfinite().all():
        dy = case.gradient(y)
        calls.append(case.backward_call(dy))
        wanted.append(case.gradients(dy))
    return calls, wanted


def results(value):
    """Return the tensors in an answer of the front end, in the order of PyTorch's operands."""
    if "y" in value:
        return [to_tensor(value["y"])]
    if "dx" not in value:
        return [to_tensor(value)]
    db = torch.tensor(value["db"], dtype=torch.float64)
    return [to_tensor(value["dx"]), to_tensor(value["dw"]), db]


def compare(case, answer, wanted):
    """Return what is wrong with an answer, or nothing."""
    if isinstance(answer, Refused):
        return f"refused: {answer.message}"
    tolerance = {"rtol": 0, "atol": 0} if case.exact else FLOAT_TOLERANCE
    try:
        for found, tensor in zip(results(answer), wanted, strict=False):  # db without a bias
            assert_close(found, tensor, **tolerance)
    except AssertionError as error:
        return str(error)
    return ""


def features(case):
    """Name what a case exercises."""
    o = case.options
    named = {
        "exact": case.exact,
        "float": not case.exact,
        "batch": case.x[0] > 1,
        "input not square": case.x[2] != case.x[3],
        "kernel not square": len(set(case.w[2:] if case.w else o["kernel"])) > 1,
        "dilation": max(o.get("dilation", [1])) > 1,
        "stride": max(o.get("stride", [1])) > 1,
        "groups": o.get("groups", 1) > 1,
        "bias": case.bias is not None,
        "flip": o.get("flip", False),
        "output padding": max(o.get("outputPadding", [0])) > 0,
        "ceil mode": o.get("ceilMode", False),
        "padding not counted": not o.get("countIncludePad", True),
        f"padding {o['padding']}": isinstance(o["padding"], str),
        "padding of four sides": len(o["padding"]) == 4 and not isinstance(o["padding"], str),
        f"mode {o.get('mode')}": "mode" in o,
    }
    return [(case.operator.name, name) for name, present in named.items() if present]


def equal_to_pytorch(accepted, refused=()):
    """Compare outputs, gradients and refusals; return how many of each function were equal."""
    calls, expected = [], []
    for case, y in accepted:
        new_calls, wanted = outputs_and_gradients(case, y)
        calls += new_calls
        expected += [(case, tensors) for tensors in wanted]
    answers = evaluate(calls + [case.forward_call() for case in refused])

    failures, equal = [], Counter()
    for call, (case, wanted), answer in zip(calls, expected, answers[: len(calls)], strict=True):
        wrong = compare(case, answer, wanted)
        if wrong:
            failures.append(f"{call[0]} x {case.x} w {case.w} {case.options}: {wrong}")
        equal[call[0]] += not wrong
    for case, answer in zip(refused, answers[len(calls) :], strict=True):
        if not isinstance(answer, Refused):
            failures.append(f"not refused: {case.operator.name} {case.x} {case.w} {case.options}")
    assert not failures, f"{len(failures)} wrong:\n" + "\n".join(failures[:5])
    return equal


def test_random_layers_equal_pytorch():
    accepted, refused = draw_possible(Random(SEED))
    equal = equal_to_pytorch(accepted, refused)
    assert sum(ACCEPTED.values()) >= 2000
    assert {name: equal[name] for name in ACCEPTED} == ACCEPTED
    learns = {operator.name for operator in OPERATORS if operator.has_backward}
    assert all(equal[f"{name}Backward"] > 0.9 * ACCEPTED[name] for name in learns)
    seen = Counter(feature for case, _ in accepted for feature in features(case))
    assert min(seen.values()) >= 20, seen
    assert len(seen) == 17 + 10 + 8 + 8, sorted(seen)
    assert len(refused) > 300


def test_every_value_of_every_control_and_link_equals_pytorch():
    rng = Random(SEED)
    accepted = [found for operator in OPERATORS for found in operator.whole_reach(rng)]
    equal = equal_to_pytorch(accepted)
    for operator in OPERATORS:
        assert equal[operator.name] == sum(map(len, operator.reach.values()))
        most = 8 if operator.name == "convTranspose2d" else 16  # that its lab takes
        assert operator.reach["stride"][-1] >= most


def test_faults_are_refused_by_both_with_advice():
    rng = Random(SEED)
    cases = [
        operator.faulty(rng, fault)
        for operator in OPERATORS
        for fault in operator.faults
        for _ in range(FAULTY)
    ]
    assert len(cases) > 500
    answers = evaluate([case.forward_call() for case in cases])
    for case, answer in zip(cases, answers, strict=True):
        what = f"{case.operator.name}, {case.fault}: x {case.x}, w {case.w}, {case.options}"
        with pytest.raises(REFUSALS):
            case.torch()
            pytest.fail(f"PyTorch accepts {what}")
        assert isinstance(answer, Refused), f"the front end accepts {what}"
        given, _, advice = answer.message.partition(": ")
        assert any(character.isdigit() for character in given), answer.message
        assert advice.split()[0] in ("use", "give", "change"), answer.message


# Worked numbers of the chapters

K = grid([[0, 1], [2, 3]])
W = grid([[-1, 2, -3], [4, -5, 6], [-7, 8, -9]])
BIG, SMALL = grid([[-67, -77], [-117, -127]]), grid([[-56, -61], [-76, -81]])
WORKED = [
    ("conv2d", [counting(0, 3, 3), K, {}], [[19, 25], [37, 43]]),
    ("conv2d", [counting(0, 3, 3), counting(1, 2, 2), {}], [[27, 37], [57, 67]]),
    ("conv2d", [counting(0, 3, 3), K, {"flip": True}], [[5, 11], [23, 29]]),
    ("conv2d", [counting(1, 5, 5), W, {"stride": 2}], BIG[0, 0].tolist()),
    ("conv2d", [counting(1, 4, 4), W, {}], SMALL[0, 0].tolist()),
    (
        "conv2d",
        [counting(0, 3, 3), K, {"stride": [3, 2], "padding": 1}],
        [[0, 8], [6, 8]],
    ),
    ("convTranspose2d", [K, K, {}], [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
    ("convTranspose2d", [K, K, {"padding": 1}], [[4]]),
    (
        "convTranspose2d",
        [K, K, {"stride": 2}],
        [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]],
    ),
    ("maxPool2d", [counting(0, 3, 3), {"kernel": 2, "stride": 1}], [[4, 5], [7, 8]]),
    ("avgPool2d", [counting(0, 3, 3), {"kernel": 2, "stride": 1}], [[2, 3], [5, 6]]),
    ("maxPool2d", [counting(0, 4, 4), {"kernel": 3}], [[10]]),
    (
        "maxPool2d",
        [counting(0, 4, 4), {"kernel": 3, "stride": 2, "padding": 1}],
        [[5, 7], [13, 15]],
    ),
    (
        "maxPool2d",
        [counting(0, 4, 4), {"kernel": [2, 3], "stride": [2, 3], "padding": [0, 1]}],
        [[5, 7], [13, 15]],
    ),
    ("maxPool2d", [grid([[1, -1], [-1, -2]]), {"kernel": 2}], [[1]]),
    ("avgPool2d", [grid([[1, -1], [-1, -2]]), {"kernel": 2}], [[-0.75]]),
]


def test_worked_numbers():
    answers = evaluate([[name, *arguments] for name, arguments, _ in WORKED])
    for (name, arguments, wanted), answer in zip(WORKED, answers, strict=True):
        assert results(answer)[0][0, 0].tolist() == wanted, (name, arguments[-1])


def test_transposed_convolution_brings_the_shape_back_but_not_the_values():
    stride_two = evaluate([["convTranspose2d", BIG, W, {"stride": 2}]])[0]
    stride_one = evaluate([["convTranspose2d", SMALL, W, {}]])[0]
    assert stride_two["shape"] == [1, 1, 5, 5]
    assert stride_two["data"][:5] == [67, -134, 278, -154, 231]
    assert stride_one["shape"] == [1, 1, 4, 4]
    assert stride_one["data"][:4] == [56, -51, 46, 183]


def test_max_pooling_tells_where_as_pytorch_does():
    x = counting(0, 7, 5).remainder(4)  # ties everywhere
    options = {"kernel": 3, "stride": 2, "padding": 1}
    indices = evaluate([["maxPool2d", x, options]])[0]["indices"]
    _, wanted = F.max_pool2d(x, 3, 2, 1, return_indices=True)
    assert to_tensor(indices).tolist() == wanted.tolist()


def test_max_pooling_of_infinities_and_nan():
    rows = [["-inf", "-inf", "1", "nan"], ["-inf", "-inf", "2", "3"]]
    x = grid([[float(v) for v in row] for row in rows])
    names = {"-inf": "-Infinity", "nan": "NaN"}  # JSON has no such numbers; the loops read these
    data = [names.get(v, v) for row in rows for v in row]
    answer = evaluate([["maxPool2d", {"data": data, "shape": [1, 1, 2, 4]}, {"kernel": 2}]])[0]
    y, indices = F.max_pool2d(x, 2, return_indices=True)
    assert_close(to_tensor(answer["y"]), y, equal_nan=True)
    assert answer["indices"]["data"] == indices.flatten().tolist()


def test_a_dilated_window_of_padding_alone_passes_no_gradient():
    x, dy = torch.ones(1, 2, 1, 2), torch.ones(1, 2, 1, 1)
    options = {"kernel": [1, 2], "stride": 1, "padding": [0, 1], "dilation": [1, 3]}
    forward, dx = evaluate([["maxPool2d", x, options], ["maxPool2dBackward", x, dy, options]])
    wanted = F.max_pool2d(x, [1, 2], 1, [0, 1], [1, 3]).double()
    assert torch.equal(to_tensor(forward["y"]), wanted)
    assert forward["indices"]["data"] == [-1, -1]
    assert dx["data"] == [0, 0, 0, 0]


# Slider limits

CAPS = {name: values[-1] for name, values in CONVOLUTION.items()}
LEAST = {name: values[0] for name, values in CONVOLUTION.items()}


def torch_accepts(n, k, stride, padding, dilation, mode):
    """Return whether PyTorch computes this convolution along the height."""
    x, w = torch.zeros(1, 1, n, 1), torch.zeros(1, 1, k, 1)
    try:
        if mode != "zeros":
            x, padding = F.pad(x, (0, 0, padding, padding), mode=mode), 0
        F.conv2d(x, w, stride=stride, padding=(padding, 0), dilation=dilation)
    except REFUSALS:
        return False
    return True


def possible_settings(rng, count):
    """Draw settings within the caps that PyTorch accepts."""
    found = []
    while len(found) < count:
        settings = {name: rng.randint(LEAST[name], CAPS[name]) for name in CAPS}
        settings["mode"] = rng.choice(MODES)
        if torch_accepts(**settings):
            found.append(settings)
    return found


def test_limits_are_exactly_what_pytorch_accepts():
    settings = possible_settings(Random(SEED), 250)
    answers = evaluate([["limits", s, CAPS] for s in settings])
    narrower = Counter()
    for setting, limits in zip(settings, answers, strict=True):
        for name, cap in CAPS.items():
            inside = range(limits[name]["min"], limits[name]["max"] + 1)
            accepted = [
                value
                for value in range(LEAST[name], cap + 1)
                if torch_accepts(**setting | {name: value})
            ]
            assert list(inside) == accepted, (name, setting)
            narrower[name] += len(inside) < cap - LEAST[name] + 1
        modes = [mode for mode in MODES if torch_accepts(**setting | {"mode": mode})]
        assert limits["modes"] == modes, setting
        narrower["modes"] += len(modes) < len(MODES)
    assert narrower["stride"] == 0
    assert all(narrower[name] > 10 for name in ("n", "k", "padding", "dilation", "modes"))


def test_limits_keep_a_present_value_above_its_cap_and_refuse_an_impossible_one():
    above, impossible = evaluate(
        [["limits", {"n": 20, "k": 3}, CAPS], ["limits", {"n": 2, "k": 3}, CAPS]]
    )
    assert above["n"] == {"min": 3, "max": 20}
    assert isinstance(impossible, Refused)


def torch_pools(n, k, stride, padding, dilation, ceil):
    """Return whether PyTorch pools like this along the height; stride None follows the window."""
    try:
        F.max_pool2d(
            torch.zeros(1, 1, n, 1),
            (k, 1),
            None if stride is None else (stride, 1),
            (padding, 0),
            (dilation, 1),
            ceil,
        )
    except REFUSALS:
        return False
    return True


def possible_pools(rng, count):
    """Draw pooling settings within the caps that PyTorch accepts, a third with stride = window."""
    found = []
    while len(found) < count:
        settings = {name: rng.randint(LEAST[name], CAPS[name]) for name in CAPS}
        settings |= {"ceil": rng.random() < 0.5}
        settings |= {"stride": None} if rng.random() < 1 / 3 else {}
        if torch_pools(**settings):
            found.append(settings)
    return found


def test_pool_limits_are_exactly_what_pytorch_accepts():
    settings = possible_pools(Random(SEED), 250)
    calls = [
        {name: value for name, value in s.items() if value is not None and name != "ceil"}
        | {"ceilMode": s["ceil"]}
        for s in settings
    ]
    narrower = Counter()
    answers = evaluate([["poolLimits", call, CAPS] for call in calls])
    for setting, limits in zip(settings, answers, strict=True):
        for name, cap in CAPS.items():
            if name == "stride" and setting["stride"] is None:
                continue
            inside = range(limits[name]["min"], limits[name]["max"] + 1)
            accepted = [
                value
                for value in range(LEAST[name], cap + 1)
                if torch_pools(**setting | {name: value})
            ]
            assert list(inside) == accepted, (name, setting)
            narrower[name] += len(inside) < cap - LEAST[name] + 1
        modes = [ceil for ceil in (True, False) if torch_pools(**setting | {"ceil": ceil})]
        assert limits["ceilModes"] == modes, setting
        narrower["ceil"] += len(modes) < 2
    assert all(narrower[name] > 5 for name in ("n", "k", "stride", "padding", "dilation", "ceil"))


# What the views light up

VIEWED = [
    {"n": 7, "k": 3},
    {"n": 6, "k": 3, "stride": 2},
    {"n": 8, "k": 2, "stride": 3, "padding": [1, 2]},
    {"n": 9, "k": 3, "stride": 2, "padding": 2, "dilation": 2, "flip": True},
    {"n": 5, "k": 4, "padding": 3, "mode": "reflect"},
    {"n": 5, "k": 3, "padding": 4, "mode": "circular", "stride": 2},
    {"n": 4, "k": 3, "padding": 6, "mode": "replicate", "dilation": 3},
    {"n": 16, "k": 3, "stride": 5},
    {"n": 14, "k": 2, "stride": 6, "padding": 1},
    {"n": 16, "k": 9, "stride": 16, "padding": 8, "mode": "reflect"},
    {"n": 16, "k": 3, "stride": 7, "padding": [8, 0], "dilation": 8, "flip": True},
]


def torch_links(options):
    """Return (output, tap, padded, source) of every meeting on an axis, found by autograd."""
    x = torch.zeros(1, 1, options["n"], dtype=torch.float64, requires_grad=True)
    mode = options.get("mode", "zeros")
    padded = F.pad(x, padding_of(options), mode="constant" if mode == "zeros" else mode)
    spacing = {"stride": options.get("stride", 1), "dilation": options.get("dilation", 1)}
    found = []
    for tap in range(options["k"]):
        w = F.one_hot(torch.tensor([[tap]]), options["k"]).double()
        y = F.conv1d(padded, w.flip(2) if options.get("flip") else w, **spacing)[0, 0]
        for output, value in enumerate(y):
            dx, dpadded = torch.autograd.grad(value, (x, padded), retain_graph=True)
            source = dx.flatten().nonzero().flatten().tolist() or [-1]
            found.append((output, tap, int(dpadded.flatten().nonzero()), source[0]))
    return sorted(found)


def padding_of(options):
    padding = options.get("padding", 0)
    return tuple(padding) if isinstance(padding, list) else (padding, padding)


@pytest.fixture(scope="module")
def views():
    """What the front end says of each axis of VIEWED: (axis, windows, reaches, touched, …)."""
    axes = evaluate([["axis", options] for options in VIEWED])
    asked = [
        [["windowOf", i, a] for i in range(a["size"])]
        + [["reach", i, a] for i in range(a["n"])]
        + [["touchedBy", i, a] for i in range(a["k"])]
        + [["unread", a], ["discarded", a]]
        for a in axes
    ]
    answers = iter(evaluate([call for calls in asked for call in calls]))
    return [(a, [next(answers) for _ in calls]) for a, calls in zip(axes, asked, strict=True)]


@pytest.mark.parametrize("which", range(len(VIEWED)), ids=lambda i: str(VIEWED[i]))
def test_what_lights_up_is_what_autograd_finds(views, which):
    axis, answers = views[which]
    every = torch_links(VIEWED[which])

    def matching(field, value):
        return [link for link in every if link[field] == value]

    picks = [(0, i) for i in range(axis["size"])]
    picks += [(3, i) for i in range(axis["n"])] + [(1, i) for i in range(axis["k"])]
    *found, unread, discarded = answers
    for (field, value), answer in zip(picks, found, strict=True):
        assert sorted(tuple(link.values()) for link in answer) == matching(field, value)

    padded = axis["n"] + sum(padding_of(VIEWED[which]))
    read = {link[2] for link in every}
    assert unread == [position for position in range(padded) if position not in read]
    assert discarded == list(range(max(read) + 1, padded))


def test_floor_discards_the_last_row_of_six():
    axis = evaluate([["axis", {"n": 6, "k": 3, "stride": 2}]])[0]
    assert axis["size"] == 2
    assert evaluate([["discarded", axis]]) == [[5]]


def test_terms_of_an_output_cell_add_up_to_it():
    x, w = counting(0, 4, 5), counting(-3, 2, 3)
    options = {"stride": [1, 2], "padding": [1, 1], "mode": "reflect", "flip": True}
    rows, columns, y = evaluate(
        [
            ["axis", {"n": 4, "k": 2, "padding": 1, "mode": "reflect", "flip": True}],
            ["axis", {"n": 5, "k": 3, "padding": 1, "stride": 2, "mode": "reflect", "flip": True}],
            ["conv2d", x, w, options],
        ]
    )
    cells = [[r, c] for r in range(rows["size"]) for c in range(columns["size"])]
    sums = evaluate([["terms", x[0, 0], w[0, 0], cell, rows, columns] for cell in cells])
    assert [sum(term["product"] for term in terms) for terms in sums] == y["data"]
    assert all(term["product"] == term["x"] * term["w"] for terms in sums for term in terms)
    first = sums[0][0]
    assert (first["padded"], first["source"], first["tap"]) == ([0, 0], [1, 1], [1, 2])


def test_terms_write_out_the_sum_of_the_first_example():
    axis = evaluate([["axis", {"n": 3, "k": 2}]])[0]
    terms = evaluate([["terms", counting(0, 3, 3)[0, 0], K[0, 0], [0, 0], axis, axis]])[0]
    assert [(t["x"], t["w"]) for t in terms] == [(0, 0), (1, 1), (3, 2), (4, 3)]


def test_connections_of_a_weight_and_of_a_padding_cell():
    axis = evaluate([["axis", {"n": 3, "k": 2, "padding": 1}]])[0]
    weight, corner = evaluate(
        [
            ["connections", axis, axis, {"tap": [1, 1]}],
            ["connections", axis, axis, {"padded": [0, 0]}],
        ]
    )
    assert len(weight) == 16 and {tuple(link["output"]) for link in weight} == {
        (r, c) for r in range(4) for c in range(4)
    }
    assert corner == [{"output": [0, 0], "tap": [0, 0], "padded": [0, 0], "source": None}]


def torch_pad_indices(n, mode):
    """Return the input position behind each position of a padded row, by position."""
    reach = {"reflect": n - 1, "circular": n}.get(mode, 4)
    x = torch.arange(float(n)).reshape(1, 1, n)
    how = {"mode": "constant", "value": -1} if mode == "zeros" else {"mode": mode}
    padded = F.pad(x, (reach, reach), **how).flatten().tolist()
    return dict(zip(range(-reach, n + reach), padded, strict=True))


def test_pad_index_follows_torch_pad():
    wanted = {
        (i, n, mode): source
        for mode in MODES
        for n in (1, 2, 5)
        for i, source in torch_pad_indices(n, mode).items()
    }
    assert evaluate([["padIndex", *where] for where in wanted]) == list(wanted.values())


def padded_or_none(n, padding, mode):
    """What PyTorch puts around a row that counts from 0, or None where it refuses."""
    try:
        return F.pad(torch.arange(float(n))[None], (padding, padding), mode)[0].tolist()
    except RuntimeError:
        return None


def test_a_border_is_pytorchs_as_far_as_the_lab_goes():
    sizes = list(product(*(BORDER[name] for name in ("n", "padding"))))
    cases = list(product(("reflect", "replicate", "circular"), sizes))
    most = evaluate([["mostPadding", n, mode] for mode, (n, _) in cases])
    places = [range(-padding, n + padding) for _, (n, padding) in cases]
    filled = iter(
        evaluate(
            [
                ["padIndex", i, n, m]
                for (m, (n, _)), at in zip(cases, places, strict=True)
                for i in at
            ]
        )
    )
    for (mode, (n, padding)), limit, at in zip(cases, most, places, strict=True):
        row = [next(filled) for _ in at]
        is_refused = padding > float(limit)  # "inf": without a limit
        assert (None if is_refused else row) == padded_or_none(n, padding, mode), (mode, n, padding)


# Tensors and sizes


def test_nested_arrays_and_back():
    shapes = [[2, 3], [3, 1, 2], [2, 1, 3, 2]]
    values = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    packed = evaluate([["tensor", v.tolist()] for v in values])
    unpacked = evaluate([["nested", p] for p in packed])
    zeros = evaluate([["zeros", shape] for shape in shapes])
    for v, p, u, z in zip(values, packed, unpacked, zeros, strict=True):
        assert torch.equal(to_tensor(p), v)
        assert u == v.tolist()
        assert torch.equal(to_tensor(z), torch.zeros_like(v))


BAD = [
    ["tensor", [1, 2]],
    ["tensor", [[1, 2], [3]]],
    ["tensor", [[1, [2]], [3, 4]]],
    ["tensor", [[1, "2"]]],
    ["tensor", [[1, None]]],
    ["tensor", [[]]],
    ["tensor", [[[[[1]]]]]],
    ["reshape", {"data": [1, 2], "shape": [2]}, [3]],
    ["conv2d", {"data": [1, 2], "shape": [1, 2]}, K, {}],
    ["conv2d", {"data": [1, 2], "shape": [1, 1, 2, 2]}, K, {}],
    ["conv2d", counting(0, 3, 3), K, {"mode": "mirror"}],
    ["conv2d", counting(0, 3, 3), K, {"stride": [1, 1, 1]}],
    ["conv2dBackward", counting(0, 3, 3), K, counting(0, 3, 3), {}],
    ["maxPool2dBackward", counting(0, 3, 3), K, {"kernel": 3}],
    ["avgPool2dBackward", counting(0, 3, 3), K, {"kernel": 3}],
    ["outputSize", 0, 1],
    ["outputSize", 2.5, 1],
    ["outputSize", 3, "2"],
]


def test_bad_input_is_refused_with_advice():
    for call, answer in zip(BAD, evaluate(BAD), strict=True):
        assert isinstance(answer, Refused), call
        assert ": " in answer.message, answer.message


SIZES = [  # of the chapter on padding and stride
    (["outputSize", 8, 3, {"padding": 1}], 8),
    (["outputSize", 8, 5, {"padding": 2}], 8),
    (["outputSize", 8, 3, {"padding": 1, "stride": 2}], 4),
    (["outputSize", 8, 3, {"stride": 3}], 2),
    (["outputSize", 8, 5, {"padding": 1, "stride": 4}], 2),
    (["outputSize", 8, 5, {"stride": 4}], 1),
    (["outputSize", 5, 3, {"stride": 2}], 2),
    (["outputSize", 6, 3, {"stride": 2}], 2),
    (["outputSize", 7, 3, {"dilation": 2}], 3),
    (["outputSize", 5, 2, {"padding": [0, 1]}], 5),
    (["transposedOutputSize", 2, 3, {"stride": 2}], 5),
    (["transposedOutputSize", 2, 3, {"stride": 2, "outputPadding": 1}], 6),
    (["poolOutputSize", 4, 3, {"stride": 2, "padding": 1}], 2),
    (["poolOutputSize", 5, 2, {"ceilMode": True}], 3),
    (["poolOutputSize", 3, 2, {"stride": 3, "padding": 1, "ceilMode": True}], 2),
    (["poolOutputSize", 4, 2, {"stride": 4, "padding": 1, "ceilMode": True}], 2),
    (["poolOutputSize", 2, 2, {"stride": 3, "padding": 1, "ceilMode": True}], 1),
]


def test_sizes():
    assert evaluate([call for call, _ in SIZES]) == [size for _, size in SIZES]
