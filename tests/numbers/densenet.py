"""What the page on DenseNet states."""

from book_utils.models.densenet import DenseLayer


def convolutions(layer):
    """The weights of the convolutions of a layer, one number for each."""
    return [m.weight.numel() for m in layer.modules() if isinstance(m, nn.Conv2d)]


states("Layer 1 reads them and makes 10 new maps.", 1, first.growth)
states(
    "Layer 2 reads all 13 and makes 10 more, so 23 channels go out.",
    *(2, first.channels_in + first.growth, first.growth, first.width),
)
first.join = "add"
assert first.output.shape[1] == first.width == 23
states(
    "23 channels must come in already (what makes them of 3 is not counted)",
    *(first.width, first.channels_in),
)
assert convolutions(first.model[0]) == [9 * first.width**2]  # the first reads all 23
with torch.device("meta"):
    residual = parameters(models.resnet50())
assert parameters(large) * 3 < residual  # “with a third of the parameters”

first.layers = 8
arcs = sum(range(1, first.layers + 1))
states(
    "[8 layers](#first?layers=8&layer=8). The arcs show what layer 8 reads: the input, and the "
    "maps of each of the 7 layers before it. Altogether there are 1 + 2 + … + 8 = 36 "
    "connections",
    *(8, 8, 7, 1, 2, 8, arcs),
)
states("there are 8.", len(first.model))
assert arcs == 8 * 9 // 2
states("between 12 and 48 are common", cited(12), cited(48))

dense = DenseBlockLab()
weights = [convolutions(layer) for layer in dense.model]
states("these are 3·10·9 = 270 and 13·10·9 = 1,170.", 3, 10, 9, *weights[0], 13, 10, 9, *weights[1])
dense.join = "add"
states("has 23·23·9 = 4,761.", 23, 23, 9, *convolutions(dense.model[0]))
dense = DenseBlockLab(channels_in=64, growth=32, layers=8)
added = DenseBlockLab(channels_in=64, growth=32, layers=8, join="add")
states("[Let 8 layers of growth 32 follow 64 channels]", 8, 32, 64)
states(
    "both blocks end with 320 channels (the adding one also begins with them), one with 408,320 "
    "parameters, the other with 7,377,920, which is 18 times as many.",
    *(dense.width, parameters(dense.model), parameters(added.model)),
    parameters(added.model) / parameters(dense.model),
)
states(
    "A layer of the additive block recomputes all 320 channels, one of the dense block makes 32.",
    *(added.width, dense.growth),
)
pays = 36 * 32 / 5
states("For a growth rate of 32 that is 230.4 channels", 32, pays)
for c, cheaper in ((230, False), (231, True)):
    with_it, without = (sum(convolutions(DenseLayer(c, 32, b))) for b in (4, 0))
    assert with_it == 4 * 32 * c + 36 * 32**2 and without == 9 * 32 * c
    assert (with_it < without) == cheaper
states("the last one reads 224.", bottleneck.channels_in + 5 * bottleneck.growth)
states(
    "The first layer reads 64 channels, and its bottleneck widens them to 128.",
    *(bottleneck.channels_in, through_a_bottleneck(64, 32)[2].out_channels),
)
assert parameters(through_a_bottleneck(224, 32)) == parameters(bottleneck.model[5])
bottleneck.channels_in = 3
few = parameters(bottleneck.model)
bottleneck.bottleneck = False
assert few > 1.3 * parameters(bottleneck.model)
states("[With 3 input channels]", bottleneck.channels_in)
assert all(2 * a / 3 >= b for a, b in (cost["block 3"], cost["block 4"]))

blocks = [len(part) for part in large if isinstance(part, models.DenseBlock)]
states(
    "DenseNet-121 has blocks of 6, 12, 24 and 16 layers with a growth rate of 32,",
    *(*blocks, large[4][0].f[-1].out_channels),
)
states("has four blocks of 4 layers", len(small[4]))


def shapes(net, *shape):
    """The shapes after the stem, each block and transition, and the end, with the first one."""
    x = torch.empty(2, *shape, device="meta")
    found = [shape]
    for i, part in enumerate(net):
        x = part(x)
        if i == 3 or isinstance(part, nn.Sequential | nn.Linear):
            found.append(tuple(x.shape[1:]))
    return found


names = ["image", "stem", "block 1", "transition", "block 2", "transition", "block 3",
         "transition", "block 4", "classes"]  # fmt: skip
columns = shapes(large, 3, 224, 224), shapes(small, 1, 96, 96)
for name, one, other in zip(names, *columns, strict=True):
    written = ("×".join(f"{n:,}" for n in shape) for shape in (one, other))
    digit = [int(name[-1])] if name[-1].isdigit() else []
    states(f"| {name} | {' | '.join(written)} |", *digit, *one, *other)

dense_layers = sum(blocks)
states(
    "two convolutions in each of 58 layers, three transitions, the classifier at the end. "
    "1 + 2·58 + 3 + 1 = 121.",
    *(dense_layers, 1, 2, dense_layers, 3, 1, 1 + 2 * dense_layers + 3 + 1),
)
states(
    "ResNet-50 has 25,557,032 parameters, more than three times as many as DenseNet-121.",
    residual,
)
states(
    "DenseNet-121 keeps 125 MiB and ResNet-50 keeps 82.",
    *MiB.values(),
)
states("everything that came in and that layers 1 to 5 made", 1, 5)
states("so layer 6 gets a copy", 6)
copies = 2 * (64 * 16 + 32 * 16 * 15 / 2)  # maps of two inputs, in four bytes a number
assert abs(copies * 2 * 28 * 28 * 4 / 2**20 / curves["copies kept"][-1] - 1) < 0.01
states(
    "With 16 layers, 58.3 MiB shrink to 3.25:",
    *(depths[-1], curves["copies kept"][-1], curves["recomputed"][-1]),
)
states("15 to 20 % more training time", cited(15), cited(20))
slopes = []
for block in (shared, plain):  # “outputs and gradients … are the same”
    block.zero_grad()
    block(x).square().sum().backward()
    slopes.append([p.grad for p in block.parameters()])
assert_close(*slopes)
by_name = {(row["model"], row["width"]): row for row in rows}
growth = [round(32 * width) for model, width in by_name if model == "densenet"]
states("the small DenseNet with growth rates of 4, 8 and 16,", *growth)
assert [1 / width for model, width in by_name if model == "resnet18"] == [16, 8, 4]
assert len(record.seeds) == 5  # “five seeds each”
states("growth 4 with a sixteenth, 8 with an eighth, 16 with a quarter.", *growth)
for wide, thin in ((1 / 8, 1 / 16), (1 / 4, 1 / 8), (1 / 2, 1 / 4)):
    dense, residual = by_name["densenet", wide], by_name["resnet18", thin]
    assert residual["parameters"] > 3 * dense["parameters"]
    assert 2.5 < dense["MiB kept"] / residual["MiB kept"] < 3.2  # “about three times as many bytes”
    assert dense["seconds for 1,000"] > residual["seconds for 1,000"]
    (mean, spread), (other, others_spread) = dense["accuracy"], residual["accuracy"]
    assert other - mean < spread + others_spread  # “not clearly more accurate”
states(
    "a DenseNet of 100 layers with 0.8 million parameters had an error of 4.51 %, a residual "
    "network of 1,001 layers with 10.2 million one of 4.62 %.",
    *map(cited, (100, 0.8, 4.51, 1001, 10.2, 4.62)),
)
states(
    "DenseNet-201 with 20 million did about as well as ResNet-101 with over 40 million.",
    *map(cited, (20, 40)),
)
states("Allow 28 minutes, and another 15 for the exercises.", 28, 3 * 5)
