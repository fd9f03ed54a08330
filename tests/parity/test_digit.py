"""Drawings become pictures as MNIST's digits are: by NumPy, by the digits, and to a network."""

from collections import Counter

import numpy as np
import pytest
import torch

from book_utils import data, weights
from tests.drawn_digits import LETTERS, SIZES, STYLES, drawings
from tests.parity.front_end import evaluate

WIDTH = 224  # cells of the pad along a side
FIELD, BOX = 28, 20
PEN = 2.4  # pixels of a stroke that is drawn anew
DOT = 22  # cells of the pad: what is no larger is a dot


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
    return centred(small)


def centred(small):
    """Put the pixel that holds the centre of mass on pixel 14 of the field."""
    place = []
    for axis, size in enumerate(small.shape):
        mass = small.sum(1 - axis)
        centre = (mass @ (np.arange(size) + 0.5)) / mass.sum()
        place.append(int(np.clip(FIELD // 2 - np.floor(centre + 1e-6), 0, FIELD - size)))
    (top, left), (h, w), field = place, small.shape, np.zeros((FIELD, FIELD))
    field[top : top + h, left : left + w] = small
    return field


def redrawn_reference(strokes):
    """Scale strokes, lists of (x, y), then draw them: by the distance of every pixel to a line.

    The larger side of what is drawn has 20 pixels, the pen's width included; its edge is a pixel
    soft.
    """
    points = np.concatenate([np.array(stroke, dtype=float) for stroke in strokes])
    corner, extent = points.min(0), np.ptp(points, axis=0)
    scale = (BOX - PEN) / max(*extent, DOT)
    w, h = np.ceil(scale * extent + PEN - 1e-6).astype(int)
    pixels = np.stack(np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5), -1)
    distance = np.full((h, w), np.inf)
    for stroke in strokes:
        scaled = scale * (np.array(stroke, dtype=float) - corner) + PEN / 2
        for a, b in zip(scaled[[0, *range(len(scaled) - 1)]], scaled, strict=True):
            along = ((pixels - a) @ (b - a)) / max((b - a) @ (b - a), 1e-12)
            nearest = a + np.clip(along, 0, 1)[..., None] * (b - a)
            distance = np.minimum(distance, np.linalg.norm(pixels - nearest, axis=-1))
    return centred(np.clip(PEN / 2 + 0.5 - distance, 0, 1))


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


@pytest.fixture(scope="module")
def drawn_digits():
    """Every drawing with the digit that the page makes of it, (n, 28, 28)."""
    all_of = list(drawings())
    strokes = [drawing.strokes for drawing in all_of]
    return all_of, np.array(evaluate([("normaliseStrokes", each, DOT) for each in strokes]))


def test_strokes_are_scaled_and_then_drawn(drawn_digits):
    for drawing, digit in list(zip(*drawn_digits, strict=True))[::7]:
        wanted = redrawn_reference(drawing.strokes)
        assert np.abs(digit - wanted).max() <= 0.5 / 255 + 1e-6
        rows, columns = np.nonzero(digit)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX


def test_neither_size_nor_place_of_strokes_matters():
    hook = np.array([[0, 0], [3, 0], [2.5, 4], [0, 5]])
    larger = [[(scale * hook + place).tolist()] for scale, place in ((8, 0), (20, 50), (40, 3))]
    one, two, three = evaluate([("normaliseStrokes", strokes, DOT) for strokes in larger])
    assert one == two == three and np.max(one) == 1


def test_a_dot_stays_one_and_no_strokes_are_no_ink():
    tap, nothing = evaluate([("normaliseStrokes", [[[40, 90], [41, 90]]], DOT)] * 2)[0], blank()
    assert evaluate([("normaliseStrokes", [], DOT)])[0] == nothing
    rows, columns = np.nonzero(tap)
    assert 2 <= np.ptp(rows) + 1 <= 4 and 2 <= np.ptp(columns) + 1 <= 4
    assert {13, 14} & set(rows) and {13, 14} & set(columns)


def blank():
    return np.zeros((FIELD, FIELD)).tolist()


def test_the_pen_is_as_wide_as_the_strokes_of_mnist(digits):
    """The width of a long shape is twice its area by the length of its edge.

    The edge is counted along rows, columns and both diagonals (Crofton's formula).
    """
    large = torch.nn.functional.interpolate(digits[0].images[::3], scale_factor=8, mode="bicubic")
    ink = (large > 0.5).float()
    straight = (ink.diff(dim=2).abs().sum((1, 2, 3)) + ink.diff(dim=3).abs().sum((1, 2, 3))) / 8
    diagonals = [
        (a - b).abs().sum((1, 2, 3)) / 8 / 2**0.5
        for a, b in (
            (ink[..., 1:, 1:], ink[..., :-1, :-1]),
            (ink[..., 1:, :-1], ink[..., :-1, 1:]),
        )
    ]
    edge = torch.pi / 8 * (straight + sum(diagonals))
    widths = 2 * ink.sum((1, 2, 3)) / 64 / edge
    assert widths.median().item() == pytest.approx(PEN, abs=0.1)


def test_the_trained_network_reads_what_is_drawn_in_every_style_and_size(drawn_digits):
    all_of, pictures = drawn_digits
    with torch.no_grad():
        x = torch.tensor(pictures, dtype=torch.float32)[:, None]
        said = weights.load("digit_lenet")(x).argmax(1).tolist()
    right = [drawing for drawing, k in zip(all_of, said, strict=True) if k == drawing.digit]
    styles = Counter((drawing.digit, drawing.style) for drawing in right)
    sizes = Counter(drawing.size for drawing in right)
    of_each = len(all_of) / len(STYLES)
    assert {style: n for style in STYLES if (n := styles[style]) < 0.9 * of_each} == {}
    assert {size: n for size in SIZES if (n := sizes[size]) < 0.97 * len(all_of) / 3} == {}


def test_a_letter_is_a_digit_to_the_network_and_it_is_sure():
    pictures = evaluate(
        [
            ("normaliseStrokes", [(0.6 * WIDTH * stroke).tolist() for stroke in strokes], DOT)
            for strokes in LETTERS.values()
        ]
    )
    with torch.no_grad():
        x = torch.tensor(pictures, dtype=torch.float32)[:, None]
        sure = weights.load("digit_lenet")(x).softmax(1).amax(1)
    found = dict(zip(LETTERS, sure.tolist(), strict=True))
    assert found["H"] > 0.95
    assert np.median(list(found.values())) > 0.9


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
    assert np.abs(digit - redrawn_reference([[a, b]])).max() <= 0.5 / 255 + 1e-6


def test_strokes_on_a_picture_leave_it_the_picture_it_is(digits):
    picture = digits[1].images[3, 0].double().tolist()
    line = [["begin", [40, 112]], ["extend", [180, 112]]]
    (on_picture, digit), (_, alone), (_, on_black) = drawn(
        [["replace", picture], *line], line, [["replace", blank()], *line]
    )
    assert np.abs(digit - reference(on_picture)).max() <= 0.5 / 255 + 1e-9
    assert (digit != alone).any() and (on_black == alone).all()


def test_what_is_drawn_beside_the_pad_does_not_count():
    steps = [["begin", [100, 100]], ["extend", [100, 190]], ["extend", [-300, 190]]]
    (ink, digit), (edge_ink, edge) = drawn(steps, [*steps[:2], ["extend", [0, 190]]])
    assert (ink == edge_ink).all() and (digit == edge).all()
    assert ink[190, :100].all() and not ink[80:160, :80].any()


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
