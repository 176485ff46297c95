"""Layer by layer: what the functions measure is what the symbols say, where those are exact."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.models import PDENet
from pdenet.models.measures.layers import coefficients
from pdenet.ops import residual_stack
from pdenet.runs.table import recorded
from pdenet.subjects.mechanism import layers as layerwise
from pdenet.subjects.tables.experiment import TABLE_4_1
from pdenet.symbolic import PDE1
from pdenet.symbolic.growth import plane_gain
from pdenet.symbolic.moments import depth_moments


def wild(depth: int = 6, seeds: int = 2, pde: Any = PDE1) -> torch.Tensor:
    return PDENet(pde, depth, seeds).kernels()[0].detach()


def calm(depth: int = 6) -> torch.Tensor:
    values = {"alpha": 0.6, "beta": 0.2, "sigma": 0.6, "rho": -0.1, "gamma": 0.05}
    net = PDENet(PDE1, depth).set_trunk({name: [value] * depth for name, value in values.items()})
    return net.kernels()[0].detach()


def pictures(count: int = 12) -> torch.Tensor:
    return torch.rand(count, 28, 28, generator=torch.Generator().manual_seed(1))


def test_what_is_removed_is_gone_and_the_rest_stays() -> None:
    kernels = wild()
    theta = coefficients(kernels)
    for change, gone in ((layerwise.without_drift, [1, 3]), (layerwise.without_diffusion, [0, 2])):
        expected = theta.copy()
        expected[..., gone] = 0
        left = change(kernels)
        np.testing.assert_allclose(coefficients(left) ** 2, expected**2, atol=1e-5)


def test_mirrored_layers_keep_their_gain_and_lose_their_drift() -> None:
    kernels = wild()
    before, after = (coefficients(k) for k in (kernels, layerwise.mirrored(kernels)))
    np.testing.assert_allclose(plane_gain(after), plane_gain(before))
    np.testing.assert_array_equal(after[:, 0::2], before[:, 0::2])
    np.testing.assert_allclose(after[:, 1::2, [1, 3]], -before[:, 1::2, [1, 3]])


def test_positive_layers_close_no_gate_and_move_light_as_predicted() -> None:
    kernels = calm()
    images = torch.nn.functional.pad(pictures(), (12,) * 4)
    found = layerwise.course(kernels, images)
    assert found.positive.all()
    assert not found.cut.any()
    assert not found.added.any()
    predicted = depth_moments(PDE1, coefficients(kernels))
    start = found.moments.place[:, :1]
    np.testing.assert_allclose(found.moments.place - start, predicted.place, atol=1e-4)
    spread = found.moments.covariance - found.moments.covariance[:, :1]
    np.testing.assert_allclose(spread, predicted.covariance, atol=1e-3)
    np.testing.assert_allclose(found.moments.mass / found.moments.mass[:, :1], predicted.mass, rtol=1e-5)


def test_gates_are_counted_and_no_layer_grows_beyond_its_gain() -> None:
    kernels, images = wild(), pictures()
    found = layerwise.course(kernels, images)
    state, skip = images.expand(2, *images.shape), torch.eye(3)[1][:, None] * torch.eye(3)[1]
    for layer in range(kernels.shape[1]):
        for seed in range(2):
            step = (kernels[seed, layer] + skip)[None, None]
            argument = torch.nn.functional.conv2d(state[seed][:, None], step, padding=1)
            assert found.cut[seed, layer] == pytest.approx((argument < 0).double().mean().item(), abs=1e-3)
            ratio = (-argument.clamp(max=0)).sum() / argument.clamp(min=0).sum()
            assert found.added[seed, layer] == pytest.approx(ratio.item(), rel=1e-4)
        state = residual_stack(state, kernels[:, layer : layer + 1])
    assert (found.cut.max(axis=1) > 0.01).all()
    gain = plane_gain(coefficients(kernels))
    assert (found.growth <= gain * (1 + 1e-5)).all()
    np.testing.assert_allclose(found.pile[:, -1], state.double().sum(1), rtol=1e-5, atol=1e-4)
    np.testing.assert_array_equal(layerwise.piles(kernels, images), found.pile[:, [0, -1]])


def test_images_and_kernels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="kernels must be"):
        layerwise.course(wild()[0], pictures())


def test_a_window_sees_what_a_larger_frame_holds() -> None:
    kernels, images = wild(), pictures(3)
    places = [[-2, 1], [0, 30]]
    depth = kernels.shape[1]  # from so far off nothing reaches a window
    found = layerwise.follow(kernels, images, places, margin=depth)
    room = residual_stack(torch.nn.functional.pad(images, (80,) * 4), kernels)
    torch.testing.assert_close(found[0], room[0, :, 81:109, 78:106])
    torch.testing.assert_close(found[1], room[1, :, 110:138, 80:108])
    both = layerwise.follow(kernels, images, [[[0, 0], [0, 0]], places], margin=depth)
    torch.testing.assert_close(both[0], room[:, :, 80:108, 80:108])
    torch.testing.assert_close(both[1], found)
    with pytest.raises(ValueError, match=r"S = 2; got the shape \(1, 2\)"):
        layerwise.follow(kernels, images, [[9, 0]], margin=8)


def test_without_room_a_window_in_its_place_is_the_frame() -> None:
    kernels, images = wild(), pictures(3)
    found = layerwise.follow(kernels, images, [[0, 0], [0, 0]], margin=0)
    torch.testing.assert_close(found, residual_stack(images.expand(2, -1, -1, -1), kernels))


@pytest.mark.parametrize(
    ("places", "margin", "error", "message"),
    [
        ([[1.9, 0]], 2, ValueError, r"places must be whole pixels; got \[\[1.9, 0\]\]"),
        ([[math.nan, 0]], 2, ValueError, r"places must be finite; got \[\[nan, 0\]\]"),
        ([["1", "0"]], 2, TypeError, "places must be numbers, in pixels; got"),
        ([[True, False]], 2, TypeError, "places must be numbers, in pixels; got"),
        ([[1, 0]], 2.5, ValueError, "margin must be a whole number, at least 0; got 2.5"),
        ([[1, 0]], "2", TypeError, "margin must be a whole number, at least 0; got '2'"),
        ([[0, 0]], -1, ValueError, "margin must be a whole number, at least 0; got -1"),
    ],
)
def test_places_that_are_not_whole_are_refused(places: Any, margin: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        layerwise.follow(torch.rand(1, 1, 3, 3), torch.rand(1, 6, 6), places, margin)


def test_whole_places_may_be_of_any_kind_of_number() -> None:
    kernel, u = torch.rand(1, 1, 3, 3), torch.rand(1, 6, 6)
    wanted = layerwise.follow(kernel, u, [[1, 0]], 2)
    for places in ([[1.0, 0.0]], np.array([[1, 0]], dtype=np.uint8), torch.tensor([[1, 0]])):
        assert torch.equal(layerwise.follow(kernel, u, places, np.int64(2)), wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moves", "error", "message"),
    [
        ([math.nan, 0], ValueError, r"moves must be finite; got \[nan, 0\]"),
        ([math.inf, 0], ValueError, r"moves must be finite; got \[inf, 0\]"),
        (["1", "0"], TypeError, "moves must be numbers, in pixels; got"),
        ([1, 2, 3], ValueError, r"moves must be \(..., 2\), along x and y; got the shape \(3,\)"),
    ],
)
def test_shifts_that_are_none_are_refused(moves: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        layerwise.shifted(pictures(2), moves)


def test_a_rigid_shift_moves_and_cuts() -> None:
    images = pictures(2)
    found = layerwise.shifted(images, [[3, -2.2], [-40, 0]])
    assert found.shape == (2, 2, 28, 28)
    assert torch.equal(found[0, :, :-2, 3:], images[:, 2:, :-3])
    assert found[0, :, -2:].sum() == found[0, :, :, :3].sum() == found[1].sum() == 0


def test_recorded_networks_are_those_of_the_records() -> None:
    result = TABLE_4_1.found()[5, "PDE net"]
    found = recorded(result)
    assert found.trained.seeds == found.start.seeds == tuple(run.seed for run in result.records)
    assert found.trained.trunk()["beta"][0].tolist() == pytest.approx(result.records[0].trunk["beta"])
    np.testing.assert_array_equal(found.accuracies, result.accuracies)
    assert not torch.equal(found.start.trunk()["beta"], found.trained.trunk()["beta"])

    first, *others = result.records
    lost = replace(first, diverged_at=3)
    assert recorded(replace(result, records=(lost, *others))).trained.seeds == found.start.seeds[1:]
    with pytest.raises(ValueError, match="diverged"):
        recorded(replace(result, records=(lost,)))


def test_a_stack_with_corners_and_one_without_are_gone_through_alike() -> None:
    kernels, images = wild(), pictures(3)
    torch.testing.assert_close(layerwise.through(images, kernels), residual_stack(images, kernels))
    kernels[..., 0, 2] = 0.1
    torch.testing.assert_close(layerwise.through(images, kernels), residual_stack(images, kernels))
