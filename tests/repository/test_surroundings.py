"""Notebooks come out the same whatever the reader has set up for notebooks of their own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import execute_book
import matplotlib
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from surroundings import INLINE, plain_surroundings

from pdenet.page.style import use_style

ROOT = Path(__file__).parents[2]

# What the cell prints says which of the reader's settings reached it.
PROBE = """\
import sys, os, matplotlib
style = matplotlib.rcParams["lines.linewidth"], matplotlib.rcParams["font.size"]
inline = "inline" in matplotlib.get_backend()
print(sys.executable == os.environ["TESTED_PYTHON"], __debug__, inline, *style)
1
2"""
PLAIN = "True True True 1.5 10.0\n"


@pytest.fixture
def reader(tmp_path: Path) -> dict[str, str]:
    """The environment of a reader with a backend, a style, a profile and a kernel of their own."""
    files = {
        "style/matplotlibrc": "lines.linewidth: 20\nfont.size: 30\nbackend: agg\n",
        "ipython/profile_default/ipython_config.py": (
            "get_config().InteractiveShell.ast_node_interactivity = 'all'"
        ),
        "ipython/profile_default/startup/greet.py": "print('from the profile')",
        "start.py": "print('from the start-up file')",
        "jupyter/kernels/python3/kernel.json": json.dumps(
            {"argv": ["false", "{connection_file}"], "display_name": "another Python", "language": "python"}
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return {
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "start.py"),  # no folder at all
        "JUPYTER_DATA_DIR": str(tmp_path / "jupyter"),
        "JUPYTER_PATH": str(tmp_path / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "start.py" / "runtime"),
        "MATPLOTLIBRC": str(tmp_path / "style"),
        "MPLBACKEND": "agg",
        "PYTHONOPTIMIZE": "1",
        "PYTHONSTARTUP": str(tmp_path / "start.py"),
        "XDG_CONFIG_HOME": str(tmp_path / "style"),
        "TESTED_PYTHON": sys.executable,
    }


def write_probe(folder: Path) -> Path:
    path = folder / "probe.ipynb"
    folder.mkdir()
    outputs = [new_output("stream", text=PLAIN), new_output("execute_result", {"text/plain": "2"})]
    nbformat.write(new_notebook(cells=[new_code_cell(PROBE, execution_count=1, outputs=outputs)]), path)
    return path


def test_a_notebook_that_is_run_sees_nothing_of_the_readers(
    tmp_path: Path, reader: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_probe(tmp_path / "book")
    for name, value in reader.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)

    assert execute_book.main([str(path)]) == 0

    printed, result = nbformat.read(path, as_version=4).cells[0].outputs
    assert (printed.text, result.data["text/plain"]) == (PLAIN, "2")
    assert dict(os.environ) == before


def test_a_notebook_that_is_compared_sees_nothing_of_the_readers(
    tmp_path: Path, reader: dict[str, str]
) -> None:
    path = write_probe(tmp_path / "book")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    # pytest itself needs its assertions, and `make` keeps them.
    environment = {name: value for name, value in (os.environ | reader).items() if name != "PYTHONOPTIMIZE"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    options = [
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(tmp_path),
        "--nbval",
        "--nbval-current-env",
    ]
    done = subprocess.run(
        [*command, *options, str(path)],
        env=environment | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_kernels_have_a_folder_of_their_own_and_it_is_gone_afterwards(
    reader: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in reader.items():
        monkeypatch.setenv(name, value)
    with plain_surroundings():
        inside = dict(os.environ)
        folder = Path(inside["IPYTHONDIR"]).parent
        assert Path(inside["MATPLOTLIBRC"]).read_text() == ""
        assert "startup" not in "".join(os.listdir(folder / "ipython" / "profile_default" / "startup"))
    assert inside["MPLBACKEND"] == INLINE
    assert not folder.exists()
    assert {"PYTHONSTARTUP", "PYTHONOPTIMIZE", "JUPYTER_PATH"}.isdisjoint(inside)
    assert os.environ["MPLBACKEND"] == "agg"


def test_a_cell_with_a_caption_that_draws_nothing_fails_and_the_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ipynb"
    cell = new_code_cell("1 + 1", metadata={"mystnb": {"figure": {"caption": "It rises."}}})
    nbformat.write(new_notebook(cells=[cell]), path)
    before = path.read_bytes()

    assert execute_book.main([str(path)]) == 1

    assert "no picture below '1 + 1', where a caption promises one" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_books_style_undoes_what_a_matplotlibrc_has_set() -> None:
    with matplotlib.rc_context({"lines.linestyle": ":", "axes.titleweight": "bold", "xtick.labelsize": 30}):
        use_style()
        assert matplotlib.rcParams["axes.titleweight"] == matplotlib.rcParamsDefault["axes.titleweight"]
        assert matplotlib.rcParams["xtick.labelsize"] == matplotlib.rcParamsDefault["xtick.labelsize"]
        assert matplotlib.rcParams["figure.facecolor"] == "none"
