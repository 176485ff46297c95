"""The claims of the essay on backpropagation and physics, each with where to look for its evidence."""

from pdenet.audit.statement import Guard, Statement

STATEMENTS = (
    Statement(
        "P10.1",
        "The parameter-shift rule gives exact gradients of quantum circuits.",
        shown_by=(
            Guard("circuits", "shift-exact", "those of backpropagation to 1e-12, on every circuit tried"),
        ),
        corrected_by=(
            Guard("circuits", "four-values", "two values do for rotations; controlled ones need four"),
        ),
        form=True,
    ),
    Statement(
        "P10.2",
        "It is similar in spirit to finite differences.",
        qualifies=("QC4",),
        corrected_by=(
            Guard("circuits", "sine-divisor", "the same two values over 2 sin s; with 2s another number"),
        ),
        form=True,
    ),
    Statement(
        "P10.3",
        "It is the analogue of backpropagation on a quantum computer.",
        corrected_by=(
            Guard(
                "circuits",
                "two-runs-an-angle",
                "in what it gives, in the mean over shots; it takes two runs an angle, not one for all",
            ),
        ),
    ),
    Statement(
        "P10.4",
        "So circuits can be trained as networks are (random ones, 2 to 8 qubits, four layers a qubit).",
        qualifies=("QC5",),
        corrected_by=(
            Guard("circuits", "depth-decides", "slopes vanish with the qubits, the faster the deeper"),
        ),
        ours=True,
    ),
)
