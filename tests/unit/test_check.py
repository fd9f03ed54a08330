"""Right answers in several styles pass, and a verdict says plainly what else happened."""

import math
import re
import signal
import threading
import time
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from book_utils import check, ops
from tests.unit.answers import RIGHT
from tests.unit.answers.cross_correlation import matrix_by_impulses
from tests.unit.answers.dense_to_conv import toeplitz_rows
from tests.unit.answers.padding_stride import walked
from tests.unit.answers.pooling import average, largest, pooled

# ---- right answers ----


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
        "direction. Look again at the chapter “Cross-correlation”.\n"
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


def test_other_threads_make_no_right_answer_too_slow(monkeypatch):
    monkeypatch.setattr(check.engine.trial, "SECONDS", 2)
    over = threading.Event()

    def busy():
        x = torch.ones(300, 300)
        while not over.is_set():
            x @ x

    others = [threading.Thread(target=busy) for _ in range(3)]
    for each in others:
        each.start()
    try:
        before = time.process_time()
        while time.process_time() - before < 2.5:  # they have used up more than the budget
            time.sleep(0.01)
        verdicts = []
        used = time.process_time()
        while time.process_time() - used < 2.5:
            verdicts.append(check.corr2d(ops.corr2d))
    finally:
        over.set()
        for each in others:
            each.join()
    assert verdicts and all(verdict.passed for verdict in verdicts)


def test_processor_time_of_other_threads_is_not_counted():
    clock = check.engine.calling.Clock(0.2)
    clock.wall_end = math.inf  # a busy machine takes its time
    other = threading.Thread(target=lambda: sum(range(30_000_000)))
    used = time.process_time()
    other.start()
    other.join()
    assert time.process_time() - used > 0.2
    assert not clock.is_up


def test_a_function_that_sleeps_is_stopped_by_the_wall(monkeypatch):
    monkeypatch.setattr(check.engine.trial, "SECONDS", 0.05)
    start = time.monotonic()
    verdict = check.corr2d(lambda x, k: time.sleep(60))
    assert verdict.misconception == "it takes too long"
    assert time.monotonic() - start < 30


def test_a_check_uses_one_thread_and_gives_the_others_back():
    seen = set()

    def counting(x, k):
        seen.add(torch.get_num_threads())
        return ops.corr2d(x, k)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert check.corr2d(counting).passed
        assert seen == {1} and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_alarm_of_somebody_else_still_rings():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(time.monotonic()))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        check.corr2d(ops.corr2d)
        end = time.monotonic() + 5
        while not rung and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung


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
