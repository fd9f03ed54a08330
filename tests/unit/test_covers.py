"""The chapters' pictures: found by name, drawn by the book's code, kept beside it."""

import re
from xml.etree import ElementTree

import pytest
import torch

from book_utils import chapters, covers
from book_utils.covers import drawing
from book_utils.ops import corr2d

DRAWN = sorted(
    path.stem.replace("_", "-")
    for path in (chapters.ROOT / "book_utils/covers").glob("*.py")
    if path.stem not in ("__init__", "__main__", "drawing")
)
SVG = "{http://www.w3.org/2000/svg}"


def texts(name):
    return [mark.text for mark in ElementTree.fromstring(covers.cover(name)).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_small_has_words_and_stays_inside(name):
    picture = covers.cover(name)
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img" and len(root.get("aria-label")) > 10
    assert len(picture) < 13_000
    for mark in (*root.iter(f"{SVG}rect"), *root.iter(f"{SVG}image")):
        x, y, w, h = (float(mark.get(side)) for side in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= drawing.WIDTH and y + h <= drawing.HEIGHT
    for mark in (*root.iter(f"{SVG}text"), *root.iter(f"{SVG}circle")):
        x, y = float(mark.get("x") or mark.get("cx")), float(mark.get("y") or mark.get("cy"))
        assert 4 <= x <= drawing.WIDTH - 4 and 4 <= y <= drawing.HEIGHT - 2


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_has_the_colours_of_the_theme_alone(name):
    picture = re.sub('href="data:[^"]*"', "", covers.cover(name))
    known = {drawing.PLUS, drawing.MINUS, drawing.ACTIVATION, *drawing.HUES}
    assert set(re.findall(r'"(#[0-9a-f]{3,6})"', picture)) <= known


def test_what_a_picture_shows_is_what_the_code_of_the_book_computes():
    x, k = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    sums = [str(int(v)) for v in corr2d(x, k).flatten()]
    assert texts("cross-correlation")[-4:] == sums == ["19", "25", "37", "43"]
    assert texts("channels") == ["56", "72", "104", "120"]
    assert texts("pooling")[-4:] == ["4", "6", "8", "7"]
    assert texts("gradients")[:4] == ["8", "12", "20", "24"]
    assert texts("transposed")[4:] == ["0", "0", "1", "0", "4", "6", "4", "12", "9"]
    assert texts("separable") == ["108", "27 + 12"]
    assert texts("classic") == ["1×1", "3×3", "5×5", "max"]
    assert texts("batch-norm") == ["5", "0"]
    assert texts("lenet") == ["1", "6", "6", "16", "16"]


def test_a_chapter_without_a_picture_gets_the_plain_one():
    assert covers.cover("no-such-chapter") == covers.cover("plain")
    assert covers.cover("batch-norm") != covers.cover("plain")


def test_the_picture_beside_each_chapter_is_the_one_that_is_drawn():
    for path, text in covers.written().items():
        assert path.exists() and path.read_text(encoding="utf-8") == text, (
            f"{path.name} is not what book_utils.covers draws: make notebooks"
        )


def test_no_picture_is_left_of_a_chapter_that_is_gone():
    assert set((chapters.ROOT / "chapters").glob("*.svg")) == set(covers.written())
