"""The committed bundles are what the sources make; every front-end file passes the type check."""

import gzip
import json
import sys
from pathlib import Path

import pytest

from book_utils.explorables import LABS
from book_utils.explorables.platform.base import DIST
from frontend import settings
from tests.built_book import ROOT
from tests.parity.front_end import node


@pytest.fixture(scope="module")
def tools():
    """The folder of the front-end tools; where it is missing, a failure that says what to do."""
    folder = ROOT / "node_modules"
    if not (folder / "esbuild").exists() or not (folder / "typescript").exists():
        pytest.fail(f"No front-end tools in {folder}: run `make env` first.", pytrace=False)
    return folder


@pytest.fixture(scope="module")
def rebuilt(tools, tmp_path_factory):
    """The bundles, built anew into a folder of their own."""
    out = tmp_path_factory.mktemp("dist")
    done = node(str(ROOT / "frontend" / "build.ts"), str(out), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return out


def contents(folder: Path):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_committed_bundles_are_up_to_date(rebuilt):
    committed, fresh = contents(DIST), contents(rebuilt)
    assert set(committed) == set(fresh)
    stale = [name for name in fresh if fresh[name] != committed[name]]
    assert stale == [], "run `make bundles` and commit what it writes"


def test_the_types_of_settings_are_those_of_the_traits(tmp_path, monkeypatch):
    fresh = tmp_path / "settings.ts"
    monkeypatch.setattr(sys, "argv", ["settings", str(fresh)])
    settings.main()
    assert fresh.read_text() == settings.FILE.read_text(), "run `make bundles`"


def test_every_view_has_a_bundle_for_each_host(rebuilt):
    views = [view.parent.name for view in DIST.parent.glob("*/view.tsx")]
    assert set(views) == set(LABS)
    for view in views:
        for ending in ("js", "static.js"):
            assert (rebuilt / f"{view}.{ending}").stat().st_size > 0


def test_bundles_of_the_built_book_are_classic_scripts(rebuilt):
    """Over file:// a browser refuses modules, so nothing may import or export."""
    for bundle in rebuilt.glob("*.static.js"):
        copy = bundle.with_suffix(".cjs")
        copy.write_bytes(bundle.read_bytes())
        done = node("--check", str(copy))
        copy.unlink()
        assert done.returncode == 0, done.stderr


def test_bundles_name_no_other_host(rebuilt):
    for name, content in contents(rebuilt).items():
        text = content.decode().replace("http://www.w3.org/", "")
        assert "http://" not in text, name
        assert "https://" not in text, name


def test_scripts_of_one_lab_weigh_at_most_60_kib(rebuilt):
    def size(script):
        return len(gzip.compress((rebuilt / f"{script}.static.js").read_bytes()))

    for view, scripts in json.loads((rebuilt / "scripts.json").read_text()).items():
        assert sum(map(size, scripts)) <= 60 * 1024, view


def test_a_script_that_every_page_loads_holds_what_every_view_uses(rebuilt):
    needed = json.loads((rebuilt / "scripts.json").read_text())
    assert all(scripts[0] == "platform" for scripts in needed.values())
    assert needed["progress"] == ["platform", "progress"]  # a list: no grids, no sliders


def test_front_end_types(tools):
    tsc = tools / "typescript" / "bin" / "tsc"
    done = node(str(tsc), "-p", str(ROOT / "frontend" / "tsconfig.json"), cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_type_check_looks_at_every_front_end_file(tools):
    tsc = tools / "typescript" / "bin" / "tsc"
    project = str(ROOT / "frontend" / "tsconfig.json")
    done = node(str(tsc), "-p", project, "--listFilesOnly", cwd=ROOT)
    listed = {Path(line).resolve() for line in done.stdout.splitlines()}
    sources = {
        path
        for path in DIST.parent.rglob("*.ts*")
        if path.suffix in (".ts", ".tsx") and DIST not in path.parents
    }
    assert sources <= listed
