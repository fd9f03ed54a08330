"""What the page on the speedrun states."""

import inspect

from book_utils import chapters, records
from book_utils.explorables.parts.bundled_digits import TEST, TRAIN
from book_utils.explorables.race.attempt import KEPT_BACK, LINE
from experiments.ideas import HELD_OUT
from experiments.recipes import RECIPES

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "speedrun")
states("Allow 22 minutes, and another 12 for", page.minutes, 3 * 4)

tab, gpu = speedrun.CLASSES["tab"], speedrun.CLASSES["gpu"]
states("small networks, one after another, on 1,250 digits", TRAIN - KEPT_BACK)
states("The finish is 95 % on average.", 100 * LINE)
states("Then the networks learn from all 1,500 digits and are judged by 500 that", TRAIN, TEST)
states("in the lab on the 250 digits of *Practise*", KEPT_BACK)
states(
    "the line is 94 %, and the record on one A100 GPU went from 3.29 seconds",
    cited(94),
    cited(3.29),
)
states("to 2.59 {cite}`jordan2024code` and 1.99 in 2025", cited(2.59), cited(1.99), cited(2025))
states("The score** is the mean over seeds 0, 1, 2 …", 0, 1, 2)
states("tell 94.0 % from 94.1 %;", 94.0, 94.1)
states("on the 10,000 images that come with the book", len(clothes))
states("It sees patches of 3×3 pixels, two pixels apart", *net.filters.shape[2:])
assert net.stride == 2
side = test.images.shape[-1] - 3 + 1
states("All 26·26 patches of 5,000 images", side, side, len(patches) / side**2)
assert directions[:, -1].std() < 0.1 * directions[:, -1].mean().abs()  # of all pixels alike
states("has 621 times the strength of the weakest", strengths[-1] / strengths[0])
states(
    "each gets a mean square of 1; weak ones, which come first, get less, since the 0.0005 keeps",
    products[-1, -1],
    5e-4,
)
states(
    "numbers of 64 maps. So the gradients are 64 times smaller than those of sums, which is why a "
    "rate of 20 works below",
    *(
        net.head.shape[1],
        net.head.shape[1],
        inspect.signature(train_once).parameters["rate"].default,
    ),
)
states("down to 0, [in one cycle]", one_cycle(1.0))
lenets = records.load("lenets").select(model="lenet")
shown = {run["epochs"] * run["n_train"] for run in lenets}
states(
    "is shown 600,000 images, ten epochs of the whole set, and ends at 83.4 % on average",
    *shown,
    100 * sum(run["test_accuracy"][-1] for run in lenets) / len(lenets),
)
assert {run["epochs"] for run in lenets} == {10} and len(lenets) == 5
states(
    "with 30,000 images, and with 24,466 weights instead of 61,706",
    3 * len(clothes),
    sum(w.numel() for w in net.parameters()),
    lenets[0]["parameters"],
)
assert min(accuracies) > 0.834
states(
    "the right class should get 0.91 (0.9, and a tenth of the 0.1 that all ten share) and not 1",
    *(1 - 0.1 + 0.1 / 10, 1 - 0.1, 0.1, 1),
)
states("Two recipes reach 94.0 % and 94.1 %.", 94.0, 94.1)


def seeds(s, d):
    return 8 * (s / d) ** 2


states(
    r"\frac{0.2}{\sqrt{20}} = 0.045 \text{ points for } n = 20",
    0.2,
    gpu.seeds,
    0.2 / gpu.seeds**0.5,
    gpu.seeds,
)
states(
    "With $s = 0.2$ it takes 32 seeds of each recipe to tell 94.0 % from 94.1 %, and 128 for half",
    0.2,
    seeds(0.2, 0.1),
    94.0,
    94.1,
    seeds(0.2, 0.05),
)
states(
    r"nothing that is smaller than $2 \sqrt{2} \cdot 0.2 = 0.57$ points", 2, 2, 0.2, 0.2 * 8**0.5
)
noise = [100 * (p * (1 - p) / m) ** 0.5 for p, m in ((0.94, gpu.n_test), (0.95, tab.n_test))]
states(
    "which is 0.24 points for 94 % of 10,000 images, and for 95 % of 500 digits 0.97 points.",
    noise[0],
    94,
    gpu.n_test,
    95,
    tab.n_test,
    noise[1],
)
states("94.0 % on average with a standard deviation of 0.2 points", 94.0, 0.2)
states("“We reach 94.37 %”", best_seed)
states("Run it once, and expect 94.0 %.", 94.0)
states("the best mean is 94.20 %. On new images it would be 94.0 %.", best_recipe, 94.0)
states("instead of the last: 94.31 %, or less", best_look)
states("to tell a difference $d$ takes $8 (s/d)^2$ seeds", 8)
states("how 94 % on CIFAR-10 in 3.29 seconds became possible", cited(94), cited(3.29))
states("on 5,000 training images that are held out", HELD_OUT)
states("have a standard deviation $s$ of 0.2 points", 0.2)

recipe = RECIPES["cpu"]["base"]
states("Its patches are of 4×4 pixels, three apart", recipe.patch, recipe.patch)
assert recipe.stride == 3 and recipe.half == "bfloat16" and recipe.muon > 0
assert recipe.head_rate > recipe.rate
assert {len(of(name, "accuracy")) for name in ("base", *others)} == {5}
change = dict(zip(others, zip(lost, errors, strict=True), strict=True))
states("A constant rate loses most, 5.2 points.", -change["constant rate"][0])
assert min(lost) == change["constant rate"][0]
for name in ("no smoothing", "flips"):  # “five seeds do not show”
    assert abs(change[name][0]) < change[name][1]
plain_patches, half = change["no whitening"], change["half the epochs"]
assert abs(plain_patches[0] - half[0]) < half[1] < -half[0]  # “as good as with half the epochs”
