"""The claims about Table 4.1: measured from the cells they name, judged on the right side."""

import pytest

from pdenet.claims import Verdict
from pdenet.experiments import TABLE_4_1, CellResult
from pdenet.records import Record
from pdenet.verdicts import judge_table_4_1, per_cent

SPREAD = (-0.001, 0.0, 0.001)


def result(cell: object, accuracies: list[float | None]) -> CellResult:
    records = tuple(
        Record(
            model={},
            training={},
            seed=seed,
            data={},
            history={"train_loss": [0.1], "test_accuracy": [accuracy]},
            diverged_at=1 if accuracy is None else None,
            seconds=1.0,
            machine={},
            versions={},
            date="2026-01-01",
            trunk={},
        )
        for seed, accuracy in enumerate(accuracies)
    )
    return CellResult(cell, records)  # type: ignore[arg-type]


def table(values: dict[tuple[int, str], float]) -> dict[tuple[int, str], CellResult]:
    """Every cell at 98 % but those given, with the same small spread over seeds."""
    return {
        (cell.depth, cell.column): result(
            cell, [values.get((cell.depth, cell.column), 0.98) + d for d in SPREAD]
        )
        for cell in TABLE_4_1.cells
    }


def verdicts(values: dict[tuple[int, str], float]) -> dict[str, Verdict]:
    judged = judge_table_4_1(table(values))
    return {name: claim.judge(m.estimate, m.low, m.high) for name, (claim, m) in judged.items()}


def test_where_all_cells_are_equal_nothing_helps_and_nothing_hurts() -> None:
    found = verdicts({})
    assert found["4.1a"] == Verdict.HOLDS, "98 is more than 97.5, the best that the thesis prints"
    assert found["4.1c"] == found["4.1d"] == Verdict.HOLDS
    assert found["4.1e"] == found["4.1h"] == found["4.1i"] == Verdict.DOES_NOT_HOLD
    assert found["4.1f"] == found["4.1g"] == Verdict.HOLDS


@pytest.mark.parametrize(
    ("place", "value", "name", "verdict"),
    [
        ((0, "PDE net"), 0.97, "4.1a", Verdict.DOES_NOT_HOLD),
        ((0, "PDE net"), 0.97, "4.1b", Verdict.HOLDS),
        ((5, "c_ResNet"), 0.99, "4.1c", Verdict.DOES_NOT_HOLD),
        ((5, "c_ResNet, small start"), 0.97, "4.1d", Verdict.DOES_NOT_HOLD),
        ((50, "PDE net"), 0.9, "4.1e", Verdict.HOLDS),
        ((50, "PDE net"), 0.89, "4.1f", Verdict.DOES_NOT_HOLD),
        ((27, "PDE net"), 0.96, "4.1g", Verdict.DOES_NOT_HOLD),
        ((50, "PDE net"), 0.9, "4.1i", Verdict.HOLDS),
        ((50, "c_ResNet, small start"), 0.9, "4.1h", Verdict.HOLDS),
    ],
)
def test_a_changed_cell_changes_its_verdict(
    place: tuple[int, str], value: float, name: str, verdict: Verdict
) -> None:
    assert verdicts({})[name] != verdict
    assert verdicts({place: value})[name] == verdict


def test_differences_are_paired_by_seed_and_in_points() -> None:
    _, measured = judge_table_4_1(table({(50, "PDE net"): 0.9}))["4.1e"]
    assert measured.estimate == pytest.approx(8.0)
    assert measured.high - measured.low == pytest.approx(0.0, abs=1e-9), "equal spreads cancel in pairs"


def test_the_falls_are_those_of_the_printed_table() -> None:
    claims = {name: claim for name, (claim, _) in judge_table_4_1(table({})).items()}
    assert claims["4.1f"].threshold == 8.2, "97.4 to 89.2"
    assert claims["4.1g"].threshold == 1.6, "97.4 to 95.8"
    assert claims["4.1a"].threshold == 97.5


def test_a_diverged_seed_counts_as_nothing_right() -> None:
    assert per_cent(result(TABLE_4_1.cells[0], [0.98, None])).tolist() == [98.0, 0.0]
