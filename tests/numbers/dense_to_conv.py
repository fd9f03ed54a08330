"""What the page on dense layers and convolutions states."""

from book_utils import chapters
from book_utils.shapes import conv_weights

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "dense-to-conv")
states("Allow 30 minutes, and another 15 for", page.minutes, 3 * 5)


def weight_lab(stage="shared", **settings):
    return WeightMatrixLab(stage=stage, **settings)


# the lab at the head of the page
states("22 of the 64", weight_lab("local").parameters, weight_lab("dense").parameters)
pressed = weight_lab().binding
states("it is in 7 cells", int((pressed == pressed[3, 4]).sum()))
assert (weight_lab().parameters, weight_lab(reach=2).parameters) == (3, 5)

# counts
states("three outputs of four inputs take 3·4 weights and 3 biases", 3, 4, 3)
assert parameters(nn.Linear(4, 3)) == 3 * 4 + 3
states("Now an image of 28×28 pixels", *digits.images.shape[2:])
states("that turns its 784 numbers into ten", sizes[0])
first, whole = parameters(nn.Linear(*sizes[:2])), parameters(dense_net(sizes))
states(
    "The first layer alone has 784·256 + 256 = 200,960 of these 335,114 numbers. At four bytes "
    "each they fill 1.34 MB.",
    *(*sizes[:2], sizes[1], first, whole, round(4 * whole / 1e6, 2)),
)
states("LeCun's experiments in 1989 had 256 KB of memory", cited(1989), cited(256))
states("a billion, 4 GB", 4 * 10**6 * 10**3 / 1e9)
states("10^6 \\cdot 10^3 = 10^9", 10**6, 10**3, 10**6 * 10**3)
states("has 10,000,000 × 10,000 here", 10_000_000, 10_000)
states("a megapixel is $10^6$ pixels, and a thousand is $10^3$", 10**6, 10**3)

# the steps
states("Let $X$ be 0 outside the image", 0)
states("would meet a pixel outside multiply 0 and do not count", 0)
window_by_distance = {
    (i, j) for i in range(-2, 3) for j in range(-2, 3) if (i * i + j * j) ** 0.5 <= 3 / 2**0.5
}
assert {(0, 2), (0, -2), (2, 0), (-2, 0)} < window_by_distance
states(
    "for $k = 3$ that is 2.12, which lets in $(0, \\pm 2)$ and $(\\pm 2, 0)$ as well, 13 pixels "
    "instead of 9",
    *(3, round(3 / 2**0.5, 2), 0, 2, 2, 0, by_distance.sum(), in_window.sum()),
)
assert len(window_by_distance) == by_distance.sum()


def differ(stage):
    before, after = weight_lab(stage).output, weight_lab(stage, shift=2).output
    changed = after[2:] != before[:-2]
    return int(changed.sum()), len(changed)


states("[Shift it by 2](#moved?shift=2) in this local layer: 5 of 6 outputs", 2, *differ("local"))
assert differ("dense") == (6, 6) and differ("shared") == (0, 6)
states("the numbers 2, 10, 17, 11, 2 are as they were", *weight_lab(shift=2).output[2:7].tolist())
assert weight_lab(shift=2).output[2:].tolist() == weight_lab().output[:-2].tolist()
states("It stays 42 as long as nothing leaves the row", *set(sums["shared"][:4]))
states(
    "[with a shift of 4](#moved?stage=shared&shift=4) the last 2 falls", 4, 42 - sums["shared"][4]
)
assert len(set(sums["dense"])) == len(set(sums["local"])) == 5
states("| 1,000×1,000, $\\Delta = 1$ |", 1000, 1000, 1)
states("| dense | $W_{ijkl}$ or $V_{ijab}$ | $n^4$ | 1,000,000,000,000 |", 1000**4)
states("| local | $V_{ijab}$, near | $k^2 n^2$ | 9,000,000 |", 3**2 * 1000**2)
states("| shared | $V_{ab}$ | $k^2$ | 9 |", 3**2)
offsets = {i - j for i in range(1000) for j in (0, 999)}  # all there are, in one direction
assert len(offsets) == 2 * 1000 - 1
states("weights, here 3,996,001", len(offsets) ** 2)

# channels
filters = conv_weights(3, 64, 3)
states(
    "With 3 channels in, 64 out and $\\Delta = 1$, that is 3·3·3·64 = 1,728 weights and 64 biases, "
    "1,792 in all",
    *(3, 64, 1, 3, 3, 3, 64, filters, 64, parameters(nn.Conv2d(3, 64, 3))),
)

# matrices
states("which weight is in which cell, 0 for none", weight_lab().binding.min())
states("(`padding=1`)", 1)
states("Each block of 4×4 cells", 4, 4)
shared = weight_lab(side=4, axes=2).binding
assert shared[2, 3] and not shared[3, 4]
assert (shared[:4, :4] == shared[4:8, 4:8]).all()
states("[Output (0, 2) reads input (0, 3)](#image?picked=matrix,2,3)", *divmod(2, 4), *divmod(3, 4))
states("[output (0, 3) does not read input (1, 0)]", *divmod(3, 4), *divmod(4, 4))

# what they buy
states("some digits of 14×14 pixels", *new.shape[2:])
states("try it on 200 new digits", len(new))
assert errors["shared", 1].max() < 0.005
assert round(errors["dense", 100].mean().item(), 1) == 0.1
states("still a tenth off after 100 digits", 100)
states("100 handwritten digits to learn from, three networks", len(samples[0].images))
states("which keeps the largest of each 2×2 numbers", 2, 2)
lead = (scores["convolution"].mean() - scores["dense"].mean()).item()
assert 0 < lead < min(scores["convolution"].std(), 0.02)
counted = {name: parameters(make()) for name, make in nets.items()}
assert abs(counted["convolution"] / counted["dense"] - 1) < 0.02
assert counted["convolution, pooling"] < counted["convolution"] / 10
at_the_end = parameters(nn.Linear(16 * 20 * 20, 10))
states("64,010 of 67,434", at_the_end, counted["convolution"])

# exercises
large = nn.Linear(3 * 224 * 224, 256, device="meta")
states("gets colour images of 224×224 pixels", 224, 224)
states("has its first layer, with 256 outputs?", 256)
states(
    "Three numbers a pixel make 3·224·224 = 150,528 inputs. With 256 outputs that is 38,535,168 "
    "weights and 256 biases, 38,535,424 in all",
    *(3, 224, 224, large.in_features, 256, large.weight.numel(), 256, parameters(large)),
)
assert parameters(large) > 100 * whole
states("from 28×28 pixels to 28×28 outputs, with $\\Delta = 2$", 28, 28, 28, 28, 2)
states("for an image of 5×5, where the edge does count", 5, 5)
states(
    "Dense: 784·784 = 614,656. Local: 784·25 = 19,600. Shared: 25.",
    *(784, 784, 784 * 784, 784, 25, 784 * 25, 25),
)
rows = [sum(abs(i - j) <= 2 for j in range(5)) for i in range(5)]
states(
    "On 5×5 with Δ = 2, an output reads 3, 4, 5, 4 or 3 rows, depending on its own row: 19 in all, "
    "and 19·19 = 361 pairs",
    *(5, 5, 2, *rows, sum(rows), sum(rows), sum(rows), local.parameters),
)
