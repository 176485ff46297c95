"""The scripts that run the chapters and look at the built pages."""

import os
from pathlib import Path

import check_book
import execute_book
import nbformat
import pytest
import readme_results
from nbformat.v4 import new_code_cell, new_notebook, new_output


def write_notebook(path: Path, *sources: str) -> Path:
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_a_notebook_runs_in_its_own_folder_and_keeps_what_it_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inside").mkdir()
    path = write_notebook(
        tmp_path / "inside" / "a.ipynb", "import os", "print(os.path.basename(os.getcwd()))"
    )

    assert execute_book.main([str(tmp_path)]) == 0

    _, second = nbformat.read(path, as_version=4).cells
    assert second.execution_count == 2
    assert second.outputs[0].text == "inside\n"
    assert "execution" not in second.metadata
    assert capsys.readouterr().out.startswith("[1/1] a ...")


def test_a_failing_cell_is_shown_and_the_other_chapters_still_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = write_notebook(tmp_path / "a.ipynb", "total = 1 / 0")
    before = broken.read_bytes()
    works = write_notebook(tmp_path / "b.ipynb", "1 + 1")

    assert execute_book.main([str(tmp_path)]) == 1

    message = capfd.readouterr().err
    assert "total = 1 / 0" in message
    assert "ZeroDivisionError" in message
    assert broken.read_bytes() == before
    assert nbformat.read(works, as_version=4).cells[0].outputs[0].data["text/plain"] == "2"


def kernel_threads(folder: Path, count: int, *options: str) -> list[str]:
    """How many threads each of `count` notebooks may use."""
    paths = [
        write_notebook(folder / f"{number}.ipynb", "import os", "print(os.environ['OMP_NUM_THREADS'])")
        for number in range(count)
    ]
    assert execute_book.main([*options, *map(str, paths)]) == 0
    return [nbformat.read(path, as_version=4).cells[1].outputs[0].text.strip() for path in paths]


def test_notebooks_that_run_side_by_side_share_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert kernel_threads(tmp_path, 2) == ["3", "3"]
    assert kernel_threads(tmp_path, 2, "--jobs", "1") == ["6", "6"]
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert kernel_threads(tmp_path, 1) == ["2"]


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_jobs_that_makes_no_sense_is_refused(
    jobs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        execute_book.main(["--jobs", jobs, str(tmp_path)])
    assert "--jobs" in capsys.readouterr().err


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"nothing\.ipynb does not exist; name a notebook or a folder"
    ):
        execute_book.main([str(tmp_path / "nothing.ipynb")])


def test_editors_backups_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".ipynb_checkpoints").mkdir()
    write_notebook(tmp_path / ".ipynb_checkpoints" / "a-checkpoint.ipynb")
    path = write_notebook(tmp_path / "a.ipynb")
    assert execute_book.find_notebooks([tmp_path]) == [path]


WORDS = "<p>" + 100 * "word " + "</p>"
PICTURE = '<img alt="A line" src="picture%20of%20a%20line.png" />'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A table of contents with one chapter, and the pages built from it."""
    contents = "format: jb-book\nroot: index\nparts:\n  - chapters:\n      - file: a\n"
    (tmp_path / "_toc.yml").write_text(contents)
    (tmp_path / "index.md").write_text("# The book\n\n::::{figure} picture.png\n:alt: A line.\n::::\n")
    figure = {"mystnb": {"figure": {"caption": "It rises."}}}
    drawn = [new_output("display_data", {"image/png": ""})] * 2
    cells = [new_code_cell("draw()", outputs=drawn), new_code_cell("draw()", metadata=figure)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    (tmp_path / "picture of a line.png").write_bytes(b"png")
    for page, pictures in (("index", 1), ("a", 3)):
        (tmp_path / f"{page}.html").write_text(f"<article>{WORDS}{PICTURE * pictures}</article>")
    return tmp_path


def test_a_complete_book_passes(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_book.main(built / "_toc.yml", built) == 0
    assert "2 pages built, with 4 pictures: index, a" in capsys.readouterr().out


def test_a_film_in_the_page_counts_as_a_picture(built: Path) -> None:
    film = '<svg viewBox="0 0 9 9" role="img" aria-label="It moves."></svg>'
    (built / "a.html").write_text(f"<article>{WORDS}{PICTURE * 2}{film}</article>")
    assert check_book.main(built / "_toc.yml", built) == 0
    (built / "a.html").write_text(f"<article>{WORDS}{PICTURE * 2}{film.replace('img', 'none')}</article>")
    assert check_book.main(built / "_toc.yml", built) == 1


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (None, "a.html was not built"),
        ("<p>no article</p>", "a.html has no body"),
        ("<article><p>short</p></article>", "a.html is almost empty"),
        ("<article>see {ref}`b`</article>", "a.html shows unresolved markup: {ref}"),
        (f"<article>{WORDS}{PICTURE * 2}</article>", "a.html shows 2 pictures; its source has 3"),
        (
            f"<article>{WORDS}{PICTURE.replace('line.', 'plane.') * 3}</article>",
            "is not there: picture of a plane.png",
        ),
    ],
)
def test_a_broken_page_is_named(
    built: Path, capsys: pytest.CaptureFixture[str], page: str | None, message: str
) -> None:
    path = built / "a.html"
    path.unlink()
    if page is not None:
        path.write_text(page)
    assert check_book.main(built / "_toc.yml", built) == 1
    assert message in capsys.readouterr().err


def test_the_results_in_the_readme_are_those_of_the_records() -> None:
    assert readme_results.main(["--check"]) == 0, "run scripts/readme_results.py"
