"""What all runs share: the options, the record as it grows, the training of one network.

An experiment is a module with `plan`, which yields the settings of each run, and `run`, which
makes it and returns its results. `main` does the rest: it skips what is done already, writes the
record after each run, and publishes it when all are there. With `--jobs N` it makes N runs side by
side; a plan that chooses by runs yields WAIT before it does.
"""

import argparse
import json
import math
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils import data, records
from book_utils.data import Dataset
from book_utils.half import Half
from book_utils.train import device as fastest
from book_utils.train import fit

ROOT = Path(__file__).parents[1]
CODE = (
    "experiments",
    "book_utils/train.py",
    "book_utils/graphed.py",
    "book_utils/schedules.py",
    "book_utils/half.py",
    "book_utils/augment.py",
    "book_utils/pace.py",
    "book_utils/signals.py",
    "book_utils/data",
    "book_utils/models",
    "book_utils/weights/__init__.py",
)
CURVES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")

Settings = dict[str, object]
Results = dict[str, object]
WAIT = None  # in a plan: what follows is chosen by all runs before it
OF_THE_MACHINE = ("--out", "--jobs", "--commit")  # options that change no result


@dataclass(frozen=True)
class Options:
    """What was asked for; `out` gets the record, `work` what is needed to go on after a stop."""

    seeds: int
    epochs: int | None
    quick: bool
    out: Path
    work: Path
    device: torch.device
    jobs: int = 1
    commit: str = ""

    @property
    def on_gpu(self) -> bool:
        """Whether the runs are those for a GPU; a CPU makes smaller ones."""
        return self.device.type != "cpu"

    @property
    def place(self) -> str:
        """Where the runs are made, "gpu" or "cpu": by this a module's tables give their size."""
        return "gpu" if self.on_gpu else "cpu"

    @property
    def recording(self) -> bool:
        """Whether the package's own records and weights are written."""
        return self.out == records.FOLDER

    def pick(self, full: int, quick: int = 1) -> int:
        """Return a number of epochs: the one asked for, else one of these."""
        return self.epochs or (quick if self.quick else full)


Plan = Callable[[Options, list[dict]], Iterator[Settings | None]]
Run = Callable[[Settings, Options], Results]


def parse(question: str, argv: list[str] | None = None) -> Options:
    """Read the command line; a quick run must say where it writes, and never over a record."""
    parser = argparse.ArgumentParser(description=question)
    parser.add_argument("--seeds", type=int, help="how many (default: 5)")
    parser.add_argument("--epochs", type=int, help="instead of the experiment's own number")
    parser.add_argument("--quick", action="store_true", help="seconds, to try it: needs --out")
    parser.add_argument("--out", type=Path, help="folder of the record (default: the package's)")
    parser.add_argument("--device", type=usable, help="cpu or cuda (default: the fastest)")
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side (default: 1)")
    parser.add_argument("--commit", default="", help="of the code, where there is no git")
    given = parser.parse_args(argv)
    for name in ("seeds", "epochs", "jobs"):
        if getattr(given, name) is not None and getattr(given, name) < 1:
            parser.error(f"--{name} {getattr(given, name)}: give a whole number of at least 1")
    out = (given.out or records.FOLDER).resolve()
    if given.quick and out == records.FOLDER:
        parser.error("--quick is no record: give --out FOLDER")
    work = ROOT / "experiments" / "partial" if out == records.FOLDER else out / "partial"
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {given.out}: {error.strerror}; give a folder that can be written")
    seeds = given.seeds or (2 if given.quick else 5)
    device = given.device or fastest()
    return Options(seeds, given.epochs, given.quick, out, work, device, given.jobs, given.commit)


def usable(name: str) -> torch.device:
    """Return a device on which PyTorch can compute here; argparse shows what else is said."""
    try:
        torch.zeros(1, device=name).item()
    except (RuntimeError, AssertionError) as error:  # an unknown name, or no such device here
        why = str(error).splitlines()[0]
        raise argparse.ArgumentTypeError(f"{name!r} cannot be used here: {why}") from None
    return torch.device(name)


class Growing:
    """A record that is written after each run, so that an interruption loses one at most."""

    def __init__(self, name: str, question: str, options: Options, command: str) -> None:
        self.partial = options.work / f"{name}.json"
        self.published = options.out / f"{name}.json"
        self.commit = options.commit or _git("rev-parse", "--short", "HEAD") or "unknown"
        # Where git cannot tell the commit, it cannot tell either what has changed since.
        self.dirty = not options.commit and bool(_git("status", "--porcelain", "--", *CODE))
        self.content = {
            "name": name,
            "question": question,
            "date": "",
            "commit": "",
            "dirty": False,
            "device": describe(options.device),
            "versions": versions(),
            "command": command,
            "runs": [],
        }
        if self.partial.exists():
            self._resume()

    def _resume(self) -> None:
        """Take over what is done, not from another device, nor with other options."""
        earlier = vars(records.read(self.partial))
        for key in ("device", "versions", "command"):
            if earlier[key] != self.content[key]:
                raise SystemExit(
                    f"{self.partial} was begun with {key} {earlier[key]}, here it is "
                    f"{self.content[key]}: delete it to begin anew"
                )
        self.content |= {key: earlier[key] for key in ("date", "commit", "dirty", "runs")}

    @property
    def runs(self) -> list[dict]:
        """The runs so far."""
        return self.content["runs"]

    def has(self, settings: Settings) -> bool:
        """Whether a run with exactly these settings is done."""
        return any(settings.items() <= run.items() for run in self.runs)

    def add(self, run: dict) -> None:
        """Take a run in and save all; runs of two commits name both."""
        self.runs.append(rounded(run))
        commits = dict.fromkeys([*self.content["commit"].split(", "), self.commit])
        self.content["commit"] = ", ".join(filter(None, commits))
        self.content["dirty"] |= self.dirty
        self.content["date"] = datetime.now(UTC).date().isoformat()
        write(self.partial, self.content)

    def heading(self) -> str:
        """Say, before the first run, what the record will say of its origin."""
        changed = ", with changes that are in no commit" if self.dirty else ""
        return f"{self.content['name']}: {self.content['device']}, commit {self.commit}{changed}"

    def farewell(self) -> str:
        """Say what a stop has left, and how to go on."""
        if not self.runs:
            return "stopped before a run was finished: nothing is kept"
        kept = f"{len(self.runs)} finished run{'s' if len(self.runs) > 1 else ''}"
        return f"stopped: {kept} in {self.partial}; the same command goes on from there"

    def publish(self, plan: list[Settings], **more: object) -> None:
        """Put the runs into the plan's order and write the record where `records` looks."""
        places = {id(run): plan.index(_planned(run, plan)) for run in self.runs}
        self.runs.sort(key=lambda run: places[id(run)])
        write(self.published, rounded(self.content | more))


def _planned(run: dict, plan: list[Settings]) -> Settings:
    return next(settings for settings in plan if settings.items() <= run.items())


def main(
    name: str,
    question: str,
    plan: Plan,
    run: Run,
    notes: dict[str, str] | Callable[[Options], dict[str, str]],
    finish: Callable[[list[dict], Options], dict] = lambda runs, options: {},
    argv: list[str] | None = None,
) -> None:
    """Make the runs that `plan` yields and are not there yet; publish the record.

    `plan(options, runs)` sees the runs so far, so that it can choose by them; `notes` say in
    words what was done, or are a function that does, where it depends on the options; `finish`
    returns further fields.
    """
    options = parse(question, argv)
    command = shlex.join(["python", "-m", f"experiments.{name}", *_words(argv)])
    record = Growing(name, question, options, command)
    print(record.heading(), flush=True)
    wanted: list[Settings] = []
    crew = _Crew(run, options, lambda made: _note(record, made))
    try:
        for settings in plan(options, record.runs):
            if settings is WAIT:
                crew.wait()
                continue
            wanted.append(settings)
            if not record.has(settings):
                crew.make(settings)
        crew.wait()
    except KeyboardInterrupt:
        raise SystemExit(record.farewell()) from None
    finally:
        crew.leave()
    said = notes(options) if callable(notes) else notes
    record.publish(wanted, notes=said, **finish(record.runs, options))
    print(f"wrote {record.published}")


def _words(argv: list[str] | None) -> list[str]:
    """Return the options that a result may depend on."""
    words, kept = iter(sys.argv[1:] if argv is None else argv), []
    for word in words:
        if word in OF_THE_MACHINE:
            next(words, None)
        elif not word.startswith(tuple(f"{option}=" for option in OF_THE_MACHINE)):
            kept.append(word)
    return kept


def _note(record: Growing, made: dict) -> None:
    record.add(made)
    shown = {key: value for key, value in made.items() if isinstance(value, int | float | str)}
    print(f"{datetime.now():%H:%M:%S} {record.content['name']} {shown}", flush=True)


class _Crew:
    """Makes runs one after the other, or `options.jobs` at a time, each in a process of its own."""

    def __init__(self, run: Run, options: Options, note: Callable[[dict], None]) -> None:
        self.run, self.options, self.note = run, options, note
        self.waiting: list[Future] = []
        fresh = get_context("spawn")  # a GPU cannot be shared with a forked process
        self.pool = ProcessPoolExecutor(options.jobs, fresh) if options.jobs > 1 else None

    def make(self, settings: Settings) -> None:
        """Make a run, or have it made."""
        if self.pool:
            self.waiting.append(self.pool.submit(_timed, self.run, settings, self.options))
        else:
            self.note(_timed(self.run, settings, self.options))

    def wait(self) -> None:
        """Note the runs that are under way as they end."""
        for future in as_completed(self.waiting):
            self.note(future.result())
        self.waiting = []

    def leave(self) -> None:
        """End the processes; what has not begun is not begun."""
        if self.pool:
            self.pool.shutdown(cancel_futures=True)


def _timed(run: Run, settings: Settings, options: Options) -> dict:
    start = time.perf_counter()
    results = run(settings, options)
    return settings | {"seconds": time.perf_counter() - start} | results


def clothes(options: Options, full: bool = True) -> tuple[Dataset, Dataset]:
    """Return Fashion-MNIST, all of it or the bundled sample; a few of these for a quick run."""
    return _few(data.fashion_mnist(full=full and not options.quick), options)


def digits(options: Options) -> tuple[Dataset, Dataset]:
    """Return the bundled digits, or a few of them for a quick run."""
    return _few(data.mnist(), options)


def about(splits: tuple[Dataset, Dataset]) -> Settings:
    """Return what a record says of the data of a run."""
    train, test = splits
    return {"data": train.name.split(",")[0], "n_train": len(train), "n_test": len(test)}


def train(
    model: nn.Module, splits: tuple[Dataset, Dataset], settings: Settings, options: Options
) -> Results:
    """Train with plain gradient descent by `fit`, an epoch at a time; return curves and size.

    settings: "seed", "epochs", "lr", "batch_size" and, if wanted, "momentum", "nesterov",
    "weight_decay", "smoothing" (of labels, in training alone), "precision" ("bfloat16") and
    "schedule": "cosine" lowers the rate from epoch to epoch. A run whose loss is no longer a number
    ends: its curves hold None from there on, and "diverged" is True.
    """
    model = model.to(options.device)
    taken = {name: settings[name] for name in ("momentum", "nesterov", "weight_decay")
             if name in settings}  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=settings["lr"], **taken)
    loss = partial(smoothed, model, settings.get("smoothing", 0.0))
    trained = Half(model) if settings.get("precision") == "bfloat16" else model
    curves = {name: [] for name in CURVES}
    epochs = settings["epochs"]
    for epoch in range(epochs):
        if settings.get("schedule") == "cosine":
            share = (1 + math.cos(math.pi * epoch / epochs)) / 2
            optimizer.param_groups[0]["lr"] = settings["lr"] * share
        try:
            history = fit(
                trained, *splits, epochs=1, batch_size=settings["batch_size"], optimizer=optimizer,
                loss=loss, seed=1000 * settings["seed"] + epoch, device=options.device, plot=False,
            )  # fmt: skip
        except FloatingPointError:
            break
        if history.interrupted:  # `fit` keeps what it has; a record needs whole runs
            raise KeyboardInterrupt
        for name, curve in curves.items():
            curve += getattr(history, name)
    for curve in curves.values():
        curve += [None] * (epochs - len(curve))
    curves = rounded(curves)
    diverged = None in curves["train_loss"] or None in curves["test_loss"]
    return {"parameters": sum(p.numel() for p in model.parameters()), "diverged": diverged} | curves


def smoothed(model: nn.Module, smoothing: float, scores: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy, with smoothed labels while the model is in training mode."""
    return F.cross_entropy(scores, labels, label_smoothing=smoothing if model.training else 0.0)


def seeded(seed: int, make: Callable[[], nn.Module]) -> nn.Module:
    """Make a network whose first weights depend on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def rounded(value: object, digits: int = 5) -> object:
    """Round every float to some significant digits; what is not finite becomes None, as in JSON."""
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item, digits) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value


def write(path: Path, content: dict) -> None:
    """Write a record, a run a line, after checking it; a reader never sees half of it."""
    records.Record(**content)
    head = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for key, value in content.items()
        if key != "runs"
    ]
    runs = [json.dumps(run, allow_nan=False, separators=(",", ":")) for run in content["runs"]]
    lines = ",\n".join(head) + ',\n"runs": [\n' + ",\n".join(runs) + "\n]"
    draft = path.with_suffix(".draft")
    draft.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    draft.replace(path)


def describe(device: torch.device) -> str:
    """Name a device for a record: "CPU (…, 1 thread)" or "GPU (…)"."""
    if device.type == "cuda":
        return f"GPU ({torch.cuda.get_device_name(device)})"
    if device.type != "cpu":
        return f"GPU ({device.type}, {platform.machine()})"
    threads = torch.get_num_threads()
    return f"CPU ({_processor()}, {threads} thread{'s' if threads > 1 else ''})"


def versions() -> dict[str, str]:
    """Return the versions that the numbers may depend on."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "book_utils": version("convnets-live"),
    }


def _few(splits: tuple[Dataset, Dataset], options: Options) -> tuple[Dataset, Dataset]:
    train, test = splits
    return (train.subset(200), test.subset(100)) if options.quick else splits


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    """Return the processor's name as Linux and macOS know it, else its kind."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
