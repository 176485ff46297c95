"""The thesis's tables as data: the networks of each cell, what the thesis prints, what our runs give."""

from pdenet.models import Init
from pdenet.runs.table import Cell, Table

SEEDS = 10  # networks a cell in the recorded runs


SMALL_START = Init("symmetric", 0.1)  # kernels that are a small correction to the skip at every layer


def _table_4_1() -> Table:
    printed = {5: (0.974, 0.975), 15: (0.965, 0.973), 27: (0.958, 0.970), 50: (0.892, 0.962)}
    cells = [Cell(0, "PDE net", "pde1")]  # a control that the thesis lacks: the classifier on raw pixels
    for depth, (pde, resnet) in printed.items():
        cells += [Cell(depth, "PDE net", "pde1", pde), Cell(depth, "c_ResNet", "resnet", resnet)]
    options = {"init": SMALL_START}  # and another: a control that does not start dead
    cells += [Cell(depth, "c_ResNet, small start", "resnet", options=options) for depth in printed]
    return Table("table-4.1", "Table 4.1: accuracy on the test images", tuple(cells))


def _table_4_2() -> Table:
    printed = {27: (0.958, 0.970, 0.967), 50: (0.892, 0.969, 0.973)}
    cells = [Cell(0, "PDE 1", "pde1")]
    for depth in (5, 15, 27, 50):  # the thesis has no row for 5 and 15: ours show what depth does to (40)
        pde1, pde2, resnet = printed.get(depth, (None, None, None))
        cells += [
            Cell(depth, "PDE 1", "pde1", pde1),
            Cell(depth, "PDE 2", "pde2", pde2),
            Cell(depth, "c_ResNet", "resnet", resnet),
            Cell(depth, "c_ResNet, small start", "resnet", options={"init": SMALL_START}),
        ]
    return Table(
        "table-4.2",
        "Table 4.2: the second equation, accuracy on the test images",
        tuple(cells),
        ("table-4.1",),
    )


HE_START = Init("normal", (2 / 9) ** 0.5, zero=("bias",))  # kernels and biases of He et al. (2015)


def _controls() -> Table:
    """What a critic asks for beside the thesis's tables; the first column is what they are compared with."""
    cells = [Cell(depth, "PDE net", "pde1") for depth in (0, 1, 5, 27, 50)]
    cells += [Cell(depth, "PDE net, frozen", "pde1", options={"frozen": True}) for depth in (5, 50)]
    # As many parameters as the PDE net has: five free taps a layer, at the places of its stencil, no bias.
    five = {"taps": "cross", "bias": False, "init": SMALL_START}
    cells += [Cell(depth, "five free taps", "resnet", options=five) for depth in (5, 50)]
    cells += [
        Cell(depth, "c_ResNet, small start", "resnet", options={"init": SMALL_START}) for depth in (5, 27, 50)
    ]
    cells += [Cell(depth, "no skip", "plain", options={"init": HE_START}) for depth in (5, 27, 50)]
    return Table("controls", "Controls: accuracy on the test images", tuple(cells), ("table-4.1",))


TABLE_4_1 = _table_4_1()
TABLE_4_2 = _table_4_2()
CONTROLS = _controls()
TABLES = {table.name: table for table in (TABLE_4_1, TABLE_4_2, CONTROLS)}
