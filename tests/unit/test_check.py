"""Right answers in several styles pass, and a verdict says plainly what else happened."""

import copy
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from book_utils import check, ops
from tests.unit import normalisation_answers, residual_answers

# ---- right answers ----


def by_taps_in_place(x, k):
    """Add up in an output of one's own."""
    h, w = len(x) - len(k) + 1, len(x[0]) - len(k[0]) + 1
    y = torch.zeros(h, w)
    for (a, b), weight in np.ndenumerate(k):
        y.add_(x[a : a + h, b : b + w], alpha=float(weight))
    return y


def by_unfold(x, k):
    columns = F.unfold(x[None, None], k.shape)[0]  # (k_h · k_w, h · w)
    return (k.flatten() @ columns).reshape(len(x) - len(k) + 1, -1)


def by_einsum(x, k):
    return torch.einsum("ijab,ab->ij", x.unfold(0, len(k), 1).unfold(1, len(k[0]), 1), k)


def by_numpy(x, k):
    return (sliding_window_view(x, k.shape) * k.numpy()).sum((-1, -2))


def by_fourier(x, k):
    shape = [n + m for n, m in zip(x.shape, k.shape, strict=True)]
    product = torch.fft.rfft2(x, shape) * torch.fft.rfft2(k.flip(0, 1), shape)
    full = torch.fft.irfft2(product, shape)
    return full[len(k) - 1 : len(x), len(k[0]) - 1 : len(x[0])]


def on_copies(x, k):
    """Change copies of the input: whole numbers, in place."""
    x, k = (4 * x).long(), (4 * k).long()
    return ops.corr2d(x, k) / 16


class Layer(nn.Module):
    """A module that keeps track of gradients."""

    def forward(self, x, k):
        return nn.Parameter(ops.corr2d(x, k))


def strided(corr):
    """Make a strided function of a plain one."""

    def f(x, k, stride, padding):
        return corr(torch.tensor(np.pad(x, padding)), k)[::stride, ::stride]

    return f


def walked(n, k, stride=1, padding=0, dilation=1):
    return len(range(0, n + 2 * padding - dilation * (k - 1), stride))


def padded_in_place(x, top, bottom, left, right):
    y = x.new_zeros(top + x.shape[0] + bottom, left + x.shape[1] + right)
    y[top : top + x.shape[0], left : left + x.shape[1]] = x
    return y


def same_by_arithmetic(n, k, stride):
    total = max(k - stride, 0) if n % stride == 0 else max(k - n % stride, 0)
    return total // 2, (total + 1) // 2


def same_by_walking(n, k, stride):
    last = list(range(0, n, stride))[-1]
    missing = max(last + k - n, 0)
    return [missing // 2, missing - missing // 2]


def pooled(reduce, fill):
    """Pool by two loops, the padding filled in."""

    def f(x, k, stride, padding):
        x = F.pad(x, (padding,) * 4, value=fill)
        rows = range(0, x.shape[0] - k + 1, stride)
        columns = range(0, x.shape[1] - k + 1, stride)
        return torch.tensor([[reduce(x[i : i + k, j : j + k]) for j in columns] for i in rows])

    return f


def pooled_by_views(reduce, fill):
    def f(x, k, stride, padding):
        x = np.pad(x, padding, constant_values=fill)
        return reduce(sliding_window_view(x, (k, k))[::stride, ::stride], (-1, -2))

    return f


def windows(x, k, stride, padding, fill):
    x = F.pad(x, (padding,) * 4, value=fill)
    return x.unfold(0, k, stride).unfold(1, k, stride).flatten(2)


def toeplitz_rows(k, n):
    return torch.stack([F.pad(k, (i, n - len(k) - i)) for i in range(n - len(k) + 1)])


def toeplitz_sparse(k, n):
    spots = [(i, i + a) for i in range(n - len(k) + 1) for a in range(len(k))]
    values = k.repeat(n - len(k) + 1)
    return torch.sparse_coo_tensor(torch.tensor(spots).T, values, (n - len(k) + 1, n))


def toeplitz_diagonals(k, n):
    diagonals = [np.eye(n - len(k) + 1, n, a) * float(v) for a, v in enumerate(k)]
    return np.sum(diagonals, axis=0)


def matrix_by_impulses(k, n_h, n_w):
    pixels = torch.eye(n_h * n_w).reshape(-1, n_h, n_w)
    return torch.stack([ops.corr2d(pixel, k).flatten() for pixel in pixels], dim=1)


def matrix_by_gradient(k, n_h, n_w):
    x = torch.zeros(n_h, n_w)
    jacobian = torch.autograd.functional.jacobian(lambda x: ops.corr2d_taps(x, k), x)
    return jacobian.reshape(-1, n_h * n_w)


def matrix_by_index(k, n_h, n_w):
    numbers = torch.arange(n_h * n_w).reshape(1, 1, n_h, n_w)
    places = F.unfold(numbers.float(), k.shape)[0].long()  # (k_h · k_w, outputs)
    return torch.zeros(places.shape[1], n_h * n_w).scatter_(
        1, places.T, k.flatten().repeat(places.shape[1], 1)
    )


def summed_maps(x, k):
    return sum(ops.corr2d(picture, kernel) for picture, kernel in zip(x, k, strict=True))


def stacked_maps(x, k):
    return torch.stack([summed_maps(x, one) for one in k])


def by_matmul(x, k):
    columns = F.unfold(x[None], k.shape[2:])[0]  # (c_i · k_h · k_w, h · w)
    return (k.flatten(1) @ columns).reshape(len(k), x.shape[1] - k.shape[2] + 1, -1)


def by_views(x, k):
    return np.einsum("cijab,ocab->oij", sliding_window_view(x, k.shape[2:], (1, 2)), k)


def plus(f):
    return lambda x, k, b: f(x, k) + np.asarray(b)[:, None, None]


def local_by_loops(w, delta):
    kept = w.clone()
    for i, row in enumerate(kept):
        for j in range(len(row)):
            if abs(i - j) > delta:
                kept[i, j] = 0
    return kept


def local_by_distance(w, delta):
    i = torch.arange(len(w))
    return w.where((i[:, None] - i).abs() <= delta, 0)


def largest(window):
    return max(window.flatten().tolist())


def average(window):
    return sum(window.flatten().tolist()) / window.numel()


def softmax_by_numpy(scores):
    e = np.exp(np.asarray(scores) - np.max(np.asarray(scores), axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_by_pairs(scores, labels):
    losses = [torch.logsumexp(z, 0) - z[y] for z, y in zip(scores, labels, strict=True)]
    return torch.stack(losses).mean()


def cross_entropy_by_one_hot(scores, labels):
    one_hot = F.one_hot(labels, scores.shape[1])
    return -(one_hot * scores.log_softmax(-1)).sum() / len(scores)


def cross_entropy_tracked(scores, labels):
    return F.nll_loss(F.log_softmax(scores.requires_grad_(), 1), labels)


def descent_in_place(loss, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        loss(w).backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w


def descent_by_grad(loss, w, lr, steps):
    while steps:
        w = w.detach().requires_grad_()
        w = w - lr * torch.autograd.grad(loss(w), w)[0]
        steps -= 1
    return w


def descent_by_difference(loss, w, lr, steps):
    w, h = w.double(), 1e-4
    for _ in range(steps):
        slopes = [(loss(w + h * e) - loss(w - h * e)) / (2 * h) for e in torch.eye(len(w))]
        w = w - lr * torch.stack(slopes)
    return w


def evaluate_with_finally(model, x, y, batch_size):
    mode = model.training
    try:
        model.eval()
        with torch.inference_mode():
            said = torch.cat([model(part).argmax(1) for part in x.split(batch_size)])
        return (said == y).float().mean()
    finally:
        model.train(mode)


def evaluate_weighted(net, images, labels, size):
    mode, total = net.training, 0.0
    net.train(False)
    for i in range(0, len(images), size):
        with torch.no_grad():
            right = net(images[i : i + size]).argmax(-1) == labels[i : i + size]
        total += right.float().mean().item() * len(right)
    net.train(mode)
    return total / len(labels)


def evaluate_a_copy(model, x, y, batch_size):
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    right = 0
    for start in range(0, len(x), batch_size):
        scores = frozen(x[start : start + batch_size]).numpy()
        right += int((scores.argmax(1) == y[start : start + batch_size].numpy()).sum())
    return right / len(y)


def field_forwards(layers):
    r = j = 1
    for k, stride in layers:
        r, j = r + (k - 1) * j, j * stride
    return r


def field_backwards(layers):
    r = 1
    for k, stride in reversed(layers):
        r = (r - 1) * stride + k
    return r


def field_by_places(layers):
    places = {0}
    for k, stride in reversed(layers):
        places = {stride * place + tap for place in places for tap in range(k)}
    return max(places) + 1


CORRELATIONS = [ops.corr2d, by_taps_in_place, by_unfold, by_einsum, by_numpy, by_fourier]
RIGHT = {
    "corr2d": [
        *CORRELATIONS,
        on_copies,
        Layer(),
        lambda *xk: ops.corr2d(*(t.double() for t in xk)),
    ],
    "conv2d": [
        ops.conv2d,
        lambda x, k: by_einsum(x, k.rot90(2)),
        lambda x, k: by_numpy(x, k.flip([0]).flip([1])),
        lambda x, k: by_unfold(x.rot90(2), k).rot90(2),
    ],
    "conv2d_full": [
        ops.conv2d_full,
        lambda x, k: ops.conv2d_full(k, x),
        lambda x, k: by_numpy(np.pad(x, [(n - 1,) * 2 for n in k.shape]), k.rot90(2)),
        lambda x, k: np.fft.irfft2(
            np.fft.rfft2(x, s := [a + b for a, b in zip(x.shape, k.shape, strict=True)])
            * np.fft.rfft2(k, s),
            s,
        )[:-1, :-1],
    ],
    "corr2d_matrix": [matrix_by_impulses, matrix_by_gradient, matrix_by_index],
    "dense_to_local": [
        local_by_loops,
        local_by_distance,
        lambda w, delta: np.triu(np.tril(w, delta), -delta),
    ],
    "toeplitz": [toeplitz_rows, toeplitz_sparse, toeplitz_diagonals],
    "output_size": [
        walked,
        lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s + 1,
        lambda n, k, s, p, d: math.floor((n + 2 * p - d * (k - 1) - 1 + s) / s),
        lambda n, k, s, p, d: torch.tensor((n + 2 * p - d * (k - 1) - 1) // s + 1),
        lambda n, k, s, p, d: np.int64((n + 2 * p - d * (k - 1) - 1 + s) // s),
    ],
    "pad2d": [
        padded_in_place,
        lambda x, t, b, lf, r: np.pad(x, [(t, b), (lf, r)]),
        lambda x, t, b, lf, r: F.pad(x.T, (t, b, lf, r)).T,
    ],
    "same_padding": [
        same_by_arithmetic,
        same_by_walking,
        lambda *a: torch.tensor(same_by_walking(*a)),
    ],
    "corr2d_strided": [strided(corr) for corr in CORRELATIONS],
    "corr2d_multi_in": [
        summed_maps,
        lambda x, k: by_matmul(x, k[None])[0],
        lambda x, k: np.tensordot(
            sliding_window_view(x, k.shape[1:], (1, 2)), k, [[0, 3, 4], [0, 1, 2]]
        ),
    ],
    "corr2d_multi_in_out": [stacked_maps, by_matmul, by_views],
    "conv_layer": [plus(stacked_maps), plus(by_matmul), plus(by_views)],
    "conv1x1": [
        lambda x, k: (k.flatten(1) @ x.flatten(1)).reshape(-1, *x.shape[1:]),
        lambda x, k: torch.einsum("chw,oc->ohw", x, k[:, :, 0, 0]),
        lambda x, k: np.stack([sum(w.item() * c for w, c in zip(o, x, strict=True)) for o in k]),
    ],
    "parameters": [
        lambda i, o, h, w, bias: o * (i * h * w + bias),
        lambda i, o, h, w, bias: torch.empty(o, i, h, w).numel() + (o if bias else 0),
        lambda i, o, h, w, bias: sum(h * w for _ in range(i * o)) + sum(1 for _ in range(o * bias)),
    ],
    "max_pool2d": [
        pooled(largest, -math.inf),
        pooled_by_views(np.max, -np.inf),
        lambda x, k, s, p: windows(x, k, s, p, -100).amax(-1),
    ],
    "avg_pool2d": [
        pooled(average, 0),
        pooled_by_views(np.mean, 0),
        lambda x, k, s, p: windows(x, k, s, p, 0).mean(-1).double(),
        lambda x, k, s, p: strided(ops.corr2d)(x, torch.ones(k, k), s, p) / k**2,
    ],
    "softmax": [
        softmax_by_numpy,
        lambda z: (z - z.logsumexp(1, keepdim=True)).exp(),
        lambda z: 1 / (z[:, None] - z[:, :, None]).double().exp().sum(2),
    ],
    "cross_entropy": [cross_entropy_by_pairs, cross_entropy_by_one_hot, cross_entropy_tracked],
    "gradient_descent": [descent_in_place, descent_by_grad, descent_by_difference],
    "evaluate": [evaluate_with_finally, evaluate_weighted, evaluate_a_copy],
    "receptive_field": [field_forwards, field_backwards, field_by_places],
    **normalisation_answers.RIGHT,
    **residual_answers.RIGHT,
}


@pytest.mark.parametrize(
    ("name", "answer"), [(name, answer) for name in RIGHT for answer in RIGHT[name]]
)
def test_a_right_answer_passes_in_any_style(name, answer):
    verdict = getattr(check, name)(answer)
    assert verdict.passed, str(verdict)
    assert (verdict.misconception, verdict.counterexample) == (None, None)
    assert verdict.cases >= 50
    assert str(verdict) == f"{name}: right. All {verdict.cases} cases agree with PyTorch."


def test_every_checker_passes_right_answers_in_three_styles():
    checkers = {n for n in check.__all__ if isinstance(getattr(check, n), check.Checker)}
    assert checkers == set(RIGHT)
    assert all(len(answers) >= 3 for answers in RIGHT.values())


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("k", range(1, 7))
def test_same_padding_at_stride_one_is_that_of_pytorch(k):
    x, w = (torch.randn(1, 1, n, dtype=torch.float64) for n in (9, k))
    before, after = check.same_padding.oracle(9, k, 1)
    padded = F.conv1d(F.pad(x, (before, after)), w)
    torch.testing.assert_close(padded, F.conv1d(x, w, padding="same"))


# ---- verdicts on what is not right ----


def flipped(x, k):
    return ops.conv2d(x, k)


def test_a_verdict_reads_as_text():
    verdict = check.corr2d(flipped)
    assert re.sub(r"\d+ of 100", "N of 100", str(verdict)) == (
        "corr2d: not yet. N of 100 cases are right. It looks as if the kernel is flipped. "
        "You compute a convolution: cross-correlation reads picture and kernel in the same "
        "direction. Look again at the chapter “Cross-correlation and convolution”.\n"
        "The smallest case found:\n"
        "  x = [[0, 1]]\n"
        "  k = [[0, 1]]\n"
        "  expected = [[1]]\n"
        "  got = [[0]]"
    )
    assert repr(verdict) == str(verdict)


def test_a_verdict_is_the_same_on_every_run():
    first = check.max_pool2d(lambda x, k, stride, padding: x)
    check.engine.trial.sample.cache_clear()
    assert str(check.max_pool2d(lambda x, k, stride, padding: x)) == str(first)


def test_a_checker_leaves_random_numbers_and_the_folder_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check.engine.trial.sample.cache_clear()
    state = torch.random.get_rng_state()
    check.corr2d(lambda x, k: torch.rand(2, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert list(tmp_path.iterdir()) == []


def unwritten(x, k): ...


def unwritten_with_words(x, k):
    """Correlate x with k."""
    # your code


def returns_dots(x, k):
    return ...


def raises_not_implemented(x, k):
    raise NotImplementedError


@pytest.mark.parametrize(
    "stub", [unwritten, unwritten_with_words, returns_dots, raises_not_implemented]
)
def test_a_stub_is_met_kindly(stub):
    verdict = check.corr2d(stub)
    assert (verdict.passed, verdict.status) == (False, "not written yet")
    assert str(verdict) == (
        f"corr2d: not written yet. Fill in {stub.__name__} and run the cell again: "
        "it will be tried on 100 cases."
    )
    assert "<table" not in verdict._repr_html_()


def no_return(x, k):
    y = ops.corr2d(x, k)  # noqa: F841


def only_wide_returns(x, k):
    if x.shape[1] > 1:
        return ops.corr2d(x, k)
    return None


def prints(x, k):
    print(ops.corr2d(x, k).tolist())


def changes(x, k):
    k *= 1
    x += 1
    return ops.corr2d(x - 1, k)


def lists(x, k):
    return ops.corr2d(x, k).tolist()


def words(x, k):
    return "19 25 37 43"


def one_step_too_far(x, k):
    y = torch.zeros(ops.output_shape(x, k))
    for i in range(len(y) + 1):
        for j in range(len(y[0])):
            y[i, j] = (x[i : i + len(k), j : j + len(k[0])] * k).sum()
    return y


def breaks_on_wide_kernels(x, k):
    if k.shape[1] == 3:
        raise KeyError(f"{object()} <b>")
    return ops.corr2d(x, k)


def noisy(x, k):
    return ops.corr2d(x, k) + torch.rand(())


def remembers(x, k, calls=[]):  # noqa: B006
    calls.append(0)
    return ops.corr2d(x, k) + len(calls)


def gives_up(x, k):
    raise SystemExit("done")


def not_a_number(x, k):
    return ops.corr2d(x, k) * math.nan


SAID = [
    (no_return, "nothing is returned", "It returns None."),
    (only_wide_returns, "nothing is returned", "Does every way through it end in a return?"),
    (prints, "it prints and does not return", "end with a return line.", "printed = [[0.0]]"),
    (changes, "the input is changed", "It changes its input x, which"),
    (lists, "the result is not a tensor", "The numbers are right, but they come as a list"),
    (words, "the result is of the wrong type", "It returns a str, which holds no numbers."),
    (
        one_step_too_far,
        None,
        "No case is right so far. It stops with an error: IndexError: index 1 is out of bounds",
        "got = an error in the line: y[i, j] = (x[i",
    ),
    (
        breaks_on_wide_kernels,
        None,
        "It stops with an error: KeyError: '<object object> <b>'",
        "k = [[0, 1, 2]]",
        "got = an error in the line: raise KeyError(",
    ),
    (noisy, "it differs from call to call", "It gives different results for the same input."),
    (remembers, "it differs from call to call", "keep something from one call to the next?"),
    (gives_up, None, "It stops with an error: SystemExit: done"),
    (not_a_number, None, "Its result has the right shape and wrong numbers.", "got = [[nan]]"),
    (lambda x, k: ops.corr2d(x, k)[:-1], None, "the shape (0, 1), not (1, 1)", "shape (0, 1)"),
    (lambda x, k: ops.corr2d(x, k)[None], "an axis is left over", "[0] takes it off"),
    (lambda x, k: ops.corr2d(x, k)[None, None], "two axes are left over", "[0, 0] takes"),
    (lambda x, k: ops.corr2d(x, k).mT, "rows and columns are swapped", "the row comes first"),
    (lambda x, k: ops.corr2d(x, k).int(), "fractions are cut off", "Look for int(…)"),
    (lambda x, k: ops.corr2d(x, k) // 1, "fractions are rounded down", "Look for //"),
    (lambda x, k: ops.corr2d(x, k).new_zeros(5), None, "has the shape (5,), not (1, 1)"),
    (
        lambda x, k: torch.zeros(len(x) - len(k) + 1, len(x[0]) - len(k[0]) + 1),
        "the result is never filled in",
        "Is each output assigned",
    ),
    (
        lambda x, k: torch.ones(len(x) - len(k), len(x[0]) - len(k[0])),
        "the output is one too small",
        "n - k + 1 places",
    ),
    (
        lambda x, k: torch.ones(len(x) - len(k) + 2, len(x[0]) - len(k[0]) + 2),
        "the output is one too large",
        "must still lie inside",
    ),
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[0].__name__)
def test_what_else_goes_wrong_is_explained(said):
    function, name, *parts = said
    verdict = check.corr2d(function)
    assert verdict.misconception == name
    assert not verdict.passed
    for part in parts:
        assert part in str(verdict)


def test_a_size_must_be_whole_by_type():
    def as_float(n, k, stride, padding, dilation):
        return float(walked(n, k, stride, padding, dilation))

    verdict = check.output_size(as_float)
    assert verdict.misconception == "the result is not a whole number by type"
    assert "Divide with //" in verdict.message
    assert "n = 1\n  k = 1\n  stride = 1\n  padding = 0\n  dilation = 1" in str(verdict)


def endless(x, k):
    while x.numel() > 4:
        pass
    return ops.corr2d(x, k)


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr(check.engine.trial, "SECONDS", 0.3)
    verdict = check.corr2d(endless)
    assert verdict.misconception == "it takes too long"
    assert 0 < verdict.cases < 100
    assert f"Stopped after 0.3 seconds: {verdict.cases} of 100 cases were right" in verdict.message
    assert verdict.counterexample.inputs["x"].numel() in (5, 6)
    assert "got = nothing in the time there was" in str(verdict)


def test_a_slow_function_is_stopped_between_cases(monkeypatch):
    monkeypatch.setattr(check.engine.trial, "SECONDS", 0.1)
    monkeypatch.setattr(check.engine.calling.signal, "setitimer", None)
    monkeypatch.delattr(check.engine.calling.signal, "setitimer")

    def slow(x, k):
        sum(range(300_000))
        return ops.corr2d(x, k)

    verdict = check.corr2d(slow)
    assert verdict.misconception == "it takes too long"
    assert 0 < verdict.cases < 100


# ---- fixed parameters and misuse ----


def test_an_exercise_can_fix_parameters():
    assert check.max_pool2d(lambda x, k: F.max_pool2d(x[None], k, 1)[0], stride=1, padding=0).passed
    assert check.avg_pool2d(
        lambda x, k, s, p: F.avg_pool2d(x[None], k, s, p, count_include_pad=False)[0],
        count_include_pad=False,
    ).passed
    assert check.corr2d_matrix(lambda k: matrix_by_impulses(k, 3, 3), n_h=3, n_w=3).passed
    verdict = check.corr2d_strided(lambda x, k, stride: ops.corr2d(x, k), padding=0)
    assert verdict.misconception == "the stride is forgotten"
    assert list(verdict.counterexample.inputs) == ["x", "k", "stride"]


def test_a_known_mistake_is_shown_by_numbers_where_it_also_leads_to_errors():
    def skips_pixels(x, k, stride, padding):
        return ops.corr2d(F.pad(x, (padding,) * 4)[::stride, ::stride], k)

    verdict = check.corr2d_strided(skips_pixels)
    assert verdict.misconception == "the stride is applied to the input"
    assert verdict.counterexample.got_nothing == ""
    assert "got = [[" in str(verdict)


@pytest.mark.parametrize(
    ("checker", "function", "most"),
    [
        (check.corr2d, ops.conv2d, 4),
        (check.max_pool2d, lambda x, k, s, p: pooled(largest, 0)(x, k, s, p), 4),
        (check.avg_pool2d, lambda x, k, s, p: pooled(average, 0)(x, k, 1, p), 6),
        (check.pad2d, lambda x, t, b, lf, r: F.pad(x, (t, b, lf, r)), 5),
        (check.corr2d_multi_in, lambda x, k: ops.corr2d(x[0], k[0]), 4),
        (check.conv1x1, lambda x, k: x[: len(k)] * k[0], 6),
        (check.toeplitz, lambda k, n: toeplitz_rows(k.flip(0), n), 3),
        (check.output_size, lambda n, k, s, p, d: walked(n, k, s, 0, d), 5),
        (check.cross_entropy, lambda z, y: F.cross_entropy(z, y, reduction="sum"), 6),
        (check.receptive_field, lambda layers: layers[-1][0], 4),
        (check.residual_block, lambda x, w1, w2: F.relu(x), 10),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_case_shown_is_really_small(checker, function, most):
    inputs = checker(function).counterexample.inputs
    assert sum(torch.as_tensor(value).numel() for value in inputs.values()) <= most


def test_what_an_evaluation_leaves_behind_is_said_in_words():
    def accuracy(model, x, y, batch_size):
        return (model(x).argmax(1) == y).float().mean()

    verdict = check.evaluate(accuracy)
    assert list(verdict.counterexample.inputs) == ["model", "x", "y", "batch_size"]
    assert re.search(r"model = a network in (training|evaluation) mode\n", str(verdict))
    assert re.search(r"expected = accuracy: .*, autograd took notes: False\n", str(verdict))
    assert "autograd took notes: True" in verdict._repr_html_()


def test_an_evaluation_that_returns_nothing_is_told_so():
    def silent(model, x, y, batch_size):
        model.eval()

    assert check.evaluate(silent).misconception == "nothing is returned"


def test_an_evaluation_that_returns_more_than_the_accuracy_is_refused():
    verdict = check.evaluate(lambda *given: (0.5, 1.0))
    assert not verdict.passed
    assert "the shape (2,), not (3,)" in verdict.message


def test_a_loss_is_written_out_in_a_verdict():
    verdict = check.gradient_descent(lambda loss, w, lr, steps: w)
    assert re.search(r"loss = 1·\(w\[0\] [-+] \d", str(verdict))


def test_a_function_of_other_parameters_is_told_what_it_is_given():
    def pool(x, k):
        return x

    verdict = check.max_pool2d(pool)
    assert verdict.message == (
        "Your function is called as pool(x, k, stride, padding), but it takes (x, k)."
    )
    assert check.corr2d(np.add).status == "not yet"  # no signature to look at: it is tried


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check.corr2d(torch.ones(2)), "takes the function itself, got Tensor"),
        (lambda: check.corr2d(ops.corr2d, stride=1), "cannot fix stride; it can fix nothing"),
        (
            lambda: check.max_pool2d(ops.corr2d, window=2),
            "cannot fix window; it can fix k, stride, padding, count_include_pad",
        ),
    ],
)
def test_misuse_is_refused(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_a_case_has_the_names_that_the_function_uses():
    text = str(check.corr2d(lambda picture, weights: ops.conv2d(picture, weights)))
    assert "  picture = [[0, 1]]\n  weights = [[0, 1]]\n" in text
    assert "  x = [[0, 1]]\n" in str(check.corr2d(lambda *both: ops.conv2d(*both)))


def test_a_checker_says_what_it_checks():
    assert repr(check.corr2d_strided).startswith(
        "check.corr2d_strided(f), f(x, k, stride, padding): Cross-correlate with stride"
    )
    assert repr(check.avg_pool2d).startswith("check.avg_pool2d(f), f(x, k, stride, padding): ")


# ---- HTML ----


class Outline(HTMLParser):
    """The tags of a piece of HTML, checked to be closed, and its text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open += [] if tag == "br" else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_verdict_shows_tables_in_a_notebook():
    verdict = check.conv2d(ops.corr2d)
    outline = Outline(verdict._repr_html_())
    assert outline.tags.count("table") == outline.tags.count("caption") == 4
    for caption in ("x (1×2)", "k (1×2)", "expected (1×1)", "got (1×1)"):
        assert caption in outline.text
    assert "conv2d: not yet." in outline.text
    assert verdict._repr_html_().count("outline: ") == 1  # the wrong cell is boxed


def test_what_readers_write_is_escaped():
    outline = Outline(check.corr2d(breaks_on_wide_kernels)._repr_html_())
    assert "b" not in outline.tags
    assert "KeyError: '<object object> <b>'" in outline.text
    printed = check.corr2d(lambda x, k: print("<script>alert(1)</script>"))._repr_html_()
    assert "<script>" not in printed
    assert "&lt;script&gt;" in printed


def test_several_channels_are_shown_one_by_one():
    def first(x, k):
        return F.conv2d(x[None, :1], k[:, :1])[0]

    text = str(check.corr2d_multi_in_out(first))
    assert "  x[0] = [[0]]\n  x[1] = [[1]]\n  k[0, 0] = [[0]]\n  k[0, 1] = [[1]]" in text
    assert "got[0] = [[0]]" in text


def test_a_huge_result_is_shown_by_its_shape():
    verdict = check.corr2d(lambda x, k: torch.zeros(400, 300))
    assert "got = a tensor of shape (400, 300)" in str(verdict)
    assert len(verdict._repr_html_()) < 5000
