"""Write the settings of every lab as TypeScript types, from the traits that declare them.

    python -m frontend.settings          writes book_utils/explorables/settings.ts
    python -m frontend.settings FILE     writes FILE

`make bundles` runs it; a test holds that what is committed is what the traits say.
"""

import json
import sys
from pathlib import Path
from typing import Any

from book_utils import explorables
from book_utils.explorables import Explorable

WIDTH = 100  # of a line, as Biome breaks them
FILE = Path(explorables.__file__).parent / "settings.ts"
HEAD = """/** The settings of each lab: written by frontend/settings.py from the traits. */

"""


def type_of(rule: dict[str, Any]) -> str:
    """Return the TypeScript type of what a rule of a schema allows (see `Setting.schema`)."""
    match rule["type"]:
        case "grid":
            found = "number[][]"
        case "block":
            found = "number" + "[]" * len(rule["axes"])
        case "whole" | "real":
            found = "number"
        case "pair":
            found = "[number, number]"
        case "choice":
            found = " | ".join(json.dumps(text, ensure_ascii=False) for text in rule["of"])
        case "switch":
            found = "boolean"
        case "cell":
            found = "[string, number, number]"
        case "position" | "wholes":
            found = "number[]"
        case "records":
            found = "{ kind: string }[]"
        case "picture" | "text":
            found = "string"
        case "unit":
            found = "[string, ...number[]]"
    return f"{found} | null" if rule.get("none") else found


def member(name: str, type_: str) -> str:
    """Return a setting and its type, a choice a line where they are too long for one."""
    line = f"  {name}: {type_};"
    if len(line) <= WIDTH:
        return f"{line}\n"
    choices = "".join(f"\n    | {choice}" for choice in type_.split(" | "))
    return f"  {name}:{choices};\n"


def interface(lab: type[Explorable]) -> str:
    """Return the settings of a lab as an interface, named as the lab."""
    rules, traits = lab.example().schema(), lab.class_traits()
    # What one lab allows may be less than what its kind does: one of these photographs, say.
    wide = {name: rule | {"type": traits[name].kind} for name, rule in rules.items()}
    lines = [member(name, type_of(rule)) for name, rule in wide.items()]
    return f"export interface {lab.__name__} {{\n{''.join(lines)}}}\n"


def main() -> None:
    """Write the file."""
    labs = [getattr(explorables, name) for name in explorables.__all__]
    with_settings = [lab for lab in labs if lab is not Explorable and lab.example().schema()]
    text = HEAD + "\n".join(map(interface, with_settings))
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
