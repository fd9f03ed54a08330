"""What each idea of the speedrun buys: the recipes, on training images that are held out.

Writes the record "ideas": accuracy and seconds of each recipe, on one GPU or one CPU thread.

    python -m experiments.ideas
"""

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache

import torch

from book_utils import data
from book_utils.data import Dataset
from book_utils.records import Record, mean_std
from experiments.common import Options, Results, Settings, about, main
from experiments.racing import Race, Recipe
from experiments.recipes import RECIPES

QUESTION = "What does each idea of the speedrun buy?"
HELD_OUT = 5_000  # of the training images, the last
TINY = (200, 100)  # images of a quick run: to learn from, and to try on
NOTES = {
    "recipes": "Each changes one thing of 'base', or a few that belong together, as 'recipe' says "
    "in full: experiments/racing.py explains the names.",
    "data": f"The last {HELD_OUT:,} training images are held out, and what 'accuracy' was measured "
    "on; no test image was looked at.",
    "seconds": "Of the training alone, by the clock on the wall: on one thread of a CPU, or on a "
    "GPU. Compare those of one record only.",
}


@cache
def splits(quick: bool, holdout: bool) -> tuple[Dataset, Dataset]:
    """Return what to learn from and what to try on: held-out training images, or the test set."""
    train, test = data.fashion_mnist(full=not quick)
    if quick:
        return train.subset(TINY[0]), (train if holdout else test).subset(TINY[1], seed=1)
    return (train[:-HELD_OUT], train[-HELD_OUT:]) if holdout else (train, test)


def plan(options: Options, runs: list[dict]) -> Iterator[Settings]:
    """Seed by seed, each recipe."""
    for seed in range(options.seeds):
        for name, recipe in RECIPES[options.place].items():
            yield settings(name, recipe) | {"seed": seed}


def settings(name: str, recipe: Recipe) -> Settings:
    """Return what a record says of a recipe: with all of it, changed recipes are never mixed."""
    written = asdict(recipe) | {"layers": [list(layer) for layer in recipe.layers]}
    return {"model": name, "recipe": written}


def run(settings: Settings, options: Options) -> Results:
    """Train by one recipe."""
    torch.set_num_threads(1)  # here too: it may be a process of its own
    train, test = splits(options.quick, True)
    race = Race(RECIPES[options.place][settings["model"]], train.to(options.device))
    seconds = race.run(settings["seed"])
    accuracy = race.accuracy(test.to(options.device))
    parameters = sum(each.numel() for each in race.updates.weights)
    return about((train, test)) | {
        "parameters": parameters, "seconds": seconds, "accuracy": accuracy,
    }  # fmt: skip


def chosen(record: Record, least: float) -> str | None:
    """Return the recipe of least time whose mean accuracy is at least this, or None."""
    names = dict.fromkeys(run["model"] for run in record.runs)
    of = {name: record.select(model=name) for name in names}
    able = [name for name in of if mean_std(run["accuracy"] for run in of[name])[0] >= least]
    return min(able, key=lambda name: mean_std(run["seconds"] for run in of[name])[0], default=None)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    torch.set_num_threads(1)
    main("ideas", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
