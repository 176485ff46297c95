"""How threads wait, and how many there are where tests and notebooks run side by side."""

import json
import os
import subprocess
import sys

import pytest

from pdenet import BRIEFLY, wait_briefly

NAMES = ("OMP_WAIT_POLICY", *BRIEFLY)


def environment_after(program: str, **settings: str) -> dict[str, str]:
    """What a new process, in which nobody set how threads wait but `settings`, has in its environment."""
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    program += "; import json, os; print(json.dumps(dict(os.environ)))"
    done = subprocess.run(
        [sys.executable, "-c", program], env=clean | settings, capture_output=True, text=True, check=True
    )
    return {name: value for name, value in json.loads(done.stdout).items() if name in NAMES}


def test_importing_the_package_asks_for_short_waits_before_torch_is_there() -> None:
    assert environment_after("import sys, pdenet; assert 'torch' not in sys.modules") == BRIEFLY


def test_the_runtime_that_torch_loads_reads_what_was_asked_for() -> None:
    """GCC's runtime, asked to, prints its settings when it loads; others print theirs, without this one."""
    done = subprocess.run(
        [sys.executable, "-c", "import pdenet, torch"],
        env={name: value for name, value in os.environ.items() if name not in NAMES}
        | {"OMP_DISPLAY_ENV": "VERBOSE"},
        capture_output=True,
        text=True,
        check=True,
    )
    if "GOMP_SPINCOUNT" not in done.stderr:
        pytest.skip("torch does not use GCC's OpenMP here")
    assert f"GOMP_SPINCOUNT = '{BRIEFLY['GOMP_SPINCOUNT']}'" in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_set_stays_and_nothing_is_added(name: str) -> None:
    assert environment_after("import pdenet", **{name: "7"}) == {name: "7"}


def test_other_variables_stay() -> None:
    environment = {"OMP_NUM_THREADS": "3"}
    wait_briefly(environment)
    assert environment == {"OMP_NUM_THREADS": "3", **BRIEFLY}
