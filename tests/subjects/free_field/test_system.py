"""Fields by their definition: waves, spectra, draws, coarse-graining, and what is refused."""

from __future__ import annotations

import math

import pytest
import torch

from pdenet.subjects.free_field import coarse
from pdenet.subjects.free_field.system import (
    Field,
    chessboard,
    free_field,
    line,
    staggered,
    two_fields,
    waves,
)


def laplace(side: int) -> torch.Tensor:
    """Minus the lattice's Laplace operator, (n, n), from its neighbours."""
    n = side**2
    place = torch.arange(n).reshape(side, side)
    found = 4 * torch.eye(n, dtype=torch.float64)
    for shift, dim in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        found[place.flatten(), place.roll(shift, dim).flatten()] -= 1
    return found


@pytest.mark.parametrize("side", [3, 4, 16])
def test_waves_are_the_modes_of_the_lattice(side: int) -> None:
    numbers, columns = waves(side)
    n = side**2
    assert (columns.mT @ columns - torch.eye(n)).abs().max() < 1e-12
    assert (laplace(side) @ columns - columns * numbers).abs().max() < 1e-12
    assert (numbers.diff() >= 0).all()
    assert torch.allclose(columns[:, 0].abs(), torch.full((n,), 1 / side, dtype=torch.float64))


@pytest.mark.parametrize("side", [4, 5])
def test_the_free_field_is_that_of_its_action(side: int) -> None:
    """The inverse of its covariance is the matrix of the action: steps to neighbours, and the mass."""
    matrix = laplace(side) + 0.3 * torch.eye(side**2, dtype=torch.float64)
    covariance = free_field(0.3, side).covariance
    assert (matrix @ covariance - torch.eye(side**2)).abs().max() < 1e-12
    assert (free_field(0.31, side).covariance @ matrix - torch.eye(side**2)).abs().max() > 1e-3


def test_the_first_shells() -> None:
    values, counts = free_field().variances.unique(sorted=True, return_counts=True)
    assert values.flip(0)[:4].tolist() == pytest.approx([20, 4.9446, 2.8210, 1.5729], abs=1e-4)
    assert counts.flip(0)[:5].tolist() == [1, 4, 4, 4, 8]
    assert len(line(4)[0]) == 4
    assert line(3)[0].tolist() == pytest.approx([0, 3, 3])


def test_the_covariance_is_diagonal_in_waves() -> None:
    for field in (free_field(), staggered(), two_fields()):
        columns = waves(16)[1]
        turned = columns.mT @ field.covariance @ columns
        assert (turned - torch.diag(field.variances)).abs().max() < 1e-12 * field.variances.max()


def test_the_staggered_field_is_the_free_one_on_a_chessboard() -> None:
    board = torch.diag(chessboard(6))
    assert board.diagonal().reshape(6, 6)[:2, :3].tolist() == [[1, -1, 1], [-1, 1, -1]]
    assert (board @ free_field(side=6).covariance @ board - staggered(side=6).covariance).abs().max() < 1e-12


def test_of_two_fields_the_free_one_reaches_further() -> None:
    free, two = free_field().covariance[0], two_fields().covariance[0]
    other = (two - free).abs().reshape(16, 16)
    assert other[0, 0] > 10 * free[0]
    assert other[0, 8] < 0.05 * free.reshape(16, 16)[0, 8]
    assert torch.allclose(two_fields().variances, free_field().variances + 40 * staggered(1.0).variances)


def test_draws_have_the_covariance() -> None:
    field = free_field(0.2, 4)
    drawn = field.draw(40_000, torch.Generator().manual_seed(0))
    c = field.covariance
    spread = ((c.diagonal()[:, None] * c.diagonal() + c**2) / len(drawn)).sqrt()
    assert ((drawn.mT @ drawn / len(drawn) - c) / spread).abs().max() < 4.5
    assert field.draw(2, torch.Generator().manual_seed(1), torch.float32).dtype == torch.float32


def test_blocks_and_sites_by_hand() -> None:
    numbers = torch.arange(16, dtype=torch.float64)
    assert (coarse.block_means(4, 2) @ numbers).tolist() == [2.5, 4.5, 10.5, 12.5]
    assert (coarse.decimation(4, 2) @ numbers).tolist() == [0, 2, 8, 10]
    assert torch.equal(coarse.block_means(4, 1), torch.eye(16, dtype=torch.float64))
    assert not torch.equal(coarse.projections(4, 3, 0), coarse.projections(4, 3, 1))


def test_what_a_map_captures() -> None:
    field = free_field(0.3, 4)
    leading = waves(4)[1][:, :5].mT
    best = coarse.captured_at_best(field, 5)
    assert coarse.captured(leading, field) == pytest.approx(best, abs=1e-12)
    assert coarse.captured(torch.randn(5, 5).double() @ leading, field) == pytest.approx(best, abs=1e-9)
    assert 1 - best == pytest.approx(float(field.variances[5:].sum() / field.variances.sum()))
    assert coarse.captured(torch.eye(16, dtype=torch.float64), field) == pytest.approx(1)
    for mapping in (coarse.block_means(4, 2), coarse.decimation(4, 2), coarse.projections(4, 4, 0)):
        assert 0 < coarse.captured(mapping, field) < coarse.captured_at_best(field, 4)


def test_maps_of_the_whole_lattice_as_the_specification_saw_them() -> None:
    field = free_field()
    for width, best, blocks, sites in ((2, 0.6841, 0.6575, 0.5633), (4, 0.4545, 0.4346, 0.2848)):
        assert coarse.captured_at_best(field, (16 // width) ** 2) == pytest.approx(best, abs=1e-4)
        assert coarse.captured(coarse.block_means(16, width), field) == pytest.approx(blocks, abs=1e-4)
        assert coarse.captured(coarse.decimation(16, width), field) == pytest.approx(sites, abs=1e-4)


def test_blocks_begin_at_the_mass_that_rescaling_gives() -> None:
    for width in (1, 2, 4):
        assert float(coarse.block_spectrum(free_field(), width)[1][0]) == pytest.approx(0.05 * width**2)
    numbers, inverse = coarse.block_spectrum(free_field(), 1)
    assert torch.allclose(inverse, numbers + 0.05)


@pytest.mark.parametrize("buffer", [0, 1])
def test_what_a_patch_tells_is_that_of_determinants(buffer: int) -> None:
    field = two_fields(0.2, 6)
    told = coarse.told_far(field, 2, buffer)
    c, place = field.covariance, torch.arange(36).reshape(6, 6)
    patch = place[buffer : buffer + 2, buffer : buffer + 2].flatten()
    near = place[: 2 + 2 * buffer, : 2 + 2 * buffer].flatten()
    rest = torch.tensor([site for site in range(36) if site not in near])

    def entropy(rows: torch.Tensor) -> float:
        """Of weighted sites, rows (m, 36), without the constant."""
        return float(torch.linalg.slogdet(rows @ c @ rows.mT).logabsdet) / 2

    sites = torch.eye(36, dtype=torch.float64)

    def information(rows: torch.Tensor) -> float:
        return entropy(rows) + entropy(sites[rest]) - entropy(torch.cat([rows, sites[rest]]))

    assert told.all == pytest.approx(information(sites[patch]), abs=1e-12)
    assert told.mean == pytest.approx(information(sites[patch].sum(0, keepdim=True)), abs=1e-12)
    ordered = torch.linalg.eigh(c[patch][:, patch])[1].flip(1).mT
    for count in (1, 2, 3, 4):
        together = information(ordered[:count] @ sites[patch])
        assert told.components[count - 1] == pytest.approx(together, abs=1e-12)
    assert told.component == told.components[0]
    assert len(told.components) == 4
    guesses = torch.randn(50, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert told.best > max(information((weights @ sites[patch])[None]) for weights in guesses)
    # By its symmetry the best number of four sites is one of these two.
    assert told.best == pytest.approx(max(told.component, told.mean), abs=1e-12)


def test_what_is_told_does_not_change_when_signs_do() -> None:
    free, turned = coarse.told_far(free_field()), coarse.told_far(staggered())
    assert turned.best == pytest.approx(free.best, abs=1e-12)
    assert turned.component == pytest.approx(free.component, abs=1e-12)
    assert turned.mean < 0.01 * free.mean


def test_fields_that_are_none_are_refused() -> None:
    for mass2 in (0, -0.1):
        with pytest.raises(ValueError, match=r"mass2 must be positive; got .* the variance 1/mass2"):
            free_field(mass2)
    with pytest.raises(ValueError, match="a chessboard closes on an even side; got 5"):
        staggered(side=5)
    with pytest.raises(ValueError, match=r"positive, finite variance; got -1 .* in the field 'bad'"):
        Field("bad", lambda k: k - 1, 4)
    with pytest.raises(ValueError, match="side must be a whole number, at least 2"):
        waves(1)
    with pytest.raises(ValueError, match=r"width 3 do not fill a side of 4; its divisors are 1, 2, 4"):
        coarse.block_means(4, 3)
    with pytest.raises(ValueError, match="leaves no far site on a side of 8"):
        coarse.told_far(free_field(side=8), 4, 2)
    with pytest.raises(ValueError, match="size must be"):
        free_field(side=4).draw(0, torch.Generator())
    assert math.isfinite(coarse.told_far(free_field(side=9), 4, 2).best)
