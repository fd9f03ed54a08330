"""Training on tiny data: the loop, its history, what it refuses and what it shows."""

import io
import re

import IPython.display
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from book_utils import progress as showing
from book_utils import train
from book_utils.data import Dataset


def blobs(n=60, seed=0):
    """Two classes that a linear model can tell apart."""
    g = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    images = 0.1 * torch.randn(n, 1, 2, 2, generator=g) + labels[:, None, None, None]
    return Dataset(images, labels, ("dark", "bright"), "blobs")


def linear(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 2))


def run(model=None, epochs=2, **settings):
    settings = {"batch_size": 16, "lr": 0.5, "device": "cpu", "plot": False} | settings
    return train.fit(model or linear(), blobs(), blobs(20, seed=1), epochs, **settings)


def by_hand(model, data, epochs, lr, batch_size, seed):
    """The loop as the chapter writes it."""
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    order, losses = torch.Generator().manual_seed(seed), []
    for _ in range(epochs):
        total = 0.0
        for x, y in data.batches(batch_size, shuffle=True, generator=order):
            loss = F.cross_entropy(model(x), y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(y)
        losses.append(total / len(data))
    return losses


def test_fit_is_the_loop_of_the_chapter():
    model, other = linear(), linear()
    history = run(model, epochs=3, seed=5)  # 60 = 3 · 16 + 12: the last batch is short
    losses = by_hand(other, blobs(), 3, 0.5, 16, seed=5)
    assert history.train_loss == pytest.approx(losses, rel=1e-5)
    for a, b in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_it_learns_and_says_so():
    history = run(epochs=5)
    assert len(history) == 5
    assert history.test_accuracy[-1] == 1.0
    assert history.test_loss[-1] < history.test_loss[0]
    lists = (history.train_loss, history.train_accuracy, history.test_loss, history.test_accuracy)
    assert {len(v) for v in (*lists, history.seconds, history.examples_per_second)} == {5}
    for seconds, rate in zip(history.seconds, history.examples_per_second, strict=True):
        assert seconds * rate == pytest.approx(60)
    assert re.fullmatch(r"5 epochs · test accuracy 1\.000 · [\d,]+ examples/s · cpu", repr(history))


def test_one_seed_one_run_dropout_included():
    def losses(seed):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(4, 2))
        torch.manual_seed(torch.seed())  # what happened before must not matter
        return run(model, seed=seed).train_loss

    assert losses(1) == losses(1) != losses(2)


def test_the_callers_randomness_is_left_alone():
    model = linear()
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    run(model)
    assert torch.equal(torch.rand(3), expected)


def test_another_optimizer_and_loss():
    model = linear()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    history = run(model, optimizer=optimizer, loss=lambda s, y: F.multi_margin_loss(s, y))
    assert optimizer.state_dict()["state"]
    assert history.train_loss[-1] < history.train_loss[0]


def test_evaluate_against_pytorch():
    model, data = linear(), blobs(25)
    scores = model(data.images)
    loss, accuracy = train.evaluate(model, data, batch_size=7)
    assert loss == pytest.approx(F.cross_entropy(scores, data.labels).item(), rel=1e-5)
    assert accuracy == (scores.argmax(1) == data.labels).sum().item() / 25


@pytest.mark.parametrize("training", [True, False])
def test_evaluate_switches_dropout_off_and_leaves_the_mode(training):
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(4, 2)).train(training)
    assert train.evaluate(model, blobs()) == train.evaluate(model, blobs())
    assert model.training is training


def test_evaluate_keeps_no_graph():
    seen = []

    class Spy(nn.Linear):
        def forward(self, x):
            y = super().forward(x)
            seen.append((y.requires_grad, self.training))
            return y

    train.evaluate(nn.Sequential(nn.Flatten(), Spy(4, 2)), blobs())
    assert seen == [(False, False)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs = 0: give a whole number of at least 1"),
        ({"epochs": 1.5}, "epochs = 1.5"),
        ({"batch_size": 0}, "batch_size = 0"),
        ({"batch_size": True}, "batch_size = True"),
        ({"lr": 0}, "lr = 0: give a learning rate above 0"),
        ({"lr": float("nan")}, "lr = nan"),
        ({"lr": float("inf")}, "lr = inf"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    model = linear()
    before = [p.clone() for p in model.parameters()]
    with pytest.raises(ValueError, match=message):
        run(model, **settings)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_empty_data_is_refused():
    with pytest.raises(ValueError, match="blobs has no examples"):
        train.fit(linear(), blobs(), blobs()[:0])
    with pytest.raises(ValueError, match="blobs has no examples"):
        train.evaluate(linear(), blobs()[:0])


def test_a_loss_that_is_no_number_names_the_step_and_the_rate():
    steps = iter(range(100))

    def explode(scores, labels):
        sixth = torch.is_grad_enabled() and next(steps) == 5  # 4 batches an epoch
        return F.cross_entropy(scores, labels) * (float("nan") if sixth else 1)

    with pytest.raises(FloatingPointError, match=r"nan at step 2 of epoch 2: .*rate, here 0\.5"):
        run(loss=explode, epochs=3)


def test_a_rate_too_large_really_ends_so():
    with pytest.raises(FloatingPointError, match="learning rate, here 1e"):
        run(nn.Sequential(nn.Flatten(), nn.Linear(4, 4), nn.Linear(4, 2)), lr=1e20, epochs=5)


def test_bad_images_are_blamed_themselves():
    data = blobs()
    data.images[3, 0, 0, 0] = float("nan")
    with pytest.raises(FloatingPointError, match="the images of blobs hold values"):
        train.fit(linear(), data, blobs(), epochs=1, device="cpu", plot=False)


def stop_at(batch):
    """A loss that raises what Ctrl+C raises, at the given batch."""
    count = iter(range(10_000))

    def loss(scores, labels):
        if torch.is_grad_enabled() and next(count) == batch:
            raise KeyboardInterrupt
        return F.cross_entropy(scores, labels)

    return loss


def test_an_interrupt_keeps_model_and_history(capsys):
    model = linear()
    history = run(model, epochs=50, loss=stop_at(10))  # 4 batches an epoch: in the third
    assert history.interrupted
    assert len(history) == len(history.train_loss) == len(history.test_accuracy) == 2
    assert repr(history).startswith("interrupted · 2 epochs · test accuracy")
    assert train.evaluate(model, blobs())[0] == pytest.approx(history.test_loss[-1], abs=0.5)
    assert "interrupted · 2 epochs" in capsys.readouterr().out
    history.plot()


def test_an_interrupt_in_the_first_epoch():
    history = run(loss=stop_at(0))
    assert repr(history) == "interrupted · no epoch finished · cpu"
    with pytest.raises(ValueError, match="no epoch was finished"):
        history.plot()


def test_the_plot_tells_its_numbers():
    picture = run(epochs=3).plot()
    assert re.search(r"Train loss from \d\.\d\d to \d\.\d\d", picture.alt)
    assert "test accuracy from" in picture.alt
    assert "currentColor" in picture.html()


def test_a_terminal_keeps_one_line(capsys):
    history = run()
    captured = capsys.readouterr()
    assert captured.out == f"{history!r}\n"
    assert captured.err == ""


def test_a_terminal_shows_a_bar_and_clears_it(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with showing.progress([], epochs=1, steps=3) as tick:
        for _ in range(3):
            tick()
    assert "0/3" in screen.getvalue()
    assert screen.getvalue().split("\r")[-2].strip() == ""


class Screen:
    """A notebook's output: keeps every state of the one display."""

    def __init__(self):
        self.states = []

    def display(self, bundle, raw, display_id):
        assert raw
        assert display_id is True
        assert not self.states, "one output, updated in place"
        self.states.append(bundle)
        return self

    def update(self, bundle, raw):
        assert raw
        self.states.append(bundle)


@pytest.fixture
def notebook(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(showing, "_in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", screen.display)
    return screen


def test_a_notebook_ends_with_curves_and_one_line(notebook, capsys):
    history = run(plot=True)
    last = notebook.states[-1]
    assert '<progress max="8" value="0" aria-label="training"' in notebook.states[0]["text/html"]
    assert "<progress" not in last["text/html"]
    assert last["text/html"].count('role="img"') == 1
    assert repr(history) in last["text/html"]
    assert last["text/plain"] == repr(history)
    assert capsys.readouterr() == ("", "")


def test_a_notebook_without_curves(notebook):
    history = run(plot=False)
    assert "<svg" not in notebook.states[-1]["text/html"]
    assert repr(history) in notebook.states[-1]["text/html"]


def test_a_failed_run_leaves_no_bar(notebook):
    with pytest.raises(FloatingPointError):
        run(loss=lambda s, y: s.sum() * float("nan"))
    assert "<progress" not in notebook.states[-1]["text/html"]


def test_drawing_keeps_to_its_share_of_the_time(notebook, monkeypatch):
    """By a clock of our own: epochs of 1 s, drawings of 0.2 s."""
    clock = [0.0]
    monkeypatch.setattr(showing.time, "perf_counter", lambda: clock[0])

    class Run(list):
        drawings = 0

        def plot(self):
            clock[0] += 0.2
            Run.drawings += 1
            return self

        def html(self):
            return "curves"

    epochs = Run()
    with showing.progress(epochs, epochs=60, steps=10) as tick:
        for _ in range(60):
            for _ in range(10):
                clock[0] += 0.1
                tick()
            epochs.append(1)
        drawn_while_running = Run.drawings
    assert drawn_while_running >= 3
    assert 0.2 * drawn_while_running < 0.05 * clock[0]
    assert Run.drawings == drawn_while_running + 1, "the last state is drawn when all is over"


def test_device_is_the_fastest_there_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert train.device().type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert train.device().type == "mps"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert train.device().type == "cpu"
