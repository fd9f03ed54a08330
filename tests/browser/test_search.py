"""The search of the built book: what leads where, in English and in Chinese."""

import pytest

from tests.built_book import HTML

# What a reader types, and a page that must be found.
LEADS = {
    "归一化": "batch-norm",
    "批归一化": "batch-norm",
    "批标准化": "batch-norm",
    "残差网络": "resnet",
    "过拟合": "training",
    "步长": "padding-stride",
    "池层": "pooling",
    "漏失层": "classic",
    "初始模块": "classic",
    "剩余模块": "resnet",
    "反进化网络": "transposed",
    "梯度弥散": "resnet",
    "阿特鲁卷积": "dilated",
    "分离卷积": "separable",
    "微调": "inside",
    "等变": "pooling",
    "momentum": "batch-norm",
    "buffer": "batch-norm",
    "evaluation mode": "training",
    "overfitting": "training",
    "stem": "resnet",
    "projection": "resnet",
    "pre-activation": "resnet",
    "He initialisation": "training",
    "weight decay": "inside",
    "validation set": "training",
    "验证集": "training",
    "normalization": "batch-norm",
    "batch normalization": "batch-norm",
    "equivariant": "pooling",
    "invariant": "pooling",
    "aliasing": "pooling",
    "SAME": "tensorflow",
    "VALID": "tensorflow",
    "block-Toeplitz": "dense-to-conv",
}
# A part of a Chinese name is enough: of 批归一化, of 深度可分离卷积.
PARTS = {"批归": "batch-norm", "可分离": "separable", "残差": "resnet", "弥散": "resnet"}
FIND = """word => Search._performSearch(...Search._parseQuery(word))
    .map(([page, title, anchor]) => page + anchor)"""


@pytest.fixture(scope="module")
def find(browser, book_http):
    """Return a function that gives the addresses that the search finds for some words."""
    page = browser.new_page()
    page.goto(book_http + "search.html")
    page.wait_for_function("Search.hasIndex()")
    yield lambda words: page.evaluate(FIND, words)
    page.close()


@pytest.mark.parametrize("word", LEADS | PARTS)
def test_a_word_leads_to_the_page_on_it(find, word):
    page = f"chapters/{(LEADS | PARTS)[word]}"
    assert page in {found.split("#")[0] for found in find(word)}


@pytest.mark.parametrize("word", LEADS)
def test_a_section_that_the_search_names_is_there(find, word):
    for found in find(word):
        page, _, section = found.partition("#")
        html = (HTML / f"{page}.html").read_text(encoding="utf-8")
        assert not section or f'id="{section}"' in html, found


def test_a_word_that_nobody_wrote_leads_nowhere(find):
    assert find("卷积神经编织") == []
