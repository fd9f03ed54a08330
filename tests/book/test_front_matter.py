"""The README, the citation and the changelog say what is true of this repository."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.book.pages import CHAPTERS, notebook_pages

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text())
REPOSITORY = CONFIG["repository"]["url"]
BOOK = CONFIG["html"]["baseurl"]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
# The owner/name of every address that leads to some copy of this book's repository.
SLUG = re.compile(r"(?:github\.com/|github/|mybinder\.org/v2/gh/)([\w.-]+/book)\b")


def files_with_addresses() -> list[Path]:
    """Return every page, chapter and setting that can name the repository."""
    notebooks = [page.with_suffix(".ipynb") for page in notebook_pages()]
    others = [ROOT / "_config.yml", ROOT / "CITATION.cff"]
    return [*ROOT.glob("*.md"), *CHAPTERS, *notebooks, *others]


@pytest.mark.parametrize("path", files_with_addresses(), ids=lambda path: path.name)
def test_the_repository_has_one_address(path: Path) -> None:
    slug = REPOSITORY.removeprefix("https://github.com/")
    other = set(SLUG.findall(path.read_text())) - {slug}
    assert not other, f"{path.name} names {other}; _config.yml says {slug}"


@pytest.mark.parametrize("name", ["README.md", "CITATION.cff"])
def test_the_book_has_one_address(name: str) -> None:
    named = set(re.findall(r"https://[\w.-]+\.github\.io/[\w./-]*", (ROOT / name).read_text()))
    assert named == {BOOK}


def test_the_citation_agrees_with_the_package() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == VERSION
    assert citation["repository-code"] == REPOSITORY
    assert citation["url"] == BOOK
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / name).read_text())
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert not missing, f"{name} links to {missing}"


def test_the_map_of_folders_is_complete() -> None:
    rows = re.findall(r"^\| (`.+?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    mapped = {path.rstrip("/") for row in rows for path in re.findall(r"`([^`]+)`", row)}
    absent = [path for path in mapped if not (ROOT / path).exists()]
    assert not absent, f"README.md maps {absent}, which do not exist"
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so what belongs to the repository is not known")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    folders = {path.split("/")[0] for path in tracked if "/" in path}
    unmapped = folders - {path.split("/")[0] for path in mapped}
    assert not unmapped, f"README.md maps no {unmapped}"


def test_the_make_commands_named_exist() -> None:
    rules = re.findall(r"^([a-z ]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = set(" ".join(rules).split())
    for page in PAGES:
        named = set(re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / page).read_text(), re.MULTILINE))
        assert named <= targets, f"{page} names make {named - targets}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda p: p.stem
)
def test_workflows_are_well_formed(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow[True], "no trigger"  # YAML 1.1 reads the key `on` as true
    for job in workflow["jobs"].values():
        assert "uses" in job or (job["runs-on"] and job["steps"])
        for step in job.get("steps", []):
            assert ("uses" in step) != ("run" in step), step
