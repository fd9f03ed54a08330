"""What a well-trained network loses with a block: removed one by one, several at once, shuffled.

A residual network and a plain one of 32 layers, trained on Fashion-MNIST until they are good; then
each block is taken out, n blocks at random, and blocks of equal shape are exchanged. Writes the
record "blocks"; on a CPU with half the maps and fewer images than on a GPU.

    python -m experiments.blocks --jobs 2
"""

import random
from statistics import mean

from torch import nn

from book_utils.data import Dataset
from book_utils.models import small_resnet
from book_utils.train import evaluate
from experiments.common import Options, Results, Settings, about, clothes, main, seeded, train
from experiments.pictures import moved

QUESTION = "What does a well-trained network lose with its blocks?"
DEPTH, STEM = 32, "half"
WIDTH = {"gpu": 16, "cpu": 8}
N_TRAIN = {"gpu": 60_000, "cpu": 10_000}
MODELS = {"residual": True, "plain": False}  # whether it has shortcuts
COMMON = {
    "batch_size": 128, "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4,
    "schedule": "cosine",
}  # fmt: skip
EPOCHS = {"gpu": 15, "cpu": 20}
COUNTS = (1, 2, 3, 4, 6, 8, 10)
DRAWS = 10
SWAPS = (1, 2, 4, 8)


def notes(options: Options) -> dict[str, str]:
    """Say what was done."""
    here = options.place
    width = WIDTH[here]
    return {
        "networks": f"small_resnet(32, width={width}, shortcut=…, stem='half'): three stages of "
        f"five blocks each, with {width}, {2 * width} and {4 * width} maps on 14×14, 7×7 and 4×4. "
        "The first block of the second and third stage changes the shape and stays.",
        "training": f"{N_TRAIN[here]:,} images of Fashion-MNIST, moved by up to 2 pixels and "
        f"mirrored, {EPOCHS[here]} epochs; Nesterov momentum 0.9, weight decay 5e-4, batches of "
        f"{COMMON['batch_size']}, the rate falls from 0.1 along a cosine.",
        "without_one": "Test accuracy without the block, for each block that can be taken out, in "
        "order, and none of the weights changed.",
        "without_some": f"For n = {', '.join(map(str, COUNTS))} blocks at random: the mean test "
        f"accuracy over {DRAWS} draws.",
        "swapped": f"For n = {', '.join(map(str, SWAPS))} exchanges of two blocks of one stage: "
        f"the mean test accuracy over {DRAWS} draws.",
    }


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Both networks, the seeds in the outer loop."""
    return [
        {"model": name, "depth": 8 if options.quick else DEPTH, "seed": seed,
         "epochs": options.pick(EPOCHS[options.place]), **COMMON}
        for seed in range(options.seeds)
        for name in MODELS
    ]  # fmt: skip


def run(settings: Settings, options: Options) -> Results:
    """Train one network, then take it apart."""
    splits = clothes(options, full=options.on_gpu)
    width, shortcut = WIDTH[options.place], MODELS[settings["model"]]
    make = lambda: small_resnet(settings["depth"], width, shortcut, stem=STEM)  # noqa: E731
    model = seeded(settings["seed"], make)
    results = train(model, (moved(splits[0]), splits[1]), settings, options)
    if not results["diverged"]:
        draws = 1 if options.quick else DRAWS
        results |= taken_apart(model, splits[1].to(options.device), settings["seed"], draws)
    return about(splits) | results


def taken_apart(model: nn.Sequential, test: Dataset, seed: int, draws: int) -> Results:
    """Return the accuracies without blocks and with blocks exchanged."""
    spare = [i for i, layer in enumerate(model) if is_spare(layer)]
    draw = random.Random(seed)

    def accuracy(change: list[nn.Module]) -> float:
        return evaluate(nn.Sequential(*change).eval(), test)[1]

    def without(places: list[int]) -> float:
        return accuracy([layer for i, layer in enumerate(model) if i not in places])

    def exchanged(n: int) -> float:
        layers = list(model)
        for _ in range(n):
            first = draw.choice(spare)
            like = [i for i in spare if shape(model[i]) == shape(model[first]) and i != first]
            if like:
                other = draw.choice(like)
                layers[first], layers[other] = layers[other], layers[first]
        return accuracy(layers)

    counts = [n for n in COUNTS if n <= len(spare)]
    return {
        "without_one": [without([place]) for place in spare],
        "without_some": [
            mean(without(draw.sample(spare, n)) for _ in range(draws)) for n in counts
        ],
        "swapped": [mean(exchanged(n) for _ in range(draws)) for n in SWAPS],
    }


def is_spare(layer: nn.Module) -> bool:
    """Whether a block can be taken out: it has weights of its own and keeps the shape."""
    if not hasattr(layer, "f"):
        return False
    c_out, c_in = layer.f[0].weight.shape[:2]
    return c_in == c_out and layer.f[0].stride == (1, 1)


def shape(block: nn.Module) -> tuple[int, ...]:
    """Return the shape of a block's first weights."""
    return tuple(block.f[0].weight.shape)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("blocks", QUESTION, plan, run, notes, argv=argv)


if __name__ == "__main__":
    start()
