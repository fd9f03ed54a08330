"""PyTorch as text: layers, their arguments, shapes."""

from collections.abc import Sequence
from typing import Any

from .words import Pair, Shape


def number(value: float) -> str:
    """Return a number as Python writes it, a whole one without a point."""
    return str(int(value)) if value == int(value) else repr(value)


def plain(value: Any) -> str:
    """Return a value as an argument; a pair of equal numbers as one."""
    if isinstance(value, tuple):
        return plain(value[0]) if len(value) == 2 and value[0] == value[1] else written_tuple(value)
    if isinstance(value, str | bool):
        return str(value)
    return number(value)


def written_tuple(values: Sequence[Any]) -> str:
    """Return a tuple as Python writes it."""
    return f"({', '.join(map(str, values))}{',' if len(values) == 1 else ''})"


def layer(name: str, *places: Any, **named: Any) -> str:
    """Write a layer; an argument that is None is left out."""
    words = [plain(value) for value in places]
    words += [f"{key}={plain(value)}" for key, value in named.items() if value is not None]
    return f"nn.{name}({', '.join(words)})"


def sides(name: str, rows: Pair, columns: Pair, *value: str) -> str:
    """Write a layer that pads: PyTorch begins with the last axis."""
    return f"nn.{name}({', '.join([written_tuple((*columns, *rows)), *value])})"


def sequence(layers: Sequence[str]) -> str:
    """Return several layers as one."""
    if len(layers) == 1:
        return layers[0]
    return "nn.Sequential(\n" + "".join(f"    {each},\n" for each in layers) + ")"


def channels_first(shape: Shape) -> Shape:
    """Return (channels, height, width) for (height, width, channels); (features,) as it is."""
    return (shape[2], *shape[:2]) if len(shape) == 3 else shape


def batch(shape: Shape) -> str:
    """Return a shape in words, with its batch: (n, 28, 28, 1)."""
    return f"({', '.join(['n', *map(str, shape)])})"


def other_than(value: Any, usual: Any) -> Any:
    """A value that has to be written, or None."""
    return None if value == usual else value
