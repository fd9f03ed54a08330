"""A slider over any function that returns a figure: live it calls, in the book it replays."""

import base64
import html
import io
import itertools
import math
import os
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any, Self

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from traitlets import Dict, HasTraits, TraitError, Unicode, default

from ..platform.base import AT_HAND, Explorable, given
from ..platform.traits import Setting, Slug

MOST_FRAMES = 64
SVG_LIMIT = 60_000  # bytes; a picture with more marks than this is recorded as a PNG
# Pixels: a frame without its stage and sliders, one slider more, and the largest picture.
DESKTOP, PHONE = (184, 0, (932, 440)), (192, 44, (366, 400))
LARGER = 1.5  # times its own size, at most, that a picture is shown
DPI = 192  # of pictures made of pixels
RECORD = "CONVNETS_RECORD"  # set while the book is built: then every frame is made beforehand


class Places(Setting):
    """The index of the chosen value of each setting, as a list."""

    kind = "position"

    def validate(self, obj: HasTraits, value: Any) -> list[int]:
        """Return `value` as a list, or raise a TraitError."""
        counts = {key: len(labels) for key, labels in obj.choices.items()}
        inside = (
            isinstance(value, list | tuple)
            and len(value) == len(counts)
            and all(
                type(i) is int and 0 <= i < n for i, n in zip(value, counts.values(), strict=True)
            )
        )
        if not inside:
            allowed = ", ".join(f"{key} from 0 to {n - 1}" for key, n in counts.items())
            where = f"{type(obj).__name__}.{self.name}"
            raise TraitError(f"{where} was given {value}; allowed: an index each, {allowed}")
        return list(value)


class RecordedSlider(Explorable):
    """A control made of a function of a few discrete settings that returns a matplotlib figure.

    `settings` gives each argument of `function` its values, in the order of the sliders; `alt`
    takes the same arguments and returns what is to be seen, in words. With a kernel each move calls
    the function; the built book holds a picture of every combination (at most 64) and loads those
    that are looked at. `.settings_now` is the present choice by name. Raises ValueError for a
    setting without values or for too many combinations. The stage is as high as the first picture
    needs, and all are shown within it. `task` says in one line what to try.
    """

    essential = ("at",)
    task = Unicode("Move a slider: what changes?").tag(sync=True, data=True)

    in_code = {}  # the function is the reader's own

    name = Slug("recorded").tag(sync=True)
    choices = Dict().tag(sync=True, data=True)  # name -> labels of its values
    at = Places().tag(sync=True)  # index of the chosen value of each setting
    frame = Unicode().tag(sync=True, data=True)  # the present picture as a data URI
    caption = Unicode().tag(sync=True, data=True)  # and in words
    # "0,2" -> {"src", "alt"}: recorded pictures, by index
    frames = Dict().tag(sync=True, data=True)

    def __init__(
        self,
        function: Callable[..., Figure],
        alt: Callable[..., str],
        name: str | None = None,
        task: str | None = None,
        **settings: Sequence[Any],
    ) -> None:
        values = {key: list(options) for key, options in settings.items()}
        count = math.prod(map(len, values.values()))
        if not values or not 1 <= count <= MOST_FRAMES:
            raise ValueError(
                f"{name or 'recorded'}: {len(values)} settings make {count} combinations; allowed: "
                f"one setting or more, each with a value, at most {MOST_FRAMES} combinations"
            )
        self._function, self._alt, self._values = function, alt, values
        labels = {key: [str(value) for value in options] for key, options in values.items()}
        src, words = self._picture([0] * len(values))  # its size is that of the stage
        given_too = given(name=name, task=task)
        super().__init__(choices=labels, frame=src, caption=words, **given_too)
        self.observe(self._draw, "at")

    @property
    def room(self) -> tuple[int, int]:
        """As high as the first picture is when it is as large as its stage lets it be."""
        width, height = size_of(self.frame)
        sliders = min(AT_HAND, len(self.choices))
        heights = (
            around + each * sliders + height * min(LARGER, wide / width, high / height)
            for around, each, (wide, high) in (DESKTOP, PHONE)
        )
        desktop, phone = (round(each) for each in heights)
        return desktop, phone

    @classmethod
    def example(cls) -> Self:
        """Return a line whose slope has a slider, every picture recorded."""

        def line(slope: int, dashed: bool) -> Figure:
            figure, axes = plt.subplots(figsize=(3, 2))
            axes.plot([0, 1], [0, slope], "--" if dashed else "-")
            axes.set_axis_off()
            return figure

        def words(slope: int, dashed: bool) -> str:
            return f"A {'dashed' if dashed else 'solid'} line of slope {slope}."

        made = cls(line, words, slope=[-1, 0, 1], dashed=[False, True])
        made.record()
        return made

    @default("at")
    def _first(self) -> list[int]:
        return [0] * len(self.choices)

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what `at` may be: a place on each slider."""
        axes = {key: len(labels) for key, labels in self.choices.items()}
        return {name: rule | {"axes": axes} for name, rule in super().schema().items()}

    @property
    def settings_now(self) -> dict[str, Any]:
        """The chosen value of each setting, by name."""
        return self._arguments(self.at)

    def _arguments(self, at: Sequence[int]) -> dict[str, Any]:
        pairs = zip(self._values.items(), at, strict=True)
        return {key: options[i] for (key, options), i in pairs}

    def _picture(self, at: Sequence[int]) -> tuple[str, str]:
        """Return the figure for one choice as a data URI, and its text alternative."""
        arguments = self._arguments(at)
        made = self._function(**arguments)
        return data_uri(getattr(made, "figure", made)), self._alt(**arguments)

    def _draw(self, _change: object = None) -> None:
        self.frame, self.caption = self._picture(self.at)

    def record(self) -> None:
        """Make the picture of every combination beforehand, so that no kernel is needed."""
        every = itertools.product(*(range(len(labels)) for labels in self.choices.values()))
        recorded = {",".join(map(str, at)): self._picture(at) for at in every}
        self.frames = {key: {"src": src, "alt": alt} for key, (src, alt) in recorded.items()}

    def static_html(self) -> str:
        """Return the HTML for the built book; while the book is built, with all frames."""
        if os.environ.get(RECORD) and not self.frames:
            self.record()
        return super().static_html()

    def still(self) -> str:
        """Return the present picture as HTML."""
        return picture_html(self.frame, self.caption)


def picture_html(src: str, alt: str) -> str:
    """Return an image element that is loaded when it comes near."""
    return f'<img class="cnl-frame-picture" loading="lazy" src="{src}" alt="{html.escape(alt)}">'


def data_uri(figure: Figure) -> str:
    """Return a figure as `data:image/…;base64,…`: SVG, or PNG when it has very many marks."""
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "convnets-live"}):
        svg = _saved(figure, "svg", metadata={"Date": None})
    plt.close(figure)
    if len(svg) <= SVG_LIMIT:
        return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    return f"data:image/png;base64,{base64.b64encode(_saved(figure, 'png', dpi=DPI)).decode()}"


def size_of(picture: str) -> tuple[float, float]:
    """Return width and height of a picture that `data_uri` made, in pixels of a page."""
    kind, _, data = picture.partition(";base64,")
    content = base64.b64decode(data)
    if kind.endswith("png"):
        width, height = struct.unpack(">II", content[16:24])  # of its first chunk
        return width * 96 / DPI, height * 96 / DPI
    box = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', content)  # in points
    width, height = (float(side) * 96 / 72 for side in box.groups())
    return width, height


def _saved(figure: Figure, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, transparent=True, **options)
    return buffer.getvalue()
