"""Concatenate or add: DenseNets of three growth rates and ResNets of three widths on one budget.

Writes the record "densenet"; on a CPU with narrower networks and fewer images than on a GPU.

    python -m experiments.densenet --jobs 2
"""

from collections.abc import Iterator

import torch

from book_utils.models import densenet_d2l, resnet18_d2l
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
from experiments.speed import pace

QUESTION = "What do DenseNets and ResNets get out of their parameters?"
SIDE = 64
MODELS = {"densenet": densenet_d2l, "resnet18": resnet18_d2l}
WIDTHS = {  # at width 1 the growth rate is 32
    "gpu": {"densenet": (1 / 4, 1 / 2, 1), "resnet18": (1 / 16, 1 / 8, 1 / 4)},
    "cpu": {"densenet": (1 / 8, 1 / 4, 1 / 2), "resnet18": (1 / 16, 1 / 8, 1 / 4)},
}
N_TRAIN = {"gpu": 60_000, "cpu": 6_000}
EPOCHS = {"gpu": 5, "cpu": 5}
COMMON = {"lr": 0.1, "momentum": 0.9, "schedule": "cosine"}
BATCH = {"gpu": 256, "cpu": 64}
PACE = (3, 20)  # steps: to warm up, and of each time


def notes(options: Options) -> dict[str, str]:
    """Say what was done."""
    here = options.place
    return {
        "networks": "densenet_d2l (four blocks of four layers; at width 1 the growth rate is 32) "
        "and resnet18_d2l, 1 channel, 10 classes; Fashion-MNIST scaled from 28×28 to "
        f"{SIDE}×{SIDE} bilinearly.",
        "training": f"{N_TRAIN[here]:,} training images, {EPOCHS[here]} epochs; momentum 0.9, "
        f"batches of {BATCH[here]}, the rate falls from 0.1 along a cosine from epoch to epoch, "
        "the same for all.",
        "pace": "Training examples a second with nothing else on the machine, the median of three "
        f"times {PACE[1]} steps; 'kept_bytes' is what the backward pass keeps for one example. "
        "'seconds' of the other runs were measured beside other work.",
    }


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """Each network at each of its widths, the seeds in the outer loop; last, their pace."""
    here = options.place
    networks = [
        {"model": name, "width": width}
        for name, widths in WIDTHS[here].items()
        for width in (widths[:1] if options.quick else widths)
    ]
    trained = {"batch_size": BATCH[here], "epochs": options.pick(EPOCHS[here]), **COMMON}
    for seed in range(options.seeds):
        for network in networks:
            yield {"study": "budget", **network, "seed": seed, **trained}
    for network in networks:
        yield WAIT  # one by one
        yield {"study": "pace", **network, "seed": 0, "batch_size": BATCH[here], "epochs": 0}


def run(settings: Settings, options: Options) -> Results:
    """Train one network, or measure its pace."""
    splits = clothes(options, full=options.on_gpu)
    splits = splits[0][: N_TRAIN[options.place]], splits[1]
    make = MODELS[settings["model"]]
    model = Sized(
        32 if options.quick else SIDE, seeded(settings["seed"], lambda: make(settings["width"]))
    )
    if settings["study"] == "budget":
        return about(splits) | train(model, splits, settings, options)
    batch = settings["batch_size"]
    measured = pace(model, splits[0], batch, options, PACE)
    images = splits[0].images[:batch].to(options.device)
    return about(splits) | measured | {"kept_bytes": kept_bytes(model, images)}


def kept_bytes(model: torch.nn.Module, images: torch.Tensor) -> float:
    """Return the bytes that autograd keeps of a batch for the backward pass, for one example.

    Parameters do not count, and what is kept twice counts once.
    """
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}
    alive = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
            alive.append(tensor)  # so that no address is given out twice
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(images)
    return sum(kept.values()) / len(images)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("densenet", QUESTION, plan, run, notes, argv=argv)


if __name__ == "__main__":
    start()
