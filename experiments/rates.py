"""The learning rate at which a network does best on images held back from its training set."""

from statistics import mean

from book_utils.data import Dataset

HELD_BACK = 10_000


def held_back(train: Dataset, count: int = HELD_BACK) -> tuple[Dataset, Dataset]:
    """Split off the last `count` images, half of them where there are no more."""
    last = len(train) - (count if len(train) > count else len(train) // 2)
    return train[:last], train[last:]


def best_rate(runs: list[dict], name: str) -> float:
    """Return the rate with the best mean accuracy in study "rates"; diverged runs lose."""
    found: dict[float, list[float]] = {}
    for run in runs:
        if (run["study"], run["model"]) == ("rates", name):
            found.setdefault(run["lr"], []).append(run["test_accuracy"][-1] or 0.0)
    return max(found, key=lambda lr: mean(found[lr]))
