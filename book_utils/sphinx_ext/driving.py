"""Links in the text that set a lab: claim them, and check each against the lab that it sets.

`[with a stride of 2](#first?stride=2)` sets the lab named `first` on the same page, and
`[with a stride of 2](padding-stride.md#floor?stride=2)` opens another page with its lab set. To
MyST such a fragment is a cross-reference that leads nowhere, so a transform claims it before MyST
looks. Labs are outputs of cells: what a link sets is checked when the page's HTML is there, by the
lab itself, which is made anew from its state on its page and told the settings as a cell would tell
it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from docutils import nodes
from markdown_it.common.normalize_url import normalizeLink
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from .explorables import SCHEMA

logger = logging.getLogger(__name__)

CLASS = "cnl-drive"
DESCRIPTION = "Sets the lab"
ELSEWHERE = "Opens the page of the lab, and sets it"
PAGE = "drives_on"  # of a link to another page: the name of that page
DRIVES = re.compile("#[^?=&]*[?]")


class Claim(SphinxTransform):
    """Turns links of the form `#LAB?settings` into plain ones, which MyST leaves alone."""

    default_priority: ClassVar[int] = 870  # MyST's ResolveAnchorIds has 879

    def apply(self, **_: Any) -> None:
        """Claim the links of one page."""
        for link in self.document.findall(nodes.reference):
            if link.get("id_link") and DRIVES.match(link["refuri"]):
                del link["id_link"]
                link["refuri"] = normalizeLink(link["refuri"])
                link["internal"] = True
                link["classes"].append(CLASS)
                link.setdefault("reftitle", DESCRIPTION)
        for link in links_to_other_pages(self.document):
            # Whoever changes that page reads this one again, and the link is checked.
            self.env.note_dependency(self.env.doc2path(link["reftarget"], base=False))


class ClaimOnOtherPages(SphinxPostTransform):
    """Turns links of the form `PAGE.md#LAB?settings` into plain ones to that page."""

    default_priority: ClassVar[int] = 8  # MyST's MystReferenceResolver has 9

    def run(self, **_: Any) -> None:
        """Claim the links of one page."""
        for link in links_to_other_pages(self.document):
            page = link["reftarget"]
            if page in self.env.all_docs:  # else MyST says that it is not there
                address = self.app.builder.get_relative_uri(self.env.docname, page)
                fragment = normalizeLink(f"#{link['reftargetid']}")
                words = link[0]  # MyST puts them in a node of their own
                plain = nodes.reference("", "", *words.children, internal=True)
                plain["refuri"], plain[PAGE] = address + fragment, page
                plain["classes"] = [CLASS]
                plain["reftitle"] = ELSEWHERE
                plain.source, plain.line = link.source, link.line
                link.replace_self(plain)


def links_to_other_pages(document: nodes.document) -> list[nodes.Element]:
    """Return the links of a page, not yet resolved, that set labs of other pages."""
    return [
        link
        for link in document.findall(addnodes.pending_xref)
        if link.get("refdomain") == "doc" and "?" in (link.get("reftargetid") or "")
    ]


@dataclass(frozen=True)
class LabOnPage:
    """A lab as the HTML of a page holds it: its view, its state, what each setting may be."""

    view: str
    state: Mapping[str, Any]
    schema: Mapping[str, Any]


def labs_in(html: str) -> dict[str, LabOnPage]:
    """Return the labs of a page by their names; of two with one name the first, as the page does.

    To be called while each lab still has its state and its schema.
    """
    found: dict[str, LabOnPage] = {}
    for lab in SCHEMA.finditer(html):
        state = json.loads(lab["state"])
        here = LabOnPage(lab["kind"], state, json.loads(lab["schema"]))
        found.setdefault(state["name"], here)
    return found


def complaint(fragment: str, labs: Mapping[str, LabOnPage]) -> str:
    """Return what is wrong with a link to one of these labs, and what is allowed, or nothing."""
    from ..explorables.platform import written  # takes PyTorch with it, and few pages need it

    try:
        name, texts = written.read(fragment)
    except ValueError as error:
        return str(error)
    if name not in labs:
        there = ", ".join(labs) or "none"
        return f"there is no lab named {name} on the page; there are: {there}"
    lab = labs[name]
    if unknown := [each for each in texts if each not in lab.schema]:
        known = ", ".join(lab.schema) or "none"
        return f"{name} has no setting {', '.join(unknown)}; it has: {known}"
    values = {each: written.meaning(lab.schema[each], text) for each, text in texts.items()}
    for each, value in values.items():
        options = lab.schema[each].get("of", [value])  # what the page has, a kernel may have more
        if value not in options:
            allowed = ", ".join(map(str, options))
            return f"{each} was given {texts[each]}; allowed: one of {allowed}"
    return refusal(lab, values)


def refusal(lab: LabOnPage, values: Mapping[str, Any]) -> str:
    """Return why a lab on a page does not take these values on top of its own, or nothing."""
    from traitlets import TraitError

    from .. import explorables

    made = (getattr(explorables, name) for name in explorables.__all__)
    kinds = (kind for kind in made if getattr(kind, "view", None) == lab.view)
    kind = next(kind for kind in kinds if kind.settings_names() == sorted(lab.state))
    explorable = kind.from_state(lab.state)
    try:
        with explorable.hold_trait_notifications():
            for name, value in values.items():
                setattr(explorable, name, value)
    except TraitError as error:
        return str(error)
    return ""


def check(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Warn of each link of a page that sets no lab, or sets one as it cannot be."""
    found = doctree.findall(nodes.reference) if doctree else ()
    labs: dict[str, dict[str, LabOnPage]] = {}  # by their page
    for link in (link for link in found if CLASS in link["classes"]):
        page = link.get(PAGE, pagename)
        if page not in labs:
            body = context.get("body", "") if page == pagename else outputs(app, page)
            labs[page] = labs_in(body)
        if wrong := complaint("#" + link["refuri"].partition("#")[2], labs[page]):
            logger.warning(
                "the link “%s” (%s) cannot set a lab: %s",
                link.astext(),
                link["refuri"],
                wrong,
                location=link,
                type="book",
                subtype="driving",
            )


def outputs(app: Sphinx, page: str) -> str:
    """Return the HTML that the cells of a page gave."""
    found = app.env.get_doctree(page).findall(nodes.raw)
    return "".join(raw.astext() for raw in found if raw["format"] == "html")
