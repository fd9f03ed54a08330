"""Answers to the exercises on several devices, right and wrong."""

import math

import numpy as np
import torch

# ---- right answers ----


def dealt_out(order, rank, n):
    own, at = [], rank
    while len(own) * n < len(order):
        own.append(order[at % len(order)])
        at += n
    return torch.stack(own)


def batch_by_batch(gradients, counts):
    total = torch.zeros(gradients.shape[1])
    for gradient, count in zip(gradients, counts, strict=True):
        total += gradient * count
    return total / counts.sum()


def of_values(means, variances, counts):
    """The mean of all squares, less the square of the mean."""
    total = counts.sum()
    mean = (counts * means).sum() / total
    return mean, (counts * (variances + means**2)).sum() / total - mean**2


def two_by_two(means, variances, counts):
    """Take the shares in one after another."""
    n, mean, variance = 0, 0.0, 0.0
    for m, v, c in zip(means.tolist(), variances.tolist(), counts.tolist(), strict=True):
        apart = m - mean
        variance = (n * variance + c * v) / (n + c) + n * c * apart**2 / (n + c) ** 2
        mean, n = mean + c * apart / (n + c), n + c
    return mean, variance


def by_receiver(pieces, t):
    n = len(pieces)
    after = np.array(pieces)
    for j in range(n):
        after[j, (j - 1 - t) % n] += pieces[j - 1, (j - 1 - t) % n]
    return after


def by_mask(pieces, t):
    n = len(pieces)
    return pieces + (torch.eye(n).roll(-t, 1) * pieces).roll(1, 0)


def by_index(pieces, t):
    i = torch.arange(len(pieces))
    p = (i - t) % len(pieces)
    after = pieces.clone()
    after[(i + 1) % len(pieces), p] += pieces[i, p]
    return after


def hidden_first(cost, arithmetic, exchange, n):
    hidden = min(exchange, 2 * arithmetic / (3 * n))
    return (cost + arithmetic) / (cost + arithmetic / n + exchange - hidden)


def forwards_and_backwards(cost, arithmetic, exchange, n):
    forwards, backwards = arithmetic / n / 3, 2 * arithmetic / n / 3
    return (cost + arithmetic) / (cost + forwards + max(backwards, exchange))


def by_cases(cost, arithmetic, exchange, n):
    if 3 * n * exchange <= 2 * arithmetic:
        return (cost + arithmetic) / (cost + arithmetic / n)
    return (cost + arithmetic) / (cost + arithmetic / (3 * n) + exchange)


RIGHT = {
    "images_of_process": [
        dealt_out,
        lambda order, rank, n: torch.cat([order, order])[: -(-len(order) // n) * n][rank::n],
        lambda order, rank, n: order[
            torch.arange(rank, len(order) + n - 1, n)[: math.ceil(len(order) / n)] % len(order)
        ],
    ],
    "average_gradients": [
        batch_by_batch,
        lambda gradients, counts: counts.float() @ gradients / counts.sum(),
        lambda gradients, counts: np.average(gradients, axis=0, weights=counts),
    ],
    "batch_statistics": [
        lambda means, variances, counts: (
            np.average(means, weights=counts),
            np.average(variances, weights=counts) + np.cov(means, fweights=counts, ddof=0).item(),
        ),
        of_values,
        two_by_two,
    ],
    "ring_move": [by_receiver, by_mask, by_index],
    "speedup": [hidden_first, forwards_and_backwards, by_cases],
}

# ---- wrong answers ----


def own_ones_again(order, rank, n):
    own = order[rank::n].tolist()
    if len(own) < math.ceil(len(order) / n):
        own.append(own[0])
    return torch.tensor(own)


def statistics(means, variances, counts, one_less=0):
    """Mean and variance from single sums over the shares."""
    m, v, c = (each.tolist() for each in (means, variances, counts))
    total = sum(c)
    mean = sum(a * b for a, b in zip(c, m, strict=True)) / total
    within = sum(a * b for a, b in zip(c, v, strict=True))
    between = sum(a * (b - mean) ** 2 for a, b in zip(c, m, strict=True))
    return mean, within / (total - one_less), between / (total - one_less)


def alike(means, variances, counts):
    return statistics(means, variances, torch.ones(len(means)))


def round_the_ring(change):
    """Let each device act in turn on a copy: after, before, i, the next, which piece."""

    def walk(pieces, t):
        after, before = np.array(pieces), np.array(pieces)
        n = len(after)
        for i in range(n):
            change(after, before, i, (i + 1) % n, (i - t) % n)
        return after

    return walk


def backwards(after, before, i, there, p):
    after[i - 1, p] += before[i, p]


def replaced(after, before, i, there, p):
    after[there, p] = before[i, p]


def moved(after, before, i, there, p):
    after[there, p] += before[i, p]
    after[i, p] -= before[i, p]


def always_the_same(after, before, i, there, p):
    after[there, i] += before[i, i]


def all_at_once(after, before, i, there, p):
    after[there] += before[i]


def beside(after, before, i, there, p):
    after[there, (p + 1) % len(after)] += before[i, p]


def by_plus(pieces, t):
    after = np.array(pieces)
    n = len(after)
    for i in range(n):
        after[(i + 1) % n, (i + t) % n] += pieces[i, (i + t) % n]
    return after


WRONG = {
    "images_of_process": {
        "nothing is repeated": lambda order, rank, n: torch.tensor(
            [image for i, image in enumerate(order.tolist()) if i % n == rank]
        ),
        "what cannot be shared equally is left out": lambda order, rank, n: torch.tensor(
            [order[i * n + rank] for i in range(len(order) // n)]
        ),
        "each process reads a block": lambda order, rank, n: torch.cat([order, order]).split(
            math.ceil(len(order) / n)
        )[rank],
        "ranks are counted from 1": lambda order, rank, n: dealt_out(order, (rank - 1) % n, n),
        "every process reads everything": lambda order, rank, n: order + 0,
        "the last image is repeated": lambda order, rank, n: torch.tensor(
            [order[min(i * n + rank, len(order) - 1)] for i in range(math.ceil(len(order) / n))]
        ),
        "a process repeats images of its own": own_ones_again,
    },
    "average_gradients": {
        "all processes count alike": lambda g, counts: sum(g) / len(g),
        "the gradients are added up": lambda g, counts: sum(g),
        "the sum is not divided": lambda g, counts: counts.float() @ g,
        "the sum is divided by the number of processes": lambda g, counts: (
            g * counts[:, None]
        ).mean(0),
        "small shares count more": lambda g, counts: (
            (g / counts[:, None]).sum(0) / counts.float().reciprocal().sum()
        ),
        "the largest share decides": lambda g, counts: g[
            max(range(len(g)), key=lambda i: counts[i])
        ],
    },
    "batch_statistics": {
        "the shares' means are taken to be equal": lambda m, v, c: statistics(m, v, c)[:2],
        "all shares count alike": lambda m, v, c: (alike(m, v, c)[0], sum(alike(m, v, c)[1:])),
        "only the means are looked at": lambda m, v, c: statistics(m, v, c)[::2],
        "the square of the mean stays in the variance": lambda m, v, c: (
            statistics(m, v, c)[0],
            np.average(v + m * m, weights=c),
        ),
        "it is divided by one less than the number of values": lambda m, v, c: (
            statistics(m, v, c)[0],
            sum(statistics(m, v, c, one_less=1)[1:]),
        ),
        "standard deviations are averaged": lambda m, v, c: (
            statistics(m, v, c)[0],
            np.average(np.sqrt(v), weights=c) ** 2 + statistics(m, v, c)[2],
        ),
    },
    "ring_move": {
        "the pieces travel backwards": round_the_ring(backwards),
        "the piece replaces what is there": round_the_ring(replaced),
        "the sender gives its piece away": round_the_ring(moved),
        "every move sends the same pieces": round_the_ring(always_the_same),
        "t is added, not subtracted": by_plus,
        "all pieces are sent at once": round_the_ring(all_at_once),
        "the piece is added to another one": round_the_ring(beside),
    },
    "speedup": {
        "n devices are n times as fast": lambda c, w, e, n: float(n),
        "the cost of a step is shared, too": lambda c, w, e, n: (
            (c + w) / ((c + w) / n + max(0, e - 2 * (c + w) / (3 * n)))
        ),
        "nothing of the exchange is hidden": lambda c, w, e, n: n * (c + w) / (n * c + w + n * e),
        "all of the exchange is hidden": lambda c, w, e, n: n * (c + w) / (n * c + w),
        "it hides under all of the share's arithmetic": lambda c, w, e, n: (
            (c + w) / (c + w / n + max(0, e - w / n))
        ),
        "it hides under the arithmetic of the whole batch": lambda c, w, e, n: (
            (c + w) / (c + w / n + e - min(e, 2 * w / 3))
        ),
        "one device exchanges as well": lambda c, w, e, n: (
            hidden_first(c, w, e, n) * (c + w + e) / (c + w)
        ),
        "the ratio is upside down": lambda c, w, e, n: 1 / hidden_first(c, w, e, n),
    },
}
