"""The case study itself: VGG-13 and ResNet-18 on CIFAR-10, plainly and with all three ingredients.

Fetches CIFAR-10 (170 MB, once) and wants a GPU; writes the record "cifar10", which the book does
not ship. A quick run takes a few clothes in its place.

    python -m experiments.cifar10
"""

from book_utils import data
from experiments import ingredients
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train
from experiments.pictures import as_cifar, moved

QUESTION = "What do the two networks of the case study reach on CIFAR-10?"
EPOCHS = 30
NOTES = {
    "networks": "cifar_vgg13 and cifar_resnet18 of book_utils.models, at full width.",
    "training": f"{EPOCHS} epochs in batches of {ingredients.GPU.batches[1]}, computed in "
    "bfloat16; otherwise as study 'case' of record 'ingredients'.",
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Both networks with none and with all of the ingredients, the seeds in the outer loop."""
    batch = ingredients.GPU.batches[1]
    return [
        ingredients.settings(ingredients.GPU, "case", name, batch, on)
        | {"epochs": options.pick(EPOCHS), "seed": seed}
        for seed in range(options.seeds)
        for name in ingredients.CASE
        for on in (ingredients.NONE, ingredients.EVERY)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network."""
    splits = as_cifar(clothes(options)) if options.quick else data.cifar10(full=True)
    models = (ingredients.CPU if options.quick else ingredients.GPU).models
    learnt = (moved(splits[0]), splits[1]) if settings["moved"] else splits
    model = seeded(settings["seed"], models[settings["model"]])
    return about(splits) | train(model, learnt, settings, options)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("cifar10", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
