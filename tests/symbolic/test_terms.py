"""Terms: what passes from an equation to its stencil, and that nothing else does."""

import pickle

import numpy as np
import pytest
import sympy as sp

from pdenet.symbolic import PDE1, EvolutionPDE, Stencil, alpha, beta, psi, psi_1d, t, x
from pdenet.symbolic.kernels import KernelMap
from pdenet.symbolic.terms import Terms

ONE = sp.Integer(1)
DRIFT = Terms(psi_1d, {(1, 0): beta, (2, 0): alpha**2 / 2}, "drift")


def of(terms: Terms) -> Stencil:
    return Stencil(terms, 2, ONE, ONE, None)


def test_a_stencil_needs_no_equation() -> None:
    pde = EvolutionPDE(sp.Eq(psi_1d.diff(t), alpha**2 / 2 * psi_1d.diff(x, 2) + beta * psi_1d.diff(x)))
    assert of(DRIFT).matrix == pde.stencil().matrix
    assert repr(DRIFT) == "drift: psi_t = beta*psi_x + alpha**2/2*psi_xx"
    assert repr(of(DRIFT)) == f"<Stencil 1x3, accuracy 2, 3 taps, of {DRIFT}>"
    assert DRIFT._repr_latex_().startswith(r"$\displaystyle \partial_t \psi = \beta")


def test_parameters_come_by_first_appearance_then_by_name() -> None:
    assert DRIFT.parameters == (beta, alpha)
    assert Terms(psi_1d, {(0, 0): beta + alpha}, "sum").parameters == (alpha, beta)
    assert (DRIFT.space, DRIFT.time) == ((x,), t)


def test_a_kernel_map_needs_no_stencil() -> None:
    layer = KernelMap((alpha, beta), (alpha**2, beta + 1), np.array([[[1.0, 0.0]], [[0.0, 1.0]]]))
    assert layer.as_numpy([[2.0, 3.0], [0.5, -1.0]]).tolist() == [[[4.0, 4.0]], [[0.25, 0.0]]]


def test_equations_that_read_alike_share_their_stencil() -> None:
    factored = EvolutionPDE(sp.Eq(psi.diff(t), alpha * (psi.diff(x) + psi)), name="same")
    expanded = EvolutionPDE(sp.Eq(psi.diff(t), alpha * psi.diff(x) + alpha * psi), name="same")
    assert factored != expanded
    assert factored.stencil() is expanded.stencil()


@pytest.mark.parametrize(
    "other",
    [
        Terms(psi, {(1, 0): beta, (2, 0): alpha**2 / 2}, "drift"),
        Terms(psi_1d, {(1, 0): beta, (2, 0): alpha**2}, "drift"),
        Terms(psi_1d, {(1, 0): beta, (2, 0): alpha**2 / 2}, "another"),
        Terms(psi_1d, {(2, 0): alpha**2 / 2, (1, 0): beta}, "drift"),
    ],
    ids=["field", "coefficient", "name", "order"],
)
def test_terms_differ_by_field_coefficient_name_and_order(other: Terms) -> None:
    assert other != DRIFT
    assert of(other) != of(DRIFT)


def test_equal_terms_have_one_hash_and_survive_a_pickle() -> None:
    again = Terms(psi_1d, dict(DRIFT.coefficients), "drift")
    assert len({again, DRIFT, pickle.loads(pickle.dumps(DRIFT))}) == 1
    assert hash(of(DRIFT)) == hash(of(DRIFT))
    assert PDE1.stencil().terms.coefficients is PDE1.terms
