"""The kernel learner under mouse, touch and keyboard; the same run in Python is the oracle."""

import re

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import KernelLearner
from tests.browser.lab_page import LabHand, pixels

BARS = [[1, 1, 0, 0, 0, 0, 1, 1]] * 6
START = [[1.5, 0.4]]
MAPS = ("Prediction", "Target")


class LearnerHand(LabHand):
    """A mounted learner: what it shows, as numbers."""

    def weights(self, grid="Learned kernel"):
        """The numbers of one of the two kernels, in full."""
        texts = self.root.locator(f'[aria-label^="{grid},"] [role=gridcell]').evaluate_all(
            "cells => cells.map((cell) => cell.title || cell.textContent)"
        )
        return [float(text.replace("−", "-")) for text in texts]

    @property
    def verdict(self):
        """What the run has come to, in full."""
        return self.root.locator(".cnl-in-full p").first.inner_text()

    @property
    def line(self):
        """What the run has come to, in a line that is always in sight."""
        return self.root.locator(".cnl-sum").inner_text().replace("\n", " ")

    @property
    def step(self):
        """How many steps have been taken."""
        return int(self.slider("Steps").input_value())

    def must_show(self, **settings):
        """Compare kernel and error with the same run in Python."""
        settings = {"start": START, "steps": self.step} | settings
        kernel, losses = KernelLearner(BARS, [[1, -1]], **settings).run()
        assert self.weights() == pytest.approx(kernel.flatten().tolist(), rel=1e-5, abs=1e-6)
        error = re.search(r"squared error ([\d.e−]+)\.", self.verdict)[1]
        assert float(error.replace("−", "-")) == pytest.approx(losses[-1], rel=1e-4)


def learner(**settings):
    return KernelLearner(BARS, [[1, -1]], START, **settings)


@pytest.fixture
def open_learner(open_labs):
    return lambda lab=None, **options: LearnerHand(open_labs(lab or learner(), **options))


def test_step_by_step(open_learner):
    lab = open_learner()
    assert lab.weights() == START[0] and lab.weights("Kernel to be found") == [1, -1]
    lab.must_show()
    for _ in range(3):
        lab.button("Step").click()
    assert lab.step == 3
    lab.must_show()
    lab.button("Previous step").click()
    assert lab.step == 2
    lab.must_show()


def test_a_run_plays_to_the_end_and_finds_the_kernel(open_learner):
    lab = open_learner()
    heard = lab.root.locator("div[aria-live]")
    lab.button("Play").click()
    assert heard.get_attribute("aria-live") == "off"  # nobody wants every step read out
    lab.page.wait_for_function("() => document.querySelector('[type=range][max=\"60\"]').value > 3")
    lab.button("Pause").click()
    assert heard.get_attribute("aria-live") == "polite" and "squared error" in heard.inner_text()
    lab.must_show()
    lab.slider("Steps").press("End")
    lab.button("Previous step").click()
    lab.button("Play").click()
    expect(lab.slider("Steps")).to_have_value("60")
    assert lab.button("Play").is_visible()  # it stopped by itself
    assert "The kernel is found." in lab.line
    lab.must_show()


def test_back_to_the_start_keeps_the_weights_it_began_with(open_learner):
    lab = open_learner()
    lab.slider("Steps").press("End")
    lab.button("Reset").click()
    assert (lab.step, lab.weights()) == (0, START[0])


def test_other_first_weights(open_learner):
    lab = open_learner()
    lab.slider("Steps").press("End")
    seen = set()
    for _ in range(4):
        lab.button("Other first weights").click()
        start = lab.weights()
        assert lab.step == 0 and max(map(abs, start)) <= 2
        seen.add(tuple(start))
        lab.slider("Steps").press("ArrowRight")
        lab.must_show(start=[start])
    assert len(seen) > 1


def test_rates_on_both_sides_of_the_limit(open_learner):
    lab = open_learner()
    lab.slider("Steps").press("End")
    rate = lab.slider("Learning rate")
    rate.press("ArrowRight")
    lab.must_show(rate=0.032)
    assert "It grows" not in lab.verdict
    rate.press("ArrowRight")
    lab.must_show(rate=0.034)
    assert "It grows: each step overshoots." in lab.verdict
    rate.press("0")
    lab.must_show(rate=0.03)


def test_a_run_that_diverges_ends_and_says_so(open_learner):
    lab = open_learner()
    lab.slider("Learning rate").press("End")
    lab.slider("Steps").press("End")
    assert lab.step < 20
    lab.must_show(rate=0.1)
    assert "It has run away: every step overshoots" in lab.verdict
    assert "It has run away. Lower the rate." in lab.line
    curve = lab.root.get_by_role("img", name=re.compile("^Squared error by step"))
    assert f"at step {lab.step}." in curve.get_attribute("aria-label")


def test_the_error_that_leaves_the_chart_says_how_far_it_goes(open_learner):
    lab = open_learner(learner(rate=0.1))
    off, last = lab.root.locator(".cnl-off"), f"{learner(rate=0.1).run(60)[1][-1]:.3g}"
    assert off.inner_text().split() == ["▲", last.replace("e+", "e")]  # where it will go
    lab.slider("Steps").press("End")
    assert off.inner_text().split() == ["▲", last.replace("e+", "e")]  # where it is
    assert lab.root.locator(".cnl-graph > .dot").count() == 0
    assert lab.root.get_by_text("Off the plane of weights").count() == 1
    lab.slider("Learning rate").press("Home")
    assert off.count() == 0


def test_the_axes_stay_whatever_the_rate(open_learner):
    lab = open_learner()
    ticks = lab.root.locator(".cnl-graph span:not(.cnl-off *)")
    before = ticks.all_inner_texts()
    assert before == ["10000", "1", "1e−4", "1e−8", "0", "60"]
    for key in ("End", "Home"):
        lab.slider("Learning rate").press(key)
        assert ticks.all_inner_texts() == before


def test_prediction_and_target_are_the_maps_of_both_kernels(open_learner):
    lab = open_learner(learner(steps=0))
    maps = [lab.root.locator(f'canvas[aria-label="{name}, 6 by 7"]') for name in MAPS]
    shown = [pixels(each)[0, :, 3].tolist() for each in maps]  # opacity: 255 is a size of 1
    assert shown[1] == [0, 255, 0, 0, 0, 255, 0]
    assert shown[0] == pytest.approx([255, 255, 0, 0, 0, 102, 255], abs=1)
    lab.slider("Steps").press("End")
    assert pixels(maps[0])[0, :, 3].tolist() == pytest.approx(shown[1], abs=1)


def test_first_weights_are_typed_and_a_wrong_one_is_refused(open_learner):
    lab = open_learner()
    lab.slider("Steps").press("End")
    cell = lab.cell("learned kernel", 0, 1)
    cell.focus()
    lab.page.keyboard.type("-2")
    lab.page.keyboard.press("Enter")
    assert lab.step == 0 and lab.weights()[1] == -2
    cell.focus()
    lab.page.keyboard.type("-x")
    lab.page.keyboard.press("Enter")
    assert "is not a number" in lab.root.locator(".cnl-message").inner_text()
    assert lab.weights()[1] == -2


def test_no_run_begins_with_weights_that_no_link_would_take(open_learner):
    lab = open_learner(learner(rate=0.1))
    lab.slider("Steps").press("End")
    cell = lab.cell("learned kernel", 0, 1)
    shown = lab.weights()
    assert min(map(abs, shown)) > 1e6
    cell.focus()
    lab.page.keyboard.type("2")
    lab.page.keyboard.press("Enter")
    expect(lab.message).to_have_text(
        "The other weights have run away, beyond 1,000,000. Press Reset, then type."
    )
    assert lab.weights() == shown
    link = lab.copied_link()
    lab.button("Reset").click()
    lab.follow(f"#{link.split('#')[1]}")
    assert lab.weights() == shown
    assert "wrong" not in lab.message.get_attribute("class")


def test_a_link_with_weights_that_are_too_large_hears_what_is_wrong_with_them(open_learner):
    lab = open_learner()
    lab.must_refuse(
        {"start": [[2e6, 0]], "rate": 0.03, "steps": 3},
        "its start is not a grid of 1 to 9 by 1 to 9 numbers from −1,000,000 to 1,000,000",
    )


def test_the_kernel_to_be_found_cannot_be_edited(open_learner):
    lab = open_learner()
    cell = lab.cell("kernel to be found", 0, 0)
    cell.click()
    cell.click()
    assert lab.editor.count() == 0 and cell.get_attribute("aria-readonly") == "true"


def test_by_mouse_on_the_slider(open_learner):
    lab = open_learner()
    slider = lab.slider("Steps")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    lab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert lab.step == 30
    lab.must_show()
    slider.dblclick()
    assert lab.step == 0


def test_by_touch(open_learner):
    lab = open_learner(touch=True, is_mobile=True, width=390)
    lab.open(False)
    for _ in range(2):
        lab.button("Step").tap()
    assert "Step 2:" in lab.line
    lab.cell("learned kernel", 0, 0).tap()
    lab.cell("learned kernel", 0, 0).tap()
    lab.editor.fill("0,5")
    lab.button("Reset").tap()
    assert lab.step == 0 and lab.weights()[0] == 0.5
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_code_takes_the_same_steps(open_learner):
    lab = open_learner(learner(steps=7))
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    assert lab.weights() == pytest.approx(scope["w"].detach().flatten().tolist(), rel=1e-4)


def test_the_code_ends_where_the_run_ends(open_learner):
    lab = open_learner(learner(steps=60, rate=0.1))
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    assert lab.weights() == pytest.approx(scope["w"].detach().flatten().tolist(), rel=1e-3)


def test_weights_of_another_shape_are_refused_in_a_link(open_learner):
    lab = open_learner()
    lab.must_refuse(
        {"start": [[1]], "rate": 0.03, "steps": 3}, "its first weights have another shape"
    )
    assert (lab.step, lab.weights()) == (0, START[0])


def test_a_kernel_of_another_size_has_no_plane(open_learner):
    target, begin = torch.eye(3), torch.zeros(3, 3)
    lab = open_learner(KernelLearner(torch.rand(6, 6), target, begin, rate=0.01))
    assert lab.root.locator(".cnl-plane").count() == 0
    assert lab.root.locator(".cnl-graph").count() == 1
    assert lab.weights("Kernel to be found") == target.flatten().tolist()


@pytest.mark.parametrize("home", ["http", "file"])
def test_the_built_chapter(open_page, request, home):
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(f"{base}chapters/cross-correlation.html", offline=home == "file")
    lab = LearnerHand(page, "learner")
    begin = torch.randn(1, 2, generator=torch.Generator().manual_seed(0)).tolist()
    assert lab.weights() == pytest.approx(begin[0], rel=1e-6)
    lab.slider("Steps").press("End")
    lab.must_show(start=begin, rate=0.03)
    for rate, grows in ((0.032, False), (0.034, True)):  # on both sides of the limit, 2/60
        lab.slider("Learning rate").press("ArrowRight")
        lab.must_show(start=begin, rate=rate)
        assert ("It grows" in lab.verdict) == grows
