"""What the runs on irregular series say: errors by arm and seed, and the claims judged by them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pdenet.runs.claims import Claim, Direction
from pdenet.runs.intervals import Interval, mean_interval, paired_interval
from pdenet.runs.record import Record
from pdenet.subjects.irregular.experiment import (
    ARMS,
    BLIND,
    DECAY,
    FLAT,
    GRU,
    LINES,
    ODE,
    SINUSOID,
    TIME,
    TRUE,
    Arm,
    _data,
)
from pdenet.subjects.irregular.pendulum import Sampling
from pdenet.subjects.irregular.training import CONFIG


class Runs:
    """Runs read back: what an arm measured, by seed.

    Parameters
    ----------
    records
        Records of arms; others are left out.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        by_arm = {self._name(arm.model, arm.learns, _data(arm, "")): arm for arm in ARMS}
        self._runs: dict[Arm, dict[int, Record]] = {}
        for record in records:
            arm = by_arm.get(self._name(record.model, record.training, record.data))
            if arm is not None:
                self._runs.setdefault(arm, {})[record.seed] = record

    @staticmethod
    def _name(model: Mapping[str, Any], training: Mapping[str, Any], data: Mapping[str, Any]) -> str:
        return repr([sorted(model.items()), sorted(training.items()), data["name"], data["train"]])

    def __contains__(self, arm: Arm) -> bool:
        return arm in self._runs

    def records(self, arm: Arm) -> list[Record]:
        """The records of an arm, by seed; none if it has not been run."""
        return [record for _, record in sorted(self._runs.get(arm, {}).items())]

    def values(self, arm: Arm, what: str) -> np.ndarray:
        """What an arm measured, a key of its `measured`, (seed,)."""
        return np.array([record.measured[what] for record in self.records(arm)], dtype=float)

    def interval(self, arm: Arm, what: str) -> Interval:
        """Mean and interval over seeds."""
        return mean_interval(self.values(arm, what))

    def difference(self, arm: Arm, other: Arm, what: str) -> Interval:
        """How much more an arm measured than another, paired over the seeds they share."""
        first, second = self._paired([arm, other], what)
        return paired_interval(first, second)

    def change(self, arms: tuple[Arm, Arm], others: tuple[Arm, Arm], what: str) -> Interval:
        """By how much the first difference exceeds the second, paired over the seeds all four share."""
        a, b, c, d = self._paired([*arms, *others], what)
        return paired_interval(a - b, c - d)

    def _paired(self, arms: Sequence[Arm], what: str) -> list[np.ndarray]:
        shared = sorted(set.intersection(*(set(self._runs[arm]) for arm in arms)))
        return [np.array([self._runs[arm][seed].measured[what] for seed in shared], float) for arm in arms]


def judge(runs: Runs) -> dict[str, tuple[Claim, Interval]]:
    """What one might expect of the method, with what the runs measure, by the claim's id.

    All numbers are errors in radians or their differences. A claim about arms without runs is left out.
    """
    irregular, regular = Sampling("irregular", 20), Sampling("regular", 20)
    few, many = Sampling("irregular", 10), Sampling("irregular", 40)
    judged: dict[str, tuple[Claim, Interval]] = {}

    def claim(
        name: str,
        text: str,
        arms: Sequence[Arm],
        what: str,
        direction: Direction = "above",
        threshold: float = 0,
    ) -> None:
        if not all(arm in runs for arm in arms):
            return
        if len(arms) == 4:
            measured = runs.change((arms[0], arms[1]), (arms[2], arms[3]), what)
        elif len(arms) == 2:
            measured = runs.difference(arms[0], arms[1], what)
        else:
            measured = runs.interval(arms[0], what)
        judged[f"5.3{name}"] = Claim(f"5.3{name}", text, "comparison", threshold, direction), measured

    ode, gru, decay, clock = (Arm(name, irregular) for name in (ODE, GRU, DECAY, TIME))
    even_ode, even_gru = (Arm(name, regular) for name in (ODE, GRU))
    claim(
        "a", "between irregular times, the latent ODE errs less than the recurrent net", (gru, ode), "between"
    )
    claim("b", "ahead of them, it errs less than the recurrent net", (gru, ode), "ahead")
    claim("c", "ahead of them, it errs less than the decaying recurrent net", (decay, ode), "ahead")
    claim(
        "d", "beyond what training ever asked for, it errs less than the recurrent net", (gru, ode), "beyond"
    )
    claim("e", "ahead, it errs less than the function of time, which is as continuous", (clock, ode), "ahead")
    claim("f", "ahead of regular times, it errs less than the recurrent net", (even_gru, even_ode), "ahead")
    claim(
        "g",
        "ahead, its lead on the recurrent net is larger where times are irregular",
        (gru, ode, even_gru, even_ode),
        "ahead",
    )
    claim("h", "irregular times cost the recurrent net accuracy ahead", (gru, even_gru), "ahead")
    claim("i", "irregular times cost the latent ODE accuracy ahead", (ode, even_ode), "ahead")
    claim(
        "j",
        "ahead, its lead is larger with 10 times than with 40",
        (Arm(GRU, few), Arm(ODE, few), Arm(GRU, many), Arm(ODE, many)),
        "ahead",
    )
    shared_ode, shared_gru = (Arm(name, Sampling("shared", 20)) for name in (ODE, GRU))
    claim(
        "v",
        "ahead, irregular times that all series share cost the recurrent net less than times of their own",
        (gru, shared_gru),
        "ahead",
    )
    claim(
        "w",
        "ahead, the lead of the latent ODE is larger where each series has its own irregular times",
        (gru, ode, shared_gru, shared_ode),
        "ahead",
    )
    plenty = replace(CONFIG, series=800)
    claim(
        "k",
        "with four times the series, it still errs less ahead",
        (Arm(GRU, irregular, plenty), Arm(ODE, irregular, plenty)),
        "ahead",
    )
    claim("y", "between, it errs less than straight lines", (Arm(LINES, irregular), ode), "between")
    claim("x", "between, it errs less than a damped sinusoid", (Arm(SINUSOID, irregular), ode), "between")
    claim("l", "ahead, it errs less than a damped sinusoid", (Arm(SINUSOID, irregular), ode), "ahead")
    claim(
        "m",
        "ahead, it comes within 0.01 of the pendulum's own equation",
        (ode, Arm(TRUE, irregular)),
        "ahead",
        "below",
        0.01,
    )
    claim(
        "n",
        "with the gaps withheld, the recurrent net errs more ahead",
        (Arm(BLIND, irregular), gru),
        "ahead",
    )
    claim(
        "o",
        "on regular times, withholding the gaps costs it less than 0.02",
        (Arm(BLIND, regular), even_gru),
        "ahead",
        "below",
        0.02,
    )
    claim(
        "p",
        "with a state of one number, the latent ODE errs more ahead",
        (Arm(FLAT, irregular), ode),
        "ahead",
    )
    replay = replace(CONFIG, targets="seen")
    claim(
        "q",
        "asked in training only for what it has read, the recurrent net errs more between",
        (Arm(GRU, irregular, replay), gru),
        "between",
    )
    claim(
        "r",
        "that costs the recurrent net more than the latent ODE",
        (Arm(GRU, irregular, replay), gru, Arm(ODE, irregular, replay), ode),
        "between",
    )
    claim(
        "s",
        "the recurrent net's answers move when other times are asked as well",
        (gru,),
        "moved",
        "above",
        0.01,
    )
    claim("t", "those of the latent ODE do not", (ode,), "moved", "below", 1e-4)
    claim("u", "a quarter of the solver's step moves them by less than 0.01", (ode,), "solver", "below", 0.01)
    return judged
