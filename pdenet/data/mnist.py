"""MNIST: where its files lie, how they are read and verified, and how they are downloaded."""

import errno
import hashlib
import http.client
import logging
import math
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pdenet.checks.places import place as path_of
from pdenet.data.image_data import SIDE, DataError, ImageData

_LOG = logging.getLogger(__name__)
_IMAGES_MAGIC, _LABELS_MAGIC = 0x00000803, 0x00000801

# MD5 of the uncompressed files, as published. The layout is torchvision's: its users need no second copy.
RAW = Path("MNIST", "raw")
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}

_LARGEST = 100_000_000  # bytes of a file that is read at all; a sparse one may promise any number
_PROBE_SECONDS = 4.0  # for all mirrors together
_STALL_SECONDS = 3.0  # for one read of a running download
_DOWNLOAD_SECONDS = 180.0  # 12 MB at half a megabit a second
# A process of its own, so that it can be stopped at any moment and keeps its socket time limit to itself.
_DOWNLOADER = """
import socket, sys
from torchvision.datasets import MNIST
socket.setdefaulttimeout(float(sys.argv[2]))
MNIST.mirrors = sys.argv[3:]
MNIST(sys.argv[1], download=True)
"""

# Once for a process: why the download failed.
_download_failure: str | None = None


def cache_folder() -> Path:
    """Where a download goes: the package's folder in the user's cache.

    ``XDG_CACHE_HOME`` counts where it is absolute, as its specification says: a relative one would be another
    folder wherever a notebook lies.
    """
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if configured.is_absolute():
        return configured / "pdenet"
    try:
        return Path.home() / ".cache" / "pdenet"
    except RuntimeError:  # no home, as in a container that runs under a number which is no user's
        return Path(tempfile.gettempdir(), "pdenet")


def places() -> Iterator[tuple[Path, str]]:
    """The folders where MNIST may lie, the cache last, each with words that name no path of this machine."""
    if configured := os.environ.get("PDENET_DATA"):
        yield path_of("PDENET_DATA", configured), "$PDENET_DATA"
    yield cache_folder(), "the user's cache"


def has_mnist(folder: Path) -> bool:
    """Whether any of the four files is there; if that cannot be told, yes, and reading it will say why."""
    return any(_is_there(folder / RAW / file) for file in MD5)


def has_all_of_mnist(folder: Path) -> bool:
    """Whether all four files are there; what an earlier tool left behind is no set."""
    return all(_is_there(folder / RAW / file) for file in MD5)


def _is_there(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read_mnist(folder: Path, place: str) -> ImageData:
    """MNIST as it lies in a folder, verified; `place` says in its source where that is.

    Raises
    ------
    DataError
        If a file is absent, or not what was published; it names the file.
    """
    source = f"MNIST (LeCun, Cortes, Burges), MD5 verified, from {place}"
    train, test = _read_split(folder / RAW, "train"), _read_split(folder / RAW, "t10k")
    return ImageData(*train, *test, name="mnist", source=source)


def _read_split(folder: Path, prefix: str) -> tuple[torch.Tensor, torch.Tensor]:
    images_file, labels_file = folder / f"{prefix}-images-idx3-ubyte", folder / f"{prefix}-labels-idx1-ubyte"
    images, images_md5 = _read_idx(images_file, _IMAGES_MAGIC)
    labels, labels_md5 = _read_idx(labels_file, _LABELS_MAGIC)
    if images.shape[1:] != (SIDE, SIDE):
        message = f"{images_file}: images of {images.shape[1]}x{images.shape[2]} pixels; MNIST has 28x28"
        raise DataError(message)
    if len(images) != len(labels):
        message = f"{labels_file}: {len(labels)} labels for the {len(images)} images of {images_file.name}"
        raise DataError(message)
    if labels.max(initial=0) > 9:
        message = f"{labels_file}: label {labels.max()} at position {labels.argmax()}; labels are 0 to 9"
        raise DataError(message)
    # Last, because a sum only says that something is wrong.
    for file, md5 in ((images_file, images_md5), (labels_file, labels_md5)):
        if md5 != MD5[file.name]:
            message = (
                f"{file}: MD5 sum {md5}, published {MD5[file.name]}; damaged or not MNIST, replace the file"
            )
            raise DataError(message)
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))


def _read_idx(file: Path, magic: int) -> tuple[NDArray[np.uint8], str]:
    """Return the array of an uncompressed IDX file of bytes, and the file's MD5 sum."""
    header_bytes = 4 * (1 + magic % 256)  # the magic number ends in the number of axes; their lengths follow
    try:
        size = _size(file)
        with file.open("rb") as opened:
            header = opened.read(header_bytes)
            promised = _promised(file, header, magic)
            if size < promised:
                message = f"{file}: truncated, {size} bytes of {promised}"
                raise DataError(message)
            if size > promised:
                message = f"{file}: {size} bytes, {size - promised} more than its header promises"
                raise DataError(message)
            if size > _LARGEST:
                message = f"{file}: {size:,} bytes; the largest file of MNIST has 47,040,016"
                raise DataError(message)
            raw = header + opened.read(promised - len(header))
    except FileNotFoundError:
        message = (
            f"{file}: no such file; MNIST is four uncompressed IDX files: {', '.join(MD5)}, in {file.parent}"
        )
        raise DataError(message) from None
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise DataError(message) from error
    shape = _lengths(header)
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return np.frombuffer(raw, np.uint8, offset=header_bytes).reshape(shape), md5


def _size(file: Path) -> int:
    """Bytes of a regular file, which nobody has to wait for and which end."""
    status = file.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        message = f"{file}: is a pipe or a device; MNIST is four files"
        raise DataError(message)
    return status.st_size


def _promised(file: Path, header: bytes, magic: int) -> int:
    """How many bytes an IDX file has by its first ones."""
    expected = magic.to_bytes(4, "big")
    if not expected.startswith(header[:4]):
        hint = "; it is still compressed, gunzip it first" if header[:2] == b"\x1f\x8b" else ""
        message = (
            f"{file}: wrong magic number 0x{header[:4].hex()}; it should start with 0x{expected.hex()}{hint}"
        )
        raise DataError(message)
    header_bytes = 4 * (1 + expected[3])
    if len(header) < header_bytes:
        message = f"{file}: truncated, {len(header)} bytes of {header_bytes}"
        raise DataError(message)
    return header_bytes + math.prod(_lengths(header))


def _lengths(header: bytes) -> list[int]:
    """The lengths of the axes that an IDX file begins with."""
    return [int.from_bytes(header[at : at + 4], "big") for at in range(4, len(header), 4)]


def download_mnist(cache: Path) -> str | None:
    """Download MNIST into the cache; return None, or why not, which is remembered for the process."""
    global _download_failure
    if _download_failure is None:
        try:
            _fetch(cache)
        except (OSError, ImportError, RuntimeError, DataError) as error:
            _download_failure = str(error)
    return _download_failure


def _fetch(cache: Path) -> None:
    from torchvision.datasets import MNIST

    mirrors = _answering(MNIST.mirrors, MNIST.resources[-1][0])
    if not mirrors:
        message = f"no mirror answered within {_PROBE_SECONDS:g} s"
        raise OSError(message)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="download-", dir=cache) as temporary:
        _LOG.info("downloading MNIST (12 MB) to %s", cache)
        command = [sys.executable, "-c", _DOWNLOADER, temporary, str(_STALL_SECONDS), *mirrors]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS
            )
        except subprocess.TimeoutExpired:
            message = f"the download did not end within {_DOWNLOAD_SECONDS:g} s"
            raise OSError(message) from None
        if done.returncode:
            raise OSError((done.stderr.strip().splitlines() or ["torchvision gave no reason"])[-1])
        fetched = Path(temporary)
        read_mnist(fetched, "a download")
        _move(fetched / RAW, cache / RAW)


def _move(fetched: Path, raw: Path) -> None:
    """Bring the four verified files to their place: as one folder, or one by one to what else lies there."""
    for other in fetched.iterdir():
        if other.name not in MD5:
            other.unlink()
    raw.parent.mkdir(parents=True, exist_ok=True)
    try:
        fetched.rename(raw)
    except OSError:
        # Another process was faster, whose files are as good, or a tool left some of its own.
        for file in MD5:
            (fetched / file).replace(raw / file)


def _answering(mirrors: Sequence[str], file: str) -> list[str]:
    """Return the mirrors that offer the file, asked all at once."""
    answered: set[str] = set()

    def ask(mirror: str) -> None:
        request = urllib.request.Request(mirror + file, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=_PROBE_SECONDS):
                answered.add(mirror)
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, http.client.HTTPException, ValueError):
            return

    # Daemon threads, because a name look-up knows no time limit and must not hold up the end of the process.
    threads = [threading.Thread(target=ask, args=(mirror,), daemon=True) for mirror in mirrors]
    deadline = time.monotonic() + _PROBE_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [mirror for mirror in mirrors if mirror in answered]
