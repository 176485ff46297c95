"""Small data sets that ship with the package: a folder each, with its source, verified when read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from pdenet.data.image_data import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

CURE = "install pdenet again, or check out its folder pdenet/data/files"


@dataclass(frozen=True)
class Shipped:
    """A data set that ships: the folder ``pdenet/data/files/<name>`` with a ``SOURCE.md``.

    Parameters
    ----------
    name
        Of its folder.
    checksums
        SHA-256 (hex) of each of its files.
    """

    name: str
    checksums: Mapping[str, str]

    @property
    def source(self) -> str:
        """Where it comes from and under which licence: its ``SOURCE.md``."""
        return self._read("SOURCE.md").decode()

    def content(self, file: str) -> bytes:
        """The bytes of one of its files.

        Raises
        ------
        DataError
            If the set has no such file, it is missing, or it is not the one that was shipped.
        """
        if file not in self.checksums:
            message = f"{self.name} has no file {file!r}; it has {', '.join(sorted(self.checksums))}"
            raise DataError(message)
        content = self._read(file)
        if (found := sha256(content).hexdigest()) != self.checksums[file]:
            message = (
                f"{self.name}/{file} is not what was shipped: SHA-256 {found[:12]}..., it should be"
                f" {self.checksums[file][:12]}...; {CURE}"
            )
            raise DataError(message)
        return content

    def table(self, file: str) -> dict[str, list[str]]:
        """The columns of a file of comma-separated values, by the names in its first line.

        Raises
        ------
        DataError
            As `content`, and if a line has another number of values than the first.
        """
        header, *rows = csv.reader(self.content(file).decode("utf-8").splitlines())
        for number, row in enumerate(rows, 2):
            if len(row) != len(header):
                message = f"{self.name}/{file}, line {number}: {len(row)} values for {len(header)} columns"
                raise DataError(message)
        return {name: [row[column] for row in rows] for column, name in enumerate(header)}

    def _read(self, file: str) -> bytes:
        path = files("pdenet.data") / "files" / self.name / file
        try:
            return path.read_bytes()
        except OSError as error:
            message = f"{self.name}/{file}, which ships with pdenet, cannot be read ({error}); {CURE}"
            raise DataError(message) from error
