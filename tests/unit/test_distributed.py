"""One run shared by two real processes: the same result as one, and clear ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from safetensors import safe_open
from safetensors.torch import load_file
from torch.testing import assert_close

from experiments import distributed, processes
from experiments.processes import Place

ROOT = Path(__file__).parents[2]
QUICK = ["--quick", "--double", "--device", "cpu", "--batch-size", "64"]
EXACT = {"rtol": 1e-10, "atol": 1e-12}  # float64: sums in another order


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No process group before a test, and none left by one that ended in a refusal."""
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    yield
    if dist.is_initialized():
        dist.destroy_process_group()


def start_process(command, *words, **environment):
    """Start a process, whose words come by a pipe; `environment` is given to it as well."""
    given = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)} | environment
    return subprocess.Popen(
        [sys.executable, "-m", *command, "experiments.distributed", *QUICK, *map(str, words)],
        cwd=ROOT,
        env=os.environ | {name: str(value) for name, value in given.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_alone(folder, epochs, *words):
    """Run as one process, here; return the result and the weights and momentum."""
    distributed.start([*QUICK, "--out", str(folder), "--epochs", str(epochs), *words])
    return outcome(folder)


def outcome(folder):
    result = json.loads((folder / "distributed.json").read_text())
    return result, load_file(folder / "distributed.safetensors")


def assert_same(one, other):
    for name in ("train_loss", "test_loss", "test_accuracy"):
        assert_close(torch.tensor(one[0][name]), torch.tensor(other[0][name]), **EXACT)
    assert len(one[1]) > 10
    assert_close(one[1], other[1], **EXACT)


def test_two_processes_take_the_steps_of_one(tmp_path, capfd):
    torchrun = ["torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m"]
    run = start_process(torchrun, "--out", tmp_path / "two", "--epochs", 2)
    words, _ = run.communicate(timeout=100)
    assert run.returncode == 0, words
    assert "process 0 of 2" in words and "process 1 of 2" in words and "epoch 2 of 2" in words
    two, one = outcome(tmp_path / "two"), run_alone(tmp_path / "one", 2)
    assert (two[0]["processes"], one[0]["processes"]) == (2, 1)
    assert two[0]["backend"] == "gloo" and len(two[0]["train_loss"]) == 2
    assert one[0]["train_loss"][1] < one[0]["train_loss"][0]
    assert_same(two, one)

    # What two have begun, one goes on with.
    assert_same(run_alone(tmp_path / "two", 3), run_alone(tmp_path / "one", 3))
    assert re.findall(r"epoch (\d) of 3", capfd.readouterr().out) == ["3", "3"]


@pytest.fixture
def port(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
    monkeypatch.setenv("MASTER_PORT", str(number))
    return number


@pytest.mark.parametrize(("ended", "by"), [(0, signal.SIGKILL), (1, signal.SIGTERM)])
def test_where_one_ends_the_other_does_and_the_checkpoint_is_good(tmp_path, port, ended, by):
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    two = [
        start_process([], "--out", cut, "--epochs", 10_000, RANK=rank, WORLD_SIZE=2)
        for rank in range(2)
    ]
    for line in two[0].stdout:
        if line.startswith("epoch 1 "):
            break
    two[ended].send_signal(by)
    words = [each.communicate(timeout=20)[0] for each in two]
    assert two[1 - ended].returncode == 1
    kept = rf"{cut}/distributed.safetensors holds \d+ epochs? of 10000: the same command goes on"
    if ended == 0:
        kept = f"What process 0 has kept is in {cut}/distributed.safetensors: the same command goes"
    lost = rf"process {1 - ended} of 2: lost another process, .* \(.*\)\. {kept}"
    assert re.search(lost, words[1 - ended]), words
    if by == signal.SIGTERM:
        assert "told to stop" in words[ended] and two[ended].returncode == 143

    done = epochs_in(cut)
    assert done >= 1
    assert_same(run_alone(cut, done + 1), run_alone(whole, done + 1))


def epochs_in(folder):
    """Return how many epochs the checkpoint in a folder holds."""
    with safe_open(folder / "distributed.safetensors", "pt") as file:
        return len(json.loads(file.metadata()["state"])["curves"]["seconds"])


def as_process(monkeypatch, rank, n, local=0, beside=1):
    for name, value in {"RANK": rank, "WORLD_SIZE": n}.items():
        monkeypatch.setenv(name, str(value))
    for name, value in {"LOCAL_RANK": local, "LOCAL_WORLD_SIZE": beside}.items():
        monkeypatch.setenv(name, str(value))


def refusal(tmp_path, *words):
    with pytest.raises(SystemExit) as refused:
        distributed.start([*QUICK, "--out", str(tmp_path), *words])
    return str(refused.value)


def test_a_process_that_never_comes_is_named(tmp_path, monkeypatch, port):
    as_process(monkeypatch, 0, 2)
    said = refusal(tmp_path, "--patience", "0.5")
    assert f"process 0 of 2: waited 0.5 s at 127.0.0.1:{port} for process 1; process 0 on" in said
    assert "Start what is missing" in said and "--patience" in said


def test_of_three_the_two_that_came_say_so(port):
    def come(rank):
        try:
            processes.join(Place(rank, 3), torch.device("cpu"), 1 + rank)
        except SystemExit as refused:
            said[rank] = str(refused)

    said = {}
    both = [threading.Thread(target=come, args=(rank,)) for rank in (0, 1)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert re.search(r"for process 2; process 0 on .*, process 1 on .* came", said[0])
    # The first keeps the list of who came, and has given up sooner.
    assert "process 1 of 3: process 0 has ended" in said[1]


def test_where_the_first_process_is_missing_its_address_is_named(tmp_path, monkeypatch, port):
    as_process(monkeypatch, 1, 2)
    said = refusal(tmp_path, "--patience", "0.3")
    assert f"process 1 of 2: no answer from 127.0.0.1:{port} within 0.3 s" in said
    assert "Process 0 has to be there" in said


def test_for_a_machine_that_never_comes_torchrun_waits_as_long_as_the_help_says(port, capsys):
    with pytest.raises(SystemExit):
        distributed.parse(["--help"])
    assert "--rdzv-conf=timeout=60" in capsys.readouterr().out
    two_machines = ["--nnodes=2", "--node-rank=0", "--rdzv-conf=timeout=1"]
    at = ["--master-addr=127.0.0.1", f"--master-port={port}"]
    run = start_process(["torch.distributed.run", *two_machines, *at, "-m"])
    words = run.communicate(timeout=100)[0]
    assert run.returncode == 1 and "1/2 clients joined" in words.splitlines()[-1]


@pytest.mark.parametrize(
    ("n", "words", "message"),
    [
        (3, [], "a batch of 64 cannot be shared equally by 3 processes: give --batch-size 63"),
        (100, [], "give --batch-size 100, or another multiple of 100"),
        (1, ["--batch-size", "1000"], "a batch of 1,000 is more than all 512 images"),
        (1, ["--sync-bn", "--model", "bn-lenet"], "--sync-bn needs GPUs"),
        (1, ["--device", "cuda"], "This machine has 0 GPUs that PyTorch can use, for 1 process: "),
        (
            1,
            ["--lr", "1e308"],
            r"loss became (nan|inf) in epoch 1: try a third of --lr 1e\+308",
        ),
        (1, ["--out", str(Path(__file__))], "test_distributed.py"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(tmp_path, monkeypatch, n, words, message):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    if n > 1:
        as_process(monkeypatch, 0, n)
        monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
        monkeypatch.setenv("MASTER_PORT", "1")
    assert re.search(message, refusal(tmp_path, *words))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--epochs", "0"], "--epochs 0: give more than 0"),
        (["--batch-size", "-4"], "--batch-size -4: give more than 0"),
        (["--lr", "nan"], "--lr nan"),
        (["--sync-bn"], "lenet has no batch normalisation: give --model bn-lenet"),
    ],
)
def test_options_out_of_range_are_refused(words, message, capsys):
    with pytest.raises(SystemExit):
        distributed.parse(words)
    assert message in capsys.readouterr().err


def test_the_checkpoint_of_another_run_is_refused_and_kept(tmp_path):
    run_alone(tmp_path, 2)
    content = (tmp_path / "distributed.safetensors").read_bytes()
    assert "lr: 0.1 there, 0.2 here" in refusal(tmp_path, "--lr", "0.2")
    dist.destroy_process_group()
    assert "holds more than 1 epoch: give more" in refusal(tmp_path, "--epochs", "1")
    assert content == (tmp_path / "distributed.safetensors").read_bytes()


def test_half_an_environment_is_refused(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(SystemExit, match="let torchrun set all of them, or unset RANK"):
        processes.here()


@pytest.mark.parametrize("gpus", [0, 1, 4])
def test_each_process_gets_a_gpu_of_its_own_or_is_told(monkeypatch, gpus):
    taken = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "set_device", taken.append)
    place = Place(rank=5, n=8, local=1, beside=4)
    assert processes.device_of(place, "cpu") == torch.device("cpu")
    if gpus == 4:
        assert processes.device_of(place) == torch.device("cuda", 1) and taken == [1]
        return
    with pytest.raises(SystemExit, match=f"has {gpus} GPUs? .* for 4 processes.* --device cpu"):
        processes.device_of(place, "cuda")
    if not gpus:
        assert processes.device_of(place) == torch.device("cpu")


@pytest.mark.parametrize(("device", "backend"), [("cpu", "gloo"), ("cuda:0", "nccl")])
def test_gpus_talk_by_nccl_and_cpus_by_gloo(monkeypatch, device, backend):
    given = []
    monkeypatch.setattr(dist, "init_process_group", lambda *a, **more: given.append((*a, more)))
    processes.join(Place(), torch.device(device), 7)
    assert given[0][0] == backend and given[0][1]["timeout"].total_seconds() == 7
    assert given[0][1]["device_id"] == (torch.device(device) if backend == "nccl" else None)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_the_shares_of_a_step_are_its_batch(n):
    order = torch.randperm(100)
    shares = torch.stack([distributed.share(order, 12, rank, n) for rank in range(n)])
    assert shares.shape == (n, 8, 12 // n)
    for step, batch in enumerate(order[:96].view(8, 12)):
        assert torch.equal(shares[:, step].flatten().sort().values, batch.sort().values)


def test_a_batch_normalisation_goes_on_only_with_shares_of_one_size(tmp_path):
    run_alone(tmp_path, 1, "--model", "bn-lenet")
    words = [*QUICK, "--out", str(tmp_path), "--model", "bn-lenet"]
    options = distributed.parse(words)
    shared = distributed.Run(options, Place(0, 2), torch.device("cpu"), distributed.load(options))
    with pytest.raises(ValueError, match="normalised together: 64 there, 32 here"):
        distributed.Checkpoint(shared.path, shared.settings()).load()
