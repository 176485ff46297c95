"""What the runs on irregular series say, in tables and in sentences that follow the verdicts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pdenet.page.tables import markdown_table
from pdenet.page.words import say
from pdenet.subjects.irregular.arms import MAIN, TEST_SERIES, arm_name
from pdenet.subjects.irregular.claims import REGULAR, long_name, replayed_gru, replayed_ode
from pdenet.subjects.irregular.measures import WINDOWS
from pdenet.subjects.irregular.networks import GRU, ODE, TIME
from pdenet.subjects.irregular.rates import (
    LONG,
    RATES,
    TRIED,
    VALIDATION_SEEDS,
    long_training,
    validation_error,
    validation_name,
)
from pdenet.subjects.irregular.ratios import ratio
from pdenet.subjects.irregular.system import NOISE, REST, TRUE
from pdenet.subjects.irregular.tables import error, training_error
from pdenet.subjects.irregular.training import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pdenet.runs.claims import Judged
    from pdenet.runs.results import Results

    Verdicts = Mapping[str, Judged]


def in_short(results: Results, claims: Verdicts) -> str:
    """The page in a paragraph."""
    return "\n".join(_in_short(results, claims))


def _in_short(results: Results, claims: Verdicts) -> Iterator[str]:
    yield (
        f"**In short.** From {MAIN.count} noisy looks at irregular times, the latent ODE forecasts a "
        f"pendulum to {error(results, long_name(ODE), 'ahead'):.3f} rad, a recurrent net of equal size "
        f"that is told the gaps to {error(results, long_name(GRU), 'ahead'):.3f} (geometric means over "
        f"{len(results.records(long_name(ODE)))} seeds, {LONG} steps). Whoever knows the pendulum's equation "
        f"gets {error(results, arm_name(TRUE), 'ahead'):.3f} from the same looks."
    )
    yield say(
        claims.get("5.3b"),
        "Ahead, the latent ODE is better.",
        "Ahead, the latent ODE is not better.",
        "Which of the two is better ahead, the seeds do not decide.",
    )
    yield say(
        claims.get("5.3a"),
        "It is better between the looks as well.",
        "Between the looks it is not better.",
        "Between the looks it is not decided.",
    )
    yield cause(claims)


def cause(claims: Verdicts) -> str:
    """Whether a lead comes from irregular times, by runs at both kinds."""
    widened, even = claims.get("5.3g"), claims.get("5.3f")
    if widened is None or even is None:
        return "The runs at regular times are not there yet."
    at_regular = even.say(
        "It is better at *regular* times too,",
        "At *regular* times it is not better,",
        "At *regular* times no lead can be made out,",
    )
    return f"{at_regular} " + widened.say(
        "and irregular ones widen the lead: here irregularity itself is at work, in line with the thesis.",
        "and irregular ones do not widen the lead: what the data show is not the worth of irregular times.",
        "and whether irregular ones widen the lead is not decided.",
    )


def how_trained(results: Results) -> str:
    """How the nets were trained, and how their rates were chosen."""
    nets = {ODE: "latent ODE", GRU: "recurrent net", TIME: "function of time"}
    rates = ", ".join(f"{RATES[name]:g} for the {net}" for name, net in nets.items())
    seeds = len(results.records(long_name(ODE)))
    training = long_training(ODE)
    return (
        f"The nets had {LONG} steps of Adam on batches of {training.batch} out of {training.series} series, "
        f"and were tested on {TEST_SERIES} others, {seeds} times: a seed draws everything anew, pendulums, "
        "times, noise, first weights. The rate falls from its first value to zero. That value is "
        "*tuned*, for each decoder by itself: from 0.01 on halved and doubled until the error on validation "
        f"series, of {VALIDATION_SEEDS} seeds that nothing else uses, was least between two others. It is "
        f"{rates}; nets that lack or add something have the rate of the net they come from."
    )


def is_it_enough(results: Results) -> str:
    """What more steps do."""
    fallen = (
        ratio(results, arm_name(GRU), long_name(GRU), "ahead"),
        ratio(results, arm_name(ODE), long_name(ODE), "ahead"),
    )
    lines = []
    if all(one is not None for one in fallen):
        less = [1 - 1 / one.estimate for one in fallen if one is not None]
        lines.append(
            f"From {CONFIG.steps} to {LONG} steps the error ahead falls by {less[0]:.0%} for the recurrent "
            f"net and by {less[1]:.0%} for the latent ODE (seeds with both trainings): a comparison after "
            f"{CONFIG.steps} steps, which an earlier edition of this page made, is one of speed."
        )
    lines.append(_overfitted(results, TRIED[GRU][-1], RATES[GRU]))
    return " ".join(line for line in lines if line)


def _overfitted(results: Results, large: float, chosen: float) -> str:
    """Whether the recurrent net that fits its training best errs more on validation series; else nothing."""
    arms = [validation_name(GRU, rate) for rate in (large, chosen)]
    if not all(arm in results for arm in arms):
        return ""
    fits, misses = ([f(results, GRU, rate) for rate in (large, chosen)] for f in (_fit, validation_error))
    if not (fits[0] < fits[1] and misses[0] > misses[1]):
        return ""
    return (
        f"More fitting is not what the recurrent net lacks then: at the rate {large:g} it fits the series of "
        f"its training to {fits[0]:.3f}, where the noise is {NOISE:g}, and errs by {misses[0]:.3f} on "
        f"validation series; at the rate that was chosen it fits them to {fits[1]:.3f} and errs by "
        f"{misses[1]:.3f}."
    )


def _fit(results: Results, decoder: str, rate: float) -> float:
    return training_error(results, validation_name(decoder, rate))


def reading(results: Results, claims: Verdicts) -> str:
    """What the comparison of regular and irregular times says."""
    return "\n".join(_reading(results, claims))


def _reading(results: Results, claims: Verdicts) -> Iterator[str]:
    lead = [ratio(results, long_name(GRU, s), long_name(ODE, s), "ahead") for s in (MAIN, REGULAR)]
    if lead[0] is None or lead[1] is None:
        yield "The runs at regular times are not there yet."
        return
    yield (
        f"Ahead, the recurrent net errs {lead[0].estimate:.2f} times as much as the latent ODE at irregular "
        f"times and {lead[1].estimate:.2f} times as much at regular ones."
    )
    yield cause(claims)
    yield say(
        claims.get("5.3w"),
        "After short trainings, the lead is smaller where all series share one set of irregular times: it is "
        "their *variety* that makes it.",
        "After short trainings, the lead is no smaller where all series share one set of irregular times.",
        "Whether the lead needs times of their own for each series, or only uneven ones, is not decided (by "
        "short trainings).",
    )
    yield say(
        claims.get("5.3e"),
        "The function of time, as continuous as the ODE, does worse: continuity alone does not do it.",
        "The function of time, which is continuous but has no law, does as well or better.",
        "The function of time, which is continuous but has no law, is not clearly apart from it ahead.",
    )
    cost = {
        name: ratio(results, arms[0], arms[1], "ahead")
        for name, arms in {
            ODE: (long_name(ODE), long_name(ODE, REGULAR)),
            GRU: (long_name(GRU), long_name(GRU, REGULAR)),
            TRUE: (arm_name(TRUE), arm_name(TRUE, REGULAR)),
        }.items()
    }
    ode, gru, true = (math.nan if one is None else one.estimate for one in cost.values())
    yield (
        f"\n\nIrregular times multiply the error ahead of the latent ODE by {ode:.2f}, of the recurrent net "
        f"by {gru:.2f}, and of the pendulum's own equation by {true:.2f}. The last number is what the times "
        "themselves give away. All of these nets have a recurrent encoder, which may be to blame for the "
        "rest; this is not shown here.\n\n"
    )
    yield (
        "Beyond what training asked for, the function of time has nothing to go by: there it errs by "
        f"{error(results, long_name(TIME), 'beyond'):.2f} rad, and zero as answer to everything by "
        f"{error(results, arm_name(REST), 'beyond'):.2f}."
    )
    yield from _without_learning(claims)


def _without_learning(claims: Verdicts) -> Iterator[str]:
    yield say(
        claims.get("5.3y"),
        "Between the looks, the latent ODE does better than straight lines.",
        "Between the looks, straight lines do better than the latent ODE.",
        "Between the looks, the latent ODE cannot be told from straight lines.",
    )
    yield say(
        claims.get("5.3x"),
        "",
        "A damped sinusoid, with nothing learned from other series, does better than the latent ODE there.",
    )
    yield say(
        claims.get("5.3l"),
        "Ahead, the latent ODE does better than the sinusoid.",
        "Ahead as well it does better than the latent ODE.",
        "Ahead, it is not decided which of the two does better.",
    )


def repetition(results: Results, claims: Verdicts) -> str:
    """What training for repetition does to the comparison."""
    arms = {GRU: replayed_gru, ODE: replayed_ode}
    if not all(arm in results for arm in arms.values()):
        return "The nets trained for repetition have not been run yet."
    limit = error(results, arm_name(REST), "between") / 2
    stuck = {name: int((results.values(arm, "between") > limit).sum()) for name, arm in arms.items()}
    failed = " and ".join(
        f"{count} of {len(results.seeds(arms[name]))} seeds of the {name}"
        for name, count in stuck.items()
        if count
    )
    lines = [
        say(
            claims.get("5.3q"),
            "Asked in training only to repeat, the recurrent net errs more between the looks,",
            "Asked in training only to repeat, the recurrent net does not err more between the looks,",
            "Whether training for repetition harms the recurrent net between the looks is not decided,",
        ),
        say(
            claims.get("5.3r"),
            "and loses more than the latent ODE.",
            "and loses no more than the latent ODE.",
            "and whether it loses more than the latent ODE is not decided.",
        ),
    ]
    if failed:
        lines.append(
            f"Trainings that failed, with more than half the error of answering zero: {failed}. On a "
            "logarithmic scale such a seed counts, but does not decide."
        )
    return " ".join(lines)


def summary(claims: Verdicts) -> str:
    """The questions of the page, each with what was found."""
    rows = [
        ["does a latent ODE forecast better at irregular times?", _both(claims, "5.3a", "5.3b")],
        ["is irregularity the reason?", cause(claims)],
        *([question, _answer(claims, name, *words)] for question, name, *words in _QUESTIONS),
    ]
    return markdown_table(["question", "answer"], rows)


_QUESTIONS = (
    (
        "is continuity the reason?",
        "5.3e",
        "no: a function of time is as continuous, and errs more",
        "it may be: a function of time errs no more",
    ),
    (
        "does it come near to the pendulum's own equation?",
        "5.3m",
        "yes: less than one and a half times its error",
        "no: more than one and a half times its error",
    ),
    (
        "does a recurrent net need to be told the gaps?",
        "5.3n",
        "at irregular times, yes",
        "no: it errs no more without them",
    ),
    (
        "does a flow need room?",
        "5.3p",
        "yes: with a state of one number it errs more",
        "no: a state of one number does as well",
    ),
)


def _answer(claims: Verdicts, name: str, holds: str, fails: str) -> str:
    found = say(claims.get(name), holds, fails, "not decided")
    return f"{found} ({name})" if found else "not run yet"


def _both(claims: Verdicts, *names: str) -> str:
    told = [
        f"{window}, {claims[name].say('yes', 'no', 'not decided')} ({name})"
        for window, name in zip(WINDOWS, names, strict=False)
        if name in claims
    ]
    return "; ".join(told) or "not run yet"
