"""What the page on more than one device states."""

from book_utils import chapters
from book_utils import scaling as reckoned
from experiments import distributed

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "parallel")
exercises = 5
states("Allow 25 minutes, and another 15 for", page.minutes, 3 * exercises)


def faster(network="resnet18", **settings):
    return reckoned.speedup(reckoned.work(network), **settings)


# ---- the first lab ----

assert scaling.devices == 4 and scaling.network == "resnet18"
two = reckoned.step(reckoned.work("resnet18"), 2)
assert two.hidden == two.exchange and round(faster(devices=2), 1) == 2
many = reckoned.step(reckoned.work("resnet18"), 64)
assert faster(devices=64) < 1.1 * faster(devices=4)
assert many.exchange - many.hidden > 0.9 * many.milliseconds
states("[64 devices]", 64)
states("With 4 images each, the exchange is most of the step.", scaling.batch / 64)
states(
    "[With a link of 100 gigabits a second](), 64 devices are 26 times as fast as one.",
    *(100, 64, faster(devices=64, link=100)),
)
states("(again at 10 gigabits) is slower than on one.", scaling.link)
wide, deep = reckoned.work("alexnet"), reckoned.work("resnet18")
assert round(wide.parameters / deep.parameters) == 5
assert wide.multiply_adds < deep.multiply_adds and faster("alexnet", devices=4) < 1
states("[LeNet on eight devices, with 1 gigabit a second]", 1)
assert faster("lenet", devices=8, link=1) < 1

# ---- what is the same, and what is not ----

whole_batch = sum(2 * x * (x - y) for x, y in shared_batch) / len(shared_batch)
states(
    "The mean of equal shares' means is the mean of the batch: 4, whoever computes it.", whole_batch
)
states("process 0 sends its weights to all", 0)
states("Process 0 writes a [checkpoint]", 0)
states("its **rank**, its number from 0 on.", 0)
states("from that of one process with all 64 images?", len(y))
dealt_images = [i for rank in range(4) for i in DistributedSampler(ten, 4, rank, shuffle=False)]
states("Images 0 and 1 come twice", *sorted(i for i in ten if dealt_images.count(i) == 2))
assert_close(shares[2], shares[0], rtol=1e-3, atol=1e-3)
states("in which the 3 is as low as the 1.", column[2], column[0])

# ---- the exchange ----

assert ring.devices == 4
after = RingLab(4, 3)
assert ((after.pieces == after.output).sum(1) == 1).all()
assert (RingLab(4, 6).pieces == ring.output).all()
collecting = RingLab(4, 6, method="collect")
assert collecting.sent[0] == collecting.received[0] == 3
states("[Where device 0 collects]", collecting.sent.argmax())
assert RingLab(6, 10).sent[0] < 1.2 * RingLab(4, 6).sent[0]
megabytes = table[8][1]
states(
    "Over a link of 10 gigabits a second, the 82 MB of ResNet-18 on 8 devices, with 8 bits in "
    "a byte, take 65 ms.",
    *(10, megabytes, 8, 8, reckoned.step(deep, 8).exchange),
)

# ---- how many times as fast ----

longer = reckoned.step(deep, 16, batch=4096)
assert longer.hidden == longer.exchange == reckoned.step(deep, 16).exchange
states(
    "[With a batch of 4,096 instead of 256](#again?batch=4096), the arithmetic of a share is 16",
    *(4096, again.batch, longer.arithmetic / reckoned.step(deep, 16).arithmetic),
)
states(
    "[With 256 images on *each* device]() the step is the same: 4,096 images in all. (Only the "
    "single device that they are compared with now has 256.)",
    *(again.batch, again.batch * again.devices, again.batch),
)
assert reckoned.step(deep, 16, shared=False) == longer
run = distributed.parse([])
states("the batch stays 256 in all, 64 on each.", run.batch_size, run.batch_size / 4)
states("after `--patience` seconds, 60 unless you say otherwise,", run.patience)
states("And 256 GPUs trained ResNet-50 in an hour, with batches of 8,192", cited(256), cited(8192))
states("and process 0 the first", 0)
states("(`t` counts from 0), device", 0)
n = 4
i = n - 1
states("to device $i + 1$, the last device to device 0;", 1, (i + 1) % n)
states("After moves 0 to n − 2, piece $p$ is complete", 0, 2)
assert ring.steps // 2 - 1 == n - 2
