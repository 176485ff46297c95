"""The experiment on irregular series in both modes."""

from pdenet.runs.shown import Drawn
from pdenet.subjects.irregular.arms import ARMS, MAIN, SeriesArm
from pdenet.subjects.irregular.experiment import IRREGULAR, SEEDS
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME
from pdenet.subjects.irregular.rates import LONG, VALIDATION_SEEDS
from pdenet.subjects.irregular.system import CONTROLS, Sampling
from pdenet.subjects.irregular.training import CONFIG

REGULAR = Sampling("regular", 20)


def test_all_arms_are_run_in_full_and_the_main_ones_in_minutes() -> None:
    assert IRREGULAR.arms("full") == ARMS
    assert IRREGULAR.seeds == SEEDS == 10
    book = IRREGULAR.arms("book")
    assert {arm.name for arm in book} < {arm.name for arm in ARMS}
    for arm in book:
        assert arm.shown == Drawn(f"pendulum, {MAIN.label}", 200)
        assert arm.most == 2
        if arm.model.get("name") in CONTROLS:
            assert arm.training == {}, "a control learns nothing, however long"
        else:
            assert arm.training["steps"] == 100
            assert str(LONG) in arm.name, "the claims know it by the name of the long training"
    nets = {arm.decoder for arm in book if isinstance(arm, SeriesArm)} - CONTROLS.keys()
    assert nets == {ODE, GRU, DECAY, TIME}
    assert len(book) == len(CONTROLS) + len(nets)


def test_long_trainings_have_ten_seeds_and_short_ones_the_six_they_had() -> None:
    for arm in ARMS:
        steps = arm.training.get("steps")
        most = SEEDS if arm.sampling in (MAIN, REGULAR) else 6
        expected = {None: most, CONFIG.steps: 6, LONG: SEEDS}[steps]
        assert len(arm.seeds(range(SEEDS))) == (VALIDATION_SEEDS if arm.validation else expected)


def test_each_planned_run_is_recorded_and_all_of_a_seed_are_of_its_series() -> None:
    results = IRREGULAR.results()
    for arm in ARMS:
        assert tuple(results.seeds(arm.name)) == arm.seeds(range(SEEDS)), arm.name
    main = [arm for arm in ARMS if arm.sampling == MAIN and not arm.validation and arm.shown.train == 200]
    for seed in range(SEEDS):
        seen = {r.data["checksum"] for arm in main for r in results.records(arm.name) if r.seed == seed}
        assert len(seen) == 1
