"""What is measured on a net: errors, and whether answers move when other times are asked as well."""

from __future__ import annotations

from pdenet.subjects.irregular.arms import series_arm
from pdenet.subjects.irregular.measures import WINDOWS, answers, crowd, measure
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME, LatentODE
from pdenet.subjects.irregular.system import Sampling, draw

MAIN = Sampling("irregular", 20)


def test_only_the_recurrent_answers_depend_on_what_else_is_asked() -> None:
    test = draw(MAIN, 2, 5, "test")
    moved = {name: measure(series_arm(name).build(2), test) for name in (ODE, GRU, DECAY, TIME)}
    for found in zip(*moved.values(), strict=True):
        by_name = {name: one["moved"] for name, one in zip(moved, found, strict=True)}
        assert max(by_name[ODE], by_name[TIME]) < 1e-6
        assert min(by_name[GRU], by_name[DECAY]) > 1e-3
    assert all(one["solver"] < 1e-2 for one in moved[ODE])
    assert set(moved[TIME][0]) == {*WINDOWS, "moved"}


def test_the_times_asked_for_are_found_again_among_others() -> None:
    test = draw(MAIN, [4, 1], 5, "test")
    crowded, places = crowd(test, (4, 1))
    assert crowded.shape[-1] == 4 * test.asked.shape[-1]
    assert (crowded.diff(dim=-1) >= 0).all()
    assert (crowded.gather(-1, places) == test.asked).all()


def test_measuring_leaves_a_net_as_it_was() -> None:
    net, test = series_arm(ODE).build(1), draw(MAIN, 1, 5, "test")
    decoder = net.decoder
    assert isinstance(decoder, LatentODE)
    before, step = answers(net, test), decoder.step
    measure(net, test)
    assert decoder.step == step
    assert (answers(net, test) == before).all()
