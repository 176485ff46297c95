"""Neural ODEs on MNIST and their controls: which networks stand side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.ode_mnist.arms import ARMS, FlowArm, arms_of
from pdenet.subjects.ode_mnist.claims import PAIR_CLAIMS
from pdenet.subjects.ode_mnist.settings import SETTINGS, Setting

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[FlowArm, ...]:
    if mode == "full":
        return ARMS
    return arms_of(_small(setting) for setting in SETTINGS.values())


def _small(setting: Setting) -> Setting:
    """The setting in minutes; its training differs where the setting itself has few images."""
    config = replace(setting.config, epochs=min(setting.config.epochs, 3))
    return replace(setting, train=1000, test=500, seeds=2, more={}, config=config)


ODE_MNIST = Experiment(
    "ode-mnist",
    "Neural ODEs that read digits: accuracy on the test images",
    _arms,
    PAIR_CLAIMS,
    seeds=max(setting.runs(member) for setting in SETTINGS.values() for member in setting.members),
    page="ode-mnist",
)
