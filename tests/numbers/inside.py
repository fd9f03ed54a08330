"""What the page on what a network has learned states."""

from book_utils.explorables.parts.shipped import random_network
from book_utils.units import answers

named = net(digits.images).argmax(1)
states(
    "LeNet reads 983 of 1,000 digits that it has never seen. How it does so is written in its "
    "60,074 weights,",
    *((named == digits.labels).sum(), len(digits), sum(p.numel() for p in net.parameters())),
)


# ---- occlusion ----
def bars(**settings):
    """Return the ten probabilities that a lab shows for its covered picture."""
    lab = AttributionLab(**settings)
    return net(lab.covered).softmax(1)[0]


assert first.asked == target
states("Drag the grey square over the 3,", target)
at_the_end = bars(picture=3, at=[21, 10])
states("[At the lower left end](#first?at=21,10) the network says 2.", at_the_end.argmax())
assert AttributionLab(picture=3, at=[21, 10]).corner == stops[worst]
states("it is 0.999999 for this 3,", whole.softmax(0)[target], target)
states("So it seems that the lower left end makes it a 3.", target)
states(
    "The end of the 3 can go. It is the grey that turns it into a 2: it looks like the foot of "
    "a 2.",
    *(bars(picture=3, at=[21, 10], fill=0).argmax(), *2 * [grey.argmax()]),
)
zero = AttributionLab(picture=0)
states(
    "Drag the square over [a 0](#first?picture=0): no place costs more than 6.6 of its score of "
    "18.5, and it stays a 0 everywhere. [A square of 11](#first?picture=0&size=11&at=11,11) in "
    "the upper left turns it into an 8.",
    *(zero.asked, zero.output.max(), zero.scores[0], 0, 11),
    bars(picture=0, size=11, at=[11, 11]).argmax(),
)
for row in range(3, 25):
    for column in range(3, 25):
        assert bars(picture=0, at=[row, column]).argmax() == 0

# ---- saliency ----
states("An occlusion map of this size takes 484 runs of the network.", lost.numel())
states("change it by 0.001, and look at the score.", 0.001)
dark = saliency.flatten().topk(20).indices
states(
    "This pixel is black, and its gradient is −3.71: ink there would lower the score of the 3.",
    *(g.flatten()[saliency.argmax()], 3),
)
states(
    "where the grey square made a 2. Of the 20 most salient pixels 16 are black.",
    *(2, len(dark), (x.flatten()[dark] == 0).sum()),
)
assert x[0, 0, i, j] == 0 and stops[worst][0] <= i < top + side and left <= j < left + side
states("over the whole range from black to white the score falls by 2.32.", -slope(1))

# ---- Grad-CAM ----
grid = net.features[:5](x).shape
states("16 maps of 11×11.", *grid[1:])
A = torch.tensor([[[1.0, 0], [0, 2]], [[0, 3], [1, 0]]])
G = torch.tensor([[[2.0, 0], [1, 1]], [[-1, 0], [-1, 0]]])
states("with two maps of 2×2 and their gradients:", *A.shape[1:])
by_hand = G.mean((1, 2), keepdim=True)
assert (by_hand * A).sum(0).tolist() == [[1, -1.5], [-0.5, 2]]
states(
    r"The weights are the means of the gradients, $\alpha_1 = 1$ and $\alpha_2 = -0.5$.",
    *by_hand,
)
states(
    "The 11×11 map is upsampled to 28×28 to overlay the digit.",
    *(*cam.shape, *x.shape[2:]),
)
states(
    "It has no more detail than its 11×11 cells, each of which sees 8×8 pixels.",
    *(*cam.shape, *2 * [1 + 2 + 1 + 2 * 2]),  # 3×3, a pool of 2×2, 3×3 on every second pixel
)

# ---- random weights ----
assert twins.picture == 3 and twins.method == "occlusion"
by_saliency = AttributionLab(picture=3, method="saliency").random_output
ranks = {
    words: attribution.rank_correlation(found, x[0, 0])
    for words, found in (("trained", saliency), ("random", by_saliency))
}
states("Which of the two saliency maps shows the 3 more clearly?", target)
assert ranks["random"] > ranks["trained"] + 0.1
states("Saliency maps correlate with them at 0.57.", mean["saliency"])
assert mean["guided backprop"] > mean["saliency"] > 0.5 > 0.25 > mean["Grad-CAM"]
assert abs(mean["occlusion"]) < 0.1 and max(alike["Grad-CAM"]) > 0.7  # “much like one”
states("which is input, too | −0.04 |", mean["occlusion"])
states("as coarse as they are | 0.16 |", mean["Grad-CAM"])
states("(not the probability) | 0.57 |", mean["saliency"])
states("with positive gradients only | 0.71 |", mean["guided backprop"])

# ---- units ----
trained, chaotic = UnitLab(), UnitLab(weights="random")


def nine(layer, unit, network=net):
    """Return the classes of the nine best pictures of a unit."""
    parts = {"conv1": 2, "conv2": 5}
    out = network.features[: parts[layer]](digits.images).amax((2, 3))
    return digits.labels[out[:, unit].topk(9).indices]


states(
    "Show it all 1,000 held-out digits, and keep the nine in which it reaches its largest value, "
    "each with the patch that the unit saw there: 3×3 pixels for a map of the first convolution, "
    "8×8 for one of the second.",
    *(len(digits), 3, 3, 8, 8),
)
assert [trained.browsed["fields"][layer]["size"] for layer in ("conv1", "conv2")] == [3, 8]
states(
    "The lab opens on map 1 of the second convolution. Its nine patches are almost the same: the "
    "lower edge of a stroke that falls to the right. That six of its digits are 0s is a "
    "consequence: 0s have such edges. [Map 0 of the first convolution]",
    *(trained.unit[1], 0, 0, 0),
)
assert trained.unit[0] == "conv2" and (nine("conv2", 1) == 0).sum() == 6
states(
    "[The score of 4](#units?unit=score,4) has nine 4s, as it should.",
    *(4, digits.labels[net(digits.images)[:, 4].topk(9).indices].unique()),
)
states("Seven of nine are 8s.", nine("conv2", 11).mode().values)
assert (digits.labels[best] == 8).sum() == 7 and best.tolist() != []
liked = answers(net.features[:5](digits.images), digits.labels)[11]
states(
    "Does [map 11](#units?unit=conv2,11) detect 8s? Look at the bars beside its images: its mean "
    "response is 3.4 to an 8, 3.3 to a 3 and 3.1 to a 2.",
    *(11, 8, liked[8], 8, liked[3], 3, liked[2], 2),
)
by_chance = nine("conv2", 11, random_network(0))
states(
    "[Its map 11](#units?unit=conv2,11&weights=random) has five 6s among its best nine.",
    *(11, by_chance.mode().values),
)
assert (by_chance == 6).sum() == 5
states("for each of the 16 maps, how many of its nine are of one class:", 16)
assert max(chance) < learned < 1.5 * sum(chance) / 5  # “slightly more selective”
states(
    "those of layer 2 to corners and other meetings of edges, those of layer 3 to",
    *map(cited, (2, 3)),
)
states("In layers 4 and 5 they found parts and objects:", *map(cited, (4, 5)))
states("A network for 28×28 pixels has no parts to show.", *x.shape[2:])

# ---- ascent ----
states("are optimised for the score of 3, from the same grey.", target)
states(
    "in 100 steps of length 1. Its pixels are kept between 0 and 1.",
    ascent.steps,
    ascent.rate,
    0,
    1,
)
plain, kept = ascent.without.values[-1], ascent.regularised.values[-1]
reached = net(made)[0, target]
assert 0 < abs(plain - reached) < 1 and best_real < reached / 2  # “a slightly different score”
states("and nobody would see a 3 in it.", target)
assert (made[..., 26:, :] == 0.5).all() and (made[..., 26:] == 0.5).all()  # “A grey edge stays”
assert not (made[..., 25, :26] == 0.5).all() and not (made[..., :26, 25] == 0.5).all()
states("pixels fade by 2 % a step,", 2)
real = net(digits.images[digits.labels == target])[:, target]
states(
    "something like a 3 appears, and its score is 25, about that of a real 3 (their median is 24).",
    *(target, kept, target, real.median()),
)
assert all((ascent.blur, ascent.jitter, ascent.decay, ascent.clip))
assert AscentLab(unit=["score", 3], start="grey", clip=False).without.diverged

# ---- transfer ----
states("with only 10 to 500 images in all.", sizes[0], sizes[-1])
states(
    "A new last layer learns, 84·5 + 5 = 425 numbers.",
    *(84, 5, 5, sum(p.numel() for p in model.parameters() if p.requires_grad)),
)
average = {way: found.mean(0) for way, found in accuracy.items()}
states(
    "But with 10 images its lead over training from scratch is smaller than the spread of the "
    "runs, and with 500 training from scratch is nearly as good.",
    *(sizes[0], sizes[-1]),
)
assert all((average["tuned"] >= average[way]).all() for way in average)
lead = average["tuned"] - average["anew"]
assert lead[-1] < 0.015 and lead[0] < accuracy["anew"].std(0)[0]
assert (average["kept"] < average["random"]).all()  # “worse … at every size”
states("and 84 numbers made for the one", 84)

# ---- two signs ----
states("up to the 84 numbers of the last hidden layer.", teach.features().shape[1])
states("84 weights and a bias for each of two signs.", teach.model[-1].weight.shape[1])
assert teach.signs == "letters" and len(teach.examples[1]) == 2 * teach.ready
states(
    "Of 40 signs that this book made with a program, 5 of each are its examples, and it is tested "
    "on the other 30.",
    *(len(teach.examples[1]) + len(teach.further()), teach.ready, len(teach.further())),
)


def named_right(kind, **settings):
    """Return how many of the further signs, in percent, one kind of features names right."""
    return 100 * (TeachLab(**settings).further(kind) > 0.5).float().mean()


states(
    "the trained features name 97 % of the other 38 correctly, the random ones 71 %, the pixels "
    "68 %.",
    *(named_right("trained", ready=1), len(TeachLab(ready=1).further())),
    *(named_right(kind, ready=1) for kind in ("random", "pixels")),
)
states(
    "the pixels do as well: 95 % of 38, against 92 %.",
    named_right("pixels", signs="arrows", ready=1),
    len(TeachLab(signs="arrows", ready=1).further()),
    named_right("trained", signs="arrows", ready=1),
)
states(
    "5 of each, are hard: 77 % of 30 with trained features, 63 % with the others.",
    TeachLab(signs="faces").ready,
    named_right("trained", signs="faces"),
    len(TeachLab(signs="faces").further()),
    named_right("random", signs="faces"),
)
assert named_right("random", signs="faces") == named_right("pixels", signs="faces")
states("and find some that it learns from 5 examples of each, and some that it does not.", 5)
states("Allow 44 minutes, and another 15 for the exercises.", 44, 3 * 5)
