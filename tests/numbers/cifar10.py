"""What the page on the CIFAR-10 case study states."""

RUNS = {name: record.select(study="case", model=f"cifar_{name}", **plain) for name in case}

states(
    "VGG-13 classifies 77.5 % of the test images correctly, ResNet-18 79.3 % {cite}`long2022`. A "
    "ResNet-18 that is trained well reaches 96.0 %",
    *map(cited, (77.5, 79.3, 96.0)),
)
states("What accounts for the 16.7-point gap?", 96.0 - 79.3)
states("say what a difference of 1.8 points proves,", 79.3 - 77.5)
states("Allow 26 minutes, and another 15 for the exercises.", 26, 3 * 5)

states(
    "CIFAR-10 has 60,000 colour photographs of 32×32 pixels in ten classes, from airplanes to "
    "trucks: 50,000 to learn from and 10,000 to test on {cite}`krizhevsky2009`. As arrays they "
    "are (n, 3, 32, 32).",
    *(60_000, *train.images.shape[2:], 50_000, 10_000, *train.images.shape[1:]),
)
states(
    "maps the bytes to $[-1, 1]$ by $2x/255 - 1$.", 2 * 0 / 255 - 1, 2 * 255 / 255 - 1, 2, 255, 1
)
states(
    "(0.4914, 0.4822, 0.4465), and divides by its standard deviation, (0.2470, 0.2435, 0.2616).",
    *map(cited, (0.4914, 0.4822, 0.4465, 0.2470, 0.2435, 0.2616)),
)
states("the cell fetches it, 170 MB, once.", cited(170))

convolutions = [layer for layer in vgg.features.modules() if isinstance(layer, nn.Conv2d)]
assert len(convolutions) == 10
rows = list(layer_table(vgg, (3, 32, 32)))
sides = [row.output_shape[-1] for row in rows if row.kind == "MaxPool2d"]
states(
    "**VGG-13** has ten 3×3 convolutions in five pairs. A pooling after each pair halves the "
    "side: 32, 16, 8, 4, 2, and finally 1. Three dense layers turn the 512 numbers",
    *(*convolutions[0].kernel_size, 32, *sides, vgg.dense[1].in_features),
)
table_18 = list(layer_table(resnet, (3, 32, 32)))
sides_18 = list(
    dict.fromkeys(row.output_shape[-1] for row in table_18 if len(row.output_shape) == 3)
)
states(
    "Its stem is a 3×3 convolution without padding, so 32 becomes 30. A 2×2 pooling of stride 1 "
    "follows, padded to keep the size. Then come four stages of two blocks with sides 30, 15, 8 "
    "and 4.",
    *(
        3,
        3,
        32,
        table_18[0].output_shape[-1],
        2,
        2,
        1,
        *(s for s in sides_18 if s in (30, 15, 8, 4)),
    ),
)
states("The shortcut is a 1×1 convolution", 1, 1)
states(
    "It has 11,173,962 parameters, 3,008 fewer.",
    *(parameters(usual), parameters(resnet) - parameters(usual)),
)

hundred = cifar_vgg13(classes=100)
states(
    "9,404,992 and 165,514, together 9,570,506: ten times as many. 177,124 would be the dense part "
    "for 100 classes.",
    *(*counts, sum(counts), parameters(hundred.dense), 100),
)
states("about 940,000 and 177,000 parameters, 950,000 in all.", *map(cited, (940e3, 177e3, 950e3)))
states("name from 16 convolutions and a dense layer. | 16 + 1 is 17. The stem is the 18th layer.",
       16, 16, 1, 16 + 1, 16 + 1 + 1)  # fmt: skip
states("`shuffle(1000)` mixes the 50,000 training images. | No image comes more than 999 positions",
       1000, 50_000, 1000 - 1)  # fmt: skip
states("79.3 % to 77.5 %. | One run each, at batches of 512 and of 128.",
       *map(cited, (79.3, 77.5, 512, 128)))  # fmt: skip
fresh = nn.BatchNorm2d(4)
states("Its running mean stays 0 and its running variance stays 1,",
       fresh.running_mean.max(), fresh.running_var.max())  # fmt: skip
states("`shuffle(1000)` keeps a buffer of 1,000 images.", 1000, 1000)
states("none can come more than 999 positions early:", 1000 - 1)
assert max(place - item for place, item in enumerate(order)) > 5000  # “may wait … for long”

states("Of 10,000 images a network gets a share $p$ right. On another 10,000", 10_000, 10_000)
vgg_sd, resnet_sd = (100 * math.sqrt(p * (1 - p) / 10_000) for p in (0.775, 0.793))
states(
    "0.42 points at 77.5 %, 0.41 at 79.3 %, and $\\sqrt{0.42^2 + 0.41^2} = 0.58$ for the "
    "difference. The 1.8 points",
    *(vgg_sd, 77.5, resnet_sd, 79.3, 0.42**2, 0.41**2),
    *(math.hypot(vgg_sd, resnet_sd), 79.3 - 77.5),
)
assert 3 < 1.8 / math.hypot(vgg_sd, resnet_sd) < 3.2  # “three times that”
narrow = case["resnet18"]["plain"]
states(
    "ends between 74.5 and 83.4 %. That is 8.9 points from worst to best,",
    *(min(narrow), max(narrow), max(narrow) - min(narrow)),
)
lost = [value for value in case["vgg13"]["plain"] if value == 10]
assert len(lost) == 4  # “for four of its five seeds”
states("it learns nothing: 10 % is chance level.", lost[0])
states("you would report 10 % or 67.1 %,", lost[0], max(case["vgg13"]["plain"]))
assert {run["epochs"] for run in RUNS["vgg13"]} == {4}  # “only four epochs”
both_ends = case["resnet18"]["all three"]
states("its runs end within 2.4 points of each other.", max(both_ends) - min(both_ends))
assert abs(mean(both_ends) - mean(narrow)) < 0.5  # “no better on average”
states("So 1.8 points, one run against one,", 79.3 - 77.5)

states("shifted by up to 2 pixels each way and,", vary.__defaults__[0])
states("The target for a boot is 1 for *ankle boot* and 0 for the other nine. To reach a "
       "probability of exactly 1,", 1, 0, 1)  # fmt: skip
states(
    "it takes a fraction ε of 0.1 from the label and spreads it over all ten classes. The target "
    "becomes 0.91 for the boot and 0.01 for each of the others",
    *(eps, target[9], target[0]),
)


def switched(**settings):
    found = accuracies(study="switches", **(plain | settings))
    return mean(found), stdev(found)


mixed = record.select(study="switches", **plain)
states(
    "After 15 epochs a single ingredient helps, the decaying rate. Alone it takes the network from "
    "83.0 ± 1.6 % to 86.0 ± 0.4 %.",
    *(mixed[0]["epochs"], *switched(), *switched(schedule="cosine")),
)
states("give 83.4 ± 1.8 %,", *switched(smoothing=0.1))
alone = accuracies(study="switches", **(plain | {"moved": True}))
states("give 78.7 ± 7.7 %. But one run ends at 65.3 %; the other four average 82.1 %,",
       mean(alone), stdev(alone), min(alone), mean(sorted(alone)[1:]))  # fmt: skip
assert abs(mean(sorted(alone)[1:]) - switched()[0]) < switched()[1]  # “shows nothing”
assert min(accuracies(study="switches", **(plain | {"schedule": "cosine"}))) > max(
    accuracies(study="switches", **plain)
)  # “every run beats every plain one”


def learnt(**settings):
    runs = record.select(study="switches", **settings)
    return mean(100 * run["train_accuracy"][-1] for run in runs)


states("it ends at 99.9 %: these images", learnt(**(plain | {"schedule": "cosine"})))
states("With all three it is 88.3 %", learnt(**every))
shorter, longer = (
    {name: found[study] for name, found in ends.items()} for study in ("switches", "long")
)
late = [(mean(found), stdev(found)) for found in longer.values()]
states(
    "After 60 epochs the decaying rate alone has gained nothing: 86.1 ± 0.5 %. With all three the "
    "network reaches 89.9 ± 0.5 %,",
    *(record.select(study="long")[0]["epochs"], *late[0], *late[1]),
)
others = [
    100 * run["test_accuracy"][-1]
    for run in record.runs
    if run["epochs"] and not (run["study"] == "long" and run["moved"])
]
assert min(longer["all three"]) > max(others)  # “every other run on this page”
states(
    "A decaying rate helped at once, 3 points. Shifted images and smoothed labels helped only in "
    "runs of 60 epochs, adding nearly 4 points.",
    *(switched(schedule="cosine")[0] - switched()[0], 60, late[1][0] - late[0][0]),
)
sizes = [accuracies(study="batch", batch_size=32), accuracies(study="switches", **every),
         accuracies(study="batch", batch_size=512)]  # fmt: skip
states(
    "batches of 32, 128 and 512 give 86.3 ± 0.5, 86.0 ± 0.7 and 82.8 ± 1.2 %,",
    *(32, mixed[0]["batch_size"], 512),
    *(value for found in sizes for value in (mean(found), stdev(found))),
)
states(
    "The largest batch takes only 12 steps an epoch, and 15 epochs",
    *(math.ceil(mixed[0]["n_train"] / 512), mixed[0]["epochs"]),
)
states(
    "most products with [8 significant bits](fast-training.md#half-the-bits) instead of 24.", 8, 24
)


def faster(model):
    found = pace(records.load("speed"), model)
    return found["channels_last and bfloat16"] / found["float32"]


states("Both together make the ResNet 1.71 times as fast on the GPU,", faster("cifar_resnet18"))
assert faster("lenet") < 1  # “slow down”

states(
    "where 512 channels come in and 512 go out,",
    *(convolutions[-1].in_channels, convolutions[-1].out_channels),
)
states("reaches its 96.0 % in seven minutes", cited(96.0))
states(
    "who reaches 94 % fastest? A smaller network got there in 3.29 seconds "
    "{cite}`jordan2024airbench`, later in 2.59 {cite}`jordan2024code`, and as of October 2025 the "
    "record is 1.99 seconds",
    *map(cited, (94, 3.29, 2.59, 2025, 1.99)),
)
states("So what accounts for the 16.7-point gap?", 96.0 - 79.3)
states("VGG-13 has 9,570,506 parameters, the textbook's ResNet-18 has 11,176,970.",
       sum(counts), parameters(resnet))  # fmt: skip
states("A buffer of 1,000 shuffles locally.", 1000)
states("such as `[512, 256, 128, 10]`", 512, 256, 128, 10)
states("A network gets 90 % of 100 test images right.", 90, 100)
assert {run["n_train"] for run in mixed} == {6000} == {run["n_train"] for run in RUNS["vgg13"]}
states("Each dot is a whole training run on 6,000 images;", mixed[0]["n_train"])
states("The recorded runs below learned from 6,000 of these images.", RUNS["vgg13"][0]["n_train"])
