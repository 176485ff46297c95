"""The claims that the argument of the thesis rests on, each with where to look for its evidence."""

from pdenet.audit.statement import Guard, Statement


def _numbers(first: int, last: int) -> tuple[str, ...]:
    """Ids of the equations with these numbers; (16) is two."""
    return tuple(name for n in range(first, last + 1) for name in (("16a", "16b") if n == 16 else (str(n),)))


STATEMENTS = (
    Statement(
        "I.1", "Deep networks lose accuracy because gradients vanish; a skip connection cures it.", ("U9",)
    ),
    Statement("I.2", "The output of a residual network is a sum over paths.", ("U-path",)),
    Statement(
        "II.1",
        "Waves, kets and Feynman's sum over paths are one theory: (2) to (20).",
        (*_numbers(2, 20), "B6"),
    ),
    Statement("III.1", "A residual block is one explicit step of the PDE (21).", _numbers(21, 25)),
    Statement("III.2", "Any PDE of second order can be written as a residual block.", ("U1",)),
    Statement("III.3", "Residual block and PDE are the same thing.", ("U2", "U3")),
    Statement(
        "III.4",
        "The kernel acts as a Hamiltonian.",
        ("U4", "B1", "B2"),
        corrected_by=(
            Guard(
                "quantum-walk",
                "quantum-walk",
                "the flow of a drift alone is a quantum walk, in another gauge",
            ),
            Guard(
                "quantum-walk",
                "second-equation-walks",
                "the trained stacks of (40), without ReLU, are near one, and near a unitary map",
            ),
            Guard(
                "quantum-walk",
                "first-equation-does-not-walk",
                "those of (39) are not, before or after training",
            ),
        ),
    ),
    Statement("III.5", "The ReLU can be applied to each term of the sum, (26) to (27).", ("U-ReLU",)),
    Statement(
        "III.6",
        "Without its ReLU, the network is a sum over paths in phase space, (27) to (33).",
        _numbers(27, 33),
        corrected_by=(
            Guard(
                "action",
                "small-layers-of-the-second-equation",
                "the exponential stands for the layer in every trained layer of (40), in few of (39)",
            ),
        ),
    ),
    Statement(
        "III.7",
        "Its weights are Gaussians, their exponent an action: (34) to (38).",
        (*_numbers(34, 38), "U5"),
        corrected_by=(
            Guard(
                "action",
                "gaussian-action-fits-neither",
                "as an approximation the Gaussian fits the trained stacks of neither equation",
            ),
        ),
    ),
    Statement(
        "IV.1",
        "Five PDE layers are as accurate as the convolutional residual network.",
        supports=("4.1c", "4.1d"),
        qualifies=("H3",),
    ),
    Statement(
        "IV.2",
        "The PDE network loses accuracy with depth.",
        supports=("4.1e", "D1"),
    ),
    Statement(
        "IV.3",
        "It does because drift carries features out of the frame.",
        shown_by=(
            Guard(
                "mechanism",
                "drift-start",
                "before training, with drifts that cancel, the same layers lose far less",
            ),
            Guard(
                "mechanism",
                "drift-training",
                "short training gets further where drifts cancel",
            ),
        ),
    ),
    Statement(
        "IV.4",
        "And because diffusion, by itself, blurs them: the second equation, with as much of it, would"
        " lose too.",
        opposes=("4.2j",),
    ),
    Statement(
        "IV.5",
        "Changing the equation to control drift, to (40), cures it.",
        supports=("4.2b", "4.2j"),
        corrected_by=(
            Guard(
                "second-equation",
                "mapped-training",
                "it is the start and the steps: (39) with those of (40) trains like it, step by step",
            ),
        ),
    ),
    Statement(
        "IV.6",
        "(40) is more accurate than (39), at 27 and at 50 layers.",
        supports=("4.2a", "4.2b", "D3"),
    ),
    Statement(
        "IV.7",
        "The control networks of Tables 4.1 and 4.2 are one experiment.",
        opposes=("T1, 27", "T1, 50"),
        ours=True,
    ),
    Statement(
        "IV.8",
        "(40) also learns faster than (39), like the residual network (Fig. 4.4).",
        supports=("4.2l",),
        qualifies=("4.2m",),
    ),
    Statement("IV.9", "(40) is another PDE than (39).", ("U8",)),
    Statement(
        "V.1",
        "With steps that go to zero, residual layers become an ODE, (41).",
        ("41",),
        shown_by=(Guard("neural-ode", "flow-limit", "layers tend to the exact flow as 1/L"),),
    ),
    Statement(
        "V.2",
        "The deep PDE network (39), as trained, is such an ODE in small steps.",
        supports=("5a (39), 50 layers", "5b (39), 50 layers"),
        ours=True,
    ),
    Statement("V.3", "A solver gives the state at the end, (42).", ("42",)),
    Statement("V.4", "The adjoint gives the gradients, (43) and (44).", ("43", "44")),
    Statement("V.5", "No parameters need to be stored for it.", ("U6",)),
    Statement(
        "V.6",
        "Irregular time series are the strength of a neural ODE (tried on one signal, a pendulum).",
        supports=("5.3a", "5.3b", "5.3g"),
        qualifies=("5.3i",),
    ),
    Statement(
        "V.7",
        "The loss tells how different the solver's approximation and the real function are.",
        corrected_by=(
            Guard(
                "neural-ode",
                "loss-of-exact-flow",
                "as prediction against data it does; of the solver's error it says nothing: a loss stays"
                " while "
                "the solver becomes exact",
            ),
        ),
    ),
    Statement(
        "V.8",
        "With the adjoint, memory does not grow with the evaluations.",
        supports=("V8",),
        shown_by=(
            Guard(
                "adjoint",
                "states-held",
                "what is held does not grow with the steps",
            ),
        ),
    ),
    Statement(
        "V.9",
        "Any solver can stand where the layers stood, and its error can be chosen.",
        shown_by=(
            Guard("neural-ode", "any-solver", "three methods come as near as their orders say"),
            Guard("neural-ode", "error-by-tolerance", "an adaptive one stays near what it was told"),
        ),
    ),
    Statement(
        "VI.1",
        "PDE networks reach about the accuracy of the control.",
        supports=("4.1d",),
        opposes=("4.2h",),
        qualifies=("4.1i",),
    ),
    Statement(
        "VI.2",
        "The model is easy to adjust: another equation makes another network.",
        shown_by=(
            Guard(
                "your-equation", "typed-equations", "every equation that is typed trains, with no other edit"
            ),
            Guard(
                "your-equation", "typed-equations-learn", "and learns to label three digits of four at least"
            ),
        ),
    ),
)
"""The claims that the argument of the thesis rests on; its equations one by one are in the ledger."""
