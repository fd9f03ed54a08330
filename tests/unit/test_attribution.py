"""Maps of what a network looks at: by captum, by hand, and of what is no picture."""

import math
import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from book_utils import weights
from book_utils.attribution import grad_cam, occlusion, rank_correlation, saliency
from book_utils.explorables.parts.shipped import gallery, random_network, trained_network

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # captum's own imports
    from captum.attr import LayerAttribution, LayerGradCam, Occlusion, Saliency


PICTURES = gallery()[0][::5, None, None]  # (1, 1, 28, 28) each
MODELS = [trained_network(), random_network(0), weights.load("lenet")]
each_model = pytest.mark.parametrize("model", MODELS, ids=["trained", "random", "sigmoids"])


@each_model
def test_saliency_is_captums(model):
    for target, x in enumerate(PICTURES):
        theirs = Saliency(model).attribute(x.clone().requires_grad_(), target=target)
        assert_close(saliency(model, x, target), theirs[0, 0])


@each_model
@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_grad_cam_is_captums(model, number):
    layer = model.features[number]
    for target, x in enumerate(PICTURES):
        cam = LayerGradCam(model, layer)
        x = x.clone().requires_grad_()
        theirs = cam.attribute(x, target=target, relu_attributions=True)
        theirs = LayerAttribution.interpolate(theirs, (28, 28), "bilinear").detach()
        assert_close(grad_cam(model, layer, x, target), theirs[0, 0])


@each_model
@pytest.mark.parametrize(("size", "stride"), [(4, 4), (5, 1), (7, 3), (8, 4), (28, 1)])
def test_occlusion_spread_over_the_pixels_is_captums(model, size, stride):
    """captum gives each pixel the mean over the squares that cover it."""
    x = PICTURES[2]
    falls = occlusion(model, x, 3, size, stride)[None, None]
    square = torch.ones(1, 1, size, size)
    spread = F.conv_transpose2d(falls, square, stride=stride)
    spread /= F.conv_transpose2d(torch.ones_like(falls), square, stride=stride).clamp_min(1)
    theirs = Occlusion(model).attribute(
        x, target=3, sliding_window_shapes=(1, size, size), strides=(1, stride, stride),
        baselines=0.5,
    )  # fmt: skip
    assert_close(theirs, spread, rtol=1e-4, atol=1e-4)


def test_grad_cam_by_hand():
    """Two maps of 2×2: their weights are means, and what is below zero goes."""
    maps = nn.Conv2d(1, 2, 1, bias=False)
    dense = nn.Linear(8, 1, bias=False)
    with torch.no_grad():
        maps.weight.copy_(torch.tensor([1.0, -1.0])[:, None, None, None])
        dense.weight.copy_(torch.tensor([[4.0, 0, 0, 0, -2, -2, -2, -2]]))
    x = torch.tensor([[[[1.0, 2], [3, -4]]]])  # the maps: x and −x, with weights 1 and −2
    cam = grad_cam(nn.Sequential(maps, nn.Flatten(), dense), maps, x, 0)
    assert_close(cam, torch.tensor([[3.0, 6], [9, 0]]))


def test_occlusion_by_hand():
    """The score is the sum of the pixels, so that it falls by what is covered less the square."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(9, 1, bias=False))
    nn.init.ones_(model[1].weight)
    x = torch.arange(9.0).reshape(1, 1, 3, 3)
    found = occlusion(model, x, 0, 2, fill=1)
    assert_close(found, torch.tensor([[8.0, 12], [20, 24]]) - 4)
    assert_close(x, torch.arange(9.0).reshape(1, 1, 3, 3))  # the picture is left as it is
    assert_close(occlusion(model, x, 0, 1, 2), x[0, 0, ::2, ::2] - 0.5)


def test_saliency_takes_the_largest_of_the_channels():
    model = nn.Sequential(nn.Flatten(), nn.Linear(8, 2, bias=False))
    x = torch.zeros(1, 2, 2, 2)
    of_class = model[1].weight[1].detach().reshape(2, 2, 2)
    assert_close(saliency(model, x, 1), of_class.abs().amax(0))


@pytest.mark.parametrize("method", ["occlusion", "saliency", "grad_cam"])
def test_nothing_of_the_model_is_changed(method):
    model = weights.load("digit_lenet")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():  # a page may hold gradients off
        found = call(method, model, PICTURES[0], 3)
    assert not found.requires_grad
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    assert not model.features[4]._forward_hooks


def call(method, model, x, target):
    if method == "occlusion":
        return occlusion(model, x, target, 7)
    if method == "saliency":
        return saliency(model, x, target)
    return grad_cam(model, model.features[4], x, target)


@pytest.mark.parametrize("method", ["occlusion", "saliency", "grad_cam"])
def test_what_is_no_picture_or_no_class_is_refused(method):
    model, x = trained_network(), PICTURES[0]
    with pytest.raises(ValueError, match="give one as"):
        call(method, model, x[0], 3)
    with pytest.raises(ValueError, match="give one as"):
        call(method, model, x.repeat(2, 1, 1, 1), 3)
    for target in (10, -1):
        with pytest.raises(ValueError, match="from 0 to 9"):
            call(method, model, x, target)


@pytest.mark.parametrize(("size", "stride"), [(0, 1), (29, 1), (7, 0)])
def test_a_square_that_does_not_fit_is_refused(size, stride):
    with pytest.raises(ValueError, match="a size from 1 to 28"):
        occlusion(trained_network(), PICTURES[0], 3, size, stride)


def test_a_layer_without_maps_is_refused():
    model = trained_network()
    for layer in (model.dense[1], nn.Conv2d(1, 1, 1)):
        with pytest.raises(ValueError, match="no maps"):
            grad_cam(model, layer, PICTURES[0], 3)


def test_rank_correlation():
    a = torch.tensor([[1.0, 5], [3, 2]])
    assert rank_correlation(a, a.exp()) == pytest.approx(1)
    assert rank_correlation(a, -a) == pytest.approx(-1)
    # By the formula without ties: 1 − 6·Σd²/(n(n² − 1)), ranks 1 4 3 2 and 2 4 1 3.
    assert rank_correlation(a, torch.tensor([[2.0, 9], [0, 4]])) == pytest.approx(1 - 36 / 60)
    # With ties: the correlation of ranks 1.5 1.5 3 4 and 1 2 3.5 3.5.
    tied = rank_correlation(torch.tensor([0.0, 0, 1, 2]), torch.tensor([5.0, 6, 7, 7]))
    assert tied == pytest.approx(4 / 4.5)
    assert math.isnan(rank_correlation(a, torch.zeros(2, 2)))
    with pytest.raises(ValueError, match="give two of one"):
        rank_correlation(a, a[0])
