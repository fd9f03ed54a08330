"""What the page on gradients states."""

from book_utils.explorables.parts.bundled_digits import TEST, TRAIN

products = [float(d * x) for d, x in zip(D.flatten(), X[:2, :2].flatten(), strict=True)]
assert products == [0, 1, 3, 4]
pairs = [n for x in X[:2, :2].flatten() for n in (1, x)]
states(
    "In the lab every δ is 1, as if the loss were the sum of the outputs. Then the weight gets "
    "1·0 + 1·1 + 1·3 + 1·4 = 8.",
    *(D[0, 0], *pairs, dW[0, 0]),
)
states("Raise the weight by 1 and", (raised - K).max())
before, after = corr2d(X, K).sum(), corr2d(X, raised).sum()
states("From 124 to 132: 8 more.", before, after, after - before)
states("1, 2, 4 and 5, which makes 12.", *X[:2, 1:].flatten(), dW[0, 1])
last = torch.tensor([[0.0, 0], [0, 1]])
alone = corr2d(X, last)
assert torch.equal(alone, X[1:, 1:])
states("set the other δ to 0. What is dW now? It is 4, 5, 7, 8:", 0, *alone.flatten())
assert first.bias_gradient == D.sum() == 4
states("as if it met a pixel that is always 1.", 1)
states("in the lab, db = Σ δ = 4 at the top right.", D.sum())

states("so that δ is no longer 1 everywhere:", D[0, 0])
states("LeNet has 61,706 weights: 123,412 forward passes for a single step.", weights, 2 * weights)

states(
    "in the first window it lies at the bottom right, under 3, in the last at the top left, under "
    "0. Its gradient is 1·3 + 1·2 + 1·1 + 1·0 = 6.",
    *(K[1, 1], K[0, 0]),
    *(n for w in K.flip(0, 1).flatten() for n in (1, w)),
    dX[1, 1],
)
states("in the corners of the δ cells: ×3, ×2, ×1, ×0.", *K.flip(0, 1).flatten())
states("The δ beyond the edge count as 0,", framed[0, 0])
states("the kernel turned by 180°. `conv2d_full` sees", 180)
states("[With a padding of 1](#pixels?padding=1&picked=dx,-1,1)", 1)

states("With a stride of 2, neighbouring", 2)
states("[Drag *Stride* to 2](#apart?stride=2)", 2)
few, many = output_size(5, 3, 2, 0), output_size(5, 3, 1, 0)
assert insert_zeros(torch.ones(few, few), 2).shape == (many, many)
states("so fewer δ: 2×2 in place of 3×3.", few, few, many, many)
wide = torch.ones(6, 6)
edge = corr2d_backward(wide, torch.ones(3, 3), D, stride=2)[0]
assert edge[5].abs().sum() == edge[:, 5].abs().sum() == 0
assert corr2d(wide, insert_zeros(D, 2)).shape == (4, 4)
states("[Try 6×6 pixels](#apart?input=6x6&stride=2&picked=dx,5,5)", *wide.shape)
states("as on 5×5, and never reads the last row and column. Their dX is 0,", 5, 5, edge[5, 5])
states("[with a dilation of 2](#apart?dilation=2&picked=output,0,0)", 2)

states(
    "Write a 4×4 input as a list of 16 pixels, row after row, and the four outputs of a 3×3 kernel "
    "as a list of 4:",
    *(4, 4, W.shape[1], *kernel.shape, W.shape[0]),
)
states("with a 4×16 matrix.", *W.shape)
states("an image with a 1 in the first pixel and 0 elsewhere", 1, 0)
states("From 4 numbers to 16:", *W.shape)
states("picture of 224×224 pixels and one 3×3 kernel, count:", n_in**0.5, n_in**0.5, 3, 3)
states("Some 2.5 billion entries, 9.9 GB in float32", entries / 1e9, 4 * entries / 1e9)
states("in each row all but nine are 0.", 0)

states(
    "So the winner gets all of δ, and the others get 0:",
    pool2d_backward(spot, D, 2, stride=1)[0, 0],
)
states("gets its share, δ / 4 for a 2×2 window.", 1 / even[0, 0], 2, 2)
assert (F.relu(torch.tensor([-2.0, 0, 5])) > 0).tolist() == [False, False, True]
states("passes δ on where its input was above 0, and gives 0 elsewhere:", 0, 0)
winner = pool2d_backward(spot, D, 2, stride=1)[1, 1]
states("all four windows of a 2×2 pooling at stride 1, and gets all four δ: 4.", 2, 2, 1, winner)
states("the edges a half, and the middle 1:", even[1, 1])
assert (even[0, 0], even[0, 1]) == (0.25, 0.5)
states("whose weights are all 1/4, so", 1, 1 / even[0, 0])

states("four 5×5 kernels, ReLU,", *ours[0].weight.shape[2:])
assert len(ours[0].weight) == 4 and len(held_out) == 1000

states("and what no window reads gets 0.", edge[5, 5])
states(
    "The input is the row 1, 2, 3, 4, the kernel the row 1, −1, and the δ are 1, 0, −1.",
    *row[0],
    *k[0],
    *delta[0],
)
states("Exercises 2 to 5 check", 2, 5)

# The network that learns in the page.


def five(steps, **settings):
    lab = LearningLab(seeds=5, **settings)
    lab.train(steps)
    return lab


good, slow, large = five(150), five(400, rate=0.002), five(40, rate=0.5)
dead = [trouble == "dead" for trouble in large._progress["troubles"]]
first = [5 * next(i for i, share in enumerate(run) if share >= 0.9) for run in good.accuracies]
states(
    "Here 5,874 weights get theirs at every step: four kernels of 5×5, ReLU, 2×2 max pooling",
    sum(p.numel() for p in good.model.parameters()),
    *good.model.conv.kernel_size,
    2,
    2,
)
states("on 1,500 digits that it fetches when you press *Start*, and tests on 500", TRAIN, TEST)
assert all(0.78 < run[10] < 0.9 for run in good.accuracies)  # four in five after 50 steps
states(
    "after 50 steps four in five, and somewhere between step 120 and step 150 it passes 90 %.",
    good._course.tested[10],
    min(first),
    max(first),
    90,
)
assert max(run[-1] for run in slow.accuracies) < min(run[10] for run in good.accuracies)
states("[a learning rate of 0.002]", slow.rate)
states(
    "after 400 steps it is not yet where 0.2 was after 50.",
    len(slow.losses[0]),
    good.rate,
    good._course.tested[10],
)
assert dead.count(True) == 2  # two of five
states("[five networks at a rate of 0.5]", large.rate)
