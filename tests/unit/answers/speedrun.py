"""Answers to the exercises on the speedrun, right and wrong."""

import math
import statistics

import numpy as np
import torch

# ---- right answers ----


def error_by_hand(accuracies):
    n = len(accuracies)
    middle = sum(accuracies) / n
    return math.sqrt(sum((a - middle) ** 2 for a in accuracies) / (n - 1) / n)


def seeds_by_counting(deviation, difference):
    n = 1
    while 2 * math.sqrt(2 * deviation**2 / n) > difference:
        n += 1
    return n


def seeds_by_floor(deviation, difference):
    error = difference / 2  # of the difference
    return -int(-2 * deviation * deviation // (error * error))


def filters_by_numpy(patches):
    x = patches.numpy().astype(float)
    strengths, directions = np.linalg.eigh(x.T @ x / len(x))
    return directions / np.sqrt(strengths)


def filters_by_svd(patches):
    _, sizes, turned = torch.linalg.svd(patches.double(), full_matrices=False)
    return turned.T / sizes * len(patches) ** 0.5


def filters_by_cholesky(patches):
    """Triangular filters whiten as well: white patches stay white when they are turned."""
    x = patches.double()
    return torch.linalg.inv(torch.linalg.cholesky(x.T @ x / len(x))).T


def mirrored_by_stack(model, images):
    return torch.stack([model(images), model(torch.flip(images, dims=(-1,)))]).mean(0)


def mirrored_by_columns(model, images):
    columns = list(range(images.shape[-1]))[::-1]
    return model(images) / 2 + model(images[..., columns]) / 2


def mirrored_one_by_one(model, images):
    both = [model(torch.stack([one, one.flip(-1)])) for one in images]
    return torch.stack([scores.mean(0) for scores in both])


RIGHT = {
    "standard_error": [
        lambda a: statistics.stdev(a.tolist()) / math.sqrt(len(a)),
        error_by_hand,
        lambda a: np.std(a.numpy(), ddof=1) * len(a) ** -0.5,
    ],
    "seeds_needed": [
        lambda s, d: math.ceil(2 * (2 * s / d) ** 2),
        seeds_by_counting,
        seeds_by_floor,
    ],
    "whitening_filters": [filters_by_numpy, filters_by_svd, filters_by_cholesky],
    "mirrored_scores": [mirrored_by_stack, mirrored_by_columns, mirrored_one_by_one],
}

# ---- wrong answers ----

STANDARD_ERROR = {
    "the standard deviation of the seeds is returned": lambda a: statistics.stdev(a.tolist()),
    "it is divided by n, not by its root": lambda a: np.std(a.numpy(), ddof=1) / a.numel(),
    "the squares are divided by n, not by n − 1": lambda a: (
        (a - a.mean()).square().mean() / len(a)
    ).sqrt(),
    "the variance of the mean is returned": lambda a: error_by_hand(a) ** 2,
    "half the range is taken for the standard deviation": lambda a: (
        np.ptp(a.numpy()) / math.sqrt(4 * len(a))
    ),
    "the root is taken of n − 1": lambda a: (a.var() / (len(a) - 1)).sqrt(),
}


def seeds_until(enough):
    """The smallest n that is enough."""

    def count(s, d):
        n = 1
        while not enough(s, d, n):
            n += 1
        return n

    return count


SEEDS_NEEDED = {
    "only one of the two means is unsure": seeds_until(lambda s, d, n: 2 * s / n**0.5 <= d),
    "one standard error is thought to be enough": seeds_until(
        lambda s, d, n: (2 * s * s / n) ** 0.5 <= d
    ),
    "the two standard deviations are added, not their squares": seeds_until(
        lambda s, d, n: 2 * (s + s) / n**0.5 <= d
    ),
    "it is rounded down": lambda s, d: int(8 * s * s / d / d),
    "the square is forgotten": seeds_until(lambda s, d, n: n * d >= 8 * s),
    "the two are in each other's place": lambda s, d: math.ceil(8 * (d / s) ** 2),
}


def filters(scale):
    """Directions by NumPy, each divided by what `scale` makes of its strength."""

    def make(patches):
        x = np.asarray(patches, float)
        strengths, directions = np.linalg.eigh(np.einsum("ni,nj->ij", x, x) / x.shape[0])
        made = np.stack([d / scale(s) for s, d in zip(strengths, directions.T, strict=True)])
        return made.T

    return make


WHITENING_FILTERS = {
    "the directions are not scaled": filters(lambda s: 1),
    "they are divided by the strengths, not by their roots": filters(lambda s: s),
    "they are multiplied where they should be divided": filters(lambda s: 1 / math.sqrt(s)),
    "each pixel is scaled by itself": lambda patches: np.diag(
        [1 / np.sqrt(np.mean(np.square(column))) for column in patches.numpy().T]
    ),
    "the number of patches is forgotten": lambda patches: (
        filters_by_numpy(patches) / len(patches) ** 0.5
    ),
    "the mean of the patches is taken away first": lambda patches: filters(math.sqrt)(
        patches - patches.mean(dim=0)
    ),
}

MIRRORED_SCORES = {
    "the images are turned upside down": lambda model, x: (
        (model(x) + model(x[:, :, range(x.shape[2] - 1, -1, -1)])) / 2
    ),
    "the batch is turned round": lambda model, x: torch.stack(
        [model(x), model(x[range(len(x) - 1, -1, -1)])]
    ).mean(0),
    "the scores are flipped, not the images": lambda model, x: torch.stack(
        [model(x), torch.fliplr(model(x))]
    ).mean(0),
    "only the mirror image is seen": lambda model, x: model(x[..., list(range(x.shape[-1]))[::-1]]),
    "the two images are averaged, not their scores": lambda model, x: model(
        torch.stack([x, x.flip(-1)]).mean(0)
    ),
    "the scores are added up": lambda model, x: torch.stack([model(x), model(x.flip(-1))]).sum(0),
}

WRONG = {
    "standard_error": STANDARD_ERROR,
    "seeds_needed": SEEDS_NEEDED,
    "whitening_filters": WHITENING_FILTERS,
    "mirrored_scores": MIRRORED_SCORES,
}
