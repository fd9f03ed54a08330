"""What the page on channels states."""

from book_utils import chapters
from book_utils.explorables.mixing.lab import COLOURS

(channels,) = (chapter for chapter in chapters.in_order() if chapter.name == "channels")
first_sums = [corr2d_taps(X[c], K[c])[0, 0] for c in (0, 1)]
states("give each its own 2×2 window", *K.shape[1:])
states("At the first stop one window says 19, the other 37. Add them: 56.", *first_sums, Y[0, 0])
pointwise = nn.Conv2d(3, 64, kernel_size=1).kernel_size
states("say what a 1×1 convolution can do and what it cannot", *pointwise)
states("Allow 40 minutes, and another", channels.minutes)

theirs = [cited(7), cited(-11), cited(-1)]
assert partial[:, 0, 0].tolist() == theirs
states(
    "At the first stop theirs give 7, −11 and −1, which add to −5; at another 10, 20 and 20, which "
    "add to 50.",
    *(*theirs, partial[:, 0, 0].sum(), *partial[:, 0, 1], partial[:, 0, 1].sum()),
)
states("Its first window, the one that gives 7, is theirs;", partial[0, 0, 0])
states("(output channels, input channels, rows, columns), here (3, 2, 2, 2).", *Ks.shape)

# VGG's first layer, 224 pixels a side, as a dense layer and as the convolution it is.
as_dense, weights = (3 * 224 * 224) * (64 * 224 * 224), layer.weight.numel()
states(
    "That is 483 thousand million weights, 280 million for each one of the convolution.",
    *(as_dense / 1e9, as_dense / weights / 1e6),
)
states(
    "Four images of two channels and 2×3 pixels, five kernels of 2×3, and zeros around",
    *(*images.shape[2:], *five.shape[2:]),
)
batch = F.conv2d(padded, five).permute(0, 2, 3, 1)
states("A framework that puts channels last would say (4, 2, 3, 5).", *batch.shape)

states("Make the kernel as small as it can be: 1×1.", *pointwise)
states(
    "With 1/3 each it is the mean; with 0.299, 0.587 and 0.114, the weights of television",
    *(1, len(photo), *(cited(weight) for weight in (0.299, 0.587, 0.114))),
)
assert torch.allclose(grey.flatten(), torch.tensor([0.299, 0.587, 0.114]))
assert [sum(row) > 1 for row in sepia].count(True) == 2
states("Two of its rows add up to more than 1, so bright", 1)
states("and **negative** needs the bias: 1 minus each.", 1)
states("The picture in the lab was reduced to 256 colours", COLOURS)
states("put 1×1 convolutions and ReLUs between larger ones", *pointwise)
states("before a 3×3 convolution and more after it", 3, 3)

assert nhwc.permute(0, 3, 1, 2).shape[1] == nhwc.shape[3]
states("another order: axis 3 comes second.", nhwc.ndim - 1)
apart = torch.zeros(4, 2, 5, 6)
assert apart.to(memory_format=torch.channels_last).stride()[1] == 1
states(
    "The next channel is 30 numbers away in the first, and one in the second.", apart.stride()[1]
)
states("A **1×1 convolution** is a dense layer at every pixel", *pointwise)

assert count_parameters(64, 128, 3, 5, bias=True) == 64 * 128 * 3 * 5 + 128
states("a layer from 64 to 128 channels with 3×5 kernels?", 64, 128, 3, 5)
states("Write the 1×1 convolution with `F.linear`", *pointwise)
states("Find the one kernel of shape (1, 3, 3, 3) that does both", *both.shape)
assert straight == 256 * 256 * 3 * 3 and bottleneck == 256 * 64 + 64 * 64 * 3 * 3 + 64 * 256
states(
    "A 3×3 convolution leads from 256 channels to 256. Instead, go to 64 channels by a 1×1 "
    "convolution, stay at 64 by a 3×3, and come back by another 1×1.",
    *(3, 3, 256, 256, 64, *pointwise, 64, 3, 3, *pointwise),
)
states("can be undone by another 1×1 convolution", *pointwise)
states("where 1×1 convolutions come from", *pointwise)
