"""The tool that changes the package to see whether tests notice."""

import os
import subprocess
import sys
from pathlib import Path

import mutate
import pytest
from mutants import mutants

ROOT = Path(mutate.__file__).parents[1]


def changes(source: str) -> list[str]:
    return [str(mutant) for mutant in mutants(source.encode())]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 3", ["1 3 -> 4"]),
        ("x = 0.5", ["1 0.5 -> 1.0", "1 0.5 -> 1.5"]),
        ("x = True", ["1 True -> False"]),
        ("x = a < b", ["1 a < b -> (a <= b)"]),
        ("x = a in b", ["1 a in b -> (a not in b)"]),
        ("x = a < b == c", ["1 a < b == c -> (a <= b == c)", "1 a < b == c -> (a < b != c)"]),
        ("x = (a + b) * c", ["1 a + b -> (a - b)", "1 (a + b) * c -> ((a + b) / c)"]),
        ("x -= a", ["1 x -= a -> x += a"]),
        ("x = -a", ["1 -a -> a"]),
        ("x = a and b", ["1 a and b -> (a or b)"]),
        ("x = min(a, b)", ["1 min -> max"]),
        ("def f(seeds: int = 1): ...", ["1 1 -> 2"]),
    ],
)  # fmt: skip
def test_numbers_bounds_signs_and_switches_change(source: str, expected: list[str]) -> None:
    assert sorted(changes(source)) == sorted(expected)


@pytest.mark.parametrize(
    "source",
    [
        '"""A text with 3 in it."""',
        "x: Literal[3] | None",
        "def f(a: int | None) -> tuple[int, 3]: ...",
        "Pair = tuple[int, 3]",
        "message = f'at most {n - 1}; got {3}'",
        "raise ValueError(3)",
        "if TYPE_CHECKING:\n    x = 3",
    ],
)
def test_annotations_and_errors_are_left_alone(source: str) -> None:
    assert changes(source) == []


def test_one_place_changes_and_every_byte_beside_it_stays() -> None:
    source = "ψ = 1  # über\nx = ψ + (\n    2  # two\n)\n"
    made = [mutant.applied(source.encode()).decode() for mutant in mutants(source.encode())]
    assert made == [source.replace("1", "2"), "ψ = 1  # über\nx = (ψ - 2)\n", source.replace("2", "3")]


def test_a_draw_is_the_same_for_one_seed() -> None:
    source = "\n".join(f"x{n} = {n}" for n in range(100)).encode()
    first = mutate.drawn("a.py", source, 10, seed=1)
    assert len(first) == 10
    assert first == mutate.drawn("a.py", source, 10, seed=1) == sorted(first, key=lambda m: m.start)
    assert first != mutate.drawn("a.py", source, 10, seed=2)
    assert first != mutate.drawn("b.py", source, 10, seed=1)


def test_every_module_has_tests() -> None:
    for module in mutate.modules_of([ROOT / "pdenet"]):
        tests = mutate.tests_of(module, ROOT)
        assert all((ROOT / name).is_file() for name in tests), module
    assert all((ROOT / module).is_file() for module in mutate.TESTS), "a module moved"
    assert mutate.tests_of("pdenet/runs/claims.py", ROOT)[0] == "tests/runs/test_claims.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A tree with one module, whose tests look at the sign of one of its numbers."""
    for folder, name, text in (
        ("pdenet", "sign.py", "SIGN = -1\nSIZE = 3\n"),
        (
            "tests",
            "test_sign.py",
            "def test_sign():\n    exec(open('pdenet/sign.py').read())\n    assert SIGN < 0\n",
        ),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text.replace("assert SIGN", "assert locals()['SIGN']"))
    return tmp_path


def test_who_survives_is_told_and_the_module_is_put_back(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(copy: Path, tests: list[str], limit: float, *, keep_bytecode: bool = False) -> str:
        assert tests == ["tests/test_sign.py"]
        return mutate.CAUGHT if "-1" not in (copy / "pdenet" / "sign.py").read_text() else mutate.SURVIVED

    monkeypatch.setattr(mutate, "run_tests", run)
    counts = mutate.mutate(copy, "pdenet/sign.py", lambda module, source: mutants(source))
    assert counts == {mutate.CAUGHT: 2, mutate.SURVIVED: 1}
    told = capsys.readouterr().out
    assert "pdenet/sign.py:2 3 -> 4 (survived)" in told
    assert mutate.survivors(told) == {"pdenet/sign.py": {"2 3 -> 4"}}
    (again,) = mutate.still_there("pdenet/sign.py", b"\nSIZE = 3\n", mutate.survivors(told))
    assert (again.line, again.new) == (2, "4")
    assert (copy / "pdenet" / "sign.py").read_text() == "SIGN = -1\nSIZE = 3\n"


def test_tests_run_in_a_child_of_their_own(copy: Path) -> None:
    """In a fresh interpreter, which has no threads that a fork would lose."""
    program = f"""if True:
        import mutate, pathlib
        copy = pathlib.Path({str(copy)!r})
        module = copy / "pdenet" / "sign.py"
        for text, limit in (("SIGN = -1", 60), ("SIGN = 1", 60), ("while True: pass", 0.3)):
            module.write_text(text)
            print(mutate.run_tests(copy, ["tests/test_sign.py"], limit))
    """
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(Path(mutate.__file__).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.split("\n")[:3] == [mutate.SURVIVED, mutate.CAUGHT, mutate.TIMED_OUT], ran.stderr
