"""Lines are put in order by mouse, finger and keyboard; the first wrong one is named."""

import json

import pytest
from playwright.sync_api import expect

from book_utils.explorables import OrderQuestion, Progress
from tests.browser.lab_page import LabHand, write_page

LINES = ["def mean(x):", "    total = 0", "    for v in x:", "        total += v"]
LINES += ["    return total / len(x)"]
FALSE = "        total = v"
QUESTION = OrderQuestion(
    "sums-1",
    "Put the lines of `mean` in order.",
    LINES,
    right="A sum, then one division.",
    otherwise="What must be known before?",
    false={FALSE: "That forgets the sum so far."},
    too_early={3: "There is no `v` before the loop."},
)


@pytest.fixture
def asked(open_page, tmp_path):
    url = write_page(tmp_path, QUESTION, Progress([("Sums", "chapters/sums", 1)]))

    def opened(**options):
        page = open_page(url, **options)
        for name in ("progress", "sums-1"):
            LabHand(page, name)
        return page

    return opened


def rows(page):
    return page.locator("#lab-sums-1 ol > li")


def texts(page):
    """What stands in the list, without indentation; the lines below "Left out" are left out."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return [
        row.locator("code").inner_text().strip() if row.locator("code").count() else "Left out"
        for row in rows(page).all()
    ]


def row(page, line):
    return rows(page).filter(has=page.locator("code", has_text=line.strip())).first


def move(page, line, way):
    page.get_by_role("button", name=f"Move {way}: {line.strip()}", exact=True).click()


def check(page):
    page.locator("#lab-sums-1").get_by_role("button", name="Check").click()
    return page.locator("#lab-sums-1 .cnl-feedback").inner_text()


def arrange(page, wanted):
    """Bring the list into an order, from the top, by the buttons."""
    for at, line in enumerate(wanted):
        while (now := texts(page).index(line.strip())) > at:
            move(page, line, "up")
            assert texts(page).index(line.strip()) == now - 1


def middle(page, locator):
    box = locator.bounding_box()
    return box["x"] + 30, box["y"] + box["height"] / 2


def test_the_first_wrong_line_is_named_with_its_reason_until_all_is_right(asked):
    page = asked()
    assert check(page) == "Give an answer first."
    arrange(page, [LINES[0], LINES[1], LINES[3], LINES[2]])
    said = check(page)
    assert said == (
        "Not yet. Line 3, total += v, is the first that is wrong. There is no v before the loop."
    )
    expect(page.locator(".cnl-piece.wrong code")).to_have_text("total += v")
    arrange(page, [LINES[0], LINES[1], LINES[2], FALSE])
    expect(page.locator(".cnl-piece.wrong")).to_have_count(0)
    assert "Line 4, total = v, is the first that is wrong. That forgets the sum" in check(page)
    arrange(page, LINES)
    assert "Line 6, total = v" in check(page)
    move(page, FALSE, "down")
    assert texts(page)[-2:] == ["Left out", "total = v"]
    assert check(page) == "Right. A sum, then one division."
    assert page.locator("#lab-progress td").inner_text() == "1 of 1"
    kept = json.loads(page.evaluate("localStorage.getItem('convnets-live:answers')"))
    assert kept == {"sums-1": {"response": [0, 1, 2, 3, 4], "right": True}}
    move(page, LINES[4], "up")
    assert check(page).startswith("Not yet. Line 4, return total / len(x),")
    assert page.locator("#lab-progress td").inner_text() == "0 of 1"


def test_a_line_that_belongs_and_is_left_out_is_missed(asked):
    page = asked()
    arrange(page, LINES)
    move(page, FALSE, "down")
    move(page, LINES[4], "down")
    assert check(page).endswith("but one line that belongs is left out.")


def test_lines_are_dragged_by_the_mouse(asked):
    page = asked()
    for at, line in enumerate(LINES):
        if texts(page)[at] == line.strip():
            continue
        page.mouse.move(*middle(page, row(page, line).locator("code")))
        page.mouse.down()
        x, y = middle(page, rows(page).nth(at))
        page.mouse.move(x, y - 8, steps=6)
        page.mouse.up()
        assert texts(page)[at] == line.strip()
    x, y = middle(page, row(page, FALSE))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 200, steps=4)
    assert row(page, FALSE).get_attribute("class").split() == ["cnl-piece", "dragged", "out"]
    page.mouse.up()
    page.mouse.move(x, y - 150)
    assert texts(page)[-1] == "total = v"
    assert check(page).startswith("Right.")


TOUCH = """async ([from, to, x]) => {
  const list = document.querySelector("ol.cnl-pieces");
  const target = document.elementFromPoint(x, from);
  const send = (on, type, y) => on.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 7, pointerType: "touch", isPrimary: true,
    button: type === "pointermove" ? -1 : 0, buttons: 1, clientX: x, clientY: y,
  }));
  list.setPointerCapture = () => {}; // a pointer that a script made cannot be captured
  send(target, "pointerdown", from);
  for (let i = 1; i <= 5; i++) {
    send(list, "pointermove", from + ((to - from) * i) / 5);
    await new Promise(requestAnimationFrame);
  }
  send(list, "pointerup", to);
}"""


def test_a_finger_drags_a_line_by_its_handle_and_scrolls_elsewhere(asked):
    page = asked(touch=True, width=390)
    line = texts(page)[0]
    box = rows(page).first.bounding_box()
    down = box["y"] + box["height"] / 2
    page.evaluate(TOUCH, [down, down + 2.3 * box["height"], box["x"] + 200])
    assert texts(page)[0] == line, "the text does not hold the line"
    page.evaluate(TOUCH, [down, down + 2.3 * box["height"], box["x"] + 15])
    assert texts(page)[2] == line
    styles = "element => getComputedStyle(element).touchAction"
    assert page.locator(".cnl-grip").first.evaluate(styles) == "none"
    assert rows(page).first.evaluate(styles) != "none"
    for button in page.locator(".cnl-move").all():
        size = button.evaluate("({offsetWidth, offsetHeight}) => [offsetWidth, offsetHeight]")
        assert min(size) >= 44
    page.locator(".cnl-move").nth(1).tap()


def test_lines_move_by_arrow_keys_which_are_read_aloud_and_keep_the_focus(asked):
    page = asked()
    line = texts(page)[0]
    page.get_by_role("button", name=f"Move down: {line}", exact=True).focus()
    page.keyboard.press("ArrowDown")
    spoken = page.locator("#lab-sums-1 [aria-live=polite]")
    expect(spoken).to_have_text(f"Line 2 of 6: {line}")
    page.keyboard.press("ArrowDown")
    expect(spoken).to_have_text(f"Line 3 of 6: {line}")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused) == f"Move down: {line}" and texts(page)[2] == line
    page.keyboard.press("ArrowUp")
    assert texts(page)[1] == line and page.evaluate(focused) == f"Move down: {line}"
    for _ in range(9):
        page.keyboard.press("ArrowDown")
        texts(page)
    expect(spoken).to_have_text(f"Left out: {line}")
    assert texts(page)[-1] == line and page.evaluate(focused) == f"Move down: {line}"


def test_in_print_the_lines_stand_as_they_were_mixed(asked):
    page = asked()
    mixed = [text for text in texts(page) if text != "Left out"]
    move(page, mixed[0], "down")
    page.emulate_media(media="print")
    printed = page.locator("#lab-sums-1 .cnl-still pre").all_inner_texts()
    assert [line.strip() for line in printed] == mixed
    assert set(printed) == {*LINES, FALSE}, "with their indentation"
