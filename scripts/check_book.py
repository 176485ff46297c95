"""After a build: every page of the table of contents is there, has a body, and shows no unresolved markup.

python scripts/check_book.py _toc.yml _build/html
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

LEAST = 400  # characters of text in the body of a page that is not empty
UNRESOLVED = re.compile(r"system-message|\?\?|\{(?:ref|eq|numref|term|(?:cite|glue)(?::\w+)?)\}`")


def problem(page: Path) -> str | None:
    """What is wrong with a built page, or None."""
    if not page.is_file():
        return "was not built"
    article = re.search(r"<article.*?</article>", page.read_text(encoding="utf-8"), re.DOTALL)
    if article is None:
        return "has no body"
    body = re.sub(r"<(script|pre)\b.*?</\1>", "", article[0], flags=re.DOTALL)
    if found := UNRESOLVED.search(body):
        return f"shows unresolved markup: {found[0]}"
    text = re.sub(r"(<[^>]+>|\s)+", " ", body)
    return None if len(text) >= LEAST else f"is almost empty: {len(text)} characters"


def main(toc: Path, html: Path) -> int:
    contents = yaml.safe_load(toc.read_text(encoding="utf-8"))
    pages = [
        contents["root"],
        *(chapter["file"] for part in contents["parts"] for chapter in part["chapters"]),
    ]
    problems = {page: found for page in pages if (found := problem(html / f"{page}.html"))}
    if not (html / "index.html").is_file():
        problems["index"] = "was not built"
    for page, found in problems.items():
        print(f"{page}.html {found}", file=sys.stderr)
    if not problems:
        print(f"{len(pages)} pages built: {', '.join(pages)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
