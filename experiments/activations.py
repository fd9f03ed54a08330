"""LeNet with sigmoids, with ReLUs and with batch normalisation, each at its own learning rate.

Study "rates" finds each network's rate on images held back from training; study "final" trains it
at that rate, which stays or falls along a cosine, on all of Fashion-MNIST. Writes the record
"activations": for a GPU, or an hour of a CPU.

    python -m experiments.activations --jobs 4
"""

from collections.abc import Iterator

from torch import nn

from book_utils.models import LeNet, NormLeNet
from book_utils.models.widths import he_normal
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
from experiments.rates import HELD_BACK, best_rate, held_back

QUESTION = "How good are LeNets with sigmoids, ReLUs and batch normalisation at their own rates?"
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)
EPOCHS = {"rates": 3, "final": 10}
BATCH = 256
NOTES = {
    "networks": "LeNet (sigmoid, average pooling), the same with ReLU and max pooling (He's "
    "initial weights), BN-LeNet (batch normalisation before each sigmoid).",
    "rates": f"Three epochs on 50,000 training images, tried on the other {HELD_BACK:,}; the rate "
    "with the best accuracy there, mean over two seeds, is the network's own.",
    "final": "All of Fashion-MNIST, plain gradient descent, batches of 256; the rate stays "
    "('constant') or falls along a cosine from epoch to epoch ('cosine').",
}


def relu_lenet() -> nn.Sequential:
    """Return LeNet with ReLUs and max pooling in place of sigmoids and averages."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip
    return model.apply(he_normal)


MODELS = {"lenet": LeNet, "relu_lenet": relu_lenet, "bn_lenet": NormLeNet}


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """The rates, then the final runs at the best of them."""
    for name in MODELS:
        for lr in RATES[1:3] if options.quick else RATES:
            for seed in range(2):
                yield {"study": "rates", "model": name, "lr": lr, "batch_size": BATCH,
                       "epochs": options.pick(EPOCHS["rates"]), "seed": seed}  # fmt: skip
    yield WAIT
    for seed in range(options.seeds):
        for name in MODELS:
            for schedule in ("constant", "cosine"):
                yield {"study": "final", "model": name, "lr": best_rate(runs, name),
                       "schedule": schedule, "batch_size": BATCH,
                       "epochs": options.pick(EPOCHS["final"]), "seed": seed}  # fmt: skip


def run(settings: Settings, options: Options) -> Results:
    """Train one network."""
    splits = clothes(options)
    if settings["study"] == "rates":
        splits = held_back(splits[0])
    model = seeded(settings["seed"], MODELS[settings["model"]])
    return about(splits) | train(model, splits, settings, options)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("activations", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
