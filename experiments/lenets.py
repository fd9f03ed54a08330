"""LeNet (sigmoids, average pooling) and a dense network of three hidden layers: how good they are.

On all of Fashion-MNIST. Writes the record "lenets" and the weights of LeNet that pages ship: 7
minutes on one thread of a busy CPU.

    python -m experiments.lenets
"""

from itertools import pairwise

from torch import nn

from book_utils.models import LeNet
from book_utils.models.lenet import xavier
from experiments.common import (
    Options,
    Results,
    Settings,
    about,
    clothes,
    main,
    seeded,
    train,
)
from experiments.shipping import keep, ship

QUESTION = "How good is LeNet, and a dense network beside it?"
SETTINGS = {
    "lenet": {"lr": 0.9, "batch_size": 256},
    "dense": {"lr": 0.3, "batch_size": 256},
}
EPOCHS = 10
NOTES = {
    "curves": "Training loss and accuracy are means over each epoch while the network changes; "
    "the test is at the end of each epoch.",
    "data": "Fashion-MNIST as published, 60,000 and 10,000.",
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


MODELS = {"lenet": LeNet, "dense": dense}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Five seeds of each network."""
    return [
        {"model": name, "epochs": options.pick(EPOCHS), "seed": seed, **SETTINGS[name]}
        for name in MODELS
        for seed in range(options.seeds)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network; keep the weights of LeNet, for `finish`."""
    name, seed = settings["model"], settings["seed"]
    splits, model = clothes(options), seeded(seed, MODELS[name])
    results = train(model, splits, settings, options)
    if name == "lenet":
        keep(name, seed, model, options)
    return about(splits) | results


def finish(runs: list[dict], options: Options) -> dict:
    """Write the weights of a typical run of LeNet."""
    tests = {"sample": clothes(options, full=False)[1], "full": clothes(options)[1]}
    seed = typical([run for run in runs if run["model"] == "lenet"])
    return {"shipped": ship("lenet", seed, RULE, tests, options)}


def typical(runs: list[dict]) -> int:
    """Return the seed of the run with the median accuracy at the end."""
    order = sorted(runs, key=lambda run: (run["test_accuracy"][-1], run["seed"]))
    return order[(len(order) - 1) // 2]["seed"]


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("lenets", QUESTION, plan, run, NOTES, finish, argv)


if __name__ == "__main__":
    start()
