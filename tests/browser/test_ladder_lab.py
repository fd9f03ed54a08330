"""The ladder lab: it measures in a worker when it is asked to, and says what it found."""

import re

from playwright.sync_api import expect

from book_utils.explorables import LadderLab
from book_utils.numbers import thousands
from tests.browser.lab_page import LabHand, write_page

LONG = 60_000  # milliseconds: a busy machine takes its time
REFUSED = "globalThis.Worker = class { constructor() { throw new Error('refused'); } };"


class LadderHand(LabHand):
    """A mounted ladder lab."""

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    @property
    def said(self):
        return self.root.locator(".cnl-sum")

    @property
    def bars(self):
        return self.root.locator(".cnl-track .cnl-time")

    def rungs(self):
        """What a screen reader hears of each rung."""
        return self.root.locator(".cnl-rungs li > .cnl-hidden").all_inner_texts()


def test_rungs_are_measured_when_asked_and_again_when_a_slider_moves(open_labs):
    lab = LadderHand(open_labs(LadderLab(32)), is_open=False)
    counts = LadderLab(32).multiplications
    wanted = [f"{name}: {thousands(n)} multiplications" for name, n in counts.items()]
    assert lab.rungs() == [f"{text}, not measured" for text in wanted]
    lab.slider("Kernel").press("ArrowLeft")
    lab.page.wait_for_timeout(500)
    assert lab.bars.count() == 0  # nobody has asked yet
    lab.slider("Kernel").press("ArrowRight")
    assert lab.root.locator(".cnl-track .cnl-counted").count() == 6
    assert "Winograd F(2, 3), 5,400. Is it also fastest?" in lab.said.inner_text()

    lab.press("Measure")
    expect(lab.said).to_contain_text("Fastest: ", timeout=LONG)
    assert re.search(r"takes [\d.]+ × as long; all results are equal", lab.said.inner_text())
    for text, rung in zip(wanted, lab.rungs(), strict=True):
        assert re.fullmatch(rf"{re.escape(text)}, [\d.e−]+ ms", rung)
    assert lab.bars.count() == 6 and lab.root.locator(".cnl-best").count() == 1

    lab.slider("Kernel").press("ArrowRight")
    assert lab.root.locator(".cnl-old").count() == 1
    assert lab.bars.count() == 5  # Winograd is out
    assert "for kernels of 3 multiplications, not measured" in lab.rungs()[4]
    expect(lab.said).to_contain_text("Fastest: ", timeout=LONG)
    assert lab.root.locator(".cnl-old").count() == 0

    lab.press("Find the crossover")
    verdict = lab.root.locator(".cnl-crossover strong")
    expect(verdict).to_have_text("Measuring …")
    # those of 3 and 4 are there already; others follow one by one
    lab.root.locator(".cnl-plot .cnl-fft .dot").nth(3).wait_for(state="attached", timeout=LONG)


def test_where_a_worker_is_refused_the_page_measures_itself_and_says_so(open_page, tmp_path):
    page = open_page(write_page(tmp_path, LadderLab(32)), first=REFUSED)
    lab = LadderHand(page, is_open=False)
    lab.press("Measure")
    expect(lab.said).to_contain_text("Fastest: ", timeout=LONG)
    expect(lab.message).to_contain_text("starts no worker here, so the page itself measures")
