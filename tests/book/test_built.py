"""The built book, read as files: links, scripts, pictures and weight of every page."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from pybtex.database import parse_file

from book_utils.sphinx_ext import driving, explorables, formulas, icons, sitemap
from tests.book.pages import PUBLISHED, REPOSITORY, ROOT, name_of, notebook_pages
from tests.built_book import (
    HTML,
    STYLE_ADDRESS,
    before_pictures,
    built_html,
    fetched,
    file_at,
    page_paths,
    scripts_for_later,
    started,
    states,
    transferred,
    weight,
    with_every_lab,
)

PAGES = page_paths()
each_page = pytest.mark.parametrize("page", PAGES)
KIB = 1024


@pytest.fixture(scope="module", autouse=True)
def book():
    return built_html()


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / page).read_text(encoding="utf-8"), "html.parser")


@cache
def anchors_of(file: Path) -> set[str]:
    page = soup(file.relative_to(HTML.resolve()).as_posix())
    return {tag["id"] for tag in page.find_all(id=True)}


def is_elsewhere(address: str) -> bool:
    return address.startswith("//") or urlsplit(address).scheme in ("http", "https", "ws", "wss")


def file_of(page: str, address: str) -> Path:
    """Return the file that an address on a page names."""
    return file_at(HTML / page, address)


def outside_labs(found):
    """Those of the elements found that are not in the still picture of a lab."""
    return [element for element in found if not element.find_parent(class_="cnl-explorable")]


@each_page
def test_every_chart_has_a_caption_and_figures_are_counted_on_their_page(page):
    charts = outside_labs(soup(page).select("article .book-picture"))
    assert [chart for chart in charts if not chart.find_parent("figure")] == []
    figures = outside_labs(soup(page).select("article figure:has(> figcaption)"))
    numbers = [figure.select_one(".caption-number").get_text().strip() for figure in figures]
    assert numbers == [f"Figure {n}" for n in range(1, len(figures) + 1)]
    assert all(figure.select_one(".caption-text").get_text() for figure in figures)
    if page == "chapters/training.html":
        assert len(figures) > 5


def test_the_book_has_pages():
    assert {f"{name_of(page)}.html" for page in notebook_pages()} <= set(PAGES)


def test_index_leads_to_the_first_page():
    assert "url=intro.html" in (HTML / "index.html").read_text()


@each_page
def test_links_resolve(page):
    broken = []
    for tag in soup(page).find_all("a", href=True):
        address = tag["href"]
        if urlsplit(address).scheme or address == "#":
            continue
        target = file_of(page, address)
        fragment = unquote(urlsplit(address).fragment)
        if driving.CLASS in tag.get("class", []):
            fragment = f"lab-{fragment.split('?')[0]}"  # which it sets: the build checks the rest
        if (
            not target.is_file()
            or fragment
            and target.suffix == ".html"
            and fragment not in anchors_of(target)
        ):
            broken.append(address)
    assert broken == []


@each_page
def test_links_into_the_repository_lead_to_its_files(page):
    there = f"{REPOSITORY}/blob/main/"
    links = [tag["href"] for tag in soup(page).find_all("a", href=True)]
    named = {urlsplit(link.removeprefix(there)).path for link in links if link.startswith(there)}
    assert "LICENSE" in named  # in the footer
    assert [name for name in named if not (ROOT / unquote(name)).is_file()] == []


@each_page
def test_every_page_is_reached_from_the_contents(page):
    listed = {file_of(page, tag["href"]) for tag in soup(page).select("nav.bd-links a[href]")}
    listed |= {file_of(page, tag["href"]) for tag in soup(page).select(".navbar-brand[href]")}
    assert {(HTML / each).resolve() for each in PAGES} - {
        (HTML / "search.html").resolve()
    } <= listed


@each_page
def test_a_page_says_where_it_is_published(page):
    canonical = [tag["href"] for tag in soup(page).select("head > link[rel=canonical]")]
    assert canonical == [f"{PUBLISHED}{page}"]


def test_the_sitemap_names_each_page_once():
    tree = ElementTree.parse(HTML / "sitemap.xml")
    named = [place.text for place in tree.iter(f"{{{sitemap.NAMESPACE}}}loc")]
    assert named == [f"{PUBLISHED}{page}" for page in PAGES if page != "search.html"]


@each_page
def test_what_a_page_fetches_is_there_and_at_home(page):
    for address in fetched(soup(page)):
        assert not is_elsewhere(address), address
        if not address.startswith(("data:", "#")):
            assert file_of(page, address).is_file(), address


def test_styles_fetch_only_what_is_there():
    sheets = [*HTML.rglob("*.css")]
    assert sheets
    for sheet in sheets:
        for address in STYLE_ADDRESS.findall(sheet.read_text(encoding="utf-8")):
            if not address.startswith(("data:", "#")):
                assert not is_elsewhere(address), f"{sheet.name}: {address}"
                assert (sheet.parent / address.split("?")[0].split("#")[0]).is_file(), (
                    f"{sheet.name}: {address}"
                )


@each_page
def test_every_page_loads_the_colours(page):
    address = f"{explorables.FOLDER}/{explorables.THEME}"
    assert any(address in found for found in fetched(soup(page)))


@each_page
def test_formulas_need_no_script(page):
    text = str(soup(page))
    assert not re.search(r"(katex|mathjax|auto-render)[^\"' ]*\.js", text, re.IGNORECASE)
    assert ("katex.min.css" in text) == ('class="katex' in text)


def test_formulas_are_drawn():
    assert soup("chapters/cross-correlation.html").select(".katex")
    assert not [page for page in PAGES if soup(page).select(".katex-error")]


def test_formula_fonts_hold_what_is_drawn_and_no_more():
    drawn = {
        ord(sign) for page in PAGES for tag in soup(page).select(".katex-html") for sign in tag.text
    }
    fonts = sorted((HTML / formulas.FONTS).glob("*.woff2"))
    assert fonts
    for font in fonts:
        whole = TTFont(ROOT / "assets/katex/fonts" / font.name).getBestCmap()
        assert set(TTFont(font).getBestCmap()) == drawn & set(whole), font.name


@each_page
def test_no_icon_script_and_no_live_widgets(page):
    text = str(soup(page))
    assert "fontawesome.js" not in text
    assert "require.js" not in text and "html-manager" not in text
    assert "widget-state+json" not in text and "widget-view+json" not in text


def test_icon_fonts_hold_every_icon():
    glyphs = set()
    for font in (HTML / icons.FONTS).glob("*.woff2"):
        glyphs |= set(TTFont(font).getBestCmap())
    css = (HTML / icons.STYLES).read_text(encoding="utf-8")
    assert icons.code_points(css) <= glyphs
    drawn = {
        name for rule in icons.ICON_RULE.findall(css) for name in icons.ICON_CLASS.findall(rule)
    }
    styling = {"fa-solid", "fa-brands", "fa-regular", "fa-lg", "fa-fw"}
    named = icons.icon_classes((HTML / page).read_text(encoding="utf-8") for page in PAGES)
    assert named - styling <= drawn
    assert len(named) > 10


@each_page
def test_explorable_scripts_come_only_where_they_are_used(page):
    names = explorables.names_in(str(soup(page)))
    wanted = [f"{name}.static.js" for name in explorables.needed(names) if name not in names[1:]]
    scripts = [
        tag for tag in soup(page).find_all("script", src=True) if "explorables/" in tag["src"]
    ]
    assert [Path(urlsplit(tag["src"]).path).name for tag in scripts] == wanted
    # Classic and deferred: Chromium refuses modules from file://.
    assert all(tag.has_attr("defer") and tag.get("type") != "module" for tag in scripts)
    assert (explorables.STYLES in str(soup(page))) == bool(names)
    later = {file.name.partition(".")[0] for file in scripts_for_later(HTML / page)}
    assert later == set(names[1:])
    assert all(file.exists() for file in scripts_for_later(HTML / page))


@each_page
def test_what_is_shown_stands_before_its_folded_code(page):
    assert not soup(page).select("details.hide + .cell_output")
    first = soup(page).select_one(".cell")
    if first and not first.select_one(".cell_output"):  # the setup
        assert not first.select_one(":scope + .cell > .cell_output > .output > .cnl-explorable")


def test_explorables_are_on_the_pages_that_promise_them():
    for page, lab in (("intro.html", "lens"), ("chapters/cross-correlation.html", "correlation")):
        assert lab in explorables.names_in(str(soup(page)))


@each_page
def test_a_schema_travels_once_for_each_kind_of_explorable(page):
    places = soup(page).select(".cnl-explorable")
    told = [
        (place["data-explorable"], script.text)
        for place in places
        for script in place.select("script[data-schema]")
    ]
    assert {kind for kind, _ in told} == {place["data-explorable"] for place in places}
    assert len(told) == len(set(told))


@each_page
def test_buttons_open_files_of_the_repository(page):
    source = ROOT / page.replace(".html", ".md")
    if not source.exists():  # the search page
        return
    links = [tag["href"] for tag in soup(page).select(".article-header-buttons a[href]")]
    assert f"{REPOSITORY}/edit/main/{source.relative_to(ROOT).as_posix()}" in links
    assert REPOSITORY in links
    notebook = source.with_suffix(".ipynb")
    path = notebook.relative_to(ROOT).as_posix()
    owner = REPOSITORY.removeprefix("https://github.com/")
    launchers = {
        f"https://colab.research.google.com/github/{owner}/blob/main/{path}",
        f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{path}",
    }
    found = {link for link in links if "colab" in link or "mybinder" in link}
    assert found == (launchers if notebook.exists() else set())


@each_page
def test_downloads_have_no_outputs(page):
    for tag in soup(page).select(".btn-download-notebook-button"):
        offered = file_of(page, tag["href"])
        assert offered.read_bytes() == (ROOT / page.replace(".html", ".ipynb")).read_bytes()


@each_page
def test_pictures_say_what_they_show(page):
    for picture in soup(page).find_all("img"):
        assert picture.has_attr("alt"), picture
    for picture in soup(page).select("article img"):
        alt = picture["alt"].strip()
        assert alt and not re.search(r"\.(png|svg|jpe?g)$", alt), f"{picture['src']}: {alt!r}"
    for drawing in soup(page).select("article svg[role=img]"):
        assert drawing.get("aria-label") or drawing.find("title"), str(drawing)[:100]


@each_page
def test_weight(page):
    """At most 300 KiB before pictures; tests/browser weighs the fonts that a page really loads."""
    files = before_pictures(HTML / page)
    scripts = [file for file in files if file.parent.name == "explorables" and file.suffix == ".js"]
    assert transferred(HTML / page) <= 300 * KIB
    assert sum(map(weight, scripts)) <= 60 * KIB


@each_page
def test_large_states_are_loaded_when_looked_at(page):
    """At most 400 KiB with every lab of the page in use, and 150 KiB for each of them."""
    places = soup(page).select(".cnl-explorable > script")
    assert all(len(place.text) < explorables.LARGE for place in places)
    assert all(state.stat().st_size <= 150 * KIB for state in states(HTML / page))
    assert with_every_lab(HTML / page) <= 400 * KIB


@each_page
def test_what_a_lab_needs_once_started_is_small_and_not_in_the_page(page):
    """At most 250 KiB for each, and only when a reader presses *Start*."""
    assert not any(place.text for place in soup(page).select("[data-later]"))
    assert all(file.stat().st_size <= 250 * KIB for file in started(HTML / page))


def test_no_state_is_left_of_an_earlier_build():
    there = {path.name for path in (HTML / explorables.STATES).iterdir()}
    named = {path.name for page in PAGES for path in states(HTML / page) | started(HTML / page)}
    assert there == named and len(named) >= 2


def test_plain_code_has_the_colour_around_it():
    """So that pages.PLAIN_CODE may do without an element for each word of it."""
    styles = (HTML / "_static" / "pygments.css").read_text()
    for theme in ("light", "dark"):
        colour = dict(
            re.findall(
                rf'data-theme="{theme}"\] \.highlight( \.\w+)? {{[^}}]*?\bcolor: (#\w+)', styles
            )
        )
        assert {colour[word] for word in ("", " .n", " .nn", " .p", " .w")} == {colour[""]}
        assert colour[" .k"] != colour[""]


def test_references_keep_the_capitals_of_their_titles():
    listed = " ".join(soup("references.html").get_text().split())
    for key, work in parse_file(ROOT / "references.bib").entries.items():
        title = re.sub(r"[{}\\]", "", work.fields["title"]).replace("--", "–")
        assert title in listed, key
