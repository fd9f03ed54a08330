"""The speedrun's rules and standings, its network, its step, and the command that races."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from book_utils import data, graphed, records, speedrun
from book_utils.graphed import WARM
from book_utils.models.racer import Racer, whitening
from book_utils.speedrun import CLASSES, Submission, SubmissionError
from experiments import ideas
from experiments import speedrun as command
from experiments.racing import Race, Recipe, orthogonal, prepared
from experiments.recipes import RECIPES
from tests.unit.stand_in import StandIn

RUNS = [{"seed": seed, "accuracy": 0.9 + seed / 1000, "seconds": 3.0} for seed in range(10)]
WITHOUT_3 = [run for run in [*RUNS, RUNS[0] | {"seed": 10}] if run["seed"] != 3]
FINE = {
    "kind": "cpu",
    "by": "somebody",
    "date": "2026-11-01",
    "device": "CPU (a processor, 1 thread)",
    "threads": 1,
    "versions": {"torch": "2.13.0"},
    "commit": "abc1234",
    "command": "python -m experiments.speedrun",
    "data": "Fashion-MNIST",
    "n_train": 60_000,
    "n_test": 10_000,
    "evaluation": "once",
    "recipe": {"epochs": 1},
    "runs": RUNS,
}
NARROW = replace(
    Recipe(), layers=((8, "pool"), (8, ""), (16, "pool"), (16, "stride")), epochs=2.0, batch=50
)
TRAIN, TEST = (split[:200] for split in data.fashion_mnist())


@pytest.fixture(autouse=True)
def threads():
    """Put the number of threads back, which the command lowers to one."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


# The rules and the standings.


def test_a_submission_says_what_its_runs_gave() -> None:
    given = Submission(**FINE)
    assert given.n == 10
    assert given.accuracy == pytest.approx((0.9045, 0.00302765), rel=1e-5)
    assert given.seconds == (3.0, 0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"runs": RUNS[:9]}, "it has 9 runs, by the rules at least 10"),
        ({"runs": WITHOUT_3}, "its seeds are [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]: give all"),
        ({"runs": [run | {"accuracy": 0.8999} for run in RUNS]}, "the mean accuracy is 89.99%"),
        ({"runs": [run | {"accuracy": 90.1} for run in RUNS]}, "accuracy is 90.1: give a share"),
        ({"runs": [run | {"seconds": 0} for run in RUNS]}, "it took 0 seconds"),
        ({"runs": [run | {"seconds": "3"} for run in RUNS]}, "give seed, accuracy and seconds"),
        ({"runs": [1]}, "run 0: give seed, accuracy and seconds as numbers, not 1"),
        ({"runs": []}, "runs is empty"),
        ({"n_train": 55_000}, "n_train is 55000, by the rules 60000"),
        ({"n_test": 5_000}, "n_test is 5000, by the rules 10000"),
        ({"data": "MNIST"}, "data is 'MNIST', by the rules 'Fashion-MNIST'"),
        ({"threads": 2}, "2 threads computed, by the rules 1"),
        ({"threads": "one"}, "threads is 'one': give a int"),
        ({"threads": True}, "threads is True: give a int"),
        ({"kind": "phone"}, "kind is 'phone': choose from gpu, cpu, tab"),
        ({"date": "yesterday"}, "date is 'yesterday': give year-month-day"),
        ({"by": ""}, "by is empty"),
        ({"versions": {}}, "versions is empty"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_name(change: dict, message: str) -> None:
    with pytest.raises(SubmissionError, match="this submission: ") as refused:
        Submission(**(FINE | change))
    assert message in str(refused.value)


def test_exactly_the_threshold_is_enough() -> None:
    Submission(**(FINE | {"runs": [run | {"accuracy": 0.9} for run in RUNS]}))


def test_other_classes_may_compute_in_threads() -> None:
    runs = [{"seed": seed, "accuracy": 0.941, "seconds": 1.9} for seed in range(20)]
    Submission(**(FINE | {"kind": "gpu", "threads": 0, "runs": runs}))


def send(folder: Path, name: str, **changes: object) -> Path:
    path = folder / f"{name}.json"
    path.write_text(Submission(**(FINE | changes)).text(), encoding="utf-8")
    return path


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = send(tmp_path, "mine", note="on a laptop")
    assert speedrun.read(path) == Submission(**FINE, note="on a laptop")
    assert path.read_text().count("\n") == len(FINE) + 1 + len(RUNS) + 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "mine.json cannot be read as JSON"),
        ("[]", "mine.json holds a list"),
        ('{"kind": "cpu", "name": 1}', "lacks 'by', .*has 'name', which is unknown"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(SubmissionError, match=message):
        speedrun.read(path)


def test_the_fastest_of_a_class_stands_first(tmp_path: Path) -> None:
    for name, seconds in (("a", 5.0), ("b", 3.0), ("c", 4.0)):
        send(tmp_path, name, runs=[run | {"seconds": seconds} for run in RUNS])
    standings = speedrun.standings(tmp_path)
    assert list(standings) == list(CLASSES)
    assert [each.name for each in standings["cpu"]] == ["b", "c", "a"]
    rows = speedrun.as_markdown(tmp_path).splitlines()[2:]
    assert rows[0].startswith("| One GPU, 94.0 % | no record yet |")
    assert rows[1].startswith(
        "| One CPU thread, 90.0 % | 3.00 ± 0.00 | 90.45 ± 0.30 % | 10 | CPU ("
    )
    assert len(rows) == 5 and len({row.count("|") for row in rows}) == 1


def test_the_shipped_submissions_keep_the_rules_and_the_readme_has_their_table() -> None:
    assert speedrun.standings()["cpu"], "the book founds the record"
    readme = command.README.read_text(encoding="utf-8")
    shown = readme.split(command.START)[1].split(command.END)[0].strip()
    assert shown == speedrun.as_markdown(), "run `python -m experiments.speedrun --table`"


# The network.


def test_whitened_patches_are_uncorrelated_and_of_unit_size() -> None:
    filters = whitening(TRAIN.images, 2, eps=0.0)
    seen = F.conv2d(TRAIN.images, filters).transpose(0, 1).flatten(1).double()
    torch.testing.assert_close(
        seen @ seen.T / seen.shape[1], torch.eye(4, dtype=torch.float64), atol=1e-3, rtol=0
    )


def test_the_network_of_the_gpu_class_ends_in_one_place_for_each_map() -> None:
    net, x = Racer(), TRAIN.images[:2]
    assert net.filters.shape == (8, 1, 2, 2)
    assert [tuple(weight.shape[:2]) for weight in net.convolutions] == [
        (64, 8), (64, 64), (256, 64), (256, 256), (256, 256), (256, 256)
    ]  # fmt: skip
    assert net(x).shape == (2, 10) and net(x).dtype == torch.float32
    assert not any(norm.weight.requires_grad for norm in net.norms)


@pytest.mark.parametrize("how", ["", "pool", "stride"])
@pytest.mark.parametrize(("patch", "stride"), [(2, 1), (3, 2), (4, 2)])
def test_networks_of_all_kinds_of_layers_give_scores(how: str, patch: int, stride: int) -> None:
    net = Racer(patch, stride, ((4, how), (6, how)), F.relu, shifts=False)
    assert net(TRAIN.images[:3]).shape == (3, 10)


def test_a_reset_is_in_place_and_copies_maps_on() -> None:
    net = Racer(layers=((12, ""), (12, "")))
    net.whiten(TRAIN.images)
    places = [weight.data_ptr() for weight in net.parameters()]
    torch.manual_seed(0)
    net.reset()
    before = [weight.clone() for weight in net.parameters()]
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(1)
    net.norms[0].running_mean.add_(1)
    torch.manual_seed(0)
    net.reset()
    assert places == [weight.data_ptr() for weight in net.parameters()]
    assert all(map(torch.equal, before, net.parameters()))
    assert not net.norms[0].running_mean.any()
    maps = torch.rand(2, 12, 5, 5)
    torch.testing.assert_close(F.conv2d(maps, net.convolutions[1], padding=1), maps)


# The step, and what is around it.


def test_a_step_of_muon_has_singular_values_near_1() -> None:
    for shape in ((8, 4, 3, 3), (40, 4, 3, 3)):
        torch.manual_seed(0)
        made = orthogonal(torch.randn(shape), times=5)
        values = torch.linalg.svdvals(made.flatten(1))
        assert made.shape == shape and values.min() > 0.5 and values.max() < 1.5


def test_nesterov_is_pytorchs() -> None:
    recipe = replace(NARROW, rate=0.7, bias_rate=0.7, head_rate=0.7, decay=0.0, half="float32")
    torch.manual_seed(0)
    race = Race(recipe, TRAIN)
    twin = Racer(layers=recipe.layers)
    twin.load_state_dict(race.net.state_dict())
    race.updates.reset()
    weights = [weight for weight in twin.parameters() if weight.requires_grad]
    theirs = torch.optim.SGD(weights, lr=0.7, momentum=recipe.momentum, nesterov=True)
    for factor in (1.0, 0.5, 0.25):
        race.factor.fill_(factor)
        race.step()
        theirs.param_groups[0]["lr"] = 0.7 * factor
        theirs.zero_grad()
        F.cross_entropy(twin(race.x), race.y, label_smoothing=recipe.smoothing).backward()
        theirs.step()
    for mine, other in zip(race.net.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine, other, atol=1e-4, rtol=1e-3)


def test_the_rate_rises_to_the_peak_and_falls_to_the_end() -> None:
    recipe = replace(NARROW, begin=0.2, peak=0.25, end=0.1)
    shares = [recipe.factor(done) for done in (0.0, 0.125, 0.25, 0.625, 1.0)]
    assert shares == pytest.approx([0.2, 0.6, 1.0, 0.55, 0.1])


def test_each_image_is_seen_once_an_epoch_plain_in_one_and_mirrored_in_the_next() -> None:
    race = Race(replace(NARROW, shift=0, half="float32"), TRAIN)
    seen: list[set[bytes]] = [set(), set()]
    for step, (images, _) in enumerate(race.batches()):
        seen[step // 4] |= {image.numpy().tobytes() for image in images}
    mirrored = {image.contiguous().numpy().tobytes() for image in TRAIN.images.flip(3)}
    plain = {image.numpy().tobytes() for image in TRAIN.images}
    assert race.steps == 8 and len(seen[0]) == len(seen[1]) == len(plain)
    assert 60 < len(seen[0] & plain) < 140 and seen[0] & plain == plain - seen[1]
    assert (seen[0] | seen[1]) == plain | mirrored


def test_images_are_moved_and_keep_what_stays_inside() -> None:
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, 10, 20] = 1
    spot = replace_images(image.expand(50, -1, -1, -1).contiguous())
    race = Race(replace(NARROW, shift=2, flip=True, half="float32"), spot)
    images, _ = next(race.batches())
    rows, columns = images.nonzero()[:, 2], images.nonzero()[:, 3]
    assert images.shape == (50, 1, 28, 28) and (images.sum((1, 2, 3)) == 1).all()
    assert set(rows.tolist()) == {8, 9, 10, 11, 12}
    assert set(columns.tolist()) <= {18, 19, 20, 21, 22} | {5, 6, 7, 8, 9}
    assert {column < 14 for column in columns.tolist()} == {True, False}


def replace_images(images: torch.Tensor) -> data.Dataset:
    return data.Dataset(images, torch.zeros(len(images), dtype=torch.long), ("one",) * 10, "spots")


@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_in_half_precision_the_gradients_are_near_those_of_float32(half: str) -> None:
    def gradients(half: str) -> list[torch.Tensor]:
        torch.manual_seed(0)
        race = Race(replace(NARROW, half=half, batch=16), TRAIN[:16])
        race.net.reset()
        race.net.whiten(TRAIN.images)
        loss = F.cross_entropy(race.net(race.x), race.y, reduction="sum")
        return list(torch.autograd.grad(loss, race.updates.weights))

    for exact, near in zip(gradients("float32"), gradients(half), strict=True):
        assert near.dtype == torch.float32
        assert F.cosine_similarity(exact.flatten(), near.flatten(), dim=0) > 0.8


@pytest.mark.parametrize("half", ["float32", "bfloat16"])
def test_a_race_learns_and_a_seed_gives_one_result(half: str) -> None:
    few = TRAIN[:100]
    race = Race(replace(NARROW, half=half, epochs=8.0, shift=0), few)
    seconds = race.run(1)
    first = [weight.clone() for weight in race.net.parameters()]
    assert seconds > 0 and race.accuracy(few) > 0.5
    race.run(2)
    race.run(1)
    assert all(map(torch.equal, first, race.net.parameters()))


def test_muon_learns_too() -> None:
    few = TRAIN[:100]
    race = Race(replace(NARROW, half="float32", epochs=8.0, shift=0, muon=0.2), few)
    race.run(0)
    assert race.accuracy(few) > 0.5


def test_on_a_gpu_the_step_is_recorded_in_its_warm_up_and_then_replayed(graphs) -> None:
    taken = []
    step = prepared(lambda: taken.append(1) or (), torch.device("cpu"))
    assert step.said == "recorded" and (len(taken), StandIn.replays) == (WARM, 0)
    step()
    assert StandIn.replays == 1


def test_a_cpu_takes_the_step_itself_warmed_up() -> None:
    taken = []
    step = prepared(lambda: taken.append(1) or (), torch.device("cpu"))
    step()
    assert step.said == "cpu has no such graphs" and len(taken) == WARM + 1


@pytest.mark.parametrize("changes", [{}, {"muon": 0.2, "shift": 0}])
def test_a_recorded_race_is_the_race_itself_bit_for_bit(graphs, monkeypatch, changes) -> None:
    recipe = replace(NARROW, half="float32", **changes)
    recorded = Race(recipe, TRAIN)
    recorded.run(1)
    assert StandIn.replays == recorded.steps
    monkeypatch.setattr(graphed, "DEVICES", ())
    itself = Race(recipe, TRAIN)
    itself.run(1)
    assert StandIn.replays == recorded.steps
    for mine, other in zip(recorded.net.parameters(), itself.net.parameters(), strict=True):
        assert torch.equal(mine, other)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="wants an NVIDIA GPU")
def test_a_recorded_race_ends_where_the_eager_one_does(monkeypatch) -> None:
    few = TRAIN[:100].to("cuda")
    recipe = replace(NARROW, half="float32", shift=0)
    recorded = Race(recipe, few)
    monkeypatch.setattr(graphed, "DEVICES", ())
    eager = Race(recipe, few)
    assert recorded.step.said == "recorded" and recorded.run(0) > 0 and eager.run(0) > 0
    for mine, other in zip(recorded.net.parameters(), eager.net.parameters(), strict=True):
        torch.testing.assert_close(mine, other, atol=1e-2, rtol=1e-2)


# The command.


@pytest.fixture
def tiny(monkeypatch) -> None:
    fast = replace(NARROW, epochs=1.0, half="float32")
    monkeypatch.setitem(RECIPES, "cpu", {"base": fast, "no shifts": replace(fast, shift=0)})


def options(folder: Path, *more: str) -> list[str]:
    return ["--device", "cpu", "--quick", "--out", str(folder), *more]


def partial(folder: Path) -> list[dict]:
    return list(records.read(folder / "partial" / "speedrun_cpu.json").runs)


def test_a_quick_run_writes_no_submission_and_goes_on_after_a_stop(
    tiny, tmp_path: Path, monkeypatch, capsys
) -> None:
    with pytest.raises(SystemExit, match="nothing is kept"):
        command.start(options(tmp_path, "--seconds", "-1"))
    command.start(options(tmp_path))
    assert [run["seed"] for run in partial(tmp_path)] == [0, 1]
    first = partial(tmp_path)
    command.start(options(tmp_path, "--runs", "3"))
    assert partial(tmp_path)[:2] == first and len(partial(tmp_path)) == 3
    assert first[0]["n_train"] == ideas.TINY[0] and torch.get_num_threads() == 1
    assert "n = 3" in capsys.readouterr().out.splitlines()[-1]
    assert not list(tmp_path.glob("*.json"))


def test_other_recipes_and_held_out_images_are_runs_of_their_own(tiny, tmp_path: Path) -> None:
    command.start(options(tmp_path))
    command.start(options(tmp_path, "--holdout"))
    command.start(options(tmp_path, "--recipe", "no shifts"))
    settings = [(run["model"], run["holdout"], run["seed"]) for run in partial(tmp_path)]
    assert settings == [
        *(("base", False, 0), ("base", False, 1), ("base", True, 0), ("base", True, 1)),
        *(("no shifts", False, 0), ("no shifts", False, 1)),
    ]


def test_with_ideas_the_fastest_that_is_good_enough_races_too(tiny, tmp_path, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(ideas, "chosen", lambda record, least: asked.append(least) or "no shifts")
    command.start(options(tmp_path, "--ideas"))
    record = records.read(tmp_path / "partial" / "ideas.json")
    easier = mean_of(record.select(model="base")) - mean_of(partial(tmp_path)[:2])
    assert asked == [pytest.approx(0.9 + easier + command.RESERVE)]
    assert [run["model"] for run in partial(tmp_path)] == ["base"] * 2 + ["no shifts"] * 2


def mean_of(runs: list[dict]) -> float:
    return sum(run["accuracy"] for run in runs) / len(runs)


def test_the_fastest_good_enough_recipe_is_chosen() -> None:
    def runs(name: str, accuracy: float, seconds: float) -> list[dict]:
        told = {"model": name, "data": "", "n_train": 1, "n_test": 1}
        return [told | {"seed": s, "accuracy": accuracy, "seconds": seconds} for s in range(2)]

    made = runs("slow", 0.95, 3.0) + runs("good", 0.93, 2.0) + runs("hasty", 0.90, 1.0)
    record = records.Record("ideas", "?", "", "", False, "", {}, "", made)
    assert ideas.chosen(record, 0.92) == "good"
    assert ideas.chosen(record, 0.94) == "slow"
    assert ideas.chosen(record, 0.96) is None


def test_runs_by_the_rules_become_a_file_and_others_do_not(tmp_path: Path, monkeypatch) -> None:
    made = {"data": "Fashion-MNIST", "n_train": 60_000, "n_test": 10_000, "recipe": {"flip": True}}
    content = {
        "name": "speedrun_cpu",
        "command": "python -m experiments.speedrun",
        "device": "CPU (a chip, 1 thread)",
        "date": "2026-11-01",
    }
    content |= {"versions": {"torch": "2"}, "commit": "abc", "dirty": True}
    growing = SimpleNamespace(content=content, published=tmp_path / "speedrun_cpu.json")
    torch.set_num_threads(1)
    good = [run | made for run in RUNS]
    assert command.submit("base", growing, good, "me") == ""
    (path,) = tmp_path.glob("*.json")
    given = speedrun.read(path)
    assert path.name == "cpu-a-chip-1-thread-base.json"
    assert (given.by, given.commit, given.n) == ("me", "abc, with changes", 10)
    assert "it has 9 runs" in command.submit("flips", growing, good[:9], "me")
    assert command.submit("flips", growing, good, "me") == ""
    commands = {speedrun.read(path).command for path in tmp_path.glob("*.json")}
    assert commands == {content["command"], f"{content['command']} --recipe 'flips'"}


def test_a_recipe_that_misses_the_threshold_ends_with_the_rule_it_breaks(
    tmp_path: Path, monkeypatch
) -> None:
    content = {"name": "speedrun_cpu", "command": "c", "device": "CPU", "date": "2026-11-01"}
    content |= {"versions": {"torch": "2"}, "commit": "abc", "dirty": False}
    growing = SimpleNamespace(content=content, published=tmp_path / "speedrun_cpu.json")
    about = {"data": "Fashion-MNIST", "n_train": 60_000, "n_test": 10_000, "recipe": {"flip": True}}
    poor = [run | about | {"accuracy": 0.8965} for run in RUNS]
    monkeypatch.setattr(command, "made", lambda *given: (growing, poor))
    with pytest.raises(SystemExit, match="no submission is written: .*the mean accuracy is 89.65%"):
        command.start(["--device", "cpu", "--out", str(tmp_path)])
    assert not list(tmp_path.glob("*.json"))


def test_check_says_of_each_file_what_is_wrong(tmp_path: Path, capsys) -> None:
    right, wrong = send(tmp_path, "right"), tmp_path / "wrong.json"
    wrong.write_text(json.dumps(asdict(Submission(**FINE)) | {"threads": 2}), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        command.start(["--check", str(right), str(wrong)])
    said = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1 and len(said) == 2
    assert "One CPU thread, 90.45 ± 0.30 % in 3.00 ± 0.00 s, n = 10" in said[0]
    assert "no submission: wrong.json has 'name', which is unknown" in said[1]
    with pytest.raises(SystemExit) as ended:
        command.start(["--check", str(right)])
    assert ended.value.code == 0


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--quick"], "give --out FOLDER"),
        (["--device", "cpu", "--recipe", "magic"], "--recipe 'magic': choose from base"),
        (["--device", "cpu", "--runs", "1"], "--runs 1: a standard deviation needs two"),
        (["--device", "meta"], "cannot be used here"),
    ],
)
def test_options_that_would_harm_are_refused(argv: list[str], message: str, capsys) -> None:
    with pytest.raises(SystemExit):
        command.start(argv)
    assert message in capsys.readouterr().err
