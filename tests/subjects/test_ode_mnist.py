"""Neural ODEs on MNIST: parts that are what they say, controls of equal size, no run done twice."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
import torch
from torch import nn
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models import PDENet, StencilField
from pdenet.models.flow import Flow
from pdenet.ops.ode.solvers import Adaptive, Fixed
from pdenet.runs.claims import Verdict
from pdenet.runs.files import read
from pdenet.runs.record import Record
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.ode_mnist import claims as ode_verdicts
from pdenet.subjects.ode_mnist import experiment as ode_nets
from pdenet.subjects.ode_mnist.experiment import CONV, FEW, FLOW, SETTINGS, STENCIL, Run, euler
from pdenet.subjects.ode_mnist.networks import BlockNet, ConvField, conv_net, stencil_net
from pdenet.symbolic import PDE1, EvolutionPDE, alpha, psi, t, x, y


def images(count: int = 4) -> torch.Tensor:
    return torch.rand(count, 28, 28, generator=torch.Generator().manual_seed(0))


def test_members_of_a_family_have_equally_many_parameters() -> None:
    counts = {name: conv_net_count(name) for name in CONV.members}
    field = counts[FLOW]["block"]
    assert counts[ode_nets.ALONE]["block"] == 0
    assert abs(counts[ode_nets.BLOCKS]["block"] - field) / field < 0.03
    totals = {name: sum(count.values()) for name, count in counts.items() if name != ode_nets.ALONE}
    assert max(totals.values()) / min(totals.values()) < 1.02
    assert 0.19e6 < totals[FLOW] < 0.23e6
    assert {count["stem"] + count["head"] for count in counts.values()} == {totals[FLOW] - field}
    for name, member in STENCIL.members.items():
        assert member(0).parameter_count()["block"] == (0 if name == ode_nets.ALONE else 5)


def conv_net_count(name: str) -> dict[str, int]:
    return CONV.members[name](0).parameter_count()


def test_the_time_enters_as_one_more_channel() -> None:
    torch.manual_seed(0)
    rate, u, t = ConvField(8), torch.randn(3, 8, 6, 6), torch.tensor(0.7)
    state = u
    for i in range(2):
        state = functional.softplus(rate.norms[i](state))
        wide = torch.cat([torch.full_like(state[:, :1], 0.7), state], 1)
        weight = torch.cat([rate.clocks[i], rate.weights[i]], 1)
        state = functional.conv2d(wide, weight, rate.biases[i], padding=1)
    assert torch.allclose(rate(t, u), rate.norms[2](state), atol=1e-5)
    assert not torch.allclose(rate(t, u), rate(torch.tensor(0.1), u), atol=1e-3)


def test_one_euler_step_is_a_block_and_networks_of_one_seed_share_stem_and_head() -> None:
    one, none, other = conv_net(Fixed("euler", 1)), conv_net(0), conv_net(0, seed=1)
    state = one.stem(images())
    assert torch.equal(state, none.stem(images()))
    assert not torch.equal(state, other.stem(images()))
    assert isinstance(one.block, Flow)
    assert torch.allclose(one.block(state), state + one.block.rate(0.0, state), atol=1e-6)
    assert torch.equal(none.block(state), state)
    assert torch.equal(one.head(state), none.head(state))
    assert state.shape == (4, 64, 6, 6)
    assert none.evaluations == 0
    assert conv_net(6, width=3).evaluations == 6


def test_drawing_a_network_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, second = conv_net(Adaptive()), conv_net(Adaptive())
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_the_tied_stack_is_the_pde_net_with_one_kernel() -> None:
    net, stack = stencil_net(PDE1, 5, seed=3), PDENet(PDE1, 5, [3])
    rate = net.block.rate
    assert isinstance(rate, StencilField)
    with torch.no_grad():
        stack.theta.copy_(rate.theta[:, None].expand_as(stack.theta))
        assert torch.allclose(net(images()), stack(images())[0], atol=1e-5)
        # Pixels that are not negative and taps that are not: the ReLU never acts, and five steps are five.
        rate.theta.copy_(torch.tensor([[0.6, 0.1, 0.6, 0.1, 0.0]]))
        steps = stencil_net(PDE1, Fixed("euler", 5), seed=3)
        assert isinstance(steps.block, Flow)
        steps.block.rate.load_state_dict(rate.state_dict())
        assert torch.allclose(net(images()), steps(images()), atol=1e-5)


def test_the_tied_stack_keeps_the_corners_of_a_mixed_derivative() -> None:
    pde = EvolutionPDE(sp.Eq(psi.diff(t), alpha * psi.diff(x, y)))
    net, stack = stencil_net(pde, 3, seed=1), PDENet(pde, 3, [1])
    with torch.no_grad():
        stack.theta.copy_(net.block.rate.theta[:, None].expand_as(stack.theta))
        assert torch.allclose(net(images()), stack(images())[0], atol=1e-5)


@pytest.mark.parametrize("make", [conv_net, lambda block: stencil_net(PDE1, block)])
def test_what_is_no_block_is_refused(make: type) -> None:
    with pytest.raises(ValueError, match="zero or more, or a solver; got -1"):
        make(-1)
    with pytest.raises(TypeError, match="solver must be Fixed"):
        make(2.0)


class Turning(nn.Module):
    """Turns the plane: Euler's rule carries a point out of the circle on which the solution stays."""

    def forward(self, t: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        return 2 * torch.pi * torch.stack([-u[:, 1], u[:, 0]], 1)


def test_the_solver_test_finds_out_a_network_that_needs_its_solver() -> None:
    start = torch.tensor([[1.0, 0.0]]).repeat(8, 1)
    labels = torch.ones(8, dtype=torch.int64)
    head = nn.Linear(2, 2)
    with torch.no_grad():  # label 1 beyond a radius that one step reaches and a full turn does not
        head.weight.copy_(torch.tensor([[0.0, 0.0], [0.0, 1.0]]))
        head.bias.copy_(torch.tensor([3.0, 0.0]))
    net = BlockNet(nn.Identity(), Flow(Turning(), 1.0, Fixed("euler", 1)), head, {})
    found = ode_nets.solver_test(net, start, labels, (1, 400))
    assert found["accuracy"] == {"trained": 1.0, "accurate": 0.0, "euler 1": 1.0, "euler 400": 0.0}
    assert found["same"]["trained"] == found["same"]["euler 1"] == 1.0
    assert found["same"]["accurate"] == 0.0
    assert found["evaluations"]["euler 400"] == 400
    assert found["images"] == 8
    with pytest.raises(ValueError, match="block is a flow"):
        ode_nets.solver_test(conv_net(0), images(), labels[:4], (1,))


def test_what_is_kept_for_the_backward_pass_grows_with_the_steps() -> None:
    labels = torch.arange(4)
    kept = [ode_nets.kept_bytes(conv_net(Fixed("euler", n)), images(), labels) for n in (1, 2, 4, 8)]
    per_step = [(b - a) / n for a, b, n in zip(kept, kept[1:], (1, 2, 4), strict=False)]
    assert max(per_step) / min(per_step) < 1.05
    assert per_step[0] > 4 * 4 * 64 * 36  # at least one state
    assert ode_nets.kept_bytes(conv_net(0), images(), labels) < kept[0]


def test_what_is_kept_does_not_count_what_a_solver_lets_go_of() -> None:
    digits = torch.rand(16, 28, 28, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(16) % 10
    for net in (stencil_net(PDE1, Fixed("euler", 20)), stencil_net(PDE1, ode_nets.ADAPTIVE)):
        found, junk = set(), []
        for size in (10, 1000, 100_000):
            found.add(ode_nets.kept_bytes(net, digits, labels))
            junk.append(torch.empty(size))  # the allocator hands out other addresses
        assert len(found) == 1
        assert found.pop() < 1.5 * net.evaluations * digits.numel() * 4 * (30 / 28) ** 2


def test_the_plan_has_every_run_once_and_obeys_its_limits() -> None:
    runs = ode_nets.plan()
    assert len(set(map(str, runs))) == len(runs)
    assert len(runs) == sum(len(setting.members) * setting.seeds for setting in SETTINGS.values())
    assert {run.member for run in ode_nets.plan(only=["few:no block"])} == {ode_nets.ALONE}
    assert {run.seed for run in ode_nets.plan(2)} == {0, 1}
    assert {run.setting.name for run in ode_nets.plan(only=[euler(20)])} == {"stencil"}


def test_the_command_trains_what_is_missing_and_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short = TrainingConfig(epochs=2, batch_size=16)
    tiny = {
        name: replace(setting, config=short, train=32, test=20, stride=2)
        for name, setting in SETTINGS.items()
    }
    monkeypatch.setattr(ode_nets, "SETTINGS", tiny)
    chosen = [("stencil", FLOW), ("conv", euler(2)), ("few", ode_nets.BLOCKS)]

    def plan(seeds: int | None, only: list[str]) -> list[Run]:
        return [Run(tiny[name], member, 0) for name, member in chosen if not only or name in only]

    monkeypatch.setattr(ode_nets, "plan", plan)
    out = tmp_path / "runs.jsonl"
    command = ["--data", "digits", "--out", str(out)]
    ode_nets.main([*command, "--only", "stencil"])
    ode_nets.main(command)
    ode_nets.main(command)
    stencil, conv, few = read(out)
    assert capsys.readouterr().out.count("seed 0") == 3
    assert [*stencil.trunk] == ["alpha", "beta", "sigma", "rho", "gamma"]
    assert stencil.measured["evaluations"][0] > 8
    assert stencil.measured["solver_test"]["images"] == 10
    assert conv.measured["solver_test"]["accuracy"].keys() == {"trained", "accurate"} | {
        f"euler {m}" for m in CONV.grid
    }
    assert conv.measured["solver_test"]["same"]["euler 2"] == 1.0
    assert conv.measured["evaluations"] == [2, 2]
    assert "solver_test" not in few.measured
    assert few.history["test_accuracy"][0] is None
    assert 0 <= few.accuracy <= 1
    ode_nets.main([*command[:3], str(tmp_path / "none.jsonl"), "--estimate"])
    assert "together" in capsys.readouterr().out
    assert not (tmp_path / "none.jsonl").exists()
    with pytest.raises(SystemExit):
        ode_nets.main([*command, "--only", "nothing"])
    assert "known are" in capsys.readouterr().err


def test_two_trainings_give_the_same_bits() -> None:
    data = load_images("digits").subset(64, 20)
    setting = replace(FEW, config=TrainingConfig(epochs=1, batch_size=32), train=64, test=20)
    first, second = (ode_nets.train(Run(setting, euler(1), 0), data) for _ in range(2))
    assert first.key == second.key
    assert first.history == second.history


def record(place: tuple[str, str], seed: int, right: float, accurate: float | None = None) -> Record:
    """A record as a run of that place would leave it, with these accuracies (shares)."""
    setting = SETTINGS[place[0]]
    whole = setting.train is None and setting.test is None
    measured: dict[str, Any] = {}
    if accurate is not None:
        shares = {"trained": right, "accurate": accurate, "euler 1": None}
        measured["solver_test"] = {"accuracy": shares, "same": shares}
    return Record(
        model=setting.members[place[1]](0).description,
        training=asdict(setting.config),
        seed=seed,
        data={"name": "mnist" if whole else "mnist[1000+5000]", "checksum": "0"},
        history={"train_loss": [0.1], "test_accuracy": [right]},
        seconds=1.0,
        machine={},
        versions={},
        date="2026-01-01",
        trunk={},
        measured=measured,
    )


def test_verdicts_pair_the_seeds_that_both_networks_have() -> None:
    flow, alone = ("conv", FLOW), ("conv", ode_nets.ALONE)
    runs = [record(alone, seed, 0.96 + 0.01 * seed) for seed in (2, 0, 1)]
    runs += [record(flow, seed, 0.97 + 0.01 * seed + 0.0001 * (-1) ** seed) for seed in (0, 1, 3)]
    assert ode_verdicts.judge(ode_verdicts.results(runs))["5.2d ahead"][1].high == float("inf")  # two seeds
    runs += [record(flow, 2, 0.99)]
    found = ode_verdicts.results([*runs, replace(runs[0], data={"name": "digits", "checksum": "0"})])
    assert [run.seed for run in found[alone]] == [0, 1, 2]
    assert found.keys() == {flow, alone}
    gain = ode_verdicts.ahead(found, flow, alone)
    assert gain is not None
    assert gain.n == 3
    assert gain.estimate == pytest.approx(1.0)  # one point
    judged = ode_verdicts.judge(found)
    assert judged.keys() == {"5.2d ahead", "5.2d agree"}
    assert ode_verdicts.verdict(judged["5.2d ahead"]) is Verdict.HOLDS
    assert ode_verdicts.verdict(judged["5.2d agree"]) is Verdict.DOES_NOT_HOLD
    assert ode_verdicts.results(runs, "digits") == {}


def test_a_network_is_an_ode_from_the_fewest_steps_above_which_nothing_fails() -> None:
    lost = {1: 0.05, 2: 0.001, 4: 0.02, 8: 0.001}
    runs = [
        record(("conv", euler(n)), seed, 0.97, 0.97 - drop * (1 + 0.01 * seed))
        for n, drop in lost.items()
        for seed in range(3)
    ]
    found = ode_verdicts.results(runs)
    judged = ode_verdicts.judge_solvers(found, CONV)
    assert list(judged) == [euler(n) for n in lost]
    assert ode_verdicts.verdict(judged[euler(1)]) is Verdict.DOES_NOT_HOLD
    assert ode_verdicts.verdict(judged[euler(2)]) is Verdict.HOLDS
    assert ode_verdicts.ode_from(judged) == 8  # two steps hold by luck: four do not
    del judged[euler(8)]
    assert ode_verdicts.ode_from(judged) is None
    assert list(ode_verdicts.in_test(found["conv", euler(1)], "euler 1")) == [0, 0, 0]  # broke off


def test_what_ships_can_be_read_and_judged() -> None:
    found = ode_verdicts.results(ode_verdicts.recorded())
    for setting in (STENCIL, CONV):
        for member, judged in ode_verdicts.judge_solvers(found, setting).items():
            assert ode_verdicts.steps_of(member) > 0
            assert ode_verdicts.verdict(judged) in set(Verdict)
    assert all(ode_verdicts.per_cent(runs).max() <= 100 for runs in found.values())
