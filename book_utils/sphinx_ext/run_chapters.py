"""Execute the chapters whose outputs are not in the notebook cache, two at a time.

myst-nb would run them one after the other, and its cache knows a chapter only by the chapter's
own code: it does not see a change in `book_utils`. So this module drops the cache when the helper
package or the environment changed, runs what is missing before Sphinx starts to read, and puts
the outputs where myst-nb finds them.
"""

import asyncio
import hashlib
import os
import platform
import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import nbclient
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)

PACKAGE = Path(__file__).parent.parent
AT_ONCE = 2
# Outputs depend on these besides the chapter's code and on book_utils.
LIBRARIES = ("torch", "numpy", "matplotlib", "ipywidgets", "anywidget")


def package_files(package: Path) -> list[Path]:
    """Return the files of the helper package that a chapter can see, in a fixed order."""
    hidden = {"__pycache__", Path(__file__).parent.name}
    files = (path for path in package.rglob("*") if path.is_file())
    return sorted(path for path in files if not hidden & set(path.relative_to(package).parts))


def stamp(package: Path = PACKAGE, libraries: Iterable[str] = LIBRARIES) -> str:
    """Return a hash of what outputs depend on besides a chapter's own code."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in libraries:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in package_files(package):
        digest.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def drop_stale_cache(app: Sphinx) -> None:
    """Empty the notebook cache if it was filled with another helper package or environment."""
    folder = Path(app.env.mystnb_config.execution_cache_path)
    mark = folder / "book_utils.sha256"
    now = stamp()
    if mark.exists() and mark.read_text() == now:
        return
    if folder.exists():
        logger.info("book_utils or a library changed: every chapter is executed again")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    mark.write_text(now)


@dataclass
class Chapter:
    """A page with code, and what came of running it."""

    docname: str
    path: Path
    notebook: NotebookNode
    seconds: float = 0.0
    error: str | None = None


def read_chapter(env: BuildEnvironment, docname: str) -> Chapter | None:
    """Read a page as myst-nb will, so that the cache knows it again; None if it has no code."""
    path = Path(env.doc2path(docname))
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    return Chapter(docname, path, reader.read(text)) if reader else None


def is_stale(cache: JupyterCacheAbstract, chapter: Chapter) -> bool:
    """Return whether the outputs of a chapter are missing, or end in an error."""
    try:
        return bool(cache.match_cache_notebook(chapter.notebook).data.get("failed"))
    except KeyError:
        return True


def run_stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run every chapter without cached outputs and have Sphinx read it, changed or not."""
    if env.mystnb_config.execution_mode != "cache":
        return
    cache = get_cache(env.mystnb_config.execution_cache_path)
    chapters = filter(None, (read_chapter(env, name) for name in sorted(env.found_docs)))
    stale = [chapter for chapter in chapters if is_stale(cache, chapter)]
    docnames.extend(chapter.docname for chapter in stale if chapter.docname not in docnames)
    if stale:
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(run_all(stale, cache, env.mystnb_config.execution_timeout))


class Loop(asyncio.SelectorEventLoop):
    """An event loop in which Ctrl+C ends the build, not one kernel of it."""

    def add_signal_handler(self, number: int, *_: object) -> None:
        """Refuse: nbclient would catch the signal, stop a kernel and let the others go on."""
        raise RuntimeError(f"signal {number} ends the whole build")


async def run_all(chapters: list[Chapter], cache: JupyterCacheAbstract, timeout: int) -> None:
    """Run chapters two at a time; keep and report each as it ends."""
    logger.info("executing %d chapters, %d at a time …", len(chapters), AT_ONCE)
    gate = asyncio.Semaphore(AT_ONCE)
    environment = kernel_environment(min(AT_ONCE, len(chapters)))

    async def in_turn(chapter: Chapter) -> Chapter:
        async with gate:
            await run(chapter, timeout, environment)
        return chapter

    runs = [in_turn(chapter) for chapter in chapters]
    for count, ended in enumerate(asyncio.as_completed(runs), start=1):
        chapter = await ended
        keep(cache, chapter)
        report(chapter, count, len(chapters))


def kernel_environment(kernels: int) -> dict[str, str]:
    """Return environment variables with which several kernels share the cores of a machine."""
    threads = max(1, (os.cpu_count() or 1) // kernels)
    # Threads that spin while they wait take the cores from the other kernel.
    return {"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE", **os.environ}


async def run(chapter: Chapter, timeout: int, environment: dict[str, str]) -> None:
    """Execute a chapter in a kernel of its own, in its own folder, and time it."""
    client = nbclient.NotebookClient(
        chapter.notebook,
        timeout=timeout,
        resources={"metadata": {"path": str(chapter.path.parent)}},
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,  # times would become part of what the cache knows a chapter by
        # A page shows the HTML of an explorable; its saved state would carry the whole script.
        store_widget_state=False,
    )
    start = time.perf_counter()
    try:
        await client.async_execute(env=environment)
    except Exception as error:  # whatever a cell raises or a kernel dies of: the others go on
        chapter.error = plain(str(error) or repr(error))
    chapter.seconds = time.perf_counter() - start


def plain(text: str) -> str:
    """Return text without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def keep(cache: JupyterCacheAbstract, chapter: Chapter) -> None:
    """Put the outputs where myst-nb looks for them, failed ones marked to be run again."""
    data = {"execution_seconds": chapter.seconds, "failed": chapter.error is not None}
    bundle = CacheBundleIn(chapter.notebook, str(chapter.path), data=data)
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def report(chapter: Chapter, count: int, total: int) -> None:
    """Log one line for a chapter that ran, and a warning with its traceback if it failed."""
    if chapter.error is None:
        logger.info(
            "executed %s in %.1f s (%d of %d)", chapter.docname, chapter.seconds, count, total
        )
    else:
        logger.warning(
            "a cell raised after %.1f s (%d of %d):\n%s",
            chapter.seconds,
            count,
            total,
            chapter.error,
            location=chapter.docname,
            type="book",
            subtype="execution",
        )
