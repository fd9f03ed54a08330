"""What the page on transposed convolution states."""

side = digits.images.shape[-1]
states("a classifier turns 28×28 pixels into ten numbers", side, side)

by_two = conv_transpose2d(X, K, stride=2)
assert transposed_size(2, 2, stride=2) == len(by_two) == 4
states("Then set [the stride to 2](#first?stride=2):", len(by_two) - len(X))
states("The input is 0, 1, 2, 3, and so is the kernel.", *X.flatten())
states(
    "The input 3, at the bottom right, stamps $3 \\cdot (0, 1, 2, 3)$, which is 0, 3, 6, 9, onto",
    *(X[1, 1], X[1, 1], *K.flatten(), *(X[1, 1] * K).flatten()),
)
states("onto the 2×2 cells at the bottom right of the output.", *K.shape)
whole = conv_transpose2d(X, K)
turned = K.flip(0, 1).flatten()
states(
    "$$ 0 \\cdot 3 + 1 \\cdot 2 + 2 \\cdot 1 + 3 \\cdot 0 = 4 . $$",
    *(number for pair in zip(X.flatten(), turned, strict=True) for number in pair),
    (X.flatten() * turned).sum(),
)
cropped = conv_transpose2d(X, K, padding=1)
assert cropped.tolist() == [[whole[1, 1]]]
states("[With a padding of 1](#first?padding=1), only the 4 in the middle is left.", 1, cropped)

assert insert_zeros(X, 2)[::2, ::2].equal(X)
states("In the next lab the inputs lie 2 apart", zeros.stride[0])
states("slides, with stride 1, the flipped kernel (turned by 180°)", 1, 180)
spread, padded = insert_zeros(X, 2), F.pad(insert_zeros(X, 2), (2, 2, 2, 2))
states(
    "go from 2 to 3 (one zero inserted), to 7 (two zeros on each side), to 5 (a 3×3 window with "
    "stride 1 has five stops)",
    *(len(X), len(spread), len(padded), len(corr2d_taps(padded, K3)), *K3.shape, 1),
)
states(
    "Gathering multiplies $25 \\cdot 9 = 225$ times here, mostly by an inserted 0.",
    *(Y.numel(), K3.numel(), Y.numel() * K3.numel(), padded[0, 0]),
)
states(
    "Stamping multiplies $4 \\cdot 9 = 36$ times, exactly as often as the convolution from 5×5 to "
    "2×2.",
    *(X.numel(), K3.numel(), X.numel() * K3.numel(), *Y.shape),
    *F.conv2d(Y[None, None], K3[None, None], stride=2).shape[2:],
)

n = image.numel()
states(
    "Unroll a 4×4 image into a column of 16 numbers; a 3×3 kernel makes a column of 4 of it, by a "
    "matrix $C$ of 4 rows and 16 columns,",
    *(*image.shape[2:], n, *W.shape, len(C), *C.shape),
)
assert (C != 0).sum(1).tolist() == [9] * 4
states("$C^\\top$, of 16 rows and 4 columns, makes 16 numbers of 4.", *C.T.shape, *C.T.shape)

states(
    "Take the numbers 1 to 25 as a 5×5 image, convolve them with stride 2,",
    *(five[0, 0], five[-1, -1], *five.shape, back.stride[0]),
)
states(
    "The shape is 5×5 again; the image began with 1, 2, 3, and this begins with 67, −134, 278.",
    *(*up.shape, *five[0, :3], *up[0, :3]),
)
states("25 numbers were squeezed into 4.", five.numel(), down.numel())
assert not torch.equal(C @ C.T, torch.eye(4))
states("With 4 rows and 16 columns $C$ has no inverse.", *C.shape)
assert_close(F.conv2d(image.detach(), W[None, None])[0, 0], small)
states(
    "did the same for the numbers 1 to 16 and stride 1: what begins with 1, 2, 3, 4 comes back as "
    "56, −51, 46, 183.",
    *(1, image.numel(), 1, *five.flatten()[:4], *stamped[0]),
)

bigger = F.conv2d(torch.arange(36.0).reshape(1, 1, 6, 6), W[None, None], stride=2)
states("Now convolve a 6×6 image with the same settings.", *six.shape)
states("and 2×2 numbers come out, as from 5×5.", *bigger.shape[2:], *five.shape)
at_one = F.conv2d(torch.zeros(1, 1, 6, 6), W[None, None])
states(
    '(A set of lecture notes prints "stride 1" beside this example; '
    "with stride 1 it would be 4×4.)",
    *(1, 1, *at_one.shape[2:]),
)
states(
    "[With an output padding of 1](#back?output_padding=1) the output has 6×6 cells.", a, *six.shape
)
states("Look at its last row and column: all 0.", six[-1].abs().max() + six[:, -1].abs().max())
assert conv_transpose2d(down, W, stride=2, padding=1, output_padding=1)[-1].any()
states("with a padding of 1, the output padding crops less", 1)
halved = nn.Conv2d(1, 1, 3, stride=2, padding=1)
sevens = [halved(torch.zeros(1, 1, rows, rows)).shape[-1] for rows in (14, 13)]
assert sevens == [7, 7]
states("takes 14 rows to 7, and 13 as well.", 14, sevens[0], 13)
states("`nn.Conv2d(…, 3, stride=2, padding=1)`", 3, *halved.stride[:1], *halved.padding[:1])
states(
    "To come back to 14, its partner needs `output_padding=1`.",
    *(14, output_padding_for(14, 3, stride=2, padding=1)),
)
assert [transposed_size(rows, 4, stride=2, padding=1) for rows in (7, 9)] == [14, 18]
states("A kernel of 4 with padding 1 doubles sizes without it.", 4, 1)

states(
    "with $n = 2$, $k = 3$ and stride 1 that is $(2 - 1) \\cdot 1 + 3 = 4$, PyTorch's answer;",
    *(2, 3, 1, 2, 1, 1, 3, transposed_size(2, 3)),
)
states("so 2 rows become 6 at stride 3.", 2, transposed_size(2, 3, stride=3), 3)
for k, s, p, extra in ((4, 2, 1, 0), (3, 2, 1, 1)):
    assert transposed_size(7, k, stride=s, padding=p, output_padding=extra) == 7 * s
states(
    "kernel 4, stride 2, padding 1. With kernel 3 and stride 2, padding 1 and output padding 1",
    *(4, 2, 1, 3, 2, 1, 1),
)
row, taps = torch.rand(1, 1, 7), torch.rand(1, 1, 3)
whole = nn.functional.conv_transpose1d(row, taps, stride=2)  # SAME takes its last number off
early = nn.functional.conv_transpose1d(row, taps, stride=2, padding=1, output_padding=1)
assert torch.allclose(early, whole[..., 1:])
weights = nn.ConvTranspose2d(5, 7, 4).weight
keras = torch.empty(4, 4, 7, 5)
assert keras.permute(3, 2, 0, 1).shape == weights.shape
states("Transpose them with `permute(3, 2, 0, 1)`,", 3, 2, 0, 1)

states(
    "With a kernel of 3 and a stride of 2, stamps overlap by a single row. Along each axis the "
    "counts go 1, 1, 2, 1, 2, …",
    *(3, overlap.stride[0], *table[3, 2][:5]),
)
assert sorted(set(counts[2:-2, 2:-2].flatten().tolist())) == [1, 2, 4]
states("one output in four is the sum of 4 stamps, its neighbours of 2 or 1.", counts.max(), 2, 1)
assert set(table[4, 2][2:-2]) == {2}
states(
    "[With a kernel of 4](#overlap?kernel=4x4) all inner outputs are reached by 4 stamps, because "
    "4 is a multiple of 2.",
    *(4, table[4, 2][2] ** 2, 4, 2),
)
assert 0 in overlap_counts(5, 2, stride=3)
states("[A kernel of 2 with a stride of 3](#overlap?kernel=2x2&stride=3)", 2, 3)
states(
    "`nn.Upsample(scale_factor=2)`, and let an ordinary 3×3 convolution go over it",
    *(networks["resize"][1][3][0].scale_factor, *networks["resize"][1][3][1].kernel_size),
)

states("each with stride 2, turn 4×4 maps into a picture of 64×64", 2, 4, 4, 4 * 2**4, 4 * 2**4)
encoder = networks["kernel 3"][0]
sides = [encoder[:i](digits.images[:1]).shape[-1] for i in (1, 3)]
states(
    "Ours takes a digit of 28×28 to 14×14, to 7×7, to a code of 16 numbers;",
    *(side, side, sides[0], sides[0], sides[1], sides[1], encoder[-1].out_features),
)
states("with the same 4,000 digits and the same steps", len(digits.images))
states("A checkerboard of step 2 makes one brighter", 2)
