"""The claims of the essay on residual networks across science, each with where to look for its evidence."""

from pdenet.audit.statement import Guard, Statement

STATEMENTS = (
    Statement(
        "R1.1",
        "A residual block has the form of one step of Euler's method; layers are steps in time.",
        ledger=("24",),
        shown_by=(
            Guard("small-steps", "euler-order", "a stack of Euler's steps has the first order, and no more"),
        ),
    ),
    Statement(
        "R1.2",
        "What a block learns of a motion is Euler's small change (tried on one network and a pendulum).",
        opposes=("SS1", "SS2", "SS3", "SS4"),
    ),
    Statement(
        "R1.3",
        "With more layers for the same time, what is learned comes near the equation (the same network).",
        supports=("SS5",),
    ),
    Statement(
        "R3.1",
        "A neural ODE hands its field to a solver; a residual network is a special case.",
        shown_by=(
            Guard("neural-ode", "any-solver", "three methods come as near as their orders say"),
            Guard("neural-ode", "flow-limit", "layers tend to the exact flow as 1/L"),
        ),
    ),
)
"""By system of the essay: R3 is answered in Part I, the others in Part II."""
