"""From the slow loop to the fast one, each step of the way switched on and off.

Study "paces" measures LeNet and a small residual network in every combination: PIL images through
a `DataLoader` or tensors on the device, three batch sizes, memory format and bfloat16, the fused
optimizer, the step recorded as a CUDA graph (on a CPU compiled, where there is a compiler), and
images moved while the network learns. In each round all take turns, in another order, so that
whatever else the machine does hits them alike: compare within a round. Study "recipes" says what
momentum, a schedule, smoothed labels and moved images do to the accuracy after a few epochs, each
at the rate that did best on images held back (study "rates").

Writes the record "steps". Nothing else may run meanwhile: about eight minutes of one thread of a
CPU, five of a GPU; a stop is taken up again.

    python -m experiments.steps
"""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from itertools import product
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils.augmentation import Moved
from book_utils.data import Dataset
from book_utils.graphed import DEVICES, WARM, Graphed
from book_utils.half import Half
from book_utils.models import LeNet, NormLeNet, small_resnet
from book_utils.schedules import one_cycle
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
from experiments.pil import Pictures, move, to_tensor, train_pictures
from experiments.rates import best_rate, held_back

QUESTION = "What makes training fast, step by step, and what makes an epoch worth more?"
MODELS = {"lenet": LeNet, "small_resnet": partial(small_resnet, 8, 16)}
BATCHES = {"cpu": (64, 256), "gpu": (256, 1024)}
FORMS = {  # whether weights are channels_last, whether products are computed in bfloat16
    "float32": (False, False),
    "channels_last": (True, False),
    "channels_last + bfloat16": (True, True),
}
BUDGET = {"cpu": 0.12, "gpu": 0.1}  # seconds that a measurement aims at
RECIPES = {  # each adds one thing to the recipe before it
    "plain": {},
    "momentum": {"momentum": 0.9, "nesterov": True},
    "one-cycle": {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle"},
    "smoothing": {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle", "smoothing": 0.1},
    "moved": {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle", "smoothing": 0.1,
              "moved": True},
}  # fmt: skip
RATES = {"plain": (0.3, 1.0, 3.0)}  # of gradient descent without momentum; the others':
WITH_MOMENTUM = (0.03, 0.1, 0.3)
HELD_BACK, TRIALS, EPOCHS, BATCH = 2_000, 2, 4, 128


class Way(NamedTuple):
    """One way to take the steps: the names of what is switched on."""

    data: str  # "pictures": PIL images through a DataLoader; "tensors": on the device
    batch: int
    form: str  # of FORMS
    launch: str  # "eager"; "fused": the optimizer; "graph" or "compile": the fused step
    moved: str  # "no", "pictures" (by PIL on the CPU) or "tensors" (by a layer on the device)

    @property
    def key(self) -> str:
        """The five in the order above, as the record has them."""
        return ",".join(map(str, self))


def notes(options: Options) -> dict[str, str]:
    """Say what was done."""
    small, large = BATCHES[options.place]
    return {
        "paces": "rates: training examples a second, by 'data,batch,form,launch,moved'; each seed "
        "is a round, in which all take turns. "
        f"lenet: LeNet with sigmoids; small_resnet: 8 layers, 16, 32 and 64 maps; batches of "
        f"{small} and {large}, and of one image, which shows what a step costs that computes next "
        "to nothing. Gradient descent with momentum 0.9; every way counts right answers.",
        "data": "pictures: a DataLoader without workers opens each image with PIL, and loss and "
        "right answers are fetched after each step; tensors: batches are indexed where they lie.",
        "launch": "eager: PyTorch's default optimizer; fused: fused=True; graph: the fused step "
        "as a CUDA graph; compile: the fused step with the network under torch.compile.",
        "moved": "By up to 2 pixels each way and mirrored in one case of two: by PIL, or by a "
        "layer on the device.",
        "recipes": f"BN-LeNet ('model' is the recipe) on the bundled sample, batches of {BATCH}. "
        "Each recipe adds one thing to the one before it. moved: as above, on the device.",
        "rates": f"Each recipe at three rates, {TRIALS} seeds, tried on {HELD_BACK:,} images held "
        "back from training; the best by mean accuracy is the one of study 'recipes'.",
    }  # fmt: skip


def ways(options: Options) -> list[Way]:
    """Return all ways that are measured on a device."""
    sizes = BATCHES[options.place]
    launches = ("eager", "fused", *_launches(options))
    slow = product(["pictures"], sizes, ["float32"], ["eager"], ["no", "pictures"])
    fast = product(["tensors"], sizes, FORMS, launches, ["no", "tensors"])
    alone = product(["tensors"], [1], FORMS, launches, ["no"])
    return [Way(*each) for each in (*slow, *fast, *alone)]


def _launches(options: Options) -> list[str]:
    """Return the ways to be rid of Python that there are here."""
    if options.device.type in DEVICES:
        return ["graph"]
    compiler = any(map(shutil.which, ("g++", "clang++")))
    return ["compile"] if compiler and not options.quick else []


def plan(options: Options, runs: list[dict]) -> Iterator[Settings | None]:
    """The rounds of the paces; then the rates of each recipe; then the recipes."""
    for model in list(MODELS)[: 1 if options.quick else None]:
        for seed in range(options.seeds):
            yield {"study": "paces", "model": model, "epochs": 0, "seed": seed}
    common = {"batch_size": BATCH, "epochs": options.pick(EPOCHS)}
    for name in RECIPES:
        for lr in RATES.get(name, WITH_MOMENTUM)[: 1 if options.quick else None]:
            for seed in range(TRIALS):
                yield {"study": "rates", "model": name, "lr": lr, "seed": seed, **common}
    yield WAIT
    for name in RECIPES:
        lr = best_rate(runs, name)
        for seed in range(options.seeds):
            yield {"study": "recipes", "model": name, "lr": lr, "seed": seed, **common}


def run(settings: Settings, options: Options) -> Results:
    """Measure one round, or train by one recipe."""
    splits = clothes(options, full=False)
    if settings["study"] == "paces":
        return about(splits) | {"rates": paces(settings["model"], settings["seed"], options)}
    if settings["study"] == "rates":
        train, test = held_back(splits[0], 100 if options.quick else HELD_BACK)
        splits = train, test
    return about(splits) | recipe(settings, splits, options)


def paces(model: str, seed: int, options: Options) -> dict[str, float]:
    """Return the examples a second of every way, in one round."""
    contestants = _contestants(model, options)
    order = random.Random(seed).sample(contestants, k=len(contestants))
    rates = {each.way.key: each.rate() for each in order}
    return {each.way.key: rates[each.way.key] for each in contestants}


@cache
def _contestants(model: str, options: Options) -> list["Contestant"]:
    """Make and warm up those of a network, once for all rounds."""
    far, _ = clothes(options, full=False)
    near = far.to(options.device)
    return [
        Contestant(way, MODELS[model], far if way.data == "pictures" else near, options)
        for way in ways(options)
    ]


class Contestant:
    """A network that learns in one of the ways, warmed up, and how many steps to time."""

    def __init__(
        self, way: Way, make: Callable[[], nn.Module], data: Dataset, options: Options
    ) -> None:
        self.way, self.data, self.device = way, data, options.device
        is_last, is_half = FORMS[way.form]
        network = seeded(0, make).to(self.device)
        if is_last:
            network = network.to(memory_format=torch.channels_last)
        self.model = Half(network) if is_half else network
        if way.launch == "compile":
            self.model = torch.compile(self.model)
        if way.moved == "tensors":
            self.model = nn.Sequential(Moved(), self.model)
        fused = None if way.launch == "eager" else True
        self.optimizer = torch.optim.SGD(network.parameters(), 1e-3, momentum=0.9, fused=fused)
        self.step = Graphed(self.learn, self.device) if way.launch == "graph" else self.learn
        self.seconds(WARM + 1 if way.launch == "graph" else 1)
        aim = 0 if options.quick else BUDGET[options.place]
        self.steps = min(200, max(1, round(aim / self.seconds(1))))

    def rate(self) -> float:
        """Return the examples a second of some steps."""
        return self.steps * self.way.batch / self.seconds(self.steps)

    def seconds(self, steps: int) -> float:
        """Take some steps, and return how long it took until the device was done."""
        order = torch.randperm(steps * self.way.batch) % len(self.data)
        go = partial(self._pictures if self.way.data == "pictures" else self._tensors, order)
        start = time.perf_counter()
        go()
        if self.device.type != "cpu":
            getattr(torch, self.device.type).synchronize()
        return time.perf_counter() - start

    def _pictures(self, order: Tensor) -> None:
        transforms = [move, to_tensor] if self.way.moved == "pictures" else [to_tensor]
        pictures = Pictures(self.data[order], transforms)
        train_pictures(self.model, self.optimizer, pictures, self.way.batch)

    def _tensors(self, order: Tensor) -> None:
        losses, right = [], []
        for chosen in order.to(self.device).split(self.way.batch):
            loss, hits = self.step(self.data.images[chosen], self.data.labels[chosen])
            losses.append(loss)
            right.append(hits)

    def learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step on a batch; return its loss and the number of right answers."""
        scores = self.model(x)
        loss = F.cross_entropy(scores, y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach(), (scores.argmax(1) == y).sum()


def recipe(settings: Settings, splits: tuple[Dataset, Dataset], options: Options) -> Results:
    """Train BN-LeNet by a recipe and return its curves; None from where it is lost."""
    how = RECIPES[settings["model"]]
    network = seeded(settings["seed"], NormLeNet).to(options.device)
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
        return {"diverged": True} | {name: [None] * settings["epochs"] for name in CURVES}
    if history.interrupted:  # `fit` keeps what it has; a record needs whole runs
        raise KeyboardInterrupt
    return {"diverged": False} | {name: getattr(history, name) for name in CURVES}


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread of the CPU in the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    with one_thread():
        main("steps", QUESTION, plan, run, notes, argv=argv)


if __name__ == "__main__":
    start()
