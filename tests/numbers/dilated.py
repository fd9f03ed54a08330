"""What the page on dilated convolution states."""

from book_utils import chapters
from book_utils.shapes import coverage, effective_size, output_size, receptive_field

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "dilated")
exercises = 5
states("Allow 31 minutes, and another 15 for", page.minutes, 3 * exercises)

states("Can a 3×3 kernel see farther at the price of neither?", *K.shape)
wide = effective_size(3, 2)
states("[With a dilation of 2](#taps?dilation=2) each weight reads a pixel 2 further on", 2, 2)
states("The kernel still has nine weights and the window is 5×5.", wide, wide)
states("1 is the convolution that you know", 1)
states("\\text{here } 2 \\cdot (3 - 1) + 1 = 5 ,", 2, 3, 1, 1, wide)
stops = output_size(7, 3, dilation=2)
states("a 5×5 window has 3×3 stops in a 7×7 image", wide, wide, stops, stops, *X.shape)
states("| rate | window | output of 7×7 |", *X.shape)
for d in (1, 2, 3):
    span, left = effective_size(3, d), len(corr2d_dilated(X, K, d))
    states(f"| {d} | {span}×{span} | {left}×{left} | 9 | 9 |", d, span, span, left, left, 9, 9)
zeros = int((spread == 0).sum())
states(
    "which makes a 5×5 kernel with 16 zeros in it, and convolve as ever. The result is the same, "
    "for 25 products instead of 9.",
    *(*spread.shape, zeros, spread.numel(), K.numel()),
)
largest_rate = (7 - 1) // (3 - 1)
too_wide = effective_size(3, largest_rate + 1)
states(
    "The slider of the lab ends at 3. At rate 4 the window would be 9×9,",
    *(largest_rate, largest_rate + 1, too_wide, too_wide),
)
states("which for a 3×3 kernel is $d$, the output", *K.shape)

reads_by_rate, reads_by_stride = [1 + 2 * tap for tap in range(3)], [2 + tap for tap in range(3)]
as_rate = F.conv2d(batch, weight, dilation=2)[0, 0]
as_stride = F.conv2d(batch, weight, stride=2)[0, 0]
assert as_rate[0, 1] == X[0:5:2, reads_by_rate].sum()
assert as_stride[0, 1] == X[:3, reads_by_stride].sum()
states("on this image a rate of 2 and a stride of 2 both give 3×3 numbers", 2, 2, *as_rate.shape)
assert as_rate.shape == as_stride.shape
states("[with a rate of 2 and a stride of 1]", 2, 1)
states("the *taps* are 2 apart", 2)
states("the second output reads columns 1, 3, 5;", *reads_by_rate)
states("[with a rate of 1 and a stride of 2]", 1, 2)
states("the *stops* are 2 apart", 2)
states("the second output reads columns 2, 3, 4.", *reads_by_stride)
both = F.conv2d(batch, weight, dilation=2, stride=2)[0, 0]
states("are allowed, and then 2×2 outputs are left", *both.shape)


def of_field(rates):
    counts = path_counts(rates)
    return sum(map(bool, counts)), len(counts)


for rates in ([], [2, 2, 2], [1, 2, 8], [5, 1]):
    assert path_counts(rates) == coverage((3, 1, rate) for rate in rates)
read, field = of_field([2, 2, 2])
assert receptive_field([(3, 1, 2)] * 3) == field
states("so for three rates of 2", 2)
states("1 + 2 \\cdot (2 + 2 + 2) = 13 .", 1, 2, 2, 2, 2, field)
states("But does it *read* all 13?", field)
states("It reads 7 of 13. Every step is 2 wide", read, field, 2)
states("in two dimensions 49 of 169", read**2, field**2)
assert DilatedLab(2, 2, 2).output[6, 5] == 0
states("layer 1 is at the input.", 1)
states("[With rates 1, 2, 3]", 1, 2, 3)
assert len(set(of_field([1, 2, 3]))) == len(set(of_field([1, 2, 4, 8]))) == 1
states("all 13 are read, for the same field", len(path_counts([1, 2, 3])))
states("[With rates 1, 2, 4, 8]", 1, 2, 4, 8)
states("all 31 are. Rates that double", len(path_counts([1, 2, 4, 8])))
missed = path_counts([1, 2, 8])
assert missed.count(0) == 2
states("Is it enough to begin with rate 1?", 1)
states("[Rates 1, 2, 8]", 1, 2, 8)
states("two inputs of 23 are missed. Rates 1 and 2 together", len(missed), 1, 2)
row = of_field([1, 2])
states("read 7 pixels in a row", row[0])
states("if $d_3$ is 8, a pixel is left out", 8)
first = of_field([1])
states("3 after rate 1, then 7 after 1, 2.", first[0], 1, row[0], 1, 2)
assert 0 not in path_counts([1, 3]) + path_counts([1, 2, 7])
assert 0 in path_counts([2, 4, 8])
states("as 2, 4, 8 have, there are holes in any order", 2, 4, 8)
states("if all weights are 1.", 1)

states("all nine weights are 1/9. Both stacks below see 13×13 pixels.", 1, 9, field, field)
states("With rates 2, 2, 2 each output", 2, 2, 2)
yu = [1, 1, 2, 4, 8, 16, 1]
assert receptive_field([(3, 1, d) for d in yu]) == cited(67)
states("let the rates grow from 1, in 1, 1, 2, 4, 8, 16, 1", 1, *map(cited, yu))
states("a sawtooth such as 1, 2, 5,", *map(cited, (1, 2, 5)))
assert 0 not in path_counts([1, 2, 5])

small_side, large_side = (int(outline(24, 24, half).any(0).sum()) for half in (2, 8))
states("one 5 pixels wide, one 17", small_side, large_side)
found = respond(8)
wide_at_small, wide_at_large = found[10, 10], found[28, 28]
states("| in the middle of | rate 2 | rate 8 |", 2, 8)
states("| the small outline | 1 | 0 |", small[10, 10], wide_at_small)
states("| the large outline | 0 | 1 |", small[28, 28], wide_at_large)
states("At rate 8 the taps jump over the small object. At rate 2 the window lies", 8, 2)
eights = of_field([8, 8, 8])
states("three layers at rate 8 read 7 of 49 positions", 8, *eights)
states("DeepLab runs rates of 6, 12 and 18", *map(cited, (6, 12, 18)))
states("only the middle one is left: a 1×1 convolution. On maps of 33×33:", 1, 1, 33, 33)
alone = F.conv2d(torch.ones(1, 1, 9, 9), weight, padding=9, dilation=9)
assert (alone == 1).all()
shares = [100 * share_inside(33, rate) for rate in (6, 12, 18)]
assert shares[2] == 0
states(
    "At rate 6 all nine taps are inside at 40 % of the positions, at rate 12 at 7 %, at rate 18",
    *(6, shares[0], 12, shares[1], 18),
)
states("with a 1×1 convolution, and joins", 1, 1)

plain, doubled = [1] * 15, [1, 2, 4, 8]
assert len(path_counts(plain)) == len(path_counts(doubled)) == 31
states(
    "Four layers with rates 1, 2, 4, 8 see 31×31 pixels; so do 15 plain 3×3 layers.",
    *(*doubled, 31, 31, len(plain), 3, 3),
)
looked = [square_of(seen) for seen in measured.values()]
longer = torch.tensor(path_counts([1] * 30), dtype=torch.double)
assert 1.3 < square_of(torch.outer(longer, longer)) / looked[0] < 1.5  # question 6: √2
assert path_counts(plain)[0] == 1
states("the middle one about 1.8 million", path_counts(plain)[15] / 1e6)
of_one = (1, 2 - 1, 4 - 2 - 1, 8 - 4 - 2 - 1)
assert set(of_one) == {1} and path_counts(doubled)[15:17] == [1, len(of_one)]
states(
    "since 1, 2, 4 and 8, each added, subtracted or left out, make 0 in one way and 1 in four.",
    *(*doubled, 0, 1),
)
states(
    "Of a counted 31×31 the plain stack really looks at 13×13, the dilated one at 27×27, with 4 "
    "layers instead of 15.",
    *(31, 31, looked[0], looked[0], looked[1], looked[1], len(doubled), len(plain)),
)
for rates, seen in zip(stacks.values(), measured.values(), strict=True):
    paths = torch.tensor(path_counts(rates), dtype=torch.float)
    assert (seen.sum(0) / seen.sum() - paths / paths.sum()).abs().max() < 0.02
assert 0 not in path_counts([1, 3, 9])
states("Exercises 2 to 5 check themselves", 2, exercises)
states("for rates 2 and 2 that is 0, 2, 4, 6, 8.", 2, 2, *positions([2, 2]))
