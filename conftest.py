"""nbval, adjusted: how long it waits for an output, and what it leaves out of the comparison."""

import pytest

OUTPUT_TIMEOUT = 60  # seconds; nbval's own 5 fail on a busy machine, and it has no option for it

# Figures that went through `glue` are stored under keys of their own. Like any PNG they depend on
# the fonts and the compiler of the machine; what a figure shows is tested in the guard cell.
GLUED_IMAGES = ("application/papermill.record/image/png", "application/papermill.record/image/jpeg")


def pytest_collectstart(collector: pytest.Collector) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += GLUED_IMAGES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = OUTPUT_TIMEOUT
