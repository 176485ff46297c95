"""What an arm is shown: a part of an image set, or data that it draws itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.data import ImageData


@dataclass(frozen=True)
class Images:
    """A random part of an image set, or all of it.

    Parameters
    ----------
    train, test
        Numbers of images, at most; None is all.

    Raises
    ------
    TypeError, ValueError
        If a number is none, not whole, or less than one.
    """

    train: int | None = None
    test: int | None = None
    of_images: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name in ("train", "test"):  # as ints, since a record's data are called by them
            count = getattr(self, name)
            object.__setattr__(self, name, None if count is None else whole(name, count, least=1))

    def of(self, images: ImageData) -> ImageData:
        """The part, or less where there is less."""
        train = None if self.train is None else min(self.train, len(images.train_labels))
        test = None if self.test is None else min(self.test, len(images.test_labels))
        return images.subset(train, test)

    def describe(self, images: ImageData) -> dict[str, Any]:
        """Name and checksum that a record will give."""
        part = self.of(images)
        return {"name": part.name, "checksum": part.checksum}

    def fits(self, data: Mapping[str, Any], name: str) -> bool:
        """Whether a record's data are this part of the image set of that name, or all of a smaller set.

        A part of another draw, which says so in its name, is none of these.
        """
        if self.train is None and self.test is None:
            return bool(data["name"] == name)
        sizes = sizes_of(data["name"], name)
        return sizes is not None and all(
            most is None or count <= most for count, most in zip(sizes, (self.train, self.test), strict=True)
        )


def sizes_of(part: str, name: str) -> tuple[int, int] | None:
    """How many images to train and to test on a part has, by its name; None if it is no part of that set."""
    found = re.fullmatch(r"(.*)\[(\d+)\+(\d+)\]", part, re.DOTALL)
    if found is None or found[1] != name.partition("[")[0]:
        return None
    return int(found[2]), int(found[3])


ALL = Images()
"""The whole image set."""


@dataclass(frozen=True)
class Drawn:
    """Data that a run draws from its seed, by a program that the name stands for.

    Parameters
    ----------
    name
        As the record gives it.
    train
        Examples to learn from.

    Raises
    ------
    TypeError, ValueError
        If the number is none, not whole, or negative.
    """

    name: str
    train: int = 0
    of_images: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "train", whole("train", self.train, least=0))

    def describe(self, images: ImageData | None = None) -> dict[str, Any]:
        """What names the data before they are drawn; a record adds their checksum."""
        return {"name": self.name, "checksum": f"drawn, {self.train}"}

    def fits(self, data: Mapping[str, Any], name: str) -> bool:
        """Whether a record's data were drawn so, whatever image set is here."""
        return bool(data["name"] == self.name and data.get("train", 0) == self.train)
