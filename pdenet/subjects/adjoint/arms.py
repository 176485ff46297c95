"""One run: all ways to a gradient, measured together."""

from dataclasses import dataclass
from typing import Any

from pdenet.checks.numbers import whole
from pdenet.checks.sequences import wholes
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.adjoint.measures import EVALUATIONS, ROUNDS, measure
from pdenet.subjects.adjoint.ways import WAYS, Problem


@dataclass(frozen=True)
class CostProtocol:
    """What is measured: a `Problem` of this size, at so many evaluations, so many rounds.

    Raises
    ------
    ValueError
        If a number is out of range, or the evaluations span less than a factor of two.
    """

    batch: int = Problem.batch
    evaluations: tuple[int, ...] = EVALUATIONS
    rounds: int = ROUNDS

    def __post_init__(self) -> None:
        object.__setattr__(self, "batch", whole("batch", self.batch, least=1))
        object.__setattr__(self, "rounds", whole("rounds", self.rounds, least=1))
        object.__setattr__(self, "evaluations", wholes("evaluations", self.evaluations))
        if not self.evaluations or any(n < 2 or n % 2 for n in self.evaluations):
            got = ", ".join(map(str, self.evaluations)) or "none"
            message = f"evaluations must be even, at least 2: the reversible pair takes two a step; got {got}"
            raise ValueError(message)
        if max(self.evaluations) < 2 * min(self.evaluations):
            message = "evaluations must span a factor of two at least, or there is nothing to compare"
            raise ValueError(message)


NOISE = Drawn("uniform noise")


@dataclass(frozen=True, kw_only=True)
class CostArm(MeasuredArm):
    """All ways together, since they take turns; nothing is trained."""

    protocol: CostProtocol = CostProtocol()
    shown: Drawn = NOISE
    most: int | None = 1

    @property
    def name(self) -> str:
        """What is measured."""
        return "all ways to a gradient"

    @property
    def model(self) -> dict[str, Any]:
        """The ways."""
        return {"kind": "gradient costs", "ways": [*WAYS]}

    def measure(self, seed: int) -> dict[str, Any]:
        """What each way took, as `measure` of the page has it; the seed draws nothing."""
        protocol = self.protocol
        return measure(Problem(batch=protocol.batch), protocol.evaluations, protocol.rounds)
