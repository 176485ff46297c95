"""What a kernel of the book finds around it: none of the settings that a reader keeps for other notebooks.

A backend or a style of Matplotlib, a profile of IPython, a start-up file or a kernel of the reader's would be
seen in the pages, or leave them without pictures.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INLINE = "module://matplotlib_inline.backend_inline"
SETTINGS = ("JUPYTER_", "IPYTHON", "IPYKERNEL_", "JPY_")  # variables that begin so are somebody's settings
# What would change how Python runs a cell: without assertions (and so without guards), with a file run first.
PYTHON = (
    "PYTHONDEVMODE",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "PYTHONSTARTUP",
    "PYTHONVERBOSE",
    "PYTHONWARNINGS",
)
PROFILE = "c = get_config()\nc.HistoryManager.enabled = False\n"  # kernels side by side need no common file


def surroundings(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of a kernel, whose settings are in an empty folder of its own.

    Matplotlib's folder stays: a kernel would otherwise look for the machine's fonts anew.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(SETTINGS) and name not in PYTHON
    }
    return kept | {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "MATPLOTLIBRC": str(folder / "matplotlibrc"),
        "MPLBACKEND": INLINE,
    }


@contextmanager
def plain_surroundings() -> Iterator[None]:
    """Kernels that start meanwhile, from this process, have nothing of the reader's around them."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="pdenet-book-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile = folder / "ipython" / "profile_default"
        for needed in (profile / "startup", folder / "jupyter", folder / "runtime"):
            needed.mkdir(parents=True)
        (profile / "ipython_config.py").write_text(PROFILE, encoding="utf-8")
        (folder / "matplotlibrc").touch()
        after = surroundings(before, folder)
        try:
            _become(after)
            yield
        finally:
            _become(before)


def _become(environment: Mapping[str, str]) -> None:
    """Give this process that environment, and what it starts."""
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


class ThisPython(AsyncKernelManager):
    """Starts the Python that this script runs in, whatever kernels are installed under its name."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """As ipykernel describes its own."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
