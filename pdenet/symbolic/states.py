"""Wave functions in closed form, and what is done to them: energy, motion, Fourier transform."""

from __future__ import annotations

from typing import Any

import sympy as sp

from pdenet.checks.numbers import whole
from pdenet.symbolic.arguments import expression, refuse_doubles
from pdenet.symbolic.variables import p, t, x

hbar, mass, omega = sp.symbols("hbar m omega", positive=True)


def apply_hamiltonian(state: sp.Expr, potential: Any = 0) -> sp.Expr:
    r"""Energy operator on a line, :math:`-\hbar^2/(2m)\,\partial_x^2 + V`, applied to a wave function.

    Equation (2) of the thesis.

    Parameters
    ----------
    state : sympy.Expr
        Function of x, and of t if it moves.
    potential : number or sympy.Expr
        V(x), in units of energy.
    """
    state, potential = _formula("state", state), _formula("potential", potential)
    return -(hbar**2) / (2 * mass) * sp.diff(state, x, 2) + potential * state


def schroedinger_residual(state: sp.Expr, potential: Any = 0) -> sp.Expr:
    r"""Rest of Schrödinger's equation, :math:`(i\hbar\,\partial_t - \hat H)\psi`, divided by the state.

    It is zero if and only if the state solves equation (2) of the thesis.

    Parameters
    ----------
    state : sympy.Expr
        Function of x and t.
    potential : number or sympy.Expr
        V(x), in units of energy.
    """
    state = _formula("state", state)
    return sp.simplify((sp.I * hbar * sp.diff(state, t) - apply_hamiltonian(state, potential)) / state)


def free_packet(width: Any, momentum: Any = 0) -> sp.Expr:
    """Gaussian wave packet of a free particle, at the origin at t = 0, with total probability 1.

    Kennard, Z. Phys. 44, 326 (1927).

    Parameters
    ----------
    width : number or sympy.Expr
        Standard deviation of the position at t = 0, in units of length.
    momentum : number or sympy.Expr
        Mean momentum, in units of mass times length over time.

    Raises
    ------
    ValueError
        If `width` is not positive or `momentum` not real; symbols must be declared so.
    """
    width, momentum = _formula("width", width, without=(x, t)), _formula("momentum", momentum, without=(x, t))
    if not width.is_positive:
        message = f"width must be positive, a number or a symbol with positive=True; got {width!r}"
        raise ValueError(message)
    if not momentum.is_real:
        message = f"momentum must be real, a number or a symbol with real=True; got {momentum!r}"
        raise ValueError(message)
    spread = 1 + sp.I * hbar * t / (2 * mass * width**2)
    envelope = sp.exp(-((x - momentum * t / mass) ** 2) / (4 * width**2 * spread)) / sp.sqrt(spread)
    wave = sp.exp(sp.I * (momentum * x - momentum**2 * t / (2 * mass)) / hbar)
    return envelope * wave / (2 * sp.pi * width**2) ** sp.Rational(1, 4)


def oscillator_potential() -> sp.Expr:
    r"""Potential energy of a particle on a spring, :math:`m\omega^2x^2/2`."""
    return mass * omega**2 * x**2 / 2


def oscillator_energy(level: int) -> sp.Expr:
    r"""Energy :math:`\hbar\omega(n + 1/2)` of a level of the oscillator.

    Parameters
    ----------
    level : int
        Number n of the level, counted from 0.

    Raises
    ------
    TypeError
        If `level` is no number.
    ValueError
        If `level` is not a whole number from 0 on.
    """
    level = whole("level", level, least=0)
    return hbar * omega * (level + sp.Rational(1, 2))


def oscillator_state(level: int) -> sp.Expr:
    """Wave function of a level of the oscillator, a function of x alone, with total probability 1.

    Schrödinger, Ann. Phys. 384, 489 (1926); a solution of equation (4) of the thesis.

    Parameters
    ----------
    level : int
        Number n of the level, counted from 0.

    Raises
    ------
    TypeError
        If `level` is no number.
    ValueError
        If `level` is not a whole number from 0 on.
    """
    level = whole("level", level, least=0)
    scaled = sp.sqrt(mass * omega / hbar) * x
    size = (mass * omega / (sp.pi * hbar)) ** sp.Rational(1, 4) / sp.sqrt(2**level * sp.factorial(level))
    return size * sp.hermite(level, scaled) * sp.exp(-(scaled**2) / 2)


def to_momentum(state: sp.Expr) -> sp.Expr:
    r"""Momentum components :math:`(2\pi\hbar)^{-1/2}\int\psi(x)\,e^{-ipx/\hbar}\,dx` of a wave function.

    First half of equation (5) of the thesis.

    Parameters
    ----------
    state : sympy.Expr
        Function of x that falls off fast enough for the integral to exist, such as a Gaussian.
    """
    state = _formula("state", state, without=(p,))
    transform = sp.integrate(state * sp.exp(-sp.I * p * x / hbar), (x, -sp.oo, sp.oo), conds="none")
    return sp.simplify(transform / sp.sqrt(2 * sp.pi * hbar))


def to_position(components: sp.Expr) -> sp.Expr:
    r"""Wave function :math:`(2\pi\hbar)^{-1/2}\int\phi(p)\,e^{ipx/\hbar}\,dp` of momentum components.

    Second half of equation (5) of the thesis, integrated over p, where the thesis prints x.

    Parameters
    ----------
    components : sympy.Expr
        Function of p that falls off fast enough for the integral to exist, such as a Gaussian.
    """
    components = _formula("components", components, without=(x,))
    transform = sp.integrate(components * sp.exp(sp.I * p * x / hbar), (p, -sp.oo, sp.oo), conds="none")
    return sp.simplify(transform / sp.sqrt(2 * sp.pi * hbar))


def _formula(name: str, value: Any, *, without: tuple[sp.Symbol, ...] = ()) -> sp.Expr:
    """A formula in the symbols of this file, without those that it may not depend on."""
    formula = expression(name, value)
    refuse_doubles(name, formula, (x, t, p, hbar, mass, omega))
    strange = formula.free_symbols & set(without)
    if strange:
        message = f"{name} must not depend on {min(map(str, strange))}; got {formula}"
        raise ValueError(message)
    return formula
