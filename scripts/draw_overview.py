"""Draw book/_static/overview.png, the picture of the README and the landing page, from the package itself.

python scripts/draw_overview.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import FancyArrowPatch

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.page.figures import draw_stencil, image_row
from pdenet.page.style import INK, PALETTE, use_style
from pdenet.runs.files import write_atomic
from pdenet.runs.training import TrainingConfig, fit
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TARGET = Path(__file__).parents[1] / "book" / "_static" / "overview.png"
DEPTH = 12
SHOWN = (0, 4, 8, 12)  # layers
EPOCHS = 15
EQUATION = (
    r"$\partial_t\psi = \dfrac{\alpha^2}{2}\,\partial_x^2\psi + \beta\,\partial_x\psi"
    r" + \dfrac{\sigma^2}{2}\,\partial_y^2\psi + \rho\,\partial_y\psi + \gamma\,\psi$"
)


def trained_features() -> tuple[torch.Tensor, torch.Tensor]:
    """A test digit after each layer (layer, row, column) and the probabilities of its classes (class,)."""
    data = load_images("digits")
    model = PDENet(PDE1, depth=DEPTH)
    fit(model, data, TrainingConfig(epochs=EPOCHS), device="cpu")
    with torch.no_grad():
        images = data.test_images / 255
        probabilities = model(images)[0].softmax(-1)
        shown = int((probabilities.argmax(-1) == data.test_labels).nonzero()[0])
        return model.features(images[shown : shown + 1])[0, :, 0], probabilities[shown]


def draw() -> Figure:
    use_style()
    features, probabilities = trained_features()
    figure = plt.figure(figsize=(9.6, 4.3), layout="none")
    figure.text(0.5, 0.9, EQUATION, ha="center", va="center", fontsize=17)

    draw_stencil(figure.add_axes((0.0, 0.03, 0.33, 0.66)), PDE1.stencil().matrix, fontsize=9.5)
    width = 0.096
    axes = [figure.add_axes((0.405 + i * (width + 0.012), 0.25, width, 0.26)) for i in range(len(SHOWN))]
    image_row(axes, features[list(SHOWN)], [f"layer {layer}" if layer else "input" for layer in SHOWN])

    bars = figure.add_axes((0.9, 0.13, 0.095, 0.46))
    bars.barh(range(10), probabilities, color=PALETTE[0])
    bars.set(yticks=range(10), xticks=[], xlim=(0, 1), ylim=(9.6, -0.6))
    bars.tick_params(length=0)
    bars.grid(False)
    bars.spines["bottom"].set_visible(False)

    headings = {0.165: "its stencil is a kernel", 0.615: "a kernel a layer, learned", 0.945: "a digit"}
    for x, text in headings.items():
        figure.text(x, 0.74, text, ha="center", va="center")
    for start, end in (((0.33, 0.36), (0.395, 0.36)), ((0.837, 0.36), (0.872, 0.36))):
        figure.add_artist(
            FancyArrowPatch(
                start,
                end,
                transform=figure.transFigure,
                arrowstyle="-|>",
                mutation_scale=14,
                color=INK,
                linewidth=1.6,
            )
        )
    return figure


if __name__ == "__main__":
    figure = draw()
    write_atomic(
        TARGET, lambda file: figure.savefig(file, format="png", dpi=170, metadata={"Software": None})
    )
    print(TARGET.relative_to(Path.cwd()) if TARGET.is_relative_to(Path.cwd()) else TARGET)
