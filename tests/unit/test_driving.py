"""Links in the text that set a lab: which are claimed, and what is said of a wrong one."""

import json

import pytest

from book_utils.explorables import CorrelationLab, LayerLedger, PoolingLab, ResidualLab
from book_utils.sphinx_ext import driving
from tests.labs.kinds import KINDS

LABS = [
    CorrelationLab([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]], name="first"),
    PoolingLab([[1, 2], [3, 4]], window=2, name="pool"),
    ResidualLab(name="depth"),
    LayerLedger.example(),
]


@pytest.fixture(scope="module")
def page():
    return driving.labs_in("<p>Between</p>".join(lab.static_html() for lab in LABS))


@pytest.mark.parametrize(
    "link",
    [
        "#first?",
        "#first?stride=2",
        "#first?stride=2,1&padding=1&mode=reflect",
        "#first?input=5x5&kernel=0,1;2,3;4,5&flip=true&picked=input,4,4",
        "#first?kernel=3x3&padding=1",
        "#pool?stride=none&kind=average",
        "#depth?depth=56",
    ],
)
def test_a_link_that_sets_a_lab_is_right(page, link):
    assert driving.complaint(link, page) == ""


WRONG = {
    "#fisrt?stride=2": "there is no lab named fisrt on the page; there are: first, pool, depth",
    "#first?strid=2": "first has no setting strid; it has: input, kernel, stride, padding, ",
    "#first?name=other": "first has no setting name; it has: ",
    "#first?stride=17": "CorrelationLab.stride was given [17, 17]; allowed: a whole number from 1",
    "#first?stride=two": "CorrelationLab.stride was given ['two', 'two']; allowed: a whole number",
    "#first?stride=": "CorrelationLab.stride was given",
    "#first?mode=mirror": "mode was given mirror; allowed: one of zeros, reflect, replicate, ",
    "#first?flip=yes": "CorrelationLab.flip was given 'yes'; allowed: True or False",
    "#first?kernel=1,2;3": "CorrelationLab.kernel was given rows of unequal length; allowed: ",
    "#first?picked=bias,0,0": "CorrelationLab.picked was given ['bias', 0, 0]; allowed: None or ",
    "#first?stride=none": "CorrelationLab.stride was given",
    "#depth?depth=9": "depth was given 9; allowed: one of 8, 14, 20, 32, 44, 56",
    "#first?stride": "“stride” does not read SETTING=VALUE",
    "#first?stride=2&stride=1": "it sets stride twice",
    # each allowed by itself
    "#first?kernel=4x4": "a kernel of height 4 spans 4 cells, and the padded input has 3 + 2·0 = 3",
    "#first?padding=3&mode=reflect": "reflect padding of 3 on an input of height 3; allowed: at m",
    "#pool?padding=2": "padding 2 on a window of height 2; allowed: at most half of the window, 1",
}


@pytest.mark.parametrize("link", WRONG)
def test_a_link_that_is_wrong_says_what_is_allowed(page, link):
    assert WRONG[link] in driving.complaint(link, page)


def test_a_link_begins_from_what_the_page_sets_whatever_came_before(page):
    assert driving.complaint("#first?kernel=3x3", page) == ""
    assert driving.complaint("#first?input=2x2", page) == ""  # the kernel is 2×2 again


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_lab_is_made_anew_from_its_state_on_a_page(kind):
    lab = kind.example()
    (on_page,) = driving.labs_in(lab.static_html()).values()
    again = kind.from_state(on_page.state)
    assert again.get_state(list(on_page.state)) == lab.get_state(list(on_page.state))
    assert json.loads(json.dumps(again.schema())) == on_page.schema


def test_of_two_labs_with_one_name_the_first_is_meant():
    pools = [PoolingLab([[1] * n] * n, window=1, name="twin") for n in (2, 5)]
    page = driving.labs_in("".join(lab.static_html() for lab in pools))
    assert "window of height 3" in driving.complaint("#twin?window=3", page)
