"""What a batch keeps in memory, how many images fit, and what is said of too many."""

import pytest
import torch
from torch import nn

from book_utils import memory
from book_utils.models import LeNet

IMAGE = torch.rand(1, 28, 28)
FAR_TOO_MANY = 10**11  # more than any machine can address


def test_what_is_kept_of_a_layer_is_what_its_gradient_needs():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 50), nn.Sigmoid(), nn.Linear(50, 10))
    x = torch.rand(8, 1, 28, 28)
    assert memory.bytes_kept(net, x) == 8 * 4 * (784 + 50)  # inputs of both layers; no weight


def test_an_image_costs_the_same_in_any_batch():
    net = LeNet()
    kept = [memory.bytes_kept(net, torch.stack([IMAGE] * n)) for n in (1, 5)]
    assert kept[1] - kept[0] == 4 * memory.an_image(net, IMAGE)


def test_as_many_images_fit_as_four_fifths_hold_beside_three_copies_of_the_weights():
    net = LeNet()
    weights = sum(p.nbytes for p in net.parameters())
    room = 3 * weights + 100 * memory.an_image(net, IMAGE)
    assert memory.largest_batch(net, IMAGE, int(room / 0.8) + 2) == 100
    assert memory.largest_batch(net, IMAGE, weights) == 0


def test_free_memory_is_a_number_of_bytes():
    assert memory.free("cpu") > 1e6


def test_a_batch_that_is_too_large_is_told_what_fits():
    net, x = LeNet(), IMAGE.expand(FAR_TOO_MANY, 1, 28, 28)
    says = "100,000,000,000 images does not fit.*at most .* fit"
    with pytest.raises(MemoryError, match=says), memory.explained(net, x):
        net(x)


def test_the_error_of_a_gpu_is_told_in_the_same_words():
    with (
        pytest.raises(MemoryError, match="a batch of 3 images"),
        memory.explained(LeNet(), IMAGE.expand(3, 1, 28, 28)),
    ):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")


def test_any_other_error_passes():
    net, x = LeNet(), torch.rand(3, 1, 27, 27)
    with pytest.raises(RuntimeError, match="shapes"), memory.explained(net, x):
        net(x)
