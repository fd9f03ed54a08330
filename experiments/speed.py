"""How many examples a second the networks of the book learn from, in four forms of arithmetic.

Nothing else may run meanwhile. Writes the record "speed": two minutes of a GPU.

    python -m experiments.speed
"""

import time
from functools import partial
from statistics import median

import torch
from torch import nn

from book_utils.data import Dataset
from book_utils.half import Half
from book_utils.models import (
    LeNet,
    alexnet,
    cifar_resnet18,
    cifar_vgg13,
    googlenet,
    nin,
    resnet18,
    vgg11,
)
from experiments.common import Options, Results, Settings, about, clothes, main, seeded
from experiments.pictures import Sized, as_cifar

QUESTION = "How many examples a second do the networks learn from?"
SMALL = {"channels": 1, "classes": 10}
MODELS = {
    "lenet": (LeNet, 256),
    "resnet18, a quarter": (partial(resnet18, 1 / 4, stem="small", classes=10), 512),
    "cifar_vgg13": (cifar_vgg13, 512),
    "cifar_resnet18": (cifar_resnet18, 512),
    **{
        f"{make.__name__}, a quarter, 224×224": (
            lambda make=make: Sized(224, make(1 / 4, **SMALL)), 256
        )
        for make in (alexnet, nin, vgg11, googlenet)
    },
}  # fmt: skip
FORMS = {
    "float32": (False, False),
    "channels_last": (True, False),
    "bfloat16": (False, True),
    "channels_last and bfloat16": (True, True),
}
STEPS = {"gpu": (10, 50), "cpu": (1, 2)}  # to warm up, and of each time
REPEATS = 3
NOTES = {
    "measured": f"Steps of gradient descent with momentum on batches that lie on the device, after "
    f"{STEPS['gpu'][0]} to warm up: the median of {REPEATS} times {STEPS['gpu'][1]} steps (fewer "
    "on a CPU).",
    "forms": "float32 as PyTorch computes it by default; channels_last: the memory format of "
    "weights and images; bfloat16: by autocast.",
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Each network in each form."""
    names = list(MODELS)[:2] if options.quick else list(MODELS)
    return [
        {"model": name, "form": form, "batch_size": MODELS[name][1], "epochs": 0, "seed": seed}
        for name in names
        for form in FORMS
        for seed in range(2 if options.quick else 1)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Measure one network in one form."""
    splits = clothes(options)
    make, batch = MODELS[settings["model"]]
    batch, form = 16 if options.quick else batch, settings["form"]
    pictures = as_cifar(splits) if "resnet" in settings["model"] or "vgg13" in settings["model"] \
        else splits  # fmt: skip
    model = seeded(settings["seed"], make)
    parameters = sum(p.numel() for p in model.parameters())
    measured = pace(model, pictures[0], batch, options, STEPS[options.place], form)
    return about(splits) | {"parameters": parameters} | measured


def pace(
    model: nn.Module,
    data: Dataset,
    batch: int,
    options: Options,
    steps: tuple[int, int],
    form: str = "float32",
) -> Results:
    """Return how many examples a second a network learns from on the device, in one of the forms.

    `steps` are those to warm up and those of each time that is taken; a quick run makes one each.
    """
    last, half = FORMS[form]
    model = model.to(options.device)
    model = model.to(memory_format=torch.channels_last) if last else model
    rates = examples_a_second(
        Half(model) if half else model, data.to(options.device), batch, last,
        *((1, 1) if options.quick else steps),
    )  # fmt: skip
    return {"examples_a_second": median(rates), "repeats": rates}


def examples_a_second(
    model: nn.Module, data: Dataset, batch: int, last: bool, warm: int, steps: int
) -> list[float]:
    """Return the rate of each repeat."""
    batch = min(batch, len(data))
    images, labels = data.images[:batch].contiguous(), data.labels[:batch]
    if last:
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def go(steps: int) -> float:
        start = time.perf_counter()
        for _ in range(steps):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
        if images.is_cuda:
            torch.cuda.synchronize()
        return steps * batch / (time.perf_counter() - start)

    go(warm)
    return [go(steps) for _ in range(REPEATS)]


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("speed", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
