"""Where the time of a training loop goes: in the slow loop, and with each remedy in turn."""

from book_utils import pace, records
from book_utils.pace import Loop

from .drawing import ACTIVATION, LINE, MINUS, PLUS, path, rect

ALT = "Three bars, each shorter than the one above: waiting for images, cost of a step, arithmetic"
LOOPS = (
    Loop("lenet", moved=True),
    Loop("lenet", resident=True, moved=True),
    Loop("lenet", resident=True, moved=True, batch_size=256),
)
LEFT, WIDE, HIGH, STEP = 18, 160, 21, 31


def draw() -> str:
    """Return the marks."""
    record = records.load("steps")
    spent = [pace.recorded(record, loop) for loop in LOOPS]
    longest = max(each.seconds for each in spent)
    bars = [
        _bar(13 + STEP * i, each, WIDE * each.seconds / longest) for i, each in enumerate(spent)
    ]
    return path(f"M{LEFT} 4V104", LINE, width=1.2) + "".join(bars)


def _bar(y: float, spent: pace.Spent, width: float) -> str:
    """Return the three parts of a loop's time, one after another."""
    marks, x = "", LEFT
    for part, fill in zip(("data", "cost", "arithmetic"), (PLUS, MINUS, ACTIVATION), strict=True):
        w = width * getattr(spent, part) / spent.milliseconds
        marks += rect(round(x, 1), y, round(w, 1), HIGH, fill)
        x += w
    return marks
