"""The LeNet lab under mouse, touch and keyboard; PyTorch is the oracle of what it shows."""

import re

import pytest
import torch
from playwright.sync_api import expect
from torch.testing import assert_close

from book_utils.explorables import CorrelationLab, LeNetLab
from book_utils.sphinx_ext import explorables
from tests.browser.conftest import CLIPBOARD
from tests.browser.lab_page import LabHand, pixels, soon, write_page
from tests.browser.test_pages import faults

PICKED = ["features.3", 5, 4, 6]


def number(text):
    return float(text.replace("\N{MINUS SIGN}", "-"))


NO_PICTURE_CHOSEN = "() => !document.querySelector('.cnl-gallery [aria-pressed=true]')"


class LeNetHand(LabHand):
    """A mounted LeNet lab: what it shows, as numbers."""

    def answers(self):
        """The probabilities and scores of the classes, as far as their digits go."""
        cells = {}
        for name in ("dense.5", "softmax"):
            texts = self.root.locator(f'td[data-stage="{name}"]').all_text_contents()
            texts = [text.split("B ")[-1].removesuffix(" %") for text in texts]
            cells[name] = torch.tensor([number(text) for text in texts])
        return cells["dense.5"], cells["softmax"] / 100

    def answer(self, stage, i):
        """The cell of a class in the table of scores and probabilities."""
        return self.root.locator(f'td[data-stage="{stage}"]').nth(i)

    def must_answer(self, scores):
        """Compare what the page says with ten scores of PyTorch."""
        shown, parts = self.answers()
        assert_close(shown, scores, rtol=6e-3, atol=1e-4)  # three digits are shown
        assert_close(parts, scores.softmax(0), rtol=0, atol=6e-4)

    def maps(self, stage):
        """The maps of a stage, to be picked from; the last where A and B are shown."""
        return self.root.locator(f'[data-stage="{stage}"] .cnl-maps').last

    def pick(self, stage, row, column, across, shape, tap=False):
        """Click into a map: its row and column of maps, the place in it as a share of the map."""
        box = self.maps(stage).bounding_box()
        (i, y), (j, x) = row, column
        down, h, w = shape
        y = (i * (h + 1) + y + 0.5) / (down * (h + 1) - 1) * box["height"]
        x = (j * (w + 1) + x + 0.5) / (across * (w + 1) - 1) * box["width"]
        act = self.maps(stage).tap if tap else self.maps(stage).click
        act(position={"x": x, "y": y})

    @property
    def account(self):
        """The picked unit's name and value."""
        name, value = self.root.locator(".cnl-unit-name").inner_text().split(" = ")
        return name, number(value.split(";")[0])

    @property
    def verdict(self):
        """The lines that say what the network takes the pictures for."""
        return self.root.locator(".cnl-verdict p").all_inner_texts()

    @property
    def live_region(self):
        """What a screen reader hears of the picked unit, and of a new picture."""
        return self.root.locator("> div[aria-live]")

    def choose_picture(self, i):
        """Press one of the pictures to choose from."""
        self.root.get_by_role("button", name=f"Picture {i}:").click()


@pytest.fixture
def open_lab(open_labs):
    def open_lab(lab=None, **options):
        return LeNetHand(open_labs(lab or LeNetLab(picked=PICKED), **options), "lenet")

    return open_lab


@pytest.mark.parametrize("network", ["digit_lenet", "lenet"])
def test_pictures_maps_and_answers_are_those_of_pytorch(open_lab, network):
    there = LeNetLab(network)
    lab = open_lab(there)
    assert there.about in lab.root.inner_text()
    for image in (0, 7, 11):
        lab.choose_picture(image)
        there.image = image
        lab.must_answer(there.output)
        says, label = int(there.output.argmax()), there.labels[image]
        (verdict,) = lab.verdict
        assert f"The network says {there.classes[says]}: " in verdict
        wrong = f"It is wrong: this is {there.classes[label]}."
        assert verdict.endswith("It is right." if says == label else wrong)
    # the maps of the second pooling, eight in a row with a gap of one unit, opaque where largest
    drawn = pixels(lab.maps("features.5").locator("canvas"))[..., 3] / 255
    y = there.activations["features.5"]
    for channel in (0, 7, 8, 15):
        top, left = 6 * (channel // 8), 6 * (channel % 8)
        wanted = y[channel] / y.max()
        assert_close(drawn[top : top + 5, left : left + 5], wanted, rtol=0, atol=1 / 255)
    assert lab.root.locator("[data-stage] canvas").count() == 11


def test_a_unit_is_picked_by_mouse_and_its_sum_written_out(open_lab):
    there, lab = LeNetLab(picked=PICKED), open_lab()
    name, value = lab.account
    assert name == "Convolution 2, map 5 [4, 6]"
    assert value == pytest.approx(there.activations["features.3"][5, 4, 6].item(), abs=1e-5)
    expect(lab.live_region).to_contain_text("Convolution 2, map 5 [4, 6] equals")
    # the window in each of the six maps before, and the receptive field further back
    window = lab.maps("features.2").locator(".cnl-seen-by:not(.far)")
    assert window.count() == 6 and lab.maps("input").locator(".cnl-seen-by.far").count() == 1
    sides = window.first.evaluate("el => [el.style.width, el.style.left]")
    assert [float(side.rstrip("%")) for side in sides] == pytest.approx(
        [300 / 83, 600 / 83], rel=1e-4
    )
    field = lab.maps("input").locator(".far").evaluate("el => el.style.width")
    assert float(field.rstrip("%")) == pytest.approx(100 * 8 / 28, rel=1e-4)

    lab.pick("features.3", (1, 2), (6, 9), 8, (2, 11, 11))
    there.picked = ["features.3", 14, 2, 9]
    name, value = lab.account
    assert name == "Convolution 2, map 14 [2, 9]"
    assert value == pytest.approx(there.activations["features.3"][14, 2, 9].item(), abs=1e-5)
    # the partial sums of the channels and the bias, and the products of a channel
    x, kernel = there.activations["features.2"][:, 2:5, 9:12], there.model.features[3].weight[14]
    partial = (x * kernel).sum((1, 2)).tolist() + [there.model.features[3].bias[14].item()]
    rows = lab.root.locator(".cnl-parts tr td:last-child").all_inner_texts()
    assert [number(row) for row in rows] == pytest.approx(partial, rel=6e-3, abs=1e-5)
    lab.button("map 1").click()
    products = lab.root.locator(".cnl-products b").all_inner_texts()
    wanted = (x * kernel)[1].flatten().tolist()
    assert [number(p) for p in products] == pytest.approx(wanted, rel=6e-3, abs=1e-5)

    lab.maps("features.0").scroll_into_view_if_needed()
    box = lab.maps("features.0").bounding_box()  # by dragging, too
    lab.page.mouse.move(box["x"] + 5, box["y"] + 5)
    lab.page.mouse.down()
    assert re.match(r"Convolution 1, map 0 \[\d, \d\]", lab.account[0])
    lab.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 5, steps=3)
    lab.page.mouse.up()
    assert re.match(r"Convolution 1, map 2 \[\d, 2\d\]", lab.account[0])
    caption = lab.root.locator(".cnl-seen figcaption").bounding_box()
    assert caption["width"] > 120  # what the picture shows, not a word a line


def test_every_kind_of_unit_has_its_account(open_lab):
    there, lab = LeNetLab(), open_lab()
    y = there.activations
    lab.pick("features.2", (0, 6), (4, 5), 6, (1, 13, 13))
    assert lab.account == (
        "Max pooling 1, map 4 [6, 5]",
        pytest.approx(y["features.2"][4, 6, 5].item(), abs=1e-5),
    )
    window = y["features.1"][4, 12:14, 10:12]
    rows = lab.root.locator(".cnl-parts tr")
    assert [number(v) for v in rows.locator("td").all_inner_texts()] == pytest.approx(
        window.flatten().tolist(), rel=6e-3
    )
    assert rows.nth(int(window.argmax())).get_attribute("class") == "wins"
    assert lab.maps("features.1").locator(".cnl-seen-by:not(.far)").count() == 1

    lab.maps("dense.1").click(position={"x": 3, "y": 3})
    assert lab.account == ("Dense layer 1, unit 0", pytest.approx(y["dense.1"][0].item(), abs=1e-5))
    terms = there.model.dense[1].weight[0] * y["dense.0"]
    largest = terms.abs().topk(12).indices
    others = terms.sum() - terms[largest].sum()
    shown = [number(v) for v in lab.root.locator(".cnl-parts td:last-child").all_inner_texts()]
    wanted = [*terms[largest].tolist(), others.item(), there.model.dense[1].bias[0].item()]
    assert shown == pytest.approx(wanted, rel=6e-3, abs=1e-4)
    assert "12 largest of 400" in lab.root.locator(".cnl-account").inner_text()
    first = lab.root.locator(".cnl-parts button").first
    channel, rest = divmod(int(largest[0]), 25)
    assert first.inner_text() == f"map {channel} [{rest // 5}, {rest % 5}]"
    first.click()  # leads to that unit, and takes the focus there
    assert lab.account[0] == f"Max pooling 2, map {channel} [{rest // 5}, {rest % 5}]"
    assert "Max pooling 2" in lab.focused()

    lab.maps("dense.2").click(position={"x": 3, "y": 3})
    assert lab.account == ("Bend (ReLU) 3, unit 0", pytest.approx(y["dense.2"][0].item(), abs=1e-5))
    lab.root.get_by_role("button", name="before the bend").click()
    assert lab.account[0] == "Dense layer 1, unit 0"

    lab.answer("softmax", 3).click()
    parts = there.output.softmax(0)
    assert lab.account == ("Probabilities, 3", pytest.approx(parts[3].item(), rel=1e-5))
    expect(lab.live_region).to_contain_text("Probabilities, 3 equals e to the power")


def test_by_keyboard(open_lab):
    lab = open_lab()
    lab.maps("features.3").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "PageDown"):
        lab.page.keyboard.press(key)
    assert lab.account[0] == "Convolution 2, map 6 [5, 6]"
    lab.page.keyboard.press("Shift+ArrowLeft")
    lab.page.keyboard.press("Shift+ArrowLeft")
    assert lab.account[0] == "Convolution 2, map 6 [5, 0]"
    assert "Convolution 2" in lab.focused()
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("ArrowRight")
    assert lab.account[0] == "Bend (ReLU) 2, map 0 [0, 0]"
    for _ in range(6):
        lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Enter")
    assert lab.account[0] == "Scores, 0"
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("ArrowRight")
    assert lab.account[0] == "Probabilities, 1"
    assert lab.answer("softmax", 1).evaluate("cell => cell === document.activeElement")
    before = lab.answers()[1]
    lab.root.get_by_role("application", name="Draw a digit").focus()
    for key in (" ", *["Shift+ArrowDown"] * 3, " "):
        lab.page.keyboard.press(key)
    lab.page.wait_for_function(NO_PICTURE_CHOSEN)

    def answers_have_changed():  # with the stroke, which is drawn a frame later
        assert (lab.answers()[1] - before).abs().max() > 0.01

    soon(answers_have_changed)


def test_by_touch_on_a_phone(open_lab):
    lab = open_lab(touch=True, is_mobile=True, width=390, height=844)
    there = LeNetLab(image=4)
    lab.root.get_by_role("button", name="Picture 4:").tap()
    lab.must_answer(there.output)
    lab.pick("features.4", (0, 3), (2, 4), 8, (2, 11, 11), tap=True)
    assert lab.account[0] == "Bend (ReLU) 2, map 2 [3, 4]"
    after = lab.root.locator('[data-stage="features.4"] + .cnl-account')
    assert after.count() == 1  # the account stands below the layer it is about
    lab.maps("features.5").scroll_into_view_if_needed()
    top = lab.maps("features.5").bounding_box()["y"]
    lab.pick("features.5", (0, 3), (2, 4), 8, (2, 5, 5), tap=True)
    assert lab.account[0] == "Max pooling 2, map 2 [3, 4]"
    # the account above it has gone, and still it lies under the finger
    assert lab.maps("features.5").bounding_box()["y"] == pytest.approx(top, abs=2)
    lab.pick("features.3", (0, 3), (2, 4), 8, (2, 11, 11), tap=True)
    for button in ("One unit right", "One unit down", "Next map"):
        lab.button(button).tap()
    assert lab.account[0] == "Convolution 2, map 3 [4, 5]"
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in (".cnl-parts button", ".cnl-answers tbody tr"):  # as high as a finger needs
        assert min(e.bounding_box()["height"] for e in lab.root.locator(name).all()) >= 44

    pad = lab.root.get_by_role("application", name="Draw a digit")
    lab.button("Clear").tap()
    pad.scroll_into_view_if_needed()
    pad.tap()
    lab.page.wait_for_function(NO_PICTURE_CHOSEN)
    assert "The network says" in lab.verdict[0]


def test_a_drawing_gives_what_pytorch_gives_and_a_link_brings_it_back(open_lab, open_page):
    lab = open_lab()
    lab.button("Clear").click()
    lab.settle()
    pad = lab.root.get_by_role("application", name="Draw a digit").bounding_box()
    lab.page.mouse.move(pad["x"] + 0.3 * pad["width"], pad["y"] + 0.2 * pad["height"])
    lab.page.mouse.down()
    for x, y in ((0.7, 0.2), (0.45, 0.85)):
        target = pad["x"] + x * pad["width"], pad["y"] + y * pad["height"]
        lab.page.mouse.move(*target, steps=8)
    lab.page.mouse.up()
    lab.settle()
    assert lab.verdict[0].startswith("The network says 7")
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    lab.must_answer(scope["scores"][0].detach())

    lab.button("Keep this one as A, to compare").click()
    lab.choose_picture(9)
    lab.maps("dense.3").click(position={"x": 3, "y": 3})
    link = lab.copied_link()
    assert len(link) < 1500
    again = LeNetHand(open_page(link, permissions=CLIPBOARD), "lenet")
    assert again.verdict == lab.verdict and again.verdict[0].startswith("A The network says 7")
    assert again.account == lab.account


def test_two_pictures_are_compared(open_lab):
    lab, a, b = open_lab(), LeNetLab(image=4), LeNetLab(image=9)
    lab.choose_picture(4)
    lab.button("Keep this one as A, to compare").click()
    lab.choose_picture(9)
    lab.must_answer(b.output)
    assert [v[:18] for v in lab.verdict] == ["A The network says", "B The network says"]
    assert lab.root.locator("[data-stage] canvas").count() == 22
    shown = re.findall(r"[AB] (−?[\d.]+)", lab.answer("dense.5", 4).text_content())
    shown = [number(v) for v in shown]
    assert shown == pytest.approx([a.output[4].item(), b.output[4].item()], rel=6e-3)
    old, new = (x.activations["features.3"][5, 4, 6].item() for x in (a, b))
    text = lab.root.locator(".cnl-unit-name").inner_text()
    found = [number(v) for v in re.findall("[=s] (\\S+?)(?:;|$)", text)]
    assert found == pytest.approx([new, old], abs=1e-5)
    expect(lab.live_region).to_contain_text(re.compile(r"^The network says 9, .*; A has"))

    lab.choose("Show", "B − A")
    assert lab.root.locator("[data-stage] canvas").count() == 11
    change = b.activations["features.5"][0] - a.activations["features.5"][0]
    everywhere = (b.activations["features.5"] - a.activations["features.5"]).abs().max()
    drawn = pixels(lab.maps("features.5").locator("canvas"))[:5, :5, 3] / 255
    assert_close(drawn, change.abs() / everywhere, rtol=0, atol=1 / 255)

    lab.button("Swap A and B").click()
    lab.must_answer(a.output)
    lab.button("Stop comparing").click()
    assert len(lab.verdict) == 1


def test_a_layer_named_by_a_ledger_is_shown(open_lab):
    lab = open_lab(height=500, motion="reduce")
    send = """([name, go]) => document.dispatchEvent(new CustomEvent("convnets-live:show-layer",
        { detail: { lab: "lenet", name, go } }))"""
    lab.page.evaluate(send, ["dense.3", True])
    assert lab.account[0].startswith("Dense layer 2, unit")
    box = lab.maps("dense.3").bounding_box()
    assert 0 < box["y"] < 500
    lab.page.evaluate(send, ["dense.0", False])  # flattening shows nothing new
    assert lab.account[0].startswith("Max pooling 2, map")
    lab.page.evaluate(send, ["no such layer", True])
    assert lab.account[0].startswith("Max pooling 2, map")


def test_controls_that_are_not_asked_for_are_hidden(open_lab):
    lab = open_lab(LeNetLab(picked=PICKED, controls=["picked"]))
    assert lab.account[0] == "Convolution 2, map 5 [4, 6]"
    assert lab.verdict[0].startswith("The network says 0")
    assert lab.root.locator(".cnl-gallery, .cnl-pad, .cnl-verdict button").count() == 0


def test_a_bad_link_changes_nothing(open_lab):
    lab = open_lab()
    before = lab.account, lab.verdict
    good = {"input": 3, "kept": None, "picked": PICKED}
    for change, complaint in [
        ({"input": 12}, "its drawing is not 784 bytes"),
        ({"input": "<img src=x>"}, "its drawing is not 784 bytes"),
        ({"input": None}, "its drawing is not 784 bytes"),
        ({"kept": {}}, "its drawing is not 784 bytes"),
        ({"picked": ["features.3", 16, 0, 0]}, "its picked is not one"),
        ({"picked": ["features.3"]}, "its picked is not one"),
        ({"picked": "features.3"}, "its picked is not one"),
        ({"picked": ["__proto__", 0]}, "its picked is not one"),
    ]:
        lab.must_refuse(good | change, complaint)
        assert (lab.account, lab.verdict) == before, change


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_lab, theme):
    there = LeNetLab(image=4, picked=["features.3", 2, 4, 4])
    there.kept = there.images[9]
    lab = open_lab(there, theme=theme, motion="reduce")
    for width in (1280, 390):
        lab.at_width(width)
        assert faults(lab.page) == [], width
        lab.maps("dense.1").focus()
        lab.page.keyboard.press("ArrowRight")
        assert faults(lab.page) == []


@pytest.fixture
def far_lab(tmp_path):
    """The address of a page with a lab far down, its state in a file of its own; and that file."""
    address = write_page(tmp_path, CorrelationLab(), LeNetLab("lenet", name="clothes"))
    page, folder = tmp_path / "labs.html", tmp_path / explorables.STATES
    html = page.read_text().replace("<p>Text", "<p style='height: 4000px'>Text")
    html = html.replace("<main>", '<main class="bd-content">')  # as in the book
    html = explorables.with_states_outside(html, folder, lambda name: f"{folder.name}/{name}")
    page.write_text(html)
    (state,) = folder.iterdir()
    return address, state


def test_a_lab_is_loaded_as_the_reader_comes_near(open_page, watch, far_lab):
    address, state = far_lab
    page, there = open_page(address, permissions=CLIPBOARD), LeNetLab("lenet", image=4)
    first, place = LabHand(page), page.locator("#lab-clothes")
    first.button("Copy as PyTorch").focus()
    page.keyboard.press("Tab")
    while first.focused() is not None:
        page.keyboard.press("Tab")
    place.locator(".cnl-gallery").wait_for()  # the next stop of Tab, however far away
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert place.locator("button:focus").get_attribute("aria-label") == "Picture 0: T-shirt/top"
    lab = LeNetHand(page, "clothes")
    lab.choose_picture(4)
    lab.must_answer(there.output)
    link = lab.copied_link()
    assert watch.requests.count(state.as_uri()) == 1

    page = open_page(link)
    page.wait_for_function("scrollY > 3000")
    LeNetHand(page, "clothes").must_answer(there.output)
    page = open_page(address)
    assert state.as_uri() not in watch.requests[-5:]
    assert page.locator("#lab-clothes").bounding_box()["height"] == 1700  # room for most of it
    page.mouse.wheel(0, 9000)
    LeNetHand(page, "clothes").must_answer(LeNetLab("lenet").output)


def test_a_lab_that_cannot_be_loaded_says_what_to_do(open_page, watch, far_lab):
    address, state = far_lab
    state.unlink()
    page = open_page(address)
    place = page.locator("#lab-clothes")
    assert "could not be loaded" not in place.inner_text()
    with page.context.expect_console_message():
        place.scroll_into_view_if_needed()
    expect(place.get_by_role("status")).to_contain_text(
        "From a disk: the page needs the other files"
    )
    assert place.locator(".cnl-still").is_visible() and LabHand(page).root.is_visible()
    (complaint,) = watch.complaints
    assert "ERR_FILE_NOT_FOUND" in complaint
    watch.complaints.clear()


@pytest.mark.parametrize("home", ["http", "file"])
def test_the_built_chapter(open_page, request, watch, home):
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(f"{base}chapters/lenet.html", offline=home == "file")
    lab, there = LeNetHand(page, "lenet"), LeNetLab(image=8)
    lab.choose_picture(8)
    lab.must_answer(there.output)
    # what is said of the picked unit stays in view beside the maps further down
    lab.maps("dense.3").scroll_into_view_if_needed()
    lab.maps("dense.3").click(position={"x": 3, "y": 3})
    box = lab.root.locator(".cnl-account").bounding_box()
    assert lab.account[0] == "Dense layer 2, unit 0" and 0 < box["y"] < 800

    # the other network is far below, and comes when the ledger or the reader leads there
    assert len([url for url in watch.requests if f"/{explorables.STATES}/" in url]) == 1
    ledger = LabHand(page, "ledger")
    ledger.root.locator("tbody tr").nth(3).click()
    ledger.button("See it in the lab").click()
    clothes, there = LeNetHand(page, "clothes"), LeNetLab("lenet", image=9)
    assert clothes.account[0].startswith("Convolution 2, map")
    clothes.choose_picture(9)
    clothes.must_answer(there.output)
    clothes.maps("features.5").click(position={"x": 3, "y": 3})
    assert clothes.account[0] == "Average pooling 2, map 0 [0, 0]"
    assert lab.account[0] == "Dense layer 2, unit 0"  # each lab for itself
    regions = page.get_by_role("region", name="LeNet lab").all()
    names = [region.get_attribute("aria-label") for region in regions]
    assert names == ["LeNet lab, digits", "LeNet lab, clothes"]
    assert clothes.root.locator(".cnl-pad").count() == 0  # see the chapter
