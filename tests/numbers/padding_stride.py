"""What the page on padding and stride states."""

first, last = sides[0], sides[-1]
eaten = nn.Conv2d(1, 1, kernel_size=5).kernel_size
states(
    "Send a picture of 240×240 pixels through ten layers with 5×5 kernels, and 200×200 come out.",
    *(first, first, *eaten, last, last),
)
states(
    "A 5×5 window has $240 - 5 + 1 = 236$ places along a side of 240, so each layer costs 4 rows "
    "and 4 columns.",
    *(*eaten, first, eaten[0], 1, sides[1], first, *(sides[i] - sides[i + 1] for i in (0, 1))),
)
states("each pixel of a 6×6 picture under a 3×3 kernel", *reads.shape, 3, 3)
states("the gradient of the sum of all outputs, with all weights 1,", reads[0, 0])

framed = F.conv2d(X[None, None], K[None, None], padding=1)[0, 0]
states(
    "Under the same 2×2 kernel as before, the padded 3×3 picture gives not 2×2 but 4×4 numbers; "
    "the old four, 19, 25, 37 and 43, are in the middle.",
    *(*K.shape, *X.shape, *corr2d(X, K).shape, *framed.shape, *framed[1:3, 1:3].flatten()),
)

one = nn.Conv2d(1, 1, 3, padding=1).padding[0]
states(
    "`padding=1` in PyTorch is **per side**: one row above *and* one below. Many derivations, and "
    "we in the next lines, count rows **in total**: 2.",
    *(one, sides_of(8, kernel_size=1, padding=1)[0] - sides_of(8, kernel_size=1)[0]),
)
uneven_kernel, kept = (5, 3), (2, 1)
assert sides_of(8, kernel_size=uneven_kernel, padding=kept) == (8, 8)
states(
    "A kernel of 5 rows and 3 columns takes 2 rows and 1 column on each side.",
    *(*uneven_kernel, *kept),
)
states(
    "In this lab the window moves 3 rows down and 2 columns right; press *Play*", *strided.stride
)
states("Four stops are left of the sixteen: 0, 8, 6 and 8.", *strided.output.flatten())
windows = F.unfold(X[None, None], 2, padding=1, stride=(3, 2))[0]
states("The first window holds three zeros of the frame and the 0 of the picture.", windows[3, 0])
states(
    "The second stands two columns further right, on the frame's zeros and on 1 and 2.",
    *windows[2:, 1],
)
by_stride = {s: corr2d_strided(X, K, stride=s, padding=1) for s in (1, 2)}
assert torch.equal(by_stride[1][::3, ::2], strided.output)
states("every third row and every second column of what stride 1 computes", 1)
states(
    "Stride 2 keeps a quarter of them, at a quarter of the work",
    (by_stride[1].numel() / by_stride[2].numel()) ** 0.5,
)

assert size_per_side(5, 3, 2, 0) == size_per_side(6, 3, 2, 0) == 2
states("A 3×3 window with stride 2 fits twice into 5×5.", 3, 3, floor.stride[0], 5, 5)
states("It also fits only twice into 6×6:", *six.shape)
assert never.sum() == 11
states("Eleven of 36 pixels are lost here;", never.numel())
states(
    "[padding by 1](#floor?padding=1) brings them back, and the output becomes 3×3.",
    *(1, *sides_of(6, kernel_size=3, stride=2, padding=1)),
)

sames = [same_padding(n, 3, 1) for n in (7, 8)]
assert sames == [(1, 1), (1, 1)]
states("At stride 1 that is $k - 1$, PyTorch's rule.", 1, 1)
assert same_padding(7, 3, 2) != same_padding(8, 3, 2)
states("At stride 2 the padding depends on the *size of the input*", same_lab.stride)
states("The input counts 1, 2, 3 …, and all weights are 1.", *eight[0, 0, :3], three[0, 0, 0])
assert same_padding(7, 3, 2) == (1, 1)
states("[Drag *Input n* from 8 to 7](#same?size=7)", same_lab.size, same_lab.size - 1)
states("[set stride 1 and an even kernel](#same?stride=1&kernel=2)", 1)
states(
    "For 8 cells, kernel 3 and stride 2, SAME adds a single cell, behind; `padding=1` adds one on "
    "each side",
    *(same_lab.size, same_lab.kernel, same_lab.stride, same_lab.padding),
)

states(
    "Here a 1×1 kernel with weight 1 copies the padded row",
    *(*np.shape(modes.kernel), modes.kernel[0][0]),
)
states("blur it with a 15×15 average", *box.shape[2:])
states("(Brightness runs from 0 to 1.)", torch.zeros_like(whole).min(), torch.ones(1).max())
states('**"Same"** padding is $k - 1$ in total at stride 1.', 1, 1)

outcome = size_per_side(32, 7, s=2, p=3)
assert outcome == 16
states(
    "**1. By hand.** A 32×32 picture meets a 7×7 kernel with stride 2 and 3 zeros on each side.",
    *(32, 32, 7, 7, 2, 3),
)
assert sides_of(20, kernel_size=3, dilation=4, padding=4) == (20, 20)
states("under a 3×3 kernel with dilation 4, at stride 1? Find", 3, 3, 4, 1)
assert twice.shape == once.shape == (8, 8)
states("Two 3×3 layers, each with `padding=1`, keep the size; so do", *a.shape[2:], 1)
states("without padding on a picture padded by 2 beforehand", 2)
states("through $L$ layers with 3×3 kernels of ninths and `padding=1`", *ninths.shape[2:], 1)
states("After how many layers is none left, if $n$ is 9?", y.shape[-1])
