"""`make chapters`: after a page's last cell, the numbers in its prose are checked in its kernel."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from tests.stated.guard import ROOT, file_of

CELL = """
import sys
sys.path.insert(0, {root!r})
from tests.stated.guard import check
check({name!r}, globals())
"""


class StatedNotebook(IPyNbFile):
    """A notebook whose page has a file in tests/numbers: that is one more cell."""

    def collect(self) -> Iterator[IPyNbCell]:
        """Yield the notebook's own cells, then the check."""
        cells = list(super().collect())
        yield from cells
        source = CELL.format(root=str(ROOT), name=self.path.stem)
        yield IPyNbCell.from_parent(
            self,
            name="the numbers in its prose",
            cell_num=len(cells),
            cell=nbformat.v4.new_code_cell(source),
            options={"skip": False, "check": False, "check_exception": False},
        )


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Let a notebook whose page states its numbers be read with the check."""
    collected = yield
    return [
        StatedNotebook.from_parent(parent, path=file_path)
        if isinstance(file, IPyNbFile) and file_of(file_path.stem).exists()
        else file
        for file in collected
    ]
