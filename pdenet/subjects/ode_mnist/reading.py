"""What the runs of flows and their controls say, in sentences that follow the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.runs.claims import Verdict
from pdenet.subjects.ode_mnist.claims import PAIRS, ode_from, per_cent, steps_of
from pdenet.subjects.ode_mnist.settings import (
    ALONE,
    BLOCKS,
    CONV,
    FEW,
    FLOW,
    SETTINGS,
    SOLVED_ANEW,
    STENCIL,
    TIED,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pdenet.runs.claims import Judged
    from pdenet.runs.record import Record
    from pdenet.subjects.ode_mnist.claims import Place, SolverTest
    from pdenet.subjects.ode_mnist.settings import Setting

    Found = Mapping[Place, Sequence[Record]]
    Claims = Mapping[str, Judged]
    Tested = Mapping[str, Mapping[str, SolverTest]]


def in_short(found: Found, claims: Claims, tested: Tested) -> str:
    """The chapter in a paragraph."""
    lines = ["**In short.** The critic's first question to a neural ODE is what the rest does without it."]
    lines += [_against_no_block(found, claims, setting) for setting in (CONV, FEW, STENCIL)]
    lines += [
        f"*{s.title.capitalize()}*, solved anew after training: {_called(tested[s.name])}."
        for s in SOLVED_ANEW
    ]
    return "\n".join(lines)


def _against_no_block(found: Found, claims: Claims, setting: Setting) -> str:
    (pair,) = (pair for pair in PAIRS if pair.setting is setting and pair.other == ALONE)
    title = f"*{setting.title.capitalize()}*"
    if pair.ahead.id not in claims:
        return f"{title}: the flow is not recorded yet."
    ahead, agree = claims[pair.ahead.id], claims[pair.agree.id]
    helps = ahead.say("the flow helps", "the flow does not help", "it is not decided whether the flow helps")
    near = agree.say("; the two are within half a point", "")
    flow = per_cent(found[setting.name, FLOW]).mean()
    return (
        f"{title}: {flow:.1f} % with the flow, {ahead.found.estimate:+.2f} points against the same network "
        f"without it; {helps}{near}."
    )


def _called(tested: Mapping[str, SolverTest]) -> str:
    """From which number of steps on a family can be called an ODE."""
    steps = {member: test for member, test in tested.items() if member.startswith("Euler")}
    if not steps:
        return "not run yet"
    fewest = ode_from(tested)
    if fewest is not None:
        return f"an ODE, by the measure below, from {fewest} step{'s' * (fewest > 1)} on"
    if any(test.void for test in steps.values()):
        return (
            "no verdict, since networks that pass the test pass it without their block as well, so that any "
            "field would do"
        )
    if all(test.without is None for test in steps.values()):
        return "no verdict: the control, networks without their block, has not been run"
    if all(test.verdict is Verdict.DOES_NOT_HOLD for test in steps.values()):
        return "no ODE at any number of steps that was tried"
    return "not shown to be an ODE at any number of steps that was tried"


def control(tested: Tested) -> str:
    """What taking the block out costs."""
    found = [
        (setting.title, member, test.without)
        for setting in SOLVED_ANEW
        for member, test in tested[setting.name].items()
        if test.without is not None
    ]
    if not found:
        return "The control has not been run."
    costs = "; ".join(f"{one.found.estimate:.1f} points ({title}, {member})" for title, member, one in found)
    void = any(one.verdict is Verdict.DOES_NOT_HOLD for *_, one in found)
    needed = all(one.verdict is Verdict.HOLDS for *_, one in found)
    follows = {
        (True, False): "Networks that lose less than half a point would pass with any field.",
        (
            False,
            True,
        ): "These networks need the block that they were trained with, even where others, trained "
        "without one, are as good.",
    }.get((void, needed), "Not everywhere is it decided whether that is more than half a point.")
    return f"Taking the block out after training costs {costs}. {follows}"


def protocols(found: Found) -> str:
    """How the settings were trained."""
    return " ".join(
        ["All with Adam at 1e-3 and cross-entropy.", *(_protocol(found, s) for s in SETTINGS.values())]
    )


def _protocol(found: Found, setting: Setting) -> str:
    config, runs = setting.config, [r for m in setting.members for r in found.get((setting.name, m), [])]
    sizes = f"{runs[0].data['train']:,} images, {runs[0].data['test']:,} for the test, " if runs else ""
    passes = f"{config.epochs} pass{'es' if config.epochs > 1 else ''}"
    return f"*{setting.title.capitalize()}*: {sizes}{passes}, batches of {config.batch_size}."


def pairs_counted(claims: Claims) -> str:
    """In how many comparisons the flow is ahead."""
    pairs = [pair for pair in PAIRS if pair.ahead.id in claims]
    wins = sum(claims[pair.ahead.id].verdict is Verdict.HOLDS for pair in pairs)
    equals = sum(claims[pair.agree.id].verdict is Verdict.HOLDS for pair in pairs)
    return (
        f"the flow is ahead in {wins} of {len(pairs)} comparisons; in {equals} both are within half a point"
    )


def price(found: Found) -> str:
    """What the adaptive solver costs beside the residual counterpart."""
    return " ".join(_price(found, setting) for setting in (STENCIL, CONV)) or "Not recorded yet."


def _price(found: Found, setting: Setting) -> str:
    other = TIED if setting is STENCIL else BLOCKS
    pair = [{run.seed: run for run in found.get((setting.name, m), [])} for m in (FLOW, other)]
    shared = pair[0].keys() & pair[1].keys()
    if not shared:
        return ""
    time, kept = (
        np.mean([pair[0][s].measured[what] for s in shared])
        / np.mean([pair[1][s].measured[what] for s in shared])
        for what in ("cpu_seconds", "kept_bytes")
    )
    return f"*{setting.title.capitalize()}*: {time:.1f} times the time, {kept:.1f} times the memory."


def when_an_ode(tested: Tested) -> str:
    """What the solver test says."""
    return " ".join(line for setting in SOLVED_ANEW for line in _when(setting, tested[setting.name]))


def _when(setting: Setting, tested: Mapping[str, SolverTest]) -> Iterator[str]:
    title = setting.title.capitalize()
    groups: dict[str, list[str]] = {}
    for member, test in tested.items():
        steps = steps_of(member)
        groups.setdefault(test.words, []).append(
            f"{steps:.0f}" if np.isfinite(steps) else "the adaptive solver"
        )
    said = "; ".join(f"{words} for {', '.join(group)}" for words, group in groups.items())
    yield f"*{title}* (steps of the training): {said or 'not run yet'}. Together: {_called(tested)}."


def summary(found: Found, claims: Claims, tested: Tested) -> str:
    """The questions of the page, each with its answer."""
    solved = "; ".join(f"{s.title}: {_called(tested[s.name])}" for s in SOLVED_ANEW)
    return markdown_table(
        ["question", "answer"],
        [
            ["does the block do the work?", pairs_counted(claims)],
            ["is a trained network an ODE?", solved],
            [
                "what does a step $h$ train?",
                r"the field $f_h = f - \frac h2(f'f + \partial_t f) + \dots$, if there is one",
            ],
            ["what can no flow on a line do?", "change the order of two numbers"],
            ["what does the adaptive solver cost?", price(found)],
        ],
    )
