"""What the page on fast training states."""

import math

from book_utils import chapters
from book_utils.train import LOOK

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "fast-training")
exercises = 5
states("Allow 32 minutes, and another 15 for", page.minutes, 3 * exercises)
states("An epoch is 60,000 images.", pace.EPOCH)
slow, remedied = pace.Loop(), pace.Loop(batch_size=256)
states("collects 64, and computes", slow.batch_size)
states("[With batches of 256 as well]", 256)
assert remedied.batch_size == 4 * slow.batch_size  # a quarter as often


plain = pace.recorded(recorded, slow)
states(
    "Without the first two, LeNet would learn 1.7 times as fast",
    plain.milliseconds / plain.arithmetic,
)
best = pace.Loop(resident=True, batch_size=256, channels_last=True, half=True)
small = pace.Loop("small_resnet", resident=True, batch_size=256, channels_last=True, half=True)
for loop in (best, small):  # about twice as fast
    of = [pace.recorded(recorded, each).examples_a_second for each in (loop, loop.slow)]
    assert 1.85 < of[0] / of[1] < 2.15


def gain(model):  # of half precision
    loop = pace.Loop(model, resident=True, batch_size=256)
    with_half = pace.Loop(model, resident=True, batch_size=256, half=True)
    before, after = (pace.recorded(recorded, each) for each in (loop, with_half))
    assert before.data < 0.05 * before.milliseconds  # as good as gone
    return before.milliseconds / after.milliseconds


assert gain("lenet") < 1.3 and gain("small_resnet") > 1.15 * gain("lenet")
states("For each of the 64 images of a batch", pictures.batch_size)
side = train_set.images.shape[-1]
numbers = pace.EPOCH * side * side
states(
    "takes $60{,}000 \\cdot 28 \\cdot 28$ numbers of four bytes, 188 MB",
    *(pace.EPOCH, side, side, numbers * train_set.images.element_size() / 1e6),
)
states("looks only every 50th step", LOOK)
states("with 1 image, with 64, with 256?", *sizes)
states("and it does not begin at 0.", 0)
assert abs(a + 64 * b - steps[64]) < 0.05 * steps[64]  # nearly a line
assert 1 / b < 1.1 * 256 / steps[256]  # close to it
states("Here $a$ is 1.03 ms, as much as 15 images take.", a, a / b)
states(
    "(1,024 images take 74.6 ms, where the line has 69.5:",
    *(1024, steps[1024], a + 1024 * b),
)
on_gpu = records.load("speed")
rate, vgg = (on_gpu.select(model=model, form="float32")[0] for model in ("lenet", "cifar_vgg13"))
rate_on_gpu = rate["examples_a_second"]
states(
    "a step of LeNet with 256 images takes 1.94 ms. VGG-13, with 155 times as many weights",
    *(rate["batch_size"], 1000 * 256 / rate_on_gpu, vgg["parameters"] / rate["parameters"]),
)
assert 0.45 < vgg["examples_a_second"] / rate_on_gpu < 0.55  # half as fast
states("With 512 images instead of 128, an epoch", 512, 128)
(batch_run, *_) = ingredients.select(study="batch", batch_size=512)
states("a small ResNet on 6,000 images, 15 epochs each", batch_run["n_train"], batch_run["epochs"])
assert {len(runs) for runs in accuracy.values()} == {5}
means = {n: sum(runs) / len(runs) for n, runs in accuracy.items()}
assert abs(means[32] - means[128]) < 0.5 and means[128] - means[512] > 3
states("Between 32 and 128 there is no difference", 32, 128)
states(
    "At 512 more than 3 points are lost: 12 steps an epoch were too few",
    *(512, 3, math.ceil(batch_run["n_train"] / 512)),
)
target = 0.9 + 0.1 / 10
states("a probability of $0.9 + 0.1 / 10 = 0.91$, not 1:", 0.9, 0.1, 10, target, 1)
for recipe in recipes:
    for run in recorded.select(study="recipes", model=recipe):
        assert (run["epochs"], run["n_train"]) == (4, 10_000)
ended = {
    recipe: [100 * run["test_accuracy"][-1] for run in runs]
    for recipe in recipes
    for runs in [recorded.select(study="recipes", model=recipe)]
}
assert {len(runs) for runs in ended.values()} == {5}


def lead(of, over):  # in percent, and in standard errors
    (mean, scatter), (other, its) = (records.mean_std(ended[recipe]) for recipe in (of, over))
    return mean - other, (mean - other) / math.sqrt((scatter**2 + its**2) / 5)


states(
    "Nesterov's gain is 2.5 [standard errors](training.md), the cycle's 4.3.",
    *(lead("momentum", "plain")[1], lead("one-cycle", "momentum")[1]),
)
assert abs(lead("smoothing", "one-cycle")[1]) < 2 and lead("moved", "smoothing")[1] < -2
states("and shifts and flips *cost* 3.4 points.", -lead("moved", "smoothing")[0])
eager, cheaper = (
    recorded.select(
        study="step", model="small_resnet", step="eager", batch_size=256, channels_last=on, half=on
    )[0]["milliseconds"]
    for on in (False, True)
)
states("where a step takes 99 ms instead of 180,", cheaper, eager)
half, brain = torch.finfo(torch.float16), torch.finfo(torch.bfloat16)
states("Numbers of 16 bits take half the memory", half.bits)
states(
    "beyond 65,504 comes infinity, and a gradient of $10^{-8}$ is 0.", half.max, 1e-8, tiny.half()
)
states("next to 1 comes 1.0078. A step of 0.003 from there", 1, 1 + brain.eps, 0.003)
assert torch.tensor(1.003).bfloat16() == 1
states("here with a gradient of 3 in float16:", 3)
assert scaler.get_scale() == 65_536 / 4 and abs(weight.item() - (1 - 0.1 * 3)) < 1e-6  # twice
states("are computed in 16 bits; sums and the loss in 32 again", 16, torch.finfo(loss.dtype).bits)
assert 80 <= len(tape.calls) <= 110  # about a hundred, fewer on a GPU
states("with a learning rate of 10,000", 1e4)
states("**channels_last and 16 bits** make", 16)
states("rises in a straight line from 0 at step 0 to `peak`", up_and_down(0, 9, 1, 3), 0)
states("in a straight line to 0 at step `steps`", up_and_down(9, 9, 1, 3))
states("The velocity begins at 0.", 0)
