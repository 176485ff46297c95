"""What is claimed of lists of particles; committed before the records, as the claims of points.

RT34 and RT35 were added by a reader who had seen the records of all the others, and none of the two arms that
take longer: whether what is said of lists after 1000 steps is a matter of the steps. They are a family of
their own, so that they move no verdict of the first.
"""

from __future__ import annotations

from pdenet.subjects.rotation.arms import (
    AUGMENTED,
    LONGER,
    PATIENT,
    PATIENT_AUGMENTED,
    PATIENT_SORTED,
    list_name,
)
from pdenet.subjects.rotation.measures import AVERAGED, CONSTANT, ERROR, OUTSIDE, swapped
from pdenet.subjects.rotation.networks import PLAIN, POOLED, SORTED
from pdenet.subjects.rotation.ratios import ratio_claim

LIST, ALONE = list_name(PLAIN), (list_name(PLAIN), CONSTANT)
LIST_CLAIMS = (
    ratio_claim(
        26,
        "shown lists from left to right, the plain network errs more in other orders than a constant does",
        (LIST, OUTSIDE),
        ALONE,
        1,
        ">",
    ),
    ratio_claim(
        27,
        "one exchange of neighbours more than doubles its error",
        (LIST, swapped(1)),
        (LIST, swapped(0)),
        2,
        ">",
    ),
    ratio_claim(
        28,
        "averaged over all orders once it is trained, it errs more than a constant does",
        (LIST, AVERAGED),
        ALONE,
        1,
        ">",
    ),
    ratio_claim(
        29,
        "in other orders it errs more than ten times as much as a network that sorts",
        (LIST, OUTSIDE),
        (list_name(SORTED), OUTSIDE),
        10,
        ">",
    ),
    ratio_claim(
        30,
        "a plain network of shuffled lists errs less than one that sorts",
        (list_name(AUGMENTED), ERROR),
        (list_name(SORTED), ERROR),
        1,
        "<",
    ),
    ratio_claim(
        31,
        "a network that pools, as invariant as one that sorts, errs more than 1.5 times as much after as many"
        " steps",
        (list_name(POOLED), ERROR),
        (list_name(SORTED), ERROR),
        1.5,
        ">",
    ),
    ratio_claim(
        32,
        f"{LONGER} times the steps take a quarter of its error away",
        (list_name(PATIENT), ERROR),
        (list_name(POOLED), ERROR),
        0.75,
        "<",
    ),
    ratio_claim(
        33,
        "it errs less than half as much as a constant does",
        (list_name(POOLED), ERROR),
        ALONE,
        0.5,
        "<",
    ),
    ratio_claim(
        34,
        f"{LONGER} times the steps for both, a plain network of shuffled lists errs less than one that sorts",
        (list_name(PATIENT_AUGMENTED), ERROR),
        (list_name(PATIENT_SORTED), ERROR),
        1,
        "<",
        "patience",
    ),
    ratio_claim(
        35,
        f"{LONGER} times the steps for both, one that pools errs more than one that sorts",
        (list_name(PATIENT), ERROR),
        (list_name(PATIENT_SORTED), ERROR),
        1,
        ">",
        "patience",
    ),
)
