"""What the page on grouped, depthwise and separable convolution states."""

states(
    "A convolution from 256 channels to 256, with 3×3 kernels, has 589,824 weights:",
    *(256, 256, 3, 3, conv_weights(256, 256, 3)),
)
kept = separable_weights(256, 256, 3)
states("keep about a ninth of them, 67,840,", kept)
assert 1 / 9 < kept / conv_weights(256, 256, 3) < 1 / 8.5
whole = conv_weights(3, 4, 3)
states(
    "4·3 kernels of 3·3 weights, 108 in all.",
    *(first.channels_out, first.channels_in, first.kernel, first.kernel, first.weights),
)
first.family = "separable"
states("Two blocks are left, with 39 weights,", first.weights)

states(
    "gives each input channel a 3×3 kernel of its own and adds nothing up. Three channels in, "
    "three maps out: 3·3·3 = 27 weights.",
    *(*around.kernel_size, around.in_channels, *around.kernel_size, around.weight.numel()),
)
states(
    "A **pointwise convolution**, 1×1, then mixes the channels, pixel by pixel. Three maps in, "
    "four out: 3·4 = 12 weights.",
    *(*across.kernel_size, across.in_channels, across.out_channels, across.weight.numel()),
)
states(
    "27 + 12 = 39 weights instead of 108, a little over a third.",
    *(depthwise, pointwise, separable_weights(3, 4, 3), whole),
)
assert 1 / 3 < separable_weights(3, 4, 3) / whole < 0.4
states("for the second part; 1·1·3·4 is 12", *across.kernel_size, 3, 4, pointwise)
states(
    "Here that is 1/4 + 1/9 = 0.361. In a real network $c_o$ is in the hundreds, and 1/9 is what",
    *(1, across.out_channels, 1, first.kernel**2, separable_weights(3, 4, 3) / whole),
    *(1, first.kernel**2),
)
first.channels_out = 1
states("30 weights instead of 27.", first.weights, conv_weights(3, 1, 3))
states("edges in channel 0,", 0)
states("Rank 1 means that all rows are multiples of one row.", ranks[1])
assert ranks[0] == 4  # “four patterns”

first_groups = SeparableLab(family="grouped", channels_in=8, channels_out=8)
states("Here are 8 channels in two groups.", groups.channels_in)
states("Set [4 groups](#groups?groups=4), then [8 groups](#groups?groups=8),", 4, 8)
first_groups.groups = 4
states(
    "For 4 groups that is 576/4 = 144.",
    *(4, conv_weights(8, 8, 3), 4, first_groups.weights),
)
first_groups.groups = 8
assert first_groups.sees.equal(torch.eye(8).bool())
states("From 3 to 4 channels only one group will do:", 3, 4)

states("Output 0 sees the inputs of its own group,", 0)
dealt.shuffle = True
states("between the layers, and output 0 sees all 8.", 0, dealt.sees[0].sum())
dealt.groups = 4
states(
    "[With 4 groups](#dealt?groups=4&shuffle=true), a group has only two channels, so it meets two "
    "groups, and output 0 sees 4 of the 8 inputs.",
    *(dealt.groups, 0, dealt.sees[0].sum(), 8),
)
assert len(inputs_seen(*[nn.ChannelShuffle(4), grouped(4)] * 3)) == 8  # a third layer

states("with 128 channels of 56×56 pixels on one thread:", c, n, n)
states("8.4 times as many multiply-adds", adds["standard"] / adds["separable"])
assert 1.8 < faster < 5  # “about a third of the time”
states(
    "About 487 multiplications for each number in the standard layer, 62.7 in the pointwise one, "
    "4.5 in the depthwise one.",
    *(busy["standard"], busy["pointwise"], busy["depthwise"]),
)
states(
    "With hardly fewer weights than Inception V3, 22.9 million against 23.6, it classified "
    "79.0 % of the ImageNet images correctly, against 78.2 %",
    *map(cited, (22.9, 23.6, 79.0, 78.2)),
)
states(
    "needs 569 million multiply-adds where its twin of standard convolutions needs 4,866 million, "
    "and gives up about one percent: 70.6 % instead of 71.7 %",
    *map(cited, (569, 4866, 70.6, 71.7)),
)
states("95 % is spent in its 1×1 layers.", cited(95), *across.kernel_size)
states("therefore groups the 1×1 layers too,", *across.kernel_size)
states("Shuffle 6 channels with 3 groups.", len(six), 3)
states("Allow 29 minutes, and another 15 for the exercises.", 29, 3 * 5)
