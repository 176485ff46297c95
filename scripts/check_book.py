"""After a build: every page of the table of contents is there, has a body, its pictures, and no raw markup.

How many pictures a page has, its source says, which lies beside the table of contents.

python scripts/check_book.py _toc.yml _build/html
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

import nbformat
import yaml

LEAST = 400  # characters of text in the body of a page that is not empty
DRAWN = re.compile(r'<svg\b[^>]*?\srole="img"')  # a film, of which the notebook stores a picture too
UNRESOLVED = re.compile(r"system-message|\?\?|\{(?:ref|eq|numref|term|(?:cite|glue)(?::\w+)?)\}`")


def pictures(source: Path) -> int:
    """How many pictures a page has: a notebook stores them or has their captions, a text includes them."""
    if (text := source.with_suffix(".md")).is_file():
        return len(re.findall(r"^:::+\{figure\}", text.read_text(encoding="utf-8"), re.MULTILINE))
    count = 0
    for cell in nbformat.read(source.with_suffix(".ipynb"), as_version=4).cells:
        stored = sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        count += max(stored, "figure" in cell.metadata.get("mystnb", {}))
    return count


def problem(page: Path, least: int = 0) -> str | None:
    """What is wrong with a built page that shows at least so many pictures, or None."""
    if not page.is_file():
        return "was not built"
    article = re.search(r"<article.*?</article>", page.read_text(encoding="utf-8"), re.DOTALL)
    if article is None:
        return "has no body"
    body = re.sub(r"<(script|pre)\b.*?</\1>", "", article[0], flags=re.DOTALL)
    if found := UNRESOLVED.search(body):
        return f"shows unresolved markup: {found[0]}"
    text = re.sub(r"(<[^>]+>|\s)+", " ", body)
    if len(text) < LEAST:
        return f"is almost empty: {len(text)} characters"
    return missing_picture(page, body, least)


def missing_picture(page: Path, body: str, least: int) -> str | None:
    """What is wrong with the pictures of a page's body, or None."""
    shown = [page.parent / unquote(name) for name in re.findall(r"<img\b[^>]*?\ssrc=\"([^\"]+)\"", body)]
    if lost := [file.name for file in shown if not file.is_file() or not file.stat().st_size]:
        return f"shows a picture that is not there: {lost[0]}"
    count = len(shown) + len(DRAWN.findall(body))
    if count < least:
        return f"shows {count} pictures; its source has {least}"
    return None


def main(toc: Path, html: Path) -> int:
    contents = yaml.safe_load(toc.read_text(encoding="utf-8"))
    pages = [
        contents["root"],
        *(chapter["file"] for part in contents["parts"] for chapter in part["chapters"]),
    ]
    counts = {page: pictures(toc.parent / page) for page in pages}
    problems = {page: found for page in pages if (found := problem(html / f"{page}.html", counts[page]))}
    if not (html / "index.html").is_file():
        problems["index"] = "was not built"
    for page, found in problems.items():
        print(f"{page}.html {found}", file=sys.stderr)
    if not problems:
        print(f"{len(pages)} pages built, with {sum(counts.values())} pictures: {', '.join(pages)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
