"""Compiling loops with Numba, and keeping their machine code from one process to the next.

Numba's own cache (``cache=True``) serves functions that stand alone. It looks whether the file of a function
has changed, not whether those of the functions that it calls have; it refuses to compile where no folder can
be written, and ends a run where a file that it kept is damaged or a disk is full.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import config, njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

HERE = Path(__file__).parent


def digest_sources(folder: Path) -> str:
    """SHA-256 of all Python files in a folder, their names included."""
    digest = sha256()
    for path in sorted(folder.glob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


SOURCES = digest_sources(HERE)


class _Cache(FunctionCache):
    """Machine code of one function; out of date as soon as a file of this folder, or its own, has changed."""

    def __init__(self, function, name):
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp(), SOURCES
        self._cache_file = IndexDataCacheFile(self._cache_path, self._impl.filename_base + name, stamp)

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever a damaged file unpickles to
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig, data):
        with suppress(OSError):  # the disk is full, or the folder can no longer be written
            super().save_overload(sig, data)


def compiled(*, parallel: bool = False, **options: Any) -> Callable[[Any], Any]:
    """Decorate a function: compiled when first called, from what an earlier process kept if that is there.

    Parameters
    ----------
    parallel
        Whether loops over `prange` run on several threads; each way is kept under a name of its own.
    **options
        As `numba.njit` takes them.
    """

    def decorate(function: Any) -> Any:
        dispatcher = njit(parallel=parallel, **options)(function)
        if not config.DISABLE_JIT:
            with suppress(RuntimeError):  # no folder can be written: each process compiles for itself
                dispatcher._cache = _Cache(function, ".parallel" if parallel else "")  # noqa: SLF001
        return dispatcher

    return decorate
