"""Euler's step, vanishing gradients, the neural ODE, electrons, staples: R1 to R5."""

from pdenet.audit.statement import Guard, Statement

STATEMENTS = (
    Statement(
        "R1.1",
        "A residual block has the form of one step of Euler's method; layers are steps in time.",
        ledger=("24",),
        shown_by=(
            Guard("small-steps", "euler-order", "a stack of Euler's steps has the first order, and no more"),
        ),
        form=True,
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
        "R2.1",
        "The vanishing gradient is an instability of the integration that a network is.",
        corrected_by=(
            Guard(
                "vanishing", "exploding-is-unstable", "the exploding one is: multipliers outside Euler's disc"
            ),
            Guard(
                "vanishing", "vanishing-is-damping", "the vanishing one is over-damping: around its centre"
            ),
            Guard("vanishing", "unstable-backwards", "only the way back through the layers is unstable"),
        ),
        form=True,
    ),
    Statement(
        "R2.2",
        "A stack of residual blocks is stable (tanh networks at their start).",
        supports=("VG4",),
        corrected_by=(
            Guard("vanishing", "skip-grows", "with the step 1/L it is bounded; with a step of one it grows"),
        ),
    ),
    Statement(
        "R2.3",
        "A deep plain network cannot be trained (tanh networks of 32 and 128 blocks, digits).",
        supports=("VG10",),
        shown_by=(
            Guard("vanishing", "library-start-fails", "from the start that a library draws it cannot"),
        ),
        refuted_by=(Guard("vanishing", "plain-can-train", "from tuned rotations, at a tuned rate, it can"),),
        ours=True,
    ),
    Statement(
        "R2.4",
        "The gradient is a sum over the paths that skips open, and short paths carry it (at the start).",
        supports=("VG5",),
        shown_by=(Guard("vanishing", "paths-add-up", "the sum is autograd's to 1e-13; paths are binomial"),),
        ours=True,
    ),
    Statement(
        "R3.1",
        "A neural ODE hands its field to a solver; a residual network is a special case.",
        shown_by=(
            Guard("neural-ode", "any-solver", "three methods come as near as their orders say"),
            Guard("neural-ode", "flow-limit", "layers tend to the exact flow as 1/L"),
        ),
        form=True,
    ),
    Statement(
        "R4.1",
        "A Kohn-Sham orbital that is stepped by Euler's method has the structure of a residual block.",
        corrected_by=(
            Guard(
                "electrons",
                "euler-step-grows",
                "by its form it has; but every such step lets the norm grow, in a field at rest or not",
            ),
        ),
        form=True,
    ),
    Statement(
        "R4.2",
        "It is a natural way to represent how a state changes in time (tried on helium on a line).",
        opposes=("EL1",),
        refuted_by=(
            Guard("electrons", "euler-cost", "for the time of a spectrum it takes a hundred times the steps"),
        ),
    ),
    Statement(
        "R4.3",
        "The block of an electron is the reversible one: Visscher's step is RevNet's coupling.",
        corrected_by=(
            Guard(
                "electrons",
                "reversible-block",
                "it is, and undone to rounding, as long as the field is given",
            ),
        ),
        ours=True,
        form=True,
    ),
    Statement(
        "R5.1",
        "A skip does for information what a link does for a chain: it joins distant places.",
        shown_by=(
            Guard(
                "staple", "one-resolvent", "both are sums over walks; one more edge is an update of rank one"
            ),
        ),
        form=True,
    ),
    Statement(
        "R5.2",
        "A protein finds its fold through contacts far apart on the chain (tried on lattice proteins).",
        corrected_by=(
            Guard(
                "staple",
                "far-contacts",
                "386 of 16384 sequences fold by all contacts, 4 by near ones, none by far ones alone",
            ),
        ),
    ),
    Statement(
        "R5.3",
        "A staple cuts the number of conformations and stabilises the fold (lattice proteins).",
        supports=("ST1", "ST2"),
        shown_by=(Guard("staple", "native-links-stabilise", "each of 2506 native links does"),),
        corrected_by=(Guard("staple", "wrong-links-forbid", "a wrong one forbids the fold"),),
    ),
    Statement(
        "R5.4",
        "A staple helps to find the fold (lattice proteins, T = 0.3).",
        supports=("ST4", "ST5", "ST6", "ST7"),
        corrected_by=(Guard("staple", "staples-and-search", "its span, temperature and moves decide"),),
    ),
    Statement(
        "R5.5",
        "Without skips information is diluted in depth (untrained tanh networks).",
        supports=("VG6",),
        qualifies=("VG9",),
        corrected_by=(Guard("vanishing", "dilution", "where blocks damp or mix; rotations keep most"),),
    ),
    Statement(
        "R5.6",
        "With skips it is not (untrained tanh networks).",
        supports=("VG8",),
        corrected_by=(
            Guard("vanishing", "skip-dilutes", "with the step 1/L it is not; a step of one distorts it"),
        ),
    ),
    Statement(
        "R5.7",
        "A skip is a staple in its mechanism too: placed wrongly, either does harm.",
        opposes=("ST8",),
        refuted_by=(
            Guard(
                "staple",
                "wrong-skip-harmless",
                "a skip adds paths (tried before training); a staple strikes out",
            ),
        ),
        ours=True,
        form=True,
    ),
    Statement(
        "R5.8",
        "The staples of a protein are placed to shorten its chain (tried on crambin).",
        refuted_by=(Guard("staple", "any-staple-shortens", "no placement of the same spans shortens less"),),
        ours=True,
    ),
)
