"""AlexNet, NiN, VGG and GoogLeNet, narrower than published, on one budget; and dropout.

Study "rates" finds the learning rate at which each network does best on images held back from the
training set; study "budget" trains each at its own; study "dropout" trains AlexNet with and without
it, on few images and for long; study "pace" measures how fast each learns, with nothing else on the
machine. Writes the record "classic"; on a CPU with smaller networks and fewer images than on a GPU.

    python -m experiments.classic --jobs 2
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import torch
from torch import nn

from book_utils.models import alexnet, googlenet, nin, vgg11
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
from experiments.pictures import Sized
from experiments.rates import best_rate, held_back
from experiments.speed import pace

QUESTION = "What do AlexNet, NiN, VGG and GoogLeNet get out of one budget?"
MODELS = {"alexnet": alexnet, "nin": nin, "vgg11": vgg11, "googlenet": googlenet}
RATES = (0.003, 0.01, 0.03, 0.1)
SIDE, QUICK_SIDE = 96, 64
DROPOUT_WIDTH, N_DROPOUT = 1 / 4, 1_000
DROPOUT_RATE, DROPOUT_BATCH = 0.01, 64


class Size(NamedTuple):
    """How large the networks and the runs are."""

    width: float
    n_train: int
    n_held_back: int  # of these, or behind them where there are more
    batch_size: int
    epochs: dict[str, int]
    pace: tuple[int, int]  # steps of study "pace": to warm up, and of each time


GPU = Size(1 / 4, 60_000, 10_000, 256, {"rates": 1, "budget": 5, "dropout": 60}, (10, 50))
CPU = Size(1 / 8, 6_000, 4_000, 64, {"rates": 2, "budget": 5, "dropout": 60}, (3, 20))
SIZES = {"gpu": GPU, "cpu": CPU}


def notes(options: Options) -> dict[str, str]:
    """Say what was done."""
    here = SIZES[options.place]
    tried = "the last 10,000 training images" if options.on_gpu else "4,000 further images"
    return {
        "networks": f"{here.width} of the published width, 1 channel, 10 classes; Fashion-MNIST "
        f"scaled from 28×28 to {SIDE}×{SIDE} bilinearly. He's initial weights, biases 0; momentum "
        f"0.9, batches of {here.batch_size}, the rate falls along a cosine from epoch to epoch.",
        "rates": f"{here.epochs['rates']} epochs, tried on {tried}: the rate with the best "
        "accuracy there is the network's own.",
        "budget": f"{here.n_train:,} training images, {here.epochs['budget']} epochs.",
        "dropout": f"AlexNet, {DROPOUT_WIDTH} of its width, on {N_DROPOUT:,} training images, each "
        f"dropout layer at 0.5 or 0, {here.epochs['dropout']} epochs at {DROPOUT_RATE} in batches "
        f"of {DROPOUT_BATCH}. 'train_eval' is [loss, accuracy] on these images at the end in "
        "evaluation mode, 'train_mode' the same in training mode, where dropout goes on.",
        "pace": "Training examples a second with nothing else on the machine: the median of three "
        f"times {here.pace[1]} steps. 'seconds' of other studies were measured beside other work.",
    }


def without_dropout(model: nn.Module) -> nn.Module:
    """Set every dropout layer to 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    return model


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """The rates; the budget at the best of them, and dropout; last, the pace of each network."""
    rates = RATES[1:3] if options.quick else RATES
    names = list(MODELS)[:1] if options.quick else list(MODELS)
    here = SIZES[options.place]
    epochs = {study: options.pick(count) for study, count in here.epochs.items()}
    common = {"batch_size": here.batch_size, "momentum": 0.9, "schedule": "cosine"}
    for name in names:
        for lr in rates:
            each = {"model": name, "lr": lr, "epochs": epochs["rates"], "seed": 0}
            yield {"study": "rates", **each, **common}
    yield WAIT
    for seed in range(options.seeds):
        for name in names:
            each = {"lr": best_rate(runs, name), "epochs": epochs["budget"], "seed": seed}
            yield {"study": "budget", "model": name, **each, **common}
        for dropout in (0.5,) if options.quick else (0.5, 0.0):
            each = {"lr": DROPOUT_RATE, "epochs": epochs["dropout"], "seed": seed}
            each |= common | {"batch_size": DROPOUT_BATCH}
            yield {"study": "dropout", "model": "alexnet", "dropout": dropout, **each}
    for name in names:
        yield WAIT  # one by one
        each = {"batch_size": here.batch_size, "epochs": 0, "seed": 0}
        yield {"study": "pace", "model": name, **each}


def run(settings: Settings, options: Options) -> Results:
    """Train one network, or measure its pace."""
    here, study = SIZES[options.place], settings["study"]
    splits = clothes(options, full=options.on_gpu)
    if study == "rates":
        splits = held_back(splits[0], here.n_held_back)
    elif study == "dropout":
        splits = splits[0][: min(N_DROPOUT, len(splits[0]))], splits[1]
    splits = splits[0][: here.n_train], splits[1]
    width = DROPOUT_WIDTH if study == "dropout" else here.width
    make = partial(MODELS[settings["model"]], width, channels=1, classes=10)
    model = Sized(QUICK_SIDE if options.quick else SIDE, seeded(settings["seed"], make))
    if study == "pace":
        return about(splits) | pace(model, splits[0], here.batch_size, options, here.pace)
    if settings.get("dropout") == 0:
        without_dropout(model)
    results = train(model, splits, settings, options)
    if study == "dropout" and not results["diverged"]:
        images = splits[0].to(options.device)
        results["train_eval"] = list(evaluate(model, images))
        results["train_mode"] = list(in_training_mode(model, images))
    return about(splits) | results


def in_training_mode(model: nn.Module, images: object) -> tuple[float, float]:
    """Return (loss, accuracy) of a model whose dropout goes on."""
    model.train()
    loss, right = 0.0, 0
    with torch.no_grad():
        for x, y in images.batches(500):
            scores = model(x)
            loss += nn.functional.cross_entropy(scores, y, reduction="sum").item()
            right += (scores.argmax(1) == y).sum().item()
    return loss / len(images), right / len(images)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("classic", QUESTION, plan, run, notes, argv=argv)


if __name__ == "__main__":
    start()
