"""Checkers of data parallelism: which images, whose mean, whose statistics, the ring, the gain."""

from collections.abc import Callable

import torch
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.data import DistributedSampler

from .engine import Case, Checker, Misconception, numbers

CHAPTER = "More than one device"


# ---- which images a process reads ----


@st.composite
def orders(draw: st.DrawFn) -> Case:
    """Draw an order of images, the number of processes, and one of them."""
    n = draw(st.integers(2, 4))
    images = draw(st.integers(n, 9))
    order = torch.tensor(draw(st.permutations(range(images))))
    return {"order": order, "rank": draw(st.integers(0, n - 1)), "n": n}


def by_sampler(order: Tensor, rank: int, n: int) -> Tensor:
    """Return the images that a process reads: (images,) -> (ceil(images / n),)."""
    return order[list(DistributedSampler(order, n, rank, shuffle=False))]


def filled_up(order: Tensor, n: int, fill: Tensor) -> Tensor:
    """Put the first of `fill` at the end of an order, until n processes can share it equally."""
    return torch.cat([order, fill[: -len(order) % n]])


def with_its_own(order: Tensor, rank: int, n: int) -> Tensor:
    """Let a process that has one image less begin its own anew."""
    own = order[rank::n]
    return torch.cat([own, own])[: -(-len(order) // n)]


images_of_process = Checker(
    name="images_of_process",
    oracle=by_sampler,
    draw=orders,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "nothing is repeated",
            lambda order, rank, n: order[rank::n],
            "Then some processes have an image less, and the others wait for their gradients: "
            "go on from the beginning of the order, until all have the same number.",
        ),
        Misconception(
            "what cannot be shared equally is left out",
            lambda order, rank, n: order[: len(order) // n * n][rank::n],
            "Here every image is read: some twice, so that all processes have the same number.",
        ),
        Misconception(
            "each process reads a block",
            lambda order, rank, n: filled_up(order, n, order).view(n, -1)[rank],
            "Processes take turns, like players who are dealt cards: every n-th image.",
        ),
        Misconception(
            "ranks are counted from 1",
            lambda order, rank, n: filled_up(order, n, order)[(rank - 1) % n :: n],
            "Process 0 has the first image.",
        ),
        Misconception(
            "every process reads everything",
            lambda order, rank, n: order.clone(),
            "Then nothing is shared: each process reads every n-th image.",
        ),
        Misconception(
            "the last image is repeated",
            lambda order, rank, n: filled_up(order, n, order[-1:].repeat(n))[rank::n],
            "Go on from the beginning of the order, as if it were a ring.",
        ),
        Misconception(
            "a process repeats images of its own",
            with_its_own,
            "First the order is made longer, by its own beginning; then it is shared out.",
        ),
    ],
)


# ---- gradients of several processes ----


@st.composite
def gradients_of_processes(draw: st.DrawFn) -> Case:
    """Draw the mean gradient of each process's share, and how many images each share has."""
    n, weights = draw(st.integers(2, 3)), draw(st.integers(1, 3))
    counts = draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    return {"gradients": draw(numbers(n, weights)), "counts": torch.tensor(counts)}


def of_the_batch(gradients: Tensor, counts: Tensor) -> Tensor:
    """Return the mean gradient of all images: (processes, weights), (processes,) -> (weights,)."""
    return gradients.repeat_interleave(counts, 0).mean(0)


def weighted(weigh: Callable[[Tensor], Tensor]) -> Callable:
    """Add the gradients up, each times a factor made of the counts."""
    return lambda gradients, counts: (weigh(counts.float())[:, None] * gradients).sum(0)


average_gradients = Checker(
    name="average_gradients",
    oracle=of_the_batch,
    draw=gradients_of_processes,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "all processes count alike",
            lambda gradients, counts: gradients.mean(0),
            "That is DDP's mean. It is the batch's only where all shares are equal: a process with "
            "three images has to count three times as much as one with a single image.",
        ),
        Misconception(
            "the gradients are added up",
            lambda gradients, counts: gradients.sum(0),
            "The loss of a batch is a mean over its images, and so is its gradient.",
        ),
        Misconception(
            "the sum is not divided",
            weighted(lambda counts: counts),
            "Divide by the number of images in all.",
        ),
        Misconception(
            "the sum is divided by the number of processes",
            weighted(lambda counts: counts / len(counts)),
            "Divide by the number of images in all, not of processes.",
        ),
        Misconception(
            "small shares count more",
            weighted(lambda counts: (1 / counts) / (1 / counts).sum()),
            "Each gradient is a mean already: multiplied by its images it is their sum.",
        ),
        Misconception(
            "the largest share decides",
            lambda gradients, counts: gradients[counts.argmax()],
            "All images count, those of the small shares too.",
        ),
    ],
)


# ---- mean and variance of the whole batch ----


@st.composite
def shares(draw: st.DrawFn) -> Case:
    """Draw mean, variance and number of the values that each of a few processes has."""
    n = draw(st.integers(2, 3))
    counts = draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    variances = [float(draw(st.integers(0, 6))) if count > 1 else 0.0 for count in counts]
    return {
        "means": draw(numbers(n)),
        "variances": torch.tensor(variances),
        "counts": torch.tensor(counts),
    }


def values_with(mean: float, variance: float, count: int) -> Tensor:
    """Return values with this mean and variance: one on one side, all others on the other."""
    values = torch.full((count,), mean, dtype=torch.double)
    if count > 1:
        distance = (variance / (count - 1)) ** 0.5
        values -= distance
        values[0] += count * distance
    return values


def of_all_values(means: Tensor, variances: Tensor, counts: Tensor) -> tuple[float, float]:
    """Return mean and variance of the whole batch: three times (processes,) -> two numbers."""
    given = zip(means.tolist(), variances.tolist(), counts.tolist(), strict=True)
    batch = torch.cat([values_with(*share) for share in given])
    return batch.mean().item(), batch.var(correction=0).item()


def mean_and(variance: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> Callable:
    """Take the right mean, and a variance made of means, variances, parts of the batch, mean."""

    def moments(means: Tensor, variances: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
        mean = (counts * means).sum() / counts.sum()
        return mean, variance(means, variances, counts / counts.sum(), mean)

    return moments


def by_one_less(means: Tensor, variances: Tensor, counts: Tensor) -> tuple[float, Tensor]:
    """Divide the sum of squares as one does to guess the variance of a population."""
    mean, variance = of_all_values(means, variances, counts)
    return mean, variance * counts.sum() / (counts.sum() - 1)


batch_statistics = Checker(
    name="batch_statistics",
    oracle=of_all_values,
    draw=shares,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the shares' means are taken to be equal",
            mean_and(lambda means, variances, part, mean: (part * variances).sum()),
            "Values also differ because the means of the shares do: add the variance of the means.",
        ),
        Misconception(
            "all shares count alike",
            lambda means, variances, counts: (
                means.mean(),
                variances.mean() + means.var(correction=0),
            ),
            "A share of three images counts three times as much as one of a single image.",
        ),
        Misconception(
            "only the means are looked at",
            mean_and(lambda means, variances, part, mean: (part * (means - mean) ** 2).sum()),
            "Within the shares the values vary as well: add the mean of the variances.",
        ),
        Misconception(
            "the square of the mean stays in the variance",
            mean_and(lambda means, variances, part, mean: (part * (variances + means**2)).sum()),
            "That is the mean of all squares. The variance is less, by the square of the mean.",
        ),
        Misconception(
            "it is divided by one less than the number of values",
            by_one_less,
            "A batch normalisation divides by the number of values when it normalises.",
        ),
        Misconception(
            "standard deviations are averaged",
            mean_and(
                lambda means, variances, part, mean: (
                    (part * variances.sqrt()).sum() ** 2 + (part * (means - mean) ** 2).sum()
                )
            ),
            "Variances can be averaged, their roots cannot.",
        ),
    ],
)


# ---- a step round the ring ----


@st.composite
def rings(draw: st.DrawFn) -> Case:
    """Draw the pieces of the gradient that each device has, and a step of the adding phase."""
    n = draw(st.integers(2, 4))
    return {"pieces": draw(numbers(n, n)), "t": draw(st.integers(0, n - 2))}


def passed_on(
    pieces: Tensor,
    which: Callable[[Tensor], Tensor],
    onward: int = 1,
    aside: int = 0,
    add: bool = True,
) -> Tensor:
    """Let each device i send piece which(i) `onward`; it arrives `aside` from its place."""
    n = len(pieces)
    i = torch.arange(n)
    piece = which(i) % n
    arrives = (i + onward) % n, (piece + aside) % n
    return pieces.index_put(arrives, pieces[i, piece], accumulate=add)


def added_round(pieces: Tensor, t: int) -> Tensor:
    """Return the pieces after step t of the adding phase: (n, n) -> (n, n)."""
    n, after = len(pieces), pieces.clone()
    for i in range(n):
        piece = (i - t) % n
        after[(i + 1) % n, piece] += pieces[i, piece]
    return after


def given_away(pieces: Tensor, t: int) -> Tensor:
    """Make a move after which no sender has what it sent."""
    n, i = len(pieces), torch.arange(len(pieces))
    return added_round(pieces, t).index_put((i, (i - t) % n), torch.tensor(0.0))


ring_move = Checker(
    name="ring_move",
    oracle=added_round,
    draw=rings,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the pieces travel backwards",
            lambda pieces, t: passed_on(pieces, lambda i: i - t, onward=-1),
            "Device i passes its piece to device i + 1, and the last one to device 0.",
        ),
        Misconception(
            "the piece replaces what is there",
            lambda pieces, t: passed_on(pieces, lambda i: i - t, add=False),
            "That is the second phase. In the first, the receiver adds the piece to its own.",
        ),
        Misconception(
            "the sender gives its piece away",
            given_away,
            "A copy is sent: the sender keeps what it has.",
        ),
        Misconception(
            "every move sends the same pieces",
            lambda pieces, t: passed_on(pieces, lambda i: i),
            "Device i sends piece i at first, and then always the one that it has just received: "
            "(i − t) mod n.",
        ),
        Misconception(
            "t is added, not subtracted",
            lambda pieces, t: passed_on(pieces, lambda i: i + t),
            "In move t a device passes on what it received in move t − 1: piece (i − t) mod n.",
        ),
        Misconception(
            "all pieces are sent at once",
            lambda pieces, t: pieces + pieces.roll(1, 0),
            "In one move each device sends one piece.",
        ),
        Misconception(
            "the piece is added to another one",
            lambda pieces, t: passed_on(pieces, lambda i: i - t, aside=1),
            "Piece p of one device is added to piece p of the next: they belong to the same "
            "weights.",
        ),
    ],
)


# ---- how many times as fast ----


@st.composite
def steps_of_devices(draw: st.DrawFn) -> Case:
    """Draw the milliseconds of a step's parts, and the number of devices."""
    return {
        "cost": draw(st.integers(1, 6)),
        "arithmetic": draw(st.sampled_from([6, 12, 24, 48])),
        "exchange": draw(st.integers(1, 30)),
        "n": draw(st.sampled_from([2, 4, 8])),
    }


def gain(cost: float, arithmetic: float, exchange: float, n: int) -> float:
    """Say how many times as fast n devices are as one: milliseconds -> a ratio."""
    share = arithmetic / n
    return (cost + arithmetic) / (cost + share + max(0, exchange - 2 / 3 * share))


speedup = Checker(
    name="speedup",
    oracle=gain,
    draw=steps_of_devices,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "n devices are n times as fast",
            lambda cost, arithmetic, exchange, n: n,
            "Only the arithmetic is shared. The cost of a step stays, and the exchange is added.",
        ),
        Misconception(
            "the cost of a step is shared, too",
            lambda cost, arithmetic, exchange, n: gain(0, cost + arithmetic, exchange, n),
            "Each device launches every operation, however few images it has.",
        ),
        Misconception(
            "nothing of the exchange is hidden",
            lambda cost, arithmetic, exchange, n: (
                (cost + arithmetic) / (cost + arithmetic / n + exchange)
            ),
            "As much of it as two thirds of the share's arithmetic is hidden.",
        ),
        Misconception(
            "all of the exchange is hidden",
            lambda cost, arithmetic, exchange, n: gain(cost, arithmetic, 0, n),
            "At most two thirds of the share's arithmetic can hide it. The rest is waited for.",
        ),
        Misconception(
            "it hides under all of the share's arithmetic",
            lambda cost, arithmetic, exchange, n: (
                (cost + arithmetic) / (cost + max(arithmetic / n, exchange))
            ),
            "While a network goes forwards, there is no gradient yet that could be sent.",
        ),
        Misconception(
            "it hides under the arithmetic of the whole batch",
            lambda cost, arithmetic, exchange, n: (
                (cost + arithmetic)
                / (cost + arithmetic / n + max(0, exchange - 2 / 3 * arithmetic))
            ),
            "A device computes with its share alone, and only that can hide its exchange.",
        ),
        Misconception(
            "one device exchanges as well",
            lambda cost, arithmetic, exchange, n: (
                (cost + arithmetic + exchange)
                / (cost + arithmetic / n + max(0, exchange - 2 / 3 * arithmetic / n))
            ),
            "A single device has nobody to exchange anything with.",
        ),
        Misconception(
            "the ratio is upside down",
            lambda cost, arithmetic, exchange, n: 1 / gain(cost, arithmetic, exchange, n),
            "How many times as fast: the time of one device by that of n.",
        ),
    ],
)
