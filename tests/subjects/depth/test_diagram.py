"""The grid's runs read back: the longest run of a seed counts, the worst cell is the distance."""

import math
from dataclasses import replace

import numpy as np
import pytest
from helpers.records import made

from pdenet.runs.protocol import described
from pdenet.runs.record import Record
from pdenet.subjects.depth.diagram import Diagram, steps
from pdenet.subjects.depth.experiment import EPOCHS, OURS, PRINTED, Network, Setting


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
        model=setting.spec(network, depth).describe(),
        training=described(setting.config(len(course))),
        data={"name": "mnist", "checksum": "-"},
        diverged_at=diverged,
    )


def complete(setting: Setting, off: float, seed: int = 0) -> list[Record]:
    """All six cells, each `off` points beside what is printed."""
    return [
        record(setting, *place, [0.0] * (EPOCHS - 1) + [a + off], seed=seed) for place, a in PRINTED.items()
    ]


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


def test_steps_are_those_of_all_epochs_the_last_smaller_batch_included() -> None:
    assert (steps(Setting(batch_size=1024)), steps(OURS, 2)) == (50 * 59, 938)


def test_seeds_of_different_length_are_cut_to_the_shortest_and_the_longest_run_of_a_seed_counts() -> None:
    runs = [
        record(OURS, "(39)", 5, [10.0, 20.0, 30.0]),
        record(OURS, "(39)", 5, [11.0, 21.0, 31.0, 41.0]),
        record(OURS, "(39)", 5, [12.0, 22.0], seed=1),
    ]
    course = Diagram(runs).course(OURS, "(39)", 5)
    np.testing.assert_allclose(course, [[11, 21], [12, 22]])
