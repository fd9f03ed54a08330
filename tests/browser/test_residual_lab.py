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

    def chart(self, start):
        """The picture whose description starts so."""
        return self.root.get_by_role("img", name=re.compile(f"^{start}"))

    def picture(self, start):
        """What the picture whose description starts so says."""
        return self.chart(start).get_attribute("aria-label")

    def readings(self, kind):
        """The numbers of a network, "with" or "without", at the picked layer."""
        texts = self.root.locator(f".cnl-reading.cnl-{kind} b").all_inner_texts()
        return [float(text.replace("−", "-")) for text in texts]

    @property
    def on(self):
        """Which network is on, as each chart shows it: the other is faint."""
        lines = self.root.locator(".cnl-plot g")
        return lines.evaluate_all(
            """all => all.filter((each) => getComputedStyle(each).opacity === "1")
                .map((each) => each.classList.contains("cnl-with") ? "with" : "without")"""
        )

    def must_show(self, lab):
        """Compare words and curves with the settings and numbers of the Python object."""
        assert f"at layer {lab.layer} of {lab.depth} is" in self.said
        kind = "with" if lab.shortcut else "without"
        assert self.said.startswith(f"{kind.capitalize()} shortcuts") and self.on == [kind] * 2
        for kind in ("with", "without"):
            curves = lab.curves(kind == "with")
            wanted = [curves[what][lab.layer - 1] for what in ("forward", "gradient")]
            assert self.readings(kind) == pytest.approx(wanted, rel=0.01)


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
    assert "Here it sets out on its way back." in page.said
    depth.press("ArrowLeft")  # to 8: the recorded depths alone, and the layer comes along
    lab.depth, lab.layer = 8, 8
    page.must_show(lab)
    page.switch("shortcuts").press("Space")
    lab.shortcut = True
    page.must_show(lab)
    assert "Without shortcuts: signal 0.0125" in page.spoken
    assert "3.16 times 10 to the minus 9" in page.spoken
    assert "Recorded: the geometric mean of 2 networks of each kind." in page.root.inner_text()


def test_the_axes_stay_whatever_is_switched(open_lab):
    page = open_lab(ResidualLab(depth=20, shortcut=False))
    axes = page.root.locator(".cnl-plot").first

    def ends():
        return axes.evaluate(
            """plot => [
              [...plot.querySelectorAll(".cnl-tick")].map((t) => [t.textContent, t.offsetTop]),
              plot.querySelector(".cnl-layers").textContent,
            ]"""
        )

    before = ends()
    assert before[0][0][0] == "1e−25" and before[1] == "1layer56"
    page.switch("shortcuts").click()
    page.switch("batch normalisation").click()
    assert ends() == before
    for weights in ("He’s initial weights", "after training"):
        page.choose("Weights", weights)
        assert ends() == before
    for key in ("Home", "End"):
        page.slider("Depth").press(key)
        assert ends() == before


def test_each_network_keeps_its_colour_and_its_stroke(open_lab):
    page = open_lab(ResidualLab(RECORD, depth=20, shortcut=False))

    def strokes():
        return page.root.locator(".cnl-plot polyline").evaluate_all(
            """all => all.map((each) => [
              each.parentElement.classList[0], getComputedStyle(each).stroke,
              getComputedStyle(each).strokeDasharray,
            ]).sort()"""
        )

    before = strokes()
    assert len({stroke for _, stroke, _ in before}) == len({dash for *_, dash in before}) == 2
    page.switch("shortcuts").click()
    assert strokes() == before


def test_a_depth_that_no_record_has_is_measured_for_the_page(open_lab):
    lab = ResidualLab(RECORD, depth=14)
    page = open_lab(lab)  # of the built book, where no kernel answers
    page.must_show(lab)
    assert "Measured by PyTorch: one network of each kind." in page.root.inner_text()
    depth = page.slider("Depth")
    for key, at in (("Home", 8), ("ArrowRight", 14), ("ArrowRight", 20), ("End", 56)):
        depth.press(key)
        assert depth.get_attribute("aria-valuetext") == f"{at} layers"
    page.switch("batch normalisation").click()
    assert page.message.inner_text() == "No networks of this kind were recorded."


def test_by_mouse_on_the_charts(open_lab):
    lab = ResidualLab(RECORD, depth=20)
    page = open_lab(lab)
    for chart, at in (("Signal", 6), ("Gradient", 20)):
        box = page.chart(chart).locator("svg").bounding_box()
        x = box["x"] + (at - 1) / 55 * box["width"]  # the deepest network has 56 layers
        page.page.mouse.click(x, box["y"] + box["height"] / 2)
        lab.layer = at
        page.must_show(lab)
        assert page.slider("Layer").input_value() == str(at)
    page.page.mouse.move(box["x"] + 60, box["y"] + 50)  # no button: nothing is picked
    page.must_show(lab)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] - 20, box["y"] + 50)  # left of the axis
    page.page.mouse.up()
    lab.layer = 1
    page.must_show(lab)


def test_by_touch_on_a_phone(open_lab):
    lab = ResidualLab(RECORD, depth=20)
    page = open_lab(lab, touch=True, is_mobile=True, width=390, height=844)
    page.open(False)
    width = page.chart("Gradient").locator("svg").bounding_box()["width"]
    page.chart("Gradient").locator("svg").tap(position={"x": 10 / 55 * width, "y": 40})
    assert page.slider("Layer").input_value() == "11"
    assert page.root.locator(".cnl-switch").first.bounding_box()["height"] >= 44
    page.switch("shortcuts").tap()
    assert page.on == ["without"] * 2
    page.open()
    page.choose("Weights", "after training")  # recorded at depth 8 alone
    assert page.slider("Depth").get_attribute("aria-valuetext") == "8 layers"
    assert "layer 8 of 8" in page.said
    message = page.root.locator(".cnl-message").inner_text()
    assert message == "There are no curves of this kind for 20 layers: these are of 8."
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_block_and_the_paths(open_lab):
    page = open_lab(ResidualLab(RECORD, depth=20, layer=7))
    assert "second convolution of block 3 of 9" in page.picture("A block")
    assert page.picture("2") == "2^9 = 512 paths through 9 blocks; most go through 4 or 5."
    heights = page.root.locator(".cnl-paths rect").evaluate_all(
        "bars => bars.map((bar) => Number(bar.getAttribute('height')))"
    )
    counts = [math.comb(9, k) for k in range(10)]
    assert heights == pytest.approx([78 * count / max(counts) for count in counts])
    page.switch("shortcuts").click()
    assert page.picture("One path") == "One path, through all 9 blocks."
    page.slider("Depth").press("End")
    page.switch("shortcuts").click()
    assert "2^27 = 134,217,728 paths" in page.picture("2")
    page.slider("Layer").press("0")
    assert "first convolution of block 3 of 27" not in page.picture("A block")


def test_where_nothing_is_recorded_it_says_so(open_lab):
    lab = ResidualLab(RECORD, depth=20)
    page = open_lab(lab)
    page.choose("Weights", "He’s initial weights")
    assert "were recorded" in page.root.locator(".cnl-message").inner_text()
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
    page.page.evaluate(LIVE, [source, lab.settings() | {"_schema": lab._schema, "_kind": lab.view}])
    live = ResidualHand(page.page, "live")
    live.must_show(lab)
    live.slider("Depth").press("ArrowRight")  # to 14, which no record has
    assert live.said == "PyTorch measures networks of 14 layers …"
    measured = "Measured by PyTorch: one network of each kind."
    live.root.get_by_text(measured, exact=True).wait_for()
    assert asked == [{"depth": 14, "norm": False, "weights": "default"}]
    live.slider("Layer").press("End")
    lab.layer = 14
    live.must_show(lab)
    assert torch.isfinite(lab.output["gradient"].log()).all()
    live.slider("Depth").press("End")
    assert live.slider("Depth").get_attribute("aria-valuetext") == "110 layers"
    assert live.picture("2").startswith("2^54 ≈ 1.8e16 paths through 54 blocks")
    live.slider("Depth").press("Home")  # back before the kernel was asked
    assert "layer 8 of 8" in live.said and len(asked) == 1


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
    page.open(False)
    layer = page.slider("Layer")
    top = page.root.locator(".cnl-plot").first.bounding_box()["y"]
    foot = layer.bounding_box()
    assert foot["y"] + foot["height"] - top < 844 - 60, "the book's head takes 60"
    page.open()
    page.choose("Weights", "He’s initial weights")
    page.open(False)
    page.switch("shortcuts").tap()
    for key in ("End", "ArrowLeft", "ArrowLeft"):
        layer.press(key)
    assert "0.11 times the last layer’s" in page.said  # not 1/8.8; but 1/12 can be imagined
    page.switch("shortcuts").tap()
    assert "1/12 of the last layer’s" in page.said
    cut_off = page.page.locator("main .output pre, main .katex-display").evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
    )
    assert cut_off == [], "results can be read"
