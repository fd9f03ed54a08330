"""How a run of training shows itself: a bar in a terminal, a line and the curves in a notebook.

When the run ends nothing of the bar is left: a terminal keeps one line of text, a notebook one
output, the curves with that line under them.
"""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from tqdm import tqdm

from book_utils.plot import Picture

SHARE = 0.05  # of the running time may go into showing it
PAUSE = 0.25  # seconds at least between two updates


class Run(Protocol):
    """What is shown; its `repr` is the line of text that stays."""

    def __len__(self) -> int:
        """Return the number of finished epochs."""

    def plot(self) -> Picture:
        """Draw the curves so far."""


@contextmanager
def progress(run: Run, epochs: int, steps: int, curves: bool = True) -> Iterator[Callable]:
    """Show `run` while the block runs; call what this yields after each of `steps` an epoch.

    `curves`: in a notebook, draw them as well.
    """
    if _in_notebook():
        view = _Output(run, epochs, steps, curves)
        try:
            yield view.step
        finally:
            view.finish()
    else:
        done = len(run) * steps
        with tqdm(
            total=epochs * steps, initial=done, leave=False, disable=None, unit="batch"
        ) as bar:
            yield bar.update
        print(run)


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


class _Output:
    """One output of a notebook cell, updated in place."""

    def __init__(self, run: Run, epochs: int, steps: int, curves: bool) -> None:
        from IPython.display import display

        self.run, self.epochs, self.steps, self.curves = run, epochs, steps, curves
        self.done, self.drawn = len(run) * steps, 0
        self.picture = ""
        self.start = self.shown = time.perf_counter()
        self.spent, self.cost = 0.0, 0.15  # of drawing: so far, and the next time (a guess)
        self.handle = display(self._bundle(self._bar()), raw=True, display_id=True)

    def step(self) -> None:
        self.done += 1
        now = time.perf_counter()
        if now - self.shown < PAUSE:
            return
        if len(self.run) > self.drawn and self.spent + self.cost < SHARE * (now - self.start):
            self._draw()
            self.cost = time.perf_counter() - now
            self.spent += self.cost
        self.handle.update(self._bundle(self._bar()), raw=True)
        self.shown = time.perf_counter()

    def finish(self) -> None:
        if len(self.run) > self.drawn:
            self._draw()
        line = f'<p style="margin: 0.3em 0">{html.escape(repr(self.run))}</p>'
        self.handle.update(self._bundle(line), raw=True)

    def _draw(self) -> None:
        self.drawn = len(self.run)
        if self.curves:
            self.picture = self.run.plot().html()

    def _bar(self) -> str:
        epoch = min(self.done // self.steps + 1, self.epochs)
        return (
            f'<p style="margin: 0.3em 0"><progress max="{self.epochs * self.steps}" '
            f'value="{self.done}" aria-label="training"></progress> '
            f"epoch {epoch} of {self.epochs}</p>"
        )

    def _bundle(self, line: str) -> dict[str, str]:
        return {"text/html": f"<div>{self.picture}{line}</div>", "text/plain": repr(self.run)}
