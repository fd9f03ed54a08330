"""A race on a page is the race that PyTorch runs: the same digits, settings, networks and rules."""

import base64
import json

import pytest
import torch
from torch.testing import assert_close

from book_utils import speedrun
from book_utils.explorables import RaceLab
from book_utils.explorables.parts.bundled_digits import LEVELS, TRAIN, digits
from book_utils.explorables.parts.training_run import Run, moved_images
from book_utils.explorables.race import attempt
from book_utils.schedules import one_cycle
from book_utils.speedrun import CLASSES
from tests import SEED
from tests.parity.front_end import evaluate


def as_bytes(images):
    return base64.b64encode(images.mul(LEVELS - 1).round().byte().numpy().tobytes()).decode("ascii")


def test_the_rate_goes_up_and_down_alike():
    cases = [(step, steps) for steps in (1, 2, 7, 100) for step in range(0, steps, 3)]
    found = evaluate([("shareOfCycle", *case) for case in cases])
    expected = [one_cycle((step + 0.5) / steps, attempt.PEAK) for step, steps in cases]
    assert found == pytest.approx(expected) and min(found) > 0


def test_moved_images_are_whole_images_in_another_place():
    images = torch.rand(3, 1, 5, 5, generator=torch.Generator().manual_seed(SEED))
    down, left, stays = moved_images(images, [(2, 0), (0, -1), (0, 0)])[:, 0]
    assert torch.equal(down[2:], images[0, 0, :3]) and not down[:2].any()
    assert torch.equal(left[:, :4], images[1, 0, :, 1:]) and not left[:, 4].any()
    assert torch.equal(stays, images[2, 0])


@pytest.mark.parametrize("extras", [{"momentum": 0.9}, {"shift": 2}, {"momentum": 0.5, "shift": 1}])
def test_momentum_and_shifts_are_the_same_in_both(extras):
    images, *_ = digits()
    settings = {"steps": 15, "batch": 120, "rate": 0.03, **extras}  # over more than one epoch
    (page,) = evaluate([("trainingRun", 3, as_bytes(images), LEVELS, settings)])
    run = Run(3)
    for _ in range(15):
        run.step(120, 0.03, **extras)
    assert [step["loss"] for step in page["taken"]] == pytest.approx(run.losses, rel=1e-3)


def test_momentum_is_nesterovs():
    run, other = Run(0), Run(0)
    optimizer = torch.optim.SGD(other.model.parameters(), lr=0.05, momentum=0.8, nesterov=True)
    for _ in range(5):
        run.step(20, 0.05, momentum=0.8)
        images, labels = other._batch(20, 0)
        loss = torch.nn.functional.cross_entropy(other.model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for ours, theirs in zip(run.model.parameters(), other.model.parameters(), strict=True):
        assert_close(ours, theirs)


@pytest.mark.parametrize(("order", "judged"), [("practise", "practice"), ("race", "race")])
def test_the_same_settings_give_the_same_race(order, judged):
    train, _, test, _ = digits()
    lab = RaceLab(epochs=1, rate=0.05, shift=1, momentum=0.5, schedule="one cycle", seeds=2)
    settings = {name: getattr(lab, name) for name in lab.schema()}
    text = as_bytes(torch.cat([train, test]))
    (page,) = evaluate([("raced", text, LEVELS, TRAIN, order, settings)])
    ours = lab.practise() if judged == "practice" else lab.race()
    assert (page["progress"]["judged"], page["running"]) == (judged, False) == (ours.judged, False)
    for theirs, lane in zip(page["progress"]["lanes"], ours.lanes, strict=True):
        assert theirs["accuracies"] == pytest.approx(lane["accuracies"], abs=0.0081)  # on the edge
        assert len(theirs["at"]) == len(lane["at"]) == attempt.LOOKS + 1
        assert theirs["at"] == sorted(theirs["at"]) and theirs["seconds"] == theirs["at"][-1] > 0
    assert page["outcome"]["accuracy"] == pytest.approx(ours.accuracy, abs=0.0081)
    accuracies = torch.tensor(page["outcome"]["accuracies"], dtype=torch.float64)
    assert page["outcome"]["accuracyError"] == pytest.approx(accuracies.std().item() / 2**0.5)
    assert ours.accuracy == pytest.approx(lab.output.mean().item()) and ours.accuracy > 0.5


def test_page_and_python_go_by_the_same_rules():
    (rules,) = evaluate([("raceRules",)])
    tab = CLASSES["tab"]
    assert rules == {
        "LINE": tab.accuracy,
        "LEAST": tab.seeds,
        "KEPT_BACK": attempt.KEPT_BACK,
        "LOOKS": attempt.LOOKS,
    }
    train, _, test, _ = digits()
    assert (tab.n_train, tab.n_test) == (len(train), len(test))


AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
WHERE = {"userAgent": f"{AGENT}Safari/537.36", "hardwareConcurrency": 2}


def finished(accuracies, judged="race"):
    """What a page has of networks that came to their ends."""
    lane = {"at": [0, 1.25], "seconds": 1.25, "share": 1, "isDone": True, "trouble": ""}
    settings = {name: getattr(RaceLab(), name) for name in RaceLab().schema()}
    return {
        "judged": judged,
        "settings": settings | {"seeds": len(accuracies)},
        "lanes": [lane | {"accuracies": [0.1, accuracy]} for accuracy in accuracies],
    }


def test_a_result_that_a_page_copies_is_a_submission_by_the_rules(tmp_path):
    (text,) = evaluate([("raceSent", finished([0.94, 0.952, 0.958, 0.95, 0.95] * 2), 3, WHERE)])
    path = tmp_path / "mine.json"
    path.write_text(text, "utf-8")
    given = speedrun.read(path)
    assert (given.kind, given.device, given.n) == ("tab", "Chrome 140, Linux, 2 cores", 10)
    assert given.accuracy[0] == pytest.approx(0.95) and given.seconds[0] == 1.25
    assert eval(given.command.removesuffix(".race()"), {"RaceLab": RaceLab}).seeds == 10
    assert given.date == "1970-01-01" and "race 3" in given.note


@pytest.mark.parametrize(
    "progress",
    [
        finished([0.94, 0.952, 0.958, 0.95, 0.948] * 2),  # 94.96 % on average
        finished([0.98] * 9),  # a network too few
        finished([0.98] * 10, judged="practice"),
    ],
)
def test_what_breaks_a_rule_is_no_result_to_copy(progress):
    assert evaluate([("raceSent", progress, 1, WHERE)]) == [False]


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
         "Firefox 143, Windows, 8 cores"),
        (f"{AGENT}Safari/537.36 Edg/140.0.0.0", "Edge 140, Linux, 8 cores"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
         "like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari 18, iOS, 8 cores"),
        ("something else", "a browser, 8 cores"),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_short(agent, device):
    where = {"userAgent": agent, "hardwareConcurrency": 8}
    (text,) = evaluate([("raceSent", finished([0.97] * 10), 1, where)])
    assert json.loads(text)["device"] == device
    assert json.loads(text)["versions"] == {"browser": agent}
