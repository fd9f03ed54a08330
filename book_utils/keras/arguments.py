"""The arguments of a Keras layer: matched with its signature, and each checked."""

from collections.abc import Callable, Mapping
from typing import Any

from .call import Given, Word
from .words import KERAS, LARGEST, Pair, Shape, filled, refusal, shown

Settled = dict[str, Any]


def settled(name: str, given: list[Given], shape: Shape) -> tuple[Settled, Shape]:
    """Return every argument by its name, and the input's shape: the call's own before `shape`."""
    listed = [each.rstrip("!") for each in KERAS["layers"][name]]
    needed = [each[:-1] for each in KERAS["layers"][name] if each.endswith("!")]
    by_place = listed[: listed.index("*")] if "*" in listed else listed
    every = [each for each in listed if each != "*"] + KERAS["everywhere"]
    rules = {each: KERAS["arguments"][each] for each in every}
    called = {each: rules[each].get("called", each) for each in every}
    found: Settled = {}
    for place, one in enumerate(given):
        if one.key is None:
            if place >= len(by_place):
                known = ", ".join(called[each] for each in by_place) or "nothing"
                raise refusal(
                    "many", layer=name, given=shown(one.text), place=place + 1, known=known
                )
            argument = by_place[place]
        else:
            names = (each for each in every if one.key in (called[each], rules[each].get("also")))
            argument = next(names, None)
            if argument is None:
                known = ", ".join(called[each] for each in every)
                hint = KERAS["means"].get(one.key, "")
                raise refusal("argument", layer=name, given=shown(one.key), known=known, hint=hint)
        if argument in found:
            raise refusal("twice", layer=name, argument=called[argument])
        found[argument] = _taken(name, argument, one, shape)
    for argument in needed:
        if argument not in found:
            allowed = _allowed(rules[argument])
            raise refusal("missing", layer=name, argument=called[argument], allowed=allowed)
    usual = {each: _frozen(rule.get("usual")) for each, rule in rules.items()}
    return usual | found, found.get("input_shape") or shape


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _allowed(rule: Mapping[str, Any]) -> str:
    of = " or ".join(f"'{each}'" for each in rule.get("of", []))
    activations = ", ".join(KERAS["activations"])
    text = KERAS["allowed"][rule["takes"]]
    return filled(text, largest=LARGEST, of=of, activations=activations)


def _taken(layer: str, argument: str, given: Given, shape: Shape) -> Any:
    """Return the value of an argument as the layers below expect it, or refuse it."""
    rule, value = KERAS["arguments"][argument], given.value
    takes = rule["takes"]
    if takes == "anything" or (value is None and rule.get("none")):
        return None
    if takes == "shape" and _is_open(value):
        if len(value) != len(shape):
            count = f"{len(value)} numbers" if len(value) > 1 else "1 number"
            raise refusal("open", given=shown(given.text), count=count)
        return tuple(int(n if v is None else v) for v, n in zip(value, shape, strict=True))
    found = _TAKES[takes](value, rule)
    if found is not None:
        return found
    name = rule.get("called", argument)
    is_word = isinstance(value, Word) and takes != "activation"
    hint = KERAS["refusals"]["name"] if is_word else KERAS["advice"].get(argument, "")
    raise refusal(
        "value",
        layer=layer,
        argument=name,
        given=shown(given.text),
        allowed=_allowed(rule),
        hint=hint,
    )


def is_number(value: Any) -> bool:
    """Whether this is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_size(value: Any, low: int = 1) -> bool:
    """Whether this is a whole number, not too large."""
    return is_number(value) and low <= value <= LARGEST and int(value) == value


def _is_open(value: Any) -> bool:
    is_list = isinstance(value, tuple) and len(value) in (1, 3)
    return is_list and all(v is None or is_size(v) for v in value)


def _pair(value: Any, _: Any, low: int = 1) -> Pair | None:
    both = value if isinstance(value, tuple) else (value, value)
    fits = len(both) == 2 and all(is_size(n, low) for n in both)
    return (int(both[0]), int(both[1])) if fits else None


def _one_of(value: Any, rule: Mapping[str, Any]) -> str | None:
    word = value.lower() if isinstance(value, str) else None
    return word if word in rule["of"] else None


def _activation(value: Any, _: Any) -> str | None:
    if isinstance(value, Word):
        *home, name = value.text.split(".")
        value = name if ".".join(home) in ACTIVATION_HOMES else None
    return value if isinstance(value, str) and value in KERAS["activations"] else None


ACTIVATION_HOMES = ("tf.nn", "tensorflow.nn", "nn", "activations", "keras.activations")
ACTIVATION_HOMES += ("tf.keras.activations", "tensorflow.keras.activations")


def _border(value: Any, _: Any) -> Shape | None:
    """Return (top, bottom, left, right)."""
    sides = value if isinstance(value, tuple) else (value, value)
    if len(sides) != 2:
        return None
    ends = [each if isinstance(each, tuple) else (each, each) for each in sides]
    found = [_pair(each, None, 0) for each in ends]
    mixed = isinstance(sides[0], tuple) != isinstance(sides[1], tuple)
    return None if mixed or None in found else (*found[0], *found[1])


_TAKES: Mapping[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "whole": lambda value, _: int(value) if is_size(value) else None,
    "pair": _pair,
    "one of": _one_of,
    "border": _border,
    "activation": _activation,
    "truth": lambda value, _: value if isinstance(value, bool) else None,
    "last axis": lambda value, _: -1 if is_number(value) and value == -1 else None,
    "number": lambda value, _: value if is_number(value) and 0 <= value <= 1 else None,
    "six": lambda value, _: 6 if is_number(value) and value == 6 else None,
    "text": lambda value, _: value if isinstance(value, str) else None,
    "shape": lambda *_: None,  # what is one was taken before
}
