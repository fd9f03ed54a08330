"""Tests of one group run one after another, in one process: they share a server, or a file."""

import pytest


@pytest.mark.xdist_group("paper")
def test_the_runner_knows_of_groups(request):
    """It tells by the end of a test's name, and keeps silent where it cannot write it there."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("the tests are not shared out by groups")
    assert request.node.nodeid.endswith("@paper")
