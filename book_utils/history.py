"""The `History` of a run of training: numbers by epoch, and their curves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from book_utils.numbers import plural, short, thousands
from book_utils.plot import INK, Chart, show, style

WIDE = 50  # times the smallest loss: from there on the axis is logarithmic


@dataclass(repr=False)
class History:
    """What happened in a run of training, one entry an epoch.

    `train_loss` and `train_accuracy` are means over the epoch while the model was changing;
    `seconds` and `examples_per_second` are of training alone, without the evaluation after it;
    `device` names where it ran; `interrupted` says that it was stopped by hand; `graph` says
    "recorded" if the step ran as a CUDA graph, or why it did not.
    """

    device: str
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    examples_per_second: list[float] = field(default_factory=list)
    interrupted: bool = False
    graph: str = ""

    def __len__(self) -> int:
        """Return the number of finished epochs."""
        return len(self.seconds)

    def __repr__(self) -> str:
        stop = "interrupted · " if self.interrupted else ""
        if not len(self):
            return f"{stop}no epoch finished · {self.device}"
        examples = sum(s * e for s, e in zip(self.seconds, self.examples_per_second, strict=True))
        graph = " · graph" if self.graph == "recorded" else ""
        return (
            f"{stop}{plural(len(self), 'epoch')} · "
            f"test accuracy {self.test_accuracy[-1]:.3f} · "
            f"{thousands(round(examples / sum(self.seconds)))} examples/s · {self.device}{graph}"
        )

    def add(
        self, trained: tuple[float, float], tested: tuple[float, float], seconds: float, n: int
    ) -> None:
        """Note an epoch: (loss, accuracy) on both sets, and the time that n examples took."""
        entry = (*trained, *tested, seconds, n / seconds)
        for values, value in zip(self.lists().values(), entry, strict=True):
            values.append(value)

    def lists(self) -> dict[str, list[float]]:
        """Return the lists by name, in the order in which they are defined."""
        return {name: value for name, value in vars(self).items() if isinstance(value, list)}

    def plot(self) -> Chart:
        """Draw loss and accuracy by epoch, on the training and on the test images.

        The axis of a loss that spans a factor of 50 or more is logarithmic.
        Raises ValueError if no epoch was finished.
        """
        if not len(self):
            raise ValueError("there is nothing to draw: no epoch was finished")
        epochs = range(1, len(self) + 1)
        marks = {"markevery": math.ceil(len(self) / 20)}
        with style():
            fig, axes = plt.subplots(1, 2, figsize=(4.8, 2.6))
            for ax, what in zip(axes, ("loss", "accuracy"), strict=True):
                train, test = getattr(self, f"train_{what}"), getattr(self, f"test_{what}")
                ax.plot(epochs, train, "--", marker=".", color=INK, label="train", **marks)
                ax.plot(epochs, test, marker="o", markersize=4, label="test", **marks)
                ax.set(xlabel="epoch", title=what)
                ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
            fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
            self._scale_loss(axes[0])
            axes[1].set_ylim(0, 1)
        return show(fig, f"Loss and accuracy by epoch. {self._in_words()}")

    def _scale_loss(self, ax: Axes) -> None:
        losses = self.train_loss + self.test_loss
        if min(losses) > 0 and max(losses) > WIDE * min(losses):
            ax.set_yscale("log")

    def _in_words(self) -> str:
        def course(name: str) -> str:
            values = getattr(self, name.replace(" ", "_").lower())
            return f"{name} from {short(values[0])} to {short(values[-1])}"

        names = ("Train loss", "test loss", "train accuracy", "test accuracy")
        return ", ".join(map(course, names)) + "."
