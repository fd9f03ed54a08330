"""The company lab by mouse and keyboard: the others, the two modes, and the network that comes."""

import pytest
import torch
from playwright.sync_api import expect
from torch.testing import assert_close

from book_utils.explorables import CompanyLab
from tests.browser.lab_page import (
    LabHand,
    complained_of_a_lost_file,
    pixels,
    soon,
    write_page_with_states_outside,
)


class Hand(LabHand):
    """A mounted company lab."""

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")

    def probabilities(self, mode):
        texts = self.root.locator(f".cnl-says em.cnl-of-{mode}").all_inner_texts()
        return torch.tensor([float(text.removesuffix(" %")) / 100 for text in texts])

    def must_say(self, **settings):
        """The lab comes to what PyTorch gives, in both modes."""

        def check():
            for mode in ("train", "eval"):
                wanted = CompanyLab(**settings | {"mode": mode}).output
                assert_close(self.probabilities(mode), wanted, rtol=0, atol=1e-3)

        soon(check)

    def others(self):
        """The images beside the boot, (32, 28, 28) in [0, 1], 0 where there is none."""
        self.settle()
        canvas = pixels(self.root.locator(".cnl-others canvas"))[..., 0]
        found = torch.zeros(32, 28, 28)
        for n in range(32):
            top, left = 29 * (n // 8), 29 * (n % 8)
            found[n] = canvas[top : top + 28, left : left + 28] / 255
        return found


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(CompanyLab(**settings)))


def test_the_company_decides_what_the_network_says_in_training_mode(opened):
    lab = opened()
    lab.must_say()
    expect(lab.sum).to_contain_text("Ankle boot, in this batch: 99.6 %In evaluation mode 99.4 %.")
    for company, label in (("boots", "boots"), ("bags", "bags"), ("inverted", "inverted")):
        lab.choose("The others", label)
        lab.must_say(company=company)
    lab.choose("The others", "boots")
    lab.must_say(company="boots")
    expect(lab.sum).to_contain_text("Ankle boot, in this batch: 0.9 %")
    expect(lab.sum).to_contain_text("Its answer: t-shirt/top. In evaluation mode 99.4 %.")


def test_in_evaluation_mode_the_others_change_nothing(opened):
    lab = opened(company="boots")
    lab.must_say(company="boots")
    lab.root.get_by_role("radio", name="eval").check()
    says = "Ankle boot, in evaluation mode: 99.4 %The others change nothing."
    expect(lab.sum).to_have_text(says)
    lab.choose("The others", "bags")
    lab.must_say(company="bags")
    expect(lab.sum).to_have_text(says)


def test_the_images_on_the_stage_are_those_of_the_batch(opened):
    lab = opened(company="inverted", size=12, draw=5)
    lab.must_say(company="inverted", size=12, draw=5)
    batch = CompanyLab(company="inverted", size=12, draw=5).batch[:, 0]
    shown = lab.others()
    assert_close(shown[:11], batch[1:], rtol=0, atol=1 / 255)
    assert not shown[11:].any()
    boot = pixels(lab.root.locator(".cnl-boot canvas"))[..., 0].float() / 255
    assert_close(boot, batch[0], rtol=0, atol=1 / 255)


def test_sliders_draw_other_images_and_take_some_away(opened):
    lab = opened()
    lab.slider("Draw").press("ArrowRight")
    lab.must_say(draw=2)
    lab.slider("Batch size").press("Home")
    lab.must_say(draw=2, size=2)
    expect(lab.root.locator(".cnl-others figcaption")).to_have_text("one other")
    expect(lab.root.locator(".cnl-said [aria-live]")).to_contain_text("beside one other: 96.3 %")
    lab.slider("Draw").press("End")
    lab.must_say(draw=20, size=2)


def test_many_moves_end_with_the_last_of_them(opened):
    lab = opened()
    lab.slider("Draw").focus()
    for _ in range(12):
        lab.page.keyboard.press("ArrowRight")
    lab.must_say(draw=13)


@pytest.fixture
def outside(tmp_path):
    """Two labs on a page whose network is in a file beside it, as in the book."""
    labs = CompanyLab(name="one"), CompanyLab(name="two", mode="eval")
    return write_page_with_states_outside(tmp_path, *labs)


def test_bn_lenet_comes_once_for_the_labs_of_a_page(open_page, outside, watch, tmp_path):
    (file,) = (tmp_path / "_states").iterdir()
    page = open_page(outside)
    for name in ("one", "two"):
        Hand(page, name, is_open=False).must_say()
    assert sum(url.endswith(file.name) for url in watch.requests) == 1


def test_a_bn_lenet_that_does_not_come_is_said_to_be_lost(open_page, outside, watch, tmp_path):
    (file,) = (tmp_path / "_states").iterdir()
    file.unlink()
    lab = Hand(open_page(outside), "one", is_open=False)
    expect(lab.message).to_contain_text("The network could not be loaded")
    expect(lab.root.locator(".cnl-loading")).to_be_visible()
    soon(lambda: complained_of_a_lost_file(watch))
    watch.complaints.clear()
