"""The text of a call: taken apart by Python's parser, never run."""

import ast
import re
from dataclasses import dataclass
from typing import Any

from .words import KERAS, MOST, filled, refusal, shown


@dataclass(frozen=True)
class Word:
    """A name, perhaps with dots, or a call of one, where a value is expected."""

    text: str


@dataclass(frozen=True)
class Given:
    """An argument: its name if it has one, its value, and how it was written."""

    key: str | None
    value: Any
    text: str


_BLANK = re.compile("[\t\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")
_NUMBER = re.compile(r"(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r"""'[^'\\\n]*'|"[^"\\\n]*\"""")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read(text: str) -> tuple[str, list[Given]]:
    """Return the name of the layer, as this module knows it, and its arguments as written."""
    if len(text) > MOST:
        raise refusal("syntax", given=shown(text), why=f"it has more than {MOST} characters")
    text = _BLANK.sub(" ", text).translate(str.maketrans("‘’“”", "''\"\"")).strip()
    if not re.sub(r"#[^\n]*", "", text).strip():
        raise refusal("empty")
    dotted, given = _taken_apart(_call(text), text)
    return _known(dotted), given


def _taken_apart(call: ast.Call, text: str) -> tuple[str, list[Given]]:
    """Return the name that is called, and its arguments."""
    dotted = _dotted(call.func)
    if dotted is None:
        raise refusal("syntax", given=shown(text), why="it does not begin with a name")
    pairs = [(None, each) for each in call.args] + [(k.arg, k.value) for k in call.keywords]
    if not all(each.arg and _NAME.fullmatch(each.arg) for each in call.keywords):
        raise refusal("syntax", given=shown(text), why="** and names with accents are not read")
    return dotted, [Given(key, _value(each, text), _segment(each, text)) for key, each in pairs]


def _call(text: str) -> ast.Call:
    """Return the call of a layer: alone, given a name, applied to a name, or added to a model."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if isinstance(error, SyntaxError) else "it is too deep or too strange"
        raise refusal("syntax", given=shown(text), why=why) from None
    if len(body) != 1:
        raise refusal("syntax", given=shown(text), why="it is more than one line of code")
    (statement,) = body
    rest = "\n".join(
        [
            text.split("\n")[statement.end_lineno - 1]
            .encode()[statement.end_col_offset :]
            .decode(),
            *text.split("\n")[statement.end_lineno :],
        ]
    )
    if re.sub(r"#[^\n]*", "", rest).strip():
        raise refusal("syntax", given=shown(text), why="something follows the call")
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        is_named = _dotted(statement.targets[0]) is not None
        found = statement.value if is_named else None
    else:
        found = statement.value if isinstance(statement, ast.Expr) else None
    is_line = isinstance(found, ast.Tuple) and not _segment(found, text).startswith("(")
    if is_line and len(found.elts) == 1:
        (found,) = found.elts  # a line of a list, with its comma
    if isinstance(found, ast.Call) and len(found.args) == 1 and not found.keywords:
        (inner,) = found.args
        if isinstance(found.func, ast.Call) and _dotted(inner) is not None:
            found = found.func  # layer(...)(x)
        elif isinstance(inner, ast.Call) and (_dotted(found.func) or "").endswith(".add"):
            found = inner  # net.add(layer(...))
    if not isinstance(found, ast.Call):
        raise refusal("syntax", given=shown(text), why="it is not one call")
    return found


def _dotted(node: ast.AST) -> str | None:
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    names.append(node.id)
    return ".".join(reversed(names)) if all(map(_NAME.fullmatch, names)) else None


def _segment(node: ast.AST, text: str) -> str:
    return ast.get_source_segment(text, node) or ""


def _value(node: ast.AST, text: str) -> Any:
    """Return a literal, a tuple of literals for a list too, or a name as a word."""
    segment = _segment(node, text)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_value(each, text) for each in node.elts)
    if (dotted := _dotted(node)) is not None:
        return Word(dotted)
    if isinstance(node, ast.Call):
        _taken_apart(node, text)
        return Word(segment)
    number = node.operand if _is_minus(node) else node
    if isinstance(number, ast.Constant):
        pattern = _STRING if isinstance(number.value, str) else _NUMBER
        plain = pattern.fullmatch(_segment(number, text)) or segment in ("True", "False", "None")
        if plain and not (number is not node and isinstance(number.value, str | bool | None)):
            return ast.literal_eval(node)
    raise refusal("syntax", given=shown(text), why=f"{shown(segment)} is no plain value")


def _is_minus(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _known(dotted: str) -> str:
    *home, name = dotted.split(".")
    name = KERAS["also"].get(name, name)
    if name in KERAS["layers"] and all(each in KERAS["homes"] for each in home):
        return name
    flat = name.replace("_", "").lower()
    names = [*KERAS["layers"], *KERAS["also"]]
    near = KERAS["torch"].get(flat) or next((each for each in names if each.lower() == flat), None)
    refusals = KERAS["refusals"]
    hint = filled(refusals["nearest"], nearest=near) if near else refusals["none"]
    raise refusal("layer", given=shown(dotted), known=", ".join(KERAS["layers"]), hint=hint)
