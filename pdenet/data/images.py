"""The image sets: MNIST where it can be had, verified; otherwise the digits that scikit-learn carries."""

import logging
import os

from pdenet.checks.places import place as path_of
from pdenet.checks.words import flag, one_of
from pdenet.data.digits import digits
from pdenet.data.image_data import DataError, ImageData
from pdenet.data.mnist import (
    MD5,
    RAW,
    download_mnist,
    has_all_of_mnist,
    has_mnist,
    places,
    read_mnist,
)

_LOG = logging.getLogger(__name__)
_ONLINE = ("", "0", "false", "no", "off")
_announced = False  # once a process


def load_images(
    name: str = "auto", root: str | os.PathLike[str] | None = None, *, download: bool = True
) -> ImageData:
    """Return an image set of handwritten digits, 28x28.

    MNIST is looked for in `root` if given, otherwise in ``$PDENET_DATA`` and the user's cache
    (``$XDG_CACHE_HOME/pdenet`` or ``~/.cache/pdenet``), as ``MNIST/raw/train-images-idx3-ubyte`` and the
    like; if it is in neither, torchvision downloads it into the cache. The files are verified against their
    published MD5 sums. The digits are scikit-learn's 1797, enlarged from 8x8 to 20x20 within a border of 4 as
    in MNIST, 1437 of them for training and 360 for testing (the same writers on both sides).

    Parameters
    ----------
    name : {"auto", "mnist", "digits"}
        ``auto`` takes MNIST if it can be had, and otherwise the digits, which it says once in the log.
    root : path, optional
        The only folder to look for MNIST in; if it is not there, that is an error.
    download : bool
        Whether MNIST may be downloaded; ``PDENET_OFFLINE=1`` in the environment forbids it as well, and
        anything else there but 0, false, no, off or nothing.

    Raises
    ------
    ValueError
        If the name is unknown, a root is given for the digits, or it is no path that there can be.
    TypeError
        If the name is no text, the root no path, or `download` neither True nor False.
    DataError
        If MNIST is damaged anywhere, or absent where it was asked for by name or root; it names the file.

    References
    ----------
    Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
    E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI repository (1998).
    """
    name = one_of("name", name, ("auto", "mnist", "digits"))
    download = flag("download", download)
    if name == "digits":
        if root is not None:
            message = f"root is {os.fspath(root)!r}, but the digits come with scikit-learn; leave root out"
            raise ValueError(message)
        return digits()
    if root is not None:
        return read_mnist(path_of("root", root), "a given folder")
    (*configured, (cache, in_cache)) = places()
    for folder, place in configured:
        if has_mnist(folder):
            return read_mnist(folder, place)
    if has_all_of_mnist(cache):
        return read_mnist(cache, in_cache)
    if download and os.environ.get("PDENET_OFFLINE", "").lower() in _ONLINE:
        failure = download_mnist(cache)
    else:
        failure = "downloading is switched off"
    if failure is None:
        return read_mnist(cache, "the user's cache, by torchvision")
    if has_mnist(cache):
        return read_mnist(cache, in_cache)  # which says what is missing
    if name == "mnist":
        folders = " or ".join(str(folder) for folder, _ in places())
        message = (
            f"MNIST is not in {folders} and could not be downloaded ({failure}); set PDENET_DATA to a folder "
            f"that holds {RAW / next(iter(MD5))} and the other three files, or use the set 'digits'"
        )
        raise DataError(message)
    # Without the folders' paths: notebooks keep what they print.
    _announce(
        f"MNIST is not in {' or '.join(place for _, place in places())} and could not be downloaded "
        f"({failure}); using scikit-learn's digits, 28x28"
    )
    return digits()


def _announce(message: str) -> None:
    global _announced
    if not _announced:
        # A log line, not a warning: where warnings are errors, the fall-back must still be one.
        _LOG.warning(message)
    _announced = True
