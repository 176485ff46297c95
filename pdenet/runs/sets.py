"""Which runs were made on one and the same image set: the checksum decides, not the name."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

from pdenet.runs.files import RecordWarning
from pdenet.runs.shown import sizes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.data import ImageData
    from pdenet.runs.arm import Arm
    from pdenet.runs.record import Record

    Run = tuple[Arm, Record]


def of_images(runs: Iterable[Run], images: ImageData) -> list[Run]:
    """Those of the runs that were shown what their arm is shown of these images, or drew data as it does."""
    runs = list(runs)
    wanted = {arm.shown: arm.shown.describe(images) for arm, _ in runs if arm.shown.of_images}
    return [
        (arm, record)
        for arm, record in runs
        if (
            wanted[arm.shown].items() <= record.data.items()
            if arm.shown.of_images
            else arm.shown.fits(record.data, images.name)
        )
    ]


def of_one_name(runs: Iterable[Run], name: str) -> list[Run]:
    """Those of the runs that fit an image set of this name: of one part an arm, of one checksum a part.

    The part is the largest that the arm was shown; the checksum is the one that most runs on the part have,
    the first of those that as many have.

    Warns
    -----
    RecordWarning
        If runs on a part were left out, since their images have another checksum.
    """
    runs = [(arm, record) for arm, record in runs if arm.shown.fits(record.data, name)]
    part = _largest_parts(runs, name)
    runs = [run for run in runs if not run[0].shown.of_images or run[1].data["name"] == part[run[0].name]]
    kept = _checksums(runs)
    return [
        (arm, record)
        for arm, record in runs
        if not arm.shown.of_images or record.data["checksum"] == kept[record.data["name"]]
    ]


def left_out(count: int, name: str, checksum: str, kept: str) -> None:
    """Warn that runs on data of this name and checksum do not count beside those with the checksum `kept`."""
    runs = "1 run" if count == 1 else f"{count} runs"
    message = (
        f"{runs} on {name} with checksum {checksum[:12]} left out: "
        f"the others were made on other data of that name, with checksum {kept[:12]}"
    )
    warnings.warn(message, RecordWarning, stacklevel=4)


def _largest_parts(runs: list[Run], name: str) -> dict[str, str]:
    """By arm, the name of the largest part of the set that it was shown."""
    parts: dict[str, set[str]] = {}
    for arm, record in runs:
        parts.setdefault(arm.name, set()).add(record.data["name"])
    return {arm: max(found, key=lambda part: sizes_of(part, name) or (0, 0)) for arm, found in parts.items()}


def _checksums(runs: list[Run]) -> dict[str, str]:
    """By part, the checksum of the images that most runs were shown."""
    counts: dict[str, Counter[str]] = {}
    for arm, record in runs:
        if arm.shown.of_images:
            counts.setdefault(record.data["name"], Counter())[record.data["checksum"]] += 1
    kept = {}
    for part, checksums in counts.items():
        (kept[part], _), *others = checksums.most_common()
        for checksum, count in others:
            left_out(count, part, checksum, kept[part])
    return kept
