"""The drawing of two devices: its numbers are those of gradient descent, and it fits a phone."""

import re

import pytest
from bs4 import BeautifulSoup

from book_utils import drawn_parallel
from book_utils.numbers import short

EXAMPLES = [(1, 2), (2, 1), (3, 2), (2, 0)]


def drawn(w, examples, rate):
    picture = drawn_parallel.two_devices(w, examples, rate)
    soup = BeautifulSoup(picture.html(), "html.parser")
    return picture, soup, [text.get_text() for text in soup.select("text")]


@pytest.mark.parametrize("examples", [EXAMPLES, EXAMPLES[:2], [*EXAMPLES, (1, -1), (-2, 1)]])
def test_both_devices_take_the_step_of_one_with_the_whole_batch(examples):
    w, rate = 0.5, 0.25
    slopes = [2 * x * (w * x - y) for x, y in examples]
    mean = sum(slopes) / len(slopes)
    picture, soup, words = drawn(w, examples, rate)
    ends = [text for text in words if text.startswith("w = 0.5 −")]
    assert len(ends) == 2 and all(end.endswith(f"= {short(w - rate * mean)}") for end in ends)
    assert any(text.endswith(f"/ 2 = {short(mean)}") for text in words)
    assert soup.b.get_text() == short(mean)
    for device in (0, 1):
        own = slopes[device::2]
        assert f"gradients {', '.join(map(short, own))}" in words
        assert f"device {device} has the gradients {', '.join(map(short, own))}" in picture.alt
        assert short(sum(own) / len(own)) in words
    assert f"step to w = {short(w - rate * mean)}" in picture.alt


def test_the_drawing_follows_the_page_and_fits_a_phone():
    picture, soup, _ = drawn(1, EXAMPLES, 0.1)
    assert soup.find(role="img")["aria-label"] == picture.alt
    assert "currentColor" in str(soup) and "var(--cnl-accent" in str(soup)
    (svg,) = soup.select("svg")
    width = float(re.search(r"(?:^|[; ])width: ([\d.]+)px", svg["style"])[1])
    scale = min(width, 358) / float(svg["viewbox"].split()[2])
    assert min(scale * float(text["font-size"]) for text in svg.select("text")) >= 11.9
