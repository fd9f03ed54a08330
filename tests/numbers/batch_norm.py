"""What the page on batch normalisation states."""

import math

from book_utils import chapters

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "batch-norm")
exercises = 6

# ---- the canyon ----


def walked(**settings):
    """Return the lab, the weights after the last step, and the shares of their ways covered."""
    lab = CanyonLab(**settings)
    path = lab.output
    best = torch.linalg.lstsq(lab.inputs, lab.targets[:, None]).solution[:, 0]
    return lab, path[-1], 1 - (path[-1] - best).abs() / (path[0] - best).abs()


def curvatures(lab):
    """Return the curvatures of the loss, that along the canyon first."""
    return torch.linalg.eigvalsh(2 * lab.inputs.T @ lab.inputs / len(lab.inputs))


def half_way(lab):
    """Return how many steps along the canyon lead half of the way."""
    return math.log(0.5) / math.log(1 - lab.learning_rate * curvatures(lab)[0].item())


usual, _, come = walked()
smallest, largest = usual.inputs.amin(0), usual.inputs.amax(0)
states(
    "The input $x_1$ runs from −1 to 1, $x_2$ from −30 to 30.",
    *(smallest[0], largest[0], smallest[1], largest[1]),
)
assert come[1] > 0.98
states("after 20 steps $w_2$ is right, and $w_1$ has come 2 % of its way.", 20, 100 * come[0])
assert usual.steps == 20 and usual.ratio == 30
states("[More steps, 50](#canyon?steps=50), bring it to 6 %.", 50, 100 * walked(steps=50)[2][0])
high = CanyonLab(rate=1.03)
assert high.loss(high.output[-1]) > 5 * high.loss(high.output[0])
bowl, end, _ = walked(normalised=True)
assert bowl.loss(end) < 1e-6
along_it, across = curvatures(usual)
states(
    "The curvature of the loss, its second derivative, is 828 across the canyon and 0.86 along it",
    *(across, along_it),
)
states("above 2/828 = 0.0024, a step", 2, across, 2 / across)
assert 100 < half_way(usual) < 1000 < half_way(CanyonLab(ratio=100)) < 10_000
states("[With a ratio of 100](#canyon?ratio=100) it needs", 100)
states(
    "inputs run from 1 to 10 and from 100 to 1000, draw",
    *map(cited, (1, 10, 100, 1000)),
)

# ---- the sigmoid ----

window = slope(torch.linspace(-2, 2, 401))
states("There is a second reason to keep activations near 0.", 0)
states(
    "Between −2 and 2 the slope lies between 0.105 and 0.25. At 6 it is 0.0025, and four such "
    "layers leave $4 \\cdot 10^{-11}$ of a gradient.",
    *(-2, 2, window.min(), window.max(), 6),
    *(slope(torch.tensor(6.0)), 4, 1e-11),
)
assert 3.5e-11 < slope(torch.tensor(6.0)) ** 4 < 4.5e-11
states("Allow 46 minutes, and another 18 for the exercises.", page.minutes, 3 * exercises)

# ---- one channel ----

eight = X[:, 0].flatten()
states(
    "The eight numbers of channel 0 are 2, 2, 5, 5, 5, 6, 7, 8: their mean is 5, their standard "
    "deviation 2.",
    *(0, *eight, eight.mean(), eight.std(correction=0)),
)
states(
    "−1.5, −1.5, 0, 0, 0, 0.5, 1, 1.5 are left: mean 0, standard deviation 1. The",
    *(*normalise(X, (0, 2, 3), eps=0)[:, 0].flatten(), 0, 1),
)
assert [X[:, 1].mean(), X[:, 1].std(correction=0)] == [50, 20]
states("The numbers of channel 1 are ten", 1)
outlier = torch.tensor([2.0, 2, 5, 5, 5, 6, 7, 40])
squeezed = normalise(outlier, (0,))
states("[make the 8 a 40](", eight[-1], outlier[-1])
states("squeezed together between −0.59 and −0.17.", squeezed[0], squeezed[6])
states("Here $m = 2 \\cdot 2 \\cdot 2 = 8$.", *X[:, 0].shape, len(eight))
states("The small $\\varepsilon$, $10^{-5}$ in PyTorch,", nn.BatchNorm2d(1).eps)
states("its variance is 0, and 0/0 is undefined.", flat.var(correction=0), 0, 0)
states("In code, axes 0, 2 and 3 are averaged over, and axis 1, the channels,", 0, 2, 3, 1)
states("PyTorch has its channels on axis 1,", 1)
colour = torch.rand(100, 32, 32, 3)
states(
    "a batch of 100 colour images has the shape (100, 32, 32, 3), and 3 means.",
    *(100, *colour.shape, colour.mean((0, 1, 2)).numel()),
)

# ---- γ and β ----

fresh_layer = nn.BatchNorm2d(2)
states("Should every channel have mean 0 and standard deviation 1, always?", 0, 1)
states("which start at 1 and 0:", *(v[0].item() for v in fresh_layer.parameters()))
scales, shifts = X.std((0, 2, 3), correction=0), X.mean((0, 2, 3))
assert torch.allclose(batch_norm(X, scales, shifts), X, atol=1e-3)
states(
    "[2 and 5 for channel 0, 20 and 50 for channel 1](",
    *(scales[0], shifts[0], 0, scales[1], shifts[1], 1),
)
moved_on = X + torch.tensor([10.0, 0])[:, None, None]
assert torch.allclose(batch_norm(moved_on, scales, shifts), X, atol=1e-3)
states("with 10 added to channel 0:", 10, 0)
states("Multiply its weights by 3, and", once.norm() / thrice.norm())
assert along.abs() < 1e-3
assert (once.norm() / 1) / (thrice.norm() / 3) > 8.9

# ---- running averages ----


def kept(**settings):
    """Return running mean and variance of channel 0."""
    layer = RunningLab(**settings).module
    return layer.running_mean[0].item(), layer.running_var[0].item()


truth = torch.tensor(RunningLab().population)[:, 0].double().mean()
states(
    "With PyTorch's α = 0.1 the running mean has come from 0 to 3.01 after 12 batches; the true "
    "one is 4.25.",
    *(nn.BatchNorm2d(1).momentum, 0, kept(seen=12)[0], 12, truth),
)
assert kept(momentum=0.01, seen=60)[0] < truth / 2
states("[With α = 0.01](", 0.01)
states("[with α = 0.9](", 0.9)
states("[α = 1](#running?momentum=1&seen=60)", 1)
states(
    "[α = 0](#running?momentum=0&seen=60) stays at mean 0 and variance 1 for",
    0,
    *kept(momentum=0, seen=60),
)
states("TensorFlow's default of 0.99 is PyTorch's 0.01.", cited(0.99), 1 - 0.99)
states("of the initial value, left after 22 batches | left after 230 |", 22, 230)
states("| 0.1 (its default) | 0.9 | 0.098 | 0 |", 0.1, 0.9, 0.9**22, 0.9**230)
states("| 0.01 | 0.99 (its default) | 0.80 | 0.099 |", 0.01, cited(0.99), 0.99**22, 0.99**230)
states("one half for $m = 2$.", 2)
states("own standard deviation exactly 1.", normalise(X, (0, 2, 3), eps=0).std(correction=0))
states("in use it costs nothing (exercise 6).", exercises)

# ---- the company ----


def says(**settings):
    """Return what BN-LeNet says of the boot: the most likely class, and the boot's share in %."""
    p = CompanyLab(**settings).output
    return test_set.classes[p.argmax()], 100 * p[9].item()


states("Beside 31 images of all kinds it is an ankle boot, 99.6 %.", 31, says()[1])
alone = says(company="boots")
assert alone[0] == "T-shirt/top" and says()[0] == "Ankle boot"
states("[Beside 31 other boots](", 31)
states("and *ankle boot* gets 0.9 %.", alone[1])
assert says(company="inverted")[0] != "Ankle boot"
states("[31 inverted images](", 31)
pairs = [says(size=2, draw=draw)[0] for draw in range(1, 21)]
assert len(set(pairs)) > 1
states("99.4 %, whatever the others", says(company="boots", mode="eval")[1])
states("Sort the 2,000 test images by class", len(labels))
states("| right answers, batches of 200 |", accuracy.__wrapped__.__defaults__[0])
states(
    "| with `eval()` | 85.9 % | 85.9 % |",
    100 * found["eval, shuffled"],
    100 * found["eval, sorted"],
)
states(
    "| without | 85.5 % | 16.5 % |", 100 * found["train, shuffled"], 100 * found["train, sorted"]
)
assert message.startswith("Expected more than 1 value per channel when training")
states("Expected more than 1 value per channel when training", 1)

# ---- LeNet ----

widths = (6, 16, 120, 84)
states(
    "has 62,158 parameters: the 61,706 of LeNet, and γ and β for each of 6 and 16 channels and "
    "120 and 84 units.",
    *(size_of(bn_lenet), size_of(LeNet()), *widths),
)
theirs = nn.Sequential(
    *(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.Conv2d(6, 16, 3), nn.BatchNorm2d(16)),
    *(nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)),
)
states("have 60,118: their convolutions are 3×3, and", size_of(theirs), 3, 3)
states("send 500 images through.", 500)
states("| 1st | 2nd | 3rd | 4th sigmoid |", 1, 2, 3, 4)
states("| LeNet, Xavier's | 0.16 | 0.03 | 0.01 | 0.00 |", *apart["Xavier's"])
states("| LeNet, four times as large | 0.64 | 0.32 | 0.23 | 0.17 |", *apart["four times"])
states("| BN-LeNet | 0.78 | 0.89 | 1.00 | 1.00 |", *apart["BN-LeNet"])

# ---- the records ----

states("all 60,000 images, four epochs, batches of 256,", record.n_train, 256)
assert {run["epochs"] for run in record.select(study="lr")} == {4} and len(record.seeds) == 5
assert all(b > a for a, b in zip(trained["lenet"], trained["bn_lenet"], strict=True))
states(
    "with 0.85 to 0.88. At a rate of 9, where LeNet only guesses, it does as well as at 1.",
    *(min(trained["bn_lenet"]), max(trained["bn_lenet"]), rates[-1], rates[2]),
)
assert abs(trained["bn_lenet"][-1] - trained["bn_lenet"][2]) < 0.001
assert trained["lenet"][-1] < 0.11
ahead = [b > a for (a, _), (b, _) in zip(tested["LeNet"], tested["BN-LeNet"], strict=True)]
assert [lr for lr, is_ahead in zip(rates, ahead, strict=True) if not is_ahead] == [3]
scatters = [deviation for _, deviation in tested["BN-LeNet"]]
states(
    "it is ahead, but not at 3**, and its seeds scatter by 0.03 to 0.09.",
    3,
    min(scatters),
    max(scatters),
)
own = [mean for mean, _ in tested["BN-LeNet, own statistics"]]
states("the same networks get 0.84 to 0.85 everywhere.", min(own), max(own))
for model, row in (
    ("lenet", "| LeNet | 0.839 ± 0.027 | 0.850 ± 0.002 |"),
    ("bn_lenet", "| BN-LeNet | 0.846 ± 0.028 | 0.870 ± 0.002 |"),
    (
        "relu_lenet",
        "| LeNet with ReLU, max pooling and He's weights | 0.873 ± 0.017 | 0.893 ± 0.003 |",
    ),
):
    states(row, *at_the_end(model, "constant"), *at_the_end(model, "cosine"))
assert 0.015 < at_the_end("bn_lenet", "cosine")[0] - at_the_end("lenet", "cosine")[0] < 0.025
states("0.806 for LeNet and 0.875 for BN-LeNet", cited(0.806), cited(0.875))
states("lie between 0.571 and 0.892.", cited(0.571), cited(0.892))
pools = records.load("pooling")


def learned(model, kind):
    """Return the mean accuracy on the training images, at the end."""
    runs = pools.select(model=model, pooling=kind)
    return sum(run["train_accuracy"][-1] for run in runs) / len(runs)


plain, normed, both = (
    learned(*m) for m in (("lenet", "average"), ("bn_lenet", "average"), ("bn_lenet", "max"))
)
assert 0.25 < (both - normed) / (both - plain) < 0.4

# ---- the relatives ----

states("0, 2, 3 | $c$", 0, 2, 3)
states("| channels and positions | 1, 2, 3 |", 1, 2, 3)
states("| positions | 2, 3 |", 2, 3)
states("| 1 in part, 2, 3 |", 1, 2, 3)
shown = torch.tensor(relatives.input)
assert shown.shape[:2] == (3, 4)
states("a pair for each of its 200 numbers", nn.LayerNorm([8, 5, 5]).weight.numel())
signs = normalise(torch.tensor([[3.0, 10], [4, -500]]), (0,))
assert torch.allclose(signs, torch.tensor([[-1.0, 1], [1, -1]]), atol=1e-4)
states("what comes out is −1 and 1, whatever", signs.min(), signs.max())
by_study = record.select(study="batch_size", batch_size=2)
states("on 10,000 images, five epochs", by_study[0]["n_train"])
assert {run["epochs"] for run in by_study} == {5}
bn, gn = ([mean for mean, _ in by_size[name]] for name in ("BN-LeNet", "GN-LeNet"))
states("BN-LeNet gets 0.54, GN-LeNet 0.81.", bn[0], gn[0])
assert all(0.79 < g < b < g + 0.05 for b, g in zip(bn[1:], gn[1:], strict=True))
states("At 4 and 16 both are above 0.79,", 4, 16, 0.79)
states("32 images on 8 GPUs are 4 for each", 32, 8, 32 / 8)
states("ε = 10⁻⁵ (Keras: 10⁻³ {cite}", nn.BatchNorm2d(1).eps, cited(1e-3))
states(
    "momentum 0.1; a γ that starts at 1.", nn.BatchNorm2d(1).momentum, fresh_layer.weight[0].item()
)
states("the running average keeps the unbiased one (by m − 1).", 1)

# ---- the exercises ----

states("Exercises 2 to 5 check themselves", 2, 5)
hand = [1, 1, 1, 1, 5, 5, 5, 5]
states("A channel holds 1, 1, 1, 1, 5, 5, 5, 5. What comes out, with ε = 0?", *hand, 0)
states("with γ = 10, β = 3? What", 10, 3)
states("if it was 1, by PyTorch's momentum of 0.1?", 1, nn.BatchNorm2d(1).momentum)
hand = torch.tensor(hand, dtype=torch.float64)
squares = (hand - hand.mean()).square().sum()
states(
    "The mean is 3, the standard deviation 2: out come −1 and 1, then −7 and 13. The squares of "
    "the distances add up to 32, so the unbiased variance is 32/7, and the running variance "
    "becomes 0.9 · 1 + 0.1 · 32/7 = 1.357.",
    *(hand.mean(), hand.std(correction=0), -1, 1, 10 * -1 + 3, 10 * 1 + 3),
    *(squares, squares, len(hand) - 1, 0.9, 1, 0.1, squares, len(hand) - 1),
    0.9 + 0.1 * hand.var(),
)
states("Average each channel over axes 0, 2 and 3, and", 0, 2, 3)
