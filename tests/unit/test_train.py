"""Training on tiny data: the loop, its history, what it refuses and what it shows."""

import io
import re
import signal
import threading

import IPython.display
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from book_utils import progress as showing
from book_utils import train
from book_utils.data import Dataset

pytestmark = pytest.mark.usefixtures("interruptible")


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


def nan_at(step):
    """A loss that is not a number at the given step of training, from 0."""
    count = iter(range(10_000))

    def loss(scores, labels):
        broken = torch.is_grad_enabled() and next(count) == step
        return F.cross_entropy(scores, labels) * (float("nan") if broken else 1)

    return loss


def test_a_loss_that_is_no_number_names_the_step_and_the_rate():
    with pytest.raises(FloatingPointError, match=r"nan at step 2 of epoch 2: .*rate, here 0\.5"):
        run(loss=nan_at(5), epochs=3)  # 4 batches an epoch


def test_the_model_goes_back_to_the_last_good_epoch():
    model, other = linear(), linear()
    run(other, epochs=1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.0)
    with pytest.raises(FloatingPointError, match=r"The model is again as it was after epoch 1$"):
        run(model, epochs=3, loss=nan_at(5), optimizer=optimizer)
    assert same_weights(model, other)
    with pytest.raises(FloatingPointError, match="as it was before the first epoch"):
        run(other, epochs=3, loss=nan_at(0))
    assert same_weights(model, other)


def test_a_lost_run_does_not_wait_for_the_end_of_the_epoch():
    steps = []

    def loss(scores, labels):
        steps.append(1)
        return F.cross_entropy(scores, labels) * (float("nan") if len(steps) >= 7 else 1)

    with pytest.raises(FloatingPointError, match="nan at step 7 of epoch 1"):
        train.fit(linear(), blobs(400), blobs(), 1, batch_size=2, loss=loss, device="cpu")
    assert len(steps) == 50


def test_weights_spoilt_by_the_last_step_are_noticed():
    """All losses of the epoch are numbers; what they leave behind is not."""

    class Spoiler(torch.optim.SGD):
        steps = 0

        def step(self):
            super().step()
            self.steps += 1
            if self.steps == 8:  # the last of the second epoch
                self.param_groups[0]["params"][0].data.fill_(float("nan"))

    model = linear()
    with pytest.raises(FloatingPointError, match="test loss became nan after epoch 2: .*epoch 1"):
        run(model, optimizer=Spoiler(model.parameters(), lr=0.5), epochs=3)
    assert all(p.isfinite().all() for p in model.parameters())


def same_weights(model, other):
    pairs = zip(model.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


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


class Pressed(torch.optim.SGD):
    """Gradient descent during whose given step, between two weights, the stop button is pressed."""

    def __init__(self, parameters, step, times=1):
        super().__init__(parameters, lr=0.5)
        self.left, self.times = step, times

    def step(self):
        first, *others = self.param_groups[0]["params"]
        first.data -= 0.5 * first.grad
        self.left -= 1
        if self.left == 0:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)
        for other in others:
            other.data -= 0.5 * other.grad


def test_the_step_under_way_is_finished():
    model, other = linear(), linear()
    history = run(model, optimizer=Pressed(model.parameters(), step=6), epochs=3)
    assert history.interrupted and len(history) == 1
    run(other, epochs=3, loss=stop_at(6))  # stopped before step 7: six were taken
    assert all(map(torch.allclose, model.parameters(), other.parameters()))
    run(other, epochs=1)
    assert not any(map(torch.allclose, model.parameters(), other.parameters()))


def test_an_impatient_reader_need_not_wait():
    model = linear()
    history = run(model, optimizer=Pressed(model.parameters(), step=6, times=2), epochs=3)
    assert history.interrupted and len(history) == 1


def test_an_interrupt_in_the_evaluation_lets_the_epoch_count():
    def loss(scores, labels):
        if not torch.is_grad_enabled():
            signal.raise_signal(signal.SIGINT)
        return F.cross_entropy(scores, labels)

    history = run(loss=loss, epochs=3)
    assert history.interrupted and len(history) == len(history.test_loss) == 1


def test_ctrl_c_works_as_before_afterwards():
    run(loss=stop_at(3))
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_thread_may_train():
    histories = []
    thread = threading.Thread(target=lambda: histories.append(run(epochs=1)))
    thread.start()
    thread.join()
    assert len(histories[0]) == 1


@pytest.mark.parametrize("stop", [None, 2])
def test_every_layer_keeps_its_mode(stop):
    """A normalisation that was frozen stays so, and a model comes back in the mode it had."""
    model = nn.Sequential(nn.BatchNorm2d(1).eval(), nn.Flatten(), nn.Linear(4, 2))
    seen = []
    model[2].register_forward_hook(lambda layer, x, y: seen.append(layer.training))
    run(model, epochs=1, loss=stop_at(stop))
    assert seen[0] is True
    train.evaluate(model, blobs())
    assert [layer.training for layer in model] == [False, True, True]
    run(model.eval(), epochs=1)
    assert not any(layer.training for layer in model.modules())


def test_the_plot_tells_its_numbers():
    picture = run(epochs=3).plot()
    assert re.search(r"Train loss from \d\.\d+ to \d\.\d+", picture.alt)
    assert "test accuracy from" in picture.alt
    assert "currentColor" in picture.html()


def history_of(*losses):
    history = train.History("cpu")
    for value in losses:
        history.add((value, 0.5), (value, 0.5), 1.0, 100)
    return history


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ((2.3, 0.1), "linear"),
        ((2.3, 1e-4), "log"),
        ((3e6, 5.0, 2.0), "log"),
        ((2.3, 0.0), "linear"),
        ((0.7,), "linear"),
    ],
)
def test_a_loss_of_many_scales_is_drawn_on_a_logarithmic_axis(losses, scale):
    loss, accuracy = history_of(*losses).plot().figure.axes
    assert (loss.get_yscale(), accuracy.get_yscale()) == (scale, "linear")


def test_a_single_epoch_is_drawn_at_1():
    for ax in history_of(0.7).plot().figure.axes:
        low, high = ax.get_xlim()
        assert [tick for tick in ax.get_xticks() if low <= tick <= high] == [1]


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
