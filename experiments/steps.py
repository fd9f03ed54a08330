"""From the slow loop to the fast one, step by step, and what makes an epoch worth more.

Study "feed" takes the times until a batch lies ready, study "step" those of a step with it: on
LeNet and a small residual network, over batch sizes, memory formats, bfloat16, the fused optimizer
and, on a GPU, the step as a CUDA graph. All take turns in rounds, each in another order, so that
whatever else the machine does hits them alike. Study "recipes" says what momentum, a schedule,
smoothed labels and moved images do to the accuracy after a few epochs, each at the rate that did
best on images held back (study "rates").

Writes the record "steps". Nothing else may run meanwhile: seven minutes of one thread of a CPU,
three of a GPU. The times are taken in one go; a stop later than that is taken up again.

    python -m experiments.steps
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import product
from statistics import median

import torch
from torch import nn

from book_utils import pace
from book_utils.augment import Moved
from book_utils.data import Dataset
from book_utils.graphed import DEVICES
from book_utils.models import DigitLeNet
from book_utils.pace import Loop
from book_utils.schedules import one_cycle
from book_utils.timing import one_thread
from book_utils.train import fit
from experiments.common import (
    CURVES,
    WAIT,
    Options,
    Results,
    Settings,
    about,
    clothes,
    main,
    seeded,
    smoothed,
)
from experiments.rates import best_rate, held_back

QUESTION = "What makes training fast, step by step, and what makes an epoch worth more?"
BATCHES = (64, 256, 1024)
ROUNDS = 5
RECIPES = {  # each adds one thing to the recipe before it
    "plain": {},
    "momentum": {"momentum": 0.9, "nesterov": True},
    "one-cycle": {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle"},
    "smoothing": {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle", "smoothing": 0.1},
    "moved": {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle", "smoothing": 0.1,
              "moved": True},
}  # fmt: skip
RATES = {"plain": (0.03, 0.1, 0.3), "momentum": (0.01, 0.03, 0.1)}
OF_A_CYCLE = (0.03, 0.1, 0.3)  # the peaks that the other recipes try
HELD_BACK, TRIALS, EPOCHS = 2_000, 4, 4
BATCH = 125  # divides both: a last batch of a few images would spoil a run just before its end
NOTES = {
    "milliseconds": f"Of a batch: the median of {ROUNDS} rounds ('repeats'), in each of which all "
    "take turns. A step with one image shows what any step costs that computes next to nothing.",
    "feed": "Until a batch lies ready: resident, indexed where the images lie; else each image "
    "opened by PIL and turned into numbers, by a DataLoader without worker processes. moved: each "
    f"shifted by up to {pace.SHIFT} pixels each way and mirrored in one case of two, by PIL or as "
    "a whole batch on the device.",
    "step": "Forward, loss, backward and gradient descent with momentum 0.9 on a batch that lies "
    "there. eager: PyTorch's default; fused: fused=True; graph: fused, and recorded as a CUDA "
    "graph. half: products in bfloat16, by autocast.",
    "recipes": f"DigitLeNet ('model' is the recipe) on the bundled sample, batches of {BATCH}; "
    "each recipe adds one thing to the one before it. momentum: 0.9, Nesterov; smoothing: 0.1; "
    "moved: as above, on the device.",
    "rates": f"Each recipe at three rates, {TRIALS} seeds, tried on {HELD_BACK:,} images held "
    "back from training; the best by mean accuracy is the one of study 'recipes'.",
}


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """All that is timed; then the rates of each recipe; then the recipes."""
    yield from times(options)
    common = {"batch_size": BATCH, "epochs": options.pick(EPOCHS)}
    for name in RECIPES:
        for lr in RATES.get(name, OF_A_CYCLE)[: 1 if options.quick else None]:
            for seed in range(1 if options.quick else TRIALS):
                yield {"study": "rates", "model": name, "lr": lr, "seed": seed, **common}
    yield WAIT
    for name in RECIPES:
        lr = best_rate(runs, name)
        for seed in range(options.seeds):
            yield {"study": "recipes", "model": name, "lr": lr, "seed": seed, **common}


def times(options: Options) -> list[Settings]:
    """Return the settings of all that is timed on a device."""
    sizes, models = BATCHES, tuple(pace.MODELS)
    if options.quick:
        sizes, models = BATCHES[:1], models[:1]
    common = {"place": options.place, "seed": 0, "epochs": 0}
    feed = [
        {"study": "feed", "model": "none", "resident": resident, "moved": moved, "batch_size": n}
        for resident, moved, n in product((False, True), (False, True), sizes)
    ]
    kinds = pace.STEPS if options.device.type in DEVICES else pace.STEPS[:2]
    step = [
        {"study": "step", "model": model, "channels_last": last, "half": half, "step": kind,
         "batch_size": n}
        for model, last, half, kind, n in product(
            models, (False, True), (False, True), kinds, (1, *sizes)
        )
    ]  # fmt: skip
    return [settings | common for settings in feed + step]


def run(settings: Settings, options: Options) -> Results:
    """Look a time up, which all were taken together, or train by a recipe."""
    splits = sample(options)
    if settings["study"] in ("feed", "step"):
        taken = take_turns(options)[key(settings)]
        return about(splits) | {"milliseconds": median(taken), "repeats": taken}
    if settings["study"] == "rates":
        splits = held_back(splits[0], 100 if options.quick else HELD_BACK)
    return about(splits) | recipe(settings, splits, options)


@cache
def sample(options: Options) -> tuple[Dataset, Dataset]:
    """Return the bundled sample, read once."""
    return clothes(options, full=False)


def key(settings: Settings) -> str:
    """Tell one of the times from the others."""
    return repr(sorted(settings.items()))


@cache
def take_turns(options: Options) -> dict[str, list[float]]:
    """Return the milliseconds of everything that is timed, round by round."""
    data = sample(options)[0].to(options.device)
    clocks = {key(settings): clock(settings, data) for settings in times(options)}
    taken: dict[str, list[float]] = {name: [] for name in clocks}
    draw = random.Random(0)
    for _ in range(1 if options.quick else ROUNDS):
        for name in draw.sample(list(clocks), k=len(clocks)):
            taken[name].append(clocks[name]())
    return taken


def clock(settings: Settings, data: Dataset) -> Callable[[], float]:
    """Return what takes a time, in milliseconds, of a batch."""
    names = ("resident", "moved", "channels_last", "half", "step", "batch_size")
    loop = Loop(**{name: settings[name] for name in names if name in settings})
    if settings["study"] == "feed":
        return pace.feeding(loop, data)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return pace.stepping(replace(loop, model=settings["model"]), data)


def recipe(settings: Settings, splits: tuple[Dataset, Dataset], options: Options) -> Results:
    """Train DigitLeNet by a recipe and return its curves; None from where it is lost."""
    how = RECIPES[settings["model"]]
    network = seeded(settings["seed"], DigitLeNet).to(options.device)
    size = {"parameters": sum(p.numel() for p in network.parameters())}
    model = nn.Sequential(Moved(), network) if how.get("moved") else network
    optimizer = torch.optim.SGD(
        network.parameters(), settings["lr"], how.get("momentum", 0.0),
        nesterov=how.get("nesterov", False),
    )  # fmt: skip
    try:
        history = fit(
            model, *splits, settings["epochs"], batch_size=BATCH, optimizer=optimizer,
            loss=partial(smoothed, model, how.get("smoothing", 0.0)), seed=settings["seed"],
            device=options.device, plot=False, schedule=one_cycle if "schedule" in how else None,
        )  # fmt: skip
    except FloatingPointError:
        return size | {"diverged": True} | {name: [None] * settings["epochs"] for name in CURVES}
    if history.interrupted:  # `fit` keeps what it has; a record needs whole runs
        raise KeyboardInterrupt
    return size | {"diverged": False} | {name: getattr(history, name) for name in CURVES}


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    with one_thread():
        main("steps", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
