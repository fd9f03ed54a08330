"""Batch normalisation in LeNet: which learning rates it allows, which batch sizes it needs.

Study "lr": LeNet and BN-LeNet over five learning rates on all of Fashion-MNIST. Study
"batch_size": BN-LeNet and the same network with group normalisation over batches of 2 to 256, on
the bundled sample, the rate in proportion to the batch. Writes the record "batch_norm": 40 minutes
on one thread of a busy CPU.

    python -m experiments.batch_norm
"""

from functools import partial

import torch
from torch import nn

from book_utils.data import Dataset
from book_utils.models import LeNet, NormLeNet
from book_utils.train import evaluate
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train

QUESTION = "Which learning rates does batch normalisation allow LeNet, and which batch sizes?"
RATES = (0.1, 0.3, 1.0, 3.0, 9.0)
SIZES = (2, 4, 16, 64, 256)
RATE_FOR_256 = 1.0  # in the study of batch sizes
EPOCHS = {"lr": 4, "batch_size": 5}
GROUPS = 2
NOTES = {
    "lr": "LeNet without and with batch normalisation, as the book builds them, batches of 256, "
    "Fashion-MNIST as published (60,000 and 10,000), plain gradient descent.",
    "batch_size": "BN-LeNet and GN-LeNet (two groups at each of the four places), the bundled "
    f"sample (10,000 and 2,000), plain gradient descent at {RATE_FOR_256:g}·batch/256, the same "
    "number of epochs for all.",
    "test_accuracy": "In evaluation mode, which for BN-LeNet means with the running averages.",
    "test_batch_statistics": "BN-LeNet at the end, [loss, accuracy] on the same test images, "
    "shuffled, each batch normalised by its own statistics instead; batches as in training.",
    "diverged": "A run whose loss became infinite or not a number; its curves are null from then.",
}


def gn_lenet() -> NormLeNet:
    """Return LeNet with group normalisation before each sigmoid."""
    norm = partial(nn.GroupNorm, GROUPS)
    return NormLeNet(norm, norm)


MODELS = {"lenet": LeNet, "bn_lenet": NormLeNet, "gn_lenet": gn_lenet}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """All learning rates, then all batch sizes; the seeds in the inmost loop."""
    rates = [
        {"study": "lr", "model": model, "lr": lr, "batch_size": 256}
        for model in ("lenet", "bn_lenet")
        for lr in (RATES[::4] if options.quick else RATES)
    ]
    sizes = [
        {"study": "batch_size", "model": model, "lr": RATE_FOR_256 * size / 256, "batch_size": size}
        for model in ("bn_lenet", "gn_lenet")
        for size in ((4, 64) if options.quick else SIZES)
    ]
    return [
        settings | {"epochs": options.pick(EPOCHS[settings["study"]]), "seed": seed}
        for settings in rates + sizes
        for seed in range(options.seeds)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network; try BN-LeNet with the statistics of test batches as well."""
    splits = clothes(options, full=settings["study"] == "lr")
    model = seeded(settings["seed"], MODELS[settings["model"]])
    results = train(model, splits, settings, options)
    if settings["model"] == "bn_lenet" and not results["diverged"]:
        found = with_batch_statistics(model, splits[1], settings["batch_size"])
        results["test_batch_statistics"] = list(found)
    return about(splits) | results


def with_batch_statistics(model: nn.Module, test: Dataset, batch_size: int) -> tuple[float, float]:
    """Return (loss, accuracy) where each test batch is normalised by its own statistics.

    The images are shuffled first, since the sample deals the classes out in turn. The model loses
    its running averages.
    """
    order = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):  # then it knows none but the batch's
            layer.running_mean = layer.running_var = None
            layer.track_running_stats = False
    return evaluate(model, test[order], batch_size)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("batch_norm", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
