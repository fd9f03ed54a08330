"""Deeper and deeper, with shortcuts and without: when does depth begin to harm training.

Study "lr" finds, on the bundled sample, the rate at which each network trains best; study "depth"
trains each at its own rate on all of Fashion-MNIST. Writes the record "depth": an hour on one
thread of a busy CPU.

    python -m experiments.depth
"""

from collections.abc import Iterator
from statistics import mean

from book_utils.models import small_resnet
from book_utils.train import evaluate
from experiments.common import (
    WAIT,
    Options,
    Results,
    Settings,
    about,
    clothes,
    main,
    seeded,
    train,
)

QUESTION = "When does more depth harm training, with shortcuts and without?"
DEPTHS = (8, 20, 32, 56)
WIDTH, STEM = 8, "half"
MODELS = {"plain": False, "residual": True}  # whether it has shortcuts
RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
TRIALS = 2  # seeds of the study of rates
COMMON = {"batch_size": 128, "momentum": 0.9}
EPOCHS = {"lr": 3, "depth": 2}
N_AFTER = 10_000
NOTES = {
    "networks": "small_resnet(depth, width=8, shortcut=…, stem='half'): three stages of 8, 16 and "
    "32 channels on 14×14, 7×7 and 4×4, with batch normalisation; shortcuts have no parameters.",
    "lr": "Each network at each rate on the bundled sample, gradient descent with momentum 0.9, "
    "batches of 128. The rate with the lowest training loss in the last epoch, mean over the "
    "seeds, is the one of the study of depth.",
    "depth": "Fashion-MNIST as published, 60,000 and 10,000, each network at its own best rate.",
    "train_after": f"[loss, accuracy] after training on the first {N_AFTER:,} training images, in "
    "evaluation mode.",
}


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """The rates first; then, at the best of each network, the depths."""
    networks = [(model, d) for d in (DEPTHS[:1] if options.quick else DEPTHS) for model in MODELS]
    trials = {"study": "lr", "epochs": options.pick(EPOCHS["lr"]), **COMMON}
    for model, depth in networks:
        for lr in RATES[:2] if options.quick else RATES:
            for seed in range(min(TRIALS, options.seeds)):
                yield trials | {"model": model, "depth": depth, "lr": lr, "seed": seed}
    yield WAIT
    final = {"study": "depth", "epochs": options.pick(EPOCHS["depth"]), **COMMON}
    for model, depth in networks:
        lr = best_rate(runs, model, depth)
        for seed in range(options.seeds):
            yield final | {"model": model, "depth": depth, "lr": lr, "seed": seed}


def best_rate(runs: list[dict], model: str, depth: int) -> float:
    """Return the rate with the lowest mean training loss in the last epoch; diverged ones lose."""
    losses: dict[float, list[float]] = {}
    for run in runs:
        if (run["study"], run["model"], run["depth"]) == ("lr", model, depth):
            end = run["train_loss"][-1]
            losses.setdefault(run["lr"], []).append(float("inf") if end is None else end)
    return min(losses, key=lambda lr: mean(losses[lr]))


def run(settings: Settings, options: Options) -> Results:
    """Train one network and look at the training images again when it is done."""
    splits = clothes(options, full=settings["study"] == "depth")
    depth, shortcut = settings["depth"], MODELS[settings["model"]]
    model = seeded(settings["seed"], lambda: small_resnet(depth, WIDTH, shortcut, stem=STEM))
    results = train(model, splits, settings, options)
    if settings["study"] == "depth":
        results["train_after"] = list(evaluate(model, splits[0][:N_AFTER]))
    return about(splits) | results


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("depth", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
