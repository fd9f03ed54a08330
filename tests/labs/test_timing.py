"""Every slider of every lab, timed on the lab's largest example, while nothing else runs."""

import pytest

from tests.labs.kinds import KINDS
from tests.labs.timing import paints_in_time, paints_on_a_slow_processor

pytestmark = pytest.mark.xdist_group("alone")


@pytest.mark.parametrize("kind", KINDS)
def test_sliders_paint_in_time(stand_for, kind):
    assert paints_in_time(stand_for(kind.large, "desktop")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_sliders_at_hand_paint_in_time_on_a_slow_processor(stand_for, kind):
    assert paints_on_a_slow_processor(stand_for(kind.example, "desktop")) == []
