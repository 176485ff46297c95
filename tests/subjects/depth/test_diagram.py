"""The grid's runs read back: the longest run of a seed counts, the worst cell is the distance."""

import math
from dataclasses import replace

import numpy as np
import pytest
from helpers.records import made

from pdenet.runs.protocol import described
from pdenet.runs.record import Record
from pdenet.subjects.depth.diagram import Diagram, steps
from pdenet.subjects.depth.plan import DOUBLE, OURS, SCREEN
from pdenet.subjects.depth.settings import EPOCHS, Network, Setting


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


def test_the_loss_with_depth() -> None:
    shallow = record(OURS, "(39)", 5, [90.0] * (EPOCHS - 1) + [80.0])
    deep = record(OURS, "(39)", 50, [70.0] * EPOCHS)
    diagram = Diagram([shallow, deep])
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


def test_only_the_run_of_the_look_is_screened() -> None:
    look = record(DOUBLE, "(39)", 5, [10.0] * (SCREEN - 5) + [90.0, 91.0, 92.0, 93.0, 94.0])
    longer = record(DOUBLE, "(39)", 5, [50.0] * EPOCHS)
    diagram = Diagram([longer, look])
    assert diagram.screened(DOUBLE) == {("(39)", 5): pytest.approx(92)}
    assert diagram.cells(DOUBLE) == {("(39)", 5): [50]}
    assert Diagram([longer]).screened(DOUBLE) == {}


def test_what_was_measured_is_read_by_epoch_as_far_as_all_seeds_go() -> None:
    first = replace(record(DOUBLE, "(39)", 5, [90.0] * 3), measured={"named": [[1, 2], [3, 4], [5, 6]]})
    second = replace(record(DOUBLE, "(39)", 5, [90.0] * 2, seed=1), measured={"named": [[7, 8], [9, 10]]})
    diagram = Diagram([first, second])
    assert diagram.measured(DOUBLE, "(39)", 5, "named").tolist() == [[[1, 2], [3, 4]], [[7, 8], [9, 10]]]
    assert diagram.measured(DOUBLE, "(39)", 5, "confusion").size == 0
