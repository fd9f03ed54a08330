"""What the page on PyTorch and TensorFlow states."""

import inspect
import itertools

from book_utils import chapters
from book_utils.keras import KERAS, translate

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "tensorflow")
exercises = 3
states(f"Allow {page.minutes} minutes, and another 9 for", page.minutes, 3 * exercises)

found = keras_lab.output
assert "nn.ZeroPad2d((0, 1, 0, 1))" in found.pytorch and found.shape[:2] == (112, 112)
states('it refuses `padding="same"` with a stride of 2, and no number gives the same.', 2)
odd = translate(keras_lab.call, (225, 225, 3))
assert "padding=1)" in odd.pytorch
states(
    "[With an input of 225×225](#keras?input=225,225,3), the same call adds one on each side, and "
    "`padding=1` is enough",
    *(225, 225, 1),
)
pooled = translate("layers.MaxPool2D(3, strides=2, padding='same')", (224, 224, 3))
assert "-torch.inf" in pooled.pytorch
usual = {name: rule.get("usual") for name, rule in KERAS["arguments"].items()}
batch_norm = translate("layers.BatchNormalization()", (224, 224, 3))
assert "momentum=0.01" in batch_norm.pytorch
states(
    "keeps 0.99 of the old average, so in PyTorch it is `momentum=0.01`", usual["momentum"], 0.01
)
on_maps, flat = (translate("layers.Dense(10)", shape) for shape in ((5, 5, 16), (400,)))
assert on_maps.pytorch == "nn.Conv2d(16, 10, 1)" and flat.pytorch == "nn.Linear(400, 10)"
states(
    "[`Dense(10)`](<#keras?call=layers.Dense(10)&input=5,5,16>) on maps of 5×5 with 16 channels "
    "is a 1×1 convolution",
    *(10, 5, 5, 16, 1, 1),
)
states("[on 400 numbers](<#keras?call=layers.Dense(10)&input=400>), after a flatten,", 5 * 5 * 16)
states("[`Conv2D(64, 3, stride=2)`]", 64, 3, 2)
assert translated.pytorch == "nn.AvgPool2d(3, stride=2, ceil_mode=True)"


def upwards(kernel):
    call = f"layers.Conv2DTranspose(16, {kernel}, strides=2, padding='same')"
    return translate(call, (7, 7, 32))


layer = eval(upwards(3).pytorch, {"nn": nn})[0]  # noqa: S307
assert upwards(3).shape[:2] == (14, 14) and "(0, -1, 0, -1)" in upwards(3).pytorch
states(
    "here 14×14. PyTorch's layer makes 15×15, so the last row and column come off: a padding "
    "of −1.",
    *upwards(3).shape[:2],
    *layer(torch.zeros(1, 32, 7, 7)).shape[2:],
    -1,
)
assert "padding=1)" in upwards(4).pytorch and "output_padding=1)" in upwards(1).pytorch
assert upwards(2).pytorch == "nn.ConvTranspose2d(32, 16, 2, stride=2)"
states("`padding=1` takes one off each side;", 1)
states(
    "[with a kernel of 2](<#upwards?call=layers.Conv2DTranspose(16, 2, strides=2, padding='same')>)"
    ", as long",
    2,
)
states("[with a kernel of 1]", 1)
states("`output_padding=1` adds what is missing", 1)
ours = {
    kind: {name: each.default for name, each in inspect.signature(kind).parameters.items()}
    for kind in (nn.BatchNorm2d, nn.LeakyReLU, torch.optim.Adam)
}
states("`pool_size`, 2×2 |", *usual["pool_size"])
states("| initial bias | 0 |", 0)
states(
    "`momentum=0.99` | `1 - momentum`, 0.9 |",
    *(usual["momentum"], 1, 1 - ours[nn.BatchNorm2d]["momentum"]),
)
states("`epsilon=0.001` | `eps=1e-5` |", usual["epsilon"], ours[nn.BatchNorm2d]["eps"])
slopes = usual["negative_slope"], ours[nn.LeakyReLU]["negative_slope"]
states("| leaky ReLU: slope | 0.3 | 0.01 |", *slopes)
states("| Adam: ε | 1e-7 | 1e-8 |", cited(1e-7), ours[torch.optim.Adam]["eps"])
up = nn.ConvTranspose2d(32, 16, 3)  # PyTorch's fan in: 16·3·3
assert 0.98 < up.weight.abs().max() * 144**0.5 <= 1
fans = nn.Linear(400, 300)
assert 0.98 < fans.weight.abs().max() * 400**0.5 <= 1 >= fans.bias.abs().max() * 400**0.5 > 0.9

size, kernel, stride = same_lab.size, same_lab.kernel, same_lab.stride
theirs, ours = by_same.flatten(), by_number.flatten()
assert (theirs != ours).all()
states("A 3×3 kernel with stride 2, the same", kernel, kernel, stride)
states(
    "The input is 1, 2, …, 8 and all weights are 1", *eight.flatten()[:2], eight.max(), ones.max()
)
states("TensorFlow 6, 12, 18 and 15, PyTorch 3, 9, 15 and 21.", *theirs, *ours)
assert same_padding(size, kernel, stride) == (0, 1)
assert same_padding(7, kernel, stride) == (1, 1)
assert same_padding(16, kernel, stride) == (0, 1)
states("[With an input of 7 cells](#same?size=7) the two agree, [with 16](#same?size=16)", 7, 16)
states(
    "In the lab $P$ is ${(4-1) \\cdot 2 + 3 - 8} = 1$: none before, one after. "
    "For 7 cells it is 2,",
    *(len(theirs), 1, stride, kernel, size, sum(same_padding(8, 3, 2))),
    *(7, sum(same_padding(7, 3, 2))),
)
for n in range(2, 300, 2):
    assert same_padding(n, 3, 2) == (0, 1)  # ZeroPad2d((0, 1, 0, 1)) for every even size
    assert same_padding(n - 1, 3, 2) == (1, 1)
states("unless the stride is 1: here 8 cells became 4.", 1, size, len(theirs))
assert same_padding(9, 2, 3) == (0, 0)
states("[With 9 cells, a kernel of 2 and a stride of 3]", 9, 2, 3)

states("as large as the input, at stride 1. Anything else is an error", 1)
assert same_padding(size, 2, 1) == (0, 1)
states("[With a stride of 1](#same?stride=1) the two agree.", 1)
states("[With that and a kernel of 2](#same?stride=1&kernel=2), $P$ is 1,", 2, 1)

by_habit = F.max_pool2d(batch, 3, 2, padding=1).flatten()
by_rule = max_pool2d_same(batch, (3, 3), (2, 2)).flatten()
states("With several layers of stride 2", 2)
states("so two such layers shift it by 1 + 2 = 3.", 1, 2, 1 + 2)
states("Not `padding=1`, the setting the lab starts with", pool_lab.padding[0])
states("`padding=1` gives 5, 7, 13 and 15.", 1, *by_habit)
states("SAME gives 10, 11, 14 and 15:", *by_rule)
states("two windows of 3 rows, 2 apart, need 5 rows", 3, 2, (2 - 1) * 2 + 3)
assert same_padding(4, 3, 2) == (0, 1)
assert [same_padding(4, 2, 2), same_padding(4, 3, 3)] == [(0, 0), (1, 1)]
wide = max_pool2d_same(batch, (2, 3), (2, 3))
assert_close(wide, F.max_pool2d(batch, (2, 3), padding=(0, 1)))
states("For strides of 2 or more, SAME with an odd $P$", 2)
states("here $P$ is 1, and `P // 2` is 0. At stride 1 there", 1, 2, 1 // 2, 1)
mean = F.avg_pool2d(batch, 3, 2, ceil_mode=True)[0, 0]
assert_close(mean[1, 1], Y[2:, 2:].mean())  # what sticks out is not counted in an average
assert_close(mean[0, 1], Y[:3, 2:].mean())

valid, same, by_three = ([*y.shape[1:3]] for y in results)
states(
    "Take two images of 5×5 pixels with three channels, and four kernels of 3×3. VALID leaves 3×3 "
    "outputs, SAME 5×5, and SAME with a stride of 3 leaves 2×2",
    *(*images.shape[1:3], *kernels.shape[:2], *valid, *same, 3, *by_three),
)


numbers = torch.arange(8).reshape(2, 2, 2)  # (h, w, c)
h, w, channels = 2, 3, 4
listed = torch.arange(h * w * channels)
theirs, ours = listed.reshape(h, w, channels), listed.reshape(channels, h, w)
for i, j, c in itertools.product(range(h), range(w), range(channels)):
    assert theirs[i, j, c] == (i * w + j) * channels + c
    assert ours[c, i, j] == (c * h + i) * w + j
states(
    "In a 2×2 image with two channels, the numbers 0 to 7, channel 0 holds 0, 2, 4, 6.",
    *(2, 2, 0, numbers.max(), 0, *numbers[..., 0].flatten()),
)
states(
    "After `reshape` it holds 0, 1, 2, 3: the first row of both channels.", *numbers[0].flatten()
)
states('PyTorch\'s `padding="same"` is SAME at stride 1.', 1)

AXES = {
    "| images, feature maps | (n, h, w, c) | (n, c, h, w) | `permute(0,3,1,2)` |": "nhwc nchw",
    "| kernels | (k_h, k_w, c_in, c_out) | (c_out, c_in, k_h, k_w) | `permute(3,2,0,1)` |": (
        "hwio oihw"
    ),
    "transposed kernels | (k_h, k_w, c_out, c_in) | (c_in, c_out, k_h, k_w) | `permute(3,2,0,1)`": (
        "hwoi iohw"
    ),
    "| (in, out) | (out, in) | `permute(1,0)` |": "io oi",
}
for row, orders in AXES.items():
    theirs, ours = orders.split()
    states(row, *map(theirs.index, ours))

states(
    "four layers with 3×3 kernels, stride 2 and SAME, and gets images of 64×64.", 3, 3, 2, 64, 64
)
states("You load its weights into PyTorch layers with `padding=1`.", 1)
steps = [2**layer for layer in range(4)]
assert set(moved.tolist()) == {sum(steps)}
states("By 15 pixels, up and to the left.", sum(steps))
states("is 1, 2, 4, 8 pixels of the image: 1 + 2 + 4 + 8 = 15.", *steps, *steps, sum(steps))
states("All sizes on the way, 64, 32, 16 and 8, are even", *(64 // step for step in steps))
