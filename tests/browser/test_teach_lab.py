"""The teach lab: signs that are drawn become examples, are judged first, and can be taken away."""

import re

import pytest
from playwright.sync_api import expect

from book_utils.explorables import TeachLab
from book_utils.explorables.teach import signs
from tests.browser.lab_page import LabHand
from tests.labs.stand import SIZES

PHONE = SIZES["phone"]
# Strokes on a pad whose side is 1.
CROSS = [[(0.2, 0.2), (0.8, 0.8)], [(0.8, 0.2), (0.2, 0.8)]]
BAR = [[(0.5, 0.1), (0.5, 0.9)]]


class TeachHand(LabHand):
    """The lab, its pad and its lists."""

    @property
    def pad(self):
        return self.root.get_by_role("application")

    def draw(self, strokes, slip=0.0):
        """Draw on the pad with the mouse; `slip` makes it another drawing."""
        box = self.pad.bounding_box()
        for stroke in strokes:
            (x, y), *rest = [
                (box["x"] + box["width"] * (u + slip * v), box["y"] + box["height"] * v)
                for u, v in stroke
            ]
            self.page.mouse.move(x, y)
            self.page.mouse.down()
            for x, y in rest:
                self.page.mouse.move(x, y, steps=6)
            self.page.mouse.up()

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    @property
    def said(self):
        return self.root.locator(".cnl-sum")

    def examples(self, name):
        return self.root.get_by_role("listbox", name=f"Examples of {name}").get_by_role("option")

    def cell(self, kind, column):
        row = self.root.locator(f".cnl-of-{kind}")
        return row.locator("td").nth(["this", "left", "further"].index(column))


@pytest.fixture
def open_teaching(open_labs):
    def open_teaching(lab=None, **options):
        return TeachHand(open_labs(lab or TeachLab(), **options), is_open=False)

    return open_teaching


def counted(probabilities):
    right = int((probabilities > 0.5).sum())
    return f"{right} of {int((~probabilities.isnan()).sum())}"


def test_it_opens_with_ready_signs_and_shows_what_python_finds(open_teaching):
    lab, twin = open_teaching(), TeachLab()
    for kind in ("trained", "random", "pixels"):
        expect(lab.cell(kind, "left")).to_have_text(counted(twin.left_out(kind)))
        expect(lab.cell(kind, "further")).to_have_text(counted(twin.further(kind)))
    first, second = twin.output.tolist()
    name, share = ("K", first) if first > second else ("X", second)
    expect(lab.said).to_contain_text(f"The trained features say {name} {round(100 * share)} %")
    assert [lab.examples(each).count() for each in "KX"] == [5, 5]


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_two_signs_of_ones_own_are_drawn_learned_and_told_apart(open_teaching, size):
    lab = open_teaching(TeachLab(signs="own"), **size)
    expect(lab.said).to_contain_text("Draw a first sign, and press what it is.")
    lab.draw(CROSS)
    lab.press("It is 1st")
    expect(lab.said).to_contain_text("Now draw an example of the 2nd sign.")
    lab.draw(BAR)
    lab.press("It is 2nd")
    expect(lab.cell("trained", "left")).to_have_text("–")  # each is the only one of its sign
    expect(lab.cell("trained", "further")).to_have_text("–")
    lab.draw(CROSS, slip=0.2)
    expect(lab.said).to_contain_text(re.compile(r"The trained features say 1st \d+ %"))
    lab.press("It is 1st")
    expect(lab.said).to_contain_text(re.compile(r"It had said 1st, \d+ %: right"))
    lab.draw(BAR, slip=0.2)
    lab.press("It is 1st")
    expect(lab.said).to_contain_text(re.compile(r"It had said 2nd, \d+ %: wrong"))
    expect(lab.cell("trained", "further")).to_have_text("1 of 2")
    expect(lab.cell("trained", "left")).to_have_text(re.compile(r"^\d of 3$"))
    assert [lab.examples(each).count() for each in ("1st", "2nd")] == [3, 1]


def test_an_example_is_judged_by_what_learned_the_others_and_can_be_taken_away(open_teaching):
    lab = open_teaching()
    before = counted(TeachLab().left_out())
    lab.press("It is X")  # the K on the pad
    expect(lab.examples("X")).to_have_count(6)
    lab.examples("X").nth(5).click()
    expect(lab.said).to_contain_text("Left out, it is named K")
    lab.press("It is K")
    expect(lab.message).to_contain_text("an example already")
    lab.press("Take this example away")
    expect(lab.examples("X")).to_have_count(5)
    expect(lab.cell("trained", "left")).to_have_text(before)
    lab.draw(CROSS)
    lab.press("It is X")
    lab.examples("X").nth(5).click()
    lab.examples("X").nth(4).press("Delete")  # a ready one stays, whatever has the focus
    assert lab.examples("X").count() == 6
    lab.examples("X").nth(5).press("Delete")
    expect(lab.examples("X")).to_have_count(5)
    expect(lab.examples("X").nth(4)).to_be_focused()


def test_the_arrow_keys_go_through_the_examples(open_teaching):
    lab = open_teaching()
    lab.examples("K").nth(0).focus()
    lab.page.keyboard.press("End")
    expect(lab.examples("K").nth(4)).to_have_attribute("aria-selected", "true")
    expect(lab.said).to_contain_text("Left out, it is named")
    lab.page.keyboard.press("ArrowLeft")
    expect(lab.examples("K").nth(3)).to_be_focused()


def test_a_sign_is_drawn_by_keyboard(open_teaching):
    lab = open_teaching(TeachLab(signs="own"))
    lab.pad.focus()
    for key in (" ", "Shift+ArrowRight", "Shift+ArrowDown", " "):
        lab.pad.press(key)
    lab.press("It is 2nd")
    expect(lab.examples("2nd")).to_have_count(1)


def test_nothing_drawn_and_too_many_are_said_and_nothing_is_lost(open_teaching):
    twenty = [[0, signs.ready("faces")[i % 2, i // 2]] for i in range(20)]
    lab = open_teaching(TeachLab(signs="own", drawn={"own": twenty}))
    lab.press("It is 1st")
    expect(lab.message).to_have_text("Nothing is drawn yet: draw a sign on the pad first.")
    lab.draw(CROSS)
    lab.press("It is 1st")
    expect(lab.message).to_contain_text("There are 20 examples of 1st, and no room for more")
    assert lab.examples("1st").count() == 20
    lab.press("It is 2nd")  # the drawing was kept
    expect(lab.examples("2nd")).to_have_count(1)


def test_drawings_wait_while_other_signs_are_looked_at(open_teaching):
    lab = open_teaching()
    lab.draw(CROSS)
    lab.press("It is X")
    choose = lab.root.get_by_label("Signs")
    choose.select_option("faces")
    expect(lab.examples("glad")).to_have_count(5)
    choose.select_option("letters")
    expect(lab.examples("X")).to_have_count(6)


def test_ready_signs_can_be_dealt_until_all_are_examples(open_teaching):
    lab = open_teaching(TeachLab(ready=10))
    seen = set()
    for _ in range(4):
        lab.press("Show a ready sign")
        expect(lab.said).to_contain_text("The trained features say")
        seen.add(lab.pad.locator("canvas").evaluate("canvas => canvas.toDataURL()"))
    assert len(seen) == 4
