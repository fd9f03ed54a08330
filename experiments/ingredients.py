"""Which ingredient of a good run buys what, and the two networks of the CIFAR-10 case study.

Study "switches": a ResNet-18 for small pictures, a quarter of the width, with and without moved
pictures, a falling rate and smoothed labels, in all eight combinations; study "batch": all three,
over three batch sizes; study "case": VGG-13 and ResNet-18 of the case study at full width, plainly
and with all three. On Fashion-MNIST as 3×32×32. Writes the record "ingredients": for a GPU.

    python -m experiments.ingredients --jobs 4
"""

from functools import partial
from itertools import product

from book_utils.models import cifar_resnet18, cifar_vgg13, resnet18
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train
from experiments.pictures import as_cifar, moved

QUESTION = "Which ingredient of a good training run buys what?"
MODELS = {
    "resnet18": partial(resnet18, 1 / 4, stem="small", classes=10),
    "cifar_vgg13": cifar_vgg13,
    "cifar_resnet18": cifar_resnet18,
}
RATE_FOR_512 = {"resnet18": 0.2, "cifar_vgg13": 0.05, "cifar_resnet18": 0.2}
BATCHES = (128, 512, 2048)
COMMON = {"momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}
EPOCHS = {"switches": 10, "batch": 10, "case": 5}
NOTES = {
    "pictures": "Fashion-MNIST, 60,000 and 10,000, with two pixels of 0 around it and three times "
    "as the channels: 3×32×32.",
    "moved": "Each training picture is moved by up to 2 pixels each way and mirrored in one case "
    "of two, anew in each epoch.",
    "schedule": "The rate stays, or falls along a cosine from epoch to epoch.",
    "smoothing": "0.1 of a label is spread over all ten classes, in training alone.",
    "rate": "For batches of 512: 0.2 for both ResNets, 0.05 for VGG-13; in proportion for others. "
    "Nesterov momentum 0.9, weight decay 5e-4.",
    "case": "The source names no optimiser and trains on CIFAR-10: these runs are of its networks, "
    "not of its results.",
}


def settings(study: str, model: str, batch: int, on: tuple[bool, bool, bool]) -> Settings:
    """Return the settings of a run with some of the three ingredients on."""
    is_moved, falls, is_smooth = on
    return {
        "study": study,
        "model": model,
        "batch_size": batch,
        "lr": RATE_FOR_512[model] * batch / 512,
        "moved": is_moved,
        "schedule": "cosine" if falls else "constant",
        "smoothing": 0.1 if is_smooth else 0.0,
        **({"precision": "bfloat16"} if study == "case" else {}),
        **COMMON,
    }


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """The switches, the batches, the case; the seeds in the outer loop."""
    combinations = list(product((False, True), repeat=3))
    every = (True, True, True)
    wanted = [settings("switches", "resnet18", 512, on) for on in combinations]
    wanted += [settings("batch", "resnet18", batch, every) for batch in BATCHES if batch != 512]
    case = ("cifar_vgg13", "cifar_resnet18")
    wanted += [settings("case", name, 512, on) for name in case for on in (combinations[0], every)]
    if options.quick:
        wanted = [wanted[0], wanted[7]]
    return [
        each | {"epochs": options.pick(EPOCHS[each["study"]]), "seed": seed}
        for seed in range(options.seeds)
        for each in wanted
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network."""
    splits = as_cifar(clothes(options))
    learnt = (moved(splits[0]), splits[1]) if settings["moved"] else splits
    model = seeded(settings["seed"], MODELS[settings["model"]])
    return about(splits) | train(model, learnt, settings, options)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("ingredients", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
