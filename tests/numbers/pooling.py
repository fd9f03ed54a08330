"""What the page on pooling states."""

from book_utils import chapters, records
from book_utils.shapes import output_size

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "pooling")
exercises = 6
states("Allow 37 minutes, and another 18 for", page.minutes, 3 * exercises)

states("A 3×3 kernel sees three pixels in a row.", 3, 3)
assert receptive_field([conv] * 5) == 11
around = [conv, (2, 2), conv]
assert field.layers == around
states(
    "Layer 2, between two 3×3 layers, replaces each pair of neighbours by one number: a kernel of "
    "2, a stride of 2. One output sees 8 inputs.",
    *(2, conv[0], conv[0], *around[1], receptive_field(around)),
)
assert field.field.size == field.output.sum() == receptive_field(around)
states("and it sees 5.", receptive_field([conv, (1, 1), conv]))
states("and it sees 11.", receptive_field([conv, (3, 3), conv]))
states("| five 3×3 layers of 32 channels, 64×64 pixels", 3, 3, cost.__defaults__[0], 64, 64)
states("In an image it replaces 2×2 pixels by one number", *pool)
states("| no pooling | 11×11 | 189 million |", sees[0], sees[0], costs[0] / 1e6)
states(
    "| 2×2 pooling after each of the first four | 78×78 | 50 million |",
    *(*pool, sees[1], sees[1], costs[1] / 1e6),
)
assert sees[1] > 64 and 0.25 < costs[1] / costs[0] < 0.28

states("Slide a 2×2 window over a 3×3 image, this time", *four.shape[2:], *X.shape)
largest, means = four.amax((-2, -1)).flatten(), four.mean((-2, -1)).flatten()
states("Four stops, four numbers: 4, 5, 7, 8.", *largest)
states("2, 3, 5, 6. For", *means)
states("(0 + 1 + 3 + 4) / 4 = 2.", *four[0, 0].flatten(), 4, means[0])
states("[the 4 in the middle]", X[1, 1])
assert (largest == X[1, 1]).sum() == 1
spot = torch.tensor([1.0, -1, -1, -2])
states("[the numbers 1, −1, −1 and −2]", *spot)
states("the largest is 1: something is here.", spot.max())
states("is −0.75: on the whole, no.", spot.mean())
matrix = torch.tensor([[1.0, -1, 0, 2, 0], [-1, -2, 2, 3, 1], [1, 2, -2, 1, 0]])
pooled = F.max_pool2d(matrix[None], 2, 1)[0]
states("the next window has the maximum 2.", pooled[0, 1])
states(
    "holds 2, 0, 3 and 1; the largest is 3, where their book prints 1.",
    *(*matrix[:2, 3:].flatten(), pooled[0, 3], cited(1)),
)
states(
    "`Y` = 0 … 15 and `Y + 1`, and brings the channels", Y.min(), Y.max(), (pair[1] - Y).unique()
)
states(
    "the second pixel holds 2 and 3 instead of 1 and 2. A 2×2 pooling gives 10, 14, 11, 15 and "
    "11, 15, 12, 16 instead of 5, 7, 13, 15 and 6, 8, 14, 16.",
    *(*reshaped[0, 1], *moved[0, 1], 2, 2, *by_reshape.flatten(), *by_permute.flatten()),
)

states("A convolution's stride defaults to 1,", nn.Conv2d(1, 1, 3).stride[0])
assert nn.MaxPool2d(3).stride == 3
states("A 3×3 window on a 4×4 image then fits once, and gives 10;", 3, 3, *Y.shape, pool2d(Y, 3))
states(
    "[With stride 2 and padding 1](#sixteen?stride=2&padding=1) it gives 5, 7, 13 and 15;",
    *(2, 1, *F.max_pool2d(Y[None], 3, 2, 1).flatten()),
)
assert F.max_pool2d(Y[None], (2, 3), padding=(0, 1)).flatten().tolist() == (
    F.max_pool2d(Y[None], 3, 2, 1).flatten().tolist()
)
states("[a window of 2×3 with padding 0 and 1]", 2, 3, 0, 1)
small, wide = output_size(5, 2, 1), output_size(5, 3, 2)
states(
    "On a 5×5 image, a 2×2 window gives 4×4 at stride 1, and a 3×3 window 2×2 at stride 2.",
    *(5, 5, 2, 2, small, small, 1, 3, 3, wide, wide, 2),
)
counted = F.avg_pool2d(Y[None], 3, 1, 1)[0, 0, 0]
corner = F.avg_pool2d(Y[None], 3, 1, 1, count_include_pad=False)[0, 0, 0]
states("[the average at stride 1 and padding 1]", 1, 1)
states("(0 + 1 + 4 + 5) / 9 = 1.11, and", *Y[:2, :2].flatten(), 9, counted)
states("it is 10 / 4 = 2.5.", Y[:2, :2].sum(), 4, corner)

states("still outputs 1 when the image moves", 1)
states("the edges of the [6×8 bars](cross-correlation.md), 6×7 after", *bars.shape, *edges.shape)
states("+1 in column 1, −1 in column 5.", edges.max(), *edges[0].nonzero()[0], -1, 5)
assert edges[0, 5] == -1


def ones(row, stride):
    """Return the columns of the pooled row that hold a 1."""
    return F.max_pool1d(row[None], 2, stride)[0].nonzero().flatten().tolist()


def edge_map(by):
    """Return a row of the edges of the bars, moved."""
    moved = torch.ones(1, 8)
    moved[:, 2 + by : 6 + by] = 0
    return corr2d(moved, torch.tensor([[1.0, -1]]))[0]


states("The −1 is gone: next to a 0 it never wins.", -1, 0)
states("Each 1 is in two windows, so columns 0 and 1 of the output", 1, *ones(edge_map(0), 1))
after = ones(edge_map(1), 1)
assert after == [1, 2]
states("column 1 still shows a 1, but column 0 does not.", after[0], 1, 0)
states("only column 0 shows it, and what", *ones(edge_map(0), 2))
states("and the 1 jumps.", 1)
for by in (-1, 0, 1, 2):
    edge = edge_map(by).argmax()
    by_1, by_2 = ones(edge_map(by), 1), ones(edge_map(by), 2)
    written = "−1" if by < 0 else str(by)
    states(
        f"| {written} | {edge} | {', '.join(map(str, by_1))} | {by_2[0]} |",
        *(by, edge, *by_1, *by_2),
    )
states("So at stride 1, one of the two outputs with a 1 keeps it; at stride 2, one", 1, 1, 2)
states(
    "at stride 1 are equivariant to every shift, except at the border. At stride 2 they follow",
    1,
    2,
)


def seen(**settings):
    """Return the first two outputs of the lab of the wave."""
    return SubsampleLab(**{"period": 4, "method": "max", **settings}).output[:2]


states("The wave 0 0 1 1 gives 0 1 0 1.", *row[0, :4], *at_0[0])
assert (seen() == at_0[0, :2]).all()
assert (SubsampleLab(period=4, method="max", shift=1).output == 1).all()
states("and all outputs are 1: the wave", *seen(shift=1)[:1])
states("is 0.5 everywhere. And", seen(method="average", shift=1)[0])
assert (seen(method="average", shift=1) == 0.5).all()
states("the finer wave [0 1 0 1]", *SubsampleLab(period=2).wave(0, 4))
assert all((seen(method="average", period=2, shift=s) == 0.5).all() for s in (0, 1))
assert all((seen(period=2, shift=s) == 1).all() for s in (0, 1))
states("0.75 0.25 0.75 0.25. Zhang", *[*seen(method="blur", shift=1)] * 2)
zhangs = SubsampleLab(period=4, method="max, blur", shift=1)
assert (zhangs.output == 0.75).all()
states(
    "Its outputs are 0.5 1 0.5 1 before the move and 0.75 everywhere after it. Flat again, but "
    "each output changed by only 0.25, where plain max pooling changes every second one by 1.",
    *[*seen(method="max, blur")] * 2,
    *(zhangs.output[0], zhangs.apart, SubsampleLab(period=4, method="max", shift=1).apart),
)
states("keeps the maximum (at stride 1)", 1)

states("is 0 if nothing changed.", 0)
states("they differ by √2 = 1.41 (Pythagoras).", 2, 2**0.5)
states("[at a shift of 2](#shift?realigned=true&shift=2) none does.", 2)
assert shift.output[2, 1] > 0.5
again = ShiftLab(pictures, names, realigned=True).output
assert again[0].max() == 0 and again[2, 2] < 1e-6 and again[2, 1] > 0.9 * shift.output[2, 1]
states("The same for 1,000 images:", len(many))
states("| shift by one pixel, 1,000 images |", len(many))


def at_one(changes, name):
    return changes[name][1].mean().item(), changes[name][1].std().item()


for name, words in {
    "no pooling": "| no pooling | 0.94 ± 0.08 | 0.00 ± 0.00 |",
    "stride 2": "| stride 2 | 0.91 ± 0.18 | 0.82 ± 0.15 |",
    "max 2×2": "| max 2×2 | 0.67 ± 0.09 | 0.63 ± 0.07 |",
    "average 2×2": "| average 2×2 | 0.73 ± 0.10 | 0.67 ± 0.08 |",
    "blur, then stride 2": "| blur, then stride 2 | 0.60 ± 0.08 | 0.56 ± 0.06 |",
}.items():
    named = {"stride 2": [2], "blur, then stride 2": [2]}.get(name, [2, 2] if "2×2" in name else [])
    states(words, *named, *at_one(in_place, name), *at_one(realigned, name))
kept = {name: at_one(in_place, name)[0] / at_one(in_place, "no pooling")[0] for name in layers}
assert abs(kept["stride 2"] - 1) < 0.1
assert all(abs(kept[name] - 0.75) < 0.05 for name in ("max 2×2", "average 2×2"))
assert abs(kept["blur, then stride 2"] - 2 / 3) < 0.05
assert all(values[1].mean() > 0.5 for values in in_place.values())
states("Stride 2 changes features as much as", 2)
states("At four pixels all five are above 1.2.", 1.2)
assert all(values[4].mean() > 1.2 for values in in_place.values())
states("moves along exactly. With a stride of 2 it follows", 2)
for name, values in realigned.items():
    odd, even = values[1::2].mean(1), values[::2].mean(1)
    assert even.max() < 1e-5 and (odd.min() > 0.5) == (name != "no pooling")
states("A layer that gives 0 for every image", 0)
states(
    "66 % of the way to another image without pooling, 52 % with max pooling",
    *(100 * ratio["no pooling"], 100 * ratio["max 2×2"]),
)

assert maps.shape == (2, 64, 7, 7)
states(
    "from 64 maps of 7×7 take 31,370 parameters if all numbers are kept, and 650 after",
    *(64, 7, 7, 10 * (64 * 49 + 1), 10 * (64 + 1)),
)
states("The 9 wins all four windows, and gets 4.", bump[1, 1], routed[1, 1])
assert (4 * spread).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
states("A convolution with stride 2 makes maps smaller, too.", 2)
runs = records.load("pooling")
of_lenet = {
    kind: records.mean_std(
        [100 * run["test_accuracy"][-1] for run in runs.select(model="lenet", pooling=kind)]
    )
    for kind in ("max", "average")
}
(trained,) = {run["n_train"] for run in runs.select(model="lenet")}
states("In [LeNet](lenet.md) on 10,000 images of clothes", trained)
states("max pooling gets 73.5 ± 3.8 % of the test images", *of_lenet["max"])
states("average pooling 72.0 ± 4.1 % (five seeds)", *of_lenet["average"])
assert len(list(runs.select(model="lenet", pooling="max"))) == 5
states("The 2×2 window with stride 2. LeNet", 2, 2, 2)
states("With a stride of 2 a layer follows even shifts only. Pooling", 2)

states("Exercises 2 and 3 check themselves", 2, 3)
states(
    "The maxima are 4, 6, 8, 7 and the means 2, 3, 2, 4. At stride 1 there are nine windows, with "
    "the maxima 4, 6, 6, then 3, 6, 7, then 8, 5, 7.",
    *(*pool2d(T, 2).flatten(), *pool2d(T, 2, "average").flatten(), 1),
    *pool2d(T, 2, stride=1).flatten(),
)
states("blur 1 2 1, 2 4 2, 1 2 1 over 16.", *(16 * blur).flatten(), 16)
states(
    "at one pixel the change is 0.48 in place and 0.47 after the best realignment, "
    "against 0.67 and 0.63 for plain max pooling",
    *(*by_zhang, at_one(in_place, "max 2×2")[0], at_one(realigned, "max 2×2")[0]),
)
