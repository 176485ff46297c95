"""How far a network can move its output: norms of its layers, their product, and the radius it certifies.

A norm that is computed to the end is an `UpperBound`; one that an iteration approaches from below is a
`LowerEstimate`. They are two types because a certificate may rest on the first alone: it divides by the norm,
so that one too small certifies too much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.checks.words import flag
from pdenet.ops.seeding import generator
from pdenet.ops.two_convolutions import convolution_matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_UP = 1 + 1e-12
"""What a norm in double precision is multiplied by: more than its rounding for any matrix of this book."""


@dataclass(frozen=True)
class LowerEstimate:
    """What an iteration has found of norms, (S,), from below: it shows stretch, and certifies nothing."""

    values: Tensor

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _sizes(self.values))


@dataclass(frozen=True)
class UpperBound:
    """Lipschitz constants, (S,), none too small; 1 + K and products of them are such again.

    Raises
    ------
    TypeError, ValueError
        If they are no tensor (S,) of numbers that are not negative, or an operation has anything but another
        upper bound in it.
    """

    values: Tensor

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _sizes(self.values))

    def __mul__(self, other: UpperBound) -> UpperBound:
        """Of one map behind the other."""
        return UpperBound(self.values * _upper(other).values * _UP)

    def beside_skip(self) -> UpperBound:
        """Of the block whose branch has this constant: 1 + K."""
        return UpperBound((1 + self.values) * _UP)


def dense_norm(weight: Tensor) -> UpperBound:
    """Operator norms of matrices (S, m, n) or (m, n): their largest singular values, all of them computed.

    Raises
    ------
    ValueError
        If they have another shape, or an entry is not finite.
    """
    return UpperBound(torch.linalg.svdvals(_matrices(weight))[:, 0] * _UP)


def convolution_norm(kernels: Tensor, rows: int, columns: int) -> UpperBound:
    """Operator norms of convolutions of stride one on images with zeros outside, each as an explicit matrix.

    Parameters
    ----------
    kernels : (S, M, C, k, k) or (M, C, k, k)
        Cross-correlations of odd size.
    rows, columns
        Of the images; the matrix has M C (rows columns)^2 entries.

    Raises
    ------
    TypeError, ValueError
        As `convolution_matrix`, and if an entry is not finite.
    """
    several = kernels if kernels.dim() == 5 else kernels[None]
    matrices = [convolution_matrix(one.detach().cpu().double(), rows, columns) for one in several]
    return dense_norm(torch.stack([torch.from_numpy(one) for one in matrices]))


def power_iteration(weight: Tensor, steps: int = 1, seed: int = 0) -> LowerEstimate:
    """What so many steps of the power iteration, from a random vector, find of the norms of (S, m, n).

    Raises
    ------
    TypeError, ValueError
        If the shape is another, an entry is not finite, or the steps are no whole number of at least 1.
    """
    matrices = _matrices(weight)
    start = _start(seed, (len(matrices), matrices.shape[2]))

    def there(v: Tensor) -> Tensor:
        return (matrices @ v[:, :, None]).squeeze(2)

    def back(v: Tensor) -> Tensor:
        return (matrices.mT @ v[:, :, None]).squeeze(2)

    return LowerEstimate(_iterated(there, back, start, steps))


def convolution_power_iteration(
    kernels: Tensor, rows: int, columns: int, steps: int = 1, seed: int = 0
) -> LowerEstimate:
    """The same of a convolution (M, C, k, k) with zeros outside the images, without its matrix, (1,).

    Raises
    ------
    TypeError, ValueError
        As `convolution_norm` and `power_iteration`.
    """
    _finite("kernels", kernels)
    taps = kernels.detach().cpu().double()
    rows, columns = whole("rows", rows, least=1), whole("columns", columns, least=1)
    margin = taps.shape[-2] // 2, taps.shape[-1] // 2
    start = _start(seed, (1, taps.shape[1] * rows * columns))

    def there(v: Tensor) -> Tensor:
        return functional.conv2d(v.view(1, -1, rows, columns), taps, padding=margin).flatten(1)

    def back(v: Tensor) -> Tensor:
        return functional.conv_transpose2d(v.view(1, -1, rows, columns), taps, padding=margin).flatten(1)

    return LowerEstimate(_iterated(there, back, start, steps))


def branch_bound(matrices: Sequence[Tensor]) -> UpperBound:
    """K of maps of these matrices (S, m, n), one behind the other, with ReLU or tanh between: the product.

    Raises
    ------
    ValueError
        As `dense_norm`, and if there is none.
    """
    whole("the number of matrices", len(matrices), least=1)
    return reduce(UpperBound.__mul__, map(dense_norm, matrices))


def stack_bound(branches: Sequence[UpperBound], *, skip: bool) -> UpperBound:
    """Of blocks one behind the other: the product of 1 + K with skips, of K without.

    Parameters
    ----------
    branches
        K of each branch, one at least.
    skip
        Whether each block adds its input to what its branch says.

    Raises
    ------
    TypeError, ValueError
        If one is no upper bound, there is none, or `skip` is no switch.
    """
    whole("the number of branches", len(branches), least=1)
    skip = flag("skip", skip)
    blocks = [_upper(one).beside_skip() if skip else _upper(one) for one in branches]
    return reduce(UpperBound.__mul__, blocks)


def certified_radius(logits: Tensor, labels: Tensor, head: Tensor, features: UpperBound) -> Tensor:
    r"""Euclidean distances within which no input of the network is labelled otherwise, (S, B).

    :math:`\min_j (z_y - z_j) / (\|w_y - w_j\|\,\mathrm{Lip})` over the other labels j: zero where an image is
    labelled wrong, infinite where nothing moves the logits.

    Parameters
    ----------
    logits : (S, B, C)
        z, in double precision, of the very network whose norms were taken.
    labels : (B,)
        y, 0 to C - 1.
    head : (S, n, C)
        Columns w of the last, linear layer.
    features
        Lipschitz constants of all that is before it.

    Raises
    ------
    TypeError
        If the constants are no `UpperBound`, such as what a power iteration found.
    ValueError
        If shapes do not fit, a label is out of range, or a logit is not finite.
    """
    bound = _upper(features).values
    seeds, count, classes = _checked(logits, labels, head, bound)
    rows = labels.view(1, count, 1).expand(seeds, count, 1)
    margins = logits.detach().gather(2, rows) - logits.detach()  # z_y - z_j, (S, B, C)
    columns = head.detach().mT.to(logits.dtype)
    apart = torch.cdist(columns, columns, compute_mode="donot_use_mm_for_euclid_dist")[:, labels]
    radii = margins / (apart * bound.to(logits.dtype)[:, None, None])
    radii = torch.where(margins > 0, radii, torch.zeros_like(radii))  # and never 0 / 0
    others = torch.ones(seeds, count, classes, dtype=torch.bool).scatter(2, rows, value=False)
    least: Tensor = radii.masked_fill(~others, math.inf).amin(2)
    return least


def _upper(given: Any) -> UpperBound:
    if not isinstance(given, UpperBound):
        what = "a power iteration gives an estimate from below" if isinstance(given, LowerEstimate) else ""
        message = (
            f"a bound must be an UpperBound, as dense_norm, convolution_norm and stack_bound give it; "
            f"got {type(given).__name__}{', and ' if what else ''}{what}"
        )
        raise TypeError(message)
    return given


def _sizes(values: Tensor) -> Tensor:
    if not isinstance(values, Tensor):
        message = f"norms must be a tensor (S,); got {type(values).__name__}"
        raise TypeError(message)
    if values.dim() != 1 or not values.numel() or not bool((values >= 0).all()):
        message = f"norms must be (S,), none negative or NaN; got shape {tuple(values.shape)}: {values}"
        raise ValueError(message)
    return values.detach().cpu().double()


def _matrices(weight: Tensor) -> Tensor:
    several = weight if weight.dim() == 3 else weight[None]
    if several.dim() != 3 or not several.numel():
        message = f"matrices must be (S, m, n) or (m, n), none empty; got {tuple(weight.shape)}"
        raise ValueError(message)
    _finite("matrices", several)
    return several.detach().cpu().double()


def _finite(name: str, values: Tensor) -> None:
    if not bool(values.isfinite().all()):
        message = f"{name} must be finite; got NaN or infinity: has a training diverged?"
        raise ValueError(message)


def _start(seed: int, shape: tuple[int, ...]) -> Tensor:
    return torch.randn(shape, generator=generator(whole("seed", seed, least=0)), dtype=torch.float64)


def _iterated(
    there: Callable[[Tensor], Tensor], back: Callable[[Tensor], Tensor], vector: Tensor, steps: int
) -> Tensor:
    for _ in range(whole("steps", steps, least=1)):
        left = functional.normalize(there(functional.normalize(vector, dim=1)), dim=1)  # what is lost stays 0
        vector = back(left)
    found: Tensor = vector.norm(dim=1)
    return found


def _checked(logits: Tensor, labels: Tensor, head: Tensor, bound: Tensor) -> tuple[int, int, int]:
    fits = (
        logits.dim() == 3
        and head.dim() == 3
        and labels.shape == logits.shape[1:2]
        and (len(head), head.shape[2]) == (len(logits), logits.shape[2])
        and bound.shape == logits.shape[:1]
        and logits.shape[2] > 1
    )
    if not fits:
        message = (
            "logits must be (S, B, C) with C of 2 or more, labels (B,), head (S, n, C), features (S,); got "
            f"{tuple(logits.shape)}, {tuple(labels.shape)}, {tuple(head.shape)}, {tuple(bound.shape)}"
        )
        raise ValueError(message)
    if not bool(((labels >= 0) & (labels < logits.shape[2])).all()):
        message = f"labels must be 0 to {logits.shape[2] - 1}; got {int(labels.min())} to {int(labels.max())}"
        raise ValueError(message)
    _finite("logits", logits)
    return len(logits), len(labels), logits.shape[2]
