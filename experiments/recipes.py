"""The recipes that race, by device: the first of each is the one that a submission is made with.

The others change one thing, or a few that belong together; `experiments.ideas` tries them all on
held-out images.
"""

from dataclasses import replace

from experiments.racing import Recipe

GPU = Recipe()
CPU = Recipe(
    patch=3,
    stride=2,
    layers=((32, "pool"), (64, "")),
    activation="relu",
    epochs=1.0,
    batch=250,
    shift=0,
    half="bfloat16",
)
NARROW = ((64, "pool"), (64, ""), (192, "pool"), (192, ""), (192, "pool"), (192, ""))
RECIPES = {
    "gpu": {
        "base": GPU,
        "8 epochs": replace(GPU, epochs=8.0),
        "7 epochs": replace(GPU, epochs=7.0),
        "8 epochs, rate to 0": replace(GPU, epochs=8.0, end=0.0),
        "8 epochs, shifts of 1": replace(GPU, epochs=8.0, shift=1),
        "8 epochs, batch 1,024": replace(GPU, epochs=8.0, batch=1024),
        "narrow, 9 epochs": replace(GPU, layers=NARROW),
        "narrow, 8 epochs": replace(GPU, layers=NARROW, epochs=8.0),
    },
    "cpu": {"base": CPU},
}
