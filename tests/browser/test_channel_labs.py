"""The channel lab and the mixing lab by mouse, touch and keyboard; PyTorch says what they show."""

import base64
import json
import random
import re

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from book_utils.explorables import ChannelLab, MixLab
from book_utils.theme import colour
from tests.browser import lab_page
from tests.browser.conftest import CLIPBOARD
from tests.browser.lab_page import LabHand, fragment

SLIDERS = ("Input channels", "Output channels", "Input size", "Kernel size", "Stride", "Padding")
SEPIA = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]

# All numbers of the channel lab, the padding left out, by the first words of their grids' labels.
GRIDS = """lab => Object.fromEntries([...lab.querySelectorAll("[role=grid]")].map((table) => [
  table.ariaLabel.replace(/, \\d+ by \\d+$/, ""),
  [...table.children].map((row) => [...row.children].filter((cell) => !cell.matches(".padding"))
    .map((cell) => parseFloat((cell.title || cell.ariaLabel.split(": ")[1]).replaceAll("−", "-"))))
    .filter((row) => row.length),
]))"""


@pytest.fixture
def open_lab(open_labs):
    """Open a page that holds this lab alone, and return a hand on it."""
    return lambda lab, **options: LabHand(open_labs(lab, **options), lab.name)


@pytest.fixture(params=["http", "file"])
def on_book(request, open_page, book_http, book_file):
    """Open the built chapter, from a server or from disk without network, at one of its labs."""

    def on_book(name, fragment="", **options):
        home = {"http": book_http, "file": book_file}[request.param]
        offline = request.param == "file"
        page = open_page(
            home + "chapters/channels.html" + fragment,
            offline=offline,
            permissions=CLIPBOARD,
            **options,
        )
        return LabHand(page, name)

    return on_book


def table(lab, label):
    return lab.root.locator(f'[role="grid"][aria-label^="{label}"]')


def cell(lab, label, row, column):
    return table(lab, label).locator(f'[data-at="{row},{column}"]')


def type_into(lab, label, row, column, text):
    cell(lab, label, row, column).focus()
    lab.page.keyboard.type(text)
    lab.page.keyboard.press("Enter")


def text(lab, part):
    return lab.root.locator(part).inner_text()


def value(lab, label):
    return int(lab.slider(label).input_value())


def state_in_link(lab):
    """The lab's settings, as its link carries them."""
    packed = lab.copied_link().split("&s=")[1]
    return json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))


def assert_channels_right(lab):
    """What the lab shows is what PyTorch makes of the settings in its link."""
    state, shown = state_in_link(lab), lab.root.evaluate(GRIDS)
    x, k, b = (torch.tensor(state[key], dtype=torch.float64) for key in ("input", "kernel", "bias"))
    where = {"stride": state["stride"], "padding": state["padding"]}
    y, o = F.conv2d(x[None], k, b, **where)[0], state["channel"]
    close = {"rtol": 2e-6, "atol": 2e-6}
    for c in range(len(x)):
        partial = F.conv2d(x[None, c : c + 1], k[o : o + 1, c : c + 1], **where)[0, 0]
        for label, wanted in (
            (f"Input channel {c}", x[c]),
            (f"Kernel {o}, slice {c}", k[o, c]),
            (f"Partial map {c}", partial),
        ):
            assert_close(torch.tensor(shown.pop(label), dtype=torch.float64), wanted, **close)
    for i, wanted in enumerate(y):
        found = shown.pop(f"Output channel {i}")
        assert_close(torch.tensor(found, dtype=torch.float64), wanted, **close)
    assert shown.pop(f"Bias of output channel {o}") == [[pytest.approx(b[o].item(), rel=2e-6)]]
    assert shown == {}
    return y


# The channel lab


def three_outputs(**settings):
    x = torch.arange(9).reshape(3, 3) + torch.arange(2)[:, None, None]
    k = torch.arange(4).reshape(2, 2) + torch.arange(2)[:, None, None]
    return ChannelLab(x, torch.stack([k, k + 1, k + 2]), **settings)


def test_a_picked_output_is_written_out_channel_by_channel(open_lab):
    lab = open_lab(three_outputs())
    cell(lab, "Output channel 0", 0, 1).click()
    assert text(lab, ".cnl-sum") == "y[0, 0, 1] = 25 + 47 + bias 0 = 72"
    assert lab.root.locator(".cnl-in-full p").first.inner_text().split("; ") == [
        "channel 0: 1×0 + 2×1 + 4×2 + 5×3 = 25",
        "channel 1: 2×1 + 3×2 + 5×3 + 6×4 = 47",
        "y[0, 0, 1] = 25 + 47 + bias 0 = 72",
    ]
    assert lab.root.locator(".cnl-frame").count() == 2  # a window in each channel
    spoken = lab.root.locator("div[aria-live]").text_content()
    assert spoken.endswith("y[0, 0, 1] equals 25 plus 47 plus bias 0 equals 72")
    assert_channels_right(lab)


def test_negative_numbers_stand_in_brackets(open_lab):
    lab = open_lab(ChannelLab())
    lab.choose("Example", "three in: 7 − 11 − 1")
    assert text(lab, ".cnl-sum") == "y[0, 0, 0] = 7 + (−11) + (−1) + bias 0 = −5"
    cell(lab, "Output channel 0", 0, 1).click()
    assert text(lab, ".cnl-sum") == "y[0, 0, 1] = 10 + 20 + 20 + bias 0 = 50"
    assert_channels_right(lab)


def test_pick_an_input_a_weight_and_a_partial_map(open_lab):
    lab = open_lab(three_outputs())
    cell(lab, "Input channel 1", 1, 1).click()
    assert text(lab, ".cnl-sum") == (
        "x[1, 1, 1] = 5 reaches 4 output cells, in each of the 3 output channels"
    )
    assert table(lab, "Output channel 2").locator(".lit").count() == 4
    cell(lab, "Kernel 0, slice 1", 1, 0).click()
    assert "w[0, 1, 1, 0] = 3 multiplies 4 cells of input channel 1" in text(lab, ".cnl-sum")
    assert table(lab, "Input channel 1").locator(".lit").count() == 4
    assert table(lab, "Input channel 0").locator(".lit").count() == 0
    cell(lab, "Partial map 1", 1, 1).click()
    assert text(lab, ".cnl-sum").startswith("channel 1: 5×1 + 6×2 + 8×3 + 9×4 = 77")


def test_the_keyboard_reaches_everything(open_lab):
    lab = open_lab(three_outputs())
    cell(lab, "Output channel 0", 0, 0).focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("ArrowDown")
    assert lab.focused() == "Output channel 0 1,1"
    assert "= 120" in text(lab, ".cnl-sum")
    type_into(lab, "Bias of output channel 0", 0, 0, "-20")
    assert "bias (−20) = 100" in text(lab, ".cnl-sum")
    type_into(lab, "Kernel 0, slice 1", 0, 0, "0.5")
    lab.root.get_by_role("radio", name="0", exact=True).focus()
    lab.page.keyboard.press("ArrowRight")
    assert table(lab, "Kernel 1, slice 0").count() == 1
    y = assert_channels_right(lab)
    assert y[0, 0, 0] == 35.5


def test_a_cell_of_another_output_shows_its_kernel(open_lab):
    lab = open_lab(three_outputs())
    cell(lab, "Output channel 2", 1, 0).click()
    assert lab.root.get_by_role("radio", name="2", exact=True).is_checked()
    assert text(lab, ".cnl-sum").endswith("y[2, 1, 0] = 77 + 115 + bias 0 = 192")
    assert_channels_right(lab)


def test_touch(open_lab):
    lab = open_lab(three_outputs(), touch=True, is_mobile=True, width=390)
    lab.open(False)  # the panel lies over the outputs
    cell(lab, "Output channel 0", 1, 1).tap()
    assert text(lab, ".cnl-sum").endswith("= 120")
    cell(lab, "Input channel 1", 0, 0).tap()
    cell(lab, "Input channel 1", 0, 0).tap()
    lab.editor.fill("1/2")
    cell(lab, "Output channel 0", 0, 0).tap()
    cell(lab, "Output channel 1", 0, 0).tap()
    assert text(lab, ".cnl-sum").startswith("y[1, 0, 0]")
    lab.open()
    lab.root.get_by_label("2", exact=True).tap()
    assert table(lab, "Kernel 2, slice 0").count() == 1
    y = assert_channels_right(lab)
    assert y[0, 0, 0] == 55.5
    assert lab.page.evaluate("document.documentElement.scrollWidth") == 390
    sides = lab.root.locator("[role=gridcell]").first.bounding_box()
    assert min(sides["width"], sides["height"]) >= 24


def test_new_channels_follow_those_before_and_typed_numbers_stay(open_lab):
    lab = open_lab(ChannelLab())
    type_into(lab, "Input channel 1", 0, 0, "-7")
    lab.slider("Input channels").fill("3")
    assert lab.root.evaluate(GRIDS)["Kernel 0, slice 2"] == [[2, 3], [4, 5]]
    lab.slider("Output channels").fill("3")
    assert_channels_right(lab)
    lab.slider("Input channels").fill("1")
    lab.slider("Input size").fill("5")
    lab.slider("Kernel size").fill("3")
    assert_channels_right(lab)
    for label, size in (("Kernel size", "2"), ("Input size", "3"), ("Input channels", "2")):
        lab.slider(label).fill(size)
    y = assert_channels_right(lab)
    assert y.shape == (3, 2, 2)
    assert lab.root.evaluate(GRIDS)["Input channel 1"][0] == [-7, 2, 3]


@pytest.mark.parametrize("seed", range(3))
def test_any_way_through_the_sliders_is_right(open_lab, seed):
    rng = random.Random(seed)
    lab = open_lab(three_outputs(channel=1))
    for _ in range(25):
        slider = lab.slider(rng.choice(SLIDERS))
        low, high = (int(slider.get_attribute(end)) for end in ("min", "max"))
        slider.fill(str(rng.randint(low, high)))
        if rng.random() < 0.3:
            lab.root.locator("[role=gridcell]:not(.padding)").first.focus()
            lab.page.keyboard.type(f"{rng.randint(-9, 9)}.5")
            lab.page.keyboard.press("Enter")
    assert_channels_right(lab)


def test_four_channels_or_five_rows_but_not_both(open_lab):
    lab = open_lab(ChannelLab())
    lab.slider("Input channels").fill("4")
    assert lab.slider("Input size").get_attribute("max") == "4"
    lab.slider("Input channels").fill("3")
    lab.slider("Input size").fill("5")
    assert lab.slider("Input channels").get_attribute("max") == "3"
    assert_channels_right(lab)


EXAMPLES = {
    "two channels in, one out": [[[56, 72], [104, 120]]],
    "two in, three out": [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ],
    "three in: 7 − 11 − 1": [[[-5, 50, 10]]],
    "1×1: three numbers into two, pixel by pixel": None,
}


def test_examples(open_lab):
    lab = open_lab(ChannelLab(torch.ones(1, 4, 4), torch.ones(2, 1, 3, 3)))
    for example, y in EXAMPLES.items():
        before = lab.root.evaluate(GRIDS)
        lab.choose("Example", example)
        assert lab.root.evaluate(GRIDS) != before, example
        found = assert_channels_right(lab)
        assert y is None or found.tolist() == y, example


def test_names_are_as_long_as_there_is_need_and_room(open_lab):
    def heads(lab):
        return [head.split()[0:2] for head in lab.root.locator(".cnl-head").all_inner_texts()]

    def channels(lab):
        return [name.strip() for name in lab.root.locator(".cnl-of").all_inner_texts()]

    lab = open_lab(ChannelLab(torch.ones(3, 1, 3), torch.ones(1, 3, 1, 1)))
    lab.open(False)
    assert heads(lab)[1] == ["Kernel", "1×1"] and heads(lab)[-1] == ["Output", "1×3"]
    assert channels(lab) == ["0", "1", "2"]
    lab = open_lab(three_outputs())
    lab.open(False)
    assert heads(lab)[1] == ["Kernel", "0"] and heads(lab)[-1] == ["Output", "2"]
    assert channels(lab) == ["channel 0", "channel 1"]


def test_three_channels_of_five_columns_can_be_read_on_a_phone(open_lab):
    lab = open_lab(ChannelLab(), touch=True, is_mobile=True, width=390)
    lab.page.add_style_tag(content="body { padding: 0 }")  # in the book a lab is as wide as a phone
    lab.open()
    lab.choose("Example", "three in: 7 − 11 − 1")
    lab.open(False)
    sizes = lab.root.locator("[role=grid]").evaluate_all(
        "grids => grids.map((grid) => parseFloat(getComputedStyle(grid).fontSize))"
    )
    assert len(sizes) == 11 and min(sizes) >= 12


def test_counts_are_pytorchs(open_lab):
    lab = open_lab(three_outputs())
    lab.slider("Kernel size").fill("3")
    lab.slider("Input channels").fill("4")
    layer = torch.nn.Conv2d(4, 3, 3)
    said = text(lab, ".cnl-formula")
    parameters = sum(p.numel() for p in layer.parameters())
    assert f"3·4·3·3 + 3 = {parameters}." in said
    assert text(lab, ".cnl-aside") == f"parameters: 3·4·3·3 + 3 = {parameters}"
    assert f"1·1 places · {layer.weight.numel()} weights = {layer.weight.numel()}." in said
    assert f"= {torch.nn.Linear(4 * 9, 3).weight.numel()} weights." in said


CLIPPED = """lab => {
  const [stage] = lab.getElementsByClassName("cnl-stage");
  const room = stage.getBoundingClientRect();
  return [...stage.querySelectorAll(".cnl-sheet, .cnl-kernel, .cnl-head span")]
    .filter((each) => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      const isOut = left < room.left - 9 || right > room.right + 9 ||
        top < room.top - 2 || bottom > room.bottom + 2;
      const box = each.parentElement;
      return isOut || each.matches(".cnl-sheet") && box.scrollWidth > box.clientWidth + 1;
    })
    .map((each) => each.textContent);
}"""


@pytest.mark.parametrize("is_open", [True, False])
def test_no_grid_is_cut_off_at_any_width_and_size(open_lab, is_open):
    lab = open_lab(three_outputs())
    for channels, outputs, size, padding in (
        (2, 3, 3, 0),
        (4, 3, 4, 1),
        (3, 1, 5, 1),
        (1, 3, 5, 1),
    ):
        lab.open()
        for label, value in (
            ("Input size", 3),  # four channels of five rows are too many
            ("Input channels", channels),
            ("Input size", size),
            ("Output channels", outputs),
            ("Padding", padding),
        ):
            lab.slider(label).fill(str(value))
        lab.open(is_open)
        for width in (320, 390, 480, 620, 800, 980):  # as in a notebook with its side bar open
            lab.place.evaluate(f"lab => {{ lab.style.width = '{width}px'; }}")
            lab.settle()
            assert lab.root.evaluate(CLIPPED) == [], (channels, outputs, size, padding, width)


def test_play_steps_through_the_output(open_lab):
    lab = open_lab(three_outputs())
    lab.button("Next output").click()
    assert text(lab, ".cnl-count") == "2 of 4"
    lab.button("Previous output").click()
    lab.button("Previous output").click()
    assert "y[0, 1, 1]" in text(lab, ".cnl-sum")


CHANNELS = three_outputs().settings()


# What is allowed one by one and does not go together; the rest is in tests/labs.
BAD_CHANNELS = [
    ({"input": [[[1, 2], [3, 4]]] * 3}, "channels"),
    ({"bias": [0]}, "bias"),
    ({"kernel": CHANNELS["kernel"][:2], "bias": [0, 0], "channel": 2}, "2 output channels"),
]


def test_settings_that_do_not_go_together_are_refused_in_a_link(open_lab):
    lab = open_lab(three_outputs())
    before = lab.root.evaluate(GRIDS)
    for change, reason in BAD_CHANNELS:
        lab.must_refuse(CHANNELS | change, reason)
        assert lab.root.evaluate(GRIDS) == before, change


def test_a_picked_cell_that_is_not_there_does_no_harm(open_lab):
    lab = open_lab(three_outputs())
    for picked in (None, ["input 3", 0, 0], ["partial 0", 7, 7], ["output", 9, 9]):
        lab.follow(fragment("lab", CHANNELS | {"picked": picked}))
        assert text(lab, ".cnl-message") == "", picked
        assert text(lab, ".cnl-sum").endswith("= 56" if picked else ""), picked


def test_what_is_no_number_is_refused(open_lab):
    lab = open_lab(three_outputs())
    type_into(lab, "Kernel 0, slice 0", 0, 0, "-x")
    assert "is not a number" in text(lab, ".cnl-message")
    assert_channels_right(lab)


# The mixing lab


def pixels(lab, label):
    """A picture on the page as a tensor (3, height, width) of bytes."""
    canvas = lab.root.locator(f'canvas[aria-label^="{label}"]').first
    return lab_page.pixels(canvas).permute(2, 0, 1)[:3]


def assert_mixture_right(lab, photo):
    """The pictures on the page are those of the weights in its link; return PyTorch's lab."""
    state = state_in_link(lab)
    wanted = MixLab(photo, state["weight"], state["bias"])
    y = wanted.output.clamp(0, 1) * 255
    assert (pixels(lab, "Mixture") - y).abs().max() <= 0.51
    assert (pixels(lab, "new green")[0] - y[1]).abs().max() <= 0.51
    assert f"{wanted.clipped:,} of {wanted.image[0].numel():,} pixels" in text(lab, ".cnl-formula")
    return wanted


PHOTO = torch.rand(3, 20, 30, generator=torch.Generator().manual_seed(1))


MIXTURES = {
    "grey: the mean": torch.full((3, 3), 1 / 3),
    "grey: as bright as it looks": torch.tensor([[0.299, 0.587, 0.114]] * 3),
    "sepia": torch.tensor(SEPIA),
    "swap red and blue": torch.eye(3).flip(0),
    "only red": torch.diag(torch.tensor([1.0, 0, 0])),
    "negative": -torch.eye(3),
    "how orange: red minus blue": torch.tensor([[1.0, 0, -1]] * 3),
    "unchanged": torch.eye(3),
}


def test_mixtures(open_lab):
    lab = open_lab(MixLab(PHOTO))
    for example, weight in MIXTURES.items():
        lab.choose("Example", example)
        found = assert_mixture_right(lab, PHOTO)
        assert_close(torch.tensor(found.weight).float(), weight, msg=example)
        assert found.bias == ([1, 1, 1] if example == "negative" else [0, 0, 0]), example
        assert (pixels(lab, "Photograph") - found.image * 255).abs().max() <= 0.51
        assert (pixels(lab, "red channel")[2] - found.image[0] * 255).abs().max() <= 0.51


def test_one_pixel_is_written_out(open_lab):
    photo = torch.tensor([[[0.2, 1.0]], [[0.4, 1.0]], [[0.6, 1.0]]])
    lab = open_lab(MixLab(photo, [[1, 1, 0], [0, -1, 0], [0, 0, 0.5]], [0, 0.1, 0], picked=(0, 0)))
    assert "0.2, 0.4, 0.6 → 0.6, −0.3, 0.3" in text(lab, ".cnl-pixel").replace("\n", " ")
    assert text(lab, ".cnl-sum").endswith("new red = 1×0.2 + 1×0.4 + 0×0.6 + 0 = 0.6")
    cell(lab, "Kernel", 1, 2).click()
    assert text(lab, ".cnl-sum").endswith("+ 0.1 = −0.3, shown as 0")
    cell(lab, "Kernel", 2, 0).hover()  # shown, not picked
    assert text(lab, ".cnl-sum").endswith("new blue = 0×0.2 + 0×0.4 + 0.5×0.6 + 0 = 0.3")
    lab.root.get_by_role("application", name="Photograph").hover()
    assert text(lab, ".cnl-sum").endswith("+ 0.1 = −0.3, shown as 0")
    numbers = lab.root.locator(".cnl-product b").all_inner_texts()
    assert numbers == ["0.2", "0.4", "0.6", "0.6", "−0.3", "0.3"]
    lines = lab.root.locator(".cnl-sum-line").all_inner_texts()
    assert lines == [
        "new red = 1×0.2 + 1×0.4 + 0×0.6 + 0 = 0.6",
        "new green = 0×0.2 + (−1)×0.4 + 0×0.6 + 0.1 = −0.3, shown as 0",
        "new blue = 0×0.2 + 0×0.4 + 0.5×0.6 + 0 = 0.3",
    ]
    spoken = lab.root.locator("div[aria-live]").text_content()
    assert spoken.startswith("pixel 0, 0: new red equals 1 times 0.2 plus 1 times 0.4")
    lab.root.get_by_role("application").first.focus()
    lab.page.keyboard.press("ArrowRight")
    assert "shown as 1" in lab.root.locator(".cnl-sum-line").first.inner_text()


def picked(lab):
    lab.open()
    return re.search(r"pixel \[(\d+), (\d+)\]", text(lab, ".cnl-pixel")).groups()


def test_a_pixel_is_picked_by_pointer_and_keyboard(open_lab):
    lab = open_lab(MixLab(PHOTO, picked=(0, 0)))
    photograph = lab.root.get_by_role("application", name="Photograph")
    box = photograph.bounding_box()
    at = {"x": box["width"] * 10.5 / 30, "y": box["height"] * 5.5 / 20}
    photograph.click(position=at)
    assert picked(lab) == ("5", "10")
    photograph.focus()
    for key in ("ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "ArrowUp", "ArrowUp"):
        lab.page.keyboard.press(key)
    assert picked(lab) == ("4", "29")  # the edge holds
    lab.page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
    assert picked(lab) == ("4", "29")  # only pressed does it follow
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + 1, box["y"] + 1, steps=4)
    lab.page.mouse.up()
    assert picked(lab) == ("0", "0")


def test_a_pixel_is_picked_by_touch(open_lab):
    lab = open_lab(MixLab(PHOTO, picked=(0, 0)), touch=True, is_mobile=True, width=390)
    mixture = lab.root.get_by_role("application", name="Mixture")
    mixture.scroll_into_view_if_needed()
    box = mixture.bounding_box()
    mixture.tap(position={"x": box["width"] * 29.5 / 30, "y": box["height"] * 0.5 / 20})
    assert picked(lab) == ("0", "29")
    assert lab.page.evaluate("document.documentElement.scrollWidth") == 390


def test_weights_and_biases_are_typed(open_lab):
    lab = open_lab(MixLab(PHOTO))
    for label, row, column, number in (
        ("Kernel", 0, 1, "0.5"),
        ("Kernel", 2, 0, "-1"),
        ("Bias", 1, 0, "0.25"),
    ):
        type_into(lab, label, row, column, number)
    found = assert_mixture_right(lab, PHOTO)
    assert found.weight == [[1, 0.5, 0], [0, 1, 0], [-1, 0, 1]]
    assert found.bias == [0, 0.25, 0]
    cell(lab, "Kernel", 0, 0).click()
    cell(lab, "Kernel", 0, 0).click()
    lab.editor.fill("two")
    lab.page.keyboard.press("Enter")
    assert "is not a number" in text(lab, ".cnl-message")
    assert assert_mixture_right(lab, PHOTO).weight == found.weight


def test_strength_leads_from_the_photograph_to_the_mixture(open_lab):
    lab = open_lab(MixLab(PHOTO, SEPIA, [0, 0, 0.2]))
    lab.slider("Strength").fill("0")
    assert assert_mixture_right(lab, PHOTO).weight == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    lab.slider("Strength").fill("25")
    half = assert_mixture_right(lab, PHOTO)
    assert_close(torch.tensor(half.weight), torch.lerp(torch.eye(3), torch.tensor(SEPIA), 0.25))
    lab.slider("Strength").press("0")
    back = assert_mixture_right(lab, PHOTO)
    assert (back.weight, back.bias) == (SEPIA, [0, 0, 0.2])
    type_into(lab, "Kernel", 0, 0, "0")  # a new goal
    assert value(lab, "Strength") == 100
    lab.slider("Strength").fill("50")
    assert assert_mixture_right(lab, PHOTO).weight[0][0] == 0.5


def test_pixels_that_leave_the_range_are_marked(open_lab):
    photo = torch.rand(3, 20, 30, generator=torch.Generator().manual_seed(2)) * 0.9
    lab = open_lab(MixLab(photo, [[2, 0, 0], [0, 1, 0], [0, 0, -1]]))
    wanted = assert_mixture_right(lab, photo)
    assert wanted.clipped > 0
    assert text(lab, ".cnl-aside") == f"{wanted.clipped} pixels clipped"
    lab.root.get_by_role("switch").check()
    magenta = torch.tensor(list(bytes.fromhex(colour("out-of-range")[1:])))[:, None, None]
    assert (pixels(lab, "Mixture") == magenta).all(0).sum() == wanted.clipped
    lab.root.get_by_role("switch").uncheck()
    assert_mixture_right(lab, photo)


def test_a_link_restores_a_mixture(open_lab, open_page):
    lab = open_lab(MixLab(PHOTO, name="shared"))
    lab.choose("Example", "negative")
    type_into(lab, "Kernel", 0, 2, "0.5")
    before = pixels(lab, "Mixture")
    again = LabHand(open_page(lab.copied_link(), permissions=CLIPBOARD), "shared")
    assert torch.equal(pixels(again, "Mixture"), before)
    again.slider("Strength").fill("50")
    assert assert_mixture_right(again, PHOTO).bias == [0.5, 0.5, 0.5]


# Both


def test_the_built_chapter_by_mouse_and_keyboard_and_a_link_to_it(on_book, open_page):
    lab = on_book("outputs")
    cell(lab, "Output channel 1", 0, 0).click()
    assert text(lab, ".cnl-sum").endswith("y[1, 0, 0] = 27 + 49 + bias 0 = 76")
    type_into(lab, "Bias of output channel 1", 0, 0, "24")
    lab.slider("Input channels").press("ArrowRight")
    assert_channels_right(lab)
    mix = LabHand(lab.page, "mix")
    mix.choose("Example", "negative")
    application = mix.root.get_by_role("application", name="Photograph")
    application.focus()
    lab.page.keyboard.press("Shift+ArrowDown")
    assert picked(mix) == ("105", "45")
    assert mix.root.locator(".cnl-sum-line").count() == 3
    two = LabHand(lab.page, "two")
    type_into(two, "Input channel 0", 0, 0, "-1")
    again = LabHand(open_page(two.copied_link()), "two")
    assert again.root.evaluate(GRIDS) == two.root.evaluate(GRIDS)


def test_the_built_chapter_by_touch(on_book):
    lab = on_book("three", touch=True, is_mobile=True, width=390)
    lab.open(False)  # the panel lies over the outputs
    cell(lab, "Output channel 0", 0, 1).tap()
    assert text(lab, ".cnl-sum").endswith("y[0, 0, 1] = 10 + 20 + 20 + bias 0 = 50")
    mix = LabHand(lab.page, "mix")
    mix.root.get_by_role("application", name="Photograph").tap(position={"x": 1, "y": 1})
    assert picked(mix) == ("0", "0")
