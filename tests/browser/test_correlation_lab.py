"""The correlation lab under mouse, touch and keyboard; PyTorch says what it must show.

Most tests open a page that holds a lab and nothing else, from disk (see lab_page.py). The tests at
the end walk through every use on the built chapter, over http and from disk with the network off.
"""

import itertools
import math
import random
from collections import defaultdict

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import Locator, expect
from torch.testing import assert_close

from book_utils.explorables import CorrelationLab
from tests.browser.conftest import CLIPBOARD
from tests.browser.lab_page import REFUSAL, LabHand, Reading, fragment, soon
from tests.browser.page_checks import faults

SLIDERS = ("Input size", "Kernel size", "Stride", "Padding", "Dilation")


@pytest.fixture
def open_lab(open_labs):
    """Open a page that holds these labs, and return a hand on the first of them."""

    def open_lab(*labs, is_open=None, **options):
        return LabHand(open_labs(*labs, **options), labs[0].name, is_open)

    return open_lab


def numbers(height, width, seed=0):
    """Whole numbers from −9 to 9, with repeats as in pictures."""
    g = torch.Generator().manual_seed(seed)
    return torch.randint(-9, 10, (height, width), generator=g)


def assert_right(reading: Reading):
    """The output on the page is what PyTorch makes of everything else on the page."""
    assert_close(reading.values("output"), reading.by_torch(), rtol=2e-6, atol=2e-6)


# Editing cells


def test_enter_edits_a_cell_and_keeps_the_focus(open_lab):
    lab = open_lab(CorrelationLab())
    lab.cell("input", 1, 1).focus()
    lab.page.keyboard.press("Enter")
    assert lab.editor.input_value() == "4"
    lab.page.keyboard.type("10")  # the old value is selected, so typing replaces it
    lab.page.keyboard.press("Enter")
    reading = lab.read()
    assert reading.values("input")[1, 1] == 10
    assert_right(reading)
    assert lab.focused() == "Input 1,1"


@pytest.mark.parametrize("key", ["Escape", "Enter"])
def test_typing_a_digit_starts_to_edit_and_escape_leaves(open_lab, key):
    lab = open_lab(CorrelationLab())
    lab.cell("kernel", 0, 1).focus()
    lab.page.keyboard.type("-25")
    assert lab.editor.input_value() == "-25"
    lab.page.keyboard.press(key)
    assert lab.editor.count() == 0
    assert lab.read().values("kernel")[0, 1] == (-25 if key == "Enter" else 1)
    assert lab.focused() == "Kernel 0,1"
    lab.page.keyboard.press("ArrowDown")
    assert lab.focused() == "Kernel 1,1"


def test_a_second_press_of_the_mouse_edits_and_a_press_elsewhere_keeps_the_number(open_lab):
    lab = open_lab(CorrelationLab())
    lab.cell("input", 2, 2).click()
    assert lab.editor.count() == 0
    lab.cell("input", 2, 2).click()
    lab.page.keyboard.type("-1.5")
    lab.cell("kernel", 0, 0).click()
    reading = lab.read()
    assert reading.values("input")[2, 2] == -1.5
    assert reading.cells("kernel", "picked") == {(0, 0)}
    assert_right(reading)


def test_a_finger_edits_with_a_second_tap(open_lab):
    lab = open_lab(CorrelationLab(), touch=True, is_mobile=True, width=390)
    lab.cell("kernel", 1, 0).tap()
    lab.cell("kernel", 1, 0).tap()
    assert lab.editor.get_attribute("inputmode") is not None
    lab.editor.fill("7")
    lab.cell("output", 1, 1).tap()
    reading = lab.read()
    assert reading.values("kernel")[1, 0] == 7
    assert reading.cells("output", "picked") == {(1, 1)}
    lab.open()
    assert_right(lab.read())


def lab_message_for(lab, typed):
    """What the lab says when this was typed into the cell in its second row and third column."""
    lab.cell("input", 1, 2).focus()
    lab.page.keyboard.press("Enter")
    lab.editor.fill(typed)
    lab.page.keyboard.press("Enter")
    return lab.read().message


def test_a_number_may_be_a_fraction(open_lab):
    lab = open_lab(CorrelationLab())
    assert lab_message_for(lab, "1/9") == ""
    reading = lab.read()
    assert math.isclose(reading.values("input")[1, 2], 1 / 9, rel_tol=1e-6)
    assert_right(reading)


def test_what_is_no_number_is_explained_and_changes_nothing(open_lab):
    lab = open_lab(CorrelationLab())
    before = lab.read().values("output")
    complaints = {"<img src=x onerror=alert(1)>": "is not a number", "-1e7": "is out of range"}
    for typed, complaint in ({"": "An empty cell"} | complaints).items():
        message, reading = lab_message_for(lab, typed), lab.read()
        assert complaint in message and message.endswith("The cell keeps 5."), typed
        assert reading.values("input")[1, 2] == 5, typed
        assert reading.values("output").equal(before), typed
        assert lab.focused() == "Input 1,2", typed


def test_output_and_padding_cannot_be_edited(open_lab):
    lab = open_lab(CorrelationLab(padding=1))
    for grid, at in (("output", (0, 0)), ("input", (-1, -1)), ("input", (3, 0))):
        lab.cell(grid, *at).focus()
        for key in ("Enter", "5", "F2"):
            lab.page.keyboard.press(key)
            assert lab.editor.count() == 0
        assert lab.cell(grid, *at).get_attribute("aria-readonly") == "true"


def test_arrow_keys_walk_a_grid_and_stop_at_its_edges(open_lab):
    lab = open_lab(CorrelationLab(padding=(1, 0)))
    lab.cell("input", 0, 0).focus()
    walk = [("ArrowRight", "0,1"), ("ArrowDown", "1,1"), ("End", "1,2"), ("ArrowRight", "1,2")]
    walk += [("PageUp", "-1,2"), ("Home", "-1,0"), ("ArrowLeft", "-1,0"), ("PageDown", "3,0")]
    for key, at in walk:
        lab.page.keyboard.press(key)
        assert lab.focused() == f"Input {at}", key
        assert lab.read().cells("input", "picked") == {tuple(map(int, at.split(",")))}


# Sliders

WIDE = CorrelationLab(numbers(6, 6), numbers(3, 3, seed=1), controls=[])  # all in the panel


def test_each_slider_by_keyboard(open_lab):
    lab = open_lab(WIDE)
    start = lab.read()
    for name in SLIDERS:
        lab.slider(name).focus()
        low, high = start.sliders[name]["min"], start.sliders[name]["max"]
        stops = {"End": high, "ArrowLeft": high - 1, "Home": low, "ArrowUp": low + 1}
        for key, value in stops.items():
            lab.page.keyboard.press(key)
            reading = lab.read()
            assert reading.pair(name) == (value, value), (name, key)
            assert_right(reading)
            assert lab.focused() == name
        lab.page.keyboard.press("End")
        lab.page.keyboard.press("0")
        assert lab.read().grids == start.grids, name


def track(slider):
    """Coordinates of the two ends of a slider's track, and of its height."""
    box = slider.bounding_box()
    return box["x"] + 8, box["x"] + box["width"] - 8, box["y"] + box["height"] / 2


def test_each_slider_by_mouse(open_lab):
    lab = open_lab(WIDE)
    start = lab.read()
    for name in SLIDERS:
        slider, setting = lab.slider(name), start.sliders[name]
        slider.scroll_into_view_if_needed()
        left, right, y = track(slider)
        share = (setting["value"] - setting["min"]) / (setting["max"] - setting["min"])
        lab.page.mouse.move(left + share * (right - left), y)
        lab.page.mouse.down()
        lab.page.mouse.move(right, y, steps=6)
        lab.page.mouse.up()
        reading = lab.read()
        assert reading.pair(name) == (setting["max"],) * 2, name
        assert_right(reading)
        # a double-click puts it back, wherever on the slider it falls
        slider.dblclick()
        assert lab.read().grids == start.grids, name


def test_each_slider_by_touch(open_lab):
    lab = open_lab(WIDE, touch=True, is_mobile=True, width=390)
    lab.open()
    start = lab.read()
    for name in SLIDERS:
        slider = lab.slider(name)
        slider.scroll_into_view_if_needed()
        _, right, y = track(slider)
        lab.page.touchscreen.tap(right, y)
        reading = lab.read()
        assert reading.pair(name) == (start.sliders[name]["max"],) * 2, name
        assert_right(reading)
        slider.press("0")
        assert lab.read().grids == start.grids, name


def test_height_and_width_apart_and_together_again(open_lab):
    lab = open_lab(WIDE)
    before = lab.read()
    for name in SLIDERS:
        split = lab.button(f"{name}: height and width apart")
        split.click()
        assert split.get_attribute("aria-pressed") == "true"
        lab.slider(f"{name}, height").focus()
        lab.page.keyboard.press("ArrowRight")
        reading, (old, _) = lab.read(), before.pair(name)
        assert reading.pair(name) == (old + 1, old), name
        assert_right(reading)
        lab.slider(f"{name}, width").focus()
        lab.page.keyboard.press("End")
        assert_right(lab.read())
        split.focus()
        lab.page.keyboard.press("Space")
        joined = lab.read()
        assert name in joined.sliders
        assert joined.pair(name)[0] == joined.pair(name)[1], name
        assert_right(joined)
        lab.slider(name).press("0")
        assert lab.read().grids == before.grids, name


def test_a_split_slider_stays_under_the_hand_when_height_meets_width(open_lab):
    lab = open_lab(CorrelationLab(numbers(6, 6), numbers(2, 2), stride=(3, 2), controls=[]))
    lab.slider("Stride, height").focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowLeft")
        assert lab.focused() == "Stride, height"
    assert lab.read().pair("Stride") == (1, 2)


def test_at_hand_one_slider_sets_height_and_width_and_the_panel_has_one_for_each(open_lab):
    lab = open_lab(CorrelationLab(numbers(6, 6), numbers(3, 3, seed=1)))
    hand = lab.root.locator(".cnl-hand").get_by_role("slider")
    assert [each.get_attribute("aria-valuetext") for each in hand.all()] == [
        "3 cells",
        "1 cells",
        "0 cells a side",
    ]
    lab.slider("Stride, width").press("End")
    assert lab.read().pair("Stride") == (1, 5)
    assert lab.slider("Stride").get_attribute("aria-valuetext") == "1×5 cells"
    assert_right(lab.read())
    lab.slider("Stride").press("ArrowRight")
    assert lab.read().pair("Stride") == (2, 2)
    assert_right(lab.read())


def test_controls_name_what_is_at_hand(open_lab):
    lab = open_lab(CorrelationLab(controls=["mode", "flip"]), is_open=False)
    hand = lab.root.locator(".cnl-hand")
    assert hand.get_by_role("slider").count() == 0
    assert hand.get_by_role("combobox", name="Padding holds").is_visible()
    hand.get_by_role("switch").click()
    lab.open()
    assert lab.root.get_by_role("switch").count() == 1
    assert set(SLIDERS) <= set(lab.read().sliders)
    assert lab.read().flip


def test_more_settings_open_beside_the_stage_and_escape_closes_them(open_lab):
    lab = open_lab(CorrelationLab(), is_open=False)
    toggle = lab.root.get_by_role("button", name="More settings")
    tall = lab.root.bounding_box()["height"]
    toggle.press("Enter")
    panel = lab.root.get_by_role("group", name="More settings")
    left, output = panel.bounding_box()["x"], lab.grid("output").bounding_box()
    assert output["x"] + output["width"] <= left, "the panel hides what the settings change"
    assert toggle.get_attribute("aria-expanded") == "true"
    lab.slider("Dilation").focus()
    lab.page.keyboard.press("Escape")
    assert panel.count() == 0 and lab.focused() == "More settings"
    assert lab.root.bounding_box()["height"] == tall


def test_a_slider_stays_under_the_hand_whatever_it_does(open_lab):
    lab = open_lab(CorrelationLab())
    slider = lab.slider("Input size")
    slider.scroll_into_view_if_needed()
    top = slider.bounding_box()["y"]
    for key in ("End", "Home", "0"):
        slider.press(key)
        lab.settle()
        assert abs(slider.bounding_box()["y"] - top) < 1


def test_values_typed_into_cells_survive_the_size_sliders(open_lab):
    lab = open_lab(CorrelationLab())
    for grid, row, column, typed in (("input", 2, 2, "50"), ("kernel", 1, 1, "-7")):
        lab.cell(grid, row, column).focus()
        lab.page.keyboard.type(typed)
        lab.page.keyboard.press("Enter")
    before = lab.read()
    lab.slider("Kernel size").focus()
    lab.page.keyboard.press("Home")
    lab.slider("Input size").focus()
    lab.page.keyboard.press("Home")
    assert lab.read().values("input").shape == (1, 1)
    lab.page.keyboard.press("End")
    assert lab.read().values("input")[2, 2] == 50
    lab.page.keyboard.press("0")
    lab.slider("Kernel size").focus()
    lab.page.keyboard.press("0")
    assert lab.read().values("input").equal(before.values("input"))
    assert lab.read().values("kernel").equal(before.values("kernel"))


@pytest.mark.parametrize("seed", range(4))
def test_no_setting_that_can_be_reached_jams_or_errs(open_lab, seed):
    """Walk at random over sliders, switches and cells; after each step the page must be right."""
    rng = random.Random(seed)
    shape = [rng.randint(1, 6) for _ in range(4)]
    shape[2:] = [min(k, n) for k, n in zip(shape[2:], shape[:2], strict=True)]
    controls = rng.choice(([], ["kernel", "stride", "padding"]))
    grids = numbers(*shape[:2]), numbers(*shape[2:], seed=1)
    lab = open_lab(CorrelationLab(*grids, controls=controls))
    keyboard, reading = lab.page.keyboard, lab.read()
    for _ in range(90):
        act = rng.random()
        if act < 0.8:
            slider = lab.slider(rng.choice(list(reading.sliders)))
            slider.press(rng.choice(("ArrowRight", "ArrowLeft", "ArrowRight", "Home", "End", "0")))
        elif act < 0.86:
            lab.root.locator(".cnl-split:enabled").nth(rng.randrange(2)).press("Space")
        elif act < 0.9:
            lab.flip.press("Space")
        elif act < 0.94:
            modes = lab.root.get_by_role("combobox", name="Padding holds")
            modes.select_option(rng.choice(modes.locator("option").all_text_contents()))
            modes.focus()
        else:
            grid = rng.choice(("input", "kernel"))
            lab.cell(grid, *rng.choice(sorted(reading.cells(grid)))).focus()
            keyboard.type(str(rng.randint(-99, 99)))
            keyboard.press("Enter")
        reading = lab.read()
        assert_right(reading)
        assert reading.focused
        assert len([g for g in reading.grids if reading.cells(g, "picked")]) >= 1
        assert reading.message == ""


# Flip, padding modes, presets, reset


def test_flip_turns_correlation_into_convolution(open_lab):
    lab = open_lab(WIDE)
    lab.flip.focus()
    lab.page.keyboard.press("Space")
    reading = lab.read()
    assert reading.flip
    assert reading.values("turned").equal(reading.values("kernel").flip(0, 1))
    assert_right(reading)
    lab.root.get_by_text("flip the kernel (convolution)").click()
    assert not lab.read().flip
    assert_right(lab.read())


def test_padding_holds_what_pytorch_puts_there(open_lab):
    lab = open_lab(CorrelationLab(numbers(4, 5), numbers(2, 3, seed=1), padding=(2, 1)))
    for mode in ("reflect", "replicate", "circular"):
        lab.choose("Padding holds", mode)
        reading = lab.read()
        assert reading.mode == mode
        x = reading.values("input")
        shown = torch.tensor([[cell["value"] for cell in row] for row in reading.grids["input"]])
        assert_close(shown.double(), F.pad(x[None], (1, 1, 2, 2), mode)[0])
        assert_right(reading)


def test_modes_that_cannot_fill_the_padding_are_not_offered(open_lab):
    lab = open_lab(CorrelationLab(numbers(2, 2), numbers(2, 2), padding=2))
    modes = lab.root.get_by_role("combobox", name="Padding holds", exact=True).locator("option")
    assert modes.all_text_contents() == ["zeros", "replicate", "circular"]


def test_every_example_shows_the_right_output(open_lab):
    lab = open_lab(CorrelationLab([[5]], [[2]]))
    start = lab.read()
    names = (
        lab.root.get_by_role("combobox", name="Example", exact=True)
        .locator("option")
        .all_text_contents()
    )
    assert len(names) == len(set(names)) > 10
    for name in names:
        lab.choose("Example", name)
        assert_right(lab.read())
    lab.choose("Example", names[0])
    assert lab.read().grids == start.grids


def test_the_worked_examples_give_the_numbers_of_the_book(open_lab):
    lab = open_lab(CorrelationLab([[5]], [[2]]))
    lab.choose("Example", "0…8 with 0…3")
    assert lab.read().values("output").tolist() == [[19, 25], [37, 43]]
    lab.choose("Example", "a 3×3 window whose sum is 7")
    assert lab.read().values("output").tolist() == [[7]]
    lab.choose("Example", "vertical edges, 6×8 with 1, −1")
    assert lab.read().values("output").tolist() == [[0, 1, 0, 0, 0, -1, 0]] * 6
    lab.choose("Example", "stride 3 down, 2 across")
    assert lab.read().values("output").tolist() == [[0, 8], [6, 8]]


def test_reset_goes_back_to_the_example(open_lab):
    lab = open_lab(CorrelationLab(numbers(4, 4), numbers(2, 2)))
    start = lab.read()
    for example in ("this page’s own", "Sobel, vertical edges"):
        lab.choose("Example", example)
        shown = lab.read()
        lab.cell("input", 0, 0).focus()
        lab.page.keyboard.type("77")
        lab.page.keyboard.press("Enter")
        lab.slider("Padding").focus()
        lab.page.keyboard.press("End")
        lab.slider("Input size").focus()
        lab.page.keyboard.press("End")
        lab.button("Reset").click()
        assert lab.read().grids == shown.grids
        assert lab.focused() == "Reset"
    lab.choose("Example", "this page’s own")
    assert lab.read().grids == start.grids


# Picking: what lights up, what is said


def meetings(reading: Reading):
    """Every (output, weight, padded cell, source) that meet, by looking them all up."""
    (h, w), (kh, kw) = reading.values("input").shape, reading.values("kernel").shape
    (ph, pw), stride, dilation = map(reading.pair, ("Padding", "Stride", "Dilation"))
    index = torch.arange(1.0, h * w + 1).reshape(1, 1, h, w)
    mode = "constant" if reading.mode == "zeros" else reading.mode
    source = F.pad(index, (pw, pw, ph, ph), mode)[0, 0].int() - 1  # −1 where a zero stands
    outputs = itertools.product(*map(range, reading.values("output").shape))
    for (i, j), (a, b) in itertools.product(outputs, list(itertools.product(range(kh), range(kw)))):
        r, c = i * stride[0] + a * dilation[0], j * stride[1] + b * dilation[1]
        tap = (kh - 1 - a, kw - 1 - b) if reading.flip else (a, b)
        s = int(source[r, c])
        yield (i, j), tap, (r - ph, c - pw), divmod(s, w) if s >= 0 else None


def expected_lights(links, grid, at):
    """Cells that light up in each grid when this one is picked, by all that meet."""
    lit = defaultdict(set)
    sources = {padded: source for _, _, padded, source in links}
    for output, tap, padded, source in links:
        same_input = padded == at if sources.get(at) is None else source == sources[at]
        if {"output": output == at, "kernel": tap == at, "input": same_input}[grid]:
            lit["output"].add(output)
            lit["kernel"].add(tap)
            lit["input"].add(padded)
    return {name: lit[name] for name in ("input", "kernel", "output")}


LIGHTS = {
    "plain": {},
    "strided, padded": {"stride": (2, 1), "padding": (1, 2)},
    "dilated, flipped": {"dilation": (1, 2), "flip": True, "padding": (0, 1)},
    "circular": {"padding": 2, "mode": "circular", "stride": (1, 3)},
    "reflect": {"padding": (1, 0), "mode": "reflect"},
}


@pytest.mark.parametrize("settings", LIGHTS.values(), ids=LIGHTS)
def test_a_pick_lights_up_all_that_it_meets(open_lab, settings):
    lab = open_lab(CorrelationLab(numbers(4, 5), numbers(2, 3, seed=1), **settings))
    links = list(meetings(lab.read()))
    for grid in ("output", "kernel", "input"):
        for at in sorted(lab.read().cells(grid)):
            lab.cell(grid, *at).press("Space")
            reading = lab.read()
            assert reading.cells(grid, "picked") == {at}
            lights = {name: reading.cells(name, "lit") for name in ("input", "kernel", "output")}
            assert lights == expected_lights(links, grid, at), (grid, at)
            if settings.get("flip"):
                turned = {(1 - a, 2 - b) for a, b in lights["kernel"]}
                assert reading.cells("turned", "lit") == turned


def test_the_sum_is_written_out_and_spoken(open_lab):
    lab = open_lab(CorrelationLab())
    reading = lab.read()
    assert reading.sum == "y[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19"
    assert reading.spoken == (
        "y[0, 0] equals 0 times 0 plus 1 times 1 plus 3 times 2 plus 4 times 3 equals 19"
    )
    lab.cell("output", 1, 0).click()
    assert lab.read().sum == "y[1, 0] = 3×0 + 4×1 + 6×2 + 7×3 = 37"
    lab.cell("kernel", 1, 1).click()
    reading = lab.read()
    assert reading.sum == "w[1, 1] = 3 multiplies 4 input cells, one for each output"
    assert reading.full == f"{reading.sum}: x[1, 1], x[1, 2], x[2, 1], x[2, 2]"
    lab.cell("input", 0, 1).click()
    reading = lab.read()
    assert reading.sum == "x[0, 1] = 1 reaches 2 outputs"
    assert reading.full == f"{reading.sum}: y[0, 0] by weight 1, y[0, 1] by weight 0"
    assert reading.spoken == reading.full.replace("=", "equals")


def test_a_sum_too_long_for_two_lines_is_written_in_full_in_the_panel(open_lab):
    lab = open_lab(CorrelationLab(numbers(4, 4), numbers(4, 4, seed=1)))
    reading = lab.read()
    assert reading.sum.count("×") == 5 and " + … + " in reading.sum
    assert reading.full.count("×") == 16 and "…" not in reading.full
    assert reading.sum.split(" = ")[-1] == reading.full.split(" = ")[-1]
    assert reading.spoken.count("times") == 16


def test_negative_numbers_in_a_sum_stand_in_brackets(open_lab):
    lab = open_lab(CorrelationLab([[1, -2]], [[-3, 0.5]]))
    reading = lab.read()
    assert reading.sum == "y[0, 0] = 1×(−3) + (−2)×0.5 = −4"
    assert "minus 3" in reading.spoken
    assert not set("×−+=()") & set(reading.spoken)


def test_the_mouse_shows_a_cell_without_picking_it(open_lab):
    lab = open_lab(CorrelationLab())
    lab.cell("output", 1, 1).hover()
    reading = lab.read()
    assert reading.sum.startswith("y[1, 1] = ")
    assert reading.cells("output", "picked") == {(1, 1)}, "what is said is what is marked"
    assert reading.cells("output", "selected") == {(0, 0)}
    assert reading.spoken.startswith("y[0, 0]")
    lab.page.mouse.move(0, 0)
    reading = lab.read()
    assert reading.sum.startswith("y[0, 0] = ")
    assert reading.cells("output", "picked") == {(0, 0)}


def test_the_window_is_outlined_where_it_stands(open_lab):
    lab = open_lab(CorrelationLab(numbers(5, 6), numbers(2, 2), padding=1, dilation=2, stride=2))
    lab.cell("output", 1, 2).click()

    def is_there():  # it glides
        frame = lab.root.locator(".cnl-frame").bounding_box()
        first, last = (lab.cell("input", *at).bounding_box() for at in ((1, 3), (3, 5)))
        wanted = (first["x"], first["y"], last["x"] + last["width"], last["y"] + last["height"])
        got = (frame["x"], frame["y"], frame["x"] + frame["width"], frame["y"] + frame["height"])
        assert got == pytest.approx(wanted, abs=1.5)

    soon(is_there)


def test_cells_that_no_window_reads_are_marked(open_lab):
    lab = open_lab(CorrelationLab(numbers(6, 6), numbers(3, 3), stride=2))
    reading = lab.read()
    last = {(i, j) for i in range(6) for j in range(6) if 5 in (i, j)}
    assert reading.cells("input", "unread") == last
    assert reading.size.endswith(" = 2, remainder 1")
    assert (
        "1 row and 1 column of the padded input read by no window: "
        "remainder, 1 row and 1 column." in reading.formula
    )
    label = lab.cell("input", 5, 0).get_attribute("aria-label")
    assert label.endswith("read by no window, in the remainder")
    lab.cell("input", 5, 5).click()
    assert lab.read().sum.endswith("is read by no window.")
    lab.slider("Stride").focus()
    lab.page.keyboard.press("Home")
    assert lab.read().cells("input", "unread") == set()


def test_gaps_between_stops_and_the_remainder_behind_the_last_are_marked_apart(open_lab):
    lab = open_lab(CorrelationLab(numbers(5, 7), numbers(2, 2), stride=(3, 2)))
    reading = lab.read()
    gaps = {(2, j) for j in range(7)}
    assert reading.cells("input", "gap") == gaps
    assert reading.cells("input", "unread") == gaps | {(i, 6) for i in range(5)}
    sizes = "h = ⌊(5 − 2) / 3⌋ + 1 = 2, gaps 1, w = ⌊(7 − 2) / 2⌋ + 1 = 3, remainder 1"
    assert reading.size == sizes
    assert "read by no window: gaps, 1 row; remainder, 1 column." in reading.formula
    assert lab.cell("input", 2, 6).get_attribute("aria-label").endswith("in a gap")


def test_the_size_formula_has_the_numbers_filled_in(open_lab):
    lab = open_lab(CorrelationLab(numbers(5, 7), numbers(2, 3), stride=(1, 2), padding=(0, 1)))
    assert lab.read().formula.startswith(
        "Output size: height ⌊(5 + 2·0 − 1·(2 − 1) − 1) / 1⌋ + 1 = 4, "
        "width ⌊(7 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 4; with the padding of both sides in total "
        "height ⌊(5 − 2 + 0 + 1) / 1⌋ = 4, width ⌊(7 − 3 + 2 + 2) / 2⌋ = 4."
    )
    assert lab.read().size == "h = ⌊(5 − 2) / 1⌋ + 1 = 4, w = ⌊(7 + 2·1 − 3) / 2⌋ + 1 = 4"
    lab.open()
    lab.slider("Dilation").fill("2")
    assert "height ⌊(5 − (2·(2 − 1) + 1) + 0 + 1) / 1⌋ = 3" in lab.read().formula


# Play, pause, step


def test_stepping_goes_round_through_the_outputs(open_lab):
    lab = open_lab(CorrelationLab())
    seen = []
    for _ in range(5):
        reading = lab.read()
        seen.append((reading.count, *reading.cells("output", "picked")))
        lab.button("Next output").click()
    stops = [((0, 0)), ((0, 1)), ((1, 0)), ((1, 1)), ((0, 0))]
    assert seen == [(f"{i % 4 + 1} of 4", at) for i, at in enumerate(stops)]
    lab.button("Previous output").click()
    assert lab.read().count == "1 of 4"
    lab.button("Previous output").click()
    assert lab.read().count == "4 of 4"


def test_play_goes_on_while_more_settings_is_closed(open_lab):
    lab = open_lab(CorrelationLab())
    lab.open(False)
    said = lab.root.locator(".cnl-sum")
    before = said.inner_text()
    lab.button("Play").click()
    expect(said).not_to_have_text(before)


def test_play_and_pause_by_mouse_touch_and_keyboard_and_by_a_pick(open_lab):
    lab = open_lab(CorrelationLab(), touch=True)
    count = lab.root.locator(".cnl-count")
    for press in (Locator.click, Locator.tap, lambda button: button.press("Enter")):
        before = count.inner_text()
        press(lab.button("Play"))
        expect(count).not_to_have_text(before)
        assert lab.root.locator('div[aria-live="off"]').count() == 1  # nobody wants that read out
        press(lab.button("Pause"))
        assert lab.root.locator('div[aria-live="polite"]').count() == 1
    # with its timer in our hand: it goes round, and a step at the moment of a pick does not undo it
    lab.page.evaluate("""() => {
      globalThis.setInterval = (step) => { globalThis.tick = step; return "ours"; };
      globalThis.clearInterval = (timer) => { globalThis.cleared = timer; };
    }""")
    lab.button("Play").click()
    lab.page.wait_for_function("!!globalThis.tick")
    seen = [count.inner_text()]
    for _ in range(4):
        lab.page.evaluate("tick()")
        seen.append(count.inner_text())
    assert len(set(seen)) == 4 and seen[0] == seen[4]
    lab.cell("kernel", 0, 0).evaluate("cell => { cell.click(); Promise.resolve().then(tick); }")
    assert lab.button("Play").count() == 1
    assert lab.read().cells("kernel", "picked") == {(0, 0)}
    lab.page.wait_for_function("globalThis.cleared === 'ours'")


def test_a_thousand_can_be_typed_as_people_write_it(open_lab):
    lab = open_lab(CorrelationLab())
    for text, value in {"1,000": 1000, "-12,345": -12345, "1,5": 1.5, "2 000": 2000}.items():
        lab.cell("input", 0, 0).focus()
        lab.page.keyboard.press("Enter")
        lab.page.keyboard.type(text)
        lab.page.keyboard.press("Enter")
        assert lab.read().values("input")[0, 0] == value, text


# Links


def changed_lab(open_lab):
    """A lab on which something of every kind was changed by hand."""
    lab = open_lab(CorrelationLab(name="mine"), CorrelationLab(name="other"))
    lab.cell("input", 0, 0).focus()
    lab.page.keyboard.type("1/9")
    lab.page.keyboard.press("Enter")
    for name, key in (("Input size", "End"), ("Padding", "ArrowRight"), ("Dilation", "ArrowRight")):
        lab.slider(name).focus()
        lab.page.keyboard.press(key)
    lab.slider("Stride, width").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.flip.click()
    lab.choose("Padding holds", "circular")
    lab.cell("kernel", 1, 0).click()
    lab.page.mouse.move(0, 0)
    return lab


def test_a_link_restores_the_lab_and_no_other(open_lab, open_page):
    lab = changed_lab(open_lab)
    link = lab.copied_link()
    shown = lab.read()
    page = open_page(link)
    mine, other = LabHand(page, "mine"), LabHand(page, "other")
    restored = mine.read()
    for part in ("grids", "mode", "flip", "sum", "formula"):
        assert getattr(restored, part) == getattr(shown, part)
    assert [restored.pair(name) for name in SLIDERS] == [shown.pair(name) for name in SLIDERS]
    assert restored.message == ""
    assert other.read().values("output").tolist() == [[19, 25], [37, 43]]
    # Reset goes to the page's own lab, not to the link's.
    mine.button("Reset").click()
    assert mine.read().values("output").tolist() == [[19, 25], [37, 43]]


def test_where_copying_is_refused_the_link_can_be_taken_by_hand(open_lab):
    lab = open_lab(CorrelationLab())
    lab.page.evaluate(
        """() => {
          navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
          document.execCommand = () => false;
        }"""
    )
    lab.button("Copy link").click()
    box = lab.root.get_by_label("To copy")
    assert box.input_value().startswith(lab.page.url.split("#")[0] + "#lab=lab&s=")
    assert "take the link from the box" in lab.read().message


GOOD = CorrelationLab().settings()


def packed(settings):
    """Settings, or any text, as a link carries them."""
    return fragment("lab", settings).split("&s=")[1]


HOSTILE = {
    "image in a cell": packed(GOOD | {"input": [["<img src=x onerror=alert(1)>"]]}),
    "cut off": packed(GOOD)[:40],
    "kernel larger than input": packed(GOOD | {"kernel": [[1] * 4] * 4}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_opened_by_a_hostile_link(open_lab, name):
    lab = open_lab(CorrelationLab(), fragment=f"#lab=lab&s={HOSTILE[name]}")
    reading = lab.read()
    assert REFUSAL.match(reading.message)
    assert reading.values("output").tolist() == [[19, 25], [37, 43]]


def test_links_that_are_not_for_this_lab_are_let_be(open_lab):
    lab = open_lab(CorrelationLab(), fragment="#%E0%A4%A")
    assert lab.read().message == ""
    for other in ("#lab=nobody&s=e30", "#top", "#lab", "#lab=%22%3E"):
        lab.follow(other)
        assert lab.read().message == "", other


def test_a_picked_cell_far_outside_goes_back_to_the_first_output(open_lab):
    settings = GOOD | {"picked": ["output", 2**53 - 1, -5]}
    lab = open_lab(CorrelationLab(), fragment=f"#lab=lab&s={packed(settings)}")
    assert lab.read().cells("output", "picked") == {(0, 0)}


# Kinds of page and reader

LARGE = CorrelationLab(
    numbers(16, 16), numbers(9, 9) / 7, padding=8, flip=True, picked=["output", 3, 3]
)


def test_a_narrow_page_does_not_scroll_sideways(open_lab):
    lab = open_lab(LARGE, CorrelationLab(name="small"), width=320, is_mobile=True, touch=True)
    LabHand(lab.page, "small")
    for width in (320, 390, 768):
        lab.at_width(width)
        assert lab.page.evaluate("document.documentElement.scrollWidth") <= width

    def small(width):
        lab.at_width(width)
        box = LabHand(lab.page, "small").cell("input", 0, 0).bounding_box()
        return min(box["width"], box["height"])

    assert small(320) >= 36 and small(390) >= 43.5, "as large as a fingertip"


def test_numbers_stay_inside_their_cells(open_lab):
    x = torch.tensor([[-0.0123, 1e-5, -1e6], [-999999, 123.456, -0.333333], [9999, -9999, 1]])
    lab = open_lab(CorrelationLab(x, [[-0.00123, 0.5]]))
    outside = lab.root.evaluate(
        """lab => [...lab.querySelectorAll("[role=gridcell]")].filter((td) => {
          const range = document.createRange();
          range.selectNodeContents(td);
          const [text, cell] = [range.getBoundingClientRect(), td.getBoundingClientRect()];
          return text.left < cell.left || text.right > cell.right;
        }).map((td) => [td.textContent, td.firstChild.length])"""
    )
    assert outside == []


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", 0), ("no-preference", 0.15)])
def test_motion_is_reduced_for_those_who_ask(open_lab, motion, seconds):
    lab = open_lab(CorrelationLab(), motion=motion)
    shown = lab.root.locator(".cnl-frame").evaluate("f => getComputedStyle(f).transitionDuration")
    assert float(shown.removesuffix("s")) == seconds


def test_labs_are_mounted_as_they_come_near(open_lab):
    labs = [CorrelationLab(name=f"lab-{i}") for i in range(30)]
    lab = open_lab(*labs)
    mounted = lab.page.locator(".cnl-mounted")
    assert 1 <= mounted.count() < 15
    last = lab.page.locator("#lab-lab-29")
    assert last.locator(".cnl-still").is_visible()
    LabHand(lab.page, "lab-29")
    assert not last.locator(".cnl-still").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_lab, theme):
    every = CorrelationLab(
        numbers(6, 7), numbers(3, 3) / 3, stride=2, padding=(1, 0), flip=True, name="every"
    )
    lab = open_lab(every, CorrelationLab(), theme=theme, motion="reduce")
    LabHand(lab.page, "lab")
    lab.button("Dilation: height and width apart").click()
    for width in (1280, 390):
        lab.at_width(width)
        lab_message_for(lab, "abc")
        assert faults(lab.page) == [], width
        lab.cell("kernel", 1, 1).click()
        lab.cell("kernel", 1, 1).click()
        assert lab.editor.is_visible()
        assert faults(lab.page) == [], width


# The built chapter


@pytest.fixture(params=["http", "file"])
def on_book(request, open_page):
    """Open the chapter on cross-correlation, from disk with the network off, or over http."""
    base = request.getfixturevalue(f"book_{request.param}")
    offline = request.param == "file"

    def on_book(fragment="", **options):
        url = f"{base}chapters/cross-correlation.html{fragment}"
        page = open_page(url, offline=offline, permissions=CLIPBOARD, **options)
        return LabHand(page, "first")

    return on_book


def written_out(reading, row, column):
    """The sum that makes one output of a plain lab of whole numbers."""
    kernel = reading.values("kernel").int()
    window = reading.values("input").int()[row:, column:][: len(kernel), : kernel.shape[1]]
    terms = [f"{x}×{w}" for x, w in zip(window.flatten(), kernel.flatten(), strict=True)]
    return f"y[{row}, {column}] = {' + '.join(terms)} = {(window * kernel).sum()}"


def test_the_built_chapter(on_book):
    """Opened by a hostile link, worked by keyboard, by mouse, by other links, and printed."""
    lab = on_book(f"#lab=first&s={HOSTILE['cut off']}")
    start = lab.read()
    assert REFUSAL.match(start.message)
    assert start.values("output").tolist() == [[19, 25], [37, 43]]
    for walk in (by_keyboard, by_mouse):
        walk(lab)
        lab.button("Reset").click()
        assert lab.read().grids == start.grids, walk.__name__
    hostile = {"input": [["<img src=x onerror=alert(1)>"]]}
    lab.must_refuse(GOOD | hostile, "its input is not a grid")
    assert lab.read().grids == start.grids
    lab.page.emulate_media(media="print")
    assert lab.place.locator(".cnl-still").is_visible()
    assert not lab.root.is_visible()


def by_keyboard(lab):
    assert lab.read().sum == written_out(lab.read(), 0, 0)
    lab.cell("output", 0, 0).focus()
    lab.page.keyboard.press("ArrowDown")
    assert lab.read().sum == written_out(lab.read(), 1, 0)
    lab.cell("input", 0, 0).focus()
    lab.page.keyboard.type("9")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.type("5")
    lab.page.keyboard.press("Escape")
    assert lab.read().values("input")[0, 0] == 9
    assert "is not a number" in lab_message_for(lab, "abc")
    for name in SLIDERS:
        lab.slider(name).press("End")
        assert_right(lab.read())
    lab.slider("Input size").press("0")
    assert_right(lab.read())


def by_mouse(lab):
    for grid in ("output", "kernel", "input"):
        lab.cell(grid, 1, 1).click()
        reading = lab.read()
        lights = {name: reading.cells(name, "lit") for name in ("input", "kernel", "output")}
        assert lights == expected_lights(list(meetings(reading)), grid, (1, 1))
    lab.root.get_by_text("flip the kernel (convolution)").click()
    assert lab.read().flip
    assert_right(lab.read())
    names = (
        lab.root.get_by_role("combobox", name="Example", exact=True)
        .locator("option")
        .all_text_contents()
    )
    for name in names:
        lab.choose("Example", name)
        assert_right(lab.read())
    lab.choose("Example", names[0])
    lab.button("Kernel size: height and width apart").click()
    lab.slider("Kernel size, width").scroll_into_view_if_needed()
    left, right, y = track(lab.slider("Kernel size, width"))
    lab.page.mouse.click(right, y)
    assert lab.read().pair("Kernel size") == (2, 3)
    assert_right(lab.read())
    lab.button("Next output").click()
    lab.button("Play").click()
    lab.button("Pause").click()


def test_the_built_chapter_by_touch(on_book):
    lab = on_book(touch=True, is_mobile=True, width=390)
    lab.cell("kernel", 0, 0).tap()
    lab.cell("kernel", 0, 0).tap()
    lab.editor.fill("1/2")
    lab.cell("output", 1, 1).tap()
    reading = lab.read()
    assert reading.values("kernel")[0, 0] == 0.5
    lab.open()
    assert_right(lab.read())
    slider = lab.slider("Padding")
    slider.scroll_into_view_if_needed()
    _, right, y = track(slider)
    lab.page.touchscreen.tap(right, y)
    assert lab.read().pair("Padding") == (lab.read().sliders["Padding"]["max"],) * 2
    assert_right(lab.read())


def test_a_link_to_the_built_chapter(on_book, open_page):
    lab = on_book()
    lab.slider("Padding").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.cell("input", 2, 2).focus()
    lab.page.keyboard.type("-3.5")
    lab.page.keyboard.press("Enter")
    link, shown = lab.copied_link(), lab.read()
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    assert_close(scope["y"], shown.values("output").float())
    restored = LabHand(open_page(link), "first").read()
    assert (restored.grids, restored.sum, restored.message) == (shown.grids, shown.sum, "")
