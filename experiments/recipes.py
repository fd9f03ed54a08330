"""The recipes that race, by device: the first of each is the one that a submission is made with.

The others change one thing, or a few that belong together; `experiments.ideas` tries them all on
held-out images. Those for a GPU begin from the settings of a prototype; none is timed yet.
"""

from dataclasses import replace

from experiments.racing import Recipe

GPU = Recipe()
CPU = Recipe(
    patch=4,
    stride=3,
    layers=((32, "pool"), (64, ""), (64, "pool")),
    activation="relu",
    shifts=False,
    epochs=1.5,
    batch=500,
    muon=0.15,
    momentum=0.75,
    rate=1.0,
    bias_rate=24.0,
    head_rate=200.0,
    decay=0.0033,
    smoothing=0.2,
    peak=0.0,
    end=0.0,
    flip=False,
    shift=0,
    half="bfloat16",
)
# The rates of CIFAR-10 airbench with Muon (Jordan, 2024), in proportion to the batch.
MUON = replace(GPU, muon=0.24, momentum=0.6, head_rate=500.0, bias_rate=40.0, peak=0.0, end=0.0)
NARROW = ((64, "pool"), (64, ""), (192, "pool"), (192, ""), (192, "pool"), (192, ""))
RECIPES = {
    "gpu": {
        "base": GPU,
        "8 epochs": replace(GPU, epochs=8.0),
        "7 epochs": replace(GPU, epochs=7.0),
        "8 epochs, rate to 0": replace(GPU, epochs=8.0, end=0.0),
        "8 epochs, shifts of 1": replace(GPU, epochs=8.0, shift=1),
        "8 epochs, bfloat16": replace(GPU, epochs=8.0, half="bfloat16"),
        "7 epochs, fast last layer": replace(GPU, epochs=7.0, head_rate=500.0),
        "7 epochs, Muon": replace(MUON, epochs=7.0),
        "6 epochs, Muon": replace(MUON, epochs=6.0),
        "5 epochs, Muon": replace(MUON, epochs=5.0),
        "narrow, 9 epochs": replace(GPU, layers=NARROW),
        "narrow, 7 epochs, Muon": replace(MUON, layers=NARROW, epochs=7.0),
    },
    "cpu": {
        "base": CPU,
        "no whitening": replace(CPU, whitened=False),
        "no Muon": replace(CPU, muon=0.0, momentum=0.85, rate=4.0),
        "constant rate": replace(CPU, end=1.0),
        "slow last layer": replace(CPU, head_rate=1.0),
        "no smoothing": replace(CPU, smoothing=0.0),
        "flips": replace(CPU, flip=True),
        "float32": replace(CPU, half="float32"),
        "stride 2": replace(CPU, stride=2),
        "batches of 100": replace(CPU, batch=100, muon=0.07, bias_rate=4.8, head_rate=40.0),
        "half the epochs": replace(CPU, epochs=0.75),
        "twice the epochs": replace(CPU, epochs=3.0),
    },
}
