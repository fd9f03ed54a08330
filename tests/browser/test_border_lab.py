"""The border lab under mouse and keyboard: what each padding cell copies, in four modes."""

import pytest

from book_utils.explorables import BorderLab
from tests.browser.lab_page import LabHand

SHOWN = """lab => ({
  lanes: Object.fromEntries([...lab.querySelectorAll(".cnl-padded")].map((lane) => [
    lane.ariaLabel,
    {
      cells: [...lane.querySelectorAll("[role=gridcell]")].map((c) => Number(c.textContent)),
      padding: lane.querySelectorAll(".padding").length,
      lit: [...lane.querySelectorAll(".lit")].map((c) => Number(c.dataset.at.split(",")[1])),
      said: lane.querySelector(".cnl-copied").textContent,
      arrows: lane.querySelectorAll(".cnl-arrows i").length,
      refused: lane.querySelector(".cnl-refused")?.textContent,
    },
  ])),
  sum: lab.querySelector(".cnl-sum").textContent,
  spoken: lab.querySelector("div[aria-live]").textContent,
})"""


class Hand(LabHand):
    """A mounted border lab."""

    def shown(self):
        self.settle()
        return self.root.evaluate(SHOWN)

    def cell_of(self, mode, at):
        return self.root.get_by_role("grid", name=f"The row, padding {mode}").locator(
            f'[data-at="0,{at}"]'
        )


@pytest.fixture
def opened(open_labs):
    return lambda *row, **settings: Hand(open_labs(BorderLab(*row, **settings)))


@pytest.mark.parametrize(("size", "padding"), [(4, 3), (1, 0), (6, 5), (2, 2)])
def test_four_rows_are_padded_as_pytorch_does(opened, size, padding):
    lanes = opened(size, padding).shown()["lanes"]
    for mode, row in BorderLab(size, padding).output.items():
        assert lanes[mode]["cells"] == ([] if row is None else row.tolist())
        assert lanes[mode]["padding"] == (0 if row is None else 2 * padding)


def test_a_padding_cell_says_and_lights_what_it_copies(opened):
    lab = opened()
    lab.cell_of("reflect", -1).click()
    shown = lab.shown()
    assert shown["sum"].startswith("x[−1] holds 0, 2, 1, 4")
    lanes = shown["lanes"]
    assert {mode: lane["lit"] for mode, lane in lanes.items()} == {
        "zeros": [],
        "reflect": [1],
        "replicate": [0],
        "circular": [3],
    }
    assert [lane["said"] for lane in lanes.values()] == [
        "x[−1] = 0",
        "x[−1] copies x[1] = 2",
        "x[−1] copies x[0] = 1",
        "x[−1] copies x[3] = 4",
    ]
    assert [lane["arrows"] for lane in lanes.values()] == [0, 1, 1, 1]


def test_a_cell_of_the_row_shows_its_copies(opened):
    lab = opened()
    lab.cell_of("circular", 0).click()
    shown = lab.shown()
    assert shown["sum"].startswith("Copies of x[0] = 1: 0, 1, 3, 1")
    lanes = shown["lanes"]
    assert lanes["replicate"]["lit"] == [-3, -2, -1]
    assert lanes["reflect"]["said"] == "copied to x[6]"
    assert lanes["zeros"]["said"] == "not copied"


def test_keys_walk_into_the_padding_and_all_four_are_spoken(opened):
    lab = opened(at=0)
    lab.cell_of("zeros", 0).press("ArrowLeft")
    spoken = lab.shown()["spoken"]
    assert "reflect: x[minus 1] copies x[1] equals 2" in spoken
    assert "circular: x[minus 1] copies x[3] equals 4" in spoken


def test_too_much_padding_is_refused_in_pytorchs_words(opened):
    lab = opened()
    lab.slider("Padding p").fill("5")
    lanes = lab.shown()["lanes"]
    reflect, circular = lanes["reflect"]["refused"], lanes["circular"]["refused"]
    assert "should be less than the corresponding input dimension" in reflect
    assert "At most 3 cells a side" in reflect
    assert "wrapping around more than once" in circular and "At most 4 cells" in circular
    assert lab.shown()["sum"].startswith("x[−1] holds 0, –, 1, –")


def test_a_place_that_is_gone_gives_way_to_the_nearest(opened):
    lab = opened(at=-3)
    lab.slider("Padding p").fill("1")
    assert lab.shown()["sum"].startswith("x[−1] holds")
