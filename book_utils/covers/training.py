"""A loss that falls: what LeNet's five recorded runs had learned, epoch by epoch."""

from book_utils import records

from .drawing import ACTIVATION, LINE, path

ALT = "Loss against epoch: five training runs of LeNet, all falling"


def draw() -> str:
    """Return the marks."""
    axes = path("M22 12V98H190", LINE, width=1.4, dashes="")
    marks = ""
    for run in records.load("lenets").select(model="lenet"):
        points = [
            f"{22 + 17.5 * i:g} {98 - 70 * loss:.1f}" for i, loss in enumerate(run["train_loss"])
        ]
        marks += path("M" + "L".join(points), ACTIVATION, width=2, dashes="")
    return axes + marks
