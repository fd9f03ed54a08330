"""Finding and downloading the files of full data sets, against a server that misbehaves."""

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import requests

from book_utils import data
from book_utils.data import fetch
from book_utils.data.sources import Source

BODY = np.random.default_rng(0).bytes(60_000)
FILE = "images.gz"


class Server:
    """A loopback HTTP server; the first folder of an address says how it behaves."""

    def __init__(self):
        self.asked = []
        self.fixed = threading.Event()  # "/flaky/" drips until this is set
        self.closing = threading.Event()
        handler = type("Handler", (Handler,), {"owner": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def mirror(self, behaviour):
        return f"http://127.0.0.1:{self.http.server_port}/{behaviour}/"

    def close(self):
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()


class Handler(BaseHTTPRequestHandler):
    owner: Server

    def log_message(self, *args):
        pass

    def do_GET(self):  # noqa: N802
        self.owner.asked.append(self.path)
        behaviour = self.path.split("/")[1]
        if behaviour == "flaky" and self.owner.fixed.is_set():
            behaviour = "right"
        getattr(self, behaviour)()

    def head(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def send(self, body, length=None):
        self.head(len(body) if length is None else length)
        self.wfile.write(body)

    def right(self):
        self.send(BODY)

    def truncated(self):
        self.send(BODY[: len(BODY) // 2], len(BODY))

    def short(self):  # truncated where the server does not know it
        self.send(BODY[: len(BODY) // 2])

    def empty(self):
        self.send(b"")

    def corrupt(self):
        self.send(BODY[:1000] + b"\0" + BODY[1001:])

    def portal(self):
        self.send(b"<html>Please log in to the network</html>")

    def missing(self):
        self.send_error(404)

    def broken(self):
        self.send_error(503)

    def silent(self):
        self.owner.closing.wait(20)

    def stalled(self):
        self.head(len(BODY))
        self.wfile.write(BODY[:20_000])
        self.owner.closing.wait(20)

    def dripping(self, seconds=0.02):
        self.head(len(BODY))
        for start in range(0, len(BODY), 1024):
            if self.owner.closing.wait(seconds):
                return
            try:
                self.wfile.write(BODY[start : start + 1024])
            except OSError:  # the client gave up, as it should
                return

    def flaky(self):
        self.dripping(seconds=0.2)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder; the message of DownloadError counts on these two variables."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("CONVNETS_CACHE", str(folder))
    monkeypatch.delenv("CONVNETS_DATA", raising=False)
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    return folder


def source(*mirrors):
    return Source("Toys", "toys", {FILE: hashlib.sha256(BODY).hexdigest()}, mirrors)


def files_below(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


def dead_mirror():
    """An address at which nobody listens: a server that was closed again."""
    server = Server()
    server.close()
    return server.mirror("right")


def test_a_download_arrives_whole_and_shows_its_progress(server, cache, capsys):
    path = fetch.download(source(server.mirror("right")), FILE)
    assert path == cache / "toys" / FILE
    assert path.read_bytes() == BODY
    assert files_below(cache) == [FILE]
    shown = capsys.readouterr().err
    assert FILE in shown and "100%" in shown and "60.0k/60.0k" in shown


def test_a_good_file_in_the_cache_needs_no_request(server, cache, capsys):
    (cache / "toys").mkdir(parents=True)
    (cache / "toys" / FILE).write_bytes(BODY)
    assert fetch.download(source(server.mirror("right")), FILE).read_bytes() == BODY
    assert server.asked == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("truncated", "the download broke off"),
        ("short", "SHA-256 is wrong"),
        ("empty", "SHA-256 is wrong"),
        ("corrupt", "SHA-256 is wrong"),
        ("portal", "SHA-256 is wrong"),
        ("missing", "the server answered 404 Not Found"),
        ("broken", "the server answered 503"),
        ("silent", "silent or too slow"),
        ("stalled", "silent or too slow"),
        ("dripping", "silent or too slow"),
    ],
)
def test_a_bad_download_is_a_clear_error_and_leaves_nothing(
    server, cache, monkeypatch, behaviour, reason
):
    if reason == "silent or too slow":  # the others must not seem so where the machine is busy
        monkeypatch.setattr(fetch, "STALL_SECONDS", 0.5)
        monkeypatch.setattr(fetch, "MIN_BYTES_PER_SECOND", 100_000)
    with pytest.raises(data.DownloadError) as error:
        fetch.download(source(server.mirror(behaviour)), FILE)
    message = str(error.value)
    assert isinstance(error.value, OSError)
    assert f"{FILE} of Toys could not be had" in message
    assert f"{server.mirror(behaviour)}{FILE}: " in message and reason in message
    assert "data.fashion_mnist()" in message and "CONVNETS_DATA" in message
    assert files_below(cache) == []


def test_no_connection_is_a_clear_error(cache):
    with pytest.raises(data.DownloadError, match="no connection"):
        fetch.download(source(dead_mirror()), FILE)
    assert files_below(cache) == []


def test_the_next_mirror_is_tried(server, cache):
    mirrors = [dead_mirror(), *map(server.mirror, ("missing", "corrupt", "truncated", "right"))]
    path = fetch.download(source(*mirrors, server.mirror("broken")), FILE)
    assert path.read_bytes() == BODY
    behaviours = [address.split("/")[1] for address in server.asked]
    assert behaviours == ["missing", "corrupt", "truncated", "right"]
    assert files_below(cache) == [FILE]


def test_every_address_tried_is_named(server, cache):
    mirrors = [dead_mirror(), server.mirror("missing"), server.mirror("corrupt")]
    with pytest.raises(data.DownloadError) as error:
        fetch.download(source(*mirrors), FILE)
    assert all(mirror + FILE in str(error.value) for mirror in mirrors)


def test_a_damaged_file_in_the_cache_is_replaced(server, cache):
    (cache / "toys").mkdir(parents=True)
    (cache / "toys" / FILE).write_bytes(BODY[:-1])
    assert fetch.download(source(server.mirror("right")), FILE).read_bytes() == BODY


def test_a_damaged_file_in_the_cache_is_named_when_it_cannot_be_replaced(server, cache):
    (cache / "toys").mkdir(parents=True)
    (cache / "toys" / FILE).write_bytes(BODY[:-1])
    with pytest.raises(data.DownloadError, match="cached copy is damaged"):
        fetch.download(source(server.mirror("missing")), FILE)


def test_a_slow_but_steady_download_is_left_alone(server, cache, monkeypatch):
    monkeypatch.setattr(fetch, "STALL_SECONDS", 1)  # the drops fall for 1.2 seconds
    monkeypatch.setattr(fetch, "MIN_BYTES_PER_SECOND", 100)
    assert fetch.download(source(server.mirror("dripping")), FILE).read_bytes() == BODY


# --- a disk that fails -----------------------------------------------------------------------


def test_a_cache_folder_that_cannot_be_made(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CONVNETS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(data.DownloadError, match="cannot be read or written") as error:
        fetch.download(source(server.mirror("right"), server.mirror("right")), FILE)
    assert "set CONVNETS_CACHE to another folder" in str(error.value)
    assert "data.fashion_mnist()" in str(error.value)
    assert server.asked == []
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_disk_that_refuses_more_bytes_in_mid_download(server, cache):
    """The kernel itself refuses to let a file grow past 20,000 bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(data.DownloadError, match="cannot be read or written") as error:
            fetch.download(source(server.mirror("right"), server.mirror("right")), FILE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.value.__cause__.errno == errno.EFBIG
    assert len(server.asked) == 1, "another mirror cannot help a full disk"
    assert files_below(cache) == []
    assert fetch.download(source(server.mirror("right")), FILE).read_bytes() == BODY


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk(server, cache, monkeypatch):
    """The temporary file lies on a device that is always full."""
    http = fetch._http
    monkeypatch.setattr(fetch, "_http", lambda url, _, pooch_: http(url, "/dev/full", pooch_))
    with pytest.raises(data.DownloadError, match="No space left on device") as error:
        fetch.download(source(server.mirror("right")), FILE)
    assert error.value.__cause__.errno == errno.ENOSPC
    assert files_below(cache) == []


# --- killed and interrupted --------------------------------------------------------------------


KILLED = """
import sys
from book_utils.data.fetch import download
from book_utils.data.sources import Source
download(Source("Toys", "toys", {sys.argv[1]: sys.argv[2]}, (sys.argv[3],)), sys.argv[1])
"""


def test_a_kill_in_mid_download_leaves_no_bad_file(server, cache):
    toys = source(server.mirror("flaky"))
    arguments = [sys.executable, "-c", KILLED, FILE, toys.sha256[FILE], *toys.mirrors]
    process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300  # on a busy machine it takes a while to begin
    while sum(path.stat().st_size for path in cache.rglob("tmp*")) < 5_000:
        assert process.poll() is None and time.monotonic() < deadline, "no download was seen"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    assert not (cache / "toys" / FILE).exists()
    (leftover,) = cache.rglob("tmp*")
    server.fixed.set()
    path = fetch.download(toys, FILE)
    assert path.read_bytes() == BODY
    assert leftover.exists(), "it is young: another process might still be writing it"
    an_age_ago = time.time() - 2 * fetch.LEFTOVER_SECONDS
    os.utime(leftover, (an_age_ago, an_age_ago))
    fetch.download(toys, FILE)
    assert files_below(cache) == [FILE]


def test_an_interrupt_leaves_nothing(server, cache, monkeypatch):
    def interrupt(self, n=1):
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch._Progress, "update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch.download(source(server.mirror("right")), FILE)
    assert files_below(cache) == []


# --- local copies --------------------------------------------------------------------------------


def test_local_copies_come_first_in_their_order(server, cache, tmp_path, monkeypatch):
    named, installed = tmp_path / "named", tmp_path / "installed"
    toys = replace(source(server.mirror("right")), also=("Toys/raw",), installed=(installed,))
    named.mkdir()
    monkeypatch.setenv("CONVNETS_DATA", str(named))
    places = [named / "toys" / FILE, named / "Toys" / "raw" / "images", installed / FILE]
    for place in reversed(places):
        place.parent.mkdir(parents=True)
        place.write_text(str(place))
        assert fetch.read(toys, FILE, Path.read_text) == str(place)
    assert list(fetch.local_copies(toys, FILE)) == places
    assert server.asked == []


def test_a_damaged_local_copy_is_passed_over_with_a_warning(server, cache, tmp_path):
    def parse(path):
        if path.read_bytes() != BODY:
            raise ValueError("it is torn")
        return path

    (tmp_path / FILE).write_bytes(b"torn")
    toys = replace(source(server.mirror("right")), installed=(tmp_path,))
    with pytest.warns(UserWarning, match=f"{FILE} is passed over: it is torn"):
        assert fetch.read(toys, FILE, parse) == cache / "toys" / FILE
    assert (tmp_path / FILE).read_bytes() == b"torn", "the reader's own file is not touched"

    (cache / "toys" / FILE).unlink()
    with (
        pytest.warns(UserWarning, match="torn"),
        pytest.raises(data.DownloadError, match="it is torn"),
    ):
        fetch.read(replace(toys, mirrors=(server.mirror("missing"),)), FILE, parse)


def test_convnets_data_that_is_no_folder_is_said(server, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path / "nowhere"))
    with pytest.warns(UserWarning, match="nowhere, which is not a folder"):
        assert fetch.read(source(server.mirror("right")), FILE, Path.read_bytes) == BODY


def test_a_whole_data_set_comes_through_the_server(cache, monkeypatch):
    """fashion_mnist(full=True) reports a failed download as such, and the sample still loads."""
    nowhere = replace(data.FASHION_MNIST, mirrors=(dead_mirror(),), installed=())
    monkeypatch.setattr(data, "FASHION_MNIST", nowhere)
    with pytest.raises(data.DownloadError, match=r"train-images-idx3-ubyte.gz of Fashion-MNIST"):
        data.fashion_mnist(full=True)
    assert len(data.fashion_mnist()[0]) == 10_000


def test_the_default_cache_is_the_operating_systems(monkeypatch):
    monkeypatch.delenv("CONVNETS_CACHE", raising=False)
    assert fetch.cache_folder().name == "convnets-live"


def test_the_reason_of_an_unforeseen_failure_is_its_own_words():
    assert fetch._reason(requests.TooManyRedirects("30 redirects")) == "30 redirects"
