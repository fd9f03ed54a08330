"""Put the built book into one zip, which opens at index.html wherever it is unpacked."""

import zipfile
from pathlib import Path

BUILD = Path(__file__).parent.parent / "_build"
FOLDER = "convnets-live"
IDLE = {".buildinfo", "objects.inv"}  # for Sphinx, not for readers


def pack(html: Path = BUILD / "html", target: Path = BUILD / f"{FOLDER}.zip") -> Path:
    """Write the files of a built book into a zip, in one folder; return where it is.

    Raises FileNotFoundError where no book is built.
    """
    if not (html / "index.html").exists():
        raise FileNotFoundError(f"There is no built book in {html}: run `make book` first.")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(html.rglob("*")):
            if path.is_file() and path.name not in IDLE:
                file.write(path, Path(FOLDER, path.relative_to(html)))
    return target


if __name__ == "__main__":
    pack()
