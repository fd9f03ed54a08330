"""A Keras call and the PyTorch layer that computes the same, with its padding written out.

The call is text: Python's own parser takes it apart, its arguments are read as literals, and
nothing of it is ever run. What layers and arguments there are, and every sentence, stands in
`keras.json`; `explorables/keras/` translates in the same way on a page.
"""

from collections.abc import Sequence

from .arguments import is_size, settled
from .call import read
from .layers import LAYERS, Layer, Note, Translation
from .words import KERAS, LARGEST

__all__ = ["KERAS", "LARGEST", "Note", "Translation", "translate"]


def translate(call: str, input_shape: Sequence[int] = (28, 28, 1)) -> Translation:
    """Return the PyTorch layer that computes what a Keras layer does with the same weights.

    `call` is the layer as text, such as "layers.Conv2D(64, 3, strides=2, padding='same')", with or
    without a prefix and a name to assign it to; `input_shape` is (height, width, channels), or
    (features,), unless the call says its own.
    Raises ValueError for a text that is no call, an unknown layer or argument, or a value that does
    not fit; it says what was given, what is known and what to do.
    Source: TensorFlow's documentation of padding and of Keras's layers.
    """
    shape = tuple(input_shape)
    if len(shape) not in (1, 3) or not all(is_size(n) for n in shape):
        raise ValueError(
            f"input_shape was given {input_shape!r}; it takes (height, width, channels) or "
            f"(features,), each from 1 to {LARGEST}"
        )
    name, given = read(call)
    return LAYERS[name](Layer(name, *settled(name, given, shape)))
