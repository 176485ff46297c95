"""How equations of a page carry their numbers: the thesis's, as tag and label, and no others."""

import re
from collections.abc import Iterator


def numbering(text: str) -> Iterator[str]:
    """What is wrong with the numbers of a page's equations."""
    blocks = re.findall(
        r"^\(eq:([^)]+)\)=\n+(\$\$|\\begin\{\w+\*\})?(.*?)(?:\n\n|\Z)", text, re.DOTALL | re.MULTILINE
    )
    for name, opening, formula in blocks:
        if not opening or rf"\tag{{{name}}}" not in formula:
            yield rf"labels eq:{name} what is not an equation with \tag{{{name}}}"
        if opening == "$$" and r"\\" in formula:
            yield f"breaks a line in ({name}) between $$, where no tag is allowed; use equation* or align*"
    for inner in re.findall(
        r"\\begin\{(aligned|gathered|cases)\}(?:(?!\\end\{\1\}).)*?\\tag", text, re.DOTALL
    ):
        yield rf"has a \tag inside {inner}, where a browser refuses it; put it behind \end{{{inner}}}"
    for name in re.findall(r"\\tag\{([^}]+)\}", text):
        if f"(eq:{name})=" not in text:
            yield f"has an equation ({name}) without its label (eq:{name})="
    for shown, name in re.findall(r"\[\(([^)\]]+)\)\]\(#eq:([^)]+)\)", text):
        if shown != name:
            yield f"links the text ({shown}) to equation ({name})"
    counted = r"\$\$[ \t]*\([\w:-]+\)[ \t]*$|\{math\}\n:label:|^\\begin\{(equation|align|gather|multline)\}"
    if re.search(counted, text, re.MULTILINE):
        yield "has an equation that Sphinx would number by itself"
