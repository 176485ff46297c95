"""The grid of experiments: its plan, its runs, and how they are read back."""

import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from helpers.records import made

from pdenet.data import load_images
from pdenet.runs.files import read
from pdenet.runs.record import Record
from pdenet.subjects.depth import grid as phase
from pdenet.subjects.depth.grid import (
    EPOCHS,
    OURS,
    PLAN,
    PRINTED,
    SETTINGS,
    STARTS,
    Diagram,
    Network,
    Run,
    Setting,
    steps,
    train,
)

FEW = load_images("digits").subset(120, 40)


def record(
    setting: Setting,
    network: Network,
    depth: int,
    course: list[float],
    *,
    seed: int = 0,
    diverged: int | None = None,
) -> Record:
    """A run as it would be recorded, with the accuracies of `course`, in per cent."""
    return made(
        [a / 100 for a in course],
        seed=seed,
        model=setting.network(network, depth).describe(),
        training=asdict(setting.config(len(course))),
        data={"name": "mnist", "checksum": "-"},
        diverged_at=diverged,
    )


def complete(setting: Setting, off: float, seed: int = 0) -> list[Record]:
    """All six cells, each `off` points beside what is printed."""
    return [
        record(setting, *place, [0.0] * (EPOCHS - 1) + [a + off], seed=seed) for place, a in PRINTED.items()
    ]


def test_a_setting_is_built_as_it_says() -> None:
    setting = Setting("normal 0.1", (64, 32), "none", 1024, "standard")
    described = setting.network("(40)", 7).describe()
    assert described["init"] == STARTS["normal 0.1"].describe()
    assert (described["depth"], described["widths"], described["activation"]) == (7, [64, 32], "none")
    assert (setting.config(3).batch_size, setting.config(3).pixels, setting.config(3).epochs) == (
        1024,
        "standard",
        3,
    )
    assert setting.label == "normal 0.1; 64-32 linear; batch 1024, standard pixels"
    assert (steps(setting), steps(OURS, 2)) == (50 * 59, 938)


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(ValueError, match=r"start must be one of 'uniform, gamma 0', .*; got 'flat'"):
        Setting("flat")


def test_our_setting_is_that_of_the_tables() -> None:
    from pdenet.subjects.tables.cells import TABLE_4_1

    cell = next(c for c in TABLE_4_1.cells if (c.depth, c.column) == (50, "PDE net"))
    assert OURS.network("(39)", 50).describe() == cell.description


def test_distance_is_the_worst_cell() -> None:
    records = complete(OURS, 0.25)
    diagram = Diagram(records)
    assert diagram.distance(OURS) == pytest.approx(0.25)
    assert diagram.distance(OURS, EPOCHS - 1) > 80
    one_off = [
        replace(records[0], history={**records[0].history, "test_accuracy": [0.9] * EPOCHS}),
        *records[1:],
    ]
    assert Diagram(one_off).distance(OURS) == pytest.approx(7.4)
    assert math.isnan(Diagram(records[1:]).distance(OURS))
    assert Diagram(records[1:]).lower_bound(OURS) == pytest.approx(0.25)
    assert math.isnan(Diagram([]).lower_bound(OURS))


def test_distance_takes_means_over_seeds() -> None:
    diagram = Diagram([*complete(OURS, 1.0), *complete(OURS, -1.0, seed=1)])
    assert diagram.distance(OURS) == pytest.approx(0)
    assert diagram.cell(OURS, "(39)", 5).tolist() == pytest.approx([98.4, 96.4])


def test_the_longest_run_of_a_seed_counts_and_answers_for_shorter_ones() -> None:
    long = record(OURS, "(39)", 5, [10.0, 20.0, 30.0])
    short = record(OURS, "(39)", 5, [10.0, 20.0])
    for records in ([long, short], [short, long]):
        diagram = Diagram(records)
        assert diagram.course(OURS, "(39)", 5).tolist() == [[10, 20, 30]]
        assert diagram.cell(OURS, "(39)", 5, 2).tolist() == [20]
        assert diagram.cell(OURS, "(39)", 5).size == 0, "fifty epochs were not made"


def test_a_diverged_network_has_labelled_nothing_right() -> None:
    diagram = Diagram([record(OURS, "(39)", 50, [50.0, 60.0, 60.0], diverged=2)])
    course = diagram.course(OURS, "(39)", 50)
    assert np.isnan(course).tolist() == [[False, True, True]]
    assert diagram.cell(OURS, "(39)", 50, 3).tolist() == [0]


def test_the_best_epoch_and_the_loss_with_depth() -> None:
    shallow = record(OURS, "(39)", 5, [90.0] * (EPOCHS - 1) + [80.0])
    deep = record(OURS, "(39)", 50, [70.0] * EPOCHS)
    diagram = Diagram([shallow, deep])
    assert diagram.cell(OURS, "(39)", 5, None).tolist() == [90]
    assert diagram.loss(OURS) == pytest.approx(10)
    assert diagram.loss(OURS, 3) == pytest.approx(20)
    assert math.isnan(diagram.loss(OURS, network="(40)"))
    assert diagram.epochs(OURS, [("(39)", 5), ("(39)", 50)]) == EPOCHS
    assert diagram.epochs(OURS) == 0, "no run of (40)"


def test_other_data_and_other_settings_stay_out() -> None:
    elsewhere = replace(record(OURS, "(39)", 5, [90.0]), data={"name": "digits", "checksum": "-"})
    diagram = Diagram([elsewhere, record(Setting(batch_size=256), "(39)", 5, [80.0])])
    assert diagram.course(OURS, "(39)", 5).size == 0
    assert diagram.course(Setting(batch_size=256), "(39)", 5).tolist() == [[80]]


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    setting = Setting(widths=(8, 8), batch_size=40)
    plan = [Run(setting, "(39)", depth, epochs=1, seeds=(0, 1)) for depth in (1, 2)]
    out = tmp_path / "phase.jsonl"
    assert len(list(train(plan[:1], FEW, out, "cpu"))) == 1
    lines = list(train(plan, FEW, out, "cpu"))
    assert len(lines) == 1
    assert "2 layers" in lines[0]
    assert [(r.model["depth"], r.seed) for r in read(out)] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert all(run.missing(read(out), FEW) == () for run in plan)
    assert Run(setting, "(39)", 2, epochs=1, seeds=(1, 5)).missing(read(out), FEW) == (5,)


def test_the_plan_has_no_run_twice() -> None:
    entries = [(run.setting, run.network, run.depth, run.epochs, seed) for run in PLAN for seed in run.seeds]
    assert len(set(entries)) == len(entries)


def test_the_settings_are_those_of_the_plan_and_ours() -> None:
    assert SETTINGS[0] == OURS
    assert set(SETTINGS) == {OURS, *(run.setting for run in PLAN)}
    assert len(set(SETTINGS)) == len(SETTINGS)


def test_the_command_names_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        phase.main(["--help"])
    assert "--out" in capsys.readouterr().out
