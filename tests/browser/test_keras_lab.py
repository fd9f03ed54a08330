"""The Keras lab under hands: what is typed stays, and PyTorch's layer follows."""

import pytest

from book_utils.explorables import KerasLab
from book_utils.keras import KERAS
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """One mounted Keras lab."""

    @property
    def call(self):
        return self.root.get_by_role("textbox", name="Keras")

    @property
    def input(self):
        return self.root.get_by_role("textbox", name="Input (h, w, c)")

    def text(self, query):
        self.settle()
        return "\n".join(self.root.locator(query).all_inner_texts())


@pytest.fixture
def hand(open_labs):
    """Open a page with the lab as it is given."""
    return Hand(open_labs(KerasLab()), is_open=False)


def test_a_call_is_typed_and_pytorchs_layer_follows(hand):
    hand.call.fill("tf.keras.layers.Conv2D(\n    6, 5, padding='same',\n)")
    assert hand.text(".cnl-code code") == "nn.Conv2d(1, 6, 5, padding=2)"
    hand.input.fill("(14, 14, 3)")
    assert hand.text(".cnl-code code") == "nn.Conv2d(3, 6, 5, padding=2)"
    hand.input.fill("14 14")
    assert "“14 14” is no input. Give height, width and channels" in hand.text(".cnl-message")
    assert hand.text(".cnl-code code") == "nn.Conv2d(3, 6, 5, padding=2)"
    hand.call.press("End")
    hand.call.press("Enter")
    hand.call.type("# Keras")
    assert hand.call.input_value().endswith(")\n# Keras")
    assert hand.text(".cnl-code code") == "nn.Conv2d(3, 6, 5, padding=2)"


def test_what_cannot_be_translated_is_explained_and_stays(hand):
    strange = "nn.Conv2d(1, 6, <img src=x onerror=alert(1)>)"
    hand.call.fill(strange)
    why = hand.text(".cnl-why")
    assert why.startswith("“nn.Conv2d(1, 6, <img src=x onerror=alert…” cannot be read as a call: <")
    long = "Conv2D(6, 5)" + " " * KERAS["most"]
    hand.call.fill(long)
    said = f"The text has {len(long)} characters; at most {KERAS['most']} are read."
    assert said in hand.text(".cnl-message")
    assert hand.call.input_value() == long
    hand.call.fill("Conv2D(6, 5)")
    assert hand.text(".cnl-code code") == "nn.Conv2d(1, 6, 5)" and not hand.text(".cnl-message")


def test_a_call_is_picked_and_one_that_was_typed_is_listed_as_such(hand):
    pick = hand.root.get_by_role("combobox", name="Pick")
    pick.select_option(label="batch normalisation")
    assert hand.call.input_value() == "tf.keras.layers.BatchNormalization()"
    assert "1 − 0.99 = 0.01" in hand.text(".cnl-said p")
    hand.call.press("End")
    hand.call.press("Backspace")
    assert pick.evaluate("s => s.selectedOptions[0].label") == "as typed"
