"""What the sources print, typed a second time as they print it, next to what the package uses."""

import pytest

from pdenet.ops.ode.solvers import Adaptive
from pdenet.runs.arm import Arm
from pdenet.runs.shown import Images
from pdenet.runs.table import PRINTED as A_TENTH
from pdenet.runs.table import Table
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.catalogue import experiments
from pdenet.subjects.depth.settings import PRINTED
from pdenet.subjects.mechanism.claims import SMALL_STEP, SMOOTH
from pdenet.subjects.ode_mnist.claims import FEWEST_SEEDS, HALF_A_POINT
from pdenet.subjects.ode_mnist.measures import ACCURATE
from pdenet.subjects.ode_mnist.settings import (
    ADAPTIVE,
    CONV,
    CONV_STEPS,
    FEW,
    STENCIL,
    STENCIL_STEPS,
    euler,
)
from pdenet.subjects.remedies.claims import DEEP, SHALLOW
from pdenet.subjects.tables.claims import TEST_IMAGES
from pdenet.subjects.tables.experiment import TABLE_4_1, TABLE_4_2
from pdenet.subjects.tables.networks import FULL

# Per cent.
THESIS_4_1 = """
layers  PDE net  c_ResNet
5       97.4     97.5
15      96.5     97.3
27      95.8     97.0
50      89.2     96.2
"""
THESIS_4_2 = """
layers  PDE 1  PDE 2  c_ResNet
27      95.8   97.0   96.7
50      89.2   96.9   97.3
"""
EQUATIONS = {"PDE net": "(39)", "PDE 1": "(39)", "PDE 2": "(40)"}
"""What a column is called where equations stand side by side."""


def places(print_: str) -> dict[tuple[int, str], str]:
    """What stands at each place of a table, as printed."""
    heading, *rows = (line.replace("PDE net", "PDE_net").replace("PDE ", "PDE_") for line in lines(print_))
    _, *columns = (word.replace("PDE_", "PDE ") for word in heading.split())
    found: dict[tuple[int, str], str] = {}
    for row in rows:
        depth, *values = row.split()
        found |= {(int(depth), column): value for column, value in zip(columns, values, strict=True)}
    return found


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize(
    ("table", "print_"), [(TABLE_4_1, THESIS_4_1), (TABLE_4_2, THESIS_4_2)], ids=["4.1", "4.2"]
)
def test_the_accuracies_are_those_of_the_thesis(table: Table, print_: str) -> None:
    ours = {(c.depth, c.column): f"{100 * c.thesis:.1f}" for c in table.cells if c.thesis is not None}
    assert ours == places(print_)
    for cell in table.cells:
        if cell.thesis is not None:
            assert cell.thesis == pytest.approx(float(ours[cell.depth, cell.column]) / 100, abs=1e-15)


def test_the_grid_of_settings_aims_at_the_same_accuracies() -> None:
    both = places(THESIS_4_1) | places(THESIS_4_2)
    expected = {(EQUATIONS[c], d): float(value) for (d, c), value in both.items() if c in EQUATIONS}
    assert expected == PRINTED


def test_the_protocol_is_that_of_the_thesis() -> None:
    """Adam at a rate of 1e-3, fifty epochs; 10 000 test images; accuracies to a tenth of a per cent."""
    assert TrainingConfig() == FULL
    assert (FULL.epochs, FULL.learning_rate) == (50, 1e-3)
    assert TEST_IMAGES == 10_000
    assert A_TENTH == 0.1 / 100


# What a claim about records is judged by: the side on which it is true, and where that side ends.
# T1 is about the two controls that are printed; ratios are above one; all others are the words of the
# claim, or differences of what the thesis prints.
ABOVE: dict[str, float] = {
    "C8": 0.5,
    "C9": 0.5,
    "4.4i": -0.5,
    **{f"2.5{letter}": 1 for letter in "bdf"},
    "V8 control": 1,
    "D1": 1,
    "D3": 1,
    "D6": 97.5,
    **{f"5.3{letter}": 1 for letter in "abcdefghijklnpqrvwxy"},
    "5.3s": 0.01,
    **{f"SS{number}": 1 for number in (1, 2, 3, 4)},
    "VG2": 0.05,
    "VG3": 1,
    "VG7": 0.9,
    "VG8": 0.9,
    "VG12": 5,
    **{f"VG{number}": 2 for number in (14, 15, 19)},
    "EL1": 100,
    "RV3": 5,
    "RV6": 1,
    "ST3": 0.5,
    **{f"ST{number}": 1 for number in (4, 5, 6, 7)},
    **{f"LI{number}": 2 for number in (1, 2, 6, 11, 12, 15, 17, 19, 27, 29, 32)},
    **{f"LI{number}": 0.8 for number in (3,)},
    **{f"LI{number}": -2 for number in (10,)},
    **{f"LI{number}": 10 for number in (20, 24)},
    "RO9": 5,
    **{f"SC{number}": 2 for number in (6, 7, 8, 15, 16)},
    "SC11": 1.5,
    **{f"IN{number}": 2 for number in (7, 9, 10, 11, 18, 19, 20, 22)},
    **{f"TI{number}": 3 for number in (5, 6, 7, 8, 9, 20, 21)},
    **{f"TI{number}": 1 for number in (14, 15, 16, 17, 29)},
    "TI24": 0.05,
    "TI27": 20,
    "IS8": -0.1,
    **{f"IS{number}": 1 / 2 for number in (10, 11)},
    "IS12": 2,
    "AW1": 6,
    "AW3": 4,
    **{f"AW{number}": 1.5 for number in (6, 7, 8, 15, 16)},
    **{f"AW{number}": 1 / 2 for number in (9, 10)},
    "AW11": 1.25,
    **{f"AW{number}": 0.02 for number in (14, 15, 16, 17, 18)},
    "AW20": 1,
    "QC1": 1000,
    **{f"CA{number}": 250 for number in (1, 2, 9, 12)},
    "QC2": 9,
    "QC5": 1 / 2,
    **{f"SY{number}": 0.8 for number in (1, 4)},
    "SY5": 1 / 2,
    **{f"HA{number}": 10 for number in (1, 6, 7)},
    **{f"HA{number}": 1 for number in (2, 8, 11, 12)},
    **{f"HA{number}": 3 for number in (4, 10)},
    "HA9": 2,
    "FF6": 1 / 2,
    "FF7": 10,
    **{f"FF{number}": 0.95 for number in (11, 12)},
    "WD8": 10,
    "WD9": 50,
    **{f"RT{number}": 1 for number in (1, 2, 3, 4, 11, 13, 14, 21, 22, 26, 28, 35)},
    **{f"RT{number}": 1 / 2 for number in (6, 12)},
    **{f"RT{number}": 10 for number in (7, 8, 9, 29)},
    **{f"RT{number}": 5 for number in (10, 17)},
    "RT5": 3,
    "RT27": 2,
    "RT31": 1.5,
    **{f"OR{number}": 10 for number in (1, 2)},
    **{f"OR{number}": 1 for number in (3, *range(5, 12), 13, 14, 22, 23, 24, 25, 26, 27, 30, 31)},
    **{f"OR{number}": 2 for number in (12, 18, 28)},
    **{f"OR{number}": 1.8 for number in (15, 16)},
    **{f"OR{number}": 1.6 for number in (19, 20)},
}
BELOW: dict[str, float] = {
    **{f"SC{number}": 2 for number in (4, 5, 10)},
    "4.1c": 0.5,
    "4.1d": 0.5,
    "T1, 27": 97.0 - 96.7,
    "T1, 50": 97.3 - 96.2,
    "4.2j": 0.5,
    "C5": 0.5,
    "C7": 0.5,
    "4.3v": 0,
    "4.4a": 20,
    "4.4b": 20,
    "4.4f": 2,
    "2.5a": 1,
    "2.5c": 0.5,
    "2.5e": 0.5,
    "SS5": -0.9,
    "V8": 0.1,
    "V8 pair": 0.1,
    **{f"5.2{letter} agree": 0.5 for letter in "abcdefghi"},
    "D2": 97.4 - 89.2,
    "D4": 96.9 - 89.2,
    "D7": 0.5,
    "5.3m": 1.5,
    "5.3o": 1.2,
    "5.3t": 1e-4,
    "5.3u": 0.01,
    **{f"5a {equation}, {depth} layers": 1 for equation in ("(39)", "(40)") for depth in (15, 27, 50)},
    **{f"5b {equation}, {depth} layers": 5 for equation in ("(39)", "(40)") for depth in (15, 27, 50)},
    "VG1": -0.05,
    "VG4": 0.1,
    "VG5": 32 / 2,
    "VG6": 0.1,
    "VG10": 0.5,
    **{f"VG{number}": 2 for number in (11, 13, 16, 17, 18)},
    "EL2": 0.01,
    "EL3": 0.01,
    "EL4": 1e-10,
    "EL5": 0.1,
    "EL6": 5,
    "EL7": 0,
    "RV1": 0.5,
    "RV2": 0.5,
    "RV4": 1e-4,
    "RV5": 1e-4,
    "RV7": 1e-4,
    "RV8": 10,
    "RV9": 1e-3,
    "ST8": 1 / 20,
    **{f"LI{number}": -0.8 for number in (4, 5)},
    **{f"LI{number}": 1 for number in (7, 8, 13, 18, 28, 30)},
    **{f"LI{number}": 2 for number in (9, 14, 16, 22, 23, 25, 26, 31)},
    **{f"LI{number}": 3 for number in (21,)},
    **{f"RO{number}": 1 for number in (8, 20, 21)},
    "RO15": 0,
    "RO16": 0,
    **{f"IN{number}": 2 for number in (2, 5, 15, 24)},
    **{f"TI{number}": 1 for number in (1, 2, 3, 4, 18, 19, 28)},
    **{f"TI{number}": 3 for number in (10, 11, 12, 13)},
    "TI25": 0.02,
    "TI26": 0.02,
    **{f"IS{number}": 0.1 for number in (1, 2, 3, 4, 7)},
    "IS5": 0.05,
    "IS13": 1 / 2,
    **{f"AW{number}": 1 for number in (21, 22)},
    "IS14": 45,
    "IS6": 1.1,
    "AW2": 1.5,
    **{f"AW{number}": 1.25 for number in (4, 5)},
    "AW12": 0.98,
    "AW19": 1 / 2,
    "QC3": 0.01,
    "QC4": 1 - 1 / 3,
    "SY2": 0.02,
    **{f"CA{number}": 3 / 4 * 256 for number in (3, 10)},
    **{f"CA{number}": 256 / 2 for number in (5, 6, 11)},
    "CA4": 171,
    "CA8": 16,
    "SY3": 0.01,
    "SY6": 1 / 2,
    **{f"SY{number}": 3 for number in (7, 8)},
    "HA3": 1.25,
    "HA5": 2,
    "HA13": 1,
    "FF1": 1e-5,
    **{f"FF{number}": 0.01 for number in (2, 4, 5)},
    "FF3": 1e-3,
    "FF8": 0.1,
    "FF9": 0.1,
    "FF10": 0.05,
    "FF13": 0.05,
    **{f"WD{number}": 1e-3 for number in (1, 3)},
    "WD2": 0.03,
    **{f"WD{number}": 0.1 for number in (4, 5, 11, 12)},
    "WD6": 1 / 4,
    "WD7": 5,
    "WD10": 2,
    **{f"RT{number}": 1 / 5 for number in (15, 16)},
    **{f"RT{number}": 1 for number in (19, 20, 24, 30, 34)},
    **{f"RT{number}": 1 / 2 for number in (25, 33)},
    "RT18": 1.25,
    "RT23": 1.1,
    "RT32": 1 - 1 / 4,
    "FF15": 0.05,
    "OR17": 1.5,
    **{f"OR{number}": 1.6 for number in (4, 21, 29)},
}
KINDS = {"EL2": "prediction", "EL3": "prediction", "EL4": "identity"}


def test_claims_are_judged_by_the_thresholds_that_their_words_say() -> None:
    claims = [claim for experiment in experiments() for claim in experiment.claims]
    there = {claim.id for claim in claims}
    assert there >= ABOVE.keys() | BELOW.keys()
    for claim in claims:
        assert claim.kind == KINDS.get(claim.id, "comparison"), claim.id
        assert (claim.direction == "below") == (claim.id in BELOW), claim.id
        threshold = BELOW[claim.id] if claim.id in BELOW else ABOVE.get(claim.id, 0.0)
        assert claim.threshold == pytest.approx(threshold), claim.id


# name: seeds, digits behind the point, page
SHOWN = {
    "table-4.1": (10, 1, "experiment"),
    "table-4.2": (10, 1, "experiment"),
    "controls": (10, 1, "experiment"),
    "brightness": (10, 1, "experiment"),
    "channels": (5, 1, "experiment"),
    "fresh": (20, 1, "experiment"),
    "depth": (5, 1, "depth"),
    "mechanism": (10, 1, "mechanism"),
    "remedies": (10, 1, "remedies"),
    "two-channels": (10, 2, "two-channels"),
    "neural-ode": (10, 1, "neural-ode"),
    "ode-mnist": (15, 1, "ode-mnist"),
    "irregular": (10, 3, "irregular-series"),
    "adjoint": (1, 3, "adjoint"),
    "small-steps": (10, 2, "small-steps"),
    "vanishing": (10, 2, "vanishing"),
    "electrons": (1, 3, "electrons"),
    "reversible": (12, 2, "reversible"),
    "staple": (100, 2, "staple"),
    "lipschitz": (10, 2, "lipschitz"),
    "robustness": (20, 1, "robustness"),
    "inception": (22, 1, "inception"),
    "scaling": (16, 2, "scaling"),
    "tickets": (10, 2, "tickets"),
    "ising": (200, 3, "ising"),
    "adversarial-work": (10, 2, "adversarial-work"),
    "circuits": (20, 2, "circuits"),
    "symmetry-breaking": (40, 2, "symmetry-breaking"),
    "hamiltonian": (40, 2, "hamiltonian"),
    "free-field": (20, 3, "free-field"),
    "weight-decay": (20, 2, "weight-decay"),
    "rotation": (12, 3, "rotation"),
    "orbitals": (10, 2, "orbitals"),
    "cellular-automata": (20, 1, "cellular-automata"),
}


def test_experiments_have_the_seeds_and_the_digits_that_the_book_tells() -> None:
    """Accuracies in per cent to a tenth, as the thesis prints them; errors of a pendulum in thousandths."""
    found = {e.name: (e.seeds, e.digits, e.page) for e in experiments()}
    assert {name: found[name] for name in SHOWN} == SHOWN


def test_a_flow_needs_three_seeds_and_agrees_to_half_a_point() -> None:
    assert (FEWEST_SEEDS, HALF_A_POINT) == (3, 0.5)
    assert (SMOOTH, SMALL_STEP) == (1, 5)
    assert (SHALLOW, DEEP) == (50, 200)


# What a reader runs in minutes: name, training, what it is shown, seeds
BOOK = """
table-4.1: epochs 3, batch_size 128; 10000 + 2000 images; 3
table-4.2: epochs 3, batch_size 128; 10000 + 2000 images; 3
controls: epochs 3, batch_size 128; 10000 + 2000 images; 3
brightness: epochs 3, batch_size 128; 10000 + 2000 images; 3
channels: epochs 3, batch_size 128; 10000 + 2000 images; 3
fresh: epochs 3, batch_size 128; 10000 + 2000 images; 3
depth: epochs 3, batch_size 128; 10000 + 2000 images; 2
remedies: epochs 1, batch_size 16; 2000 + 2000 images; 3
two-channels: epochs 1, batch_size 64; 2000 + 2000 images; 3
adjoint: batch 32, evaluations [4, 16], rounds 2; drawn; 1
ode-mnist: epochs 2, batch_size 64; 1000 + 500 images; 2
ode-mnist: epochs 3, batch_size 128; 1000 + 500 images; 2
ode-mnist: epochs 3, batch_size 32; 1000 + 500 images; 2
irregular: nothing; drawn; 2
irregular: steps 100, batch 32, series 200; drawn; 2
small-steps: steps 400; drawn; 2
vanishing: epochs 3, batch_size 100; 2000 + 1000 images; 2
electrons: nothing; drawn; 1
reversible: epochs 2, batch_size 100; 1000 + 1000 images; 1
reversible: nothing; drawn; 1
staple: nothing; drawn; 2
staple: nothing; drawn; 4
lipschitz: epochs 6, batch_size 100; 2000 + 500 images; 2
robustness: epochs 4, batch_size 100; 2000 + 500 images; 2
inception: epochs 2, batch_size 25, steps 6; drawn; 2
scaling: epochs 8, batch_size 100; 2000 + 1000 images; 2
scaling: batch 50, rounds 5; drawn; 1
tickets: epochs 2, batch_size 50; 1200 + 1000 images; 2
ising: nothing; drawn; 2
adversarial-work: epochs 3, batch_size 100; 3000 + 500 images; None
adversarial-work: nothing; 3000 + 500 images; None
circuits: nothing; drawn; 2
circuits: nothing; drawn; 3
symmetry-breaking: nothing; drawn; 1
hamiltonian: steps 300, batch_size 200; drawn; 2
hamiltonian: nothing; drawn; 2
free-field: nothing; drawn; 1
free-field: nothing; drawn; 2
weight-decay: nothing; None + None images; 2
rotation: steps 300; drawn; 2
rotation: steps 1500; drawn; 2
orbitals: steps 200, batch_size 100; drawn; 2
cellular-automata: nothing; drawn; 2
"""


def told(arm: Arm) -> str:
    said = ("epochs", "steps", "batch", "batch_size", "series", "evaluations", "rounds")
    training = ", ".join(f"{word} {arm.training[word]}" for word in arm.training if word in said) or "nothing"
    shown = f"{arm.shown.train} + {arm.shown.test} images" if isinstance(arm.shown, Images) else "drawn"
    return f"{training}; {shown}; {arm.most}"


def test_what_takes_minutes_is_as_short_as_the_book_says() -> None:
    found = {f"{e.name}: {told(arm)}" for e in experiments() for arm in e.arms("book")}
    assert sorted(found) == sorted(lines(BOOK))


def test_a_flow_is_solved_as_the_book_says() -> None:
    """In training to a thousandth, in the solver test a hundred times as accurately."""
    assert Adaptive("dopri5", rtol=1e-3, atol=1e-3, past_end=True) == ADAPTIVE
    assert Adaptive("dopri5", rtol=1e-5, atol=1e-5, past_end=True) == ACCURATE
    assert (STENCIL_STEPS, STENCIL.grid, STENCIL.stride) == ((1, 2, 5, 10, 20), (1, 2, 5, 10, 20, 40), 2)
    assert (CONV_STEPS, CONV.grid, CONV.stride) == ((1, 2, 4, 8), (1, 2, 4, 8, 16), 4)
    assert (euler(1), euler(2)) == ("Euler, 1 step", "Euler, 2 steps")
    assert (FEW.grid, FEW.stride, FEW.only_last) == ((1, 2, 4, 8, 16), 4, True)
    assert [(s.train, s.test, s.seeds) for s in (STENCIL, CONV, FEW)] == [
        (None, None, 10),
        (None, None, 5),
        (1000, 5000, 10),
    ]


def test_every_table_has_its_control_without_layers_and_the_depths_of_the_thesis() -> None:
    thesis, columns = (5, 15, 27, 50), ("PDE net", "c_ResNet", "c_ResNet, small start")
    wanted = {(0, "PDE net")} | {(depth, column) for depth in thesis for column in columns}
    assert {(cell.depth, cell.column) for cell in TABLE_4_1.cells} == wanted
    both = ("PDE 1", "PDE 2", *columns[1:])
    wanted = {(0, "PDE 1")} | {(depth, column) for depth in thesis for column in both}
    assert {(cell.depth, cell.column) for cell in TABLE_4_2.cells} == wanted
    assert all(cell.spec.arguments[-1] == cell.depth for cell in (*TABLE_4_1.cells, *TABLE_4_2.cells))
