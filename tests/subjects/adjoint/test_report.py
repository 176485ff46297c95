"""What the page says of the costs, and what its figure shows."""

from __future__ import annotations

import copy
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdenet.subjects.adjoint import report
from pdenet.subjects.adjoint.experiment import ADJOINT
from pdenet.subjects.adjoint.figures import draw_costs, draw_horizons, draw_tolerances
from pdenet.subjects.adjoint.ways import WAYS


@pytest.fixture
def measured() -> dict[str, Any]:
    """The shipped run, to be changed."""
    (record,) = ADJOINT.recorded()
    found: dict[str, Any] = copy.deepcopy(dict(record.measured))
    return found


def test_the_paragraph_compares_the_adjoint_with_its_own_solver(measured: dict[str, Any]) -> None:
    measured["milliseconds"]["adjoint"]["128"] = 2.5 * measured["milliseconds"]["solver"]["128"]
    measured["milliseconds"]["fused"]["128"] = 1e-9
    text = " ".join(report.in_short(measured).split())
    assert "by 61 MiB with backpropagation through a solver" in text
    assert "0.0 MiB with the adjoint, in 2.5 times the time" in text
    assert "fused" not in text


def test_the_table_gives_no_ratio_across_programs(measured: dict[str, Any]) -> None:
    lines = {line.split(" | ")[0].strip("| "): line for line in report.cost_table(measured).splitlines()}
    assert lines.keys() >= {name for name, _ in WAYS.values()}
    assert "| compiled loops | 2 | – |" in lines["residual stack, fused"]
    assert "| the solver in Python | 210 | 1.5 | 8 | 0.00 | 1e-04 |" in lines["adjoint"]
    assert "| 140 | 1 | 67 | 1.28 | – |" in lines["backprop through the solver"]
    assert lines["reversible pair"].endswith("| own |")


def test_the_closing_keeps_methods_and_programs_apart(measured: dict[str, Any]) -> None:
    inside, stack, programs = report.closing(measured).splitlines()
    assert "adjoint, 1.5 times the time and 0% of the growth" in inside
    assert "checkpointed, 1.2 times the time and 15% of the growth" in stack
    assert "compares programs, not methods" in programs
    assert "0.8% of the time of the same stack" in programs


def test_the_figure_has_a_line_a_way_in_both_panels(measured: dict[str, Any]) -> None:
    plt.switch_backend("agg")
    fig = draw_costs(measured)
    times, memory = fig.axes
    assert [line.get_label() for line in times.lines] == [name for name, _ in WAYS.values()]
    looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in memory.lines}
    assert len(looks) == len(WAYS)
    assert [np.asarray(line.get_ydata(), dtype=float)[-1] for line in memory.lines] == [
        measured["memory_mib"][way]["128"] for way in WAYS
    ]
    fig.canvas.draw()
    plt.close(fig)


def test_who_is_nearer_is_said_where_most_tolerances_say_so() -> None:
    assert "At 75% of these tolerances" in report.nearer_to_the_flow([1, 1, 1, 3], [2, 2, 2, 2])
    assert "nearer" not in report.nearer_to_the_flow([1, 3], [2, 2])


def test_the_summary_has_what_was_measured(measured: dict[str, Any]) -> None:
    lines = report.summary(measured).splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == [WAYS[way][0] for way in report.THEORY]
    assert "| one solution backward | 1.5 | 0.00 |" in report.summary(measured)
    assert "in the cache | – | 0.05 |" in report.summary(measured)


def test_errors_of_gradients_are_drawn_by_name() -> None:
    plt.switch_backend("agg")
    _, ax = plt.subplots()
    draw_tolerances(ax, [1e-2, 1e-3], {"one": [0.1, 0.2], "two": [0.3, 0.4]}, {"one": 1.04, "two": 0.5})
    assert [line.get_label() for line in ax.lines] == ["one (slope 1.0)", "two (slope 0.5)", "the tolerance"]
    (ax,) = draw_horizons([1, 2], [1e-7, 1e-6], [1e-6, 1e-5], {"way": [0.1, 0.2]}).axes
    assert [line.get_label() for line in ax.lines][1:] == ["the remade state itself", "way"]
    plt.close("all")
