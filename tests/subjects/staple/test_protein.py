"""Proteins of two letters: Bayes' identity of a link, folding temperatures, what no link may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pdenet.subjects.staple.measures import all_gains, folds_by, link_gains, native_share
from pdenet.subjects.staple.protein import Protein, designing, folding_temperatures, letters, lowest

if TYPE_CHECKING:
    from collections.abc import Callable

PROTEIN = Protein(designing(10)[0])


@pytest.mark.parametrize("sequence", designing(10))
@pytest.mark.parametrize("temperature", [0.15, 0.4, 3.0])
def test_a_native_link_divides_by_the_chance_that_it_closes(sequence: str, temperature: float) -> None:
    """Bayes: what touches in the native conformation is there whenever that is."""
    protein = Protein(sequence)
    free = protein.native_chance(temperature)
    for link in protein.native_links:
        closed = protein.closing_chance(link, temperature)
        assert protein.native_chance(temperature, link) == pytest.approx(free / closed, rel=1e-12)


def test_chances_are_those_of_a_sum_over_all_conformations() -> None:
    boltzmann = PROTEIN.every.weights * np.exp(PROTEIN.bonds / 0.4)
    assert PROTEIN.native_chance(0.4) == pytest.approx(boltzmann[PROTEIN.native] / boltzmann.sum(), rel=1e-12)
    for pair in ((0, 3), (0, 9), (2, 7)):
        there = PROTEIN.every.near(*pair)
        assert PROTEIN.closing_chance(pair, 0.4) == pytest.approx(boltzmann[there].sum() / boltzmann.sum())


def test_a_wrong_link_forbids_the_native_conformation() -> None:
    wrong = next(pair for pair in PROTEIN.every.pairs if pair not in PROTEIN.native_links)
    assert PROTEIN.native_chance(0.1, wrong) == 0
    with pytest.raises(ValueError, match="do not touch in the native conformation"):
        PROTEIN.folding_temperature(wrong)


def test_at_the_folding_temperature_the_native_conformation_has_half() -> None:
    for link in (None, *PROTEIN.native_links):
        temperature = PROTEIN.folding_temperature(link)
        assert PROTEIN.native_chance(temperature, link) == pytest.approx(0.5, abs=1e-9)
    assert folding_temperatures(np.array([[0.5, 1.0]])).tolist() == [np.inf], "it is folded at any"


def test_every_native_link_stabilises() -> None:
    """A theorem: it takes away conformations, and never the native one."""
    found = all_gains(12)
    assert (found.gains > 0).all()
    assert (found.closing > 0).all()
    assert (found.closing < 1).all()


def test_links_of_fourteen_residues_gain_with_their_span_but_for_the_longest() -> None:
    """2506 links; two free ends close more easily than two residues that a shorter loop has tails on."""
    found = all_gains(14)
    assert len(found.gains) == 2506
    means = [found.gains[found.spans == span].mean() for span in (3, 5, 7, 9, 11, 13)]
    assert np.allclose(means, [0.14, 0.23, 0.25, 0.26, 0.34, 0.22], atol=0.005)
    ends, inner = (found.closing[found.spans == span].mean() for span in (13, 11))
    assert ends > inner


def test_few_links_are_native() -> None:
    shares = np.array([native_share(Protein(sequence)) for sequence in designing(12)])
    plain = len(PROTEIN.native_links) / len(PROTEIN.every.pairs)
    assert native_share(PROTEIN)[0] == pytest.approx(plain)
    assert 0 < shares.min() < shares.max() < 0.5


def test_little_folds_by_near_contacts_alone_or_by_far_ones() -> None:
    assert folds_by(12) == folds_by(12, 11, 3) == (87, 87)
    for folding, of_these in (folds_by(12, longest=3), folds_by(12, shortest=9)):
        assert of_these <= folding < 10


def test_contacts_that_attract_are_picked_by_their_span() -> None:
    """Of chains of six, some pairs three bonds apart and the one of the two ends, five apart."""
    ends = lowest(6, shortest=5)
    assert set(ends[0]) == {0, 1}
    assert ((ends[0] == 1) == [letters(number, 6)[::5] == "HH" for number in range(64)]).all()
    with pytest.raises(ValueError, match="shortest"):
        lowest(6, shortest=0)


def test_gains_are_those_of_single_links() -> None:
    found = link_gains(PROTEIN)
    free = PROTEIN.folding_temperature()
    for link, gain in zip(PROTEIN.native_links, found.gains, strict=True):
        assert gain == pytest.approx(PROTEIN.folding_temperature(link) / free - 1, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: Protein("HPX"), ValueError, "letters H and P; got 'X'"),
        (lambda: Protein("hp"), ValueError, "got 'h', 'p'"),
        (lambda: Protein(7), TypeError, "a text of H and P; got 7"),  # type: ignore[arg-type]
        (lambda: Protein("H"), ValueError, "residues must be a whole number, at least 2"),
        (lambda: Protein("H" * 20), ValueError, "residues must be at most 16"),
        (lambda: Protein("P" * 8).native, ValueError, "has 272 conformations of lowest energy"),
        (lambda: PROTEIN.native_chance(0.0), ValueError, "temperature must be a finite number, above 0"),
        (lambda: PROTEIN.native_chance(0.3, (0, 4)), ValueError, "never touch"),
        (lambda: PROTEIN.closing_chance((0, 2)), ValueError, "never touch"),
        (lambda: PROTEIN.states((0, 12)), ValueError, "from 0 to 9"),
    ],
)
def test_what_is_no_protein_or_no_link_is_refused(
    call: Callable[[], Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        call()
