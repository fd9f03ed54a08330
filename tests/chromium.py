"""Find the browser that the tests drive. `python -m tests.chromium` prints where it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Needed in containers (no sandbox, no GPU) and to keep the browser itself off the network.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


class BrowserNotFoundError(RuntimeError):
    """No Chromium could be found; the message says how to get one."""


def find_chromium() -> str:
    """Return the path of a Chromium, the one named by $CHROMIUM first.

    Raises BrowserNotFoundError where there is none, and where $CHROMIUM names no program.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path is None:
            raise BrowserNotFoundError(f"CHROMIUM={named} is not a program that can be run.")
        return path
    candidates = [shutil.which(name) for name in NAMES] + [shutil.which(app) for app in MAC_APPS]
    found = next(filter(None, candidates), None) or playwright_chromium()
    if found is None:
        raise BrowserNotFoundError(
            "The browser tests need Chromium and none was found. Install one with "
            "`apt-get install chromium` or `.venv/bin/playwright install chromium`, "
            "or say where it is with CHROMIUM=/path/to/chromium."
        )
    return found


def playwright_chromium() -> str | None:
    """Return the path of the browser that `playwright install chromium` fetched, if it is there."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Print the path; fetch playwright's own browser if the machine has none."""
    try:
        print(find_chromium())
        return 0
    except BrowserNotFoundError as missing:
        if os.environ.get("CHROMIUM"):
            print(missing, file=sys.stderr)
            return 1
    print("No Chromium on this machine; fetching playwright's …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    try:
        print(find_chromium())
    except BrowserNotFoundError as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
