"""A run of training in one file, from which it goes on later: tensors, and the rest as JSON."""

from __future__ import annotations

import json
import os
import tempfile
from itertools import zip_longest
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

FORMAT = "convnets-live checkpoint 1"
TENSOR = "$tensor"  # in the JSON, {TENSOR: name} stands where the tensor of that name stood

State = dict[str, object]  # nested dicts and lists of tensors, numbers and text


class Checkpoint:
    """The file of one run: `save` writes all of it anew or not at all, `load` reads it.

    path: a name that ends in .safetensors; its folder is made if it is not there.
    settings: as text, what decides the course of a run besides its state. A file that was written
    under others is refused, and so is one that is no checkpoint: neither is ever written over.
    Raises ValueError for another name, OSError where no file can be written.
    """

    def __init__(self, path: str | Path, settings: dict[str, str]) -> None:
        self.path, self.settings = Path(path), settings
        if self.path.suffix != ".safetensors":
            raise ValueError(
                f"checkpoint = {str(path)!r}: give the name of a file that ends in .safetensors"
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.path.parent):
            pass  # an hour from now would be too late to learn that the folder is closed

    def save(self, state: State) -> None:
        """Put a state into the file. Until it is there whole, the file is what it was."""
        tensors: dict[str, Tensor] = {}
        told = {"state": _lift(state, "", tensors), "settings": self.settings}
        metadata = {"format": FORMAT} | {name: json.dumps(value) for name, value in told.items()}
        part = self.path.with_suffix(".part.safetensors")
        with part.open("wb") as file:
            file.write(save(tensors, metadata))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)

    def load(self) -> State | None:
        """Return the state in the file, or None where there is no file.

        Raises ValueError for a file that is cut short, is no checkpoint, or holds another run.
        """
        if not self.path.exists():
            return None
        try:
            settings, state = _read(self.path)
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{self.path} is no checkpoint, or only a part of one ({error}): give checkpoint "
                "another name, or move the file away to begin anew. It was left as it is"
            ) from error
        if different := _differences(settings, self.settings):
            raise ValueError(
                f"{self.path} is the checkpoint of another run:\n{different}\n"
                "Give what that run was given to go on with it; to begin anew, give checkpoint "
                "another name, or move the file away. It was left as it is"
            )
        return state


def _read(path: Path) -> tuple[dict[str, str], State]:
    with safe_open(path, "pt") as file:
        told = file.metadata() or {}
        if told.get("format") != FORMAT:
            raise ValueError(f"its metadata do not say {FORMAT!r}")
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return json.loads(told["settings"]), _lower(json.loads(told["state"]), tensors)


def _lift(tree: object, name: str, tensors: dict[str, Tensor]) -> object:
    """Return the tree as JSON can hold it; its tensors go to `tensors`, named by their place."""
    if isinstance(tree, Tensor):
        tensors[name] = tree.detach().cpu().clone().contiguous()
        return {TENSOR: name}
    if isinstance(tree, dict):
        prefix = f"{name}." if name else ""
        return {str(key): _lift(value, f"{prefix}{key}", tensors) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_lift(value, f"{name}.{i}", tensors) for i, value in enumerate(tree)]
    return tree


def _lower(tree: object, tensors: dict[str, Tensor]) -> object:
    """Put the tensors back into their places."""
    if isinstance(tree, dict):
        if TENSOR in tree:
            return tensors[tree[TENSOR]]
        return {key: _lower(value, tensors) for key, value in tree.items()}
    return [_lower(value, tensors) for value in tree] if isinstance(tree, list) else tree


def _differences(saved: dict[str, str], given: dict[str, str]) -> str:
    """Say of every setting that differs in which of its lines it does so first."""
    found = []
    for name in given:
        pairs = zip_longest(saved.get(name, "").splitlines(), given[name].splitlines())
        for there, here in pairs:
            if there != here:
                there, here = (line.strip() if line else "nothing" for line in (there, here))
                found.append(f"  {name}: {there} there, {here} here")
                break
    return "\n".join(found)
