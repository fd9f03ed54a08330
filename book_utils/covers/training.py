"""The loss of LeNet's five recorded runs: where they learn it falls, elsewhere it jumps."""

from collections.abc import Sequence

from book_utils import records

from .drawing import ACTIVATION, LINE, PLUS, path

ALT = "Loss against epoch: training runs of LeNet fall smoothly, and jump on images not learned"


def draw() -> str:
    """Return the marks."""
    runs = records.load("lenets").select(model="lenet")
    tested = "".join(path(_curve(run["test_loss"]), PLUS, width=1) for run in runs)
    learned = "".join(path(_curve(run["train_loss"]), ACTIVATION, width=1.8) for run in runs)
    return path("M20 8V100H184", LINE, width=1.2) + tested + learned


def _curve(losses: Sequence[float]) -> str:
    """Return a line through the loss of each epoch, from 0.3 at the foot to 1.2 at the head."""
    points = [f"{26 + 17 * i:g} {98 - 100 * (loss - 0.3):.1f}" for i, loss in enumerate(losses)]
    return "M" + "L".join(points)
