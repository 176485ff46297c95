"""What is claimed of glasses and their learned couplings; committed before the records, other seeds seen.

IS13 and IS14 were added by a reader when the records of IS1 to IS12 were there, and committed before theirs.
Seen had been 30 glasses of other seeds, from 1000: at beta = 2 and 1,000 states a median error of 0.33 of the
couplings' size where there is no estimate, and a mean of 2M KL of 38.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import log_mean_interval, mean_interval, paired_interval, wilson_interval
from pdenet.subjects.ising.arms import LARGER, SPINS, arm_name
from pdenet.subjects.ising.measures import FIELD, LIKELIHOOD, PSEUDO, SIZES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

FEW, SOME, MANY = SIZES


def column(results: Results, arm: str, *whats: str) -> list[NDArray[np.float64]]:
    """What the seeds of an arm measure, (seed,) each, without seeds that have no value of one of them."""
    values = np.array([results.values(arm, what) for what in whats])
    return [*values[:, np.isfinite(values).all(0)]]


def couplings(spins: int) -> int:
    """Their number."""
    return spins * (spins - 1) // 2


def _off(beta: float, spins: int, results: Results) -> Interval | None:
    """How far the mean excess of the likelihood is from what chi-squared says, as a share."""
    name = arm_name(beta, spins)
    if name not in results:
        return None
    (excess,) = column(results, name, f"excess, {LIKELIHOOD} at {MANY}")
    return abs(mean_interval(excess / couplings(spins) - 1))


def _pseudo_off(beta: float, results: Results) -> Interval | None:
    name = arm_name(beta)
    if name not in results:
        return None
    excess, limit = column(results, name, f"excess, {PSEUDO} at {MANY}", "pseudo_excess")
    return abs(mean_interval(excess / limit - 1))


def _error_off(beta: float, results: Results) -> Interval | None:
    """How far the mean squared error is from the limit of Cramer and Rao, as a share."""
    name = arm_name(beta)
    if name not in results:
        return None
    error, limit = column(results, name, f"error, {LIKELIHOOD} at {MANY}", "cramer_rao")
    return abs(mean_interval(MANY * error / limit - 1))


def slopes(results: Results, arm: str, estimate: str) -> NDArray[np.float64]:
    """By seed, the power of the number of states with which the error grows; that is half of its square's."""
    errors = column(results, arm, *(f"error, {estimate} at {size}" for size in SIZES))
    fitted = np.polyfit(np.log(SIZES), np.log(np.array(errors)) / 2, 1)
    return np.asarray(fitted[0])


def _slope(estimate: str, of: float | None, results: Results) -> Interval | None:
    name = arm_name(1.0)
    if name not in results:
        return None
    found = slopes(results, name, estimate)
    return mean_interval(found) if of is None else abs(mean_interval(found - of))


def _ratio(beta: float, above: str, below: str, results: Results) -> Interval | None:
    name = arm_name(beta)
    if name not in results:
        return None
    one, other = column(results, name, f"{above} at {MANY}", f"{below} at {MANY}")
    return log_mean_interval(one / other)


def _ahead(results: Results) -> Interval | None:
    """How much more often the fit has the ground state than the state seen most often, as a share."""
    name = arm_name(0.5)
    if name not in results:
        return None
    first, second = column(results, name, f"ground, {LIKELIHOOD} at {FEW}", f"ground, commonest at {FEW}")
    return paired_interval(first, second)


def _absent(untied: bool, results: Results) -> Interval | None:
    """Share of the samples that have no estimate; or, of these, of those in which no two spins are tied."""
    name = arm_name(2.0)
    if name not in results:
        return None
    exists, tied = column(results, name, f"exists at {FEW}", f"tied at {FEW}")
    absent = exists == 0
    if not untied:
        return wilson_interval(int(absent.sum()), len(absent))
    return wilson_interval(int((tied[absent] == 0).sum()), int(absent.sum())) if absent.any() else None


def _penalised(results: Results) -> Interval | None:
    """Error with the penalty where there is no estimate without, over the size of the couplings."""
    name = f"{arm_name(2.0)}, penalised"
    if name not in results:
        return None
    exists, off = column(results, name, "exists", "off, 1")
    return log_mean_interval(off[exists == 0])


def _penalised_excess(results: Results) -> Interval | None:
    name = f"{arm_name(2.0)}, penalised"
    return mean_interval(results.values(name, "excess, 1")) if name in results else None


_claim = partial(Claim, family="couplings")
CLAIMS = (
    _claim(
        "IS1",
        f"at beta = 1 and {MANY:,} states the mean of 2M KL is within a tenth of the number of couplings,"
        f" {couplings(SPINS)} (share off)",
        threshold=0.1,
        direction="below",
        measure=partial(_off, 1.0, SPINS),
    ),
    _claim(
        "IS2",
        "so it is at beta = 2, over the samples that have an estimate (share off)",
        threshold=0.1,
        direction="below",
        measure=partial(_off, 2.0, SPINS),
    ),
    _claim(
        "IS3",
        f"so it is with {LARGER} spins at beta = 1, whose couplings are {couplings(LARGER)} (share off)",
        threshold=0.1,
        direction="below",
        measure=partial(_off, 1.0, LARGER),
    ),
    _claim(
        "IS4",
        "at beta = 1 the mean squared error of the couplings is within a tenth of Cramer and Rao's limit"
        " (share off)",
        threshold=0.1,
        direction="below",
        measure=partial(_error_off, 1.0),
    ),
    _claim(
        "IS5",
        "at beta = 1 the error falls as the states to the power -1/2, within 0.05 (power off)",
        threshold=0.05,
        direction="below",
        measure=partial(_slope, LIKELIHOOD, -0.5),
    ),
    _claim(
        "IS6",
        "at beta = 2 pseudolikelihood has less than a tenth more squared error than the likelihood (ratio)",
        threshold=1.1,
        direction="below",
        measure=partial(_ratio, 2.0, f"error, {PSEUDO}", f"error, {LIKELIHOOD}"),
    ),
    _claim(
        "IS7",
        "at beta = 2 the mean of 2M KL of pseudolikelihood is within a tenth of what its sandwich says"
        " (share off)",
        threshold=0.1,
        direction="below",
        measure=partial(_pseudo_off, 2.0),
    ),
    _claim(
        "IS8",
        "at beta = 1 the error of naive mean field hardly falls with the states (power)",
        threshold=-0.1,
        measure=partial(_slope, FIELD, None),
    ),
    _claim(
        "IS9",
        f"at beta = 0.5 and {FEW:,} states the learned energy has the true ground state more often than the"
        " state seen most often is it (difference of shares)",
        threshold=0.0,
        measure=_ahead,
    ),
    _claim(
        "IS10",
        f"at beta = 2 and {FEW:,} states more than half of the samples have no estimate of maximum likelihood"
        " (share)",
        threshold=0.5,
        measure=partial(_absent, False),
    ),
    _claim(
        "IS11",
        "of these, more than half have no two spins that are always equal or opposite (share)",
        threshold=0.5,
        measure=partial(_absent, True),
    ),
    _claim(
        "IS12",
        "at beta = 2, after 800 steps of Adam 2M KL is more than twice what it is at the minimum (ratio)",
        threshold=2.0,
        measure=partial(_ratio, 2.0, "excess, Adam", f"excess, {LIKELIHOOD}"),
    ),
    _claim(
        "IS13",
        f"at beta = 2 and {FEW:,} states, where no such estimate exists, a penalty by the couplings' own"
        " variance finds them within half of their size (distance over size)",
        threshold=0.5,
        direction="below",
        measure=_penalised,
    ),
    _claim(
        "IS14",
        f"over all samples there its mean of 2M KL is below the number of couplings, {couplings(SPINS)}",
        threshold=float(couplings(SPINS)),
        direction="below",
        measure=_penalised_excess,
    ),
)
