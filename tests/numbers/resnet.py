"""What the page on residual networks states."""

from book_utils import chapters

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "resnet")
exercises = 6
runs = records.load("signals")


def at_first(weights, norm, depth, shortcut):  # the gradient at the first layer
    shown = ResidualLab(depth=depth, norm=norm, weights=weights)
    return shown.curves(shortcut)["gradient"][0]


def convolutions(block):  # the weights of each, and of all
    each = [m.weight.numel() for m in block.f if isinstance(m, nn.Conv2d)]
    return [*each, sum(each)]


states(
    "networks of 56 layers fit even their *training* images worse than networks of 20?",
    *(56, 20),
)
assert sum(last["plain", 56]) > sum(last["plain", 20])
states("Images go through 31 convolutions, one after another, and a dense layer.", lab.depth - 1)
weak = lab.curves(False)
assert weak["forward"][-2] < 1e-13 * weak["forward"][0]
assert weak["gradient"][0] < 1e-13 * weak["gradient"][-1]
states("[At 56 layers](#residual?shortcut=true&depth=56), too.", 56)
states("count the layers and parameters of ResNet-18, 34 and 50. You need", 34, 50)
states("Allow 40 minutes, and another 18 for the exercises.", page.minutes, 3 * exercises)

# Deeper, and worse.
study = record.select(study="depth")
assert {run["epochs"] for run in study} == {2} and {run["seed"] for run in study} == set(range(5))
assert min(last["plain", 56]) > max(last["plain", 8])
ends = {kind: records.mean_std(losses)[0] for kind, losses in last.items()}
states("Each network saw 60,000 images of clothes twice", study[0]["n_train"])
states(
    "From 8 layers to 56, the plain networks' loss rises from 0.34 to 0.78.",
    *(8, 56, ends["plain", 8], ends["plain", 56]),
)
states("at full size, with 20 and 56 layers on CIFAR-10, and", cited(20), cited(56))
states(
    "The residual networks stay at 0.34. (To benefit from more depth they would need more "
    "training: here 20 layers are slightly best.)",
    *(ends["residual", 56], min((8, 20, 32, 56), key=lambda d: ends["residual", d])),
)
states("Repeat it on a small scale: 1,000 images, two", len(few))

# What a deeper network could do.
states(
    "Take a trained network of 8 layers and add twelve convolutions after its blocks, each with "
    "kernels that copy: 1 in the middle",
    *(8, numbers.max()),
)
assert len(copies) == 12
states("Whatever the 8 layers can compute, the 20 can compute", 8, 8 + len(copies))
zeros, ones = ((numbers == value).sum() for value in (0, 1))
assert zeros + ones == len(numbers)
states("One exact copy is these 110,208 zeros and 384 ones", zeros, ones)

# One number.
one = torch.tensor(1.0)
whole_block = one_block(one, 0.5, -0.4)
f = whole_block - 1
states("Take one number, $x = 1$, and two layers of one weight each, 0.5 and −0.4,", 1, 0.5, -0.4)
assert one_block(one, 0.5, -0.4, shortcut=False) == 0
states("In a plain network the next ReLU turns it into 0.", 0)
states(r"is *added* to $x$ first: $\operatorname{relu}(1 - 0.2) = 0.8$.", *(1, -f, whole_block))
states("residual is nearly 0, and that is easy", 0)

# The block.
narrow = convolutions(Narrowed(256, 64))
states("the two layers are 3×3 convolutions, each", *Residual(3, 3).f[0].kernel_size)
inner = [m for m in Narrowed(256, 64).f if isinstance(m, nn.Conv2d)]
states(
    "a 1×1 convolution brings 256 channels down to 64, the 3×3 works on these, and another 1×1 "
    "brings them back.",
    *(*inner[0].kernel_size, inner[0].in_channels, inner[0].out_channels),
    *(*inner[1].kernel_size, *inner[2].kernel_size),
)
states("must change it too: a **1×1 convolution** with the same stride", *shrink.s[0].kernel_size)
states("Set the last normalisation's γ to 0, and", block.f[-1].weight.max())
states("the ninth would read 64 + 8·64 = 576.", 64, 8, 64, 64 + 8 * 64)
states("a network of 164 layers then made 5.46 % errors instead of 5.93 %, one of 1,001 "
       "layers 4.92 % instead of 7.61 %.",
       *map(cited, (164, 5.46, 5.93, 1001, 4.92, 7.61)))  # fmt: skip

# A gradient through a sum.
first_slope = slope(1.0, (0.5, -0.4))
states("The 1 is the shortcut.", 1)
states("so its slope is 0.8.", first_slope)
both = slope(1.0, (0.5, -0.4), (1, 0.5))
states("with weights 1 and 0.5, so with $F' = 0.5$.", 1, 0.5, both / first_slope - 1)
states("and the 1 becomes the identity matrix", 1)
assert {0, 1} == set(is_open.tolist())
states("with the rows of closed ReLUs set to 0.", 0)
chains = {slope: SlopeLab(slope=slope, blocks=10) for slope in (0.1, -0.9, -1.2, 1)}
through = {slope: lab.gradient(True)[0].item() for slope, lab in chains.items()}
states("$1.1^{10} = 2.6$", through[0.1], through[0.1])
assert math.isclose(chains[0.1].gradient(False)[0], 0.1**10) and chain.blocks == 10
states("A product of ten numbers near 1 is no disaster", 1)
assert math.isclose(through[-0.9], 0.1**10) and through[-1.2] == 0 and through[1] == 2**10
states("do not help: each factor is 0.1. [At −1.2]", 0.1, -1.2)
states("closed, and [at 1](#chain?slope=1&shortcut=true) the", 1)
states("Draw 50 at random", draws.shape[1])
states(
    "With a standard deviation of 0.2, the product is typically 0.33 with shortcuts, and 2·10⁻⁴⁹ "
    "without.",
    *(0.2, typical["residual"][sds.index(0.2)], typical["plain"][sds.index(0.2)] / 1e-49, 1e-49),
)
states(
    "When the slopes scatter by as much as the shortcut's 1, many of the factors come close to 0, "
    "and the gradient vanishes *with* shortcuts, too: 4·10⁻⁵.",
    *(1, 0, typical["residual"][sds.index(1.0)] / 1e-5, 1e-5),
)
states("after the 54 blocks of a network of 110 layers.", (110 - 2) / 2, cited(110))

# Layer by layer.
grown, held = (at_first("he", True, 56, shortcut) for shortcut in (False, True))
states(
    "it *grows* on its way back, to 785 at the first layer. [With shortcuts]"
    "(#layers?shortcut=true), 4.72 gets there.",
    *(grown, held),
)


def row(weights, norm, shortcut):
    return [at_first(weights, norm, depth, shortcut) for depth in (8, 32, 56)]


states("| weights | network | 8 layers | 32 | 56 |", 8, 32, 56)
states("| PyTorch's | plain | 4.8e−5 | 3.8e−15 | 2.6e−25 |", *row("default", False, False))
states("| | residual | 0.0060 | 0.0068 | 0.0080 |", *row("default", False, True))
states("| He's | plain | 0.0041 | 0.00064 | 0.00020 |", *row("he", False, False))
states("| | residual | 0.013 | 1.06 | 92.5 |", *row("he", False, True))
states("| He's and norm | plain | 0.53 | 28.2 | 785 |", *row("he", True, False))
states("| | residual | 0.53 | 2.85 | 4.72 |", *row("he", True, True))
states(
    "Over the 26 steps from the first of 27 blocks to the last, that would make the variance "
    "$2^{26}$ times as large, the standard deviation $2^{13} = 8,192$ times; the measured factor "
    "is 3,977, the",
    *(26, (56 - 2) / 2, 2**26, 2 ** (26 / 2), 2 ** (26 / 2), large),
)
normed = ResidualLab(depth=56, weights="he", norm=True).curves(True)["forward"]
assert normed[53] < 10
states("each branch starts at a standard deviation of 1, and", 1)
assert sum(hasattr(part, "f") for part in signals.network(56, True, False)) == 27
states("second convolution of each of 27 blocks by √27.", 27, 27)
states("the variance grows by less than a factor of $(1 + 1/n)^n < 2.72$, however", 1, 1, math.e)

# After training.
accuracies = {
    (model, norm, depth): [
        run["test_accuracy"][-1]
        for run in runs.select(epochs=3, model=model, depth=depth, norm=norm)
        if not run["diverged"]
    ]
    for model in ("plain", "residual") for norm in (False, True) for depth in (8, 20, 32, 56)
}  # fmt: skip
assert {key for key, found in accuracies.items() if len(found) < 5} == {("residual", False, 56)}
assert accuracies["residual", False, 56] == []


def ends_of(model, norm, depths=(8, 32, 56)):
    pairs = [records.mean_std(accuracies[model, norm, depth]) for depth in depths]
    return [value for pair in pairs for value in pair]


(trained_on,) = {run["n_train"] for run in runs.select(epochs=3)}
states("after three passes over 10,000 images", trained_on)
states("| | 8 layers | 32 | 56 |", 8, 32, 56)
states("| neither | 0.54 ± 0.24 | 0.16 ± 0.13 | 0.10 ± 0.00 |", *ends_of("plain", False))
states("| shortcuts | 0.70 ± 0.04 | 0.59 ± 0.11 | all", *ends_of("residual", False, (8, 32)))
states("| norm | 0.82 ± 0.01 | 0.62 ± 0.06 | 0.26 ± 0.05 |", *ends_of("plain", True))
states("| both | 0.81 ± 0.02 | 0.83 ± 0.01 | 0.79 ± 0.01 |", *ends_of("residual", True))
states("At 56 layers, only both together train well.", 56)
lost = ResidualLab(depth=56, norm=True, weights="trained").curves(False)
assert max(lost["forward"]) > 1000 and lost["gradient"][1] < 0.01 * lost["gradient"][-1]

# Paths.
states(
    "of the 512 paths through the 9 blocks of a network of 20 layers, 126 go through four.",
    *(2**9, (20 - 2) / 2, 20, math.comb(9, 4)),
)
apart = {name: records.load("blocks").select(model=name) for name in ("residual", "plain")}
one_run = apart["residual"][0]
states("Here are networks of 32 layers (15 blocks of two", one_run["depth"], (32 - 2) // 2)
states("trained on 10,000 images of clothes for 20 epochs", one_run["n_train"], one_run["epochs"])
whole = {
    name: records.mean_std([100 * run["test_accuracy"][-1] for run in runs])
    for name, runs in apart.items()
}
states("are right on 87.6 ± 0.4 % of the test images, the plain ones on 84.3 ± 0.6 %.",
       *whole["residual"], *whole["plain"])  # fmt: skip


def without(name, block):  # in percent
    place = BlocksLab().spare.index(block)
    return records.mean_std([100 * run["without_one"][place] for run in apart[name]])


states("[Without block 9](#blocks?out=9) the residual ones lose 2 points.",
       9, whole["residual"][0] - without("residual", 9)[0])  # fmt: skip
plain_ones = [without("plain", block)[0] for block in BlocksLab().spare]
states("they are left with 8 to 30 %.", min(plain_ones), max(plain_ones))
assert without("plain", 9)[0] < 11
states("networks are right on 42.8 ± 21.6 %", *without("residual", 1))
states("(Blocks 6 and 11 change", *sorted(set(range(1, 16)) - set(BlocksLab().spare)))
some_out = [
    records.mean_std([100 * run["without_some"][i] for run in apart["residual"]])[0]
    for i in range(7)
]
states("71 % without [two at random](#blocks?out=9,13), 54 % without four, 24 % without six.",
       *(some_out[i] for i in (1, 3, 4)))  # fmt: skip
assert len(same) == 7
states("took apart a network of 54 blocks.", cited(54))
states(
    "of that network of 110 layers on paths only 10 to 34 layers long.",
    *map(cited, (110, 10, 34)),
)

# The networks.
one_small = dict(classes=10, stem="small")
states("(One set of notes counts 16 + 1 = 18 for ResNet-18. The", 16, 1, cited(18))
states("| ResNet-18 | basic | 2, 2, 2, 2 | 1 + 2·8 + 1 = 18 | 11,689,512 |",
       *plans["ResNet-18"][1], 1, 2, 8, 1, 1 + 2 * 8 + 1, counts["ResNet-18"])  # fmt: skip
states("| ResNet-34 | basic | 3, 4, 6, 3 | 1 + 2·16 + 1 = 34 | 21,797,672 |",
       *plans["ResNet-34"][1], 1, 2, 16, 1, 1 + 2 * 16 + 1, counts["ResNet-34"])  # fmt: skip
states("| ResNet-50 | bottleneck | 3, 4, 6, 3 | 1 + 3·16 + 1 = 50 | 25,557,032 |",
       *plans["ResNet-50"][1], 1, 3, 16, 1, 1 + 3 * 16 + 1, counts["ResNet-50"])  # fmt: skip
with torch.device("meta"):
    fifty, d2l = models.resnet50(), models.resnet.resnet18_d2l()
    small, grey = models.resnet18(**one_small), models.resnet18(channels=1, classes=10)
    slim = small_resnet(20, 16, channels=3)
    tiny = torch.empty(2, 3, 32, 32)
    tiny_maps, small_maps = (nn.Sequential(*list(net)[:-3])(tiny) for net in (fifty, small))
first = next(part for part in fifty if hasattr(part, "f"))
states("at stride 1, because 64 channels come from the stem and 256 go out.",
       first.s[0].stride[0], first.s[0].in_channels, first.s[0].out_channels)  # fmt: skip
assert isinstance(models.resnet18()[4].s, nn.Identity)
states("folded above, takes its stride at the 3×3. In the paper the first 1×1 takes it",
       *inner[1].kernel_size, *inner[0].kernel_size)  # fmt: skip
assert tiny_maps.shape[2:] == (1, 1)
states("shrink an image of 32×32 to", *tiny.shape[2:])
states("takes a stem of one 3×3 convolution that keeps the size: ResNet-18 then has 11,173,962 "
       "parameters for ten classes, and 4×4 pixels in its last stage.",
       *small[0].kernel_size, count(small), *small_maps.shape[2:])  # fmt: skip
states("stages of 16, 32 and 64 channels and option A: ResNet-20 has 269,722 parameters.",
       16, 32, 64, count(slim))  # fmt: skip
states("They trained one of 1,202 layers, without trouble; but it had 7.93 % errors where 110 "
       "layers had 6.43 %, although", *map(cited, (1202, 7.93, 110, 6.43)))  # fmt: skip
biases = sum(m.bias.numel() for m in d2l.modules() if isinstance(m, nn.Conv2d))
norms = sum(count(m.s[1]) for m in grey if isinstance(getattr(m, "s", None), nn.Sequential))
states("ResNet-18 for grey images and ten classes has 11,178,378 parameters", count(d2l))
states("Its convolutions have 4,800 biases", biases)
states("which saves 1,792. Ours has 11,175,370.", norms, count(grey))
assert count(grey) + biases - norms == count(d2l)

states("Eight layers, 8 to 32 channels, once through the 10,000 images of the sample",
       net[0].out_channels, net[-1].in_features, len(train_set.labels))  # fmt: skip
states("missed the right class of 3.57 % of the test", cited(3.57))
states("a gradient's factor has a 1 in it", 1)
states("a 1×1 convolution where shapes differ, a 7×7 stem.", 1, 1, *fifty[0].kernel_size)
states("else a **1×1 convolution**, or zeros", 1, 1)
states("A block multiplies a gradient by 1 + F′ where its last ReLU is open, and by 0 where", 1, 0)
states("69,632 weights where a basic block on as many channels has 1,179,648.",
       narrow[-1], convolutions(Residual(256, 256))[-1])  # fmt: skip

# Exercises.
states("Exercises 2 to 5 check themselves", 2, 5)
states("in the first, the weights are 1 and −2, in the second 0.5 and 3. What comes out for x = 2?",
       1, -2, 0.5, 3, 2)  # fmt: skip
states("(3, 4, 23, 3) and (3, 8, 36, 3) bottlenecks?", 3, 4, 23, 3, 3, 8, 36, 3)
with torch.device("meta"):
    deeper = [count(net) for net in (models.resnet.resnet101(), models.resnet.resnet152())]
states("with 44,549,160 and 60,192,808 parameters. Three stages of 18 basic blocks make 110",
       *deeper, 18, depth_of((18, 18, 18), 2))  # fmt: skip
states("with which they cost less than one basic block on 64 channels?", 64)
states("With c = 256 that is a little less than a basic block's 73,728 for m = 66, and a little "
       "more for m = 67.", 256, weights(Residual(64, 64)), 66, 67)  # fmt: skip
states("blocks of the residual networks of 20 layers from above keep the shape", 20)
states("before it is no better than chance? Take out 1 to 6 at random", 1, 6)
states("train 10,000 layers without", cited(10_000))
