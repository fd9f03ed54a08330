"""The weight-matrix lab on a page: what it shows is what its Python side computes."""

import pytest
import torch

from book_utils.explorables import WeightMatrixLab
from tests.browser.lab_page import LabHand, pixels, soon

REACH = "Reach Δ"

# With a clock of our own: what is on the canvas of the matrix a part of the way, and at its end.
GLIDE = """async ([lab, stage, times]) => {
  const due = [];
  globalThis.requestAnimationFrame = (step) => due.push(step);
  performance.now = () => 0;
  const canvas = lab.querySelector("[aria-label^='Weight matrix']").parentElement.firstChild;
  const shots = [];
  [...lab.querySelectorAll("[type=radio]")].find((each) =>
    each.parentElement.textContent === stage).click();
  await new Promise((done) => setTimeout(done));
  for (const time of times) {
    for (const step of due.splice(0)) step(time);
    const copy = Object.assign(document.createElement("canvas"), canvas);
    for (const side of ["width", "height"]) copy[side] = canvas[side];
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const size = Number(canvas.parentElement.style.getPropertyValue("--rows"));
    const cell = canvas.width / size;
    const at = (i, j) => [...context.getImageData((j + .15) * cell, (i + .15) * cell, 1, 1).data];
    shots.push(Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => at(i, j).join())));
  }
  return shots;
}"""


class Hand(LabHand):
    """One mounted weight-matrix lab: finds its parts, reads what it shows."""

    def choose_stage(self, stage):
        self.root.get_by_role("radio", name=stage, exact=True).check()

    def grid(self, name):
        return self.root.locator(f'[role="grid"][aria-label^="{name},"]')

    @property
    def matrix(self):
        return self.grid("Weight matrix")

    def spot(self, i, j):
        """The middle of a cell of the matrix, from its corner."""
        box, size = self.matrix.bounding_box(), int(self.matrix.get_attribute("aria-rowcount"))
        return {"x": (j + 0.5) / size * box["width"], "y": (i + 0.5) / size * box["height"]}

    def press(self, i, j):
        """Press a cell of the matrix."""
        self.matrix.click(position=self.spot(i, j), force=True)
        self.page.mouse.move(0, 0)

    def colours(self):
        """The colour of each cell of the matrix near its corner: (outputs, inputs, four bytes)."""
        seen = pixels(self.matrix.locator("xpath=preceding-sibling::canvas"))
        size = int(self.matrix.get_attribute("aria-rowcount"))
        at = ((torch.arange(size) + 0.15) * len(seen) / size).long()
        return seen[at][:, at]

    def outlined(self):
        """The cells of the matrix that are outlined, as (row, column)."""
        path = self.matrix.locator("xpath=preceding-sibling::*").locator(".lit")
        starts = (path.get_attribute("d") or "").split("M")[1:]
        return {tuple(int(v) for v in start.split("h")[0].split())[::-1] for start in starts}

    def values(self, grid):
        """The numbers of the input or the output, in reading order."""
        return [int(each.inner_text()) for each in self.grid(grid).locator(".cnl-cell").all()]

    def lit(self, grid):
        """Which pixels of the input or the output are outlined, in reading order."""
        cells = self.grid(grid).locator(".cnl-cell").all()
        return {k for k, cell in enumerate(cells) if "lit" in cell.get_attribute("class").split()}

    @property
    def aside(self):
        return self.root.locator(".cnl-aside").inner_text()

    @property
    def said(self):
        return self.root.locator(".cnl-sum").inner_text().replace("\xa0", " ")

    @property
    def formula(self):
        return self.root.locator(".cnl-formula").inner_text()

    @property
    def counts(self):
        return [count.inner_text() for count in self.root.locator(".cnl-counts b").all()]

    @property
    def now(self):
        return self.root.locator(".cnl-counts [aria-current=true]").inner_text().split()[:2]


@pytest.fixture
def open_lab(open_labs):
    """Open a page with one lab whose hues do not glide, and return a hand on it."""

    def open_lab(*args, on_page=None, **settings):
        options = {"motion": "reduce"} | (on_page or {})
        return Hand(open_labs(WeightMatrixLab(*args, **settings), **options))

    return open_lab


def assert_is(hand, lab):
    """The matrix on the page has weights where Python has them, and shares hues as it does."""
    colours, parameters = hand.colours(), lab.binding
    assert torch.equal(colours[..., 3] == 255, parameters > 0), lab
    if lab.stage == "shared":
        is_weight = parameters > 0
        found = map(tuple, colours[is_weight].tolist())
        pairs = set(zip(found, parameters[is_weight].tolist(), strict=True))
        assert len(pairs) == lab.parameters == len({colour for colour, _ in pairs}), lab


@pytest.mark.parametrize("settings", [{"side": 5}, {"side": 4, "axes": 2}, {"side": 9, "reach": 4}])
def test_every_stage_shows_the_matrix_and_the_counts_of_python(open_lab, settings):
    hand = open_lab(**settings)
    labs = {s: WeightMatrixLab(**settings, stage=s) for s in ("dense", "local", "shared")}
    for stage in ("local", "shared", "dense"):
        hand.choose_stage(stage)
        soon(lambda stage=stage: assert_is(hand, labs[stage]))
        assert hand.values("Output") == labs[stage].output.flatten().tolist()
        assert hand.counts == [str(lab.parameters) for lab in labs.values()]
        assert hand.now == [stage, str(labs[stage].parameters)]


def test_weights_of_their_own_have_hues_unlike_all_that_touch_them(open_lab):
    hues = open_lab(16).colours()
    for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = hues[down:, max(0, -across) : 16 - max(0, across)]
        two = hues[: 16 - down, max(0, across) : 16 + min(0, across)]
        assert (one != two).any(-1).all(), (down, across)
    assert len(hues.reshape(-1, 4).unique(dim=0)) == 12


def test_far_weights_fade_and_those_of_a_diagonal_merge(open_labs):
    hand = Hand(open_labs(WeightMatrixLab(6, 1)))
    lab = hand.root.element_handle()
    before, fading, local = hand.page.evaluate(GLIDE, [lab, "local", [0, 120, 300]])
    assert fading[3][3] == local[3][3] == before[3][3]
    opacity = [int(shot[0][5].split(",")[3]) for shot in (before, fading, local)]
    assert opacity[0] == 255 > opacity[1] > opacity[2] == 0
    apart, merging, merged = hand.page.evaluate(GLIDE, [lab, "shared", [0, 150, 300]])
    diagonals = [[shot[i][i + 1] for i in range(5)] for shot in (apart, merging, merged)]
    assert diagonals[0] != diagonals[1] != diagonals[2]
    assert len(set(diagonals[1])) > 1 == len(set(diagonals[2]))


def test_nothing_glides_for_those_who_ask(open_lab):
    hand = open_lab(6, 1)
    shots = hand.page.evaluate(GLIDE, [hand.root.element_handle(), "shared", [0, 300]])
    assert shots[0] == shots[1] and len({shots[0][i][i] for i in range(6)}) == 1


def test_an_image_has_two_axes_and_a_megapixel_is_counted_with_it(open_lab):
    hand = open_lab(8, 1, stage="shared", shift=4)
    hand.choose("Input", "an image")
    image = WeightMatrixLab(4, 1, axes=2, stage="shared", shift=2)  # no farther
    assert_is(hand, image)
    assert hand.values("Input") == image.input.flatten().tolist()
    assert hand.values("Output") == image.output.flatten().tolist()
    large = hand.root.locator(".cnl-counts small")
    said = [each.inner_text() for each in large.all()]
    assert said == ["on 1,000×1,000 pixels", "1,000,000,000,000", "8,988,004", "9"]
    hand.choose_stage("dense")
    assert "1,000×1,000 pixels the same layer would have 1,000,000,000,000." in hand.formula


def test_a_pressed_weight_lights_up_wherever_it_stands(open_lab):
    hand = open_lab(5, 1, stage="shared")
    hand.press(1, 2)
    assert hand.outlined() == {(0, 1), (1, 2), (2, 3), (3, 4)}
    assert (hand.lit("Input"), hand.lit("Output")) == ({1, 2, 3, 4}, {0, 1, 2, 3})
    assert hand.said == "v[1] = 2: output 1 reads input 2. This weight is in 4 cells"
    hand.press(0, 4)
    assert hand.said == "Output 0 does not read input 4."
    assert hand.outlined() == set()
    hand.choose_stage("local")
    hand.press(1, 2)
    assert hand.said == "W[1, 2] = 1: output 1 reads input 2. This weight is in 1 cell"


def test_an_output_shows_its_row_the_inputs_it_reads_and_its_sum(open_lab):
    hand = open_lab(6, 2, stage="local")
    hand.grid("Output").locator('[data-at="0,0"]').click()
    hand.page.mouse.move(0, 0)
    assert hand.outlined() == {(0, 0), (0, 1), (0, 2)}
    assert hand.lit("Input") == {0, 1, 2} and hand.lit("Output") == set()
    assert hand.said == "Output 0 reads 3 inputs: 5·1 + 1·3 = 8"
    hand.grid("Input").locator('[data-at="0,5"]').click()
    hand.page.mouse.move(0, 0)
    assert hand.said == "Input 5 reaches 3 outputs"
    assert hand.lit("Output") == {3, 4, 5} and hand.lit("Input") == set()
    hand.choose_stage("shared")
    hand.slider(REACH).fill("0")
    hand.grid("Output").locator('[data-at="5,0"]').click()
    assert hand.said == "Output 5 reads 1 input, here all 0: its sum = 0"


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("dense", "moved by 2: 6 of 6 outputs did not move along"),
        ("local", "moved by 2: 5 of 6 outputs did not move along"),
        ("shared", "moved by 2, and so did the output"),
    ],
)
def test_a_shift_of_the_input_moves_the_output_of_shared_weights_alone(open_lab, stage, said):
    hand = open_lab(8, 1, stage=stage)
    before = hand.values("Output")
    hand.slider("Shift").press("ArrowRight")
    hand.slider("Shift").press("ArrowRight")
    assert hand.values("Input") == [0, 0, 0, 1, 3, 2, 0, 0]
    moved = hand.values("Output")
    assert moved == WeightMatrixLab(8, 1, stage=stage, shift=2).output.tolist()
    assert (moved[2:] == before[:-2]) == (stage == "shared")
    assert hand.aside == said


def test_the_mouse_shows_a_cell_without_picking_it(open_lab):
    hand = open_lab(6, 1, stage="shared")
    hand.grid("Output").locator('[data-at="2,0"]').click()
    hand.matrix.hover(position=hand.spot(5, 5), force=True)
    assert hand.said.startswith("v[0] = 4: output 5 reads input 5.")
    hand.page.mouse.move(0, 0)
    assert hand.said == "Output 2 reads 3 inputs: 1·1 + 4·3 + 2·2 = 17"


def test_by_keyboard_reach_and_shift_follow_the_side_and_come_back_with_it(open_lab):
    hand = open_lab(8, 7, shift=4)
    side, reach, shift = (hand.slider(name) for name in ("Side", REACH, "Shift"))
    side.focus()
    for n in range(7, 0, -1):
        hand.page.keyboard.press("ArrowLeft")
        assert (side.input_value(), reach.input_value()) == (str(n), str(n - 1))
        assert reach.get_attribute("max") == str(n - 1)
        assert shift.input_value() == shift.get_attribute("max") == str(max(0, n - 4))
    assert_is(hand, WeightMatrixLab(1, 0))
    hand.matrix.locator("[data-at]").focus()
    hand.page.keyboard.press("ArrowRight")  # nowhere to go
    assert hand.focused() == "Weight matrix 0,0"
    side.fill("8")
    assert (reach.input_value(), shift.input_value()) == ("7", "4")
    reach.fill("2")
    side.fill("2")
    side.fill("8")
    assert reach.input_value() == "2"


def test_arrow_keys_walk_the_matrix(open_lab):
    hand = open_lab(5, 1, stage="shared")
    hand.matrix.locator("[data-at]").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        hand.page.keyboard.press(key)
    assert hand.focused() == "Weight matrix 2,1"
    cell = hand.matrix.locator("[data-at]")
    assert cell.get_attribute("aria-selected") == "true"
    assert cell.get_attribute("aria-label") == "v[−1] = 1, output 2 reads input 1"
    assert hand.root.locator("[aria-live=polite]").text_content().startswith("v[minus 1]")
    for key, at in (("End", "2,4"), ("PageUp", "0,4"), ("Home", "0,0"), ("ArrowUp", "0,0")):
        hand.page.keyboard.press(key)
        assert hand.focused() == f"Weight matrix {at}"


def test_the_outputs_of_a_row_are_shown_as_a_column_and_walked_so(open_lab):
    hand = open_lab(5, 1, stage="shared")
    hand.grid("Output").locator("[tabindex='0']").focus()
    hand.page.keyboard.press("ArrowDown")
    assert hand.focused() == "Output 3,0"
    assert hand.said == "Output 3 reads 3 inputs: 1·3 + 4·2 = 11"
    hand.button("Next output").click()
    assert hand.said == "Output 4 reads 2 inputs: 1·2 = 2"


def test_by_touch_on_a_phone(open_lab):
    hand = open_lab(4, 1, axes=2, stage="shared", on_page={"touch": True, "width": 390})
    hand.open(False)
    hand.grid("Input").locator('[data-at="1,1"]').tap()
    assert len(hand.lit("Output")) == 9
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("where", ["http", "file"])
def test_the_labs_of_the_built_chapter(where, open_page, request):
    base = request.getfixturevalue(f"book_{where}")
    page = open_page(f"{base}chapters/dense-to-conv.html", offline=where == "file")
    hand = Hand(page, "weights")
    hand.choose_stage("shared")
    assert hand.now == ["shared", "3"]
    hand = Hand(page, "image")
    hand.slider(REACH).press("ArrowRight")
    assert hand.now == ["shared", "25"]
