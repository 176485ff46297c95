"""Change one number, sign or bound of the package at a time and see whether the tests of its file notice.

python scripts/mutate.py pdenet/runs --each 10
python scripts/mutate.py pdenet/runs/intervals.py --each 1000 > alive.txt
python scripts/mutate.py --again alive.txt

Each module gets the tests of its mirror, tests/<room>/test_<file>.py, those that `TESTS` names for it, the
bounds of its room, and the `PINS`. All happens in a copy of the working tree. A mutant that no test notices
is printed with its place: it gets a test, or a line with a reason in tests/survivors.md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.util import cache_from_source
from pathlib import Path

from mutants import Mutant, mutants

ROOT = Path(__file__).parents[1]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache")
PINS = ("repository/test_defaults.py", "subjects/test_printed.py")
# Records that ship are found by what an arm says of itself: they pin its numbers.
RECORDS = ("subjects/test_catalogue.py", "audit/test_scorecard.py")
COMPILED = ("pdenet/ops/fused/", "pdenet/ops/pick.py")
LEAST = 20.0  # seconds that a mutant gets at least; else some times what the tests take without it
PATIENCE = 5
SLOW_IMPORTS = ("torch", "sympy", "numba", "scipy.stats", "sklearn.datasets", "matplotlib.pyplot", "typer")
CAUGHT, SURVIVED, TIMED_OUT = "caught", "survived", "timed out"
Choice = Callable[[str, bytes], list[Mutant]]  # from a module and its source to the mutants that are tried

TESTS: dict[str, tuple[str, ...]] = {
    "pdenet/checks/places.py": ("checks/test_words.py",),
    "pdenet/cli/options.py": ("cli/test_cli.py", "cli/test_train.py"),
    "pdenet/cli/reports.py": ("cli/test_cli.py", "cli/test_run.py"),
    "pdenet/cli/reproduce.py": ("cli/test_cli.py",),
    "pdenet/cli/work.py": ("cli/test_run.py",),
    "pdenet/models/flow.py": ("ops/ode/test_solve.py", "subjects/ode_mnist/test_networks.py"),
    "pdenet/models/measures/memory.py": ("subjects/adjoint/test_measures.py",),
    "pdenet/models/stencil_field.py": ("ops/ode/test_solve.py", "ops/ode/test_reversible.py"),
    "pdenet/ops/fused/cpu.py": ("ops/test_stack.py", "ops/test_variants.py"),
    "pdenet/ops/fused/lanes.py": ("ops/test_stack.py", "ops/test_variants.py"),
    "pdenet/ops/fused/simd.py": ("ops/test_stack.py", "ops/test_variants.py"),
    "pdenet/ops/obstacle.py": ("symbolic/test_growth.py",),
    "pdenet/ops/ode/dense.py": ("subjects/irregular/test_system.py", "subjects/test_catalogue.py"),
    "pdenet/ops/ode/solvers.py": ("ops/ode/test_solve.py",),
    "pdenet/ops/quotient.py": ("symbolic/test_converse.py",),
    "pdenet/ops/seeding.py": ("ops/test_streams.py", "models/test_residual_net.py"),
    "pdenet/runs/arm.py": ("runs/test_network_arm.py", "runs/test_experiment.py"),
    "pdenet/runs/shown.py": ("runs/test_network_arm.py", "runs/test_experiment.py"),
    "pdenet/subjects/mechanism/experiment.py": ("subjects/mechanism/test_claims.py",),
    "pdenet/subjects/ode_mnist/experiment.py": ("subjects/ode_mnist/test_arms.py",),
    "pdenet/subjects/ode_mnist/settings.py": (
        "subjects/ode_mnist/test_arms.py",
        "subjects/ode_mnist/test_claims.py",
    ),
    "pdenet/subjects/performance/figures.py": ("subjects/performance/test_report.py",),
    "pdenet/subjects/remedies/claims.py": ("subjects/remedies/test_experiment.py",),
    "pdenet/symbolic/action.py": ("symbolic/test_propagator.py",),
    "pdenet/symbolic/arguments.py": ("symbolic/test_propagator.py", "symbolic/test_states.py"),
    "pdenet/symbolic/differences.py": ("symbolic/test_stencil.py",),
    "pdenet/symbolic/display.py": ("symbolic/test_terms.py", "symbolic/test_stencil.py"),
    "pdenet/symbolic/named.py": ("symbolic/test_equation.py", "symbolic/test_stencil.py"),
    "pdenet/symbolic/parsing.py": ("symbolic/test_terms.py", "symbolic/test_equation.py"),
}
"""Tests of modules whose mirror is missing, or does not see all, relative to `tests`."""


def tests_of(module: str, root: Path) -> list[str]:
    """The test files that answer for a module, both relative to the root; a folder's where it has no file."""
    path = Path("tests") / Path(module).relative_to("pdenet")
    mirror = path.with_name(f"test_{path.name}")
    named = [f"tests/{name}" for name in TESTS.get(module, ())]
    if (root / mirror).is_file():
        named.insert(0, mirror.as_posix())
    if not named:
        named = [
            found.relative_to(root).as_posix() for found in sorted((root / path.parent).glob("test_*.py"))
        ]
    room = path.parts[1]
    pins = (f"{room}/test_bounds.py", *PINS, *(RECORDS if room == "subjects" else ()))
    named += [f"tests/{name}" for name in pins if (root / "tests" / name).is_file()]
    return list(dict.fromkeys(named))


def run_tests(copy: Path, tests: list[str], limit: float, *, keep_bytecode: bool = False) -> str:
    """What becomes of the tests in a copy of the tree, in a child that has imported what is slow.

    Bytecode is told apart by the second and the length of its source, in which mutants are alike: only that
    of unchanged sources is kept.
    """
    child = os.fork()
    if not child:
        code = 3
        try:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            sys.dont_write_bytecode = not keep_bytecode
            os.environ["PYTHONDONTWRITEBYTECODE"] = "" if keep_bytecode else "1"
            os.chdir(copy)
            with Path(os.devnull).open("r+") as nowhere:
                for stream in (0, 1, 2):
                    os.dup2(nowhere.fileno(), stream)
            sys.path[:0] = [str(copy)]
            import pytest

            code = pytest.main([*tests, "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"])
        finally:
            os._exit(int(code))  # without what a parent would do at exit
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SURVIVED if status == 0 else CAUGHT
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


def drawn(module: str, source: bytes, each: int, seed: int) -> list[Mutant]:
    """So many mutants of a module, the same ones for one seed, in the order of its lines."""
    found = mutants(source)
    chosen = random.Random(f"{seed} {module}").sample(range(len(found)), min(each, len(found)))
    return [found[place] for place in sorted(chosen)]


def survivors(told: str) -> dict[str, set[str]]:
    """What an earlier run printed as not caught: module -> mutants."""
    found: dict[str, set[str]] = {}
    for line in told.splitlines():
        if line.endswith((f"({SURVIVED})", f"({TIMED_OUT})")):
            module, _, mutant = line.rpartition(" (")[0].partition(":")
            found.setdefault(module, set()).add(mutant)
    return found


def still_there(module: str, source: bytes, alive: dict[str, set[str]]) -> list[Mutant]:
    """The mutants of a module that an earlier run told as alive, where its lines have not moved."""
    return [mutant for mutant in mutants(source) if str(mutant) in alive[module]]


def mutate(copy: Path, module: str, choose: Choice) -> Counter[str]:
    """Try chosen mutants of a module; how many were caught, survived and ran out of time."""
    path, tests = copy / module, tests_of(module, copy)
    source = path.read_bytes()
    chosen = choose(module, source)
    counts: Counter[str] = Counter()
    if not chosen:
        return counts
    start = time.monotonic()
    if run_tests(copy, tests, 600.0, keep_bytecode=True) != SURVIVED:
        print(f"{module}: its tests fail without a change: {' '.join(tests)}", flush=True)
        return Counter({"without tests": len(chosen)})
    limit = max(LEAST, PATIENCE * (time.monotonic() - start))
    Path(cache_from_source(str(path))).unlink(missing_ok=True)
    for mutant in chosen:
        path.write_bytes(mutant.applied(source))
        if module.startswith(COMPILED):
            for machine_code in copy.rglob(
                "*.nbi"
            ):  # numba looks at the file of a loop, not at what it calls
                machine_code.unlink()
        outcome = run_tests(copy, tests, limit)
        counts[outcome] += 1
        if outcome != CAUGHT:
            print(f"{module}:{mutant} ({outcome})", flush=True)
    path.write_bytes(source)
    print(f"{module}: {told(counts)}", flush=True)
    return counts


def told(counts: Counter[str]) -> str:
    return f"{counts.total()} drawn, " + ", ".join(
        f"{counts[outcome]} {outcome}" for outcome in (CAUGHT, SURVIVED, TIMED_OUT)
    )


def modules_of(paths: list[Path]) -> list[str]:
    """The modules among paths and in folders, relative to the root, without the first files of folders."""
    found = []
    for path in paths:
        inside = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        found += [module for module in inside if path.is_file() or module.name != "__init__.py"]
    return [module.resolve().relative_to(ROOT).as_posix() for module in found]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / "pdenet"], metavar="MODULE_OR_FOLDER")
    parser.add_argument("--each", type=int, default=5, metavar="N", help="mutants a module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--again",
        type=Path,
        metavar="FILE",
        help="only what FILE, the output of an earlier run, tells as alive",
    )
    given = parser.parse_args(arguments)
    modules = modules_of(given.paths)
    choose: Choice = partial(drawn, each=given.each, seed=given.seed)
    if given.again is not None:
        alive = survivors(given.again.read_text(encoding="utf-8"))
        modules, choose = list(alive), partial(still_there, alive=alive)
    os.environ["PYTHONDONTWRITEBYTECODE"] = (
        "1"  # bytecode is told apart by second and length, mutants are not
    )
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the copy is removed
    for name in SLOW_IMPORTS:
        __import__(name)
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        os.environ["PYTHONPATH"] = str(copy)
        for module in modules:
            total += mutate(copy, module, choose)
    print(f"all: {told(total)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
