"""Named assertions in the guards of the book's pages: without them a page does not build."""

import ast
import json
import re
from pathlib import Path

_LABEL = re.compile(r"^\(ch:([\w-]+)\)=$", re.MULTILINE)
_COMMENT = re.compile(r"#\s*guards?\s*:.*")
_NAME = re.compile(r"# guard: ([a-z0-9]+(?:-[a-z0-9]+)*)")


def guards_of(folder: Path) -> dict[str, dict[str, str]]:
    """The named guards of all pages in a folder and below: page -> name -> the assertion.

    A page is called by its label, without ``ch:``: that is what links use. Copies that a build or an editor
    keeps, in folders that start with an underscore or a dot, are no pages.

    Raises
    ------
    ValueError
        If two pages have one label, or what `named_guards` refuses.
    """
    found: dict[str, dict[str, str]] = {}
    for page in sorted(folder.rglob("*.ipynb")):
        if any(part.startswith(("_", ".")) for part in page.relative_to(folder).parts):
            continue
        cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
        labels = [
            label
            for cell in cells
            if cell["cell_type"] == "markdown"
            for label in _LABEL.findall("".join(cell["source"]))
        ]
        if not labels:
            continue
        if labels[0] in found:
            message = f"{page.name}: another page has the label ch:{labels[0]} too; labels must be unique"
            raise ValueError(message)
        code = [
            "".join(cell["source"]) for cell in cells if "guard" in cell.get("metadata", {}).get("tags", [])
        ]
        found[labels[0]] = named_guards("\n".join(code), labels[0])
    return found


def named_guards(code: str, page: str) -> dict[str, str]:
    """The assertions that have a name, by it: ``# guard: name`` on the line above makes one.

    Parameters
    ----------
    code
        Of the page's guards.
    page
        What to call the page in errors.

    Raises
    ------
    ValueError
        If below a name there is no assertion that always runs, a name is not of lower-case words joined by
        hyphens, or two assertions have one name.
    """
    assertions = {node.lineno: node for node in ast.parse(code).body if isinstance(node, ast.Assert)}
    found: dict[str, str] = {}
    for number, line in enumerate(code.splitlines(), start=1):
        if not _COMMENT.fullmatch(line.strip()):
            continue
        name = _NAME.fullmatch(line)
        if not name:
            message = f"{page}: {line!r} names no guard; write '# guard: two-words', not indented"
            raise ValueError(message)
        if number + 1 not in assertions:
            message = (
                f"{page}: below '{line}' there is no assertion that always runs; "
                "put the comment on the line above one that is not indented"
            )
            raise ValueError(message)
        if name[1] in found:
            message = f"{page}: two guards are called {name[1]!r}; names must be unique on a page"
            raise ValueError(message)
        found[name[1]] = ast.get_source_segment(code, assertions[number + 1]) or ""
    return found
