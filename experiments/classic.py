"""AlexNet, NiN, VGG and GoogLeNet at a quarter of their width, on one budget; and dropout.

Study "rates" finds the learning rate at which each network does best on images held back from the
training set; study "budget" trains each at its own on all of Fashion-MNIST, scaled to 224×224;
study "dropout" trains AlexNet with and without it, on few images and for long. Writes the record
"classic": for a GPU.

    python -m experiments.classic --jobs 4
"""

from collections.abc import Iterator
from functools import partial

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
from experiments.rates import HELD_BACK, best_rate, held_back

QUESTION = "What do AlexNet, NiN, VGG and GoogLeNet get out of one budget?"
WIDTH, SIDE, QUICK_SIDE = 1 / 4, 224, 64
MODELS = {"alexnet": alexnet, "nin": nin, "vgg11": vgg11, "googlenet": googlenet}
RATES = (0.003, 0.01, 0.03, 0.1)
COMMON = {"batch_size": 256, "momentum": 0.9, "schedule": "cosine"}
EPOCHS = {"rates": 1, "budget": 5, "dropout": 30}
N_DROPOUT = 6_000
NOTES = {
    "networks": "A quarter of the published width, 1 channel, 10 classes; Fashion-MNIST scaled "
    "from 28×28 to 224×224 bilinearly. He's initial weights, biases 0; momentum 0.9, batches of "
    "256, the rate falls along a cosine from epoch to epoch.",
    "rates": f"One epoch on 50,000 training images, tried on the other {HELD_BACK:,}: the rate "
    "with the best accuracy there is the network's own.",
    "budget": "All 60,000 training images and 10,000 test images.",
    "dropout": f"AlexNet on {N_DROPOUT:,} training images, each dropout layer at 0.5 or 0. "
    "'train_eval' is [loss, accuracy] on these images at the end in evaluation mode, 'train_mode' "
    "the same in training mode, where dropout goes on.",
}


def without_dropout(model: nn.Module) -> nn.Module:
    """Set every dropout layer to 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    return model


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """The rates, then the budget and dropout at the best of them."""
    rates = RATES[1:3] if options.quick else RATES
    names = list(MODELS)[:1] if options.quick else list(MODELS)
    for name in names:
        for lr in rates:
            epochs = options.pick(EPOCHS["rates"])
            yield {"study": "rates", "model": name, "lr": lr, "epochs": epochs, "seed": 0, **COMMON}
    yield WAIT
    for seed in range(options.seeds):
        for name in names:
            settings = {"lr": best_rate(runs, name), "epochs": options.pick(EPOCHS["budget"])}
            yield {"study": "budget", "model": name, "seed": seed, **settings, **COMMON}
        for dropout in (0.5,) if options.quick else (0.5, 0.0):
            settings = {"lr": best_rate(runs, "alexnet"), "epochs": options.pick(EPOCHS["dropout"])}
            yield {"study": "dropout", "model": "alexnet", "dropout": dropout, "seed": seed,
                   **settings, **COMMON}  # fmt: skip


def run(settings: Settings, options: Options) -> Results:
    """Train one network."""
    splits = clothes(options)
    if settings["study"] == "rates":
        splits = held_back(splits[0])
    if settings["study"] == "dropout":
        splits = splits[0].subset(min(N_DROPOUT, len(splits[0]))), splits[1]
    make = partial(MODELS[settings["model"]], WIDTH, channels=1, classes=10)
    model = Sized(QUICK_SIDE if options.quick else SIDE, seeded(settings["seed"], make))
    if settings.get("dropout") == 0:
        without_dropout(model)
    results = train(model, splits, settings, options)
    if settings["study"] == "dropout" and not results["diverged"]:
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
    main("classic", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
