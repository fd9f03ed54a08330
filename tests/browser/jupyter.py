"""A real JupyterLab on loopback, and a notebook that is open in it and has been run."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable

import nbformat
import pytest
import zmq
from jupyter_client import BlockingKernelClient
from playwright.sync_api import Page

from tests.browser.conftest import Watch
from tests.browser.lab_page import soon
from tests.built_book import ROOT

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
        self.work = folder / "work"
        self.work.mkdir()
        self.runtime = folder / "runtime"
        settings = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.root_dir": self.work,
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

    def write(self, name: str, cells: Iterable[str]) -> None:
        """Write a notebook into the server's folder."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        made.metadata.kernelspec = kernel
        nbformat.write(made, self.work / name)

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
        # A context of the client's own is ended when the client is collected as garbage, and then
        # may wait for ever for a socket that is garbage itself.
        client = BlockingKernelClient(
            connection_file=str(self.runtime / f"kernel-{kernel}.json"),
            context=zmq.Context.instance(),
        )
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


class JupyterWatch(Watch):
    """Leaves out what JupyterLab says to the console of itself; what raises still counts."""

    def on_console(self, message):
        pass


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
        """Run code in the kernel; return the name of the error it raised, if any.

        By default an error also aborts the requests that wait behind it, unrun: the next line of
        a test might never be tried.
        """
        reply = self.client.execute(code, reply=True, timeout=PATIENCE, stop_on_error=False)
        content = reply["content"]
        assert content["status"] in ("ok", "error"), content
        return content.get("ename")

    def until(self, expression, value, otherwise=None):
        """Wait until the kernel agrees; say what it means if it never does."""

        def agrees():
            assert self.python(expression) == value, otherwise

        soon(agrees)

    def close(self):
        """Leave the notebook."""
        self.client.stop_channels()
        self.page.context.close()


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


def run_all(
    open_page: Callable[..., Page], jupyter: Jupyter, name: str, theme: str = "JupyterLab Light"
) -> Live:
    """Open a notebook, run all its cells and wait for all that they show.

    `open_page` opens an address, with a script that runs `first`. End what is returned by `.close`.
    """
    # a workspace each, so that no notebook of another test comes back
    where = f"{jupyter.address}lab/workspaces/{name.removesuffix('.ipynb')}/tree/{name}"
    page = open_page(f"{where}?token={jupyter.token}", first=NO_HURRY, height=1000)
    page.set_default_timeout(1000 * PATIENCE)
    page.wait_for_function("globalThis.jupyterapp?.shell.currentWidget?.sessionContext != null")
    page.evaluate(RUN, theme)
    page.wait_for_function("globalThis.ran !== undefined")
    assert page.evaluate("ran") is True, "every cell ran"
    page.wait_for_function(SHOWN)
    return Live(page, jupyter.kernel(name))
