"""What `make bench` measures, in small; its file of results; the table in the README."""

import json
from datetime import date

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks import ladder, report, training
from benchmarks.__main__ import PARTS, main
from benchmarks.rows import Row
from book_utils.data import fashion_mnist
from book_utils.ladder import LAYER_RUNGS, RUNGS
from tests.unit.stand_in import StandIn

TINY = fashion_mnist()[0][:32]


def linear():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def test_the_rows_of_the_training(monkeypatch):
    monkeypatch.setattr(training, "MODELS", {"linear": linear})
    monkeypatch.setattr(training, "BATCHES", {"linear": 4})
    monkeypatch.setattr(training, "ROUNDS", {"linear": 2})
    threads = torch.get_num_threads()
    speed, *ratios = training.measure(batch_size=8)
    assert (speed.what, speed.unit, len(speed.values)) == ("linear: `fit`", "examples/s", 2)
    here = [words for name, words in training.OTHERS.items() if name != "graph"]
    assert [row.what.split("against ")[1] for row in ratios] == here
    assert {(row.unit, len(row.values)) for row in ratios} == {("×", 2)}
    assert min(value for row in (speed, *ratios) for value in row.values) > 0
    assert torch.get_num_threads() == threads


def test_the_rows_of_a_gpu(graphs, monkeypatch):
    """By a stand-in for it: a row more, what is wanted beside it, and epochs instead of one."""
    monkeypatch.setattr(training, "DEVICES", ("cpu",))
    monkeypatch.setattr(training, "MODELS", {"linear": linear})
    monkeypatch.setattr(training, "ROUNDS", {"linear": 1})
    monkeypatch.setattr(training, "ON_GPU", {"epochs": 3, "batches": 4, "pictures": 1})
    monkeypatch.setattr(training, "WANTED", {"cpu": {"linear": {"bare": 4, "pictures": 30}}})
    _, *ratios = training.measure(batch_size=8)
    assert [row.what.split("against ")[1] for row in ratios] == [
        "the bare forward, backward and step (wanted: 4)",
        "the bare step as a CUDA graph",
        "a loop over PIL images in a `DataLoader` (wanted: 30)",
        "the same loop with 2 worker processes",
    ]
    replayed = 2 * 2 * (3 * 4 - 3)  # two rounds of `fit` and graph, but for what warms up
    assert StandIn.replays == replayed


def loss_of(model):
    return F.cross_entropy(model(TINY.images), TINY.labels).item()


@pytest.mark.parametrize("name", ["fit", "bare", "graph", "pictures"])
def test_each_contestant_really_trains(graphs, name):
    model, other = linear(), linear()
    pictures = training.Pictures(TINY, [training.to_tensor])
    for _ in range(3):
        match name:
            case "fit":
                training.train_fit(model, TINY, 8)
            case "bare":
                training.train_bare(model, TINY, 8)
            case "graph":
                training.train_graph(model, TINY, 8, epochs=2)
            case "pictures":
                training.train_pictures(model, pictures, 8, workers=0)
    assert loss_of(model) < 0.9 * loss_of(other)


def test_pictures_are_the_same_images():
    pictures = training.Pictures(TINY, [training.to_tensor])
    image, label = pictures[3]
    assert len(pictures) == 32 and label == TINY.labels[3]
    torch.testing.assert_close(image, TINY.images[3])


def test_a_row_says_its_median_and_its_quartiles():
    row = Row("ratio", "×", [0.9, 1.0, 1.1, 1.2, 5.0])
    assert (row.result, row.spread) == ("1.10×", "1.00× to 1.20×, n = 5")
    assert (Row("one", "s", [3.0]).result, Row("one", "s", [3.0]).spread) == ("3.0 s", "")


def test_a_row_of_several_things_says_the_largest_and_which_it_is():
    row = Row("pages", "KiB", [10.0, 300.0, 20.0], ["intro", "lenet", "pooling"])
    assert (row.result, row.spread) == ("at most 300 KiB", "lenet; median of 3: 20 KiB")


@pytest.mark.parametrize(
    "wrong", [("a", "parsec", [1.0]), ("a", "s", []), ("a", "s", [1.0, 2.0], ["only one"])]
)
def test_a_row_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        Row(*wrong)


def test_results_say_when_and_on_what_and_keep_the_other_parts(tmp_path):
    report.write(
        {"train": [Row("a", "×", [1.0, 2.0])], "book": [Row("b", "s", [3.00004])]}, 0.1, tmp_path
    )
    written = report.write({"train": [Row("a", "×", [4.0])]}, 0.26, tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.name.startswith(date.today().isoformat())
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found == written
    assert found["parts"]["train"] == [{"what": "a", "unit": "×", "values": [4.0], "labels": []}]
    assert found["parts"]["book"][0]["values"] == [3.0]
    assert found["load"] == 0.3
    wanted = {"processor", "cores", "memory", "gpu", "system", "python", "torch"}
    assert set(found["machine"]) == wanted
    assert all(found["machine"].values())


def test_the_latest_results_are_the_newest_of_the_most_complete(tmp_path):
    with pytest.raises(FileNotFoundError, match="make bench"):
        report.latest(tmp_path)
    for day, parts in (("01", "ab"), ("02", "ab"), ("03", "a")):
        told = {"date": day, "parts": dict.fromkeys(parts, [])}
        (tmp_path / f"2026-11-{day}-machine.json").write_text(json.dumps(told))
    assert report.latest(tmp_path)["date"] == "02"


def test_every_part_has_its_place_in_the_table():
    assert tuple(PARTS) == report.ORDER


def test_a_part_that_is_not_there_is_named(capsys):
    assert main(["trian"]) == 2
    assert "no part 'trian': give some of train, ladder" in capsys.readouterr().err


def test_the_readme_needs_its_marks():
    text = f"a\n{report.START}\nold\n{report.END}\nb"
    assert report.in_readme(text, "new") == f"a\n{report.START}\n\nnew\n\n{report.END}\nb"
    with pytest.raises(ValueError, match="once each"):
        report.in_readme("no marks", "new")


def test_the_readme_holds_the_newest_results():
    text = report.README.read_text(encoding="utf-8")
    table = report.markdown(report.latest())
    assert report.in_readme(text, table) == text, "run `make bench`"
    assert "speed of `fit` against the bare" in table


def test_every_rung_of_both_ladders_has_a_row():
    rows = ladder.measure(rounds=2, side=16, channels=2)
    one, many = ([row for row in rows if row.what.startswith(what)] for what in ("16×", "2 ch"))
    names = [[row.what.split(": ")[1] for row in each] for each in (one, many)]
    assert names[0][: len(RUNGS)] == [*RUNGS] and names[1][: len(LAYER_RUNGS)] == [*LAYER_RUNGS]
    assert len(one) + len(many) == len(rows)
    assert {(row.unit, len(row.values)) for row in rows} == {("ms", 2)}
    assert min(value for row in rows for value in row.values) > 0


def test_less_than_a_millisecond_has_two_digits():
    assert Row("a", "ms", [0.4368]).result == "0.44 ms"
    assert Row("a", "ms", [811.24]).result == "811.2 ms"
