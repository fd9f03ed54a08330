"""Pages and their notebooks, pages and the package, pages and the repository: they agree."""

import re
import tomllib

import jupytext
import nbformat
import pytest
import yaml
from pybtex.database import parse_file

from book_utils import notebooks
from tests.book.pages import (
    CHAPTERS,
    CONFIG,
    PUBLISHED,
    REPOSITORY,
    ROOT,
    code_cells,
    definitions,
    name_of,
    notebook_pages,
    read_page,
    without_docstrings,
)

PAGES = notebook_pages()
each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)

# What a page defines for itself may bear a name that means something else in these.
APART = (
    "chapter_lists.py",
    "chapters.py",
    "check",
    "covers",
    "explorables",
    "notebooks.py",
    "reading_time.py",
    "samples",
    "sphinx_ext",
)


def comparable(notebook) -> dict:
    """Return all of a notebook that its page decides: not the random ids of cells."""
    plain = nbformat.from_dict(notebook)
    for cell in plain.cells:
        cell.pop("id", None)
    return plain


def as_notebook(page):
    return nbformat.reads(jupytext.writes(notebooks.as_notebook(page), fmt="ipynb"), as_version=4)


@each_page
def test_notebook_is_the_page(page):
    notebook = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    assert comparable(notebook) == comparable(as_notebook(page)), "write it again: make notebooks"


@each_page
def test_notebook_has_no_outputs(page):
    notebook = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) == len(code_cells(page))
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_a_changed_page_would_be_noticed(tmp_path):
    changed = tmp_path / "page.md"
    changed.write_text(PAGES[0].read_text(encoding="utf-8") + "\nOne more sentence.\n")
    assert comparable(as_notebook(changed)) != comparable(as_notebook(PAGES[0]))


def package_definitions() -> dict[str, list[str]]:
    """Return every top-level definition of the helper package: name -> its syntax trees."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "book_utils").rglob("*.py")):
        if path.relative_to(ROOT / "book_utils").parts[0] not in APART:
            for name, node in definitions(path.read_text(encoding="utf-8")).items():
                found.setdefault(name, []).append(without_docstrings(node))
    return found


@each_page
def test_page_and_package_define_the_same(page):
    """A cell tagged `derived` defines what book_utils holds, and no other cell does."""
    package = package_definitions()
    for cell in read_page(page).cells:
        if cell.cell_type != "code" or cell.source.startswith("%%"):
            continue
        trees = {name: without_docstrings(node) for name, node in definitions(cell.source).items()}
        public = sorted(name for name in trees if not name.startswith("_"))
        if "derived" in cell.metadata.get("tags", []):
            assert public, "a cell tagged `derived` defines nothing"
            for name in public:
                assert trees[name] in package.get(name, []), f"{name} is not so in book_utils"
        else:
            shared = [name for name in public if name in package]
            assert not shared, f"book_utils holds {shared}, too: tag the cell `derived`"


def test_chapters_derive_what_the_package_holds():
    cells = [cell for page in CHAPTERS for cell in read_page(page).cells]
    assert any("derived" in cell.metadata.get("tags", []) for cell in cells)


def test_a_drifted_definition_would_be_noticed():
    one = definitions('def f(x):\n    """Doc."""\n    return x + 1')["f"]
    same = definitions("def f(x):\n    return x + 1  # but for words")["f"]
    other = definitions("def f(x):\n    return x + 2")["f"]
    assert without_docstrings(one) == without_docstrings(same) != without_docstrings(other)


def test_setup_cell_is_the_same_everywhere():
    cells = {name_of(page): code[0] for page in PAGES if (code := code_cells(page))}
    assert "import book_utils" in next(iter(cells.values()))
    assert len(set(cells.values())) == 1, cells


def test_chapters_show_the_setup_cell_folded():
    for page in CHAPTERS:
        code = [cell for cell in read_page(page).cells if cell.cell_type == "code"]
        assert not code or "hide-input" in code[0].metadata.get("tags", []), name_of(page)


def test_setup_cell_installs_from_the_repository():
    assert f"git+{REPOSITORY}\n" in code_cells(PAGES[0])[0] + "\n"


@pytest.mark.parametrize("file", ["README.md", "CITATION.cff", "CONTRIBUTING.md"])
def test_documents_name_the_repository(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    owner = REPOSITORY.removeprefix("https://github.com/").split("/")[0]
    named = re.findall(rf"https://github\.com/{owner}/[\w-]+", text)
    assert named or file == "CONTRIBUTING.md"
    assert set(named) <= {REPOSITORY}
    published = re.findall(rf"https://{owner}\.github\.io/[\w-]+/", text)
    assert set(published) <= {PUBLISHED}


def test_citation_names_the_book():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["title"].startswith(CONFIG["title"])
    assert citation["repository-code"] == REPOSITORY
    assert citation["url"] == PUBLISHED
    assert citation["version"] == project["version"]


def test_no_two_works_are_cited_by_the_same_name():
    works = parse_file(ROOT / "references.bib").entries
    named = {}
    for key, work in works.items():
        names = [" ".join(person.last_names) for person in work.persons["author"]]
        who = names if len(names) < 3 else [names[0], "et al."]  # as in the text
        named.setdefault((*who, work.fields["year"]), []).append(key)
    assert [keys for keys in named.values() if len(keys) > 1] == []


def test_katex_styles_match_the_katex_that_renders():
    from sphinxcontrib.katex import katex_version

    styles = (ROOT / "assets/katex/katex.min.css").read_text(encoding="utf-8")
    assert f'content:"{katex_version}"' in styles, (
        f"copy katex.min.css and fonts/*.woff2 of npm's katex@{katex_version} to assets/katex"
    )
    for font in re.findall(r"url\(([^)]*)\)", styles):
        assert (ROOT / "assets/katex" / font).exists(), font
