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


def gain(model):  # of half precision
    loop = pace.Loop(model, resident=True, batch_size=256)
    with_half = pace.Loop(model, resident=True, batch_size=256, half=True)
    before, after = (pace.recorded(recorded, each) for each in (loop, with_half))
    assert before.data < 0.05 * before.milliseconds  # as good as gone
    return before.milliseconds / after.milliseconds


assert gain("lenet") < 1.3 and gain("small_resnet") > 1.15 * gain("lenet")
states("and does that 64 times for a batch", pictures.batch_size)
side = train_set.images.shape[-1]
numbers = pace.EPOCH * side * side
states(
    "takes $60{,}000 \\cdot 28 \\cdot 28$ numbers of four bytes, 188 MB",
    *(pace.EPOCH, side, side, numbers * train_set.images.element_size() / 1e6),
)
states("looks only every 50th step", LOOK)
states("with 1 image, 16, 64, 256?", *(n for n in sizes if n != 128))
states("and it does not begin at 0.", 0)
on_gpu = records.load("speed")
rate, vgg = (on_gpu.select(model=model, form="float32")[0] for model in ("lenet", "cifar_vgg13"))
rate_on_gpu = rate["examples_a_second"]
states(
    "takes 1.94 ms for a step of LeNet with 256 images. A network with 155 times as many weights",
    *(1000 * 256 / rate_on_gpu, rate["batch_size"], vgg["parameters"] / rate["parameters"]),
)
assert 0.45 < vgg["examples_a_second"] / rate_on_gpu < 0.55  # half as fast
states("With 512 images instead of 128, an epoch", 512, 128)
(batch_run, *_) = ingredients.select(study="batch", batch_size=512)
states("a small ResNet, 15 epochs each", batch_run["epochs"])
means = {n: sum(runs) / len(runs) for n, runs in accuracy.items()}
assert abs(means[32] - means[128]) < 0.5 and means[128] - means[512] > 3
states("Between 32 and 128 there is no difference", 32, 128)
states(
    "At 512 more than 3 points are lost: 12 steps an epoch were too few",
    *(512, 3, math.ceil(batch_run["n_train"] / 512)),
)
target = 0.9 + 0.1 / 10
states("a probability of 0.91, not 1:", target, 1)
for recipe in recipes:
    for run in recorded.select(study="recipes", model=recipe):
        assert (run["epochs"], run["n_train"]) == (4, 10_000)
states("a rate of 0.15 with momentum", 0.15)
half, brain = torch.finfo(torch.float16), torch.finfo(torch.bfloat16)
states("Numbers of 16 bits take half the memory", half.bits)
states("above 65,504 is infinity, and a gradient of $10^{-8}$ is 0.", half.max, 1e-8, tiny.half())
states("next to 1 comes 1.0078. A step of 0.003 from there", 1, 1 + brain.eps, 0.003)
assert torch.tensor(1.003).bfloat16() == 1
states("are computed in 16 bits; sums and the loss in 32 again", 16, torch.finfo(loss.dtype).bits)
assert 80 <= len(tape.calls) <= 110  # about a hundred, fewer on a GPU
states("with a learning rate of 10,000", 1e4)
states("too large for 32 bits from scores of 89 on.", 32, 89)
states("**channels_last and 16 bits** make", 16)
states("rises in a straight line from 0 at step 0 to `peak`", up_and_down(0, 9, 1, 3), 0)
states("in a straight line to 0 at step `steps`", up_and_down(9, 9, 1, 3))
states("The velocity begins at 0.", 0)
