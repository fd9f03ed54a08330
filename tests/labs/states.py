"""Settings made from a lab's schema: those it must take, and those that a stranger's link may hold.

Python is the judge of both: a lab takes a value when its traits keep exactly that value.
"""

import base64
import json
import random
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from traitlets import TraitError

from book_utils.explorables import Explorable
from tests.browser.lab_page import fragment

State = dict[str, Any]

TRIES = 5  # draws for each setting on the way from one state to the next
IMAGE = "<img src=x onerror=alert(1)>"
PROTOTYPE = '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'


def state_of(lab: Explorable) -> State:
    """The settings of a lab, as a link holds them."""
    settings = lab.settings()
    return plain({name: settings[name] for name in names_of(type(lab))})


@cache
def names_of(kind: type[Explorable]) -> tuple[str, ...]:
    """The settings of a kind of lab; to work out a schema takes too long to do it each time."""
    return tuple(kind.example().schema())


def plain(value: Any) -> Any:
    """A value as JSON has it from either language: tuples as lists, 3.0 as 3."""
    return json.loads(json.dumps(value), parse_float=_number)


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def same(one: Any, two: Any) -> bool:
    """Whether two values are one and the same in JSON: 1 is not true."""
    return json.dumps(plain(one)) == json.dumps(plain(two))


def takes(lab: Explorable, changes: State) -> bool:
    """Whether a lab takes these values as they are; if so it has them, if not it keeps its own."""
    before = state_of(lab)
    if _set(lab, changes) and same(state_of(lab), before | changes):
        return True
    _set(lab, before)
    return False


def _set(lab: Explorable, changes: State) -> bool:
    try:
        with lab.hold_trait_notifications():
            for name, value in changes.items():
                setattr(lab, name, value)
    except TraitError:
        return False
    return True


# What a lab must take


def drawn_states(lab: Explorable, count: int, seed: int) -> list[State]:
    """Draw states that a lab takes, by a walk from its own: a few settings at a time."""
    rng, found = random.Random(seed), []
    schema = lab.schema()
    for _ in range(count if schema else 0):
        for _ in range(TRIES * len(schema)):
            names = rng.sample(list(schema), min(len(schema), rng.choice([1, 1, 2, 3])))
            takes(lab, {name: draw(schema[name], rng) for name in names})
        found.append(state_of(lab))
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
    "picture": _picture,
    "unit": _unit,
}


def variants(lab: Explorable) -> list[State]:
    """The lab's own state and, one by one, each other value of a choice or a switch."""
    start, found = state_of(lab), [state_of(lab)]
    for name, rule in lab.schema().items():
        for value in rule.get("of", [False, True] if rule["type"] == "switch" else []):
            if value != start[name] and takes(lab, {name: value}):
                found.append(state_of(lab))
                takes(lab, start)
    return found


# What a stranger's link may hold


def hostile_values(rule: dict[str, Any], now: Any) -> Iterator[str]:
    """Texts of JSON (some of no JSON) that a rule does not allow, or that stand at its limits."""
    yield from (json.dumps(value) for value in (IMAGE, "1", "__proto__", "constructor", {}, []))
    yield from ("true", "false", "null", "NaN", "1e999", "-1e999", "1e21", "[null]", "[[]]")
    yield json.dumps([now])
    yield json.dumps({"__proto__": now})
    yield from map(json.dumps, HOSTILE[rule["type"]](rule, now))


class Link(NamedTuple):
    """A link that a stranger may send: in words, its end, and the setting that it changes, if any.

    `value` is the text of that setting, in JSON or in none.
    """

    says: str
    fragment: str
    name: str | None = None
    value: str = ""


def _around(rule: dict[str, Any]) -> list[Any]:
    low, high = rule.get("low", rule.get("above")), rule["high"]
    return [low - 1, high + 1, low + 0.5, low, high, str(low), 2**53]


def _around_reals(rule: dict[str, Any], _: Any) -> list[Any]:
    low, high = rule.get("low", rule.get("above")), rule["high"]
    return [low, low - 1e-9, high, high + 1e-9, str(high)]


def _pairs(rule: dict[str, Any], _: Any) -> list[Any]:
    low = rule["low"]
    return [*([v, low] for v in _around(rule)), *([low, v] for v in _around(rule)), low, [low] * 3]


def _grids(rule: dict[str, Any], _: Any) -> list[Any]:
    most = rule["most"]
    sizes = [(most + 1, 1), (1, most + 1), (most, most), (200, 200)]
    ragged = [[[1, 2, 3], [4, 5], [6, 7, 8]], [[1], [2, 3]], [[1, 2], 3], [1, 2], [[[1]]], [[], []]]
    cells = ["1", IMAGE, None, True, 1_000_001, -1e30, 1_000_000]
    return [[[0] * w for _ in range(h)] for h, w in sizes] + ragged + [[[v]] for v in cells]


def _blocks(rule: dict[str, Any], now: Any) -> list[Any]:
    shape = _shape(now)
    larger = [
        [n + (axis == d) * most for d, n in enumerate(shape)]
        for axis, most in enumerate(rule["axes"].values())
    ]  # one axis too long
    cells = [_with_first(now, v) for v in ("1", IMAGE, None, [1], 1_000_001, -1e30)]
    return [*map(_filled, larger), _filled(shape[1:]), _filled([1, *shape]), _ragged(now), *cells]


def _shape(value: Any) -> list[int]:
    return [len(value), *_shape(value[0])] if isinstance(value, list) else []


def _filled(shape: list[int]) -> Any:
    return [_filled(shape[1:]) for _ in range(shape[0])] if shape else 0


def _with_first(value: Any, cell: Any) -> Any:
    return [_with_first(value[0], cell), *value[1:]] if isinstance(value, list) else cell


def _ragged(value: Any) -> Any:
    return [_ragged(value[0]), *value[1:]] if isinstance(value[0], list) else [*value, 0]


def _cells(rule: dict[str, Any], _: Any) -> list[Any]:
    grid = rule["grids"][0]
    wrong = [[name, 0, 0] for name in ("nobody", "__proto__", IMAGE, 0, None)]
    return [
        *wrong,
        grid,
        [grid],
        [grid, 0],
        [grid, 0, 0, 0],
        [grid, 0.5, 0],
        [grid, "0", 0],
        [grid, 0, None],
    ]


def _positions(rule: dict[str, Any], _: Any) -> list[Any]:
    sizes = list(rule["axes"].values())
    outside = [[-1] + [0] * (len(sizes) - 1), sizes, [0.5] * len(sizes), ["0"] * len(sizes)]
    return [*outside, [0] * (len(sizes) + 1), [0] * (len(sizes) - 1), [True] * len(sizes)]


def _pictures(rule: dict[str, Any], _: Any) -> list[Any]:
    area = rule["side"] ** 2
    packed = [base64.b64encode(bytes(n)).decode() for n in (0, 1, area - 1, area + 1, 2 * area)]
    return [*packed, "%%%", "a cat", [[0] * rule["side"]] * rule["side"]]


def _units(rule: dict[str, Any], _: Any) -> list[Any]:
    found: list[Any] = [["nobody", 0], ["__proto__", 0], [], [0]]
    layers = {len(shape): (layer, shape) for layer, shape in rule["layers"].items()}
    for layer, shape in layers.values():  # one with maps, one without
        inside = [0] * len(shape)
        found += [[layer], [layer, *shape], [layer, *inside, 0], [layer, *inside[1:], -1]]
        found += [[layer, *inside[1:], 0.5], [layer, *inside[1:], "0"]]
    return found


HOSTILE = {
    "grid": _grids,
    "block": _blocks,
    "whole": lambda rule, _: _around(rule),
    "real": _around_reals,
    "pair": _pairs,
    "cell": _cells,
    "position": _positions,
    "choice": lambda rule, _: ["nobody", "toString", 0, 1, rule["of"], f"{rule['of'][0]} "],
    "switch": lambda *_: ["true", 0, 1, "yes"],
    "picture": _pictures,
    "unit": _units,
}


def hostile_links(lab: Explorable, state: State) -> Iterator[Link]:
    """Links that a stranger may send to a lab whose own link holds `state`."""
    for name, rule in lab.schema().items():
        rest = {other: value for other, value in state.items() if other != name}
        head = json.dumps(rest)[:-1] + (", " if rest else "")
        yield Link(f"without {name}", fragment(lab.name, rest))
        for value in hostile_values(rule, state[name]):
            text = f"{head}{json.dumps(name)}: {value}}}"
            yield Link(f"{name} = {value}", fragment(lab.name, text), name, value)
    for text in ("{}", "[]", "null", "1", "hello", json.dumps([state]), PROTOTYPE):
        yield Link(f"the text {text}", fragment(lab.name, text))
    head, packed = fragment(lab.name, state).split("&s=")
    for text in ("", "%%%", "__57fQ", packed[:-7], "</script><script>alert(1)"):
        yield Link(f"s={text}", f"{head}&s={text}")
