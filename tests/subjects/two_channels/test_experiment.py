"""The networks side by side: which cells, and verdicts that can go either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.records import made

from pdenet.models import PDENet
from pdenet.models.two_channel_net import TwoChannelNet
from pdenet.runs.claims import Verdict
from pdenet.subjects.two_channels.claims import CLAIMS
from pdenet.subjects.two_channels.experiment import CELLS, CONFIG, PART, TWO_CHANNELS
from pdenet.subjects.two_channels.networks import (
    ALONE,
    AT_ONCE,
    DEPTHS,
    FIRST,
    FREE,
    IN_TURN,
    NETWORKS,
    SECOND,
    spec,
)

if TYPE_CHECKING:
    from pdenet.runs.results import Results
    from pdenet.runs.table import Place


def found(accuracies: dict[Place, list[float]]) -> Results:
    """Runs that end with these accuracies, by seed; their trunks are empty."""
    data = {"name": f"mnist[{PART.train}+{PART.test}]", "checksum": "-"}
    records = []
    for place, values in accuracies.items():
        cell = TWO_CHANNELS.cell(*place)
        records += [
            made([value], seed=seed, model=cell.model, training=cell.training, data=data)
            for seed, value in enumerate(values)
        ]
    return TWO_CHANNELS.results(records)


def test_every_network_stands_at_every_depth_beside_the_classifier_alone() -> None:
    places = {(cell.depth, cell.column) for cell in CELLS}
    assert places == {(0, ALONE), (0, IN_TURN), *((d, n) for d in DEPTHS for n in NETWORKS)}
    assert {cell.device for cell in CELLS} == {"cpu"}
    assert (CONFIG.epochs, CONFIG.batch_size, PART.train, PART.test) == (5, 64, 20_000, 10_000)


def test_a_network_is_what_its_name_says() -> None:
    turn, free, once = (spec(name, 3).build(1) for name in (IN_TURN, FREE, AT_ONCE))
    assert isinstance(turn, TwoChannelNet)
    assert isinstance(free, TwoChannelNet)
    assert isinstance(once, TwoChannelNet)
    assert (turn.update, turn.bounded) == ("in turn", True)
    assert (free.update, free.bounded) == ("in turn", False)
    assert (once.update, once.bounded) == ("at once", True)
    assert [type(spec(name, 3).build(1)) for name in (FIRST, SECOND)] == [PDENet, PDENet]
    with pytest.raises(ValueError, match="network must be"):
        spec("both", 3)


def test_the_claims_are_one_family() -> None:
    assert {claim.family for claim in CLAIMS} == {"two channels"}
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS) == 9


GOOD, WORSE, DEAD = [0.95, 0.951, 0.952, 0.951], [0.90, 0.901, 0.903, 0.902], [0.1, 0.1, 0.9, 0.1]


def test_verdicts_go_one_way() -> None:
    judged = TWO_CHANNELS.judged(
        found(
            {
                (0, ALONE): [0.94, 0.941, 0.942, 0.942],
                (0, IN_TURN): [0.94, 0.942, 0.941, 0.942],
                (5, IN_TURN): GOOD,
                (50, IN_TURN): [value - 0.001 * (1 + 0.1 * i) for i, value in enumerate(GOOD)],
                (50, FIRST): WORSE,
                (50, SECOND): [value + 0.0005 * i for i, value in enumerate(GOOD)],
                (50, AT_ONCE): [0.1, 0.1, 0.1, 0.1],
                (50, FREE): WORSE,
            }
        )
    )
    assert {one.verdict for one in judged.values()} == {Verdict.HOLDS}
    assert len(judged) == len(CLAIMS)
    assert judged["2.5b"].found.estimate == pytest.approx(2, abs=0.1)


def test_verdicts_go_the_other_way() -> None:
    judged = TWO_CHANNELS.judged(
        found(
            {
                (0, ALONE): GOOD,
                (0, IN_TURN): GOOD,
                (5, IN_TURN): WORSE,
                (50, IN_TURN): [value - 0.1 - 0.001 * i for i, value in enumerate(WORSE)],
                (50, FIRST): GOOD,
                (50, SECOND): GOOD,
                (50, AT_ONCE): GOOD,
                (50, FREE): GOOD,
            }
        )
    )
    assert {one.verdict for one in judged.values()} == {Verdict.DOES_NOT_HOLD}
    assert judged["2.5e"].found.estimate == 1


def test_seeds_that_learn_nothing_are_counted() -> None:
    judged = TWO_CHANNELS.judged(found({(50, AT_ONCE): DEAD}))
    assert judged.keys() == {"2.5e"}
    assert judged["2.5e"].found.estimate == 0.25


def test_what_takes_minutes_has_every_network() -> None:
    book = TWO_CHANNELS.arms("book")
    assert [arm.name for arm in book] == [cell.name for cell in CELLS]
    assert {arm.training["epochs"] for arm in book} == {1}
