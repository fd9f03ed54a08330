"""What the page on channels states."""

from book_utils import chapters

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "channels")
exercises = 6
pointwise = nn.Conv2d(3, 64, kernel_size=1).kernel_size
by_channel = [corr2d(X[c], K[c]) for c in (0, 1)]

first_stop, second_stop = ([y[0, j] for y in by_channel] for j in (0, 1))
states(
    "at the first stop 19 + 37 = 56, at [the next](#two?picked=output,0,1) 25 + 47 = 72.",
    *(*first_stop, Y[0, 0], *second_stop, Y[0, 1]),
)
states(
    "[The 5 in the middle of channel 1](<#two?picked=input 1,1,1>) reaches all four outputs, just "
    "like the 4 above it in channel 0.",
    *(X[1, 1, 1], 1, X[0, 1, 1], 0),
)
states("say what a 1×1 convolution can and cannot do", *pointwise)
states("Allow 35 minutes, and another 18 for the exercises.", page.minutes, 3 * exercises)

# The three pixels, as the lab has them.
suit, shuttle, badge = percent[:, 0].T


def mixed(weights):
    return [(torch.tensor(weights) @ pixel).item() for pixel in (suit, shuttle, badge)]


alone = mixed([1.0, 0, 0])
states("the shuttle is redder still, 92 against 82.", alone[1], alone[0])
states("does: 72 for the suit, −2 for the shuttle, −29 for the badge.", *mixed([1.0, 0, -1]))
brightness = mixed([1.0, 1, 1])
states("[weights of 1, 1 and 1](#colour?kernel=1/1/1) only", 1, 1, 1)
states("weights that add up to 0 ignore all greys", sum([1, 0, -1]))
states("and give 119 and 123 (of 300) for orange and blue.", brightness[0], brightness[2], 3 * 100)
states("1, 0 and 0 look only at red.", *red_alone.flatten())

assert edge.shape[1:] == (5, 5) and four.shape[:2] == (4, 3)  # in the captions
partial = torch.stack(list(map(corr2d, torch.tensor(three_in), torch.tensor(slices))))
theirs = [cited(7), cited(-11), cited(-1)], [cited(10), cited(20), cited(20)]
assert [partial[:, 0, stop].tolist() for stop in (0, 1)] == [list(sums) for sums in theirs]
states(
    "the three sums are 7, −11 and −1, together −5; at [the second](#three?picked=output,0,1) "
    "they are 10, 20 and 20, together 50.",
    *(*theirs[0], partial[:, 0, 0].sum(), *theirs[1], partial[:, 0, 1].sum()),
)

states(
    "Press [a number in output 1](#outputs?channel=1&picked=output,0,0), and its kernel comes to "
    "the front: 27 + 49 = 76.",
    *(1, *(y[0, 0] for y in map(corr2d, X, Ks[1])), multi_in_out(X, Ks)[1, 0, 0]),
)
states("So does output channel 1 come from input channel 1? No. [The 5 in", 1, 1, X[1, 1, 1])
states("rows, columns; here (3, 2, 2, 2).", *Ks.shape)
assert "to have 3 channels, but got 1 channels" in message
states("The layer was made for 3 channels, the second", layer.weight.shape[1])
states("was given a grey image, which has 1.", 1)
assert "input[1, 1, 28, 28]" in message and "groups=1" in message
states("The first 1 in the message is the batch", 1)

states(
    "images of 224×224 pixels {cite}`simonyan2014`, has 64·3·3·3 + 64 = 1,792.",
    *(cited(224), cited(224), *first.weight.shape, len(first.bias), parameters),
)
outputs_of_first = first.to("meta")(torch.empty(3, 224, 224, device="meta")).shape[1:]
states("thanks to padding there are 224×224 positions.", *outputs_of_first)
states("That is 87 million **multiply-adds**.", multiply_adds / 1e6)
states("so that is 173 million FLOPs.", 2 * multiply_adds / 1e6)
as_dense = (3 * 224 * 224) * (64 * 224 * 224)
states(
    "483 billion, 280 million times as many as the convolution.",
    *(as_dense / 1e9, as_dense / first.weight.numel() / 1e6),
)
linear = nn.Linear(X.numel(), Ks.shape[0] * 2 * 2, bias=False)
assert linear.weight.numel() == X.numel() * multi_in_out(X, Ks).numel()
states(
    "Two images of 5×5 pixels and four 3×3 kernels, without",
    *(*images.shape[2:], *weights.shape[2:]),
)
shapes = [
    tuple(F.conv2d(images, weights, **setting).shape)
    for setting in ({}, {"padding": 1}, {"padding": 1, "stride": 3})
]
assert shapes == [(2, 4, 3, 3), (2, 4, 5, 5), (2, 4, 2, 2)]
states("with a padding of 1, and with a stride of 3 on top of that:", 1, 3)

states("What can a 1×1 kernel still do?", *pointwise)
states("Its rows add up to 1.351, 1.203 and 0.937.", *map(sum, sepia))
white = small[:, 11, 126]
assert white.tolist() == [1, 1, 1] and (torch.tensor(sepia) @ white > 1).tolist() == [1, 1, 0]
states("Both are **clipped** to 1, and with", 1)
states("[With 0.299, 0.587 and 0.114]", *map(cited, (0.299, 0.587, 0.114)))
states("needs a bias: each new value is 1 minus the old.", 1)
states("the marked pixel, now with 1 as full brightness", small.max())
states("from 3 channels to 3 they are worth no more than nine", *product.shape)
states(
    "uses a 1×1 convolution to reduce the number of channels before each costly 3×3 or 5×5 one",
    *(*pointwise, 3, 3, 5, 5),
)
states("reduce it before a 3×3 convolution and restore it after: exercise 1.", 3, 3, 1)

states("whole numbers from 0 to 255.", 0, 255)
states("A **1×1 convolution** is a dense layer at every pixel", *pointwise)

states("Exercises 1 to 4 check themselves", 1, 4)
states(
    "a 3×3 convolution from 256 channels to 256 with a **bottleneck**: to 64 channels by a 1×1 "
    "convolution, a 3×3 that stays at 64, and back to 256 by another 1×1.",
    *(3, 3, 256, 256, 64, *pointwise, 3, 3, 64, 256, *pointwise),
)
inner = [256 * 64, 64 * 64 * 9, 64 * 256]
states(
    "The straight layer has 256·256·9 = 589,824 weights, the bottleneck 16,384 + 36,864 + 16,384 = "
    "69,632: 8.5 times fewer",
    *(256, 256, 9, straight, *inner, bottleneck, straight / bottleneck),
)
states("no more than 64 channels get through.", 64)
states("Write the 1×1 convolution with `F.linear`", *pointwise)
states("Find the one kernel of shape (1, 3, 3, 3) that does both", *joint.shape)
states(
    "Grey first and then edges takes 3 + 9 = 12 multiply-adds a pixel; all at once takes 27.",
    *(television.numel(), sobel.numel(), television.numel() + sobel.numel(), joint.numel()),
)
states("be undone by another 1×1 convolution", *pointwise)
assert ranks == [3, 3, 1, 3]
states("that is, if its rank is 3.", ranks[0])
states("they have rank 1. Sepia has rank 3, but", ranks[2], ranks[3])
assert torch.linalg.matrix_rank(torch.tensor([[1.0, 0, -1]] * 3)) == 1
assert 10_000 < torch.linalg.cond(sepia_matrix) < 20_000
states("where 1×1 convolutions come from", *pointwise)
