"""`make live`: a page that is saved is new in the browser, and Ctrl+C ends it all."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.built_book import ROOT

PATIENCE = 180  # seconds: only a failure waits so long

CONFIG = """
title: A book of one page
only_build_toc_files: true
execute: {execute_notebooks: "off"}
"""


@pytest.fixture
def book(tmp_path):
    """A book of one page, with our Makefile and an environment that is ready."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    (tmp_path / "intro.md").write_text("# A page\n\nIt says one.\n")
    tools = tmp_path / ".venv/bin"
    tools.mkdir(parents=True)
    main = "from jupyter_book.cli.main import main; main()"
    for name, begin in (("python", ""), ("jupyter-book", f" -c '{main}'")):
        (tools / name).write_text(f'#!/bin/sh\nexec {sys.executable}{begin} "$@"\n')
        (tools / name).chmod(0o755)
    (tools / ".ready").touch()
    return tmp_path


@pytest.fixture
def live(book, interruptible):
    """`make live` in that book, in a process group of its own: the process and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (book / "log").open("w") as log:
        process = subprocess.Popen(
            ["make", "live", f"PORT={port}"],
            cwd=book,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    try:
        yield process, f"http://127.0.0.1:{port}/intro.html"
    finally:
        if running(process):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def running(process):
    """Say whether anything of the process group still runs."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition, why):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, why()
        time.sleep(0.1)


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=10).status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_a_page_that_is_saved_is_new_in_the_browser(live, book, browser):
    process, address = live
    wait_until(lambda: answers(address) or not running(process), (book / "log").read_text)
    page = browser.new_page()
    try:
        page.goto(address)
        page.get_by_text("It says one.").wait_for(timeout=1000 * PATIENCE)
        # The script of the page has to be listening, or it would miss the news.
        page.wait_for_function("window.LiveReload?.connector?.protocol", timeout=1000 * PATIENCE)
        (book / "intro.md").write_text("# A page\n\nIt says two.\n")
        page.get_by_text("It says two.").wait_for(timeout=1000 * PATIENCE)
    finally:
        page.close()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal sends Ctrl+C to all that run in it
    wait_until(lambda: not running(process), (book / "log").read_text)
    assert not answers(address)
    assert "Traceback" not in (book / "log").read_text()
