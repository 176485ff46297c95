"""Rows B10 to B12, the book's own: blocks with two convolutions, how long their step may be, and Burgers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdenet.audit.ledger.entry import (
    NOT_IN_THESIS,
    Entry,
    Fault,
    Finding,
    Verdict,
    above,
    below,
    close,
    order,
    zero,
)
from pdenet.symbolic.nonlinear import CHARBONNIER, PERONA_MALIK, activation

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from pdenet.subjects.nonlinear_blocks.burgers import Block

    Second = Callable[[Tensor], Tensor]

_PAGE = "nonlinear-blocks"


def _tied(first: Tensor) -> Tensor:
    from pdenet.ops.two_convolutions import minus_transpose

    return minus_transpose(first)


# B10: the block with two convolutions as the scheme of nonlinear diffusion.


def _diffusion(second: Second) -> list[Finding]:
    """The block with differences in K1 and what is given in K2, against the schemes and the equation."""
    return [_on_a_line(second), _in_the_plane(second), _consistency(second)]


def _on_a_line(second: Second) -> Finding:
    from pdenet.ops.two_convolutions import convolution_matrix
    from pdenet.subjects.nonlinear_blocks.measures import differences

    forward = differences(1)[:, :, 1:2]
    into, back = (
        sp.Matrix(convolution_matrix(kernels, 1, 5).astype(int)) for kernels in (forward, second(forward))
    )
    u, phi, step = sp.Matrix(sp.symbols("u0:5")), sp.Function("phi"), sp.Symbol("h")
    block = u + step * back * (into * u).applyfunc(phi)
    scheme = [u[i] + step * (phi(u[i + 1] - u[i]) - phi(u[i] - u[i - 1])) for i in (1, 2, 3)]
    return zero(
        "block minus explicit scheme, three pixels of a line, any phi", block[1:4, :] - sp.Matrix(scheme)
    )


def _in_the_plane(second: Second) -> Finding:
    import torch

    from pdenet.ops.two_convolutions import two_convolutions
    from pdenet.subjects.nonlinear_blocks.measures import DIRECTIONS, differences

    image = np.random.default_rng(0).normal(size=(12, 12))
    first = differences(4)
    block = two_convolutions(torch.from_numpy(image)[None, None], first, second(first), torch.tanh, step=0.1)
    scheme = image.copy()
    for x, y in DIRECTIONS:
        flux = np.tanh(np.roll(image, (-y, -x), (0, 1)) - image)
        scheme += 0.1 * (flux - np.roll(flux, (y, x), (0, 1)))
    deviation = np.abs(block[0, 0].numpy() - scheme)[1:-1, 1:-1].max()
    return below("conv2d with four directions against the scheme, 10x10 pixels", deviation, 1e-13)


def _consistency(second: Second) -> Finding:
    import torch

    from pdenet.ops.two_convolutions import two_convolutions
    from pdenet.subjects.nonlinear_blocks.measures import differences

    place, curve = sp.Symbol("x"), sp.sin(sp.Symbol("x")) + sp.Symbol("x") ** 2 / 5
    slope = curve.diff(place)
    exact = sp.lambdify(place, (slope / sp.sqrt(1 + slope**2)).diff(place))
    spacings, errors = (1 / 16, 1 / 32), []
    for spacing in spacings:
        x = np.arange(-2, 2 + spacing / 2, spacing)
        u = torch.from_numpy(np.sin(x) + x**2 / 5)[None, None, None]
        forward = differences(1)[:, :, 1:2] / spacing
        rate = two_convolutions(u, forward, second(forward), activation(CHARBONNIER)) - u
        errors.append(float(np.abs(rate[0, 0, 0].numpy() - exact(x))[1:-1].max()))
    return order("K2 phi(K1 u) against the derivative of phi(u_x), Charbonnier", spacings, errors, 2)


# B11: how long the step may be.

_SEEDS = 12


def _limit(limit: float, second: Second, flux: sp.Expr) -> list[Finding]:
    """Stretches of random blocks with slopes up to 1 and a step of limit / ||K1||**2, and above."""
    from pdenet.ops.two_convolutions import largest_gain
    from pdenet.subjects.nonlinear_blocks.measures import differences, random_kernels, stretches

    steps = np.array([limit / 2, limit, 1.1 * limit])
    found = stretches(random_kernels(_SEEDS, 3, seed=0), second, activation(flux), steps)
    return [
        below(
            f"largest stretch of {_SEEDS} random blocks up to the limit, minus 1",
            found[:, :2].max() - 1,
            1e-12,
        ),
        _pairs(limit, second, flux),
        close("smallest stretch a tenth above the limit", found[:, 2].min(), 1.2, 1e-9),
        *(
            close(
                f"||K1||^2 of the differences to {n} neighbours",
                largest_gain(differences(n)) ** 2,
                norm,
                1e-9,
            )
            for n, norm in ((1, 4), (2, 8), (4, 12))
        ),
        _one_open_unit(),
    ]


def _pairs(limit: float, second: Second, flux: sp.Expr) -> Finding:
    """Images that are near and far apart, before and after blocks at the limit."""
    import torch

    from pdenet.ops.two_convolutions import convolution_matrix, two_convolutions
    from pdenet.subjects.nonlinear_blocks.measures import random_kernels

    generator = torch.Generator().manual_seed(1)
    apart = 0
    for first in random_kernels(_SEEDS, 3, seed=0):
        step = float(limit / np.linalg.norm(convolution_matrix(first, 6, 6), 2) ** 2)
        size = 10.0 ** torch.linspace(-2, 2, 50, dtype=torch.float64)[:, None, None, None]
        u, v = size * torch.randn(2, 50, 1, 6, 6, dtype=torch.float64, generator=generator)
        after = [two_convolutions(w, first, second(first), activation(flux), step=step) for w in (u, v)]
        ratios = (after[0] - after[1]).flatten(1).norm(dim=1) / (u - v).flatten(1).norm(dim=1)
        apart += int((ratios > 1).sum())
    return Finding(f"random pairs of images driven apart: {apart} of {50 * _SEEDS}", apart == 0)


def _one_open_unit() -> Finding:
    """With one hidden unit open K2 D K1 is b a^T; the symmetric part of it has these eigenvalues."""
    a, b, eigenvalue = sp.Matrix(sp.symbols("a0:3")), sp.Matrix(sp.symbols("b0:3")), sp.Symbol("e")
    polynomial = ((b * a.T + a * b.T) / 2).charpoly(eigenvalue).as_expr()
    claimed = eigenvalue * ((eigenvalue - a.dot(b) / 2) ** 2 - a.dot(a) * b.dot(b) / 4)
    return zero(
        "one unit open: characteristic polynomial minus that of 0 and (a.b +- |a||b|)/2",
        sp.expand(polynomial - claimed),
    )


# B12: Burgers' equation.


def _squares(spacing: float) -> Block:
    from pdenet.subjects.nonlinear_blocks.burgers import squares

    return squares(spacing)


def _burgers(make: Callable[[float], Block]) -> list[Finding]:
    """A block that is to be Burgers' scheme: Taylor's formula, an exact solution, ReLUs for the square."""
    from pdenet.subjects.nonlinear_blocks.burgers import hump, relus, travel

    errors = []
    for spacing in (1.0, 0.5):
        place, state, _ = travel(make(spacing), spacing)
        errors.append(float(np.abs(state - hump(place, 60.0)).max()))
    _, exact, _ = travel(make(1.0))
    chords = [float(np.abs(travel(relus(m, 1.2))[1] - exact).max()) for m in (16, 32)]
    return [
        _taylor(make(1.0)),
        order("a hump that steepens, against Hopf's and Cole's solution", (1.0, 0.5), errors, 2),
        order("chords by ReLUs against squares, by the number of ReLUs", (16, 32), chords, -2),
        *_homogeneity(make(1.0)),
    ]


def _taylor(block: Block) -> Finding:
    """The block on a curve given by its derivatives, for a spacing that goes to zero."""
    spacing, derivatives = sp.Symbol("h"), sp.symbols("d0:4")
    u = [sum(d * (k * spacing) ** n / sp.factorial(n) for n, d in enumerate(derivatives)) for k in (-1, 0, 1)]
    squared, plain = ([sp.nsimplify(float(tap)) for tap in block.second[0, channel, 0]] for channel in (0, 1))
    rate = sum(tap * v**2 for tap, v in zip(squared, u, strict=True)) / spacing
    rate += sum(tap * v for tap, v in zip(plain, u, strict=True)) / spacing**2
    wanted = derivatives[2] / 2 - derivatives[0] * derivatives[1]
    return zero(
        "the block's rate minus u_xx/2 - u u_x, for spacing 0", sp.expand(rate - wanted).subs(spacing, 0)
    )


def _homogeneity(block: Block) -> list[Finding]:
    """ReLUs without biases against an image three times as bright; and the block."""
    import torch

    from pdenet.ops.two_convolutions import two_convolutions

    generator = torch.Generator().manual_seed(0)
    u = torch.randn(1, 1, 1, 20, dtype=torch.float64, generator=generator)
    first = torch.randn(5, 1, 1, 3, dtype=torch.float64, generator=generator)
    second = torch.randn(1, 5, 1, 3, dtype=torch.float64, generator=generator)
    relu = [two_convolutions(c * u, first, second, torch.relu) for c in (1.0, 3.0)]
    square = [block.step(c * u, 0.25) for c in (1.0, 3.0)]
    return [
        below(
            "ReLUs without biases: T(3u) against 3 T(u)", float((relu[1] - 3 * relu[0]).abs().max()), 1e-12
        ),
        above("squares: T(3u) against 3 T(u)", float((square[1] - 3 * square[0]).abs().max()), 0.1),
    ]


def _changed(scale: float = 1.0, *, turned: bool = False, relu: bool = False) -> Callable[[float], Block]:
    """Burgers' block with a wrong second convolution or activation."""

    def make(spacing: float) -> Block:
        import torch

        from pdenet.subjects.nonlinear_blocks.burgers import Block

        right = _squares(spacing)
        second = right.second.clone()
        second[:, 0] *= -scale if turned else scale
        return Block(right.first, torch.relu if relu else right.activation, second)

    return make


ENTRIES = (
    Entry(
        "B10",
        "A block of two convolutions is a step of nonlinear diffusion",
        Verdict.OK,
        NOT_IN_THESIS + r"With $K_2=-K_1^{\mathsf T}$ and differences to neighbours in $K_1$ the block "
        r"$u+\Delta t\,K_2\,\phi(K_1u)$ is the explicit scheme of "
        r"$\partial_tu=\sum_i\partial_i\,\phi(\partial_iu)$, of second order in space.",
        lambda: _diffusion(_tied),
        assumptions=r"$\phi$ acts pixel by pixel; away from the border.",
        page=_PAGE,
        faults=(
            Fault("the sign: K2 is plus the transpose", lambda: _diffusion(lambda f: -_tied(f))),
            Fault("K2 is minus K1, not turned", lambda: _diffusion(lambda f: -f.transpose(0, 1))),
            Fault("K2 is K1 once more", lambda: _diffusion(lambda f: f.transpose(0, 1))),
        ),
    ),
    Entry(
        "B11",
        "How long the step of such a block may be",
        Verdict.OK,
        NOT_IN_THESIS + r"If the slopes of $\phi$ lie in $[0,\Lambda]$, the block with "
        r"$K_2=-K_1^{\mathsf T}$ drives no two images apart as long as "
        r"$\Delta t\,\Lambda\,\Vert K_1\Vert^2\le2$. The limit is sharp. A $K_2$ that does so for every such "
        r"$\phi$, with any step, is $-K_1^{\mathsf T}$ with weights $c_i\ge0$ on the channels.",
        lambda: _limit(2.0, _tied, CHARBONNIER),
        assumptions=r"The 2-norm; $\phi$ acts pixel by pixel and may differ between channels. Sharp for a "
        r"$\phi$ whose slope at 0 is $\Lambda$.",
        page=_PAGE,
        faults=(
            Fault("a limit of 4", lambda: _limit(4.0, _tied, CHARBONNIER)),
            Fault("K2 is plus the transpose", lambda: _limit(2.0, lambda f: -_tied(f), CHARBONNIER)),
            Fault("a flux that falls, Perona and Malik's", lambda: _limit(2.0, _tied, PERONA_MALIK)),
        ),
    ),
    Entry(
        "B12",
        "Burgers' equation is a block of two convolutions",
        Verdict.OK,
        NOT_IN_THESIS
        + r"$u+\Delta t\,K_2\,\phi(K_1u)$ with $K_1$ the identity twice, $\phi=(s^2,s)$ and $K_2$ "
        r"minus half of the central difference and $\nu$ times the second one is the explicit scheme "
        r"of $\partial_tu+u\,\partial_xu=\nu\,\partial_x^2u$. $m$ ReLUs with biases in place of the square "
        r"miss it by $O(m^{-2})$; without biases they cannot reach it.",
        lambda: _burgers(_squares),
        assumptions=r"$u$ within the range of the biases; the stability of the scheme is another matter.",
        page=_PAGE,
        faults=(
            Fault("the half is missing", lambda: _burgers(_changed(2.0))),
            Fault("the difference is turned round", lambda: _burgers(_changed(turned=True))),
            Fault("a ReLU in place of the square", lambda: _burgers(_changed(relu=True))),
        ),
    ),
)
