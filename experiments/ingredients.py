"""Which ingredient of a good run buys what, and the two networks of the CIFAR-10 case study.

Study "switches": a residual network with and without moved pictures, a falling rate and smoothed
labels, in all eight combinations; study "long": a falling rate alone and all three, for longer;
study "batch": all three, over three batch sizes; study "case": VGG-13 and ResNet-18 of the case
study, plainly and with all three; study "pace": what the memory format and half precision do to the
speed, with nothing else on the machine. On Fashion-MNIST as 3×32×32. Writes the record
"ingredients"; on a CPU with smaller networks and fewer images than on a GPU.

    python -m experiments.ingredients --jobs 2
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

from torch import nn

from book_utils.models import cifar_resnet18, cifar_vgg13, resnet18, small_resnet
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
from experiments.pictures import as_cifar, moved
from experiments.speed import FORMS, pace

QUESTION = "Which ingredient of a good training run buys what?"


class Size(NamedTuple):
    """How large the networks and the runs are; `rates` are for batches of `batches[1]`."""

    network: str
    models: dict[str, Callable[[], nn.Module]]
    rates: dict[str, float]
    batches: tuple[int, int, int]
    n_train: int
    epochs: dict[str, int]
    pace: tuple[int, int]  # steps of study "pace": to warm up, and of each time


GPU = Size(
    "a ResNet-18 for small pictures, a quarter of the width",
    {
        "resnet": partial(resnet18, 1 / 4, stem="small", classes=10),
        "cifar_vgg13": cifar_vgg13,
        "cifar_resnet18": cifar_resnet18,
    },
    {"resnet": 0.2, "cifar_vgg13": 0.05, "cifar_resnet18": 0.2},
    (128, 512, 2048),
    60_000,
    {"switches": 10, "long": 40, "batch": 10, "case": 5},
    (10, 50),
)
CPU = Size(
    "a residual network of eight layers with 16, 32 and 64 maps",
    {
        "resnet": partial(small_resnet, 8, 16, channels=3, stem="half"),
        "cifar_vgg13": partial(cifar_vgg13, 1 / 8),
        "cifar_resnet18": partial(cifar_resnet18, 1 / 8),
    },
    {"resnet": 0.1, "cifar_vgg13": 0.03, "cifar_resnet18": 0.1},
    (32, 128, 512),
    6_000,
    {"switches": 15, "long": 60, "batch": 15, "case": 4},
    (3, 20),
)
SIZES = {"gpu": GPU, "cpu": CPU}
COMMON = {"momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}
CASE = ("cifar_vgg13", "cifar_resnet18")
NONE, FALLS, EVERY = (False, False, False), (False, True, False), (True, True, True)


def notes(options: Options) -> dict[str, str]:
    """Say what was done."""
    here = SIZES[options.place]
    return {
        "network": f"'resnet' is {here.network}.",
        "pictures": f"Fashion-MNIST, {here.n_train:,} training images, with two pixels of 0 around "
        "each and three times as the channels: 3×32×32.",
        "moved": "Each training picture is moved by up to 2 pixels each way and mirrored in one "
        "case of two, anew in each epoch.",
        "schedule": "The rate stays, or falls along a cosine from epoch to epoch.",
        "smoothing": "0.1 of a label is spread over all ten classes, in training alone.",
        "rate": f"For batches of {here.batches[1]}: {here.rates['resnet']} for residual networks, "
        f"{here.rates['cifar_vgg13']} for VGG-13; in proportion for others. Nesterov momentum 0.9, "
        "weight decay 5e-4.",
        "case": "The networks of the case study"
        + (", computed in bfloat16." if options.on_gpu else " at an eighth of their width.")
        + " The source names no optimiser and trains on CIFAR-10: these runs are of its networks, "
        "not of its results.",
        "pace": "Training examples a second with nothing else on the machine, the median of three "
        "times some steps. 'seconds' of the other studies were measured beside other work.",
    }


def settings(here: Size, study: str, model: str, batch: int, on: tuple[bool, ...]) -> Settings:
    """Return the settings of a run with some of the three ingredients on."""
    is_moved, falls, is_smooth = on
    return {
        "study": study,
        "model": model,
        "batch_size": batch,
        "lr": here.rates[model] * batch / here.batches[1],
        "moved": is_moved,
        "schedule": "cosine" if falls else "constant",
        "smoothing": 0.1 if is_smooth else 0.0,
        **({"precision": "bfloat16"} if study == "case" and here is GPU else {}),
        **COMMON,
    }


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """The switches, the batches, the long runs, the case, the seeds outside; last, the pace."""
    here = SIZES[options.place]
    middle = here.batches[1]
    combinations = list(product((False, True), repeat=3))
    wanted = [settings(here, "switches", "resnet", middle, on) for on in combinations]
    wanted += [
        settings(here, "batch", "resnet", batch, EVERY) for batch in here.batches if batch != middle
    ]
    wanted += [settings(here, "long", "resnet", middle, on) for on in (FALLS, EVERY)]
    wanted += [settings(here, "case", name, middle, on) for name in CASE for on in (NONE, EVERY)]
    if options.quick:
        wanted = [wanted[0], wanted[7]]
    for seed in range(options.seeds):
        for each in wanted:
            yield each | {"epochs": options.pick(here.epochs[each["study"]]), "seed": seed}
    for name in list(here.models)[: 1 if options.quick else None]:
        for form in FORMS:
            yield WAIT  # one by one
            each = {"model": name, "form": form, "batch_size": middle, "epochs": 0, "seed": 0}
            yield {"study": "pace", **each}


def run(settings: Settings, options: Options) -> Results:
    """Train one network, or measure its pace."""
    here = SIZES[options.place]
    splits = as_cifar(clothes(options, full=options.on_gpu))
    splits = splits[0][: here.n_train], splits[1]
    model = seeded(settings["seed"], here.models[settings["model"]])
    if settings["study"] == "pace":
        batch, form = settings["batch_size"], settings["form"]
        return about(splits) | pace(model, splits[0], batch, options, here.pace, form)
    learnt = (moved(splits[0]), splits[1]) if settings["moved"] else splits
    return about(splits) | train(model, learnt, settings, options)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("ingredients", QUESTION, plan, run, notes, argv=argv)


if __name__ == "__main__":
    start()
