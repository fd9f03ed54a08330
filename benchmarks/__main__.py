"""python -m benchmarks [PART …]: measure, write benchmarks/results/, print the table.

With no part named all are measured. The README's table is of the newest file of results among
those that hold the most parts.
"""

from __future__ import annotations

import os
import sys

from benchmarks import book, forward, ladder, report, sliders, training

PARTS = {
    "train": training.measure,
    "ladder": ladder.measure,
    "book": book.measure,
    "sliders": sliders.measure,
    "lab": forward.measure,
}


def main(named: list[str]) -> int:
    """Measure the named parts, or all."""
    if unknown := sorted(set(named) - set(PARTS)):
        print(f"There is no part {unknown[0]!r}: give some of {', '.join(PARTS)}", file=sys.stderr)
        return 2
    load, rows = os.getloadavg()[0], {}
    for part in named or PARTS:
        print(f"Measuring {part} …", file=sys.stderr, flush=True)
        rows[part] = PARTS[part]()
        measured = report.write({part: rows[part]}, load)  # at once: a later part may fail
    measured["parts"] = {part: measured["parts"][part] for part in rows}
    print(report.markdown(measured))
    report.update_readme()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
