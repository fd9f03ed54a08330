"""The Keras lab: a Keras call typed, the PyTorch layer beside it."""

import html
from typing import Any

from traitlets import Unicode

from book_utils.keras import KERAS, LARGEST, Translation, translate

from ..platform.base import Explorable
from ..platform.traits import Text, Wholes


class KerasLab(Explorable):
    """A Keras layer as text and the PyTorch layer that computes the same.

    `call` is the text, of at most 500 characters, such as "layers.Conv2D(64, 3)"; nothing of it is
    ever run. `input` is what comes in, of one example: height, width and channels, or features,
    unless the call says its own. A text that cannot be translated is no error: the page says what
    was given, what is known and what to do; `output` then raises that as a ValueError.
    """

    room = (580, 780)
    essential = ("call", "input")
    task = Unicode("Type a Keras layer, or pick one.").tag(sync=True, data=True)
    in_code = {"shape": lambda lab: lab.output.channels_first}

    call = Text(KERAS["most"], KERAS["such"][0][1]).tag(sync=True)
    input = Wholes((1, 3), 1, LARGEST, [28, 28, 1]).tag(sync=True)

    @property
    def output(self) -> Translation:
        """The translation of the present call, with `.pytorch`, `.shape` and `.notes`."""
        return translate(self.call, self.input)

    def clash(self, **wanted: Any) -> str:
        """Say that two numbers are no input."""
        if len(wanted["input"]) == 2:
            return (
                f"input was given {wanted['input']}; allowed: height, width, channels, or features"
            )
        return ""

    def still(self) -> str:
        """Return the call, its translation and what is said of it as HTML."""
        keras = f"<p>Keras</p><pre>{html.escape(self.call)}</pre>"
        try:
            found = self.output
        except ValueError as error:
            return f"{keras}<p>{html.escape(str(error))}</p>"
        rows = [(note.what, note.keras, note.pytorch) for note in found.notes]
        head, *body = [
            "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)
            for tag, texts in [("th", ("", "Keras", "PyTorch")), *(("td", row) for row in rows)]
        ]
        table = "".join(f"<tr>{each}</tr>" for each in body)
        return (
            f"{keras}<p>PyTorch</p><pre>{html.escape(found.pytorch)}</pre>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{table}</tbody></table>"
        )
