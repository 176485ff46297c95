"""Tables of the page on neural ODEs that read digits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.runs.intervals import mean_interval
from pdenet.subjects.ode_mnist.claims import in_test, per_cent, steps_of
from pdenet.subjects.ode_mnist.fields import strength
from pdenet.subjects.ode_mnist.settings import (
    ALONE,
    BLOCKS,
    CONV,
    FLOW,
    SETTINGS,
    SOLVED_ANEW,
    STENCIL,
    TIED,
    Setting,
    euler,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from pdenet.runs.interval import Interval
    from pdenet.runs.record import Record
    from pdenet.subjects.ode_mnist.claims import Place, SolverTest

    Found = Mapping[Place, Sequence[Record]]

SHOWN = {
    "conv": [ALONE, euler(1), BLOCKS, FLOW],
    "few": [ALONE, euler(1), BLOCKS, FLOW],
    "stencil": [ALONE, euler(1), TIED, FLOW],
}
"""Members of each setting that a figure of accuracies shows."""


def parameters_table() -> str:
    """Parameters of the networks by part."""
    rows = []
    for setting in (STENCIL, CONV):
        for member in SHOWN[setting.name]:
            parts = setting.members[member].build().parameter_count()
            rows.append([setting.title, member, *parts.values(), sum(parts.values())])
    return markdown_table(["family", "network", "stem", "block", "head", "together"], rows)


def accuracies_table(found: Found) -> str:
    """What each network gets right, and what a step of its training takes."""
    rows = [_accuracy(found, setting, member) for setting in SETTINGS.values() for member in setting.members]
    heads = [
        "family",
        "network",
        "seeds",
        "right (%)",
        "evaluations a step",
        "time a step (ms)",
        "kept a step (MB)",
    ]
    return markdown_table(heads, rows)


def _accuracy(found: Found, setting: Setting, member: str) -> list[object]:
    runs = found.get((setting.name, member), [])
    if not runs:
        return [setting.title, member, 0, *["not run yet"] * 4]
    values = per_cent(runs)
    steps = setting.config.epochs * math.ceil(runs[0].data["train"] / setting.config.batch_size)
    return [
        setting.title,
        member,
        len(runs),
        f"{mean_interval(values):.2f}" if len(values) > 2 else f"{values.mean():.2f}",
        f"{np.mean([run.measured['evaluations'][-1] for run in runs]):.1f}",
        f"{1000 * np.mean([run.measured['cpu_seconds'] for run in runs]) / steps:.0f}",
        f"{np.mean([run.measured['kept_bytes'] for run in runs]) / 1e6:.1f}",
    ]


def solver_table(found: Found, tested: Mapping[str, Mapping[str, SolverTest]]) -> str:
    """What an accurate solver costs each network, what no step at all would, and whether it is an ODE."""
    rows = [
        _solved(found, setting, member, test)
        for setting in SOLVED_ANEW
        for member, test in tested[setting.name].items()
    ]
    heads = [
        "family",
        "step at training",
        "seeds",
        "points lost to an accurate solver",
        "points lost without the block (seeds)",
        "labelled otherwise (%)",
        "an ODE?",
    ]
    return markdown_table(heads, rows)


def _solved(found: Found, setting: Setting, member: str, test: SolverTest) -> list[object]:
    steps, time = steps_of(member), 5 if setting is STENCIL else 1
    without = test.without
    return [
        setting.title,
        f"{time / steps:.3g}" if math.isfinite(steps) else "adaptive",
        test.accurate.found.n,
        measured(test.accurate.found, ".2f"),
        "–" if without is None else f"{measured(without.found, '.1f')} ({without.found.n})",
        f"{100 - in_test(found[setting.name, member], 'accurate', 'same').mean():.2f}",
        test.words,
    ]


def strength_table(
    found: Found, tested: Mapping[str, SolverTest], images: Tensor
) -> tuple[str, dict[str, float]]:
    """How strong trained stencil fields are, and by member the distance to the exact flow (means)."""
    rows, distances = [], {}
    for member, test in tested.items():
        if member.startswith("Euler"):
            portraits = np.array([strength(run, images) for run in found["stencil", member]])
            per_step, factor, distances[member] = portraits.mean(0).tolist()
            away = f"{100 * distances[member]:.0f}"
            lost = f"{test.accurate.found.estimate:.2f}"
            rows.append([int(steps_of(member)), f"{per_step:.2f}", f"{factor:.2f}", away, lost])
    heads = [
        "Euler steps",
        "largest hΩ",
        "largest factor 1 + hΩ",
        "accurate state differs by (%)",
        "points lost",
    ]
    return markdown_table(heads, rows), distances


def measured(found: Interval, spec: str) -> str:
    """The interval, or the estimate alone where it has no limits."""
    return f"{found.estimate:{spec}}" if math.isinf(found.low) else f"{found:{spec}}"
