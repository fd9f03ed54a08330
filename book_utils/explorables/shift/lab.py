"""The shift lab: move an image by a few pixels and see how much its features change."""

from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import List, TraitError, Unicode, default, observe, validate

from ..platform.base import Explorable, given
from ..platform.traits import Block, Choice, Matrix, Switch, Whole

MARGIN, MOST = 2, 4  # empty pixels around the image; the largest shift
BLUR = torch.outer(torch.tensor([1.0, 2, 1]), torch.tensor([1.0, 2, 1])) / 16
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]

METHODS = {
    "no pooling": lambda f: f,
    "stride 2": lambda f: f[..., ::2, ::2],
    "max 2×2": lambda f: F.max_pool2d(f, 2),
    "average 2×2": lambda f: F.avg_pool2d(f, 2),
    "blur, then stride 2": lambda f: F.conv2d(f, BLUR.to(f)[None, None], stride=2, padding=1),
}


class ShiftLab(Explorable):
    """How much the features of an image change when it moves to the right by 0 to 4 pixels.

    `images` has shape (n, height, width), at most 6 of 4×4 to 32×32 pixels on a ground of
    0; `names` names them. The features are the positive part of its cross-correlation
    with `kernel` (at most 5×5), then one of METHODS. `image` and `method` say which are shown,
    `shift` (pixels) how far the image moved, `row` which row of the features is drawn as a
    line. `realigned` moves the features after the shift back by 0 to 4 columns, in a circle, and
    takes the best: what is left is how far the layer is from moving its output along. Raises
    TraitError for other shapes, or an image that is not there.
    """

    room = (566, 776)
    essential = ("shift", "method", "realigned")
    task = Unicode("Shift it. How much do features change?").tag(sync=True, data=True)
    in_code = {"change": lambda lab: lab.output[list(METHODS).index(lab.method), lab.shift]}

    images = Block({"images": 6, "height": 32, "width": 32}).tag(sync=True, data=True)
    names = List(Unicode()).tag(sync=True, data=True)
    kernel = Matrix(5, SOBEL).tag(sync=True, data=True)
    image = Whole(0, None).tag(sync=True)
    method = Choice(METHODS, "max 2×2").tag(sync=True)
    shift = Whole(0, MOST, 1).tag(sync=True)
    realigned = Switch(False).tag(sync=True)
    row = Whole(0, None).tag(sync=True)

    def __init__(self, images: Any, names: Any = None, kernel: Any = None, **settings: Any) -> None:
        super().__init__(images=images, **given(names=names, kernel=kernel), **settings)

    @classmethod
    def example(cls) -> Self:
        """Return a lab with two images: a square, and the square with a hole."""
        square = F.pad(torch.ones(4, 4), (2, 2, 2, 2))
        hole = square.clone()
        hole[3:5, 3:5] = 0
        return cls([square.tolist(), hole.tolist()])

    @default("names")
    def _numbered(self) -> list[str]:
        return [f"image {i + 1}" for i in range(len(self.images))]

    @default("row")
    def _middle(self) -> int:
        return self._rows() // 2

    def _rows(self) -> int:
        """How many rows the features have before any pooling."""
        return len(self.images[0]) + 2 * MARGIN - len(self.kernel) + 1

    @classmethod
    def large(cls) -> Self:
        """Return a lab with an image of 32×32 pixels, not pooled."""
        x = torch.arange(1024).reshape(1, 32, 32) * 37 % 256
        return cls(x, method="no pooling")

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be; an image and a row must be there."""
        found = super().schema()
        found["image"]["high"] = len(self.images) - 1
        found["row"]["high"] = self._rows() - 1
        return found

    def features(self, method: str | None = None, shift: int | None = None) -> Tensor:
        """Return the feature map (height, width) of the shown image after a method and a shift."""
        x = torch.tensor(self.images[self.image], dtype=torch.get_default_dtype())
        s = self.shift if shift is None else shift
        moved = F.pad(x, (MARGIN + s, MARGIN + MOST - s, MARGIN, MARGIN))
        k = torch.tensor(self.kernel, dtype=x.dtype)
        f = F.conv2d(moved[None, None], k[None, None]).relu()
        return METHODS[method or self.method](f)[0, 0]

    @property
    def output(self) -> Tensor:
        """Relative changes ‖after − before‖ / ‖before‖, shape (methods, shifts 0 to 4).

        If `realigned`, the smallest that moving *after* back by 0 to 4 columns leaves.
        """
        return torch.stack([torch.stack(self._changes(method)) for method in METHODS])

    def _changes(self, method: str) -> list[Tensor]:
        before = self.features(method, 0)
        size = before.norm() or torch.tensor(1.0)  # no features, no change
        columns = range(MOST + 1 if self.realigned else 1)
        after = [self.features(method, s) for s in range(MOST + 1)]
        return [min((f.roll(-t, 1) - before).norm() for t in columns) / size for f in after]

    @observe("images", "kernel")
    def _stay_inside(self, _change: object) -> None:
        """Keep the drawn row in features that became smaller."""
        self.row = min(self.row, self._rows() - 1)

    def clash(self, **wanted: Any) -> str:
        """Say that images are too small, lack a name, or that the chosen one is not there."""
        images, names = (wanted.get(data, getattr(self, data)) for data in ("images", "names"))
        size, image = (len(images[0]), len(images[0][0])), wanted["image"]
        if min(size) < 4:
            return f"images of {size}; allowed: 4×4 to 32×32 pixels"
        if len(names) != len(images):
            return f"{len(names)} names for {len(images)} images; give one each"
        if image >= len(images):
            return f"image {image}; allowed: 0 to {len(images) - 1}"
        return ""

    @validate("names")
    def _one_each(self, proposal: dict[str, Any]) -> list[str]:
        if complaint := self.clash(image=self.image, names=proposal["value"]):
            raise TraitError(f"ShiftLab.names: {complaint}")
        return proposal["value"]

    @validate("row")
    def _has_row(self, proposal: dict[str, Any]) -> int:
        if proposal["value"] >= self._rows():
            given = f"ShiftLab.row was given {proposal['value']}"
            raise TraitError(f"{given}; allowed: a row of the features, 0 to {self._rows() - 1}")
        return proposal["value"]

    def still(self) -> str:
        """Return the changes of all methods as a table."""
        head = "".join(f'<th scope="col">{s}</th>' for s in range(MOST + 1))
        rows = "".join(
            f'<tr><th scope="row">{method}</th>'
            + "".join(f"<td>{change:.2f}</td>" for change in changes)
            + "</tr>"
            for method, changes in zip(METHODS, self.output.tolist(), strict=True)
        )
        caption = "Relative change of the features when the image moves by 0 to 4 pixels"
        if self.realigned:
            caption += ", after the best realignment"
        return (
            f"<table><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
