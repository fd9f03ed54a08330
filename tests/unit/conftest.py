"""A CPU that seems to have CUDA graphs."""

import pytest

from book_utils import graphed
from tests.unit.stand_in import StandIn


@pytest.fixture
def graphs(monkeypatch):
    """Graphs on the CPU, worth it from the first step on."""
    monkeypatch.setattr(graphed, "DEVICES", ("cpu",))
    monkeypatch.setattr(graphed, "WORTH", 1)
    monkeypatch.setattr(graphed, "Recorder", StandIn)
    monkeypatch.setattr(StandIn, "replays", 0)
