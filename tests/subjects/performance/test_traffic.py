"""Bytes are counted by hand."""

from dataclasses import replace

import torch

from pdenet.subjects.performance import traffic
from pdenet.subjects.performance.problem import Problem

TINY = Problem(depth=3, batch=2, size=6, seeds=2)


def test_traffic_is_counted_by_hand_for_one_product() -> None:
    a, b = torch.ones(4, 5), torch.ones(5, 3)
    with traffic.Traffic() as counted:
        a @ b.t().t()  # views are free
        a[:2].add_(1)  # two rows read and written
        torch.ones(1, 5).expand(4, 5) + a  # an expanded axis takes no memory
    assert counted.calls == 4  # with the one that fills the five ones
    product, addition, fill = 4 * (20 + 15 + 12), 4 * (10 + 10), 4 * 5
    assert counted.bytes == product + addition + fill + 4 * (5 + 20 + 20)


def test_traffic_of_a_stack_grows_with_depth_except_when_fused() -> None:
    deep = replace(TINY, depth=6)
    for name, growth in (("slices", 2.0), ("conv2d", 2.0), ("fused", 1.0)):
        little, much = (traffic.traffic(name, problem) for problem in (TINY, deep))
        assert little is not None
        assert much is not None
        assert abs(much["bytes"] / little["bytes"] - growth) < 0.2
    assert traffic.traffic("compile", TINY) is None
