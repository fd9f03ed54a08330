"""Links that a stranger may send: made from the schema, setting by setting.

Each is wrong in its type, or stands at a limit or beyond it, or is no JSON at all.
"""

import base64
import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.browser.lab_page import fragment
from tests.labs.states import State, record

IMAGE = "<img src=x onerror=alert(1)>"
PROTOTYPE = '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'


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


def _wholes(rule: dict[str, Any], now: list[int] | None) -> list[Any]:
    full = (now or []) + [rule["low"]] * (rule["most"] - len(now or []))
    return [
        full[1:],
        [*full, full[0]],
        [],
        [None, *full[1:]],
        *([v, *full[1:]] for v in _around(rule)),
    ]


def _records(rule: dict[str, Any], _: Any) -> list[Any]:
    rng = random.Random(0)
    valid = {kind: record(rule, kind, rng) for kind in rule["kinds"]}
    richest = max(valid.values(), key=len)
    kinds = [richest | {"kind": kind} for kind in ("nobody", "__proto__", "toString", IMAGE, 0)]
    fields = [
        each | {name: value}
        for kind, each in valid.items()
        for name, field in rule["kinds"][kind].items()
        for value in HOSTILE[field["type"]](field, each[name])
    ]
    kindless = {name: value for name, value in richest.items() if name != "kind"}
    poorer = [dict(list(each.items())[:-1]) for each in valid.values() if len(each) > 1]
    odd = [
        kindless,
        richest | {"more": 1},
        richest | {"constructor": 1},
        [richest],
        1,
        None,
        "kind",
    ]
    least = min(valid.values(), key=len)
    many = [[least] * rule["most"], [least] * (rule["most"] + 1)]
    besides = [
        richest | {name: value}
        for name, field in rule["besides"].items()
        for value in HOSTILE[field["type"]](field, field["high"])
    ]
    return [*([each] for each in kinds + fields + besides + poorer + odd), *many]


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
    "text": lambda rule, _: ["a" * n for n in (0, rule["most"], rule["most"] + 1)] + ["\ud800", 1],
    "picture": _pictures,
    "unit": _units,
    "wholes": _wholes,
    "records": _records,
}


def hostile_links(lab: str, schema: dict[str, Any], state: State) -> Iterator[Link]:
    """Links that a stranger may send to the lab of this name, whose own link holds `state`."""
    for name, rule in schema.items():
        rest = {other: value for other, value in state.items() if other != name}
        head = json.dumps(rest)[:-1] + (", " if rest else "")
        if "missing" not in rule:  # an older link may be without it
            yield Link(f"without {name}", fragment(lab, rest))
        for value in hostile_values(rule, state[name]):
            text = f"{head}{json.dumps(name)}: {value}}}"
            yield Link(f"{name} = {value}", fragment(lab, text), name, value)
    for text in ("{}", "[]", "null", "1", "hello", json.dumps([state]), PROTOTYPE):
        yield Link(f"the text {text}", fragment(lab, text))
    head, packed = fragment(lab, state).split("&s=")
    for text in ("", "%%%", "__57fQ", packed[:-7], "</script><script>alert(1)"):
        yield Link(f"s={text}", f"{head}&s={text}")
