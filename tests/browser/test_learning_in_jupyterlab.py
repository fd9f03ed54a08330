"""The learning lab in JupyterLab: the page orders, PyTorch trains, and both show one network."""

import pytest
from playwright.sync_api import expect

from tests.browser import jupyter as in_jupyterlab
from tests.browser.jupyter import JupyterWatch
from tests.browser.lab_page import soon
from tests.browser.test_learning_lab import LearningHand

pytestmark = pytest.mark.xdist_group("alone")

NOTEBOOK = ["from book_utils.explorables import LearningLab\nlab = LearningLab()\nlab"]


class LiveHand(LearningHand):
    """A hand on the lab in a cell's output."""

    def __init__(self, page):
        self.page = page
        self.place = self.root = page.get_by_role("region", name="Learning lab")
        self.root.wait_for()
        self.root.scroll_into_view_if_needed()


@pytest.fixture
def watch(jupyter):
    """The page may ask for the server alone."""
    return JupyterWatch(jupyter.address, jupyter.address.replace("http", "ws", 1))


def test_the_page_orders_and_the_kernel_trains(open_page, jupyter):
    jupyter.write("learning.ipynb", NOTEBOOK)
    live = in_jupyterlab.run_all(open_page, jupyter, "learning.ipynb")
    lab = LiveHand(live.page)
    lab.press("Step")
    live.until("len(lab.losses[0])", 1)
    live.until("lab.running", False)
    (loss,), (_, accuracy) = live.python("lab.losses[0]"), live.python("lab.accuracies[0]")
    lab.reach(1)
    assert lab.said.startswith(f"Step 1: loss {loss:.3g}, accuracy {100 * accuracy:.1f} %")

    lab.press("Start")
    lab.reach(4)
    assert live.python("lab.running")  # and the kernel answers meanwhile
    lab.slider("Learning rate").press("ArrowLeft")
    live.until("lab.rate", 0.1)
    lab.press("Pause")
    live.until("lab.running", False)
    expect(lab.button("Start")).to_be_visible()
    step = live.python("len(lab.losses[0])")
    soon(lambda: expect(lab.root.locator(".cnl-sum")).to_contain_text(f"Step {step}:"))

    scores = "[round(100 * p, 1) for p in lab.output.softmax(0).tolist()]"
    soon(
        lambda: expect(lab.root.locator(".cnl-ten .best em")).to_have_text(
            f"{max(live.python(scores)):.1f} %"
        )
    )  # the page reads the digit with the weights of `lab.model`

    lab.press("Reset")
    live.until("lab.losses", [[]])
    expect(lab.root.locator(".cnl-sum")).to_contain_text("Nothing is learned yet")
    assert live.run("lab.seeds = 2; lab.train(6)") is None
    lab.reach(6)
    assert lab.root.locator(".band").count() == 2
    live.close()
