"""A lab in Python, told settings to see which it takes; and settings drawn from its schema.

Python is the judge of links: a lab takes a value when its traits keep exactly that value.
"""

import base64
import json
import random
from typing import Any

from traitlets import TraitError

from book_utils.explorables import Explorable

State = dict[str, Any]

TRIES = 5  # draws for each setting on the way from one state to the next


def plain(value: Any) -> Any:
    """A value as JSON has it from either language: tuples as lists, 3.0 as 3."""
    return json.loads(json.dumps(value), parse_float=_number)


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def same(one: Any, two: Any) -> bool:
    """Whether two values are one and the same in JSON: 1 is not true."""
    return json.dumps(plain(one)) == json.dumps(plain(two))


class Probe:
    """A lab that is told settings; `start` is the state that it was given with."""

    def __init__(self, lab: Explorable) -> None:
        self.lab, self.schema = lab, lab.schema()
        self.start = self.state

    @property
    def state(self) -> State:
        """The settings of the lab, as a link holds them."""
        found = self.lab.get_state(list(self.schema)) if self.schema else {}
        return plain({name: found[name] for name in self.schema})

    def takes(self, changes: State) -> bool:
        """Whether the lab takes these values as they are; if not, it keeps its own."""
        before = self.state
        if self._set(changes) and same(self.state, before | changes):
            return True
        self._set(before)
        return False

    def _set(self, changes: State) -> bool:
        try:
            with self.lab.hold_trait_notifications():
                for name, value in changes.items():
                    setattr(self.lab, name, value)
        except TraitError:
            return False
        return True

    def drawn(self, count: int, seed: int) -> list[State]:
        """Draw states that the lab takes, by a walk from its own: a few settings at a time."""
        rng, found, names = random.Random(seed), [], list(self.schema)
        for _ in range(count if names else 0):
            for _ in range(TRIES * len(names)):
                some = rng.sample(names, min(len(names), rng.choice([1, 1, 2, 3])))
                self.takes({name: draw(self.schema[name], rng) for name in some})
            found.append(self.state)
        return found

    def variants(self) -> list[State]:
        """The first state and, one by one, each other value of a choice or a switch."""
        found = [self.start]
        for name, rule in self.schema.items():
            for value in rule.get("of", [False, True] if rule["type"] == "switch" else []):
                self.takes(self.start)
                if value != self.start[name] and self.takes({name: value}):
                    found.append(self.state)
        return found


def draw(rule: dict[str, Any], rng: random.Random) -> Any:
    """Draw a value that a rule of a schema allows, more often a small one than a large."""
    if rule.get("none") and rng.random() < 0.15:
        return None
    return plain(DRAWS[rule["type"]](rule, rng))


def _small(low: int, high: int, rng: random.Random) -> int:
    return rng.choice([rng.randint(low, min(high, low + 3)), rng.randint(low, high)])


def _cell(rng: random.Random) -> float:
    return rng.choice([rng.randint(-9, 9), rng.randint(-40, 40) / 8, round(rng.uniform(-2, 2), 3)])


def _nested(shape: list[int], rng: random.Random) -> Any:
    if not shape:
        return _cell(rng)
    return [_nested(shape[1:], rng) for _ in range(shape[0])]


def _block(rule: dict[str, Any], rng: random.Random) -> Any:
    sizes = rule["axes"].values()
    return _nested([n if rule.get("exact") else _small(1, n, rng) for n in sizes], rng)


def _real(rule: dict[str, Any], rng: random.Random) -> float:
    low, high = rule.get("low", rule.get("above")), rule["high"]
    value = rng.choice([round(rng.uniform(low, high), 3), rng.uniform(low, high), high])
    return float(value)


def _picture(rule: dict[str, Any], rng: random.Random) -> str:
    return base64.b64encode(rng.randbytes(rule["side"] ** 2)).decode()


def _unit(rule: dict[str, Any], rng: random.Random) -> list[Any]:
    layer, shape = rng.choice(list(rule["layers"].items()))
    return [layer, *(rng.randrange(n) for n in shape)]


def _records(rule: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    kinds = rng.choices(list(rule["kinds"]), k=rng.randint(1, 6))
    return [record(rule, kind, rng) for kind in kinds]


def record(rule: dict[str, Any], kind: str, rng: random.Random) -> dict[str, Any]:
    """Draw a record of a kind that a rule allows."""
    fields = rule["kinds"][kind]
    return {"kind": kind} | {name: draw(_near(field), rng) for name, field in fields.items()}


def _near(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule whose numbers are so small that what is built of a record stays small."""
    return rule | {"low": 1, "high": 32} if rule.get("high", 0) > 32 else rule


def _wholes(rule: dict[str, Any], rng: random.Random) -> list[int]:
    rule = _near(rule)
    length = _small(rule["least"], rule["most"], rng)
    return [_small(rule["low"], rule["high"], rng) for _ in range(length)]


def _text(rule: dict[str, Any], rng: random.Random) -> str:
    """The default, whole or with a piece cut out, or any characters."""
    text = rule["default"]
    start, end = sorted(rng.randrange(len(text) + 1) for _ in "ab")
    strange = "".join(rng.choices("a(,3)='\"\n#é<&\\ ", k=rng.randint(0, 60)))
    return rng.choice([text, text[:start] + text[end:], strange])[: rule["most"]]


DRAWS = {
    "grid": lambda rule, rng: _nested([_small(1, rule["most"], rng) for _ in "hw"], rng),
    "block": _block,
    "whole": lambda rule, rng: _small(rule["low"], rule["high"], rng),
    "real": _real,
    "pair": lambda rule, rng: [_small(rule["low"], rule["high"], rng) for _ in "hw"],
    "cell": lambda rule, rng: [rng.choice(rule["grids"]), rng.randint(0, 2), rng.randint(0, 2)],
    "position": lambda rule, rng: [rng.randrange(n) for n in rule["axes"].values()],
    "choice": lambda rule, rng: rng.choice(rule["of"]),
    "switch": lambda rule, rng: rng.random() < 0.5,
    "text": _text,
    "picture": _picture,
    "unit": _unit,
    "wholes": _wholes,
    "records": _records,
}
