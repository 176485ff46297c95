"""The networks with a remedy: each has what it promises, and the command trains what is missing, once."""

from pathlib import Path
from typing import Any

import pytest
import torch
from helpers.records import made

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.ops import residual_stack
from pdenet.runs.files import read
from pdenet.runs.table import CellResult
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.remedies import experiment as remedies
from pdenet.subjects.remedies.networks import (
    ImplicitPDENet,
    PeriodicPDENet,
    PeriodicPositivePDENet,
    PositivePDENet,
    ScaledPDENet,
)
from pdenet.symbolic import PDE1

SMALL: dict[str, Any] = {"image_shape": (6, 7), "widths": (5,)}


def images(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 6, 7, generator=torch.Generator().manual_seed(0))


def test_scaled_layers_are_those_of_the_unscaled_network_times_t_over_l() -> None:
    plain, scaled = PDENet(PDE1, 8, 2), ScaledPDENet(PDE1, 8, 2, time=2.0)
    assert torch.equal(plain.theta, scaled.theta)
    assert torch.allclose(scaled.kernels()[0], plain.kernels()[0] / 4)
    assert ScaledPDENet(PDE1, 0).kernels()[0].shape == (1, 0, 3, 3)
    with pytest.raises(ValueError, match="positive number"):
        ScaledPDENet(PDE1, 8, time=0)


def test_positive_layers_are_positive_for_any_numbers_and_their_relu_never_acts() -> None:
    net = PositivePDENet(40, 3, **SMALL)
    with torch.no_grad():
        net.theta.copy_(4 * torch.randn(net.theta.shape, generator=torch.Generator().manual_seed(1)))
    step = net.kernels()[0].detach().clone()
    step[..., 1, 1] += 1
    taps = step.flatten(-2)[..., [1, 3, 4, 5, 7]]
    assert taps.min() > -1e-6
    assert torch.allclose(taps.sum(-1), torch.ones(3, 40), atol=1e-6)

    calm = PositivePDENet(40, 3, **SMALL)  # from the start law no tanh is rounded
    assert PDE1.stability().is_positive(calm.physical().detach().double().numpy()).all()
    with torch.no_grad():
        u = images()
        whole = calm.features(u)[:, -1]
        parts = calm.features(u / 3)[:, -1] + calm.features(2 * u / 3)[:, -1]
    assert torch.allclose(whole, parts, atol=1e-6)  # the trunk is linear on images that are not negative
    with pytest.raises(ValueError, match="bias"):
        PositivePDENet(3, bias=True)


def test_positive_parameters_are_nearly_the_raw_ones_where_these_are_small() -> None:
    net = PositivePDENet(4, init=remedies.Init("uniform", 1e-3))
    assert torch.allclose(net.physical()[..., [0, 2]], net.theta[..., [0, 2]], rtol=1e-5)


@pytest.mark.parametrize("kind", [PeriodicPDENet, ImplicitPDENet])
def test_the_other_steps_start_as_the_plain_network_and_are_used(kind: type[PDENet]) -> None:
    plain, other = PDENet(PDE1, 5, 2, **SMALL), kind(PDE1, 5, 2, **SMALL)
    assert torch.equal(plain.theta, other.theta)
    with torch.no_grad():
        layers = other.features(images())
        assert not torch.allclose(layers[:, -1], plain.features(images())[:, -1], atol=1e-3)
        assert torch.allclose(other.classifier(layers[:, -1].flatten(2)), other(images()), atol=1e-5)
    with pytest.raises(ValueError, match="no biases"):
        kind(PDE1, 5, bias=True, **SMALL)(images())


def test_weighted_means_on_a_torus_keep_the_mass() -> None:
    net = PeriodicPositivePDENet(30, 2, **SMALL)
    with torch.no_grad():
        mass = net.features(images()).sum((-1, -2))
        open_edge = residual_stack(images(), net.kernels()[0]).sum((-1, -2))
    assert torch.allclose(mass, mass[:, :1].expand_as(mass), rtol=1e-4)
    assert (open_edge < 0.9 * mass[:, -1]).all()


def test_every_network_has_a_description_of_its_own() -> None:
    cells = remedies.REMEDIES.cells
    described = [str(cell.description) for cell in cells]
    assert len(set(described)) == len(cells) == 1 + 2 * len(remedies.NETWORKS)
    assert remedies.REMEDIES.depths == (0, *remedies.DEPTHS)


def test_the_command_trains_what_is_missing_and_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(remedies, "CONFIG", TrainingConfig(epochs=1, batch_size=16))
    monkeypatch.setattr(remedies, "small_part", lambda data: data.subset(32, 20))
    out = tmp_path / "runs.jsonl"
    arguments = ["--data", "digits", "--out", str(out), "--only", remedies.ALONE]
    remedies.main([*arguments, "--seeds", "1"])
    remedies.main([*arguments, "--seeds", "2"])
    remedies.main([*arguments, "--seeds", "2"])
    assert [record.seed for record in read(out)] == [0, 1]
    assert capsys.readouterr().out.count("classifier alone, 0 layers") == 2


def test_strangeness_is_zero_for_the_identity_at_any_scale_and_one_for_nothing() -> None:
    for gamma, expected in ((0.0, 0.0), (0.5, 0.0), (-1.0, 1.0)):
        net = PDENet(PDE1, 4, 2, **SMALL)
        with torch.no_grad():
            net.theta.zero_()
            net.theta[..., 4] = gamma
        assert remedies.strangeness(net, images()) == pytest.approx([expected] * 2, abs=1e-6)
    with torch.no_grad():
        net.theta.fill_(float("nan"))
    assert remedies.strangeness(net, images()) == pytest.approx([1.0] * 2)
    blur = PositivePDENet(30, 1, **SMALL)
    assert 0.1 < float(remedies.strangeness(blur, images())[0]) < 1


def results_with(accuracies: dict[tuple[int, str], list[float]]) -> dict[tuple[int, str], CellResult]:
    """Runs that end with these accuracies, by seed, for the cells named."""
    found = {}
    for cell in remedies.REMEDIES.cells:
        values = accuracies.get((cell.depth, cell.column), [])
        network = cell.build(len(values) or 1)
        trunk = {name: part.detach() for name, part in network.trunk().items()}
        runs = [
            made(
                [value],
                seed=seed,
                model=cell.description,
                trunk={name: part[seed].tolist() for name, part in trunk.items()},
            )
            for seed, value in enumerate(values)
        ]
        if runs:
            found[cell.depth, cell.column] = CellResult(cell, tuple(runs))
    return found


def test_predictions_are_judged_where_there_are_runs_and_can_fail() -> None:
    accuracies = {
        (200, remedies.PLAIN): [0.10, 0.11, 0.10],
        (200, remedies.SCALED): [0.90, 0.91, 0.92],
        (50, remedies.SCALED): [0.90, 0.92, 0.91],
        (200, remedies.IMPLICIT): [0.80, 0.81, 0.80, 0.99],
    }
    judged = remedies.judge_remedies(results_with(accuracies))
    verdicts = {name: str(claim.judge(m.estimate, m.low, m.high)) for name, (claim, m) in judged.items()}
    assert verdicts == {
        "4.4a": "holds",
        "4.4b": "does not hold",
        "4.4c": "holds",
        "4.4f": "not decided",
    }
    assert judged["4.4c"][1].estimate == pytest.approx(100 * (0.91 - 0.31 / 3))


def test_a_rebuilt_network_has_the_recorded_trunk() -> None:
    (place, result), *_ = results_with({(50, remedies.POSITIVE): [0.5, 0.6]}).items()
    again = remedies.rebuild(result)
    assert place == (50, remedies.POSITIVE)
    assert torch.allclose(again.trunk()["beta"], result.cell.build(2).trunk()["beta"])


def test_the_part_of_a_small_set_is_all_of_it() -> None:
    digits = load_images("digits").subset(50, 30)
    part = remedies.small_part(digits)
    assert (len(part.train_labels), len(part.test_labels)) == (50, 30)
