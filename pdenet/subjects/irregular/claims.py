"""What one might expect of a latent ODE on irregular series, with what decides it: errors in radians."""

from __future__ import annotations

from dataclasses import replace

from pdenet.runs.claims import Claim
from pdenet.runs.results import ahead, mean, widened
from pdenet.subjects.irregular.arms import arm_name
from pdenet.subjects.irregular.networks import BLIND, DECAY, FLAT, GRU, ODE, TIME
from pdenet.subjects.irregular.system import LINES, SINUSOID, TRUE, Sampling
from pdenet.subjects.irregular.training import CONFIG

REGULAR, SHARED = Sampling("regular", 20), Sampling("shared", 20)
FEW, MANY = Sampling("irregular", 10), Sampling("irregular", 40)
PLENTY, REPLAY = replace(CONFIG, series=800), replace(CONFIG, targets="seen")

ode, gru, decay, clock = (arm_name(name) for name in (ODE, GRU, DECAY, TIME))
even_ode, even_gru = (arm_name(name, REGULAR) for name in (ODE, GRU))
shared_ode, shared_gru = (arm_name(name, SHARED) for name in (ODE, GRU))
replayed_ode, replayed_gru = (arm_name(name, training=REPLAY) for name in (ODE, GRU))
sinusoid = arm_name(SINUSOID)

IRREGULAR = (
    Claim(
        "5.3a",
        "between irregular times, the latent ODE errs less than the recurrent net",
        measure=ahead(gru, ode, "between"),
    ),
    Claim("5.3b", "ahead of them, it errs less than the recurrent net", measure=ahead(gru, ode, "ahead")),
    Claim(
        "5.3c",
        "ahead of them, it errs less than the decaying recurrent net",
        measure=ahead(decay, ode, "ahead"),
    ),
    Claim(
        "5.3d",
        "beyond what training ever asked for, it errs less than the recurrent net",
        measure=ahead(gru, ode, "beyond"),
    ),
    Claim(
        "5.3e",
        "ahead, it errs less than the function of time, which is as continuous",
        measure=ahead(clock, ode, "ahead"),
    ),
    Claim(
        "5.3f",
        "ahead of regular times, it errs less than the recurrent net",
        measure=ahead(even_gru, even_ode, "ahead"),
    ),
    Claim(
        "5.3g",
        "ahead, its lead on the recurrent net is larger where times are irregular",
        measure=widened((gru, ode), (even_gru, even_ode), "ahead"),
    ),
    Claim(
        "5.3h",
        "irregular times cost the recurrent net accuracy ahead",
        measure=ahead(gru, even_gru, "ahead"),
    ),
    Claim(
        "5.3i", "irregular times cost the latent ODE accuracy ahead", measure=ahead(ode, even_ode, "ahead")
    ),
    Claim(
        "5.3j",
        "ahead, its lead is larger with 10 times than with 40",
        measure=widened(
            (arm_name(GRU, FEW), arm_name(ODE, FEW)), (arm_name(GRU, MANY), arm_name(ODE, MANY)), "ahead"
        ),
    ),
    Claim(
        "5.3v",
        "ahead, irregular times that all series share cost the recurrent net less than times of their own",
        measure=ahead(gru, shared_gru, "ahead"),
    ),
    Claim(
        "5.3w",
        "ahead, the lead of the latent ODE is larger where each series has its own irregular times",
        measure=widened((gru, ode), (shared_gru, shared_ode), "ahead"),
    ),
    Claim(
        "5.3k",
        "with four times the series, it still errs less ahead",
        measure=ahead(arm_name(GRU, training=PLENTY), arm_name(ODE, training=PLENTY), "ahead"),
    ),
    Claim(
        "5.3y",
        "between, it errs less than straight lines",
        measure=ahead(arm_name(LINES), ode, "between"),
    ),
    Claim("5.3x", "between, it errs less than a damped sinusoid", measure=ahead(sinusoid, ode, "between")),
    Claim("5.3l", "ahead, it errs less than a damped sinusoid", measure=ahead(sinusoid, ode, "ahead")),
    Claim(
        "5.3m",
        "ahead, it comes within 0.01 of the pendulum's own equation",
        threshold=0.01,
        direction="below",
        measure=ahead(ode, arm_name(TRUE), "ahead"),
    ),
    Claim(
        "5.3n",
        "with the gaps withheld, the recurrent net errs more ahead",
        measure=ahead(arm_name(BLIND), gru, "ahead"),
    ),
    Claim(
        "5.3o",
        "on regular times, withholding the gaps costs it less than 0.02",
        threshold=0.02,
        direction="below",
        measure=ahead(arm_name(BLIND, REGULAR), even_gru, "ahead"),
    ),
    Claim(
        "5.3p",
        "with a state of one number, the latent ODE errs more ahead",
        measure=ahead(arm_name(FLAT), ode, "ahead"),
    ),
    Claim(
        "5.3q",
        "asked in training only for what it has read, the recurrent net errs more between",
        measure=ahead(replayed_gru, gru, "between"),
    ),
    Claim(
        "5.3r",
        "that costs the recurrent net more than the latent ODE",
        measure=widened((replayed_gru, gru), (replayed_ode, ode), "between"),
    ),
    Claim(
        "5.3s",
        "the recurrent net's answers move when other times are asked as well",
        threshold=0.01,
        measure=mean(gru, "moved"),
    ),
    Claim(
        "5.3t",
        "those of the latent ODE do not",
        threshold=1e-4,
        direction="below",
        measure=mean(ode, "moved"),
    ),
    Claim(
        "5.3u",
        "a quarter of the solver's step moves them by less than 0.01",
        threshold=0.01,
        direction="below",
        measure=mean(ode, "solver"),
    ),
)
