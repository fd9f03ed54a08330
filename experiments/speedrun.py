"""The Fashion-MNIST speedrun: train on one GPU or on one CPU thread, against the clock.

    python -m experiments.speedrun               # a submission, by the rules
    python -m experiments.speedrun --holdout     # to choose settings: no test image is looked at
    python -m experiments.speedrun --check FILE  # is this a submission?

The rules, kept by this code: all of Fashion-MNIST; one GPU, or one thread of a CPU; the clock runs
while the network is initialised and trained, augmentation included, and stands while data are
loaded and while a step is warmed up, compiled or captured; the test images are looked at once,
after the last step, plain or, where a recipe mirrors images, also mirrored; every seed from 0 on
counts. Settings are chosen on 5,000 training images that are held out.
"""

import argparse
import re
import time
from pathlib import Path

import torch

from book_utils import records, speedrun
from book_utils.chapter_lists import between
from book_utils.records import mean_std
from book_utils.speedrun import CLASSES, Submission, SubmissionError
from experiments import ideas
from experiments.common import ROOT, Growing, Options, about, usable
from experiments.racing import Race
from experiments.recipes import RECIPES

QUESTION = "How few seconds does it take to learn Fashion-MNIST?"
EVALUATION = {
    True: "once, after the last step, each image plain and mirrored",
    False: "once, after the last step",
}
RESERVE = 0.001  # beyond the accuracy asked for: what the mean of five seeds may be off by
README = ROOT / "README.md"
START = "<!-- speedrun: python -m experiments.speedrun --table writes what follows -->"
END = "<!-- speedrun: end -->"


def start(argv: list[str] | None = None) -> None:
    """Do what the command line asks for."""
    parser = _parser()
    given = parser.parse_args(argv)
    if given.check:
        raise SystemExit(check(given.check))
    if given.table:
        return write_table()
    options = _options(given, parser)
    name = given.recipe or next(iter(RECIPES[options.place]))
    if name not in RECIPES[options.place]:
        parser.error(f"--recipe {name!r}: choose from {', '.join(RECIPES[options.place])}")
    torch.set_num_threads(1)
    end = time.monotonic() + given.seconds
    refused = race(name, options, given, end)
    if given.ideas and (better := idea(name, options, given, end)) not in (None, name):
        refused = race(better, options, given, end)
    if refused:
        raise SystemExit(f"no submission is written: {refused}")
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--device", type=usable, help="cpu or cuda (default: cuda if it is there)")
    parser.add_argument("--runs", type=int, help="seeds from 0 on (default: what the rules ask)")
    parser.add_argument("--recipe", help="by its name in experiments/recipes.py (default: first)")
    parser.add_argument("--holdout", action="store_true", help="try on held-out training images")
    parser.add_argument("--ideas", action="store_true", help="then try all recipes on held-out "
                        "images, and race with the fastest that is good enough")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="seconds, to try it: needs --out")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no run later; "
                        "the same command goes on from there")  # fmt: skip
    parser.add_argument("--out", type=Path, help="folder of the submission (default: the book's)")
    parser.add_argument("--by", default="the book", help="whom the table names")
    parser.add_argument("--commit", default="", help="of the code, where there is no git")
    parser.add_argument("--check", type=Path, nargs="+", metavar="FILE", help="is it by the rules?")
    parser.add_argument("--table", action="store_true", help="write the table in README.md")
    return parser


def _options(given: argparse.Namespace, parser: argparse.ArgumentParser) -> Options:
    out = (given.out or speedrun.FOLDER).resolve()
    if given.quick and out == speedrun.FOLDER:
        parser.error("--quick is no submission: give --out FOLDER")
    if given.runs is not None and given.runs < 2:
        parser.error(f"--runs {given.runs}: a standard deviation needs two or more")
    where = given.device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if where.type not in ("cpu", "cuda"):
        parser.error(f"--device {where}: there is a class for cpu and one for cuda")
    work = out / "partial" if given.out else ROOT / "experiments" / "partial"
    for folder in (out, work):
        folder.mkdir(parents=True, exist_ok=True)
    runs = given.runs or (
        2 if given.quick else CLASSES["cpu" if where.type == "cpu" else "gpu"].seeds
    )
    return Options(runs, None, given.quick, out, work, where, commit=given.commit)


def race(name: str, options: Options, given: argparse.Namespace, end: float) -> str:
    """Race with a recipe and write the submission; return what keeps it from being one, or ""."""
    growing, runs = made(name, options, given, end)
    print(summary(runs))
    if given.holdout or options.quick:
        return ""
    return submit(name, growing, runs, given.by)


def made(
    name: str, options: Options, given: argparse.Namespace, end: float
) -> tuple[Growing, list[dict]]:
    """Make the runs of a recipe that are missing; return where they are kept, and all of them."""
    recipe = RECIPES[options.place][name]
    command = f"python -m experiments.speedrun --device {options.device.type}"
    growing = Growing(f"speedrun_{options.place}", QUESTION, options, command)
    print(f"{growing.heading()}, recipe {name!r}", flush=True)
    splits = tuple(each.to(options.device) for each in ideas.splits(options.quick, given.holdout))
    settings = ideas.settings(name, recipe) | {"holdout": given.holdout} | about(splits)
    wanted = [settings | {"seed": seed} for seed in range(options.seeds)]
    if missing := [each for each in wanted if not growing.has(each)]:
        contest = Race(recipe, splits[0])
        contest.run(0)  # the first run of all is slower, and counts for nothing
        for each in missing:
            if time.monotonic() > end:
                raise SystemExit(growing.farewell())
            seconds = contest.run(each["seed"])
            accuracy = contest.accuracy(splits[1])
            growing.add(each | {"seconds": seconds, "accuracy": accuracy})
            print(f"seed {each['seed']}: {accuracy:.2%} in {seconds:.2f} s", flush=True)
    return growing, [run for each in wanted for run in growing.runs if each.items() <= run.items()]


def summary(runs: list[dict]) -> str:
    """Return what runs gave: mean ± standard deviation."""
    accuracy = mean_std(run["accuracy"] for run in runs)
    seconds = mean_std(run["seconds"] for run in runs)
    right = f"{accuracy[0] * 100:.2f} ± {accuracy[1] * 100:.2f} %"
    return f"{right} in {seconds[0]:.2f} ± {seconds[1]:.2f} s, n = {len(runs)}"


def submit(name: str, growing: Growing, runs: list[dict], by: str) -> str:
    """Write the submission; return which rules the runs break instead, if they do."""
    content, first = growing.content, runs[0]
    kind = content["name"].removeprefix("speedrun_")
    standard = name == next(iter(RECIPES[kind]))
    try:
        submission = Submission(
            kind=kind,
            by=by,
            date=content["date"],
            device=content["device"],
            threads=torch.get_num_threads(),
            versions=content["versions"],
            commit=content["commit"] + (", with changes" if content["dirty"] else ""),
            command=content["command"] + ("" if standard else f" --recipe '{name}'"),
            data=first["data"],
            n_train=first["n_train"],
            n_test=first["n_test"],
            evaluation=EVALUATION[first["recipe"]["flip"]],
            recipe=first["recipe"],
            runs=[{key: run[key] for key in ("seed", "accuracy", "seconds")} for run in runs],
            note=f"recipe {name!r} of experiments/recipes.py",
        )
    except SubmissionError as error:
        return str(error)
    words = re.sub(r"[^a-z0-9]+", "-", f"{submission.device} {name}".lower())
    path = growing.published.parent / f"{words.strip('-')}.json"
    path.write_text(submission.text(), encoding="utf-8")
    print(f"wrote {path}: send it in by a pull request")
    if path.parent == speedrun.FOLDER:
        write_table()
    return ""


def idea(name: str, options: Options, given: argparse.Namespace, end: float) -> str | None:
    """Try all recipes on held-out images; return the fastest that is good enough, or None.

    The held-out images are easier than those of the test: by how much is taken from the recipe of
    this name, which has raced already.
    """
    quick = ["--quick"] if options.quick else []
    ideas.start(["--device", options.device.type, "--out", str(options.work), *quick])
    record = records.read(options.work / "ideas.json")
    for model in dict.fromkeys(run["model"] for run in record.runs):
        print(f"{model:30s} {summary(record.select(model=model))}")
    easier = mean_accuracy(record.select(model=name)) - mean_accuracy(
        made(name, options, given, end)[1]
    )
    best = ideas.chosen(record, CLASSES[options.place].accuracy + easier + RESERVE)
    print(f"held-out images are easier by {easier:.2%}; chosen on them: {best or 'none'}")
    return best


def mean_accuracy(runs: list[dict]) -> float:
    """Return the mean accuracy of runs."""
    return mean_std(run["accuracy"] for run in runs)[0]


def check(paths: list[Path]) -> int:
    """Say of each file whether it is a submission by the rules; return 1 if one is not."""
    wrong = 0
    for path in paths:
        try:
            given = speedrun.read(path)
            print(f"{path}: {CLASSES[given.kind].title}, {summary(given.runs)}")
        except SubmissionError as error:
            wrong += 1
            print(f"{path}: no submission: {error}")
    return int(wrong > 0)


def write_table() -> None:
    """Put the standings into the README."""
    readme = README.read_text(encoding="utf-8")
    README.write_text(
        between(readme, START, END, f"\n\n{speedrun.as_markdown()}\n\n"), encoding="utf-8"
    )


if __name__ == "__main__":
    start()
