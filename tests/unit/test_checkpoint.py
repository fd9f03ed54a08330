"""Runs that stop and go on from their file, and files that must not be touched."""

import signal
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

from book_utils import train
from book_utils.checkpoint import Checkpoint
from tests.unit.test_train import blobs, linear, nan_at, run, same_weights, stop_at

pytestmark = pytest.mark.usefixtures("interruptible")

LISTS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


def rich(seed=0):
    """A model with all that a state may hold: buffers, dropout, and two layers that share."""
    torch.manual_seed(seed)
    layers = nn.Flatten(), nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.3), nn.Linear(4, 4)
    model = nn.Sequential(*layers, nn.Linear(4, 2))
    model[4].weight = model[1].weight
    return model


OPTIMIZERS = {
    "plain": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9, weight_decay=1e-4),
    "adam": lambda weights: torch.optim.AdamW(weights, lr=0.01),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs" / "rich.safetensors"


@pytest.mark.parametrize("stop", [3, 9, 16])  # before the first epoch ends, in the third, fifth
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(path, optimizer, stop):
    def go(loss=F.cross_entropy, **settings):
        model = rich()
        torch.manual_seed(torch.seed())  # what happened before must not matter
        given = OPTIMIZERS[optimizer](model.parameters())
        history = run(model, epochs=6, optimizer=given, loss=loss, **settings)
        return model, given, history

    model, given, history = go()
    stopping = stop_at(stop)
    stopping.__qualname__ = "cross_entropy"  # the same loss, but for the interrupt
    _, _, stopped = go(stopping, checkpoint=path)
    assert stopped.interrupted and len(stopped) == stop // 4
    again, given_again, resumed = go(checkpoint=path)

    assert not resumed.interrupted and len(resumed) == len(resumed.seconds) == 6
    assert same_weights(model, again)
    for name in LISTS:
        assert getattr(resumed, name) == getattr(history, name)
    for one, other in zip(
        given.state_dict()["state"].values(),
        given_again.state_dict()["state"].values(),
        strict=True,
    ):
        assert all(torch.equal(one[k], other[k]) for k in one if one[k] is not None)


def test_a_finished_run_returns_at_once(path, capsys):
    model, again = linear(), linear(seed=1)
    history = run(model, checkpoint=path)
    shown = capsys.readouterr().out

    def never(scores, labels):
        raise AssertionError

    never.__qualname__ = "cross_entropy"
    assert vars(run(again, checkpoint=path, loss=never)) == vars(history)
    assert same_weights(model, again)
    assert capsys.readouterr().out == shown


def test_a_finished_run_can_be_made_longer_but_not_shorter(path):
    model, again = linear(), linear()
    history = run(model, epochs=5)
    run(linear(), epochs=3, checkpoint=path)
    with pytest.raises(ValueError, match="holds 3 epochs and epochs = 2: give 3 or more"):
        run(linear(), epochs=2, checkpoint=path)
    assert run(again, epochs=5, checkpoint=str(path)).test_loss == history.test_loss
    assert same_weights(model, again)


def test_the_weights_can_be_read_by_name(path):
    model = linear()
    run(model, checkpoint=path)
    assert torch.equal(load_file(path)["model.1.weight"], model[1].weight)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_loss_that_is_no_number_leaves_the_last_good_epoch_in_the_file(path):
    model = linear()
    message = r"The model is again as it was after epoch 1, which is in .*rich\.safetensors"
    with pytest.raises(FloatingPointError, match=message):
        run(model, epochs=3, loss=nan_at(5), checkpoint=path)
    assert torch.equal(load_file(path)["model.1.weight"], model[1].weight)


def other_images():
    data = blobs()
    data.images[0, 0, 0, 0] += 0.5
    return data


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lr": 0.25}, "optimizer: lr: 0.5 there, lr: 0.25 here"),
        ({"batch_size": 20}, "batch_size: 16 there, 20 here"),
        ({"seed": 1}, "seed: 0 there, 1 here"),
        ({"loss": F.nll_loss}, "loss: cross_entropy there, nll_loss here"),
        ({"model": nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))}, "bias=True.*there"),
        ({"train": blobs(61)}, "training data: blobs, 60×1×2×2.* there, blobs, 61×1×2×2.* here"),
        ({"train": other_images()}, "training data: .*checksum .* there, .*checksum .* here"),
        ({"test": blobs(8)}, "test data: blobs, 20×1×2×2.* there, blobs, 8×1×2×2.* here"),
        ({"seed": 1, "lr": 0.25}, r"(?s)optimizer: .*\n.*seed: "),
    ],
)
def test_the_file_of_another_run_is_refused(path, changes, message):
    given = {"model": linear(), "train": blobs(), "test": blobs(20, seed=1), "epochs": 2}
    given |= {"lr": 0.5, "batch_size": 16, "device": "cpu", "plot": False, "checkpoint": path}
    train.fit(**given)
    content = path.read_bytes()
    model = changes.get("model", linear(seed=3))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(ValueError, match=message) as refused:
        train.fit(**given | {"model": model} | changes)
    assert "to begin anew, give checkpoint another name" in str(refused.value)
    assert path.read_bytes() == content
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_another_optimizer_is_refused(path):
    run(checkpoint=path)
    model = linear()
    with pytest.raises(ValueError, match=r"optimizer: SGD \( there, Adam \( here"):
        run(model, optimizer=torch.optim.Adam(model.parameters()), checkpoint=path)


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def cut_to_nothing(path):
    path.write_bytes(b"")


def of_others(path):
    save_file({"weight": torch.zeros(3)}, path)


def text(path):
    path.write_text("my notes, which I keep here by mistake", encoding="utf-8")


def folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [cut, cut_to_nothing, of_others, text, folder])
def test_what_is_no_checkpoint_is_refused_and_kept(path, harm):
    run(checkpoint=path)
    harm(path)
    content = path.read_bytes() if path.is_file() else None
    with pytest.raises(ValueError, match="is no checkpoint, or only a part of one .*another name"):
        run(checkpoint=path)
    assert path.is_dir() if content is None else path.read_bytes() == content


def test_a_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    run(epochs=1, checkpoint=path)
    content = path.read_bytes()

    def fail(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="no space"):
        broken.setattr(Path, "replace", fail)
        run(epochs=2, checkpoint=path)
    assert path.read_bytes() == content
    assert len(run(epochs=2, checkpoint=path)) == 2


def test_an_interrupt_while_the_file_is_written_waits(path, monkeypatch):
    save = Checkpoint.save

    def pressed(self, state):
        signal.raise_signal(signal.SIGINT)
        save(self, state)

    monkeypatch.setattr(Checkpoint, "save", pressed)
    history = run(epochs=3, checkpoint=path)
    assert history.interrupted and len(history) == 1
    monkeypatch.undo()
    assert len(run(epochs=3, checkpoint=path)) == 3


@pytest.mark.parametrize("name", ["run.pt", "run", "run.safetensors.gz"])
def test_another_kind_of_name_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=f"{name}.*ends in .safetensors"):
        run(checkpoint=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_noticed_before_the_training(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(OSError, match="runs"):
        run(checkpoint=tmp_path / "runs" / "run.safetensors", loss=stop_at(0))
