"""The machine, the file of results, and the table that is made from it."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import torch

from benchmarks.rows import Row
from book_utils.train import device

RESULTS = Path(__file__).with_name("results")
README = Path(__file__).parents[1] / "README.md"
ORDER = ("train", "ladder", "book", "sliders", "lab")  # of the parts in the table
START, END = "<!-- measured: make bench writes what follows -->", "<!-- measured: end -->"

Machine = dict[str, str | int]
Report = dict[str, object]


def machine() -> Machine:
    """Describe this computer by what decides its speed, and by nothing that names it."""
    where = device()
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "gpu": torch.cuda.get_device_name(where) if where.type == "cuda" else "none",
        "system": _system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"


def write(parts: dict[str, list[Row]], load: float, folder: Path = RESULTS) -> Report:
    """Write the rows of the parts that were measured into a file, and return all that is in it.

    `load`: the average number of busy programs before it began. Parts that were measured before,
    on the same day and machine, stay in the file.
    """
    told = machine()
    about = f"{told['processor']} {told['cores']} cores".lower()
    slug = re.sub(r"[^a-z0-9]+", "-", about).strip("-")
    path = folder / f"{date.today().isoformat()}-{slug}.json"
    before = json.loads(path.read_text(encoding="utf-8"))["parts"] if path.exists() else {}
    merged = before | {part: [_plain(row) for row in rows] for part, rows in parts.items()}
    report = {
        "date": date.today().isoformat(),
        "machine": told,
        "load": round(load, 1),
        "parts": {part: merged[part] for part in ORDER if part in merged},
    }
    folder.mkdir(exist_ok=True)
    path.write_text(_json(report), encoding="utf-8")
    return report


def _plain(row: Row) -> dict[str, object]:
    """Return a row as JSON holds it, its values to four significant digits."""
    return asdict(row) | {"values": [float(f"{value:.4g}") for value in row.values]}


def _json(report: Report) -> str:
    """Indent all but lists of numbers and of names, which stand in one line each."""
    text = json.dumps(report, indent=1, ensure_ascii=False)
    lists = re.compile(r"\[\s+([^][{}]*?)\s+\]")
    return lists.sub(lambda found: "[" + re.sub(r"\n\s*", " ", found[1]) + "]", text) + "\n"


def latest(folder: Path = RESULTS) -> Report:
    """Return the newest of the results that hold the most parts.

    Raises FileNotFoundError if there are none.
    """
    files = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    if not files:
        raise FileNotFoundError(f"there are no results in {folder}: make bench")
    return files[max(files, key=lambda name: (len(files[name]["parts"]), name))]


def markdown(report: Report) -> str:
    """Return what was measured as a sentence and a table."""
    told, day = report["machine"], date.fromisoformat(report["date"])
    gpu = "no GPU" if told["gpu"] == "none" else told["gpu"]
    lines = [
        f"`make bench` on {day.day} {day:%B %Y}, on {told['processor']}, {told['cores']} cores, "
        f"{told['memory']} of memory, {gpu}, {told['system']}, Python {told['python']}, "
        f"PyTorch {told['torch']}; load average before it began: {report['load']:.1f}.",
        "",
        "| what | result | spread |",
        "| --- | ---: | --- |",
    ]
    rows = [Row(**row) for part in report["parts"].values() for row in part]
    return "\n".join(lines + [f"| {row.what} | {row.result} | {row.spread} |" for row in rows])


def in_readme(readme: str, table: str) -> str:
    """Return the text of the README with this table between its two marks.

    Raises ValueError if it does not have each of them once.
    """
    if readme.count(START) != 1 or readme.count(END) != 1:
        raise ValueError(f"the README needs the lines {START} and {END}, once each")
    before, rest = readme.split(START)
    return f"{before}{START}\n\n{table}\n\n{END}{rest.split(END)[1]}"


def update_readme() -> None:
    """Put the latest results into the README."""
    text = in_readme(README.read_text(encoding="utf-8"), markdown(latest()))
    README.write_text(text, encoding="utf-8")
