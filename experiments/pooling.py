"""How much of BN-LeNet's gain is due to pooling by the maximum: both networks, both poolings.

LeNet and BN-LeNet, pooling by the mean as the book builds them, and by the maximum, on the bundled
sample of Fashion-MNIST. Writes the record "pooling".

    python -m experiments.pooling
"""

from torch import nn

from book_utils.models import LeNet, NormLeNet
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train

QUESTION = "How much of the gain of BN-LeNet is due to pooling by the maximum?"
MODELS = {"lenet": LeNet, "bn_lenet": NormLeNet}
SETTINGS = {"lr": 1.0, "batch_size": 64}
EPOCHS = 5
NOTES = {
    "pooling": "'average' as the book builds LeNet and BN-LeNet, or 'max': both poolings replaced "
    "by 2×2 max pooling.",
    "data": "The bundled sample of Fashion-MNIST (10,000 and 2,000), plain gradient descent.",
    "test_accuracy": "In evaluation mode, which for BN-LeNet means with the running averages.",
}


def pooled(model: str, pooling: str) -> nn.Module:
    """Return one of the networks with its two poolings as they are, or by the maximum."""
    net = MODELS[model]()
    if pooling == "max":
        for i, layer in enumerate(net.features):
            if isinstance(layer, nn.AvgPool2d):
                net.features[i] = nn.MaxPool2d(2)
    return net


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Both networks with both poolings; the seeds in the inmost loop."""
    return [
        {"model": model, "pooling": pooling, **SETTINGS, "epochs": options.pick(EPOCHS)}
        | {"seed": seed}
        for model in MODELS
        for pooling in ("average", "max")
        for seed in range(options.seeds)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Train one network."""
    splits = clothes(options, full=False)
    model = seeded(settings["seed"], lambda: pooled(settings["model"], settings["pooling"]))
    return about(splits) | train(model, splits, settings, options)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("pooling", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
