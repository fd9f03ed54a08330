"""From a run to the weights that pages ship: what is kept, what is written, how good that is."""

from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import nn

from book_utils import weights
from book_utils.data import Dataset
from book_utils.train import evaluate
from experiments.common import Options


def keep(name: str, seed: int, model: nn.Module, options: Options) -> None:
    """Keep the weights of a run for `ship`."""
    save_file(model.cpu().state_dict(), _kept(name, seed, options))


def ship(name: str, seed: int, rule: str, tests: dict[str, Dataset], options: Options) -> dict:
    """Write the weights of a run to the file that pages load, and measure exactly these.

    Returns {name: what a record says of them}: the float32 network of the run is compared with
    the int8 weights in the file, on each held-out set of `tests`.
    """
    folder = weights.FOLDER if options.recording else options.out
    model = weights.MODELS[name]()
    model.load_state_dict(load_file(_kept(name, seed, options)))
    weights.save(model, folder / f"{name}.safetensors")
    stored, found = weights.load(name, folder), {"seed": seed, "rule": rule}
    for which, test in tests.items():
        found[f"n_{which}"] = len(test)
        found[f"accuracy_{which}"] = evaluate(stored, test)[1]
        found[f"accuracy_{which}_float32"] = evaluate(model, test)[1]
    return {name: found}


def _kept(name: str, seed: int, options: Options) -> Path:
    return options.work / f"{name}-{seed}.safetensors"
