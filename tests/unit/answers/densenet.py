"""Answers to the exercises on DenseNet, right and wrong."""

import numpy as np
import torch
from torch import nn

# ---- right answers ----


def by_hand(stem, layers, growth):
    c = stem + layers[0] * growth
    for count in layers[1:]:
        c = c // 2 + count * growth
    return c


def backwards(stem, layers, growth):
    *before, last = layers
    if not before:
        return stem + last * growth
    return backwards(stem, tuple(before), growth) // 2 + growth * last


def layer_by_layer(stem, layers, growth):
    c = stem
    for block, count in enumerate(layers):
        for _ in range(count):
            c += growth
        if block + 1 < len(layers):
            c = c // 2
    return c


def grown(x, weights):
    maps = list(x.unbind(1))
    for w in weights.tolist():
        maps.append(w * sum(maps))
    return torch.stack(maps, dim=1)


def filled(x, weights):
    n, c, h, w = x.shape
    y = torch.zeros(n, c + len(weights), h, w)
    y[:, :c] = x
    for i, weight in enumerate(weights):
        y[:, c + i] = weight * y[:, : c + i].sum(dim=1)
    return y


def as_arrays(x, weights):
    x = x.numpy()
    for w in weights.numpy():
        x = np.concatenate([x, w * x.sum(axis=1, keepdims=True)], axis=1)
    return x


def pooled_first(x, w):
    n, c, h, wide = x.shape
    small = x.reshape(n, c, h // 2, 2, wide // 2, 2).mean(dim=(3, 5))
    return torch.einsum("oc,nchw->nohw", w, small)


def with_layers(x, w):
    conv = nn.Conv2d(*reversed(w.shape), 1, bias=False)
    conv.weight.data = w[:, :, None, None]
    return nn.Sequential(conv, nn.AvgPool2d(2))(x)


def four_corners(x, w):
    y = torch.einsum("oc,nchw->nohw", w, x)
    corners = [y[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]
    return sum(corners) / 4


RIGHT = {
    "densenet_channels": [by_hand, backwards, layer_by_layer],
    "dense_layer_weights": [
        lambda c, g, b: c * b * g + 9 * b * g * g,
        lambda c, g, b: b * g * (c + 9 * g),
        lambda c, g, b: torch.empty(b * g, c, 1, 1).numel() + torch.empty(g, b * g, 3, 3).numel(),
    ],
    "dense_block": [grown, filled, as_arrays],
    "transition": [pooled_first, with_layers, four_corners],
}


# ---- wrong answers ----


def all_kept(stem, layers, growth):
    c = stem
    for count in layers:
        c += count * growth
    return c


def halved_each_time(stem, layers, growth):
    c = stem
    for count in layers:
        c = (c + count * growth) // 2
    return c


def one_step_a_block(stem, layers, growth):
    c = stem + growth
    for _ in layers[1:]:
        c = c // 2 + growth
    return c


def old_maps_untouched(stem, layers, growth):
    c = stem
    for block, count in enumerate(layers):
        new = count * growth
        c += new if block == len(layers) - 1 else new // 2
    return c


def residual(x, weights):
    for w in weights:
        x = x + w * sum(x.unbind(1))[:, None]
    return x


def chain(x, weights):
    all_maps, last = x, x
    for w in weights:
        last = w * last.sum(dim=1, keepdim=True)
        all_maps = torch.cat((all_maps, last), 1)
    return all_maps


def input_again_and_again(x, weights):
    y = x
    for w in weights:
        y = torch.cat([y, w * x.sum(1)[:, None]], 1)
    return y


def stacked_in_front(x, weights):
    maps = list(x.unbind(1))
    for w in weights:
        maps.insert(0, w * sum(maps))
    return torch.stack(maps, 1)


def down_the_batch(x, weights):
    for w in weights:
        x = torch.cat([x, w * x.sum(dim=1, keepdim=True)], dim=0)
    return x


def loudest(x, w):
    y = torch.einsum("oc,nchw->nohw", w, x)
    return torch.stack([y[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)


def loudest_first(x, w):
    small = torch.stack([x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)
    return torch.einsum("oc,nchw->nohw", w, small)


def overlapping(x, w):
    y = torch.einsum("oc,nchw->nohw", w, x)
    rows = (y[:, :, 1:] + y[:, :, :-1]) / 2
    return (rows[..., 1:] + rows[..., :-1]) / 2


WRONG = {
    "densenet_channels": {
        "the channels are never halved": all_kept,
        "they are halved behind the last block, too": halved_each_time,
        "the stem is left out": lambda stem, layers, g: by_hand(0, layers, g),
        "each block adds the growth rate once": one_step_a_block,
        "a transition halves only the new maps": old_maps_untouched,
    },
    "dense_layer_weights": {
        "there is no bottleneck": lambda c, g, b: g * c * 3**2,
        "only the 3×3 convolution is counted": lambda c, g, b: (b * g) * g * 3 * 3,
        "only the 1×1 convolution is counted": lambda c, g, b: (b * g) * c,
        "the 3×3 convolution reads all channels": lambda c, g, b: c * g * (b + 9),
        "the 1×1 convolution has nine weights a pair, too": lambda c, g, b: 9 * b * g * (c + g),
        "the bottleneck is as wide as the factor says": lambda c, g, b: b * (c + 9 * g),
        "the norms are counted": lambda c, g, b: b * g * (c + 9 * g + 2) + 2 * c,
    },
    "dense_block": {
        "the new map is added to the others": residual,
        "each layer reads the last output alone": chain,
        "each layer reads the input alone": input_again_and_again,
        "the new map comes first": stacked_in_front,
        "the input is left out at the end": lambda x, weights: grown(x, weights)[:, x.size(1) :],
        "only the last map is returned": [
            lambda x, weights: grown(x, weights)[:, -1][:, None],
            lambda x, weights: filled(x, weights)[:, -1],
        ],
        "the maps are put behind one another along the batch": down_the_batch,
    },
    "transition": {
        "the maximum is taken": [loudest, loudest_first],
        "every second pixel is taken": lambda x, w: torch.einsum(
            "oc,nchw->nohw", w, x[:, :, ::2, ::2]
        ),
        "the four pixels are added up": lambda x, w: pooled_first(x, 4 * w),
        "nothing is pooled": lambda x, w: torch.einsum("oc,nchw->nohw", w, x),
        "the first channels are kept, and none is mixed": lambda x, w: nn.AvgPool2d(2)(
            x[:, : w.shape[0]]
        ),
        "rows and columns of the weights are exchanged": lambda x, w: pooled_first(x, w.T),
        "the windows overlap": overlapping,
    },
}
