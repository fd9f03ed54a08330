"""One training run that several processes share, written out: DistributedDataParallel (DDP).

Each process has a copy of the network, computes the gradient of its share of every batch, and
takes the same step as all others, along the mean of their gradients. The steps are those of one
process with the whole batches, up to rounding; only a batch normalisation sees a smaller batch.

    python -m experiments.distributed                                    # one process
    torchrun --standalone --nproc-per-node=2 -m experiments.distributed  # a process for each of two
                                                                         # GPUs, or two on the CPU

The first process evaluates, and writes a checkpoint after each epoch and distributed.json at the
end. The same command goes on from the checkpoint, with as many processes as you like.

On two machines, give each the same command but for --node-rank, which is 0 on the one whose
address is named. If one does not come, torchrun gives up after the seconds of --rdzv-conf:

    torchrun --nnodes=2 --node-rank=0 --master-addr=10.0.0.1 --rdzv-conf=timeout=60 \
        --nproc-per-node=2 -m experiments.distributed
"""

import json
import math
import os
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from book_utils import data
from book_utils.checkpoint import Checkpoint, State
from book_utils.data import Dataset
from book_utils.models import LeNet, NormLeNet
from book_utils.numbers import plural, thousands
from experiments.common import ROOT, describe, rounded, seeded, versions
from experiments.processes import (
    Place,
    clear_end,
    device_of,
    first_decides,
    here,
    join,
    mean_of_all,
)

MODELS = {"lenet": LeNet, "bn-lenet": NormLeNet}
MOMENTUM = 0.9
CURVES = ("train_loss", "test_loss", "test_accuracy", "seconds")
OUT = ROOT / "experiments" / "partial" / "distributed"


def parse(argv: list[str] | None = None) -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(
        prog="torchrun --nproc-per-node=N -m experiments.distributed",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", choices=MODELS, default="lenet")
    parser.add_argument("--sync-bn", action="store_true", help="normalise whole batches (GPUs)")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=256, help="of all processes together")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--full", action="store_true", help="all 60,000 images, not 10,000")
    parser.add_argument("--quick", action="store_true", help="512 images, to try it")
    parser.add_argument("--double", action="store_true", help="float64, to compare runs closely")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: GPUs if there are any")
    parser.add_argument(
        "--patience", type=float, default=60, help="seconds to wait for another process"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder of checkpoint and result")
    given = parser.parse_args(argv)
    for name in ("epochs", "batch_size", "lr", "patience"):
        if not 0 < getattr(given, name) < math.inf:
            parser.error(f"--{name.replace('_', '-')} {getattr(given, name)}: give more than 0")
    if given.sync_bn and given.model != "bn-lenet":
        parser.error(f"--sync-bn: {given.model} has no batch normalisation: give --model bn-lenet")
    return given


def start(argv: list[str] | None = None) -> None:
    """Take part in the run as the process that the environment says this is."""
    options, place = parse(argv), here()
    if options.batch_size % place.n:
        near = options.batch_size // place.n * place.n or place.n
        raise SystemExit(
            f"{place}: a batch of {options.batch_size} cannot be shared equally by {place.n} "
            f"processes: give --batch-size {near}, or another multiple of {place.n}"
        )
    device = device_of(place, options.device)
    if options.sync_bn and device.type == "cpu":
        raise SystemExit(f"{place}: --sync-bn needs GPUs: on a CPU leave it out")
    splits = load(options)
    if options.batch_size > len(splits[0]):
        raise SystemExit(
            f"{place}: a batch of {thousands(options.batch_size)} is more than all "
            f"{plural(len(splits[0]), 'image')}: give a smaller --batch-size"
        )
    print(f"{place} (id {os.getpid()}) on {device}", flush=True)
    join(place, device, options.patience)
    run = Run(options, place, device, splits)
    with clear_end(place, run.standing):
        run.go()
        dist.barrier()
    dist.destroy_process_group()


def load(options: Namespace) -> tuple[Dataset, Dataset]:
    """Return the images, all of them on every process."""
    train, test = data.fashion_mnist(full=options.full and not options.quick)
    return (train.subset(512), test.subset(100)) if options.quick else (train, test)


def share(order: Tensor, batch_size: int, rank: int, n: int) -> Tensor:
    """Return which images process `rank` of `n` takes: a row for each step of the epoch.

    order: (images,), the epoch's order; of each batch of it a process takes every n-th image. What
    is left at the end and makes no whole batch is left out.
    """
    steps = len(order) // batch_size
    return order[: steps * batch_size].view(steps, batch_size)[:, rank::n]


class Run:
    """The network and what belongs to it, as every process has them."""

    def __init__(
        self,
        options: Namespace,
        place: Place,
        device: torch.device,
        splits: tuple[Dataset, Dataset],
    ) -> None:
        self.options, self.place, self.device = options, place, device
        real = torch.float64 if options.double else torch.float32
        self.train, self.test = (
            (images.to(device, real), labels.to(device)) for images, labels in splits
        )
        network = seeded(options.seed, MODELS[options.model]).to(device, real)
        if options.sync_bn:
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
        self.network = network
        self.optimizer = torch.optim.SGD(
            network.parameters(), lr=options.lr, momentum=MOMENTUM, nesterov=True
        )
        self.curves: dict[str, list[float]] = {name: [] for name in CURVES}
        self.path = options.out / "distributed.safetensors"

    def go(self) -> None:
        """Train to the last epoch; the first process evaluates and writes."""
        # The first process's weights go to all; from then on each backward averages gradients.
        self.model = DistributedDataParallel(self.network)
        self.resume(self.file())
        for epoch in range(self.done, self.options.epochs):
            start = time.perf_counter()
            loss = self.epoch(epoch)
            seconds = time.perf_counter() - start
            if not math.isfinite(loss):  # on all processes: the mean is of all
                raise SystemExit(
                    f"{self.place}: the loss became {loss} in epoch {epoch + 1}: try a third of "
                    f"--lr {self.options.lr:g}. {self.standing()}"
                )
            # The others need no result of this: they go on, and wait at the first gradient.
            if self.place.rank == 0:
                self.note(loss, *self.evaluate(), seconds)
        if self.place.rank == 0:
            self.publish()

    def epoch(self, epoch: int) -> float:
        """Take this process's part in each step of an epoch; return the mean loss of all."""
        images, labels = self.train
        generator = torch.Generator().manual_seed(1000 * self.options.seed + epoch)
        order = torch.randperm(len(labels), generator=generator).to(self.device)  # the same on all
        losses = []
        for chosen in share(order, self.options.batch_size, self.place.rank, self.place.n):
            loss = F.cross_entropy(self.model(images[chosen]), labels[chosen])
            self.optimizer.zero_grad()
            loss.backward()  # and all gradients become the means of all processes' gradients
            self.optimizer.step()
            losses.append(loss.detach())
        return mean_of_all(torch.stack(losses).mean())

    def evaluate(self) -> tuple[float, float]:
        """Return (loss, accuracy) on the test images, computed by this process alone."""
        images, labels = self.test
        self.network.eval()
        with torch.inference_mode():
            scores = torch.cat([self.network(part) for part in images.split(1000)])
        self.network.train()
        right = (scores.argmax(1) == labels).double().mean()
        return F.cross_entropy(scores, labels).item(), right.item()

    # ---- what is kept ----

    @property
    def done(self) -> int:
        """The number of finished epochs, on the first process also of those in the file."""
        return len(self.curves["seconds"])

    def note(self, *values: float) -> None:
        """Add an epoch to the curves, write the checkpoint, and say how the epoch went."""
        for curve, value in zip(self.curves.values(), values, strict=True):
            curve.append(value)
        self.checkpoint.save(self.state())
        loss, _, accuracy, seconds = values
        rate = thousands(round(self.n_seen / seconds))
        print(
            f"epoch {self.done} of {self.options.epochs}: training loss {loss:.4g}, test accuracy "
            f"{accuracy:.3f}, {rate} examples/s",
            flush=True,
        )

    @property
    def n_seen(self) -> int:
        """The number of images in the whole batches of an epoch."""
        n = len(self.train[1])
        return n - n % self.options.batch_size

    def state(self) -> State:
        """Return all that changes from epoch to epoch."""
        return {
            "model": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict()["state"],
            "curves": self.curves,
        }

    def file(self) -> State | None:
        """Return what the first process finds in the checkpoint, on every process."""

        def find() -> State | None:
            self.checkpoint = Checkpoint(self.path, self.settings())
            found = self.checkpoint.load()
            if found and len(found["curves"]["seconds"]) > self.options.epochs:
                raise ValueError(
                    f"{self.path} holds more than {plural(self.options.epochs, 'epoch')}: give "
                    "more --epochs, or another --out"
                )
            return found

        return first_decides(find)

    def resume(self, state: State | None) -> None:
        """Go on from a state, where there is one."""
        if not state:
            return
        self.network.load_state_dict(state["model"])
        groups = self.optimizer.state_dict()["param_groups"]
        by_weight = {int(key): value for key, value in state["optimizer"].items()}
        self.optimizer.load_state_dict({"state": by_weight, "param_groups": groups})
        self.curves = state["curves"]

    def settings(self) -> dict[str, str]:
        """Say what decides the course of the run: the number of processes only by its batches."""
        names = ("model", "batch_size", "lr", "seed", "double")
        settings = {name: str(getattr(self.options, name)) for name in names}
        settings["training images"] = thousands(len(self.train[1]))
        if self.options.model == "bn-lenet":
            together = 1 if self.options.sync_bn else self.place.n
            settings["normalised together"] = str(self.options.batch_size // together)
        return settings

    def standing(self) -> str:
        """Say what is kept, and how to go on."""
        if self.place.rank:
            return f"What process 0 has kept is in {self.path}: the same command goes on from it"
        if not self.done:
            return "No epoch was finished: nothing is kept"
        return (
            f"{self.path} holds {plural(self.done, 'epoch')} of {self.options.epochs}: the same "
            "command goes on from there"
        )

    def publish(self) -> None:
        """Write distributed.json."""
        result = {
            "processes": self.place.n,
            "backend": dist.get_backend(),
            "device": describe(self.device),
            "versions": versions(),
            **self.settings(),
            "parameters": sum(p.numel() for p in self.network.parameters()),
            "examples_per_second": self.n_seen * self.done / sum(self.curves["seconds"]),
            **self.curves,
        }
        path, draft = (self.path.with_suffix(end) for end in (".json", ".draft"))
        draft.write_text(json.dumps(rounded(result, 17), indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
        print(f"wrote {path}", flush=True)


if __name__ == "__main__":
    start()
