"""What the recorded run of costs says, in words and as a table; ways are compared within one program only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.page.tables import markdown_table
from pdenet.subjects.adjoint.measures import beside_plain, slope, states_an_evaluation
from pdenet.subjects.adjoint.ways import MADE_OF, PLAIN, SOLVER, STACK, WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


# What each way holds, does besides, and gives: as the chapter derives it.
THEORY = {
    "solver": ("all", "none", "that of the computed loss, its steps taken as given"),
    "checkpoints": (r"about $2\sqrt L$", "one forward pass", "that of the computed loss"),
    "reversible": (
        "two",
        "one forward pass",
        "that of the computed loss of another network, to rounding that the way back may amplify",
    ),
    "adjoint": (
        "start and end",
        "one solution backward",
        "that of the flow, to the tolerance; unsafe where the flow contracts",
    ),
    "fused": ("none outside the cache", "one forward pass, in the cache", "that of the computed loss"),
}


def in_short(measured: Mapping[str, Any]) -> str:
    """The chapter in a paragraph."""
    few, many = (str(pick(measured["evaluations"])) for pick in (min, max))
    grown = {way: row[many] - row[few] for way, row in measured["memory_mib"].items()}
    beside = beside_plain(measured)
    return (
        "**In short.** The adjoint equations (43) and (44) give the gradient of a flow without its states.\n"
        f"From {few} to {many} evaluations of the field the memory of a gradient grew by "
        f"{grown['solver']:.0f} MiB with backpropagation\n"
        f"through a solver. In the same solver it grew by {grown['adjoint']:.1f} MiB with the adjoint, in "
        f"{beside['adjoint'].time:.1f} times the time,\n"
        f"and by {grown['reversible']:.1f} MiB with a reversible pair, in {beside['reversible'].time:.1f} "
        "times the time. The adjoint pays with the gradient itself,\n"
        "which is that of the flow and not that of the loss that was computed. Through diffusion it makes\n"
        "the states again by an equation that cannot be solved backward for long."
    )


def cost_table(measured: Mapping[str, Any]) -> str:
    """Of each way, what it is written in, its time and memory, and how far its gradient is off."""
    many = str(max(measured["evaluations"]))
    beside = beside_plain(measured)
    rows = []
    for way, (name, _) in sorted(WAYS.items(), key=lambda item: MADE_OF[item[0]], reverse=True):
        plain = PLAIN.get(MADE_OF[way])
        ratio = "1" if way == plain else f"{beside[way].time:.2g}" if way in beside else "–"
        off = measured["gradient_off_by"][way]
        rows.append(
            [
                name,
                MADE_OF[way],
                f"{measured['milliseconds'][way][many]:.0f}",
                ratio,
                f"{measured['memory_mib'][way][many]:.0f}",
                f"{slope(states_an_evaluation(measured, way)):.2f}",
                "own" if way == "reversible" else f"{off:.0e}" if off else "–",
            ]
        )
    header = [
        "way",
        "written in",
        f"ms at {many}",
        "times the plain way",
        f"MiB at {many}",
        "states an evaluation",
        "gradient off by",
    ]
    return markdown_table(header, rows)


def closing(measured: Mapping[str, Any]) -> str:
    """What follows from the run: in each program the methods against the plain way, then the programs."""
    beside = beside_plain(measured)
    many = str(max(measured["evaluations"]))
    times = {way: row[many] for way, row in measured["milliseconds"].items()}
    lines = []
    for make in (SOLVER, STACK):
        said = "; ".join(
            f"{WAYS[way][0]}, {one.time:.1f} times the time and {max(one.growth, 0):.0%} of the growth"
            for way, one in beside.items()
            if MADE_OF[way] == make
        )
        lines.append(f"In {make}, beside {WAYS[PLAIN[make]][0]}: {said}.")
    lines.append(
        f"The compiled loops take {times['fused'] / times['layers']:.1%} of the time of the same stack in "
        "PyTorch. That compares programs, not methods: the adjoint has not been written in such loops, and "
        "would gain as well."
    )
    return "\n".join(lines)


def nearer_to_the_flow(adjoint: Sequence[float], through: Sequence[float]) -> str:
    """Which of two gradients is nearer to that of the flow, and which of them an optimiser wants.

    Parameters
    ----------
    adjoint, through
        Errors against the gradient of the flow at several tolerances: of the adjoint, of backpropagation.
    """
    share = sum(a < b for a, b in zip(adjoint, through, strict=True)) / len(adjoint)
    text = "Errors fall about with the first power of the tolerance. "
    if share > 0.5:
        text += (
            f"At {share:.0%} of these tolerances the adjoint is *nearer* to the gradient of the flow than "
            "backpropagation: it solves its own equations with steps chosen for them, while backpropagation "
            "differentiates whatever the steps there happened to give. "
        )
    return text + (
        "But an optimiser sees the computed loss, not the flow, and with a solver that chooses its steps "
        "neither has its gradient: backpropagation takes the steps as given, though they depend on the "
        "parameters, too. Only with fixed steps is it exact."
    )


def summary(measured: Mapping[str, Any]) -> str:
    """What each way holds, costs and gives, as derived and as measured."""
    beside = beside_plain(measured)
    rows = []
    for way, (held, work, gradient) in THEORY.items():
        time = f"{beside[way].time:.1f}" if way in beside else "1" if way in PLAIN.values() else "–"
        grown = f"{slope(states_an_evaluation(measured, way)):.2f}"
        rows.append([WAYS[way][0], held, work, time, grown, gradient])
    header = ["way", "states held", "extra work", "time", "states an evaluation", "gradient"]
    return markdown_table(header, rows)
