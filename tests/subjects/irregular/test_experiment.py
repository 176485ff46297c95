"""The experiment on irregular series in both modes."""

from pdenet.runs.shown import Drawn
from pdenet.subjects.irregular.arms import ARMS, MAIN
from pdenet.subjects.irregular.experiment import IRREGULAR, SEEDS
from pdenet.subjects.irregular.system import CONTROLS


def test_all_arms_are_run_in_full_and_the_main_ones_in_minutes() -> None:
    assert IRREGULAR.arms("full") == ARMS
    assert IRREGULAR.seeds == SEEDS == 6
    book = IRREGULAR.arms("book")
    assert {arm.name for arm in book} < {arm.name for arm in ARMS}
    for arm in book:
        assert arm.shown == Drawn(f"pendulum, {MAIN.label}", 200)
        assert arm.most == 2
        if arm.model.get("name") in CONTROLS:
            assert arm.training == {}, "a control learns nothing, however long"
        else:
            assert arm.training["steps"] == 100
    assert len(book) == len(CONTROLS) + 6
