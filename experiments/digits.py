"""The LeNet of the digits (ReLU, max pooling), on the bundled digits of MNIST, varied.

Ten seeds; the one that pages ship is chosen by digits that are neither learned from nor tested on.
Writes the record "digits" and the weights: 45 minutes on one thread of a very busy CPU.

    python -m experiments.digits
"""

import torch
from torch import Tensor, nn

from book_utils.data import Dataset
from book_utils.models import DigitLeNet
from book_utils.train import evaluate
from experiments.common import (
    Options,
    Results,
    Settings,
    about,
    digits,
    main,
    seeded,
    train,
)
from experiments.flagged import Flagged
from experiments.shipping import keep, ship

QUESTION = "How good is the LeNet of the digits, and are all of its maps of use?"
NAME = "digit_lenet"
SETTINGS = {"lr": 0.01, "batch_size": 32, "momentum": 0.9, "schedule": "cosine"}
EPOCHS = 50
CHOOSING = 10  # every tenth digit of the training set is kept apart, to choose a seed by
PLACES, PICTURES = 0.01, 0.2  # a map that is positive at fewer places, or on fewer, is dead
NOTES = {
    "curves": "Training loss and accuracy are means over each epoch while the network changes; "
    "the test is at the end of each epoch.",
    "data": "The 5,000 bundled digits of MNIST: 3,600 to train, 400 to choose a seed by, 1,000 "
    "held out.",
    "digits": "In training each digit is turned (±15°), scaled (0.85 to 1.15), slanted, moved "
    "(±2 pixels) and thinned or thickened at random, anew in each epoch, and half of the ones are "
    "drawn with a flag, which hardly any one of MNIST has; the loss and accuracy of training are "
    "on these. The held-out digits are as they are. The rate falls along a cosine.",
    "dead_maps": "Maps of the two convolutions, after ReLU, that are positive at fewer than 1 % of "
    "the places, or on fewer than 20 % of the digits to choose by.",
}
RULE = (
    "of the seeds without dead maps the most accurate on the digits to choose by, of equals the "
    "one with the smallest loss there; the held-out digits have no say"
)


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Ten seeds."""
    return [
        {"model": NAME, "epochs": options.pick(EPOCHS), "seed": seed, **SETTINGS}
        for seed in range(2 * options.seeds)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network, keep its weights, and measure it on the digits to choose by."""
    training, test = digits(options)
    learnt, choosing = parted(training)
    varied = Flagged(learnt.images, learnt.labels, learnt.classes, learnt.name)
    model = seeded(settings["seed"], DigitLeNet)
    results = train(model, (varied, test), settings, options)
    keep(NAME, settings["seed"], model, options)
    loss, accuracy = evaluate(model, choosing)
    dead = sum(dead_maps(maps) for maps in feature_maps(model, choosing.images))
    chosen_by = {"n_choosing": len(choosing), "choosing_loss": loss, "choosing_accuracy": accuracy}
    return about((learnt, test)) | results | chosen_by | {"dead_maps": dead}


def parted(training: Dataset) -> tuple[Dataset, Dataset]:
    """Return the digits to learn from and those to choose by: every tenth of each kind."""
    kinds = nn.functional.one_hot(training.labels, len(training.classes))
    nth = kinds.cumsum(0).gather(1, training.labels[:, None])[:, 0]  # of its kind, from 1
    chooses = nth % CHOOSING == 0
    return training[~chooses], training[chooses]


def feature_maps(model: nn.Module, images: Tensor) -> list[Tensor]:
    """Return the maps after each ReLU of the convolutions, (n, maps, h, w) each."""
    found = []
    with torch.no_grad():
        for layer in model.features:
            images = layer(images)
            if isinstance(layer, nn.ReLU):
                found.append(images)
    return found


def dead_maps(maps: Tensor) -> int:
    """Count the maps (n, maps, h, w) that are positive at too few places or on too few pictures."""
    positive = maps > 0
    places = positive.float().mean((0, 2, 3))
    pictures = positive.flatten(2).any(2).float().mean(0)
    return int(((places < PLACES) | (pictures < PICTURES)).sum())


def finish(runs: list[dict], options: Options) -> dict:
    """Write the weights of the run that the rule chooses."""
    best = min(
        runs, key=lambda run: (run["dead_maps"], -run["choosing_accuracy"], run["choosing_loss"])
    )
    return {"shipped": ship(NAME, best["seed"], RULE, {"sample": digits(options)[1]}, options)}


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("digits", QUESTION, plan, run, NOTES, finish, argv)


if __name__ == "__main__":
    start()
