"""The search of the built book: what leads where, in English, in Chinese and from an error."""

import re
from html import unescape

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
    "膨胀": "dilated",
    "反卷积": "transposed",
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
# What PyTorch says, as the cells of the page with the questions people ask print it.
ERRORS = (
    "padding='same' is not supported for strided convolutions",
    "Calculated padded input size per channel: (2 x 2). Kernel size: (3 x 3). Kernel size can't be "
    "greater than actual input size",
    "Given groups=1, weight of size [16, 3, 5, 5], expected input[1, 1, 28, 28] to have 3 channels,"
    " but got 1 channels instead",
    "in_channels must be divisible by groups",
    "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]",
    "mat1 and mat2 shapes cannot be multiplied (32x576 and 400x120)",
    "output padding must be smaller than either stride or dilation, but got output_padding_height: "
    "1 output_padding_width: 1 stride_height: 1 stride_width: 1 dilation_height: 1 "
    "dilation_width: 1",
    "element 0 of tensors does not require grad and does not have a grad_fn",
    "Expected more than 1 value per channel when training, got input size torch.Size([1, 120])",
)
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


def test_an_error_is_printed_on_the_page_that_its_message_leads_to(find):
    page = (HTML / "chapters/questions.html").read_text(encoding="utf-8")
    outputs = re.findall(r'<div class="cell_output.*?<pre>(.*?)</pre>', page, re.DOTALL)
    printed = [" ".join(unescape(re.sub("<[^>]*>", "", text)).split()) for text in outputs]
    for error in ERRORS:
        assert error in printed
        with_other_sizes = error.replace("32x576 and 400x120", "64x2048 and 512x10")
        for said in (error, with_other_sizes):
            assert "chapters/questions" in {found.split("#")[0] for found in find(said)}, said


def test_a_word_that_nobody_wrote_leads_nowhere(find):
    assert find("卷积神经编织") == []
