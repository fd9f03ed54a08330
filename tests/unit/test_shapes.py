"""Shape arithmetic against PyTorch."""

import re

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from book_utils import models
from book_utils.models import LeNet
from book_utils.shapes import (
    coverage,
    effective_size,
    layer_table,
    multiply_adds,
    output_padding_for,
    output_size,
    overlap_counts,
    parameters,
    receptive_field,
    transposed_shape,
    transposed_size,
)

small = st.integers(1, 4)


@given(st.integers(1, 30), st.integers(1, 7), small, st.integers(0, 5), small)
def test_output_size_is_pytorchs(n, k, stride, padding, dilation):
    conv = nn.Conv1d(1, 1, k, stride, padding, dilation)
    try:
        expected = conv(torch.zeros(1, 1, n)).shape[-1]
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit"):
            output_size(n, k, stride, padding, dilation)
    else:
        assert output_size(n, k, stride, padding, dilation) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "n = 0: give a whole number of at least 1"),
        ((5, 0), "k = 0"),
        ((5, 3, 0), "stride = 0"),
        ((5, 3, 1, -1), "padding = -1: give a whole number of at least 0"),
        ((5, 3, 1, 0, 0), "dilation = 0"),
        ((5, 3, 1.5), "stride = 1.5"),
        ((5, True), "k = True"),
        ((4, 3, 1, 0, 2), r"reaches over 5 pixels .* into 4"),
    ],
)
def test_output_size_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        output_size(*arguments)


def torch_transposed(n, k, stride=1, padding=0, dilation=1, output_padding=0):
    """Stamp ones with ones along a row: each output is how many stamps reach it."""
    x, w = torch.ones(1, 1, n), torch.ones(1, 1, k)
    return F.conv_transpose1d(x, w, None, stride, padding, output_padding, 1, dilation)[0, 0]


axes = st.tuples(
    *(st.integers(1, 8), st.integers(1, 7), small, st.integers(0, 4), small, st.integers(0, 4))
)


@settings(max_examples=400)
@given(axes)
def test_transposed_sizes_and_overlaps_are_pytorchs(axis):
    try:
        expected = torch_transposed(*axis).tolist()
    except RuntimeError:
        for refuses in (transposed_size, overlap_counts):
            with pytest.raises(ValueError, match="is not below|leaves"):
                refuses(*axis)
    else:
        assert transposed_size(*axis) == len(expected)
        assert overlap_counts(*axis) == expected


@settings(max_examples=200)
@given(st.integers(1, 30), st.integers(1, 7), small, st.integers(0, 3), small)
def test_the_output_padding_brings_the_size_back(size, k, stride, padding, dilation):
    try:
        n = output_size(size, k, stride, padding, dilation)
    except ValueError:
        with pytest.raises(ValueError, match="does not fit"):
            output_padding_for(size, k, stride, padding, dilation)
        return
    a = output_padding_for(size, k, stride, padding, dilation)
    assert 0 <= a < stride
    assert len(torch_transposed(n, k, stride, padding, dilation, a)) == size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "n = 0: give a whole number of at least 1"),
        ((2, 3, 0), "stride = 0"),
        ((2, 3, 1, -1), "padding = -1: give a whole number of at least 0"),
        ((2, 3, 1, 0, 0), "dilation = 0"),
        ((2, 3, 2, 0, 1, -1), "output_padding = -1"),
        ((2, 3, 2, 0, 1, 0.5), "output_padding = 0.5"),
        ((2, 3, 2, 0, 1, 2), r"output_padding = 2 is not below the stride \(2\) .* at most 1"),
        ((2, 2, 1, 0, 3, 3), r"not below the stride \(1\) or the dilation \(3\)"),
        ((2, 2, 1, 2), r"padding = 2 on each side leaves -1 pixels of the 3 .*: use less padding"),
    ],
)
def test_transposed_size_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        transposed_size(*arguments)


def test_transposed_shape_is_that_of_both_axes():
    assert transposed_shape((2, 3), (3, 2), 2) == (5, 6)
    assert transposed_shape((2, 3), (3, 2), (1, 3), (1, 0), (0, 2), 1) == (2, 10)
    with pytest.raises(ValueError, match="argument"):
        transposed_shape((2, 3, 4), (3, 2))


@st.composite
def stacks(draw):
    """Draw one to four convolutions and poolings that fit a 40×32 input."""
    layers, channels = [], 1
    for _ in range(draw(st.integers(1, 4))):
        k = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
        stride = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
        dilation = draw(st.integers(1, 2))
        padding = draw(st.integers(0, 1))
        if draw(st.booleans()):
            layers.append(nn.Conv2d(channels, 2, k, stride, padding, dilation))
            channels = 2
        elif draw(st.booleans()):
            layers.append(nn.MaxPool2d(k, stride, min(padding, min(k) // 2), dilation))
        else:
            layers.append(nn.AvgPool2d(k, stride, min(padding, min(k) // 2)))
        layers.append(nn.Sigmoid())
    return nn.Sequential(*layers)


def runs(model):
    """Does PyTorch accept 40×32 pixels for this stack?"""
    try:
        model(torch.zeros(1, 1, 40, 32))
    except RuntimeError:
        return False
    return True


def _per_axis(value, axis):
    return value if isinstance(value, int) else value[axis]


@settings(max_examples=40)
@given(stacks().filter(runs))
def test_table_predicts_shapes_and_reach(model):
    table = layer_table(model, (1, 40, 32))
    x = torch.rand(1, 1, 40, 32)
    for layer, row in zip(model, table, strict=True):
        if hasattr(layer, "kernel_size"):
            for axis in (0, 1):
                k, s, p, d = (
                    _per_axis(getattr(layer, name, 1), axis)
                    for name in ("kernel_size", "stride", "padding", "dilation")
                )
                assert row.output_shape[1 + axis] == output_size(x.shape[2 + axis], k, s, p, d)
        x = layer(x)
        assert row.output_shape == tuple(x.shape[1:])


@settings(max_examples=40)
@given(stacks().filter(runs))
def test_receptive_field_is_the_support_of_the_gradient(model):
    # All weights positive and max replaced by average, so that no gradient cancels or is routed.
    layers = [
        nn.AvgPool2d(layer.kernel_size, layer.stride)
        if isinstance(layer, nn.MaxPool2d) and layer.dilation == 1
        else layer
        for layer in model
    ]
    if any(isinstance(layer, nn.MaxPool2d) for layer in layers):
        return
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.constant_(layer.weight, 0.1)
    model = nn.Sequential(*layers).double()
    x = torch.rand(1, 1, 120, 120, dtype=torch.double, requires_grad=True)
    y = model(x)
    y[0, 0, y.shape[2] // 2, y.shape[3] // 2].backward()
    rows, columns = x.grad[0, 0].nonzero().T
    spans = tuple(int(axis.max() - axis.min()) + 1 for axis in (rows, columns))
    assert layer_table(model, (1, 120, 120))[-1].receptive_field == spans


def test_receptive_field_of_a_list_agrees_with_the_table():
    assert receptive_field([]) == 1
    assert receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)]) == 16
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == 15
    assert layer_table(LeNet(), (1, 28, 28))[5].receptive_field == (16, 16)


@given(st.integers(1, 7), st.integers(1, 9))
def test_effective_size_is_the_smallest_input_that_pytorch_takes(k, dilation):
    conv = nn.Conv1d(1, 1, k, dilation=dilation)
    size = effective_size(k, dilation)
    assert conv(torch.zeros(1, 1, size)).shape[-1] == 1
    if size > 1:
        with pytest.raises(RuntimeError):
            conv(torch.zeros(1, 1, size - 1))


@pytest.mark.parametrize(("numbers", "which"), [((0, 1), "k = 0"), ((3, 0), "dilation = 0")])
def test_effective_size_refuses_what_is_no_size(numbers, which):
    with pytest.raises(ValueError, match=which):
        effective_size(*numbers)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), small), max_size=4))
def test_coverage_is_the_gradient_of_a_stack_of_ones(layers):
    counts = coverage(layers)
    assert len(counts) == receptive_field(layers)
    x = y = torch.zeros(1, 1, len(counts), dtype=torch.double, requires_grad=True)
    for k, stride, dilation in layers:
        y = nn.functional.conv1d(y, y.new_ones(1, 1, k), None, stride, 0, dilation)
    assert y.shape[-1] == 1
    assert torch.autograd.grad(y.sum(), x)[0][0, 0].tolist() == counts


@pytest.mark.parametrize(
    ("rates", "read", "field"),
    [((2, 2, 2), 7, 13), ((1, 2, 3), 13, 13), ((1, 2, 4, 8), 31, 31), ((1, 2, 8), 21, 23)],
)
def test_stacks_of_the_chapter_on_dilation_read_so_many_of_their_field(rates, read, field):
    counts = coverage((3, 1, rate) for rate in rates)
    assert (sum(map(bool, counts)), len(counts)) == (read, field)


def test_coverage_refuses_what_is_no_layer():
    with pytest.raises(ValueError, match=r"\(3, 0\)"):
        coverage([(3, 1), (3, 0)])


@pytest.mark.parametrize("layer", [(3,), (3, 0), (3, 1, 1, 1), (2.5, 1)])
def test_receptive_field_refuses_what_is_no_layer(layer):
    with pytest.raises(ValueError, match=re.escape(repr(layer))):
        receptive_field([layer])


def test_lenet_counts():
    table = layer_table(LeNet(), (1, 28, 28))
    assert [row.parameters for row in table if row.parameters] == [156, 2416, 48120, 10164, 850]
    assert (table.parameters, table.multiply_adds) == (61_706, 416_520)
    assert table.activation_bytes == 4 * (
        2 * 6 * 28**2 + 6 * 14**2 + 2 * 16 * 10**2 + 16 * 5**2 + 2 * 120 + 2 * 84 + 10
    )
    assert table[-1].receptive_field is None


def _flops(model, x):
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(4, 8, 3, stride=2, groups=2), (4, 9, 11)),
        (nn.Conv2d(4, 8, (3, 5), padding="same", dilation=2), (4, 9, 11)),
        (nn.ConvTranspose2d(4, 6, 3, stride=2), (4, 5, 7)),
        (nn.Linear(7, 5), (7,)),
        (nn.MaxPool2d(2), (4, 8, 8)),
    ],
)
def test_multiply_adds_are_half_of_pytorchs_flops(layer, shape):
    layer = layer if not isinstance(layer, nn.Linear) else nn.Linear(7, 5, bias=False)
    if hasattr(layer, "bias"):
        layer.bias = None
    x = torch.zeros(1, *shape)
    assert 2 * multiply_adds(layer, shape, layer(x).shape[1:]) == _flops(layer, x)


class Mine(nn.Module):
    """A layer of a reader's own, with functions in it."""

    def __init__(self, function):
        super().__init__()
        self.weight, self.function = nn.Parameter(torch.ones(3, 3)), function

    def forward(self, x):
        return self.function(x, self.weight)


def test_functions_in_a_readers_layer_are_counted_where_their_cost_is_known():
    table = layer_table(nn.Sequential(Mine(torch.nn.functional.linear), nn.ReLU()), (3,))
    assert [row.multiply_adds for row in table] == [9, 0]
    table = layer_table(nn.Sequential(Mine(torch.matmul), nn.Linear(3, 2)), (3,))
    assert table[0].multiply_adds is None
    assert "?" in repr(table).splitlines()[1]
    with pytest.raises(ValueError, match="Mine"):
        multiply_adds(Mine(torch.matmul), (3,), (3,))


def test_shared_weights_count_once():
    layer = nn.Linear(3, 3)
    model = nn.Sequential(layer, layer)
    table = layer_table(model, (3,))
    assert parameters(model) == table.parameters == 12
    assert [row.parameters for row in table] == [12, 0]
    assert table.multiply_adds == 18


class Branches(nn.Module):
    """Two branches of windows, padded by a function, joined by a sum or a concatenation."""

    def __init__(self, windows, join, pad, step):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Conv2d(1, 1, k, padding=k // 2, dilation=1) for k in windows
        )
        self.last = nn.Conv2d(2 if join == "cat" else 1, 1, 3)
        self.join, self.pad, self.step = join, pad, step

    def forward(self, x):
        x = torch.nn.functional.pad(x, (self.pad, 0, 0, self.pad))
        x = x[..., :: self.step, 1 :: self.step]
        a, b = (branch(x) for branch in self.branches)
        return self.last(torch.cat([a, b], 1) if self.join == "cat" else a.relu() + b)


@given(
    st.tuples(st.sampled_from([1, 3, 5]), st.sampled_from([1, 3, 5])),
    st.sampled_from(["cat", "sum"]), st.integers(0, 3), st.integers(1, 3),
)  # fmt: skip
@settings(max_examples=25)
def test_fields_are_followed_through_branches_padding_and_slices(windows, join, pad, step):
    model = Branches(windows, join, pad, step)
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    row = layer_table(model, (1, 60, 60))[-1]
    x = torch.rand(1, 1, 60, 60, requires_grad=True)
    y = model(x)
    middle = y.shape[-2] // 2, y.shape[-1] // 2
    y[0, 0, middle[0], middle[1]].backward()
    for axis, seen in enumerate(x.grad[0, 0].nonzero().T):
        assert row.receptive_field[axis] == seen.max() - seen.min() + 1
        assert row.start[axis] + middle[axis] * row.jump[axis] == seen.min()


def test_branches_whose_numbers_lie_unequally_far_apart_are_not_followed():
    class Uneven(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 1, 1, stride=2), nn.Conv2d(1, 1, 5)
            self.c = nn.Conv2d(2, 1, 1)

        def forward(self, x):  # 8×8: 4×4 at a jump of 2, beside 4×4 at a jump of 1
            return self.c(torch.cat([self.a(x), self.b(x)], 1))

    table = layer_table(Uneven(), (1, 8, 8))
    assert [row.jump for row in table] == [(2, 2), (1, 1), None]
    assert [row.source for row in table] == [-1, -1, None]


@pytest.mark.parametrize(
    ("name", "field", "jump", "start"),
    [("alexnet", 195, 32, -66), ("vgg16", 212, 32, -90), ("resnet50", 427, 32, -213)],
)
def test_fields_of_whole_networks(name, field, jump, start):
    """Araujo, Norris and Sim (2019), table 1: 195 and 212 at a jump of 32; VGG-16 pads by 90."""
    with torch.device("meta"):
        model = getattr(models, name)()
        table = layer_table(model, (3, 224, 224))
    row = max((row for row in table if row.receptive_field), key=lambda row: row.receptive_field)
    assert (row.receptive_field, row.jump, row.start) == ((field,) * 2, (jump,) * 2, (start,) * 2)
    assert table.parameters == sum(row.parameters for row in table)


def test_rows_know_their_layers_and_whose_output_they_take():
    model = LeNet()
    table = layer_table(model, (1, 28, 28))
    assert [row.layer for row in table] == [*model.features, *model.dense]
    assert [row.source for row in table] == list(range(-1, len(table) - 1))


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    model[2].eval()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    layer_table(model, (1, 5, 5))
    assert [m.training for m in model.modules()] == [True, True, True, False]
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


@pytest.mark.parametrize("shape", [(), (1, 0, 28), (1, 28.0, 28)])
def test_table_refuses_what_is_no_shape(shape):
    with pytest.raises(ValueError, match="give whole numbers"):
        layer_table(LeNet(), shape)


def test_table_names_the_layer_that_refuses():
    model = LeNet()
    with pytest.raises(ValueError, match=r"\(1, 32, 32\), at layer dense.1 \(Linear\)"):
        layer_table(model, (1, 32, 32))
    assert model.training
    assert not any(m._forward_hooks for m in model.modules())


def test_table_reads_well_as_text_and_as_html():
    table = layer_table(LeNet(), (1, 28, 28))
    text, page = repr(table), table._repr_html_()
    first = " ".join(text.splitlines()[1].split())
    assert first == "features.0 Conv2d 5×5, padding 2 6×28×28 156 117,600 18,816 5 1"
    assert text.splitlines()[-1].split() == ["Total", "61,706", "416,520", "58,408"]
    assert "<caption>Layers, for one input of 1×28×28</caption>" in page
    assert page.count('scope="col"') == 7
    assert page.count('scope="row"') == len(table) + 1


def test_table_escapes_names():
    class Odd(nn.Sequential):
        pass

    Odd.__name__ = "<b>"
    assert "<b>" not in layer_table(nn.Sequential(Odd()), (3,))._repr_html_()
