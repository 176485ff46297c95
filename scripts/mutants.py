"""Small changes to a Python source, each of which tests should notice.

A number gets one added or is doubled, a comparison gains or loses equality, signs of arithmetic and booleans
turn over. Annotations and error texts are left alone: what they say, tests of behaviour do not see.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
WORDS = {"min": "max", "max": "min", "all": "any", "any": "all"}
ERROR_TEXTS = {"message", "wanted"}  # what this house calls the text of an error


@dataclass(frozen=True)
class Mutant:
    """One change to a source: the characters from `start` to `end` become `new`.

    Parameters
    ----------
    line
        Where it stands, counted from 1.
    start, end
        Positions in the UTF-8 bytes of the source.
    old, new
        The text there, and what takes its place.
    """

    line: int
    start: int
    end: int
    old: str
    new: str

    def applied(self, source: bytes) -> bytes:
        """The source with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.line} {old} -> {new}"


def mutants(source: bytes) -> list[Mutant]:
    """Every mutant of a source, in the order of its lines.

    What Python 3.11 places wrongly, as it does inside of f-strings, is left out.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, changed in _changes(ast.parse(source)):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        old = source[start:end].decode(errors="replace")
        if _is(old, node):
            found.append(Mutant(node.lineno, start, end, old, changed))
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.new))


def _is(text: str, node: ast.expr | ast.stmt) -> bool:
    """Whether this text is the node's."""
    try:
        return ast.unparse(ast.parse(f"({text})" if isinstance(node, ast.expr) else text)) == ast.unparse(
            node
        )
    except SyntaxError:
        return False


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Nodes of a tree with the text that may take their place."""
    if _is_left_alone(node):
        return
    if isinstance(node, ast.expr | ast.AugAssign):
        for changed in _changed(node):
            text = ast.unparse(changed)
            yield node, text if isinstance(changed, ast.Constant | ast.Name | ast.stmt) else f"({text})"
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "format_spec"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _changes(child)


def _is_left_alone(node: ast.AST) -> bool:
    """Whether nothing that a run computes is in it: what is for type checkers only, and texts of errors."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'")
    if isinstance(node, ast.Assign):
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Name):
            return False
        is_type = target.id[:1].isupper() and not target.id.isupper()
        return (target.id in ERROR_TEXTS and _is_text(value)) or (
            is_type and isinstance(value, ast.Subscript)
        )
    return isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom)


def _changed(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """What may stand in the place of one node."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(value + 1)
            if value:
                yield ast.Constant(2 * value)
        case ast.Compare(left, operators, comparators):
            for place, operator in enumerate(operators):
                turned = [*operators[:place], COMPARISONS[type(operator)](), *operators[place + 1 :]]
                yield ast.Compare(left, turned, comparators)
        case ast.BinOp(left, operator, right) if type(operator) in ARITHMETIC and not _is_text(node):
            yield ast.BinOp(left, ARITHMETIC[type(operator)](), right)
        case ast.AugAssign(target, operator, value) if type(operator) in ARITHMETIC and not _is_text(value):
            yield ast.AugAssign(target, ARITHMETIC[type(operator)](), value)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.Name(name) if name in WORDS:
            yield ast.Name(WORDS[name])


def _is_text(node: ast.AST) -> bool:
    """Whether it joins texts or lists, where another sign is a crash that any test sees."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
