"""What the page on dense layers and convolutions states."""

from book_utils import chapters
from book_utils.shapes import conv_weights

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "dense-to-conv")
states("Allow 30 minutes, and another 15 for", page.minutes, 3 * 5)


def weight_lab(stage="shared", **settings):
    return WeightMatrixLab(stage=stage, **settings)


# the lab at the head of the page
local_8 = weight_lab("local").parameters
states("nearby inputs: 22 of the 64", local_8, weight_lab("dense").parameters)
pressed = weight_lab().binding
outer, inner = (int((pressed == pressed[3, j]).sum()) for j in (4, 3))
states(
    "it is in 7 cells, the middle one in 8, and 7 + 8 + 7 = 22",
    *(outer, inner, outer, inner, outer, local_8),
)
assert (weight_lab().parameters, weight_lab(reach=2).parameters) == (3, 5)

# counts
states("three outputs and four inputs need 3·4 weights and 3 biases", 3, 4, 3)
assert parameters(nn.Linear(4, 3)) == 3 * 4 + 3
states("Now an image of 28×28 pixels", *digits.images.shape[2:])
states("that turns its 784 numbers into ten", sizes[0])
first, whole = parameters(nn.Linear(*sizes[:2])), parameters(dense_net(sizes))
states(
    "The first layer alone has 784·256 + 256 = 200,960 of these 335,114 numbers. At four bytes "
    "each, all 335,114 take 1.34 MB",
    *(*sizes[:2], sizes[1], first, whole, whole, round(4 * whole / 1e6, 2)),
)
states("a billion, 4 GB", 4 * 10**6 * 10**3 / 1e9)
states("10^6 \\cdot 10^3 = 10^9", 10**6, 10**3, 10**6 * 10**3)

# the steps
states("Let $X$ be 0 outside the image", 0)
states("outside the image only ever multiply 0, so", 0)
states("rows and columns counted from 0", 0)


def differ(stage):
    before, after = weight_lab(stage).output, weight_lab(stage, shift=2).output
    changed = after[2:] != before[:-2]
    return int(changed.sum()), len(changed)


states("[Shift it by 2](#moved?shift=2) in this local layer.", 2)
states("5 of these 6 did not", *differ("local"))
assert differ("dense") == (6, 6) and differ("shared") == (0, 6)
states("the numbers 2, 10, 17, 11, 2 are unchanged", *weight_lab(shift=2).output[2:7].tolist())
assert weight_lab(shift=2).output[2:].tolist() == weight_lab().output[:-2].tolist()
states("it stays 42 as long as nothing leaves the row", *set(sums["shared"][:4]))
states(
    "[with a shift of 4](#moved?stage=shared&shift=4) one output, a 2, has",
    *(4, 42 - sums["shared"][4]),
)
assert len(set(sums["dense"])) == len(set(sums["local"])) == 5
states("| 1,000×1,000, $\\Delta = 1$ |", 1000, 1000, 1)
states("| dense | $W_{ijpq}$ or $V_{ijab}$ | $n^4$ | 1,000,000,000,000 |", 1000**4)
along = sum(min(i + 1, 999) - max(i - 1, 0) + 1 for i in range(1000))  # weights of a row
states("| local | $V_{ijab}$, near | nearly $k^2 n^2$ | 8,988,004 |", along**2)
states("| shared | $V_{ab}$ | $k^2$ | 9 |", 3**2)
offsets = {i - j for i in range(1000) for j in (0, 999)}  # all there are, in one direction
assert len(offsets) == 2 * 1000 - 1
states("weights, here 3,996,001", len(offsets) ** 2)
states(
    "(A row of 8 pixels has 22 local weights instead of 8·3, an image of 8×8 has 22·22.)",
    *(8, local_8, 8, weight_lab().parameters, 8, 8, local_8, local_8),
)

# channels
filters = conv_weights(3, 64, 3)
states(
    "With 3 channels in, 64 out and $\\Delta = 1$, that is 3·3·3·64 = 1,728 weights and 64 biases, "
    "1,792 in all",
    *(3, 64, 1, 3, 3, 3, 64, filters, 64, parameters(nn.Conv2d(3, 64, 3))),
)

# matrices
cells = weight_lab().binding
states("0 for no weight, 1 to 3 for the three weights", cells.min(), 1, cells.max())
assert set(cells.unique().tolist()) == {0, 1, 2, 3}
states("(`padding=1`)", 1)
states("Each block of 4×4 cells", 4, 4)
shared = weight_lab(side=4, axes=2).binding
assert shared[2, 3] and not shared[3, 4]
assert (shared[:4, :4] == shared[4:8, 4:8]).all()
states("[Output (0, 2) reads input (0, 3)](#image?picked=matrix,2,3)", *divmod(2, 4), *divmod(3, 4))
states("[output (0, 3) does not read input (1, 0)]", *divmod(3, 4), *divmod(4, 4))

# what they buy
states("made by one 3×3 filter at all positions", *sobel.shape[2:])
states("some digits of 14×14 pixels", *new.shape[2:])
assert (0 * new_maps - new_maps).norm() / new_maps.norm() == 1
states("try it on 200 new digits", len(new))
assert errors["shared", 1].max() < 0.005
assert round(errors["dense", 100].mean().item(), 1) == 0.1
states("still wrong by a tenth after 100 digits", 100)
states("100 handwritten digits to learn from, three networks", len(samples[0].images))
states("it keeps the largest of each 2×2 numbers", 2, 2)
lead = (scores["convolution"].mean() - scores["dense"].mean()).item()
assert 0 < lead < min(scores["convolution"].std(), 0.02)
pooled = scores["convolution, pooling"]
assert pooled.mean() - scores["dense"].mean() > max(pooled.std(), scores["dense"].std())
counted = {name: parameters(make()) for name, make in nets.items()}
assert abs(counted["convolution"] / counted["dense"] - 1) < 0.02
assert counted["convolution, pooling"] < counted["convolution"] / 10
at_the_end = parameters(nn.Linear(16 * 20 * 20, 10))
states("64,010 of its 67,434", at_the_end, counted["convolution"])

# exercises
large = nn.Linear(3 * 224 * 224, 256, device="meta")
states("gets colour images of 224×224 pixels", 224, 224)
states("does its first layer have, with 256 outputs?", 256)
states(
    "Three numbers a pixel make 3·224·224 = 150,528 inputs. With 256 outputs that is 38,535,168 "
    "weights and 256 biases, 38,535,424 in all",
    *(3, 224, 224, large.in_features, 256, large.weight.numel(), 256, parameters(large)),
)
assert parameters(large) > 100 * whole
states("from 28×28 pixels to 28×28 outputs, with $\\Delta = 2$", 28, 28, 28, 28, 2)
states("Dense: 784·784 = 614,656. Shared: 25.", 784, 784, 784 * 784, 5 * 5)
rows = [sum(abs(i - j) <= 2 for j in range(28)) for i in range(28)]
lost = [5 - read for read in rows if read < 5]
states(
    "28 outputs read 5 pixels each, but the first two and the last two lose 2 + 1 + 1 + 2: "
    "28·5 − 6 = 134. In two axes that is 134·134 = 17,956.",
    *(28, 5, *lost, 28, 5, sum(lost), sum(rows), sum(rows), sum(rows), sum(rows) ** 2),
)

# in sources
by_distance = {
    (i, j) for i in range(-2, 3) for j in range(-2, 3) if (i * i + j * j) ** 0.5 <= 3 / 2**0.5
}
assert {(0, 2), (0, -2), (2, 0), (-2, 0)} < by_distance
states(
    "For $k = 3$ that is 2.12, which lets in $(0, \\pm 2)$ and $(\\pm 2, 0)$ as well, 13 pixels "
    "instead of 9",
    *(3, round(3 / 2**0.5, 2), 0, 2, 2, 0, len(by_distance), 3 * 3),
)
states("draws on has 10,000,000 × 10,000;", 10_000_000, 10_000)
states("a megapixel is $10^6$ pixels, and a thousand is $10^3$", 10**6, 10**3)
