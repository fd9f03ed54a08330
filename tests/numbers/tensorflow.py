"""What the page on PyTorch and TensorFlow states."""

import itertools

from book_utils import chapters

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "tensorflow")
exercises = 3
states(f"Allow {page.minutes} minutes, and another 9 for", page.minutes, 3 * exercises)

size, kernel, stride = same_lab.size, same_lab.kernel, same_lab.stride
theirs, ours = by_same.flatten(), by_number.flatten()
assert (theirs != ours).all()
states("a 3×3 kernel with stride 2.", kernel, kernel, stride)
states(
    "The input is 1, 2, …, 8 and all weights are 1", *eight.flatten()[:2], eight.max(), ones.max()
)
states("TensorFlow 6, 12, 18 and 15, PyTorch 3, 9, 15 and 21.", *theirs, *ours)
assert same_padding(size, kernel, stride) == (0, 1)
assert same_padding(7, kernel, stride) == (1, 1)
assert same_padding(16, kernel, stride) == (0, 1)
states("[With an input of 7 cells](#same?size=7) the two agree, [with 16](#same?size=16)", 7, 16)
states(
    "In the lab $P$ is (4 − 1)·2 + 3 − 8 = 1: none before, one after. For 7 cells it is 2,",
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
states("With a stride of 2, a cell of", 2)
states("so two layers shift it by 1 + 2 = 3.", 1, 2, 1 + 2)
states("Not `padding=1`, the setting the lab starts with", pool_lab.padding[0])
states("It gives 5, 7, 13 and 15.", *by_habit)
states("SAME gives 10, 11, 14 and 15:", *by_rule)
states("two windows of 3 rows, 2 apart, need 5 rows", 3, 2, (2 - 1) * 2 + 3)
assert same_padding(4, 3, 2) == (0, 1)
assert [same_padding(4, 2, 2), same_padding(4, 3, 3)] == [(0, 0), (1, 1)]
assert wide.flatten().tolist() == [5, 7, 13, 15]
states("A window of 2×3 with a stride equal to its size", 2, 3)
states("For strides of 2 or more, that is SAME", 2)
for n, k, s in itertools.product(range(1, 14), range(1, 6), range(2, 5)):
    before, after = same_padding(n, k, s)
    if before == 0 and k <= n:
        line = torch.rand(1, 1, n)
        padded = F.pad(line, (0, after), value=-torch.inf)
        assert_close(F.max_pool1d(line, k, s, ceil_mode=True), F.max_pool1d(padded, k, s))
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
