"""BN-LeNet (sigmoids, batch normalisation) on the bundled clothes: a network to look into.

Five seeds. Writes the record "bn_lenet" and the weights that pages ship: 5 minutes on one thread
of a busy CPU.

    python -m experiments.bn_lenet
"""

from book_utils.models import NormLeNet
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train
from experiments.lenets import RULE, typical
from experiments.shipping import keep, ship

QUESTION = "How good is BN-LeNet after some epochs on the bundled clothes?"
NAME = "bn_lenet"
SETTINGS = {"lr": 0.5, "batch_size": 64, "schedule": "cosine"}
EPOCHS = 10
NOTES = {
    "curves": "Training loss and accuracy are means over each epoch while the network changes; "
    "the test is at the end of each epoch, in evaluation mode.",
    "data": "The bundled sample of Fashion-MNIST, 10,000 and 2,000. The rate falls along a cosine.",
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Five seeds."""
    return [
        {"model": NAME, "epochs": options.pick(EPOCHS), "seed": seed, **SETTINGS}
        for seed in range(options.seeds)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network and keep its weights, for `finish`."""
    splits, model = clothes(options, full=False), seeded(settings["seed"], NormLeNet)
    results = train(model, splits, settings, options)
    keep(NAME, settings["seed"], model, options)
    return about(splits) | results


def finish(runs: list[dict], options: Options) -> dict:
    """Write the weights of a typical run."""
    tests = {"sample": clothes(options, full=False)[1]}
    return {"shipped": ship(NAME, typical(runs), RULE, tests, options)}


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main(NAME, QUESTION, plan, run, NOTES, finish, argv)


if __name__ == "__main__":
    start()
