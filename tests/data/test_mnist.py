"""MNIST: what is read and verified, and how it is downloaded."""

import errno
import gzip
import hashlib
import http.server
import os
import re
import socket
import threading
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.mnist_files import TRAIN_IMAGES, TRAIN_LABELS, contents, write_set

from pdenet.data import DataError, load_images, mnist

# As they are before the tests below put others in their place.
PUBLISHED, CONFIGURED = dict(mnist.MD5), os.environ.get("PDENET_DATA")
Serve = Callable[[type[http.server.BaseHTTPRequestHandler]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start web servers on this machine; those still running are stopped at the end."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(handler: type[http.server.BaseHTTPRequestHandler]) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_mnist_is_read_as_it_lies_in_the_files(tmp_path: Path) -> None:
    write_set(tmp_path)
    images = load_images("mnist", tmp_path)
    expected = np.random.default_rng(0).integers(0, 256, (30, 28, 28))
    assert np.array_equal(images.train_images, expected)
    assert images.test_labels.tolist() == [*range(10), *range(10)]
    assert (images.name, images.title) == ("mnist", "MNIST")
    assert str(tmp_path) not in images.source


@pytest.mark.skipif(CONFIGURED is None, reason="PDENET_DATA does not say where MNIST is")
def test_the_real_mnist_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "MD5", PUBLISHED)
    images = load_images("mnist", CONFIGURED)
    # Images of each digit, and the mean and deviation that every tutorial normalises with.
    train_counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    test_counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert torch.bincount(images.train_labels).tolist() == train_counts
    assert torch.bincount(images.test_labels).tolist() == test_counts
    assert images.train_images.double().mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert images.train_images.double().std() / 255 == pytest.approx(0.3081, abs=5e-5)


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    raw = write_set(tmp_path)
    (raw / TRAIN_LABELS).unlink()
    (raw / TRAIN_LABELS).mkdir()
    with pytest.raises(DataError, match=re.escape(f"{raw / TRAIN_LABELS}: cannot be read (")):
        load_images("mnist", tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name and /dev/zero are a POSIX system's")
@pytest.mark.parametrize("kind", ["pipe", "device", "socket"])
def test_what_is_no_file_is_named_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    raw = write_set(tmp_path)
    (raw / TRAIN_LABELS).unlink()
    if kind == "pipe":
        os.mkfifo(raw / TRAIN_LABELS)
    elif kind == "device":
        (raw / TRAIN_LABELS).symlink_to("/dev/zero")
    else:
        monkeypatch.chdir(raw)  # a socket's name must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(TRAIN_LABELS)
    message = f"{re.escape(str(raw / TRAIN_LABELS))}: is a pipe or a device; MNIST is four files"
    with pytest.raises(DataError, match=message):
        load_images("mnist", tmp_path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"", "wrong magic number 0x00000000"),
        (contents()[TRAIN_LABELS][:8], "more than its header promises"),
        (
            bytes([0, 0, 8, 1]) + (200 * 2**20).to_bytes(4, "big"),
            "209,715,208 bytes; the largest file of MNIST has",
        ),
    ],
)
def test_a_file_that_would_fill_the_memory_is_not_read(tmp_path: Path, header: bytes, message: str) -> None:
    raw = write_set(tmp_path)
    (raw / TRAIN_LABELS).write_bytes(header)
    os.truncate(raw / TRAIN_LABELS, 200 * 2**20 + 8 if "largest" in message else 200 * 2**30)  # sparse
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=f"{re.escape(str(raw / TRAIN_LABELS))}: .*{message}"):
            load_images("mnist", tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="permissions do not bind the superuser")
@pytest.mark.parametrize("part", ["file", "folder"])
def test_no_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    raw = write_set(tmp_path)
    barred = raw / TRAIN_IMAGES if part == "file" else raw
    barred.chmod(0)
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    try:
        with pytest.raises(
            DataError, match=re.escape(f"{raw / TRAIN_IMAGES}: cannot be read (Permission denied)")
        ):
            load_images()
    finally:
        barred.chmod(0o700)


@pytest.mark.parametrize("call", ["stat", "open"])
def test_a_refusal_by_the_system_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    raw = write_set(tmp_path)
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "somewhere")

    monkeypatch.setattr(Path, "open", refuse)
    if call == "stat":
        monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(
        DataError, match=re.escape(f"{raw / TRAIN_IMAGES}: cannot be read (Permission denied)")
    ):
        load_images()


def test_a_mirror_that_accepts_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "_PROBE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mirror = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert mnist._answering([mirror], "file.gz") == []


def test_a_name_lookup_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def look_up(*args: object, **kwargs: object) -> None:
        released.wait(60)
        message = "name resolution failed"
        raise urllib.error.URLError(message)

    monkeypatch.setattr(mnist, "_PROBE_SECONDS", 0.2)
    monkeypatch.setattr(urllib.request, "urlopen", look_up)
    try:
        assert mnist._answering(["http://a/", "http://b/"], "file.gz") == []
    finally:
        released.set()


class Mirror(http.server.BaseHTTPRequestHandler):
    """Offers the stand-in, compressed as the real mirrors do."""

    def do_HEAD(self) -> bytes | None:
        content: bytes | None = contents().get(self.path[1:].removesuffix(".gz"))
        self.send_response(404 if content is None else 200)
        self.end_headers()
        return content

    def do_GET(self) -> None:
        if (content := self.do_HEAD()) is not None:
            self.wfile.write(gzip.compress(content, mtime=0))

    def log_message(self, *args: object) -> None:
        pass


class StallingMirror(Mirror):
    """Answers the probe and then sends nothing."""

    released = threading.Event()

    def do_GET(self) -> None:
        self.released.wait(60)


class EmptyMirror(Mirror):
    """Has none of the files."""

    def do_HEAD(self) -> None:
        self.send_response(404)
        self.end_headers()


def use_mirrors(monkeypatch: pytest.MonkeyPatch, *mirrors: str) -> None:
    sums = [
        (f"{name}.gz", hashlib.md5(gzip.compress(c, mtime=0)).hexdigest()) for name, c in contents().items()
    ]
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", list(mirrors))
    with_sums = mnist._DOWNLOADER.replace("MNIST.mirrors", f"MNIST.resources = {sums}\nMNIST.mirrors")
    monkeypatch.setattr(mnist, "_DOWNLOADER", with_sums)


def test_mnist_is_downloaded_into_the_cache_and_found_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    use_mirrors(monkeypatch, serve(EmptyMirror), serve(Mirror))
    images = load_images("mnist")
    assert images.source.endswith("from the user's cache, by torchvision")
    raw = tmp_path / "cache" / "pdenet" / "MNIST" / "raw"
    assert {file.name: file.read_bytes() for file in raw.iterdir()} == contents()
    assert [file.name for file in (tmp_path / "cache" / "pdenet").iterdir()] == ["MNIST"]
    assert load_images().source.endswith("from the user's cache")
    assert capfd.readouterr() == ("", "")


LEFT = {
    "what an earlier tool left": (f"{TRAIN_IMAGES}.gz", f"{TRAIN_LABELS}.part", "notes.txt"),
    "a set that is not whole": (TRAIN_IMAGES, TRAIN_LABELS),
    "a folder": ("processed/training.pt",),
}


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A download that succeeds, from a folder and without torchvision."""
    write_set(tmp_path / "mirror")
    monkeypatch.setattr(mnist, "_answering", lambda mirrors, file: [str(tmp_path / "mirror")])
    copy = "import shutil, sys; shutil.copytree(sys.argv[3], sys.argv[1], dirs_exist_ok=True)"
    monkeypatch.setattr(mnist, "_DOWNLOADER", copy)


@pytest.mark.parametrize("left", LEFT)
def test_a_download_goes_to_what_lies_in_the_cache_already(tmp_path: Path, quick: None, left: str) -> None:
    raw = tmp_path / "cache" / "pdenet" / "MNIST" / "raw"
    for name in LEFT[left]:
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(b"left")

    assert load_images().source.endswith("from the user's cache, by torchvision")

    assert {name: (raw / name).read_bytes() for name in contents()} == contents()
    others = set(LEFT[left]) - set(contents())
    assert all((raw / name).read_bytes() == b"left" for name in others)
    assert len(list(raw.iterdir())) == 4 + len(others)
    assert [file.name for file in (tmp_path / "cache" / "pdenet").iterdir()] == ["MNIST"]


def test_a_set_in_the_cache_that_is_not_whole_is_named_where_nothing_can_be_downloaded(
    tmp_path: Path,
) -> None:
    raw = write_set(tmp_path / "cache" / "pdenet")
    (raw / TRAIN_LABELS).unlink()
    with pytest.raises(DataError, match=re.escape(f"{raw / TRAIN_LABELS}: no such file")):
        load_images(download=False)


def test_a_process_that_was_faster_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    cache = tmp_path / "cache" / "pdenet"
    monkeypatch.setattr(mnist, "read_mnist", lambda folder, place: write_set(cache))
    mnist._fetch(cache)
    assert {file.name: file.read_bytes() for file in (cache / mnist.RAW).iterdir()} == contents()


def test_a_download_that_stalls_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mnist, "_STALL_SECONDS", 0.2)
    monkeypatch.setattr(StallingMirror, "released", threading.Event())
    use_mirrors(monkeypatch, serve(StallingMirror))
    try:
        assert load_images().name == "digits"
    finally:
        StallingMirror.released.set()
    assert "timed out" in caplog.text
    assert list((tmp_path / "cache" / "pdenet").iterdir()) == []


def test_a_download_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    use_mirrors(monkeypatch, serve(Mirror))
    monkeypatch.setattr(mnist, "_DOWNLOAD_SECONDS", 0.1)
    monkeypatch.setattr(mnist, "_DOWNLOADER", "import time; time.sleep(60)")
    assert load_images().name == "digits"
    assert "did not end within 0.1 s" in caplog.text


def test_a_download_of_something_else_does_not_reach_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    use_mirrors(monkeypatch, serve(Mirror))
    monkeypatch.setattr(
        mnist,
        "_DOWNLOADER",
        "import pathlib, sys\n"
        "raw = pathlib.Path(sys.argv[1], 'MNIST', 'raw')\n"
        "raw.mkdir(parents=True)\n"
        f"(raw / '{TRAIN_IMAGES}').write_text('<html>Please log in</html>')\n",
    )
    with pytest.raises(DataError, match=r"could not be downloaded \(.*train-images-idx3-ubyte: wrong magic"):
        load_images("mnist")
    assert list((tmp_path / "cache" / "pdenet").iterdir()) == []


def test_a_cache_that_cannot_be_made_is_no_obstacle_to_the_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_bytes(b"a file, not a folder")
    use_mirrors(monkeypatch, serve(Mirror))
    assert load_images().name == "digits"
    assert "could not be downloaded" in caplog.text
