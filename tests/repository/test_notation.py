"""No page breaks the conventions of the page on notation, and neither does the package."""

import re
from pathlib import Path

import nbformat
import pytest
from helpers.notation import breaches

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "book").rglob("*.ipynb"), *(ROOT / "book").rglob("*.md")])
EXPONENT = (
    *("notation", "schroedinger", "path-integral", "sliced-time"),
    *("path-sum", "momentum-space", "action"),
)
"""Pages where H is an exponent or a Hamiltonian."""
ROWS = ("phase_space", "propagator", "exponent")
"""Modules of the ledger that quote an exponent."""


def prose(path: Path) -> str:
    """Markdown of a page: a file's, or that of a notebook's cells."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_keeps_to_the_notation(path: Path) -> None:
    assert list(breaches(prose(path), exponent=path.stem in EXPONENT)) == []


def test_the_package_keeps_to_the_notation() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): broken
        for path in sorted((ROOT / "pdenet").rglob("*.py"))
        if (broken := list(breaches(path.read_text(encoding="utf-8"), exponent=path.stem in ROWS)))
    }
    assert found == {}


PLANTED = [
    (r"its symbol $H(p) = \alpha^2(\cos p - 1)$", "the symbol of a kernel"),
    (r"in the plane $H(p, q)$", "the symbol of a kernel"),
    (r"the factor $g = 1 + H$", "the symbol of a kernel"),
    (r"for $p\in[0, 2\pi)$", "wavenumbers"),
    (r"on the zone $[-\pi,\pi)$", "wavenumbers"),
    (r"for $-\pi \le p < \pi$", "wavenumbers"),
    (r"where $0\le p<2\pi$", "wavenumbers"),
    (r"| $d$ | displacement in one layer, output minus input |", "d is input"),
    (r"with the displacement $d = x_t - x_{t-1}$", "d is input"),
    (r"where $d=x-x'$", "d is input"),
    (r"so that $x_t = x_{t-1} + d$", "d is input"),
    (r"$e^{-(d+\beta)^2/2\alpha^2}$", "d is input"),
    (r"$\sum_d K(d)\,\psi(x - d, t)$", "d is input"),
    (r"$w + f = w \star (1 + \Omega)$", "two kernels"),
    (r"$w\star\Omega = f$", "two kernels"),
    (r"two layers make $K_2 \star K_1$", "two kernels"),
]
KEPT = [
    r"$\tilde\Omega(p, q)$ and $g = 1 + \tilde\Omega(p)$, $\psi(H)$, $\sinh(p)$",
    r"the operator $\hat H(p)$ of the energy",
    r"for $p \in (-\pi, \pi]$, or $-\pi < p \le \pi$, or $\int_{-\pi}^{\pi}$",
    r"$d$ is an offset, input minus output; $X = -d$ is output minus input",
    r"$X = x_t - x_{t-1}$ and $dx = x - x'$, $x_t = x_{t-1} + X$, $(X+\beta)^2$, $\sum_d f(d)\,\psi(x - d)$",
    r"$K_2 \star (K_1 \star \psi)$, $K \star \psi$, $(w * \Omega)(x)$, $K \star K\psi$, $f \star u$",
]


@pytest.mark.parametrize(("text", "rule"), PLANTED)
def test_a_planted_sentence_is_found(text: str, rule: str) -> None:
    (found,) = breaches(text)
    assert found.startswith(rule)


@pytest.mark.parametrize("text", KEPT)
def test_what_keeps_to_the_rules_is_left_alone(text: str) -> None:
    assert list(breaches(text)) == []


def test_an_exponent_may_be_called_h_and_a_factor_may_not_be_made_of_it() -> None:
    assert list(breaches(r"$e^{H(p)}$ with $H(p) = \log(1 + \tilde\Omega)$", exponent=True)) == []
    assert len(list(breaches(r"$g = 1 + H(p)$", exponent=True))) == 1


def test_every_rule_is_planted() -> None:
    rules = {rule for _, rule in PLANTED}
    source = (ROOT / "tests" / "helpers" / "notation.py").read_text(encoding="utf-8")
    assert len(rules) == len(re.findall(r"^ +yield ", source, re.MULTILINE))
