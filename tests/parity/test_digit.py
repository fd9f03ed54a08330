"""Ink becomes a picture as MNIST's digits are: by NumPy, by the digits, and to a network."""

import numpy as np
import pytest
import torch

from book_utils import data, weights
from tests.parity.front_end import evaluate

WIDTH = 224  # cells of the pad along a side
FIELD, BOX = 28, 20


def reference(ink):
    """Write LeCun et al. (1998), section III-A, without any resampling weights.

    Every cell is repeated as often as the new size says, so that each new pixel is the plain mean
    of a whole block.
    """
    field = np.zeros((FIELD, FIELD))
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return field
    box = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height, width = box.shape
    h, w = (max(1, int(BOX * side / max(box.shape) + 0.5)) for side in box.shape)
    small = box.repeat(h, 0).repeat(w, 1).reshape(h, height, w, width).mean((1, 3))
    place = []
    for axis, size in enumerate(small.shape):
        weights = small.sum(1 - axis)
        centre = (weights @ (np.arange(size) + 0.5)) / weights.sum()
        place.append(int(np.clip(FIELD // 2 - np.floor(centre + 1e-6), 0, FIELD - size)))
    top, left = place
    field[top : top + h, left : left + w] = small
    return field


def normalised(inks):
    """What the page makes of inks (n, height, width)."""
    calls = [("normaliseDigit", ink.flatten().tolist(), ink.shape[1]) for ink in inks]
    return np.array(evaluate(calls))


def random_inks(n):
    """Blots of any size and place, many at the border, some of them a single cell."""
    g = np.random.default_rng(0)
    for _ in range(n):
        side = int(g.integers(20, 60))
        ink = np.zeros((side, side))
        top, left = g.integers(0, side, 2)
        height, width = g.integers(1, side + 1, 2)
        blot = ink[top : top + height, left : left + width]
        blot[:] = g.random(blot.shape) * (g.random(blot.shape) < g.choice([0.1, 0.6, 1]))
        yield ink


def test_random_inks_agree_with_the_reference():
    inks = list(random_inks(120))
    for ink, field in zip(inks, normalised(inks), strict=True):
        assert np.abs(field - reference(ink)).max() <= 0.5 / 255 + 1e-9  # 256 levels of grey


def test_no_ink_one_dot_and_ink_at_the_border():
    dot, edge, corner = (np.zeros((40, 40)) for _ in range(3))
    dot[3, 5] = 1
    edge[:, 0] = 1
    corner[-10:, -10:] = 1
    fields = normalised([np.zeros((40, 40)), dot, edge, corner])
    square = reference(dot)
    assert (fields[0] == 0).all()
    assert (fields[1] == square).all() and square[4:24, 4:24].all() and square.sum() == BOX**2
    assert (fields[2].sum(0) > 0).sum() == 1 and fields[2].sum() == BOX
    assert (fields[3] == square).all()


def test_all_ink_stays_in_the_field():
    comet = np.zeros((100, 100))  # a head with a long thin tail: its centre is near the border
    comet[40:60, 80:100] = 1
    comet[50, :80] = 1
    field = normalised([comet])[0]
    assert (field.sum(0) > 0).sum() == BOX and field[:, 0].any()


@pytest.fixture(scope="module")
def digits():
    return data.mnist()


def test_the_digits_of_mnist_pass_unchanged(digits):
    images = digits[1].images[::2, 0].double().numpy()
    assert np.abs(normalised(images) - images).max() < 1e-6


def anywhere(images, seed=0):
    """Place digits on the pad, each in a size and at a place of its own, as people draw them."""
    g = np.random.default_rng(seed)
    for image in images:
        scale = int(g.integers(3, 9))
        large = image.repeat(scale, 0).repeat(scale, 1)
        room = WIDTH - len(large) + 1
        top, left = g.integers(0, room, 2)
        pad = np.zeros((WIDTH, WIDTH), dtype=np.float32)
        pad[top : top + len(large), left : left + len(large)] = large
        yield pad


def test_size_and_place_on_the_pad_do_not_matter(digits):
    images = digits[1].images[:8, 0].numpy()
    assert np.abs(normalised(list(anywhere(images))) - images).max() < 1e-6


def redrawn(images):
    """Draw each digit anew, 3.3 times as large, with smooth edges: no factor that divides."""
    x = torch.nn.functional.interpolate(images, size=92, mode="bicubic").clamp(0, 1)
    return (x * (x > 0.2))[:, 0].numpy()


def test_the_trained_network_reads_what_was_drawn_anew_as_well_as_the_digits(digits):
    test, model = digits[1].subset(250, seed=0), weights.load("digit_lenet")
    anew = torch.tensor(normalised(redrawn(test.images)), dtype=torch.float32)[:, None]
    assert (anew - test.images).abs().max() > 0.1
    plain, again = ((model(x).argmax(1) == test.labels).float().mean() for x in (test.images, anew))
    assert plain > 0.9 and again >= plain - 0.01


def drawn(*drawings):
    """What the pad holds after each list of steps, (224, 224), and the digit it gives."""
    answers = evaluate([("drawn", steps) for steps in drawings])
    return [(np.array(ink).reshape(WIDTH, WIDTH), np.array(digit)) for ink, digit in answers]


def test_a_line_covers_what_lies_within_the_brush():
    a, b = np.array([60.0, 50.0]), np.array([150.0, 110.0])  # x, y
    ((ink, digit),) = drawn([["begin", a.tolist()], ["extend", b.tolist()]])
    cells = np.stack(np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(WIDTH) + 0.5), -1)
    along = np.clip(((cells - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)[..., None]
    distance = np.linalg.norm(cells - a - along * (b - a), axis=-1)
    assert np.abs(ink - np.clip(11.5 - distance, 0, 1)).max() < 1e-6
    assert np.abs(digit - reference(ink)).max() <= 0.5 / 255 + 1e-9


def test_what_was_done_can_be_taken_back_step_by_step():
    picture = np.zeros((28, 28)).tolist()
    picture[3][4] = 0.5
    steps = [
        ["begin", [50, 50]],
        ["extend", [90, 50]],
        ["lift"],
        ["extend", [200, 200]],  # the pen is up: nothing is drawn
        ["begin", [50, 90]],
        ["replace", None],
        ["replace", picture],
        ["begin", [100, 100]],
    ]
    kept = (8, 7, 6, 5, 4, 0)  # how many of these steps are left after each "undo"
    wanted = drawn(*(steps[:n] for n in kept))
    found = drawn(*(steps + [["undo"]] * undone for undone in range(len(kept))))
    for (ink, _), (other, _) in zip(wanted, found, strict=True):
        assert (ink == other).all()
    sums = [ink.sum() for ink, _ in wanted]
    assert sums[2] == sums[5] == 0 and sums[1] == pytest.approx(0.5 * 64)
    short, long = drawn(steps[:2], steps[:4])
    assert (short[0] == long[0]).all() and short[0].sum() > 800
