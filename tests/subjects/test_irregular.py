"""Irregular series: signal, controls, networks, training, records and claims."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from pdenet.ops.ode.dense import states_at
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import DivergedError, Fixed
from pdenet.runs.files import read
from pdenet.runs.record import Record
from pdenet.subjects.irregular import claims, measures, pendulum
from pdenet.subjects.irregular import experiment as irregular
from pdenet.subjects.irregular.claims import Runs
from pdenet.subjects.irregular.experiment import (
    ARMS,
    CONTROLS,
    DECAY,
    FLAT,
    GRU,
    NETWORKS,
    ODE,
    REST,
    SINUSOID,
    TIME,
    TRUE,
    Arm,
)
from pdenet.subjects.irregular.networks import SeriesNet
from pdenet.subjects.irregular.pendulum import DAMPING, NOISE, WINDOW, Pendulum, Sampling, checksum, draw
from pdenet.subjects.irregular.training import SeriesTraining

MAIN = Sampling("irregular", 20)
TINY = SeriesTraining(steps=3, batch=4, series=6)


@pytest.fixture(autouse=True)
def coarse_truth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of these tests do not need a truth of six digits, and it takes their time."""
    if "truth" not in request.node.name:
        monkeypatch.setattr(pendulum, "_ACCURATE", 0.3)


def test_the_truth_is_that_of_another_solver() -> None:
    series = draw(MAIN, [3], 4, "test")
    for begin, asked, truth in zip(series.start[0], series.asked[0], series.truth[0], strict=True):
        found = solve_ivp(
            lambda t, u: [u[1], -np.sin(u[0]) - DAMPING * u[1]],
            (0, 3 * WINDOW),
            begin.numpy(),
            method="DOP853",
            t_eval=asked.numpy(),
            rtol=1e-12,
            atol=1e-12,
        )
        assert np.abs(found.y[0] - truth.numpy()).max() < 1e-6


def test_states_between_the_steps_are_of_order_four_and_do_not_depend_on_other_times() -> None:
    start = torch.tensor([[[1.5, 0.3], [-0.7, 0.9]]], dtype=torch.float64)
    times = torch.tensor([[[0.0, 1.234, 2.0], [0.31, 2.9, 3.7]]], dtype=torch.float64)
    exact = states_at(Pendulum(), start, times, 0.005)
    assert torch.equal(exact[0, 0, 0], start[0, 0])
    direct = solve(Pendulum(), start[0, 1], [0.0, 0.31, 2.9, 3.7], Fixed("rk4", 500)).states
    assert torch.allclose(exact[0, 1], direct[1:], atol=1e-9)
    errors = [float((states_at(Pendulum(), start, times, h) - exact).abs().max()) for h in (0.2, 0.1)]
    assert 10 < errors[0] / errors[1] < 24
    later = torch.cat([times, torch.full((1, 2, 1), 9.0, dtype=torch.float64)], -1)
    assert torch.equal(
        states_at(Pendulum(), start, later, 0.2)[..., :3, :], states_at(Pendulum(), start, times, 0.2)
    )


@pytest.mark.parametrize(
    ("times", "step", "message"),
    [((1, 3, 2), 0.1, "same S and B"), ((1, 2, 2), 0.0, "positive"), ((1, 2, 2), -1.0, "positive")],
)
def test_what_cannot_be_solved_is_refused(times: tuple[int, ...], step: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        states_at(Pendulum(), torch.ones(1, 2, 2), torch.ones(times), step)


def test_series_are_drawn_as_described() -> None:
    train, test = draw(MAIN, 2, 30), draw(MAIN, 2, 30, "test")
    assert train.seen.shape == (2, 30, 20)
    assert (train.asked.shape[-1], test.asked.shape[-1]) == (40, 60)
    assert (test.asked.diff(dim=-1) > 0).all()
    for number in range(3):
        window = test.asked[..., test.window(number)]
        assert number * WINDOW <= window.min()
        assert window.max() <= (number + 1) * WINDOW
    assert float((train.noisy - train.truth).std()) == pytest.approx(NOISE, rel=0.1)
    assert not torch.equal(train.start, test.start)
    even = draw(Sampling("regular", 20), 2, 30, "test")
    assert torch.equal(even.start, test.start)
    assert torch.allclose(even.times.diff(dim=-1), torch.tensor(0.3, dtype=torch.float64))
    assert not set(even.times[0, 0].tolist()) & set(even.asked[0, 0].tolist())
    shared = draw(Sampling("shared", 20), 2, 30, "test")
    assert (shared.asked == shared.asked[:, :1]).all()
    assert not torch.equal(shared.asked[0], shared.asked[1])
    learned = draw(Sampling("shared", 20), 2, 30)
    assert torch.equal(learned.times, shared.times)
    assert torch.equal(learned.asked, shared.asked[..., :40])
    alone = draw(MAIN, [1], 30)
    assert torch.equal(alone.seen[0], train.seen[1])
    assert torch.equal(alone.asked[0], train.asked[1])
    assert checksum(alone, alone, 0) != checksum(train, train, 0)
    for sampling in (Sampling("irregular", 6), Sampling("regular", 6)):  # the noise ends within a block
        few, many = draw(sampling, 1, 3), draw(sampling, 1, 30)
        assert torch.equal(few.seen, many.seen[:, :3])
        assert torch.equal(few.noisy, many.noisy[:, :3])
    with pytest.raises(ValueError, match="one pendulum"):
        draw(MAIN, 1, 0)
    with pytest.raises(ValueError, match="kind must be"):
        Sampling("random")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 2"):
        Sampling("regular", 1)


def test_controls_err_as_their_knowledge_says() -> None:
    series = draw(MAIN, 1, 40, "test")
    found = {name: irregular.errors(series, control(series)) for name, control in CONTROLS.items()}
    assert (series.truth**2).mean((1, 2)).sqrt().mean() > 0.3
    for window in irregular.WINDOWS:
        assert found[TRUE][window] < found[SINUSOID][window] < found[REST][window]
    assert found[TRUE]["ahead"] < 0.5 * NOISE
    silent = replace(series, seen=torch.zeros_like(series.seen))
    assert CONTROLS[SINUSOID](silent).abs().max() < 1e-9


def test_the_nets_are_of_one_size() -> None:
    sizes = {name: Arm(name).build().size for name in (ODE, GRU, DECAY, TIME)}
    assert max(sizes.values()) < 1.02 * min(sizes.values())
    nets = [Arm(name).build([2]) for name in (ODE, GRU)]
    assert torch.equal(nets[0].encoder.enter.weight, nets[1].encoder.enter.weight)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_net_does_not_depend_on_the_seeds_beside_it(name: str) -> None:
    series = draw(MAIN, [0, 1], 5, "test")
    alone = draw(MAIN, [1], 5, "test")
    both = measures.answers(Arm(name).build([0, 1]), series)
    assert torch.allclose(both[1], measures.answers(Arm(name).build([1]), alone)[0], atol=1e-5)
    assert both.shape == series.asked.shape
    assert float((both[0] - both[1]).abs().max()) > 1e-3


def test_the_recurrent_encoder_is_that_of_torch() -> None:
    net = Arm(GRU).build(1)
    series = draw(MAIN, 1, 3)
    times, seen = series.times.float(), series.seen.float()
    unit = torch.nn.GRU(2, 24, batch_first=True)
    with torch.no_grad():
        unit.weight_ih_l0.copy_(net.encoder.enter.weight[0].mT)
        unit.weight_hh_l0.copy_(net.encoder.stay.weight[0].mT)
        unit.bias_ih_l0.copy_(net.encoder.enter.bias[0, 0])
        unit.bias_hh_l0.copy_(net.encoder.stay.bias[0, 0])
        gap = times.diff(dim=-1, prepend=torch.zeros(1, 3, 1))
        expected = unit(torch.stack([seen, gap], -1)[0].flip(1))[1][0]
        assert torch.allclose(net.encode(times, seen)[0], expected, atol=1e-6)


def test_only_the_recurrent_answers_depend_on_what_else_is_asked() -> None:
    test = draw(MAIN, 2, 5, "test")
    moved = {name: irregular.measure(Arm(name).build(2), test) for name in (ODE, GRU, DECAY, TIME)}
    for found in zip(*moved.values(), strict=True):
        by_name = {name: one["moved"] for name, one in zip(moved, found, strict=True)}
        assert max(by_name[ODE], by_name[TIME]) < 1e-6
        assert min(by_name[GRU], by_name[DECAY]) > 1e-3
    assert all(one["solver"] < 1e-2 for one in moved[ODE])
    assert set(moved[TIME][0]) == {*irregular.WINDOWS, "moved"}


def test_one_number_cannot_turn_back() -> None:
    series = draw(MAIN, 3, 5, "test")
    moved = measures.answers(Arm(FLAT).build(3), series).diff(dim=-1)
    assert ((moved >= -1e-6).all(-1) | (moved <= 1e-6).all(-1)).all()


def test_gaps_withheld_are_not_seen() -> None:
    series = draw(MAIN, 1, 4, "test")
    for gaps, same in (("none", True), ("input", False)):
        net = SeriesNet("recurrent", gaps=gaps)
        other = measures.answers(net, series, series.asked * 0.5)
        assert torch.equal(measures.answers(net, series), other) == same


@pytest.mark.parametrize("targets", ["others", "seen"])
def test_training_lowers_the_loss_and_seeds_do_not_touch(targets: str) -> None:
    training = SeriesTraining(steps=12, batch=6, series=12, targets=targets)  # type: ignore[arg-type]
    net = Arm(GRU).build([4, 7])
    losses = irregular.fit(net, draw(MAIN, [4, 7], 12), training, every=4)
    assert [len(one) for one in losses] == [3, 3]
    assert all(one[-1] < one[0] for one in losses)
    alone = irregular.fit(Arm(GRU).build([7]), draw(MAIN, [7], 12), training, every=4)
    assert losses[1] == pytest.approx(alone[0], rel=1e-3)


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(ValueError, match="200 series for each of 2 nets"):
        irregular.fit(Arm(GRU).build(2), draw(MAIN, 2, 5))
    with pytest.raises(ValueError, match="batch between"):
        SeriesTraining(batch=300)
    with pytest.raises(ValueError, match="learning_rate"):
        SeriesTraining(learning_rate=0)
    with pytest.raises(ValueError, match="decoder must be"):
        SeriesNet("transformer")
    with pytest.raises(ValueError, match="gaps must be"):
        SeriesNet("recurrent", gaps="some")
    series = draw(MAIN, 1, 4)
    with pytest.raises(ValueError, match="asked must ascend"):
        Arm(GRU).build(1)(series.times.float(), series.seen.float(), series.asked.float().flip(-1))
    with pytest.raises(ValueError, match="S = 1 nets"):
        Arm(GRU).build(1).encode(torch.ones(2, 3, 4), torch.ones(2, 3, 4))


def test_the_command_runs_what_is_missing_once_and_what_it_kept_is_the_trained_net(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arms = (Arm(REST, MAIN, TINY), Arm(GRU, MAIN, TINY))
    monkeypatch.setattr(irregular, "ARMS", arms)
    monkeypatch.setattr(claims, "ARMS", arms)
    out = tmp_path / "runs.jsonl"
    irregular.run(out, 1, test=4)
    irregular.run(out, 2, test=4)
    irregular.run(out, 2, test=4)
    records = read(out)
    assert [record.seed for record in records] == [0, 0, 1, 1]
    assert len({record.key for record in records}) == 4
    assert capsys.readouterr().out.count("recurrent") == 2
    runs = Runs(records)
    assert runs.values(arms[1], "ahead").shape == (2,)
    assert runs.difference(arms[0], arms[1], "ahead").n == 2

    (kept,) = irregular.train_arm(arms[1], [0], keep=0, test=4)
    again = irregular.errors(
        test := draw(MAIN, [0], 4, "test"), measures.answers(irregular.rebuild(kept), test)
    )
    assert {name: float(value) for name, value in again.items()} == pytest.approx(
        {name: kept.measured[name] for name in irregular.WINDOWS}, rel=1e-3
    )
    with pytest.raises(ValueError, match="kept no weights"):
        irregular.rebuild(records[0])


def test_a_field_that_runs_away_takes_no_other_seed_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train_arm = irregular.train_arm

    def runs_away(arm: Arm, seeds: list[int], **options: int) -> list[Record]:
        if 1 in seeds:
            message = "it ran away"
            raise DivergedError(message)
        return train_arm(arm, seeds, **options)

    monkeypatch.setattr(irregular, "train_arm", runs_away)
    monkeypatch.setattr(irregular, "ARMS", (Arm(ODE, MAIN, TINY), Arm(GRU, MAIN, TINY)))
    out = tmp_path / "runs.jsonl"
    irregular.run(out, 3, test=4)
    assert [record.seed for record in read(out)] == [0, 2, 0, 2]
    assert capsys.readouterr().out.count("seed 1: no record, it ran away") == 2


def test_the_command_line_takes_names(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    irregular.main(["--out", str(out), "--seeds", "1", "--only", REST])
    assert {str(record.model) for record in read(out)} == {str(Arm(REST).model)}


def test_every_arm_is_told_apart() -> None:
    names = {Runs._name(arm.model, arm.learns, irregular._data(arm, "")) for arm in ARMS}
    assert len(names) == len(set(ARMS)) == len(ARMS)


def record(arm: Arm, seed: int, **measured: float) -> Record:
    return Record(
        model=arm.model,
        training=arm.learns,
        seed=seed,
        data={**irregular._data(arm, "x"), "test": 4},
        history={},
        seconds=0.0,
        machine={},
        versions={},
        date="2026-01-01",
        trunk={},
        measured=measured,
    )


def test_claims_are_judged_where_there_are_runs_and_can_fail() -> None:
    even = Sampling("regular", 20)
    ahead = {
        Arm(ODE): (0.05, 0.06, 0.055),
        Arm(GRU): (0.10, 0.11, 0.10),
        Arm(DECAY): (0.04, 0.05, 0.045),
        Arm(TIME): (0.05, 0.07, 0.055),
        Arm(ODE, even): (0.05, 0.06, 0.05),
        Arm(GRU, even): (0.06, 0.07, 0.06),
    }
    records = [
        record(arm, seed, ahead=value, between=value, beyond=value, moved=value, solver=value)
        for arm, values in ahead.items()
        for seed, value in enumerate(values)
    ]
    judged = claims.judge(Runs(records))
    verdicts = {name: str(claim.judge(m.estimate, m.low, m.high)) for name, (claim, m) in judged.items()}
    assert verdicts["5.3b"] == "holds"
    assert verdicts["5.3c"] == "does not hold"
    assert verdicts["5.3e"] == "not decided"
    assert verdicts["5.3g"] == "holds"
    assert "5.3j" not in verdicts
    assert judged["5.3g"][1].estimate == pytest.approx(np.mean([0.04, 0.04, 0.035]))
