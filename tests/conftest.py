"""The same random numbers in every run, so that a green test stays green until something changes.

TEST_SEED=7 in the environment (`make fast TEST_SEED=7`) draws other ones: random layers, random
tensors and hypothesis' cases. A test must pass with each.
"""

import signal

import pytest
import torch
from hypothesis import HealthCheck, seed, settings

from tests import SEED

# No limit of time: a busy machine is no failure.
settings.register_profile("book", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")


def pytest_collection_modifyitems(items):
    """Hypothesis draws its cases from the seed, too, and keeps none from an earlier run."""
    for item in items:
        if hasattr(getattr(item, "obj", None), "hypothesis"):
            seed(SEED)(item.obj)


@pytest.fixture(autouse=True)
def seeded():
    """Each test starts from the seed, whichever ran before it; pytest prints it with a failure."""
    torch.manual_seed(SEED)
    print(f"TEST_SEED={SEED}")


@pytest.fixture
def interruptible():
    """Python's own answer to Ctrl+C: what a shell starts in the background is born deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole session; the tests that need none do not wait for playwright."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import FLAGS, find_chromium

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """One running JupyterLab for the whole session, in a folder of its own."""
    from tests.browser.jupyter import Jupyter

    server = Jupyter(tmp_path_factory.mktemp("jupyter"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()
