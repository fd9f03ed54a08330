"""The two LeNets of the chapter and a dense network beside them: how good they are.

LeNet (sigmoids, average pooling) and a dense network of three hidden layers on all of
Fashion-MNIST; the digits' LeNet (ReLU, max pooling) on the 4,000 bundled digits. Writes the
record "lenets" and the weights that pages ship: 9 minutes on one thread of a busy CPU.

    python -m experiments.lenets
"""

from itertools import pairwise
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import nn

from book_utils import weights
from book_utils.models import DigitLeNet, LeNet
from book_utils.models.lenet import xavier
from book_utils.train import evaluate
from experiments.common import (
    Options,
    Results,
    Settings,
    about,
    clothes,
    digits,
    main,
    seeded,
    train,
)
from experiments.varied import Varied

QUESTION = "How good are the two LeNets, and a dense network beside them?"
SETTINGS = {
    "lenet": {"lr": 0.9, "batch_size": 256},
    "dense": {"lr": 0.3, "batch_size": 256},
    "digit_lenet": {"lr": 0.05, "batch_size": 32, "momentum": 0.9, "schedule": "cosine"},
}
EPOCHS = {"lenet": 10, "dense": 10, "digit_lenet": 30}
NOTES = {
    "curves": "Training loss and accuracy are means over each epoch while the network changes; "
    "the test is at the end of each epoch.",
    "data": "lenet and dense: Fashion-MNIST as published, 60,000 and 10,000. digit_lenet: the "
    "5,000 bundled digits of MNIST, 4,000 to train, 1,000 held out.",
    "digit_lenet": "In training each digit is turned (±15°), scaled (0.85 to 1.15), slanted, moved "
    "(±2 pixels) and thinned or thickened at random, anew in each epoch; the loss and accuracy of "
    "training are on these. The held-out digits are as they are. The rate falls along a cosine.",
    "dense": "784-256-256-256-10 with ReLU.",
}
RULE = (
    "the seed with the median test accuracy (of two in the middle the lower): a typical network, "
    "not the best"
)


def dense() -> nn.Sequential:
    """Return the dense network 784-256-256-256-10 with ReLU, Xavier-initialised."""
    layers: list[nn.Module] = [nn.Flatten()]
    for n_in, n_out in pairwise((784, 256, 256, 256, 10)):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1]).apply(xavier)


MODELS = {"lenet": LeNet, "dense": dense, "digit_lenet": DigitLeNet}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Five seeds of each network, ten of the small runs on digits."""
    return [
        {"model": name, "epochs": options.pick(EPOCHS[name]), "seed": seed, **SETTINGS[name]}
        for name in MODELS
        for seed in range(options.seeds * (2 if name == "digit_lenet" else 1))
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network and keep its weights, for `finish`."""
    name, seed = settings["model"], settings["seed"]
    splits = digits(options) if name == "digit_lenet" else clothes(options)
    learnt = splits
    if name == "digit_lenet":
        first = splits[0]
        learnt = Varied(first.images, first.labels, first.classes, first.name), splits[1]
    model = seeded(seed, MODELS[name])
    results = train(model, learnt, settings, options)
    if name in weights.MODELS:
        save_file(model.cpu().state_dict(), _kept(options, name, seed))
    return about(splits) | results


def finish(runs: list[dict], options: Options) -> dict:
    """Write the weights of a typical run of each LeNet, and measure exactly what was written."""
    shipped = {}
    folder = weights.FOLDER if options.recording else options.out
    for name, make in weights.MODELS.items():
        seed = _typical([run for run in runs if run["model"] == name])
        model = make()
        model.load_state_dict(load_file(_kept(options, name, seed)))
        weights.save(model, folder / f"{name}.safetensors")
        shipped[name] = {"seed": seed, "rule": RULE, **_measured(name, model, folder, options)}
    return {"shipped": shipped}


def _measured(name: str, model: nn.Module, folder: Path, options: Options) -> dict:
    """Compare the float32 network with the int8 weights in the file, on each held-out set."""
    if name == "digit_lenet":
        tests = {"sample": digits(options)[1]}
    else:
        tests = {"sample": clothes(options, full=False)[1], "full": clothes(options)[1]}
    stored = weights.load(name, folder)
    found = {}
    for which, test in tests.items():
        found[f"n_{which}"] = len(test)
        found[f"accuracy_{which}"] = evaluate(stored, test)[1]
        found[f"accuracy_{which}_float32"] = evaluate(model, test)[1]
    return found


def _typical(runs: list[dict]) -> int:
    """Return the seed of the run with the median accuracy at the end."""
    order = sorted(runs, key=lambda run: (run["test_accuracy"][-1], run["seed"]))
    return order[(len(order) - 1) // 2]["seed"]


def _kept(options: Options, name: str, seed: int) -> Path:
    return options.work / f"{name}-{seed}.safetensors"


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("lenets", QUESTION, plan, run, NOTES, finish, argv)


if __name__ == "__main__":
    start()
