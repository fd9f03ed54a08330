"""The recorded slider: live it calls the function, in the book it replays."""

import base64

import pytest
from matplotlib import pyplot as plt
from traitlets import TraitError

from book_utils import sphinx_ext
from book_utils.explorables import RecordedSlider
from book_utils.explorables.recorded.lab import RECORD
from book_utils.sphinx_ext import pictures

CALLS = []


def draw(kernel, blurred):
    CALLS.append((kernel, blurred))
    figure, ax = plt.subplots(figsize=(2, 1))
    ax.plot([0, kernel], label=str(blurred))
    return figure


def say(kernel, blurred):
    return f"a line to {kernel}, {'blurred' if blurred else 'sharp'}"


@pytest.fixture
def slider():
    CALLS.clear()
    return RecordedSlider(draw, say, name="line", kernel=[1, 3, 5], blurred=[False, True])


def test_live_it_calls_the_function_for_what_is_chosen_and_nothing_else(slider):
    assert CALLS == [(1, False)]
    before = slider.frame
    slider.at = [2, 1]
    assert CALLS == [(1, False), (5, True)]
    assert slider.settings_now == {"kernel": 5, "blurred": True}
    assert slider.caption == "a line to 5, blurred" and slider.frame != before


def test_outside_a_build_the_page_holds_the_present_picture_only(slider, monkeypatch):
    monkeypatch.delenv(RECORD, raising=False)
    assert slider.static_html().count("data:image") == 2  # the state's, and the still one
    assert slider.frames == {}


def test_a_build_records_every_combination_with_its_words(slider, monkeypatch):
    monkeypatch.setenv(RECORD, "1")
    slider.static_html()
    assert set(slider.frames) == {f"{i},{j}" for i in range(3) for j in range(2)}
    assert slider.frames["1,1"]["alt"] == "a line to 3, blurred"
    assert base64.b64decode(slider.frames["0,0"]["src"].split(",")[1])[:5] == b"<?xml"


def test_recorded_frames_become_files_that_the_page_names(slider, monkeypatch, tmp_path):
    monkeypatch.setenv(RECORD, "1")
    html = pictures.named(slider.static_html(), tmp_path, lambda name: f"../_images/{name}")
    files = {path.name for path in tmp_path.iterdir()}
    assert len(files) == len({frame["src"] for frame in slider.frames.values()})
    assert all(f'"src":"../_images/{name}"' in html for name in files)
    assert '<img class="cnl-frame-picture" loading="lazy" src="../_images/' in html


def test_the_build_sets_what_the_slider_looks_at():
    assert sphinx_ext.RECORD == RECORD


def test_pictures_that_a_lab_reads_stay_in_the_page(tmp_path):
    html = '{"photo":"data:image/png;base64,AAAA"}'
    assert pictures.named(html, tmp_path, str) == html and not list(tmp_path.iterdir())


def marks(size, count):
    figure, ax = plt.subplots(figsize=size)
    ax.set_position([0, 0, 1, 1])
    ax.plot(range(count), [i * 7919 % 997 for i in range(count)], ".")
    return figure


@pytest.mark.parametrize("count", [2, 9_000], ids=["svg", "png"])
@pytest.mark.parametrize(
    ("size", "desktop", "phone"),
    [
        ((2, 1), 184 + 96 * 1.5, 192 + 44 + 96 * 1.5),  # at one and a half of its size
        (
            (8, 5),
            184 + 440,
            192 + 44 + 366 / 1.6,
        ),  # as high as a desktop lets it, as wide as a phone
        ((30, 3), 184 + 93.2, 192 + 44 + 36.6),
    ],
)
def test_the_stage_is_as_high_as_the_picture_needs(size, desktop, phone, count):
    lab = RecordedSlider(lambda n: marks(size, n), lambda n: f"{n} dots", n=[count])
    assert lab.frame.startswith("data:image/png" if count > 2 else "data:image/svg")
    assert lab.room == pytest.approx((desktop, phone), abs=1)
    assert lab._room == {"room": lab.room[0], "room-phone": lab.room[1]}


@pytest.mark.parametrize("at", [[3, 0], [0], [0, -1], [0, True], [0, 0.5], ["0", 0]])
def test_a_choice_that_is_not_there_is_refused_and_the_old_one_kept(slider, at):
    with pytest.raises(TraitError, match="kernel from 0 to 2, blurred from 0 to 1"):
        slider.at = at
    assert slider.at == [0, 0]


@pytest.mark.parametrize(
    "settings", [{}, {"a": []}, {"a": range(65)}, {"a": range(9), "b": range(8)}]
)
def test_too_few_or_too_many_combinations_are_refused(settings):
    with pytest.raises(ValueError, match="combinations; allowed: one setting or more"):
        RecordedSlider(lambda **s: plt.figure(), lambda **s: "", **settings)
