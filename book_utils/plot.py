"""Pictures the chapters share: one style, legible on a light and on a dark page.

A figure is shown as inline SVG. Its text and axes take the colour of the text around them
(`currentColor`), so a page that turns dark needs no second picture. A figure at most 4.8 inches
wide is legible on a phone, which shows its 11 points as 11 pixels; parts of a row stand below one
another there, and their words are words of the page.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from matplotlib.figure import Figure
from PIL import Image

from book_utils.numbers import MINUS, plural, short
from book_utils.theme import THEME

if TYPE_CHECKING:
    from book_utils.shapes import LayerTable

INK = THEME["ink"]  # text and axes; SVG output replaces it by currentColor
SERIES = THEME["series"]  # what tells lines apart, fit for both grounds
ACCENT = SERIES[0]  # SVG output replaces it by the accent of the page
# Weights: blue is minus, orange is plus, as in the labs. One hue: activations and counts.
SIGNED = LinearSegmentedColormap.from_list("signed", THEME["signed"])
ONE_HUE = LinearSegmentedColormap.from_list("one hue", THEME["one-hue"])

STYLE = {
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=SERIES),
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "font.size": 11,
    "lines.linewidth": 2,
    "figure.constrained_layout.use": True,
    "figure.figsize": (4.8, 3),
    "axes.formatter.min_exponent": 4,  # 0.01 rather than 10 to the −2, whose exponent is tiny
    "image.interpolation": "none",
    "svg.fonttype": "none",  # text stays text: it can be selected, and takes the font of the page
    "svg.hashsalt": "convnets-live",
}

# Of the style, what matplotlib asks for when a figure is written, not when it is made.
READ_WHEN_DRAWN = ("axes.formatter.min_exponent", "svg.fonttype", "svg.hashsalt")
SVG_LIMIT = (
    150_000  # characters; a picture with more marks than this is sent as a PNG at twice its size
)


@contextmanager
def style() -> Iterator[None]:
    """Make the book's style hold in a `with` block, where figures are made and drawn."""
    with mpl.rc_context(STYLE):
        yield


@dataclass(frozen=True)
class Picture:
    """Something to see, together with the words that replace it for a reader who cannot see it.

    Jupyter and the built book show it as HTML.
    """

    alt: str

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a picture needs alternative text: say in `alt` what is to be seen")

    def html(self) -> str:
        """The picture as one HTML element whose accessible name is `alt`."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": f"[Picture: {self.alt}]"}


@dataclass(frozen=True)
class Chart(Picture):
    """A matplotlib figure, shown as inline SVG (or PNG, when it has very many marks)."""

    figure: Figure

    def html(self) -> str:
        """The figure as one HTML element whose accessible name is `alt`."""
        svg = inline_svg(self.figure, self.alt)
        return svg if len(svg) <= SVG_LIMIT else _png(self.figure, self.alt)


@dataclass(frozen=True)
class Row(Picture):
    """Pieces of HTML side by side, in more lines where one is too narrow; `layout` is CSS."""

    parts: Sequence[str]
    layout: str

    def html(self) -> str:
        """The parts in one HTML element whose accessible name is `alt`."""
        return (
            f'<div class="book-picture" role="img" aria-label="{html.escape(self.alt)}" '
            f'style="font-size: 13px; line-height: 1.3; text-align: center; {self.layout}">'
            f"{''.join(self.parts)}</div>"
        )


def show(figure: Figure, alt: str) -> Chart:
    """Return `figure` as a picture with alternative text, and keep Jupyter from showing it twice.

    Raises ValueError if `alt` is empty.
    """
    plt.close(figure)
    return Chart(alt, figure)


# --- pictures ------------------------------------------------------------------------------------


GAP = 8  # pixels between images


def show_images(
    images: torch.Tensor | Sequence[torch.Tensor],
    titles: Iterable[str] | None = None,
    *,
    columns: int = 10,
    size: float = 0.75,
    signed: bool = False,
    alt: str,
) -> Row:
    """Show images side by side, at most `columns` to a line, fewer where it is narrow.

    `images`: (n, h, w), (n, 1, h, w) or (n, 3, h, w), values in [0, 1]; `titles`: one for each
    image, or none; `size`: the width of an image in inches; `signed`: (h, w) maps of any range, in
    two hues from zero, on one scale with a legend.
    Raises ValueError for another shape or another number of titles.
    """
    pixels = [_pixels(image) for image in images]
    if not pixels:
        raise ValueError("no images were given: show_images needs at least one")
    words = [""] * len(pixels) if titles is None else [str(title) for title in titles]
    if len(words) != len(pixels):
        raise ValueError(
            f"{plural(len(pixels), 'image')} but {plural(len(words), 'title')}: "
            "give one title an image"
        )
    top = max(np.abs(image).max() for image in pixels) or 1
    width = 96 * size
    parts = [
        _titled(_img(_colours(image, top if signed else None), word or alt, width), word)
        for image, word in zip(pixels, words, strict=True)
    ]
    if signed:
        parts.append(_legend(top))
    return Row(alt, parts, _columns(min(columns, len(pixels)), width))


def _columns(count: int, width: float) -> str:
    """Return CSS for `count` columns of `width` pixels, or for fewer that are not much narrower."""
    gaps = GAP * (count - 1)
    least = f"max({min(0.85 * width, 128):.0f}px, (100% - {gaps}px) / {count} - 1px)"
    return (
        f"display: grid; gap: {GAP}px; align-items: end; max-width: {count * width + gaps:.0f}px; "
        f"grid-template-columns: repeat(auto-fill, minmax({least}, 1fr))"
    )


def _titled(element: str, title: str) -> str:
    lines = html.escape(title).replace("\n", "<br>")
    return f'<div style="overflow-wrap: anywhere">{lines}{element}</div>'


def _colours(image: np.ndarray, top: float | None) -> np.ndarray:
    """Return an image in 8 bits; a map with signs, from -`top` to `top`, in two hues."""
    if top is None:
        return (255 * image.clip(0, 1)).round().astype(np.uint8)
    return SIGNED((image / top + 1) / 2, bytes=True)[..., :3]


def _img(colours: np.ndarray, alt: str, width: float) -> str:
    """Return (h, w) or (h, w, 3) bytes as an `<img>` for a column of about `width` pixels."""
    height, across = colours.shape[:2]
    buffer = io.BytesIO()
    Image.fromarray(colours).save(buffer, "PNG", optimize=True)
    look = "image-rendering: pixelated; " if across < width else ""
    return (
        f'<img alt="{html.escape(alt)}" width="{across}" height="{height}" '
        f'style="{look}display: block; width: 100%; height: auto" '
        f'src="data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}">'
    )


def _legend(top: float) -> str:
    """Return the scale of signed values from -`top` to `top`, below all columns of a row."""
    scale = ", ".join(to_hex(SIGNED(t)) for t in np.linspace(0, 1, 9))
    bar = f"flex: 0 1 12em; outline: 1px solid; background: linear-gradient(to right, {scale})"
    low, high = short(-top), short(top)
    return (
        '<div style="grid-column: 1 / -1; display: flex; justify-content: center; gap: 0.5em">'
        f'{low}<div style="{bar}"></div>{high}</div>'
    )


def _pixels(image: torch.Tensor) -> np.ndarray:
    array = torch.as_tensor(image).detach().cpu().float().numpy()
    if array.ndim == 3 and array.shape[0] in (1, 3):
        return array.squeeze(0) if array.shape[0] == 1 else array.transpose(1, 2, 0)
    if array.ndim == 2:
        return array
    raise ValueError(
        f"an image of shape {tuple(array.shape)} cannot be shown: "
        "give (h, w), (1, h, w) or (3, h, w)"
    )


def heatmap(
    matrix: torch.Tensor | np.ndarray | Sequence[Sequence[float]],
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    *,
    xlabel: str = "",
    ylabel: str = "",
    signed: bool = False,
    numbers: bool = True,
    cell: float | None = None,
    alt: str,
) -> Chart:
    """Show a matrix as coloured cells with their numbers, readable on every cell.

    `matrix`: (h, w); `rows`, `columns`: labels; `signed`: two hues from zero (weights) instead of
    one hue (counts, activations); `cell`: the side of a cell in inches, by default at most 0.42.
    Raises ValueError when the matrix is not 2-D or a list of labels has the wrong length.
    """
    values = np.asarray(torch.as_tensor(matrix).detach().cpu())
    if values.ndim != 2:
        raise ValueError(f"a heat map needs a matrix (h, w), not shape {tuple(values.shape)}")
    height, width = values.shape
    cell = cell or min(0.42, 3.2 / width)
    with style():
        fig, ax = plt.subplots(figsize=(width * cell + 1.3, height * cell + 1.1))
        long = columns is not None and max(map(len, columns), default=0) > 3
        slant = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if long else {}
        _label(ax.set_xticks, columns, width, "columns", **slant)
        _label(ax.set_yticks, rows, height, "rows")
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        image = _cells(ax, values, signed)
        if numbers:
            _write_numbers(ax, values, image.cmap(image.norm(values)))
    return show(fig, alt)


def _label(
    set_ticks: object, words: Sequence[str] | None, n: int, what: str, **text: object
) -> None:
    if words is None:
        set_ticks([])
    elif len(words) != n:
        raise ValueError(f"the matrix has {n} {what} but {len(words)} labels were given")
    else:
        set_ticks(range(n), words, **text)


def _cells(ax: Axes, values: np.ndarray, signed: bool) -> mpl.image.AxesImage:
    top = np.abs(values).max() or 1
    norm = Normalize(-top, top) if signed else Normalize(min(0, values.min()), values.max() or 1)
    return ax.imshow(values, cmap=SIGNED if signed else ONE_HUE, norm=norm)


def _write_numbers(ax: Axes, values: np.ndarray, colours: np.ndarray) -> None:
    whole = np.array_equal(values, np.round(values))
    places = 0 if whole else max(0, 2 - math.floor(math.log10(np.abs(values).max())))
    for (i, j), value in np.ndenumerate(values):
        dark = luminance(colours[i, j, :3]) < 0.18  # where black and white text contrast alike
        text = f"{value:.{places}f}".replace("-", MINUS)
        ink = "white" if dark else "black"
        ax.text(j, i, text, ha="center", va="center", fontsize=10, color=ink)


def luminance(rgb: Sequence[float]) -> float:
    """The relative luminance of an sRGB colour, components in [0, 1] (WCAG 2.2)."""
    c = np.asarray(rgb, dtype=float)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def architecture(table: LayerTable) -> Row:
    """Draw a network as the shapes that flow through it: maps as stacked squares, vectors as bars.

    `table`: from `book_utils.shapes.layer_table`. Only layers that change the shape are drawn, and
    of each stack at most eight maps.
    """
    stages = [("input", table.input_shape)]
    for row in table:
        if row.output_shape != stages[-1][1]:
            stages.append((row.kind, row.output_shape))
    unit = TALLEST / max(max(shape[1:], default=1) for _, shape in stages)
    column = "display: flex; flex-direction: column; justify-content: space-between"
    parts = []
    for kind, shape in stages:
        drawing = _maps(shape, unit) if len(shape) == 3 else _vector(shape[0])
        parts.append(f'<div style="{column}">{kind}{drawing}{_by(shape)}</div>')
    steps = ", then ".join(f"{kind} {_by(shape)}" for kind, shape in stages)
    alt = f"The network from left to right, with the shape after each layer: {steps}."
    return Row(alt, parts, "display: flex; flex-wrap: wrap; gap: 14px")


TALLEST = 60  # pixels: the side of the largest map, and nearly the length of the longest vector


def _by(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def _maps(shape: Sequence[int], unit: float) -> str:
    channels, height, width = shape
    sheets, shift = min(channels, 8), 3
    room = shift * (sheets - 1)
    rects = "".join(
        _rect(shift * i, shift * i, width * unit, height * unit, 0.7 if i == sheets - 1 else 0.12)
        for i in range(sheets)
    )
    return _drawing(width * unit + room, height * unit + room, rects)


def _vector(length: int) -> str:
    height = 76 * math.sqrt(min(length, 400) / 400)  # by root: 10 and 400 fit one picture
    return _drawing(6, height, _rect(0, 0, 6, height, 0.7))


def _rect(x: float, y: float, width: float, height: float, opacity: float) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="var(--cnl-accent, {ACCENT})" fill-opacity="{opacity}" stroke="currentColor"/>'
    )


def _drawing(width: float, height: float, content: str) -> str:
    return (
        f'<svg width="{width:.0f}" height="{height:.0f}" '
        f'style="display: block; margin: 6px auto; overflow: visible">{content}</svg>'
    )


# --- from a matplotlib figure to HTML ------------------------------------------------------------

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"


def inline_svg(figure: Figure, alt: str) -> str:
    """Return the figure as an `<svg>` element to stand inside an HTML page, named by `alt`.

    Text and axes drawn in INK take the colour of the page's text; ids are made unique by a hash of
    the picture, since two figures on one page share one name space.
    """
    with mpl.rc_context({name: STYLE[name] for name in READ_WHEN_DRAWN}):
        root = ElementTree.fromstring(_saved(figure, "svg"))
    _drop(root, {f"{_SVG}metadata", f"{_SVG}style"})
    _tidy(root)
    _rename_ids(root, hashlib.sha1(ElementTree.tostring(root) + alt.encode()).hexdigest()[:8])
    width = float(root.attrib.pop("width").removesuffix("pt")) * 4 / 3
    for name in ("height", "version"):
        root.attrib.pop(name, None)
    look = f"width: {width:.0f}px; max-width: 100%; height: auto; overflow: visible"
    root.attrib |= {
        "role": "img",
        "aria-label": alt,
        "class": "book-picture",
        "style": f"{look}; stroke-linejoin: round; stroke-linecap: butt",
    }
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _png(figure: Figure, alt: str) -> str:
    data = base64.b64encode(_saved(figure, "png", dpi=192)).decode()
    width = figure.get_figwidth() * 96
    return (
        f'<img class="book-picture" alt="{html.escape(alt)}" src="data:image/png;base64,{data}" '
        f'style="width: {width:.0f}px; max-width: 100%; height: auto">'
    )


def _saved(figure: Figure, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type")) if kind == "svg" else None
    figure.savefig(buffer, format=kind, transparent=True, metadata=metadata, **options)
    return buffer.getvalue()


def _drop(element: ElementTree.Element, tags: set[str]) -> None:
    for child in list(element):
        if child.tag in tags:
            element.remove(child)  # matplotlib's <style> would restyle the whole page
        else:
            _drop(child, tags)


def _tidy(root: ElementTree.Element) -> None:
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.text, element.tail = _stripped(element.text), _stripped(element.tail)
        if _HREF in element.attrib:
            element.set("href", re.sub(r"\s", "", element.attrib.pop(_HREF)))
        if element.tag == "path":
            element.set("d", " ".join(re.sub(r"\d+\.\d+", _rounded, element.get("d", "")).split()))
        if "style" in element.attrib:
            text = element.get("style").replace(INK, "currentColor")
            text = text.replace(ACCENT, f"var(--cnl-accent, {ACCENT})")
            element.set("style", re.sub(r"font-family: [^;]*(; )?", "", text))  # the page's own
        if element.tag == "image":
            element.set("style", "image-rendering: pixelated")
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]  # every upright text has one
        for name in ("x", "y"):
            if name in element.attrib:
                element.set(name, re.sub(r"\d+\.\d+", _rounded, element.get(name)))


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else None


def _rounded(number: re.Match) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _rename_ids(root: ElementTree.Element, prefix: str) -> None:
    """Keep only the ids that something refers to, each with `prefix` before it."""
    refers = re.compile(r"url\(#([^)]+)\)")
    used = {element.get("href", "")[1:] for element in root.iter() if element.tag == "use"}
    for element in root.iter():
        used |= {m for value in element.attrib.values() for m in refers.findall(value)}
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            element.set("id", f"{prefix}-{name}")
        if element.tag == "use":
            element.set("href", f"#{prefix}-{element.get('href')[1:]}")
        for key, value in element.attrib.items():
            element.set(key, refers.sub(rf"url(#{prefix}-\1)", value))
