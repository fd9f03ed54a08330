"""Several processes that work as one: which of them this is, on which device, and clear ends.

`torchrun` tells each process its number by environment variables; without them there is one.
"""

import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn, TypeVar

import torch
import torch.distributed as dist
from torch.distributed.rendezvous import rendezvous

from book_utils.numbers import plural

# What gloo says when the other end of a connection is gone, or silent for too long.
LOST = ("connection", "timed out", "broken pipe")

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Which process this is: number `rank` of `n` in all, `local` of `beside` on its machine."""

    rank: int = 0
    n: int = 1
    local: int = 0
    beside: int = 1

    def __str__(self) -> str:
        return f"process {self.rank} of {self.n}"


def here() -> Place:
    """Return the place that torchrun gave to this process; the only one where nobody did."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    if "RANK" not in os.environ:
        return Place()
    rank, n, local, beside = (int(os.environ.get(name, -1)) for name in names)
    if n < 1 or not {"MASTER_ADDR", "MASTER_PORT"} <= os.environ.keys():
        raise SystemExit(
            "RANK is set, and WORLD_SIZE, MASTER_ADDR or MASTER_PORT is not: let torchrun set all "
            "of them, or unset RANK"
        )
    return Place(rank, n, max(local, 0), max(beside, 1))


def device_of(place: Place, wanted: str | None = None) -> torch.device:
    """Return the device of a process: a GPU of its own, else the CPU.

    wanted: "cuda" or "cpu"; unless given, GPUs where there are any.
    Raises SystemExit where the processes of this machine are more than its GPUs.
    """
    gpus = torch.cuda.device_count()
    if (wanted or ("cuda" if gpus else "cpu")) == "cpu":
        return torch.device("cpu")
    if place.beside > gpus:
        fewer = f"start {plural(gpus, 'process', 'processes')} a machine, or " if gpus else ""
        raise SystemExit(
            f"{place}: each process needs a GPU of its own. This machine has "
            f"{plural(gpus, 'GPU')} that PyTorch can use, for "
            f"{plural(place.beside, 'process', 'processes')}: {fewer}give --device cpu"
        )
    torch.cuda.set_device(place.local)
    return torch.device("cuda", place.local)


def join(place: Place, device: torch.device, patience: float) -> None:
    """Make this process one of a group: by NCCL on GPUs, by gloo on CPUs.

    patience: seconds to wait for the others, here and whenever they exchange numbers.
    Raises SystemExit that names the processes which did not come.
    """
    store = dist.HashStore() if place.n == 1 else _meet(place, patience)
    on_gpu = device.type == "cuda"
    dist.init_process_group(
        "nccl" if on_gpu else "gloo",
        store=dist.PrefixStore("group", store),
        rank=place.rank,
        world_size=place.n,
        timeout=timedelta(seconds=patience),
        device_id=device if on_gpu else None,
    )


def _meet(place: Place, patience: float) -> dist.Store:
    """Return the store in which all processes have written that they are here."""
    address = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
    end = time.monotonic() + patience
    more = "give --patience a larger number of seconds if it needs longer to start"
    # PyTorch, too, would wait for the first process, and say in pages that it has not come.
    if place.rank and (why := _left(lambda: _unreachable(address), end)):
        raise SystemExit(
            f"{place}: no answer from {address} within {patience:g} s ({why}). Process 0 has to be "
            f"there: start it, see that this machine may reach that address; {more}"
        )
    # The store itself is to wait for nobody: it could not say who is missing.
    url = f"env://?rank={place.rank}&world_size=1"
    store = next(rendezvous(url, timeout=timedelta(seconds=patience)))[0]
    names = [f"process {rank}" for rank in range(place.n)]
    try:
        store.set(names[place.rank], socket.gethostname())
        missing = _left(lambda: [who for who in names if not store.check([who])], end)
        hosts = {who: store.get(who).decode() for who in names if who not in missing}
    except dist.DistError:
        raise SystemExit(
            f"{place}: process 0 has ended while this one waited for others: it says why"
        ) from None
    if missing:
        came = ", ".join(f"{who} on {host}" for who, host in hosts.items())
        raise SystemExit(
            f"{place}: waited {patience:g} s at {address} for {', '.join(missing)}; {came} came. "
            "Start what is missing with the same command, see that its machine reaches that "
            f"address; {more}"
        )
    return store


def _left(problem: Callable[[], T], end: float) -> T:
    """Ask for a problem again and again, until there is none or it is too late; return the last."""
    while (left := problem()) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def _unreachable(address: str) -> str:
    """Say what keeps this machine from connecting to an address; nothing where it can."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError as error:
        return str(error)
    return ""


def first_decides(make: Callable[[], T]) -> T:
    """Return on every process what `make` returned on the first; if it refuses, all end."""
    said: list = [None, None]
    if dist.get_rank() == 0:
        try:
            said[0] = make()
        except (ValueError, OSError) as error:
            said[1] = str(error)
    dist.broadcast_object_list(said)
    if said[1]:
        raise SystemExit(said[1])
    return said[0]


def mean_of_all(value: torch.Tensor) -> float:
    """Return the mean of a number that each process has one of."""
    dist.all_reduce(value)
    return value.item() / dist.get_world_size()


@contextmanager
def clear_end(place: Place, standing: Callable[[], str]) -> Iterator[None]:
    """Say why this process ends and what is kept, where another is lost or all are stopped.

    standing: says what is kept. A process that computes, or waits for one that is no more, may not
    come back to Python for long: a thread listens for torchrun's SIGTERM in its stead.
    """

    def end(why: str, code: int) -> NoReturn:
        print(f"{place}: {why}. {standing()}", file=sys.stderr, flush=True)
        os._exit(code)  # leave at once: an orderly end would wait for the lost process

    with _on_sigterm(lambda: end("told to stop, most often because another ended", 143)):
        try:
            yield
        except KeyboardInterrupt:
            end("stopped by hand", 130)
        except RuntimeError as error:
            if not (isinstance(error, dist.DistError) or _is_lost(error)):
                raise
            end(f"lost another process, which has ended or hangs ({_shortly(error)})", 1)


@contextmanager
def _on_sigterm(act: Callable[[], NoReturn]) -> Iterator[None]:
    """Call `act` in a thread when SIGTERM comes, whatever the main thread is doing."""
    read, write = socket.socketpair()
    write.setblocking(False)
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(write.fileno())  # the number of every signal is written there as it comes

    def listen() -> None:
        with read:
            while number := read.recv(1):
                if number[0] == signal.SIGTERM:
                    act()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, before)
        write.close()  # which ends the thread


def _is_lost(error: RuntimeError) -> bool:
    return any(words in str(error).lower() for words in LOST)


def _shortly(error: Exception) -> str:
    """Return the first sentence of an error, without the place in C++ that gloo puts before it."""
    return re.sub(r"^\[\S*\] ", "", str(error).strip()).splitlines()[0].split(". ")[0]
