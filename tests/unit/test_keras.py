"""Keras calls as the sources write them: the PyTorch text is run, and gives TensorFlow's numbers.

TensorFlow is not installed. Its numbers are worked out here from the rule in its documentation: a
window begins at stride·i − before, SAME adds max((⌈n/s⌉ − 1)·s + k − n, 0) cells of which the
smaller half goes before, pooling never counts what was added, and a transposed convolution stamps
its kernel and keeps input × stride outputs. Arrays have TensorFlow's axes: images (n, h, w, c),
kernels (k_h, k_w, c_in, c_out), dense weights (in, out).
"""

import itertools
import math
import random

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from book_utils.keras import KERAS, translate
from tests import SEED

BOTH = (0, 1)


def run(call, shape, kernels=(), mode="eval"):
    """Return what the text gives for random images, their images, and the translation."""
    found = translate(call, shape)
    layer = eval(found.pytorch, {"nn": nn, "torch": torch}).double()  # noqa: S307
    layer.train(mode == "train")
    for parameter, kernel in zip(layer.parameters(), kernels, strict=bool(kernels)):
        parameter.data = kernel
    x = torch.randn(2, *found.input_shape, dtype=torch.float64)
    y = layer(to_torch(x))
    assert tuple(y.shape[1:]) == found.channels_first
    assert sum(p.numel() for p in layer.parameters()) == found.parameters
    return (y.permute(0, 2, 3, 1) if y.ndim == 4 else y).detach(), x, found


def to_torch(x):
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def places(n, k, stride, padding, dilation=1):
    """For each window along an axis, the cells of the input under its taps; None in the padding."""
    reach = dilation * (k - 1) + 1
    if padding == "same":
        count = math.ceil(n / stride)
        before = max((count - 1) * stride + reach - n, 0) // 2
    else:
        count, before = (n - reach) // stride + 1, 0
    found = [[i * stride - before + dilation * tap for tap in range(k)] for i in range(count)]
    return [[cell if 0 <= cell < n else None for cell in window] for window in found]


def windows(shape, kernel, stride, padding, dilation=(1, 1)):
    axes = [places(shape[d], kernel[d], stride[d], padding, dilation[d]) for d in BOTH]
    return itertools.product(enumerate(axes[0]), enumerate(axes[1]))


def convolved(x, kernel, stride, padding, dilation=(1, 1)):
    """Add up kernel times input, window by window."""
    found = {}
    for (i, rows), (j, columns) in windows(x.shape[1:3], kernel.shape, stride, padding, dilation):
        taps = [(a, b, r, c) for a, r in enumerate(rows) for b, c in enumerate(columns)]
        inside = [each for each in taps if each[2] is not None and each[3] is not None]
        found[i, j] = sum(x[:, r, c] @ kernel[a, b] for a, b, r, c in inside)
    return laid_out(found)


def laid_out(found):
    height, width = (1 + max(place[d] for place in found) for d in BOTH)
    return torch.stack(
        [torch.stack([found[i, j] for j in range(width)], 1) for i in range(height)], 1
    )


def pooled(x, kernel, stride, padding, how):
    found = {}
    for (i, rows), (j, columns) in windows(x.shape[1:3], kernel, stride, padding):
        cells = [(r, c) for r in rows for c in columns if r is not None and c is not None]
        found[i, j] = how(torch.stack([x[:, r, c] for r, c in cells]))
    return laid_out(found)


POOLS = {
    "MaxPool2D": lambda cells: cells.amax(0),
    "AvgPool2D": lambda cells: cells.mean(0),
}


def stamped(x, kernel, stride, padding):
    """Every input stamps the kernel (k_h, k_w, c_out, c_in); SAME keeps input × stride outputs."""
    n, k = x.shape[1:3], kernel.shape[:2]
    full = torch.zeros(
        len(x), *((n[d] - 1) * stride[d] + max(k[d], stride[d]) for d in BOTH), kernel.shape[2],
        dtype=x.dtype,
    )  # fmt: skip
    for r, c, a, b in itertools.product(*map(range, (*n, *k))):
        full[:, r * stride[0] + a, c * stride[1] + b] += x[:, r, c] @ kernel[a, b].T
    if padding == "valid":
        return full
    before = [max(k[d] - stride[d], 0) // 2 for d in BOTH]
    return full[
        :, before[0] : before[0] + n[0] * stride[0], before[1] : before[1] + n[1] * stride[1]
    ]


def test_a_transposed_convolution_is_the_gradient_of_the_convolution_that_halves():
    for k, padding in itertools.product((1, 2, 3, 4, 5), ("same", "valid")):
        rows = 12 if padding == "same" else 10 + max(k, 2)  # what the convolution gets
        x = torch.randn(1, rows, rows, 1, dtype=torch.float64, requires_grad=True)
        kernel, dy = weights(k, k, 1, 2), weights(1, 6, 6, 2)
        y = convolved(x, kernel, (2, 2), padding)
        (wanted,) = torch.autograd.grad(y, x, dy)
        assert_close(stamped(dy, kernel, (2, 2), padding), wanted)


def weights(*shape):
    return torch.randn(*shape, dtype=torch.float64)


ACTIVATIONS = {None: lambda y: y, "sigmoid": torch.sigmoid, "relu": torch.relu}

# As they stand in the sources: layer, what comes in, kernel, stride, padding, activation.
CONVOLUTIONS = [
    ("tf.keras.layers.Conv2D(1, (1, 2), use_bias=False)", (6, 8, 1), (1, 2), (1, 1), "valid", None),
    ("tf.keras.layers.Conv2D(1, kernel_size=3, padding='same')", (8, 8, 1), (3, 3), (1, 1),
     "same", None),
    ("tf.keras.layers.Conv2D(1, kernel_size=(5, 3), padding='same')", (8, 8, 1), (5, 3), (1, 1),
     "same", None),
    ("tf.keras.layers.Conv2D(1, kernel_size=3, padding='same', strides=2)", (8, 8, 1), (3, 3),
     (2, 2), "same", None),
    ("tf.keras.layers.Conv2D(1, kernel_size=(3,5), padding='valid', strides=(3, 4))", (8, 8, 1),
     (3, 5), (3, 4), "valid", None),
    ("tf.keras.layers.Conv2D(filters=6, kernel_size=5, activation='sigmoid', padding='same')",
     (28, 28, 1), (5, 5), (1, 1), "same", "sigmoid"),
    ("tf.keras.layers.Conv2D(filters=16, kernel_size=5, activation='sigmoid'),", (14, 14, 6),
     (5, 5), (1, 1), "valid", "sigmoid"),
    ("layers.Conv2D(6,kernel_size=3,strides=1), # 第一个卷积层, 6个3x3卷积核", (28, 28, 1), (3, 3),
     (1, 1), "valid", None),
    ("tf.keras.layers.Conv2D(filters=96, kernel_size=11, strides=4, activation='relu')",
     (28, 27, 1), (11, 11), (4, 4), "valid", "relu"),
    ("tf.keras.layers.Conv2D(filters=256, kernel_size=5, padding='same', activation='relu')",
     (6, 5, 3), (5, 5), (1, 1), "same", "relu"),
    ("layers.Conv2D(64, kernel_size=[3, 3], padding=\"same\", activation=tf.nn.relu)", (6, 7, 3),
     (3, 3), (1, 1), "same", "relu"),
    ("tf.keras.layers.Conv2D(64, 7, strides=2, padding='same', activation='relu')", (14, 13, 3),
     (7, 7), (2, 2), "same", "relu"),
    ("self.conv3 = tf.keras.layers.Conv2D(\n    8, kernel_size=1, strides=2)", (7, 8, 4), (1, 1),
     (2, 2), "valid", None),
    ("tf.keras.layers.Conv2D(filters=10, kernel_size=(3, 3), padding='same')", (5, 5, 4), (3, 3),
     (1, 1), "same", None),
    ("layers.Conv2D(4, kernel_size=3, strides=3, padding='SAME')", (5, 5, 3), (3, 3), (3, 3),
     "same", None),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shape", "k", "stride", "padding", "name"), CONVOLUTIONS)
def test_convolutions_of_the_sources(call, shape, k, stride, padding, name):
    filters = translate(call, shape).shape[-1]
    kernel, bias = weights(*k, shape[-1], filters), weights(filters)
    has_bias = "use_bias=False" not in call
    ours = [kernel.permute(3, 2, 0, 1), *([bias] if has_bias else [])]
    y, x, _ = run(call, shape, ours)
    wanted = convolved(x, kernel, stride, padding) + (bias if has_bias else 0)
    assert_close(y, ACTIVATIONS[name](wanted))


# Layer, what comes in, window, stride, padding.
POOLINGS = [
    ("tf.keras.layers.MaxPool2D(pool_size=3, strides=2)", (12, 13, 2), 3, 2, "valid"),
    ("tf.keras.layers.MaxPool2D(pool_size=2, strides=2)", (8, 9, 2), 2, 2, "valid"),
    ("tf.keras.layers.MaxPool2D(pool_size=3, strides=2, padding='same')", (8, 7, 2), 3, 2, "same"),
    ("tf.keras.layers.MaxPool2D(3, 1, padding='same')", (5, 6, 2), 3, 1, "same"),
    ("layers.MaxPool2D(pool_size=(2, 2), strides=(1, 1), padding='same')", (6, 6, 2), 2, 1, "same"),
    ("layers.MaxPool2D(pool_size=[2, 2], strides=2, padding='same'),", (5, 6, 2), 2, 2, "same"),
    ("layers.MaxPooling2D(pool_size=2,strides=2)", (8, 8, 2), 2, 2, "valid"),
    ("tf.keras.layers.AvgPool2D(pool_size=2, strides=2)", (28, 28, 2), 2, 2, "valid"),
    ("layers.AveragePooling2D(3, strides=2, padding='same')", (6, 7, 2), 3, 2, "same"),
    ("layers.AveragePooling2D(4, 1, 'same')", (6, 5, 2), 4, 1, "same"),
    ("layers.AveragePooling2D(2, 1, 'same')", (5, 5, 2), 2, 1, "same"),
]


@pytest.mark.parametrize(("call", "shape", "k", "stride", "padding"), POOLINGS)
def test_poolings_of_the_sources(call, shape, k, stride, padding):
    y, x, _ = run(call, shape)
    how = POOLS["MaxPool2D" if "Max" in call else "AvgPool2D"]
    assert_close(y, pooled(x, (k, k), (stride, stride), padding, how))


TRANSPOSED = [
    ("tf.keras.layers.Conv2DTranspose(1, kernel_size=2)", (2, 2, 1), 2, 1, "valid"),
    ("layers.Conv2DTranspose(1, kernel_size=3, strides=1, padding='VALID')", (2, 2, 1), 3, 1,
     "valid"),
    ("layers.Conv2DTranspose(1, kernel_size=3, strides=2, padding='VALID')", (5, 5, 1), 3, 2,
     "valid"),
    ("layers.Conv2DTranspose(3, kernel_size=3, strides=2, padding='SAME')", (2, 3, 2), 3, 2,
     "same"),
    ("layers.Conv2DTranspose(3, 4, 2, 'same', use_bias=False)", (3, 2, 2), 4, 2, "same"),
    ("layers.Conv2DTranspose(3, 1, 2, 'same')", (7, 7, 2), 1, 2, "same"),
    ("layers.Conv2DTranspose(3, 1, 3, 'same')", (3, 2, 2), 1, 3, "same"),
    ("layers.Conv2DTranspose(3, 2, 3)", (3, 2, 2), 2, 3, "valid"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shape", "k", "stride", "padding"), TRANSPOSED)
def test_transposed_convolutions_of_the_sources(call, shape, k, stride, padding):
    filters = translate(call, shape).shape[-1]
    kernel, bias = weights(k, k, filters, shape[-1]), weights(filters)
    has_bias = "use_bias=False" not in call
    y, x, _ = run(call, shape, [kernel.permute(3, 2, 0, 1), *([bias] if has_bias else [])])
    assert_close(y, stamped(x, kernel, (stride, stride), padding) + (bias if has_bias else 0))


def test_a_transposed_convolution_makes_the_sizes_of_the_source():
    sizes = {"VALID": 4, "SAME": 6}  # (2 − 1)·1 + 3 and 2·3
    strides = {"VALID": 1, "SAME": 3}
    for padding, size in sizes.items():
        call = f"layers.Conv2DTranspose(1, 3, strides={strides[padding]}, padding='{padding}')"
        assert translate(call, (2, 2, 1)).shape == (size, size, 1)


def test_layers_without_a_window():
    y, x, _ = run("tf.keras.layers.Flatten()", (4, 3, 2))
    assert_close(y, x.permute(0, 3, 1, 2).flatten(1))
    y, x, _ = run("tf.keras.layers.GlobalAvgPool2D()", (4, 3, 2))
    assert_close(y, x.mean((1, 2)))
    y, x, _ = run("layers.GlobalMaxPool2D(keepdims=True)", (4, 3, 2))
    assert_close(y, x.amax((1, 2), keepdim=True))
    y, x, _ = run("layers.UpSampling2D((2, 3))", (2, 3, 2))
    assert_close(y, x.repeat_interleave(2, 1).repeat_interleave(3, 2))
    y, x, _ = run("layers.ZeroPadding2D(((1, 2), (3, 4)))", (2, 3, 2))
    assert y.shape == (2, 5, 10, 2)
    assert_close(y[:, 1:3, 3:6], x)
    y, x, _ = run("tf.keras.layers.LeakyReLU(alpha=0.2)", (4, 3, 2))
    assert_close(y, torch.where(x > 0, x, 0.2 * x))
    y, x, _ = run("layers.ReLU(max_value=6)", (4, 3, 2))
    assert_close(y, x.clamp(0, 6))


def test_dropout_zeroes_that_share_and_only_in_training():
    y, x, _ = run("tf.keras.layers.Dropout(0.25)", (40, 40, 2))
    assert_close(y, x)
    y, x, _ = run("tf.keras.layers.Dropout(0.25)", (40, 40, 2), mode="train")
    kept = y != 0
    assert 0.2 < 1 - kept.double().mean() < 0.3
    assert_close(y[kept], x[kept] / 0.75)


@pytest.mark.parametrize("shape", [(400,), (3, 2, 8)])
def test_dense_layers_act_on_the_last_axis(shape):
    kernel, bias = weights(shape[-1], 10), weights(10)
    ours = kernel.T if len(shape) == 1 else kernel.T[:, :, None, None]
    y, x, _ = run("tf.keras.layers.Dense(10, activation='softmax')", shape, [ours, bias])
    assert_close(y, (x @ kernel + bias).softmax(-1))


def test_depthwise_and_separable_convolutions():
    kernel, bias = weights(3, 3, 4, 2), weights(8)  # (k_h, k_w, c, multiplier)
    each = [kernel[:, :, [c]] for c in range(4)]
    call = "layers.DepthwiseConv2D(3, strides=2, padding='same', depth_multiplier=2)"
    ours = kernel.permute(2, 3, 0, 1).reshape(8, 1, 3, 3)
    y, x, _ = run(call, (6, 7, 4), [ours, bias])
    by_channel = [convolved(x[..., [c]], each[c], (2, 2), "same") for c in range(4)]
    assert_close(y, torch.cat(by_channel, -1) + bias)
    call = "layers.SeparableConv2D(5, 3, 2, 'same', depth_multiplier=2, activation='relu')"
    last, bias = weights(1, 1, 8, 5), weights(5)
    y, x, _ = run(call, (6, 7, 4), [ours, last.permute(3, 2, 0, 1), bias])
    by_channel = [convolved(x[..., [c]], each[c], (2, 2), "same") for c in range(4)]
    assert_close(y, (torch.cat(by_channel, -1) @ last[0, 0] + bias).relu())


def test_batch_normalisation_by_batch_and_by_running_averages():
    call = "tf.keras.layers.BatchNormalization(momentum=0.9)"
    found = translate(call, (4, 3, 2))
    layer = eval(found.pytorch, {"nn": nn}).double()  # noqa: S307
    x = 3 + 2 * torch.randn(5, 4, 3, 2, dtype=torch.float64)
    y = layer(to_torch(x)).permute(0, 2, 3, 1)
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2), correction=0)
    assert_close(y.detach(), (x - mean) / (variance + 0.001).sqrt())
    assert_close(layer.running_mean, 0.9 * 0 + (1 - 0.9) * mean)
    assert found.parameters == 4 and "8, 4 trained" in {note.keras for note in found.notes}


def test_any_window_stride_and_padding_gives_tensorflows_numbers():
    rng = random.Random(SEED)
    for _ in range(40):
        n, k = ([rng.randint(1, 9) for _ in BOTH], [rng.randint(1, 5) for _ in BOTH])
        stride = [rng.randint(1, 4) for _ in BOTH]
        padding = rng.choice(["valid", "same", "same"])
        if padding == "valid" and any(k[d] > n[d] for d in BOTH):
            continue
        shape = (*n, 2)
        written = f"({k[0]}, {k[1]}), strides=({stride[0]}, {stride[1]}), padding='{padding}')"
        for name, how in POOLS.items():
            y, x, _ = run(f"{name}({written}", shape)
            assert_close(y, pooled(x, k, stride, padding, how), msg=f"{name}({written} of {n}")
        kernel = weights(*k, 2, 3)
        ours = [kernel.permute(3, 2, 0, 1)]
        y, x, _ = run(f"Conv2D(3, {written[:-1]}, use_bias=False)", shape, ours)
        assert_close(y, convolved(x, kernel, stride, padding), msg=f"{written} of {n}")
        kernel = weights(*k, 3, 2)
        ours = [kernel.permute(3, 2, 0, 1)]
        y, x, _ = run(f"Conv2DTranspose(3, {written[:-1]}, use_bias=False)", shape, ours)
        assert_close(y, stamped(x, kernel, stride, padding), msg=f"{written} of {n}")


@pytest.mark.parametrize("s", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("n", [1, 2, 5, 6, 9])
def test_the_pages_table_says_how_same_is_done_in_pytorch(n, k, s):
    """Each row of the table in chapters/tensorflow.md: `padding=P//2`, and what an odd P asks."""
    total = max((math.ceil(n / s) - 1) * s + k - n, 0)
    odd, half = total % 2 == 1, total // 2
    x, window, stride = weights(1, n, n, 2), (k, k), (s, s)
    image = to_torch(x)
    up = odd and s > 1
    if odd and s == 1:
        largest = nn.MaxPool2d(k, s)(nn.ConstantPad2d((half, half + 1) * 2, -torch.inf)(image))
        mean = nn.AvgPool2d(k, s, padding=k // 2, count_include_pad=False)(image)
        mean = nn.ZeroPad2d((-1, 0, -1, 0))(mean)
    else:
        largest = nn.MaxPool2d(k, s, padding=half, ceil_mode=up)(image)
        mean = nn.AvgPool2d(k, s, half, ceil_mode=up, count_include_pad=False)(image)
    for found, how in zip((largest, mean), POOLS.values(), strict=True):
        assert_close(found, to_torch(pooled(x, window, stride, "same", how)))
    kernel = weights(k, k, 2, 3)
    convolution = nn.Conv2d(2, 3, k, s, padding=0 if odd else half, bias=False)
    convolution.weight.data = kernel.permute(3, 2, 0, 1)
    padded = nn.ZeroPad2d((half, half + 1) * 2)(image) if odd else image
    assert_close(convolution(padded).detach(), to_torch(convolved(x, kernel, stride, "same")))
    kernel = weights(k, k, 3, 2)
    extra = {"output_padding": s - k} if k < s else {"padding": (k - s) // 2}
    transposed = nn.ConvTranspose2d(2, 3, k, s, bias=False, **extra)
    transposed.weight.data = kernel.permute(3, 2, 0, 1)
    found = transposed(image).detach()
    if k >= s and (k - s) % 2:
        found = nn.ZeroPad2d((0, -1, 0, -1))(found)
    assert_close(found, to_torch(stamped(x, kernel, stride, "same")))


def test_initial_weights_are_pytorchs():
    for call, shape in [
        ("Conv2D(64, 3)", (9, 9, 16)),
        ("Conv2D(128, 3, groups=4)", (9, 9, 16)),
        ("DepthwiseConv2D(3, depth_multiplier=8)", (9, 9, 16)),
        ("Conv2DTranspose(64, 3)", (9, 9, 16)),
        ("Dense(300)", (400,)),
    ]:
        found = translate(call, shape)
        (note,) = (each for each in found.notes if each.what == "initial weights")
        limit = float(note.pytorch.strip("±").split(",")[0])
        layer = eval(found.pytorch, {"nn": nn})  # noqa: S307
        for parameter in layer.parameters():
            assert 0.8 * limit < parameter.abs().max() < 1.06 * limit, call


def test_every_pick_is_translated_for_the_labs_own_input():
    for label, call in KERAS["such"]:
        _, _, found = run(call, (28, 28, 1))
        assert all(found.verdict) and all(all(vars(note).values()) for note in found.notes), label


@pytest.mark.parametrize("shape", [(), (3, 4), (0, 1, 1), (28, 28, "1"), (5000,), (1, 1, 1, 1)])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(ValueError, match=r"it takes \(height, width, channels\) or \(features,\)"):
        translate("Flatten()", shape)
