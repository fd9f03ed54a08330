"""Figures as inline SVG: they follow the page's colours, have names, and keep to themselves."""

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from PIL import Image

from book_utils import plot
from book_utils.models import LeNet
from book_utils.shapes import layer_table


def curve(alt="a line that falls"):
    with plot.style():
        fig, ax = plot.plt.subplots()
        ax.plot([3, 2, 1], "o-", label="loss")
        ax.legend()
    return plot.show(fig, alt)


def elements(picture):
    return list(ElementTree.fromstring(picture.html()).iter())


def soup(picture):
    return BeautifulSoup(picture.html(), "html.parser")


def pixels(src):
    data = base64.b64decode(src.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data))).astype(int)


def test_a_picture_is_named_and_safe():
    picture = curve('x < y & "z" </svg><script>alert(1)</script>')
    assert "<script" not in picture.html()
    root = elements(picture)[0]
    assert (root.tag, root.get("role")) == ("svg", "img")
    assert root.get("aria-label") == picture.alt
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert picture.alt in bundle["text/plain"]


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_picture_without_words_is_refused(alt):
    with pytest.raises(ValueError, match="alternative text"):
        curve(alt)


def test_text_and_axes_follow_the_page():
    page = curve().html()
    assert "currentColor" in page
    assert "var(--cnl-accent" in page
    assert plot.INK not in page
    colours = set(re.findall(r"(?:fill|stroke): (#\w+)", page))
    assert colours == set(), "every colour of a plain curve comes from the page"


def test_nothing_leaks_into_the_page():
    found = {element.tag for element in elements(curve())}
    assert not found & {"style", "script", "metadata"}
    assert "<?xml" not in curve().html()


def test_ids_are_used_and_differ_between_pictures():
    def ids(picture):
        return {e.get("id") for e in elements(picture) if e.get("id")}

    one, other = curve("one"), curve("other")
    assert ids(one)
    assert not ids(one) & ids(other)
    page = one.html()
    used = set(re.findall(r'href="#([^"]+)"', page)) | set(re.findall(r"url\(#([^)]+)\)", page))
    assert used == ids(one)


def test_the_same_picture_is_the_same_text():
    assert curve().html() == curve().html()


def test_text_stays_text():
    texts = [e.text for e in elements(curve()) if e.tag == "text"]
    assert "loss" in texts


def test_text_carries_nothing_idle():
    with plot.style():
        fig, ax = plot.plt.subplots()
        ax.set(xlabel="across", ylabel="down")
    picture = plot.show(fig, "empty axes")
    assert "font-family" not in picture.html(), "it is the page's own"
    turned = [e.text for e in elements(picture) if e.tag == "text" and e.get("transform")]
    assert turned == ["down"]


def test_a_logarithmic_axis_counts_in_plain_numbers():
    with plot.style():
        fig, ax = plot.plt.subplots()
        ax.set(yscale="log", ylim=(0.005, 20), xticks=[])
    words = {"".join(e.itertext()) for e in elements(plot.show(fig, "x")) if e.tag == "text"}
    assert words == {"0.01", "0.1", "1", "10"}, "an exponent would be too small on a phone"


def test_show_closes_the_figure():
    before = plot.plt.get_fignums()
    curve()
    assert plot.plt.get_fignums() == before


def test_a_picture_with_very_many_marks_becomes_a_png():
    with plot.style():
        fig, ax = plot.plt.subplots()
        ax.plot(np.random.default_rng(0).random(30_000), "o")
    page = plot.show(fig, 'dots "everywhere"').html()
    assert page.startswith("<img")
    assert 'alt="dots &quot;everywhere&quot;"' in page
    assert "data:image/png;base64," in page


@pytest.mark.parametrize("shape", [(4, 7, 5), (4, 1, 7, 5), (4, 3, 7, 5)])
def test_images_of_every_layout(shape):
    images = torch.rand(shape)
    found = soup(plot.show_images(images, ["a", "b\nc", "<d>", ""], columns=3, alt="noise"))
    assert (found.div["role"], found.div["aria-label"]) == ("img", "noise")
    titles = [part.get_text("/") for part in found.div.find_all("div", recursive=False)]
    assert titles == ["a", "b/c", "<d>", ""]
    assert [img["alt"] for img in found.find_all("img")] == ["a", "b\nc", "<d>", "noise"]
    for img, image in zip(found.find_all("img"), images, strict=True):
        shown = pixels(img["src"])
        expected = image.reshape(-1, 7, 5).permute(1, 2, 0).squeeze(2)
        assert shown.shape == expected.shape
        assert abs(shown - 255 * expected.numpy()).max() <= 0.51


def test_signed_maps_have_one_scale_and_a_legend():
    maps = torch.tensor([[[-2.0, 0.0]], [[1.0, 2.0]]])
    found = soup(plot.show_images(maps, signed=True, alt="maps"))
    (blue, grey), (pale, orange) = (pixels(img["src"])[0] for img in found.find_all("img"))
    ends = plot.SIGNED([0, 0.5, 0.75, 1.0], bytes=True)[:, :3]
    assert np.abs([blue, grey, pale, orange] - ends.astype(int)).max() <= 2
    assert found.div.find_all("div", recursive=False)[-1].get_text() == "−22"
    assert found.get_text() == "−22", "the legend alone has words"


@pytest.mark.parametrize(
    ("images", "titles", "message"),
    [
        (torch.rand(2, 4, 5, 5), None, r"shape \(4, 5, 5\)"),
        (torch.rand(2, 5), None, r"shape \(5,\)"),
        (torch.rand(2, 5, 5), ["one"], "2 images but 1 title"),
        ([], None, "no images"),
    ],
)
def test_images_that_cannot_be_shown(images, titles, message):
    with pytest.raises(ValueError, match=message):
        plot.show_images(images, titles, alt="x")


def cell_texts(matrix, **options):
    found = elements(plot.heatmap(matrix, alt="x", **options))
    return [e.text for e in found if e.tag == "text"]


def test_heatmap_writes_every_number():
    assert cell_texts([[1, -2], [3, 40]]) == ["1", "−2", "3", "40"]
    assert cell_texts([[0.5, 0.25]]) == ["0.500", "0.250"]
    assert cell_texts(torch.zeros(1, 2)) == ["0", "0"]
    assert cell_texts([[1]], rows=["r"], columns=["c"]) == ["c", "r", "1"]
    assert cell_texts([[1.0]], numbers=False) == []


@pytest.mark.parametrize(
    ("matrix", "options", "message"),
    [
        (torch.zeros(3), {}, r"not shape \(3,\)"),
        (torch.zeros(2, 2), {"rows": ["one"]}, "2 rows but 1 label"),
        (torch.zeros(2, 2), {"columns": "abc"}, "2 columns but 3 label"),
    ],
)
def test_heatmap_refuses(matrix, options, message):
    with pytest.raises(ValueError, match=message):
        plot.heatmap(matrix, alt="x", **options)


def contrast(a, b):
    light, dark = sorted((plot.luminance(a), plot.luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [plot.SIGNED, plot.ONE_HUE])
def test_numbers_are_legible_on_every_cell(colours):
    for t in np.linspace(0, 1, 101):
        rgb = colours(t)[:3]
        ink = (1, 1, 1) if plot.luminance(rgb) < 0.18 else (0, 0, 0)
        assert contrast(rgb, ink) >= 4.5


def test_colour_scales_are_perceptually_even():
    def lightness(colour):
        return 116 * plot.luminance(colour[:3]) ** (1 / 3) - 16

    one = np.diff([lightness(plot.ONE_HUE(t)) for t in np.linspace(0, 1, 11)])
    assert one.max() < 0
    assert one.min() / one.max() < 2
    signed = np.array([lightness(plot.SIGNED(t)) for t in np.linspace(0, 1, 11)])
    assert abs(signed - signed[::-1]).max() < 3, "plus and minus weigh the same"


def test_architecture_draws_what_the_table_says():
    picture = plot.architecture(layer_table(LeNet(), (1, 28, 28)))
    stages = soup(picture).div.find_all("div", recursive=False)
    pooled, dense = ["Conv2d", "AvgPool2d"], ["Linear"] * 3
    assert [stage.contents[0] for stage in stages] == ["input", *2 * pooled, "Flatten", *dense]
    shapes = ["1×28×28", "6×28×28", "6×14×14", "16×10×10", "16×5×5", "400", "120", "84", "10"]
    assert [stage.contents[-1] for stage in stages] == shapes
    assert [len(stage.find_all("rect")) for stage in stages] == [1, 6, 6, 8, 8, 1, 1, 1, 1]
    assert all(shape in picture.alt for shape in shapes)
