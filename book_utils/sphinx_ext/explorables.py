"""Give each page the colours of the book, and the scripts of the explorables it shows, no others.

An explorable's HTML says which one it is: `<div class="cnl-explorable" data-explorable="NAME" …>`.
Its scripts are in `explorables/dist/`, where scripts.json says which it needs: its own, and those
that it shares with others. A page loads what is shared and the script of its first explorable; the
place of each further kind says where its script is, which host.ts fetches when it comes near.

What its settings may be travels once for each kind of explorable on a page. A large state moves
from the page to a file, which the page loads when the explorable comes near; what a lab asks for
only later is in such a file, however small.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.util import logging

from . import outside

logger = logging.getLogger(__name__)

DIST = Path(__file__).parent.parent / "explorables" / "dist"
FOLDER = "explorables"
SCRIPTS = "scripts.json"
STYLES = "labs.css"
THEME = "theme.css"
PLACE = '<div class="cnl-explorable" data-explorable="{name}"'
MARK = re.compile(r'data-explorable="([^"]*)"')
STATES = "_states"
LARGE = 20 * 1024  # characters of JSON that a page carries itself
# The JSON in an explorable's HTML holds no "<" (see explorables/platform/base.py).
STATE = re.compile(
    r'(?P<place><div class="cnl-explorable"[^>]*><script type="application/json")>(?P<state>[^<]*)'
)
LATER = re.compile(
    r'(?P<place><script type="application/json" data-later(="near")?)>(?P<state>[^<]+)'
)
SCHEMA = re.compile(
    r'(?P<lab><div class="cnl-explorable" data-explorable="(?P<kind>[^"]*)"[^>]*>'
    r'<script type="application/json">(?P<state>[^<]*)</script>)'
    r'<script type="application/json" data-schema>(?P<schema>[^<]*)</script>'
)


def names_in(html: str) -> list[str]:
    """Return the names of the explorables in a page's HTML, each once, in order."""
    return list(dict.fromkeys(MARK.findall(html)))


def scripts(dist: Path = DIST) -> dict[str, list[str]]:
    """Return the names of the scripts that each explorable needs, in order, as the build wrote."""
    path = dist / SCRIPTS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def needed(names: Iterable[str], dist: Path = DIST) -> list[str]:
    """Return the scripts for these explorables, each once: what is shared before what uses it."""
    known = scripts(dist)
    all_of_them = dict.fromkeys(script for name in names for script in known.get(name, []))
    return sorted(all_of_them, key=lambda script: script in known)


def copy_bundles(app: Sphinx, builder: Builder) -> None:
    """Copy the bundles that pages load to where pages load them from."""
    target = Path(app.outdir, "_static", FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    for path in [*DIST.glob("*.static.js"), *DIST.glob("*.css")]:
        shutil.copy(path, target / path.name)


def add_to_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the scripts and styles of a page's explorables; warn of one that does not exist."""
    names, known = names_in(context.get("body", "")), scripts()
    for name in sorted(set(names) - set(known)):
        logger.warning(
            "there is no explorable %r; there are: %s",
            name,
            ", ".join(sorted(known)) or "none (run `make bundles`)",
            location=pagename,
            type="book",
            subtype="explorable",
        )
    if there := needed(names):
        own = [f"{name}.css" for name in names if (DIST / f"{name}.css").exists()]
        for style in [STYLES, *own]:
            app.add_css_file(f"{FOLDER}/{style}")
        first, *others = [name for name in names if name in known]
        if others:
            context["body"] = with_scripts_for_later(context["body"], others, context["pathto"])
        for script in there:  # classic and deferred: they run in this order, from file:// too
            if script not in others:
                name = f"{FOLDER}/{script}.static.js"
                app.add_js_file(name, loading_method="defer", priority=800)


def with_scripts_for_later(html: str, names: Iterable[str], pathto: Callable[..., str]) -> str:
    """Return `html` where the first place of each of these explorables names its script."""
    for name in names:
        script = f"{name}.static.js"
        digest = hashlib.sha256((DIST / script).read_bytes()).hexdigest()[
            :8
        ]  # new where it changed
        address = f"{pathto(f'_static/{FOLDER}/{script}', 1)}?v={digest}"
        place = PLACE.format(name=name)
        html = html.replace(place, f'{place} data-script="{address}"', 1)
    return html


def with_schemas_once(html: str) -> str:
    """Return `html` without the schemas that the explorable of the same kind before them has too.

    host.ts takes the last one before where an explorable has none of its own.
    """
    last: dict[str, str] = {}

    def write(found: re.Match[str]) -> str:
        known = last.get(found["kind"]) == found["schema"]
        last[found["kind"]] = found["schema"]
        return found["lab"] if known else found[0]

    return SCHEMA.sub(write, html)


def drop_known_schemas(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Let a schema travel once for each kind of explorable on a page."""
    if "body" in context:
        context["body"] = with_schemas_once(context["body"])


def with_states_outside(html: str, folder: Path, address: outside.Address) -> str:
    """Return `html` with its large states in `folder`, each named by `address(file name)`.

    What a lab asks for later is there too, whatever its size.

    The files are scripts, because from file:// a page may read nothing else; host.ts loads them.
    """

    def write(found: re.Match[str]) -> str:
        if len(found["state"]) < LARGE and found.re is STATE:
            return found[0]
        text = f"document.currentScript.dataset.state={json.dumps(found['state'])}\n"
        name = outside.keep(folder, text.encode(), "js")
        return f'{found["place"]} data-from="{address(name)}">'

    return LATER.sub(write, STATE.sub(write, html))


def drop_states(app: Sphinx) -> None:
    """Remove the states that no page names any more."""
    out = Path(app.outdir)
    pages = "".join(path.read_text(encoding="utf-8") for path in out.rglob("*.html"))
    for path in out.glob(f"{STATES}/*"):
        if f"{STATES}/{path.name}" not in pages:
            path.unlink()
