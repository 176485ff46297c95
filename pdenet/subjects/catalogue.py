"""The experiments by name: strings, so that to list them is not to import them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.runs.experiment import Experiment

EXPERIMENTS = {
    "table-4.1": "pdenet.subjects.tables.experiment:TABLE_4_1",
    "table-4.2": "pdenet.subjects.tables.experiment:TABLE_4_2",
    "controls": "pdenet.subjects.tables.experiment:CONTROLS",
    "brightness": "pdenet.subjects.tables.experiment:BRIGHTNESS",
    "channels": "pdenet.subjects.tables.experiment:CHANNELS",
    "fresh": "pdenet.subjects.tables.experiment:AGAIN",
    "depth": "pdenet.subjects.depth.experiment:DEPTH",
    "mechanism": "pdenet.subjects.mechanism.experiment:MECHANISM",
    "remedies": "pdenet.subjects.remedies.experiment:REMEDIES",
    "two-channels": "pdenet.subjects.two_channels.experiment:TWO_CHANNELS",
    "neural-ode": "pdenet.subjects.mechanism.experiment:TRAINED",
    "adjoint": "pdenet.subjects.adjoint.experiment:ADJOINT",
    "ode-mnist": "pdenet.subjects.ode_mnist.experiment:ODE_MNIST",
    "irregular": "pdenet.subjects.irregular.experiment:IRREGULAR",
    "small-steps": "pdenet.subjects.small_steps.experiment:SMALL_STEPS",
    "vanishing": "pdenet.subjects.vanishing.experiment:VANISHING",
    "electrons": "pdenet.subjects.electrons.experiment:ELECTRONS",
    "reversible": "pdenet.subjects.reversible.experiment:REVERSIBLE",
    "staple": "pdenet.subjects.staple.experiment:STAPLE",
    "scaling": "pdenet.subjects.scaling.experiment:SCALING",
    "robustness": "pdenet.subjects.robustness.experiment:ROBUSTNESS",
    "lipschitz": "pdenet.subjects.lipschitz.experiment:LIPSCHITZ",
    "tickets": "pdenet.subjects.tickets.experiment:TICKETS",
    "inception": "pdenet.subjects.inception.experiment:INCEPTION_OR_DEPTH",
    "ising": "pdenet.subjects.ising.experiment:ISING",
    "adversarial-work": "pdenet.subjects.adversarial_work.experiment:ADVERSARIAL_WORK",
    "circuits": "pdenet.subjects.circuits.experiment:CIRCUITS",
    "symmetry-breaking": "pdenet.subjects.symmetry_breaking.experiment:SYMMETRY",
    "hamiltonian": "pdenet.subjects.hamiltonian.experiment:HAMILTONIAN",
    "free-field": "pdenet.subjects.free_field.experiment:FREE_FIELD",
    "weight-decay": "pdenet.subjects.weight_decay.experiment:WEIGHT_DECAY",
    "rotation": "pdenet.subjects.rotation.experiment:ROTATION",
    "orbitals": "pdenet.subjects.orbitals.experiment:ORBITALS_OF_H3",
    "cellular-automata": "pdenet.subjects.cellular_automata.experiment:AUTOMATA",
}
"""Where each is: module and name."""

SUBJECTS = {"tables": ("table-4.1", "table-4.2", "controls", "brightness")}
"""Subjects of several experiments, which share a file of records."""


def experiment(name: str) -> Experiment:
    """The experiment of that name.

    Raises
    ------
    ValueError
        If there is none; it lists those there are.
    """
    if name not in EXPERIMENTS:
        raise ValueError(_unknown(name, EXPERIMENTS))
    module, _, attribute = EXPERIMENTS[name].partition(":")
    found: Experiment = getattr(import_module(module), attribute)
    return found


def experiments(name: str | None = None) -> tuple[Experiment, ...]:
    """The experiments of a subject, the one of that name, or all of them in the order of the book.

    Raises
    ------
    ValueError
        If there is none; it lists the names there are.
    """
    if name is None:
        return tuple(experiment(one) for one in EXPERIMENTS)
    if name not in EXPERIMENTS and name not in SUBJECTS:
        raise ValueError(_unknown(name, (*SUBJECTS, *EXPERIMENTS)))
    return tuple(experiment(one) for one in SUBJECTS.get(name, (name,)))


def _unknown(name: str, known: Iterable[str]) -> str:
    return f"there is no experiment {name!r}; there are {', '.join(known)}"
