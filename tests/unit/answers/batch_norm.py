"""Answers to the exercises on normalisation, right and wrong, by NumPy and by loops."""

from functools import partial

import numpy as np
import torch

EPS_OUT, EPS_GONE, NO_ROOT, NEITHER, TIMES, ONLY_MEAN, UNBIASED = (
    "ε is added after the root",
    "ε is left out",
    "the root is missing",
    "the root and ε are missing",
    "the numbers are multiplied by the standard deviation",
    "the standard deviation is not divided by",
    "the unbiased variance normalises",
)


def usual(numbers, eps):
    """Standardise a list of numbers."""
    mean = sum(numbers) / len(numbers)
    square = sum((v - mean) ** 2 for v in numbers) / len(numbers)
    return [(v - mean) / (square + eps) ** 0.5 for v in numbers]


def unusual(centre=np.mean, spread=np.var, divide=lambda d, v, e: d / (v + e) ** 0.5):
    """Return a way to standardise numbers, with one of its steps exchanged."""

    def standardise(numbers, eps):
        numbers = np.asarray(numbers, float)
        with np.errstate(all="ignore"):
            return divide(numbers - centre(numbers), spread(numbers), eps)

    return standardise


def by_one_less(numbers):
    """The unbiased variance; that of one number is none."""
    return np.var(numbers, ddof=1) if len(numbers) > 1 else np.nan


def rooted(d, v, e):
    return d / (v + e) ** 0.5


def eps_out(d, v, e):
    return d / (v**0.5 + e)


def eps_gone(d, v, e):
    return d / v**0.5


def no_root(d, v, e):
    return d / (v + e)


def neither(d, v, e):
    return d / v


BY_DIVISION = {EPS_OUT: eps_out, EPS_GONE: eps_gone, NO_ROOT: no_root, NEITHER: neither}
DIVISIONS = {
    **{name: unusual(divide=way) for name, way in BY_DIVISION.items()},
    TIMES: unusual(divide=lambda d, v, e: d * (v + e) ** 0.5),
    ONLY_MEAN: unusual(divide=lambda d, v, e: d),
    **{
        f"{UNBIASED}, and {name}": unusual(spread=by_one_less, divide=way)
        for name, way in BY_DIVISION.items()
    },
}
OFF_BY_ONE = unusual(spread=by_one_less)
WAYS = [(np.var, rooted), (by_one_less, rooted), (by_one_less, eps_out)]  # var, then std, as is
STANDARD = [unusual(spread=spread, divide=way) for spread, way in WAYS]
OWN_EPS, NO_BRACKETS = (
    "ε is not the one that is given",
    "the mean alone is divided by the standard deviation",
)


def without_brackets(spread, divide):
    """Return a way to subtract from numbers their mean over their standard deviation."""

    def standardise(numbers, eps):
        with np.errstate(all="ignore"):
            return np.asarray(numbers) - divide(np.mean(numbers), spread(numbers), eps)

    return standardise


def by_sets(x, key, eps, standardise=usual):
    """Standardise together all cells (n, c, i, j) of x that have one key."""
    sets = {}
    for place in np.ndindex(*x.shape):
        sets.setdefault(key(*place), []).append(place)
    y = np.zeros(x.shape)
    for places in sets.values():
        values = standardise([x[place].item() for place in places], eps)
        for place, value in zip(places, values, strict=True):
            y[place] = value
    return y


def channel_of(n, c, i, j):
    return c


def picture_of(n, c, i, j):
    return n


def column_of(n, c, i, j):
    return j


def both_of(n, c, i, j):
    return n, c


def group_of(size):
    return lambda n, c, i, j: (n, c // size)


def scaled(y, gamma, beta):
    """Scale and shift channel by channel."""
    return np.stack(
        [
            g * y[:, c] + b
            for c, (g, b) in enumerate(zip(gamma.tolist(), beta.tolist(), strict=True))
        ],
        axis=1,
    )


def train_by(key, standardise=usual):
    return lambda x, g, b, eps: scaled(by_sets(x, key, eps, standardise), g, b)


def in_each_way(make):
    """Return the forms of a mistake with `var`, unbiased `var` and unbiased `std`."""
    return [make(way) for way in STANDARD]


def along_width(x, g, b, eps):
    return by_sets(x, channel_of, eps) * g.numpy() + b.numpy()


def along_batch(x, g, b, eps):
    sides = (1, 1, 1)
    return by_sets(x, channel_of, eps) * g.numpy().reshape(-1, *sides) + b.numpy().reshape(
        -1, *sides
    )


def all_along_width(spread, divide):
    """Leave the axes of length 1 away, everywhere."""

    def train(x, g, b, eps):
        mean, var = (per_channel(x, reduce).numpy() for reduce in (np.mean, spread))
        with np.errstate(all="ignore"):
            return divide(x.numpy() - mean, var, eps) * g.numpy() + b.numpy()

    return train


def in_tensorflows_order(standardise):
    """Treat (n, c, h, w) as if it were (n, h, w, c)."""
    return lambda x, g, b, eps: by_sets(x, column_of, eps, standardise) * g.numpy() + b.numpy()


TRAIN_KEYS = {
    "each position has statistics of its own": lambda n, c, i, j: (c, i, j),
    "all channels share their statistics": lambda n, c, i, j: 0,
    "each image is normalised by itself": picture_of,
    "each image and channel is normalised by itself": both_of,
    "the columns are kept apart": lambda n, c, i, j: (c, j),
    "each position is normalised by itself": lambda n, c, i, j: (n, i, j),
}
BATCH_NORM = {
    UNBIASED: train_by(channel_of, OFF_BY_ONE),
    **{name: in_each_way(partial(train_by, key)) for name, key in TRAIN_KEYS.items()},
    "the last axis is taken for the channels": [
        *in_each_way(partial(train_by, column_of)),
        *in_each_way(in_tensorflows_order),
    ],
    **{name: train_by(channel_of, way) for name, way in DIVISIONS.items()},
    OWN_EPS: lambda x, g, b, eps: train_by(channel_of)(x, g, b, 1e-5),
    "the mean is not subtracted": train_by(channel_of, unusual(centre=lambda v: 0)),
    "the variance is the mean of the squares as they are": train_by(
        channel_of, unusual(spread=lambda v: np.mean(np.square(v)))
    ),
    NO_BRACKETS: [train_by(channel_of, without_brackets(*way)) for way in WAYS],
    "γ and β are forgotten": in_each_way(
        lambda way: lambda x, g, b, eps: by_sets(x, channel_of, eps, way)
    ),
    "γ is forgotten": lambda x, g, b, eps: scaled(
        by_sets(x, channel_of, eps), torch.ones(len(b)), b
    ),
    "β is forgotten": lambda x, g, b, eps: scaled(by_sets(x, channel_of, eps), g, 0 * g),
    "γ and β are swapped": lambda x, g, b, eps: scaled(by_sets(x, channel_of, eps), b, g),
    "β is scaled by γ as well": lambda x, g, b, eps: scaled(
        scaled(by_sets(x, channel_of, eps), 1 + 0 * g, b), g, 0 * b
    ),
    "γ and β lie along the width": along_width,
    "γ and β lie along the batch": along_batch,
    "the channels' numbers lie along the width": [all_along_width(*way) for way in WAYS],
}


def evaluated(x, mean, var, gamma, beta, eps, divide=rooted):
    """Normalise channel by channel with given averages."""
    numbers = zip(mean.tolist(), var.tolist(), strict=True)
    with np.errstate(all="ignore"):
        parts = [divide(x[:, c].numpy() - m, v, eps) for c, (m, v) in enumerate(numbers)]
    return scaled(np.stack(parts, axis=1), gamma, beta)


def per_channel(x, reduce):
    """Reduce each channel to one number."""
    return torch.tensor([reduce(x[:, c].numpy().ravel()) for c in range(x.shape[1])])


def eval_by(divide):
    return lambda *values: evaluated(*values, divide)


def with_batchs(mean, var):
    """Return the ways to take the batch's mean, its variance or both in evaluation."""

    def by(spread, divide):
        return lambda x, m, v, g, b, eps: evaluated(
            x,
            per_channel(x, np.mean) if mean else m,
            per_channel(x, spread) if var else v,
            g, b, eps, divide,
        )  # fmt: skip

    return [by(*way) for way in WAYS]


def moved_first(spread, divide):
    """Move the averages by the usual tenth, then use them."""
    return lambda x, m, v, g, b, eps: evaluated(
        x, *updated(x, m, v, 0.1, spread=spread), g, b, eps, divide
    )


def along(x, v, axis):
    """Lay numbers along an axis of x."""
    return v.reshape([-1 if d == axis else 1 for d in range(x.ndim)])


def eval_along(axis):
    def evaluate(x, *values):
        *kept, eps = values
        m, v, g, b = (along(x, one, axis) for one in kept)
        return (x - m) / np.sqrt(v + eps) * g + b

    return evaluate


BATCH_NORM_EVAL = {
    "the batch's own statistics are used": with_batchs(1, 1),
    "the batch's own mean is used": with_batchs(1, 0),
    "the batch's own variance is used": with_batchs(0, 1),
    "the running averages are moved first": [moved_first(*way) for way in WAYS],
    "each image is normalised by itself": in_each_way(
        lambda way: lambda x, m, v, g, b, eps: train_by(both_of, way)(x, g, b, eps)
    ),
    **{name: eval_by(way) for name, way in BY_DIVISION.items()},
    TIMES: eval_by(lambda d, v, e: d * (v + e) ** 0.5),
    ONLY_MEAN: eval_by(lambda d, v, e: d),
    OWN_EPS: lambda x, m, v, g, b, eps: evaluated(x, m, v, g, b, 1e-5),
    "the mean is not subtracted": lambda x, m, v, g, b, eps: evaluated(x, 0 * m, v, g, b, eps),
    NO_BRACKETS: lambda x, m, v, g, b, eps: evaluated(x, m / (v + eps) ** 0.5, 1 + 0 * v, g, b, 0),
    "γ and β are forgotten": lambda x, m, v, g, b, eps: evaluated(x, m, v, 1 + 0 * g, 0 * b, eps),
    "γ is forgotten": lambda x, m, v, g, b, eps: evaluated(x, m, v, 1 + 0 * g, b, eps),
    "β is forgotten": lambda x, m, v, g, b, eps: evaluated(x, m, v, g, 0 * b, eps),
    "γ and β are swapped": lambda x, m, v, g, b, eps: evaluated(x, m, v, b, g, eps),
    "β is scaled by γ as well": lambda x, m, v, g, b, eps: (
        evaluated(x, m, v, 1 + 0 * g, b, eps) * along(x, g, 1).numpy()
    ),
    "the channels' numbers lie along the width": eval_along(3),
    "the channels' numbers lie along the batch": eval_along(0),
}


def updated(x, mean, var, part, centre=np.mean, spread=None):
    """Mix old averages with those of the batch, channel by channel."""
    spread = spread or (lambda v: np.var(v, ddof=1))
    new = (per_channel(x, centre), per_channel(x, spread))
    return tuple(part * n + (1 - part) * o for n, o in zip(new, (mean, var), strict=True))


def for_each_place(x, mean, var, part, spread):
    places = [
        [
            updated(x[:, :, i : i + 1, j : j + 1], mean, var, part, spread=spread)
            for j in range(x.shape[3])
        ]
        for i in range(x.shape[2])
    ]
    both = np.array([[[v.numpy() for v in pair] for pair in row] for row in places])
    return tuple(both.transpose(2, 3, 0, 1)[:, None])  # (h, w, 2, c) -> 2 of (1, c, h, w)


def grown(x, mean, var, part, spread):
    """Add a part of the new to all of the old."""
    new = (per_channel(x, np.mean), per_channel(x, spread))
    return [old + part * n for old, n in zip((mean, var), new, strict=True)]


def with_spread(spread):
    return lambda x, m, v, part: updated(x, m, v, part, spread=spread)


def of_all(spread):
    """Use the mean and the variance of all channels together."""
    return lambda x, m, v, part: updated(
        x, m, v, part, lambda _: np.mean(x.numpy()), lambda _: spread(x.numpy().ravel())
    )


def with_all_axes(spread):
    return lambda x, *rest: [v[None, :, None, None] for v in updated(x, *rest, spread=spread)]


def corrected_by_pictures(x, mean, var, part):
    n = len(x)
    return updated(x, mean, var, part, spread=lambda v: np.var(v) * n / (n - 1))


SPREADS = [by_one_less, np.var]
RUNNING_STATS = {
    "the two conventions of momentum are swapped": lambda x, m, v, part: updated(x, m, v, 1 - part),
    "the biased variance is kept": with_spread(np.var),
    "the conventions are swapped and the biased variance is kept": lambda x, m, v, part: updated(
        x, m, v, 1 - part, spread=np.var
    ),
    "m is taken for the number of images": corrected_by_pictures,
    "mean and variance are returned in the other order": lambda x, m, v, part: tuple(
        reversed(updated(x, m, v, part))
    ),
    "the old averages are overwritten": [
        lambda x, m, v, part: updated(x, m, v, 1),
        lambda x, m, v, part: updated(x, m, v, 1, spread=np.var),
    ],
    "nothing is updated": lambda x, m, v, part: [m, v],
    "the mean alone is updated": lambda x, m, v, part: [updated(x, m, v, part)[0], v],
    "the old averages are not shrunk": [partial(grown, spread=spread) for spread in SPREADS],
    "the standard deviation is kept": [
        with_spread(lambda v: np.std(v, ddof=1)),
        with_spread(np.std),
    ],
    "all channels share their statistics": [of_all(spread) for spread in SPREADS],
    "each position has averages of its own": [
        partial(for_each_place, spread=spread) for spread in SPREADS
    ],
    "the axes of length 1 are kept": [with_all_axes(spread) for spread in SPREADS],
}


def groups_by(key_of, standardise=usual):
    """Standardise by a key that depends on the number of channels and of groups."""
    return lambda x, groups, eps: by_sets(x, key_of(x.shape[1], groups), eps, standardise)


def group_key(c, groups):
    return group_of(c // groups)


def by_cut_batch(standardise):
    """Cut the batch into parts of ⌈n / groups⌉ images, as `chunk` does."""

    def normalise(x, groups, eps):
        size = -(-len(x) // groups)
        return by_sets(x, lambda n, c, i, j: n // size, eps, standardise)

    return normalise


def still_split(x, groups, eps):
    y = groups_by(group_key)(x, groups, eps)
    return y.reshape(len(x), groups, -1, *x.shape[2:])


GROUP_KEYS = {
    "the channels of a group are interleaved": lambda c, g: lambda n, ch, i, j: (n, ch % g),
    "the number of groups is taken for their size": lambda c, g: group_of(g),
    "the groups reach over the batch": lambda c, g: lambda n, ch, i, j: ch // (c // g),
    "each channel is a group": lambda c, g: both_of,
    "all channels are one group": lambda c, g: picture_of,
    "the batch is averaged over": lambda c, g: channel_of,
    "each position is normalised by itself": lambda c, g: (
        lambda n, ch, i, j: (n, ch // (c // g), i, j)
    ),
    "the mean runs over the groups, not within them": lambda c, g: (
        lambda n, ch, i, j: (n, ch % (c // g))
    ),
}
GROUP_NORM = {
    **{name: in_each_way(partial(groups_by, key_of)) for name, key_of in GROUP_KEYS.items()},
    "the axes are counted as before the split": [
        *in_each_way(partial(groups_by, lambda c, g: lambda n, ch, i, j: (n, ch // (c // g), j))),
        *in_each_way(partial(groups_by, lambda c, g: lambda n, ch, i, j: (n, j))),
    ],
    "the images are grouped, not the channels": in_each_way(by_cut_batch),
    UNBIASED: groups_by(group_key, OFF_BY_ONE),
    **{name: groups_by(group_key, way) for name, way in DIVISIONS.items()},
    OWN_EPS: lambda x, groups, eps: groups_by(group_key)(x, groups, 1e-5),
    NO_BRACKETS: groups_by(group_key, without_brackets(np.var, rooted)),
    "the result is still split": still_split,
}


def layers_by(key, standardise=usual):
    return lambda x, eps: by_sets(x, key, eps, standardise)


LAYER_NORM = {
    "the batch is averaged over": layers_by(channel_of),
    "each position is normalised by itself": layers_by(lambda n, c, i, j: (n, i, j)),
    "each row is normalised by itself": layers_by(lambda n, c, i, j: (n, c, i)),
    "all images share their statistics": layers_by(lambda n, c, i, j: 0),
    "each channel is normalised by itself": layers_by(both_of),
    UNBIASED: layers_by(picture_of, OFF_BY_ONE),
    **{name: layers_by(picture_of, way) for name, way in DIVISIONS.items()},
}

WRONG = {
    "batch_norm": BATCH_NORM,
    "batch_norm_eval": BATCH_NORM_EVAL,
    "running_stats": RUNNING_STATS,
    "group_norm": GROUP_NORM,
    "layer_norm": LAYER_NORM,
}


# ---- right answers ----


def train_by_numpy(x, gamma, beta, eps):
    columns = np.moveaxis(x.numpy(), 1, -1)  # channels last
    flat = columns.reshape(-1, x.shape[1])
    flat = (flat - flat.mean(0)) / np.sqrt(flat.var(0) + eps) * gamma.numpy() + beta.numpy()
    return np.moveaxis(flat.reshape(columns.shape), -1, 1)


def train_by_layer(x, gamma, beta, eps):
    layer = torch.nn.BatchNorm2d(len(gamma), eps=eps)
    layer.load_state_dict({"weight": gamma, "bias": beta}, strict=False)
    return layer(x)


def eval_by_line(x, mean, var, gamma, beta, eps):
    """Fold all into one scale and one shift a channel."""
    scale = gamma / (var + eps) ** 0.5
    return torch.einsum("nchw,c->nchw", x, scale) + (beta - mean * scale)[:, None, None]


def eval_by_layer(x, mean, var, gamma, beta, eps):
    layer = torch.nn.BatchNorm2d(len(gamma), eps=eps).eval()
    state = {"weight": gamma, "bias": beta, "running_mean": mean, "running_var": var}
    layer.load_state_dict(state, strict=False)
    return layer(x)


def stats_by_flat(x, mean, var, momentum):
    flat = x.transpose(0, 1).flatten(1)
    return mean + momentum * (flat.mean(1) - mean), var.lerp(flat.var(1), momentum)


def stats_stacked(x, mean, var, momentum):
    new = torch.var_mean(x, (0, 2, 3))[::-1]
    return (1 - momentum) * torch.stack([mean, var]) + momentum * torch.stack(new)


def groups_by_parts(x, groups, eps):
    parts = [torch.stack([by_itself(half, eps) for half in image.chunk(groups)]) for image in x]
    return torch.stack(parts).flatten(1, 2)


def by_itself(block, eps):
    return (block - block.mean()) / (block.var(correction=0) + eps).sqrt()


def groups_flat(x, groups, eps):
    flat = x.reshape(len(x) * groups, -1)
    var, mean = torch.var_mean(flat, 1, correction=0, keepdim=True)
    return ((flat - mean) * (var + eps).rsqrt()).reshape(x.shape)


RIGHT = {
    "batch_norm": [train_by_numpy, train_by_layer, train_by(channel_of)],
    "batch_norm_eval": [eval_by_line, eval_by_layer, evaluated],
    "running_stats": [stats_by_flat, stats_stacked, updated],
    "group_norm": [groups_by_parts, groups_flat, groups_by(group_key)],
    "layer_norm": [
        layers_by(picture_of),
        lambda x, eps: groups_flat(x, 1, eps),
        lambda x, eps: torch.stack([by_itself(image, eps) for image in x]),
    ],
}
