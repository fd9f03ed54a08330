"""The ring lab under keyboard and mouse: pieces travel, add up, and what was sent is counted."""

import pytest
from playwright.sync_api import expect

from book_utils.explorables import RingLab
from tests.browser.lab_page import LabHand

SHOWN = """lab => ({
  pieces: [...lab.querySelectorAll("[role=cell].cnl-piece b")].map((b) => Number(b.textContent)),
  came: [...lab.querySelectorAll("[role=cell].cnl-piece")].flatMap((cell, i) =>
    cell.matches(".came") ? [i] : []),
  sums: lab.querySelectorAll("[role=cell].cnl-piece.sum").length,
  counted: [...lab.querySelectorAll(".cnl-counted")].map((each) => parseFloat(each.textContent)),
  links: lab.querySelectorAll(".cnl-link.on, .cnl-arrow.on").length,
  flying: lab.querySelectorAll(".flies").length,
})"""


class Hand(LabHand):
    """A mounted ring lab."""

    def shown(self):
        self.settle()
        return self.root.evaluate(SHOWN)

    def holds(self, lab):
        """Whether the stage shows what a lab in Python has."""
        shown = self.shown()
        counted = [*lab.sent.tolist(), *lab.received.tolist()]
        return (
            shown["pieces"] == lab.pieces.T.flatten().tolist()
            and shown["counted"] == pytest.approx(counted, abs=0.005)
            and shown["sums"] == (lab.pieces == lab.output).sum()
        )


@pytest.fixture
def opened(open_labs):
    return lambda motion="no-preference", **settings: Hand(
        open_labs(RingLab(**settings), motion=motion), is_open=False
    )


def test_pieces_travel_round_and_add_up_and_one_device_collects(opened):
    lab = opened()
    said, move = lab.root.locator(".cnl-sum"), lab.root.get_by_role("slider", name="Move")
    expect(said).to_have_text("Before the first move: each device has sent 0 × its gradient")
    assert lab.holds(RingLab()) and lab.shown()["links"] == 0

    move.press("ArrowRight")
    move.press("ArrowRight")
    expect(said).to_have_text("Move 2 of 6, adding: each device has sent 0.5 × its gradient")
    assert lab.holds(RingLab(4, 2))
    # Piece 0 came to device 2, piece 1 to device 3 …; piece 2 flies out and in again.
    assert lab.shown()["came"] == [2, 7, 8, 13] and lab.shown()["flying"] == 5
    move.press("ArrowLeft")
    assert lab.holds(RingLab(4, 1)) and lab.root.locator(".cnl-flights.back").count() == 1
    move.press("End")
    assert lab.shown()["flying"] == 0, "a leap is no flight"
    expect(said).to_have_text("All have the sum: each device has sent 1.5 × its gradient")

    lab.root.get_by_role("radio", name="one collects").check()
    assert lab.holds(RingLab(4, 6, method="collect"))
    expect(said).to_have_text("All have the sum: device 0 has received 3 gradients and sent 3")
    move.press("ArrowLeft")
    assert lab.shown()["came"] == [2, 6, 10, 14], "device 2 has had its copy"
    assert lab.shown()["links"] == 1

    lab.root.get_by_role("slider", name="Devices").press("Home")
    expect(move).to_have_value("2")  # the last of two devices
    assert lab.holds(RingLab(2, 2, method="collect"))


def test_play_goes_to_the_end_and_without_motion_nothing_flies(opened):
    lab = opened(motion="reduce", devices=2, step=1)
    lab.button("Play").click()
    expect(lab.button("Pause")).to_be_visible()
    expect(lab.button("Play")).to_be_visible()  # it has come to its end
    assert lab.holds(RingLab(2, 2)) and lab.shown()["sums"] == 4
    assert not lab.root.locator(".cnl-flights .cnl-piece").first.is_visible()
