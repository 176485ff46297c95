"""The nets: of one size, side by side without touching, and what each decoder can and cannot do."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from pdenet.subjects.irregular.measures import answers
from pdenet.subjects.irregular.networks import DECAY, FLAT, GRU, NETWORKS, ODE, TIME, SeriesNet
from pdenet.subjects.irregular.system import Sampling, draw

MAIN = Sampling("irregular", 20)


def build(name: str, seeds: int | list[int] = 1) -> SeriesNet:
    kind, options = NETWORKS[name]
    return SeriesNet(kind, seeds, **options)


def test_the_nets_are_of_one_size() -> None:
    sizes = {name: build(name).size for name in (ODE, GRU, DECAY, TIME)}
    assert max(sizes.values()) < 1.02 * min(sizes.values())
    nets = [build(name, [2]) for name in (ODE, GRU)]
    assert torch.equal(nets[0].encoder.enter.weight, nets[1].encoder.enter.weight)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_net_does_not_depend_on_the_seeds_beside_it(name: str) -> None:
    series = draw(MAIN, [0, 1], 5, "test")
    alone = draw(MAIN, [1], 5, "test")
    both = answers(build(name, [0, 1]), series)
    assert torch.allclose(both[1], answers(build(name, [1]), alone)[0], atol=1e-5)
    assert both.shape == series.asked.shape
    assert float((both[0] - both[1]).abs().max()) > 1e-3


def test_the_recurrent_encoder_is_that_of_torch() -> None:
    net = build(GRU, 1)
    series = draw(MAIN, 1, 3)
    times, seen = series.times.float(), series.seen.float()
    unit: Any = torch.nn.GRU(2, 24, batch_first=True)
    with torch.no_grad():
        unit.weight_ih_l0.copy_(net.encoder.enter.weight[0].mT)
        unit.weight_hh_l0.copy_(net.encoder.stay.weight[0].mT)
        unit.bias_ih_l0.copy_(net.encoder.enter.bias[0, 0])
        unit.bias_hh_l0.copy_(net.encoder.stay.bias[0, 0])
        gap = times.diff(dim=-1, prepend=torch.zeros(1, 3, 1))
        expected = unit(torch.stack([seen, gap], -1)[0].flip(1))[1][0]
        assert torch.allclose(net.encode(times, seen)[0], expected, atol=1e-6)


def test_one_number_cannot_turn_back() -> None:
    series = draw(MAIN, 3, 5, "test")
    moved = answers(build(FLAT, 3), series).diff(dim=-1)
    assert ((moved >= -1e-6).all(-1) | (moved <= 1e-6).all(-1)).all()


def test_gaps_withheld_are_not_seen() -> None:
    series = draw(MAIN, 1, 4, "test")
    for gaps, same in (("none", True), ("input", False)):
        net = SeriesNet("recurrent", gaps=gaps)
        other = answers(net, series, series.asked * 0.5)
        assert torch.equal(answers(net, series), other) == same


@pytest.mark.parametrize("name", NETWORKS)
def test_a_net_is_described_before_it_is_drawn_as_it_describes_itself(name: str) -> None:
    kind, options = NETWORKS[name]
    assert SeriesNet.description(kind, **options) == build(name, [3, 5]).describe()


def test_what_no_net_can_be_or_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="decoder must be"):
        SeriesNet("transformer")
    with pytest.raises(ValueError, match="gaps must be"):
        SeriesNet("recurrent", gaps="some")
    series = draw(MAIN, 1, 4)
    with pytest.raises(ValueError, match="asked must ascend"):
        build(GRU)(series.times.float(), series.seen.float(), series.asked.float().flip(-1))
    with pytest.raises(ValueError, match="S = 1 nets"):
        build(GRU).encode(torch.ones(2, 3, 4), torch.ones(2, 3, 4))
