"""The networks in the cells: every cell builds what it says, and the controls are what they are called."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, cast

import pytest
import torch

from pdenet.data import load_images
from pdenet.models import ConvResNet, Init, PDENet, PlainConvNet
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.tables.experiment import CONTROLS, TABLE_4_1, TABLE_4_2, TABLES
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = load_images("digits").subset(200, 50)
SHORT = TrainingConfig(epochs=1, batch_size=100)


def test_table_4_1_has_the_numbers_that_the_thesis_prints() -> None:
    printed = {(c.depth, c.column): c.thesis for c in TABLE_4_1.cells if c.thesis is not None}
    assert printed == {
        (5, "PDE net"): 0.974,
        (15, "PDE net"): 0.965,
        (27, "PDE net"): 0.958,
        (50, "PDE net"): 0.892,
        (5, "c_ResNet"): 0.975,
        (15, "c_ResNet"): 0.973,
        (27, "c_ResNet"): 0.970,
        (50, "c_ResNet"): 0.962,
    }
    assert TABLES["table-4.1"] is TABLE_4_1


def test_table_4_2_has_the_numbers_that_the_thesis_prints() -> None:
    printed = {(c.depth, c.column): c.thesis for c in TABLE_4_2.cells if c.thesis is not None}
    assert printed == {
        (27, "PDE 1"): 0.958,
        (27, "PDE 2"): 0.970,
        (27, "c_ResNet"): 0.967,
        (50, "PDE 1"): 0.892,
        (50, "PDE 2"): 0.969,
        (50, "c_ResNet"): 0.973,
    }


def test_cells_of_two_tables_are_the_same_networks_or_have_different_keys() -> None:
    cells = [c for table in TABLES.values() for c in table.cells]
    for one, other in product(cells, cells):
        same = one.spec == other.spec
        # The classifier alone is one network; only there has the model's name nothing to name.
        assert (one.model == other.model) == same


def test_every_cell_can_be_built_and_has_the_depth_of_its_row() -> None:
    for table in TABLES.values():
        for c in table.cells:
            model = c.build([7])
            assert (model.depth, model.seeds) == (c.depth, (7,))
            assert c.column in table.columns


def test_the_control_with_five_taps_has_the_parameters_of_the_pde_net() -> None:
    for depth in (5, 50):
        pde, five = (CONTROLS.cell(depth, column).build(1) for column in ("PDE net", "five free taps"))
        assert pde.parameter_count() == five.parameter_count()
        assert pde.parameter_count()["trunk"] == 5 * depth


def test_a_frozen_trunk_stays_and_its_classifier_learns() -> None:
    free, frozen = PDENet(PDE1, 3, seeds=2), PDENet(PDE1, 3, seeds=2, frozen=True)
    before = frozen.theta.clone()
    assert torch.equal(free.theta, before), "drawn as always"
    weights = frozen.classifier.weights[0].detach().clone()
    records = fit(frozen, SMALL, SHORT, device="cpu")
    fit(free, SMALL, SHORT, device="cpu")
    assert torch.equal(frozen.theta, before)
    assert not torch.equal(frozen.classifier.weights[0], weights)
    assert not torch.equal(free.theta, before)
    assert records[1].trunk["beta"] == before[1, :, 1].tolist()
    assert frozen.describe() == {**free.describe(), "frozen": True}
    assert ConvResNet(2, frozen=True).describe()["frozen"] is True
    assert frozen.parameter_count() == free.parameter_count()


def test_five_free_taps_are_a_cross_and_are_trained() -> None:
    model = ConvResNet(4, seeds=2, taps="cross", bias=False)
    kernels, bias = model.kernels()
    assert bias is None
    assert kernels.shape == (2, 4, 3, 3)
    assert (kernels[..., ::2, ::2] == 0).all()
    where = [(0, 1), (1, 0), (1, 1), (1, 2), (2, 1)]  # (row, column): above, left, middle, right, below
    for tap, (row, column) in enumerate(where):
        assert torch.equal(kernels[..., row, column], model.weight[..., tap])
    before = model.weight.detach().clone()
    (run, _) = fit(model, SMALL, SHORT, device="cpu")
    assert (model.weight != before).all()
    again = ConvResNet(4, taps="cross", bias=False).set_trunk(run.trunk)
    assert torch.allclose(again.weight[0], model.weight[0], rtol=1e-6)
    assert {**ConvResNet(4, bias=False).describe(), "taps": "cross"} == model.describe()


def test_free_taps_can_be_every_layer_of_a_pde_net() -> None:
    pde, free = PDENet(PDE1, 6), ConvResNet(6, taps="cross", bias=False)
    with torch.no_grad():
        free.weight.copy_(pde.kernels()[0].flatten(2)[..., [1, 3, 4, 5, 7]])
    images = torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))
    assert torch.equal(free(images), pde(images))


def test_the_start_of_the_stack_without_skip_is_he_s_and_sees_the_image() -> None:
    model = CONTROLS.cell(50, "no skip").build(3)
    assert isinstance(model, PlainConvNet)
    assert model.bias is not None
    assert (model.bias == 0).all()
    assert float(model.weight.detach().std()) == pytest.approx((2 / 9) ** 0.5, rel=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConvResNet(2, taps=cast("Any", "star")), "taps must be 'all' or 'cross'; got 'star'"),
        (lambda: PlainConvNet(2, taps="cross"), "a plain stack has all nine taps; got taps='cross'"),
        (
            lambda: ConvResNet(2, taps="cross", bias=False, init=Init(zero=("bias",))),
            r"starts \['bias'\] at zero, but the parameters are \['weight'\]",
        ),
    ],
)
def test_bad_options_are_refused_in_words(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
