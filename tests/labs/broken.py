"""A lab that is healthy, or broken on purpose in the one way that a check must find."""

from pathlib import Path

import torch
from traitlets import Unicode

from book_utils.explorables import Explorable
from book_utils.explorables.platform.still import grids_svg
from book_utils.explorables.platform.traits import Choice, Picked, Switch, Whole

SCRIPT = Path(__file__).with_name("broken.js")

# What is wrong with the lab, by the name of the check that must find it.
FAULTS = {
    "stage": "eleven controls before *More settings* is opened",
    "axe": "a button without a name",
    "sideways": "a line wider than a phone",
    "growth": "a lab that is higher at the end of the slider",
    "sliders": "a slider that throws a switch, which stays thrown",
    "round_trip": "a link with another size loses the picked cell",
    "hostile": "a link may hold a number above the limit",
    "code": "copied code that adds one",
    "printed": "controls in print",
    "without_scripts": "a still without words",
    "forced_colours": "a swatch that is only filled",
    "tab": "a button that the Tab key passes by",
    "reset": "a slider that does not know the key 0",
    "paints_in_time": "a slider that computes for 50 ms",
    "to_python": "what is set on the page stays there",
    "to_the_page": "what is set in Python stays there",
}


class BrokenLab(Explorable):
    """Sums or products of 1, 2, … `size`, one by one, from either end."""

    view = "broken"
    _esm = SCRIPT
    room = (640, 680)

    size = Whole(1, 6, 3).tag(sync=True)
    kind = Choice(("sum", "product")).tag(sync=True)
    flip = Switch(False).tag(sync=True)
    picked = Picked(("cells",), ["cells", 0, 0]).tag(sync=True)
    fault = Unicode().tag(sync=True, data=True)

    @property
    def output(self) -> torch.Tensor:
        """The numbers, (size,)."""
        x = torch.arange(1.0, self.size + 1)
        x = x.flip(0) if self.flip else x
        return x.cumsum(0) if self.kind == "sum" else x.cumprod(0)

    def still(self) -> str:
        """Return the numbers as one picture."""
        numbers = self.output.tolist()
        words = "" if self.fault == "without_scripts" else f"The numbers {numbers}."
        return grids_svg([("numbers", [numbers])], words)

    def static_html(self) -> str:
        """Return the HTML of any lab, and its own script: it has no bundle."""
        script = SCRIPT.read_text(encoding="utf-8")
        return f'{super().static_html()}<script type="module">{script}</script>'
