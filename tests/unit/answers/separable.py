"""Answers to the exercises on grouped and separable convolution, right and wrong."""

import numpy as np
import torch

from book_utils.ops import corr2d, corr2d_taps

# ---- right answers ----


def by_groups(c_i, c_o, k, groups):
    return sum((c_o // groups) * (c_i // groups) * k * k for _ in range(groups))


def map_by_map(x, k):
    return torch.stack([corr2d(x_c, k_c) for x_c, k_c in zip(x, k, strict=True)])


def windows(x, k):
    k_h, k_w = k.shape[1:]
    view = np.lib.stride_tricks.sliding_window_view(x.numpy(), (k_h, k_w), axis=(1, 2))
    return np.einsum("cijhw,chw->cij", view, k.numpy())


def hand_of_cards(channels, groups):
    hands = [list(range(channels))[g :: channels // groups] for g in range(channels // groups)]
    return [card for hand in hands for card in hand]


def slice_by_slice(depthwise, pointwise):
    return torch.stack(
        [torch.stack([w * d for w, d in zip(p, depthwise, strict=True)]) for p in pointwise]
    )


RIGHT = {
    "grouped_weights": [
        by_groups,
        lambda c_i, c_o, k, g: c_o * c_i * k**2 // g,
        lambda c_i, c_o, k, g: torch.empty(c_o, c_i // g, k, k).numel(),
    ],
    "corr2d_depthwise": [
        map_by_map,
        windows,
        lambda x, k: torch.cat([corr2d_taps(x[c], k[c])[None] for c in range(len(x))]),
    ],
    "shuffled_channels": [
        hand_of_cards,
        lambda c, g: torch.arange(c).reshape(g, -1).T.flatten(),
        lambda c, g: [i % g * (c // g) + i // g for i in range(c)],
    ],
    "merged_kernel": [
        slice_by_slice,
        lambda d, p: p[:, :, None, None] * d,
        lambda d, p: np.einsum("oc,chw->ochw", p.numpy(), d.numpy()),
    ],
}


# ---- wrong answers ----


def grid_of_maps(x, k):
    return torch.stack([corr2d(x_c, k_c) for x_c in x for k_c in k])


def turned(x, k):
    return map_by_map(x, k.flip(1).flip(2))


def where_each_goes(channels, groups):
    dealt = hand_of_cards(channels, groups)
    return [dealt.index(c) for c in range(channels)]


def backwards_by_group(channels, groups):
    return np.arange(channels).reshape(groups, -1)[::-1].flatten()


WRONG = {
    "grouped_weights": {
        "the groups are forgotten": lambda c_i, c_o, k, g: by_groups(c_i, c_o, k, 1),
        "both numbers of channels are divided": lambda c_i, c_o, k, g: (
            (c_i // g) * (c_o // g) * k * k
        ),
        "there is one kernel for each group": lambda c_i, c_o, k, g: k * k * g,
        "every group has all the outputs": lambda c_i, c_o, k, g: c_i * g * c_o * k * k,
        "one side is counted, not its square": lambda c_i, c_o, k, g: c_o * (c_i // g) * k,
        "the biases are counted": lambda c_i, c_o, k, g: c_o * (1 + c_i // g * k * k),
    },
    "corr2d_depthwise": {
        "the channels are added up": [
            lambda x, k: sum(map_by_map(x, k)),
            lambda x, k: sum(map_by_map(x, k))[None],
        ],
        "one kernel serves all channels": lambda x, k: torch.stack([corr2d(c, k[0]) for c in x]),
        "every kernel meets every channel": grid_of_maps,
        "the kernels are taken in reverse": lambda x, k: map_by_map(x, reversed(list(k))),
        "the kernel is flipped": turned,
    },
    "shuffled_channels": {
        "nothing is shuffled": lambda c, g: torch.arange(c),
        "it is shuffled back": where_each_goes,
        "the channels are reversed": lambda c, g: [c - 1 - i for i in range(c)],
        "the groups change places": backwards_by_group,
        "the channels move on by a group": lambda c, g: np.roll(np.arange(c), -(c // g)),
    },
    "merged_kernel": {
        "the input channels are added up": [
            lambda d, p: torch.tensordot(p, d, 1),
            lambda d, p: torch.tensordot(p, d, 1)[:, None],
        ],
        "inputs stand before outputs": lambda d, p: d[:, None] * p.T[:, :, None, None],
        "all inputs share the first kernel": lambda d, p: p[:, :, None, None] * d[0],
        "the pointwise weights are left out": lambda d, p: torch.stack([d for _ in p]),
        "the pointwise weights are added": lambda d, p: p[:, :, None, None] + d,
        "all outputs share the first mixture": lambda d, p: torch.stack(
            [p[0][:, None, None] * d for _ in p]
        ),
    },
}
