"""The Gaussian of (35), of which (36) to (38) take the logarithm."""

from __future__ import annotations

import sympy as sp

from pdenet.symbolic import beta, gamma

WIDTH = sp.Symbol("alpha", real=True, nonzero=True)
DISTANCE = sp.Symbol("X", real=True)
BELL = sp.exp(gamma - (DISTANCE + beta) ** 2 / (2 * WIDTH**2))
FACTOR = 1 / (sp.Abs(WIDTH) * sp.sqrt(2 * sp.pi))
