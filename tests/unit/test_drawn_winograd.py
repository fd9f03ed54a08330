"""The drawing of F(2, 3): its numbers and lines are those of the transforms."""

import re

import torch
import torch.nn.functional as F
from bs4 import BeautifulSoup

from book_utils.drawn_winograd import f23
from book_utils.ladder import f23_input, f23_kernel, f23_output
from book_utils.numbers import short

D, G = torch.tensor([2.0, 5, -1, 3]), torch.tensor([1.0, -2, 4])
PICTURE = f23(D.tolist(), G.tolist())
SOUP = BeautifulSoup(PICTURE.html(), "html.parser")
WORDS = [text.get_text() for text in SOUP.select("text")]


def test_it_follows_the_page_and_fits_a_phone():
    assert SOUP.find(role="img")["aria-label"] == PICTURE.alt
    assert "currentColor" in str(SOUP) and "var(--cnl-accent" in str(SOUP)
    width = float(re.search(r"[; ]width: ([\d.]+)px", SOUP.svg["style"])[1])
    scale = min(width, 358) / float(SOUP.svg["viewbox"].split()[2])
    assert min(scale * float(text["font-size"]) for text in SOUP.select("text")) >= 10.9


def test_its_outputs_are_those_of_a_convolution():
    y = F.conv1d(D[None, None], G[None, None]).flatten().tolist()
    shown = [WORDS[WORDS.index(f"y{i}") - 1] for i in "₀₁"]
    assert shown == [short(value) for value in y]


def test_there_are_four_products_which_are_what_they_say():
    factors = list(zip(f23_input(D).tolist(), f23_kernel(G).tolist(), strict=True))
    sums = [word for word in WORDS if "=" in word]
    assert len(sums) == 4
    for told, (factor, weight) in zip(sums, factors, strict=True):
        left, product = re.sub(r"[()]", "", told).split(" = ")
        assert left.split(" · ") == [short(factor), short(weight)]
        assert product == short(factor * weight)


def test_each_product_is_named_by_what_it_multiplies():
    names = [word for word in WORDS if "g" in word]
    assert names == [
        "(d₀ − d₂) · g₀",
        "(d₁ + d₂) · ½(g₀ + g₁ + g₂)",
        "(d₂ − d₁) · ½(g₀ + g₂ − g₁)",
        "(d₁ − d₃) · g₂",
    ]


def test_a_line_joins_what_is_added_or_subtracted():
    lines = SOUP.select("path")
    eye = torch.eye(4)
    for sign, found in (
        (1, [line for line in lines if not line.get("stroke-dasharray")]),
        (-1, [line for line in lines if line.get("stroke-dasharray")]),
    ):
        wanted = [int((f(eye) == sign).sum()) for f in (f23_input, f23_output)]
        assert len(found) == sum(wanted)


def test_its_own_numbers_are_whole_so_that_nothing_is_rounded():
    texts = [text.get_text() for text in BeautifulSoup(f23().html(), "html.parser").select("text")]
    assert [texts[texts.index(f"y{i}") - 1] for i in "₀₁"] == ["13", "−1"]
    assert not any("." in text for text in texts)
