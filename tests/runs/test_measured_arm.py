"""What trains nothing: a record a seed, with what was measured and no history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pdenet.runs.arm import Context
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn


@dataclass(frozen=True, kw_only=True)
class Squares(MeasuredArm):
    """Squares its seeds."""

    shown: Drawn = Drawn("whole numbers")

    @property
    def name(self) -> str:
        """What is measured."""
        return "squares"

    @property
    def model(self) -> dict[str, Any]:
        """Nothing is built."""
        return {"kind": "squares"}

    def measure(self, seed: int) -> dict[str, Any]:
        """The seed's square."""
        return {"square": seed**2}


def test_each_seed_has_a_record_under_the_key_that_the_arm_foretells() -> None:
    arm = Squares()
    records = arm.run((2, 5), Context())
    assert [record.seed for record in records] == [2, 5]
    assert [record.measured for record in records] == [{"square": 4}, {"square": 25}]
    assert [record.key for record in records] == [arm.key(seed, None) for seed in (2, 5)]
    assert all(not record.history and not record.trunk for record in records)
    assert all(record.data["name"] == arm.shown.describe()["name"] for record in records)
    assert all(record.seconds >= 0 and record.training == {} for record in records)
