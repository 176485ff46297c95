"""Tables and words: every number in its place, every verdict in its words."""

import numpy as np
import pytest

from pdenet.runs.claims import Claim, Judged
from pdenet.runs.intervals import mean_interval
from pdenet.subjects.mechanism import report
from pdenet.subjects.mechanism.words import answer

NAMED = "abghijkmopqrstw"


def lines(table: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in table.splitlines()
        if line.startswith("|")
    ]


def test_the_table_of_gates_goes_from_before_to_after() -> None:
    one = dict.fromkeys(report.GATES, np.array([0.25, 0.75]))
    found = {(5, "PDE 1", "start"): one, (5, "PDE 1", "trained"): {key: v + 1 for key, v in one.items()}}
    head, _, row = lines(report.gates_table(found))
    assert head[0] == "network"
    assert row[:3] == ["PDE 1, 5", "50% →<br>150%", "50% →<br>150%"]
    assert row[-1] == "0.5 →<br>1.5"


def test_the_table_of_light_has_the_prediction_first() -> None:
    values = np.array([1.0, 2.0]), np.array([0.5, 0.25])
    *_, row = lines(report.light_table({("PDE 2", "trained"): dict.fromkeys(report.LIGHT, values)}, 50))
    assert row[:2] == ["PDE 2, trained", "1.0 to 2.0 /<br>0.2 to 0.5"]


def test_the_table_of_suspects_has_a_row_a_change() -> None:
    found = {("PDE 1", "start"): {"as they are": np.array([20.0, 30.0])}}
    text = report.suspects_table(found, 78.7, 50, "digits")
    assert "of 2 seeds; digits:" in text
    assert lines(text)[2:] == [["raw pixels", "78.7"], ["as they are", "25.0<br>(20 to 30)"]]


def test_the_table_of_arms_names_its_seeds() -> None:
    text = report.arms_table({"as drawn": np.array([20.0, 40.0])}, 50, "short")
    assert text.startswith("*short*")
    assert lines(text)[0] == ["network of 50 layers", "seeds 0, 1 (%)", "mean"]
    assert lines(text)[2] == ["as drawn", "20.0, 40.0", "30.0"]


def test_only_networks_of_one_depth_and_equation_have_an_interval() -> None:
    rng = np.random.default_rng(0)
    nets = [
        {
            "equation": name,
            "layers": depth,
            "final": rank + rng.normal(),
            **dict.fromkeys(report.ORDERED, rank),
        }
        for name in ("A", "B")
        for depth in (5, 50)
        for rank in range(8)
    ]
    head, _, *rows = lines(report.correlations_table(nets, 50, {"A": "(39)", "B": "(40)"}))
    assert head[1:] == ["all 32 networks", "the 8 of 50 layers, (39)", "the 8 of 50 layers, (40)"]
    assert [row[0] for row in rows] == list(report.ORDERED)
    assert all("[" not in row[1] and "[" in row[2] and "[" in row[3] for row in rows)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1.0, 1.1, 0.9], ["makes short training better", "changed signs"]),
        ([-1.0, -1.1, -0.9], ["as a cause the drift is refuted"]),
        ([-1.0, 0.1, 0.9], ["these seeds do not decide"]),
    ],
)
def test_the_answer_says_what_was_judged(values: list[float], wanted: list[str]) -> None:
    claims = {f"4.3{one}": Judged(Claim(f"4.3{one}", "it is so"), mean_interval(values)) for one in NAMED}
    claims["4.3t"] = Judged(claims["4.3t"].claim, mean_interval([-1.0, -1.1, -0.9]))
    text = " ".join(answer(claims))
    assert all(words in text for words in wanted)
    assert ("changed signs" in text) == ("changed signs" in wanted)
