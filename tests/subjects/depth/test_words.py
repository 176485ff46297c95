"""What the page says of its runs, on runs that are made up so that the right words are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.records import made

from pdenet.runs.claims import judge
from pdenet.runs.protocol import described
from pdenet.runs.results import Results
from pdenet.subjects.depth import words
from pdenet.subjects.depth.claims import CLAIMS
from pdenet.subjects.depth.diagram import Diagram
from pdenet.subjects.depth.figures import draw_falls, draw_numbers, draw_silence, draw_slopes
from pdenet.subjects.depth.plan import ALONE, DOUBLE, KERAS, OURS, SCREEN, SCREENED, Run
from pdenet.subjects.depth.printed import OF_PDE, PLACES, TWELVE
from pdenet.subjects.depth.settings import EPOCHS, PRINTED
from pdenet.subjects.depth.tables import complete, control_table, odds, screening_table, z_table

if TYPE_CHECKING:
    from pdenet.runs.record import Record
    from pdenet.subjects.depth.settings import Network, Setting

SPREAD = (-0.3, -0.1, 0.0, 0.1, 0.3)
MEANS: dict[tuple[Network, int], float] = {(n.network, n.depth): n.accuracy for n in TWELVE}


def run(
    setting: Setting, place: tuple[Network, int], seed: int, accuracy: float, epochs: int = EPOCHS
) -> Record:
    named = [[1000] * 10 for _ in range(epochs)]
    named[0] = [0, 2000] + [1000] * 8  # after the first epoch no test image is called a zero
    measured: dict[str, Any] = {
        "named": named,
        "wrong_and_sure": [0.02] * epochs,
        "confusion": np.diag([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]).tolist(),
    }
    return replace(
        made(
            [accuracy / 100] * epochs,
            seed=seed,
            model=setting.spec(*place).describe(),
            training=described(setting.config(epochs)),
            data={"name": "mnist", "checksum": "-"},
        ),
        measured=measured,
    )


def runs(setting: Setting, off: float = 0.0) -> list[Record]:
    """Five runs of every network around what is printed, or so many points beside it."""
    return [
        run(setting, place, seed, MEANS.get(place, 97.0) + off + float(spread))
        for shift, place in enumerate((ALONE, *PLACES))
        for seed, spread in enumerate(np.roll(SPREAD, 2 * shift))
    ]


def looks(setting: Setting, off: float) -> list[Record]:
    return [run(setting, place, 0, value + off, SCREEN) for place, value in PRINTED.items()]


@pytest.fixture
def diagram() -> Diagram:
    return Diagram([*runs(DOUBLE), *runs(OURS, 5.0), *looks(DOUBLE, -0.5), *looks(SCREENED[1], -3.0)])


pytestmark = pytest.mark.usefixtures("book_style")


def test_the_setting_that_printed_the_numbers_explains_them(diagram: Diagram) -> None:
    rivals = complete(diagram, (OURS, SCREENED[1], DOUBLE))
    assert rivals == [OURS, DOUBLE]
    assert list(odds(diagram, rivals)) == [DOUBLE, OURS]
    said = words.verdict_on_settings(diagram, rivals)
    assert "after all twelve, of 2, *softmax twice* leads the next by more than ten thousand to 1" in said
    assert "- **softmax twice**: 1 resist (c_ResNet 50 (4.1))." in said
    table = z_table(diagram, {"ours": OURS, "twice": DOUBLE}).splitlines()
    assert len(table) == 2 + 12 + 2
    assert table[0] == "| number | printed | ours (n 5) | twice (n 5) |"
    assert "z +0.0 |" in table[2]
    assert "**102.40 ± 0.22, z -20.4**" in table[2]


def test_a_setting_without_its_control_is_judged_by_six_numbers(diagram: Diagram) -> None:
    half = [r for r in runs(KERAS, 1.0) if r.model["name"] == "PDENet"]
    diagram = Diagram([*half, *runs(DOUBLE), *runs(OURS, 5.0)])
    settings = (OURS, KERAS, DOUBLE)
    assert complete(diagram, settings) == [OURS, DOUBLE]
    assert complete(diagram, settings, OF_PDE) == [*settings]
    assert z_table(diagram, {"half": KERAS}).splitlines()[-1] == "| of all twelve |  | – |"
    said = words.verdict_on_settings(diagram, [OURS, DOUBLE], [KERAS])
    assert "networks, of 3, *softmax twice* leads" in said
    assert "after all twelve, of 2, *softmax twice* leads" in said
    assert "Keras's classifier**: 6 of six resist" in said


def test_the_control_stands_in_a_table_of_its_own(diagram: Diagram) -> None:
    other = replace(DOUBLE, control_start="small")
    table = control_table(diagram, {"twice": DOUBLE, "not run": other}).splitlines()
    assert table[0].startswith("| control | c_ResNet 5 | c_ResNet 15 | c_ResNet 27 (4.1) |")
    assert table[2] == "| *thesis* | 97.5 | 97.3 | 97.0 | 96.2 | 96.7 | 97.3 |"
    assert table[3].startswith("| twice | 97.50 ± 0.22, z +0.0 |")
    assert table[4] == "| not run | – | – | – | – | – | – |"


def test_a_short_name_says_what_differs() -> None:
    other = replace(DOUBLE, pixels="standard", gamma_twice=True, start="all 0.5, gamma 0")
    name = "softmax twice, all 0.5, gamma 0, standard pixels, gamma twice"
    assert words.named([DOUBLE, other]) == {"softmax twice": DOUBLE, name: other}


def test_a_network_that_never_learned_resists() -> None:
    dead = [r for r in runs(DOUBLE) if (r.model["name"], r.model["depth"]) != ("ConvResNet", 27)]
    dead += [run(DOUBLE, ("c_ResNet", 27), seed, 11.35) for seed in range(5)]
    diagram = Diagram([*dead, *runs(OURS, 5.0)])
    assert "**0 of 5 learned**" in z_table(diagram, {"twice": DOUBLE})
    said = words.verdict_on_settings(diagram, [DOUBLE, OURS])
    assert "- **softmax twice**: 3 resist (c_ResNet 27 (4.1), c_ResNet 50 (4.1), c_ResNet 27 (4.2))." in said


def test_a_setting_without_two_runs_of_a_network_is_no_rival(diagram: Diagram) -> None:
    one = Diagram([r for r in runs(DOUBLE) if r.seed == 0])
    assert complete(one, (DOUBLE,)) == []
    assert complete(diagram, (replace(DOUBLE, batch_size=7),)) == []


def test_the_first_look_says_who_stays(diagram: Diagram) -> None:
    said = words.after_screening(diagram, SCREENED)
    assert said.startswith("Of 2 settings, 1 stay: softmax twice. And 0 of these 12 networks have lost")
    _, _, thesis, stays, dropped = screening_table(diagram, SCREENED).splitlines()
    assert thesis.startswith("| *thesis* | 97.4 |")
    assert stays.endswith("| stays |")
    assert "**" not in stays
    assert dropped.endswith("| dropped |")
    assert dropped.count("**") == 2 * (len(PRINTED) - 1), "the noisy place drops nobody who learned"


def test_lost_digits_are_counted(diagram: Diagram) -> None:
    first = words.lost_classes(diagram).splitlines()[2]
    assert first == "| (39) | 5 | 5 | 2.0 % | 2.6 % | 1, 1, 1, 1, 1 | 0 | 0.00 |"
    said = words.nine_tenths(diagram)
    assert "right on 97.9 % of the other images has 89.2 %" in said
    assert "without a digit (of 0) for 1, 1, 1, 1, 1 of their fifty epochs" in said
    assert "They end at 88.9, 89.1, 89.2, 89.3, 89.5 %: 0 of them without a digit" in said
    assert "and 5 within half a point of 89.2, a share of 100% [57%, 100%]" in said
    assert words.confusion(diagram).sum() == 10_000


def test_the_conclusions_follow_the_verdicts(diagram: Diagram) -> None:
    arms = [Run.of(DOUBLE, *place, seeds=5) for place in (ALONE, *PLACES)]
    claims = judge(CLAIMS, Results(arms, runs(DOUBLE)))
    assert {name: str(one.verdict) for name, one in claims.items()} == {
        "D1": "holds",
        "D2": "not decided",
        "D3": "holds",
        "D4": "not decided",
        "D5": "not decided",
        "D6": "not decided",
        "D7": "not decided",
    }
    said = words.conclusions(claims)
    assert "**Depth hurts (39).**" in said
    assert "**The second equation cures it**" in said
    said = words.in_short(diagram, claims)
    assert "6 of its six numbers for PDE networks lie within two standard deviations" in said
    assert "of its six numbers 5 do so with two softmaxes" in said
    table = words.summary(diagram, [DOUBLE, OURS], claims)
    assert "| does depth hurt (39), like with like? | holds |" in table


def test_figures_draw_what_there_is(diagram: Diagram) -> None:
    numbers = draw_numbers(diagram, words.named([DOUBLE, OURS]))
    labels = [text.get_text() for text in numbers.legends[0].get_texts()]
    assert labels == ["thesis", "softmax twice", "our tables"]
    (ax,) = draw_slopes().axes
    assert len(ax.lines) == 4
    left, right = draw_silence(diagram, {"softmax twice": DOUBLE}, (5, 50)).axes
    assert [len(ax.lines) for ax in (left, right)] == [2, 2]
    assert right.lines[0].get_ydata()[0] == 1  # type: ignore[index]
    falls = draw_falls(diagram, {OURS: EPOCHS})
    assert falls.axes[0].lines[0].get_ydata()[-1] == pytest.approx(97.4 - 89.2)  # type: ignore[index]
