"""What the page on padding and stride states."""

first, last = sides[0], sides[-1]
five = nn.Conv2d(1, 1, kernel_size=5).kernel_size
states(
    "Send an image of 240×240 pixels through ten layers with 5×5 kernels, and 200×200 are left",
    *(first, first, *five, last, last),
)
states(
    "A 5×5 window has 240 − 5 + 1 = 236 positions along a side of 240, so each layer costs 4 rows "
    "and 4 columns.",
    *(*five, first, five[0], 1, sides[1], first, *(sides[i] - sides[i + 1] for i in (0, 1))),
)
states("After ten, 31 % of the pixels are gone.", 100 * (1 - last**2 / first**2))
assert (reads[0, 0], reads[2, 2]) == (1, 9)


def of_lab(stride, padding):
    return F.conv2d(X[None], K[None, None], stride=stride, padding=padding)[0]


assert of_lab(1, 0).numel() == 4 and of_lab(1, 1).numel() == 16
assert torch.equal(of_lab(2, 1), of_lab(1, 1)[::2, ::2])
states("[With a padding of 0](#frame?padding=0)", 0)
states("[with 1](#frame?padding=1) sixteen, and", frame.padding[0])
states("[with a stride of 2](#frame?stride=2)", 2)
assert of_lab(2, 1).numel() == 4
states(
    "in the first lab 3 + 2·1 − 2 + 1 = 4 along each axis",
    *(X.shape[0], 2, frame.padding[0], K.shape[0], 1, of_lab(1, 1).shape[0]),
)

three_rows = torch.tensor([[1.0, -1, 0, 2, 0], [-1, -2, 2, 3, 1], [1, 2, -2, 1, 0]])
theirs = torch.tensor([[-1.0, 1, 2], [1, -1, 3], [0, -1, -2]])
edge = F.conv2d(three_rows[None], theirs[None, None], padding=1)[0]
states(
    "the lab gives the same, 1 and 0, in rows of 5 + 2·1 − 3 + 1 = 5.",
    *(*edge[0, :2], 5, 2, 1, 3, 1, edge.shape[1]),
)

assert sides_of(9, kernel_size=3, padding=1) == sides_of(9, kernel_size=5, padding=2) == (9, 9)
states("That is 1 for 3×3 and 2 for 5×5; for", (3 - 1) / 2, 3, 3, (5 - 1) / 2, 5, 5)
assert sides_of(8, kernel_size=(5, 3), padding=(2, 1)) == (8, 8)
states(
    "5 rows and 3 columns it is 2 rows above and below, and 1 column left",
    *(5, 3, (5 - 1) / 2, (3 - 1) / 2),
)
assert torch.equal(front[1:], end[:-1])
both = 2 * -(-(4 - 1) // 2)
states(
    "For a kernel of 4 that is 2 and 2 instead of 2 and 1, and 8 cells become 8 + 4 − 4 + 1 = 9.",
    *(4, both / 2, both / 2, -(-3 // 2), 3 // 2, 8, 8, both, 4, 1, stops_along(8 + both, 4)),
)
exchanged = stops_along(8 + (3 - 1), 5), stops_along(8 + (5 - 1), 3)
states(
    "for a kernel of 5 rows and 3 columns it pads 1 row and 2 columns on each side, and 8×8 "
    "becomes 6×10.",
    *(5, 3, (3 - 1) / 2, (5 - 1) / 2, 8, 8, *exchanged),
)
assert sides_of(8, kernel_size=3, padding=1) == (8, 8)
states('At stride 1 it is `padding="same"`; with a stride', 1)

states("here it moves 3 rows down and 2 columns right.", *strided.stride)
assert of_lab(1, 1).numel() == 16
states("Four of the sixteen stops remain, with 0, 8, 6 and 8.", *strided.output.flatten())
windows = F.unfold(X[None, None], 2, padding=1, stride=(3, 2))[0]
states(
    "[The second](#strided?picked=output,0,1) is 0·0 + 0·1 + 1·2 + 2·3 = 8.",
    *torch.stack([windows[:, 1], K.flatten()], 1).flatten(),
    strided.output[0, 1],
)
states("every second column of what stride 1 gives.", 1)
around = torch.zeros(1, 5, 5, requires_grad=True)
F.conv2d(around, torch.ones(1, 1, 2, 2), stride=(3, 2)).sum().backward()
unread = around.grad[0] == 0
assert unread[2].all() and unread[:, 4].all() and not unread[:2, :4].any()
states("The middle row, 3 4 5, lies *between*", *X[1])
states("the window is 2 rows high and moves by 3, so", K.shape[0], strided.stride[0])
assert sides_of(3, kernel_size=2, stride=3) == (1, 1) and 3 * 3 - K.numel() > K.numel()
states("[Without padding and with a stride of 3]", 3)

fits, room = stops_along(8, 3, 2, 1), 8 + 2 * 1 - 3
assert fits == 4 and sides_of(8, kernel_size=3, stride=2, padding=1) == (4, 4)
states(
    "In Figure 2 that is ⌊(8 + 2·1 − 3)/2⌋ + 1 = 3 + 1 = 4.",
    *(2, 8, 2, 1, 3, 2, 1, room // 2, 1, fits),
)
for n, k, padding, stride in (
    (8, (3, 3), (1, 1), (1, 1)),
    (8, (3, 3), (1, 1), (2, 2)),
    (8, (3, 5), (0, 1), (3, 4)),
    (8, (3, 5), (0, 0), (3, 4)),
    (5, (3, 3), (0, 0), (2, 2)),
    (6, (3, 3), (0, 0), (2, 2)),
):
    size = sides_of(n, kernel_size=k, padding=padding, stride=stride)
    p, s = (sorted(set(pair)) for pair in (padding, stride))
    states(
        f"| {n}×{n} | {k[0]}×{k[1]} | {' and '.join(map(str, p))} | {' and '.join(map(str, s))} | "
        f"{size[0]}×{size[1]} |",
        *(n, n, *k, *p, *s, *size),
    )
assert sides_of(5, kernel_size=3, padding=1) == (5, 5)
for n, s in ((8, 2), (9, 2), (9, 3), (10, 3)):
    assert sides_of(n, kernel_size=3, padding=1, stride=s)[0] == -(-n // s)
states("If the padding would keep the size at stride 1,", 1)
states("Kernel 3, padding 1 and stride 2 halve each side", 3, 1, 2)
states("the sixth row of the 6×6 image", *six.shape)
x = six.float()[None].requires_grad_()
F.conv2d(x, torch.ones(1, 1, 3, 3), stride=2).sum().backward()
states("That is 11 of 36 pixels; PyTorch does not", (x.grad == 0).sum(), x.numel())
states("[A padding of 1](#floor?padding=1)", 1)
states("and the output becomes 3×3.", *sides_of(6, kernel_size=3, stride=2, padding=1))
states("[a dilation of 2](#floor?stride=1&dilation=2)", 2)
states("a kernel of 3 spans 5 cells", 3, 2 * (3 - 1) + 1)


def sampled(period, shift=0, method="stride"):
    return SubsampleLab(period=period, shift=shift, method=method).output


def repeats(y, after):
    return torch.equal(y[after:], y[:-after]) and any(
        not torch.equal(y[i:], y[:-i]) for i in range(1, after)
    )


states("A stride of 2 keeps every second pixel", stripes.stride)
assert sampled(6)[:3].tolist() == [0, 0, 1] and sampled(6, 1)[1:4].tolist() == [0, 1, 1]
assert torch.equal(sampled(6, 2)[1:], sampled(6)[:-1])
states("[Move the stripes by 2](#stripes?shift=2), and the output moves by 1.", 2, 1)
assert SubsampleLab(period=6, shift=1, method="stride").apart == 1
states("[Move them by 1](#stripes?shift=1)", 1)
assert SubsampleLab(period=6, shift=1, method="stride", stride=1).apart == 0
states("At stride 1 a convolution is **equivariant**", 1)
assert sampled(2).tolist() == [0] * 12 and sampled(2, 1).tolist() == [1] * 12
states("and a stride of 2 sees only the dark ones", stripes.stride)
assert repeats(sampled(3), 3)
states("[With a period of 3](#stripes?period=3) it has stripes again, one every 3 outputs.", 3, 3)
states("That is every 6 pixels of the image", 3 * stripes.stride)
grey = [sampled(2, shift, "blur") for shift in (0, 1)]
assert all(torch.equal(y, torch.full((12,), 0.5)) for y in grey)
states("[stripes of period 2 under a blur, moved by 1]", 2, 1)
states("unless that is 1×1.", 1, 1)
alias = (rings[::2, ::2] - blurred[::2, ::2])[28:36, :8].abs().max()  # around the left edge
assert alias > 0.4


def fields(*strides):
    return FieldLab(kernels=(3, 3, 3), strides=strides).field


states(
    "Three layers with kernels of 3: one output sees 1 + 2 + 2 + 2 = 7 inputs.",
    *(3, 1, 2, 2, 2, fields(1, 1, 1).size),
)
states("[With a stride of 2 in the first layer]", 2)
states(
    "see 1 + 2 + 2·2 + 2·2 = 11, because neighbouring outputs of that layer lie 2 inputs apart",
    *(1, 2, 2, 2, 2, 2, fields(2, 1, 1).size, fields(2, 1, 1).jump),
)
states("[With a stride of 2 in each layer]", 2)
states(
    "it is 1 + 2 + 4 + 8 = 15, and neighbours are 8 apart.",
    *(1, 2, 4, 8, fields(2, 2, 2).size, fields(2, 2, 2).jump),
)
assert fields(1, 1, 2).size == fields(1, 1, 1).size
assert sides_of(8, kernel_size=3, padding=1, stride=2)[0] ** 2 * 4 == 8**2
states("a stride of 2 leaves a quarter of the outputs", 2)

rows = BorderLab(size=4, padding=3).output
states(
    "position −1 copies cell 1, [position −2](#border?at=-2) cell 2.",
    *(-1, rows["reflect"][2] - 1, -2, rows["reflect"][1] - 1),
)
assert BorderLab(4, 4).output["reflect"] is None and BorderLab(4, 5).output["circular"] is None
assert BorderLab(4, 4).output["circular"] is not None
states("[With a padding of 4](#border?padding=4&at=-4)", 4)
states("[with 5](#border?padding=5&at=-5) so does", 5)
states("blur it with a 15×15 average", *box.shape[2:])
rim = torch.ones(128, 128, dtype=torch.bool)
rim[7:-7, 7:-7] = False
misses = {name: (piece - right).abs().mean(0) for name, piece in pieces.items()}
assert all(miss[~rim].max() < 1e-5 for miss in misses.values())
wrong = {name: miss[rim].mean().item() for name, miss in misses.items()}
order = sorted(wrong, key=wrong.get, reverse=True)
states("| " + " | ".join(f"{wrong[name]:.3f}" for name in order) + " |", *(wrong[n] for n in order))
states("| " + " | ".join(order) + " |")
assert box.shape[-1] // 2 == 7
states("A 15×15 window reaches 7 pixels to each side", *box.shape[2:], 7)
states("spoils a strip of 7 pixels", 7)
states("where brightness runs from 0 to 1:", torch.zeros(1), torch.ones(1))
assert_close(ones[0, :2], torch.tensor([4 / 9, 6 / 9]))

states("is $p = (k-1)/2$ at stride 1, for odd kernels.", 1, 2, 1)
outcome = stops_along(32, 7, s=2, p=3)
states(
    "**1. By hand.** A 7×7 kernel slides over a 32×32 image with stride 2 and padding 3.",
    *(7, 7, 32, 32, 2, 3),
)
states(
    "The padded image has 32 + 2·3 = 38 rows, so 38 − 7 = 31 are left after the first window: 15 "
    "steps, 16 stops, 16×16 outputs.",
    *(32, 2, 3, 32 + 2 * 3, 38, 7, 38 - 7, outcome - 1, outcome, outcome, outcome),
)
states(
    "begins in row 30 and ends in row 36. No window reads row 37, the last",
    *(2 * (outcome - 1), 2 * (outcome - 1) + 7 - 1, 38 - 1),
)
states("Two 3×3 layers with `padding=1` keep the size; so do", 3, 3, 1)
states("on an image padded by 2 beforehand", 2)
assert kept == [max(9 - 2 * layer, 0) ** 2 for layer in range(1, 6)] and kept[-2:] == [1, 0]
states("for $n = 9$ after five layers", y.shape[-1])
