"""The remedies against depth as data: which networks stand side by side, and the command that trains them.

``python -m pdenet.remedies`` trains what `results/remedies.jsonl` does not hold yet.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pdenet.data.image_data import ImageData
from pdenet.data.images import load_images
from pdenet.models import Init, PDENet, ResidualNet
from pdenet.runs.claims import Claim, Direction
from pdenet.runs.compare import Place, per_cent
from pdenet.runs.files import append
from pdenet.runs.intervals import Interval, mean_interval, paired_interval
from pdenet.runs.table import CHANCE, Cell, CellResult, Table
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.remedies.networks import (
    ImplicitPDENet,
    PeriodicPDENet,
    PeriodicPositivePDENet,
    PositivePDENet,
    ScaledPDENet,
)
from pdenet.symbolic import PDE1

DEPTHS = (50, 200)
SEEDS = 10

ALONE = "classifier alone"
PLAIN = "no remedy"
SMALL = "small start"
SCALED = "scaled, T = 1"
SCALED_LONG = "scaled, T = 10"
POSITIVE = "positive"
PERIODIC = "periodic"
PERIODIC_POSITIVE = "periodic, positive"
IMPLICIT = "implicit"

NETWORKS: dict[str, Callable[..., ResidualNet]] = {
    PLAIN: partial(PDENet, PDE1),
    SMALL: partial(PDENet, PDE1, init=Init("normal", 0.1, zero=("gamma",))),
    SCALED: partial(ScaledPDENet, PDE1, time=1.0),
    SCALED_LONG: partial(ScaledPDENet, PDE1, time=10.0),
    POSITIVE: PositivePDENet,
    PERIODIC: partial(PeriodicPDENet, PDE1),
    PERIODIC_POSITIVE: PeriodicPositivePDENet,
    IMPLICIT: partial(ImplicitPDENet, PDE1),
}
"""The networks by name; all but the small start draw their parameters uniformly from [0, 1), gamma 0."""

CONFIG = TrainingConfig(epochs=4, batch_size=16)
"""One protocol for all. Small batches give many optimiser steps for few passes through 200 layers."""
TRAIN_IMAGES, TEST_IMAGES = 2000, 2000
WIDTHS = (64, 32)  # hidden widths of the classifier, which else would take most of the time


@dataclass(frozen=True)
class RemedyCell(Cell):
    """A cell whose network is one of `NETWORKS`."""

    def build(self, seeds: int | Iterable[int]) -> ResidualNet:
        """The cell's networks."""
        return NETWORKS[self.model](depth=self.depth, seeds=seeds, widths=WIDTHS, **self.options)


REMEDIES = Table(
    "remedies",
    "Remedies: accuracy on the test images",
    (
        RemedyCell(0, ALONE, PLAIN),
        *(RemedyCell(depth, name, name) for name in NETWORKS for depth in DEPTHS),
    ),
)


def rebuild(result: CellResult) -> ResidualNet:
    """The trunks that a cell's records hold, behind them the classifiers as they start."""
    network = result.cell.build(result.seeds)
    names = network.trunk()
    stacked = {name: [record.trunk[name] for record in result.records] for name in names}
    return network.set_trunk({name: np.array(values, dtype=float) for name, values in stacked.items()})


@torch.no_grad()
def last_images(network: ResidualNet, images: Tensor) -> Tensor:
    """What the classifier is given, (S, B, H, W), for images (B, H, W)."""
    return network.last(images)


def strangeness(network: ResidualNet, images: Tensor) -> np.ndarray:
    """How unlike the image is what the trunk makes of it, (S,): zero for the identity, whatever the scale.

    It is the root of one minus the squared cosine of the two, averaged over images: the relative distance
    that the best factor leaves. An image of which nothing, or nothing finite, is left counts as one.
    """
    after = last_images(network, images).double().flatten(2)
    before = images.double().flatten(1)
    size = after.abs().amax(-1, keepdim=True)  # beforehand, so that no square overflows
    after = torch.where((size > 0) & size.isfinite(), after / size, torch.zeros_like(after))
    cosine = (after * before).sum(-1) / (after.norm(dim=-1) * before.norm(dim=-1)).clamp_min(1e-300)
    return (1 - cosine.square()).clamp_min(0).sqrt().mean(-1).numpy()


def judge_remedies(results: Mapping[Place, CellResult]) -> dict[str, tuple[Claim, Interval]]:
    """What the analysis predicts for trained networks, with what the runs measure, by the claim's id.

    Accuracies are in per cent, differences in points of a per cent and paired by seed. A claim about cells
    that have no runs yet is left out.

    Parameters
    ----------
    results
        Our runs by (layers, column), as `REMEDIES.results` gives them.
    """
    shallow, deep = DEPTHS
    judged: dict[str, tuple[Claim, Interval]] = {}

    def claim(name: str, text: str, direction: Direction, threshold: float, *places: Place) -> None:
        if not all(place in results for place in places):
            return
        shared = set.intersection(*({r.seed for r in results[place].records} for place in places))
        values = [
            per_cent(CellResult(found.cell, tuple(r for r in found.records if r.seed in shared)))
            for found in map(results.__getitem__, places)
        ]
        measured = mean_interval(values[0]) if len(values) == 1 else paired_interval(values[0], values[1])
        judged[name] = Claim(name, text, "comparison", threshold, direction), measured

    dead = 100 * CHANCE
    claim("4.4a", f"with {deep} layers and no remedy nothing is learned", "below", dead, (deep, PLAIN))
    claim("4.4b", f"nor with {deep} implicit steps", "below", dead, (deep, IMPLICIT))
    for name, column in (("c", SCALED), ("d", POSITIVE), ("e", PERIODIC)):
        text = f"of {deep} layers, '{column}' beats no remedy"
        claim(f"4.4{name}", text, "above", 0, (deep, column), (deep, PLAIN))
    text = f"'{SCALED}' loses less than two points from {shallow} to {deep} layers"
    claim("4.4f", text, "below", 2, (shallow, SCALED), (deep, SCALED))
    text = f"'{POSITIVE}' loses accuracy from {shallow} to {deep} layers"
    claim("4.4g", text, "above", 0, (shallow, POSITIVE), (deep, POSITIVE))
    text = f"of {deep} positive layers, those on a torus are better"
    claim("4.4h", text, "above", 0, (deep, PERIODIC_POSITIVE), (deep, POSITIVE))
    text = f"of {deep} layers, the small start is as good as '{SCALED}', or better"
    claim("4.4i", text, "above", -0.5, (deep, SMALL), (deep, SCALED))
    for name, calm in (("j", SCALED), ("k", PERIODIC_POSITIVE)):
        text = f"of {deep} layers, '{calm}' beats '{PERIODIC}'"
        claim(f"4.4{name}", text, "above", 0, (deep, calm), (deep, PERIODIC))
    return judged


def small_part(data: ImageData) -> ImageData:
    """The images that the protocol trains and tests on, or fewer where there are fewer."""
    return data.subset(min(TRAIN_IMAGES, len(data.train_labels)), min(TEST_IMAGES, len(data.test_labels)))


def run(out: Path, data: ImageData, seeds: int = SEEDS, only: Sequence[str] = ()) -> None:
    """Train the cells that `out` lacks, one after the other, and append each when it is done.

    Parameters
    ----------
    out
        File of records; made if need be.
    data
        Images, already cut to size.
    seeds
        Networks a cell.
    only
        Columns to train; none means all.
    """
    slow = (PERIODIC, PERIODIC_POSITIVE, IMPLICIT)  # last, so that a run that is cut short has all others
    for cell in sorted(REMEDIES.cells, key=lambda cell: (cell.column in slow, cell.depth)):
        if only and cell.column not in only:
            continue
        missing = cell.missing(REMEDIES.read(out), data, CONFIG, range(seeds))
        if not missing:
            continue
        records = fit(cell.build(missing), data, CONFIG, device="cpu")
        append(out, records)
        accuracies = ", ".join(f"{100 * record.accuracy:.1f}" for record in records)
        seconds = sum(record.seconds for record in records)
        print(f"{cell.column}, {cell.depth} layers: {accuracies} % ({seconds:.0f} s)", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m pdenet.remedies", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("results") / REMEDIES.file, help="file of records")
    parser.add_argument("--data", default="auto", choices=["auto", "mnist", "digits"], help="image set")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="networks a cell")
    parser.add_argument("--only", nargs="*", default=[], choices=[ALONE, *NETWORKS], help="columns to train")
    chosen = parser.parse_args(arguments)
    run(chosen.out, small_part(load_images(chosen.data)), chosen.seeds, chosen.only)


if __name__ == "__main__":
    main()
