"""How many threads tests use side by side; nbval's patience, and what it leaves out of the comparison."""

import os
from contextlib import ExitStack

import pytest

import pdenet  # noqa: F401  before a test imports torch, so that its threads do not wait for long

OUTPUT_TIMEOUT = 60  # seconds; nbval's own 5 fail on a busy machine, and it has no option for it

# Figures that went through `glue` are stored under keys of their own. Like any PNG they depend on
# the fonts and the compiler of the machine; what a figure shows is tested in the guard cell.
GLUED_IMAGES = ("application/papermill.record/image/png", "application/papermill.record/image/jpeg")

# pytest-xdist's workers, and the kernels they start, share the cores: more threads than cores only wait.
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
if WORKERS > 1:  # in a worker
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // WORKERS)))


def pytest_configure(config: pytest.Config) -> None:
    """Notebooks are compared as they were stored: with nothing of the reader's around their kernels."""
    if config.getoption("nbval", default=False):
        from surroundings import plain_surroundings

        stack = ExitStack()
        stack.enter_context(plain_surroundings())
        config.add_cleanup(stack.close)


def pytest_collectstart(collector: pytest.Collector) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += GLUED_IMAGES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = OUTPUT_TIMEOUT
