"""The runs of staple: what a record holds, that it comes again, and how the claims read it."""

from __future__ import annotations

import math

import pytest

from pdenet.runs.arm import Context
from pdenet.subjects.staple.arms import FoldingArm, LinkArm, SkipArm
from pdenet.subjects.staple.claims import CLAIMS
from pdenet.subjects.staple.experiment import STAPLE
from pdenet.subjects.staple.measures import drawn, link_gains, link_times, native_share
from pdenet.subjects.staple.protein import Protein
from pdenet.subjects.staple.resolvents import decay

LINKED, FOLDED = LinkArm(residues=10), FoldingArm(residues=10)


def test_a_record_holds_what_is_measured_of_the_protein_of_its_seed() -> None:
    (linked,) = LINKED.run((1,), Context())
    protein = Protein(drawn(10)[1])
    gains, (share, closed) = link_gains(protein), native_share(protein)
    assert linked.measured["sequence"] == protein.sequence
    assert linked.measured["gain"] == pytest.approx(gains.gains.mean())
    assert linked.measured["least gain"] == pytest.approx(gains.gains.min())
    assert (linked.measured["native"], linked.measured["native of closed"]) == (share, closed)
    (folded,) = FOLDED.run((1,), Context())
    long = [one for one in link_times(protein, 0.3) if one.span >= 9]
    mean = math.exp(sum(math.log(one.faster) for one in long) / len(long))
    assert folded.measured["long, faster"] == pytest.approx(mean)
    assert folded.measured["long, stranded"] == 0


def test_runs_of_one_seed_are_one_and_of_two_are_not() -> None:
    for arm in (LINKED, FOLDED, SkipArm(places=4)):
        first, second = arm.run((0, 1), Context())
        (again,) = arm.run((0,), Context())
        told = [repr(sorted(one.measured.items())) for one in (again, first, second)]  # NaN is NaN
        assert told[0] == told[1] != told[2]
        assert again.key == first.key != second.key
        assert first.to_json()


def test_what_a_protein_lacks_is_no_number() -> None:
    """Links over three bonds only, or none that long: nothing is averaged, and nothing is made up."""
    record = FoldingArm(residues=6).run((0,), Context())[0]
    assert math.isnan(record.measured["long, faster"])
    assert '"long, faster":null' in record.to_json()


def test_the_layers_of_the_record_decay_as_the_chain_does() -> None:
    assert SkipArm().model["gain"] == round(decay(0.1), 6)


def test_every_claim_finds_its_runs() -> None:
    judged = STAPLE.judged()
    assert list(judged) == [claim.id for claim in CLAIMS]
    assert {one.found.n for one in judged.values()} <= {20, *range(30, 41), 100}
    assert STAPLE.judged(STAPLE.results([])) == {}


def test_what_is_recorded_is_computed_again() -> None:
    """The first protein of 12 residues at 0.4, and the first network."""
    results = STAPLE.results()
    for arm in (FoldingArm(residues=12, temperature=0.4), SkipArm()):
        recorded, found = results.records(arm.name)[0], arm.measure(0)[1]
        assert recorded.measured.keys() == found.keys()
        for name, value in found.items():
            kept = recorded.measured[name]
            if isinstance(value, float):
                assert kept == pytest.approx(value, rel=1e-5) or (kept is None and math.isnan(value))
            else:
                assert kept == value
