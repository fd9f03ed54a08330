"""What the page on LeNet states."""

from book_utils import chapters, records

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "lenet")
exercises = 4
states("An image of a digit is 784 numbers.", lab.input.numel())
states("Allow 33 minutes, and another 12 for the exercises.", page.minutes, 3 * exercises)

shape = {row.name: row.output_shape for row in table}
sides = [shape[f"features.{i}"][1] for i in (0, 2, 3, 5)]
states("A 3×3 window has 26 stops on 28 pixels.", 3, 3, sides[0], 28)
states("Pooling leaves half of them, 13.", sides[1])
states("The second convolution leaves 11, and pooling 5;", sides[2], sides[3])
states(
    "So 16 maps of 5×5, together 400 numbers, reach the dense half.",
    *shape["features.5"],
    *shape["dense.0"],
)
conv1, conv2 = net.features[0].weight, net.features[3].weight
states(
    "| convolution 1, 6 kernels | 6×26×26 | "
    "[a sum of 9 products and a bias](#lenet?picked=features.0,2,19,15&level=unit) | "
    "| ReLU | 6×26×26 |",
    *(1, len(conv1), *shape["features.0"], conv1[0].numel(), *shape["features.1"]),
)
assert lab.activations["features.0"][2, 19, 15] > 0 > lab.activations["features.0"][2, 21, 15]
states(
    "[the same number, or 0](#lenet?picked=features.1,2,21,15&level=unit) | | max pooling 2×2 | "
    "6×13×13 | [the largest of 4](#lenet?picked=features.2,2,9,7&level=unit) |",
    *(lab.activations["features.1"][2, 21, 15], 2, 2, *shape["features.2"], 2 * 2),
)
states(
    "| convolution 2, 16 kernels | 16×11×11 | "
    "[54 products, 9 from each of 6 maps, and a bias](#lenet?picked=features.3,6,1,8&level=unit) |",
    *(2, len(conv2), *shape["features.3"], conv2[0].numel(), conv2[0, 0].numel(), len(conv2[0])),
)
states(
    "| ReLU, max pooling | 16×5×5 | the largest of 4, or 0 | | flatten | 400 |",
    *(*shape["features.5"], 2 * 2, 0, *shape["dense.0"]),
)
wide = [net.dense[i].in_features for i in (1, 3, 5)]
states(
    "| dense 1, ReLU | 120 | [a sum of 400 products and a bias](#lenet?picked=dense.1,0&"
    "level=unit) | | dense 2, ReLU | 84 | a sum of 120 products and a bias | | dense 3 | 10 | "
    "[a score: a sum of 84 products and a bias](#lenet?picked=dense.5,0&level=unit) |",
    *(1, *shape["dense.1"], wide[0], 2, *shape["dense.3"], wide[1], 3, *shape["dense.5"], wide[2]),
)

states("then set it to 0 if it is negative.", F.relu(torch.tensor(-1.0)))
states(
    "But ReLU now has 1,014 numbers to work on instead of 4,056.",
    pool_first.numel(),
    lab.activations["features.0"].numel(),
)
four = torch.tensor([3.0, -1, -1, -1])
states(
    "Take the window 3, −1, −1, −1: ReLU first leaves a mean of 0.75, pooling first leaves 0.",
    *(*four, F.relu(four).mean(), F.relu(four.mean())),
)

c, n = 8, 16
assert 9 * c**2 * n**2 == 9 * (2 * c) ** 2 * (n // 2) ** 2
numbers = [torch.zeros(shape[f"features.{i}"]).numel() for i in (0, 3, 5)]
states(
    "4,056 after the first convolution, 1,936 after the second, 400 in the end.",
    *numbers,
)
states("Without pooling, 16 maps of 24×24 would reach", 16, 28 - 2 - 2, 28 - 2 - 2)
assert 16 * 24 * 24 * 120 > 1_000_000
states("Run 1,000 digits that it was not", len(held_out))
recorded = records.load("digits")
dead = [run["dead_maps"] for run in recorded.runs]
assert len(dead) == 10 and sum(map(bool, dead)) == 2 and max(dead) == 1
assert all(((lab.model.features[:k](held_out.images) > 0).sum((0, 2, 3)) > 0).all() for k in (2, 5))
assert dead_units == 1
states(
    "of its 120 units in the first dense layer, one is never above 0.",
    units.shape[1],
    units.max(0).values.min(),
)

states(
    "Of the network's 60,074 parameters, 80 % are in the first dense layer.",
    sum(parameters),
    100 * parameters[2] / sum(parameters),
)
states(
    "Of its 199,968 multiply-adds, 71 % are in the two convolutions",
    sum(work),
    100 * sum(work[:2]) / sum(work),
)
states(
    "[for a batch of 64](#ledger?batch=64&picked=0) they take 64 times as much",
    64,
    64,
)
states("An output of the first convolution sees 3 pixels.", field([(3, 1)]))
states(
    "Its neighbour sees 3 as well, 1 further on, so a pooled pair sees 4.",
    field([(3, 1)]),
    1,
    field([(3, 1), (2, 2)]),
)
states(
    "Pooled outputs lie 2 pixels apart, so the next window of three reaches over 4 + 2·2 = 8, and",
    2,
    field([(3, 1), (2, 2)]),
    2,
    2,
    field([(3, 1), (2, 2), (3, 1)]),
)
rows = (held_out.images[:, 0] > 0).any(2).sum(1).float()  # (1000,): how high each digit is
states("A digit is about 20 pixels high", rows.mean().round())

counted = classic.output
reach = [(5, 1), (2, 2), (5, 1), (2, 2)]
states("keeps the original's 5×5 windows", *LeNet().features[0].kernel_size)
states("with ReLU, max pooling and 3×3 windows.", *net.features[0].kernel_size)
theirs = [row.output_shape[1] for row in counted if row.kind.endswith(("Conv2d", "Pool2d"))]
assert theirs == [28, 14, 10, 5]
states(
    "| input | 28×28 | 28×28, padded by 2 | 32×32 | | sides of the maps | 26, 13, 11, 5 | 28, 14, "
    "10, 5 | 28, 14, 10, 5 | | windows | 3×3 | 5×5 | 5×5 |",
    *(28, 28, 28, 28, *LeNet().features[0].padding[:1], cited(32), cited(32)),
    *(*sides, *theirs, *map(cited, theirs), 3, 3, 5, 5, cited(5), cited(5)),
)
states("and the last pooling over 8 + 1·2 = 10.", 8, 1, 2, field([(3, 1), (2, 2), (3, 1), (2, 2)]))
states(
    "| parameters | 60,074 | 61,706 | 60,000 | | multiply-adds | 199,968 | 416,520 | "
    "not stated | | field before the dense half | 10×10 | 16×16 | 16×16 |",
    *(ledger.output.parameters, counted.parameters, sum(original)),
    *(ledger.output.multiply_adds, counted.multiply_adds),
    *(*ledger.output[5].receptive_field, *counted[5].receptive_field, field(reach), field(reach)),
)
states(
    "Each of their outputs is now a sum of 25 products for each map in place of 9: their work "
    "grows from 141,048 to 357,600 multiply-adds",
    LeNet().features[3].weight[0, 0].numel(),
    net.features[3].weight[0, 0].numel(),
    *(
        sum(row.multiply_adds for row in table if row.kind.endswith("Conv2d"))
        for table in (ledger.output, counted)
    ),  # fmt: skip
)
convolutions = [counted[i].parameters - ledger.output[i].parameters for i in (0, 3)]
assert sum(convolutions) == counted.parameters - ledger.output.parameters
states(
    "This network's 1,632 extra parameters are all in the two convolutions: "
    "[the second alone](#classic?picked=3) has 2,416.",
    sum(convolutions),
    counted[3].parameters,
)
states("Do you believe the field of 16?", field(reach))
assert (c3 - 16) / 25 == 60 == 6 * 3 + 9 * 4 + 6
states("Not all of the 16 maps of its second", cited(16))
states("Each compared the 84 numbers with a fixed drawing of its digit, 7×12 pixels", 7 * 12, 7, 12)
states("exactly the 60,000 that the paper states.", sum(original))
states("Its test error on MNIST was 0.95 %, or 0.8 % when", cited(0.95), cited(0.8))

shipped = recorded.shipped["digit_lenet"]
right = (lab.model(held_out.images).argmax(1) == held_out.labels).sum()
assert right == 1000 * shipped["accuracy_sample"]
states(
    "learned from 3,600 digits of the MNIST set, turned, moved and thickened at random, and is "
    "right on 983 of 1,000 others.",
    recorded.n_train,
    right,
    len(held_out),
)
states(
    "An H is “4: 100.0 %”, a T a 7, an L a 6. [The score of the 4]",
    *(p[0].argmax(), 100 * p[0].max(), p[1].argmax(), p[2].argmax(), p[0].argmax()),
)
states("look more like a 4 than", p[0].argmax())
assert p[2].max() > 0.99 and p[0].max() > p[2].max()
states("The ten probabilities always add up to 1, so one digit", p[0].sum())
states("- Ten probabilities that add up to 1 compare ten answers", p[0].sum())

states("Exercise 3 checks itself", 3)
without = LeNet()
without.features[0], without.dense[1] = nn.Conv2d(1, 6, 5), nn.Linear(256, 120)
less = layer_table(without, (1, 28, 28))
states(
    "The sides are 28, 24, 12, 8 and 4, so 16·4·4 = 256 numbers reach the dense half, and its "
    "first layer must be `nn.Linear(256, 120)`. It loses 144·120 weights: 44,426 parameters are "
    "left.",
    *(28, *(less[i].output_shape[1] for i in (0, 2, 3, 5)), *less[5].output_shape),
    *(*less[6].output_shape, 256, 120, 400 - 256, 120, less.parameters),
)
states(
    "Show that 32×32 pixels without padding lead to the same shapes as 28×28 with a padding of 2.",
    *(32, 32, 28, 28, 2),
)
states("A padding of 2 makes 32×32 of 28×28", 2, 28 + 2 * 2, 28 + 2 * 2, 28, 28)
states("give the first convolution a stride of 2 instead.", strided.features[0].stride[0])
stride = layer_table(strided, (1, 28, 28))
states("The maps are 13×13 either way", *stride[2].output_shape[1:])
states(
    "The convolution's work falls to a quarter, 9,126 multiply-adds instead of 36,504.",
    stride[0].multiply_adds,
    table[0].multiply_adds,
)
