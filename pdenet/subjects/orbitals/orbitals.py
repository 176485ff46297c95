r"""Functions shaped like Gaussian orbitals, the densities they see, and what of these no rotation changes.

A function is :math:`\sigma_{nlm}(r) = N_{nl}\, |r|^l e^{-\alpha_n r^2} Y_{lm}(\hat r)` with the norm one and
real spherical harmonics; here :math:`|r|^l Y_{lm}` is one polynomial, smooth at the origin. An atom's density
is the sum over its neighbours, A (..., n, l m), and turns with the molecule; the sums over m of products of
two are its invariants. The addition theorem says what they are: functions of distances and of one angle.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of

if TYPE_CHECKING:
    from torch import Tensor

MOST_L = 2
SHAPES = ("gaussian", "slater")
"""How a radial function decays: as exp(-alpha r^2), or as exp(-zeta r)."""
BESIDE = ((0, 1), (0, 2), (1, 2))
"""Of each of three atoms the two distances that end on it, counted as in `distances`."""


def solid_harmonics(vectors: Tensor, l: int) -> Tensor:  # noqa: E741 - the name that the field has
    """Real r^l Y_lm of vectors (..., 3), (..., 2l+1), m from -l to l.

    Parameters
    ----------
    vectors
        x, y, z.
    l
        0, 1 or 2.

    Raises
    ------
    TypeError, ValueError
        If l is another.
    """
    degree = whole("l", l, least=0, most=MOST_L)
    x, y, z = vectors.unbind(-1)
    if degree == 0:
        return torch.full_like(x, 0.5 / math.sqrt(math.pi)).unsqueeze(-1)
    if degree == 1:
        return math.sqrt(3 / (4 * math.pi)) * torch.stack([y, z, x], -1)
    factor = math.sqrt(15 / (4 * math.pi))
    even = (3 * z * z - (x * x + y * y + z * z)) / (2 * math.sqrt(3))
    return factor * torch.stack([x * y, y * z, even, z * x, (x * x - y * y) / 2], -1)


def norms(exponents: Tensor, l: int, shape: str = "gaussian") -> Tensor:  # noqa: E741
    """Factors that make the integral of the square of each function one.

    Parameters
    ----------
    exponents
        Any shape, positive.
    l
        Of the angular part.
    shape
        One of `SHAPES`.
    """
    if one_of("shape", shape, SHAPES) == "gaussian":
        return (2 * (2 * exponents) ** (l + 1.5) / math.gamma(l + 1.5)).sqrt()
    return ((2 * exponents) ** (2 * l + 3) / math.gamma(2 * l + 3)).sqrt()


def radial(distances: Tensor, exponents: Tensor, l: int, shape: str = "gaussian") -> Tensor:  # noqa: E741
    """N r^l times the decay, for distances and exponents that broadcast.

    Parameters
    ----------
    distances, exponents
        Of shapes that go together.
    l
        Of the angular part.
    shape
        One of `SHAPES`.
    """
    decay = exponents * distances.square() if shape == "gaussian" else exponents * distances
    return norms(exponents, l, shape) * distances**l * torch.exp(-decay)


def orbital(vectors: Tensor, exponents: Any, l: int, shape: str = "gaussian") -> Tensor:  # noqa: E741
    """The functions themselves, (..., n, 2l+1), at vectors (..., 3).

    Parameters
    ----------
    vectors
        From the atom, bohr.
    exponents
        (n,), positive.
    l
        0, 1 or 2.
    shape
        One of `SHAPES`.

    Raises
    ------
    ValueError
        If an exponent is not positive.
    """
    alpha = positive(exponents).to(vectors)
    size = vectors.norm(dim=-1, keepdim=True)
    decay = alpha * size.square() if one_of("shape", shape, SHAPES) == "gaussian" else alpha * size
    radius = norms(alpha, l, shape) * torch.exp(-decay)
    return radius.unsqueeze(-1) * solid_harmonics(vectors, l).unsqueeze(-2)


def density(places: Tensor, exponents: Any, l: int, shape: str = "gaussian") -> Tensor:  # noqa: E741
    """What each atom sees of the others, A (..., A, n, 2l+1), of atoms at (..., A, 3).

    Parameters
    ----------
    places
        Bohr.
    exponents, l, shape
        As in `orbital`.
    """
    apart = places.unsqueeze(-3) - places.unsqueeze(-2)  # [i, j]: from i to j
    count = places.shape[-2]
    seen = orbital(apart, exponents, l, shape)
    others = 1 - torch.eye(count, dtype=places.dtype)
    return (seen * others[..., None, None]).sum(-3)


def invariants(places: Tensor, exponents: Any, lmax: int = MOST_L, shape: str = "gaussian") -> Tensor:
    """Sums over m of products of two densities, (..., A, features): by l, then by pairs n <= n'.

    Parameters
    ----------
    places
        (..., A, 3), bohr.
    exponents, shape
        As in `orbital`.
    lmax
        Largest l.
    """
    found = []
    for l in range(whole("lmax", lmax, least=0, most=MOST_L) + 1):  # noqa: E741
        seen = density(places, exponents, l, shape)
        row, column = torch.triu_indices(seen.shape[-2], seen.shape[-2])
        found.append((seen[..., row, :] * seen[..., column, :]).sum(-1) / math.sqrt(2 * l + 1))
    return torch.cat(found, -1)


def invariants_by_angle(
    places: Tensor, exponents: Tensor, lmax: int = MOST_L, shape: str = "gaussian"
) -> Tensor:
    """The same for three atoms, from two distances and the angle between them: the addition theorem.

    Parameters
    ----------
    places
        (..., 3, 3), bohr.
    exponents
        Shape (..., n): leading axes go with those of the places.
    lmax
        Largest l.
    shape
        One of `SHAPES`.
    """
    apart = distances(places)
    near, far = (apart.index_select(-1, torch.tensor(which)) for which in zip(*BESIDE, strict=True))
    opposite = apart.flip(-1)  # of atom 0 the pair 1 2, of 1 the pair 0 2, of 2 the pair 0 1
    cosine = (near.square() + far.square() - opposite.square()) / (2 * near * far)
    row, column = torch.triu_indices(exponents.shape[-1], exponents.shape[-1])
    ring, found = apart.unsqueeze(-1), []
    for l in range(lmax + 1):  # noqa: E741
        values = radial(ring, exponents, l, shape)
        first, second = (values.index_select(-2, torch.tensor(which)) for which in zip(*BESIDE, strict=True))
        one, other = first.index_select(-1, row), second.index_select(-1, column)
        if l == 0:
            one, other = (first + second).index_select(-1, row), (first + second).index_select(-1, column)
            found.append(one * other / (4 * math.pi))
            continue
        same = one * first.index_select(-1, column) + second.index_select(-1, row) * other
        cross = one * other + second.index_select(-1, row) * first.index_select(-1, column)
        legendre = cosine if l == 1 else (3 * cosine.square() - 1) / 2
        found.append(math.sqrt(2 * l + 1) / (4 * math.pi) * (same + cross * legendre.unsqueeze(-1)))
    return torch.cat(found, -1)


def positive(exponents: Any) -> Tensor:
    """Exponents as a tensor of 64 bits.

    Raises
    ------
    ValueError
        If one is not positive, or not finite.
    """
    found = torch.as_tensor(exponents, dtype=torch.float64)
    if not bool((found > 0).all()) or not bool(found.isfinite().all()):
        message = f"exponents must be positive and finite; got {found.tolist()}: a function would not decay"
        raise ValueError(message)
    return found


def distances(places: Tensor) -> Tensor:
    """Of atoms 0 1, 0 2, 1 2, (..., 3), of three atoms at (..., 3, 3)."""
    first, second = torch.triu_indices(3, 3, 1)
    return (places[..., first, :] - places[..., second, :]).square().sum(-1).sqrt()
