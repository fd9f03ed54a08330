"""What a link in the text writes means the same to the build, in Python, and to the page."""

import json

import pytest

from book_utils.explorables.platform import written
from tests import SEED
from tests.labs.kinds import KINDS
from tests.labs.states import Probe, plain
from tests.parity.front_end import Refused, evaluate

GRID = {"type": "grid", "most": 9}
BLOCK = {"type": "block", "axes": {"channels": 2, "height": 3, "width": 3}}
WHOLE = {"type": "whole", "low": 0, "high": 9}
PAIR = {"type": "pair", "low": 1, "high": 8}
POSITION = {"type": "position", "axes": {"row": 3, "column": 4}, "none": True}
CELL = {"type": "cell", "grids": ["input", "output"], "none": True}
UNIT = {"type": "unit", "layers": {"features.0": [6, 26, 26]}}
BATCH = {"type": "block", "axes": {"n": 2, "c": 1, "h": 1, "w": 2}}
RECORDS = {"type": "records", "most": 3, "kinds": {"Flatten": {}}, "besides": {}, "none": True}
WHOLES = {"type": "wholes", "least": 1, "most": 3, "low": 0, "high": 9}
CHOICE = {"type": "choice", "of": ["max", "max 2×2", 14]}

CASES = [
    (WHOLE, "2", 2),
    (WHOLE, "-3", -3),
    (WHOLE, "2.0", 2),
    (WHOLE, "007", 7),
    (WHOLE, "9e9", 9_000_000_000),
    (WHOLE, "none", "none"),
    (WHOLE, "", ""),
    (WHOLE, " 2", " 2"),
    (WHOLE, "+2", "+2"),
    (WHOLE, "1_000", "1_000"),
    (WHOLE, "0x10", "0x10"),
    (WHOLE, "٣", "٣"),
    (WHOLE, "NaN", "NaN"),
    ({"type": "real", "low": -1, "high": 1}, "-0.5", -0.5),
    ({"type": "real", "low": -1, "high": 1}, "1e-5", 1e-5),
    ({"type": "real", "low": -1, "high": 1}, ".5", ".5"),
    ({"type": "real", "low": -1, "high": 1, "none": True}, "none", None),
    ({"type": "switch"}, "true", True),
    ({"type": "switch"}, "false", False),
    ({"type": "switch"}, "True", "True"),
    ({"type": "switch"}, "1", "1"),
    (CHOICE, "max", "max"),
    (CHOICE, "max 2×2", "max 2×2"),
    (CHOICE, "14", 14),
    (CHOICE, "nothing", "nothing"),
    (PAIR, "2", [2, 2]),
    (PAIR, "2,1", [2, 1]),
    (PAIR, "2,1,3", [2, 1, 3]),
    (PAIR, "2,x", [2, "x"]),
    (PAIR, "", ["", ""]),
    (PAIR, "none", ["none", "none"]),
    (CELL, "output,0,-1", ["output", 0, -1]),
    (CELL, "none", None),
    (POSITION, "1,2", [1, 2]),
    (WHOLES, "7,2", [7, 2]),
    (WHOLES, "none", ["none"]),
    (WHOLES | {"least": 0}, "none", []),
    (UNIT, "features.0,5,1,2", ["features.0", 5, 1, 2]),
    (GRID, "0,1;2,3", [[0, 1], [2, 3]]),
    (GRID, "5", [[5]]),
    (GRID, "1;-2.5", [[1], [-2.5]]),
    (GRID, "1,,2", [[1, "", 2]]),
    (GRID, "2x3", [[0, 1, 2], [3, 4, 5]]),
    (GRID, "2x10", "2x10"),
    (GRID, "0x3", "0x3"),
    (GRID, "2x2x2", "2x2x2"),
    (GRID, "2x999999999999999999999", "2x999999999999999999999"),
    (BLOCK, "1,2;3,4/5,6;7,8", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
    (BLOCK, "2x1x2", [[[0, 1]], [[2, 3]]]),
    (BLOCK, "2x2", "2x2"),
    ({"type": "block", "axes": {"c": 3}}, "1,2,3", [1, 2, 3]),
    (BATCH, "1,2|3,4", [[[[1, 2]]], [[[3, 4]]]]),
    (RECORDS, '[{"kind": "Flatten"}]', [{"kind": "Flatten"}]),
    (RECORDS, "[{kind: Flatten}]", "[{kind: Flatten}]"),
    (RECORDS, "NaN", "NaN"),
    (RECORDS, "none", None),
    ({"type": "wholes", "least": 1, "most": 3, "low": 1, "high": 9}, "3,8,8", [3, 8, 8]),
    ({"type": "picture", "side": 28}, "AAA+/A==", "AAA+/A=="),
    ({"type": "text", "most": 9}, "Dense(10)", "Dense(10)"),
    ({"type": "text", "most": 9}, "none", "none"),
]


def test_both_read_a_text_alike():
    by_python = [written.meaning(rule, text) for rule, text, _ in CASES]
    assert list(map(json.dumps, by_python)) == [json.dumps(value) for *_, value in CASES]
    by_page = evaluate([["meaning", rule, text] for rule, text, _ in CASES])
    assert list(map(plain, by_page)) == list(map(plain, by_python))


READ = {
    "#first?stride=2": ("first", {"stride": "2"}),
    "#first?": ("first", {}),
    "#by-hand?a=1,2;3&b=true": ("by-hand", {"a": "1,2;3", "b": "true"}),
    "#shift?method=max%202%C3%972": ("shift", {"method": "max 2×2"}),
    "#shift?method=max 2×2": ("shift", {"method": "max 2×2"}),
    "#lenet?input=AA+/A==": ("lenet", {"input": "AA+/A=="}),
    "#a?b=c?d": ("a", {"b": "c?d"}),
    "#a?__proto__=1": ("a", {"__proto__": "1"}),
    "#a?b=": ("a", {"b": ""}),
}
REFUSED = {
    "#first?stride": "“stride” does not read SETTING=VALUE",
    "#first?=2": "“=2” does not read SETTING=VALUE",
    "#first?a=1&": "“” does not read SETTING=VALUE",
    "#first?a=1&a=2": "it sets a twice",
    "#first": "a link that sets a lab reads #LAB?SETTING=VALUE&SETTING=VALUE",
    "#?a=1": "a link that sets a lab reads #LAB?SETTING=VALUE&SETTING=VALUE",
    "#lab=first&s=a?b=1": "a link that sets a lab reads #LAB?SETTING=VALUE&SETTING=VALUE",
}


def test_both_read_a_link_alike():
    assert {link: written.read(link) for link in READ} == READ
    by_page = evaluate([["readWritten", link] for link in READ])
    assert [(lab, dict(settings)) for lab, settings in by_page] == list(READ.values())


def test_both_refuse_a_link_in_the_same_words():
    for link, words in REFUSED.items():
        with pytest.raises(ValueError) as refused:
            written.read(link)
        assert str(refused.value) == words
    by_page = evaluate([["readWritten", link] for link in REFUSED])
    assert by_page == [Refused(words) for words in REFUSED.values()]


def in_text(value, separators=written.SEPARATORS) -> str:
    """A value as a link writes it."""
    if value == []:
        return "none"
    if isinstance(value, list) and isinstance(value[0], dict):
        return json.dumps(value)
    if isinstance(value, list):
        depth, inner = 0, value
        while isinstance(inner[0], list):
            depth, inner = depth + 1, inner[0]
        return separators[depth].join(map(in_text, value))
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)


def settings_of(kind):
    """Each setting of some states of a lab: its rule and its value."""
    probe = Probe(kind.example())
    for state in [*probe.variants(), *probe.drawn(3, SEED)]:
        for name, value in state.items():
            yield probe.schema[name], value


def test_every_state_of_every_lab_can_be_written():
    settings = [
        (rule, in_text(value), value) for kind in KINDS for rule, value in settings_of(kind)
    ]
    assert len(settings) > 200
    by_page = evaluate([["meaning", rule, text] for rule, text, _ in settings])
    for (rule, text, value), read in zip(settings, by_page, strict=True):
        assert plain(read) == written.meaning(rule, text) == value
