"""Ledger entries of section 3.2, first half: the block with ReLU, its paths, the form in momentum space."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.linalg import expm

from pdenet.symbolic import PDE_1D, alpha, beta, gamma, p
from pdenet.symbolic.ledger.entry import Entry, Finding, Verdict, above, below, close, order, zero

Array = NDArray[np.float64]
Waves = NDArray[np.complexfloating]

_PAGE = "path-sum"
_LAYERS, _SITES = 4, 5


def _line(seed: int = 11) -> tuple[Array, Array]:
    """A line of five pixels and four kernels (L, 3), cross-correlations without the skip."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=_SITES), 0.8 * rng.normal(size=(_LAYERS, 3))


def _network(u: Array, kernels: Array, boundary: str, w: float = 1.0) -> Array:
    """The stack of (26) on a line, pixel by pixel, with no matrix and no package."""
    mode = {"zero": "constant", "periodic": "wrap"}[boundary]
    for kernel in kernels:
        left, centre, right = kernel
        padded = np.pad(u, 1, mode=mode)  # type: ignore[call-overload]
        u = np.maximum(0, w * u + left * padded[:-2] + centre * u + right * padded[2:])
    return u


def _wrong_by(value: Array | Waves, expected: Array | Waves) -> float:
    return float(np.abs(value - expected).max())


# (26): the block.


def _block() -> list[Finding]:
    """The printed block against the operator of the package, which takes f reversed and w in the centre."""
    import torch

    from pdenet.ops import residual_stack

    rng = np.random.default_rng(0)
    u, f, w = rng.normal(size=9), rng.normal(size=3), 0.7
    printed = np.maximum(0, w * u + np.convolve(u, f, "same"))
    kernel = np.zeros((1, 3, 3))
    kernel[0, 1] = f[::-1]
    kernel[0, 1, 1] += w - 1
    ours = residual_stack(torch.from_numpy(u[None, None]), torch.from_numpy(kernel))[0, 0].numpy()
    return [
        below(
            "relu(w psi + f * psi) minus the residual stack, kernel f reversed plus w - 1",
            _wrong_by(ours, printed),
            1e-13,
        ),
        Finding(
            f"sites of this example that the ReLU holds at zero: {(printed == 0).sum()} of 9",
            0 < (printed == 0).sum() < 9,
        ),
    ]


# U-ReLU: the ReLU of a sum.


def _relu(a: Array) -> Array:
    return np.maximum(a, 0)


def _of_a_sum(split: Callable[[Array, Array], Array]) -> list[Finding]:
    a, b = np.random.default_rng(0).normal(size=(2, 2000))
    pair = np.array([1.0]), np.array([-1.0])
    return [
        below("relu(a + b) on 2000 pairs, against its split", _wrong_by(split(a, b), _relu(a + b)), 1e-14),
        below("relu(1 - 1), against its split", _wrong_by(split(*pair), np.zeros(1)), 1e-14),
    ]


def _with_a_gate(a: Array, b: Array) -> Array:
    gate = a + b > 0
    return gate * a + gate * b


def _separately(a: Array, b: Array) -> Array:
    return _relu(a) + _relu(b)


def _relu_of_a_sum() -> list[Finding]:
    a, b = np.random.default_rng(1).normal(size=(2, 2000))
    gap = _separately(a, b) - _relu(a + b)
    equal = np.abs(gap) < 1e-14
    return [
        *_of_a_sum(_with_a_gate),
        Finding("relu(a) + relu(b) is never below relu(a + b)", bool((gap > -1e-14).all())),
        Finding(
            "it equals relu(a + b) just where a and b have one sign", bool((equal == (a * b >= 0)).all())
        ),
    ]


# (27): a layer as a gated matrix, and the paths of several.


def _layers(stack: Callable[[Array, Array, str], Array], name: str) -> list[Finding]:
    """The output that a form of (27) gives, layer after layer, against the network's."""
    u, kernels = _line()
    return [
        below(
            f"line of 5 pixels, 4 layers, {boundary} boundary: {name} minus network",
            _wrong_by(stack(u, kernels, boundary), _network(u, kernels, boundary)),
            1e-12,
        )
        for boundary in ("zero", "periodic")
    ]


def _by_paths(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.gated_stack import gated_stack, relu_gates
    from pdenet.ops.paths import enumerate_paths

    gates = relu_gates(u, kernels, boundary=boundary)  # type: ignore[arg-type]
    stack = gated_stack(kernels, gates, boundary=boundary)  # type: ignore[arg-type]
    return enumerate_paths(stack, u).arriving()


def _by_open_paths(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.gated_stack import gated_stack
    from pdenet.ops.paths import enumerate_paths

    every = np.ones((len(kernels), u.size))
    return enumerate_paths(gated_stack(kernels, every, boundary=boundary), u).arriving()  # type: ignore[arg-type]


def _by_split_relus(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.gated_stack import gated_stack

    every = np.ones((len(kernels), u.size))
    for step in gated_stack(kernels, every, boundary=boundary).steps:  # type: ignore[arg-type]
        u = _relu(step.toarray() * u).sum(axis=1)
    return u


def _by_the_formula(u: Array, kernels: Array, w: float) -> Array:
    """(27) as it holds, written out on a ring: gate of the place times the sum of w (delta + Omega) psi."""
    for kernel in kernels:
        sums = w * (np.eye(u.size) + _matrix(kernel / w, u.size)) @ u
        u = (sums > 0) * sums
    return u


def _with_gates(gates: Array) -> Callable[[Array, Array, str], Array]:
    def output(u: Array, kernels: Array, boundary: str) -> Array:
        from pdenet.ops.gated_stack import gated_stack, propagate

        return propagate(gated_stack(kernels, gates, boundary=boundary), u)  # type: ignore[arg-type]

    return output


def _one_gate_a_layer(u: Array, kernels: Array, boundary: str) -> Array:
    """The best output that gates can give which are the same at every place."""
    target = _network(u, kernels, boundary)
    columns = [np.repeat(np.array(gates)[:, None], u.size, axis=1) for gates in product((0.0, 1.0), repeat=4)]
    outputs = [_with_gates(gates)(u, kernels, boundary) for gates in columns]
    return min(outputs, key=lambda output: _wrong_by(output, target))


def _with_gates_of_another_input(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.gated_stack import relu_gates

    return _with_gates(relu_gates(-u, kernels, boundary=boundary))(u, kernels, boundary)  # type: ignore[arg-type]


def _gated_layers() -> list[Finding]:
    from pdenet.ops.gated_stack import gated_stack, jacobian, propagate, relu_gates
    from pdenet.ops.paths import count_paths

    u, kernels = _line()
    gates = relu_gates(u, kernels)
    stack, every = gated_stack(kernels, gates), np.ones_like(gates)
    findings = _layers(_by_paths, "sum over gated paths")
    for boundary, number in (("zero", 259), ("periodic", _SITES * 3**_LAYERS)):
        found = count_paths(gated_stack(kernels, every, boundary=boundary))  # type: ignore[arg-type]
        findings.append(Finding(f"paths before any gate cuts, {boundary} boundary: {found}", found == number))
    step = 1e-6
    slopes = [
        (_network(u + step * e, kernels, "zero") - _network(u - step * e, kernels, "zero")) / (2 * step)
        for e in np.eye(_SITES)
    ]
    product_of_layers = jacobian(stack)
    return [
        *findings,
        below(
            "the formula with w = 0.8 on a ring minus network",
            _wrong_by(_by_the_formula(u, kernels, 0.8), _network(u, kernels, "periodic", 0.8)),
            1e-12,
        ),
        Finding(f"open gates: {gates.sum()} of {gates.size}", 0 < gates.sum() < gates.size),
        below(
            "product of the gated matrices minus difference quotients of the network",
            _wrong_by(product_of_layers, np.array(slopes).T),
            1e-8,
        ),
        below(
            "without bias: that product, times the input, minus the output",
            _wrong_by(product_of_layers @ u, propagate(stack, u)),
            1e-12,
        ),
    ]


def _printed_layers() -> list[Finding]:
    """What the print allows: ReLUs on the terms, or numbers kappa that place or input do not choose."""
    return [
        *_layers(_by_split_relus, "a ReLU on every term"),
        *_layers(_by_open_paths, "no gates"),
        *_layers(_one_gate_a_layer, "one gate a layer, the best choice,"),
        *_layers(_with_gates_of_another_input, "gates of the input -psi"),
    ]


# U-path: the network's output is the sum over its paths.


def _path_sum() -> list[Finding]:
    import torch
    from torch.nn import functional

    from pdenet.ops.gated_stack import gated_stack, relu_gates
    from pdenet.ops.paths import count_paths, enumerate_paths

    rng = np.random.default_rng(1)
    u, kernels = rng.normal(size=(2, 3, 3)), 0.5 * rng.normal(size=(3, 2, 2, 3, 3))
    findings = []
    for bias in (np.zeros((3, 2)), 0.3 * rng.normal(size=(3, 2))):
        state = torch.from_numpy(u)[None]
        for kernel, number in zip(kernels, bias, strict=True):
            b = torch.from_numpy(number)
            state = torch.relu(state + functional.conv2d(state, torch.from_numpy(kernel), b, padding=1))
        gates = relu_gates(u, kernels, bias)
        paths = enumerate_paths(gated_stack(kernels, gates, bias), u)
        name = "with bias, paths born at it included" if bias.any() else "without bias"
        error = _wrong_by(paths.arriving(), state[0].numpy())
        findings.append(
            below(f"3 x 3 pixels, 2 channels, 3 layers, {name}: path sum minus network", error, 1e-12)
        )
    found = count_paths(gated_stack(kernels, np.ones((3, 2, 3, 3))))
    findings.append(
        Finding(f"paths between input and output there, before gates cut: {found}", found == 26896)
    )
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    for name, taps, shape in (
        ("a line", np.ones(3), (11,)),
        ("(39)", cross, (11, 11)),
        ("a full kernel", np.ones((3, 3)), (11, 11)),
    ):
        stack = gated_stack(np.stack([taps] * 5), np.ones((5, *shape)))
        found = count_paths(stack, tuple(size // 2 for size in shape))
        findings.append(Finding(f"paths into a pixel, 5 layers of {name}: {found}", found == taps.sum() ** 5))
    return findings


# (28), (29): delta and kernel in momentum space, on a periodic line of M sites.


def _phases(sites: int) -> Waves:
    """exp(i p (x - x')) as (x, x', p), p = 2 pi k / M."""
    places = np.arange(sites)
    distance = places[:, None] - places
    return np.exp(2j * np.pi / sites * distance[..., None] * places)


def _symbol(kernel: Array, sites: int) -> Waves:
    """Sum of K(d) exp(ipd) at p = 2 pi k / M, for a kernel of three taps."""
    momenta = 2 * np.pi * np.arange(sites) / sites
    waves: Waves = np.exp(1j * np.outer(momenta, [-1, 0, 1]))
    return waves @ kernel


def _matrix(kernel: Array, sites: int) -> Array:
    """K as a matrix with a periodic border: row x, column x + d."""
    shifts = np.stack([np.roll(np.eye(sites), d, axis=1) for d in (-1, 0, 1)])
    return np.tensordot(kernel, shifts, axes=1)


def _delta(factor: Callable[[int], float]) -> list[Finding]:
    return [
        below(
            f"M = {sites}: sum of waves minus the identity",
            _wrong_by(factor(sites) * _phases(sites).sum(-1), np.eye(sites) + 0j),
            1e-13,
        )
        for sites in (3, 8)
    ]


def _times_too_large() -> list[Finding]:
    identity = 8 * np.eye(8) + 0j
    return [
        below("M = 8: without 1/M, minus M times identity", _wrong_by(_phases(8).sum(-1), identity), 1e-12)
    ]


_KERNEL = np.array(
    [(0.64 - 0.3) / 2, -0.64 + 0.1, (0.64 + 0.3) / 2]
)  # alpha^2 = 0.64, beta = 0.3, gamma = 0.1


def _kernel_in_momentum_space() -> list[Finding]:
    sites = 8
    printed = alpha**2 * (sp.cos(p) - 1) + sp.I * beta * sp.sin(p) + gamma
    matrix = _matrix(_KERNEL, sites)
    back = _phases(sites) @ _symbol(_KERNEL, sites) / sites
    waves = np.exp(2j * np.pi * np.outer(np.arange(sites), np.arange(sites)) / sites) / np.sqrt(sites)

    def coupling(layer: Array) -> float:
        """Largest entry off the diagonal between two waves."""
        between = waves.conj().T @ layer @ waves
        return float(np.abs(between - np.diag(np.diag(between))).max())

    zero_border = matrix.copy()
    zero_border[0, -1] = zero_border[-1, 0] = 0
    gates = np.random.default_rng(0).random(sites) < 0.5
    return [
        zero(
            "symbol of (24) minus the printed one",
            (PDE_1D.stencil().symbol(p) - printed).expand(complex=True),
        ),
        below("kernel minus its inverse transform, M = 8", _wrong_by(back, matrix + 0j), 1e-13),
        below("periodic layer: coupling of two waves", coupling(np.eye(sites) + matrix), 1e-13),
        above("zero border: coupling of two waves", coupling(np.eye(sites) + zero_border), 0.03),
        above(
            "periodic, with gates: coupling of two waves",
            coupling(gates[:, None] * (np.eye(sites) + matrix)),
            0.1,
        ),
    ]


# (30): one layer in phase space.


def _one_layer(factor: Callable[[int], float], gated: bool) -> list[Finding]:
    """The layer w (psi + Omega psi) as a sum over x and p with exp(h), for w of both signs."""
    sites = 6
    u = np.random.default_rng(2).normal(size=sites)
    findings = []
    for w in (0.8, -0.8):
        exact = w * (u + _matrix(_KERNEL, sites) @ u)
        h = np.log(complex(w))
        form = factor(sites) * np.exp(h) * (_phases(sites) @ (1 + _symbol(_KERNEL, sites))) @ u
        findings.append(below(f"w = {w}: phase-space form minus layer", _wrong_by(form, exact + 0j), 1e-12))
    if gated:  # the print puts the ReLU into the one number h = log(kappa w): kappa is 0 or 1 for all sites
        after = _relu(exact)
        best = min(_wrong_by(kappa * exact, after) for kappa in (0, 1))
        findings.append(
            below("ReLU as one number kappa in h, the better of 0 and 1: form minus layer", best, 1e-12)
        )
    return findings


# (31): exponentiation.


def _exponent(h_of: Callable[[Waves], Waves], kept: bool = True, name: str = "form") -> list[Finding]:
    """Layers w u + f * u on a ring against sums over waves of exp(h + H), for w << f, w = f and w >> f."""
    sites, findings = 8, []
    u = np.random.default_rng(4).normal(size=sites)
    f = np.array([0.2, 0.4, 0.3])
    for w in (0.1, 0.9, 10.0):
        layer = w * u + _matrix(f, sites) @ u
        weights = (w if kept else 1) * np.exp(h_of(_symbol(f / w, sites)))
        form = _phases(sites) @ weights @ u / sites
        error = _wrong_by(form, layer + 0j) / float(np.abs(layer).max())
        findings.append(below(f"f of sum 0.9, w = {w:g}: {name} against the layer, relative", error, 1e-12))
    return findings


def _small_where(w: float) -> list[Finding]:
    """Whether exp(Omega) comes near 1 + Omega at f = 0.9 and this w, which stands for the regime named."""
    error = abs(1 - (1 + 0.9 / w) / np.exp(0.9 / w))
    return [below(f"f = 0.9, w = {w:g}: exp(Omega) against 1 + Omega, relative", error, 0.005)]


def _through_layers(kernel: Array, layers: int) -> tuple[float, float]:
    """A constant state after equal layers u + K u, and after as many units of time of the flow exp(K)."""
    sites = 8
    matrix = _matrix(kernel, sites)
    u = np.ones(sites)
    flow = expm(layers * matrix) @ u
    for _ in range(layers):
        u = u + matrix @ u
    return float(u[0]), float(flow[0])


def _logarithm_of_a_matrix() -> float:
    """The logarithm of a layer as a series in its kernel's matrix, against log(1 + Omega) over the waves."""
    sites, small = 8, _KERNEL / 4
    matrix = _matrix(small, sites)
    power, total = np.eye(sites), np.zeros((sites, sites))
    for n in range(1, 60):
        power = power @ matrix
        total = total - (-1) ** n * power / n
    return _wrong_by(_phases(sites) @ np.log(1 + _symbol(small, sites)) / sites, total + 0j)


def _exponentiation() -> list[Finding]:
    z = sp.Symbol("z")
    series = sp.series(sp.exp(z) - (1 + z), z, 0, 4).removeO()
    sizes = [0.2, 0.1, 0.05]
    errors = [float(np.exp(s) - (1 + s)) for s in sizes]
    sites = 8
    omega = _symbol(_KERNEL, sites)
    flow = expm(_matrix(_KERNEL, sites))
    from_symbol = (_phases(sites) @ np.exp(omega)) / sites
    thin = [100, 200, 400]
    gaps = [float(np.abs((1 + omega / n) ** n - np.exp(omega)).max()) for n in thin]
    growing = np.array([0.3, -0.4, 0.3])  # sum 0.2, the Omega of a constant state
    ratios = []
    for layers in (1, 5, 15):
        stacked, flown = _through_layers(growing, layers)
        ratios.append(stacked / flown - np.exp(layers * (np.log(1.2) - 0.2)))
    stacked, flown = _through_layers(growing, 15)
    return [
        *_exponent(_logarithm),
        *_small_where(10.0),
        below(
            "logarithm of a layer as a matrix series minus log(1 + Omega)", _logarithm_of_a_matrix(), 1e-12
        ),
        zero("exp(Omega) - (1 + Omega), series minus Omega^2/2 + Omega^3/6", series - z**2 / 2 - z**3 / 6),
        order("of exp(Omega) - (1 + Omega) in Omega", sizes, errors, 2, 0.1),
        close("w exp(f/w) at w = 0.1, f = 0.5, where the layer has 0.6", 0.1 * np.exp(5), 14.84, 0.01),
        above("w = 10, f = 0.9: h over Omega, so h may not be dropped", np.log(10) / 0.09, 20),
        below(
            "exp(Omega) in momentum space minus the flow expm(K)", _wrong_by(from_symbol, flow + 0j), 1e-12
        ),
        order("of (1 + Omega/n)^n - exp(Omega) in n", thin, gaps, -1, 0.05),
        below(
            "Omega = 0.2, 1, 5, 15 layers over the flow, minus exp(L (log(1 + Omega) - Omega))",
            float(np.abs(ratios).max()),
            1e-12,
        ),
        close("15 layers over the flow", stacked / flown, np.exp(-15 * (0.2**2 / 2 - 0.2**3 / 3)), 0.01),
    ]


def _exponentiation_as_printed() -> list[Finding]:
    """The print, its regime alone, and alone that h is dropped."""
    return [
        *_exponent(_omega, name="exp(h + Omega)"),
        *_small_where(0.1),
        *_exponent(_logarithm, kept=False, name="h dropped, exp(log(1 + Omega))"),
    ]


# (32), (33): the path sum over phase space.


def _phase_space_sum(
    u: Array, kernels: Array, w: float, factor: float, h_of: Callable[[Waves], Waves]
) -> tuple[Waves, int]:
    """Sum over x_0 ... x_(N-1) and p_0 ... p_(N-1), path by path, for every x_N; and the number of paths."""
    sites, layers = u.size, len(kernels)
    momenta = 2 * np.pi * np.arange(sites) / sites
    energies = np.array([np.log(complex(w)) + h_of(_symbol(kernel, sites)) for kernel in kernels])
    steps = np.array(list(product(range(sites), repeat=layers)))  # (paths, layers): x_0 ... or p_0 ...
    energy = energies[np.arange(layers), steps].sum(axis=1)
    result = np.zeros(sites, dtype=complex)
    for x, end in product(steps, range(sites)):
        distance = np.diff([*x, end])
        action = 1j * momenta[steps] @ distance + energy
        result[end] += factor**layers * np.exp(action).sum() * u[x[0]]
    return result, sites * len(steps) ** 2


def _linear(u: Array, kernels: Array, w: float) -> Array:
    for kernel in kernels:
        u = w * (u + _matrix(kernel, u.size) @ u)
    return u


def _phase_space(
    sites: int,
    layers: int,
    factor: Callable[[int], float],
    h_of: Callable[[Waves], Waves],
    name: str = "form",
    one_symbol: bool = False,
) -> list[Finding]:
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=sites), 0.3 * rng.normal(size=(layers, 3))
    used = np.repeat(kernels[:1], layers, axis=0) if one_symbol else kernels
    form, number = _phase_space_sum(u, used, 0.9, factor(sites), h_of)
    error = _wrong_by(form, _linear(u, kernels, 0.9) + 0j)
    return [below(f"M = {sites}, N = {layers}, {number} paths: {name} minus linear network", error, 1e-12)]


def _inverse(sites: int) -> float:
    return 1 / sites


def _one(_: int) -> float:
    return 1.0


def _logarithm(omega: Waves) -> Waves:
    return np.log(1 + omega)


def _omega(omega: Waves) -> Waves:
    return omega


def _phase_space_prints(sites: int, layers: int) -> list[Finding]:
    """The print, each of its slips alone, and what no H without gates can be."""
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=sites), 0.3 * rng.normal(size=(layers, 3))
    form, _ = _phase_space_sum(u, kernels, 0.9, 1 / sites, _logarithm)
    with_relu = _network(u, kernels * 0.9, "periodic", 0.9)
    return [
        *_phase_space(sites, layers, _one, _omega, "print"),
        *_phase_space(sites, layers, _inverse, _omega, "print with 1/M per layer"),
        *_phase_space(sites, layers, _one, _logarithm, "print with the logarithm"),
        *_phase_space(sites, layers, _inverse, _logarithm, "with both, but one H for all layers,", True),
        below("all of this put right minus the network with ReLU", _wrong_by(form, with_relu + 0j), 1e-12),
    ]


def _phase_space_and_relu() -> list[Finding]:
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=4), 0.3 * rng.normal(size=(2, 3))
    gap = _wrong_by(_linear(u, kernels, 1.0), _network(u, kernels, "periodic"))
    return [
        *_phase_space(4, 2, _inverse, _logarithm),
        above("the same weights with ReLU: distance to the linear network", gap, 0.1),
    ]


_PRINTED_SUM = (
    r"$\psi(x_N) = \sum_{x_{N-1} \dots x_0} \sum_{p_{N-1} \dots p_0} \prod_t "
    r"e^{i p_{t-1}(x_t - x_{t-1}) + H(p_{t-1})}\,\psi(x_0)$, $H = h + \tilde\Omega$"
)
_HOLDING_SUM = (
    r"$\psi(x_N) = M^{-N} \sum_{x_{N-1} \dots x_0} \sum_{p_{N-1} \dots p_0} \prod_t "
    r"e^{i p_{t-1}(x_t - x_{t-1}) + H_t(p_{t-1})}\,\psi(x_0)$, $H_t = \log w_t + \log(1 + \tilde\Omega_t)$"
)
_PERIODIC = r"periodic boundary; $w_t$ and $f_t$ the same at every place; no ReLU, or all gates open"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="26",
        title="Residual block with ReLU",
        verdict=Verdict.OK,
        printed=r"$\psi(x_t) = \mathrm{relu}\left[w\,\psi(x_{t-1}) + f(x_{t-1}) * \psi(x_{t-1})\right]$",
        check=_block,
        reason=r"$x_t$ is a position and its index the layer, which $f$ and $w$ need as well.",
        assumptions=r"$f$ a true convolution; a constant $w$ is $1$ with $w - 1$ added to $\gamma$",
        page="residual-block-as-pde",
    ),
    Entry(
        id="27",
        title="Block as a kernel with activation",
        verdict=Verdict.WRONG,
        printed=(
            r"$\psi(x_t) = \sum_{x_{t-1}} \kappa w\,(\delta(x_t - x_{t-1}) + \Omega(x_t - x_{t-1}))\,"
            r"\psi(x_{t-1})$, where $\kappa w$ is the activation applied to the weight"
        ),
        check=_gated_layers,
        holds=(
            r"$\psi_t(x_t) = \kappa_t(x_t; \psi_0) \sum_{x_{t-1}} w_t\,(\delta_{x_t, x_{t-1}} + "
            r"\Omega_t(x_t - x_{t-1}))\,\psi_{t-1}(x_{t-1})$, $\kappa_t \in \{0, 1\}$, $\Omega_t = f_t/w_t$"
        ),
        reason=(
            "The ReLU acts on the sum, not on its terms; its gate depends on the place and on the input and "
            "cannot become part of a weight."
        ),
        assumptions="gates of this input; with a bias, paths also start at inner layers",
        check_printed=_printed_layers,
        page=_PAGE,
    ),
    Entry(
        id="28",
        title="Delta on the lattice",
        verdict=Verdict.WRONG,
        printed=r"$\delta(x_t - x_{t-1}) = \sum_p e^{ip(x_t - x_{t-1})}$",
        check=lambda: [*_delta(_inverse), *_times_too_large()],
        holds=r"$\delta_{x_t, x_{t-1}} = \frac1M \sum_{k=0}^{M-1} e^{i \frac{2\pi}{M} k (x_t - x_{t-1})}$",
        reason=r"The factor $1/M$ is missing; [(29)](#eq:29) has it.",
        assumptions="periodic line of $M$ sites",
        check_printed=lambda: _delta(_one),
        page=_PAGE,
    ),
    Entry(
        id="29",
        title="Kernel in momentum space",
        verdict=Verdict.OK,
        printed=(
            r"$\Omega(x_t - x_{t-1}) = \frac1M \sum_k e^{i \frac{2\pi}{M} k (x_t - x_{t-1})}\,"
            r"\tilde\Omega(p)$"
        ),
        check=_kernel_in_momentum_space,
        assumptions=_PERIODIC,
        page=_PAGE,
    ),
    Entry(
        id="30",
        title="One layer in phase space",
        verdict=Verdict.WRONG,
        printed=(
            r"$\psi(x_t) = \sum_{x_{t-1}} \sum_p e^{ip(x_t - x_{t-1})} e^{h_t} (1 + \tilde\Omega(p))\,"
            r"\psi(x_{t-1})$, $h_t = \log(\kappa w)$"
        ),
        check=lambda: _one_layer(_inverse, gated=False),
        holds=(
            r"$\psi_t(x_t) = \frac1M \sum_{x_{t-1}} \sum_p e^{ip(x_t - x_{t-1})} e^{h_t} "
            r"(1 + \tilde\Omega_t(p))\,\psi_{t-1}(x_{t-1})$, $h_t = \log w_t$"
        ),
        reason=(
            r"The factor $1/M$ is missing, and gates that differ from place to place become a constant, "
            r"whose logarithm is $-\infty$ where a gate is closed."
        ),
        assumptions=_PERIODIC + r"; for $w_t < 0$ the logarithm has the imaginary part $\pi$",
        check_printed=lambda: _one_layer(_one, gated=True),
        page=_PAGE,
    ),
    Entry(
        id="31",
        title="Exponentiation of the kernel",
        verdict=Verdict.WRONG,
        printed=(
            r"for $w \ll f$: $1 + \tilde\Omega = e^{\tilde\Omega}$, so $\psi(x_t) = \sum_{x_{t-1}} \sum_p "
            r"e^{ip(x_t - x_{t-1})} e^{h_t + \tilde\Omega}\,\psi(x_{t-1})$, and $h_t$ may be dropped"
        ),
        check=_exponentiation,
        holds=(
            r"$1 + \tilde\Omega = e^{\log(1 + \tilde\Omega)} \approx e^{\tilde\Omega}$ for $f \ll w$, so "
            r"$\psi_t(x_t) = \frac1M \sum_{x_{t-1}} \sum_p e^{ip(x_t - x_{t-1})} e^{h_t + \log(1 + "
            r"\tilde\Omega_t)}\,\psi_{t-1}(x_{t-1})$, where $h_t = \log w_t$ stays unless $w_t = 1$"
        ),
        reason=(
            r"The error is $\tilde\Omega^2/2$ with $\tilde\Omega = \tilde f/w$, small in the opposite case "
            r"$f \ll w$, and it compounds from layer to layer; there it is $h_t$ that dominates; $1/M$ is "
            "missing as in (30)."
        ),
        assumptions=_PERIODIC + r"; the logarithm is $-\infty$ for a wave that the layer removes",
        check_printed=_exponentiation_as_printed,
        page=_PAGE,
    ),
    Entry(
        id="32",
        title="Sum over paths in phase space",
        verdict=Verdict.WRONG,
        printed=_PRINTED_SUM,
        check=lambda: _phase_space(3, 3, _inverse, _logarithm),
        holds=_HOLDING_SUM,
        reason=(
            r"$M^{-N}$ is missing, $\tilde\Omega$ stands for $\log(1 + \tilde\Omega)$, $H$ has no "
            "index of the layer, and no such form can hold a ReLU."
        ),
        assumptions=_PERIODIC,
        check_printed=lambda: _phase_space_prints(3, 3),
        page=_PAGE,
    ),
    Entry(
        id="33",
        title="The network as a sum over paths in phase space",
        verdict=Verdict.WRONG,
        printed=_PRINTED_SUM,
        check=_phase_space_and_relu,
        holds=_HOLDING_SUM,
        reason="As (32); and it holds for the linear network only, not with ReLU.",
        assumptions=_PERIODIC,
        check_printed=lambda: _phase_space_prints(4, 2),
        page=_PAGE,
    ),
    Entry(
        id="U-ReLU",
        title="The ReLU can be applied to each term of the sum",
        verdict=Verdict.WRONG,
        printed=r"$\mathrm{relu}(a + b) = \mathrm{relu}(a) + \mathrm{relu}(b)$, used from (26) to (27)",
        check=_relu_of_a_sum,
        holds=(
            r"$\mathrm{relu}(a + b) \le \mathrm{relu}(a) + \mathrm{relu}(b)$, equal just where $ab \ge 0$; "
            r"$\mathrm{relu}(a + b) = \kappa a + \kappa b$ with the gate $\kappa$ of the sum"
        ),
        reason=r"The ReLU is not additive: $a = 1$, $b = -1$ give $0$ and $1$.",
        check_printed=lambda: _of_a_sum(_separately),
        page=_PAGE,
    ),
    Entry(
        id="U-path",
        title="The output of the network is a sum over paths",
        verdict=Verdict.OK,
        printed=r"the output is the sum of $\psi(x_0)$ over all paths, each with its weight",
        check=_path_sum,
        reason="It holds by (27) with gates, not by (33), which allows no ReLU.",
        assumptions=(
            r"gates of this input; $3^L$ paths into a pixel of a line, $5^L$ for (39), $9^L$ for a full "
            "kernel, before borders and gates cut some"
        ),
        page=_PAGE,
    ),
)
