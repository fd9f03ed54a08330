"""The recorded runs: each tried in a few seconds, stopped and taken up again, and diverging."""

import json
from functools import partial
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from book_utils import data, records, weights
from book_utils.models import DigitLeNet, LeNet, NormLeNet
from book_utils.train import evaluate
from experiments import (
    activations,
    batch_norm,
    blocks,
    bn_lenet,
    cifar10,
    classic,
    common,
    densenet,
    depth,
    digits,
    ideas,
    ingredients,
    lenets,
    pooling,
    signals,
    speed,
    transfer,
)
from experiments.common import seeded
from experiments.flagged import Flagged, flagged
from experiments.varied import Varied, vary

RECORDED = {
    "lenets": lenets,
    "digits": digits,
    "bn_lenet": bn_lenet,
    "batch_norm": batch_norm,
    "pooling": pooling,
    "depth": depth,
    "signals": signals,
    "activations": activations,
    "speed": speed,
    "transfer": transfer,
    "classic": classic,
    "densenet": densenet,
    "ingredients": ingredients,
    "blocks": blocks,
    "ideas": ideas,
}
EXPERIMENTS = RECORDED | {"cifar10": cifar10}
CPU = ["--device", "cpu"]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quick")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_quick_run_writes_a_whole_record_beside_the_shipped_ones(name: str, quick: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in records.FOLDER.glob("*.json")}
    argv = ["--quick", "--seeds", "2", "--out", str(quick), *CPU]
    EXPERIMENTS[name].start(argv)
    record = records.read(quick / f"{name}.json")
    assert record.name == name and record.command.startswith(f"python -m experiments.{name} --q")
    assert record.seeds[:2] == [0, 1] and record.device.startswith("CPU (")
    assert record.versions["torch"] == torch.__version__ and record.notes
    for run in record.runs:
        held_back = 100 if run.get("study") == "rates" else run.get("n_choosing", 0)
        assert run["n_train"] + held_back == 200 and run["n_test"] == 100
        assert run["seconds"] > 0
        if run.get("epochs"):
            assert len(run["train_loss"]) == len(run["test_accuracy"]) == run["epochs"] == 1
    assert {path: path.stat().st_mtime_ns for path in records.FOLDER.glob("*.json")} == before

    # Nothing is left to do, so nothing is done again.
    EXPERIMENTS[name].start(argv)
    assert records.read(quick / f"{name}.json") == record


@pytest.mark.parametrize("name", RECORDED)
def test_a_shipped_record_holds_the_runs_of_its_plan_and_no_others(name: str) -> None:
    record = records.load(name)
    full = common.Options(5, None, False, records.FOLDER, records.FOLDER, torch.device("cpu"))
    plan = [settings for settings in RECORDED[name].plan(full, record.runs) if settings]
    assert all(len(record.select(**settings)) == 1 for settings in plan)
    assert len(plan) == len(record.runs)


@pytest.mark.parametrize("name", weights.MODELS)
def test_quick_runs_write_weights_and_say_how_good_exactly_these_are(
    name: str, quick: Path
) -> None:
    experiment = weights.RECORDS[name]
    if not (quick / f"{experiment}.json").exists():
        EXPERIMENTS[experiment].start(["--quick", "--seeds", "2", "--out", str(quick), *CPU])
    shipped = records.read(quick / f"{experiment}.json").shipped
    model, load = weights.load(name, quick), {"digits": data.mnist}
    test = load.get(experiment, data.fashion_mnist)()[1].subset(100)
    assert shipped[name]["accuracy_sample"] == evaluate(model, test)[1]
    assert set(shipped) == {name}


def tiny(monkeypatch: pytest.MonkeyPatch, stop_at: int | None = None) -> tuple[list, partial]:
    """Return the list of runs that were made, and an experiment of four runs."""
    made = []

    def plan(options: common.Options, runs: list[dict]) -> list[dict]:
        return [{"model": "m", "lr": lr, "seed": s} for lr in (0.1, 1.0) for s in range(2)]

    def run(settings: dict, options: common.Options) -> dict:
        if len(made) == stop_at:
            raise KeyboardInterrupt
        made.append((settings["lr"], settings["seed"]))
        return {"data": "none", "n_train": 1, "n_test": 1, "loss": float("nan")}

    return made, partial(common.main, "tiny", "Why?", plan, run, {"runs": "Tiny."})


def test_a_run_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ["--out", str(tmp_path), *CPU]
    made, start = tiny(monkeypatch, stop_at=3)
    with pytest.raises(SystemExit, match=r"stopped: 3 finished runs in .*tiny\.json; the same"):
        start(argv=argv)
    assert made == [(0.1, 0), (0.1, 1), (1.0, 0)]
    assert not (tmp_path / "tiny.json").exists(), "half a record is not published"

    made, start = tiny(monkeypatch)
    monkeypatch.setattr(common, "_git", lambda *words: "feed123" if "rev-parse" in words else "")
    start(argv=argv)
    assert made == [(1.0, 1)]
    record = records.read(tmp_path / "tiny.json")
    assert [(run["lr"], run["seed"]) for run in record.runs] == [
        (0.1, 0), (0.1, 1), (1.0, 0), (1.0, 1),
    ]  # fmt: skip
    assert record.commit.endswith(", feed123"), "runs of two commits name both"
    assert all(run["loss"] is None for run in record.runs)


def test_a_commit_that_made_no_run_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    argv = ["--out", str(tmp_path), *CPU]
    _, start = tiny(monkeypatch)
    monkeypatch.setattr(common, "_git", lambda *words: "feed123" if "rev-parse" in words else "")
    start(argv=argv)
    content = (tmp_path / "tiny.json").read_bytes()
    assert capsys.readouterr().out.splitlines()[0].endswith(", commit feed123")
    monkeypatch.setattr(common, "_git", lambda *words: "beef456")
    start(argv=argv)
    first = capsys.readouterr().out.splitlines()[0]
    assert first.endswith(", commit beef456, with changes that are in no commit")
    assert (tmp_path / "tiny.json").read_bytes() == content


def test_a_stop_before_the_first_run_is_over_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, start = tiny(monkeypatch, stop_at=0)
    with pytest.raises(SystemExit, match="nothing is kept"):
        start(argv=["--out", str(tmp_path), *CPU])


def test_runs_with_other_options_are_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ["--out", str(tmp_path), *CPU]
    _, start = tiny(monkeypatch)
    start(argv=argv)
    with pytest.raises(SystemExit, match=r"was begun with command .* here it is .*--epochs 1: del"):
        start(argv=[*argv, "--epochs", "1"])


def test_runs_of_two_devices_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ["--out", str(tmp_path), *CPU]
    _, start = tiny(monkeypatch)
    start(argv=argv)
    monkeypatch.setattr(common, "describe", lambda device: "GPU (another)")
    with pytest.raises(SystemExit, match=r"was begun with device CPU .* delete it to begin anew"):
        start(argv=argv)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--quick"], "give --out"),
        (["--quick", "--out", str(records.FOLDER)], "give --out"),
        (["--seeds", "0"], "--seeds 0: give a whole number of at least 1"),
        (["--epochs", "-3"], "--epochs -3: give a whole number"),
        (["--quick", "--out", __file__], "give a folder that can be written"),
        (["--device", "warp"], "'warp' cannot be used here"),
        (["--device", "cuda:99"], "'cuda:99' cannot be used here"),
        (["--device", "meta"], "'meta' cannot be used here"),
        (["--device", ""], "'' cannot be used here"),
    ],
)
def test_options_that_would_harm_are_refused(
    argv: list[str], message: str, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        depth.start(argv)
    assert message in capsys.readouterr().err


def test_runs_side_by_side_are_those_of_one_after_the_other_in_the_plans_order(
    tmp_path: Path,
) -> None:
    found = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        argv = ["--quick", "--epochs", "1", "--out", str(out), "--jobs", jobs, *CPU]
        pooling.start(argv)
        record = records.read(out / "pooling.json")
        found.append([run | {"seconds": 0} for run in record.runs])
        assert record.command == "python -m experiments.pooling --quick --epochs 1 --device cpu"
    assert found[0] == found[1] and len(found[0]) > 2


def options(tmp_path: Path) -> common.Options:
    return common.parse("?", ["--quick", "--out", str(tmp_path), *CPU])


def test_a_diverged_run_is_a_result_and_valid_json(tmp_path: Path) -> None:
    splits = common.clothes(options(tmp_path))
    settings = {"seed": 0, "epochs": 3, "lr": 1e38, "batch_size": 20}
    results = common.train(LeNet(), splits, settings, options(tmp_path))
    assert results["diverged"] is True
    for name in common.CURVES:
        assert len(results[name]) == 3 and results[name][-1] is None
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_the_rate_falls_along_a_cosine_and_training_is_repeatable(tmp_path: Path) -> None:
    splits = common.clothes(options(tmp_path))
    settings = {"seed": 3, "epochs": 2, "lr": 0.5, "batch_size": 50, "momentum": 0.9}
    train = partial(common.train, splits=splits, options=options(tmp_path))
    first, again, other = (
        train(common.seeded(3, LeNet), settings=settings | more)["train_loss"]
        for more in ({}, {}, {"schedule": "cosine"})
    )
    assert first == again
    assert first[0] == other[0] and first[1] != other[1]


def test_floats_keep_five_digits_and_what_is_no_number_becomes_none() -> None:
    value = {"a": [1 / 3, float("inf")], "b": (2, "x", True, None, float("nan"))}
    assert common.rounded(value) == {"a": [0.33333, None], "b": [2, "x", True, None, None]}


def test_the_best_rate_has_the_lowest_loss_of_those_that_did_not_diverge() -> None:
    losses = {0.1: [0.6, 0.8], 0.3: [0.1, None], 1.0: [0.5, 0.7]}
    runs = [
        {"study": "lr", "model": "plain", "depth": 8, "lr": lr, "train_loss": [2.0, loss]}
        for lr, pair in losses.items()
        for loss in pair
    ]
    assert depth.best_rate(runs, "plain", 8) == 1.0


def test_batch_statistics_ignore_the_running_averages() -> None:
    torch.manual_seed(0)
    test = data.fashion_mnist()[1].subset(64)
    model = NormLeNet()
    for layer in (model.features[1], model.dense[2]):
        layer.running_mean.fill_(1e3)
    order = torch.randperm(64, generator=torch.Generator().manual_seed(0))
    expected = evaluate_in_training_mode(model, test[order])
    assert_close(batch_norm.with_batch_statistics(model, test, 64)[0], expected)


def evaluate_in_training_mode(model: NormLeNet, test: data.Dataset) -> float:
    images, labels = test
    with torch.no_grad():
        return torch.nn.functional.cross_entropy(model.train()(images), labels).item()


def test_digits_are_varied_in_training_alone() -> None:
    train = data.mnist()[0][:40]
    varied = Varied(train.images, train.labels, train.classes, train.name)
    (images, labels), *_ = varied.batches(40)
    assert torch.equal(images, train.images) and torch.equal(labels, train.labels)

    torch.manual_seed(0)
    drawn = [next(iter(varied.batches(40, True, torch.Generator().manual_seed(1))))]
    drawn += [next(iter(varied.batches(40, True, torch.Generator().manual_seed(1))))]
    assert torch.equal(drawn[0][1], drawn[1][1]) and not torch.equal(drawn[0][0], drawn[1][0])
    for images, _ in drawn:
        assert images.shape == train.images.shape
        assert images.min() >= 0 and images.max() <= 1


def test_half_of_the_ones_learned_from_have_a_flag_and_all_other_digits_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train = data.mnist()[0]
    flags = Flagged(train.images, train.labels, train.classes, train.name)
    monkeypatch.setattr("experiments.varied.vary", lambda images: images)
    torch.manual_seed(0)
    before = train.images.clone()
    learnt = flags.changed(train.images, train.labels)
    new = (learnt != train.images).flatten(1).any(1)
    assert set(train.labels[new].tolist()) == {1}
    assert 0.4 < new[train.labels == 1].float().mean() < 0.6
    assert torch.equal(train.images, before), "the data stay as they are"


def test_a_one_with_a_flag_is_as_high_as_a_digit_and_in_the_middle() -> None:
    torch.manual_seed(0)
    images = flagged(100)[:, 0]
    assert images.shape == (100, 28, 28) and images.max() == 1
    high = (images.amax(2) > 0.5).sum(1)
    assert ((high >= 19) & (high <= 21)).all()
    places, mass = torch.arange(28.0) + 0.5, images.sum((1, 2))
    for axis in (1, 2):
        centre = (images.sum(3 - axis) * places).sum(1) / mass
        assert (centre - 14).abs().max() < 1
    feet = (images[:, -8:].amax(1) > 0.5).sum(1) > 6
    assert 0.3 < feet.float().mean() < 0.7


def test_a_varied_digit_stays_near_where_it_was() -> None:
    torch.manual_seed(0)
    dot = torch.zeros(200, 1, 28, 28)
    dot[:, :, 13:15, 13:15] = 1
    images = vary(dot)
    places = torch.arange(28.0) - 13.5
    mass = images.sum((1, 2, 3))
    seen = mass > 0.5  # a thinned dot may vanish
    assert seen.float().mean() > 0.5
    for axis in (2, 3):
        line = images.sum(5 - axis)[:, 0][seen]
        centre = (line * places).sum(1) / mass[seen]
        assert centre.abs().max() <= 2.5 and centre.std() > 0.5


def test_new_classes_get_a_last_layer_that_has_learned_nothing() -> None:
    torch.manual_seed(5)
    start = transfer.five(DigitLeNet())
    model = transfer.with_a_new_head(start, seed=3)
    fresh = seeded(3, lambda: transfer.five(DigitLeNet())).state_dict()
    learned = start.state_dict()
    for name, value in model.state_dict().items():
        is_head = name.startswith(f"dense.{len(model.dense) - 1}.")
        assert value.equal((fresh if is_head else learned)[name])
        assert name.endswith("bias") or not fresh[name].equal(learned[name])
