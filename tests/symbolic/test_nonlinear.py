"""Fluxes: their slopes, and that arrays and tensors see the formula."""

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.symbolic.nonlinear import CHARBONNIER, LINEAR, PERONA_MALIK, activation, s, slopes


def test_only_perona_and_maliks_flux_falls() -> None:
    assert slopes(LINEAR) == (1, 1)
    assert slopes(CHARBONNIER) == (0, 1)
    assert slopes(PERONA_MALIK) == (-sp.Rational(1, 8), 1)


def test_perona_and_maliks_flux_falls_fastest_at_the_root_of_three() -> None:
    slope = PERONA_MALIK.diff(s)
    assert sp.simplify(slope.subs(s, sp.sqrt(3))) == -sp.Rational(1, 8)
    assert sp.simplify(slope.subs(s, 1)) == 0


def test_charbonniers_flux_is_the_slope_of_a_root() -> None:
    assert sp.simplify(sp.sqrt(1 + s**2).diff(s) - CHARBONNIER) == 0


@pytest.mark.parametrize("flux", [LINEAR, CHARBONNIER, PERONA_MALIK])
def test_arrays_and_tensors_see_the_same_formula(flux: sp.Expr) -> None:
    places = np.array([-3.0, -0.2, 0.0, 0.7])
    function = activation(flux, 0.5)
    exact = [0.5 * float(flux.subs(s, place / 0.5)) for place in places]
    assert function(places) == pytest.approx(exact)
    assert function(torch.from_numpy(places)).numpy() == pytest.approx(exact)


def test_a_contrast_leaves_the_slope_at_zero_as_it_is() -> None:
    assert activation(CHARBONNIER, 0.02)(1e-9) == pytest.approx(1e-9)


@pytest.mark.parametrize("contrast", [0, -1.0, float("nan")])
def test_a_contrast_that_is_not_positive_is_refused(contrast: float) -> None:
    with pytest.raises(ValueError, match="contrast must be a finite number"):
        activation(LINEAR, contrast)
