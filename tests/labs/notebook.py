"""A lab in JupyterLab: what is set in Python is seen on the page, and the other way round."""

import json
from dataclasses import dataclass
from typing import Any

from tests.browser.jupyter import Live
from tests.browser.lab_page import soon
from tests.labs.stand import Stand
from tests.labs.states import State

PATIENCE = 60  # seconds for a message between page and kernel: only a failure takes so long
# All that is seen of a lab: words, controls, pictures, how its parts look.
SEEN = """i => {
  const root = document.querySelectorAll(".cnl")[i];
  const all = (what) => [...root.querySelectorAll(what)];
  return JSON.stringify([
    root.innerText, all("input, select").map(({ value, checked }) => [value, checked]),
    all("canvas").map((canvas) => canvas.toDataURL()), all("img").map(({ src }) => src),
    all("[class], [style]").map((each) => [each.getAttribute("class"), each.getAttribute("style")]),
  ]);
}"""
# Where its controls stand: one slider's end may depend on another's place.
PLACES = """i => JSON.stringify(
  [...document.querySelectorAll(".cnl")[i].querySelectorAll("input, select")]
    .map(({ value, checked, max }) => [value, checked, max]))"""
CLOSED = '.cnl-toggle[aria-expanded="false"]'
SET = """import json
with {lab}.hold_trait_notifications():
    for name, value in json.loads({state!r}).items():
        setattr({lab}, name, value)
"""


@dataclass
class Output:
    """The output of a cell that shows a lab: `name` is the lab in Python, `number` its place."""

    live: Live
    name: str
    number: int
    patience: float = PATIENCE

    def seen(self) -> str:
        """All that is seen of the lab."""
        return self.live.page.evaluate(SEEN, self.number)

    def places(self) -> str:
        """Where the lab's controls stand."""
        return self.live.page.evaluate(PLACES, self.number)

    def open(self) -> None:
        """Open *More settings*, where the lab has it: what is there is its part too."""
        closed = self.live.page.locator(".cnl").nth(self.number).locator(CLOSED)
        if closed.count():
            closed.click()
            closed.wait_for(state="detached")

    def set(self, state: State) -> None:
        """Set the lab in Python."""
        failed = self.live.run(SET.format(lab=self.name, state=json.dumps(state)))
        assert failed is None, failed

    def settings(self) -> dict[str, Any]:
        """The settings that the lab has in Python."""
        return self.live.python(f"{{n: {self.name}.settings()[n] for n in {self.name}.schema()}}")

    def within(self, check: Any) -> bool:
        """Whether a check comes to hold in time."""

        def holds() -> None:
            assert check()

        try:
            soon(holds, self.patience)
        except AssertionError:
            return False
        return True


def to_the_page(stand: Stand, output: Output) -> list[str]:
    """Settings that are set in Python are seen on the page, and gone when they are set back."""
    if not stand.schema:
        return []
    before, start = output.seen(), stand.probe.start
    state = next((other for other in stand.states if other != start), start)
    output.set(state)
    if not output.within(lambda: output.seen() != before):
        return [f"nothing is seen of {str(state)[:200]}"]
    output.set(start)
    back = output.within(lambda: output.seen() == before)
    return [] if back else ["the page does not go back with Python"]


def to_python(stand: Stand, output: Output) -> list[str]:
    """Every slider that changes a setting changes it in Python."""
    found, root = [], output.live.page.locator(".cnl").nth(output.number)
    sliders = root.locator("input[type=range]")
    places = output.places()
    for place in stand.hand("setters"):
        slider, before = sliders.nth(place), output.settings()
        slider.press("ArrowLeft" if slider.evaluate("s => s.value === s.max") else "ArrowRight")
        if not output.within(lambda before=before: output.settings() != before):
            found.append(f"slider {place + 1} does not reach Python")
        output.set(stand.probe.start)
        if not output.within(lambda: output.places() == places):
            found.append(f"slider {place + 1} does not go back with Python")
    return found


def cells_of(makers: dict[str, str]) -> list[str]:
    """The cells of a notebook that makes each lab and shows it: name in Python -> expression."""
    return [f"{name} = {make}\n{name}" for name, make in makers.items()]
