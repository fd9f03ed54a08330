"""Records: what a chapter asks of them, what is refused, and the ones that are shipped."""

import json
import math
from pathlib import Path
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from book_utils import records

RUN = {"model": "lenet", "seed": 0, "data": "Digits", "n_train": 9, "n_test": 3, "seconds": 1.5}
CONTENT = {
    "name": "tiny",
    "question": "Does it work?",
    "date": "2026-11-22",
    "commit": "abc1234",
    "dirty": False,
    "device": "CPU (x, 1 thread)",
    "versions": {"torch": "2.13.0"},
    "command": "python -m experiments.tiny",
    "runs": [RUN, RUN | {"seed": 1}, RUN | {"model": "dense", "lr": 0.1, "n_train": 1000}],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    return tmp_path


def put(folder: Path, content: object, name: str = "tiny") -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.json").write_text(text)


def test_a_record_is_loaded_and_says_where_it_is_from(folder: Path) -> None:
    put(folder, CONTENT)
    record = records.load("tiny")
    assert (record.n_train, record.n_test, record.seeds) == (1000, 3, [0, 1])
    line = (
        "recorded 2026-11-22 on CPU (x, 1 thread), PyTorch 2.13.0, commit abc1234, "
        "n = 1,000 and 9, 2 seeds: "
    )
    assert repr(record) == line + "python -m experiments.tiny"
    command = '<code class="command">python -m experiments.tiny</code>'
    assert record._repr_html_() == f"<p>{line}{command}</p>"


def test_the_line_of_a_record_says_that_code_was_changed_and_is_safe_in_a_page(
    folder: Path,
) -> None:
    put(folder, CONTENT | {"dirty": True, "device": "<b>"})
    assert "commit abc1234 with changes" in repr(records.load("tiny"))
    assert "<b>" not in records.load("tiny")._repr_html_()


def test_runs_are_selected_by_any_of_their_settings(folder: Path) -> None:
    put(folder, CONTENT)
    record = records.load("tiny")
    assert [run["seed"] for run in record.select(model="lenet")] == [0, 1]
    assert record.select(model="lenet", seed=1) == [RUN | {"seed": 1}]
    assert record.select() == record.runs
    with pytest.raises(ValueError, match='model is one of "lenet", "dense"'):
        record.select(model="LeNet")
    with pytest.raises(ValueError, match="no run has a setting 'rate', there are model, seed"):
        record.select(rate=None)


def test_an_unknown_record_is_refused_with_those_there_are(folder: Path) -> None:
    put(folder, CONTENT)
    for name in ("lenet", "../tiny", ""):
        with pytest.raises(ValueError, match=r"there is no record .* choose from tiny"):
            records.load(name)


@pytest.mark.parametrize("field", sorted(CONTENT))
def test_a_record_without_a_field_is_refused(folder: Path, field: str) -> None:
    put(folder, {key: value for key, value in CONTENT.items() if key != field})
    with pytest.raises(records.RecordError, match=f"tiny.json lacks '{field}'"):
        records.load("tiny")


@pytest.mark.parametrize("field", sorted(RUN))
def test_a_run_without_a_field_is_refused(folder: Path, field: str) -> None:
    short = {key: value for key, value in RUN.items() if key != field}
    put(folder, CONTENT | {"runs": [RUN, short]})
    with pytest.raises(records.RecordError, match=f"record 'tiny', run 1 lacks '{field}'"):
        records.load("tiny")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"name": "ti', "is not JSON"),
        ("[]", "holds a list, not an object"),
        (CONTENT | {"runs": []}, "has no runs"),
        (CONTENT | {"runs": "many"}, "'runs' is 'many'"),
        (CONTENT | {"dirty": "no"}, "'dirty' is 'no'"),
        (CONTENT | {"extra": 1}, "has 'extra', which is unknown"),
        (CONTENT | {"runs": [RUN | {"seed": "0"}]}, "run 0: 'seed' is '0'"),
    ],
)
def test_a_broken_record_says_what_is_wrong(folder: Path, content: object, message: str) -> None:
    put(folder, content)
    with pytest.raises(records.RecordError, match=message):
        records.load("tiny")


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_mean_and_standard_deviation(values: list[float]) -> None:
    assert records.mean_std(values) == (mean(values), stdev(values))


def test_mean_and_standard_deviation_refuse_what_they_cannot_know() -> None:
    assert records.mean_std(x / 4 for x in (1, 2, 3)) == (0.5, 0.25)
    with pytest.raises(ValueError, match="there are 1 values"):
        records.mean_std([0.5])
    with pytest.raises(ValueError, match="1 of 3 values are None"):
        records.mean_std([0.5, None, 0.7])


# The records that the book ships.

SETTINGS = {
    "lenets": [{"model": model} for model in ("lenet", "dense")],
    "digits": [{"model": "digit_lenet"}],
    "bn_lenet": [{"model": "bn_lenet"}],
    "batch_norm": [
        {"study": "lr", "model": model, "lr": lr}
        for model in ("lenet", "bn_lenet")
        for lr in (0.1, 0.3, 1.0, 3.0, 9.0)
    ]
    + [
        {"study": "batch_size", "model": model, "batch_size": size}
        for model in ("bn_lenet", "gn_lenet")
        for size in (2, 4, 16, 64, 256)
    ],
    "pooling": [
        {"model": model, "pooling": kind}
        for model in ("lenet", "bn_lenet")
        for kind in ("average", "max")
    ],
    "depth": [
        {"study": "depth", "model": model, "depth": depth}
        for model in ("plain", "residual")
        for depth in (8, 20, 32, 56)
    ],
    "signals": [
        {"shortcut": shortcut, "norm": norm, "depth": depth, "weights": weights}
        for shortcut in (False, True)
        for norm in (False, True)
        for depth in (8, 14, 20, 32, 44, 56)
        for weights in ("default", "he")
        if weights == "default" or depth in (14, 44)
    ]
    + [
        {"shortcut": shortcut, "norm": norm, "depth": depth, "weights": "he", "epochs": 3}
        for shortcut in (False, True)
        for norm in (False, True)
        for depth in (8, 20, 32, 56)
    ],
    "classic": [
        {"study": "budget", "model": model} for model in ("alexnet", "nin", "vgg11", "googlenet")
    ]
    + [{"study": "dropout", "dropout": p} for p in (0.5, 0.0)],
    "densenet": [
        {"study": "budget", "model": model, "width": width}
        for model, widths in (
            ("densenet", (1 / 8, 1 / 4, 1 / 2)),
            ("resnet18", (1 / 16, 1 / 8, 1 / 4)),
        )
        for width in widths
    ],
    "ingredients": [
        {"study": "switches", "moved": moved, "schedule": schedule, "smoothing": smoothing}
        for moved in (False, True)
        for schedule in ("constant", "cosine")
        for smoothing in (0.0, 0.1)
    ]
    + [{"study": "long", "moved": moved} for moved in (False, True)]
    + [{"study": "batch", "batch_size": size} for size in (32, 512)]
    + [
        {"study": "case", "model": model, "moved": moved}
        for model in ("cifar_vgg13", "cifar_resnet18")
        for moved in (False, True)
    ],
    "activations": [
        {"study": "final", "model": model, "schedule": schedule}
        for model in ("lenet", "relu_lenet", "bn_lenet")
        for schedule in ("constant", "cosine")
    ],
    "transfer": [{"model": "digit_lenet"}],
    "blocks": [{"model": model} for model in ("residual", "plain")],
    "ideas": [{"model": name} for name in ("base", "float32", "flips", "constant rate")],
    "speed": [
        {"model": model, "form": form}
        for model in ("lenet", "cifar_vgg13", "cifar_resnet18")
        for form in ("float32", "channels_last", "bfloat16", "channels_last and bfloat16")
    ],
}
SEEDS = {"speed": 1}  # its runs measure a time, three times each; the others have five or more
CURVES = {"transfer": ("train_loss", "test_accuracy")}  # of the first of several networks
ALL_CURVES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
KIB = {"signals": 200}  # of curves by layer; the others have curves by epoch


def test_these_records_are_shipped() -> None:
    assert records.names() == sorted(SETTINGS)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_shipped_record_is_complete(name: str) -> None:
    record = records.load(name)
    assert (record.name, record.command) == (name, f"python -m experiments.{name}")
    assert not record.dirty, "the code that made it is in the repository"
    assert (records.FOLDER / f"{name}.json").stat().st_size <= KIB.get(name, 100) * 1024
    for settings in SETTINGS[name]:
        runs = record.select(**settings)
        assert len({run["seed"] for run in runs}) == len(runs) >= SEEDS.get(name, 5), settings


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_curves_of_a_shipped_record_have_an_entry_an_epoch(name: str) -> None:
    for run in records.load(name).runs:
        if not run.get("epochs"):  # not trained, or without curves
            continue
        for curve in CURVES.get(name, ALL_CURVES):
            values = run[curve]
            assert len(values) == run["epochs"]
            assert run.get("diverged") or None not in values
            assert all(value is None or math.isfinite(value) for value in values)
            if curve.endswith("accuracy"):
                assert all(value is None or 0 <= value <= 1 for value in values)
        assert name in CURVES or run["parameters"] > 0


def test_what_transfer_and_speed_measured_is_whole() -> None:
    for run in records.load("transfer").runs:
        for way in ("kept", "tuned", "random", "anew"):
            assert len(run[way]) == len(run["sizes"]) == 6
            assert all(0 < accuracy < 1 for accuracy in run[way])
    for run in records.load("speed").runs:
        low, middle, high = sorted(run["repeats"])
        assert 0 < low <= run["examples_a_second"] == middle <= high


def test_the_signals_have_a_number_for_each_layer() -> None:
    for run in records.load("signals").runs:
        if run["epochs"] and run["diverged"]:
            assert run["trained"] is None
        for state in ("initial", "trained"):
            for values in (run.get(state) or {}).values():
                assert len(values) == run["depth"] and min(values) >= 0


def test_depth_harms_the_training_of_plain_networks_more_than_of_residual_ones() -> None:
    record = records.load("depth")

    def loss(model: str, depth: int) -> float:
        runs = record.select(study="depth", model=model, depth=depth)
        return records.mean_std(run["train_loss"][-1] for run in runs)[0]

    plain = [loss("plain", depth) for depth in (8, 20, 32, 56)]
    assert plain == sorted(plain) and plain[-1] > 2 * plain[0]
    for depth, deep in zip((20, 32, 56), plain[1:], strict=True):
        assert loss("residual", depth) < deep
