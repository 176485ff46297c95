"""The atom of the page and its ground state, solved once."""

from __future__ import annotations

import pytest

from pdenet.subjects.electrons.system import Ground, Helium, ground_state


@pytest.fixture(scope="session")
def atom() -> Helium:
    return Helium()


@pytest.fixture(scope="session")
def ground(atom: Helium) -> Ground:
    return ground_state(atom)
