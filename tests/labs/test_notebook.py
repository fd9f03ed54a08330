"""All labs in one notebook of JupyterLab, wired to Python both ways."""

from functools import partial

import pytest

from tests.browser.conftest import new_context
from tests.browser.jupyter import JupyterWatch, run_all
from tests.labs.broken import FAULTS, BrokenLab
from tests.labs.kinds import KINDS
from tests.labs.notebook import Output, cells_of, to_python, to_the_page

pytestmark = pytest.mark.xdist_group("alone")
CHECKS = (to_the_page, to_python)
SHORT = 3  # seconds, where a message is known not to come


@pytest.fixture
def notebook(browser, jupyter):
    """Run a notebook of these cells in JupyterLab, on a watched page."""
    watch = JupyterWatch(jupyter.address, jupyter.address.replace("http", "ws", 1))
    opened = []

    def open_page(url, first, **options):
        context = new_context(browser, **options)
        watch.attach(context)
        context.add_init_script(first)
        page = context.new_page()
        page.goto(url)
        return page

    def notebook(name, cells):
        jupyter.write(name, cells)
        opened.append(run_all(open_page, jupyter, name))
        return opened[-1]

    yield notebook
    for live in opened:
        live.close()
    jupyter.end_kernels()
    assert watch.foreign == watch.complaints == []


def test_every_lab_is_wired_to_python_both_ways(stand_for, notebook):
    made = {kind.__name__.lower(): f"{kind.__name__}.example()" for kind in KINDS}
    live = notebook("labs.ipynb", ["from book_utils.explorables import *", *cells_of(made)])
    found = {}
    for number, kind in enumerate(KINDS):
        stand = stand_for(kind.example, "desktop")
        output = Output(live, kind.__name__.lower(), number)
        output.open()
        complaints = [complaint for check in CHECKS for complaint in check(stand, output)]
        found |= {kind.__name__: complaints} if complaints else {}
    assert found == {}


def test_a_lab_that_is_broken_in_a_notebook_fails_the_check_for_its_fault(stand_for, notebook):
    faults = {check.__name__: check for check in CHECKS}
    assert set(faults) <= set(FAULTS)
    made = {f"broken_{fault}": f"BrokenLab(fault={fault!r})" for fault in faults}
    made = {"healthy": "BrokenLab()"} | made
    live = notebook("broken.ipynb", ["from tests.labs.broken import BrokenLab", *cells_of(made)])
    stand = stand_for(BrokenLab, "desktop")
    for check in CHECKS:
        assert check(stand, Output(live, "healthy", 0)) == []
    for number, (fault, check) in enumerate(faults.items(), 1):
        stand = stand_for(partial(BrokenLab, fault=fault), "desktop")
        assert check(stand, Output(live, f"broken_{fault}", number, patience=SHORT)) != []
