"""Claims on a page: the table says what was judged, the plot puts what is true on the right."""

import matplotlib.pyplot as plt
import pytest

from pdenet.page.claims import claims_table, draw_claims, error_probability
from pdenet.runs.claims import Claim, Judged, together
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import exact_interval, mean_interval

RIGHT = Judged(Claim("A", "it is more", threshold=1.0), Interval(2.0, 1.5, 2.5, 10))
BELOW = Judged(Claim("B", "it is less | or so", threshold=0.5, direction="below"), Interval(2.0, 1.0, 3.0, 4))
OPEN = Judged(Claim("C", "who knows"), mean_interval([0.3]))


def test_a_table_has_a_line_a_claim() -> None:
    lines = claims_table([RIGHT, BELOW, OPEN], ".1f").splitlines()
    assert lines[0] == "|  | claim | measured | n | needed | verdict |"
    assert lines[2] == "| **A** | it is more | 2.0 [1.5, 2.5] | 10 | > 1 | holds |"
    assert lines[3] == r"| **B** | it is less \| or so | 2.0 [1.0, 3.0] | 4 | < 0.5 | does not hold |"
    assert lines[4] == "| **C** | who knows | 0.3 | 1 | > 0 | not decided |"


def test_a_family_has_a_column_for_its_corrected_probabilities() -> None:
    runs = mean_interval([0.9, 1.0, 1.1])
    judged = together([(Claim(name, "it is so", family="f"), runs) for name in "DE"])
    header, _, first, second = claims_table(judged.values()).splitlines()
    assert header == "|  | claim | measured | n | needed | p | verdict |"
    assert first.split(" | ")[-2:] == second.split(" | ")[-2:] == [f"{2 * runs.p_value(0):.2g}", "holds |"]
    assert "|  | holds |" in claims_table([*judged.values(), RIGHT]), "who has no family has no number there"


@pytest.mark.parametrize(
    ("p", "text"), [(None, ""), (1.0, "1"), (0.0123, "0.012"), (1e-4, "0.0001"), (9e-5, "< 1e-4")]
)
def test_no_digit_of_a_probability_is_printed_that_nobody_could_check(p: float | None, text: str) -> None:
    assert error_probability(p) == text


def test_the_plot_puts_what_is_true_on_the_right() -> None:
    fig = draw_claims([RIGHT, BELOW, Judged(RIGHT.claim, exact_interval(1.25))], "points")
    (ax,) = fig.axes
    middles = [float(container.lines[0].get_xdata()[0]) for container in ax.containers]  # type: ignore[attr-defined]
    assert middles == [1.0, -1.5, 0.25]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A", "B", "A"]
    assert "(points)" in ax.get_xlabel()
    assert {text.get_text() for text in fig.legends[0].get_texts()} == {"holds", "does not hold"}
    plt.close(fig)


def test_without_a_claim_there_is_no_plot() -> None:
    with pytest.raises(ValueError, match="there are no claims to draw"):
        draw_claims([], "points")


def test_one_run_has_no_bar_that_would_leave_the_page() -> None:
    fig = draw_claims([OPEN, RIGHT], "points")
    low, high = fig.axes[0].get_xlim()
    assert -10 < low < high < 10
    plt.close(fig)
