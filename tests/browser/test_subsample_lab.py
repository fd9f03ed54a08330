"""The subsampling lab under the hand: stripes that slide, and what is said of their output."""

import pytest
from playwright.sync_api import expect

from book_utils.explorables import SubsampleLab
from tests.browser.lab_page import LabHand

SHOWN = """lab => {
  const [wave, output, old] = [...lab.querySelectorAll(".cnl-band")];
  const left = wave.getBoundingClientRect().left;
  const cell = wave.getBoundingClientRect().width / 27;
  const place = (box) => (box.getBoundingClientRect().left - left) / cell - 1.5;
  const cells = (band) => [...band.querySelectorAll(".cnl-cell")]
    .map((each) => [Math.round(2 * place(each)) / 2, Number(each.textContent)]);
  const unread = [...wave.querySelectorAll(".cnl-unread")].map((each) => Math.round(place(each)));
  return { wave: cells(wave), output: cells(output), old: cells(old), unread };
}"""


class Hand(LabHand):
    """A mounted subsampling lab."""

    def shown(self):
        """Each row as (place, number) of its cells, in pixels from the first; what is not read."""
        self.settle()
        return self.root.evaluate(SHOWN)

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")


@pytest.fixture
def opened(open_labs):
    # still, so that a row is looked at where it comes to rest
    return lambda **settings: Hand(open_labs(SubsampleLab(**settings), motion="reduce"))


def rows(lab):
    """What stands at the places of the row: the wave, and both outputs by their first pixel."""
    shown = lab.shown()
    return [dict(map(tuple, shown[row])) for row in ("wave", "output", "old")]


def test_the_wave_slides_and_the_output_is_what_python_finds(opened):
    python, lab = SubsampleLab(), opened()
    for shift in (0, 1, 2, 8):
        lab.slider("Shift").fill(str(shift))
        python.shift = shift
        wave, output, old = rows(lab)
        assert [wave[i] for i in range(-1, 25)] == python.wave(-1, 25).tolist()
        assert [output[2 * j] for j in range(12)] == python.output.tolist()
        # the output before the shift, as far to the right as the wave
        unmoved = python.outputs(8, shift=0).tolist()
        assert [old[2 * j + shift] for j in range(8)] == unmoved


def test_it_says_how_far_the_output_changes_and_what_that_means(opened):
    lab = opened()
    expect(lab.sum).to_have_text("Nothing has moved yet. Shift the wave by 1, then by 2.")
    lab.slider("Shift").fill("1")
    said = "Shift 1 changes the output by up to {}"
    expect(lab.sum).to_have_text(said.format("1, after the best realignment"))
    lab.choose("Method", "max, blur, keep 1 in 2")
    expect(lab.sum).to_have_text(said.format("0.25, after the best realignment"))
    lab.choose("Method", "keep 1 in 2")
    lab.slider("Period").fill("3")
    expect(lab.sum).to_contain_text("0, the same stripes, but not moved along with the wave")
    lab.slider("Shift").fill("2")
    expect(lab.sum).to_have_text("Shift 2 changes the output by up to 0, it moves along by 1 step")


def test_stripes_that_alias_are_said_beside_the_task(opened):
    lab = opened(method="stride")
    aside = lab.root.locator(".cnl-aside")
    for period, out in (
        (2, "flat"),
        (3, "3 outputs = 6 pixels"),
        (4, "2 outputs = 4 pixels"),
        (5, "5 outputs = 10 pixels"),
        (8, "4 outputs = 8 pixels"),
    ):
        lab.slider("Period").fill(str(period))
        expect(aside).to_have_text(f"period in: {period} pixels; out: {out}")


def test_what_no_window_reads_is_marked(opened):
    lab = opened(method="stride", stride=3)
    assert lab.shown()["unread"] == [i for i in range(24) if i % 3]
    lab.choose("Method", "blur, keep 1 in 3")
    assert lab.shown()["unread"] == []
    lab.slider("Stride").fill("4")
    assert lab.shown()["unread"] == [2, 6, 10, 14, 18, 22]


def test_an_output_is_centred_below_its_window(opened):
    lab = opened(method="stride", stride=2)
    assert lab.shown()["output"][0][0] == -0.5  # two pixels wide, below cell 0
    lab.choose("Method", "max of 2")
    assert lab.shown()["output"][0][0] == 0


def test_the_wave_is_dragged_by_its_row(opened):
    lab = opened()
    box = lab.root.locator(".cnl-drag").bounding_box()
    cell, middle = box["width"] / 27, box["y"] + box["height"] / 2
    mouse = lab.page.mouse
    mouse.move(box["x"] + 9 * cell, middle)
    mouse.down()
    mouse.move(box["x"] + 12.1 * cell, middle)
    expect(lab.slider("Shift")).to_have_value("3")
    mouse.move(box["x"] + cell, middle)
    expect(lab.slider("Shift")).to_have_value("0")
    mouse.up()
    mouse.move(box["x"] + 12.1 * cell, middle)
    expect(lab.slider("Shift")).to_have_value("0")
