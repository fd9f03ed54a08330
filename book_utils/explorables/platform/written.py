"""Settings as a link in the text writes them: `#first?stride=2,1&mode=reflect`.

One rule for each kind of setting, driven by the lab's schema, says what a text means. The page
reads links by `written.ts`, which says the same; what a value may be is checked elsewhere, so a
text without a meaning stays text, and no setting but a name takes it.
"""

import json
import re
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import unquote

LINK = re.compile(r"#([^?=&]+)\?(.*)", re.DOTALL)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
COUNTED = re.compile(r"[0-9]+(x[0-9]+)+")
SEPARATORS = ",;/|"  # between numbers, rows, channels, examples


def read(fragment: str) -> tuple[str, dict[str, str]]:
    """Return the name of the lab that a link sets, and the text of each setting by its name.

    Raises ValueError, which says what is wrong, where the link cannot be read.
    """
    link = LINK.fullmatch(fragment)
    if not link:
        raise ValueError("a link that sets a lab reads #LAB?SETTING=VALUE&SETTING=VALUE")
    settings: dict[str, str] = {}
    for part in link[2].split("&") if link[2] else []:
        name, equals, text = part.partition("=")
        if not name or not equals:
            raise ValueError(f"“{unquote(part)}” does not read SETTING=VALUE")
        if unquote(name) in settings:
            raise ValueError(f"it sets {unquote(name)} twice")
        settings[unquote(name)] = unquote(text)
    return unquote(link[1]), settings


def meaning(rule: Mapping[str, Any], text: str) -> Any:
    """Return what a text means for a setting with this rule of a schema, as JSON holds it."""
    if text == "none" and rule.get("none"):
        return None
    match rule["type"]:
        case "whole" | "real":
            return _number(text)
        case "switch":
            return {"true": True, "false": False}.get(text, text)
        case "choice":
            return next((option for option in rule["of"] if str(option) == text), text)
        case "pair":
            found = _list(text)
            return found * 2 if len(found) == 1 else found
        case "cell" | "unit" | "position":
            return _list(text)
        case "wholes":
            return [] if text == "none" and rule["least"] == 0 else _list(text)
        case "grid":
            return _block(text, [rule["most"]] * 2)
        case "block":
            return _block(text, list(rule["axes"].values()))
        case "records":
            return _json(text)
        case _:  # a text is itself, a picture its bytes in base64
            return text


def _number(text: str) -> float | int | str:
    if not NUMBER.fullmatch(text):
        return text
    value = float(text)
    return int(value) if value.is_integer() else value


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _list(text: str) -> list[Any]:
    return [_number(part) for part in text.split(",")]


def _block(text: str, most: list[int]) -> Any:
    """Numbers with a separator for each axis, or the sizes of a block that counts from 0."""
    if COUNTED.fullmatch(text):
        sizes = [int(size) if len(size) < 9 else 0 for size in text.split("x")]
        fits = len(sizes) == len(most) and all(
            1 <= size <= limit for size, limit in zip(sizes, most, strict=True)
        )
        return _counting(sizes) if fits else text
    return _nested(text, len(most))


def _counting(sizes: list[int]) -> Any:
    numbers = count()

    def block(axis: int) -> Any:
        if axis == len(sizes):
            return next(numbers)
        return [block(axis + 1) for _ in range(sizes[axis])]

    return block(0)


def _nested(text: str, axes: int) -> Any:
    if axes == 0:
        return _number(text)
    return [_nested(part, axes - 1) for part in text.split(SEPARATORS[axes - 1])]
