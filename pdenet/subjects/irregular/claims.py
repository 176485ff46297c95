"""What one might expect of a latent ODE on irregular series, with what decides it: ratios of errors.

All are judged together: they are one family. Trainings are long, of ten seeds, unless a claim says that they
were short. What was asked on the side was: a short training has six seeds and has not converged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.subjects.irregular.arms import MAIN, arm_name, long_arm
from pdenet.subjects.irregular.networks import BLIND, DECAY, FLAT, GRU, ODE, TIME
from pdenet.subjects.irregular.ratios import size, times, widened_times
from pdenet.subjects.irregular.system import LINES, SINUSOID, TRUE, Sampling
from pdenet.subjects.irregular.training import CONFIG

if TYPE_CHECKING:
    from pdenet.runs.results import Measure

FAMILY = "irregular series"
REGULAR, SHARED = Sampling("regular", 20), Sampling("shared", 20)
FEW, MANY = Sampling("irregular", 10), Sampling("irregular", 40)
PLENTY, REPLAY = replace(CONFIG, series=800), replace(CONFIG, targets="seen")
SLIGHT = 1.2  # the factor up to which a loss is called small


def long_name(decoder: str, sampling: Sampling = MAIN) -> str:
    """The name of the arm of a net that is trained long."""
    return long_arm(decoder, sampling).name


ode, gru, decay, clock = (long_name(name) for name in (ODE, GRU, DECAY, TIME))
even_ode, even_gru = (long_name(name, REGULAR) for name in (ODE, GRU))
# After short trainings:
brief_ode, brief_gru, flat, blind = (arm_name(name) for name in (ODE, GRU, FLAT, BLIND))
shared_ode, shared_gru = (arm_name(name, SHARED) for name in (ODE, GRU))
replayed_ode, replayed_gru = (arm_name(name, training=REPLAY) for name in (ODE, GRU))
even_blind, brief_even = arm_name(BLIND, REGULAR), arm_name(GRU, REGULAR)


def _more(letter: str, text: str, measure: Measure, factor: float = 1.0) -> Claim:
    """The claim that what is measured is more than the factor."""
    return Claim(f"5.3{letter}", text, threshold=factor, measure=measure, family=FAMILY)


def _less(letter: str, text: str, measure: Measure, factor: float) -> Claim:
    """The claim that what is measured is less than the factor."""
    return Claim(f"5.3{letter}", text, threshold=factor, direction="below", measure=measure, family=FAMILY)


RIVALS = (
    _more(
        "a",
        "between irregular times, the latent ODE errs less than the recurrent net",
        times(gru, ode, "between"),
    ),
    _more("b", "ahead of them, it errs less than the recurrent net", times(gru, ode, "ahead")),
    _more("c", "ahead of them, it errs less than the decaying recurrent net", times(decay, ode, "ahead")),
    _more(
        "d",
        "beyond what training ever asked for, it errs less than the recurrent net",
        times(gru, ode, "beyond"),
    ),
    _more(
        "e",
        "ahead, it errs less than the function of time, which is as continuous",
        times(clock, ode, "ahead"),
    ),
    _more(
        "k",
        "with four times the series, but after a short training, it errs less ahead",
        times(arm_name(GRU, training=PLENTY), arm_name(ODE, training=PLENTY), "ahead"),
    ),
)
TIMES = (
    _more(
        "f", "ahead of regular times, it errs less than the recurrent net", times(even_gru, even_ode, "ahead")
    ),
    _more(
        "g",
        "ahead, its lead on the recurrent net is larger where times are irregular",
        widened_times((gru, ode), (even_gru, even_ode), "ahead"),
    ),
    _more("h", "irregular times cost the recurrent net accuracy ahead", times(gru, even_gru, "ahead")),
    _more("i", "irregular times cost the latent ODE accuracy ahead", times(ode, even_ode, "ahead")),
    _more(
        "j",
        "ahead, after a short training, its lead is larger with 10 times than with 40",
        widened_times(
            (arm_name(GRU, FEW), arm_name(ODE, FEW)), (arm_name(GRU, MANY), arm_name(ODE, MANY)), "ahead"
        ),
    ),
    _more(
        "v",
        "after a short training, irregular times that all series share cost the recurrent net less ahead",
        times(brief_gru, shared_gru, "ahead"),
    ),
    _more(
        "w",
        "after a short training, the lead ahead is larger where each series has its own irregular times",
        widened_times((brief_gru, brief_ode), (shared_gru, shared_ode), "ahead"),
    ),
)
WITHOUT_LEARNING = (
    _more("y", "between, it errs less than straight lines", times(arm_name(LINES), ode, "between")),
    _more("x", "between, it errs less than a damped sinusoid", times(arm_name(SINUSOID), ode, "between")),
    _more("l", "ahead, it errs less than a damped sinusoid", times(arm_name(SINUSOID), ode, "ahead")),
    _less(
        "m",
        "ahead, it errs less than one and a half times as much as the pendulum's own equation",
        times(ode, arm_name(TRUE), "ahead"),
        1.5,
    ),
)
BROKEN = (
    _more(
        "n",
        "with the gaps withheld, the recurrent net errs more ahead, after a short training",
        times(blind, brief_gru, "ahead"),
    ),
    _less(
        "o",
        "on regular times, withholding the gaps adds less than a fifth to its error, after a short training",
        times(even_blind, brief_even, "ahead"),
        SLIGHT,
    ),
    _more(
        "p",
        "with a state of one number, the latent ODE errs more ahead, after a short training",
        times(flat, brief_ode, "ahead"),
    ),
    _more(
        "q",
        "asked in a short training only for what it has read, the recurrent net errs more between",
        times(replayed_gru, brief_gru, "between"),
    ),
    _more(
        "r",
        "in a short training, that costs the recurrent net more than the latent ODE",
        widened_times((replayed_gru, brief_gru), (replayed_ode, brief_ode), "between"),
    ),
)
CHECKS = (
    _more(
        "s",
        "the recurrent net's answers move by more than 0.01 when other times are asked as well",
        size(gru, "moved"),
        0.01,
    ),
    _less("t", "those of the latent ODE do not", size(ode, "moved"), 1e-4),
    _less("u", "a quarter of the solver's step moves them by less than 0.01", size(ode, "solver"), 0.01),
)
_ALL = (*RIVALS, *TIMES, *WITHOUT_LEARNING, *BROKEN, *CHECKS)
IRREGULAR = tuple(sorted(_ALL, key=lambda claim: claim.id))
