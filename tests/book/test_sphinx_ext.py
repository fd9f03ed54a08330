"""The Sphinx extension, part by part, and on small books of its own."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from nbformat.v4 import new_code_cell, new_notebook
from sphinx.search import js_index

from book_utils import sphinx_ext
from book_utils.explorables import PoolingLab, SameLab
from book_utils.sphinx_ext import (
    cover,
    explorables,
    figures,
    folds,
    formulas,
    head,
    icons,
    pages,
    paper,
    run_chapters,
    terminal,
    terms,
    unused,
)
from tests.book.pages import ROOT

# ---- what decides that chapters run again


@pytest.fixture
def package(tmp_path):
    for name in ("ops.py", "explorables/dist/lab.js", "samples/digits.png", "sphinx_ext/pages.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_stamp_is_steady(package):
    assert run_chapters.stamp(package) == run_chapters.stamp(package)


@pytest.mark.parametrize("name", ["ops.py", "explorables/dist/lab.js", "samples/digits.png"])
def test_stamp_changes_with_what_a_chapter_sees(package, name):
    before = run_chapters.stamp(package)
    (package / name).write_text("changed")
    assert run_chapters.stamp(package) != before


def test_stamp_changes_when_a_file_comes_or_is_renamed(package):
    before = run_chapters.stamp(package)
    (package / "shapes.py").touch()
    with_file = run_chapters.stamp(package)
    (package / "shapes.py").rename(package / "forms.py")
    assert len({before, with_file, run_chapters.stamp(package)}) == 3


def test_stamp_ignores_what_no_chapter_sees(package):
    before = run_chapters.stamp(package)
    (package / "sphinx_ext/pages.py").write_text("changed")
    (package / "__pycache__").mkdir()
    (package / "__pycache__/ops.pyc").write_text("changed")
    assert run_chapters.stamp(package) == before


def test_stamp_changes_with_a_library(package, monkeypatch):
    before = run_chapters.stamp(package)
    monkeypatch.setattr(run_chapters, "version", lambda name: "0.0")
    assert run_chapters.stamp(package) != before


def test_cache_is_dropped_only_when_the_stamp_differs(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    config = SimpleNamespace(execution_cache_path=str(folder))
    app = SimpleNamespace(env=SimpleNamespace(mystnb_config=config))
    monkeypatch.setattr(run_chapters, "stamp", lambda: "one")
    run_chapters.drop_stale_cache(app)
    (folder / "outputs").touch()
    run_chapters.drop_stale_cache(app)
    assert (folder / "outputs").exists()
    monkeypatch.setattr(run_chapters, "stamp", lambda: "two")
    run_chapters.drop_stale_cache(app)
    assert not (folder / "outputs").exists()


def test_kernels_share_the_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert run_chapters.kernel_environment(2)["OMP_NUM_THREADS"] == "4"
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert run_chapters.kernel_environment(2)["OMP_NUM_THREADS"] == "3"


@pytest.fixture
def no_loop():
    """Hide the event loop that a browser of other tests keeps in this thread."""
    others = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(others)


@pytest.mark.usefixtures("no_loop")
def test_ctrl_c_ends_the_build_and_not_one_kernel(tmp_path, monkeypatch, interruptible):
    press = "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); time.sleep(60)"
    notebook = new_notebook(cells=[new_code_cell(press)])
    chapter = run_chapters.Chapter("page", tmp_path / "page.md", notebook)
    monkeypatch.setattr(run_chapters, "read_chapter", lambda env, name: chapter)
    config = {"execution_mode": "cache", "execution_cache_path": tmp_path, "execution_timeout": 60}
    env = SimpleNamespace(mystnb_config=SimpleNamespace(**config), found_docs=["page"])
    with pytest.raises(KeyboardInterrupt):
        run_chapters.run_stale(None, env, [])


def test_traceback_without_colours():
    assert run_chapters.plain("\x1b[0;31mValueError\x1b[0m: no") == "ValueError: no"


# ---- explorables


def test_names_in_a_page():
    html = '<div data-explorable="b"></div><div data-explorable="a"></div><p data-explorable="b">'
    assert explorables.names_in(html) == ["b", "a"]
    assert explorables.names_in("<p>none</p>") == []


def test_scripts_of_explorables(tmp_path):
    assert explorables.scripts(tmp_path) == {}
    known = {"a": ["platform", "a"], "b": ["platform", "parts", "b"]}
    (tmp_path / "scripts.json").write_text(json.dumps(known))
    assert explorables.needed(["a", "b", "a"], tmp_path) == ["platform", "parts", "a", "b"]
    assert explorables.needed(["a"], tmp_path) == ["platform", "a"]
    assert explorables.needed([], tmp_path) == []


def page_app(**added):
    return SimpleNamespace(
        add_css_file=lambda name: added.setdefault("css", []).append(name),
        add_js_file=lambda name, **how: added.setdefault("js", []).append((name, how)),
        added=added,
    )


def test_page_with_an_explorable_gets_its_scripts():
    app = page_app()
    body = '<div class="cnl-explorable" data-explorable="correlation"></div>'
    explorables.add_to_page(app, "page", "page.html", {"body": body}, None)
    assert [name for name, _ in app.added["js"]] == [
        "explorables/platform.static.js",
        "explorables/parts.static.js",
        "explorables/correlation.static.js",
    ]
    assert all(how["loading_method"] == "defer" for _, how in app.added["js"])
    assert app.added["css"] == ["explorables/labs.css"]


def test_the_script_of_a_further_kind_waits_at_its_first_place():
    app, place = page_app(), '<div class="cnl-explorable" data-explorable="{}" id="x"></div>'
    body = "".join(map(place.format, ("correlation", "pooling", "correlation", "pooling")))
    context = {"body": body, "pathto": lambda path, resource: f"../{path}"}
    explorables.add_to_page(app, "chapters/page", "page.html", context, None)
    names = [name.removeprefix("explorables/") for name, _ in app.added["js"]]
    assert names == ["platform.static.js", "parts.static.js", "correlation.static.js"]
    waiting = re.findall(
        r'data-explorable="(\w+)" data-script="([^"?]*)\?v=\w{8}"', context["body"]
    )
    assert waiting == [("pooling", "../_static/explorables/pooling.static.js")]


def test_page_without_explorables_gets_nothing():
    app = page_app()
    explorables.add_to_page(app, "page", "page.html", {"body": "<p>words</p>"}, None)
    assert app.added == {}


def test_unknown_explorable_is_named(caplog):
    app = page_app()
    body = {"body": '<div data-explorable="no_such_lab"></div>'}
    explorables.add_to_page(app, "chapters/lenet", "page.html", body, None)
    (record,) = caplog.records
    assert "no_such_lab" in record.getMessage() and "correlation" in record.getMessage()
    assert record.levelname == "WARNING"
    assert app.added == {}


def place(state):
    return (
        '<div class="cnl-explorable" data-explorable="lab" id="lab-a">'
        f'<script type="application/json">{state}</script><div class="cnl-still"></div></div>'
    )


def lab(kind, schema=None):
    told = f'<script type="application/json" data-schema>{schema}</script>' if schema else ""
    return (
        f'<div class="cnl-explorable" data-explorable="{kind}" id="lab-a">'
        f'<script type="application/json">{{}}</script>{told}<div class="cnl-still"></div></div>'
    )


def test_a_schema_travels_once_for_each_kind_of_lab_on_a_page():
    page = [("a", 1), ("b", 1), ("a", 1), ("a", 2), ("a", 2), ("b", 1), ("a", 1)]
    left = [("a", 1), ("b", 1), ("a",), ("a", 2), ("a",), ("b",), ("a", 1)]
    html = "<p>words</p>".join(lab(*each) for each in page)
    wanted = "<p>words</p>".join(lab(*each) for each in left)
    assert explorables.with_schemas_once(html) == wanted
    assert explorables.with_schemas_once(wanted) == wanted


def test_schemas_are_those_that_labs_write():
    labs = [PoolingLab(name="one"), PoolingLab(window=3, name="two"), SameLab(name="three")]
    html = "".join(lab.static_html() for lab in labs)
    assert html.count("data-schema") == 3
    context = {"body": html}
    explorables.drop_known_schemas(None, "page", "page.html", context, None)
    assert context["body"].count("data-schema") == 2
    one, three = labs[0].static_html(), labs[2].static_html()
    assert context["body"].startswith(one) and context["body"].endswith(three)


def test_a_page_without_a_body_stays_without():
    context = {}
    explorables.drop_known_schemas(None, "search", "search.html", context, None)
    assert context == {}


def test_a_large_state_leaves_the_page_and_a_small_one_stays(tmp_path):
    small = place('{"x":1}')
    large = json.dumps({"text": "a \\ \" ' \u003c/script>", "x": "9" * explorables.LARGE})
    large = large.replace("<", "\\u003c")  # as explorables/platform/base.py writes it

    def named():
        html = small + place(large) + "<p>words</p>" + place(large)
        return explorables.with_states_outside(html, tmp_path, lambda name: f"../_states/{name}")

    html = named()
    (file,) = tmp_path.iterdir()
    assert html == named() and [*tmp_path.iterdir()] == [file]
    assert html.startswith(small) and html.count(f'data-from="../_states/{file.name}"></') == 2
    assert "999" not in html and html.count("cnl-still") == 3
    # what the script leaves on its element, as a browser would run it
    run = "globalThis.document = {currentScript: {dataset: {}}}; " + file.read_text()
    run += ";process.stdout.write(document.currentScript.dataset.state)"
    found = subprocess.run([formulas.node(), "-e", run], capture_output=True, text=True, check=True)
    assert found.stdout == large


def test_what_comes_later_leaves_the_page_however_small(tmp_path):
    later = '<script type="application/json" data-later>{"x":1}</script>'
    html = explorables.with_states_outside(place('{"y":2}') + later, tmp_path, lambda name: name)
    (file,) = tmp_path.iterdir()
    assert file.read_text() == 'document.currentScript.dataset.state="{\\"x\\":1}"\n'
    assert html.endswith(f'data-later data-from="{file.name}"></script>')
    assert '{"y":2}' in html and '{"x":1}' not in html
    near = later.replace("data-later", 'data-later="near"')  # asked for as soon as the lab is near
    html = explorables.with_states_outside(place("{}") + near, tmp_path, lambda name: name)
    assert html.endswith(f'data-later="near" data-from="{file.name}"></script>')


def test_states_that_no_page_names_are_removed(tmp_path):
    app = SimpleNamespace(outdir=str(tmp_path), builder=SimpleNamespace(format="html", name="html"))
    drop_states = sphinx_ext.if_written(explorables.drop_states)
    drop_states(app, None)  # none at all
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters/page.html").write_text('<script data-from="../_states/kept.js">')
    (tmp_path / "_states").mkdir()
    for name in ("kept.js", "old.js"):
        (tmp_path / "_states" / name).touch()
    drop_states(app, RuntimeError("the build failed"))
    other = SimpleNamespace(outdir=str(tmp_path), builder=SimpleNamespace(format="latex"))
    drop_states(other, None)
    assert len([*(tmp_path / "_states").iterdir()]) == 2
    drop_states(app, None)
    assert [path.name for path in (tmp_path / "_states").iterdir()] == ["kept.js"]


# ---- formulas


def test_what_formulas_draw_is_read_from_the_page():
    page = (
        '<p>no &lt;</p><span class="katex"><span class="katex-mathml"><mi>x</mi></span>'
        '<span aria-hidden="true" class="katex-html"><span class="base"><span>a</span>&lt;'
        '<svg><path d="M0"/></svg><span><span></span>b</span></span></span></span>, not this '
        '<span class="katex-html">c</span><span>nor this</span>'
    )
    assert list(formulas.drawn_texts(page)) == ["a", "<", "b", "c"]


# ---- icons

CSS = (
    '.fa-gear:before,.fa-cog:before{content:"\\f013"}.fa-rocket:before{content:"\\f135"}'
    '.fa{display:inline-block}html{--icon:"\uf05a";--dash:"\\2014"}'
)


def test_rules_of_unused_icons_are_cut():
    css = icons.cut_rules(CSS, {"fa-cog"})
    assert "fa-gear" in css and "fa-rocket" not in css and ".fa{" in css and "--icon" in css


def test_code_points_as_escapes_and_as_characters():
    assert icons.code_points(CSS) == {0xF013, 0xF135, 0xF05A}


def test_icon_classes():
    assert icons.icon_classes(['<i class="fas fa-pencil-alt">', "'fa-xmark'"]) == {
        "fa-pencil-alt",
        "fa-xmark",
    }


# ---- the cover of the EPUB


def test_the_cover_shows_the_numbers_of_a_photograph_and_its_edges():
    image = cover.draw("One Title", "below")
    x, y = cover.numbers()
    assert y.shape == (30, 30)

    def pixel(corner, i, j):
        middle = (cover.CELL * at + cover.CELL // 2 for at in (j, i))
        return image.getpixel(tuple(map(sum, zip(corner, middle, strict=True))))

    # away from window and line
    for i, j in ((0, 0), (5, 13), (31, 31)):
        assert pixel(cover.PHOTO, i, j) == (round(255 * x[i, j].item()),) * 3
    for i, j in ((6, 15), (20, 8)):
        red, _, blue = pixel(cover.EDGES, i, j)
        assert (red > blue) == (y[i, j] > 0) and abs(red - blue) > 20


# ---- pages

PAGE = """<!DOCTYPE html><html><head><title>填充</title>
<script src="../_static/scripts/fontawesome.js?d=1"></script></head>
<body data-bs-spy="scroll" data-bs-target=".bd-toc-nav">
<button class="primary-toggle" title="Toggle primary sidebar"></button>
<button class="secondary-toggle" title="Toggle secondary sidebar"></button>
<button class="search-button-field" aria-label="Search">Find</button>
<details class="hide above-input"><summary aria-label="Toggle hidden content">Show</summary>
</details><div class="citation-list" role="list"><div role="doc-biblioentry">A</div></div>
<p>padding 填充 &lt;b&gt; <math><mi>x</mi></math></p><script>"填充"</script>
<pre><span class="k">if</span><span class="w"> </span><span class="n">x</span>
</pre>
</body></html>"""


def test_styles_and_scripts_that_a_page_does_not_use():
    every = {file for files in head.WHAT_FOR.values() for file in files}
    assert set(head.files_without_use("<p>Plain text about proof and toggles.</p>")) == every
    unused = head.files_without_use('<div class="wide sd-card"><i class="katex">x</i></div>')
    assert every - set(unused) == {*head.WHAT_FOR["katex"], *head.WHAT_FOR["sd-"]}
    unused = head.files_without_use('<div class="admonition dropdown">')
    assert every - set(unused) == {"togglebutton.css", "togglebutton.js"}


def test_mended_page():
    html = pages.mend(PAGE)
    assert "fontawesome" not in html
    assert 'aria-label="Search"' not in html and "Toggle hidden" not in html
    assert '<button class="primary-toggle" title="Chapters"></button>' in html
    contents = '<button aria-label="Contents" class="secondary-toggle"><span class="word">Contents'
    assert contents in html
    assert 'role="listitem"' in html and "doc-biblioentry" not in html
    assert 'padding <span lang="zh-Hans">填充</span> &lt;b&gt; ' in html
    assert '<pre><span class="k">if</span> x\n</pre>' in html
    assert "data-bs-spy" not in html
    assert "<title>填充</title>" in html and '<script>"填充"</script>' in html


FOLD = '<details class="hide"><summary>Show</summary><div class="cell_input">{}</div></details>'
PACE = '<div class="cnl-explorable" data-explorable="pace">lab</div>'
SETUP = f'<div class="cell">{FOLD.format("import book_utils")}</div>'
SOLUTION = SETUP.replace("import book_utils", "solve()").replace(
    "</details>", '<div class="cell_output">passed</div></details>'
)


def cell(shown: str, code: str = "") -> str:
    fold = FOLD.format(code) if code else ""
    return f'<div class="cell">{fold}<div class="cell_output">{shown}</div></div>'


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (cell("figure", "plot()"), "figure Show plot()"),
        (SETUP + cell(PACE, "PaceLab()"), "lab Show import book_utils PaceLab()"),
        (SETUP + cell(PACE), "lab Show import book_utils"),
        (SETUP + "<p>Text.</p>" + cell(PACE), "Show import book_utils Text. lab"),
        # a question is no lab: the code before it is what it asks about
        (SETUP + cell(PACE.replace("pace", "question")), "Show import book_utils lab"),
        (cell("1", "") + cell(PACE, "PaceLab()"), "1 lab Show PaceLab()"),
        # a solution folds what it shows, and stays with its exercise
        (SOLUTION + cell(PACE, "PaceLab()"), "Show solve() passed lab Show PaceLab()"),
    ],
)
def test_folded_code_stands_below_what_it_shows(cells, read):
    page = BeautifulSoup(f"<section>{cells}</section>", "html.parser")
    folds.lay_below(page)
    assert page.get_text(" ") == read


def test_where_the_reader_is_is_marked_in_the_contents_of_the_page_alone():
    contents = '<nav id="pst-page-toc-nav"><a href="#a">A</a></nav></body>'
    body = BeautifulSoup(pages.mend(PAGE.replace("</body>", contents)), "html.parser").body
    assert (body["data-bs-spy"], body["data-bs-target"]) == ("scroll", "#pst-page-toc-nav")


def test_figures_are_counted_on_their_page():
    fignumbers = {
        "one": {"figure": {"a": (1,), "b": (2,)}, "exercise": {"x": (1,)}},
        "two": {"figure": {"c": (3,)}, "exercise": {"y": (2,)}},
        "three": {},
    }
    app = SimpleNamespace(env=SimpleNamespace(toc_fignumbers=fignumbers))
    figures.number_by_page(app, None)
    assert fignumbers == {
        "one": {"figure": {"a": (1,), "b": (2,)}, "exercise": {"x": (1,)}},
        "two": {"figure": {"c": (1,)}, "exercise": {"y": (2,)}},
        "three": {},
    }


@pytest.mark.parametrize("printed", [False, True])
def test_colours_of_terminals_go_unless_a_page_prints_in_them(tmp_path, printed):
    sheet = tmp_path / "_static" / "mystnb.1f2e.css"
    sheet.parent.mkdir()
    rules = "p { margin: 0; }\n", "div.highlight .-Color[class*=-Red] {\n  color: inherit;\n}"
    sheet.write_text("".join(rules))
    text = '<span class=" -Color -Color-Red">Error</span>' if printed else "see .-Color"
    (tmp_path / "page.html").write_text(text)
    terminal.drop_colours(SimpleNamespace(outdir=tmp_path))
    left = sheet.read_text()
    assert left == "".join(rules) if printed else left.split() == rules[0].split()


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".used{a:b}.unused{a:b}", ".used{a:b}"),
        (".used,.unused{a:b}", ".used{a:b}"),
        (".used.unused{a:b}", ""),
        (".unused .used{a:b}", ""),
        (".scripted{a:b}", ".scripted{a:b}"),
        ("/*! v1.2, a.org */.used{a:b}.unused{a:b}", "/*! v1.2, a.org */.used{a:b}"),
        (".used:not(.unused){a:b}", ".used:not(.unused){a:b}"),
        (":is(.used,.unused){a:b}", ":is(.used,.unused){a:b}"),
        (":root{--a:b}p{width:.5rem}", ":root{--a:b}p{width:.5rem}"),
        ("@media print{.used{a:b}.unused{a:b}}", "@media print{.used{a:b}}"),
        (r".md\:used{a:b}.md\:unused{a:b}", r".md\:used{a:b}"),
        ("@font-face{src:a}@keyframes x{from{a:b}}", "@font-face{src:a}@keyframes x{from{a:b}}"),
    ],
)
def test_rules_without_use_are_left_out(css, left):
    page = '<p class="used md:used">unused</p>'
    names = unused.names_in([page], ["element.classList.add('scripted')"])
    assert unused.without_unused(css, names) == left


def test_node_is_the_one_of_the_environment():
    version = subprocess.run([formulas.node(), "--version"], capture_output=True, text=True)
    assert version.stdout.startswith("v")


# ---- small books

FRONT = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# {title}

A formula, $a^2$, and a sum:

```{{code-cell}} ipython3
{code}
```
"""


# ---- the search leads to the sections of the glossary's terms


def glossary_of(*names, address):
    """Return a glossary of one term with its names, as Sphinx holds it."""
    link = nodes.reference("", "A section", refuri=address, internal=True)
    text = nodes.definition("", nodes.paragraph("", "Its sentence. See ", link))
    item = nodes.definition_list_item("", *(nodes.term("", name) for name in names), text)
    document = new_document("glossary")
    document += nodes.definition_list("", item)
    return document


def test_each_name_of_a_term_leads_to_its_section_once(tmp_path):
    index = {"docnames": ["a", "glossary"], "indexentries": {"stride": [[1, "term", True]]}}
    file = tmp_path / "searchindex.js"
    file.write_text(js_index.dumps(index), encoding="utf-8")
    glossary = glossary_of("Stride", "步幅", "深度可分离卷积", address="a.html#steps")
    env = SimpleNamespace(
        found_docs={"glossary"}, get_and_resolve_doctree=lambda name, builder: glossary
    )
    builder = SimpleNamespace(
        searchindex_filename=file.name, get_target_uri=lambda name: f"{name}.html"
    )
    for _ in range(2):
        terms.lead_to_sections(SimpleNamespace(env=env, builder=builder, outdir=tmp_path))
    entries = js_index.loads(file.read_text(encoding="utf-8"))["indexentries"]
    section = [0, "steps", True]
    assert entries["stride"] == [[1, "term", True], section]
    assert entries["步幅"] == entries["深度可分离卷积"] == entries["可分离"] == [section]
    assert "步" not in entries  # and of four or more the search finds a name by itself
    assert "深度可分" not in entries


def test_a_book_without_a_glossary_keeps_its_search(tmp_path):
    env = SimpleNamespace(found_docs={"one"})
    terms.lead_to_sections(SimpleNamespace(env=env, outdir=tmp_path))
    assert list(tmp_path.iterdir()) == []


class SmallBook:
    """A book of two chapters, built the way readers build theirs."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("_config.yml", "references.bib"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "assets", folder / "assets")
        (folder / "_toc.yml").write_text("format: jb-book\nroot: one\nchapters:\n- file: two\n")
        self.write("one", "print(1 + 1)")
        self.write("two", "print(2 + 2)")

    def write(self, name: str, code: str, title: str = "A page") -> None:
        text = FRONT.format(title=title, code=code)
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8")

    def build(self) -> subprocess.CompletedProcess:
        program = Path(sys.executable).with_name("jupyter-book")
        command = [program, "build", ".", "-W", "-n", "--keep-going"]
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=180,
        )

    def page(self, name: str) -> str:
        return (self.folder / "_build/html" / f"{name}.html").read_text(encoding="utf-8")


def test_a_book_from_build_to_build(tmp_path):
    book = SmallBook(tmp_path)
    first = book.build()
    assert first.returncode == 0, first.stdout
    assert "(2 of 2)" in first.stdout and "Executing notebook" not in first.stdout
    assert '<span class="katex">' in book.page("one")
    assert ">4\n" in book.page("two")
    # Nothing changed: nothing runs.
    assert "executed" not in book.build().stdout
    # Other words: the page is read again and nothing runs.
    book.write("two", "print(2 + 2)", title="Other words")
    assert "executed" not in book.build().stdout
    assert "Other words" in book.page("two")
    # The helper package changed: all runs, and unchanged pages are read again.
    (book.folder / "_build/.jupyter_cache/book_utils.sha256").write_text("of another package")
    again = book.build()
    assert "executed one in" in again.stdout and "executed two in" in again.stdout
    assert again.returncode == 0
    # A cell raises: the build fails, and fails again.
    book.write("two", "1 / 0")
    for _ in range(2):
        raised = book.build()
        assert raised.returncode != 0
        assert "two.md: WARNING: a cell raised" in raised.stdout
        assert "ZeroDivisionError: division by zero" in raised.stdout
        assert ">2\n" in book.page("one")
    # So it does for an explorable that there is not.
    code = "from IPython.display import HTML\nHTML('<div data-explorable=\"no_such_lab\"></div>')"
    book.write("two", code)
    unknown = book.build()
    assert unknown.returncode != 0
    assert "no_such_lab" in unknown.stdout and "two" in unknown.stdout
    # Mended, the book is built.
    book.write("two", "print(2 + 2)")
    assert book.build().returncode == 0
    assert ">4\n" in book.page("two")
    # A page taken out of the book is gone.
    (book.folder / "_toc.yml").write_text("format: jb-book\nroot: one\n")
    assert book.build().returncode == 0
    assert not (book.folder / "_build/html/two.html").exists()


DRIVING = """from book_utils.explorables import CorrelationLab
CorrelationLab([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]], name="first")
```

Take it [with a *stride* of 2](#first?stride=2), [{both}](#first?{both}) or [as it was](#first?).

```{{code-cell}} ipython3
"""


def test_a_link_that_sets_a_lab_is_checked_as_the_book_is_built(tmp_path):
    book = SmallBook(tmp_path)
    two = book.folder / "two.md"
    book.write("one", DRIVING.format(both="padding=1&mode=mirror"))
    two.write_text("# Two\n\nSee it [*there*](one.md#first?stride=17).\n")
    wrong = book.build()
    assert wrong.returncode != 0
    here, there = sorted(line for line in wrong.stdout.splitlines() if "WARNING" in line)
    assert re.search(r"one\.md:\d+: WARNING: the link “padding=1&mode=mirror”", here)
    assert "(#first?padding=1&mode=mirror) cannot set a lab: mode was given mirror" in here
    assert "allowed: one of zeros, reflect, replicate, circular" in here
    assert re.search(r"two\.md:\d+: WARNING: the link “there” \(one.html#first\?stride=17\)", there)
    assert "allowed: a whole number from 1 to 16" in there
    book.write("one", DRIVING.format(both="padding=1&mode=reflect"))
    two.write_text("# Two\n\nSee it [*there*](one.md#first?stride=3).\n")
    mended = book.build()
    assert mended.returncode == 0, mended.stdout
    (link,) = BeautifulSoup(book.page("two"), "html.parser").select("a.cnl-drive")
    assert link["href"] == "one.html#first?stride=3" and link["title"].startswith("Opens the page")
    assert link.decode_contents() == "<em>there</em>"
    links = BeautifulSoup(book.page("one"), "html.parser").select("a.cnl-drive")
    assert [(link["href"], link["title"]) for link in links] == [
        ("#first?stride=2", "Sets the lab"),
        ("#first?padding=1&mode=reflect", "Sets the lab"),
        ("#first?", "Sets the lab"),
    ]
    assert links[0].decode_contents() == "with a <em>stride</em> of 2"
    # The page that has the lab changes, the page that links to it does not.
    (book.folder / "one.md").write_text("# One\n\nNo lab is left.\n")
    gone = book.build()
    assert gone.returncode != 0
    assert "there is no lab named first on the page; there are: none" in gone.stdout


# ---- paper


ON_SCREEN = """<section id="page"><h1>Page</h1>
<div class="cell"><details class="hide"><summary><p class="collapsed">Show the code</p>
<p class="expanded">Hide the code</p></summary>import book_utils</details></div>
<div class="cnl-explorable" data-explorable="pooling" id="lab-first" style="--room: 600px">
<script data-from="_states/first.js"></script><div class="cnl-still">a still</div></div>
<p>Now <a class="cnl-drive" href="#first?stride=2" title="Sets the lab">with a stride of 2</a>,
<a class="cnl-drive" href="../other.xhtml#floor?" title="Opens the page">there</a>.</p>
<details><summary>Solution 1</summary><p>Four.</p></details>
<details><summary>A slip in a book</summary><p>Three.</p></details>
</section>"""


def test_on_paper_folds_are_open_labs_are_stills_and_solutions_come_last():
    page = BeautifulSoup(ON_SCREEN, "html.parser")
    state = json.dumps(json.dumps({"name": "first", "task": "Drag the window"}))
    files = {"_states/first.js": f"document.currentScript.dataset.state={state}\n"}
    paper.fit(page, "https://book/a/page.html", files.__getitem__)
    assert " ".join(page.get_text(" ").split()) == (
        "Page a still Drag the window. Try it at book/a/page.html#first? "
        "Now with a stride of 2 , there . A slip in a book Three. Solutions Solution 1 Four."
    )
    assert [link["href"] for link in page.select("a")] == [
        "https://book/a/page.html#first?",
        "https://book/a/page.html#first?stride=2",
        "https://book/other.html#floor?",
    ]
    assert not page.select("script, details, .cell, [style], [title]")
