"""A training loop in its ways: what it feeds, how it steps, and what its time goes into."""

from dataclasses import replace

import pytest
import torch

from book_utils import pace
from book_utils.data import fashion_mnist
from book_utils.explorables.pace.lab import made_up
from book_utils.pace import Loop, Spent

TRAIN = fashion_mnist()[0][:96]


@pytest.mark.parametrize("resident", [False, True])
@pytest.mark.parametrize("moved", [False, True])
def test_every_image_is_fed_once_with_its_label(resident, moved):
    batches = list(pace.feed(Loop(resident=resident, moved=moved, batch_size=64), TRAIN))
    images, labels = (torch.cat(each) for each in zip(*batches, strict=True))
    assert [len(y) for _, y in batches] == [64, 32]
    assert images.shape == TRAIN.images.shape and images.dtype == torch.float32
    assert sorted(labels.tolist()) == sorted(TRAIN.labels.tolist())
    found = {(x.sum().item(), y.item()) for x, y in zip(images, labels, strict=True)}
    there = {(x.sum().item(), y.item()) for x, y in zip(*TRAIN, strict=True)}
    assert (len(found & there) > 90) is not moved


def test_a_picture_is_shifted_and_mirrored_within_its_frame():
    picture = pace.Pictures(TRAIN, [])[0][0]
    shifted = {pace.to_tensor(pace.shift_picture(picture)).numpy().tobytes() for _ in range(200)}
    assert 15 < len(shifted) <= 25
    assert pace.shift_picture(picture).size == picture.size
    flipped = [pace.to_tensor(pace.flip_picture(picture)) for _ in range(40)]
    same, other = pace.to_tensor(picture), pace.to_tensor(picture).flip(-1)
    counts = [sum(torch.equal(each, wanted) for each in flipped) for wanted in (same, other)]
    assert sum(counts) == 40 and min(counts) > 5


@pytest.mark.parametrize(
    "loop", [Loop(), Loop(channels_last=True, step="fused"), Loop("small_resnet", half=True)]
)
def test_steps_learn_whatever_the_form(loop):
    torch.manual_seed(0)
    model, step = pace.stepper(replace(loop, model="small_resnet"))
    x, y = pace.enough(TRAIN, 16)
    losses = [step(x, y).item() for _ in range(30)]
    assert losses[-1] < 0.8 * losses[0]
    last = next(p for p in model.parameters() if p.ndim == 4 and p.shape[1] > 1)
    assert last.is_contiguous(memory_format=torch.channels_last) is loop.channels_last
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_times_are_taken_apart():
    spent = Spent.of(data=3, one=2, step=10, batch_size=65)
    assert (spent.data, spent.cost, spent.arithmetic, spent.milliseconds) == (3, 2, 8, 13)
    assert spent.examples_a_second == 5000 and spent.seconds == 12
    noisy = Spent.of(data=3, one=2, step=1.5, batch_size=64)
    assert (noisy.cost, noisy.arithmetic) == (1.5, 0)


def test_what_was_recorded_is_put_together_again():
    record = made_up()
    spent = pace.recorded(record, Loop(resident=True, batch_size=256, step="fused"))
    assert spent.data == pytest.approx(0.256)
    assert spent.cost + spent.arithmetic == pytest.approx(1.5 + 256 * 0.08)
    with pytest.raises(ValueError, match="batch_size is one of 64, 256, 1024"):
        pace.recorded(record, Loop(batch_size=128))


def test_a_loop_is_measured_in_its_parts():
    spent = pace.measure(Loop(resident=True, batch_size=32), TRAIN, "cpu")
    assert min(spent.data, spent.cost) > 0 and spent.batch_size == 32


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"model": "vgg"}, "model = 'vgg': give one of lenet, small_resnet"),
        ({"step": "fast"}, "step = 'fast': give one of eager, fused, graph"),
        ({"batch_size": 0}, "batch_size = 0: give at least 1"),
    ],
)
def test_what_is_no_loop_is_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        Loop(**settings)


def test_a_processor_has_no_cuda_graphs():
    with pytest.raises(ValueError, match="cpu has no CUDA graphs; give 'fused'"):
        pace.stepper(Loop(step="graph"), "cpu")
