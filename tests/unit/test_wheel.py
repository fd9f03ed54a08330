"""What pip installs on Colab holds everything a chapter needs besides its code."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_bundles_theme_samples_records_and_weights(tmp_path: Path) -> None:
    # setuptools leaves its traces beside the sources, so it gets a copy.
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "book_utils", source / "book_utils", ignore=ignored)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", tmp_path, source], check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    carried = set(ZipFile(wheel).namelist())
    modules = ROOT.glob("book_utils/**/*.py")
    bundles = ROOT.glob("book_utils/explorables/dist/*")
    samples = ROOT.glob("book_utils/samples/*.*")
    results = [
        *ROOT.glob("book_utils/records/**/*.json"),
        *ROOT.glob("book_utils/weights/*.safetensors"),
    ]
    shared = [ROOT / "book_utils" / name for name in ("layers.json", "theme.json")]
    carriers = [*modules, *bundles, *samples, *results, *shared]
    needed = {path.relative_to(ROOT).as_posix() for path in carriers}
    for folder in ("dist", "samples", "records", "weights"):
        assert any(f"/{folder}/" in name for name in needed)
    assert not needed - carried
