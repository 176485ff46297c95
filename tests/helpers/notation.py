"""The conventions of the page on notation, as far as a machine sees that a text breaks them."""

import re
from collections.abc import Iterator

_KERNEL = r"(?:\\Omega|\\check w|[KfwG])(?:_\{?\w+\}?|\^\{?\w+\}?|')?"
_SYMBOL = re.compile(
    r"(?<![\\\w^{])(?<!\\hat )(?<!\\mathsf )H\s*\(\s*(?:p|q|0|\\pi)\b|(?<!\w)1\s*\+\s*H(?![\w}])"
)
_RANGE = re.compile(
    r"\[\s*0\s*,\s*2\s*\\pi\s*\)|\[\s*-\s*\\pi\s*,\s*\\pi\s*\)|(?<![\w}])0\s*\\le(?:q|qslant)?\s*[pq]\s*<\s*2\s*\\pi"
    r"|-\s*\\pi\s*\\le(?:q|qslant)?\s*[pq]\s*<\s*\\pi"
)
_OFFSET = re.compile(
    r"\$d(?:_\w+)?\$[^.$]*output minus input|\boutput minus input[^.$]*\$d(?:_\w+)?\$"
    r"|(?<![\w\\])d(?:_\w+)?\s*=\s*x(?:_\{?t\}?)?\s*-\s*x(?:'|_\{t-1\})"
    r"|x_\{?t\}?\s*=\s*x_\{t-1\}\s*\+\s*d\b|\(d(?:_\w+)?\s*\+\s*\\beta|K(?:_\w)?\(d\)[^$]{0,9}\\psi[^$]{0,6}\(x\s*-\s*d\b"
)
_STAR = re.compile(rf"(?<![\w\\]){_KERNEL}\s*\\star\s*(?:{_KERNEL}(?![\w\\(])|\\?\(\s*(?:1|\\delta)\s*\+)")


def breaches(text: str, exponent: bool = False) -> Iterator[str]:
    """What a text says against the conventions: the rule, and the words that break it.

    Parameters
    ----------
    text : str
        Markdown with formulas.
    exponent : bool
        Whether H is an exponent or a Hamiltonian in it, so that H(p) may stand there; 1 + H may not.
    """
    for match in _SYMBOL.finditer(text):
        if not exponent or match.group().startswith("1"):
            yield f"the symbol of a kernel is \\tilde\\Omega, H an exponent: {match.group()}"
    for match in _RANGE.finditer(text):
        yield f"wavenumbers run over (-\\pi, \\pi]: {match.group()}"
    for match in _OFFSET.finditer(text):
        yield f"d is input minus output, X output minus input: {match.group()}"
    for match in _STAR.finditer(text):
        yield f"two kernels compose by *, not by \\star: {match.group()}"
