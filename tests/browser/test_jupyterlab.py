"""A real JupyterLab on loopback: the lab in the browser and the widget in the kernel are one.

The tests drive the page with a browser and ask the kernel through a second client of their own, so
that neither side is taken at the other's word.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import jupyter as in_jupyterlab
from tests.browser.jupyter import JupyterWatch
from tests.browser.lab_page import LabHand, Reading, soon

pytestmark = pytest.mark.xdist_group("alone")

NOTEBOOK = [
    "from book_utils.explorables import CorrelationLab",
    "lab = CorrelationLab(name='live')\nlab",
    "lab  # a second view",
    "lab.output.tolist()",
    "from book_utils.explorables import LeNetLab\nlenet = LeNetLab()\nlenet",
]


@pytest.fixture(scope="module", autouse=True)
def notebook(jupyter):
    """A small notebook in the folder of JupyterLab."""
    jupyter.write("small.ipynb", NOTEBOOK)


@pytest.fixture
def watch(jupyter):
    """The pages of these tests may ask for the server alone."""
    return JupyterWatch(jupyter.address, jupyter.address.replace("http", "ws", 1))


class LiveHand(LabHand):
    """A hand on a correlation lab in a cell's output; live labs have no place of their own."""

    def __init__(self, page, number=0):
        self.page = page
        self.place = self.root = page.get_by_role("region", name="Correlation lab").nth(number)
        self.root.wait_for()
        self.root.scroll_into_view_if_needed()
        self.open()


@pytest.fixture
def run_all(open_page, jupyter):
    """Open a notebook in JupyterLab, run all its cells and wait for all that they show."""
    opened = []

    def run_all(name, **options):
        opened.append(in_jupyterlab.run_all(open_page, jupyter, name, **options))
        return opened[-1]

    yield run_all
    for live in opened:
        live.close()
    jupyter.end_kernels()


def settings_of(reading: Reading):
    """What the page shows, as the traits have it."""
    pairs = {name.lower(): list(reading.pair(name)) for name in ("Stride", "Padding", "Dilation")}
    grids = {name: reading.values(name).tolist() for name in ("input", "kernel", "output")}
    return {**pairs, **grids, "mode": reading.mode, "flip": reading.flip}


TRAITS = (
    "{{name: getattr({0}, name) for name in "
    "('stride', 'padding', 'dilation', 'input', 'kernel', 'mode', 'flip')}}"
    " | {{'output': {0}.output.tolist()}}"
)


def test_a_lab_is_wired_to_python_both_ways(run_all):
    live = run_all("small.ipynb")
    lab, traits = LiveHand(live.page), TRAITS.format("lab")
    assert live.page.locator(".cnl-explorable").count() == 0, "the widget, not the book's HTML"
    assert settings_of(lab.read()) == live.python(traits)

    # from the page to Python: a slider, a switch, a typed number
    lab.slider("Padding").focus()
    live.page.keyboard.press("ArrowRight")
    live.until("lab.padding", [1, 1])
    assert settings_of(lab.read()) == live.python(traits)
    for _ in range(2):  # elsewhere in JupyterLab, 0 0 restarts the kernel
        live.page.keyboard.press("0")
    live.until("lab.padding", [0, 0])
    lab.slider("Input size").focus()
    live.page.keyboard.press("ArrowRight")
    live.until("len(lab.input)", 4)
    lab.flip.press("Space")
    live.until("lab.flip", True)
    lab.cell("kernel", 0, 0).focus()
    live.page.keyboard.type("-12")
    live.page.keyboard.press("Enter")
    live.until("lab.kernel[0][0]", -12)
    shown = settings_of(lab.read())
    assert shown == live.python(traits)
    assert lab.focused() == "Kernel 0,0"

    # what is impossible stays on neither side
    lab.cell("kernel", 0, 0).focus()
    live.page.keyboard.press("Enter")
    lab.editor.fill("1e30")
    live.page.keyboard.press("Enter")
    assert "is out of range" in lab.read().message
    assert live.run("lab.stride = 0") == "TraitError"
    assert live.run("lab.kernel = [[1] * 9] * 9") == "TraitError"
    assert settings_of(lab.read()) == live.python(traits) == shown

    # from Python to the page
    assert live.run("lab.stride = (2, 1); lab.flip = False") is None
    expect(lab.slider("Stride, height")).to_have_value("2")
    together = "lab.input, lab.kernel, lab.padding = [[1] * 6] * 5, [[1, 2, 3]] * 3, 0"
    assert live.run(f"with lab.hold_trait_notifications(): {together}") is None
    expect(lab.grid("output")).to_have_attribute("aria-label", "Output, 2 by 4")

    def they_agree():
        assert settings_of(lab.read()) == live.python(traits)

    soon(they_agree)


def test_two_views_of_one_lab_follow_each_other_in_the_dark(run_all):
    live = run_all("small.ipynb", theme="JupyterLab Dark")
    expect(live.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    upper, lower = LiveHand(live.page, 0), LiveHand(live.page, 1)
    upper.slider("Padding").focus()
    live.page.keyboard.press("ArrowRight")
    expect(lower.slider("Padding")).to_have_value("1")
    upper.cell("output", 1, 1).click()
    live.until("lab.picked", ["output", 1, 1])
    expect(lower.cell("output", 1, 1)).to_have_class(re.compile("picked"))
    ground, number = upper.cell("input", 0, 0).evaluate(
        "cell => [getComputedStyle(cell).backgroundColor, getComputedStyle(cell).color]"
    )
    assert luminance(ground) < 0.35 < 0.8 < luminance(number)


BEST = "lenet.classes[lenet.output.argmax()]"


def test_a_drawing_reaches_python_and_python_the_page(run_all):
    live = run_all("small.ipynb")
    live.page.emulate_media(reduced_motion="reduce")  # a map that still moves is missed by a press
    lab = live.page.get_by_role("region", name="LeNet lab")
    lab.get_by_role("button", name="Draw", exact=True).click()
    pad = lab.get_by_role("application", name="Draw a digit")
    pad.scroll_into_view_if_needed()
    lab.get_by_role("button", name="Clear").click()
    live.until("[lenet.image, lenet.input.sum().item()]", [None, 0])
    box = pad.bounding_box()
    for x, act in ((0.3, live.page.mouse.down), (0.7, live.page.mouse.up)):
        live.page.mouse.move(box["x"] + x * box["width"], box["y"] + 0.5 * box["height"], steps=4)
        act()
    live.until("lenet.input.sum().item() > 20", True)

    def says_the_same():  # the last of the stroke is drawn a frame later
        verdict = lab.locator(".cnl-sum").inner_text()
        assert verdict.startswith(f"The network says {live.python(BEST)}: ")

    soon(says_the_same)
    lab.get_by_role("button", name="Draw", exact=True).click()
    lab.locator('[data-map="features.3 0"]').click()
    live.until("[lenet.level, *lenet.picked[:2]]", ["layer", "features.3", 0])
    lab.locator('[data-map="features.3 0"]').click()
    live.until("lenet.level", "unit")
    assert live.run("lenet.level, lenet.picked = 'layer', ['dense.3', 0]") is None
    expect(lab.locator(".cnl-sum")).to_contain_text("Dense layer 2, unit 0 = ")
    assert live.run("lenet.level = 'network'") is None

    assert live.run("lenet.image = 3") is None
    chosen = lab.get_by_role("option", name="Picture 3: 3")
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(lab.locator(".cnl-sum")).to_contain_text("The network says 3: ")
    assert live.run("lenet.input = lenet.images[8].flip(0)") is None
    expect(lab.locator(".cnl-gallery [aria-selected=true]")).to_have_count(0)
    assert live.run("lenet.kept = lenet.images[1]") is None
    expect(lab.locator(".cnl-sum")).to_contain_text("A (dashed): 1: ")
    assert live.run("lenet.input = [[2]]") == "TraitError"


def luminance(colour):
    """Rough lightness, 0 to 1, of a computed colour in any notation."""
    parts = [float(part) for part in re.findall(r"[\d.]+", colour.split("/")[0])]
    if colour.startswith("rgb"):
        return sum(parts[:3]) / 3 / 255
    return parts[0] if colour.startswith("okl") else sum(parts[:3]) / 3


SLIP = """
from book_utils import check
from book_utils.explorables import SlipQuestion

def answer(x, k):
    return check.corr2d.oracle(x, k.flip(0, 1))

slip = SlipQuestion("live-2", check.corr2d, answer)
slip
"""
QUESTIONS = [
    "from book_utils.explorables import OrderQuestion\n"
    "order = OrderQuestion('live-1', 'Order.', 'a = 1\\nb = a\\nc = b', 'Yes.', 'No.')\norder",
    SLIP,
    "from book_utils.explorables import PredictQuestion\n"
    "cell = PredictQuestion('live-3', 'What?', 'np.eye(2)', 'Yes.', 'No.')\ncell",
]


def test_questions_answer_in_a_notebook_and_their_response_reaches_python(jupyter, run_all):
    """The source of a function that is defined beside its question is found there, too."""
    jupyter.write("questions.ipynb", QUESTIONS)
    live = run_all("questions.ipynb")
    order, slip, cell = (live.page.locator("form.cnl-question").nth(n) for n in range(3))
    # arrow keys, which elsewhere in JupyterLab go from cell to cell
    for at, line in enumerate(["a = 1", "b = a", "c = b"]):
        button = order.get_by_role("button", name=f"Move up: {line}", exact=True)
        button.focus()
        for _ in range(3):
            if order.locator("li").nth(at).locator("code").inner_text() != line:
                live.page.keyboard.press("ArrowUp")
                live.page.wait_for_timeout(50)
    order.get_by_role("button", name="Check").click()
    expect(order.locator(".cnl-feedback")).to_have_text("Right. Yes.")
    live.until("order.response", [0, 1, 2])
    expect(slip.locator(".cnl-code")).to_contain_text("k.flip(0, 1)")
    slip.get_by_label("the kernel is flipped", exact=True).check()
    slip.get_by_role("button", name="Check").click()
    live.until("slip.response", 0)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        cell.get_by_label(f"row {i}, column {j}").fill("1" if i == j else "0")
    cell.get_by_role("button", name="Check").click()
    live.until("cell.response", [[1, 0], [0, 1]])
    expect(cell.locator(".cnl-feedback")).to_have_text("Right. Yes.")
