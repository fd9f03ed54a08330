"""A unit of a network as a setting of a lab, and the units of the digit network that labs name.

There, a unit is a feature map of a convolution, after its ReLU, or one of the ten scores.
"""

from collections.abc import Mapping
from typing import Any

from traitlets import HasTraits, TraitError, Undefined

from ..platform.traits import Setting

# The layers as links name them: the module of the network that puts their units out, how many.
LAYERS = {"conv1": ("features.1", 6), "conv2": ("features.4", 16), "score": ("dense.5", 10)}
SHAPES = {layer: (units,) for layer, (_, units) in LAYERS.items()}


class Unit(Setting):
    """A unit of a network as [layer, *index].

    `shapes` says which there are, by layer; without it the lab's own `shapes` does.
    """

    kind = "unit"

    def __init__(
        self,
        default: Any = Undefined,
        *,
        shapes: Mapping[str, tuple[int, ...]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.shapes = shapes
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the shapes of the layers, where they are the same in every lab."""
        if self.shapes is None:
            return {}
        return {"layers": {layer: list(shape) for layer, shape in self.shapes.items()}}

    def validate(self, obj: HasTraits, value: Any) -> list[Any]:
        """Return `value` as a list, or raise a TraitError that says what is allowed."""
        shapes = obj.shapes if self.shapes is None else self.shapes
        layer, *at = value if isinstance(value, list | tuple) and value else [None]
        shape = shapes.get(layer, ()) if isinstance(layer, str) else ()
        whole = all(isinstance(i, int) and not isinstance(i, bool) for i in at)
        if not at or len(at) != len(shape) or not whole or not _inside(at, shape):
            allowed = "; ".join(f"{layer} {shape}" for layer, shape in shapes.items())
            raise TraitError(
                f"{type(obj).__name__}.{self.name} was given {value!r}; "
                f"allowed: [layer, *index], the index within {allowed}"
            )
        return [layer, *at]


def _inside(at: list[int], shape: tuple[int, ...]) -> bool:
    return all(0 <= i < n for i, n in zip(at, shape, strict=True))
