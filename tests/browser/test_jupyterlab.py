"""A real JupyterLab on loopback: the lab in the browser and the widget in the kernel are one.

The tests drive the page with a browser and ask the kernel through a second client of their own, so
that neither side is taken at the other's word.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from jupyter_client import BlockingKernelClient
from playwright.sync_api import expect

from book_utils import chapters
from tests.browser.conftest import Watch
from tests.browser.lab_page import LabHand, Reading, soon
from tests.built_book import ROOT

pytestmark = pytest.mark.xdist_group("alone")

CHAPTERS = [page.with_suffix(".ipynb") for page in chapters.pages()]
NOTEBOOK = [
    "from book_utils.explorables import CorrelationLab",
    "lab = CorrelationLab(name='live')\nlab",
    "lab  # a second view",
    "lab.output.tolist()",
    "from book_utils.explorables import LeNetLab\nlenet = LeNetLab()\nlenet",
]


# How long to wait for a server or a kernel, which take seconds on a quiet machine; only a failure
# takes so long.
PATIENCE = 300  # seconds
# What a reader might have set, in JupyterLab's own files: no news, no saving behind our back.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false"},
    "docmanager-extension/plugin": {"autosave": False},
}
# anywidget gives up on a model that is not there after two seconds, which on a busy machine it is
# not; how fast the machine is is not what is tested here.
NO_HURRY = """{
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (time) => timeout(100 * time);
}"""


class Jupyter:
    """A JupyterLab server in a folder of its own, and what it says of itself."""

    def __init__(self, folder):
        self.folder, self.token = folder, secrets.token_hex(16)
        self.runtime = folder / "runtime"
        settings = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.root_dir": folder / "work",
            "IdentityProvider.token": self.token,
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
            "LabApp.expose_app_in_browser": True,
        }
        for name, setting in SETTINGS.items():
            file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(setting))
        # Everything Jupyter would write to the reader's home goes to the folder instead.
        places = {
            "JUPYTER_RUNTIME_DIR": self.runtime,
            "JUPYTER_CONFIG_DIR": folder / "config",
            "JUPYTER_DATA_DIR": folder / "data",
            "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
            "IPYTHONDIR": folder / "ipython",
            "PYTHONPATH": ROOT,
        }
        self.log = (folder / "log.txt").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
            + [f"--{name}={value}" for name, value in settings.items()],
            env=os.environ | {name: str(place) for name, place in places.items()},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def address(self):
        """Where the server has said that it is: it took the first port that was free."""
        said = json.loads((self.runtime / f"jpserver-{self.process.pid}.json").read_text())
        return f"http://127.0.0.1:{said['port']}/"

    def ask(self, path, method="GET"):
        """A request of the server's own interface; its answer, as JSON."""
        request = urllib.request.Request(
            f"{self.address}{path}", headers={"Authorization": f"token {self.token}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or "null")

    def wait(self):
        """Wait until the server answers; fail with its log where it does not."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                return self.ask("api/status")
            except (OSError, ValueError):  # not there yet, or half written
                time.sleep(0.2)
        text = (self.folder / "log.txt").read_text(errors="replace")
        pytest.fail(f"JupyterLab did not start:\n{text[-2000:]}", pytrace=False)

    def kernel(self, name):
        """A client of the kernel that runs the notebook of this name."""
        sessions = self.ask("api/sessions")
        (kernel,) = [s["kernel"]["id"] for s in sessions if s["path"] == name]
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels(hb=False)  # a kernel that gets no processor for a second is not dead
        client.wait_for_ready(timeout=PATIENCE)
        return client

    def end_kernels(self):
        """End all notebooks, each of which holds memory."""
        for session in self.ask("api/sessions"):
            self.ask(f"api/sessions/{session['id']}", "DELETE")

    def stop(self):
        """End the server and its kernels, politely at first."""
        for sign, seconds in ((signal.SIGTERM, 60), (signal.SIGKILL, 60)):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(seconds)
                break
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.log.close()


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """A running JupyterLab with the chapters and a small notebook in its folder."""
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "work").mkdir()
    small = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in NOTEBOOK])
    small.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(small, folder / "work" / "small.ipynb")
    for chapter in CHAPTERS:
        shutil.copy(chapter, folder / "work")
    server = Jupyter(folder)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


class JupyterWatch(Watch):
    """Leaves out what JupyterLab says to the console of itself; what raises still counts."""

    def on_console(self, message):
        pass


@pytest.fixture
def watch(jupyter):
    """The pages of these tests may ask for the server alone."""
    return JupyterWatch(jupyter.address, jupyter.address.replace("http", "ws", 1))


class Live:
    """A notebook that is open in JupyterLab and has been run."""

    def __init__(self, page, client):
        self.page, self.client = page, client

    def python(self, expression):
        """The value of an expression in the notebook's kernel."""
        reply = self.client.execute(
            "",
            user_expressions={"it": f"__import__('json').dumps({expression})"},
            reply=True,
            timeout=PATIENCE,
        )
        it = reply["content"]["user_expressions"]["it"]
        assert it["status"] == "ok", it
        return json.loads(eval(it["data"]["text/plain"]))  # noqa: S307

    def run(self, code):
        """Run code in the kernel; return the name of the error it raised, if any."""
        content = self.client.execute(code, reply=True, timeout=PATIENCE)["content"]
        return content.get("ename")

    def until(self, expression, value, otherwise=None):
        """Wait until the kernel agrees; say what it means if it never does."""

        def agrees():
            assert self.python(expression) == value, otherwise

        soon(agrees)


class LiveHand(LabHand):
    """A hand on a correlation lab in a cell's output; live labs have no place of their own."""

    def __init__(self, page, number=0):
        self.page = page
        self.place = self.root = page.get_by_role("region", name="Correlation lab").nth(number)
        self.root.wait_for()
        self.root.scroll_into_view_if_needed()


# JupyterLab's own commands, which its menus call, say when they are done.
RUN = """async (theme) => {
  await jupyterapp.restored;
  await jupyterapp.commands.execute("apputils:change-theme", { theme });
  const { context, sessionContext } = jupyterapp.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  const end = (as) => { globalThis.ran = as; };
  jupyterapp.commands.execute("notebook:run-all-cells").then(end, (error) => end(String(error)));
}"""
# As many outputs of the notebook as are labs or questions stand on the page.
SHOWN = """() => {
  const cells = [...jupyterapp.shell.currentWidget.content.model.cells];
  const outputs = cells.flatMap(({ outputs }) =>
    Array.from({ length: outputs?.length ?? 0 }, (_, i) => outputs.get(i)));
  const live = outputs.filter(({ data }) => "application/vnd.jupyter.widget-view+json" in data);
  return live.length > 0 && document.querySelectorAll(".cnl").length === live.length;
}"""


@pytest.fixture
def run_all(open_page, jupyter):
    """Open a notebook in JupyterLab, run all its cells and wait for all that they show."""
    ends = []

    def run_all(name, theme="JupyterLab Light"):
        # a workspace each, so that no notebook of another test comes back
        where = f"{jupyter.address}lab/workspaces/{name.removesuffix('.ipynb')}/tree/{name}"
        page = open_page(f"{where}?token={jupyter.token}", first=NO_HURRY, height=1000)
        page.set_default_timeout(1000 * PATIENCE)
        page.wait_for_function("globalThis.jupyterapp?.shell.currentWidget?.sessionContext != null")
        page.evaluate(RUN, theme)
        page.wait_for_function("globalThis.ran !== undefined")
        assert page.evaluate("ran") is True, "every cell ran"
        page.wait_for_function(SHOWN)
        live = Live(page, jupyter.kernel(name))
        ends.extend((live.client.stop_channels, page.context.close))
        return live

    yield run_all
    for end in (*ends, jupyter.end_kernels):
        end()


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
    lab = live.page.get_by_role("region", name="LeNet lab")
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
        verdict = lab.locator(".cnl-verdict p").inner_text()
        assert verdict.startswith(f"The network says {live.python(BEST)}: ")

    soon(says_the_same)
    pixel = lab.locator('[data-stage="features.3"] .cnl-maps')
    pixel.click(position={"x": 5, "y": 5})
    live.until("lenet.picked[:2]", ["features.3", 0])
    # what is said of the picked unit stays in view beside the maps further down
    lab.locator('[data-stage="dense.3"] .cnl-maps').click(position={"x": 3, "y": 3})
    live.until("lenet.picked", ["dense.3", 0])
    assert 0 < lab.locator(".cnl-account").bounding_box()["y"] < 1000

    assert live.run("lenet.image = 3") is None
    expect(lab.get_by_role("button", name="Picture 3: 3")).to_have_attribute("aria-pressed", "true")
    expect(lab.locator(".cnl-verdict p")).to_contain_text("The network says 3: ")
    assert live.run("lenet.input = lenet.images[8].flip(0)") is None
    expect(lab.locator(".cnl-gallery [aria-pressed=true]")).to_have_count(0)
    assert live.run("lenet.kept = lenet.images[1]") is None
    expect(lab.locator(".cnl-verdict p")).to_have_count(2)
    assert live.run("lenet.input = [[2]]") == "TraitError"


EVERY_SETTING = (
    "{w.model_id: repr(w) for w in __import__('ipywidgets').Widget.widgets.values()"
    " if hasattr(w, 'static_html')}"
)
OF_THE_PAGE = {"Wiper"}  # looks at what is there in another way, and sets nothing


@pytest.mark.parametrize("chapter", [path.name for path in CHAPTERS])
def test_the_sliders_of_every_chapter_are_wired_to_python(run_all, chapter):
    live = run_all(chapter)
    labs = live.page.locator(".cnl:has(input[type=range])").all()
    assert labs, "a chapter has something to touch"
    for lab in labs:
        for slider in lab.locator("input[type=range]").all():
            name, value, least, most = slider.evaluate(
                "s => [s.ariaLabel ?? s.labels[0].textContent, s.value, s.min, s.max]"
            )
            if least == most or name in OF_THE_PAGE:
                continue
            known = live.python(EVERY_SETTING)
            slider.press("ArrowLeft" if value == most else "ArrowRight")
            where = f"the slider {name} of {lab.get_attribute('aria-label')}"
            assert slider.input_value() != value, f"{where} does not move"
            live.until(f"{EVERY_SETTING} != {known}", True, f"{where} does not reach Python")


def luminance(colour):
    """Rough lightness, 0 to 1, of a computed colour in any notation."""
    parts = [float(part) for part in re.findall(r"[\d.]+", colour.split("/")[0])]
    if colour.startswith("rgb"):
        return sum(parts[:3]) / 3 / 255
    return parts[0] if colour.startswith("okl") else sum(parts[:3]) / 3
