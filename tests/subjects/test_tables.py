"""The tables as data: which cells, which runs count for them, and the networks that only controls use."""

import hashlib
from dataclasses import asdict, replace
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
import torch
from helpers.records import made

from pdenet.data import DataError, load_images
from pdenet.models import ConvResNet, Init, PDENet, PlainConvNet
from pdenet.runs.files import append, read
from pdenet.runs.record import Record, run_key
from pdenet.runs.table import CHANCE, Cell, CellResult, Table
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.tables.cells import CONTROLS, SEEDS, TABLE_4_1, TABLE_4_2, TABLES
from pdenet.symbolic import PDE1

DIGITS = load_images("digits")
SMALL = DIGITS.subset(200, 50)
SHORT = TrainingConfig(epochs=1, batch_size=100)
RESULTS = Path(__file__).parents[2] / "results"
FILES = [RESULTS / table.file for table in TABLES.values()]
RECORDS = [(file.name, record) for file in FILES if file.exists() for record in read(file)]


def cell(table: Table, depth: int, column: str) -> Cell:
    return next(c for c in table.cells if (c.depth, c.column) == (depth, column))


def record(cell: Cell, seed: int = 0, accuracy: float | None = 0.9) -> Record:
    """A run of the cell on the small set, not trained."""
    data = {"name": SMALL.name, "checksum": SMALL.checksum}
    return made([accuracy], seed=seed, model=cell.description, training=asdict(SHORT), data=data)


# Which cells


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


def test_the_keys_of_the_first_runs_have_not_changed() -> None:
    """New options of the networks must not orphan records: 39 keys, as they were before there was any."""
    data, training = {"name": "mnist", "checksum": MNIST_CHECKSUM}, asdict(TrainingConfig())
    keys = sorted(
        run_key(c.description, training, seed, data["name"], data["checksum"])
        for c, seed in product(TABLE_4_1.cells, range(3))
    )
    assert len(set(keys)) == 39
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    assert digest == "bea89eed121048af47b801111a012ded5b1eb209bc6b2db36797f87d8afe59fa"
    assert set(keys) <= {r.key for name, r in RECORDS if name == TABLE_4_1.file}


MNIST_CHECKSUM = "39275f1036140499a747bb59d5ee356f2e2ec956b8256f6bba44296de6e47540"


def test_cells_of_two_tables_are_the_same_networks_or_have_different_keys() -> None:
    cells = [c for table in TABLES.values() for c in table.cells]
    for one, other in product(cells, cells):
        same = (one.depth, one.model, one.options) == (other.depth, other.model, other.options)
        # The classifier alone is one network; only there has the model's name nothing to name.
        assert (one.description == other.description) == same


def test_every_cell_can_be_built_and_has_the_depth_of_its_row() -> None:
    for table in TABLES.values():
        for c in table.cells:
            model = c.build([7])
            assert (model.depth, model.seeds) == (c.depth, (7,))
            assert c.column in table.columns


def test_the_control_with_five_taps_has_the_parameters_of_the_pde_net() -> None:
    for depth in (5, 50):
        pde, five = (cell(CONTROLS, depth, column).build(1) for column in ("PDE net", "five free taps"))
        assert pde.parameter_count() == five.parameter_count()
        assert pde.parameter_count()["trunk"] == 5 * depth


# Which runs


def test_a_table_reads_the_runs_of_another_and_trains_no_cell_twice(tmp_path: Path) -> None:
    shared, own = cell(TABLE_4_1, 5, "PDE net"), cell(TABLE_4_2, 5, "PDE 2")
    append(tmp_path / TABLE_4_1.file, [record(shared, 0), record(shared, 1)])
    out = tmp_path / "mine.jsonl"
    assert [r.seed for r in TABLE_4_2.read(out)] == [0, 1], "a file that is not there has no records"
    append(out, [record(own, 0), record(shared, 1, 0.5), record(shared, 2)])

    known = TABLE_4_2.read(out)
    assert len(known) == len({r.key for r in known}) == 4
    results = TABLE_4_2.results(known, SMALL.name, SHORT)
    assert results.keys() == {(5, "PDE 1"), (5, "PDE 2")}
    assert results[5, "PDE 1"].seeds == [0, 1, 2]
    assert results[5, "PDE 1"].accuracies == [0.9, 0.9, 0.9], "of two records of one run the first counts"
    assert cell(TABLE_4_2, 5, "PDE 1").missing(known, SMALL, SHORT, range(4)) == (3,)
    assert own.missing(known, SMALL, SHORT, range(2)) == (1,)
    assert TABLE_4_1.read(out) == read(out), "Table 4.1 looks into no other file"


def test_shipped_runs_are_those_of_the_tables_cells() -> None:
    for table in TABLES.values():
        found = table.recorded()
        assert len({r.key for r in found}) == len(found)
        assert all(any(r.model == c.description for c in table.cells) for r in found)
    first = [r for name, r in RECORDS if name == TABLE_4_1.file]
    shared = [r for r in first if r.model["name"] == "PDENet" and r.model["depth"] == 27]
    assert {r.key for r in shared} <= {r.key for r in TABLE_4_2.recorded()}


def test_a_table_without_a_file_has_no_records() -> None:
    assert Table("table-9.9", "none", TABLE_4_1.cells).recorded() == []


# What a cell shows


@pytest.mark.parametrize(
    ("accuracies", "text"),
    [
        ([0.98, 0.98], "98.0 [98.0, 98.0]"),
        ([0.98], "98.0"),
        ([0.98, 0.11, None], "98.0, 11.0, diverged"),
        ([0.98, 0.96, 0.11, 0.11], "97.0, 2 of 4 learned"),
        ([0.11] * 4, "0 of 4 learned"),
    ],
)
def test_a_mean_never_hides_a_network_that_learned_nothing(accuracies: list[float | None], text: str) -> None:
    c = TABLE_4_1.cells[1]
    assert CellResult(c, tuple(record(c, i, a) for i, a in enumerate(accuracies))).text == text


@pytest.mark.parametrize(
    ("thesis", "place"),
    [(0.96, "below"), (0.9695, "inside"), (0.97, "inside"), (0.99, "above"), (None, None)],
)
def test_the_thesis_lies_in_the_range_of_the_seeds_that_learned(
    thesis: float | None, place: str | None
) -> None:
    c = replace(TABLE_4_1.cells[1], thesis=thesis)
    runs = tuple(record(c, i, a) for i, a in enumerate([0.97, 0.98, CHANCE / 2]))
    assert CellResult(c, runs).thesis_lies == place
    assert CellResult(c, runs[2:]).thesis_lies is None


# The networks that only controls use


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
    model = cell(CONTROLS, 50, "no skip").build(3)
    assert isinstance(model, PlainConvNet)
    assert model.bias is not None
    assert (model.bias == 0).all()
    assert float(model.weight.detach().std()) == pytest.approx((2 / 9) ** 0.5, rel=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConvResNet(2, taps="star"), "taps must be one of 'all', 'cross'; got 'star'"),
        (lambda: PlainConvNet(2, taps="cross"), "a plain stack has all nine taps; got taps='cross'"),
        (
            lambda: ConvResNet(2, taps="cross", bias=False, init=Init(zero=("bias",))),
            r"starts \['bias'\] at zero, but the parameters are \['weight'\]",
        ),
    ],
)
def test_bad_options_are_refused_in_words(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


# What every record says of where it comes from


def test_every_record_says_where_it_comes_from() -> None:
    assert RECORDS
    for name, r in RECORDS:
        where = f"{name}, {r.model['name']}, {r.model['depth']} layers, seed {r.seed}"
        assert r.machine.get("device") in ("cpu", "cuda"), where
        assert r.machine.get("name"), where
        assert r.machine["device"] != "cpu" or r.machine["threads"] >= 1, where
        assert {"pdenet", "torch", "python"} <= r.versions.keys(), where
        assert all(r.versions.values()), where
        date = datetime.fromisoformat(r.date)
        assert date.utcoffset() is not None, where
        assert datetime.fromisoformat("2026-01-01T00:00:00+00:00") < date, where
        assert r.data == {"name": "mnist", "checksum": MNIST_CHECKSUM, "train": 60_000, "test": 10_000}, where
        assert r.seconds > 0, where


def test_every_record_is_a_full_run_of_a_cell_and_stands_once() -> None:
    for name, table in ((t.file, t) for t in TABLES.values()):
        runs = [r for file, r in RECORDS if file == name]
        assert len({r.key for r in runs}) == len(runs), f"{name} holds a run twice"
        for r in runs:
            where = f"{name}, {r.model['name']}, {r.model['depth']} layers, seed {r.seed}"
            found = [c for c in table.cells if c.description == r.model]
            assert found, where
            assert r.training == asdict(TrainingConfig()), where
            assert r.seed < SEEDS, where
            assert {len(course) for course in r.history.values()} == {r.training["epochs"]}, where
            found[0].build([r.seed]).set_trunk({k: [v] for k, v in r.trunk.items()})  # fits, or raises


def test_records_are_of_the_images_that_are_here() -> None:
    try:
        mnist = load_images("mnist", download=False)
    except DataError as error:
        pytest.skip(f"needs MNIST: {error}")
    assert mnist.checksum == MNIST_CHECKSUM
