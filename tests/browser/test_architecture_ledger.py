"""The architecture ledger under mouse, touch and keyboard; `layer_table` is the oracle."""

import pytest
import torch
from playwright.sync_api import expect
from torch import nn

from book_utils import shapes
from book_utils.architecture import build
from book_utils.explorables import ArchitectureLedger
from book_utils.explorables.architecture.presets import preset
from tests.browser.lab_page import LabHand, fragment, pixels

SMALL = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    nn.Linear(16, 5),
)  # fmt: skip
SIDE = 32


class Hand(LabHand):
    """A mounted ledger: its rows, its totals, its editor."""

    def kinds(self):
        """The kinds of all rows, in order."""
        return self.table.locator("tbody th strong").all_inner_texts()

    @property
    def table(self):
        return self.root.locator(".cnl-architecture > .cnl-rows-box")

    @property
    def profile(self):
        return self.root.get_by_role("listbox")

    def row(self, i):
        """What the table says of a row, counted from 0."""
        return self.table.locator("tbody tr").nth(i)

    def numbers(self, i):
        """The cells of a row as texts."""
        return self.row(i).locator("td").all_inner_texts()

    @property
    def picked(self):
        """The picked row, of which table and slabs say the same."""
        marked = [
            self.root.locator(f"{each}[aria-selected=true]")
            for each in (".cnl-architecture tbody tr", ".cnl-column")
        ]
        places = [
            mark.evaluate("e => [...e.parentElement.children].filter(c => c.ariaSelected)"
                          ".indexOf(e)")
            for mark in marked
        ]  # fmt: skip
        assert places[0] == places[1]
        return places[0]

    @property
    def totals(self):
        """The totals in large figures."""
        return self.root.locator(".cnl-totals b").all_inner_texts()

    @property
    def before(self):
        """The totals of the network that was edited."""
        return self.root.locator(".cnl-totals small").all_inner_texts()

    def paste(self, text):
        """Paste a network and use it."""
        self.open()
        self.root.get_by_label("Paste a network").fill(text)
        self.button("Use it").click()
        self.settle()


@pytest.fixture
def open_ledger(open_labs):
    def open_ledger(*given, is_open=False, page=None, **settings):
        lab = ArchitectureLedger(*given, **settings)
        return Hand(open_labs(lab, **(page or {})), lab.name, is_open=is_open)

    return open_ledger


@pytest.fixture
def small(open_ledger):
    return open_ledger(SMALL, (3, SIDE, SIDE))


def test_every_row_of_a_preset_says_what_pytorch_counts(open_ledger):
    lab = open_ledger("vgg16")
    with torch.device("meta"):
        model = build(preset("vgg16")["rows"], (3, 224, 224))
        table = shapes.layer_table(model, (3, 224, 224))
    assert lab.kinds() == [row.kind for row in table]
    for i, row in enumerate(table):
        output, parameters, multiply_adds, _, field = lab.numbers(i)
        assert output == "×".join(map(str, row.output_shape))
        assert (parameters, multiply_adds) == (f"{row.parameters:,}", f"{row.multiply_adds or 0:,}")
        assert field == (str(row.receptive_field[0]) if row.receptive_field else "–")
    assert lab.totals[:2] == ["138,357,544", "15.5 billion"]
    assert lab.before == []


def test_the_bars_show_what_is_chosen(open_ledger):
    lab = open_ledger("vgg16")
    heights = """bars => bars.map((bar) => parseFloat(bar.style.height))"""
    bars = lab.root.locator(".cnl-cost i")
    parameters = bars.evaluate_all(heights)
    assert parameters.index(100) == lab.kinds().index("Linear")
    lab.choose("Bars", "multiply-adds")
    multiply_adds = bars.evaluate_all(heights)
    assert multiply_adds.index(100) == 2
    expect(lab.root.locator(".cnl-dearest")).to_have_text("multiply-adds, up to 1,849,688,064")


def test_a_row_is_changed_and_all_is_counted_again(open_ledger):
    lab = open_ledger("lenet")
    assert lab.totals[:2] == ["61,706", "416,520"]
    lab.slider("Channels").fill("9")  # of the stops the tenth: 20
    assert lab.numbers(0)[:2] == ["20×28×28", f"{20 * 25 + 20:,}"]
    assert lab.numbers(3)[1] == f"{16 * 20 * 25 + 16:,}"
    assert lab.totals[0] == f"{61_706 - 156 - 2_416 + 520 + 8_016:,}"
    assert lab.before[0] == "LeNet: 61,706"
    lab.slider("Channels").press("0")
    assert (lab.totals[0], lab.before) == ("61,706", [])
    expect(lab.button("Reset")).to_be_disabled()
    lab.root.get_by_role("switch", name="bias").uncheck()
    assert lab.numbers(0)[1] == "150"
    lab.button("Reset").click()
    assert lab.numbers(0)[1] == "156"


def test_rows_are_added_removed_and_moved(small):
    lab = small
    lab.row(3).click()
    lab.button("Add a copy").click()
    assert (lab.kinds()[3:6], lab.picked) == (["Conv2d", "Conv2d", "ReLU"], 4)
    assert lab.numbers(4)[1] == f"{16 * 16 * 9 + 16:,}"
    lab.button("Move later").click()
    assert (lab.kinds()[3:6], lab.picked) == (["Conv2d", "ReLU", "Conv2d"], 5)
    lab.button("Move earlier").click()
    lab.button("Remove").click()
    assert (lab.kinds(), lab.picked) == ([type(layer).__name__ for layer in SMALL], 4)
    lab.root.get_by_role("combobox", name="Layer", exact=True).select_option("Tanh")
    assert lab.kinds()[4] == "Tanh"


def test_by_keyboard(small):
    lab = small
    for composite in (lab.profile, lab.table.locator("tr[tabindex='0']")):
        composite.focus()
        lab.page.keyboard.press("Home")
        assert lab.picked == 0
        lab.page.keyboard.press("ArrowDown")
        lab.page.keyboard.press("ArrowRight")
        assert lab.picked == 2
        lab.page.keyboard.press("Shift+ArrowUp")
        assert (lab.picked, lab.kinds()[1:3]) == (1, ["MaxPool2d", "ReLU"])
        lab.page.keyboard.press("Shift+ArrowDown")
        lab.page.keyboard.press("ArrowUp")
        lab.page.keyboard.press("Delete")
        assert (lab.picked, lab.kinds()[:2]) == (1, ["Conv2d", "MaxPool2d"])
        lab.page.keyboard.press("End")
        assert lab.picked == len(SMALL) - 2
        assert lab.root.evaluate("lab => lab.contains(document.activeElement)")
        lab.page.reload()
        lab.root.wait_for()
    option = lab.profile.get_by_role("option").nth(3)
    expect(option).to_have_attribute("aria-label", "4: Conv2d 3 times 3, 16, padding 1, gives "
                                     "16 times 16 times 16, 1,168 parameters")  # fmt: skip
    expect(lab.profile).to_have_attribute(
        "aria-activedescendant", lab.profile.get_by_role("option").nth(0).get_attribute("id")
    )


def test_a_slab_is_picked_by_a_press_and_by_a_drag(small):
    lab, box = small, small.profile.bounding_box()
    at = lambda i: box["x"] + box["width"] * (i + 0.5) / len(SMALL)  # noqa: E731
    lab.page.mouse.move(at(5), box["y"] + 40)
    lab.page.mouse.down()
    assert lab.picked == 5
    lab.page.mouse.move(at(1), box["y"] + 40, steps=3)
    lab.page.mouse.up()
    assert lab.picked == 1
    lab.page.mouse.move(at(7), box["y"] + 40)
    assert lab.picked == 1


def test_a_row_that_does_not_fit_says_why_and_one_press_mends_it(small):
    lab = small
    lab.row(6).click()
    lab.button("Remove").click()
    lab.row(5).click()
    lab.button("Remove").click()
    expect(lab.row(5)).to_contain_text("does not fit")
    trouble = lab.root.locator(".cnl-trouble")
    expect(trouble).to_contain_text("Layer 6 does not fit.")
    x, linear = torch.zeros(1, 16, 16, 16), nn.Linear(16 * 16 * 16, 5)
    with pytest.raises(RuntimeError) as error:
        linear(x)
    expect(trouble.locator("code")).to_have_text(str(error.value))
    assert lab.totals[0] == f"{3 * 8 * 9 + 8 + 8 * 16 * 9 + 16:,}"
    assert lab.before == ["up to layer 5"] * 3
    trouble.get_by_role("button").first.click()
    assert lab.kinds()[5:] == ["Flatten", "Linear"]
    assert (lab.numbers(6)[0], lab.picked) == ("5", 6)
    expect(lab.root.locator(".cnl-trouble")).to_have_count(0)


def test_rows_below_one_that_does_not_fit_wait(small):
    lab = small
    lab.row(3).click()
    lab.root.get_by_role("combobox", name="Layer", exact=True).select_option("Linear")
    assert lab.numbers(4) == ["waits", "", "", "", ""]
    lab.row(6).click()
    lab.button("Go to layer 4").click()
    assert lab.picked == 3


def test_a_network_is_pasted_and_only_read(small):
    lab = small
    text = """# mine
nn.Sequential(
    nn.Conv2d(3, 4, kernel_size=3),
    nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)),
)"""
    lab.paste(text)
    assert lab.kinds() == ["Conv2d", "ReLU", "MaxPool2d"]
    assert lab.totals[0] == "112"
    expect(lab.root.get_by_label("Paste a network")).to_have_value(text)
    refused = lab.root.locator(".cnl-refused")
    for hostile, line in {
        "nn.Sequential(\n    lambda x: x,\n)": 2,
        "__import__('os').system('true')": 1,
        "nn.Sequential(nn.Linear(2, 3)": 1,
        "<img src=x onerror=alert(1)>": 1,
        f"nn.Sequential({'nn.ReLU(), ' * 10_000})": 1,
    }.items():
        lab.paste(hostile)
        expect(refused).to_contain_text(f"Line {line}: ")
        expect(lab.root.get_by_label("Paste a network")).to_have_value(hostile)
        assert lab.kinds() == ["Conv2d", "ReLU", "MaxPool2d"]
    assert lab.page.evaluate("!document.querySelector('[src=x]')")


def test_the_code_runs_and_counts_the_same(small):
    lab = small
    lab.row(3).click()
    lab.slider("Kernel").fill("5")
    lab.slider("Groups").fill("2")
    lab.open()
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    table = shapes.layer_table(scope["model"], (3, SIDE, SIDE))
    assert lab.totals[0] == f"{table.parameters:,}"
    assert lab.numbers(3)[:3] == [
        "×".join(map(str, table[3].output_shape)),
        f"{table[3].parameters:,}",
        f"{table[3].multiply_adds:,}",
    ]


def test_the_field_of_a_unit_lies_on_the_photograph(open_ledger):
    lab = open_ledger("alexnet", picked=3)
    photo = lab.root.locator(".cnl-photo")
    facts = lab.root.locator(".cnl-facts")
    expect(facts).to_contain_text("51×51")
    expect(facts).to_contain_text("5.2 %")
    drawn = pixels(photo.locator("canvas"))
    assert drawn.shape[:2] == (224, 224)
    assert (drawn[..., 0] == drawn[..., 2]).float().mean() > 0.99  # grey
    assert drawn[..., 0].float().std() > 20
    frame = "i => [i.style.top, i.style.left, i.style.height].map(parseFloat)"
    # unit (13, 13) of 27: it sees pixels −18 + 13·8 to 33 + 13·8
    middle = [100 * (13 * 8 - 18) / 224] * 2 + [100 * 51 / 224]
    assert photo.locator("i").evaluate(frame) == pytest.approx(middle, abs=1e-3)
    photo.focus()
    lab.page.keyboard.press("ArrowRight")
    moved = [middle[0], middle[1] + 100 * 8 / 224, middle[2]]
    assert photo.locator("i").evaluate(frame) == pytest.approx(moved, abs=1e-3)
    lab.row(20).click()
    expect(facts).to_contain_text("all pixels")
    assert photo.locator("i").evaluate(frame) == [0, 0, 100]


def test_the_input_may_be_another(open_ledger):
    lab = open_ledger("vgg16", is_open=True)
    lab.slider("Input side").fill("32")
    assert lab.numbers(0)[0] == "64×32×32"
    assert lab.totals[:2] == ["138,357,544", "437 million"]  # 7×7 maps again before the dense
    assert lab.before[1] == "VGG-16: 15.5 billion"
    lab.slider("Input side").press("0")
    assert lab.before == []


def test_links_set_a_preset_a_row_and_the_bars(open_ledger):
    lab = open_ledger("lenet")
    lab.follow("#lab?preset=googlenet&picked=11&shows=memory")
    expect(lab.root.locator(".cnl-aside")).to_contain_text("row 12 of 26")
    assert (lab.totals[0], lab.picked) == ("6,624,904", 11)
    lab.follow("#lab?picked=499")
    assert lab.picked == 11  # the last of LeNet
    lab.follow("#lab?preset=own")
    expect(lab.message).to_contain_text("without a preset it needs rows and an input of its own")


def test_rows_that_no_network_has_are_told_and_break_nothing(small):
    lab = small
    rows = ArchitectureLedger(SMALL, (3, SIDE, SIDE)).rows
    state = {"preset": "own", "shows": "memory", "picked": 0, "input": [100_000, 9, 100_000]}
    for odd in ({"channels": -1}, {"channels": 0}, {"groups": 0}, {"kernel": [-3, 0]},
                {"stride": [0, -1]}, {"padding": [-100_000, 1]}, {"dilation": [0, 0]}):  # fmt: skip
        lab.follow(fragment(lab.name, state | {"rows": [rows[0] | odd, *rows[1:]]}))
        expect(lab.row(0)).to_contain_text("does not fit")
        expect(lab.root.locator(".cnl-trouble")).to_contain_text("Layer 1 does not fit.")
        assert lab.totals == ["0", "0", "0"]


def test_on_a_phone_the_slabs_lead_and_the_table_is_below(open_ledger):
    phone = {"width": 390, "height": 844, "touch": True, "is_mobile": True}
    lab = open_ledger("googlenet", picked=11, page=phone)
    expect(lab.table).to_be_hidden()
    expect(lab.root.locator(".cnl-facts")).to_contain_text("155,872")
    box = lab.profile.bounding_box()
    lab.page.touchscreen.tap(box["x"] + 2, box["y"] + 40)
    expect(lab.root.locator(".cnl-aside")).to_contain_text("row 1 of 26")
    lab.open()
    below = lab.root.locator(".cnl-rows-below tbody tr")
    below.nth(7).scroll_into_view_if_needed()
    below.nth(7).click()
    expect(lab.root.locator(".cnl-aside")).to_contain_text("row 8 of 26")
