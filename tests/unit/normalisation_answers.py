"""Answers to the exercises on normalisation, right and wrong, by NumPy and by loops.

The wrong ones stand in the order in which the checkers declare them, each with the name of its
mistake.
"""

import numpy as np
import torch

from book_utils import check

EPS_OUT, EPS_GONE, NO_ROOT, TIMES, ONLY_MEAN, UNBIASED = (
    "ε is added after the root",
    "ε is left out",
    "the root is missing",
    "the numbers are multiplied by the deviation",
    "the deviation is not divided by",
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


DIVISIONS = [
    (EPS_OUT, unusual(divide=lambda d, v, e: d / (v**0.5 + e))),
    (EPS_GONE, unusual(divide=lambda d, v, e: d / v**0.5)),
    (NO_ROOT, unusual(divide=lambda d, v, e: d / (v + e))),
    (TIMES, unusual(divide=lambda d, v, e: d * (v + e) ** 0.5)),
    (ONLY_MEAN, unusual(divide=lambda d, v, e: d)),
    (f"{UNBIASED}, and {EPS_OUT}", unusual(np.mean, by_one_less, lambda d, v, e: d / (v**0.5 + e))),
    (f"{UNBIASED}, and {EPS_GONE}", unusual(np.mean, by_one_less, lambda d, v, e: d / v**0.5)),
]
OFF_BY_ONE = unusual(spread=by_one_less)


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


def along_width(x, g, b, eps):
    return by_sets(x, channel_of, eps) * g.numpy() + b.numpy()


BATCH_NORM = [
    (UNBIASED, train_by(channel_of, OFF_BY_ONE)),
    ("each place has statistics of its own", train_by(lambda n, c, i, j: (c, i, j))),
    ("all channels share their statistics", train_by(lambda n, c, i, j: 0)),
    ("each picture is normalised by itself", train_by(picture_of)),
    ("each picture and channel is normalised by itself", train_by(both_of)),
    ("the columns are kept apart", train_by(lambda n, c, i, j: (c, j))),
    *((name, train_by(channel_of, way)) for name, way in DIVISIONS),
    (
        "the mean is not subtracted",
        train_by(
            channel_of, unusual(divide=lambda d, v, e: d / (v + e) ** 0.5, centre=lambda v: 0)
        ),
    ),
    ("γ and β are forgotten", lambda x, g, b, eps: by_sets(x, channel_of, eps)),
    (
        "γ is forgotten",
        lambda x, g, b, eps: scaled(by_sets(x, channel_of, eps), torch.ones(len(b)), b),
    ),
    ("β is forgotten", lambda x, g, b, eps: scaled(by_sets(x, channel_of, eps), g, 0 * g)),
    ("γ and β are swapped", lambda x, g, b, eps: scaled(by_sets(x, channel_of, eps), b, g)),
    (
        "β is scaled by γ as well",
        lambda x, g, b, eps: scaled(scaled(by_sets(x, channel_of, eps), 1 + 0 * g, b), g, 0 * b),
    ),
    ("γ and β lie along the width", along_width),
]


def evaluated(x, mean, var, gamma, beta, eps, divide=lambda d, v, e: d / (v + e) ** 0.5):
    """Normalise channel by channel with given averages."""
    numbers = zip(mean.tolist(), var.tolist(), strict=True)
    y = np.stack([divide(x[:, c].numpy() - m, v, eps) for c, (m, v) in enumerate(numbers)], axis=1)
    return scaled(y, gamma, beta)


def per_channel(x, reduce):
    """Reduce each channel to one number."""
    return torch.tensor([reduce(x[:, c].numpy().ravel()) for c in range(x.shape[1])])


def eval_by(divide):
    return lambda *values: evaluated(*values, divide)


THE_BATCHS = "the batch's own statistics are used"
BATCH_NORM_EVAL = [
    (THE_BATCHS, lambda x, m, v, g, b, eps: train_by(channel_of)(x, g, b, eps)),
    (THE_BATCHS, lambda x, m, v, g, b, eps: train_by(channel_of, OFF_BY_ONE)(x, g, b, eps)),
    (
        "the batch's own mean is used",
        lambda x, m, v, g, b, eps: evaluated(x, per_channel(x, np.mean), v, g, b, eps),
    ),
    (
        "the batch's own variance is used",
        lambda x, m, v, g, b, eps: evaluated(x, m, per_channel(x, np.var), g, b, eps),
    ),
    (EPS_OUT, eval_by(lambda d, v, e: d / (v**0.5 + e))),
    (EPS_GONE, eval_by(lambda d, v, e: d / v**0.5)),
    (NO_ROOT, eval_by(lambda d, v, e: d / (v + e))),
    (TIMES, eval_by(lambda d, v, e: d * (v + e) ** 0.5)),
    (ONLY_MEAN, eval_by(lambda d, v, e: d)),
    (
        "the mean is not subtracted",
        lambda x, m, v, g, b, eps: evaluated(x, 0 * m, v, g, b, eps),
    ),
    (
        "γ and β are forgotten",
        lambda x, m, v, g, b, eps: evaluated(x, m, v, 1 + 0 * g, 0 * b, eps),
    ),
    ("γ and β are swapped", lambda x, m, v, g, b, eps: evaluated(x, m, v, b, g, eps)),
    (
        "the channels' numbers lie along the width",
        lambda x, m, v, g, b, eps: (x - m) / np.sqrt(v + eps) * g + b,
    ),
]


def updated(x, mean, var, part, centre=np.mean, spread=None):
    """Mix old averages with those of the batch, channel by channel."""
    spread = spread or (lambda v: np.var(v, ddof=1))
    new = (per_channel(x, centre), per_channel(x, spread))
    return tuple(part * n + (1 - part) * o for n, o in zip(new, (mean, var), strict=True))


def for_each_place(x, mean, var, part):
    places = [
        [updated(x[:, :, i : i + 1, j : j + 1], mean, var, part) for j in range(x.shape[3])]
        for i in range(x.shape[2])
    ]
    both = np.array([[[v.numpy() for v in pair] for pair in row] for row in places])
    return tuple(both.transpose(2, 3, 0, 1)[:, None])  # (h, w, 2, c) -> 2 of (1, c, h, w)


RUNNING_STATS = [
    (
        "the two conventions of momentum are swapped",
        lambda x, m, v, part: updated(x, m, v, 1 - part),
    ),
    ("the biased variance is kept", lambda x, m, v, part: updated(x, m, v, part, spread=np.var)),
    (
        "the conventions are swapped and the biased variance is kept",
        lambda x, m, v, part: updated(x, m, v, 1 - part, spread=np.var),
    ),
    ("the old averages are overwritten", lambda x, m, v, part: updated(x, m, v, 1)),
    ("nothing is updated", lambda x, m, v, part: [m, v]),
    (
        "the old averages are not shrunk",
        lambda x, m, v, part: [
            new + part * old for new, old in zip(updated(x, m, v, part), (m, v), strict=True)
        ],
    ),
    (
        "the standard deviation is kept",
        lambda x, m, v, part: updated(x, m, v, part, spread=lambda v: np.std(v, ddof=1)),
    ),
    (
        "all channels share their statistics",
        lambda x, m, v, part: updated(
            x, m, v, part, lambda _: np.mean(x.numpy()), lambda _: np.var(x.numpy(), ddof=1)
        ),
    ),
    ("each place has averages of its own", for_each_place),
]


def groups_by(key_of, standardise=usual):
    """Standardise by a key that depends on the number of channels and of groups."""
    return lambda x, groups, eps: by_sets(x, key_of(x.shape[1], groups), eps, standardise)


def group_key(c, groups):
    return group_of(c // groups)


GROUP_NORM = [
    (
        "the groups reach over the batch",
        groups_by(lambda c, groups: lambda n, ch, i, j: ch // (c // groups)),
    ),
    (
        "the channels of a group are interleaved",
        groups_by(lambda c, groups: lambda n, ch, i, j: (n, ch % groups)),
    ),
    ("the number of groups is taken for their size", groups_by(lambda c, groups: group_of(groups))),
    ("each channel is a group", groups_by(lambda c, groups: both_of)),
    ("all channels are one group", groups_by(lambda c, groups: picture_of)),
    ("the batch is averaged over", groups_by(lambda c, groups: channel_of)),
    (
        "each place is normalised by itself",
        groups_by(lambda c, groups: lambda n, ch, i, j: (n, ch // (c // groups), i, j)),
    ),
    (UNBIASED, groups_by(group_key, OFF_BY_ONE)),
    *((name, groups_by(group_key, way)) for name, way in DIVISIONS),
]


def layers_by(key, standardise=usual):
    return lambda x, eps: by_sets(x, key, eps, standardise)


LAYER_NORM = [
    ("the batch is averaged over", layers_by(channel_of)),
    ("each place is normalised by itself", layers_by(lambda n, c, i, j: (n, i, j))),
    ("each row is normalised by itself", layers_by(lambda n, c, i, j: (n, c, i))),
    ("all pictures share their statistics", layers_by(lambda n, c, i, j: 0)),
    ("each channel is normalised by itself", layers_by(both_of)),
    (UNBIASED, layers_by(picture_of, OFF_BY_ONE)),
    *((name, layers_by(picture_of, way)) for name, way in DIVISIONS),
]

WRONG = {
    check.batch_norm: BATCH_NORM,
    check.batch_norm_eval: BATCH_NORM_EVAL,
    check.running_stats: RUNNING_STATS,
    check.group_norm: GROUP_NORM,
    check.layer_norm: LAYER_NORM,
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
