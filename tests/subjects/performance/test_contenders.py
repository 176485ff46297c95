"""The contenders compute the same gradients."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
import torch

from pdenet.subjects.performance import contenders
from pdenet.subjects.performance.contenders import CONTENDERS
from pdenet.subjects.performance.problem import Problem, Stencil

TINY = Problem(depth=3, batch=2, size=6, seeds=2)


def gradients(name: str, problem: Problem) -> list[np.ndarray]:
    return [np.asarray(gradient) for gradient in CONTENDERS[name][1](problem)()]


@pytest.mark.parametrize("stencil", ["five-point", "nine-point"])
@pytest.mark.parametrize("name", ["conv2d", "slices", "jax"])
def test_contenders_compute_the_same_gradients(name: str, stencil: Stencil) -> None:
    if name == "jax" and importlib.util.find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    problem = replace(TINY, stencil=stencil)
    expected = gradients("fused", problem)
    assert all(np.abs(gradient).max() > 0 for gradient in expected)
    for got, want in zip(gradients(name, problem), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
    corners = expected[1][:, :, ::2, ::2]
    assert bool((corners == 0).all()) == (stencil == "five-point")


def test_what_is_compiled_is_what_runs_eagerly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda function: function)  # the compiler itself takes minutes
    for eager, compiled in (("conv2d", "compile-conv2d"), ("slices", "compile")):
        for got, want in zip(gradients(compiled, TINY), gradients(eager, TINY), strict=True):
            np.testing.assert_array_equal(got, want)


def test_jax_is_a_contender_only_where_it_is_installed() -> None:
    assert ("jax" in contenders.available()) == (importlib.util.find_spec("jax") is not None)
    assert {"fused", "conv2d", "slices", "compile", "compile-conv2d"} <= set(contenders.available())
