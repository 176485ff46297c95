"""What every notebook of the book keeps to, as far as a machine can see it."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
import yaml
from execute_book import normalise
from helpers.numbering import numbering
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(p for p in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
PAGES = sorted([*NOTEBOOKS, *BOOK.rglob("*.md")])

LARGEST_NOTEBOOK = 500_000  # bytes
LARGEST_IMAGE = 150_000
SHORTEST_ALT = 30  # characters
COMPARED_SHARE = 0.6  # of the code cells, by nbval
# The versions of the lock, then the checkout; never a package by name.
INSTALL = re.compile(
    r"^ *%pip install -q --require-hashes -r (\.\.(?:/\.\.)*)/requirements\.lock\n"
    r" *%pip install -q --no-deps --no-build-isolation \1$",
    re.MULTILINE,
)
NBVAL_TAGS = {"nbval-ignore-output", "nbval-check-output", "nbval-raises-exception", "raises-exception"}
IMAGES = ("image/png", "image/jpeg", "image/svg+xml")


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> str:
    """The Markdown cells, without what stands in code blocks and code spans."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(r"^(```+).*?^\1|``.+?``|(?<!\})`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)


def output_texts(notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook):
        for output in cell.outputs:
            yield output.get("text", "")
            yield from (str(value) for mime, value in output.get("data", {}).items() if mime not in IMAGES)


# Each rule yields what is wrong with a notebook.


def counts(notebook: NotebookNode) -> Iterator[str]:
    found = [cell.execution_count for cell in code_cells(notebook)]
    if found != list(range(1, len(found) + 1)):
        yield f"cells have the counts {found}, not 1 to {len(found)}: nbval compares nothing without them"


def errors(notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook):
        wanted = tags(cell) & {"raises-exception", "nbval-raises-exception"}
        if not wanted and any(output.output_type == "error" for output in cell.outputs):
            yield f"stores an error below {cell.source[:60]!r}"


def metadata(notebook: NotebookNode) -> Iterator[str]:
    if normalise(notebook) != notebook:
        yield "carries metadata of an editor or a run; `make outputs` removes it"


def alternative_text(notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook):
        if not any(mime in output.get("data", {}) for output in cell.outputs for mime in IMAGES):
            continue
        mystnb = cell.metadata.get("mystnb", {})
        figure = mystnb.get("figure", {})
        if len(mystnb.get("image", {}).get("alt", "")) < SHORTEST_ALT:
            yield f"has a picture without alternative text below {cell.source[:60]!r}"
        if not figure.get("caption") or not figure.get("name", "").startswith("fig:"):
            yield f"has a picture without caption or name (fig:...) below {cell.source[:60]!r}"


def tables(notebook: NotebookNode) -> Iterator[str]:
    """What code prints as Markdown is read without tables unless the cell asks for MyST."""
    for cell in code_cells(notebook):
        texts = [output.get("data", {}).get("text/markdown", "") for output in cell.outputs]
        table = any(re.search(r"^\| ?:?-", text, re.MULTILINE) for text in texts)
        if table and cell.metadata.get("mystnb", {}).get("markdown_format") != "myst":
            yield f"prints a table that needs markdown_format: myst below {cell.source[:60]!r}"


def headings(notebook: NotebookNode) -> Iterator[str]:
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose(notebook), re.MULTILINE)]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield f"must start with its one title of level 1; the levels are {levels}"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"goes from a heading of level {above} to one of level {below}"


def label(notebook: NotebookNode) -> Iterator[str]:
    if not re.match(r"\(ch:[\w-]+\)=\n# \S", notebook.cells[0].source):
        yield "must start with a label and a title: (ch:name)= and # Title"


def guards(notebook: NotebookNode) -> Iterator[str]:
    last = code_cells(notebook)[-1]
    if not {"guard", "hide-input"} <= tags(last) or tags(last) & NBVAL_TAGS:
        yield "must end in a code cell with the tags guard and hide-input and no other rule for nbval"
    if "assert " not in last.source:
        yield "has guards that assert nothing"


def comparison(notebook: NotebookNode) -> Iterator[str]:
    cells = code_cells(notebook)
    for cell in cells:
        unknown = {tag for tag in tags(cell) if "nbval" in tag.lower()} - NBVAL_TAGS
        if unknown:
            yield f"has the tags {sorted(unknown)}, which nbval does not know or which skip a cell"
        if re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source):
            yield "talks to nbval in a comment, which readers see; use tags"
    compared = [cell for cell in cells if "nbval-ignore-output" not in tags(cell)]
    if len(compared) < COMPARED_SHARE * len(cells):
        yield f"has {len(compared)} of {len(cells)} cells compared; {COMPARED_SHARE:.0%} must be"


def installation(notebook: NotebookNode) -> Iterator[str]:
    first, *others = code_cells(notebook)
    if "remove-cell" not in tags(first) or not INSTALL.search(first.source):
        yield "must have a first code cell, tag remove-cell, that installs the package where it is missing"
    if any(re.search(r"^\s*[%!]\s*(pip|conda)\b", cell.source, re.MULTILINE) for cell in others):
        yield "installs something outside its first code cell"


def machine(notebook: NotebookNode) -> Iterator[str]:
    for text in output_texts(notebook):
        if found := re.search(
            r"\bat 0x[0-9a-f]+|(?<![\w.:/])/(home|root|Users|tmp|work)/(?!ipykernel_)\S+", text
        ):
            yield f"prints what belongs to one machine: {found[0]!r}"


def sizes(notebook: NotebookNode) -> Iterator[str]:
    if (size := len(json.dumps(notebook))) > LARGEST_NOTEBOOK:
        yield f"has {size} bytes; at most {LARGEST_NOTEBOOK} are allowed"
    for cell in code_cells(notebook):
        for output in cell.outputs:
            image = base64.b64decode(output.get("data", {}).get("image/png", ""))
            if len(image) > LARGEST_IMAGE:
                yield f"has a picture of {len(image)} bytes, over {LARGEST_IMAGE}, below {cell.source[:60]!r}"


def equations(notebook: NotebookNode) -> Iterator[str]:
    yield from numbering(prose(notebook))


RULES: tuple[Callable[[NotebookNode], Iterator[str]], ...] = (
    counts,
    errors,
    metadata,
    alternative_text,
    tables,
    headings,
    label,
    guards,
    comparison,
    installation,
    machine,
    sizes,
    equations,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path: Path, rule: Callable[[NotebookNode], Iterator[str]]) -> None:
    assert not list(rule(nbformat.read(path, as_version=4)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_installs_the_checkout_it_lies_in(path: Path) -> None:
    found = INSTALL.search(code_cells(nbformat.read(path, as_version=4))[0].source)
    assert found is not None
    assert (path.parent / found[1]).resolve() == ROOT


@pytest.mark.parametrize("path", sorted(BOOK.rglob("*.md")), ids=lambda path: path.stem)
def test_the_equations_of_a_page_carry_their_numbers(path: Path) -> None:
    assert not list(numbering(path.read_text(encoding="utf-8")))


def test_no_two_pages_have_an_equation_of_one_name() -> None:
    """A link goes to one of them, whichever page was built first."""
    texts = {path: prose(nbformat.read(path, as_version=4)) for path in NOTEBOOKS}
    texts |= {path: path.read_text(encoding="utf-8") for path in BOOK.rglob("*.md")}
    pages: dict[str, list[str]] = {}
    for path, text in texts.items():
        for name in re.findall(r"^\(eq:([^)]+)\)=", text, re.MULTILINE):
            pages.setdefault(name, []).append(path.stem)
    assert pages["1"] == ["introduction"]
    assert {name: found for name, found in pages.items() if len(found) > 1} == {}


def test_the_table_of_contents_lists_every_page_once() -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]
    assert sorted(listed) == sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in PAGES)


# The rules, tried on a notebook that keeps all of them and on one defect at a time.


INSTALLATION = """\
try:
    import pdenet  # noqa: F401
except ModuleNotFoundError:
    %pip install -q --require-hashes -r ../requirements.lock
    %pip install -q --no-deps --no-build-isolation .."""


def good_notebook() -> NotebookNode:
    picture = new_output("display_data", {"image/png": base64.b64encode(b"png").decode()})
    notebook = new_notebook(
        cells=[
            new_markdown_cell(
                "(ch:a)=\n# A\n\nBy [(1)](#eq:1).\n\n(eq:1)=\n$$\na = b \\tag{1}\n$$\n\n## B\n\n### C"
            ),
            new_code_cell(INSTALLATION),
            new_code_cell("draw();", outputs=[picture]),
            new_code_cell("print(1)", outputs=[new_output("stream", text="1\n")]),
            new_code_cell("assert True"),
        ]
    )
    _, install, draw, _, guard = notebook.cells
    install.metadata["tags"] = ["remove-cell"]
    guard.metadata["tags"] = ["guard", "hide-input"]
    alt = "A line that rises from the lower left to the upper right."
    draw.metadata["mystnb"] = {"figure": {"caption": "It rises.", "name": "fig:a"}, "image": {"alt": alt}}
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
    return normalise(notebook)


def forget_count(notebook: NotebookNode) -> None:
    notebook.cells[2].execution_count = None


def store_error(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs = [new_output("error", ename="E", evalue="", traceback=[])]


def add_timing(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["execution"] = {"iopub.execute_input": "2026-01-01"}


def add_editor(notebook: NotebookNode) -> None:
    notebook.metadata["vscode"] = {}


def drop_alt(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["mystnb"] = {"figure": {"caption": "It rises.", "name": "fig:a"}}


def drop_caption(notebook: NotebookNode) -> None:
    del notebook.cells[2].metadata["mystnb"]["figure"]


def print_table(notebook: NotebookNode) -> None:
    table = {"text/markdown": "one\n\n| a |\n| ---: |\n| 1 |"}
    notebook.cells[3].outputs = [new_output("display_data", table)]


def skip_heading_level(notebook: NotebookNode) -> None:
    notebook.cells[0].source += "\n\n##### D"


def add_title(notebook: NotebookNode) -> None:
    notebook.cells[0].source += "\n\n# D"


def drop_label(notebook: NotebookNode) -> None:
    notebook.cells[0].source = notebook.cells[0].source.removeprefix("(ch:a)=\n")


def drop_guard(notebook: NotebookNode) -> None:
    notebook.cells.pop()


def empty_guard(notebook: NotebookNode) -> None:
    notebook.cells[-1].source = "pass"


def misspell_tag(notebook: NotebookNode) -> None:
    notebook.cells[3].metadata["tags"] = ["nbval-ignore-outputs"]


def skip_cell(notebook: NotebookNode) -> None:
    notebook.cells[3].metadata["tags"] = ["nbval-skip"]


def comment_to_nbval(notebook: NotebookNode) -> None:
    notebook.cells[3].source = "# NBVAL_IGNORE_OUTPUT\nprint(1)"


def ignore_most(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook)[:2]:
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "nbval-ignore-output"]


def install_late(notebook: NotebookNode) -> None:
    notebook.cells[3].source = "%pip install x"


def install_by_name(notebook: NotebookNode) -> None:
    notebook.cells[1].source = notebook.cells[1].source.replace("isolation ..", "isolation pdenet")


def install_newest(notebook: NotebookNode) -> None:
    notebook.cells[1].source = notebook.cells[1].source.replace("--no-deps --no-build-isolation ", "")


def print_address(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].text = "<object at 0x7f00deadbeef>"


def print_home(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].text = "/".join(("", "home", "me", "x"))


def add_bulk(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].text = "x" * LARGEST_NOTEBOOK


def add_large_picture(notebook: NotebookNode) -> None:
    notebook.cells[2].outputs[0].data["image/png"] = base64.b64encode(bytes(LARGEST_IMAGE + 1)).decode()


def replace(old: str, new: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        assert old in notebook.cells[0].source
        notebook.cells[0].source = notebook.cells[0].source.replace(old, new)

    change.__name__ = f"write {new}"
    return change


DEFECTS: tuple[tuple[Callable[[NotebookNode], Iterator[str]], Callable[[NotebookNode], None]], ...] = (
    (counts, forget_count),
    (errors, store_error),
    (metadata, add_timing),
    (metadata, add_editor),
    (alternative_text, drop_alt),
    (alternative_text, drop_caption),
    (tables, print_table),
    (headings, skip_heading_level),
    (headings, add_title),
    (label, drop_label),
    (guards, drop_guard),
    (guards, empty_guard),
    (comparison, misspell_tag),
    (comparison, skip_cell),
    (comparison, comment_to_nbval),
    (comparison, ignore_most),
    (installation, install_late),
    (installation, install_by_name),
    (installation, install_newest),
    (machine, print_address),
    (machine, print_home),
    (sizes, add_bulk),
    (sizes, add_large_picture),
    (equations, replace(r"\tag{1}", r"\tag{2}")),
    (equations, replace(r" \tag{1}", "")),
    (equations, replace("(eq:1)=\n", "")),
    (equations, replace("[(1)]", "[(2)]")),
    (equations, replace("$$\n\n##", "$$ (one)\n\n##")),
    (equations, replace("a = b", r"a = b \\")),
    (equations, replace(r"a = b \tag{1}", "\\begin{aligned}\na = b \\tag{1}\n\\end{aligned}")),
    (equations, replace("## B", ":::{math}\n:label: a\nb\n:::\n\n## B")),
    (equations, replace("## B", "\\begin{align}\na\n\\end{align}\n\n## B")),
)


def test_a_good_notebook_breaks_no_rule() -> None:
    assert not [message for rule in RULES for message in rule(good_notebook())]


def labels(notebook: NotebookNode) -> list[str]:
    """What other pages can point to: of sections and equations, of exercises and claims, of figures."""
    text = prose(notebook)
    found = re.findall(r"^\((\S+)\)=$|^:(?:label|name): (\S+)$", text, re.MULTILINE)
    figures = (cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in notebook.cells)
    return [*(one or other for one, other in found), *filter(None, figures)]


def test_no_label_stands_twice_in_the_book() -> None:
    """Sphinx drops the second exercise of a label, and links to it lead to the first."""
    found = [one for path in NOTEBOOKS for one in labels(nbformat.read(path, as_version=4))]
    assert len(found) > 100
    assert sorted({one for one in found if found.count(one) > 1}) == []


def test_labels_of_every_kind_are_found() -> None:
    text = "(eq:A1)=\n$$\na\n$$\n\n:::{exercise} B\n:label: ex:b\n\nb\n:::"
    cells = [new_markdown_cell(text), new_code_cell("1", metadata={"mystnb": {"figure": {"name": "fig:c"}}})]
    assert labels(new_notebook(cells=cells)) == ["eq:A1", "ex:b", "fig:c"]


@pytest.mark.parametrize(("rule", "defect"), DEFECTS, ids=lambda function: function.__name__)
def test_a_defect_breaks_its_rule(
    rule: Callable[[NotebookNode], Iterator[str]], defect: Callable[[NotebookNode], None]
) -> None:
    notebook = good_notebook()
    defect(notebook)
    assert list(rule(notebook))


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in DEFECTS} == set(RULES)
