"""What learned features are worth: five classes of clothes, then five others with few examples.

A small network learns the first five classes of Fashion-MNIST; then the other five from 10 to 500
images in four ways. Writes the record "transfer": minutes on a CPU.

    python -m experiments.transfer
"""

from dataclasses import replace

import torch
from torch import nn

from book_utils.data import Dataset
from book_utils.models import DigitLeNet
from book_utils.train import evaluate, fit
from experiments.common import Options, Results, Settings, about, clothes, main, rounded, seeded

QUESTION = "How much do features that were learned on five classes help with five others?"
OLD, NEW = range(5), range(5, 10)
SIZES = (10, 20, 50, 100, 200, 500)
WAYS = {
    "kept": "the features stay as they were learned, the last layer learns",
    "tuned": "all layers learn on from what they were",
    "random": "the features stay as they were drawn, the last layer learns",
    "anew": "all layers learn from nothing",
}
EPOCHS = 5
STEPS = 300
RATE = {"kept": 0.01, "tuned": 0.003, "random": 0.01, "anew": 0.01}
NOTES = {
    "network": "DigitLeNet; its last layer is drawn anew for the five new classes.",
    "first": f"Fashion-MNIST's first five classes, {EPOCHS} epochs, momentum 0.9, rate 0.05, "
    "batches of 128.",
    "then": f"The other five classes from n images, the same number of each, {STEPS} steps of "
    "Adam on all of them at once (rate 0.01; 0.003 where all layers are tuned); accuracy on all "
    "test images of the five.",
    **WAYS,
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """One run a seed."""
    epochs = options.pick(EPOCHS)
    return [{"model": "digit_lenet", "epochs": epochs, "seed": s} for s in range(options.seeds)]


def run(settings: Settings, options: Options) -> Results:
    """Learn the old classes once, then the new ones from each number of images in each way."""
    seed, splits = settings["seed"], clothes(options)
    old = tuple(of_classes(split, OLD) for split in splits)
    new = tuple(of_classes(split, NEW).to(options.device) for split in splits)
    learned, drawn = (seeded(seed, lambda: five(DigitLeNet())) for _ in range(2))
    optimizer = torch.optim.SGD(learned.to(options.device).parameters(), lr=0.05, momentum=0.9)
    history = fit(
        learned, *old, epochs=settings["epochs"], batch_size=128, optimizer=optimizer, seed=seed,
        device=options.device, plot=False,
    )  # fmt: skip
    if history.interrupted:
        raise KeyboardInterrupt
    curves = {name: list(getattr(history, name)) for name in ("train_loss", "test_accuracy")}
    sizes = [n for n in SIZES if n <= len(new[0])][: 2 if options.quick else None]
    found = {way: [] for way in WAYS}
    for n in sizes:
        few = new[0].subset(n, seed=1000 + seed)
        for way in WAYS:
            start = learned if way in ("kept", "tuned") else drawn
            steps = 10 if options.quick else STEPS
            found[way].append(again(start, way, few, new[1], seed, steps))
    return about(splits) | rounded(curves) | {"sizes": sizes} | rounded(found)


def of_classes(data: Dataset, classes: range) -> Dataset:
    """Return the examples of some classes, their labels counted from 0."""
    chosen = (data.labels >= classes.start) & (data.labels < classes.stop)
    names = tuple(data.classes[c] for c in classes)
    labels = data.labels[chosen] - classes.start
    return replace(data, images=data.images[chosen], labels=labels, classes=names)


def five(model: DigitLeNet) -> DigitLeNet:
    """Give a network a last layer for five classes."""
    last = model.dense[-1]
    model.dense[-1] = nn.Linear(last.in_features, len(NEW))
    return model


def again(start: DigitLeNet, way: str, few: Dataset, test: Dataset, seed: int, steps: int) -> float:
    """Return the accuracy on new classes of a network that learned them in one of the ways."""
    model = with_a_new_head(start, seed).to(few.device)
    learning = model.dense[-1] if way in ("kept", "random") else model
    optimizer = torch.optim.Adam(learning.parameters(), lr=RATE[way])
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(few.images), few.labels).backward()
        optimizer.step()
    return evaluate(model, test)[1]


def with_a_new_head(start: DigitLeNet, seed: int) -> DigitLeNet:
    """Return a network with the weights of another, but for its last layer, which is drawn anew."""
    model = seeded(seed, lambda: five(DigitLeNet()))
    state, head = start.state_dict(), model.dense[-1].state_dict()
    state |= {f"dense.{len(model.dense) - 1}.{name}": value for name, value in head.items()}
    model.load_state_dict(state)
    return model


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("transfer", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
