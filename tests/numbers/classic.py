"""What the page on the classic networks states."""

by_name = {
    "alexnet": models.alexnet,
    "vgg11": models.vgg11,
    "vgg13": models.vgg13,
    "vgg16": models.vgg16,
    "vgg19": models.vgg19,
    "googlenet": models.googlenet,
}
with torch.device("meta"):
    sizes = {name: shapes.parameters(make()) for name, make in by_name.items()}
convolutions = [row for row in table if row.kind == "Conv2d"]
dense = [row for row in table if row.kind == "Linear"]

states(
    "In 2012 AlexNet won the largest contest in image recognition, and by a wide margin "
    "{cite}`krizhevsky2012`. It has 61 million parameters.",
    *(cited(2012), sizes["alexnet"] / 1e6),
)
assert years["2014 GoogLeNet"] < years["2012 AlexNet"] / 2  # “less than half as many errors”
assert 8.5 < sizes["alexnet"] / sizes["googlenet"] < 9.5  # “a ninth”
states("This is AlexNet, row by row, from the image to 1,000 scores.", dense[-1].output_shape[0])
assert len(dense) == 3 and len(convolutions) == 5  # “Eight of the rows have weights”
assert len([row for row in table if row.parameters]) == 8
states(
    "[VGG-16](#ledger?preset=vgg16&shows=parameters) has 16, twice as many as AlexNet,",
    sum(n for *_, n in plan) + 3,
)
layers = 3 + 2 * 9 + 1  # a stem, nine blocks of two layers one after another, the dense layer
states("with 22 layers, has a ninth: a single dense layer is left.", layers)
states("one dense layer: 22 layers. Like NiN,", layers)
states("The stem has three convolutions: 7×7, 1×1 and 3×3.", 7, 7, 1, 1, 3, 3)
stem = [layer for layer in models.googlenet() if not isinstance(layer, models.Inception)]
stem = [m.kernel_size[0] for part in stem for m in part.modules() if isinstance(m, nn.Conv2d)]
assert stem == [7, 1, 3]
assert sum(n for *_, n in plan) + 3 == 2 * (len(convolutions) + len(dense))
assert 2 < sizes["vgg16"] / sizes["alexnet"] < 2.5

states("LeNet read digits in 1998", cited(1998))
states("In 2006 Hinton and colleagues", cited(2006))
states("photographs in 1,000 classes", dense[-1].output_shape[0])
states(
    "Before 2012 the error was above 25 %. AlexNet reached 15.3 %, the runner-up of that year "
    "26.2 %",
    *map(cited, (2012, 25, 15.3, 26.2)),
)
assert min(error for name, error in years.items() if "hand" in name) > 25
assert years["2012 AlexNet"] == 15.3
states("| 18.2\u00a0% | one network", cited(18.2))
states("| 16.4\u00a0% | five such networks", cited(16.4))
states("| 15.3\u00a0% | the winning entry", cited(15.3))
states(
    "VGG's 7.3 % is an average of seven networks, as is GoogLeNet's 6.7 % {cite}`szegedy2015`; "
    "VGG's 16-layer network alone has 7.4 %",
    *map(cited, (7.3, 6.7, 16, 7.4)),
)
assert years["2014 GoogLeNet"] == 6.7
assert years["2014 VGG"] == 7.3

windows = [row.layer.kernel_size[0] for row in convolutions]
pools = [row.layer for row in table if row.kind == "MaxPool2d"]
states(
    "Its windows are 11×11 with a stride of 4, then 5×5, then three layers of 3×3.",
    *(windows[0], windows[0], convolutions[0].layer.stride[0]),
    *(windows[1], windows[1], windows[2], windows[3]),
)
assert windows == [11, 5, 3, 3, 3]
kinds = [row.kind for row in table]
after = [kinds[: i + 1].count("Conv2d") for i, kind in enumerate(kinds) if kind == "MaxPool2d"]
states(
    "It pools after convolutions 1, 2 and 5, in windows of 3×3 with a stride of 2, which overlap.",
    *(*after, pools[0].kernel_size, pools[0].kernel_size, pools[0].stride),
)
states("ReLU's slope is 1 for all positive inputs", F.relu(torch.tensor(2.0)) / 2)
states("Each had 3 GB of memory", cited(3))
states("61 million parameters learn from 1.2 million images", sizes["alexnet"] / 1e6, cited(1.2))
states(
    "The convolutions have 4 % of the parameters and do 91.8 % of the work:",
    *(percent("Conv2d", "parameters"), percent("Conv2d", "multiply_adds")),
)
states(
    "from 256·6·6 = 9,216 numbers to 4,096, has 37,752,832 parameters.",
    *(*convolutions[-1].output_shape[:1], 6, 6, dense[0].layer.in_features),
    *(dense[0].layer.out_features, dense[0].parameters),
)
assert table[16] is dense[0]  # the row that the link picks
larger = [
    row for row in shapes.layer_table(alexnet, (3, 448, 448)) if row.kind in ("Conv2d", "Linear")
]
work = [sum(r.multiply_adds for r in rows if r.kind == "Conv2d") for rows in (larger, table)]
assert 3.8 < work[0] / work[1] < 4.3  # “four times the work”
assert sum(row.parameters for row in larger) == table.parameters
adaptive = [row for row in table if row.kind == "AdaptiveAvgPool2d"]
states("brings maps of any size down to 6×6.", *adaptive[0].output_shape[1:])

states("Dropout sets a random fraction $p$ of the activations to 0,", 0)
states(
    "with $p = 0.5$ half of the numbers are 0 and the others twice as large,",
    *(layer.p, dropout(torch.ones(64), layer.p).min()),
)

runs = both["no dropout"]
states(
    "Here AlexNet, with a quarter of its channels, learns from only 1,000 images of clothes for 60 "
    "epochs,",
    *(runs[0]["n_train"], runs[0]["epochs"]),
)
quarter = models.alexnet(1 / 4, channels=1, classes=10)
assert shapes.parameters(quarter) == runs[0]["parameters"]
states("Without dropout the network memorises its 1,000 images:", runs[0]["n_train"])
assert all(run["train_eval"][1] > 0.99 for run in runs)
grown = [run["test_loss"][-1] / min(run["test_loss"]) for run in runs]
assert 1.7 < sum(grown) / len(grown) < 2.4  # “then doubles”
final = {name: [run["test_loss"][-1] for run in of] for name, of in both.items()}
assert max(final["dropout"]) < min(final["no dropout"])  # “for every seed”
lowest = {
    name: records.mean_std(min(run["test_loss"]) for run in of)[0] for name, of in both.items()
}
assert lowest["no dropout"] < lowest["dropout"]  # “higher on average”
means = {
    name: records.mean_std(run["test_accuracy"][-1] for run in of)[0] for name, of in both.items()
}
assert means["dropout"] < means["no dropout"] + 0.01  # “no better here”
worse = [100 * (run["train_eval"][1] - run["train_mode"][1]) for run in both["dropout"]]
states("is a little worse, by 0.2 to 1.5 points.", min(worse), max(worse))
assert any(
    ours < test
    for run in both["dropout"]
    for ours, test in zip(run["train_accuracy"], run["test_accuracy"], strict=True)
)  # “may even lie below the test curve”

assert [row.receptive_field[0] for row in shapes.layer_table(stacked(3), (64, 56, 56))][::2] == [
    *(3, 5, 7)
]
states("AlexNet's kernels are 11×11, 5×5 and 3×3: which size is best?", 11, 11, 5, 5, 3, 3)
states("VGG's answer is always 3×3, and more layers", *body[0].kernel_size)
states("Here are three 3×3 layers on 64 channels.", 3, 3, 64)
states("[In the first layer](#stack?picked=0) 3×3 pixels,", 3, 3)
states("[in the second](#stack?picked=2) 5×5, [in the third](#stack?picked=4) 7×7.", 5, 5, 7, 7)
strided = nn.Sequential(nn.Conv2d(1, 1, 3, stride=2), nn.Conv2d(1, 1, 3))
first_sees, second_sees = [row.receptive_field[0] for row in shapes.layer_table(strided, (1, 9, 9))]
states("(After a stride of 2 each would add 4:", 2, second_sees - first_sees)
states("because the second reads 64 channels. And there are two", 64)
states("mostly keeps already: then it adds 0.)", 0)
two, five = 2 * shapes.conv_weights(64, 64, 3), shapes.conv_weights(64, 64, 5)
states(
    "So two 3×3 layers see what one 5×5 layer sees, with 18·64² weights instead of 25·64², 28 % "
    "fewer.",
    *(3, 3, 5, 5, two / 64**2, 64**2, five / 64**2, 64**2, 100 * (1 - two / five)),
)
states(
    "Three see what a 7×7 layer sees, with 27·64² instead of 49·64².",
    *(7, 7, 3 * shapes.conv_weights(64, 64, 3) / 64**2, 64**2),
    *(shapes.conv_weights(64, 64, 7) / 64**2, 64**2),
)
states(
    "From 3 channels to 64, one 5×5 layer has 25·3·64 = 4,800 weights, and two 3×3 layers have "
    "9·3·64 + 9·64·64 = 38,592,",
    *(3, 64, 5, 5, 25, 3, 64, shapes.conv_weights(3, 64, 5), 3, 3, 9, 3, 64, 9, 64, 64),
    shapes.conv_weights(3, 64, 3) + shapes.conv_weights(64, 64, 3),
)
states(
    "three dense layers are VGG-16; the 16 counts layers with weights:",
    sum(n for *_, n in plan) + 3,
)
states(
    "Its pools are 2×2 with a stride of 2, where AlexNet's are 3×3 with a stride of 2.",
    *(body[4].kernel_size, body[4].kernel_size, body[4].stride, 3, 3, pools[0].stride),
)
states(
    "Other plans give VGG-11, 13 and 19, with 132,863,336, 133,047,848 and 143,667,240 parameters.",
    *(13, 19, sizes["vgg11"], sizes["vgg13"], sizes["vgg19"]),
)
states(
    "Eight more layers cost only 8 % more parameters:",
    100 * (sizes["vgg19"] / sizes["vgg11"] - 1),
)

states(
    "Suppose a layer with 5×5 windows reads 192 maps of 28×28 pixels and makes 32. That takes "
    "28²·192·32·25 = 120 million multiply-adds. Now let a 1×1 convolution first mix the 192 maps "
    "into 16, and let the 5×5 layer read those:",
    *(5, 5, 192, 28, 28, 32, 28**2, 192, 32, 25, direct / 1e6, 1, 1, 192, maps[3], 5, 5),
)
states("since 192 maps are squeezed into 16;", 192, maps[3])
states(
    "With the same windows as AlexNet that makes 1,992,166 parameters instead of 46,764,746, for "
    "one channel and 10 classes.",
    *(nin, d2l, 10),
)
states("*Network in Network* puts two 1×1 convolutions after each larger one", 1, 1)
states("A 1×1 convolution is a [dense layer at each pixel]", 1, 1)
states("GoogLeNet uses 1×1 convolutions for something else.", 1, 1)

states("Which window is best, 1×1, 3×3 or 5×5?", 1, 1, 3, 3, 5, 5)
states(
    "The 1×1 before 3×3 and 5×5 are bottlenecks. The pooling has a stride of 1,",
    *(1, 1, 3, 3, 5, 5, ours.branches[3][0].stride),
)
blocks = [layer for layer in models.googlenet() if isinstance(layer, models.Inception)]
assert len(blocks) == 9 and layers == 3 + 2 * len(blocks) + 1
states(
    "The paper's network has 6,998,552 parameters. The version that most libraries ship has "
    "6,624,904, a ninth of AlexNet's: it has batch normalisation, which the paper does not, and "
    "3×3 windows in the branch that should have 5×5.",
    *(count(large=5, norm=False), count(), 3, 3, 5, 5),
)

(some,) = {(run["n_train"], run["epochs"]) for runs in budget.values() for run in runs}
states("with an eighth of their channels, the same 6,000 images of clothes, five epochs,", some[0])
assert some[1] == 5
for name, make in (("alexnet", models.alexnet), ("googlenet", models.googlenet)):
    eighth = make(1 / 8, channels=1, classes=10)
    assert shapes.parameters(eighth) == budget[name][0]["parameters"]
others = [value for name in ("alexnet", "nin", "vgg11") for value in accuracy[name]]
assert min(accuracy["googlenet"]) > max(others)
size = {name: runs[0]["parameters"] for name, runs in budget.items()}
assert 9 < size["alexnet"] / size["googlenet"] < 11 and min(size, key=size.get) == "nin"
slower = [seconds[name] / seconds["alexnet"] for name in ("googlenet", "vgg11")]
assert all(7 < times < 8 for times in slower)  # “over seven times as long”


def worked(make):
    with torch.device("meta"):
        return shapes.layer_table(make(1 / 8, channels=1, classes=10), (1, 96, 96)).multiply_adds


work = {name: worked(getattr(models, name)) for name in ("alexnet", "vgg11", "googlenet")}
assert 8 < work["vgg11"] / work["alexnet"] < 9 and work["googlenet"] < 2 * work["alexnet"]
states(
    "in 57 small convolutions, each with a norm,",
    sum(isinstance(m, nn.Conv2d) for m in models.googlenet().modules()),
)
states("AlexNet stays at 0.10, chance level.", min(accuracy["alexnet"]))
assert len(accuracy["alexnet"]) == 5 and accuracy["alexnet"].count(0.1) == 3
assert max(accuracy["nin"]) < min(accuracy["vgg11"])  # “learns slowly”

states("VGG got better from 11 layers to 19. Why not 50?", 11, 19, 50)
states("from the layers of a trained 11-layer one", cited(11))
states("Here are **plain** networks, 3×3 layers one after another,", 3, 3)
stuck = [
    run["train_loss"][-1] > 2.2
    for run in signals.select(model="plain", depth=32, norm=False, epochs=3)
]
assert sum(stuck) > len(stuck) / 2  # “most runs”
states(
    "Without further help, 32 layers learn next to nothing: most runs end at a loss of ln 10 = "
    "2.30, no better than chance.",
    *(32, 10, math.log(10)),
)
loss = {
    depth: [
        run["train_loss"][-1]
        for run in signals.select(model="plain", depth=depth, norm=True, epochs=3)
    ]
    for depth in (8, 56)
}
assert min(loss[56]) > max(loss[8])
states("56 layers fit their own training images worse than 8.", 56, 8)

states(
    "AlexNet's convolutions do 92 % of the work with 4 % of the parameters;",
    *(percent("Conv2d", "multiply_adds"), percent("Conv2d", "parameters")),
)
states("of the activations to 0 in training and divides", 0)
states("$L$ layers of 3×3 see", 3, 3)
states("A 1×1 convolution before a costly window is a bottleneck.", 1, 1)
states("use 1×1 convolutions as a bottleneck, and instead of dense layers;", 1, 1)
states("How many weights does a stack of 3×3 layers have", 3, 3)
states(
    "`w1`, `w3` and `w5` are kernels of 1×1, 3×3 and 5×5; `wp` are the 1×1 kernels",
    *(1, 1, 3, 3, 5, 5, 1, 1),
)
states("Allow 35 minutes, and another 15 for the exercises.", 35, 3 * 5)
