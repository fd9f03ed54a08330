"""The layer ledger under mouse, touch and keyboard; `layer_table` is the oracle."""

import pytest
from torch import nn

from book_utils.explorables import LayerLedger, LeNetLab
from book_utils.models import DigitLeNet, LeNet
from tests.browser.lab_page import LabHand
from tests.browser.page_checks import faults

HEARD = """() => {
  globalThis.heard = [];
  document.addEventListener("convnets-live:show-layer", ({ detail }) => heard.push(detail));
}"""


class LedgerHand(LabHand):
    """A mounted ledger: what it shows, as numbers and lines."""

    def row(self, i):
        """The row of a layer, counted from 0."""
        return self.root.locator("tbody tr").nth(i)

    def cells(self, i, part="tbody"):
        """What a row shows, without what is hidden at this width."""
        row = self.root.locator(f"{part} tr").nth(i)
        cells = row.locator("th, td").filter(visible=True)
        return [" ".join(text.split()) for text in cells.all_inner_texts()]

    @property
    def picked(self):
        """The picked row."""
        rows = self.root.locator("tbody tr")
        marks = rows.evaluate_all("rows => rows.map((row) => row.ariaSelected === 'true')")
        assert marks.count(True) == 1
        stops = rows.evaluate_all("rows => rows.map((row) => row.tabIndex === 0)")
        assert stops == marks
        return marks.index(True)

    def heard(self, count):
        """The messages to the lab, when this many have come (see HEARD)."""
        self.page.wait_for_function("count => heard.length >= count", arg=count)
        self.settle()  # none may follow
        return self.page.evaluate("heard")

    @property
    def said(self):
        """How the number that was asked for is worked out."""
        return self.root.locator(".cnl-sum").inner_text()

    def worked(self):
        """The arithmetic of the picked row, by name, as *More settings* has it."""
        self.open()
        box = self.root.locator(".cnl-worked")
        names, sums = (box.locator(tag).all_inner_texts() for tag in ("dt", "dd"))
        self.open(False)
        return dict(zip(names, sums, strict=True))

    def sticks(self):
        """Whether head and foot are at the ends of the stage, and the picked row between them."""
        return self.root.locator(".cnl-ledger-box").evaluate(
            """box => {
              const end = (part) => box.querySelector(part).getBoundingClientRect();
              const all = box.getBoundingClientRect();
              const [head, foot] = [end("thead th"), end("tfoot th")];
              const row = end("tbody tr[aria-selected=true]");
              return Math.abs(head.top - all.top) < 2 && Math.abs(foot.bottom - all.bottom) < 2
                && row.top >= head.bottom - 2 && row.bottom <= foot.top + 2;
            }"""
        )


def ledger(**settings):
    return LayerLedger(LeNet(), (1, 28, 28), target="lenet", **settings)


@pytest.fixture
def open_ledger(open_labs):
    def open_ledger(lab=None, **options):
        lab = lab or ledger()
        return LedgerHand(open_labs(lab, **options), lab.name, is_open=False)

    return open_ledger


def test_the_table_and_a_pick_by_mouse(open_ledger):
    lab = open_ledger()
    table = ledger().output
    for i, row in enumerate(table):
        shown = lab.cells(i)
        assert shown[0] == " ".join(f"{row.kind} {row.setting} {row.name}".split())
        assert shown[1] == "×".join(map(str, row.output_shape))
        assert shown[2:4] == [f"{row.parameters:,}", f"{row.multiply_adds:,}"]
        field = row.receptive_field
        assert shown[5] == ("–" if field is None else str(field[0]))
    assert lab.cells(0, "tfoot")[2:5] == ["61,706", "416,520", "58.4 kB"]
    lengths = lab.root.locator("tbody td:nth-child(3) .cnl-amount").evaluate_all(
        "bars => bars.map((bar) => parseFloat(bar.style.width))"
    )
    assert lengths == pytest.approx([100 * row.parameters / 48_120 for row in table], rel=1e-4)
    lab.page.evaluate(HEARD)
    lab.row(3).locator("td").nth(1).click()
    assert lab.picked == 3
    assert lab.said == "Parameters of features.3: 16·6·5·5 + 16 = 2,416"
    assert lab.worked() == {
        "Output": "16 kernels, 16 channels; height and width ⌊(14 − 5) / 1⌋ + 1 = 10",
        "Parameters": "16·6·5·5 + 16 = 2,416",
        "Multiply-adds": "16·10·10 outputs × 6·5·5 each = 1,600 × 150 = 240,000",
        "Memory": "16·10·10·4 bytes = 6,400 bytes = 6.4 kB",
        "Receptive field": "r = 6 + (5 − 1)·2 = 14, j = 2·1 = 2",
    }
    spoken = lab.root.locator("[aria-live=polite]").inner_text()
    assert spoken == (
        "Conv2d features.3, Parameters: 16 times 6 times 5 times 5 plus 16 equals 2,416."
    )
    message = {"lab": "lenet", "row": 3, "name": "features.3", "label": "Conv2d", "go": False}
    assert lab.heard(1) == [message]
    lab.row(3).locator("td").nth(1).click()  # shows it again, if the lab has gone on since
    lab.button("See it in the lab").click()
    assert lab.heard(3) == [message, message, message | {"go": True}]


def test_each_number_of_a_row_says_how_it_is_worked_out(open_ledger):
    lab = open_ledger(ledger(batch=2))
    sums = {
        0: "Output of features.3: 16 kernels, 16 channels; "
        "height and width ⌊(14 − 5) / 1⌋ + 1 = 10 → 16×10×10",
        1: "Parameters of features.3: 16·6·5·5 + 16 = 2,416",
        2: "Multiply-adds for each example of features.3: "
        "16·10·10 outputs × 6·5·5 each = 1,600 × 150 = 240,000",
        3: "Memory of features.3: 2 examples × 16·10·10·4 bytes = 12,800 bytes = 12.8 kB",
        4: "Receptive field of features.3: r = 6 + (5 − 1)·2 = 14, j = 2·1 = 2 → 14×14",
    }
    for i, said in sums.items():
        lab.row(3).locator("td").nth(i).click()
        assert lab.said == said
        marked = lab.root.locator("td.cnl-asked").all_inner_texts()
        assert marked[0] == lab.row(3).locator("td").nth(i).inner_text()
    assert lab.said.endswith(lab.cells(3)[5] + "×14")
    lab.row(4).locator("td").nth(1).click()
    assert lab.said == "Parameters of features.4: nothing is learned → 0"
    lab.row(7).locator("td").nth(4).click()
    assert lab.said == (
        "Receptive field of dense.1: the whole input: each number depends on all of it"
    )


def test_forty_rows_scroll_between_head_and_foot(open_ledger):
    layers = [nn.Linear(3, 3) for _ in range(40)]
    lab = open_ledger(LayerLedger(nn.Sequential(*layers), (3,), name="ledger", picked=30))
    assert lab.root.bounding_box()["height"] == 704
    assert lab.sticks()  # and the row that a page or a link picks is in sight
    assert lab.said == "Parameters of layer 30: 3·3 + 3 = 12"
    lab.open()  # the table is narrower, its rows are higher
    assert lab.sticks()
    lab.open(False)
    lab.row(30).focus()
    for key in ("End", "Home", *["ArrowDown"] * 20, *["ArrowUp"] * 15):
        lab.page.keyboard.press(key)
        assert lab.sticks(), key
    assert lab.page.evaluate("scrollY") < 200


def test_by_keyboard(open_ledger):
    lab = open_ledger()
    lab.page.evaluate(HEARD)
    lab.row(0).focus()
    for key, at in (("ArrowDown", 1), ("End", 11), ("ArrowDown", 11), ("ArrowUp", 10), ("Home", 0)):
        lab.page.keyboard.press(key)
        assert lab.picked == at
        assert lab.row(at).evaluate("row => row === document.activeElement")
    assert lab.worked()["Parameters"] == "6·1·5·5 + 6 = 156"
    lab.row(0).focus()
    lab.page.keyboard.press("ArrowDown")
    for key, what in (("ArrowRight", "Multiply-adds"), ("ArrowLeft", "Parameters")):
        lab.page.keyboard.press(key)
        assert lab.said.startswith(f"{what} of features.1: ")
    lab.page.keyboard.press("Enter")
    assert [message["row"] for message in lab.heard(7)] == [1, 11, 11, 10, 0, 1, 1]


def test_the_batch_fills_the_memory(open_ledger):
    lab = open_ledger(ledger(batch=200))
    assert lab.cells(0)[4] == "3.76 MB"
    slider = lab.slider("Batch size")
    assert slider.get_attribute("aria-valuetext") == "200 examples"
    slider.press("End")
    assert lab.worked()["Memory"] == "1024 examples × 6·28·28·4 bytes = 19,267,584 bytes ≈ 19.3 MB"
    slider.press("Home")
    assert lab.cells(0)[4] == "18.8 kB"
    slider.press("0")
    assert lab.cells(0)[4] == "3.76 MB"
    lab.row(1).click()
    slider.press("ArrowRight")
    assert lab.cells(0)[4] == "9.63 MB"  # 512 examples
    lab.open()
    lab.button("Reset").click()
    lab.open(False)
    assert (lab.picked, lab.cells(0)[4]) == (0, "3.76 MB")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone(open_ledger, theme):
    options = {"width": 390, "height": 844, "touch": True, "is_mobile": True}
    lab = open_ledger(theme=theme, **options)
    assert lab.cells(3) == ["Conv2d 5×5 → 16×10×10", "2,416", "240,000", "6.4 kB"]
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390
    box = lab.root.locator(".cnl-ledger-box")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert min(lab.row(i).bounding_box()["height"] for i in range(12)) >= 44
    lab.row(3).locator("td").nth(1).tap()
    assert lab.picked == 3 and lab.said == "Parameters of features.3: 16·6·5·5 + 16 = 2,416"
    said, height = lab.root.locator(".cnl-sum").bounding_box(), lab.root.bounding_box()["height"]
    assert said["y"] + said["height"] <= 845 and height <= 788 and lab.sticks()
    lab.row(11).locator("td").nth(1).tap()
    assert lab.picked == 11 and lab.sticks()
    assert faults(lab.page) == []


def test_a_pick_shows_the_layer_in_the_lab(open_labs):
    labs = LayerLedger(DigitLeNet(), (1, 28, 28), target="lenet"), LeNetLab("digit_lenet")
    page = open_labs(*labs, motion="reduce")
    table = LedgerHand(page, "ledger", is_open=False)
    account = page.locator("#lab-lenet [aria-live]").last
    table.row(3).click()
    account.get_by_text("Convolution 2, map").wait_for(state="attached")
    at = page.evaluate("scrollY")
    assert at < 500  # the reader stays with the table
    table.button("See it in the lab").click()
    page.wait_for_function("(at) => scrollY > at + 500", arg=at)
    assert "Convolution 2, map" in account.inner_text()
    table.row(0).click()
    account.get_by_text("Convolution 1, map").wait_for(state="attached")
    page.locator("#lab-lenet").get_by_role("button", name="Draw", exact=True).click()
    pad = page.locator(".cnl-pad")
    pad.scroll_into_view_if_needed()
    box, before = pad.bounding_box(), account.inner_text()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=5)
    page.mouse.up()
    drawn = "([account, text]) => account.textContent !== text"
    page.wait_for_function(drawn, arg=[account.element_handle(), before])
    assert "Convolution 1, map" in account.inner_text()  # the picked layer, of what is drawn


@pytest.mark.parametrize("home", ["http", "file"])
def test_the_built_chapter(open_page, request, home):
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(f"{base}chapters/lenet.html", offline=home == "file", motion="reduce")
    table = LedgerHand(page, "ledger", is_open=False)
    assert {"61,706", "416,520"} <= set(table.cells(0, "tfoot"))
    table.row(3).locator("td").nth(1).click()
    assert table.worked()["Parameters"] == "16·6·5·5 + 16 = 2,416"
    table.button("See it in the lab").click()
    account = page.locator("#lab-clothes [aria-live]").last
    account.get_by_text("Convolution 2, map").wait_for(state="attached")
    maps = page.locator("#lab-clothes .cnl-flow.at-layer")
    page.wait_for_function(
        "maps => maps.getBoundingClientRect().top < 800", arg=maps.element_handle()
    )
