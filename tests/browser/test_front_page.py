"""The front page: one gesture, where to start, and a card for each chapter."""

import json
from functools import partial

import pytest
from playwright.sync_api import expect

from book_utils import chapters
from tests.browser.lab_page import LabHand, soon
from tests.browser.page_checks import faults, wear

CHAPTERS = chapters.in_order()
ASKING = [chapter for chapter in CHAPTERS if chapter.questions]
CARD = """card => ({
  picture: card.querySelector("svg").ariaLabel,
  title: card.querySelector(".card-title").textContent,
  summary: card.querySelector(".card-summary").textContent,
  figures: card.querySelector(".card-figures").textContent,
  href: new URL(card.querySelector("a").href).pathname,
})"""
ANSWERED = {"dense-to-conv-1": True, "dense-to-conv-2": False} | {
    name: True for name in ASKING[-1].questions
}


def must_be(cell, text):
    assert cell.inner_text() == text


def answer(page, answers):
    """Leave answers as the questions of the chapters would."""
    kept = {name: {"response": 0, "right": right} for name, right in answers.items()}
    page.evaluate("kept => localStorage.setItem('convnets-live:answers', kept)", json.dumps(kept))
    page.reload()


def test_each_chapter_has_a_card_in_reading_order(open_page, book_http):
    page = open_page(book_http + "intro.html")
    cards = [card.evaluate(CARD) for card in page.locator("li.chapter-card").all()]
    assert [card["title"] for card in cards] == [chapter.title for chapter in CHAPTERS]
    for card, chapter in zip(cards, CHAPTERS, strict=True):
        assert card["href"] == f"/chapters/{chapter.name}.html"
        assert card["figures"].startswith(f"{chapter.minutes} minutes")
        assert card["picture"] and len(card["summary"]) > 20
        assert card["summary"][0] not in ": "
    parts = [caption for caption, pages in chapters.parts().items() if pages]
    heads = page.locator("h3:has(+ ol.chapter-cards)").all_inner_texts()
    assert [head.rstrip("#") for head in heads] == parts


def test_all_of_a_card_leads_to_its_chapter_and_the_start_to_the_first(open_page, book_http):
    page = open_page(book_http + "intro.html")
    picture = page.locator("li.chapter-card .card-picture").nth(2)
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()  # the link lies over it
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**/chapters/{CHAPTERS[2].name}.html")
    page.go_back()
    page.locator("p.start a").click()
    page.wait_for_url(f"**/chapters/{CHAPTERS[0].name}.html")


def test_cards_say_how_many_questions_were_answered(open_page, book_http):
    page = open_page(book_http + "intro.html")
    answer(page, ANSWERED)
    place = page.locator("#lab-progress")
    place.scroll_into_view_if_needed()
    place.locator(".cnl").wait_for()
    said = {
        chapter.name: page.locator(f'[data-questions-of="{chapter.name}"]') for chapter in ASKING
    }
    first, last = ASKING[0], ASKING[-1]

    count = len(first.questions)
    expect(said[first.name]).to_have_text(f"1 of {count} questions")
    count = len(last.questions)
    expect(said[last.name]).to_have_text(f"{count} of {count} questions")
    expect(said[last.name]).to_have_class("all")
    for name in said.keys() - {last.name}:
        expect(said[name]).not_to_have_class("all")
    total = sum(len(chapter.questions) for chapter in ASKING)
    told = place.locator(".cnl-all")
    expect(told).to_have_text(f"{1 + len(last.questions)} of {total} questions answered")
    place.get_by_role("button", name="Forget my answers").click()
    place.get_by_role("button", name="Forget", exact=True).click()
    expect(told).to_have_text(f"0 of {total} questions answered")
    expect(said[last.name]).to_have_text(f"0 of {len(last.questions)} questions")


def test_without_scripts_a_card_says_how_many_questions_there_are(browser, book_http):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(book_http + "intro.html")
    figures = page.locator(".card-figures").first.inner_text()
    asked = len(CHAPTERS[0].questions)
    assert figures == f"{CHAPTERS[0].minutes} minutes, {asked} questions"
    page.context.close()


def test_the_lab_is_on_the_first_screen(open_page, book_http):
    page = open_page(book_http + "intro.html", width=1280, height=800)
    lab = LabHand(page, "lens", is_open=False)
    box = lab.root.bounding_box()
    assert page.evaluate("scrollY") == 0 and box["y"] + box["height"] <= 800


def test_the_links_of_the_first_paragraph_show_an_edge_a_surface_and_a_reflection(
    open_page, book_http
):
    page = open_page(book_http + "intro.html", motion="reduce")
    lab = LabHand(page, "lens", is_open=False)
    lab.root.get_by_role("radio", name="blur").check()
    total = lab.grid("Their sum").locator("[role=gridcell]")
    for words, shown in (
        ("on the coffee", "−0.02"),
        ("in a reflection on the spoon", "3.08"),
        ("where the rim of the cup begins", "2.38"),
    ):
        page.get_by_role("link", name=words).click()
        soon(partial(must_be, total, shown))


def test_cards_fit_every_window(open_page, book_http):
    page = open_page(book_http + "intro.html", width=1920, motion="reduce")
    for width in (1920, 1280, 1000, 768, 700, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        article = page.locator(".bd-article").bounding_box()
        for card in page.locator("li.chapter-card").all():
            box, picture = card.bounding_box(), card.locator("svg").bounding_box()
            assert box["x"] >= article["x"] and box["width"] >= 250, width
            assert box["x"] + box["width"] <= article["x"] + article["width"] + 1, width
            assert picture["width"] >= 90, width


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_where_the_answers_are_counted(open_page, book_http, width):
    page = open_page(book_http + "intro.html", width=width)
    page.locator("#lab-progress").scroll_into_view_if_needed()
    page.locator("#lab-progress .cnl").wait_for()
    for theme in ("light", "dark"):
        wear(page, theme)
        assert faults(page) == [], theme
