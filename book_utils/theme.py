"""The book's colours by name, from theme.json; style sheets and canvases read it too.

A colour is one string where it is fit for a light and for a dark page, else one for each; a scale
is a list of them.
"""

import json
from pathlib import Path

_FILE = Path(__file__).parent / "theme.json"
GROUPS = json.loads(_FILE.read_text(encoding="utf-8"))
THEME: dict[str, str | list[str] | dict[str, str]] = {
    name: colour for group in GROUPS.values() for name, colour in group.items()
}


def colour(name: str, mode: str = "light") -> str:
    """Return a colour as `#rrggbb`; `mode` is "light" or "dark".

    Raises KeyError if there is no colour of this name.
    """
    found = THEME[name]
    return found[mode] if isinstance(found, dict) else found
