"""Explorables in Python: what they take, what they refuse, what they give to a page."""

import html
import json
import re
import threading
from html.parser import HTMLParser

import ipywidgets
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import ChannelLab, CorrelationLab
from book_utils.explorables.parts.layer import MODES
from book_utils.explorables.platform.base import DIST
from book_utils.explorables.platform.still import CELL, grids_svg, short

PACKAGE = DIST.parent

cells = st.integers(-9, 9) | st.floats(-1e6, 1e6, allow_nan=False)


@st.composite
def grids(draw, largest=6):
    """A small grid of numbers as nested lists."""
    height, width = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    row = st.lists(cells, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=height, max_size=height))


def pairs(low, high):
    """A setting as one number or as (height, width)."""
    number = st.integers(low, high)
    return number | st.tuples(number, number)


def by_torch(x, k, stride, padding, dilation, mode, flip):
    """What PyTorch's own layer makes of these settings, or its error."""
    x, k = (torch.tensor(grid, dtype=torch.float64)[None, None] for grid in (x, k))
    size = tuple(k.shape[2:])
    layer = torch.nn.Conv2d(1, 1, size, stride, padding, dilation, bias=False, padding_mode=mode)
    weight = {"weight": k.flip(2, 3) if flip else k}
    return torch.func.functional_call(layer, weight, (x,))[0, 0]


@given(
    x=grids(),
    k=grids(4),
    stride=pairs(1, 3),
    padding=pairs(0, 3),
    dilation=pairs(1, 3),
    mode=st.sampled_from(MODES),
    flip=st.booleans(),
)
@settings(max_examples=300)
def test_a_lab_computes_what_pytorch_does_and_refuses_what_it_refuses(x, k, **others):
    try:
        expected = by_torch(x, k, **others)
    except RuntimeError:
        with pytest.raises(TraitError, match="CorrelationLab"):
            CorrelationLab(x, k, **others)
        return
    lab = CorrelationLab(x, k, **others)
    scale = max(1.0, float(expected.abs().max()))
    assert_close(lab.output.double(), expected, rtol=1e-6, atol=1e-6 * scale)


# What is taken


@pytest.mark.parametrize(
    "x",
    [
        [[1, 2, 3], [4, 5, 6]],
        ((1, 2, 3), (4, 5, 6)),
        np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8),
        np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32),
        torch.tensor([[1, 2, 3], [4, 5, 6]]),
        torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.float16),
        torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.bfloat16),
        torch.tensor([[1.0, 2, 3], [4, 5, 6]], requires_grad=True),
        torch.tensor([[1, 4], [2, 5], [3, 6]]).T,
    ],
    ids=["list", "tuple", "uint8", "float32", "int", "half", "bfloat16", "gradient", "transposed"],
)
def test_grids_of_every_kind(x):
    lab = CorrelationLab(x, [[1]])
    assert lab.input == [[1, 2, 3], [4, 5, 6]]
    assert lab.output.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_truth_values_are_numbers():
    assert CorrelationLab(torch.tensor([[True, False]]), [[2]]).output.tolist() == [[2, 0]]


def test_one_cell_is_enough():
    assert CorrelationLab([[3]], [[4]]).output.tolist() == [[12]]


def test_defaults_are_the_first_worked_example():
    assert CorrelationLab().output.tolist() == [[19, 25], [37, 43]]


def test_the_output_has_the_default_dtype():
    assert CorrelationLab(torch.tensor([[1]]), [[1]]).output.dtype == torch.get_default_dtype()


def test_the_output_is_as_exact_as_the_page():
    """The page adds in double precision; in single precision the 1 would be lost."""
    assert CorrelationLab([[1e6, 1, 1e6]], [[1e6, 1, -1e6]]).output.item() == 1


# What is refused: each error names the setting, what was given and what is allowed

GOOD = {"input": [[0, 1, 2], [3, 4, 5], [6, 7, 8]], "kernel": [[0, 1], [2, 3]]}
BAD = {
    "kernel larger than the input": ({"kernel": torch.ones(4, 4)}, "kernel", "4", "at most 3"),
    "kernel larger than the padded input": (
        {"kernel": torch.ones(2, 6), "padding": 1},
        "kernel of width 6",
        "spans 6",
        "at most 5",
    ),
    "dilation too wide": ({"dilation": 3}, "dilation", "spans 4", "at most 3"),
    "reflect beyond the input": (
        {"padding": 3, "mode": "reflect"},
        "reflect",
        "padding of 3",
        "at most 2",
    ),
    "circular beyond the input": (
        {"padding": 4, "mode": "circular"},
        "circular",
        "padding of 4",
        "at most 3",
    ),
    "stride 0": ({"stride": 0}, "CorrelationLab.stride", "0", "from 1 to"),
    "stride half": ({"stride": 0.5}, "CorrelationLab.stride", "0.5", "whole number"),
    "stride of three": ({"stride": (1, 1, 1)}, "CorrelationLab.stride", "(1, 1, 1)", "pair"),
    "stride True": ({"stride": True}, "CorrelationLab.stride", "True", "whole number"),
    "stride pair of bools": ({"stride": (True, False)}, "CorrelationLab.stride", "True", "whole"),
    "stride text": ({"stride": "2"}, "CorrelationLab.stride", "'2'", "whole number"),
    "stride None": ({"stride": None}, "CorrelationLab.stride", "None", "whole number"),
    "padding negative": ({"padding": -1}, "CorrelationLab.padding", "-1", "from 0 to"),
    "padding same": ({"padding": "same"}, "CorrelationLab.padding", "'same'", "whole number"),
    "dilation 0": ({"dilation": (1, 0)}, "CorrelationLab.dilation", "(1, 0)", "from 1 to"),
    "NaN": ({"input": [[1, float("nan")]]}, "CorrelationLab.input", "nan", "finite numbers"),
    "infinite": ({"kernel": [[float("inf")]]}, "CorrelationLab.kernel", "inf", "finite numbers"),
    "1e30": ({"input": [[1e30]]}, "CorrelationLab.input", "1e+30", "1,000,000"),
    "letters": ({"input": [["a"]]}, "CorrelationLab.input", "'a'", "numbers"),
    "text": ({"input": "abc"}, "CorrelationLab.input", "'abc'", "grid"),
    "None in a cell": ({"kernel": [[None]]}, "CorrelationLab.kernel", "None", "numbers"),
    "complex": ({"kernel": [[1j]]}, "CorrelationLab.kernel", "1j", "real numbers"),
    "3-D tensor": ({"input": torch.ones(1, 3, 3)}, "CorrelationLab.input", "(1, 3, 3)", "x[0]"),
    "1-D tensor": ({"kernel": torch.ones(3)}, "CorrelationLab.kernel", "(3,)", "grid"),
    "number": ({"kernel": 3}, "CorrelationLab.kernel", "()", "grid"),
    "ragged": ({"input": [[1, 2], [3]]}, "CorrelationLab.input", "unequal length", "grid"),
    "empty": ({"input": [[]]}, "CorrelationLab.input", "(1, 0)", "grid"),
    "too large": ({"input": torch.ones(17, 3)}, "CorrelationLab.input", "(17, 3)", "crop"),
    "mode": ({"mode": "same"}, "mode", "same", "reflect"),
    "flip": ({"flip": "yes"}, "flip", "yes", "True or False"),
    "name": ({"name": "My lab"}, "CorrelationLab.name", "'My lab'", "small letters"),
    "markup name": ({"name": 'a"><script>'}, "CorrelationLab.name", "<script>", "small letters"),
    "picked": ({"picked": ["result", 0, 0]}, "CorrelationLab.picked", "result", "output"),
    "picked half": ({"picked": ["output", 0.5, 0]}, "CorrelationLab.picked", "0.5", "row"),
}


@pytest.mark.parametrize(("change", "where", "what", "allowed"), BAD.values(), ids=BAD)
def test_bad_settings_are_explained_at_the_start(change, where, what, allowed):
    with pytest.raises(TraitError) as error:
        CorrelationLab(**GOOD | change)
    for part in (where, what, allowed):
        assert part in str(error.value)


@pytest.mark.parametrize(("change", "where", "what", "allowed"), BAD.values(), ids=BAD)
def test_bad_settings_leave_a_lab_as_it_was(change, where, what, allowed):
    lab = CorrelationLab(**GOOD, name="kept")
    before = lab.settings()
    seen = []
    lab.observe(seen.append)
    with pytest.raises(TraitError) as error, lab.hold_trait_notifications():
        for name, value in change.items():
            setattr(lab, name, value)
    for part in (where, what, allowed):
        assert part in str(error.value)
    assert lab.settings() == before
    assert lab.output.tolist() == [[19, 25], [37, 43]]
    assert seen == []


def test_a_setting_that_no_longer_fits_is_refused_when_it_is_set():
    lab = CorrelationLab(torch.ones(3, 3), torch.ones(2, 2))
    for name, value in (("kernel", torch.ones(4, 1)), ("input", [[1]]), ("dilation", 3)):
        before = lab.settings()
        with pytest.raises(TraitError, match=f"CorrelationLab.{name}"):
            setattr(lab, name, value)
        assert lab.settings() == before


def test_a_page_and_a_cell_set_a_lab_one_after_the_other():
    """JupyterLab applies what the page sends on a second thread, with traitlets' checks put off."""
    lab = CorrelationLab(torch.ones(3, 3), torch.ones(2, 2))
    page_is_at_it, cell_has_tried = threading.Event(), threading.Event()

    def page():
        with lab.hold_trait_notifications():
            lab.stride = 2
            page_is_at_it.set()
            cell_has_tried.wait(0.3)  # longer than the cell needs, were it let in

    sender = threading.Thread(target=page)
    sender.start()
    page_is_at_it.wait(10)
    with pytest.raises(TraitError, match="spans 9 cells"):
        lab.kernel = torch.ones(9, 9)
    cell_has_tried.set()
    sender.join(10)
    assert lab.stride == (2, 2)
    assert len(lab.kernel) == 2


def test_an_unknown_keyword_names_the_settings_there_are():
    with pytest.raises(TypeError, match="no setting strides; it has controls, dilation, flip,"):
        CorrelationLab(strides=2)


# Traits


def test_settings_that_need_one_another_change_together():
    lab = CorrelationLab()
    with lab.hold_trait_notifications():
        lab.kernel = torch.ones(5, 5)
        lab.input = torch.ones(8, 8)
        lab.stride = 2
    assert lab.output.tolist() == [[25, 25], [25, 25]]


def test_settings_that_need_one_another_reach_the_page_together(monkeypatch):
    """One by one, a view would have to draw a kernel for an input that is still on its way."""
    lab, sent = ChannelLab(), []
    monkeypatch.setattr(lab, "send_state", lambda key: sent.append(set(key)))
    with lab.hold_trait_notifications():
        lab.input, lab.kernel = torch.ones(3, 4, 4), torch.ones(1, 3, 2, 2)
    assert sent == [{"input", "kernel"}]


def test_changes_can_be_observed():
    lab = CorrelationLab()
    seen = []
    lab.observe(lambda change: seen.append((change.name, change.new)), ["stride", "kernel"])
    lab.stride = (2, 1)
    lab.kernel = torch.eye(2)
    assert seen == [("stride", (2, 1)), ("kernel", [[1, 0], [0, 1]])]


def test_a_cell_output_has_the_html_with_ipywidgets_7_too(monkeypatch):
    """There every widget shows itself by `_ipython_display_`, and nothing else is asked."""
    shown = []
    monkeypatch.setattr(
        ipywidgets.Widget, "_ipython_display_", lambda self: shown.append(self), raising=False
    )
    data, _ = DisplayFormatter().format(CorrelationLab())
    assert shown == []
    assert 'class="cnl-explorable"' in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_lab_is_a_widget_that_links_and_lays_out():
    lab, switch = CorrelationLab(), ipywidgets.Checkbox()
    ipywidgets.jslink((lab, "flip"), (switch, "value"))
    ipywidgets.link((lab, "flip"), (switch, "value"))
    switch.value = True
    assert lab.flip
    assert lab.output.tolist() == [[5, 11], [23, 29]]
    assert lab in ipywidgets.VBox([lab, switch]).children


def test_what_the_browser_sends_is_checked_like_everything_else():
    lab = CorrelationLab()
    lab.set_state({"kernel": [[1, 1, 1]] * 3, "input": [[1] * 4] * 4, "stride": [1, 1]})
    assert lab.output.tolist() == [[9, 9], [9, 9]]
    with pytest.raises(TraitError):
        lab.set_state({"stride": [0, 1]})
    assert lab.stride == (1, 1)


# The page


class Elements(HTMLParser):
    """Tags with their attributes, in order, and the text of each script."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] == "script":
            self.scripts.append(data)


@given(x=grids(3), picked=st.sampled_from([None, ["input", -1, 0], ["output", 0, 0]]))
def test_the_state_comes_back_from_the_page(x, picked):
    lab = CorrelationLab(x, [[1.5]], padding=1, name="round-trip", picked=picked)
    page = Elements(lab.static_html())
    state = json.loads(page.scripts[0])
    assert state == json.loads(json.dumps(lab.settings()))
    assert CorrelationLab(**state).settings() == lab.settings()


def test_no_value_breaks_out_of_its_element():
    class Loose(CorrelationLab):
        def settings(self):
            return {"name": "</script><img src=x onerror=alert(1)>'\"&\u2028<!--"}

        def still(self):
            return ""

    text = Loose().static_html()
    page = Elements(text)
    assert [tag for tag, _ in page.tags] == ["div", "script", "script", "div"]
    assert json.loads(page.scripts[0]) == Loose().settings()
    assert not set("<>&\u2028") & set("".join(page.scripts))


def test_the_place_of_a_lab_says_which_view_mounts_it():
    page = Elements(CorrelationLab(name="edges").static_html())
    place = page.tags[0][1]
    assert place["id"] == "lab-edges"
    assert place["data-explorable"] == "correlation"
    assert (DIST / "correlation.static.js").exists()


def test_a_cell_output_carries_the_widget_and_the_page():
    data, _ = CorrelationLab(name="both")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'id="lab-both"' in data["text/html"]


def test_the_still_picture_has_words():
    picture = CorrelationLab(flip=True, padding=(1, 0)).still()
    words = html.unescape(re.search(r'aria-label="([^"]*)"', picture)[1])
    assert words.startswith("Input [[0, 1, 2], [3, 4, 5], [6, 7, 8]] convolved with kernel [[0, 1]")
    assert "padding (1, 0)" in words
    assert 'role="img"' in picture


@pytest.mark.parametrize("value", [7, -12, 0.25, -0.436, -1.5e-7, 123456])
def test_a_number_of_a_still_picture_stays_in_its_cell(value):
    picture = grids_svg([("x", [[1, value]])], "two numbers")
    size = float(re.search(r'<g font-size="([\d.]+)">', picture)[1])
    *_, text = re.findall(r'class="value">([^<]+)', picture)
    assert text == short(value) and size <= 14
    assert 0.58 * size * len(text) < CELL, "a digit is 0.56 of the size of its type"


def test_a_lab_describes_itself():
    assert repr(CorrelationLab(name="shown")).startswith("CorrelationLab(dilation=(1, 1), flip=")


def test_page_and_python_know_the_same_padding_modes_and_largest_number():
    modes = (PACKAGE / "arithmetic" / "axis.ts").read_text(encoding="utf-8")
    numbers = (PACKAGE / "parts" / "numbers.ts").read_text(encoding="utf-8")
    assert f"MODES: readonly Mode[] = {json.dumps(MODES)};" in modes
    assert "LARGEST = 1e6" in numbers
    assert CorrelationLab([[1e6]], [[-1e6]]).input == [[1_000_000]]
