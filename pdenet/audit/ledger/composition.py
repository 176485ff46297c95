"""Row B13: two layers compose by the convolution of their kernels, and so a skip is divided out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from pdenet.audit.ledger.convolution import conv2d
from pdenet.audit.ledger.entry import NOT_IN_THESIS, Entry, Fault, Finding, Verdict, below

Compose = Callable[[np.ndarray, np.ndarray], np.ndarray]

SKIP, KERNEL = np.array([0.2, 1.0, 0.35]), np.array([0.1, -0.5, 0.4])  # neither is its own mirror image


def convolved(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The convolution of two kernels, on a line or in the plane."""
    from scipy.signal import convolve

    result: np.ndarray = convolve(first, second, method="direct")
    return result


def correlated(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """What (N1) makes of two kernels; the convolution only if the first is its own mirror image."""
    return convolved(np.flip(first), second)


def _mirrored(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The convolution with a second kernel that is listed for a true convolution."""
    return convolved(first, np.flip(second))


def _added(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The two increments added, as if the second layer did not see what the first has done."""
    ones = [np.zeros_like(kernel) for kernel in (first, second)]
    for one in ones:
        one[tuple(size // 2 for size in one.shape)] = 1
    result: np.ndarray = convolved(first, ones[1]) + convolved(ones[0], second) - convolved(*ones)
    return result


def on_a_ring(compose: Compose, skip: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Three taps composed with a kernel as wide as a ring of an odd number of pixels."""
    whole = compose(skip, factor)
    around = np.array(whole[1:-1])
    around[-1] += whole[0]
    around[0] += whole[-1]
    return around


def divides(compose: Compose) -> Finding:
    """Whether a skip, composed with one plus the quotient, is skip and kernel again."""
    from pdenet.ops.quotient import relative_kernel

    size = 65
    middle = slice(size // 2 - 1, size // 2 + 2)
    factor, wanted = relative_kernel(KERNEL, SKIP, size), np.zeros(size)
    factor[size // 2] += 1
    wanted[middle] = SKIP + KERNEL
    gap = on_a_ring(compose, SKIP, factor) - wanted
    return below("uneven skip composed with 1 + quotient, and skip + kernel", np.abs(gap).max(), 1e-13)


def _composes(compose: Compose) -> list[Finding]:
    from pdenet.ops.quotient import kernel_symbol

    rng = np.random.default_rng(0)
    line, (first, second) = rng.normal(size=40), rng.normal(size=(2, 3))
    stepwise = np.correlate(np.correlate(line, first, "valid"), second, "valid")
    at_once = np.correlate(line, compose(second, first), "valid")
    image, planes = rng.normal(size=(12, 12)), rng.normal(size=(2, 3, 3))
    in_turn = conv2d(conv2d(image, planes[0]), planes[1])
    waves = np.linspace(-np.pi, np.pi, 25)
    product = kernel_symbol(first, waves) * kernel_symbol(second, waves)
    symbol = kernel_symbol(compose(second, first), waves)
    return [
        below(
            "two layers on a line, and one with the composed kernel", np.abs(stepwise - at_once).max(), 1e-13
        ),
        below(
            "two layers in the plane", np.abs(in_turn - conv2d(image, compose(*planes[::-1]))).max(), 1e-12
        ),
        below(
            "symbol of the composed kernel, and the product of the symbols",
            np.abs(symbol - product).max(),
            1e-13,
        ),
        divides(compose),
    ]


ENTRIES = (
    Entry(
        "B13",
        "Two layers and the convolution of their kernels",
        Verdict.OK,
        NOT_IN_THESIS
        + r"$K_2\star(K_1\star\psi)=(K_2*K_1)\star\psi$ with $(K_2*K_1)(d)=\sum_eK_2(e)\,K_1(d-e)$, and "
        r"symbols multiply. So a skip that is a kernel itself is divided out by $K_w+K_f=K_w*(1+\Omega)$, "
        r"with $\tilde\Omega(p)=\tilde K_f(p)/\tilde K_w(p)$.",
        partial(_composes, convolved),
        assumptions=r"linear layers, no border or a ring; $\tilde K_w(p)\ne0$ for all $p$",
        page="kernels-as-equations",
        faults=(
            Fault("kernels composed by cross-correlation", partial(_composes, correlated)),
            Fault("the list of one kernel reversed", partial(_composes, _mirrored)),
            Fault("increments added, without their product", partial(_composes, _added)),
        ),
    ),
)
