"""The residual lab under mouse, touch and keyboard; live, with the Python object as its kernel."""

import math
import re

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import ResidualLab
from book_utils.explorables.platform.base import DIST
from tests.browser.lab_page import LabHand, fragment
from tests.unit.test_residual_lab import made_up

RECORD = made_up(depths=(8, 20, 56), trained=(8,))

# anywidget's model, as far as a view knows it, around a Python object at the other end.
LIVE = """async ([source, state]) => {
  const view = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; (listeners[key] ?? []).forEach((tell) => tell()); },
    on: (event, tell) => { (listeners[event.slice(7)] ??= []).push(tell); },
    off: (event, tell) => {
      listeners[event.slice(7)] = listeners[event.slice(7)].filter((other) => other !== tell);
    },
    save_changes: async () => { model.set("measured", await kernel({ ...state })); },
  };
  const place = document.createElement("div");
  place.id = "lab-live";
  document.querySelector("main").append(place);
  view.default.render({ model, el: place });
}"""


class ResidualHand(LabHand):
    """A mounted residual lab."""

    @property
    def said(self):
        """What is written about the picked layer."""
        return self.root.locator(".cnl-sum").inner_text()

    @property
    def spoken(self):
        """What a screen reader is told."""
        return self.root.locator("div[aria-live]").inner_text()

    def switch(self, label):
        """A switch by its name."""
        return self.root.get_by_role("switch", name=label, exact=True)

    def picture(self, start):
        """What the picture whose description starts so says."""
        return self.root.get_by_role("img", name=re.compile(f"^{start}")).get_attribute(
            "aria-label"
        )

    def must_show(self, lab):
        """Compare the words with the settings and numbers of the Python object."""
        i, both = lab.layer - 1, lab.curves(lab.shortcut)
        place, forward, gradient = re.match(
            r"Layer (\d+ of \d+), .*?: signal (\S+), gradient (\S+),", self.said
        ).groups()
        assert place == f"{lab.layer} of {lab.depth}"
        for text, what in ((forward, "forward"), (gradient, "gradient")):
            assert float(text.replace("−", "-")) == pytest.approx(both[what][i], rel=0.01)


@pytest.fixture
def open_lab(open_labs):
    """Open a page with one lab and return a hand on it."""
    return lambda lab, **options: ResidualHand(open_labs(lab, **options), lab.name)


def test_by_keyboard(open_lab):
    lab = ResidualLab(RECORD, depth=20, shortcut=False)
    page = open_lab(lab)
    page.must_show(lab)
    depth, layer = page.slider("Depth"), page.slider("Layer")
    assert depth.get_attribute("aria-valuetext") == "20 layers"
    for key, at in (("End", 20), ("ArrowLeft", 19), ("PageDown", 17), ("0", 1), ("ArrowRight", 2)):
        layer.press(key)
        lab.layer = at
        page.must_show(lab)
    layer.press("End")
    assert "the last layer" in page.said
    depth.press("ArrowLeft")  # to 8: the recorded depths alone, and the layer comes along
    lab.depth, lab.layer = 8, 8
    page.must_show(lab)
    page.switch("shortcuts").press("Space")
    lab.shortcut = True
    page.must_show(lab)
    assert "with shortcuts: signal" in page.said
    assert "Without shortcuts: signal 0.0125" in page.said
    assert "3.16 times 10 to the minus 9" in page.spoken


def test_by_mouse_on_the_charts(open_lab):
    lab = ResidualLab(RECORD, depth=20)
    page = open_lab(lab)
    for chart, at in (("Signal", 6), ("Gradient", 20)):
        box = page.root.get_by_role("img", name=re.compile(f"^{chart}")).bounding_box()
        unit = box["width"] / 340
        x = box["x"] + unit * (46 + (at - 1) / 19 * (340 - 46 - 10))
        page.page.mouse.click(x, box["y"] + box["height"] / 2)
        lab.layer = at
        page.must_show(lab)
        assert page.slider("Layer").input_value() == str(at)
    page.page.mouse.move(box["x"] + 60, box["y"] + 50)  # no button: nothing is picked
    page.must_show(lab)
    page.page.mouse.down()
    page.page.mouse.move(box["x"], box["y"] + 50)  # left of the axis
    page.page.mouse.up()
    lab.layer = 1
    page.must_show(lab)


def test_by_touch_on_a_phone(open_lab):
    lab = ResidualLab(RECORD, depth=20)
    page = open_lab(lab, touch=True, is_mobile=True, width=390)
    chart = page.root.get_by_role("img", name=re.compile("^Gradient"))
    chart.tap()
    assert page.slider("Layer").input_value() == "9"  # (170 − 46) / 284 of the way from 1 to 20
    assert page.root.locator(".cnl-switch").first.bounding_box()["height"] >= 44
    page.switch("shortcuts").tap()
    assert "without shortcuts: signal" in page.said
    page.choose("Weights", "after training")  # recorded at depth 8 alone
    assert page.slider("Depth").get_attribute("aria-valuetext") == "8 layers"
    assert page.said.startswith("Layer 8 of 8")
    message = page.root.locator(".cnl-message").inner_text()
    assert message == "There are no curves of this kind for 20 layers: these are of 8."
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_block_and_the_ways(open_lab):
    page = open_lab(ResidualLab(RECORD, depth=20, layer=7))
    assert "second convolution of block 3 of 9" in page.picture("A block")
    assert page.picture("2").startswith(
        "2^9 = 512 ways through 9 blocks; most of them go through 4"
    )
    heights = page.root.locator(".cnl-paths rect").evaluate_all(
        "bars => bars.map((bar) => Number(bar.getAttribute('height')))"
    )
    counts = [math.comb(9, k) for k in range(10)]
    assert heights == pytest.approx([78 * count / max(counts) for count in counts])
    page.switch("shortcuts").click()
    assert page.picture("One way") == "One way, through all 9 blocks."
    page.slider("Depth").press("End")
    page.switch("shortcuts").click()
    assert "2^27 = 134,217,728 ways" in page.picture("2")
    page.slider("Layer").press("0")
    assert "first convolution of block 3 of 27" not in page.picture("A block")


def test_where_nothing_is_recorded_it_says_so(open_lab):
    lab = ResidualLab(RECORD, depth=20)
    page = open_lab(lab)
    page.choose("Weights", "He’s first weights")
    assert "was recorded" in page.root.locator(".cnl-message").inner_text()
    page.must_show(lab)


def test_a_link_to_a_depth_that_was_not_recorded_is_refused(open_lab):
    asked = {"shortcut": True, "norm": False, "weights": "default", "layer": 9}
    page = open_lab(ResidualLab(RECORD, depth=20), fragment=fragment("lab", asked | {"depth": 14}))
    expect(page.message).to_contain_text("its depth is not one of 8, 20, 56")


def test_with_a_kernel_any_depth_is_measured(open_lab):
    lab = ResidualLab(RECORD, depth=8, name="live")
    page = open_lab(ResidualLab(RECORD, name="other"))
    asked = []

    def kernel(state):
        for name in ("depth", "shortcut", "norm", "weights", "layer"):
            setattr(lab, name, state[name])
        if state["request"] != (asked[-1] if asked else None):
            asked.append(state["request"])
            lab.request = state["request"]
        return lab.measured

    page.page.expose_function("kernel", kernel)
    source = (DIST / "residual.js").read_text(encoding="utf-8")
    page.page.evaluate(LIVE, [source, lab.settings() | {"_schema": lab._schema}])
    live = ResidualHand(page.page, "live")
    live.must_show(lab)
    live.slider("Depth").press("ArrowRight")  # to 14, which no record has
    assert live.said == "PyTorch measures networks of 14 layers …"
    live.root.get_by_text("Measured by PyTorch, just now: one network of each kind.").wait_for()
    assert asked == [{"depth": 14, "norm": False, "weights": "default"}]
    live.slider("Layer").press("End")
    lab.layer = 14
    live.must_show(lab)
    assert torch.isfinite(lab.output["gradient"].log()).all()
    live.slider("Depth").press("End")
    assert live.slider("Depth").get_attribute("aria-valuetext") == "110 layers"
    assert live.picture("2").startswith("2^54 ≈ 1.8e16 ways through 54 blocks")  # fits its place
    live.slider("Depth").press("Home")  # back before the kernel was asked
    assert live.said.startswith("Layer 8 of 8") and len(asked) == 1


@pytest.fixture
def open_chapter(open_page, book_file):
    """Open the built chapter and return a hand on its lab."""

    def open_chapter(**options):
        page = open_page(book_file + "chapters/resnet.html", offline=True, **options)
        return ResidualHand(page, name="residual")

    return open_chapter


def test_the_built_chapter(open_chapter):
    page = open_chapter()
    lab = ResidualLab(depth=32, shortcut=False, layer=16)
    page.must_show(lab)
    page.switch("shortcuts").click()
    page.slider("Depth").press("End")
    page.choose("Weights", "after training")
    page.switch("batch normalisation").click()
    lab.norm, lab.weights, lab.shortcut = True, "trained", True
    lab.depth = int(page.slider("Depth").get_attribute("aria-valuetext").split()[0])
    page.must_show(lab)
    assert "Recorded: the geometric mean of 5 networks of each kind." in page.root.inner_text()


def test_the_built_chapter_on_a_phone(open_chapter):
    page = open_chapter(touch=True, width=390, height=844)
    layer, heights = page.slider("Layer"), set()
    layer.press("Home")
    for _ in range(32):  # however long the words are, curves and sliders stand still on one screen
        heights.add(
            layer.evaluate(
                "one => one.getBoundingClientRect().bottom"
                " - one.closest('.cnl').querySelector('svg').getBoundingClientRect().top"
            )
        )
        layer.press("ArrowRight")
    assert len(heights) == 1 and max(heights) < 844 - 60, "the book's head takes 60"
    page.choose("Weights", "He’s first weights")
    page.switch("shortcuts").tap()
    for _ in range(2):
        layer.press("ArrowLeft")
    assert "0.11 times the last layer’s" in page.said  # not 1/8.8; but 1/12 can be imagined
    page.switch("shortcuts").tap()
    assert "1/12 of the last layer’s" in page.said
    cut_off = page.page.locator("main .output pre, main .katex-display").evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
    )
    assert cut_off == [], "results can be read"
