"""Write sitemap.xml, which tells search engines every page of the book.

sphinx-sitemap does this, too, but names only the pages that a build writes: after a change to one
page it would tell of that one alone.
"""

from pathlib import Path
from xml.etree import ElementTree

from sphinx.application import Sphinx

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write(app: Sphinx) -> None:
    """Write the sitemap of the built book."""
    root = ElementTree.Element("urlset", xmlns=NAMESPACE)
    for name in sorted(app.env.found_docs):
        address = f"{app.config.html_baseurl}{app.builder.get_target_uri(name)}"
        ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc").text = address
    ElementTree.indent(root)
    tree = ElementTree.ElementTree(root)
    tree.write(Path(app.outdir, "sitemap.xml"), xml_declaration=True, encoding="utf-8")
