"""How a sum of derivatives reads."""

import pytest
import sympy as sp

from pdenet.symbolic import alpha, beta
from pdenet.symbolic.display import as_latex, as_text

ONE = sp.Integer(1)


@pytest.mark.parametrize(
    ("coefficient", "text", "latex"),
    [
        (ONE, "u_x", r"\partial_x u"),
        (-ONE, "-u_x", r"-\partial_x u"),
        (ONE * 2, "2*u_x", r"2\,\partial_x u"),
        (-beta, "-beta*u_x", r"-\beta\,\partial_x u"),
        (alpha + beta, "(alpha + beta)*u_x", r"\left(\alpha + \beta\right)\,\partial_x u"),
        (-alpha - beta, "(-alpha - beta)*u_x", r"\left(- \alpha - \beta\right)\,\partial_x u"),
        (-alpha * beta, "-alpha*beta*u_x", r"-\alpha \beta\,\partial_x u"),
    ],
)
def test_one_term(coefficient: sp.Expr, text: str, latex: str) -> None:
    terms = {(1, 0): coefficient}
    assert as_text(terms, "u") == f"u_t = {text}"
    assert as_latex(terms, "u") == rf"\partial_t u = {latex}"


def test_several_terms_are_joined_by_their_signs() -> None:
    terms = {(2, 0): -ONE, (0, 3): ONE, (1, 1): -beta, (0, 0): alpha - 1}
    assert as_text(terms, "u") == "u_t = -u_xx + u_yyy - beta*u_xy + (alpha - 1)*u"
    assert as_latex(terms, "u") == (
        r"\partial_t u = -\partial_x^2 u + \partial_y^3 u - \beta\,\partial_x \partial_y u"
        r" + \left(\alpha - 1\right)\,u"
    )
