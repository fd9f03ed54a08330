"""A page with explorables and nothing else, and a hand on the correlation lab in it.

The page is made from what the package gives the built book (its HTML and its scripts), so tests of
a lab depend on no chapter.
"""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from playwright.sync_api import Locator, Page, expect

from book_utils.explorables.platform.base import DIST
from book_utils.sphinx_ext import explorables
from book_utils.theme import colour

# The grounds and text colours of the book's theme, light and dark, on which the labs stand.
NAMES = {"background": "ground", "text-base": "text", "surface": "surface", "text-muted": "muted"}
THEMES = {
    mode: " ".join(f"--pst-color-{its}: {colour(ours, mode)};" for its, ours in NAMES.items())
    for mode in ("light", "dark")
}

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Labs</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{dist}/explorables.css">
<style>
  html {{ {light} background: var(--pst-color-background); color: var(--pst-color-text-base); }}
  html[data-theme="dark"] {{ {dark} }}
  a {{ color: inherit }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 55rem; margin: auto; padding: 1rem }}
  @media print {{ html[data-theme] {{ {light} }} }}
</style>
{scripts}
</head>
<body><main><h1>Labs</h1>
{labs}
</main></body></html>
"""

READ = """lab => {
  const text = (node) => node?.textContent;
  const number = (text) => parseFloat(text.replaceAll("−", "-"));
  const grids = {};
  for (const table of lab.querySelectorAll("[role=grid]")) {
    const rows = [...table.children].map((row) => [...row.children].map((cell) => ({
      at: cell.dataset.at.split(",").map(Number),
      value: number(cell.title || cell.getAttribute("aria-label").split(": ")[1]),
      kind: [...cell.classList].filter((kind) => kind !== "cnl-cell")
        .concat(cell.ariaSelected === "true" ? ["selected"] : []),
    })));
    const name = table.getAttribute("aria-label").includes("turned") ? "turned"
      : table.getAttribute("aria-label").split(",")[0].toLowerCase();
    grids[name] = rows;
  }
  const sliders = {};
  for (const slider of lab.querySelectorAll(".cnl-slider")) {
    const input = slider.querySelector("input");
    sliders[text(slider.querySelector("label"))] =
      { value: Number(input.value), min: Number(input.min), max: Number(input.max) };
  }
  const modes = [...lab.querySelectorAll("select")].map((select) => select.value);
  const mode = modes.at(-1) ?? "zeros";
  return {
    grids, sliders, mode, flip: lab.querySelector("[role=switch]")?.checked,
    sum: text(lab.querySelector(".cnl-sum")), size: text(lab.querySelector(".cnl-aside")),
    full: text(lab.querySelector(".cnl-in-full p")),
    formula: text(lab.querySelector(".cnl-formula")),
    spoken: text(lab.querySelector("div[aria-live]")),
    message: text(lab.querySelector(".cnl-message")),
    count: text(lab.querySelector(".cnl-count")), focused: lab.contains(document.activeElement),
  };
}"""


def write_page(folder: Path, *labs, theme="light") -> str:
    """Write a page that holds the labs and return its file:// address."""
    path = folder / "labs.html"
    between = "\n<p>Text between the labs.</p>\n"
    path.write_text(
        PAGE.format(
            theme=theme,
            **THEMES,
            dist=DIST.as_uri(),
            scripts="\n".join(
                f'<script defer src="{DIST.as_uri()}/{script}.static.js"></script>'
                for script in explorables.needed(lab.view for lab in labs)
            ),
            labs=explorables.with_schemas_once(between.join(lab.static_html() for lab in labs)),
        ),
        encoding="utf-8",
    )
    return path.as_uri()


def write_page_with_states_outside(folder: Path, *labs) -> str:
    """Write a page whose large states are in the folder `_states` beside it, as in the book."""
    address, path, states = write_page(folder, *labs), folder / "labs.html", folder / "_states"
    html = explorables.with_states_outside(
        path.read_text(encoding="utf-8"), states, lambda name: f"{states.name}/{name}"
    )
    path.write_text(html, encoding="utf-8")
    return address


def complained_of_a_lost_file(watch) -> None:
    """Check that the browser has said that a file is not there, and nothing else."""
    assert watch.complaints and all("ERR_FILE_NOT_FOUND" in text for text in watch.complaints)


PIXELS = """canvas => {
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const context = copy.getContext("2d", { willReadFrequently: true }); // or Chromium complains
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return [height, width, Array.from(data, (byte) => String.fromCharCode(byte)).join("")];
}"""


def pixels(canvas: Locator) -> torch.Tensor:
    """What is on a canvas: (height, width, 4) numbers from 0 to 255, the last the opacity."""
    height, width, text = canvas.evaluate(PIXELS)  # text: an array takes twenty times as long
    return torch.tensor(list(text.encode("latin-1"))).reshape(height, width, 4)


def fragment(name: str, settings: object) -> str:
    """The end of a link that carries settings, or any text, to a lab, as `share.ts` writes it."""
    text = settings if isinstance(settings, str) else json.dumps(settings)
    return f"#lab={name}&s={base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


def soon(check: Callable, seconds: float = 60) -> None:
    """Repeat a check until it holds; if it does not hold in time, it fails as it last did."""
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


PHONE = 640  # pixels: a lab of this width or less is laid out for a phone

REFUSAL = re.compile("^The link’s settings were not used: .*The lab keeps its own.$")


@dataclass
class Reading:
    """What a lab shows at one moment, as numbers."""

    grids: dict
    sliders: dict
    mode: str
    flip: bool
    sum: str
    size: str
    full: str
    formula: str
    spoken: str
    message: str
    count: str
    focused: bool

    def pair(self, label: str) -> tuple[int, int]:
        """A setting as (height, width), whether it has one slider or two."""
        if f"{label}, height" not in self.sliders:
            return (self.sliders[label]["value"],) * 2
        axes = ("height", "width")
        return tuple(self.sliders[f"{label}, {axis}"]["value"] for axis in axes)

    def cells(self, grid: str, kind: str | None = None) -> set[tuple[int, int]]:
        """Positions of the cells of a grid; with `kind`, of those marked so."""
        cells = (cell for row in self.grids[grid] for cell in row)
        return {tuple(cell["at"]) for cell in cells if kind is None or kind in cell["kind"]}

    def values(self, grid: str) -> torch.Tensor:
        """Numbers of a grid, the padding left out."""
        rows = [
            [cell["value"] for cell in row if "padding" not in cell["kind"]]
            for row in self.grids[grid]
        ]
        return torch.tensor([row for row in rows if row], dtype=torch.float64)

    def by_torch(self) -> torch.Tensor:
        """What PyTorch makes of the input, kernel and settings that the page shows."""
        x, k = self.values("input")[None, None], self.values("kernel")[None, None]
        down, across = self.pair("Padding")
        mode = "constant" if self.mode == "zeros" else self.mode
        padded = F.pad(x, (across, across, down, down), mode)
        k = k.flip(2, 3) if self.flip else k
        stride, dilation = self.pair("Stride"), self.pair("Dilation")
        return F.conv2d(padded, k, stride=stride, dilation=dilation)[0, 0]


class LabHand:
    """One mounted correlation lab: finds its parts, reads what it shows."""

    def __init__(self, page: Page, name: str = "lab", is_open: bool | None = None):
        self.page, self.name = page, name
        self.place = page.locator(f"#lab-{name}")
        self.place.scroll_into_view_if_needed()
        self.root: Locator = self.place.locator(".cnl")
        self.root.wait_for()
        self.settle()  # the settings of a link come after the first frame
        if page.viewport_size["width"] > PHONE if is_open is None else is_open:
            self.open()  # on a phone the panel would lie over the lab

    def settle(self) -> None:
        """Wait until what was set is painted, and what the lab does after a paint is done."""
        self.page.evaluate(
            """() => new Promise((done) => {
              requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
            })"""
        )

    def open(self, on: bool = True) -> None:
        """Open *More settings*, or close it, where a lab has such a panel."""
        toggle = self.root.locator(".cnl-toggle")
        if toggle.count() and toggle.get_attribute("aria-expanded") != str(on).lower():
            toggle.click()
            self.settle()

    def at_width(self, width: int) -> None:
        """Give the page another width."""
        self.page.set_viewport_size(self.page.viewport_size | {"width": width})
        self.settle()

    def read(self) -> Reading:
        """Everything the lab shows."""
        return Reading(**self.root.evaluate(READ))

    def grid(self, name: str) -> Locator:
        """The table of the input, kernel or output, or of the turned kernel."""
        label = {"turned": "Kernel turned"}.get(name, f"{name.capitalize()},")
        return self.root.locator(f'[role="grid"][aria-label^="{label}"]')

    def cell(self, grid: str, row: int, column: int) -> Locator:
        """One cell; rows and columns are negative in the padding."""
        return self.grid(grid).locator(f'[data-at="{row},{column}"]')

    def slider(self, label: str) -> Locator:
        """A slider by its name, such as "Stride" or "Stride, height"."""
        return self.root.get_by_role("slider", name=label, exact=True)

    def button(self, label: str) -> Locator:
        """A button by its name."""
        return self.root.get_by_role("button", name=label, exact=True)

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a drop-down list by its text."""
        self.root.get_by_role("combobox", name=label, exact=True).select_option(label=option)

    @property
    def message(self) -> Locator:
        """The lab's line for messages."""
        return self.root.locator(".cnl-message")

    def follow(self, link: str) -> None:
        """Go to a link's fragment, another than now, on the page that is open."""
        self.page.evaluate(
            """link => new Promise((done) => {
              addEventListener("hashchange", () => setTimeout(done), { once: true });
              location.hash = link;
            })""",
            link,
        )

    def must_refuse(self, settings: object, complaint: str) -> None:
        """Follow a link with settings that the lab must not use, for the reason it must give."""
        self.button("Copy as PyTorch").press("Enter")
        expect(self.message).to_have_text("Code copied.")  # no longer what the last link was told
        self.follow(fragment(self.name, settings))
        said = expect(self.message, f"after a link with {settings}")
        said.to_contain_text(complaint)
        said.to_have_text(REFUSAL)

    @property
    def flip(self) -> Locator:
        """The switch between correlation and convolution."""
        return self.root.get_by_role("switch", name="flip the kernel (convolution)")

    @property
    def editor(self) -> Locator:
        """The field in the cell that is being edited."""
        return self.root.locator(".cnl-editor")

    def focused(self) -> str | None:
        """Name of the focused part of the lab: its cell, label or text; None if it is outside."""
        return self.root.evaluate(
            """lab => {
              const el = document.activeElement;
              if (!lab.contains(el)) return null;
              const grid = el.closest("[role=grid]");
              if (grid) return grid.ariaLabel.split(",")[0] + " " + el.dataset.at;
              return el.ariaLabel || el.labels?.[0]?.textContent || el.textContent;
            }"""
        )

    def copied_link(self) -> str:
        """Press "Copy link" and return what the clipboard holds."""
        return self.copied("Copy link", "Link copied.")

    def copied_code(self) -> str:
        """Press "Copy as PyTorch" and return what the clipboard holds."""
        return self.copied("Copy as PyTorch", "Code copied.")

    def copied(self, button: str, message: str) -> str:
        """Press a button and return what it puts on the clipboard."""
        self.page.evaluate("navigator.clipboard.writeText('')")  # what is there may be as before
        self.button(button).click()
        text = self.page.wait_for_function("navigator.clipboard.readText()").json_value()
        self.root.get_by_text(message).wait_for()
        return text
