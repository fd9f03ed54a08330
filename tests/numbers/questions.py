"""What the answers to the most asked questions state."""

import torch.nn.functional as F

from book_utils import chapters
from book_utils.models.lenet import LeNet
from book_utils.models.vgg import vgg16
from book_utils.shapes import output_padding_for, same_padding

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "questions")
states(f"Allow {page.minutes} minutes to read them all,", page.minutes)
states("those of PyTorch 2.13;", float(".".join(torch.__version__.split(".")[:2])))

# Padding and size
assert same_padding(8, 3, 2) == (0, 1) and same_padding(7, 3, 2) == (1, 1)
states(
    "a kernel of 3 with stride 2, on [8 cells](#same?), where SAME adds one zero after the input, "
    "and on [7 cells](#same?size=7), where it adds one on each side, as PyTorch's `padding=1` does",
    *(same.kernel, same.stride, same.size, 7, 1),
)
for k in (1, 3, 5, 7):
    for stride in range(1, 6):
        for n in range(k, 20):
            outputs = F.conv1d(torch.rand(1, 1, n), torch.rand(1, 1, k), None, stride, k // 2)
            assert outputs.shape[-1] == -(-n // stride)
states("an output as large as the input, for stride 1 only.", 1)
states(
    "so 224 pixels give ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112 with a kernel of 7, a padding of 3 and "
    "stride 2.",
    *(
        224,
        224,
        2,
        3,
        7,
        2,
        1,
        F.conv1d(torch.rand(1, 1, 224), torch.rand(1, 1, 7), None, 2, 3).numel(),
    ),
    *(7, 3, 2),
)
states(
    "[with a stride of 1](#same?stride=1) all agree; [with a stride of 2](#same?) `padding=1`",
    *(1, 2, 1),
)
six = torch.rand(1, 1, 6, 6)
assert F.conv2d(six, torch.rand(1, 1, 3, 3), stride=2).shape[-2:] == (2, 2)
states(
    "a 3×3 kernel with stride 2 on 6×6 pixels, [without padding](padding-stride.md#floor?), which "
    "leaves a row and a column unread, and [with a padding of 1]",
    *(3, 3, 2, 6, 6, 1),
)


def sees(strides):
    r, jump = 1, 1
    for s in strides:
        r, jump = r + 2 * jump, s * jump
    return r


states(
    "three layers with kernels of 3 see 7 pixels across, and 11 if the first has a stride of 2.",
    *(3, sees([1, 1, 1]), sees([2, 1, 1]), 2),
)
states(
    "three layers [with stride 1](padding-stride.md#field?) and [with a stride of 2 in the first]",
    *(1, 2),
)

# Channels and parameters
states("made for 3 channels and got a grey image, which has 1;", 3, 1)
with torch.device("meta"):
    networks = LeNet(), vgg16()
first = [next(m for m in net.modules() if isinstance(m, nn.Conv2d)) for net in networks]
states("(6 in LeNet, 64 in VGG-16)", *(layer.out_channels for layer in first))
weights_of = nn.Conv2d(3, 64, 3)
states(
    "from 3 to 64 channels with 3×3 kernels, 64·3·3·3 + 64 = 1,792.",
    *(3, 64, 3, 3, *weights_of.weight.shape, 64, sum(p.numel() for p in weights_of.parameters())),
)
states("8 channels [in 2 groups](separable.md#groups?) and [in 8]", 8, 2, 8)

# Smaller and larger maps
flat, averaged = nn.Linear(64 * 7 * 7, 10), nn.Linear(64, 10)
counts = [sum(p.numel() for p in layer.parameters()) for layer in (flat, averaged)]
states("31,370 parameters from 64 maps of 7×7 to ten classes", counts[0], 64, 7, 7)
states("the dense layer then has 650 parameters", counts[1])
states(
    "32 examples of 16·6·6 = 576 numbers meet a layer for 400.",
    *(*maps.shape, maps[0].numel(), 400),
)
states("a wave 0 0 1 1 [under max pooling](pooling.md#wave?)", 0, 0, 1, 1)
states("shift it by 1.", 1)
states("an input that moves by 2, [under", 2)
states("[an edge under max pooling with stride 2]", 2)
states("four stamps [with stride 1](transposed.md#first?) and [with stride 2]", 1, 2)
back = nn.ConvTranspose2d(1, 1, 3, stride=2)(torch.rand(1, 1, 2, 2))
a = output_padding_for(6, k=3, stride=2)
more = nn.ConvTranspose2d(1, 1, 3, stride=2, output_padding=a)(torch.rand(1, 1, 2, 2))
states(
    "from 2×2 back [to 5×5](transposed.md#back?) and, with an output padding of 1, [to 6×6]",
    *(2, 2, *back.shape[-2:], a, *more.shape[-2:]),
)

longer = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1)
full = nn.ConvTranspose2d(1, 1, 3, stride=2)
full.load_state_dict(longer.state_dict())
some = torch.rand(1, 1, 2, 2)
torch.testing.assert_close(longer(some), full(some)[..., 1:, 1:])  # what padding had cut off
full.output_padding = (1, 1)
assert (full(some)[..., -1, :] == full.bias).all()

# Training and evaluation
means = []
for seen in (3, 60):
    running.seen = seen
    means.append(float(running.module.running_mean[0]))
states(
    "[after 3 batches](#running?seen=3) the running mean of channel 0 is 1.13, "
    "and [after 60](#running?seen=60) it is 4.43, near the true one of 4.25.",
    *(3, 0, means[0], 60, means[1], torch.tensor(running.population)[:, 0].double().mean()),
)
states("[beside 31 images of all kinds](batch-norm.md#company?)", 31)
states("[beside 31 other boots](batch-norm.md#company?company=boots)", 31)

# Batch normalisation
kept = nn.BatchNorm2d(3)
batch = torch.rand(100, 3, 32, 32)
assert kept.running_mean.numel() == 3
torch.testing.assert_close(kept(batch).mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
states("axes 0, 2 and 3 of (N, C, H, W)", 0, 2, 3)
states(
    "A batch of shape (100, 3, 32, 32) has 3 means, each of 100·32·32 = 102,400 numbers.",
    *(*batch.shape, 3, 100, 32, 32, batch[:, 0].numel()),
)
states(
    "should have a standard deviation of 1; in evaluation it is 0.71, one over the root of 2, "
    "because dropout keeps half of the numbers and doubles them: the variance is 4/2 = 2 times",
    *(round(deviation[0], 2), deviation[1], 2, 2**2, 2, (dropout.train()(x) ** 2).mean().round()),
)
undone = torch.tensor([[[[2.0, 2], [5, 5]]], [[[5, 6], [7, 8]]]])
torch.testing.assert_close(nn.BatchNorm2d(1)(undone), nn.BatchNorm2d(1)(undone + 10))
states("[with 10 added to all numbers of channel 0]", 10, 0)
states(
    "The two add up to 1, so TensorFlow's default of 0.99 is 0.01 in PyTorch, whose own default "
    "is 0.1.",
    *(1, cited(0.99), 1 - 0.99, kept.momentum),
)
states("60 batches [at 0.01](#running?momentum=0.01&seen=60) and [at 0.99]", 60, 0.01, 0.99)
