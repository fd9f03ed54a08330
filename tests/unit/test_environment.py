"""pyproject.toml (ranges), constraints.txt (tested versions) and environment.yml agree."""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDS = [Requirement(need) for need in PROJECT["dependencies"] + sum(EXTRAS.values(), [])]
PYTHONS = ["3.11.0", "3.12.0", "3.13.0"]


def pinned_versions() -> dict[str, str]:
    """Return name -> version of every line in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def everything_installed_for(
    needs: list[Requirement], pythons: list[str] | None = None
) -> set[str]:
    """Return the needs and all that they need in turn: on this Python, or on any of several."""
    wheres = [
        {"python_version": p[: p.rindex(".")], "python_full_version": p} for p in pythons or []
    ]

    def is_needed(need: Requirement, extras: frozenset[str]) -> bool:
        every = ({**where, "extra": extra} for where in wheres or [{}] for extra in extras or [""])
        return not need.marker or any(map(need.marker.evaluate, every))

    found: set[str] = set()
    waiting = [(need.name, frozenset(need.extras)) for need in needs]
    seen = set()
    while waiting:
        item = name, extras = waiting.pop()
        if item in seen:
            continue
        seen.add(item)
        found.add(canonicalize_name(name))
        try:
            needed = distribution(name).requires or []
        except PackageNotFoundError:  # by another Python than this
            if not pythons:
                raise
            continue
        for need in map(Requirement, needed):
            if is_needed(need, extras):
                waiting.append((need.name, frozenset(need.extras)))
    return found


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_the_tested_version_is_in_the_range(need: Requirement) -> None:
    assert need.specifier, f"{need.name} has no range in pyproject.toml"
    assert need.specifier.contains(pinned_versions()[canonicalize_name(need.name)])


def test_every_package_has_a_tested_version() -> None:
    # The CUDA build of PyTorch brings NVIDIA's libraries, which follow its own version.
    cuda = ("nvidia-", "cuda-", "triton")
    missing = everything_installed_for(NEEDS) - set(pinned_versions())
    missing = {name for name in missing if not name.startswith(cuda)}
    assert not missing, f"constraints.txt has no version of {sorted(missing)}"


@pytest.mark.skipif(sys.platform != "linux", reason="the versions were taken on Linux")
def test_nothing_is_pinned_that_nobody_needs() -> None:
    extra = set(pinned_versions()) - everything_installed_for(NEEDS, PYTHONS)
    assert not extra, f"constraints.txt pins {sorted(extra)}, which nothing needs"


def test_what_one_python_alone_needs_counts() -> None:
    """`overrides` stands in for what the standard library has from 3.12 on."""
    needs = [Requirement("jupyter-server")]
    assert "overrides" in everything_installed_for(needs, ["3.11.0"])
    assert "overrides" not in everything_installed_for(needs, ["3.12.0", "3.13.0"])
    assert "overrides" in everything_installed_for(needs, PYTHONS)


@pytest.mark.parametrize("name", sorted(pinned_versions()))
def test_the_tested_version_runs_on_every_python(name: str) -> None:
    try:
        package = distribution(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not needed on {sys.platform}")
    assert package.version.split("+")[0] == pinned_versions()[name], "run `make env`"
    if asked := package.metadata.get("Requires-Python"):
        python = Requirement(f"python {asked}").specifier
        refused = [version for version in PYTHONS if not python.contains(version)]
        assert not refused, f"{name} {package.version} asks for Python {asked}"


def test_conda_installs_from_the_same_lists() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python = next(d for d in environment["dependencies"] if str(d).startswith("python="))
    assert python.removeprefix("python=") in ("3.11", "3.12", "3.13")
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert "-c constraints.txt" in pip
    assert list(EXTRAS) == ["book", "test", "paper"]
    assert "-e .[book,test]" in pip  # Binder prints nothing, and Java is large
    # Nothing else: a version stands in one file alone.
    assert [line for line in pip if not line.startswith("-")] == []
    assert len(environment["dependencies"]) == 3


def test_every_push_is_tested_on_each_python_that_is_promised() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    minors = [version.removesuffix(".0") for version in PYTHONS]
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == minors
    assert f"Python {', '.join(minors[:-1])} or {minors[-1]}" in (ROOT / "README.md").read_text()
    assert PROJECT["requires-python"] == f">={minors[0]}"


@pytest.mark.parametrize(("parts", "driven"), [("", True), ("train lab", False), ("sliders", True)])
def test_make_bench_looks_for_a_browser_only_where_it_drives_one(parts: str, driven: bool) -> None:
    dry = ["make", "--dry-run", "bench", f"BENCH={parts}"]
    told = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ("tests.chromium" in told) == driven


def test_make_says_that_the_environment_is_not_complete_and_what_to_do(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "environment.yml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / ".venv/bin/python"  # one that is usable, but has no network
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$2" != pip ]\n')
    python.chmod(0o755)
    made = subprocess.run(["make", "env"], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode and "pip says above why" in made.stderr
    assert "run make again" in made.stderr and not (tmp_path / ".venv/bin/.ready").exists()


def test_threads_of_pytorch_sleep_while_they_wait() -> None:
    """`OMP_WAIT_POLICY` counts only before torch is loaded, and a reader's own is left alone."""
    code = (
        "import book_utils, os, sys; print('torch' in sys.modules, os.environ['OMP_WAIT_POLICY'])"
    )
    clean = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    for set_before, policy in (({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE")):
        told = subprocess.run(
            [sys.executable, "-c", code],
            env=clean | set_before,
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.split() == ["False", policy]
