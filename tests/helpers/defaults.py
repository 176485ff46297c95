"""What public functions and classes take where nothing is given.

python tests/helpers/defaults.py > tests/repository/defaults.txt
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from enum import Enum
from typing import TYPE_CHECKING, Any

import pdenet

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_IMPORTED = {
    "pdenet.__main__",
    "pdenet.ops.fused.cuda_kernels",
}  # the first is the command, one needs CUDA
LONGEST = 200  # characters of a default that is shown; of a longer collection, how many and of what


def defaults() -> list[str]:
    """One line for each public function, class and method with defaults: its name and what they are.

    A star marks what can be given by name only; brackets how a dataclass departs from an ordinary one.
    """
    lines = []
    for module in pkgutil.walk_packages(pdenet.__path__, "pdenet."):
        if module.name not in NOT_IMPORTED:
            found = importlib.import_module(module.name)
            lines += [line for name, one in _public(found) if (line := _line(f"{module.name}.{name}", one))]
    return sorted(lines)


def _public(module: object) -> Iterator[tuple[str, Any]]:
    """Public functions, classes and methods that a module defines itself, with their names."""
    for name, one in vars(module).items():
        if name.startswith("_") or getattr(one, "__module__", None) != getattr(module, "__name__", ""):
            continue
        if inspect.isfunction(one):
            yield name, one
        elif inspect.isclass(one) and not issubclass(one, Enum | BaseException):
            yield name, one
            for method, there in vars(one).items():
                function = getattr(there, "__func__", there)  # of a class method
                if not method.startswith("_") and inspect.isfunction(function):
                    yield f"{name}.{method}", function


def _line(name: str, one: Any) -> str:
    given = inspect.signature(one).parameters.values()
    found = [
        f"{'*' if p.kind is p.KEYWORD_ONLY else ''}{p.name}={_shown(p.default)}"
        for p in given
        if p.default is not p.empty
    ]
    kind = _kind(one)
    return f"{name}{kind}: {', '.join(found)}" if found or kind else ""


def _kind(one: Any) -> str:
    """How a dataclass departs from an ordinary one: frozen, or shown or compared in another way."""
    made = vars(one).get("__dataclass_params__")
    if made is None:
        return ""
    flags = {"frozen": made.frozen, "eq": not made.eq, "repr": not made.repr, "order": made.order}
    return "".join(f" [{flag}]" for flag, departs in flags.items() if departs)


def _shown(value: Any) -> str:
    """A default as text that is the same in every process."""
    if inspect.isfunction(value) or inspect.isclass(value):
        return str(value.__qualname__)
    text = repr(value)
    if " at 0x" in text:
        return type(value).__name__
    return text if len(text) <= LONGEST else f"{len(value)} of {type(next(iter(value))).__name__}"


if __name__ == "__main__":
    print("\n".join(defaults()))  # noqa: T201
