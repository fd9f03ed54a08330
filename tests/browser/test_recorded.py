"""The recorded slider on a page: it shows the picture that was recorded for what is chosen."""

import pytest
from matplotlib import pyplot as plt

from book_utils.explorables import RecordedSlider
from book_utils.explorables.recorded.lab import RECORD
from tests.browser.lab_page import LabHand


def draw(width, shape):
    figure, ax = plt.subplots(figsize=(width, 1))
    ax.plot([0, 1], [0, 1] if shape == "up" else [1, 0])
    return figure


def say(width, shape):
    return f"a line {width} wide that goes {shape}"


@pytest.fixture
def recorded(monkeypatch):
    monkeypatch.setenv(RECORD, "1")
    return RecordedSlider(draw, say, name="lines", width=[2, 3, 4], shape=["up", "down"])


def seen(root):
    picture = root.locator(".cnl-frame-picture")
    return picture.get_attribute("src"), picture.get_attribute("alt")


def test_each_move_shows_its_picture_and_says_what_is_to_be_seen(open_labs, recorded):
    page = open_labs(recorded)
    root = LabHand(page, "lines").root
    slider = root.get_by_role("slider", name="width")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert seen(root) == tuple(recorded.frames["1,0"][part] for part in ("src", "alt"))
    root.get_by_role("slider", name="shape").focus()
    page.keyboard.press("ArrowRight")
    assert seen(root) == tuple(recorded.frames["1,1"][part] for part in ("src", "alt"))
    assert root.get_by_role("status").first.inner_text() == "a line 3 wide that goes down"
    slider.focus()
    page.keyboard.press("0")
    assert seen(root)[1] == "a line 2 wide that goes down"


def test_a_value_is_shown_and_spoken_by_its_name_not_its_number(open_labs, recorded):
    root = LabHand(open_labs(recorded), "lines").root
    slider = root.get_by_role("slider", name="shape")
    assert slider.get_attribute("aria-valuetext") == "up"
    assert root.locator("output:not([aria-live=off])").count() == 0, "no value is said twice"
    assert root.locator("output").last.inner_text() == "up"


def test_a_link_carries_the_places_of_the_sliders(open_labs, recorded):
    lab = LabHand(open_labs(recorded), "lines")
    lab.slider("width").press("End")
    link = lab.copied_link()
    lab.slider("width").press("Home")
    assert seen(lab.root)[1] == "a line 2 wide that goes up"
    lab.follow("#" + link.split("#")[1])
    assert seen(lab.root)[1] == "a line 4 wide that goes up"
    assert lab.button("Copy as PyTorch").count() == 0  # the function is the reader's own


def test_sliders_beyond_the_fourth_are_under_more_settings(open_labs, monkeypatch):
    monkeypatch.setenv(RECORD, "1")

    def lines(**slopes):
        figure, ax = plt.subplots(figsize=(1, 1))
        ax.plot(list(slopes.values()))
        return figure

    lab = RecordedSlider(
        lines, lambda **w: f"{w}", name="many", **{f"w{i}": [0, 1] for i in range(6)}
    )
    page = LabHand(open_labs(lab), "many", is_open=False)
    sliders = page.root.get_by_role("slider")
    assert sliders.count() == 4
    page.open()
    assert [each.get_attribute("aria-valuetext") for each in sliders.all()] == ["0"] * 6
    page.slider("w5").press("End")
    assert (
        page.root.locator(".cnl-frame-picture").get_attribute("src")
        == (lab.frames["0,0,0,0,0,1"]["src"])
    )


def test_by_touch_on_a_phone(open_labs, recorded):
    page = open_labs(recorded, touch=True, width=390)
    root = LabHand(page, "lines", is_open=False).root
    box = root.get_by_role("slider", name="width").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 6, box["y"] + box["height"] / 2)
    assert seen(root)[1] == "a line 4 wide that goes up"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("where", ["http", "file"])
def test_the_built_chapter_loads_frames_from_files_as_they_are_looked_at(
    where, open_page, watch, request
):
    base = request.getfixturevalue(f"book_{where}")
    page = open_page(f"{base}chapters/cross-correlation.html", offline=where == "file")
    assert not any("_images/" in url and url.endswith(".svg") for url in watch.requests)
    root = LabHand(page, "field").root
    root.get_by_role("slider", name="layers").focus()
    page.keyboard.press("End")
    picture = root.locator(".cnl-frame-picture")
    assert "Layers: 4, kernel 2×2: one output sees 5×5" in picture.get_attribute("alt")
    page.wait_for_function("p => p.complete && p.naturalWidth > 0", arg=picture.element_handle())
    loaded = {url for url in watch.requests if "_images/" in url}
    assert 0 < len({url for url in loaded if url.endswith(".svg")}) < 12
