"""Concatenate or add: DenseNets of three growth rates and ResNets of two widths on one budget.

Writes the record "densenet": for a GPU.

    python -m experiments.densenet --jobs 4
"""

from book_utils.models import densenet_d2l, resnet18_d2l
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train
from experiments.pictures import Sized

QUESTION = "What do DenseNets and ResNets get out of their parameters?"
SIDE = 96
MODELS = {
    "densenet": (densenet_d2l, (1 / 4, 1 / 2, 1)),  # growth 8, 16, 32
    "resnet18": (resnet18_d2l, (1 / 8, 1 / 4)),
}
COMMON = {"batch_size": 256, "lr": 0.1, "momentum": 0.9, "schedule": "cosine"}
EPOCHS = 5
NOTES = {
    "networks": "densenet_d2l (four blocks of four layers; at width 1 the growth rate is 32) and "
    "resnet18_d2l, 1 channel, 10 classes; Fashion-MNIST scaled from 28×28 to 96×96 bilinearly.",
    "training": "All 60,000 training images; momentum 0.9, batches of 256, the rate falls from 0.1 "
    "along a cosine from epoch to epoch, the same for all.",
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Each network at each of its widths, the seeds in the outer loop."""
    return [
        {"model": name, "width": width, "epochs": options.pick(EPOCHS), "seed": seed, **COMMON}
        for seed in range(options.seeds)
        for name, (_, widths) in MODELS.items()
        for width in (widths[:1] if options.quick else widths)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network."""
    splits = clothes(options)
    make, _ = MODELS[settings["model"]]
    model = Sized(
        32 if options.quick else SIDE, seeded(settings["seed"], lambda: make(settings["width"]))
    )
    return about(splits) | train(model, splits, settings, options)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("densenet", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
