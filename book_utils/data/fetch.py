"""Find a file of a full data set on this computer, or download it.

Environment variables: CONVNETS_DATA names a folder of data sets to look in first, CONVNETS_CACHE
the folder that keeps downloads (otherwise the operating system's cache folder).
"""

import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pooch
import requests
from tqdm import tqdm

from book_utils.data.sources import Source

CONNECT_SECONDS = 10
STALL_SECONDS = 30  # a silent server is given up after this time; so is one that only drips:
MIN_BYTES_PER_SECOND = 4096
LEFTOVER_SECONDS = 24 * 3600

T = TypeVar("T")


class DownloadError(OSError):
    """A file of a full data set could not be had; the message tells what was tried, what to do."""


def read(source: Source, file: str, parse: Callable[[Path], T]) -> T:
    """Parse the first sound copy of a file: a local one, else the cached one, else a download.

    A local copy that `parse` refuses with ValueError is passed over with a warning.
    DownloadError when there is no sound copy and no mirror gives one.
    """
    damaged = []
    for path in local_copies(source, file):
        try:
            return parse(path)
        except (ValueError, OSError) as error:
            damaged.append(f"{path}: {error}")
            warnings.warn(f"{path} is passed over: {error}", stacklevel=2)
    return parse(download(source, file, damaged))


def local_copies(source: Source, file: str) -> Iterator[Path]:
    """Yield the paths, outside the cache, at which the file exists, gzipped or not."""
    folders = list(source.installed)
    if named := os.environ.get("CONVNETS_DATA"):
        root = Path(named).expanduser()
        if not root.is_dir():
            warnings.warn(f"CONVNETS_DATA names {root}, which is not a folder", stacklevel=3)
        folders = [root / sub for sub in (source.folder, *source.also)] + folders
    for folder in folders:
        for path in (folder / file, folder / file.removesuffix(".gz")):
            if path.is_file():
                yield path


def cache_folder() -> Path:
    """Return the folder that keeps downloads."""
    return Path(os.environ.get("CONVNETS_CACHE") or pooch.os_cache("convnets-live")).expanduser()


def download(source: Source, file: str, tried: "list[str] | tuple[str, ...]" = ()) -> Path:
    """Return the path of a file in the cache whose hash is right, downloading it if need be.

    A download goes to a temporary name and takes its place only once its SHA-256 is right.
    `tried` is what was tried before, for the message of DownloadError.
    """
    folder, tried = cache_folder() / source.folder, list(tried)
    _sweep(folder)
    for mirror in source.mirrors:
        try:
            known_hash = source.sha256[file]
            return Path(pooch.retrieve(mirror + file, known_hash, file, folder, downloader=_http))
        except (requests.RequestException, ValueError) as error:
            tried.append(f"{mirror}{file}: {_reason(error)}")
        except OSError as error:  # the disk, not the network: another mirror would not help
            tried.append(f"{folder}: it cannot be read or written ({error})")
            raise DownloadError(_message(source, file, folder, tried)) from error
    if (folder / file).is_file():  # with the right hash it would have been returned
        tried.append(f"{folder / file}: the cached copy is damaged (its SHA-256 is wrong)")
    raise DownloadError(_message(source, file, folder, tried))


def _http(url: str, output_file: str, pooch_: object) -> None:
    """Download as pooch asks, with a progress bar and limits on a server's slowness."""
    with _Progress(desc=url.rpartition("/")[2], unit="B", unit_scale=True) as bar:
        fetch = pooch.HTTPDownloader(
            progressbar=bar,
            timeout=(CONNECT_SECONDS, STALL_SECONDS),
            # The known hash is that of the file on the server: nothing may unpack it on the way.
            headers={"Accept-Encoding": "identity"},
        )
        fetch(url, output_file, pooch_)


class _Progress(tqdm):
    """Progress bar that gives up on a server which only drips."""

    complete = False

    def __bool__(self) -> bool:
        return True  # pooch asks before the total is known, where tqdm raises

    def update(self, n: int = 1) -> bool | None:
        seconds = time.time() - self.start_t
        too_slow = seconds > STALL_SECONDS and self.n < MIN_BYTES_PER_SECOND * seconds
        if too_slow and not self.complete:
            raise requests.ReadTimeout
        return super().update(n)

    def reset(self, total: int | None = None) -> None:
        """Take the exact size at the end, as pooch asks for; the clock runs on."""
        self.n, self.complete = 0, True


def _reason(error: Exception) -> str:
    """Say in a few words what went wrong with one address."""
    if isinstance(error, requests.HTTPError):
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return "the server is silent or too slow"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the download broke off"
    if isinstance(error, requests.ConnectionError):
        return f"no connection ({type(error).__name__})"
    if isinstance(error, requests.RequestException):
        return str(error)
    return "the file that came is damaged or another one (its SHA-256 is wrong)"


def _message(source: Source, file: str, folder: Path, tried: list[str]) -> str:
    return "\n".join(
        [
            f"{file} of {source.name} could not be had. What was tried:",
            *(f"- {attempt}" for attempt in tried),
            "What you can do:",
            "- go on with a bundled sample: data.fashion_mnist() or data.mnist() without full=True",
            f"- fetch the file by other means, put it into a folder named {source.folder}, and set "
            "the environment variable CONVNETS_DATA to the folder above it",
            f"- if {folder} cannot be written or is full, set CONVNETS_CACHE to another folder",
        ]
    )


def _sweep(folder: Path) -> None:
    """Remove what downloads that were killed left behind; a younger file may still be growing."""
    for path in folder.glob("tmp*"):
        with contextlib.suppress(OSError):  # another process may have finished or removed it
            if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
                path.unlink()
