"""The learning lab: it trains in a worker, over http and from a disk, and leaves the page free."""

import functools
import json
import re
import threading
import time
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from book_utils.explorables import LearningLab
from book_utils.explorables.platform.base import DIST
from book_utils.sphinx_ext import explorables
from tests.browser.conftest import QuietHandler
from tests.browser.lab_page import LabHand, pixels, soon, write_page
from tests.labs.timing import busy

LONG = 120_000  # milliseconds: a busy machine trains slowly

# A page may be kept from starting a worker: by the browser at once, or by an error afterwards.
REFUSALS = {
    "at once": "globalThis.Worker = class { constructor() { throw new Error('refused'); } };",
    "afterwards": """globalThis.Worker = class extends EventTarget {
      postMessage() { setTimeout(() => this.onerror?.(new Event("error"))); }
      terminate() {}
    };""",
}
SOON = 30  # seconds in which one network reads nine of ten digits, on two cores that are free
LONGEST = 50  # milliseconds that a task on the page's thread may take
TASKS = """globalThis.tasks = [];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) tasks.push(duration);
}).observe({ type: "longtask" });"""


def longest_work(trace):
    """The processor time of the longest task on the thread of a page, in milliseconds.

    What the test itself asks of the page comes by DevTools, and is left out.
    """
    events = json.loads(trace)["traceEvents"]
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    of_page = [event for event in events if (event["pid"], event["tid"]) in pages]
    asked = [event["ts"] for event in of_page if "DevToolsSession" in str(event.get("args"))]
    tasks = [event for event in of_page if "RunTask" in event["name"] and "tdur" in event]
    own = [e for e in tasks if not any(e["ts"] <= ts <= e["ts"] + e["dur"] for ts in asked)]
    assert len(own) > 100
    return max(task["tdur"] for task in own) / 1000


class LearningHand(LabHand):
    """The lab, and how far it is."""

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    @property
    def said(self):
        return self.root.locator(".cnl-sum").inner_text()

    @property
    def step(self):
        found = re.match(r"Step (\d+):", self.said)
        return int(found[1]) if found else 0

    @property
    def accuracy(self):
        found = re.search(r"accuracy\s+([\d.]+) %", self.said)
        return float(found[1]) if found else 0.0

    def kernel(self, name="Kernel 0"):
        return pixels(self.root.get_by_role("img", name=name, exact=True))

    def reach(self, step):
        self.page.wait_for_function(
            """([root, step]) => {
              const found = root.querySelector(".cnl-sum").textContent.match(/^Step (\\d+):/);
              return Number(found?.[1] ?? 0) >= step;
            }""",
            arg=[self.root.element_handle(), step],
            timeout=LONG,
        )


@pytest.fixture
def open_learning(open_labs):
    def open_learning(lab=None, **options):
        return LearningHand(open_labs(lab or LearningLab(), **options), is_open=False)

    return open_learning


def test_it_learns_to_read_digits(open_learning):
    lab = open_learning()
    expect(lab.root.locator(".cnl-sum")).to_contain_text("Nothing is learned yet")
    before, start = lab.kernel(), time.monotonic()
    lab.press("Start")
    lab.page.wait_for_function(
        """root => {
          const found = root.querySelector(".cnl-sum").textContent.match(/accuracy ([\\d.]+) %/);
          return Number(found?.[1] ?? 0) >= 90;
        }""",
        arg=lab.root.element_handle(),
        timeout=3 * LONG,
    )
    assert busy() or time.monotonic() - start <= SOON
    assert lab.step <= 200
    assert not before.equal(lab.kernel())
    assert lab.kernel("Gradient of kernel 0")[..., 3].max() > 0
    lab.press("Pause")


def test_pause_step_and_reset(open_learning):
    lab = open_learning()
    lab.press("Step")
    lab.reach(1)
    expect(lab.button("Step")).to_be_enabled()
    assert lab.step == 1  # and no further
    first = lab.kernel()
    lab.press("Start")
    lab.reach(3)
    lab.press("Pause")
    expect(lab.button("Start")).to_be_visible()
    expect(lab.button("Step")).to_be_enabled()
    step = lab.step
    lab.page.wait_for_timeout(500)
    assert lab.step == step
    lab.press("Step")
    lab.reach(step + 1)
    lab.press("Reset")
    expect(lab.root.locator(".cnl-sum")).to_contain_text("Nothing is learned yet")
    assert lab.root.locator(".before").count() == 2  # the run before, to compare with
    lab.press("Step")
    lab.reach(1)
    assert first.equal(lab.kernel())  # a seed gives the same run


def test_reset_and_settings_while_it_trains(open_learning):
    lab = open_learning()
    lab.press("Start")
    lab.reach(2)
    lab.slider("Learning rate").press("Home")
    lab.slider("Batch").press("Home")
    lab.reach(lab.step + 2)
    assert (lab.slider("Learning rate").input_value(), lab.button("Pause").count()) == ("0", 1)
    lab.press("Reset")
    expect(lab.button("Start")).to_be_visible()
    lab.page.wait_for_timeout(500)
    assert lab.step == 0
    lab.open()
    lab.slider("Networks").press("End")
    lab.press("Step")
    lab.reach(1)
    assert "mean accuracy" in lab.said and lab.root.locator(".band").count() == 2
    lab.slider("Networks").press("Home")  # begins anew
    expect(lab.root.locator(".cnl-sum")).to_contain_text("Nothing is learned yet")


def test_the_page_shows_what_python_has(open_learning):
    lab, twin = open_learning(), LearningLab()
    lab.press("Step")
    lab.reach(1)
    twin.train(1)
    ((loss,),), ((_, accuracy),) = twin.losses, twin.accuracies
    assert lab.said.startswith(f"Step 1: loss {loss:.3g}, accuracy {100 * accuracy:.1f} %")


def test_the_readers_digit_is_read_at_any_moment(open_learning):
    lab = open_learning()
    bars = lab.root.locator(".cnl-ten")
    untrained = bars.get_attribute("aria-label")
    assert untrained.startswith("Your digit: 7")  # it is a 3
    lab.press("Start")
    lab.reach(1)
    pad = lab.root.get_by_role("application")
    lab.press("Clear")
    box = pad.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.15
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x, y + box["height"] * 0.7, steps=8)
    lab.page.mouse.up()
    lab.reach(60)
    soon(lambda: expect(bars).to_have_attribute("aria-label", re.compile("Your digit: 1, ")))
    lab.press("Pause")
    pad.focus()
    before = bars.get_attribute("aria-label")
    for key in (" ", "Shift+ArrowRight", "Shift+ArrowRight", " "):
        pad.press(key)
    expect(bars).not_to_have_attribute("aria-label", before)
    for _ in range(3):  # the stroke of the keys, that of the mouse, and Clear
        pad.press("Backspace")
    assert lab.root.locator(".cnl-ten").get_attribute("aria-label") != before


@pytest.mark.parametrize("seeds", [1, 5])
def test_a_rate_that_is_too_large_is_said_and_a_third_offered(open_learning, seeds):
    lab = open_learning(LearningLab(rate=5.0, seeds=seeds))
    lab.press("Start")
    offer = lab.root.get_by_role("button", name="Try a third: 1.67")
    offer.wait_for(timeout=LONG)
    expect(lab.button("Start")).to_be_visible(timeout=LONG)  # it has stopped by itself
    assert re.search("exploded|died", lab.said)
    assert lab.button("Step").is_disabled()
    offer.click()
    assert lab.slider("Learning rate").get_attribute("aria-valuetext") == "1.67"
    expect(lab.button("Pause")).to_be_visible()
    lab.press("Reset")
    assert lab.root.locator(".cnl-rescue").count() == 0


@pytest.mark.parametrize("how", REFUSALS)
def test_where_a_worker_is_refused_the_page_trains_itself_and_says_so(open_page, tmp_path, how):
    page = open_page(write_page(tmp_path, LearningLab(batch=256)), first=REFUSALS[how] + TASKS)
    lab = LearningHand(page, is_open=False)
    lab.press("Start")
    lab.reach(3)
    expect(lab.message).to_contain_text("starts no worker here, so the page itself trains")
    lab.press("Pause")
    expect(lab.button("Start")).to_be_visible()
    step = lab.step
    lab.press("Step")
    lab.reach(step + 1)


@pytest.fixture
def outside(tmp_path, watch):
    """A page as the built book has it, the digits in a file: its folder, and the file's name."""
    write_page(tmp_path, LearningLab())
    path = tmp_path / "labs.html"
    html = explorables.with_states_outside(path.read_text(), tmp_path, lambda name: name)
    path.write_text(html.replace(DIST.as_uri(), "dist"))
    (tmp_path / "dist").symlink_to(DIST)
    (digits,) = tmp_path.glob("*.js")
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {
            "file": path.as_uri(),
            "http": f"http://127.0.0.1:{server.server_port}/labs.html",
            "digits": digits.name,
        }
        server.shutdown()


def test_digits_that_cannot_be_unpacked_are_said_to_be(open_page, tmp_path):
    first = "delete globalThis.DecompressionStream;" + REFUSALS["at once"]
    lab = LearningHand(open_page(write_page(tmp_path, LearningLab()), first=first), is_open=False)
    lab.press("Start")
    expect(lab.message).to_contain_text("This browser cannot unpack the digits")
    expect(lab.button("Start")).to_be_visible()


def test_digits_that_cannot_be_loaded_are_asked_for_again(open_page, outside, watch, tmp_path):
    digits = tmp_path / outside["digits"]
    digits.rename(tmp_path / "away")
    lab = LearningHand(open_page(outside["file"]), is_open=False)
    lab.press("Start")
    expect(lab.message).to_contain_text("The digits could not be loaded")
    expect(lab.button("Start")).to_be_visible()
    (tmp_path / "away").rename(digits)
    lab.press("Start")
    lab.reach(1)
    (complaint,) = watch.complaints
    assert "ERR_FILE_NOT_FOUND" in complaint
    watch.complaints.clear()


@pytest.mark.parametrize("home", ["http", "file"])
def test_digits_are_fetched_on_start_and_not_before(open_page, outside, watch, home):
    lab = LearningHand(open_page(outside[home]), is_open=False)

    def fetched():
        return [url for url in watch.requests if url.endswith(outside["digits"])]

    assert fetched() == []
    lab.press("Start")
    lab.reach(2)
    lab.press("Reset")
    lab.press("Start")
    lab.reach(1)
    assert len(fetched()) == 1
    assert all(url.startswith(("file:", "http://127.0.0.1", "blob:")) for url in watch.requests)


@pytest.mark.xdist_group("alone")
@pytest.mark.parametrize("batch", [32, 1500])
def test_training_leaves_the_thread_of_the_page_free(browser, open_page, outside, batch):
    """No task of more than 50 ms, from Start on, while a worker trains five networks.

    The processor time of each task is taken, which other programs do not change; on a machine that
    is free the browser's own "long tasks" too.
    """
    page = open_page(outside["file"])
    lab = LearningHand(page, is_open=True)
    lab.slider("Networks").press("End")
    if batch == 1500:
        lab.slider("Batch").press("End")
    lab.open(False)
    page.evaluate(TASKS)
    lab.reach(0)  # what the test needs in the page is there before
    browser.start_tracing(page=page, categories=["toplevel"])
    lab.press("Start")
    lab.reach(20 if batch == 32 else 2)
    work = longest_work(browser.stop_tracing())
    lab.press("Pause")
    assert 0 < work <= LONGEST
    assert busy() or max(page.evaluate("tasks"), default=0) <= LONGEST
