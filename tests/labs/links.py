"""What a lab takes from a link and gives away: links, and the code for PyTorch."""

import json
from functools import reduce
from textwrap import indent
from typing import Any

import pytest
import torch

from book_utils import data
from book_utils.explorables import Explorable
from tests.browser.lab_page import REFUSAL
from tests.labs.stand import Stand
from tests.labs.states import State, same
from tests.labs.strangers import Link, hostile_links

NO_LINK = "it takes links and gives none"
LONGEST = 400  # characters of what a lab says to a link
NEAR = 1e-4  # of the largest number, between copied code in single precision and the lab


def round_trip(stand: Stand) -> list[str]:
    """A link brings any settings that Python takes, and "Copy link" gives them back."""
    if stand.schema and not stand.copies:
        return [NO_LINK]
    links = [stand.link(state) for state in stand.states]
    answers = stand.hand("followAll", links, stand.home, True)
    found = []
    for state, answer in zip(stand.states, answers, strict=True):
        now, said = stand.own(answer["settings"]), answer["said"]
        wrong = [name for name in state if not same(now.get(name), state[name])]
        if REFUSAL.match(said):
            found.append(f"“{said}”, with {state}"[:400])
        else:
            found += [f"{name}: {now.get(name)} for {state[name]}"[:400] for name in wrong]
    return found


def hostile(stand: Stand) -> list[str]:
    """A link with anything that Python does not take is refused in a sentence, and changes nothing.

    What Python takes, such as a number at its limit, is taken.
    """
    if not stand.schema:
        return []
    if not stand.copies:
        return [NO_LINK]
    state = stand.own(stand.hand("settings"))
    links = list(hostile_links(stand.lab.name, stand.schema, state))
    answers = stand.hand("followAll", [link.fragment for link in links], stand.home, False)
    found = [
        f"{link.says[:120]}: {wrong}"
        for link, answer in zip(links, answers, strict=True)
        if (wrong := _wrong(stand, state, link, answer))
    ]
    if stand.page.evaluate("({}).polluted !== undefined || !!document.querySelector('[src=x]')"):
        found.append("something of a link got into the page")
    return found


def _wrong(stand: Stand, state: State, link: Link, answer: dict[str, str]) -> str:
    """What is wrong with the answer to a link, if anything."""
    now, said = stand.own(answer["settings"]), answer["said"]
    if _is_taken(stand, link):
        wanted = state | {link.name: json.loads(link.value)}
        return "" if same(now, wanted) else f"not taken, but “{said[:120]}”"
    if not REFUSAL.match(said) or len(said) > LONGEST:
        return f"not refused, but “{said[:120]}”"
    return "" if same(now, state) else "the settings changed"


def _is_taken(stand: Stand, link: Link) -> bool:
    """Whether Python takes what a link changes."""
    try:
        value = json.loads(link.value, parse_constant=float)
    except ValueError:
        return False
    stand.probe.takes(stand.probe.start)
    return link.name is not None and stand.probe.takes({link.name: value})


def code(stand: Stand) -> list[str]:
    """The copied code runs by itself, and leaves what the lab's `.output` is in Python.

    Where it leaves nothing to compare, as a training does, it is run for the first state alone.
    """
    if not stand.page.evaluate("!!hands.button('Copy as PyTorch')"):
        return [] if not stand.schema or not stand.lab.in_code else ["there is no code to copy"]
    found, start = [], stand.probe.start
    states = stand.states if stand.lab.in_code else [start, *stand.states]
    texts = stand.hand("codes", [stand.link(state) for state in states])
    for state, text in zip(states, texts, strict=True):
        stand.probe.takes(state)
        if not stand.lab.in_code and state is not start:
            text = f"if False:\n    pass\n{indent(text, '    ')}"  # is it Python?
        if complaint := _unlike(stand.probe.lab, *_run(text, stand.probe.lab)):
            found.append(f"{complaint}, with {str(state)[:200]}")
    return found


def _run(text: str, lab: Explorable) -> tuple[dict[str, Any], Exception | None]:
    """What the code leaves, and what it raises; its photograph is the page's, which is a JPEG."""
    scope: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(image := getattr(lab, "image", None), torch.Tensor):
            patch.setattr(data, "photo", lambda *_, **__: image)
        try:
            exec(text, scope)  # noqa: S102
        except Exception as error:  # noqa: BLE001  what PyTorch refuses, `.output` refuses too
            return scope, error
    return scope, None


def _unlike(lab: Explorable, scope: dict[str, Any], refused: Exception | None) -> str:
    """What the code left that the lab has not, if anything."""
    for name, of in lab.in_code.items():
        try:
            wanted = of(lab)
        except Exception as error:  # noqa: BLE001
            return "" if type(error) is type(refused) else f"{name}: the code did not raise {error}"
        if refused:
            return f"the code raised {refused!r}"
        if not _alike(_left(scope, name), wanted):
            return f"{name} is not what the lab has"
    return f"the code raised {refused!r}" if refused else ""


def _left(scope: dict[str, Any], name: str) -> Any:
    """What the code left under a name, such as `y` or `lab.output`, or None."""
    first, *rest = name.split(".")
    return reduce(getattr, rest, scope.get(first))


def _alike(left: Any, wanted: Any) -> bool:
    """Whether the code left what is wanted; axes of length one may stand before it."""
    if not isinstance(wanted, torch.Tensor):
        return str(left) == str(wanted)
    if not isinstance(left, torch.Tensor) or left.numel() != wanted.numel():
        return False
    left, wanted = left.detach().reshape(wanted.shape).double(), wanted.double()
    scale = max(1.0, float(wanted.abs().max()))
    return torch.allclose(left, wanted, rtol=0, atol=NEAR * scale)
