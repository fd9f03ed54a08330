"""Let the search lead from a term of the glossary, in English or Chinese, to its section.

Sphinx finds a word on the pages that have it: a Chinese term on the glossary alone. A definition
ends with a link to the section that treats the term. Here that section gets an entry in the search
index under each name of the term. The search finds such an entry by any part that is at least half
as long; of a Chinese name, which has no blanks between its words, shorter parts get entries, too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search import js_index

GLOSSARY = "glossary"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def lead_to_sections(app: Sphinx) -> None:
    """Add the names of the glossary's terms to the search index that was written."""
    if GLOSSARY not in app.env.found_docs:
        return
    path = Path(app.outdir, app.builder.searchindex_filename)
    index = js_index.loads(path.read_text(encoding="utf-8"))
    pages = {app.builder.get_target_uri(name): i for i, name in enumerate(index["docnames"])}
    for name, address in sections(app.env.get_and_resolve_doctree(GLOSSARY, app.builder)):
        page, _, anchor = address.partition("#")
        entry = [pages[page], anchor, True]
        for words in (name.lower(), *short_parts(name)):
            found = index["indexentries"].setdefault(words, [])
            if entry not in found:
                found.append(entry)
    path.write_text(js_index.dumps(index), encoding="utf-8")


def sections(glossary: nodes.document) -> Iterator[tuple[str, str]]:
    """Yield each name of each term with the address of its section, the definition's last link."""
    for item in glossary.findall(nodes.definition_list_item):
        links = [link for link in item.findall(nodes.reference) if not link.get("refid")]
        for term in item.findall(nodes.term):
            if links:
                yield term.astext(), links[-1]["refuri"]


def short_parts(name: str) -> Iterator[str]:
    """Yield the parts of a Chinese name, two characters or more, that are not half as long."""
    if CHINESE.fullmatch(name):
        for length in range(2, (len(name) + 1) // 2):
            yield from (name[i : i + length] for i in range(len(name) - length + 1))
