"""Equal units in floating point: nothing is asserted of products, what is taken one by one stays equal."""

from __future__ import annotations

import pytest
import torch

from pdenet.subjects.symmetry_breaking import rounding
from pdenet.subjects.symmetry_breaking.rounding import PRECISIONS, WAYS, alike, learned, network, parting


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("width", [2, 5, 17])
def test_units_taken_one_by_one_stay_equal_to_the_bit(width: int, precision: str) -> None:
    net = network(width, precision, "one by one")
    before = net.inner[0].clone()
    assert parting(width, precision, way="one by one", steps=10) == (-1, 0.0)
    assert torch.equal(before, network(width, precision, "one by one").inner[0])


@pytest.mark.parametrize("way", ["products", "stored by unit", "one by one", "as one unit"])
def test_all_ways_are_one_network_but_for_rounding(way: str) -> None:
    images = torch.rand(20, 784, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    wanted = torch.eye(10, dtype=torch.float64).repeat(2, 1)
    nets = [network(5, "float64", one) for one in ("products", way)]
    for _ in range(3):
        for net in nets:
            net.learn(images, wanted)
    one, other = (net.answers(images)[1] for net in nets)
    assert (one - other).abs().max() < 1e-12


@pytest.mark.parametrize("way", WAYS)
def test_a_step_is_down_the_gradient(way: str) -> None:
    net = network(4, "float64", way, seed=2)
    images = torch.rand(20, 784, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(20) % 10
    kept = [[part.clone().requires_grad_() for part in parts] for parts in (net.inner, net.bias, net.outer)]
    shift = net.shift.clone().requires_grad_()
    outputs = shift + sum(torch.tanh(images @ w.T + b) @ v.T for w, b, v in zip(*kept, strict=True))
    torch.nn.functional.cross_entropy(outputs, labels).backward()
    net.learn(images, torch.nn.functional.one_hot(labels, 10).double())
    inner, outer, last = net.rates
    for rate, parts, now in zip((inner, inner, outer), kept, (net.inner, net.bias, net.outer), strict=True):
        for before, after in zip(parts, now, strict=True):
            assert before.grad is not None
            assert (before.detach() - rate * before.grad - after).abs().max() < 1e-13
    assert shift.grad is not None
    assert (shift.detach() - last * shift.grad - net.shift).abs().max() < 1e-13


def test_a_difference_is_seen() -> None:
    net = network(3, "float32")
    assert net.equal()
    assert net.spread() == 0
    net.inner[0][2, 100] += 1e-7
    assert not net.equal()
    assert 0 < net.spread() < 1e-6
    for part in ("bias", "outer"):
        net = network(3, "float32")
        getattr(net, part)[0][..., -1] += 1
        assert not net.equal()


def test_a_usual_start_parts_at_once_and_learns_more() -> None:
    assert parting(4, "float32", way="usual start", steps=1).first == 0
    usual = learned(8, "float32", "usual start", steps=300)
    one = learned(8, "float32", "as one unit", steps=300)
    assert usual.accuracy > one.accuracy + 0.2
    assert one.spread == 0


def test_columns_get_letters() -> None:
    for of in ("product", "sum"):
        found = alike(7, "float64", of=of)
        assert len(found) == 7
        assert found[0] == "a"


def test_letters_are_those_of_the_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that do differ get other letters, in products and in sums."""
    net = network(3, "float64")
    monkeypatch.setattr(rounding, "network", lambda *_, **__: net)
    net.inner[0][2] *= 1 + 1e-9
    assert alike(3, "float64") == "aab"
    assert alike(3, "float64", of="sum") == "aaa"  # of the first column, copied


def test_the_same_again_is_the_same() -> None:
    one, other = (parting(5, "float32", steps=20) for _ in range(2))
    assert one == other


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    with rounding.threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
    with pytest.raises(ValueError, match="threads must be"), rounding.threads(0):
        pass


def test_the_library_is_named() -> None:
    assert rounding.library().startswith(f"torch {torch.__version__}")


def test_bad_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="width must be"):
        network(1, "float32")
    with pytest.raises(ValueError, match="precision"):
        network(2, "float16")
    with pytest.raises(ValueError, match="way"):
        network(2, "float32", "by hand")
    with pytest.raises(ValueError, match="of must be"):
        alike(2, "float32", of="mean")
    with pytest.raises(ValueError, match="batch must be"):
        alike(2, "float32", batch=0)
    with pytest.raises(ValueError, match="batch must be"):
        parting(2, "float32", 0, steps=1)
    with pytest.raises(ValueError, match="steps must be"):
        learned(2, "float32", "products", steps=0)
