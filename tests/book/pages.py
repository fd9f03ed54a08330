"""The book's sources as the tests see them: pages, their cells, the addresses they name."""

import ast
from pathlib import Path

import jupytext
import nbformat
import yaml
from IPython.core.inputtransformer2 import TransformerManager

from book_utils import chapters
from book_utils.chapters import ROOT

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
REPOSITORY = CONFIG["repository"]["url"]
PUBLISHED = CONFIG["html"]["baseurl"]
CHAPTERS = chapters.pages()


def notebook_pages() -> list[Path]:
    """Return every page that is a notebook: the front page and the chapters."""
    return [ROOT / "intro.md", *CHAPTERS]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).with_suffix("").as_posix()


def read_page(page: Path) -> nbformat.NotebookNode:
    return jupytext.read(page)


def code_cells(page: Path) -> list[str]:
    return [cell.source for cell in read_page(page).cells if cell.cell_type == "code"]


def definitions(source: str) -> dict[str, ast.AST]:
    """Return the functions and classes at the top level of code, the last of each name."""
    tree = ast.parse(TransformerManager().transform_cell(source))
    return {node.name: node for node in tree.body if isinstance(node, DEFINITIONS)}


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def without_docstrings(node: ast.AST) -> str:
    """Return the syntax tree as text. Docstrings do not count: a page explains in its prose."""
    for part in ast.walk(node):
        if isinstance(part, DEFINITIONS) and ast.get_docstring(part) is not None:
            part.body = part.body[1:]
    return ast.dump(node)
