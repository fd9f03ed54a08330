"""All runs that want a GPU, side by side, then the timing alone; a stop is taken up again.

    python -m experiments --out FOLDER --seconds 480

Options are those of each experiment; `--seconds` ends the runs that are then still under way, and
the same command goes on from there.
"""

import os
import signal
import subprocess
import sys
import time

# Processes of each: the longest get the most.
JOBS = {
    "ingredients": 4,
    "classic": 4,
    "densenet": 3,
    "blocks": 3,
    "activations": 1,
    "transfer": 1,
}
ALONE = ("speed", "steps")


def start(words: list[str]) -> int:
    """Run all experiments; return 0 if every one of them published its record."""
    seconds = float("inf")
    if "--seconds" in words:
        at = words.index("--seconds")
        seconds = float(words[at + 1])
        words = [*words[:at], *words[at + 2 :]]
    end = time.monotonic() + seconds
    running = {
        name: subprocess.Popen(_command(name, words, "--jobs", str(jobs)), start_new_session=True)
        for name, jobs in JOBS.items()
    }
    while any(each.poll() is None for each in running.values()) and time.monotonic() < end:
        time.sleep(1)
    for each in running.values():
        if each.poll() is None:
            os.killpg(each.pid, signal.SIGTERM)  # with the processes of its runs
    codes = [each.wait() for each in running.values()]
    codes += [subprocess.run(_command(name, words), check=False).returncode for name in ALONE]
    return int(any(codes))


def _command(name: str, words: list[str], *more: str) -> list[str]:
    return [sys.executable, "-m", f"experiments.{name}", *words, *more]


if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
