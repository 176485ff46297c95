"""Every claim of the thesis, one row, with a verdict that is worked out from evidence and never typed.

Evidence is of three kinds: rows of the ledger, whose checks run when the scorecard is made; claims that the
recorded runs decide; and assertions in the guards of a chapter, without which the chapter does not build. A
`Statement` names its evidence; `score` looks it up. Where a piece is missing, or the ledger's own check of
the correction fails, there is no verdict.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pdenet import irregular, ode_verdicts, remedies, trained, verdicts
from pdenet.claims import Verdict
from pdenet.experiments import CONTROLS, TABLE_4_1, TABLE_4_2, Table
from pdenet.symbolic import ledger
from pdenet.symbolic.ledger import ENTRIES, Result
from pdenet.symbolic.ledger import Verdict as Listed
from pdenet.training import TrainingConfig
from pdenet.verdicts import Judged


class Standing(StrEnum):
    """What the evidence says of a claim of the thesis."""

    HOLDS = "holds"
    CORRECTED = "holds with a correction"
    FAILS = "does not hold"
    OPEN = "not decided"
    NONE = "no evidence"


_WORST_FIRST = (Standing.NONE, Standing.FAILS, Standing.OPEN, Standing.CORRECTED, Standing.HOLDS)


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: where it stands in the book, what it says, and what follows for the claim."""

    link: str
    text: str
    standing: Standing


@dataclass(frozen=True)
class Measurement:
    """A claim of the book with what the runs measure for it, the page that shows it, and how to print it."""

    judged: Judged
    page: str
    digits: int = 1

    @property
    def verdict(self) -> Verdict:
        """What the interval says of the claim."""
        return verdicts.verdict(self.judged)


@dataclass(frozen=True)
class Guard:
    """An assertion among the guards of a chapter, to the letter, and what it shows in a few words."""

    page: str
    assertion: str
    shows: str


@dataclass(frozen=True)
class Statement:
    """A claim of the thesis, in our words, and where to look for its evidence.

    Parameters
    ----------
    id
        Chapter of the thesis and a number.
    text
        The claim, a sentence.
    ledger
        Ids of ledger rows.
    supports, opposes
        Ids of measured claims that are true if the statement is, and that are false if it is.
    qualifies
        Ids of measured claims that, where they hold, say that the statement needs a correction.
    shown_by, refuted_by
        Assertions that the statement follows from, and that contradict it.

    Raises
    ------
    ValueError
        If no evidence is named that could decide it.
    """

    id: str
    text: str
    ledger: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    opposes: tuple[str, ...] = ()
    qualifies: tuple[str, ...] = ()
    shown_by: tuple[Guard, ...] = ()
    refuted_by: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        if not (self.ledger or self.supports or self.opposes or self.shown_by or self.refuted_by):
            message = f"statement {self.id} names no evidence that could decide it"
            raise ValueError(message)

    @property
    def chapter(self) -> str:
        """Chapter of the thesis, a Roman number."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Row:
    """A statement with its evidence."""

    statement: Statement
    evidence: tuple[Evidence, ...]

    @property
    def standing(self) -> Standing:
        """The worst that any piece of the evidence says; with none, or one missing, no verdict."""
        found = {piece.standing for piece in self.evidence} or {Standing.NONE}
        return next(standing for standing in _WORST_FIRST if standing in found)


def _numbers(first: int, last: int) -> tuple[str, ...]:
    """Ids of the equations with these numbers; (16) is two."""
    return tuple(name for n in range(first, last + 1) for name in (("16a", "16b") if n == 16 else (str(n),)))


STATEMENTS = (
    Statement(
        "I.1", "Deep networks lose accuracy because gradients vanish; a skip connection cures it.", ("U9",)
    ),
    Statement("I.2", "The output of a residual network is a sum over paths.", ("U-path",)),
    Statement(
        "II.1", "Waves, kets and Feynman's sum over paths are one theory: (2) to (20).", _numbers(2, 20)
    ),
    Statement("III.1", "A residual block is one explicit step of the PDE (21).", _numbers(21, 25)),
    Statement("III.2", "Any PDE of second order can be written as a residual block.", ("U1",)),
    Statement("III.3", "Residual block and PDE are the same thing.", ("U2", "U3")),
    Statement("III.4", "The kernel acts as a Hamiltonian.", ("U4",)),
    Statement("III.5", "The ReLU can be applied to each term of the sum, (26) to (27).", ("U-ReLU",)),
    Statement(
        "III.6",
        "Without its ReLU, the network is a sum over paths in phase space, (27) to (33).",
        _numbers(27, 33),
    ),
    Statement(
        "III.7",
        "Its weights are Gaussians, their exponent an action: (34) to (38).",
        (*_numbers(34, 38), "U5"),
    ),
    Statement(
        "IV.1",
        "Five PDE layers are as accurate as the convolutional residual network.",
        supports=("4.1c", "4.1d"),
    ),
    Statement(
        "IV.2",
        "The PDE network loses accuracy with depth.",
        supports=("4.1e",),
        qualifies=("4.1f", "4.1g"),
    ),
    Statement(
        "IV.3",
        "It does because drift carries features out of the frame.",
        supports=("4.3v",),
        shown_by=(
            Guard(
                "mechanism",
                'assert start["as they are"].mean() < start["drift alternates"].mean() - 10',
                "before training, with drifts that cancel, the same layers lose far less",
            ),
            Guard(
                "mechanism",
                'assert reached["drift alternates"].mean() > reached["as drawn"].mean() + 5',
                "short training gets further where drifts cancel",
            ),
        ),
    ),
    Statement(
        "IV.4",
        "And because diffusion blurs them.",
        supports=("4.3g",),
    ),
    Statement(
        "IV.5",
        "Changing the equation, to (40), is what cures it.",
        ("U8",),
        refuted_by=(
            Guard(
                "depth",
                'assert gaps["all of (W2)"].max() < 1e-9',
                "(39) with another start and rate trains like (40), step by step",
            ),
        ),
    ),
    Statement(
        "IV.6",
        "(40) is more accurate than (39), at 27 and at 50 layers.",
        supports=("4.2a", "4.2b"),
        qualifies=("4.2c", "4.2d"),
    ),
    Statement(
        "IV.7",
        "The control networks of Tables 4.1 and 4.2 are one experiment.",
        opposes=("T1, 27", "T1, 50"),
    ),
    Statement(
        "V.1",
        "With steps that go to zero, residual layers become an ODE, (41).",
        ("41",),
        shown_by=(
            Guard("neural-ode", "assert abs(slope + 1) < 0.02", "layers tend to the exact flow as 1/L"),
        ),
    ),
    Statement(
        "V.2",
        "The deep PDE network (39), as trained, is such an ODE in small steps (our reading).",
        supports=("5a (39), 50 layers", "5b (39), 50 layers"),
    ),
    Statement("V.3", "A solver gives the state at the end, (42).", ("42",)),
    Statement("V.4", "The adjoint gives the gradients, (43) and (44).", ("43", "44")),
    Statement("V.5", "No parameters need to be stored for it.", ("U6",)),
    Statement(
        "V.6",
        "Irregular time series are the strength of a neural ODE (tried on one signal, a pendulum).",
        supports=("5.3a", "5.3b", "5.3g"),
        qualifies=("5.3i",),
    ),
    Statement(
        "V.7",
        "The loss tells the error of the solver.",
        refuted_by=(
            Guard(
                "neural-ode",
                "assert solver_errors[320] < 1e-10 < 0.05 < losses[320]",
                "a loss that stays while the solver becomes exact",
            ),
        ),
    ),
    Statement(
        "V.8",
        "With the adjoint, memory does not grow with the evaluations.",
        shown_by=(
            Guard(
                "adjoint",
                "assert len({back for _, back in held.values()}) == 1",
                "what is held does not grow with the steps",
            ),
        ),
    ),
    Statement(
        "VI.1",
        "PDE networks reach about the accuracy of the control.",
        supports=("4.1d",),
        opposes=("4.2h",),
        qualifies=("4.1i",),
    ),
)
"""The claims that the argument of the thesis rests on; its equations one by one are in the ledger."""


def ledger_results(statements: Iterable[Statement] = STATEMENTS) -> dict[str, Result]:
    """Run the checks of the ledger rows that the statements name, by id."""
    wanted = {name for statement in statements for name in statement.ledger}
    return {entry.id: ledger.run(entry) for entry in ENTRIES if entry.id in wanted}


def measurements() -> dict[str, Measurement]:
    """All claims that the shipped records decide, by id."""

    def of(table: Table, judge: Callable[..., dict[str, Judged]]) -> dict[str, Judged]:
        return judge(table.results(table.recorded(), "mnist", TrainingConfig()))

    nets = ode_verdicts.results(ode_verdicts.recorded())
    portraits = trained.portraits()
    by_page = {
        "experiment": of(TABLE_4_1, verdicts.judge_table_4_1)
        | of(TABLE_4_2, verdicts.judge_table_4_2)
        | of(CONTROLS, verdicts.judge_controls)
        | verdicts.judge_printed(),
        "remedies": remedies.judge_remedies(
            remedies.REMEDIES.results(
                remedies.REMEDIES.recorded(),
                f"mnist[{remedies.TRAIN_IMAGES}+{remedies.TEST_IMAGES}]",
                remedies.CONFIG,
            )
        ),
        "mechanism": trained.judge_layers(portraits["(39)", 50], 50),
        "neural-ode": trained.judge_trained(portraits),
        "ode-mnist": ode_verdicts.judge(nets),
        "irregular-series": irregular.judge(irregular.Runs(irregular.recorded())),
    }
    return {
        name: Measurement(judged, page, digits=3 if page == "irregular-series" else 1)  # radians, per cent
        for page, found in by_page.items()
        for name, judged in found.items()
    }


def score(
    results: Mapping[str, Result],
    measured: Mapping[str, Measurement],
    guards: Mapping[str, str],
    statements: Iterable[Statement] = STATEMENTS,
) -> list[Row]:
    """The scorecard: each statement with what its evidence says.

    Parameters
    ----------
    results
        Of the ledger's checks, by id.
    measured
        What the records decide, by id.
    guards
        Code of the chapters' guards, by page.
    statements
        The claims to be judged.
    """
    return [
        Row(
            statement,
            (
                *(_of_ledger(name, results.get(name)) for name in statement.ledger),
                *(_of_claim(name, measured.get(name), _SUPPORTS) for name in statement.supports),
                *(_of_claim(name, measured.get(name), _OPPOSES) for name in statement.opposes),
                *(_of_claim(name, measured.get(name), _QUALIFIES) for name in statement.qualifies),
                *(_of_guard(guard, guards, Standing.HOLDS) for guard in statement.shown_by),
                *(_of_guard(guard, guards, Standing.FAILS) for guard in statement.refuted_by),
            ),
        )
        for statement in statements
    ]


_SUPPORTS = {
    Verdict.HOLDS: Standing.HOLDS,
    Verdict.DOES_NOT_HOLD: Standing.FAILS,
    Verdict.NOT_DECIDED: Standing.OPEN,
}
_OPPOSES = {
    Verdict.HOLDS: Standing.FAILS,
    Verdict.DOES_NOT_HOLD: Standing.HOLDS,
    Verdict.NOT_DECIDED: Standing.OPEN,
}
_QUALIFIES = {
    Verdict.HOLDS: Standing.CORRECTED,
    Verdict.DOES_NOT_HOLD: Standing.HOLDS,
    Verdict.NOT_DECIDED: Standing.OPEN,
}


def _of_claim(name: str, found: Measurement | None, consequence: Mapping[Verdict, Standing]) -> Evidence:
    if found is None:
        return Evidence("", f"no runs for {name}", Standing.NONE)
    claim, interval = found.judged
    text = f"{claim.text}: {interval:.{found.digits}f}, {found.verdict}"
    return Evidence(f"[{name}](#ch:{found.page})", text, consequence[found.verdict])


def _of_ledger(name: str, found: Result | None) -> Evidence:
    """An equation that is wrong in print has a form that holds; a sentence that is wrong does not hold."""
    if found is None or not found.as_listed:
        return Evidence("", f"the check of {name} did not run, or failed", Standing.NONE)
    entry = found.entry
    if found.print_holds:
        standing = Standing.HOLDS
    elif entry.verdict is Listed.WRONG and not entry.numbered:
        standing = Standing.FAILS
    else:
        standing = Standing.CORRECTED
    text = f"{entry.title}: {'as printed' if found.print_holds else f'{entry.verdict} in print'}"
    return Evidence(f"[{entry.name}](#row:{entry.id})", text, standing)


def _of_guard(guard: Guard, guards: Mapping[str, str], standing: Standing) -> Evidence:
    if guard.assertion not in guards.get(guard.page, "").splitlines():
        return Evidence("", f"no guard on {guard.page} asserts it", Standing.NONE)
    return Evidence(f"[guards](#ch:{guard.page})", f"{guard.shows}: asserted", standing)
