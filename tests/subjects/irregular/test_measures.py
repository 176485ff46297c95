"""What is measured on a net: errors, and whether answers move when other times are asked as well."""

from __future__ import annotations

import pytest
import torch

from pdenet.subjects.irregular.arms import series_arm
from pdenet.subjects.irregular.measures import WINDOWS, answers, crowd, errors, measure
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME, LatentODE
from pdenet.subjects.irregular.system import WINDOW, Sampling, draw

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


def test_errors_are_root_mean_squares_against_the_truth_in_each_window() -> None:
    test = draw(MAIN, 2, 5, "test")
    assert errors(test, test.truth) == {name: pytest.approx(torch.zeros(2)) for name in WINDOWS}
    window = (test.asked / WINDOW).floor()  # 0, 1, 2
    off = torch.tensor([0.1, -0.3, 0.5], dtype=torch.float64)
    found = errors(test, test.truth + off[window.long()])
    for name, size in zip(WINDOWS, (0.1, 0.3, 0.5), strict=True):
        torch.testing.assert_close(found[name], torch.full((2,), size, dtype=torch.float64))
    half = test.truth.clone()
    half[0, 0] += 1.0  # one of five pendulums of the first seed, by one radian
    for values in errors(test, half).values():
        assert values.tolist() == pytest.approx([0.2**0.5, 0.0])


def test_what_is_measured_is_what_the_answers_say() -> None:
    test, net = draw(MAIN, 2, 5, "test"), series_arm(ODE).build(2)
    assert isinstance(net.decoder, LatentODE)
    found, by_window = answers(net, test), errors(test, answers(net, test))
    net.decoder.step /= 4
    fine = answers(net, test)
    net.decoder.step *= 4
    for seed, measured in enumerate(measure(net, test)):
        assert measured["solver"] == pytest.approx(float((fine - found)[seed].square().mean().sqrt()))
        for name in WINDOWS:
            assert measured[name] == pytest.approx(float(by_window[name][seed]))


def test_times_that_are_asked_besides_fill_all_windows_evenly() -> None:
    test = draw(MAIN, 1, 200, "test")
    crowded, places = crowd(test, (0,))
    others = torch.ones_like(crowded, dtype=torch.bool).scatter(-1, places, False)
    extra = crowded[others]
    assert len(extra) == 3 * test.asked.numel()
    counts = torch.histc(extra / WINDOW, bins=3, min=0, max=3) / len(extra)
    torch.testing.assert_close(counts, torch.full((3,), 1 / 3, dtype=torch.float64), atol=0.02, rtol=0)
