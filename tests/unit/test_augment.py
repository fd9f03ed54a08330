"""Images moved and mirrored by a layer: what can come out does, evenly, and nothing else."""

from collections import Counter

import pytest
import torch
import torch.nn.functional as F

from book_utils.augment import Moved, shift_and_flip


def possible(image, shift):
    """Every image (c, h, w) that may come of this one, by its bytes."""
    height, width = image.shape[1:]
    padded = F.pad(image, (shift,) * 4)
    found = {}
    for turned in (False, True):
        for down in range(2 * shift + 1):
            for right in range(2 * shift + 1):
                cut = padded[:, down : down + height, right : right + width]
                cut = cut.flip(2) if turned else cut
                found[cut.contiguous().numpy().tobytes()] = (down - shift, right - shift, turned)
    return found


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_all_that_can_be_and_nothing_else(shift):
    image = torch.rand(2, 5, 7)
    expected = possible(image, shift)
    out = shift_and_flip(image.expand(4_000, -1, -1, -1), shift)
    counts = Counter(expected[each.contiguous().numpy().tobytes()] for each in out)
    assert len(counts) == len(expected)
    share = 4_000 / len(expected)
    assert all(abs(n - share) < 6 * share**0.5 for n in counts.values())


def test_each_image_of_a_batch_has_its_own_move():
    images = torch.rand(64, 1, 6, 6)
    out = Moved(pixels=1)(images)
    assert out.shape == images.shape
    ways = set()
    for before, after in zip(images, out, strict=True):
        ways.add(possible(before, 1)[after.contiguous().numpy().tobytes()])
    assert len(ways) > 6


def test_in_evaluation_images_pass_as_they_are():
    images = torch.rand(3, 1, 4, 4)
    assert Moved().eval()(images) is images
    assert not list(Moved().parameters())


def test_a_negative_shift_is_refused():
    with pytest.raises(ValueError, match="pixels = -1: give at least 0"):
        Moved(pixels=-1)
