"""``pdenet run`` runs what is missing, says what it did, and refuses in a line; so does ``reproduce``."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from helpers.command import ONE_EPOCH, call, left
from helpers.experiments import CELLS, SERIES_ARMS, TINY

from pdenet.data import load_images
from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs import engine as engines
from pdenet.runs.files import append, read
from pdenet.runs.lock import claimed
from pdenet.runs.loop import learn
from pdenet.runs.plan import Job, claim_path
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects import catalogue
from pdenet.subjects.irregular import arms as series
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.tables.experiment import TABLE_4_1, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_DIGITS = ("--dataset", "digits", "--device", "cpu")

# Whatever builds, draws or solves is replaced, before the command is run in a process of its own.
IDLE = """
import sys
from pdenet.cli import main
from pdenet.models.residual_net import Spec
from pdenet.ops.ode import dense
from pdenet.subjects.irregular import arms, networks, system
from pdenet.subjects.ode_mnist.networks import ConvSpec, StencilSpec

def refuse(*_, **__):
    raise AssertionError("something was built, drawn or solved")

for kind in (Spec, ConvSpec, StencilSpec):
    kind.build = refuse
networks.SeriesNet.__init__ = refuse
for module in (arms, system):
    module.draw = refuse
for module in (networks, system, dense):
    module.states_at = refuse
main()
"""


def idle(*arguments: str, cwd: Path | None = None) -> str:
    """What the command prints that can build, draw and solve nothing."""
    command = [sys.executable, "-c", IDLE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def small_experiments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside those of the book."""
    for name in ("tiny", "other", "series"):
        monkeypatch.setitem(catalogue.EXPERIMENTS, name, f"helpers.experiments:{name.upper()}")
    monkeypatch.setitem(catalogue.SUBJECTS, "both", ("tiny", "other"))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The engine is replaced by a thread; it tells which workers were asked for."""
    asked: list[str] = []

    @contextmanager
    def thread(workers: str) -> Iterator[ThreadPoolExecutor]:
        asked.append(workers)
        with ThreadPoolExecutor(1) as executor:
            yield executor

    monkeypatch.setattr(engines, "engine", thread)
    return asked


# The list


def test_without_a_name_all_experiments_of_the_book_are_listed_without_any_work() -> None:
    listed = json.loads(idle("run", "--json"))
    own = [name for name in catalogue.EXPERIMENTS if name not in ("tiny", "other", "series")]
    assert [row["name"] for row in listed] == own
    for row in listed:
        assert row["missing"] == 0
        assert (row["recorded"] > 0) == (row["name"] not in ("mechanism", "neural-ode"))


def test_the_list_says_what_an_experiment_is_and_how_far_it_is() -> None:
    printed = call("run").output
    for name in catalogue.EXPERIMENTS:
        assert name in printed
    assert "reads others' records" in printed
    assert "Tiny nets" in printed
    assert "unknown" in printed, "nobody knows how long the small ones take"


def test_what_is_missing_is_said_without_any_work_and_without_a_file(tmp_path: Path) -> None:
    parts = json.loads(idle("run", "irregular", "--estimate", "--json", cwd=tmp_path))
    assert [part["name"] for part in parts] == [arm.name for arm in series.ARMS]
    seeds = [len(arm.seeds(range(IRREGULAR.seeds))) for arm in series.ARMS]
    assert [(part["recorded"], part["missing"]) for part in parts] == [(0, count) for count in seeds]
    assert all(part["seconds"] > 0 for part in parts)
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_says_where_it_does_not_know(tmp_path: Path) -> None:
    out = tmp_path / "mine.jsonl"
    unknown = call("run", "tiny", "--estimate", "--out", out, *ON_DIGITS)
    assert "missing runs: 4; of all the time is unknown" in unknown.output
    assert not out.exists()
    known = call("run", "irregular", "--arm", "latent ODE; irregular, 20", "--estimate", "--out", out)
    assert "missing runs: 6; about" in known.output
    assert "unknown" not in known.output


# Runs


def test_it_runs_what_is_missing_and_no_more(tmp_path: Path) -> None:
    out = tmp_path / "mine.jsonl"
    first = call("run", "tiny", "--seeds", 1, "--out", out, *ON_DIGITS)
    assert first.exit_code == 0, first.output
    assert [(r.model["depth"], r.seed) for r in read(out)] == [(1, 0), (2, 0)]
    before = out.read_bytes()
    second = call("run", "tiny", "--out", out, "--json", *ON_DIGITS)
    assert second.exit_code == 0, second.output
    assert out.read_bytes().startswith(before), "records are only appended"
    assert [(r.model["depth"], r.seed) for r in read(out)] == [(1, 0), (2, 0), (1, 1), (2, 1)]
    found = json.loads(second.stdout)["tiny"]
    assert {name: one["seeds"] for name, one in found.items()} == {cell.name: [0, 1] for cell in CELLS}
    before = out.read_bytes()
    assert call("run", "tiny", "--out", out, *ON_DIGITS).exit_code == 0
    assert out.read_bytes() == before
    assert list(tmp_path.iterdir()) == [out], "no checkpoint, no lock"


@pytest.mark.parametrize("mode", ["full", "book"])
def test_a_table_shows_the_accuracies_of_the_mode_that_was_run(mode: str, tmp_path: Path) -> None:
    out = tmp_path / "mine.jsonl"
    result = call("run", "tiny", "--mode", mode, "--seeds", 1, "--out", out, *ON_DIGITS)
    assert result.exit_code == 0, result.output
    for record in read(out):
        assert f"{100 * record.accuracy:.1f}" in result.output
    assert {r.data["name"] for r in read(out)} == {"digits" if mode == "full" else "digits[200+50]"}
    again = call("run", "tiny", "--mode", mode, "--seeds", 1, "--out", out, "--json", *ON_DIGITS)
    found = json.loads(again.stdout)["tiny"][CELLS[0].name]
    assert found == {"seeds": [0], "measured": {"accuracy": f"{100 * read(out)[0].accuracy:.4g}"}}


def test_both_modes_in_one_file_stay_apart(tmp_path: Path) -> None:
    out = tmp_path / "mine.jsonl"
    for mode in ("full", "book"):
        call("run", "tiny", "--mode", mode, "--seeds", 1, "--out", out, *ON_DIGITS)
    assert len(read(out)) == 4
    full = TINY.results(read(out), "digits")
    book = TINY.results(read(out), "digits", "book")
    assert [len(full.records(c.name)) for c in CELLS] == [len(book.records(c.name)) for c in CELLS] == [1, 1]


def test_mode_book_writes_beside_where_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("run", "tiny", "--mode", "book", "--seeds", 1, *ON_DIGITS).exit_code == 0
    assert call("run", "tiny", "--arm", CELLS[0].name, "--seeds", 1, *ON_DIGITS).exit_code == 0
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.jsonl")}
    assert found == {"tiny-book.jsonl", str(Path("results", "tiny.jsonl"))}


def test_arms_are_chosen_by_pattern_whatever_else_the_file_holds(tmp_path: Path) -> None:
    out = tmp_path / "mine.jsonl"
    call("run", "tiny", "--seeds", 1, "--out", out, *ON_DIGITS)
    one = call("run", "tiny", "--arm", "*2 layers", "--seeds", 2, "--out", out, "--json", *ON_DIGITS)
    assert one.exit_code == 0, one.output
    assert json.loads(one.stdout)["tiny"].keys() == {"PDE net, 2 layers"}
    assert [(r.model["depth"], r.seed) for r in read(out)] == [(1, 0), (2, 0), (2, 1)]
    printed = call("run", "tiny", "--arm", "*2 layers", "--seeds", 1, "--out", out, *ON_DIGITS)
    assert printed.exit_code == 0, printed.output
    assert f"{100 * read(out)[0].accuracy:.1f}" not in printed.output, "only what was asked for is shown"


def test_the_experiments_of_a_subject_share_what_they_have_in_common(tmp_path: Path) -> None:
    """Cells of two layers stand in both; the pattern of three fits one of them only."""
    out = tmp_path / "mine.jsonl"
    result = call("run", "both", "--seeds", 1, "--out", out, "--json", *ON_DIGITS)
    assert result.exit_code == 0, result.output
    assert [r.model["depth"] for r in read(out)] == [1, 2, 3]
    assert json.loads(result.stdout).keys() == {"tiny", "other"}
    part = call("run", "both", "--arm", "*3 layers", "--seeds", 2, "--out", out, "--json", *ON_DIGITS)
    assert part.exit_code == 0, part.output
    found = {name: [*arms] for name, arms in json.loads(part.stdout).items()}
    assert found == {"tiny": [], "other": ["PDE net, 3 layers"]}
    assert [r.model["depth"] for r in read(out)] == [1, 2, 3, 3]


def test_runs_are_handed_to_workers(tmp_path: Path, threads: list[str]) -> None:
    """tests/runs/test_engine.py has the real ones."""
    out, here = tmp_path / "apart.jsonl", tmp_path / "here.jsonl"
    result = call("run", "tiny", "--workers", "2", "--out", out, *ON_DIGITS)
    assert result.exit_code == 0, result.output
    assert threads == ["2"]
    call("run", "tiny", "--out", here, *ON_DIGITS)
    assert {r.key for r in read(out)} == {r.key for r in read(here)}


def test_an_experiment_that_draws_what_it_needs_reads_no_images(
    tmp_path: Path, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pdenet.data.load_images", None)
    out = tmp_path / "mine.jsonl"
    for workers in ((), ("--workers", "2")):
        result = call("run", "series", "--seeds", 1 + len(workers) // 2, *workers, "--out", out, "--json")
        assert result.exit_code == 0, result.output
    assert sorted((r.model["kind"], r.seed) for r in read(out)) == [
        ("SeriesNet", 0), ("SeriesNet", 1), ("control", 0), ("control", 1),
    ]  # fmt: skip
    found = json.loads(result.stdout)["series"]
    assert found[SERIES_ARMS[1].name]["measured"].keys() == {"between", "ahead", "beyond", "moved"}
    assert "[" in found[SERIES_ARMS[0].name]["measured"]["ahead"], "two seeds have an interval"


def test_a_seed_that_diverged_is_said_and_breaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runs_away(task: Any, **options: Any) -> Any:
        if 1 in task.seeds:
            message = "it ran away"
            raise DivergedError(message)
        return learn(task, **options)

    monkeypatch.setattr(series, "learn", runs_away)
    out = tmp_path / "mine.jsonl"
    result = call("run", "series", "--arm", SERIES_ARMS[1].name, "--out", out)
    assert result.exit_code == 0, result.output
    assert [r.diverged_at for r in read(out)] == [None, 1]
    assert "ahead not of every seed, for some diverged" in " ".join(result.output.replace("│", " ").split())


def test_what_another_command_runs_is_left_to_it_and_said(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    out = tmp_path / "mine.jsonl"
    job = Job(TINY, CELLS, load_images("digits"), out)
    with claimed(claim_path(job, CELLS[0])):
        result = call("run", "tiny", "--seeds", 1, "--out", out, *ON_DIGITS)
    assert result.exit_code == 0, result.output
    assert "PDE net, 1 layers: left to another command" in " ".join(result.output.split())
    assert [r.model["depth"] for r in read(out)] == [2]


def test_an_experiment_that_runs_nothing_says_whose_records_it_reads(tmp_path: Path) -> None:
    result = call("run", "mechanism", "--out", tmp_path / "mine.jsonl")
    assert result.exit_code == 0
    assert result.stdout == "mechanism runs nothing; it reads the records of tables\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "table-9"), "error: there is no experiment 'table-9'; there are tables, both, table-4.1"),
        (
            ("run", "irregular", "--arm", "GRU"),
            "error: no arm is called 'GRU'; the arms are: 'at rest; irreg",
        ),
        (("run", "tables", "--arm", "VGG*"), "error: no arm is called 'VGG*'; the arms are: 'PDE net, 0 lay"),
        (
            ("run", "irregular", "--estimate", "--arm", ""),
            "error: no arm is called ''; the arms are: 'at rest",
        ),
    ],
)
def test_an_unknown_name_is_one_line_that_lists_what_there_is(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = left(capsys, *arguments, "--dataset", "digits")
    assert status == 2
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# By a table's columns


def test_reproduce_trains_what_is_missing_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = tuple(cell for cell in TABLE_4_1.cells if cell.depth in (0, 5))
    monkeypatch.setitem(TABLES, "table-4.1", replace(TABLE_4_1, arms=lambda mode: cells))
    out = tmp_path / "mine.jsonl"
    first = call("reproduce", "table-4.1", "--seeds", 1, "--out", out, "--json", *ONE_EPOCH)
    assert first.exit_code == 0, first.output
    assert len(read(out)) == len(cells)
    before = out.read_bytes()
    stale = tmp_path / f"mine.jsonl.{read(out)[0].key[:12]}.checkpoint.pt"
    stale.write_bytes(b"of a run that was killed after its records were safe")
    second = call("reproduce", "table-4.1", "--seeds", 2, "--out", out, *ONE_EPOCH)
    assert second.exit_code == 0, second.output
    assert out.read_bytes().startswith(before), "records are only appended"
    assert list(tmp_path.iterdir()) == [out]
    assert [record.seed for record in read(out)] == [0] * len(cells) + [1] * len(cells)
    assert "97.4" in second.output, "the thesis's value stands beside ours"
    third = call("reproduce", "table-4.1", "--seeds", 2, "--out", out, "--json", *ONE_EPOCH)
    assert len(read(out)) == 2 * len(cells)
    found = {(cell["depth"], cell["column"]): cell for cell in json.loads(third.stdout)["cells"]}
    assert found[5, "PDE net"]["thesis"] == 0.974
    assert found[5, "PDE net"]["accuracies"] == [
        record.accuracy for record in read(out) if record.model == cells[1].model
    ]


def test_reproduce_trains_the_part_that_is_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "part.jsonl"
    part = ("--column", "PDE net", "--depths", "0", "--seeds", 1, "--out", out)
    result = call("reproduce", "table-4.1", *part, "--json", *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    assert [(cell["depth"], cell["column"]) for cell in json.loads(result.stdout)["cells"]] == [
        (0, "PDE net")
    ]
    assert [record.model for record in read(out)] == [TABLE_4_1.cells[0].model]
    unknown = call("reproduce", "table-4.1", "--column", "VGG", "--out", out, *ONE_EPOCH)
    assert "table-4.1 has no column 'VGG'" in str(unknown.exception)


def test_reproduce_hands_its_runs_to_workers(tmp_path: Path, threads: list[str]) -> None:
    out = tmp_path / "apart.jsonl"
    part = ("--column", "PDE net", "--depths", "0", "--seeds", 2, "--workers", "2", "--out", out)
    result = call("reproduce", "table-4.1", *part, *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    assert threads == ["2"]
    assert [record.seed for record in read(out)] == [0, 1]
    assert list(tmp_path.iterdir()) == [out]


def test_a_torn_record_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = TABLE_4_1.cells[0]
    monkeypatch.setitem(TABLES, "table-4.1", replace(TABLE_4_1, arms=lambda mode: (cell,)))
    out = tmp_path / "mine.jsonl"
    config = TrainingConfig(epochs=1, batch_size=100)
    append(out, fit(cell.build(1), load_images("digits"), config, device="cpu"))
    out.write_bytes(out.read_bytes()[:-40])
    with pytest.warns(UserWarning, match="torn"):
        result = call("reproduce", "table-4.1", "--seeds", 1, "--out", out, *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    with pytest.warns(UserWarning, match="left out"):
        assert len(read(out)) == 1
